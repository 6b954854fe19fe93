//! What a theme looks like: its colours as they are in the end, and what of its properties was asked to be otherwise.
//!
//! The style sheet says what a property is; the themes upon one another and then the settings may ask for another value,
//! and the last who asks is heard. What is asked for goes to the end of the style sheet. Whether colours can be read is
//! left to those who check.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::colour::Colour;
use super::manifest::{Pair, Property, PropertyKind};
use super::stylesheet::{self, Declared};
use super::values;
use crate::diagnostic::{Diagnostic, Place, Span, did_you_mean};
use crate::settings::{StyleSetting, Written};

/// The colour of the page itself.
pub const PAPER: &str = "paper";

/// How far a colour may lead to another by `var(--name)`.
const MOST_STEPS: usize = 8;
/// How much lighter or darker the next colour is that is tried, when one is looked for that can be read.
const STEP: f64 = 0.01;

/// The look of a theme.
#[derive(Debug, Default)]
pub struct Look {
    /// What a site may set.
    pub properties: Vec<Property>,
    /// The colours among them that could be made out, by name.
    pub colours: BTreeMap<String, Tint>,
    /// Which must be told from which.
    pub pairs: Vec<Pair>,
    /// What is asked for otherwise than the style sheet has it, for its end; empty if nothing is.
    pub css: String,
    /// What is wrong with that. The theme does without it.
    pub problems: Vec<Diagnostic>,
}

/// A colour in light and dark.
#[derive(Debug, Clone, PartialEq)]
pub struct Tint {
    /// Where everything is light.
    pub light: Colour,
    /// Where everything is dark.
    pub dark: Colour,
    /// Where it was asked for or declared, if that is not within the program.
    pub place: Option<Place>,
    /// Where another one was asked for in dark.
    pub dark_place: Option<Place>,
    /// Whether the one for dark was made from the one for light.
    pub is_derived: bool,
}

/// A style sheet, and where its text is of.
pub struct Sheet<'s> {
    /// The text.
    pub text: &'s str,
    /// Its file, if it is one of the site's.
    pub file: Option<Arc<str>>,
}

impl Look {
    /// The look of a style sheet whose properties are declared so, with what was asked for, the last to be heard last.
    pub fn new(properties: Vec<Property>, pairs: Vec<Pair>, sheet: &Sheet<'_>, asked: &[&StyleSetting]) -> Look {
        let declared = stylesheet::properties_of(sheet.text);
        let mut look = Look { properties, pairs, ..Look::default() };
        look.take_declared(&declared, sheet, &[]);
        let before = look.colours.clone();
        let mut sizes: BTreeMap<String, (PropertyKind, String)> = BTreeMap::new();
        let mut asked_colours: Vec<String> = Vec::new();
        for setting in asked {
            let Some(property) = look.properties.iter().find(|property| property.name == setting.key) else {
                look.problems.push(unknown(setting, &look.properties));
                continue;
            };
            let (name, kind) = (property.name.clone(), property.kind);
            let taken = match kind {
                PropertyKind::Colour => look.take_colour(&name, setting).map(|()| asked_colours.push(name)),
                PropertyKind::Length => one_value(setting, kind, values::length).map(|css| drop(sizes.insert(name, (kind, css)))),
                PropertyKind::Font => one_value(setting, kind, values::fonts).map(|css| drop(sizes.insert(name, (kind, css)))),
            };
            look.problems.extend(taken.err());
        }
        asked_colours.sort();
        asked_colours.dedup();
        look.derive_dark(&asked_colours, &before);
        // One that is another's follows it.
        look.take_declared(&declared, sheet, &asked_colours);
        look.css = look.css_of(&asked_colours, &sizes);
        look
    }

