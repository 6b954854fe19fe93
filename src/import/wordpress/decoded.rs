//! The bytes of an export as UTF-8, whatever they were, and never more of them at once than memory bears.
//!
//! What the text means is left to `wxr`.

use std::io::{self, BufRead, Read};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// More than this no post has, nor the tag of an element: whoever collects more wants the memory and nothing else.
pub const MOST: usize = 32 * 1024 * 1024;

/// How the bytes are read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Encoding {
    /// Bytes that are not UTF-8 are read as Windows-1252: databases that were moved more than once have both.
    Utf8,
    /// One byte is one character. ISO-8859-1 is read so too, as browsers do (<https://encoding.spec.whatwg.org/#names-and-labels>).
    Windows1252,
}

/// A reader of UTF-8 from a reader of whatever an export says that it is in.
pub struct Decoded<R> {
    inner: R,
    encoding: Encoding,
    raw: Vec<u8>,
    /// How many bytes of a character that is not whole yet stand at the beginning of `raw`.
    kept: usize,
    ready: Vec<u8>,
    at: usize,
    /// How many bytes may be read until somebody says that they were used up.
    left: usize,
}

impl<R: Read> Decoded<R> {
    /// Finds out the encoding from the XML declaration. The error is the name of an encoding that is not known.
    pub fn new(mut inner: R) -> io::Result<Result<Decoded<R>, String>> {
        let mut raw = vec![0; CHUNK];
        let mut length = 0;
        while length < 1024 {
            match inner.read(&mut raw[length..])? {
                0 => break,
                read => length += read,
            }
        }
        let start = &raw[..length];
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Ok(Err("UTF-16".to_owned()));
        }
        let bom = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let encoding = match declared(&start[bom..]) {
            None => Encoding::Utf8,
            Some(name) => match name.to_ascii_lowercase().as_str() {
                "utf-8" | "utf8" | "us-ascii" | "ascii" => Encoding::Utf8,
                "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" | "iso-8859-15" => {
                    Encoding::Windows1252
                }
                _ => return Ok(Err(name.chars().take(40).collect())),
            },
        };
        let mut decoded = Decoded { inner, encoding, raw, kept: 0, ready: Vec::new(), at: 0, left: MOST };
        decoded.raw.copy_within(bom..length, 0);
        decoded.decode(length - bom, false);
        Ok(Ok(decoded))
    }

    /// What was read so far was used up: as much again may be read.
    pub fn allow(&mut self) {
        self.left = MOST;
    }

    /// Turns the first `length` bytes of `raw` into text. A character that is cut off waits for the rest of it, unless
    /// there is none.
    fn decode(&mut self, length: usize, is_end: bool) {
        self.ready.clear();
        self.at = 0;
        self.kept = 0;
        let mut rest = &self.raw[..length];
        if self.encoding == Encoding::Windows1252 {
            push_windows_1252(rest, &mut self.ready);
            return;
        }
        while !rest.is_empty() {
            let error = match std::str::from_utf8(rest) {
                Ok(_) => {
                    self.ready.extend_from_slice(rest);
                    return;
                }
                Err(error) => error,
            };
            self.ready.extend_from_slice(&rest[..error.valid_up_to()]);
            rest = &rest[error.valid_up_to()..];
            let wrong = match error.error_len() {
                Some(wrong) => wrong,
                None if is_end => rest.len(),
                None => {
                    let (kept, at) = (rest.len(), length - rest.len());
                    self.raw.copy_within(at..length, 0);
                    self.kept = kept;
                    return;
                }
            };
            push_windows_1252(&rest[..wrong], &mut self.ready);
            rest = &rest[wrong..];
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.ready.len() {
            let read = self.inner.read(&mut self.raw[self.kept..])?;
            let (length, is_end) = (self.kept + read, read == 0);
            if length == 0 {
                break;
            }
            self.decode(length, is_end);
        }
        if self.left == 0 {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let most = self.left.min(self.ready.len() - self.at);
        Ok(&self.ready[self.at..self.at + most])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.left = self.left.saturating_sub(amount);
    }
}

/// The encoding that an XML declaration names.
fn declared(start: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&start[..start.len().min(300)]);
    let declaration = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.trim().to_owned())
}

/// What the bytes 0x80 to 0x9f are in Windows-1252; five stand for nothing
/// (<https://encoding.spec.whatwg.org/#legacy-single-byte-encodings>).
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn push_windows_1252(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        let c = match byte {
            0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
            _ => char::from(byte),
        };
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe may.
    struct Slowly<'b>(&'b [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((&first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn all(bytes: &[u8]) -> String {
        let mut text = String::new();
        Decoded::new(Slowly(bytes)).unwrap().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn what_is_utf_8_stays_and_what_is_not_is_read_as_windows_1252() {
        let long = "ä€".repeat(2000);
        for (bytes, text) in [
            ("\u{feff}<a>é</a>".as_bytes(), "<a>é</a>"),
            (b"caf\xe9 \xc3\xa9 \x93x\x94 \xe2\x82", "café é “x” â‚"),
            (b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9\x80", "<?xml version='1.0' encoding='ISO-8859-1'?>é€"),
            (long.as_bytes(), &long),
            (b"", ""),
        ] {
            assert_eq!(all(bytes), text);
        }
    }

    #[test]
    fn an_encoding_that_nobody_has_is_named() {
        let of = |bytes: &[u8]| Decoded::new(bytes).unwrap().err().unwrap();
        assert_eq!(of(b"<?xml version=\"1.0\" encoding=\"EBCDIC-37\"?>"), "EBCDIC-37");
        assert_eq!(of(b"\xff\xfe<\0"), "UTF-16");
    }

    #[test]
    fn what_is_never_used_up_is_an_error() {
        let mut decoded = Decoded::new(io::repeat(b'a').take(2 * MOST as u64 - 1)).unwrap().unwrap();
        let mut text = Vec::new();
        assert!(decoded.read_to_end(&mut text).is_err());
        assert_eq!(text.len(), MOST);
        decoded.allow();
        assert!(decoded.read_to_end(&mut text).is_ok());
    }
}
