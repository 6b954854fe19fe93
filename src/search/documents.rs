//! Articles as results show them, in blocks; and their texts, each deflated by itself, for excerpts.

use serde::{Deserialize, Serialize};

use super::files::{Damaged, Deflater, File, Kind, Name, inflate};
use super::text::Section;
use crate::article::Head;

/// How many articles a block has.
pub const BLOCK: usize = 16;

/// An article as a result shows it. In the files it is a list, in this order.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Document(
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
    /// How many bytes its text takes, deflated.
    pub u32,
);

/// A block: the file with the texts, and the articles.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Block(pub String, pub Vec<Document>);

/// What an excerpt is made from: the lead; then, of each section, its heading, its anchor and its blocks.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Default)]
pub struct Text(pub String, pub Vec<(String, String, Vec<String>)>);

impl Text {
    /// The text of an article.
    pub fn new(head: &Head, sections: Vec<Section>) -> Text {
        let heading = |section: &Section| section.heading.and_then(|index| head.outline.get(index));
        let sections = sections.into_iter().map(|section| {
            let (text, id) =
                heading(&section).map_or_else(Default::default, |heading| (heading.text.clone(), heading.id.clone()));
            (text, id, section.blocks)
        });
        Text(head.lead().to_owned(), sections.collect())
    }
}

/// Writes blocks.
pub struct Writer {
    deflater: Deflater,
    documents: Vec<Document>,
    texts: Vec<u8>,
    json: Vec<u8>,
}

impl Writer {
    pub fn new() -> Writer {
        Writer { deflater: Deflater::new(1), documents: Vec::new(), texts: Vec::new(), json: Vec::new() }
    }

    /// Adds an article to the block.
    pub fn add(&mut self, mut document: Document, text: &Text) {
        // Lists of texts have a JSON form.
        self.json.clear();
        let written = serde_json::to_writer(&mut self.json, text);
        debug_assert!(written.is_ok());
        document.5 = self.deflater.deflate_into(&self.json, &mut self.texts) as u32;
        self.documents.push(document);
    }

    /// Ends the block.
    pub fn finish(&mut self) -> (Name, [File; 2]) {
        let (_, texts) = Kind::Passages.named(&std::mem::take(&mut self.texts));
        let block = Block(texts.name.clone(), std::mem::take(&mut self.documents));
        let json = serde_json::to_vec(&block).unwrap_or_default();
        let (name, documents) = Kind::Documents.named(&self.deflater.deflate(&json));
        (name, [documents, texts])
    }
}

/// Reads a block.
pub fn read(bytes: &[u8]) -> Result<Block, Damaged> {
    let json = inflate(Kind::Documents.content(bytes)?)?;
    serde_json::from_slice(&json).map_err(|_| Damaged::Content)
}

/// Reads the text of one article of a block.
pub fn read_text(bytes: &[u8], block: &Block, index: usize) -> Result<Text, Damaged> {
    let before: usize = block.1.iter().take(index).map(|document| document.5 as usize).sum();
    let size = block.1.get(index).map_or(0, |document| document.5 as usize);
    let texts = Kind::Passages.content(bytes)?;
    let json = inflate(texts.get(before..before + size).ok_or(Damaged::Content)?)?;
    serde_json::from_slice(&json).map_err(|_| Damaged::Content)
}
