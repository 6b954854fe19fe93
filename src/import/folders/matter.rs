//! The front matter of other generators' articles, and their settings: YAML, TOML and JSON → values by name.
//!
//! What a key means is left to `facts`, `jekyll` and `hugo`.

use std::sync::Arc;

use crate::yaml::{Document, Value};

/// More than any front matter or settings need: who makes it longer wants to keep us busy.
const MOST_BYTES: usize = 64 * 1024;
/// Under this name the TOML parser hands on a date.
const TOML_DATE: &str = "$__toml_private_datetime";
/// Values within values, more than anybody writes and fewer than any parser minds.
const DEEPEST: usize = 16;

/// Keys and values in their order.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Values(pub Vec<(String, Value)>);

/// The forms of settings and front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Also Jekyll's.
    Yaml,
    /// Hugo's own.
    Toml,
    /// Rare.
    Json,
}

impl Form {
    /// The form that the name of a file tells.
    pub fn of(name: &str) -> Option<Form> {
        match name.rsplit_once('.')?.1 {
            "yml" | "yaml" => Some(Form::Yaml),
            "toml" => Some(Form::Toml),
            "json" => Some(Form::Json),
            _ => None,
        }
    }
}

/// Front matter, and where the text begins behind it. `None` if there is none.
pub type Parted = Option<(Values, usize)>;

/// The front matter of a text. Jekyll knows YAML only.
pub fn part(text: &str, is_hugo: bool) -> Result<Parted, String> {
    let first = text.split_inclusive('\n').next().unwrap_or("");
    let (form, fence) = match first.trim_end() {
        "---" => (Form::Yaml, "---"),
        "+++" if is_hugo => (Form::Toml, "+++"),
        _ if is_hugo && text.starts_with('{') && !text.starts_with("{{") => return part_json(text).map(Some),
        _ => return Ok(None),
    };
    let mut at = first.len();
    for line in text[first.len()..].split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || form == Form::Yaml && bare == "..." {
            let values = parse(&text[first.len()..at], form, 1)?;
            return Ok(Some((values, at + line.len())));
        }
        at += line.len();
    }
    Err("its front matter begins and never ends".to_owned())
}

/// The object that opens a text.
fn part_json(text: &str) -> Result<(Values, usize), String> {
    let head = &text[..text.floor_char_boundary(MOST_BYTES)];
    let mut stream = serde_json::Deserializer::from_str(head).into_iter::<Value>();
    let value = stream.next().unwrap_or(Ok(Value::Null)).map_err(|error| format!("its front matter is no JSON: {error}"))?;
    let end = stream.byte_offset();
    let rest = &text[end..];
    let body_at = end + rest.len() - rest.trim_start_matches([' ', '\r']).len();
    let body_at = if text[body_at..].starts_with('\n') { body_at + 1 } else { body_at };
    Ok((mapping(value)?, body_at))
}

/// The keys and values of a text in one of the forms, which stands after some lines of its file.
pub fn parse(text: &str, form: Form, lines_before: u32) -> Result<Values, String> {
    if text.len() > MOST_BYTES {
        return Err("it has more than 64 KiB of front matter or settings".to_owned());
    }
    match form {
        Form::Yaml => {
            let document = Document::parse(Arc::from(""), text, lines_before).map_err(|problem| {
                let line = problem.place.as_ref().and_then(|place| place.span).map(|span| format!("line {}: ", span.line));
                format!("{}{}", line.unwrap_or_default(), problem.message)
            })?;
            Ok(Values(document.nodes().map(|node| (node.key.to_owned(), node.value.clone())).collect()))
        }
        Form::Toml => {
            let value = toml::from_str::<Value>(text).map_err(|error| {
                let before = error.span().map_or(0, |span| span.start.min(text.len()));
                let line = lines_before as usize + 1 + text.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count();
                let message = error.message().lines().collect::<Vec<_>>().join(", ");
                format!("line {line}: this is no TOML: {message}")
            })?;
            mapping(value)
        }
        Form::Json => mapping(serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?),
    }
}

fn mapping(value: Value) -> Result<Values, String> {
    match with_dates(value) {
        Value::Map(entries) => Ok(Values(entries)),
        Value::Null => Ok(Values::default()),
        _ => Err("its front matter is no list of keys and values".to_owned()),
    }
}

/// Dates as texts.
fn with_dates(value: Value) -> Value {
    match value {
        Value::Map(mut entries) => match entries.as_slice() {
            [(key, Value::Text(_))] if key == TOML_DATE => entries.remove(0).1,
            _ => Value::Map(entries.into_iter().map(|(key, value)| (key, with_dates(value))).collect()),
        },
        Value::List(items) => Value::List(items.into_iter().map(with_dates).collect()),
        other => other,
    }
}

/// A key as it is compared: `publishDate`, `publish_date` and `publishdate` are one.
pub fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

impl Values {
    /// The value of a key in any spelling. Of two that mean the same the last one counts.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let key = plain(key);
        self.0.iter().rev().find(|(name, value)| *value != Value::Null && plain(name) == key).map(|(_, value)| value)
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.get(key)?)
    }

    /// Yes or no.
    pub fn switch(&self, key: &str) -> Option<bool> {
        switch(self.get(key)?)
    }

    /// A list of texts; one text is a list of one.
    pub fn list(&self, key: &str) -> Vec<String> {
        self.get(key).map(list).unwrap_or_default()
    }

    /// A group of keys; empty if there is none.
    pub fn group(&self, key: &str) -> Values {
        match self.get(key) {
            Some(Value::Map(entries)) => Values(entries.clone()),
            _ => Values::default(),
        }
    }
}

