//! How a file of the index is put together: its four first bytes, numbers, texts, deflate, and the name its content gives
//! it. `FORMAT.md` has the rules.

use libdeflater::{CompressionLvl, Compressor, Decompressor};

use crate::digest::Digest;

/// A change of the files, of the words or of the ranking is another version; a client refuses what it does not know.
pub const VERSION: u8 = 1;

/// The root of the index: the one file whose name stays the same.
pub const ROOT: &str = "index.bin";

/// What a file holds: its fourth byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What a client must know to find everything else.
    Root = b'r' as isize,
    /// Terms and their best postings.
    Terms = b't' as isize,
    /// The rest of the postings of a frequent term.
    Tail = b'l' as isize,
    /// Articles as results show them.
    Documents = b'a' as isize,
    /// Where the articles are.
    Directory = b'd' as isize,
    /// Words as they are written.
    Vocabulary = b'v' as isize,
}

/// A file of the index.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its name in the folder of the index.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl File {
    /// Whether it is the root: its name stays the same when its content changes.
    pub fn is_root(&self) -> bool {
        self.name == ROOT
    }
}

/// How many bytes of a digest are a name.
pub const NAME_BYTES: usize = 5;
/// How many bytes of a file say what it is.
pub const HEADER: usize = 4;

/// What in a file's name tells its content from all other.
pub type Name = [u8; NAME_BYTES];

impl Kind {
    fn letter(self) -> u8 {
        self as u8
    }

    /// The file with such a name.
    pub fn file_name(self, name: &Name) -> String {
        let digits: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{digits}.bin", self.letter() as char)
    }

    fn header(self) -> [u8; HEADER] {
        [b'g', b'p', VERSION, self.letter()]
    }

    /// A file with this content, named by it.
    pub fn named(self, content: &[u8]) -> (Name, File) {
        let mut bytes = Vec::with_capacity(content.len() + HEADER);
        bytes.extend(self.header());
        bytes.extend(content);
        let digest = Digest::of(&bytes).to_bytes();
        let name: Name = [digest[15], digest[14], digest[13], digest[12], digest[11]];
        (name, File { name: self.file_name(&name), bytes })
    }

    /// The root has a name of its own.
    pub fn unnamed(self, content: &[u8]) -> Vec<u8> {
        [&self.header(), content].concat()
    }

    /// What stands after the first bytes, if they are right.
    pub fn content(self, bytes: &[u8]) -> Result<&[u8], Damaged> {
        match bytes.split_at_checked(HEADER) {
            Some((head, content)) if head == self.header() => Ok(content),
            Some((head, _)) if head.starts_with(b"gp") && head[2] != VERSION => Err(Damaged::Version),
            _ => Err(Damaged::Content),
        }
    }
}

/// Where the files of an index go when they are made: on at once; or, if all of them may fit into one, nowhere yet.
pub struct Outlet<'t> {
    /// Whether files are kept for a bundle.
    pub holds: bool,
    /// Who gets them if not.
    pub take: &'t (dyn Fn(File) + Sync),
}

impl Outlet<'_> {
    /// Hands a file on, or gives it back to be kept.
    pub fn put(&self, file: File) -> Option<File> {
        if self.holds {
            return Some(file);
        }
        (self.take)(file);
        None
    }
}

/// Why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damaged {
    /// Another version of Guidepost wrote it.
    Version,
    /// It is not what was written.
    Content,
}

/// Deflates many pieces.
pub struct Deflater(Compressor);

impl Deflater {
    /// From 1, quick, to 12, small.
    pub fn new(level: i32) -> Deflater {
        Deflater(Compressor::new(CompressionLvl::new(level).unwrap_or_default()))
    }

    /// Appends a piece, deflated; returns how many bytes that made.
    pub fn deflate_into(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let from = out.len();
        out.resize(from + self.0.deflate_compress_bound(bytes.len()), 0);
        // The bound leaves room for whatever there is.
        let length = self.0.deflate_compress(bytes, &mut out[from..]).unwrap_or(0);
        out.truncate(from + length);
        length
    }

    /// A piece, deflated.
    pub fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.deflate_into(bytes, &mut out);
        out
    }
}