    /// The declared property of a name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    fn take_colour(&mut self, name: &str, setting: &StyleSetting) -> Result<(), Diagnostic> {
        let light = setting.value.as_ref().map(|value| Ok((colour(&setting.key, value)?, value.place.clone()))).transpose()?;
        let dark = setting.dark.as_ref().map(|value| Ok((colour(&setting.key, value)?, value.place.clone()))).transpose()?;
        let known = self.colours.get(name);
        let tint = match (light, dark, known) {
            (Some((light, place)), Some((dark, dark_place)), _) => {
                Tint { light, dark, place: Some(place), dark_place: Some(dark_place), is_derived: false }
            }
            (Some((light, place)), None, _) => {
                Tint { light, dark: light, place: Some(place), dark_place: None, is_derived: true }
            }
            (None, Some((dark, place)), Some(known)) => {
                Tint { dark, dark_place: Some(place), is_derived: false, ..known.clone() }
            }
            (None, _, _) => {
                let message = format!("`{name}` needs a colour for light, too");
                let hint = format!("write both: `{name}: {{ light: \"#0f5c6e\", dark: \"#86cfdf\" }}`");
                return Err(Diagnostic::error("bad-style", message).at(setting.key_place.clone()).hint(hint));
            }
        };
        self.colours.insert(name.to_owned(), tint);
        Ok(())
    }

    /// Takes in the colours of the style sheet, but for those that were asked for.
    fn take_declared(&mut self, declared: &BTreeMap<String, Declared>, sheet: &Sheet<'_>, asked: &[String]) {
        let is_open = |property: &&Property| property.kind == PropertyKind::Colour && !asked.contains(&property.name);
        let known: BTreeMap<&str, &Tint> =
            asked.iter().filter_map(|name| Some((name.as_str(), self.colours.get(name)?))).collect();
        let tints = self.properties.iter().filter(is_open).map(|property| property.name.as_str());
        let tints: Vec<_> = tints.filter_map(|name| Some((name.to_owned(), tint_of(name, declared, &known, sheet)?))).collect();
        self.colours.extend(tints);
    }

    /// Finds colours for dark where only those for light were given: of the same hue, about as light as the theme's own are
    /// in dark, and such that they can be read.
    fn derive_dark(&mut self, names: &[String], before: &BTreeMap<String, Tint>) {
        let is_derived = |look: &Look, name: &&String| look.colours.get(*name).is_some_and(|tint| tint.is_derived);
        let names: Vec<&String> = names.iter().filter(|name| is_derived(self, name)).collect();
        let lightness = |name: &str, light: Colour| before.get(name).map_or(light.lightness(), |tint| tint.dark.lightness());
        // First all of them, so that each is held against what the others are in dark.
        for name in &names {
            if let Some(tint) = self.colours.get_mut(*name) {
                tint.dark = tint.light.as_light_as(lightness(name, tint.light));
            }
        }
        for name in names {
            let Some(light) = self.colours.get(name).map(|tint| tint.light) else { continue };
            let dark = self.readable(name, Scheme::Dark, light, lightness(name, light));
            if let Some(tint) = self.colours.get_mut(name) {
                tint.dark = dark;
            }
        }
    }

    /// A colour of the hue of `like` for the property `name` that can be read in a scheme: the nearest to a lightness. If
    /// there is none, the one that can be read best.
    pub fn readable(&self, name: &str, scheme: Scheme, like: Colour, lightness: f64) -> Colour {
        let steps = (1.0 / STEP) as i32;
        let mut tried: Vec<f64> = (-steps..=steps).map(|step| lightness + f64::from(step) * STEP).collect();
        tried.retain(|tried| (0.0..=1.0).contains(tried));
        tried.sort_by(|a, b| (a - lightness).abs().total_cmp(&(b - lightness).abs()));
        let mut best = (f64::MIN, like.as_light_as(lightness));
        for colour in tried.into_iter().map(|lightness| like.as_light_as(lightness)) {
            let missing = self.headroom(name, scheme, colour);
            if missing > best.0 {
                best = (missing, colour);
            }
            if missing >= 1.0 {
                break;
            }
        }
        best.1
    }

    /// How many times the contrast that is needed a colour has as the property `name`, where it has least.
    fn headroom(&self, name: &str, scheme: Scheme, colour: Colour) -> f64 {
        let pairs = self.pairs.iter().filter(|pair| pair.colour == name || pair.ground == name);
        let of = |other: &str| if other == name { Some(colour) } else { self.colours.get(other).map(|tint| tint.of(scheme)) };
        let shares = pairs.filter_map(|pair| Some(self.contrast_of(of(&pair.colour)?, of(&pair.ground)?, scheme) / pair.least));
        shares.fold(1.0, f64::min)
    }

    /// The contrast of a colour on a ground, which may both let shine through what is behind them.
    pub fn contrast_of(&self, colour: Colour, ground: Colour, scheme: Scheme) -> f64 {
        let ground = self.colours.get(PAPER).map_or(ground, |paper| ground.over(paper.of(scheme)));
        colour.over(ground).contrast(ground)
    }

    /// The end of the style sheet. Paper keeps its own colours and widths, and a browser that knows no `light-dark()` gets
    /// the colours for light.
    fn css_of(&self, colours: &[String], sizes: &BTreeMap<String, (PropertyKind, String)>) -> String {
        let of_kind = |wanted| sizes.iter().filter(move |(_, (kind, _))| *kind == wanted);
        let declarations = |kind| of_kind(kind).map(|(name, (_, css))| format!(" --{name}: {css};")).collect::<String>();
        let tints = || colours.iter().filter_map(|name| Some((name, self.colours.get(name)?)));
        let light: String = tints().map(|(name, tint)| format!(" --{name}: {};", tint.light.hex())).collect();
        let both = |(name, tint): (&String, &Tint)| format!(" --{name}: light-dark({}, {});", tint.light.hex(), tint.dark.hex());
        let both: String = tints().map(both).collect();
        let (fonts, lengths) = (declarations(PropertyKind::Font), declarations(PropertyKind::Length));
        let mut css = String::new();
        if !fonts.is_empty() {
            css.push_str(&format!(":root {{{fonts} }}\n"));
        }
        if !lengths.is_empty() || !light.is_empty() {
            css.push_str(&format!("@media not print {{\n  :root {{{lengths}{light} }}\n"));
            if !both.is_empty() {
                css.push_str(&format!("  @supports (color: light-dark(#000, #fff)) {{ :root {{{both} }} }}\n"));
            }
            css.push_str("}\n");
        }
        css
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

impl Tint {
    /// The colour in a scheme.
    pub fn of(&self, scheme: Scheme) -> Colour {
        match scheme {
            Scheme::Light => self.light,
            Scheme::Dark => self.dark,
        }
    }

    /// Where the colour in a scheme was asked for.
    pub fn place_of(&self, scheme: Scheme) -> Option<&Place> {
        match scheme {
            Scheme::Light => self.place.as_ref(),
            Scheme::Dark => self.dark_place.as_ref().or(self.place.as_ref()),
        }
    }
}

/// A colour as the style sheet has it: one for both schemes, or `light-dark(…)`.
fn tint_of(name: &str, declared: &BTreeMap<String, Declared>, asked: &BTreeMap<&str, &Tint>, sheet: &Sheet<'_>) -> Option<Tint> {
    let found = declared.get(name)?;
    let place = sheet.file.clone().map(|file| Place::at(file, Span::of(sheet.text, found.at, found.length)));
    let of = |scheme| resolved(&found.value, declared, asked, scheme, MOST_STEPS);
    Some(Tint { light: of(Scheme::Light)?, dark: of(Scheme::Dark)?, place, dark_place: None, is_derived: false })
}

/// The colour of a value in a scheme. It may be another property's.
fn resolved(
    value: &str,
    declared: &BTreeMap<String, Declared>,
    asked: &BTreeMap<&str, &Tint>,
    scheme: Scheme,
    steps: usize,
) -> Option<Colour> {
    let inside = |function: &str| value.trim().strip_prefix(function).and_then(|rest| rest.strip_suffix(')'));
    let steps = steps.checked_sub(1)?;
    if let Some(pair) = inside("light-dark(") {
        let (light, dark) = two(pair)?;
        return resolved(if scheme == Scheme::Light { light } else { dark }, declared, asked, scheme, steps);
    }
    let Some(name) = inside("var(--") else { return Colour::parse(value).ok() };
    match asked.get(name.trim()) {
        Some(tint) => Some(tint.of(scheme)),
        None => resolved(&declared.get(name.trim())?.value, declared, asked, scheme, steps),
    }
}

/// Two values with a comma between them that is within no brackets.
fn two(pair: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let comma = pair.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *c == ',' && depth == 0
    });
    comma.map(|(at, _)| (pair[..at].trim(), pair[at + 1..].trim()))
}

