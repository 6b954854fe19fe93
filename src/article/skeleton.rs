//! The text of an article that somebody is about to write: front matter, and what helps to begin.
//!
//! It builds without a warning as it stands. What only the author can say is a comment, so that nothing of it is
//! published by mistake. Where the file goes is left to whoever makes it.

use jiff::civil;

use super::{Kind, RawHtml, date};
use crate::yaml::quoted;

/// What is known of an article before it is written.
#[derive(Debug, Clone)]
pub struct Skeleton<'s> {
    /// Its title, on one line.
    pub title: &'s str,
    /// The day of its first publication.
    pub date: civil::Date,
    /// What kind of article it is.
    pub kind: Kind,
    /// Its tags.
    pub tags: &'s [String],
    /// Whether it is a draft.
    pub draft: bool,
    /// What becomes of HTML: where it is shown as text, there are no comments.
    pub raw_html: RawHtml,
}

impl Skeleton<'_> {
    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = format!("---\ntitle: {}\ndate: {}\n", scalar(self.title, ""), date::iso_day(self.date));
        text.push_str("# One sentence for lists, search engines and previews; take the # away and write it.\n# description:\n");
        match self.kind {
            Kind::Article => {}
            Kind::Tip => text.push_str("kind: tip\n"),
            Kind::Agenda => text.push_str("kind: agenda\nduration: 30 min\n"),
        }
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|tag| scalar(tag, ",")).collect();
            text.push_str(&format!("tags: [{}]\n", tags.join(", ")));
        }
        if self.draft {
            text.push_str("draft: true\n");
        }
        text.push_str("---\n\n");
        text.push_str(&self.body());
        text
    }

    fn body(&self) -> String {
        match self.kind {
            Kind::Article => format!(
                "{}## What to do\n\n{}## What to say\n\n{}",
                self.comment("What is this about, and whom does it help? Two sentences are enough."),
                self.comment("The steps, in order. Begin each with a verb."),
                self.comment("Words that readers can take over: a message, a question, an answer."),
            ),
            Kind::Tip => self.comment("One paragraph: what to do, when to do it, and why it works."),
            Kind::Agenda => format!(
                "{}- [ ] (5 min) Say thank you, and what you hope to learn\n\
                 - [ ] (15 min) Ask your questions, the most important one first\n\
                 - [ ] (5 min) Sum up what you have heard, and agree on what comes next\n\
                 - [ ] (5 min) Write down what you will do, and by when\n",
                self.comment("When is this agenda for, and what should readers bring? Then make the steps and times your own."),
            ),
        }
    }

    /// A paragraph that only the author sees.
    fn comment(&self, words: &str) -> String {
        if self.raw_html == RawHtml::Escape { String::new() } else { format!("<!-- {words} -->\n\n") }
    }
}

/// Text as a YAML value: as it is where every reader of YAML takes it for that text, else in quotes.
fn scalar(text: &str, reserved: &str) -> String {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_harmless = |c: char| (c.is_alphanumeric() || " ,.-'’()!?&/–—".contains(c)) && !reserved.contains(c);
    let is_plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(is_harmless)
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{ParseOptions, parse};
    use crate::url::Base;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    const KINDS: [Kind; 3] = [Kind::Article, Kind::Tip, Kind::Agenda];

    fn options(raw_html: RawHtml) -> ParseOptions {
        ParseOptions { time_zone: TimeZone::UTC, base: Base::default(), raw_html, smart_punctuation: true }
    }

    #[test]
    fn a_skeleton_of_any_kind_is_without_fault_and_shows_no_comment() {
        for kind in KINDS {
            for raw_html in [RawHtml::Allow, RawHtml::Escape, RawHtml::Sanitize] {
                let tags = ["offers".to_owned(), "C#, and more".to_owned()];
                let date = civil::date(2026, 11, 22);
                let skeleton = Skeleton { title: "Say no", date, kind, tags: &tags, draft: true, raw_html };
                let (article, problems) = parse(&"a.md".into(), skeleton.text().as_bytes(), &options(raw_html));
                assert_eq!(problems, [], "{}", skeleton.text());
                let head = &article.head;
                assert_eq!((head.title.as_str(), head.kind, head.draft), ("Say no", kind, true));
                assert_eq!(head.tags, tags);
                assert_eq!(head.date.map(|when| when.day()), Some(date));
                assert!(!article.body.html(|_, _| {}).contains("&lt;!--"), "{kind:?} {raw_html:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_title_comes_back_as_it_was(title in "(\\PC|[-:#&*!|>'\"%@`{}\\[\\],?= ]|[\u{1}-\u{1f}]|\u{85}|\u{feff}|yes|null|~|---){1,20}") {
            let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assume!(!title.is_empty());
            let tags = [title.clone()];
            let date = civil::date(2026, 11, 22);
            let skeleton =
                Skeleton { title: &title, date, kind: Kind::Article, tags: &tags, draft: false, raw_html: RawHtml::Allow };
            let (article, problems) = parse(&"a.md".into(), skeleton.text().as_bytes(), &options(RawHtml::Allow));
            prop_assert!(problems.is_empty(), "{:?} {}", problems, skeleton.text());
            prop_assert_eq!(&article.head.title, &title);
            prop_assert_eq!(article.head.tags.as_slice(), &[crate::url::nfc(&title).into_owned()]);
        }
    }
}
