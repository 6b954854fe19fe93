//! How a destination is spelled where it stands: in Markdown, in an attribute, in YAML, in running text.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser, Tag};

use crate::html::references;
use crate::url;
use crate::yaml;

/// The kinds of places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// `](…)` or `]: …`.
    Markdown,
    /// `](<…>)` or `]: <…>`.
    Angled,
    /// `[[…]]`.
    Wiki,
    /// The value of an attribute, with its quotation mark.
    Html(Option<char>),
    /// A value of the front matter, with its quotation mark.
    Yaml(Option<char>),
    /// An address that is its own words.
    Address,
}

impl Form {
    /// What a destination reads as.
    pub(super) fn decode(self, raw: &str) -> Cow<'_, str> {
        match self {
            Form::Markdown | Form::Angled if raw.contains(['\\', '&']) => {
                let whole = if self == Form::Angled { format!("[x](<{raw}>)") } else { format!("[x]({raw})") };
                let target = Parser::new(&whole).find_map(|event| match event {
                    Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
                    _ => None,
                });
                target.map_or(Cow::Borrowed(raw), Cow::Owned)
            }
            Form::Html(_) => references::decode(raw),
            Form::Yaml(Some('\'')) if raw.contains("''") => raw.replace("''", "'").into(),
            Form::Yaml(Some('"')) if raw.contains('\\') => {
                serde_yaml::from_str::<String>(&format!("\"{raw}\"")).map_or(Cow::Borrowed(raw), Cow::Owned)
            }
            _ => raw.into(),
        }
    }

    /// A path with %-escapes for what cannot stand in an address here. An author who has escaped other letters than
    /// English ones goes on doing so.
    pub(super) fn encode_path(self, path: &str, raw: &str) -> String {
        let escapes_letters =
            raw.as_bytes().windows(2).any(|pair| pair[0] == b'%' && matches!(pair[1], b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'));
        let takes_spaces =
            matches!(self, Form::Angled | Form::Wiki | Form::Html(Some(_)) | Form::Yaml(_)) && !raw.contains("%20");
        let mut encoded = String::with_capacity(path.len());
        for c in path.chars() {
            let stays = match c {
                ' ' => takes_spaces,
                '%' | '#' | '?' | '<' | '>' | '"' | '`' | '\\' | '|' | '[' | ']' | '{' | '}' | '^' | '&' | '\'' | ':' => false,
                '(' | ')' => self != Form::Markdown,
                c if c.is_ascii_control() => false,
                c if c.is_ascii() => true,
                c => self != Form::Address && !escapes_letters && !c.is_whitespace() && !c.is_control(),
            };
            if stays {
                encoded.push(c);
            } else {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    encoded.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        encoded
    }

    /// A destination in this spelling, whatever it reads as.
    pub(super) fn encode(self, reads: &str) -> String {
        match self {
            Form::Markdown | Form::Angled => {
                let mut raw = String::with_capacity(reads.len() + 8);
                for c in reads.chars() {
                    match c {
                        '&' => raw.push_str("&amp;"),
                        '\\' | '<' | '>' | '(' | ')' => raw.extend(['\\', c]),
                        ' ' if self == Form::Markdown => raw.push_str("%20"),
                        c => raw.push(c),
                    }
                }
                raw
            }
            Form::Html(_) => reads.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;"),
            Form::Yaml(Some('\'')) => reads.replace('\'', "''"),
            Form::Yaml(Some('"')) => {
                let quoted = yaml::quoted(reads);
                quoted[1..quoted.len() - 1].to_owned()
            }
            Form::Yaml(_) => yaml::item(reads),
            Form::Wiki | Form::Address => reads.to_owned(),
        }
    }

    /// A destination of which only the path is new, made to fit: YAML needs quotes round some of them.
    pub(super) fn fit(self, new: String) -> String {
        match self {
            Form::Yaml(quote) if quote.is_none() || new.contains(['\\', '"', '\'']) => self.encode(&new),
            _ => new,
        }
    }
}

/// Whether a name can stand between `[[` and `]]`.
pub fn fits_wikilink(name: &str) -> bool {
    !name.is_empty() && !name.contains(['[', ']', '|', '#', '\n', '\\']) && url::nfc(name.trim()) == name
}