fn colour(key: &str, written: &Written) -> Result<Colour, Diagnostic> {
    Colour::parse(&written.text).map_err(|hint| {
        let problem = Diagnostic::error("bad-style", format!("`{key}` cannot be `{}`: that is no colour", written.text));
        let hint = hint.unwrap_or_else(|| "write it as `\"#7a1f3d\"`, in quotes, or by its English name, as `teal`".to_owned());
        problem.at(written.place.clone()).hint(hint)
    })
}

/// The one value of a property that is the same in light and dark, as it stands in a style sheet.
fn one_value(setting: &StyleSetting, kind: PropertyKind, read: fn(&str) -> Result<String, String>) -> Result<String, Diagnostic> {
    let Some(written) = setting.value.as_ref().filter(|_| !setting.is_pair) else {
        let message = format!("`{}` is a {}: it is the same in light and dark", setting.key, kind.word());
        let hint = format!("write one value, as `{}: …`", setting.key);
        return Err(Diagnostic::error("bad-style", message).at(setting.key_place.clone()).hint(hint));
    };
    read(&written.text).map_err(|hint| {
        let what = if kind == PropertyKind::Font { "that is no list of fonts" } else { "that is no length" };
        let message = format!("`{}` cannot be `{}`: {what}", setting.key, written.text);
        Diagnostic::error("bad-style", message).at(written.place.clone()).hint(hint)
    })
}

