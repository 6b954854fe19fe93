//! The page of all messages, `messages.md`: what each code means, with an example.
//!
//! The page is written for people and is the only place where a code is explained; this file finds its way in it. Which
//! codes there are is decided where the messages are made, and `tests/messages.rs` holds the page to it. How a section
//! looks on a terminal is left to `guidepost explain`.

/// The page as it is written.
pub const PAGE: &str = include_str!("messages.md");

/// What the page says of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'p> {
    /// The code, as it stands in brackets in a message.
    pub code: &'p str,
    /// How much such a message weighs, in a word or two: `error`, `error or warning`.
    pub severity: &'p str,
    /// What it means, in one sentence without its full stop.
    pub meaning: &'p str,
    /// All that follows.
    pub blocks: Vec<Block<'p>>,
}

/// A piece of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block<'p> {
    /// A paragraph.
    Prose(&'p str),
    /// A file of an example, or of the same example put right.
    File {
        /// Its path from the site's folder.
        path: &'p str,
        /// What is in it.
        text: &'p str,
    },
    /// A command to type.
    Command(&'p str),
    /// What Guidepost says to the example.
    Message(&'p str),
}

/// The sections of the page, in its order.
pub fn sections() -> Vec<Section<'static>> {
    read(PAGE)
}

/// Reads a page: `## code`, `**Severity**: meaning.`, then paragraphs and fenced blocks. A block whose first line names
/// a path is a file; without one, `sh` is a command and `text` a message.
pub fn read(page: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut at = 0;
    while at < page.len() {
        let (length, piece) = next_piece(&page[at..]);
        at += length;
        match (piece, sections.last_mut()) {
            (Piece::Heading(code), _) => {
                sections.push(Section { code, severity: "", meaning: "", blocks: Vec::new() });
            }
            (Piece::Paragraph(text), Some(section)) if section.severity.is_empty() => {
                let (severity, meaning) = text.trim_start_matches("**").split_once("**: ").unwrap_or(("", text));
                (section.severity, section.meaning) = (severity, meaning.trim_end_matches('.'));
            }
            (Piece::Paragraph(text), Some(section)) => section.blocks.push(Block::Prose(text)),
            (Piece::Fence { info, text }, Some(section)) => section.blocks.push(match info.split_once(' ') {
                Some((_, path)) => Block::File { path, text },
                None if info == "sh" => Block::Command(text),
                None => Block::Message(text),
            }),
            // What stands before the first section is about the page.
            (_, None) | (Piece::Blank, _) => {}
        }
    }
    sections
}

enum Piece<'p> {
    Blank,
    Heading(&'p str),
    Paragraph(&'p str),
    Fence { info: &'p str, text: &'p str },
}

/// The piece that the text begins with, and how long it is.
fn next_piece(text: &str) -> (usize, Piece<'_>) {
    let first_end = text.find('\n').map_or(text.len(), |end| end + 1);
    let first = text[..first_end].trim_end();
    if first.is_empty() {
        return (first_end, Piece::Blank);
    }
    if let Some(code) = first.strip_prefix("## ") {
        return (first_end, Piece::Heading(code));
    }
    let info = first.trim_start_matches('`');
    let fence = &first[..first.len() - info.len()];
    if fence.len() >= 3 {
        let body = &text[first_end..];
        let length = length_of_lines(body, |line| line.trim_end() != fence);
        let closing = length_of_lines(&body[length..], |line| line.trim_end() == fence);
        return (first_end + length + closing, Piece::Fence { info, text: &body[..length] });
    }
    let length = length_of_lines(text, |line| !line.trim().is_empty() && !line.starts_with("```"));
    (length, Piece::Paragraph(text[..length].trim_end()))
}

/// How many bytes the lines have that come before the first one that does not belong.
fn length_of_lines(text: &str, belongs: impl Fn(&str) -> bool) -> usize {
    text.split_inclusive('\n').take_while(|line| belongs(line)).map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_sections() {
        let page = "# Messages\n\nAbout them.\n\n## some-code\n\n**Error or note**: it is wrong.\n\nWhy that\nmatters.\n\n\
                    ````markdown content/a.md\n## no heading\n```\ncode\n```\n````\n```text\nnote[some-code]: wrong\n```\n\
                    ## the-next\n**Error**: it is worse.\n```sh\nguidepost build\n```\n";
        let sections = read(page);
        assert_eq!(sections.len(), 2);
        assert_eq!(
            sections[0],
            Section {
                code: "some-code",
                severity: "Error or note",
                meaning: "it is wrong",
                blocks: vec![
                    Block::Prose("Why that\nmatters."),
                    Block::File { path: "content/a.md", text: "## no heading\n```\ncode\n```\n" },
                    Block::Message("note[some-code]: wrong\n"),
                ],
            }
        );
        assert_eq!((sections[1].code, &sections[1].blocks[..]), ("the-next", &[Block::Command("guidepost build\n")][..]));
    }
}
