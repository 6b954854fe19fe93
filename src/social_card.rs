//! Social cards: the picture of a page that is shown where somebody shares its address, made from words in a design.
//!
//! A [`Design`] is a drawing, fonts and colours; [`Design::words`] says what of a page's words a card can show, and
//! [`Design::draw`] makes the picture. The same words in the same design are the same bytes. Which pages have a card, where
//! it stands and when it is made is left to the outputs.

mod fonts;
mod frame;
mod letters;
mod lines;
mod paint;
mod png;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use self::fonts::{Fonts, MOST_FONTS};
use self::frame::{Drawing, Frame, Place};
use self::lines::Text;
use self::paint::Canvas;
pub use self::png::Rgb;
use crate::digest::{Digest, Digester};

/// How wide a card is, in pixels.
pub const WIDTH: u32 = 1200;
/// How high it is.
pub const HEIGHT: u32 = 630;

/// Counts the ways in which cards were ever drawn. It is part of their addresses: raise it when the same words come out
/// otherwise, so that nobody keeps the old picture.
const DRAWN: u32 = 1;

/// How far below the top of a line its letters stand, in parts of their size: so that capitals are in the middle of it.
const ASCENT: f32 = 0.93;

/// The colours that a drawing gets by name, whatever it is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// What is behind the words.
    pub paper: Rgb,
    /// The title.
    pub ink: Rgb,
    /// What is less important.
    pub muted: Rgb,
    /// The site's own colour.
    pub accent: Rgb,
    /// A second colour, for little of the picture.
    pub highlight: Rgb,
}

impl Default for Colours {
    /// Those of the default theme in the light.
    fn default() -> Colours {
        Colours {
            paper: [0xff, 0xff, 0xff],
            ink: [0x1d, 0x2a, 0x33],
            muted: [0x46, 0x56, 0x60],
            accent: [0x0f, 0x5c, 0x6e],
            highlight: [0xf3, 0xc9, 0x69],
        }
    }
}

impl Colours {
    fn named(&self) -> [(&'static str, Rgb); 5] {
        let Colours { paper, ink, muted, accent, highlight } = *self;
        [("paper", paper), ("ink", ink), ("muted", muted), ("accent", accent), ("highlight", highlight)]
    }
}

/// How cards look.
#[derive(Debug)]
pub struct Design {
    drawing: Drawing,
    fonts: Fonts,
    /// Drawn when the first card needs it.
    frame: OnceLock<Frame>,
    digest: Digest,
}

/// A file of a design that is of no use, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Which: its place among the fonts, or the drawing.
    pub font: Option<usize>,
    /// What is wrong with it.
    pub reason: String,
}

/// What a card says, as far as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Words {
    title: String,
    /// Above the title: the section.
    eyebrow: String,
    /// At the foot: whose site it is.
    site: String,
}

impl Design {
    /// Makes a design of a drawing, fonts (the first is asked first) and colours. `files` are the theme's, which the drawing may
    /// show.
    pub fn new(svg: &str, fonts: &[Vec<u8>], colours: &Colours, files: &BTreeMap<String, Vec<u8>>) -> Result<Design, Unusable> {
        if fonts.len() > MOST_FONTS {
            let reason = format!("a design has at most {MOST_FONTS} fonts");
            return Err(Unusable { font: Some(MOST_FONTS), reason });
        }
        let drawing = Drawing::read(svg, colours, files).map_err(|reason| Unusable { font: None, reason })?;
        let no_font = |number| Unusable { font: Some(number), reason: "it is no font that can be read".into() };
        let read = Fonts::read(fonts).map_err(no_font)?;
        let mut digester = Digester::default();
        digester.add(&DRAWN.to_le_bytes()).add(svg.as_bytes());
        for piece in fonts.iter().map(Vec::as_slice).chain(colours.named().iter().map(|(_, colour)| colour.as_slice())) {
            digester.add(piece);
        }
        for (name, bytes) in files.iter().filter(|(name, _)| svg.contains(name.as_str())) {
            digester.add(name.as_bytes()).add(bytes);
        }
        Ok(Design { drawing, fonts: read, frame: OnceLock::new(), digest: digester.finish() })
    }

    /// The words of a card. If there is a letter that no font has, there is to be no card: that letter.
    pub fn words(&self, title: &str, eyebrow: &str, site: &str) -> Result<Words, char> {
        let fit = |text: &str| {
            let fit = letters::fit(text, &self.fonts);
            self.fonts.first_missing(&fit).map_or(Ok(fit), Err)
        };
        let words = Words { title: fit(title)?, eyebrow: fit(eyebrow)?, site: fit(site)? };
        match title.chars().next() {
            // Of nothing but pictures, no word is left.
            Some(first) if words.title.is_empty() => Err(first),
            _ => Ok(words),
        }
    }

