//! What templates are given is what `themes/default/README.md` says below "What templates get": every value of every page of
//! a few sites is held against its tables, and each line of the tables against the values that were met.
//!
//! Whoever adds a value adds its line there; where it holds something on a site that has all only, `theme::fullest` is that
//! site.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use guidepost::outputs::Draft;
use guidepost::plan::Snapshot;
use tera::Value;

use crate::support::{TestSite, repository, sample};
use crate::theme::fullest;

/// What a value is, as the tables say it.
#[derive(Debug, Clone)]
enum Kind {
    Text,
    Number,
    YesOrNo,
    /// HTML or JSON, which templates show as it is.
    Ready,
    Map,
    MapOfText,
    List(Box<Kind>),
    OrNone(Box<Kind>),
    Struct(String),
}

impl Kind {
    fn read(words: &str) -> Kind {
        let inner = |words: &str| Box::new(Kind::read(words));
        match words {
            "text" => Kind::Text,
            "number" => Kind::Number,
            "yes or no" => Kind::YesOrNo,
            "HTML" | "JSON" => Kind::Ready,
            "map" => Kind::Map,
            "map of text" => Kind::MapOfText,
            _ => match (words.strip_suffix(" or none"), words.strip_prefix("list of ")) {
                (Some(words), _) => Kind::OrNone(inner(words)),
                (None, Some(words)) => Kind::List(inner(words)),
                (None, None) => {
                    assert!(words.chars().next().is_some_and(char::is_uppercase), "the README calls a value `{words}`");
                    Kind::Struct(words.to_owned())
                }
            },
        }
    }
}

/// The tables of the README.
struct Tables {
    /// What every template gets.
    common: BTreeSet<String>,
    /// What each template gets besides; the last row is an article's own template.
    templates: BTreeMap<String, BTreeSet<String>>,
    values: BTreeMap<String, Kind>,
    structs: BTreeMap<String, BTreeMap<String, Kind>>,
}

fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

impl Tables {
    fn read() -> Tables {
        let readme = fs::read_to_string(repository().join("themes/default/README.md")).unwrap();
        let text = readme.split("\n## What templates get\n").nth(1).expect("the README says what templates get");
        let mut tables =
            Tables { common: BTreeSet::new(), templates: BTreeMap::new(), values: BTreeMap::new(), structs: BTreeMap::new() };
        let sentence = text.split("Every template gets").nth(1).and_then(|rest| rest.split('.').next());
        tables.common = quoted(sentence.expect("the README says what every template gets"));
        let (mut within, mut is_templates) = (None, false);
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("### ") {
                within = heading.split_once(" (").map(|(value, kind)| {
                    let kind = kind.trim_end_matches(')').to_owned();
                    tables.values.insert(value.trim_matches('`').to_owned(), Kind::Struct(kind.clone()));
                    kind
                });
                continue;
            }
            let Some(row) = line.strip_prefix("| ") else { continue };
            let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
            match cells.as_slice() {
                ["Template", ..] => is_templates = true,
                ["Value" | "Key", ..] => is_templates = false,
                [names, values] if is_templates => {
                    for name in quoted(names) {
                        tables.templates.insert(name, quoted(values));
                    }
                }
                [key, kind, _] if key.starts_with('`') => {
                    let key = key.trim_matches('`');
                    let kind = Kind::read(kind);
                    let (owner, key) = match (key.split_once('.'), &within) {
                        (Some((owner, key)), _) => (owner.to_owned(), key),
                        (None, Some(owner)) => (owner.clone(), key),
                        (None, None) => {
                            tables.values.insert(key.to_owned(), kind);
                            continue;
                        }
                    };
                    let twice = tables.structs.entry(owner.clone()).or_default().insert(key.to_owned(), kind);
                    assert!(twice.is_none(), "the README has `{owner}.{key}` twice");
                }
                _ => {}
            }
        }
        tables
    }
}

/// What was met, and what did not fit.
#[derive(Default)]
struct Met {
    /// Lines of the tables that a value was met of.
    with_value: BTreeSet<String>,
    /// Lines with “or none” of which nothing was met.
    without: BTreeSet<String>,
    wrong: BTreeSet<String>,
}

impl Met {
    fn page(&mut self, template: &str, values: &[(&str, &Value)], tables: &Tables) {
        let own = "template".to_owned();
        let (name, also) = tables.templates.get_key_value(template).unwrap_or((&own, &tables.templates[&own]));
        self.with_value.insert(name.clone());
        let given: BTreeSet<String> = values.iter().map(|(name, _)| (*name).to_owned()).collect();
        let promised: BTreeSet<String> = tables.common.union(also).cloned().collect();
        for name in given.symmetric_difference(&promised) {
            let is = if given.contains(name) { "is given it, and the README does not say so" } else { "is not given it" };
            self.wrong.insert(format!("`{template}`, `{name}`: {is}"));
        }
        for (name, value) in values {
            match tables.values.get(*name) {
                Some(kind) => self.value(name, value, kind, tables),
                None => drop(self.wrong.insert(format!("`{name}`: the README does not say what it is"))),
            }
        }
    }

