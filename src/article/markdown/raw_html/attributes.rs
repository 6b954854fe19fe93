//! A start tag written into the body: as the author wrote it, or what may stand of it; its addresses of this site left
//! open for the site to fill, and its ids noted as places that links can lead to.
//!
//! Whether the tag may stand at all has been decided.

use std::borrow::Cow;
use std::ops::Range;

use super::super::super::{Fill, Link, RawHtml};
use super::super::Renderer;
use super::super::addresses::link_target;
use super::Piece;
use super::elements::Space;
use super::messages;
use super::sanitize::{self, Holds};
use super::scanner::{Attribute, Tag};
use crate::html::references::decode;
use crate::html::{escape_address_into, escape_into};
use crate::url;

/// What an address in an attribute leads to, as far as it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// To a page or file.
    Somewhere,
    /// To a picture.
    ToPicture,
    /// To somewhere within a drawing, if it begins with `#`.
    Within,
    /// To where a form is sent, and the like: only the scheme matters.
    Elsewhere,
}

/// What the address in an attribute is for; `None` if the attribute holds none.
fn leads(element: &str, attribute: &str, space: Space) -> Option<Leads> {
    Some(match (element, attribute) {
        (_, "href" | "xlink:href") if space != Space::Html => Leads::Within,
        ("a" | "area" | "link", "href") => Leads::Somewhere,
        ("img" | "image" | "input", "src") | ("video", "poster") => Leads::ToPicture,
        ("audio" | "embed" | "iframe" | "script" | "source" | "track" | "video", "src") | ("object", "data") => Leads::Somewhere,
        (_, "action" | "background" | "cite" | "formaction" | "href" | "longdesc" | "ping" | "poster" | "src" | "xlink:href") => {
            Leads::Elsewhere
        }
        _ => return None,
    })
}

