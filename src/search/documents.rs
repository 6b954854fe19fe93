//! Articles as results show them, each in a piece of its own that a range of bytes gets, its text last, for excerpts; and
//! the directories, which say where each piece is.
//!
//! Thirty-two articles are a block, a file. A piece begins at a multiple of 256 bytes, so that its place is a small number.

use serde::{Deserialize, Serialize};

use super::bits::{BitReader, BitWriter, best_low};
use super::files::{Damaged, Deflater, File, HEADER, Kind, NAME_BYTES, Name, Outlet, Reader, inflate, put_number};

/// How many articles a block has.
pub const BLOCK: usize = 32;
/// How many blocks a directory has.
pub const DIRECTORY: usize = 128;
/// Pieces begin at multiples of so many bytes.
pub const UNIT: usize = 256;
/// An excerpt is cut from this much of an article's text, in bytes. All of its words are found.
const MOST_TEXT: usize = 128 << 10;

/// An article as a result shows it. In the files it is a list, in this order.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Default)]
pub struct Document(
    /// Its language, as the number of one of the index's.
    pub usize,
    /// The title.
    pub String,
    /// The address from the site's root, percent-encoded.
    pub String,
    /// The section's title.
    pub String,
    /// The day it was first published, or nothing.
    pub String,
    /// Its tags.
    pub Vec<String>,
    /// What it is about, in a sentence.
    pub String,
);

/// The text under one heading: the heading, its anchor, and paragraphs, items and cells. What stands before the first
/// heading has an empty one.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Default)]
pub struct Passage(pub String, pub String, pub Vec<String>);

/// A block: its name, its file as long as nobody has taken it, and the size of each piece in units.
pub struct Block {
    pub name: Name,
    pub file: Option<File>,
    pub units: Vec<u32>,
}

/// Writes blocks.
pub struct Writer {
    deflater: Deflater,
    bytes: Vec<u8>,
    units: Vec<u32>,
    json: Vec<u8>,
    piece: Vec<u8>,
}

impl Writer {
    pub fn new() -> Writer {
        // Of a text as short as an article's a higher level saves next to nothing.
        let deflater = Deflater::new(1);
        Writer { deflater, bytes: Vec::new(), units: Vec::new(), json: Vec::new(), piece: Vec::new() }
    }

    /// Adds an article to the block.
    pub fn add(&mut self, document: &Document, passages: &[Passage]) {
        let from = self.bytes.len();
        self.put(document);
        self.put(passages);
        self.bytes.resize(self.bytes.len().next_multiple_of(UNIT), 0);
        self.units.push(((self.bytes.len() - from) / UNIT) as u32);
    }

    fn put<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.json.clear();
        // Lists of texts have a JSON form.
        let written = serde_json::to_writer(&mut self.json, value);
        debug_assert!(written.is_ok());
        self.piece.clear();
        let length = self.deflater.deflate_into(&self.json, &mut self.piece);
        put_number(length as u32, &mut self.bytes);
        self.bytes.extend(&self.piece);
    }

    /// Ends the block, whose file goes to the outlet.
    pub fn finish(&mut self, outlet: &Outlet<'_>) -> Block {
        let (name, file) = Kind::Documents.named(&self.bytes);
        self.bytes.clear();
        Block { name, file: outlet.put(file), units: std::mem::take(&mut self.units) }
    }
}

/// A directory of some blocks: their names, and the sizes of their pieces.
pub fn directory(blocks: &[Block]) -> (Name, File) {
    let mut content: Vec<u8> = blocks.iter().flat_map(|block| block.name).collect();
    let units = blocks.iter().flat_map(|block| block.units.iter().copied());
    let low = best_low(units.clone());
    content.push(low as u8);
    let mut bits = BitWriter::new(&mut content);
    units.for_each(|units| bits.put_rice(units, low));
    bits.end();
    Kind::Directory.named(&content)
}

/// Where the piece of an article is: the name of its block, and the bytes of that file.
pub type At = (Name, std::ops::Range<usize>);

