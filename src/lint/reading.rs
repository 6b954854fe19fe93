//! An article as it was written, taken apart into what rules look at: headings, links, pictures, tables, blocks, tags.
//!
//! Markdown and HTML count alike. What is good or bad about any of it is left to the rules.

use std::ops::Range;

use crate::article::{Element, ParseOptions, Step, Written, walk};

/// What an author wrote, taken apart.
#[derive(Debug, Default)]
pub struct Reading {
    pub headings: Vec<Heading>,
    pub links: Vec<Link>,
    pub pictures: Vec<Picture>,
    pub tables: Vec<Table>,
    /// What stands on the page side by side, one below the other.
    pub blocks: Vec<Block>,
    /// Start tags of HTML.
    pub tags: Vec<Tag>,
    /// Running text, cut where one block ends and another begins.
    pub prose: Vec<Prose>,
}

#[derive(Debug)]
pub struct Heading {
    /// As written, 1 to 6.
    pub level: u8,
    pub text: String,
    pub written: Written,
    pub at: Range<usize>,
    /// Whether nothing stands before it.
    pub is_first: bool,
}

#[derive(Debug)]
pub struct Link {
    pub text: String,
    pub href: String,
    /// What `title` or `aria-label` say of it, if anything.
    pub label: String,
    pub written: Written,
    /// Whether there is a picture among its words.
    pub has_picture: bool,
    pub at: Range<usize>,
}

#[derive(Debug)]
pub struct Picture {
    /// What stands for it; `None` if nobody has said so much as that nothing does.
    pub alt: Option<String>,
    pub written: Written,
    pub at: Range<usize>,
}

#[derive(Debug)]
pub struct Table {
    pub has_header: bool,
    /// Whether it is there only to put things side by side.
    pub is_layout: bool,
    pub written: Written,
    pub at: Range<usize>,
}

#[derive(Debug)]
pub struct Block {
    pub shape: Shape,
    pub at: Range<usize>,
}

/// What a block is.
#[derive(Debug, PartialEq)]
pub enum Shape {
    /// A paragraph that is bold from end to end, and its words.
    Bold(String),
    /// What a heading could stand above.
    Text,
    Other,
}

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub at: Range<usize>,
}

