//! The part of a theme that social cards are made of: the drawing, the fonts, and the theme's files that the drawing shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DEFAULT_NAME, Theme};
use crate::diagnostic::{Diagnostic, Place};
use crate::social_card::{Colours, Design};

/// The folder of a theme that holds them. Nothing in it is published.
pub(super) const FOLDER: &str = "card/";
/// The drawing.
const DRAWING: &str = "card.svg";

/// The files of the folder, by name: whether they are the site's own, and their bytes.
pub(super) type Files = BTreeMap<String, (bool, Vec<u8>)>;

impl Theme {
    /// The same theme, with which cards can be made. `name` is the theme's.
    ///
    /// Errors are diagnostics about a drawing or a font that is of no use.
    pub fn with_cards(mut self, name: &str, colours: &Colours) -> Result<Theme, Vec<Diagnostic>> {
        let origin = |file: &str| -> Arc<str> {
            let is_own = self.card_files.get(file).is_some_and(|(is_own, _)| *is_own);
            format!("themes/{}/{FOLDER}{file}", if is_own { name } else { DEFAULT_NAME }).into()
        };
        let (_, drawing) = self.card_files.get(DRAWING).cloned().unwrap_or_default();
        let drawing = String::from_utf8_lossy(&drawing);
        let mut fonts: Vec<(&String, &(bool, Vec<u8>))> = self.card_files.iter().filter(|(name, _)| is_font(name)).collect();
        // A site's own come first: those of the program help out where they lack a letter.
        fonts.sort_by_key(|(_, (is_own, _))| !is_own);
        let bytes: Vec<Vec<u8>> = fonts.iter().map(|(_, (_, bytes))| bytes.clone()).collect();
        let shown = self.assets.iter().map(|(name, asset)| (format!("assets/{name}"), &asset.bytes));
        let shown: BTreeMap<String, Vec<u8>> =
            shown.filter(|(name, _)| drawing.contains(name.as_str())).map(|(name, bytes)| (name, bytes.clone())).collect();
        let design = Design::new(&drawing, &bytes, colours, &shown).map_err(|unusable| {
            let file = unusable.font.and_then(|font| fonts.get(font)).map_or(DRAWING, |(name, _)| name.as_str());
            let problem =
                Diagnostic::error("card-design", format!("no social card can be made with this file: {}", unusable.reason));
            let hint = "put it right or take it away: the default theme has one of its own; its README says what it must be";
            vec![problem.at(Place::file(origin(file))).hint(hint)]
        })?;
        self.cards = Some(design);
        Ok(self)
    }
}

fn is_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".ttf") || name.ends_with(".otf")
}
