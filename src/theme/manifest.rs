//! `theme.yaml`: what a theme says of itself. What it builds upon, which properties its style sheet has that a site may
//! set, what it sets of them itself, and which colours must be told from which.
//!
//! A theme needs none: it then builds upon the default theme. How themes stand upon one another is left to `layers`, and
//! what the values come to is left to `look`.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, did_you_mean, list_of};
use crate::settings::{StyleSetting, style};
use crate::text;
use crate::yaml::{Document, Node};

/// The name of the file, from a theme's folder.
pub const FILE: &str = "theme.yaml";
/// The version of what themes are given and asked for.
const API: i64 = 1;
/// How well two things must be told from each other, if nothing else is said: what WCAG 2.2 asks for text.
const LEAST_CONTRAST: f64 = 4.5;

const KEYS: [&str; 6] = ["extends", "api", "description", "properties", "style", "contrast"];

/// What a theme says of itself.
#[derive(Debug, Default)]
pub struct Manifest {
    /// The theme that it builds upon, and where it says so.
    pub extends: Option<(String, Place)>,
    /// What a site may set.
    pub properties: Vec<Property>,
    /// What it sets itself.
    pub style: Vec<StyleSetting>,
    /// What must be told from what.
    pub pairs: Vec<Pair>,
}

/// Something of a theme's look that a site may set: `--name` in its style sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: PropertyKind,
    /// One sentence about it.
    pub about: String,
}

/// What the values of a property are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyKind {
    /// A colour.
    Colour,
    /// A length.
    Length,
    /// Names of fonts.
    Font,
}

/// A colour that is written or drawn on another.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The colour of what is written or drawn.
    pub colour: String,
    /// The colour that it stands on.
    pub ground: String,
    /// The least contrast that they may have.
    pub least: f64,
}

impl PropertyKind {
    const WORDS: [&str; 3] = ["colour", "length", "font"];

    /// Its word in `theme.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            PropertyKind::Colour => "colour",
            PropertyKind::Length => "length",
            PropertyKind::Font => "font",
        }
    }
}

