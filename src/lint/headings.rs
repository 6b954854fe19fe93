//! Headings: what a reader who goes from one to the next is told, and misses.

use rustc_hash::FxHashMap;

use super::reading::{Heading, Shape};
use super::{Remark, Subject, folded};
use crate::article::Written;
use crate::diagnostic::Diagnostic;

/// Longer than this a bold paragraph is no heading, in characters.
const LONGEST_BOLD: usize = 60;

/// A heading in HTML without words; of one in Markdown the build says so.
pub fn have_words(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let is_empty = |heading: &&Heading| heading.written == Written::Html && heading.text.is_empty();
    for heading in subject.reading.headings.iter().filter(is_empty) {
        let problem = Diagnostic::warning("empty-heading", "this heading has no words");
        remarks.push((heading.at.clone(), problem.hint("write some, or take it out (WCAG 2.4.6)")));
    }
}

/// The headings that are on the page, below its title.
fn below_title<'s>(subject: &Subject<'s>) -> impl Iterator<Item = &'s Heading> {
    let is_untitled = subject.article.places.key("title").is_none();
    let title = &subject.article.head.title;
    let is_title = move |heading: &Heading| is_untitled && heading.is_first && heading.level == 1 && heading.text == *title;
    subject.reading.headings.iter().filter(move |heading| !heading.text.is_empty() && !is_title(heading))
}

/// A title that is said again, and headings that would be titles beside it.
pub fn leave_the_title_alone(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let title = folded(&subject.article.head.title);
    let mut has_second = false;
    for heading in below_title(subject) {
        if heading.is_first && heading.level <= 2 && folded(&heading.text) == title {
            let message = "this heading says the article's title, which stands above it already, once more";
            let problem = Diagnostic::warning("second-title", message).hint("take the line out (WCAG 2.4.6)");
            remarks.push((heading.at.clone(), problem));
        } else if heading.level == 1 && !std::mem::replace(&mut has_second, true) {
            let message = "the title is a page's only heading of level 1, so this one and others like it are shown at level 2";
            let hint = "begin it with `##`, and what is below it with `###` (WCAG 1.3.1)";
            remarks.push((heading.at.clone(), Diagnostic::warning("second-title", message).hint(hint)));
        }
    }
}

/// A level that is left out.
pub fn skip_no_level(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    // The title is above them all.
    let mut before = 1;
    for heading in below_title(subject) {
        let level = heading.level.max(2);
        if level > before + 1 {
            let message = match before {
                1 => format!("the first heading is of level {level}, so readers look for one of level 2 above it"),
                _ => format!("after a heading of level {before} comes one of level {level}, so readers look for one in between"),
            };
            let hint = match heading.written {
                Written::Html => format!("make it `<h{}>` (WCAG 1.3.1)", before + 1),
                _ => format!("begin it with `{}` (WCAG 1.3.1)", "#".repeat(usize::from(before) + 1)),
            };
            remarks.push((heading.at.clone(), Diagnostic::warning("heading-level", message).hint(hint)));
        }
        before = level;
    }
}

/// Two headings with the same words below the same heading.
pub fn differ(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    // The number of the heading above, for each level.
    let mut above = [0_usize; 7];
    let mut seen: FxHashMap<(usize, String), ()> = FxHashMap::default();
    for (number, heading) in below_title(subject).enumerate() {
        let level = usize::from(heading.level.max(2));
        let parent = above[level - 1];
        above[level..].fill(number + 1);
        if seen.insert((parent, folded(&heading.text)), ()).is_some() {
            let message = format!("two headings here are called “{}”, which does not tell their parts apart", heading.text);
            let hint = "say in each what its part is about (WCAG 2.4.6)";
            remarks.push((heading.at.clone(), Diagnostic::warning("same-heading", message).hint(hint)));
        }
    }
}

/// A paragraph that is short and bold and has text below it: to the eye a heading, to a screen reader none.
pub fn are_headings(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for pair in subject.reading.blocks.windows(2) {
        let (Shape::Bold(text), Shape::Text) = (&pair[0].shape, &pair[1].shape) else { continue };
        let ends_sentence = text.ends_with(['.', '!', ':', ',', ';', '…', ')', '”', '"']);
        if text.chars().count() <= LONGEST_BOLD && !ends_sentence {
            let message = format!("“{text}” looks like a heading and is none, so it is in no list of headings");
            let hint = "begin it with `##` or `###` instead (WCAG 1.3.1)";
            remarks.push((pair[0].at.clone(), Diagnostic::note("bold-heading", message).hint(hint)));
        }
    }
}
