//! Numbers to the bit: Golomb–Rice and unary. The lowest bit of a byte comes first. What the numbers mean is left to others.

use super::files::Damaged;

/// Appends bits to bytes.
pub struct BitWriter<'o> {
    out: &'o mut Vec<u8>,
    bits: u64,
    count: u32,
}

impl<'o> BitWriter<'o> {
    pub fn new(out: &'o mut Vec<u8>) -> BitWriter<'o> {
        BitWriter { out, bits: 0, count: 0 }
    }

    /// The lowest `length` bits of a value, 32 at most.
    fn put(&mut self, value: u32, length: u32) {
        self.bits |= u64::from(value) << self.count;
        self.count += length;
        while self.count >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    /// So many ones and a zero.
    pub fn put_unary(&mut self, mut number: u32) {
        while number >= 31 {
            self.put((1 << 31) - 1, 31);
            number -= 31;
        }
        self.put((1 << number) - 1, number + 1);
    }

    /// What is above the `low` lowest bits in unary, then those: few bits, if about half of the numbers are below `1 << low`.
    pub fn put_rice(&mut self, number: u32, low: u32) {
        self.put_unary(number >> low);
        self.put(number & ((1 << low) - 1), low);
    }

    /// Fills the last byte with zeros.
    pub fn end(mut self) {
        self.put(0, 7);
    }
}

/// The `low` that makes the fewest bits of numbers.
pub fn best_low(numbers: impl Iterator<Item = u32> + Clone) -> u32 {
    let (count, sum) = numbers.clone().fold((0_u64, 0_u64), |(count, sum), number| (count + 1, sum + u64::from(number)));
    let about = (sum / count.max(1) + 1).ilog2();
    let size = |low: &u32| numbers.clone().map(|number| u64::from(number >> low) + 1 + u64::from(*low)).sum::<u64>();
    (about.saturating_sub(1)..=about + 1).min_by_key(size).unwrap_or(about).min(31)
}

/// Reads what was put.
pub struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> BitReader<'b> {
    pub fn new(bytes: &'b [u8]) -> BitReader<'b> {
        BitReader { bytes, at: 0 }
    }

    fn take(&mut self) -> Result<u32, Damaged> {
        let byte = self.bytes.get(self.at / 8).ok_or(Damaged::Content)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Ok(u32::from(bit))
    }

    pub fn unary(&mut self) -> Result<u32, Damaged> {
        let mut number = 0;
        while self.take()? == 1 {
            number += 1;
        }
        Ok(number)
    }

    pub fn rice(&mut self, low: u32) -> Result<u32, Damaged> {
        let above = self.unary()?;
        let mut number = above.checked_shl(low).filter(|number| number >> low == above).ok_or(Damaged::Content)?;
        for place in 0..low {
            number |= self.take()? << place;
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_read_as_they_were_put(numbers in proptest::collection::vec(0_u32..100_000, 0..200), others in proptest::collection::vec(0_u32..70, 0..50)) {
            let low = best_low(numbers.iter().copied());
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            numbers.iter().for_each(|number| writer.put_rice(*number, low));
            others.iter().for_each(|number| writer.put_unary(*number));
            writer.end();
            let mut reader = BitReader::new(&bytes);
            for number in &numbers {
                prop_assert_eq!(reader.rice(low), Ok(*number));
            }
            for number in &others {
                prop_assert_eq!(reader.unary(), Ok(*number));
            }
        }
    }

    #[test]
    fn bits_that_are_not_there_are_damage() {
        assert_eq!(BitReader::new(&[0xff]).unary(), Err(Damaged::Content));
        assert_eq!(BitReader::new(&[0x0f]).rice(30), Err(Damaged::Content));
    }
}
