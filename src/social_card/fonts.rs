//! The fonts of a design: which letters they have, and what becomes of a text in them.
//!
//! Shaping (which glyph stands for which letters, and where) is HarfBuzz's work, in the crate `harfrust`. Where lines end,
//! and where they stand, is left to others.

use std::ops::Range;

use harfrust::font::Font;
use harfrust::font::variation::Variation;
use harfrust::{Buffer, Direction, Script, ShapeOptions, ShapePlan, ShaperFont, Tag};
use unicode_normalization::char::is_combining_mark;

/// How many fonts a design has at the most.
pub const MOST_FONTS: usize = 8;
/// Letters from here on are in no font: what is there are old Chinese ones and signs that nobody sees.
const BEYOND: usize = 0x4_0000;
/// How bold a font is set that can be of any weight.
const WEIGHT: f32 = 700.0;

/// Fonts, the first to be asked first.
pub struct Fonts {
    fonts: Vec<Font>,
    /// For each letter a bit for each font that has it.
    letters: Vec<u8>,
}

/// A run of text in one font and one direction, as glyphs from left to right. Lengths are in parts of the font's size.
#[derive(Debug, Clone)]
pub struct Run {
    pub font: usize,
    pub glyphs: Vec<Glyph>,
    pub width: f32,
}

/// A glyph of a run.
#[derive(Debug, Clone, Copy)]
pub struct Glyph {
    pub id: u32,
    /// The first byte of what it stands for.
    pub start: usize,
    pub advance: f32,
    /// From where it would stand by itself: to the right, and up.
    pub offset: (f32, f32),
}

/// Fonts at work on one card.
pub struct Shaper<'f> {
    fonts: &'f Fonts,
    ready: Vec<ShaperFont<'f, 'static>>,
    plans: Vec<(usize, Option<Script>, Direction, ShapePlan)>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({})", self.fonts.len())
    }
}

impl Fonts {
    /// Reads fonts. If one is none, says which.
    pub fn read(files: &[Vec<u8>]) -> Result<Fonts, usize> {
        let mut letters = vec![0; BEYOND];
        let mut fonts = Vec::new();
        for (number, bytes) in files.iter().enumerate() {
            let font = Font::new(bytes.clone(), 0).filter(|font| font.units_per_em() > 0).ok_or(number)?;
            for (letter, glyph) in font.charmap().unicodes() {
                if let Some(fonts) = letters.get_mut(letter as usize)
                    && glyph.to_u32() != 0
                {
                    *fonts |= 1 << number;
                }
            }
            let bold = Variation::new(Tag::new(b"wght"), WEIGHT);
            fonts.push(font.instance_builder().variations([bold]).build());
        }
        Ok(Fonts { fonts, letters })
    }

    /// A bit for each font that has a letter.
    fn that_have(&self, letter: char) -> u8 {
        match letter {
            // They join or part letters, and are seen by that alone.
            '\u{200c}' | '\u{200d}' => u8::MAX,
            _ => self.letters.get(letter as usize).copied().unwrap_or(0),
        }
    }

    /// Whether any font has a letter.
    pub fn have(&self, letter: char) -> bool {
        self.that_have(letter) != 0
    }

    /// The first letter that cannot be shown: one that no font has, or that is in another font than what it stands on.
    pub fn first_missing(&self, text: &str) -> Option<char> {
        let mut of_cluster = u8::MAX;
        for letter in text.chars() {
            let fonts = self.that_have(letter);
            of_cluster = if is_part_of_cluster(letter) { of_cluster & fonts } else { fonts };
            if of_cluster == 0 {
                return Some(letter);
            }
        }
        None
    }

    /// The glyphs of a font.
    pub fn font(&self, number: usize) -> Option<&Font> {
        self.fonts.get(number)
    }

    /// Parts of a text, each in the first font that has all of it; a letter stays with the marks on it.
    fn by_font(&self, text: &str, range: Range<usize>) -> Vec<(usize, Range<usize>)> {
        let piece = &text[range.clone()];
        let whole = piece.chars().fold(u8::MAX, |fonts, letter| fonts & self.that_have(letter));
        if whole != 0 {
            return vec![(whole.trailing_zeros() as usize % MOST_FONTS, range)];
        }
        let mut clusters: Vec<(u8, Range<usize>)> = Vec::new();
        for (at, letter) in piece.char_indices() {
            let (fonts, start, end) = (self.that_have(letter), range.start + at, range.start + at + letter.len_utf8());
            match clusters.last_mut() {
                Some((of_cluster, last)) if is_part_of_cluster(letter) => {
                    *of_cluster &= fonts;
                    last.end = end;
                }
                _ => clusters.push((fonts, start..end)),
            }
        }
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (fonts, range) in clusters {
            let font = fonts.trailing_zeros() as usize % MOST_FONTS;
            match parts.last_mut() {
                Some((last_font, last)) if *last_font == font => last.end = range.end,
                _ => parts.push((font, range)),
            }
        }
        parts
    }

    /// Gets the fonts ready for a card.
    pub fn shaper(&self) -> Shaper<'_> {
        Shaper { fonts: self, ready: self.fonts.iter().map(ShaperFont::new).collect(), plans: Vec::new() }
    }
}

/// Whether a letter belongs to the one before it.
pub fn is_part_of_cluster(letter: char) -> bool {
    is_combining_mark(letter) || matches!(letter, '\u{200c}' | '\u{200d}')
}

impl Shaper<'_> {
    /// A part of a text as glyphs: runs in the order of the text.
    pub fn shape(&mut self, text: &str, range: Range<usize>, is_rtl: bool) -> Vec<Run> {
        let parts = self.fonts.by_font(text, range);
        parts.into_iter().filter_map(|(font, range)| self.shape_in(font, text, range, is_rtl)).collect()
    }

    fn shape_in(&mut self, font: usize, text: &str, range: Range<usize>, is_rtl: bool) -> Option<Run> {
        let ready = self.ready.get(font)?;
        let mut buffer = Buffer::new();
        buffer.push_str(&text[range.clone()]);
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        let (script, direction) = (buffer.script(), buffer.direction());
        let is_it = |(of, for_script, to, _): &&(usize, Option<Script>, Direction, ShapePlan)| {
            (*of, *for_script, *to) == (font, script, direction)
        };
        if !self.plans.iter().any(|plan| is_it(&plan)) {
            let plan = ShapePlan::new(self.fonts.font(font)?, direction, script, None, &[]);
            self.plans.push((font, script, direction, plan));
        }
        let plan = self.plans.iter().find(is_it).map(|(.., plan)| plan);
        harfrust::shape(ready, &mut buffer, ShapeOptions::new().plan(plan)).ok()?;
        let em = f32::from(self.fonts.font(font)?.units_per_em());
        let placed = buffer.glyph_infos().iter().zip(buffer.glyph_positions());
        let glyphs: Vec<Glyph> = placed
            .map(|(info, position)| Glyph {
                id: info.glyph_id,
                start: range.start + info.cluster as usize,
                advance: position.x_advance as f32 / em,
                offset: (position.x_offset as f32 / em, position.y_offset as f32 / em),
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.advance).sum();
        Some(Run { font, glyphs, width })
    }
}
