//! Colours that cannot be read on what they stand on: those that the settings, or a theme of the site's own, ask for.
//!
//! A theme says which of its colours must be told from which; what the theme in the program has by itself its own tests
//! hold. Of each colour the worst is told, in light and in dark.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::theme::look::{Look, Scheme};
use crate::theme::manifest::Pair;

/// A pair that is too near to each other.
struct Faint<'l> {
    pair: &'l Pair,
    contrast: f64,
    /// The colour of the two that is to be changed: the one that somebody asked for.
    blamed: &'l str,
    place: &'l Place,
}

/// The colours that can be read too badly.
pub fn is_enough(look: &Look) -> Vec<Diagnostic> {
    [Scheme::Light, Scheme::Dark].into_iter().flat_map(|scheme| in_scheme(look, scheme)).collect()
}

fn in_scheme(look: &Look, scheme: Scheme) -> Vec<Diagnostic> {
    let mut worst: BTreeMap<&str, Faint<'_>> = BTreeMap::new();
    for faint in look.pairs.iter().filter_map(|pair| faint(look, pair, scheme)) {
        match worst.get(faint.blamed) {
            Some(known) if known.contrast / known.pair.least <= faint.contrast / faint.pair.least => {}
            _ => drop(worst.insert(faint.blamed, faint)),
        }
    }
    worst.values().map(|faint| told(look, faint, scheme)).collect()
}

fn faint<'l>(look: &'l Look, pair: &'l Pair, scheme: Scheme) -> Option<Faint<'l>> {
    let (colour, ground) = (look.colours.get(&pair.colour)?, look.colours.get(&pair.ground)?);
    let contrast = look.contrast_of(colour.of(scheme), ground.of(scheme), scheme);
    let (blamed, place) = match (colour.place_of(scheme), ground.place_of(scheme)) {
        (Some(place), _) => (&pair.colour, place),
        (None, Some(place)) => (&pair.ground, place),
        (None, None) => return None,
    };
    (contrast < pair.least).then_some(Faint { pair, contrast, blamed, place })
}

fn told(look: &Look, faint: &Faint<'_>, scheme: Scheme) -> Diagnostic {
    let Faint { pair, contrast, blamed, place } = faint;
    let (colour, ground, least) = (&pair.colour, &pair.ground, pair.least);
    // Rounded down: nobody is told that 4.5 is less than 4.5.
    let contrast = (contrast * 100.0).floor() / 100.0;
    let message = format!(
        "`{colour}` on `{ground}` has a contrast of {contrast}:1 in the {} scheme, and {least}:1 is needed to tell it well",
        scheme.word()
    );
    let problem = Diagnostic::warning("low-contrast", message).at((*place).clone());
    match hint(look, blamed, scheme) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// A colour of the same hue that would do, if there is one.
fn hint(look: &Look, name: &str, scheme: Scheme) -> Option<String> {
    let tint = look.colours.get(name)?;
    let own = tint.of(scheme);
    let better = look.readable(name, scheme, own, own.lightness());
    let is_enough = |pair: &Pair| -> Option<bool> {
        let of = |other: &str| if other == name { Some(better) } else { Some(look.colours.get(other)?.of(scheme)) };
        Some(look.contrast_of(of(&pair.colour)?, of(&pair.ground)?, scheme) >= pair.least)
    };
    if !look.pairs.iter().filter(|pair| pair.colour == name || pair.ground == name).all(|pair| is_enough(pair) != Some(false)) {
        return Some(format!("no `{name}` of this hue would do with the other colours: change one of those, too"));
    }
    let comparative = if better.lightness() > own.lightness() { "lighter" } else { "darker" };
    Some(match scheme {
        Scheme::Dark => format!(
            "take a {comparative} one for dark, as `{name}: {{ light: \"{}\", dark: \"{}\" }}`",
            tint.light.hex(),
            better.hex()
        ),
        Scheme::Light => format!("take a {comparative} `{name}`, as `\"{}\"`", better.hex()),
    })
}
