//! A picture of few colours as the bytes of a PNG file (<https://www.w3.org/TR/png-3/>).
//!
//! The pixels come as the file has them before it is compressed: rows of indexes into a palette, each behind the byte that
//! says that nothing is predicted. What is in the picture is left to others.

use libdeflater::{CompressionLvl, Compressor, Crc};

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// Cards are flat: a harder try takes twice as long and saves one byte in twenty.
const LEVEL: i32 = 6;

/// The file of a picture that is `width` pixels wide. There are at most 256 colours; `rows` has one byte more for each row.
pub fn file(width: u32, palette: &[Rgb], rows: &[u8]) -> Vec<u8> {
    let height = (rows.len() / (width as usize + 1)) as u32;
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // Eight bits a pixel, of a palette; the one way of compressing and of predicting; not interlaced.
    header.extend([8, 3, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"PLTE", palette.as_flattened());
    chunk(&mut file, b"IDAT", &compressed(rows));
    chunk(&mut file, b"IEND", b"");
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    file.extend(crc.sum().to_be_bytes());
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default());
    let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
    // There is room for the worst case.
    let length = compressor.zlib_compress(bytes, &mut out).unwrap_or_default();
    out.truncate(length);
    out
}
