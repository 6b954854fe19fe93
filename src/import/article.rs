//! What was learnt about an article elsewhere → the text of its file: front matter that a person would write, and Markdown.
//!
//! Where the file goes is left to whoever found the article.

use jiff::civil;

use crate::html::is_forbidden;
use crate::url::{self, Url};
use crate::yaml::quoted;

/// An article from elsewhere. Texts are plain, without markup; an empty one is not written.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct NewArticle {
    /// What it is called.
    pub title: String,
    /// When it was published: a day, or a time in UTC as `2015-03-04T12:00:00Z`.
    pub date: String,
    /// When it was changed.
    pub updated: String,
    /// Before which day or time it is not to be published.
    pub publish_on: String,
    /// After which day it is not to be published any more.
    pub expires: String,
    /// Whether it is not to be published.
    pub is_draft: bool,
    /// Who wrote it: names, or keys of the settings.
    pub authors: Vec<String>,
    /// What it is about.
    pub tags: Vec<String>,
    /// What search engines are told.
    pub description: String,
    /// What stands for it in lists.
    pub summary: String,
    /// Its picture, as front matter names one.
    pub image: String,
    /// What the picture shows.
    pub image_alt: String,
    /// Its language, where it is not the site's.
    pub lang: String,
    /// Its address, where the name of the file does not say it.
    pub permalink: String,
    /// The last part of its address, where the name of the file does not say it.
    pub slug: String,
    /// Where else it was found.
    pub aliases: Vec<String>,
    /// What feeds call it.
    pub id: String,
    /// Whether feeds leave it out.
    pub is_out_of_feeds: bool,
    /// Its place in its section.
    pub weight: Option<i64>,
    /// Where a version of it appeared: the publication or what stands for it, and the date in words.
    pub appeared_in: Option<AppearedIn>,
    /// Further lines of front matter, in YAML that is known to be good.
    pub more: String,
    /// The Markdown.
    pub body: String,
}

/// Where a version of an article appeared.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct AppearedIn {
    /// The newspaper or magazine.
    pub publication: String,
    /// The day, as `2017-04-04`, if the year is known.
    pub date: String,
    /// Which of its editions.
    pub edition: String,
}

impl NewArticle {
    /// The file.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.body.len() + 512);
        text.push_str("---\n");
        // Of a text of signs that no text may have, nothing is left.
        let mut line = |key: &str, value: &str| {
            let value = scalar(value);
            if value != EMPTY {
                text.extend([key, ": ", &value, "\n"]);
            }
        };
        line("title", &self.title);
        line("date", &self.date);
        line("updated", &self.updated);
        line("publish_on", &self.publish_on);
        line("expires", &self.expires);
        line("draft", if self.is_draft { "true" } else { "" });
        line("lang", &self.lang);
        line("permalink", &self.permalink);
        line("slug", &self.slug);
        line("description", &self.description);
        line("summary", &self.summary);
        line("image", &self.image);
        // A picture without one is a mistake that `check` tells of, so that somebody writes it.
        line("image_alt", if self.image.is_empty() { "" } else { &self.image_alt });
        line("id", &self.id);
        line("feed", if self.is_out_of_feeds { "false" } else { "" });
        line("weight", &self.weight.map(|weight| weight.to_string()).unwrap_or_default());
        list("authors", &self.authors, &mut text);
        list("tags", &self.tags, &mut text);
        list("aliases", &self.aliases, &mut text);
        if let Some(place) = &self.appeared_in {
            text.push_str("appeared_in:\n");
            for (key, value) in [("publication", &place.publication), ("date", &place.date), ("edition", &place.edition)] {
                let value = scalar(value);
                if value != EMPTY {
                    text.extend(["  ", key, ": ", &value, "\n"]);
                }
            }
        }
        text.push_str(&self.more);
        text.push_str("---\n");
        if !self.body.is_empty() {
            text.push('\n');
            text.push_str(&self.body);
        }
        text
    }
}

/// A text without a word, as YAML has it.
const EMPTY: &str = "\"\"";

/// A list: in brackets where it is short, else an item a line.
fn list(key: &str, items: &[String], text: &mut String) {
    let items: Vec<String> = items.iter().map(|item| scalar(item)).filter(|item| item != EMPTY).collect();
    let is_short = items.iter().map(|item| item.chars().count() + 2).sum::<usize>() <= 100;
    let is_bare = |item: &String| item.starts_with('"') || !item.contains([',', '[', ']', '{', '}', ':']);
    match items.as_slice() {
        [] => {}
        items if is_short && items.iter().all(is_bare) => text.extend([key, ": [", &items.join(", "), "]\n"]),
        items => {
            text.extend([key, ":\n"]);
            items.iter().for_each(|item| text.extend(["  - ", item, "\n"]));
        }
    }
}