/// Undoes [`Deflater::deflate`].
pub fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    const MOST: usize = 64 << 20;
    let mut out = vec![0; (bytes.len() * 4).max(1 << 12)];
    let mut inflater = Decompressor::new();
    loop {
        match inflater.deflate_decompress(bytes, &mut out) {
            Ok(length) => {
                out.truncate(length);
                return Ok(out);
            }
            Err(libdeflater::DecompressionError::InsufficientSpace) if out.len() < MOST => out.resize(out.len() * 4, 0),
            Err(_) => return Err(Damaged::Content),
        }
    }
}

/// Appends a number: seven bits a byte, the lowest first, the eighth bit set if there are more.
pub fn put_number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends words in their order: of each, how much it shares with the one before, how much is new, and that.
#[derive(Default)]
pub struct FrontCoder(String);

impl FrontCoder {
    /// Appends one word.
    pub fn put(&mut self, word: &str, out: &mut Vec<u8>) {
        let shared = self.0.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        let new = word.len() - shared;
        if shared < 16 && new < 16 && (shared, new) != (0, 0) {
            out.push((shared << 4 | new) as u8);
        } else {
            out.push(0);
            put_number(shared as u32, out);
            put_number(new as u32, out);
        }
        out.extend(&word.as_bytes()[shared..]);
        self.0.clear();
        self.0.push_str(word);
    }
}

/// Reads what was put.
pub struct Reader<'b> {
    bytes: &'b [u8],
    word: Vec<u8>,
}

impl<'b> Reader<'b> {
    /// From the beginning.
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { bytes, word: Vec::new() }
    }

    /// The next number.
    pub fn number(&mut self) -> Result<u32, Damaged> {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged::Content)
    }

    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Result<&'b [u8], Damaged> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(Damaged::Content)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// The next name.
    pub fn name(&mut self) -> Result<Name, Damaged> {
        self.take(NAME_BYTES)?.try_into().map_err(|_| Damaged::Content)
    }

    /// The next word of a list.
    pub fn word(&mut self) -> Result<String, Damaged> {
        let (shared, new) = match self.take(1)?[0] {
            0 => (self.number()? as usize, self.number()? as usize),
            both => (usize::from(both >> 4), usize::from(both & 15)),
        };
        if shared > self.word.len() {
            return Err(Damaged::Content);
        }
        self.word.truncate(shared);
        let new = self.take(new)?;
        self.word.extend(new);
        String::from_utf8(self.word.clone()).map_err(|_| Damaged::Content)
    }

    /// A list of words ends here; the next one shares nothing with it.
    pub fn new_list(&mut self) {
        self.word.clear();
    }

    /// How many bytes there are still.
    pub fn rest(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing more.
    pub fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read() {
        let mut bytes = Vec::new();
        let mut coder = FrontCoder::default();
        for word in ["inter", "interview", "résumé", "réussir"] {
            coder.put(word, &mut bytes);
        }
        for number in [0, 127, 128, 300, u32::MAX] {
            put_number(number, &mut bytes);
        }
        let deflated = Deflater::new(6).deflate(&bytes);
        let bytes = inflate(&deflated).unwrap_or_default();
        let mut reader = Reader::new(&bytes);
        let words: Vec<String> = (0..4).map(|_| reader.word().unwrap_or_default()).collect();
        assert_eq!(words, ["inter", "interview", "résumé", "réussir"]);
        let numbers: Vec<u32> = (0..5).map(|_| reader.number().unwrap_or_default()).collect();
        assert_eq!(numbers, [0, 127, 128, 300, u32::MAX]);
        assert!(reader.is_at_end() && reader.number() == Err(Damaged::Content));
    }

    #[test]
    fn a_file_of_another_kind_or_version_is_refused() {
        let (name, file) = Kind::Terms.named(b"content");
        assert_eq!(file.name, Kind::Terms.file_name(&name));
        assert_eq!(Kind::Terms.content(&file.bytes), Ok(b"content".as_slice()));
        assert_eq!(Kind::Tail.content(&file.bytes), Err(Damaged::Content));
        let mut newer = file.bytes.clone();
        newer[2] += 1;
        assert_eq!(Kind::Terms.content(&newer), Err(Damaged::Version));
        assert_eq!(Kind::Terms.content(b"<h"), Err(Damaged::Content));
    }
}
