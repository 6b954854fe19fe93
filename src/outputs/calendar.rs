//! The calendar file of an agenda: an appointment with its title, its steps and the time it takes (RFC 5545).
//!
//! An agenda has no day of its own, and a file must not depend on when it is made; but an appointment without a beginning
//! is no appointment to most calendars. So the file begins on the day on which the agenda was published, which is past:
//! whoever opens it sees that the day is theirs to set, and no calendar rings or holds an hour that nobody meant. On the
//! page a script puts in the day and time that the reader chooses, and makes `UID` that appointment's own.

use super::Content;
use super::views;
use crate::article::{Kind, When, length};
use crate::digest::Digest;
use crate::html::is_forbidden;
use crate::plan::Snapshot;
use crate::site::{ArticleId, Site};
use crate::url::Url;

/// The calendar file of one agenda.
#[derive(Debug, PartialEq)]
pub struct Calendar {
    article: ArticleId,
    url: Url,
}

/// A line of a calendar file is no longer than this, in bytes.
const LONGEST_LINE: usize = 75;

/// Where the calendar file of an article is, if it has one: beside its page.
pub fn file_url(site: &Site, id: ArticleId) -> Option<Url> {
    let head = site.head(id);
    if head.kind != Kind::Agenda || site.is_section_page(id) {
        return None;
    }
    let page = head.url.as_str();
    Some(match page.rsplit_once('.').filter(|_| !page.ends_with('/')) {
        Some((name, _)) => Url::file(&format!("{}.ics", name.trim_start_matches('/'))),
        None => head.url.join("agenda.ics"),
    })
}

impl Calendar {
    /// One for each agenda.
    pub fn plan(site: &Site) -> Vec<Calendar> {
        site.ids().filter_map(|article| Some(Calendar { article, url: file_url(site, article)? })).collect()
    }

    /// `…/agenda.ics`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The agenda.
    pub fn agenda(&self) -> ArticleId {
        self.article
    }

    /// The agenda's.
    pub fn bodies(&self) -> &[ArticleId] {
        std::slice::from_ref(&self.article)
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        let site = &*snapshot.site;
        let head = site.head(self.article);
        let address = site.settings.base.absolute(&head.url);
        let mut description = String::new();
        let mut section = None;
        for step in views::steps(snapshot, self.article) {
            if step.section != section {
                let heading = step.section.as_deref().unwrap_or("");
                description.push_str(if description.is_empty() { "" } else { "\n" });
                description.push_str(&format!("{heading}\n"));
                section = step.section;
            }
            let time = step.time.map_or(String::new(), |time| format!("({time}) "));
            description.push_str(&format!("[{}] {time}{}\n", if step.ticked { 'x' } else { ' ' }, step.text));
        }
        description.push_str(&format!("{}{address}", if description.is_empty() { "" } else { "\n" }));
        let minutes = views::duration(head, &snapshot.article(self.article).body);
        let mut file = File::default();
        file.line("BEGIN", "VCALENDAR");
        file.line("VERSION", "2.0");
        file.line("PRODID", "-//Guidepost//Agenda//EN");
        file.line("BEGIN", "VEVENT");
        file.line("UID", &Digest::of(site.feed_id(self.article).as_bytes()).to_string());
        file.line("DTSTAMP", &stamp(head.updated.or(head.date)));
        file.line("DTSTART", &start(head.date));
        if let Some(minutes) = minutes {
            file.line("DURATION", &length::iso(minutes.saturating_mul(60)));
        }
        file.text("SUMMARY", &head.title);
        file.text("DESCRIPTION", &description);
        file.line("URL", &address);
        file.line("END", "VEVENT");
        file.line("END", "VCALENDAR");
        file.text.into()
    }
}

/// When the agenda last changed, in UTC.
fn stamp(when: Option<When>) -> String {
    when.map_or_else(|| "19700101T000000Z".to_owned(), |when| when.instant().strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// Nine in the morning, wherever the reader is, on the day of publication.
fn start(when: Option<When>) -> String {
    let day = when.map_or_else(|| "20000101".to_owned(), |when| when.day().strftime("%Y%m%d").to_string());
    format!("{day}T090000")
}

/// A calendar file in the making.
#[derive(Default)]
struct File {
    text: String,
}

impl File {
    /// A property whose value is text.
    fn text(&mut self, name: &str, text: &str) {
        let mut value = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            match c {
                '\\' | ';' | ',' => value.extend(['\\', c]),
                '\n' => value.push_str("\\n"),
                c if c.is_control() || is_forbidden(c) => {}
                c => value.push(c),
            }
        }
        self.line(name, &value);
    }

    /// A property whose value has no line break: folded so that no line is too long and no character is cut.
    fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if length + c.len_utf8() > LONGEST_LINE {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(c);
            length += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file's lines as RFC 5545, 3.1 has them: each ends with CRLF, and what begins with a blank goes on with the one above.
    fn unfold(file: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for line in file.strip_suffix("\r\n").unwrap_or_else(|| panic!("the last line ends, too")).split("\r\n") {
            assert!(line.len() <= LONGEST_LINE && !line.contains(['\r', '\n']), "{line:?}");
            match (line.strip_prefix(' '), lines.last_mut()) {
                (Some(more), Some(last)) => last.push_str(more),
                _ => lines.push(line.to_owned()),
            }
        }
        lines
    }

    /// The text of a value (RFC 5545, 3.3.11).
    fn unescape(value: &str) -> String {
        let mut text = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => text.push(match chars.next() {
                    Some('n' | 'N') => '\n',
                    Some(c @ ('\\' | ';' | ',')) => c,
                    other => panic!("`\\{other:?}` is no escape"),
                }),
                ';' | ',' => panic!("`{c}` is not escaped in {value}"),
                c => text.push(c),
            }
        }
        text
    }

    proptest! {
        #[test]
        fn text_stays_in_its_property(text in "(\\PC|[\\\\;,:\n\r\t \"é💡]|\r\n(BEGIN|END):VEVENT\r\n){0,120}") {
            let mut file = File::default();
            file.text("SUMMARY", &text);
            file.line("END", "VEVENT");
            let lines = unfold(&file.text);
            prop_assert_eq!(lines.len(), 2);
            let kept: String = text.chars().filter(|&c| c == '\n' || !c.is_control() && !is_forbidden(c)).collect();
            prop_assert_eq!(unescape(lines[0].strip_prefix("SUMMARY:").unwrap_or("")), kept);
            prop_assert_eq!(&lines[1], "END:VEVENT");
        }
    }
}
