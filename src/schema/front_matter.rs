//! The schema of an article's front matter.

use serde_json::{Map, Value, json};

use super::{choice, described, document, group, language, optional_text, text, texts, web_address, yes_or_no};
use crate::article::KEYS;
use crate::settings::TagSettings;

/// The schema: every key under every name that it goes by. `tags` are the settings' of the site it is for: where they list
/// the tags that may be used, no other passes.
pub fn front_matter(tags: &TagSettings) -> Value {
    let mut schema = document("Front matter of a Guidepost article", "The facts between the lines `---` that begin a file.");
    let mut properties = Map::new();
    let mut spellings = Map::new();
    for (key, aliases) in KEYS {
        let Some((value, words)) = of_key(key, tags) else { continue };
        properties.insert((*key).to_owned(), described(value.clone(), words));
        spellings.insert(spellings_of(key), value.clone());
        for alias in *aliases {
            let value = of_alias(alias).unwrap_or_else(|| value.clone());
            let mut entry = described(value.clone(), &format!("The same as `{key}`. {words}"));
            // Editors offer each key once, by its own name.
            entry["doNotSuggest"] = true.into();
            properties.insert((*alias).to_owned(), entry);
            spellings.insert(spellings_of(alias), value);
        }
    }
    schema.insert("properties".into(), properties.into());
    schema.insert("patternProperties".into(), spellings.into());
    schema.insert("additionalProperties".into(), false.into());
    schema.into()
}

/// `publish_on` in the spellings that mean it: `publish-on`, `publishOn`, `Publish On`.
fn spellings_of(key: &str) -> String {
    let letters = |word: &str| word.chars().map(|c| format!("[{}{c}]", c.to_uppercase())).collect::<String>();
    let mut pattern = String::from("^");
    for (number, word) in key.split('_').enumerate() {
        let (first, rest) = word.split_at(1);
        pattern.push_str(&match number {
            0 => letters(word),
            _ => format!("([-_ ]{}|{}){}", letters(first), first.to_uppercase(), letters(rest)),
        });
    }
    pattern + "$"
}

/// What a key may hold, and what it is for. A key without an entry here fails a test.
fn of_key(key: &str, tag_settings: &TagSettings) -> Option<(Value, &'static str)> {
    Some(match key {
        "title" => (text(), "The title. Without it, the first heading or else the file's name is the title."),
        "date" => (date(), "The day of first publication, as 2026-11-22 or 2026-11-22 10:00. Not published before it."),
        "updated" => (date(), "The last change that is worth telling readers of."),
        "publish_on" => (date(), "Not published before that day, whatever `date` says."),
        "expires" => (date(), "Not published after that day."),
        "review_by" => (date(), "When the advice must be looked at again. Past it there is a warning."),
        "owner" => (optional_text(), "Who looks at it again, and whom readers may ask: a name, or a key of `authors`."),
        "description" => (optional_text(), "One sentence for lists, search engines and previews."),
        "summary" => (optional_text(), "The opening; else what stands before <!--more-->, else the first paragraph."),
        "tags" => (tags(tag_settings), "Tags: [networking, email]."),
        "draft" => (yes_or_no(), "Whether it is a draft, which no build publishes."),
        "published" => (yes_or_no(), "The opposite of `draft`."),
        "status" => (status(), "WordPress's word for it: what is not published is a draft."),
        "slug" => (optional_text(), "The last part of the address."),
        "permalink" => (text(), "The whole address from the site's root, as /offers/salary-talks/."),
        "aliases" => (texts(), "Old addresses, which lead to this article."),
        "authors" => (texts(), "Who wrote it: names, or keys of `authors` in the settings."),
        "series" => (optional_text(), "The name of the series that it is a part of."),
        "weight" => (
            json!({ "type": ["integer", "string"], "pattern": "^\\s*[+-]?[0-9]+\\s*$" }),
            "Its place in its section or series: the lowest comes first.",
        ),
        "image" => (image(), "The picture for previews: a file of this site. It needs `image_alt`."),
        "image_alt" => (optional_text(), "What the picture says, in words."),
        "lang" => (language(&["string", "null"]), "Its language, where that is not the site's: es, pt-BR."),
        "kind" => (choice(&["article", "agenda", "tip"]), "What it is: an article, an agenda of steps, or a tip."),
        "icon" => {
            (optional_text(), "In a section's own page: a mark of the theme for the section, such as `people` or `compass`.")
        }
        "template" => (optional_text(), "A template of your own theme that shows it."),
        "appeared_in" => (appeared_in(), "Where a version of it appeared before."),
        "id" => (optional_text(), "Its permanent id in feeds; it must never change."),
        "canonical" => (web_address(), "The address that search engines shall take for the original."),
        "noindex" => (yes_or_no(), "Whether search engines are asked to leave it out."),
        "feed" => (yes_or_no(), "Whether feeds carry it."),
        "search" => (yes_or_no(), "Whether the site's own search finds it."),
        "toc" => (yes_or_no(), "Whether its page shows contents."),
        "related" => (texts(), "Articles of this site to show first among the related ones: files, or [[names]] in quotes."),
        "duration" => (optional_text(), "How long an agenda takes: 30 min, 1 h 30 min."),
        "audience" => (optional_text(), "Whom it is for."),
        "extra" => (json!({ "type": ["object", "null"] }), "Keys of your own, for templates of your own."),
        _ => return None,
    })
}

