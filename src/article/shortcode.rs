//! WordPress's shortcodes (`[gallery ids="1,2"]`) as they are written, told from what people write in brackets.
//!
//! See <https://codex.wordpress.org/Shortcode_API> for the rules. What becomes of them is left to the import; `check` tells of
//! those that were left in a text.

use rustc_hash::FxHashMap;

/// A shortcode's attributes, in order; one without a name is a value alone.
pub type Attributes<'t> = Vec<(Option<&'t str>, &'t str)>;

/// One that was found in a text.
#[derive(Debug, PartialEq)]
pub struct Shortcode<'t> {
    /// What it is called.
    pub name: &'t str,
    /// What it is told.
    pub attributes: Attributes<'t>,
    /// What stands between it and the one that closes it.
    pub content: Option<&'t str>,
    /// How long it is, with what closes it.
    pub length: usize,
    is_self_closing: bool,
}

/// Whether something in brackets is a shortcode rather than a remark.
pub fn looks_like_one(found: &Shortcode<'_>) -> bool {
    const PLAIN: [&str; 6] = ["toc", "sitemap", "contact-form", "blog_subscription_form", "archives", "recent_posts"];
    found.content.is_some()
        || found.is_self_closing
        || found.attributes.iter().any(|(name, _)| name.is_some())
        || found.attributes.is_empty() && (found.name.contains(['_']) || PLAIN.contains(&found.name))
}

/// The shortcodes of a text. Where each is closed is found once: a text with many that never close must not be looked through
/// for each of them.
pub struct Shortcodes<'t> {
    text: &'t str,
    closings: FxHashMap<&'t str, Vec<usize>>,
}

impl<'t> Shortcodes<'t> {
    /// Looks for what closes shortcodes.
    pub fn of(text: &'t str) -> Shortcodes<'t> {
        let mut closings: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, _) in text.match_indices("[/") {
            let rest = &text[at + 2..];
            let name = &rest[..name_length(rest)];
            if rest[name.len()..].starts_with(']') {
                closings.entry(name).or_default().push(at);
            }
        }
        Shortcodes { text, closings }
    }

    /// The one that begins at a place, with what it encloses.
    pub fn at(&self, at: usize) -> Option<Shortcode<'t>> {
        let mut found = opening(&self.text[at..])?;
        if found.is_self_closing {
            return Some(found);
        }
        let from = at + found.length;
        let closings = self.closings.get(found.name).map_or(&[][..], Vec::as_slice);
        if let Some(&close) = closings.get(closings.partition_point(|close| *close < from)) {
            found.content = Some(&self.text[from..close]);
            found.length = close + "[/]".len() + found.name.len() - at;
        }
        Some(found)
    }

    /// The first that is one and no remark.
    pub fn first(&self) -> Option<Shortcode<'t>> {
        self.text.match_indices('[').filter_map(|(at, _)| self.at(at)).find(looks_like_one)
    }
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count()
}

/// The bracket that a text begins with, if it is a shortcode's, without what it encloses.
pub fn opening(text: &str) -> Option<Shortcode<'_>> {
    let name = text.get(1..).map(|rest| &rest[..name_length(rest)])?;
    let rest = &text[1 + name.len()..];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !rest.starts_with([']', ' ', '/', '=', '\n', '\u{a0}']) {
        return None;
    }
    let (attributes, length, is_self_closing) = attributes(text, 1 + name.len())?;
    Some(Shortcode { name, attributes, content: None, length, is_self_closing })
}

/// The attributes from `at` on, where the bracket closes, and whether it closes itself.
fn attributes(text: &str, at: usize) -> Option<(Attributes<'_>, usize, bool)> {
    let mut attributes = Attributes::new();
    let mut at = at;
    // A bracket that is never closed is none; nobody writes more than this into one.
    let end = text.floor_char_boundary(at + 4_000);
    loop {
        let rest = &text[at..end];
        let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\u{a0}']).len();
        at += skipped;
        let rest = &text[at..end];
        match rest.bytes().next()? {
            b']' => return Some((attributes, at + 1, false)),
            b'/' if rest[1..].starts_with(']') => return Some((attributes, at + 2, true)),
            b'[' => return None,
            _ => {}
        }
        let name_length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        let (name, value_at) = match rest[name_length..].strip_prefix('=') {
            Some(_) => (Some(&rest[..name_length]).filter(|name| !name.is_empty()), name_length + 1),
            None => (None, 0),
        };
        let value = rest.get(value_at..)?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, length) = match quote {
            Some(quote) => {
                let close = value[1..].find(quote)?;
                (&value[1..=close], close + 2)
            }
            None => {
                let length = value.find([' ', '\t', '\n', ']']).unwrap_or(value.len());
                let length = if value[..length].ends_with('/') && value[length..].starts_with(']') { length - 1 } else { length };
                (&value[..length], length)
            }
        };
        if value_at + length == 0 {
            return None;
        }
        attributes.push((name, value));
        at += value_at + length;
    }
}

impl<'t> Shortcode<'t> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(known, _)| *known == Some(name)).map(|(_, value)| *value)
    }

    /// The address that it is about: named, alone, or enclosed.
    pub fn address(&self, names: &[&str]) -> Option<&'t str> {
        let named = names.iter().find_map(|name| self.attribute(name));
        let alone =
            || self.attributes.iter().find(|(name, value)| name.is_none() && value.contains("//")).map(|(_, value)| *value);
        let enclosed = || self.content.map(str::trim).filter(|content| content.contains("//") && !content.contains(['<', ' ']));
        named.or_else(alone).or_else(enclosed).map(|address| address.trim_start_matches('='))
    }
}
