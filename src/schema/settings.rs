//! The schema of `guidepost.yaml`.

use serde_json::{Map, Value, json};

use super::{described, document, group, language, optional_text, text, texts, web_address, yes_or_no};
use crate::settings::{KEYS, Settings};
use crate::theme;
use crate::theme::manifest::{Property, PropertyKind};
use crate::url::Base;

/// The schema: every key of the settings, and no other.
pub fn settings() -> Value {
    let mut schema = document("Guidepost's settings", "What a site is called, where it will stand, and how it is built.");
    let properties: Map<String, Value> =
        KEYS.iter().filter_map(|key| of_key(key).map(|(schema, words)| ((*key).to_owned(), described(schema, words)))).collect();
    schema.insert("properties".into(), properties.into());
    schema.insert("required".into(), json!(["title", "base_url"]));
    schema.insert("additionalProperties".into(), false.into());
    schema.into()
}

/// What a key may hold, and what it is for. A key without an entry here fails a test.
fn of_key(key: &str) -> Option<(Value, &'static str)> {
    let defaults = Settings::new("", Base::default());
    Some(match key {
        "title" => (text(), "The site's name."),
        "base_url" => (
            json!({ "type": "string", "pattern": "^\\s*[Hh][Tt][Tt][Pp][Ss]?://[^\\s?#\\\\]+\\s*$" }),
            "The address where the site will stand, as https://advice.example.edu/ or https://example.edu/advice/.",
        ),
        "description" => (optional_text(), "One sentence about the site, for search engines, previews and feeds."),
        "language" => (with_default(language(&["string"]), defaults.language.into()), "The site's language: en, es, pt-BR."),
        "time_zone" => (
            json!({ "type": "string", "minLength": 1, "default": "UTC", "examples": ["America/New_York", "Europe/Berlin"] }),
            "The time zone that dates without one are meant in.",
        ),
        "author" => (optional_text(), "Who writes where an article does not say: a name, or a key of `authors`."),
        "authors" => (authors(), "The people who write, each under a key that articles can name."),
        "organization" => (organization(), "Whose site it is."),
        "theme" => (
            with_default(json!({ "type": ["string", "number"] }), defaults.theme.into()),
            "The look: a folder of `themes/`, or `default`.",
        ),
        "style" => (style(), "What of the theme's look is to be otherwise: colours, widths and fonts."),
        "page_size" => (with_default(count(), defaults.page_size.into()), "How many articles a page of a listing shows."),
        "social_cards" => (
            with_default(yes_or_no(), defaults.social_cards.into()),
            "Whether a picture is made for every page that has none, to be shown where its address is shared.",
        ),
        "menu" => (menu(), "The links in the header, each as `Words: /address/`; the sections, if there are none."),
        "banner" => (banner(), "A line above everything on every page: words, or `text` and where it leads."),
        "footer" => (footer(), "What stands at the foot of every page: words, or `text` and `links`."),
        "edit_url" => (
            json!({ "type": ["string", "null"], "pattern": "^\\s*[Hh][Tt][Tt][Pp][Ss]?://\\S*\\{path\\}\\S*\\s*$" }),
            "Where an article's file can be changed, with `{path}` for the file: https://git.example.edu/advice/edit/main/{path}.",
        ),
        "feed" => (feed(&defaults), "The feeds."),
        "tags" => (tags(), "Which tags there are, and what they mean."),
        "search" => (search(), "The site's own search."),
        "markdown" => (markdown(), "What Markdown is taken to be."),
        _ => return None,
    })
}

fn with_default(mut schema: Value, default: Value) -> Value {
    schema["default"] = default;
    schema
}

/// A whole number from 1 up.
fn count() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 100_000 })
}

fn authors() -> Value {
    let mut author = group(&[
        ("name", text(), "The name that readers see."),
        ("url", web_address(), "A page about them."),
        ("email", json!({ "type": ["string", "null"], "pattern": "^\\S+@\\S+$" }), "An address that readers may write to."),
        ("role", optional_text(), "What they do, in a few words."),
    ]);
    author["type"] = json!(["object", "string", "null"]);
    json!({ "type": ["object", "null"], "additionalProperties": author })
}

fn organization() -> Value {
    let mut organization = group(&[("name", text(), "Its name."), ("url", web_address(), "Its own site.")]);
    organization["type"] = json!(["object", "string", "null"]);
    organization
}

/// The properties of the default theme; another theme may have more.
fn style() -> Value {
    let value = |kind: PropertyKind| match kind {
        PropertyKind::Colour => json!({ "anyOf": [{ "type": "string" }, colours()] }),
        PropertyKind::Length => {
            json!({ "type": "string", "pattern": "^\\s*\\+?[0-9.]+\\s*([Rr][Ee][Mm]|[Ee][Mm]|[Cc][Hh]|[Pp][Xx]|[Vv][Ww]|%)\\s*$" })
        }
        PropertyKind::Font => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
    };
    let property = |property: &Property| (property.name.clone(), described(value(property.kind), &property.about));
    let properties: Map<String, Value> = theme::built_in_properties().iter().map(property).collect();
    let other = json!({ "anyOf": [{ "type": ["string", "array"] }, colours()] });
    json!({ "type": ["object", "null"], "properties": properties, "additionalProperties": other })
}