    /// Tells the picture of these words from every other.
    pub fn digest(&self, words: &Words) -> Digest {
        let mut digester = Digester::default();
        digester.add(&self.digest.to_bytes()).add(words.title.as_bytes());
        digester.add(words.eyebrow.as_bytes()).add(words.site.as_bytes()).finish()
    }

    /// The card: the bytes of a PNG file.
    pub fn draw(&self, words: &Words) -> Vec<u8> {
        let frame = self.frame.get_or_init(|| self.drawing.draw());
        let mut canvas = Canvas::new(frame);
        let mut shaper = self.fonts.shaper();
        let [eyebrow, title, site] = self.drawing.places();
        let set = [
            (eyebrow, lines::one_line(&words.eyebrow, &eyebrow, &mut shaper)),
            (title, lines::title(&words.title, &title, &mut shaper)),
            (site, lines::one_line(&words.site, &site, &mut shaper)),
        ];
        // Whatever the others are in, they stand at the side where the title begins.
        let is_rtl = set[1].1.is_rtl;
        for (ink, (place, text)) in set.iter().enumerate() {
            self.set(&mut canvas, place, text, is_rtl, ink);
        }
        png::file(WIDTH, &frame.palette, canvas.rows())
    }

    fn set(&self, canvas: &mut Canvas<'_>, place: &Place, text: &Text, is_rtl: bool, ink: usize) {
        let height = text.size * lines::LEADING * text.lines.len() as f32;
        let top = place.y + (place.height - height).max(0.0) / 2.0;
        for (number, line) in text.lines.iter().enumerate() {
            let left = if is_rtl { place.x + place.width - line.width * text.size } else { place.x };
            let baseline = top + text.size * (ASCENT + number as f32 * lines::LEADING);
            for (from_left, run) in &line.runs {
                let Some(font) = self.fonts.font(run.font) else { continue };
                let mut x = left + from_left * text.size;
                for glyph in &run.glyphs {
                    let (across, up) = glyph.offset;
                    canvas.glyph(font, glyph.id, text.size, (x + across * text.size, baseline - up * text.size), ink);
                    x += glyph.advance * text.size;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libdeflater::Decompressor;
    use proptest::prelude::*;

    const FONT: &[u8] = include_bytes!("../themes/default/card/Roboto-Bold.ttf");
    const DRAWING: &str = include_str!("../themes/default/card/card.svg");

    fn design_of(drawing: &str) -> Design {
        Design::new(drawing, &[FONT.to_vec()], &Colours::default(), &BTreeMap::new()).unwrap_or_else(|why| panic!("{why:?}"))
    }

    fn words(design: &Design, title: &str) -> Words {
        design.words(title, "Offers & pay", "Career advice").unwrap_or_else(|letter| panic!("{title}: {letter:?}"))
    }

    /// Palette and rows of a file, which is taken apart as the format has it.
    fn decoded(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (mut palette, mut packed, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = &file[8..];
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let (kind, after) = after.split_at(4);
            let (data, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            match kind {
                b"PLTE" => palette.extend(data),
                b"IDAT" => packed.extend(data),
                _ => {}
            }
            kinds.push(String::from_utf8_lossy(kind).into_owned());
            rest = &after[4..];
        }
        assert_eq!(kinds, ["IHDR", "PLTE", "IDAT", "IEND"]);
        let mut rows = vec![0; (WIDTH as usize + 1) * HEIGHT as usize];
        assert_eq!(Decompressor::new().zlib_decompress(&packed, &mut rows), Ok(rows.len()));
        (palette, rows)
    }

    /// Left, top, right and bottom of what was drawn on a frame, with the last pixel.
    fn drawn(design: &Design, words: &Words) -> Option<(usize, usize, usize, usize)> {
        let bare = design.drawing.draw().rows;
        let (_, rows) = decoded(&design.draw(words));
        let row = WIDTH as usize + 1;
        let changed = (0..rows.len()).filter(|at| rows[*at] != bare[*at]).map(|at| (at % row - 1, at / row));
        changed.fold(None, |all: Option<(usize, usize, usize, usize)>, (x, y)| {
            let (left, top, right, bottom) = all.unwrap_or((x, y, x, y));
            Some((left.min(x), top.min(y), right.max(x), bottom.max(y)))
        })
    }

    #[test]
    fn a_card_is_a_small_picture_in_few_colours() {
        let design = design_of(DRAWING);
        let card =
            design.draw(&words(&design, "Negotiate your offer: what to say, when to say it, and how to end the talk well"));
        assert!(imagesize::blob_size(&card).is_ok_and(|size| (size.width, size.height) == (1200, 630)));
        assert!(card.len() < 30_000, "{}", card.len());
        let (palette, rows) = decoded(&card);
        assert!(palette.len() % 3 == 0 && palette.len() <= 3 * 256);
        assert!(
            rows.chunks(WIDTH as usize + 1).all(|row| row[0] == 0 && row.iter().all(|at| usize::from(*at) < palette.len() / 3))
        );
        let Colours { paper, ink, accent, highlight, .. } = Colours::default();
        for colour in [paper, ink, accent, highlight] {
            assert!(palette.chunks(3).any(|known| known == colour), "{colour:?}");
        }
    }

    #[test]
    fn words_stay_in_their_places() {
        let alone = DRAWING.replace("id=\"eyebrow\"", "id=\"eyebrow\" transform=\"translate(0 0)\"");
        let design = design_of(&alone);
        for title in ["A", "Résumé tips", "How to ask someone you have never met", &"Wort".repeat(40), &"many words ".repeat(60)]
        {
            let only = Words { title: words(&design, title).title, eyebrow: String::new(), site: String::new() };
            let [_, place, _] = design.drawing.places();
            let (left, top, right, bottom) = drawn(&design, &only).unwrap_or_default();
            let (x, y) = (left as f32, top as f32);
            assert!(x >= place.x - 8.0 && y >= place.y, "{title}: {left} {top}");
            assert!(
                right as f32 <= place.x + place.width + 8.0 && bottom as f32 <= place.y + place.height,
                "{title}: {right} {bottom}"
            );
        }
    }

    /// What of the same words comes out otherwise must have another address: then raise `DRAWN`, and put the new digest here.
    #[test]
    fn cards_are_drawn_as_they_were() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><rect width="1200" height="630" fill="#fff"/>
            <rect id="eyebrow" x="80" y="80" width="1000" height="40"/><rect id="title" x="80" y="140" width="1000" height="300"/>
            <rect id="site" x="80" y="500" width="1000" height="40"/></svg>"##;
        let design = design_of(svg);
        let (_, rows) = decoded(&design.draw(&words(&design, "Αγορά – Tôi đi “học”: ¿Qué tal?")));
        assert_eq!((DRAWN, Digest::of(&rows).to_string().as_str()), (1, "7814a0dd1759ae7bada834776100c0ed"));
    }

    #[test]
    fn colours_and_words_are_told_apart() {
        let design = design_of(DRAWING);
        let of = |title: &str, eyebrow: &str| design.words(title, eyebrow, "S").map(|words| design.digest(&words));
        assert_eq!(of("A", "B"), of("A", "B"));
        assert_ne!(of("A", "B"), of("B", "A"));
        let colours = Colours { accent: [0, 0, 0], ..Colours::default() };
        let other = Design::new(DRAWING, &[FONT.to_vec()], &colours, &BTreeMap::new()).unwrap_or_else(|why| panic!("{why:?}"));
        let same = words(&design, "A");
        assert_ne!(design.digest(&same), other.digest(&same));
        assert_ne!(design.draw(&same), other.draw(&same));
    }

    #[test]
    fn what_decorates_or_turns_round_goes_and_what_cannot_be_shown_is_named() {
        let design = design_of(DRAWING);
        for (title, shown) in [
            ("  A\n\tB  ", Ok("A B")),
            ("\u{202e}safe\u{202c} \u{2066}title\u{2069}\0", Ok("safe title")),
            ("🎯 Your first job 👩‍🚀🇺🇸 in 3\u{fe0f}\u{20e3} steps ✅", Ok("Your first job in 3 steps")),
            ("e\u{301}te\u{301}", Ok("été")),
            ("Questions\u{a0}: why ?", Ok("Questions\u{a0}: why ?")),
            ("a\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}b", Ok("á\u{302}\u{303}\u{304}\u{306}b")),
            ("🎯", Err('🎯')),
            ("مقابلة", Err('م')),
            ("Interview 面试", Err('面')),
            ("x\u{334}", Err('\u{334}')),
        ] {
            let words = design.words(title, "", "");
            assert_eq!(words.as_ref().map(|words| words.title.as_str()).map_err(|letter| *letter), shown, "{title:?}");
        }
        let long = words(&design, &"word ".repeat(2_000)).title;
        assert!(long.ends_with('…') && long.chars().count() <= 401, "{long}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
        #[test]
        fn whatever_a_title_is_it_makes_a_card_or_none(
            title in prop_oneof![
                "\\PC{0,80}",
                proptest::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter),
                // Of letters that there are, in any order, marks and signs of direction among them.
                proptest::collection::vec(prop::sample::select("aWé -–/«»:!?\u{301}\u{308}\u{323}\u{202e}\u{2067}\u{200d}\u{a0}ΩЖđ“\u{fe0f}🎯5.".chars().collect::<Vec<_>>()), 0..900).prop_map(String::from_iter),
            ],
            site in "[a-zA-Z &]{0,120}",
        ) {
            let design = design_of(DRAWING);
            if let Ok(words) = design.words(&title, &title, &site) {
                let card = design.draw(&words);
                prop_assert!(card.len() < 80_000, "{}", card.len());
                prop_assert!(card == design.draw(&words));
            }
        }
    }
}