impl Renderer<'_> {
    /// Writes a tag as it stands, but for the addresses of this site in it.
    pub(super) fn write_as_written(&mut self, piece: &Piece<'_>, tag: &Tag<'_>, space: Space) {
        let mut from = tag.range.start;
        for (index, attribute) in tag.attributes.iter().enumerate() {
            let name = attribute_name(piece, attribute);
            self.note_blocked(&name, piece, attribute);
            let value = decode(&piece.text[attribute.value.clone()]);
            if is_id(&tag.name, &name) && !value.is_empty() {
                self.anchors.insert(value.into_owned());
                continue;
            }
            // Of two attributes of one name, browsers see the first.
            if attribute.value.is_empty() || tag.attributes[..index].iter().any(|before| attribute_name(piece, before) == name) {
                continue;
            }
            if name == "srcset" && matches!(&*tag.name, "img" | "source") {
                let candidates = candidates(&value);
                let is_inside = |range: &Range<usize>| link_target(&value[range.clone()], &self.options.base).is_some();
                if candidates.iter().any(|candidate| is_inside(&candidate.address)) {
                    self.out.html.push_str(&piece.text[from..attribute.written.start]);
                    self.out.html.push('"');
                    self.write_candidates(piece, attribute, &value, &candidates);
                    self.out.html.push('"');
                    from = attribute.written.end;
                }
                continue;
            }
            let Some(leads) = leads(&tag.name, &name, space) else { continue };
            self.note_bad_scheme(&name, &value, leads, piece, attribute);
            let Some(link) = self.link_inside(&value, leads) else { continue };
            self.out.html.push_str(&piece.text[from..attribute.written.start]);
            let quote = match piece.text.as_bytes()[attribute.written.start] {
                b'\'' => '\'',
                _ => '"',
            };
            self.out.html.push(quote);
            self.leave_open(link, piece, &attribute.value);
            self.out.html.push(quote);
            from = attribute.written.end;
        }
        self.note_blocked_element(piece, tag);
        self.out.html.push_str(&piece.text[from..tag.range.end]);
    }

    /// Writes what may stand of a tag.
    pub(super) fn write_sanitized(&mut self, piece: &Piece<'_>, tag: &Tag<'_>) {
        let mut left_out: Vec<String> = Vec::new();
        let mut written: Vec<Cow<'_, str>> = Vec::new();
        self.out.html.push('<');
        self.out.html.push_str(sanitize::written_name(&tag.name));
        for attribute in &tag.attributes {
            let name = attribute_name(piece, attribute);
            if written.contains(&name) {
                continue;
            }
            match sanitize::attribute(&tag.name, &name) {
                Some(holds) => {
                    if !self.write_attribute(piece, attribute, &name, holds) {
                        left_out.extend((holds == Holds::Relation).then(|| name.to_string()));
                    }
                    written.push(name);
                }
                None if left_out.len() < 10 && !left_out.iter().any(|known| *known == name) => left_out.push(name.into_owned()),
                None => {}
            }
        }
        self.out.html.push('>');
        if !left_out.is_empty() {
            let span = self.raw_span(piece, &tag.range);
            self.report_html(messages::attributes_removed(&tag.name, &left_out), span);
        }
    }

    /// Writes an attribute whose name may stand, unless its value may not.
    fn write_attribute(&mut self, piece: &Piece<'_>, attribute: &Attribute, name: &str, holds: Holds) -> bool {
        let written = &piece.text[attribute.value.clone()];
        let value = decode(written);
        match holds {
            Holds::Text => {
                self.begin_attribute(name);
                // What is written with references stays so.
                for c in written.chars() {
                    match c {
                        '"' => self.push("&quot;"),
                        '<' => self.push("&lt;"),
                        '>' => self.push("&gt;"),
                        c => self.out.html.push(c),
                    }
                }
            }
            Holds::Relation if !sanitize::allows_relation(&value) => return false,
            Holds::Relation => {
                self.begin_attribute(name);
                escape_into(&value, &mut self.out.html);
            }
            Holds::Id => return self.write_id(piece, attribute, name, &value),
            Holds::Pictures => {
                let candidates = candidates(&value);
                self.begin_attribute(name);
                self.write_candidates(piece, attribute, &value, &candidates);
            }
            Holds::Address | Holds::Media => {
                if let Some(scheme) = url::scheme(&value).filter(|scheme| !sanitize::allows_scheme(holds, scheme)) {
                    let span = self.raw_span(piece, &attribute.name);
                    self.report_html(messages::bad_scheme_removed(name, &scheme), span);
                    return false;
                }
                self.begin_attribute(name);
                let leads = match (holds, name) {
                    (_, "cite") => Leads::Elsewhere,
                    (Holds::Media, "poster") => Leads::ToPicture,
                    _ => Leads::Somewhere,
                };
                match self.link_inside(&value, leads) {
                    Some(link) => self.leave_open(link, piece, &attribute.value),
                    None => escape_address_into(&value, &mut self.out.html),
                }
            }
        }
        self.push("\"");
        true
    }

    fn begin_attribute(&mut self, name: &str) {
        self.out.html.push(' ');
        self.out.html.push_str(name);
        self.out.html.push_str("=\"");
    }

    /// Writes an id that no other place of the page has.
    fn write_id(&mut self, piece: &Piece<'_>, attribute: &Attribute, name: &str, id: &str) -> bool {
        let span = self.raw_span(piece, &attribute.name);
        if !sanitize::allows_id(id) {
            self.report_html(messages::id_removed(id), span);
            return false;
        }
        let given = self.unique_id(id.to_owned());
        if given != id {
            self.report_html(messages::id_changed(id, &given), span);
        }
        self.begin_attribute(name);
        escape_into(&given, &mut self.out.html);
        self.push("\"");
        true
    }

    /// Writes the addresses of a `srcset` with their sizes, those of this site left open.
    fn write_candidates(&mut self, piece: &Piece<'_>, attribute: &Attribute, value: &str, candidates: &[Candidate]) {
        let mut is_first = true;
        for candidate in candidates {
            let address = &value[candidate.address.clone()];
            let is_checked = self.options.raw_html == RawHtml::Sanitize;
            let scheme = url::scheme(address).filter(|scheme| is_checked && !sanitize::allows_scheme(Holds::Media, scheme));
            if let Some(scheme) = scheme {
                let span = self.raw_span(piece, &attribute.name);
                self.report_html(messages::bad_scheme_removed("srcset", &scheme), span);
                continue;
            }
            self.push(if is_first { "" } else { ", " });
            is_first = false;
            match self.link_inside(address, Leads::ToPicture) {
                Some(link) => self.leave_open(link, piece, &attribute.value),
                None => escape_address_into(address, &mut self.out.html),
            }
            let size = value[candidate.size.clone()].trim();
            if !size.is_empty() {
                self.out.html.push(' ');
                escape_into(size, &mut self.out.html);
            }
        }
    }

    /// The link that an address makes, if it leads into this site.
    fn link_inside(&self, value: &str, leads: Leads) -> Option<Link> {
        // Browsers leave these out of an address wherever they are.
        let address = value.replace(['\t', '\n', '\r'], "");
        let address = address.trim_matches(|c: char| c <= ' ');
        let is_place = address.starts_with('#');
        if address.is_empty() || address == "#" || leads == Leads::Elsewhere || leads == Leads::Within && is_place {
            return None;
        }
        let mut link = link_target(address, &self.options.base)?;
        link.is_picture = leads == Leads::ToPicture;
        Some(link)
    }

    /// Leaves the address open, in the middle of an attribute.
    fn leave_open(&mut self, link: Link, piece: &Piece<'_>, value: &Range<usize>) {
        let span = self.raw_span(piece, value);
        let index = self.add_link(link, span);
        self.out.hole(Fill::Href(index));
    }
}