fn unknown(setting: &StyleSetting, properties: &[Property]) -> Diagnostic {
    let problem = Diagnostic::error("unknown-key", format!("the theme has no property `{}`", setting.key));
    let names = properties.iter().map(|property| property.name.as_str());
    let hint = did_you_mean(&setting.key, names).unwrap_or_else(|| "the theme's `theme.yaml` lists its properties".to_owned());
    problem.at(setting.key_place.clone()).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSS: &str = ":root { --paper: #fff; --ink: #222; --accent: #0f5c6e; --link: var(--accent); --measure: 39rem }\n\
        @supports (color: light-dark(#000, #fff)) { :root { --paper: light-dark(#fff, #141c21); --ink: light-dark(#222, #eee); \
        --accent: light-dark(#0f5c6e, rgb(134, 207, 223)); --link: var(--accent) } }";

    fn look(asked: &[StyleSetting]) -> Look {
        let property = |(name, kind): (&str, PropertyKind)| Property { name: name.into(), kind, about: String::new() };
        let colour = PropertyKind::Colour;
        let kinds = [("paper", colour), ("ink", colour), ("accent", colour), ("link", colour)];
        let others = [("measure", PropertyKind::Length), ("font", PropertyKind::Font)];
        let pair = |colour: &str, least| Pair { colour: colour.into(), ground: "paper".into(), least };
        let pairs = vec![pair("ink", 7.0), pair("accent", 4.5)];
        let sheet = Sheet { text: CSS, file: None };
        Look::new(kinds.into_iter().chain(others).map(property).collect(), pairs, &sheet, &asked.iter().collect::<Vec<_>>())
    }

    fn asked(key: &str, value: Option<&str>, dark: Option<&str>) -> StyleSetting {
        let place = Place::file("guidepost.yaml");
        let written = |text: &str| Written { text: text.to_owned(), place: place.clone() };
        let is_pair = dark.is_some();
        StyleSetting { key: key.into(), key_place: place.clone(), value: value.map(written), dark: dark.map(written), is_pair }
    }

    #[test]
    fn colours_are_those_of_the_style_sheet() {
        let look = look(&[]);
        let hex = |name: &str| (look.colours[name].light.hex(), look.colours[name].dark.hex());
        assert_eq!(hex("paper"), ("#ffffff".into(), "#141c21".into()));
        assert_eq!(hex("link"), ("#0f5c6e".into(), "#86cfdf".into()));
        assert!(look.css.is_empty() && look.problems.is_empty());
    }

    #[test]
    fn the_last_who_asks_is_heard() {
        let look = look(&[
            asked("accent", Some("red"), None),
            asked("accent", Some("#7a1f3d"), Some("#e8a3b8")),
            asked("measure", Some("36rem"), None),
            asked("font", Some("Georgia, serif"), None),
        ]);
        assert_eq!(
            look.css,
            ":root { --font: \"Georgia\", serif; }\n@media not print {\n  :root { --measure: 36rem; --accent: #7a1f3d; }\n  \
             @supports (color: light-dark(#000, #fff)) { :root { --accent: light-dark(#7a1f3d, #e8a3b8); } }\n}\n"
        );
        assert_eq!(look.problems, []);
    }

    #[test]
    fn one_colour_becomes_one_that_can_be_read_in_the_dark() {
        for name in ["#7a1f3d", "navy", "darkgreen", "black", "gold", "#00f"] {
            let look = look(&[asked("accent", Some(name), None)]);
            let (accent, paper) = (&look.colours["accent"], &look.colours["paper"]);
            assert!(accent.dark.contrast(paper.dark) >= 4.5, "{name}: {}", accent.dark.hex());
            assert_eq!(look.colours["link"].dark, accent.dark);
            assert!(accent.is_derived && accent.dark.lightness() > 0.6, "{name}: {}", accent.dark.hex());
        }
        // Paper of another colour is dark in the dark, and an ink that could not be read there becomes lighter.
        let look = look(&[asked("paper", Some("cornsilk"), None), asked("ink", Some("#402010"), None)]);
        assert_eq!(look.colours["link"].dark.hex(), "#86cfdf");
        assert!(look.colours["paper"].dark.lightness() < 0.3);
        assert!(look.colours["ink"].dark.contrast(look.colours["paper"].dark) >= 7.0);
    }

    #[test]
    fn what_cannot_be_is_left_out_and_told() {
        let look = look(&[
            asked("acent", Some("red"), None),
            asked("accent", Some("reed"), None),
            asked("measure", Some("1rem"), Some("2rem")),
            asked("font", Some("}"), None),
            asked("link", None, Some("red")),
        ]);
        let codes: Vec<&str> = look.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["unknown-key", "bad-style", "bad-style", "bad-style"]);
        let hints: Vec<&str> = look.problems.iter().filter_map(|problem| problem.hint.as_deref()).collect();
        assert_eq!(hints[..2], ["did you mean `accent`?", "did you mean `red`?"]);
        assert_eq!(look.colours["link"].dark.hex(), "#ff0000");
        assert!(!look.css.contains("font") && !look.css.contains("measure"));
    }
}
