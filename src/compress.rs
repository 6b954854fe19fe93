//! Texts as browsers can have them sent, smaller: with Brotli, and with gzip for whoever does not know that.
//!
//! Which files have such variants and which coding makes one is told here; beside which files they are put, and which are
//! there already, is the writer's business. The same text becomes the same bytes on every machine: the levels are fixed, and
//! a gzip file bears no time.

use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use libdeflater::{CompressionLvl, Compressor};

use crate::digest::{Digest, Digester};

/// The ends of the names of texts. A picture and a font are compressed already. The search index (`.bin`) is asked for in
/// ranges, which would be ranges of a variant, and nothing would be found.
const TEXTS: [&str; 18] = [
    "html",
    "htm",
    "css",
    "js",
    "mjs",
    "json",
    "xml",
    "txt",
    "md",
    "svg",
    "ics",
    "vcf",
    "csv",
    "tsv",
    "vtt",
    "webmanifest",
    "map",
    "xsl",
];

/// Of pages of prose 9 leaves 28.4 %, for a tenth of a second a megabyte; 5 leaves 28.8 % for as much, 10 leaves 25.4 % for five
/// times and 11 leaves 24.6 % for ten times as long, which is minutes for 10,000 articles.
const BROTLI_QUALITY: i32 = 9;
/// 9 leaves 30.7 % and costs a tenth of what Brotli does; 12 leaves 30.0 % and costs as much as Brotli.
const GZIP_LEVEL: i32 = 9;
/// The fewest and the most that Brotli has.
const WINDOW_BITS: (u32, u32) = (10, 22);

/// The longest name that file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// What an answer says of itself in `Content-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip` (RFC 1952).
    Gzip,
}

impl Coding {
    /// All, in the order in which they are tried.
    pub const ALL: [Coding; 2] = [Coding::Gzip, Coding::Brotli];

    /// What the name of a variant has at its end, by which servers find it.
    pub fn suffix(self) -> &'static str {
        match self {
            Coding::Brotli => ".br",
            Coding::Gzip => ".gz",
        }
    }

    /// The text in this coding; `None` if that would not be smaller.
    pub fn compress(self, text: &[u8]) -> Option<Vec<u8>> {
        let compressed = match self {
            Coding::Brotli => brotli(text),
            Coding::Gzip => gzip(text),
        };
        compressed.filter(|compressed| compressed.len() < text.len())
    }
}

/// Whether a file, by its path, is a text that gets variants.
pub fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let longest_suffix = Coding::ALL.iter().map(|coding| coding.suffix().len()).max().unwrap_or(0);
    let is_one = |end: &str| TEXTS.iter().any(|text| end.eq_ignore_ascii_case(text));
    name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && is_one(end))
        && name.len() + longest_suffix <= LONGEST_NAME
}

/// The path of the file that a variant stands beside, and its coding.
pub fn variant(path: &str) -> Option<(&str, Coding)> {
    Coding::ALL.into_iter().find_map(|coding| Some((path.strip_suffix(coding.suffix())?, coding)))
}

/// Tells the variants that this version makes from all others.
pub fn version() -> Digest {
    Digester::default().add(b"variant").add(env!("GUIDEPOST_SOURCES").as_bytes()).finish()
}

fn brotli(text: &[u8]) -> Option<Vec<u8>> {
    // A window larger than the text only costs memory.
    let window = (usize::BITS - text.len().leading_zeros()).clamp(WINDOW_BITS.0, WINDOW_BITS.1) as i32;
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        mode: BrotliEncoderMode::BROTLI_MODE_TEXT,
        lgwin: window,
        size_hint: text.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::with_capacity(text.len() / 3);
    brotli::BrotliCompress(&mut &*text, &mut compressed, &parameters).ok()?;
    Some(compressed)
}

fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::new(GZIP_LEVEL).ok()?);
    // What needs more room than the text has is of no use.
    let mut compressed = vec![0; text.len()];
    let length = compressor.gzip_compress(text, &mut compressed).ok()?;
    compressed.truncate(length);
    Some(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    /// What a browser makes of a variant.
    fn decode(coding: Coding, compressed: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        let read = match coding {
            Coding::Brotli => brotli::BrotliDecompress(&mut &*compressed, &mut text),
            Coding::Gzip => GzDecoder::new(compressed).read_to_end(&mut text).map(drop),
        };
        assert!(read.is_ok(), "{coding:?}: {read:?}");
        text
    }

    #[test]
    fn texts_have_variants_and_nothing_else_has() {
        for text in ["index.html", "a/b/atom.xml", "assets/site-1a.CSS", "x.tar.json", "icon.svg", "agenda.ics"] {
            assert!(is_text(text), "{text}");
        }
        let longest = format!("a/{}.txt", "a".repeat(LONGEST_NAME - 7));
        assert!(is_text(&longest));
        // A name for whose variant there is no room, what hosts read, what is compressed or asked for in ranges.
        let too_long = longest.replace(".txt", "a.txt");
        for other in
            ["_headers", "_redirects", ".html", ".nojekyll", "x.png", "search/index.bin", "index.html.br", "x.txt.gz", &too_long]
        {
            assert!(!is_text(other), "{other}");
        }
    }

    #[test]
    fn what_is_not_smaller_is_no_variant() {
        for text in ["", "a", "User-agent"] {
            assert!(Coding::ALL.iter().all(|coding| coding.compress(text.as_bytes()).is_none()), "{text}");
        }
        let page = "<p>Advice for whoever looks for work.</p>".repeat(40);
        assert!(Coding::ALL.iter().all(|coding| coding.compress(page.as_bytes()).is_some_and(|made| made.len() < 100)));
    }

    #[test]
    fn a_gzip_file_bears_no_time_and_no_name() {
        let made = gzip(&b"advice ".repeat(50)).unwrap_or_default();
        assert_eq!(made.get(..8), Some(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0][..]));
    }

    proptest! {
        #[test]
        fn a_browser_gets_the_text_back(piece in "\\PC{0,60}", times in 1_usize..400) {
            let text = piece.repeat(times);
            for coding in Coding::ALL {
                if let Some(made) = coding.compress(text.as_bytes()) {
                    prop_assert!(made.len() < text.len());
                    prop_assert_eq!(decode(coding, &made), text.as_bytes());
                }
            }
        }
    }
}