/// Reads a `theme.yaml`. What is wrong is reported and left out.
pub fn parse(origin: &Arc<str>, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Manifest {
    let mut manifest = Manifest::default();
    let mut problems = Vec::new();
    let text = text::decode(origin, bytes, &mut problems);
    let is_text = !problems.iter().any(Diagnostic::is_error);
    diagnostics.extend(problems);
    if !is_text {
        return manifest;
    }
    let document = match Document::parse(origin.clone(), &text, 0) {
        Ok(document) => document,
        Err(problem) => {
            diagnostics.push(problem);
            return manifest;
        }
    };
    let mut seen = Vec::new();
    for node in document.nodes() {
        let taken = if seen.contains(&node.key) {
            let problem = Diagnostic::error("duplicate-key", format!("`{}` is given twice", node.key));
            Err(problem.at(node.key_place()).hint("keep one of the two"))
        } else {
            manifest.take(&node, diagnostics)
        };
        seen.push(node.key);
        diagnostics.extend(taken.err());
    }
    manifest
}

impl Manifest {
    fn take(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        match node.key {
            "extends" => self.extends = Some((required(node.word()?, node)?, node.place())),
            "api" => check_api(node)?,
            "description" => drop(node.text()?),
            "properties" => self.properties = properties(node, diagnostics)?,
            "style" => self.style = style(node, diagnostics)?,
            "contrast" => self.pairs = pairs(node, diagnostics)?,
            other => return Err(unknown_key(node, other, &KEYS)),
        }
        Ok(())
    }
}

fn check_api(node: &Node<'_>) -> Result<(), Diagnostic> {
    let version = node.integer().map_err(|problem| problem.hint(format!("write `api: {API}`")))?;
    if version == API {
        return Ok(());
    }
    let message = format!("this theme is made for version {version} of what themes are given, and this Guidepost knows {API}");
    let hint = if version > API {
        "take a newer Guidepost, or an older version of the theme".to_owned()
    } else {
        format!("write `api: {API}`")
    };
    Err(Diagnostic::error("theme-api", message).at(node.place()).hint(hint))
}

fn properties(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<Property>, Diagnostic> {
    let mut properties = Vec::new();
    for entry in node.children()? {
        match property(&entry, diagnostics) {
            Ok(property) => properties.push(property),
            Err(problem) => diagnostics.push(problem),
        }
    }
    Ok(properties)
}

fn property(entry: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Property, Diagnostic> {
    let name = entry.key;
    let is_name = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        let problem = Diagnostic::error("bad-style", format!("`{name}` cannot be the name of a property"));
        return Err(problem.at(entry.key_place()).hint("use small letters, digits and hyphens, as `banner-height`"));
    }
    let (mut kind, mut about) = (None, String::new());
    for child in entry.children()? {
        match child.key {
            "kind" => kind = Some(property_kind(&child)?),
            "about" => about = child.text()?.trim().to_owned(),
            other => diagnostics.push(unknown_key(&child, other, &["kind", "about"])),
        }
    }
    let kind = kind.ok_or_else(|| {
        let problem = Diagnostic::error("missing-key", format!("the property `{name}` needs a `kind`"));
        problem.at(entry.key_place()).hint(format!("it can be {}", list_of(&PropertyKind::WORDS)))
    })?;
    Ok(Property { name: name.to_owned(), kind, about })
}

fn property_kind(node: &Node<'_>) -> Result<PropertyKind, Diagnostic> {
    match node.word()?.trim() {
        "colour" | "color" => Ok(PropertyKind::Colour),
        "length" => Ok(PropertyKind::Length),
        "font" => Ok(PropertyKind::Font),
        other => {
            let problem = Diagnostic::error("unknown-value", format!("`kind` cannot be `{other}`")).at(node.place());
            Err(problem.hint(did_you_mean(other, PropertyKind::WORDS).unwrap_or_default()))
        }
    }
}

/// `- { colour: accent, on: [paper, surface], least: 4.5 }` lines.
fn pairs(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<Pair>, Diagnostic> {
    let mut pairs = Vec::new();
    for entry in node.items()? {
        let (mut colour, mut grounds, mut least) = (String::new(), Vec::new(), LEAST_CONTRAST);
        for child in entry.children()? {
            match child.key {
                "colour" | "color" => colour = required(child.word()?, &child)?,
                "on" => grounds = child.items()?.iter().map(Node::word).collect::<Result<_, _>>()?,
                "least" => least = contrast(&child)?,
                other => diagnostics.push(unknown_key(&child, other, &["colour", "on", "least"])),
            }
        }
        if colour.is_empty() || grounds.is_empty() {
            let problem = Diagnostic::error("missing-key", "this needs a `colour`, and what it stands `on`");
            diagnostics.push(problem.at(entry.place()).hint("write it as `- { colour: ink, on: [paper, surface], least: 7 }`"));
        }
        pairs.extend(grounds.into_iter().map(|ground| Pair { colour: colour.clone(), ground, least }));
    }
    Ok(pairs)
}

fn contrast(node: &Node<'_>) -> Result<f64, Diagnostic> {
    let least = super::colour::plain_number(node.word()?.trim()).filter(|least| (1.0..=21.0).contains(least));
    least.ok_or_else(|| node.wrong_type("a number from 1 to 21").hint("text needs 4.5 to be read by most, and 7 to be read well"))
}

fn required(text: String, node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = text.trim();
    if text.is_empty() {
        let problem = Diagnostic::error("missing-value", format!("`{}` needs a value", node.key)).at(node.place());
        return Err(problem.hint(format!("write it after `{}:`, or take the line out", node.key)));
    }
    Ok(text.to_owned())
}

fn unknown_key(node: &Node<'_>, key: &str, known: &[&'static str]) -> Diagnostic {
    let problem = Diagnostic::error("unknown-key", format!("a theme has no key `{key}` here")).at(node.key_place());
    problem.hint(did_you_mean(key, known.iter().copied()).unwrap_or_default())
}