/// A colour in light and dark.
fn colours() -> Value {
    let mut colours = group(&[
        ("light", json!({ "type": "string" }), "The colour where everything is light."),
        ("dark", json!({ "type": "string" }), "The colour where everything is dark."),
    ]);
    colours["type"] = "object".into();
    colours
}

fn banner() -> Value {
    let url = json!({ "type": ["string", "null"] });
    let mut banner = group(&[("text", text(), "What it says."), ("url", url, "Where it leads.")]);
    banner["type"] = json!(["object", "string", "null"]);
    banner["required"] = json!(["text"]);
    banner
}

fn footer() -> Value {
    let mut footer =
        group(&[("text", optional_text(), "A sentence or two."), ("links", menu(), "Links, each as `Words: /address/`.")]);
    footer["type"] = json!(["object", "string", "null"]);
    footer
}

fn menu() -> Value {
    let link = json!({ "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": { "type": "string" } });
    json!({ "anyOf": [{ "type": "array", "items": link }, { "type": "object", "additionalProperties": { "type": "string" } }] })
}

fn feed(defaults: &Settings) -> Value {
    let (limit, tag_limit) = (defaults.feed.limit.into(), defaults.feed.tag_limit.into());
    group(&[
        ("limit", with_default(count(), limit), "How many articles the site's feeds carry."),
        ("tag_limit", with_default(count(), tag_limit), "How many articles a tag's feed carries."),
        ("content", json!({ "enum": ["full", "summary"], "default": "full" }), "Whether feeds carry whole articles."),
        (
            "id_authority",
            optional_text(),
            "Who stands for the ids of articles in feeds, as `advice.example.edu,2026`; it must never change.",
        ),
    ])
}

fn tags() -> Value {
    let by_tag = |value: Value| json!({ "type": ["object", "null"], "additionalProperties": value });
    group(&[
        ("allowed", texts(), "The only tags that may be used; any may, if none are listed."),
        ("synonyms", by_tag(texts()), "Other words for a tag: `resume: [cv, resumes]`."),
        ("descriptions", by_tag(optional_text()), "A sentence about a tag, for its page."),
    ])
}

fn search() -> Value {
    let mut test = group(&[
        ("query", text(), "What somebody types."),
        ("expect", json!({ "type": "string" }), "The page that must be found: its address, or its file in `content/`."),
    ]);
    test["type"] = "object".into();
    test["required"] = json!(["query", "expect"]);
    let mut tests = json!({ "anyOf": [{ "type": "array" }, { "type": "null" }, test] });
    tests["anyOf"][0]["items"] = tests["anyOf"][2].clone();
    group(&[
        ("enabled", with_default(yes_or_no(), true.into()), "Whether the site has a search of its own."),
        (
            "synonyms",
            json!({ "type": ["object", "null"], "additionalProperties": texts() }),
            "Words, and what else a reader who types them may mean: `pay: salary`.",
        ),
        ("tests", tests, "Questions, and the page that must be among the first three answers; `guidepost check` asks them."),
    ])
}

fn markdown() -> Value {
    let raw_html = json!({ "enum": ["allow", "escape", "sanitize"], "default": "allow" });
    group(&[
        ("raw_html", raw_html, "What becomes of HTML: it stands, it is shown as text, or only what is harmless stands."),
        ("smart_punctuation", with_default(yes_or_no(), true.into()), "Whether quotes and dashes become typographic."),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::{keys_named, keys_of};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_of_the_settings_has_its_words() {
        let known: BTreeSet<String> = KEYS.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(keys_of(&settings()), known);
        for (key, schema) in settings()["properties"].as_object().into_iter().flatten() {
            assert!(schema["description"].as_str().is_some_and(|words| words.ends_with('.')), "{key}");
        }
    }

    /// Given a key that it cannot know, the parser names those that it knows.
    #[test]
    fn the_keys_of_every_group_are_the_parsers() {
        let schema = settings();
        let properties = &schema["properties"];
        for (yaml, group) in [
            ("feed: { zzzzzzzzzzzz: 1 }", &properties["feed"]),
            ("tags: { zzzzzzzzzzzz: 1 }", &properties["tags"]),
            ("search: { zzzzzzzzzzzz: 1 }", &properties["search"]),
            ("search: { tests: [{ zzzzzzzzzzzz: 1 }] }", &properties["search"]["properties"]["tests"]["anyOf"][2]),
            ("style: { ink: { zzzzzzzzzzzz: 1 } }", &properties["style"]["properties"]["ink"]["anyOf"][1]),
            ("markdown: { zzzzzzzzzzzz: 1 }", &properties["markdown"]),
            ("organization: { zzzzzzzzzzzz: 1 }", &properties["organization"]),
            ("banner: { text: T, zzzzzzzzzzzz: 1 }", &properties["banner"]),
            ("footer: { zzzzzzzzzzzz: 1 }", &properties["footer"]),
            ("authors: { x: { zzzzzzzzzzzz: 1 } }", &properties["authors"]["additionalProperties"]),
        ] {
            let (_, problems) = Settings::parse(&format!("title: T\nbase_url: https://example.org/\n{yaml}\n"));
            let hint = problems.iter().find(|problem| problem.code == "unknown-key").and_then(|problem| problem.hint.clone());
            assert_eq!(keys_named(&hint.unwrap_or_default()), keys_of(group), "{yaml}");
            assert_eq!(group["additionalProperties"], false, "{yaml}");
        }
    }
}
