//! What the content-security policy of a published site keeps from working: the author is told, once for each kind.
//!
//! It stands all the same: hosts differ in whether they read `_headers`, and what an author may write is a setting.

use std::ops::Range;

use super::super::Renderer;
use super::super::addresses::link_target;
use super::Piece;
use super::attributes::{Leads, attribute_name};
use super::messages::{self, Blocked};
use super::scanner::{Attribute, Tag};
use crate::html::references::decode;
use crate::url;

impl Renderer<'_> {
    pub(super) fn note_bad_scheme(&mut self, name: &str, value: &str, leads: Leads, piece: &Piece<'_>, attribute: &Attribute) {
        let Some(scheme) = url::scheme(value) else { return };
        let is_bad = match &*scheme {
            "javascript" | "vbscript" => true,
            // Pictures may be written out in the page.
            "data" => matches!(leads, Leads::Somewhere | Leads::Elsewhere),
            _ => false,
        };
        if is_bad {
            let span = self.raw_span(piece, &attribute.name);
            self.report_html(messages::bad_scheme(name, &scheme), span);
        }
    }

    /// Says once for each kind what the content-security policy keeps from working.
    pub(super) fn note_blocked(&mut self, name: &str, piece: &Piece<'_>, attribute: &Attribute) {
        let what = match name {
            "style" => Blocked::Style,
            _ if name.starts_with("on") && name.len() > 3 => Blocked::Handler,
            _ => return,
        };
        self.tell_blocked(what, piece, &attribute.name);
    }

    pub(super) fn note_blocked_element(&mut self, piece: &Piece<'_>, tag: &Tag<'_>) {
        let value = |wanted: &str| {
            let found = tag.attributes.iter().find(|attribute| attribute_name(piece, attribute) == wanted)?;
            Some(decode(&piece.text[found.value.clone()]))
        };
        let what = match &*tag.name {
            "style" => Blocked::Style,
            "embed" | "iframe" | "object" => Blocked::Frame,
            "script" => match value("src") {
                Some(src) if link_target(&src, &self.options.base).is_none() => Blocked::ForeignScript,
                Some(_) => return,
                None if value("type").is_none_or(|kind| is_program(&kind)) => Blocked::Script,
                None => return,
            },
            _ => return,
        };
        self.tell_blocked(what, piece, &tag.range);
    }

    fn tell_blocked(&mut self, what: Blocked, piece: &Piece<'_>, range: &Range<usize>) {
        if !self.raw.told.contains(&what) {
            self.raw.told.push(what);
            let span = self.raw_span(piece, range);
            self.report_html(messages::blocked(what), span);
        }
    }
}

/// Whether a script of this type runs; the others hold data.
fn is_program(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    kind.is_empty()
        || ["javascript", "ecmascript"].iter().any(|name| kind.contains(name))
        || matches!(&*kind, "module" | "importmap" | "speculationrules")
}
