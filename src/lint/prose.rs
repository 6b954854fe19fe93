//! Running text: how it reads.

use super::{Remark, Subject};
use crate::article::shortcode::Shortcodes;
use crate::diagnostic::Diagnostic;

/// As many words in capitals on end are more than a name or a sign.
const MOST_WORDS: usize = 6;
/// And as many letters in them are more than a list of acronyms.
const MOST_LETTERS: usize = 30;

/// A SENTENCE OR MORE IN CAPITALS.
pub fn is_not_shouted(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for prose in &subject.reading.prose {
        if let Some(shout) = first_shout(&prose.text) {
            let message = format!("“{shout} …” goes on in capitals, which most people read more slowly");
            let hint = "write it in small letters, and put `**` around it if it matters";
            remarks.push((prose.at..prose.at + shout.len(), Diagnostic::note("all-capitals", message).hint(hint)));
        }
    }
}

/// What an import left as it was, because only the old site knew what it stands for.
pub fn has_no_shortcodes(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for prose in &subject.reading.prose {
        if let Some(found) = Shortcodes::of(&prose.text).first() {
            let message = format!("`[{}]` looks like a shortcode of WordPress, and readers see it as it stands", found.name);
            let hint = "write what it showed in its place, or delete it";
            remarks.push((prose.at..prose.at + found.name.len() + 2, Diagnostic::warning("shortcode", message).hint(hint)));
        }
    }
}

/// The first words of the first stretch in capitals that is long enough.
fn first_shout(text: &str) -> Option<String> {
    let (mut words, mut letters, mut commas): (Vec<&str>, usize, usize) = (Vec::new(), 0, 0);
    for word in text.split_whitespace() {
        let own = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_shouted = own > 0 && !word.chars().any(char::is_lowercase) && word.chars().any(char::is_uppercase);
        if is_shouted {
            words.push(word);
            letters += own;
            commas += usize::from(word.ends_with([',', ';']));
            if words.len() >= MOST_WORDS && letters >= MOST_LETTERS && commas * 2 < words.len() {
                return Some(words[..3].join(" "));
            }
        } else if own > 0 {
            words.clear();
            (letters, commas) = (0, 0);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouting_is_told_from_names() {
        assert_eq!(
            first_shout("So: PLEASE BRING 3 COPIES OF YOUR RESUME WITH YOU. Thanks."),
            Some("PLEASE BRING COPIES".to_owned())
        );
        for fine in [
            "The FBI, the CIA and NASA hire",
            "NASA, ESA, CERN, UNESCO, UNICEF, WHO, OECD, NATO, UNHCR and others",
            "I AM HERE",
            "Read: A B C D E F G H",
            "这是一个很长的句子 这是一个很长的句子 这是一个很长的句子 这是一个很长的句子 很长 很长",
        ] {
            assert_eq!(first_shout(fine), None, "{fine}");
        }
    }
}
