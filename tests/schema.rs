//! JSON Schema for editors, held against what authors write: what the parsers take without a word the schemas take too,
//! and slips that matter are seen.

use std::fs;

use boon::{Compiler, SchemaIndex, Schemas};
use guidepost::article::{self, ParseOptions, RawHtml};
use guidepost::settings::{Settings, TagSettings};
use guidepost::url::Base;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::cli::{guidepost, out};
use crate::support::{TestSite, files, repository};

/// A schema, ready to be asked.
struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn new(schema: Value) -> Validator {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("https://example.org/schema.json", schema).unwrap();
        let index = compiler.compile("https://example.org/schema.json", &mut schemas).unwrap();
        Validator { schemas, index }
    }

    /// What is wrong with a YAML text, if anything is.
    fn complaint(&self, yaml: &str) -> Option<String> {
        // Guidepost's own reading of YAML; where keys are given twice or merged, an editor's is another matter.
        let value: guidepost::yaml::Value = serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error}: {yaml}"));
        let value = serde_json::to_value(value).unwrap();
        let value = if value.is_null() { Value::Object(Default::default()) } else { value };
        self.schemas.validate(&value, self.index).err().map(|error| error.to_string())
    }
}

fn settings() -> Validator {
    Validator::new(guidepost::schema::settings())
}

fn front_matter() -> Validator {
    Validator::new(guidepost::schema::front_matter(&TagSettings::default()))
}

/// The YAML of every article below a folder that the parser takes without a word.
fn sound_front_matter(folder: &str) -> Vec<(String, String)> {
    let options =
        ParseOptions { time_zone: TimeZone::UTC, base: Base::default(), raw_html: RawHtml::Allow, smart_punctuation: true };
    let articles = files(&repository().join(folder)).into_iter().filter(|(path, _)| path.ends_with(".md"));
    let sound = articles.filter(|(path, bytes)| article::parse(&path.as_str().into(), bytes, &options).1.is_empty());
    let yaml = sound.filter_map(|(path, bytes)| {
        let text = String::from_utf8(bytes).unwrap().replace('\r', "");
        let rest = text.strip_prefix("---\n")?;
        Some((path, rest[..rest.find("\n---")? + 1].to_owned()))
    });
    yaml.collect()
}

#[test]
fn what_the_parser_takes_without_a_word_the_schema_takes() {
    let validator = front_matter();
    let mut seen = 0;
    for folder in ["content", "src/cli/sample/content", "tests/sites"] {
        for (path, yaml) in sound_front_matter(folder) {
            // The value still has `<<` as it is written, which an editor takes in before it asks the schema.
            if yaml.contains("<<:") {
                continue;
            }
            assert_eq!(validator.complaint(&yaml), None, "{folder}/{path}\n{yaml}");
            seen += 1;
        }
    }
    assert!(seen > 120, "only {seen} articles were looked at");
}

