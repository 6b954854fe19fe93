//! The site in one Markdown file for language models: <https://llmstxt.org/>.

use super::{Content, a_to_z};
use crate::html::is_forbidden;
use crate::plan::Snapshot;
use crate::site::{ArticleId, Section, Site};
use crate::url::Url;

/// The file `/llms.txt`.
#[derive(Debug, PartialEq)]
pub struct Llms {
    url: Url,
}

/// A section names this many articles; the rest are found from its own page.
const MOST_OF_A_SECTION: usize = 100;

impl Llms {
    /// One file.
    pub fn plan(_: &Site) -> Vec<Llms> {
        vec![Llms { url: Url::file("llms.txt") }]
    }

    /// `/llms.txt`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        let site = &*snapshot.site;
        let settings = &site.settings;
        let mut text = format!("# {}\n\n", markdown(&settings.title));
        if let Some(description) = &settings.description {
            text.push_str(&format!("> {}\n\n", markdown(description)));
        }
        for section in &site.sections {
            push_section(&mut text, snapshot, section);
        }
        // The format knows this heading, so it is none of the words.
        text.push_str("## Optional\n\n");
        for (key, url) in [("all_from_a_to_z", a_to_z::index_url()), ("llms_feed", Url::file("atom.xml"))] {
            let words = markdown(snapshot.words().get(key));
            text.push_str(&format!("- [{words}]({})\n", target(&settings.base.absolute(&url))));
        }
        text.into()
    }
}

/// The articles of a section that the file names.
pub fn named<'s>(site: &'s Site, section: &'s Section) -> impl Iterator<Item = ArticleId> + 's {
    section.articles.iter().copied().filter(|id| !site.head(*id).noindex).take(MOST_OF_A_SECTION)
}

fn push_section(text: &mut String, snapshot: &Snapshot, section: &Section) {
    let (site, words) = (&*snapshot.site, snapshot.words());
    if section.articles.is_empty() {
        return;
    }
    let base = &site.settings.base;
    let title = if section.folder.is_empty() { words.get("llms_pages") } else { &section.title };
    text.push_str(&format!("## {}\n\n", markdown(title)));
    for id in named(site, section) {
        let head = site.head(id);
        text.push_str(&format!("- [{}]({})", markdown(&head.title), target(&base.absolute(&head.url))));
        if !head.lead().is_empty() {
            text.push_str(&format!(": {}", markdown(head.lead())));
        }
        text.push('\n');
    }
    if section.articles.len() > MOST_OF_A_SECTION {
        let others = markdown(words.get("llms_others"));
        text.push_str(&format!("- [{others}]({})\n", target(&base.absolute(&section.url))));
    }
    text.push('\n');
}

/// Text that stays on its line and in which nothing is Markdown, escaped no more than that takes.
fn markdown(text: &str) -> String {
    let line = on_one_line(text);
    let mut escaped = String::with_capacity(line.len() + 8);
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let rest = &line[at + c.len_utf8()..];
        let means_something = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' => true,
            '&' => begins_reference(rest),
            '#' => before == ' ',
            '-' | '+' | '>' | '=' => escaped.is_empty(),
            '.' | ')' => !escaped.is_empty() && escaped.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if means_something {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    escaped
}

/// Words with single spaces between them, without what no page shows.
fn on_one_line(text: &str) -> String {
    let shown = text.replace(|c: char| is_forbidden(c) && !c.is_whitespace(), "");
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the text after a `&` makes it a character reference: `amp;`, `#38;`.
fn begins_reference(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    name.find(|c: char| !c.is_ascii_alphanumeric()).is_some_and(|end| end > 0 && name[end..].starts_with(';'))
}

/// An address between `(` and `)`.
fn target(address: &str) -> String {
    address.replace('(', "%28").replace(')', "%29")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn plain_words_stay_as_they_are() {
        for text in ["C++, C# and .NET", "R&D: 50 % (a lot) - “yes”!", "What's new? 3.5 hours", "AT&T; and so on"] {
            let expected = text.replace("&T;", "\\&T;");
            assert_eq!(markdown(text), expected);
        }
        assert_eq!(markdown("1. [x](y) *b*\n# <i>"), "1\\. \\[x\\](y) \\*b\\* \\# \\<i>");
    }

    /// The texts of a file's heading, quotation and link, and the link's address.
    fn read(text: &str) -> (String, String, String, String) {
        let (mut heading, mut quotation, mut words, mut address) = Default::default();
        let mut into: Option<&mut String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS) {
            match event {
                Event::Start(Tag::Heading { .. }) => into = Some(&mut heading),
                Event::Start(Tag::BlockQuote(None)) => into = Some(&mut quotation),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    address = dest_url.to_string();
                    into = Some(&mut words);
                }
                Event::Text(text) => {
                    if let Some(into) = &mut into {
                        into.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_) | TagEnd::BlockQuote(_) | TagEnd::Link) => into = None,
                Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item) | Event::End(_) => {}
                other => panic!("{other:?} in {text}"),
            }
        }
        (heading, quotation, words, address)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_reader_of_markdown_gets_the_text_back(
            text in "([ -~]|\\PC|\\[|\\]|\\*|_|`|<b>|&amp;|&#38;|~~|# |1[.)] |\n|\t|\u{0}|\u{85}){0,16}",
        ) {
            let plain = on_one_line(&text);
            let address = target(&format!("https://example.org/a(b){}/", plain.len()));
            let written = markdown(&text);
            let read = read(&format!("# {written}\n\n> {written}\n\n- [{written}]({address}): {written}\n"));
            prop_assert_eq!(&read.0, plain.as_str());
            prop_assert_eq!(&read.1, plain.as_str());
            prop_assert_eq!(&read.2, plain.as_str());
            prop_assert_eq!(&read.3, &address);
        }
    }
}