/// A text as YAML: as it is where it means itself, else in quotes. Line breaks become spaces, and what no text may have goes.
pub fn scalar(value: &str) -> String {
    let value: String = value.chars().filter(|c| !is_forbidden(*c) || c.is_whitespace()).collect();
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_plain(&value) { value } else { quoted(&value) }
}

/// Whether YAML reads a text as itself wherever it stands: no number, date or word that means something else, and no sign
/// that has a meaning.
fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "none"];
    let Some(first) = value.chars().next() else { return false };
    let is_good = |c: char| c.is_alphanumeric() || " -–—.,'’‘“”!?()/&+;%_:=@…".contains(c);
    let is_day = value.get(..10).is_some_and(|day| day.parse::<civil::Date>().is_ok());
    let is_time = value.get(10..).is_some_and(|rest| {
        rest.starts_with('T')
            && rest.ends_with(|c: char| c.is_ascii_digit() || c == 'Z')
            && rest.bytes().all(|b| b.is_ascii_digit() || b"-+:TZ".contains(&b))
    });
    let is_day_or_time = is_day && (value.len() == 10 || is_time);
    if value == "true" || value == "false" || value.parse::<i32>().is_ok() {
        // Only what is written as a switch or a number by this file comes here so.
        return true;
    }
    is_day_or_time
        || ((first.is_alphabetic() || first == '/')
            && value.chars().all(is_good)
            && !value.contains(": ")
            && !value.ends_with(':')
            && !WORDS.contains(&value.to_lowercase().as_str()))
}

/// An address as front matter has it: readable, unless it would be read as another one then.
pub fn address_text(url: &Url) -> String {
    let text = url.as_str();
    let is_itself = !text.contains('%') && text.split_whitespace().collect::<Vec<_>>().join(" ") == text;
    if is_itself {
        return text.to_owned();
    }
    let mut encoded = String::with_capacity(text.len() + 8);
    url::encode_into(text, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::article::{ParseOptions, parse};

    fn words() -> impl Strategy<Value = String> {
        let signs = "(true|no|null|~|1e3|0x1f|2015-03-04|: |#| #|- |\\? |!|&|\\*|%|@|`|\\||>|\\{|\\}|\\[|\\]|,|'|\"|\\\\|<<|=|é|面| |\\PC){1,6}";
        signs.prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).prop_filter("empty", |text| !text.is_empty())
    }

    #[test]
    fn a_text_of_which_nothing_is_left_is_not_written() {
        let nothing = "\u{7f} \u{1}".to_owned();
        let place = AppearedIn { publication: "P".into(), date: String::new(), edition: nothing.clone() };
        let article = NewArticle {
            title: nothing.clone(),
            tags: vec![nothing.clone(), "a".into()],
            authors: vec![nothing],
            appeared_in: Some(place),
            ..NewArticle::default()
        };
        assert_eq!(article.text(), "---\ntags: [a]\nappeared_in:\n  publication: P\n---\n");
    }

    proptest! {
        /// Whatever a title or a tag is, the article that is read again has it.
        #[test]
        fn what_is_written_is_read_again(title in words(), summary in words(), tags in prop::collection::vec(words(), 0..4), id in words()) {
            let article = NewArticle { title: title.clone(), summary: summary.clone(), tags: tags.clone(), id: id.clone(), ..Default::default() };
            let text = article.text();
            let (read, problems) = parse(&Arc::from("a.md"), text.as_bytes(), &ParseOptions::default());
            let wrong: Vec<_> = problems.iter().filter(|problem| problem.is_error()).collect();
            prop_assert!(wrong.is_empty(), "{text}\n{wrong:?}");
            prop_assert_eq!(&read.head.title, &title, "{}", text);
            prop_assert_eq!(read.head.id.as_deref(), Some(id.as_str()), "{}", text);
            let mut distinct: Vec<String> = Vec::new();
            for tag in tags.iter().map(|tag| crate::url::nfc(tag).into_owned()) {
                if !distinct.contains(&tag) {
                    distinct.push(tag);
                }
            }
            prop_assert_eq!(&read.head.tags, &distinct, "{}", text);
        }
    }
}