#[test]
fn settings_that_are_sound_pass() {
    let validator = settings();
    let mut seen = 0;
    for folder in ["tests/sites", "src/cli/sample"] {
        for (path, bytes) in files(&repository().join(folder)).into_iter().filter(|(path, _)| path.ends_with("guidepost.yaml")) {
            let yaml = String::from_utf8(bytes).unwrap();
            if Settings::parse(&yaml).1.is_empty() {
                assert_eq!(validator.complaint(&yaml), None, "{path}\n{yaml}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "only {seen} settings were looked at");
    let own = fs::read_to_string(repository().join("guidepost.yaml")).unwrap();
    assert_eq!(validator.complaint(&own), None);
}

#[test]
fn slips_in_settings_are_seen() {
    let validator = settings();
    let sound = "title: T\nbase_url: https://example.org/\n";
    assert_eq!(validator.complaint(sound), None);
    for (slip, mentions) in [
        ("titel: T", "titel"),
        ("page_size: 0", "page_size"),
        ("page_size: many", "page_size"),
        ("feed: { limt: 3 }", "limt"),
        ("feed: { content: all }", "content"),
        ("markdown: { raw_html: forbid }", "raw_html"),
        ("authors: { sam: { nmae: Sam } }", "nmae"),
        ("menu: [{ Tips: /tips/, Offers: /offers/ }]", "menu"),
        ("search: { tests: [{ query: a }] }", "tests"),
        ("language: English (US)", "language"),
    ] {
        let yaml = format!("{sound}{slip}\n");
        assert!(!Settings::parse(&yaml).1.is_empty(), "{slip}: the parser takes it");
        let complaint = validator.complaint(&yaml).unwrap_or_else(|| panic!("{slip}: the schema takes it"));
        assert!(complaint.contains(mentions), "{slip}: {complaint}");
    }
    assert!(validator.complaint("title: T\n").is_some() && validator.complaint("base_url: https://example.org/\n").is_some());
    assert!(validator.complaint("title: T\nbase_url: example.org\n").is_some());
}

#[test]
fn slips_in_front_matter_are_seen() {
    let validator = front_matter();
    for (slip, mentions) in [
        ("tgas: [x]", "tgas"),
        ("date: 04/03/2023", "date"),
        ("date: 2026-13-01", "date"),
        ("draft: maybe", "draft"),
        ("title: [a, b]", "title"),
        ("tags: { a: b }", "tags"),
        ("kind: recipe", "kind"),
        ("status: drfat", "status"),
        ("weight: heavy", "weight"),
        ("lang: English (US)", "lang"),
        ("canonical: example.org/page", "canonical"),
        ("appeared_in: { paper: Times }", "paper"),
        ("extra: many", "extra"),
    ] {
        let complaint = validator.complaint(slip).unwrap_or_else(|| panic!("{slip}: the schema takes it"));
        assert!(complaint.contains(mentions), "{slip}: {complaint}");
    }
    for sound in [
        "publishDate: 2026-11-22",
        "publish-date: 2026-11-22 7:37",
        "Last_Modified_At: 2020-04-03T20:26:28.000Z",
        "date: 2009-12-25 10:41:06 +0000",
        "date: 2020-04-03 20:26 -4",
        "date: 1491278400",
        "layout: post",
        "title: 2026",
        "tags: one",
        "draft: no",
        "extra: { anything: [1, { deep: yes }] }",
        "duration: 30",
        "appeared_in: The Harbor Times",
    ] {
        assert_eq!(validator.complaint(sound), None, "{sound}");
    }
}

#[test]
fn the_command_prints_the_schema_and_knows_the_tags_of_its_site() {
    let folder = tempfile::tempdir().unwrap();
    let config = guidepost(folder.path(), &["schema", "config"]);
    assert_eq!(config.status.code(), Some(0));
    assert_eq!(serde_json::from_str::<Value>(&out(&config)).unwrap(), guidepost::schema::settings());

    let site = TestSite::new(&[]);
    site.write(
        "guidepost.yaml",
        "title: T\nbase_url: https://example.org/\ntags: { allowed: [offers], synonyms: { offers: [jobs] } }\n",
    );
    let printed = out(&guidepost(site.root(), &["schema", "front-matter"]));
    let validator = Validator::new(serde_json::from_str(&printed).unwrap());
    assert_eq!(validator.complaint("tags: [offers, jobs]"), None);
    assert!(validator.complaint("tags: [ofers]").is_some());
    let anywhere = out(&guidepost(folder.path(), &["schema", "front-matter"]));
    assert_eq!(Validator::new(serde_json::from_str(&anywhere).unwrap()).complaint("tags: [ofers]"), None);
}

#[test]
fn a_new_site_has_the_schema_where_its_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(guidepost(folder.path(), &["init", "my-site"]).status.code(), Some(0));
    let site = folder.path().join("my-site");
    let yaml = fs::read_to_string(site.join("guidepost.yaml")).unwrap();
    let named = yaml.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
    let schema = fs::read_to_string(site.join(named)).unwrap();
    assert_eq!(schema, out(&guidepost(&site, &["schema", "config"])));
    assert_eq!(Validator::new(serde_json::from_str(&schema).unwrap()).complaint(&yaml), None);
}