pub(super) fn attribute_name<'p>(piece: &'p Piece<'_>, attribute: &Attribute) -> Cow<'p, str> {
    let name = &piece.text[attribute.name.clone()];
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

fn is_id(element: &str, attribute: &str) -> bool {
    attribute == "id" || element == "a" && attribute == "name"
}

/// Where the addresses of a `srcset` stand in it.
pub fn addresses_of_srcset(value: &str) -> Vec<Range<usize>> {
    candidates(value).into_iter().map(|candidate| candidate.address).collect()
}

/// One address of a `srcset`, and what size it is for.
#[derive(Debug, PartialEq)]
struct Candidate {
    address: Range<usize>,
    size: Range<usize>,
}

/// The addresses of a `srcset` (<https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>).
fn candidates(value: &str) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let is_space = |c: char| c.is_ascii_whitespace();
    let mut at = 0;
    loop {
        let rest = value[at..].trim_start_matches(|c: char| is_space(c) || c == ',');
        let start = value.len() - rest.len();
        if rest.is_empty() {
            return candidates;
        }
        let end = start + rest.find(is_space).unwrap_or(rest.len());
        let address = value[start..end].trim_end_matches(',');
        let address_end = start + address.len();
        let size_end = if address_end < end { end } else { end + value[end..].find(',').unwrap_or(value.len() - end) };
        candidates.push(Candidate { address: start..address_end, size: end..size_end });
        at = size_end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_a_srcset_are_told_apart() {
        let found = |value: &str| {
            let found = candidates(value);
            found.iter().map(|c| format!("{}|{}", &value[c.address.clone()], value[c.size.clone()].trim())).collect::<Vec<_>>()
        };
        assert_eq!(found("a.png, b.png 2x,c,d.png 1.5x"), ["a.png|", "b.png|2x", "c,d.png|1.5x"]);
        assert_eq!(found(" ,, a.png 100w , b.png,"), ["a.png|100w", "b.png|"]);
        assert_eq!(found("  "), Vec::<String>::new());
    }
}
