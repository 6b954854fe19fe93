//! The part of a theme that social cards are made of: the drawing, the fonts, the theme's files that the drawing shows, and
//! the site's colours.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ThemeAsset;
use super::colour::Colour;
use super::look::{Look, PAPER, Tint};
use crate::diagnostic::{Diagnostic, Place};
use crate::social_card::{Colours, Design, Rgb};

/// The folder of a theme that holds them. Nothing in it is published.
pub(super) const FOLDER: &str = "card/";
/// The drawing.
const DRAWING: &str = "card.svg";

/// A file of that folder.
#[derive(Debug)]
pub(super) struct CardFile {
    /// Where it is, for messages.
    pub origin: Arc<str>,
    /// How many themes the one that it is of stands upon.
    pub layer: usize,
    pub bytes: Vec<u8>,
}

/// How cards look in a theme of these files. An error is about a drawing or a font that is of no use.
pub(super) fn design(
    files: &BTreeMap<String, CardFile>,
    assets: &BTreeMap<String, ThemeAsset>,
    look: &Look,
) -> Result<Design, Diagnostic> {
    let drawing = String::from_utf8_lossy(files.get(DRAWING).map(|file| file.bytes.as_slice()).unwrap_or_default());
    let mut fonts: Vec<&CardFile> = files.iter().filter(|(name, _)| is_font(name)).map(|(_, file)| file).collect();
    // A theme's own come first: those of the themes below help out where they lack a letter.
    fonts.sort_by_key(|file| std::cmp::Reverse(file.layer));
    let bytes: Vec<Vec<u8>> = fonts.iter().map(|file| file.bytes.clone()).collect();
    let shown = assets.iter().map(|(name, asset)| (format!("assets/{name}"), &asset.bytes));
    let shown: BTreeMap<String, Vec<u8>> =
        shown.filter(|(name, _)| drawing.contains(name.as_str())).map(|(name, bytes)| (name, bytes.clone())).collect();
    Design::new(&drawing, &bytes, &colours(look), &shown).map_err(|unusable| {
        let file = unusable.font.map_or(files.get(DRAWING), |font| fonts.get(font).copied());
        let problem = Diagnostic::error("card-design", format!("no social card can be made with this file: {}", unusable.reason));
        let hint = "put it right or take it away: the default theme has one of its own; its README says what it must be";
        match file {
            Some(file) => problem.at(Place::file(file.origin.clone())).hint(hint),
            None => problem,
        }
    })
}

fn is_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".ttf") || name.ends_with(".otf")
}

/// The site's colours, as a theme in the light has them. A card is never dark: whoever shows it cannot say what is.
fn colours(look: &Look) -> Colours {
    let known = Colours::default();
    let paper = look.colours.get(PAPER).map(|tint| tint.light);
    let colour = |name: &str, of: fn(&Tint) -> Colour| -> Option<Rgb> {
        let colour = of(look.colours.get(name)?);
        Some(paper.map_or(colour, |paper| colour.over(paper)).rgb())
    };
    let light: fn(&Tint) -> Colour = |tint| tint.light;
    Colours {
        paper: colour(PAPER, light).unwrap_or(known.paper),
        ink: colour("ink", light).unwrap_or(known.ink),
        muted: colour("muted", light).unwrap_or(known.muted),
        accent: colour("accent", light).unwrap_or(known.accent),
        // No word is written in it, so it may be as bright as on dark ground.
        highlight: colour("amber", |tint| tint.dark).unwrap_or(known.highlight),
    }
}
