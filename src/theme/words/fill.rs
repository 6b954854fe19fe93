//! Putting things into a text: `{date}` is a place, and `[home page]({home})` a link to what is put into the place.
//!
//! What a place or a link is called is made of letters and `_`; any other brace or bracket is only itself. In HTML what
//! is put in is escaped like the text, unless it is HTML already.

use std::io;

use tera::value::Key;
use tera::{Kwargs, State, TeraResult, Value};

use super::NUMBER;
use crate::diagnostic::nearest;
use crate::html::write_escaped;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Piece<'t> {
    /// What stands there.
    Text(&'t str),
    /// A place, by its name.
    Slot(&'t str),
    /// From here on a link, by the name of its address.
    Link(&'t str),
    /// The end of the link.
    EndLink,
}

/// The pieces of a text, in their order.
pub fn pieces<'t>(text: &'t str, each: &mut impl FnMut(Piece<'t>)) {
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[']) {
        let (before, from) = rest.split_at(at);
        let found = if from.starts_with('{') { slot(from).map(|(name, after)| (None, name, after)) } else { link(from) };
        let Some((label, name, after)) = found else {
            each(Piece::Text(&rest[..at + 1]));
            rest = &from[1..];
            continue;
        };
        if !before.is_empty() {
            each(Piece::Text(before));
        }
        match label {
            None => each(Piece::Slot(name)),
            Some(label) => {
                each(Piece::Link(name));
                in_link(label, each);
                each(Piece::EndLink);
            }
        }
        rest = after;
    }
    if !rest.is_empty() {
        each(Piece::Text(rest));
    }
}

/// The words of a link, in which there are places but no links.
fn in_link<'t>(label: &'t str, each: &mut impl FnMut(Piece<'t>)) {
    let mut rest = label;
    while let Some((at, (name, after))) = rest.match_indices('{').find_map(|(at, _)| Some((at, slot(&rest[at..])?))) {
        if at > 0 {
            each(Piece::Text(&rest[..at]));
        }
        each(Piece::Slot(name));
        rest = after;
    }
    if !rest.is_empty() {
        each(Piece::Text(rest));
    }
}

/// `{name}` at the beginning of a text, and what follows.
fn slot(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find(|c: char| !c.is_ascii_lowercase() && c != '_')?;
    Some((&inner[..end], inner[end..].strip_prefix('}')?)).filter(|(name, _)| !name.is_empty())
}

/// `[label]({name})` at the beginning of a text: label, name and what follows.
fn link(text: &str) -> Option<(Option<&str>, &str, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    let (name, after) = slot(inner[end..].strip_prefix("](")?)?;
    Some((Some(&inner[..end]), name, after.strip_prefix(')')?))
}

/// The names of a text's places and addresses, each once.
pub fn slots(text: &str) -> Vec<&str> {
    let mut slots = Vec::new();
    pieces(text, &mut |piece| {
        if let Piece::Slot(name) | Piece::Link(name) = piece
            && !slots.contains(&name)
        {
            slots.push(name);
        }
    });
    slots
}

/// The filter `fill`: a text, or the form of it for the number `n`, as HTML with what belongs in its places.
pub fn fill_html(categories: impl Fn(u64) -> &'static str) -> impl Fn(&Value, Kwargs, &State<'_>) -> TeraResult<Value> {
    move |words, values, _| {
        if words.is_undefined() || words.is_none() {
            return Err(tera::Error::message(NO_TEXT));
        }
        let text = match words.as_map() {
            None => words.as_str().ok_or_else(|| tera::Error::message("`fill` is for the texts of `words`")),
            Some(forms) => {
                let number = values.get::<u64>(NUMBER)?.ok_or_else(|| tera::Error::message(NO_NUMBER))?;
                let form = |category: &'static str| forms.get(&Key::Str(category)).and_then(Value::as_str);
                form(categories(number))
                    .or_else(|| form("other"))
                    .ok_or_else(|| tera::Error::message("`fill` is for the texts of `words`"))
            }
        }?;
        let mut html = Vec::with_capacity(text.len() + 128);
        let mut outcome = Ok(());
        pieces(text, &mut |piece| {
            if outcome.is_ok() {
                outcome = push(piece, &values, &mut html);
            }
        });
        outcome?;
        Ok(Value::safe_string(&String::from_utf8_lossy(&html)))
    }
}

/// What `fill` says when there is no such text: who explains it knows what stands before it.
pub const NO_TEXT: &str = "`fill` gets no text";
const NO_NUMBER: &str = "this text has several forms, and needs the number that decides between them: write `fill(n=…)`";

fn push(piece: Piece<'_>, values: &Kwargs, html: &mut Vec<u8>) -> TeraResult<()> {
    match piece {
        Piece::Text(text) => write_escaped(text, html),
        Piece::Slot(name) => push_value(find(values, name)?, html),
        Piece::Link(name) => {
            let address = find(values, name)?;
            html.extend(b"<a href=\"");
            push_value(address, html).map(|()| html.extend(b"\">"))
        }
        Piece::EndLink => {
            html.extend(b"</a>");
            Ok(())
        }
    }
    .map_err(|error| tera::Error::message(error.to_string()))
}

fn push_value(value: &Value, html: &mut Vec<u8>) -> io::Result<()> {
    match value.as_str() {
        Some(text) if value.is_safe() => {
            html.extend(text.as_bytes());
            Ok(())
        }
        Some(text) => write_escaped(text, html),
        None => write_escaped(&value.to_string(), html),
    }
}

/// What is to be put into a place.
fn find<'k>(values: &'k Kwargs, name: &'k str) -> TeraResult<&'k Value> {
    if let Some(value) = values.get::<&Value>(name)? {
        return Ok(value);
    }
    let given: Vec<&str> = values.iter().filter_map(|(key, _)| key.as_str()).collect();
    let instead = nearest(name, given).map_or(String::new(), |near| format!(", and not `{near}`"));
    Err(tera::Error::message(format!("this text has a place `{{{name}}}`: write `fill({name}=…)`{instead}")))
}