impl Tag {
    /// The value of an attribute, if there is one of this name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
pub struct Prose {
    pub text: String,
    pub at: usize,
}

impl Reading {
    /// Reads the Markdown of a file, which begins at `body_at` of its text.
    pub fn of(text: &str, body_at: usize, options: &ParseOptions) -> Reading {
        let mut reader = Reader::default();
        walk(text, body_at, options, &mut |step| match step {
            Step::Open(element) => reader.open(element),
            Step::Close { name, written } => reader.close(name, written),
            Step::Text { text, at } => reader.text(text, at),
        });
        reader.end_link();
        reader.end_prose();
        reader.reading
    }
}

#[derive(Default)]
struct Reader {
    reading: Reading,
    heading: Option<Heading>,
    link: Option<Link>,
    tables: Vec<Table>,
    paragraph: Option<Paragraph>,
    /// How many blocks of Markdown are open.
    depth: usize,
    in_header: bool,
    in_code: bool,
    has_begun: bool,
    prose: String,
    prose_at: usize,
}

/// A paragraph that may turn out to be bold from end to end.
struct Paragraph {
    at: Range<usize>,
    bold: usize,
    is_bold: bool,
    text: String,
}

impl Reader {
    fn open(&mut self, element: Element<'_>) {
        let is_inline = is_inline(element.name);
        if !is_inline {
            self.end_prose();
        }
        match element.written {
            _ if is_inline => {}
            Written::Html if self.depth > 0 => {}
            Written::Html => self.reading.blocks.push(Block { shape: Shape::Other, at: element.at.clone() }),
            _ => self.open_block(&element),
        }
        match element.name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_heading();
                let level = element.name.as_bytes()[1] - b'0';
                let is_first = !self.has_begun;
                let (written, at) = (element.written, element.at.clone());
                self.heading = Some(Heading { level, text: String::new(), written, at, is_first });
            }
            "a" => self.open_link(&element),
            "img" => self.picture(&element),
            // Words within a drawing come as text.
            "svg" => {
                if let Some(link) = &mut self.link {
                    link.has_picture = true;
                    link.text.push_str(element.attribute("aria-label").unwrap_or(""));
                }
            }
            "table" => {
                let is_layout = element.attribute("role").is_some_and(|role| matches!(role.trim(), "presentation" | "none"));
                let at = element.at.clone();
                self.tables.push(Table { has_header: false, is_layout, written: element.written, at });
            }
            "th" if element.written == Written::Html => self.has_header(),
            "th" => self.in_header = true,
            "pre" => self.in_code = true,
            "strong" | "b" => {
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.bold += 1;
                }
            }
            _ => {}
        }
        self.has_begun = true;
        if element.written == Written::Html {
            let Element { name, attributes, at, .. } = element;
            self.reading.tags.push(Tag { name: name.to_owned(), attributes, at });
        }
    }

    fn open_block(&mut self, element: &Element<'_>) {
        if self.depth == 0 {
            let shape = match element.name {
                "p" | "ul" | "ol" | "table" | "blockquote" => Shape::Text,
                _ => Shape::Other,
            };
            self.reading.blocks.push(Block { shape, at: element.at.clone() });
            if element.name == "p" {
                self.paragraph = Some(Paragraph { at: element.at.clone(), bold: 0, is_bold: true, text: String::new() });
            }
        }
        // A rule holds nothing, so it does not end.
        self.depth += usize::from(element.name != "hr");
    }

    fn open_link(&mut self, element: &Element<'_>) {
        self.end_link();
        self.is_more_than_bold();
        // What a screen reader does not see needs no words.
        let Some(href) = element.attribute("href").filter(|_| element.attribute("aria-hidden") != Some("true")) else { return };
        let label = ["aria-label", "aria-labelledby", "title"]
            .iter()
            .filter_map(|name| element.attribute(name))
            .collect::<Vec<_>>()
            .join(" ");
        self.link = Some(Link {
            text: String::new(),
            href: href.to_owned(),
            label,
            written: element.written,
            has_picture: false,
            at: element.at.clone(),
        });
    }

    fn picture(&mut self, element: &Element<'_>) {
        self.is_more_than_bold();
        let is_hidden = element.attribute("aria-hidden") == Some("true");
        let is_decoration = element.attribute("role").is_some_and(|role| matches!(role.trim(), "presentation" | "none"));
        let label = element.attribute("alt").or_else(|| element.attribute("aria-label"));
        let alt = label.or((is_hidden || is_decoration).then_some("")).map(str::to_owned);
        let words = alt.clone().unwrap_or_default();
        if let Some(link) = &mut self.link {
            link.has_picture = true;
            link.text.push_str(&words);
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&words);
        }
        if self.in_header && !words.trim().is_empty() {
            self.has_header();
        }
        self.reading.pictures.push(Picture { alt, written: element.written, at: element.at.clone() });
    }

    fn text(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        self.has_begun |= !text.trim().is_empty();
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        if let Some(link) = &mut self.link {
            link.text.push_str(text);
        }
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.is_bold &= paragraph.bold > 0 || text.trim().is_empty();
            paragraph.text.push_str(text);
        }
        if self.in_header && !text.trim().is_empty() {
            self.has_header();
        }
        if !self.in_code {
            if self.prose.is_empty() {
                self.prose_at = at;
            }
            self.prose.push_str(text);
        }
    }

    fn close(&mut self, name: &str, written: Written) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.end_heading(),
            "a" => self.end_link(),
            "table" => self.reading.tables.extend(self.tables.pop()),
            "th" => self.in_header = false,
            "pre" => self.in_code = false,
            "strong" | "b" => {
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.bold = paragraph.bold.saturating_sub(1);
                }
            }
            "p" => self.end_paragraph(),
            _ => {}
        }
        if !is_inline(name) {
            self.end_prose();
            self.depth -= usize::from(written != Written::Html && self.depth > 0);
        }
    }

    fn end_heading(&mut self) {
        if let Some(mut heading) = self.heading.take() {
            heading.text = single_spaced(&heading.text);
            self.reading.headings.push(heading);
        }
    }

    fn end_link(&mut self) {
        if let Some(mut link) = self.link.take() {
            link.text = single_spaced(&link.text);
            self.reading.links.push(link);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else { return };
        let text = single_spaced(&paragraph.text);
        if let Some(block) = self.reading.blocks.last_mut()
            && block.at == paragraph.at
            && paragraph.is_bold
            && !text.is_empty()
        {
            block.shape = Shape::Bold(text);
        }
    }

    fn end_prose(&mut self) {
        if !self.prose.is_empty() {
            self.reading.prose.push(Prose { text: std::mem::take(&mut self.prose), at: self.prose_at });
        }
    }

    fn is_more_than_bold(&mut self) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.is_bold = false;
        }
    }

    fn has_header(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.has_header = true;
        }
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an element stands in running text.
fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 30] = [
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
        "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    ];
    INLINE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use crate::url::Base;
    use proptest::prelude::*;

    fn read(markdown: &str) -> Reading {
        Reading::of(markdown, 0, &Settings::new("Test", Base::default()).parse_options())
    }

    #[test]
    fn markdown_and_html_are_read_alike() {
        for (markdown, html) in [
            ("[a *b* `c`](x)", "<a href=x>a <em>b</em> <code>c</code></a>"),
            ("[![a](p.png)](x)", "<a href=x><img alt=a src=p.png></a>"),
            ("[a\nb](x)", "<a href=x>a\nb</a>"),
        ] {
            let (markdown, html) = (read(markdown), read(html));
            let words = |reading: &Reading| {
                let links = reading.links.iter().map(|link| (link.text.clone(), link.href.clone(), link.has_picture));
                (links.collect::<Vec<_>>(), reading.pictures.iter().map(|picture| picture.alt.clone()).collect::<Vec<_>>())
            };
            assert_eq!(words(&markdown), words(&html));
            assert_eq!(markdown.links.len(), 1);
        }
        let hidden = read("<a href=x aria-hidden=true></a> <a id=y></a>");
        assert!(hidden.links.is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_written_makes_a_reader_stumble(
            pieces in proptest::collection::vec(
                prop::sample::select(vec![
                    "# ", "## ", "\n", "\n\n", "> ", "- ", "| ", "|\n|-|-|\n", "**", "[", "](x)", "![", "<a href=x>", "</a>", "<h3>",
                    "</h3>", "<table>", "<th>", "</table>", "<p>", "</p>", "<script>", "<!--", "-->", "&nbsp;", "é", "日本", "www.a.bé ",
                    "https://a.b/é&amp;… ", "```\n", "<svg>", "<img alt='", "'>", "[[a]]", "word",
                ]),
                0..40,
            ),
        ) {
            let text = pieces.concat();
            let reading = read(&text);
            let places = reading.links.iter().map(|link| link.at.end).chain(reading.headings.iter().map(|heading| heading.at.end));
            prop_assert!(places.chain(reading.prose.iter().map(|prose| prose.at)).all(|at| at <= text.len() + 16));
        }
    }
}