    fn value(&mut self, line: &str, value: &Value, kind: &Kind, tables: &Tables) {
        let fits = match kind {
            Kind::Text => value.as_str().is_some() && !value.is_safe(),
            Kind::Ready => value.as_str().is_some() && value.is_safe(),
            Kind::Number => value.is_number(),
            Kind::YesOrNo => value.as_bool().is_some(),
            Kind::Map => value.as_map().is_some(),
            Kind::MapOfText => value.as_map().is_some_and(|map| map.values().all(|value| value.as_str().is_some())),
            Kind::List(_) if value.as_array().is_some_and(<[Value]>::is_empty) => return,
            Kind::List(kind) => {
                value.as_array().into_iter().flatten().for_each(|item| self.value(line, item, kind, tables));
                value.as_array().is_some()
            }
            Kind::OrNone(_) if value.is_none() => {
                self.without.insert(line.to_owned());
                return;
            }
            Kind::OrNone(kind) => return self.value(line, value, kind, tables),
            Kind::Struct(name) => {
                self.fields(name, value, tables);
                value.as_map().is_some()
            }
        };
        self.with_value.insert(line.to_owned());
        if !fits {
            self.wrong.insert(format!("`{line}`: it is {}, and the README says {kind:?}", value.name()));
        }
    }

    fn fields(&mut self, name: &str, value: &Value, tables: &Tables) {
        let (Some(fields), Some(map)) = (tables.structs.get(name), value.as_map()) else {
            self.wrong.insert(format!("`{name}`: the README does not say what it has"));
            return;
        };
        let given: BTreeMap<&str, &Value> = map.iter().filter_map(|(key, value)| Some((key.as_str()?, value))).collect();
        for key in given.keys().filter(|key| !fields.contains_key(**key)) {
            self.wrong.insert(format!("`{name}.{key}`: it is given, and the README does not say so"));
        }
        for (key, kind) in fields {
            match given.get(key.as_str()) {
                Some(value) => self.value(&format!("{name}.{key}"), value, kind, tables),
                None => drop(self.wrong.insert(format!("`{name}.{key}`: the README has it, and it is not given"))),
            }
        }
    }
}

/// Sites that together have and lack everything.
fn sites() -> Vec<Snapshot> {
    let bare = [
        (
            "guidepost.yaml",
            "title: T\nbase_url: https://example.org/\norganization: O\nbanner: B\ntheme: own\nsearch: { enabled: false }\n",
        ),
        ("content/only.md", "---\ntemplate: wide\nimage: odd.png\nimage_alt: Odd\nauthors: [Somebody]\n---\nJust words."),
        ("content/odd.png", "no picture"),
        ("content/old.md", "---\ntitle: Old\nappeared_in: The Paper\n---\n"),
        ("content/steps.md", "---\ntitle: Steps\nkind: agenda\n---\n\n- [ ] One\n"),
        ("content/said.md", "---\ntitle: Said\nappeared_in: { date: 2020-01-01 }\n---\n"),
        ("themes/own/templates/wide.html", "{% extends \"reading.html\" %}"),
        ("themes/own/assets/site.css", "body { color: red }"),
    ];
    let full = ["article", "tip", "agenda"].map(|kind| fullest(kind).snapshot());
    full.into_iter()
        .chain([TestSite::new(&bare).snapshot(), TestSite::new(&[]).snapshot(), sample("https://example.org/")])
        .collect()
}

#[test]
fn the_documentation_of_views_is_true() {
    let tables = Tables::read();
    assert!(tables.templates.len() > 8 && tables.values.len() > 12 && tables.structs.len() > 15, "the tables are gone");
    let mut met = Met::default();
    for snapshot in sites() {
        for output in &snapshot.plan.outputs {
            if let Draft::View(view) = output.compose(&snapshot).unwrap() {
                met.page(view.template(), &view.values().collect::<Vec<_>>(), &tables);
            }
        }
    }
    let fields =
        tables.structs.iter().flat_map(|(name, fields)| fields.iter().map(move |(key, kind)| (format!("{name}.{key}"), kind)));
    let values = tables.values.iter().map(|(name, kind)| (name.clone(), kind));
    for (line, kind) in fields.chain(values) {
        if !met.with_value.contains(&line) {
            met.wrong.insert(format!("`{line}`: no page of this test's sites has it"));
        }
        if matches!(kind, Kind::OrNone(_)) && !met.without.contains(&line) {
            met.wrong.insert(format!("`{line}`: no page of this test's sites has none of it"));
        }
    }
    for template in tables.templates.keys().filter(|template| !met.with_value.contains(*template)) {
        met.wrong.insert(format!("`{template}`: no page of this test's sites is made with it"));
    }
    let wrong: Vec<&str> = met.wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "themes/default/README.md and what templates are given differ:\n{}", wrong.join("\n"));
}
