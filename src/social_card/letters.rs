//! A text of an author's, made fit for a card: what nobody sees goes, and so do small pictures that no font has.
//!
//! Titles are anybody's: they may be endless, hold signs that turn the text round or pile a hundred marks on one letter.

use unicode_normalization::char::is_combining_mark;

use super::fonts::Fonts;
use crate::url::nfc;

/// What is longer than any card has room for is not looked at.
const MOST_LETTERS: usize = 400;
/// How many marks stand on one letter. Vietnamese and Hebrew need three.
const MOST_MARKS: usize = 4;
/// What ends a text that goes on.
pub const ELLIPSIS: char = '…';

/// The text as a card shows it, in one line.
pub fn fit(text: &str, fonts: &Fonts) -> String {
    let mut fit = String::with_capacity(text.len().min(4 * MOST_LETTERS));
    let (mut letters, mut marks) = (0, 0);
    // A few times as many, because some of them go.
    let start: String = text.chars().take(4 * MOST_LETTERS).collect();
    for letter in nfc(&start).chars() {
        if letters >= MOST_LETTERS {
            fit.truncate(fit.trim_end().len());
            fit.push(ELLIPSIS);
            break;
        }
        let is_mark = is_combining_mark(letter);
        marks = if is_mark { marks + 1 } else { 0 };
        let last = fit.chars().next_back();
        let is_kept = match letter {
            _ if is_space(letter) => {
                if last.is_some_and(|last| last != ' ') {
                    fit.push(' ');
                    letters += 1;
                }
                false
            }
            _ if is_unseen(letter) => false,
            // They shape letters. Between pictures they make one of two, and the pictures go.
            '\u{200c}' | '\u{200d}' => last.is_some_and(char::is_alphanumeric),
            _ if is_mark => marks <= MOST_MARKS && last.is_some_and(|last| last != ' '),
            _ => !is_picture(letter) || fonts.have(letter),
        };
        if is_kept {
            fit.push(letter);
            letters += 1;
        }
    }
    fit.truncate(fit.trim_end_matches([' ', '\u{200c}', '\u{200d}']).len());
    fit
}

/// Where a line may end. The spaces that hold words together, such as that before a French colon, are none.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() && !matches!(letter, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// Control characters, signs that turn text round, selectors of a form, and the like.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Emoji and signs that decorate a title and say nothing that its words do not say.
fn is_picture(letter: char) -> bool {
    matches!(letter,
        '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}