/// Reads a directory of so many articles.
pub fn read_directory(bytes: &[u8], articles: usize) -> Result<Vec<At>, Damaged> {
    let content = Kind::Directory.content(bytes)?;
    let (names, sizes) = content.split_at_checked(articles.div_ceil(BLOCK) * NAME_BYTES).ok_or(Damaged::Content)?;
    let (&low, sizes) = sizes.split_first().ok_or(Damaged::Content)?;
    let mut bits = BitReader::new(sizes);
    let mut places = Vec::new();
    let mut from = 0;
    for number in 0..articles {
        if number % BLOCK == 0 {
            from = HEADER;
        }
        let to = from + bits.rice(u32::from(low.min(31)))? as usize * UNIT;
        let name = &names[number / BLOCK * NAME_BYTES..][..NAME_BYTES];
        places.push((name.try_into().map_err(|_| Damaged::Content)?, from..to));
        from = to;
    }
    Ok(places)
}

/// Reads the piece of an article.
pub fn read(piece: &[u8]) -> Result<(Document, Vec<Passage>), Damaged> {
    let mut reader = Reader::new(piece);
    let mut next = || {
        let length = reader.number()? as usize;
        inflate(reader.take(length)?)
    };
    let (document, passages) = (next()?, next()?);
    let json = |_| Damaged::Content;
    Ok((serde_json::from_slice(&document).map_err(json)?, serde_json::from_slice(&passages).map_err(json)?))
}

/// Cuts a text that no reader wants to fetch for an excerpt.
pub fn shorten(passages: &mut Vec<Passage>) {
    let mut left = MOST_TEXT;
    let mut is_kept = |text: &String| {
        left = left.saturating_sub(text.len() + 1);
        left > 0
    };
    for passage in passages.iter_mut() {
        passage.2.retain(&mut is_kept);
    }
    passages.retain(|passage| !passage.2.is_empty() || !passage.0.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(number: usize) -> (Document, Vec<Passage>) {
        let passage = Passage("Heading".into(), "heading".into(), vec!["word ".repeat(number * 50)]);
        let nothing = String::new;
        let title = format!("Title {number}");
        (Document(0, title, format!("/{number}/"), nothing(), nothing(), Vec::new(), nothing()), vec![passage])
    }

    #[test]
    fn every_article_is_found_at_its_place() {
        let outlet = Outlet { holds: true, take: &|_| {} };
        let mut writer = Writer::new();
        let blocks: Vec<Block> = (0..3)
            .map(|block| {
                for number in 0..if block < 2 { BLOCK } else { 5 } {
                    let (document, passages) = article(block * BLOCK + number);
                    writer.add(&document, &passages);
                }
                writer.finish(&outlet)
            })
            .collect();
        let (_, file) = directory(&blocks);
        let places = read_directory(&file.bytes, 2 * BLOCK + 5).unwrap_or_default();
        assert_eq!(places.len(), 2 * BLOCK + 5);
        for (number, (name, range)) in places.into_iter().enumerate() {
            let block = &blocks[number / BLOCK];
            assert_eq!(block.name, name);
            let bytes = block.file.as_ref().map(|file| &file.bytes[range]);
            assert_eq!(read(bytes.unwrap_or_default()), Ok(article(number)));
        }
        assert_eq!(read_directory(&file.bytes, 1_000), Err(Damaged::Content));
        assert_eq!(read_directory(&file.bytes[..5], 1), Err(Damaged::Content));
    }

    #[test]
    fn a_text_that_is_very_long_is_cut() {
        let mut passages: Vec<Passage> =
            (0..40).map(|number| Passage(format!("{number}"), String::new(), vec!["x".repeat(9_000)])).collect();
        shorten(&mut passages);
        assert_eq!(passages.len(), 40);
        let left: usize = passages.iter().flat_map(|passage| &passage.2).map(String::len).sum();
        assert!((100_000..MOST_TEXT).contains(&left), "{left}");
    }
}