/// What may stand under another name of a key, where that is more than under its own: other generators' layouts and types
/// say nothing.
fn of_alias(alias: &str) -> Option<Value> {
    matches!(alias, "type" | "layout").then(optional_text)
}

/// A day or a moment, as [`crate::article::When::parse`] reads them, or nothing after the key.
fn date() -> Value {
    const DAY: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    const CLOCK: &str = "[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]+)?)?";
    const OFFSET: &str = "([Zz]|UTC|GMT|[+-][0-9]{1,2}(:?[0-9]{2})?)";
    json!({
        "type": ["string", "integer", "null"],
        "pattern": format!("^\\s*{DAY}([Tt ]\\s*{CLOCK}\\s*{OFFSET}?)?\\s*$"),
        "minimum": 100_000_000,
    })
}

fn tags(settings: &TagSettings) -> Value {
    if settings.allowed.is_empty() {
        return texts();
    }
    let synonyms = settings.synonyms.iter().map(|(word, _)| word);
    let mut names: Vec<&String> = Vec::new();
    for name in settings.allowed.iter().chain(synonyms) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    json!({ "anyOf": [{ "type": "array", "items": { "enum": names } }, { "enum": names }, { "type": "null" }] })
}

fn status() -> Value {
    let words = ["publish", "published", "future", "draft", "auto-draft", "pending", "private", "trash", "inherit"];
    let mut status = choice(&words);
    if let Some(ways) = status["anyOf"].as_array_mut() {
        ways.push(json!({ "type": "null" }));
    }
    status
}

fn image() -> Value {
    let mut image = group(&[
        ("image", optional_text(), "The file."),
        ("src", optional_text(), "The file."),
        ("url", optional_text(), "The file."),
        ("path", optional_text(), "The file."),
    ]);
    image["type"] = json!(["string", "object", "null"]);
    // Other generators keep more beside the file, which Guidepost does not look at.
    image["additionalProperties"] = true.into();
    image
}

fn appeared_in() -> Value {
    let mut appeared = group(&[
        ("publication", optional_text(), "The newspaper, magazine or book."),
        ("date", date(), "When."),
        ("edition", optional_text(), "Which edition."),
        ("url", web_address(), "Where it can be read."),
    ]);
    appeared["type"] = json!(["string", "object", "null"]);
    appeared
}

#[cfg(test)]
mod tests {
    use super::super::{keys_named, keys_of};
    use super::*;
    use crate::article::{ParseOptions, RawHtml, parse};
    use crate::diagnostic::Diagnostic;
    use crate::url::Base;
    use jiff::tz::TimeZone;
    use std::collections::BTreeSet;

    fn schema() -> Value {
        front_matter(&TagSettings::default())
    }

    fn problems(yaml: &str) -> Vec<Diagnostic> {
        let options =
            ParseOptions { time_zone: TimeZone::UTC, base: Base::default(), raw_html: RawHtml::Allow, smart_punctuation: true };
        parse(&"a.md".into(), format!("---\n{yaml}\n---\n").as_bytes(), &options).1
    }

    #[test]
    fn every_key_of_front_matter_has_its_words() {
        let known: BTreeSet<String> =
            KEYS.iter().flat_map(|(key, also)| std::iter::once(key).chain(also.iter())).map(|key| (*key).to_owned()).collect();
        assert_eq!(keys_of(&schema()), known);
        for (key, schema) in schema()["properties"].as_object().into_iter().flatten() {
            assert!(schema["description"].as_str().is_some_and(|words| words.ends_with(['.', ')'])), "{key}");
        }
    }

    #[test]
    fn the_keys_of_every_group_are_the_parsers() {
        let hint = problems("title: T\nappeared_in: { zzzzzzzzzzzz: 1 }").iter().find_map(|problem| problem.hint.clone());
        assert_eq!(keys_named(&hint.unwrap_or_default()), keys_of(&schema()["properties"]["appeared_in"]));
    }

    #[test]
    fn words_that_may_be_chosen_are_the_parsers() {
        for (key, is_wrong) in [("kind", "unknown-kind"), ("status", "unknown-status")] {
            for word in schema()["properties"][key]["anyOf"][0]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str)
            {
                let problems = problems(&format!("title: T\n{key}: {word}"));
                assert!(!problems.iter().any(|problem| problem.code == is_wrong), "{key}: {word}");
            }
        }
    }

    #[test]
    fn only_allowed_tags_pass_where_some_are_listed() {
        let tags = TagSettings {
            allowed: vec!["resume".into(), "offers".into()],
            synonyms: vec![("cv".into(), "resume".into())],
            ..TagSettings::default()
        };
        let schema = front_matter(&tags);
        assert_eq!(schema["properties"]["tags"]["anyOf"][0]["items"]["enum"], json!(["resume", "offers", "cv"]));
        assert_eq!(schema["properties"]["categories"]["anyOf"][1]["enum"], json!(["resume", "offers", "cv"]));
    }
}
