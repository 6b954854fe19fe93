//! Finished HTML read again: the attributes of its tags, in order.
//!
//! For HTML that Guidepost has written or let through, so that tags end where they seem to; nothing is judged or mended.

use std::borrow::Cow;

use super::references;

/// An attribute of a tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribute<'h> {
    /// The name of the tag, as written.
    pub tag: &'h str,
    /// Its own name, as written.
    pub name: &'h str,
    value: &'h str,
}

impl<'h> Attribute<'h> {
    /// Its value as a browser reads it.
    pub fn text(&self) -> Cow<'h, str> {
        references::decode(self.value)
    }
}

/// The attributes of all tags that open something, but for those without a value. Comments are passed over.
pub fn attributes(html: &str) -> impl Iterator<Item = Attribute<'_>> {
    Attributes { rest: html, tag: None }
}

/// Where links lead that are shown, in order, as they are written; places within the same page are none of them.
pub fn links(html: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let is_link =
        |attribute: &Attribute<'_>| attribute.tag.eq_ignore_ascii_case("a") && attribute.name.eq_ignore_ascii_case("href");
    attributes(html).filter(is_link).map(|attribute| attribute.text()).filter(|address| !address.starts_with('#'))
}

struct Attributes<'h> {
    rest: &'h str,
    /// The tag that is being read.
    tag: Option<&'h str>,
}

impl<'h> Iterator for Attributes<'h> {
    type Item = Attribute<'h>;

    fn next(&mut self) -> Option<Attribute<'h>> {
        loop {
            let Some(tag) = self.tag else {
                self.next_tag()?;
                continue;
            };
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '='));
            if let Some(after) = self.rest.strip_prefix('>') {
                self.rest = after;
                self.tag = None;
                continue;
            }
            if self.rest.is_empty() {
                return None;
            }
            let (name, after) = self.rest.split_at(self.rest.find(ends_name).unwrap_or(self.rest.len()));
            let Some(value) = after.trim_start().strip_prefix('=') else {
                self.rest = after;
                continue;
            };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
            };
            self.rest = after;
            return Some(Attribute { tag, name, value });
        }
    }
}

impl Attributes<'_> {
    /// Goes on behind the name of the next tag.
    fn next_tag(&mut self) -> Option<()> {
        loop {
            let at = memchr::memchr(b'<', self.rest.as_bytes())?;
            let after = &self.rest[at + 1..];
            if let Some(comment) = after.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, after)| after);
            } else if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (tag, rest) = after.split_at(after.find(ends_name).unwrap_or(after.len()));
                self.tag = Some(tag);
                self.rest = rest;
                return Some(());
            } else {
                self.rest = after;
            }
        }
    }
}

fn ends_name(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_told_with_their_tags() {
        let html = "<p>a=\"b\" <a class=x href='/a/?q=1&amp;r=2'>A</a><br/><!-- <a href=c> --><IMG alt='<a href=d>' Src = e.png hidden><a href=\"#f\">F</a> <a href=\"open";
        let read: Vec<String> = attributes(html).map(|a| format!("{} {} {}", a.tag, a.name, a.text())).collect();
        let expected = ["a class x", "a href /a/?q=1&r=2", "IMG alt <a href=d>", "IMG Src e.png", "a href #f", "a href open"];
        assert_eq!(read, expected);
        assert_eq!(links(html).collect::<Vec<_>>(), ["/a/?q=1&r=2", "open"]);
        for odd in ["<", "<a", "<a href", "<a href=", "<a href='", "<!--", "< a href=x>", "a > b <", "<é href=x>"] {
            assert_eq!(links(odd).filter(|address| !address.is_empty()).count(), 0, "{odd}");
        }
    }
}