/// A value as a text, if it has something to say.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) | Value::Number(text) => text.trim().to_owned(),
        Value::Bool(value) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A value as yes or no.
pub fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A value as a list of texts.
pub fn list(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// The lines of `extra:`, for what nobody else has taken. What is deeper than anything that a person writes becomes a text.
pub fn extra(entries: &[(String, Value)]) -> String {
    let mut lines = String::new();
    for (key, value) in entries {
        let shown = written(value);
        let shown = if is_shallow(value, DEEPEST) { shown } else { crate::yaml::quoted(&shown) };
        lines.extend(["  ", &name(key), ": ", &shown, "\n"]);
    }
    if lines.is_empty() { lines } else { format!("extra:\n{lines}") }
}

/// Whether a value can be kept.
fn is_shallow(value: &Value, depth: usize) -> bool {
    match (value, depth) {
        (_, 0) => false,
        (Value::List(items), _) => items.iter().all(|item| is_shallow(item, depth - 1)),
        (Value::Map(entries), _) => entries.iter().all(|(_, value)| is_shallow(value, depth - 1)),
        _ => true,
    }
}

/// A key of YAML.
fn name(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && !matches!(plain(key).as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null");
    if is_plain { key.to_owned() } else { crate::yaml::quoted(&sound(key)) }
}

/// A value in one line of YAML.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number.parse::<f64>().is_ok_and(f64::is_finite) => number.clone(),
        Value::Text(text) | Value::Number(text) if text.contains('\n') || text.trim() != text || text.is_empty() => {
            crate::yaml::quoted(&sound(text))
        }
        Value::Text(text) | Value::Number(text) => item(text),
        Value::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{}: {}", name(key), written(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text that may stand within brackets: what looks like a number or a switch is quoted, because it was a text.
fn item(text: &str) -> String {
    let plain = super::super::article::scalar(text);
    let is_other = plain.parse::<f64>().is_ok() || plain == "true" || plain == "false";
    if plain.starts_with('"') || (!plain.contains([',', '[', ']', '{', '}', ':', '#']) && !is_other) {
        plain
    } else {
        crate::yaml::quoted(&sound(text))
    }
}

/// A text without what no file of Guidepost's may have.
fn sound(text: &str) -> String {
    text.chars().filter(|c| !crate::html::is_forbidden(*c) || *c == '\n').collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read_in_three_forms() {
        for text in [
            "---\ntitle: A\ntags: [x, y]\nDate: 2015-03-04\n---\nText\n",
            "+++\ntitle = \"A\"\ntags = [\"x\", \"y\"]\ndate = 2015-03-04\n+++\nText\n",
            "{\n\"title\": \"A\", \"tags\": [\"x\", \"y\"], \"date\": \"2015-03-04\"}\nText\n",
        ] {
            let (values, body_at) = part(text, true).unwrap().unwrap();
            assert_eq!(&text[body_at..], "Text\n");
            assert_eq!(values.text("title").as_deref(), Some("A"), "{text}");
            assert_eq!(values.list("tags"), ["x", "y"], "{text}");
            assert_eq!(values.text("date").as_deref(), Some("2015-03-04"), "{text}");
        }
        assert_eq!(part("Text\n", true), Ok(None));
        assert_eq!(part("+++\na = 1\n+++\n", false), Ok(None));
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        for (text, message) in [
            ("---\ntitle: A\n", "its front matter begins and never ends"),
            ("---\ntitle: A\n: [\n---\n", "line "),
            ("+++\na = 1\nb = \n+++\n", "line 3: this is no TOML"),
            ("{\"a\": ", "its front matter is no JSON"),
            ("---\n- a\n- b\n---\n", "line 2: "),
        ] {
            let problem = part(text, true).unwrap_err();
            assert!(problem.starts_with(message), "{text}: {problem}");
        }
        let bomb: String = (0..12).map(|n| format!("k{n}: &k{n} [{}]\n", format!("*k{}, ", n.max(1) - 1).repeat(9))).collect();
        assert!(part(&format!("---\n{}---\n", bomb.replacen("*k0, ", "x, ", 9)), false).is_err());
        let deep = format!("+++\na = {}1{}\n+++\n", "[".repeat(30_000), "]".repeat(30_000));
        assert!(part(&deep, true).is_err());
        let deep = format!("{{\"a\": {}1{}}}\n", "[".repeat(30_000), "]".repeat(30_000));
        assert!(part(&deep, true).is_err());
    }

    #[test]
    fn what_is_kept_reads_as_it_was() {
        let text = "---\na: 1\nb: \"1\"\nc: [x, 'y, z', 2.5, true, 'no']\n\"d e\": {f: \"g: h\", on: ''}\ni: |\n  one\n  two\nj: \"#x\"\n---\n";
        let (values, _) = part(text, false).unwrap().unwrap();
        let again = parse(&extra(&values.0), Form::Yaml, 0).unwrap();
        assert_eq!(again.group("extra"), values);
    }
}
