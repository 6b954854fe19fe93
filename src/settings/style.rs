//! `style:`: what the site's theme is asked to look like, as it is written.
//!
//! Which properties a theme has, and what each may be, only the theme knows: it holds these values against its own
//! declarations. A theme's `theme.yaml` has the same key.

use super::{required, unknown_key};
use crate::diagnostic::{Diagnostic, Place};
use crate::yaml::{Node, Value};

/// A property of the theme, and the value that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleSetting {
    /// The property.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// For light and dark alike, or in light; `None` if only dark is asked for.
    pub value: Option<Written>,
    /// In dark, if that is said.
    pub dark: Option<Written>,
    /// Whether light and dark are told apart.
    pub is_pair: bool,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What is written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// The values of a `style:`. What is wrong with one of them is reported and leaves the others alone.
pub fn style(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<StyleSetting>, Diagnostic> {
    let mut style = Vec::new();
    for property in node.children()? {
        let mut setting = StyleSetting {
            key: property.key.to_owned(),
            key_place: property.key_place(),
            value: None,
            dark: None,
            is_pair: matches!(property.value, Value::Map(_)),
        };
        if !setting.is_pair {
            match written(&property) {
                Ok(value) => setting.value = Some(value),
                Err(problem) => diagnostics.push(problem),
            }
        } else {
            for scheme in property.children()? {
                let taken = match scheme.key {
                    "light" => written(&scheme).map(|value| setting.value = Some(value)),
                    "dark" => written(&scheme).map(|value| setting.dark = Some(value)),
                    other => Err(unknown_key(&scheme, other, &["light", "dark"])),
                };
                diagnostics.extend(taken.err());
            }
        }
        if setting.value.is_some() || setting.dark.is_some() {
            style.push(setting);
        }
    }
    Ok(style)
}

/// A value; a list is one too, of fonts.
fn written(node: &Node<'_>) -> Result<Written, Diagnostic> {
    let text = match node.value {
        Value::List(_) => node.items()?.iter().map(Node::text).collect::<Result<Vec<_>, _>>()?.join(", "),
        _ => node.text()?,
    };
    let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Written { text: required(text, node)?, place: node.place() })
}
