//! JSON Schema of what authors write as YAML, for editors: the settings and the front matter.
//!
//! The parsers read YAML by hand, for the sake of their messages, so there is no Rust type to derive a schema from. Keys
//! come from the parsers' own tables, and tests hold the rest to what the parsers say. The dialect is draft 7, which every
//! editor's YAML support understands (<https://json-schema.org/draft-07>). Where a parser takes a value in many ways, the
//! schema takes the usual ones; it never takes what the parser refuses for its type.

mod front_matter;
mod settings;

use serde_json::{Map, Value, json};

pub use front_matter::front_matter;
pub use settings::settings;

/// Where a new site keeps the schema of its settings, from its folder.
pub const SETTINGS_FILE: &str = ".guidepost/config.schema.json";

/// What every schema begins with.
fn document(title: &str, description: &str) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
    document.insert("title".into(), title.into());
    document.insert("description".into(), description.into());
    document.insert("type".into(), "object".into());
    document
}

/// A schema with words that an editor shows beside the key.
fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

/// Text, which may look like a number or a truth value.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// Text, or nothing after the key.
fn optional_text() -> Value {
    json!({ "type": ["string", "number", "boolean", "null"] })
}

/// Texts, or only one.
fn texts() -> Value {
    json!({ "type": ["array", "string", "number", "boolean", "null"], "items": optional_text() })
}

/// One of these words, in any case.
fn choice(words: &[&str]) -> Value {
    let any_case = |word: &&str| -> String {
        let letter = |c: char| if c.is_alphabetic() { format!("[{}{c}]", c.to_uppercase()) } else { c.to_string() };
        word.chars().map(letter).collect()
    };
    let pattern = words.iter().map(any_case).collect::<Vec<_>>().join("|");
    // Editors offer the words of the first; the second is for who writes them otherwise.
    json!({ "anyOf": [{ "enum": words }, { "type": "string", "pattern": format!("^({pattern})$") }] })
}

/// Yes or no in YAML's spellings, old and new.
fn yes_or_no() -> Value {
    json!({
        "type": ["boolean", "string"],
        "pattern": "^([Yy]([Ee][Ss])?|[Nn]([Oo])?|[Oo]([Nn]|[Ff][Ff])|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$",
    })
}

/// An address on the web, or nothing after the key.
fn web_address() -> Value {
    json!({ "type": ["string", "null"], "pattern": "^[Hh][Tt][Tt][Pp][Ss]?:\\S+$" })
}

/// A language tag.
fn language(types: &[&str]) -> Value {
    json!({ "type": types, "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "examples": ["en", "es", "pt-BR"] })
}

/// A group of these keys and no others.
fn group(keys: &[(&str, Value, &str)]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|(key, schema, description)| ((*key).to_owned(), described(schema.clone(), description))).collect();
    json!({ "type": ["object", "null"], "properties": properties, "additionalProperties": false })
}

/// The keys that a parser names when it is given one that it does not know.
#[cfg(test)]
fn keys_named(hint: &str) -> std::collections::BTreeSet<String> {
    hint.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that a schema knows.
#[cfg(test)]
fn keys_of(schema: &Value) -> std::collections::BTreeSet<String> {
    schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}
