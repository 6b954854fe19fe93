//! Telling one version of something from another: 128-bit digests of bytes.
//!
//! XXH3 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>): many times faster than a cryptographic hash,
//! and the same on every machine. Nothing secret and nobody's rights hang on it.

use std::fmt;
use std::hash::{Hash, Hasher};

use twox_hash::XxHash3_128;

/// The digest of some bytes. Two that differ come from bytes that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest(u128);

impl Digest {
    /// Of bytes that are there as a whole.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(XxHash3_128::oneshot(bytes))
    }

    /// Of a value, by what tells it from others. The same on every machine for one version of this program.
    pub fn of_value(value: &impl Hash) -> Digest {
        let mut hasher = XxHash3_128::new();
        value.hash(&mut HashInto(&mut hasher));
        Digest(hasher.finish_128())
    }

    /// For making a digest of digests.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// What [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Digest> {
        u128::from_str_radix(text, 16).ok().map(Digest)
    }

    /// The first eight hexadecimal digits: enough to name a version of a file.
    pub fn short(self) -> String {
        format!("{self}")[..8].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A digest in the making, of pieces that cannot run into each other.
#[derive(Default)]
pub struct Digester(XxHash3_128);

impl Digester {
    /// Adds one piece.
    pub fn add(&mut self, piece: &[u8]) -> &mut Self {
        self.0.write(&(piece.len() as u64).to_le_bytes());
        self.0.write(piece);
        self
    }

    /// The digest of all pieces so far, in their order.
    pub fn finish(&self) -> Digest {
        Digest(self.0.finish_128())
    }
}

/// Tells one set of things from another by their digests, in whatever order they came: one more or less costs the same
/// however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DigestSum(u128);

impl DigestSum {
    /// One more.
    pub fn add(&mut self, digest: Digest) {
        self.0 = self.0.wrapping_add(digest.0);
    }

    /// One less.
    pub fn remove(&mut self, digest: Digest) {
        self.0 = self.0.wrapping_sub(digest.0);
    }

    /// Of the set.
    pub fn digest(self) -> Digest {
        Digest(self.0)
    }
}

/// Lets the standard library's hashing write into a digest.
struct HashInto<'h>(&'h mut XxHash3_128);

impl Hasher for HashInto<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// Nobody asks for fewer bits.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_run_into_each_other() {
        let of = |pieces: &[&str]| {
            let mut digester = Digester::default();
            for piece in pieces {
                digester.add(piece.as_bytes());
            }
            digester.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
    }

    #[test]
    fn a_sum_is_of_what_is_in_it() {
        let (a, b, c) = (Digest::of(b"a"), Digest::of(b"b"), Digest::of(b"c"));
        let sum = |digests: &[Digest]| {
            let mut sum = DigestSum::default();
            digests.iter().for_each(|digest| sum.add(*digest));
            sum
        };
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        assert_ne!(sum(&[a, b]), sum(&[a, c]));
        let mut less = sum(&[a, b, c]);
        less.remove(b);
        assert_eq!(less, sum(&[c, a]));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let digest = Digest::of(b"a site");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::of(b"").to_string(), "99aa06d3014798d86001c324468d497f", "not XXH3-128 as others have it");
    }
}
