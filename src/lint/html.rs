//! What raw HTML and tables can do to a reader: tables without headers, things that move, play or jump by themselves.

use super::reading::Tag;
use super::{Remark, Subject};
use crate::article::{RawHtml, Written, is_language};
use crate::diagnostic::Diagnostic;

/// A table of which nothing says what its columns or rows are.
pub fn tables_have_headers(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for table in subject.reading.tables.iter().filter(|table| !table.has_header && !table.is_layout) {
        let hint = match table.written {
            Written::Html => "make the first cell of each column `<th scope=\"col\">` (WCAG 1.3.1)",
            _ => "name the columns in its first row (WCAG 1.3.1)",
        };
        let message = "this table has no headers, so nobody who hears a cell is told what it is about";
        remarks.push((table.at.clone(), Diagnostic::warning("no-table-header", message).hint(hint)));
    }
}

/// The tags that stand as they are written. Where HTML is sanitized, what moves, plays or jumps is left out, and the build
/// says so.
fn unchecked<'s>(subject: &Subject<'s>) -> impl Iterator<Item = &'s Tag> {
    let is_sanitized = subject.site.settings.raw_html == RawHtml::Sanitize;
    subject.reading.tags.iter().filter(move |_| !is_sanitized)
}

/// `<marquee>` and `<blink>`.
pub fn nothing_moves_by_itself(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for tag in unchecked(subject).filter(|tag| matches!(tag.name.as_str(), "marquee" | "blink")) {
        let message = format!("`<{}>` moves its text, and a reader whom that distracts cannot stop it", tag.name);
        let hint = "take the tags out and leave the words (WCAG 2.2.2)";
        remarks.push((tag.at.clone(), Diagnostic::warning("moving-text", message).hint(hint)));
    }
}

/// Sounds and films that begin without being asked.
pub fn nothing_plays_by_itself(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let plays = |tag: &&Tag| matches!(tag.name.as_str(), "audio" | "video") && tag.attribute("autoplay").is_some();
    for tag in unchecked(subject).filter(plays) {
        let is_silent = tag.name == "video" && tag.attribute("muted").is_some();
        let (message, hint) = match (is_silent, tag.attribute("controls")) {
            // Whoever does not want it can stop it.
            (true, Some(_)) => continue,
            (true, None) => ("this begins to move by itself, and nobody can stop it", "add `controls` (WCAG 2.2.2)"),
            (false, _) => (
                "this begins to play by itself, over the voice of a screen reader",
                "take `autoplay` out and add `controls` (WCAG 1.4.2)",
            ),
        };
        remarks.push((tag.at.clone(), Diagnostic::warning("autoplay", message).hint(hint)));
    }
}

/// `tabindex="3"`.
pub fn keys_go_in_order(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for tag in unchecked(subject) {
        let index = tag.attribute("tabindex").and_then(|index| index.trim().parse::<i32>().ok());
        if let Some(index) = index.filter(|index| *index > 0) {
            let message = format!("`tabindex=\"{index}\"` makes the Tab key come here before everything else on the page");
            let hint = "take it out, or write `tabindex=\"0\"` (WCAG 2.4.3)";
            remarks.push((tag.at.clone(), Diagnostic::warning("tab-order", message).hint(hint)));
        }
    }
}

/// `lang="english"`.
pub fn languages_exist(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for tag in &subject.reading.tags {
        let Some(lang) = tag.attribute("lang").map(str::trim).filter(|lang| !lang.is_empty() && !is_language(lang)) else {
            continue;
        };
        let message = format!("`{lang}` is no language tag, so a screen reader does not change its voice");
        let hint = "write `en` for English, `es` for Spanish, `pt-BR` for the Portuguese of Brazil (WCAG 3.1.2)";
        remarks.push((tag.at.clone(), Diagnostic::warning("bad-language", message).hint(hint)));
    }
}
