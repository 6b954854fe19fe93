//! The running text of a body, section by section, from the pieces that rendering has noted.
//!
//! The HTML is not parsed again: what stands between two pieces only tells whether a block ended and a heading began.

use super::documents::Passage;
use crate::article::{Body, Heading};
use crate::html::references;

/// The text of a body. Headings are in the outline and not in the text.
pub fn passages(body: &Body, outline: &[Heading]) -> Vec<Passage> {
    let mut passages = vec![Passage::default()];
    let mut next = 0;
    let mut in_heading = false;
    let mut block = String::new();
    for (before, piece) in body.prose() {
        let began = headings_in(before, &outline[next.min(outline.len())..]);
        if began > 0 || ends_block(before) {
            end_block(&mut block, &mut passages);
        }
        if began > 0 {
            let new = outline[next..next + began].iter();
            passages.extend(new.map(|heading| Passage(heading.text.clone(), heading.id.clone(), Vec::new())));
            next += began;
            in_heading = true;
        } else if in_heading && before.contains("</h") {
            in_heading = false;
        }
        if !in_heading {
            unescape_into(piece, &mut block);
        }
    }
    end_block(&mut block, &mut passages);
    if passages[0].2.is_empty() {
        passages.remove(0);
    }
    passages
}

/// How many of the next headings begin in a piece of HTML.
fn headings_in(html: &str, next: &[Heading]) -> usize {
    let mut count = 0;
    for (at, _) in html.match_indices("<h") {
        let Some(id) = html[at..].get(3..).and_then(|rest| rest.strip_prefix(" id=\"")) else { continue };
        // An id has no letter that is escaped.
        if next.get(count).is_some_and(|heading| id.strip_prefix(heading.id.as_str()).is_some_and(|rest| rest.starts_with('"'))) {
            count += 1;
        }
    }
    count
}

fn end_block(block: &mut String, passages: &mut [Passage]) {
    let text = block.trim();
    if let (false, Some(passage)) = (text.is_empty(), passages.last_mut()) {
        passage.2.push(text.to_owned());
    }
    block.clear();
}

/// Elements that a word goes on behind.
const INLINE: [&str; 29] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// Whether one block ends and another begins where this HTML stands between two pieces of text.
fn ends_block(html: &str) -> bool {
    html.match_indices('<').any(|(at, _)| {
        let tag = html[at + 1..].trim_start_matches('/');
        let name = &tag[..tag.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        !name.is_empty() && !INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name))
    })
}

/// Text as a reader sees it, from HTML; line breaks become spaces.
fn unescape_into(html: &str, text: &mut String) {
    for (number, line) in references::decode(html).split('\n').enumerate() {
        if number > 0 {
            text.push(' ');
        }
        text.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::parse;
    use crate::settings::Settings;

    #[test]
    fn text_is_what_a_reader_reads_by_section() {
        let markdown = "Before *the* first & `a<b`\nhead[^1]ing.\n\n## One *bit*\n\nA\\\nB.\n\n| x | y |\n| - | - |\n| 1 | 2 |\n\n\
            ## ![alt](a.png)\n\n### Three {#three}\n- item\n- [ ] see www.example.org now\n\n<div><p>ra<b>w</b> &eacute;</p><ul><li>one<li>two<br>three</ul></div>\n\n\
            <!-- never -->\n\n```rust\nlet x;\n```\n\n[^1]: A note.\n";
        let (settings, _) = Settings::parse("title: T\nbase_url: https://example.org/\n");
        let options = settings.unwrap_or_else(|| panic!("settings")).parse_options();
        let (article, _) = parse(&"a.md".into(), markdown.as_bytes(), &options);
        let found: Vec<(String, String)> = passages(&article.body, &article.head.outline)
            .into_iter()
            .map(|passage| (format!("{} #{}", passage.0, passage.1), passage.2.join("|")))
            .collect();
        let expected = [
            (" #", "Before the first & a<b heading."),
            ("One bit #one-bit", "A|B.|x|y|1|2"),
            ("alt #alt", ""),
            ("Three #three", "item|see www.example.org now|raw é|one|two|three|let x;|A note."),
        ];
        assert_eq!(found, expected.map(|(heading, text)| (heading.to_owned(), text.to_owned())));
    }
}
