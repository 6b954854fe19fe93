//! One file of words: reading it, and what can be wrong with it.
//!
//! Of a file that is wrong in one place the rest is used, so that all that is wrong is said at once.

use std::collections::BTreeMap;

use super::fill::slots;
use super::{NUMBER, SCRIPTS, Text, WordFile};
use crate::article::is_language;
use crate::diagnostic::{Diagnostic, Place, did_you_mean, list_of, nearest};
use crate::text;
use crate::yaml::{Document, Node, Value};

/// The categories of numbers that CLDR knows.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// What a day is made of.
const DAY: [&str; 3] = ["day", "month", "year"];

/// What a file says.
#[derive(Debug)]
pub(super) struct LanguageFile {
    /// The language, in lower case.
    pub code: String,
    /// What the language is called in itself.
    pub name: Option<String>,
    pub day: Option<String>,
    pub months: Option<Vec<String>>,
    /// The texts by their keys; those of scripts begin with `scripts.`.
    pub entries: BTreeMap<String, Entry>,
    is_own: bool,
}

/// What a file says at one key.
#[derive(Debug)]
pub(super) struct Entry {
    pub text: Text,
    place: Place,
    /// Where each text stands: one, or as many as there are forms.
    texts: Vec<(String, Place)>,
}

impl LanguageFile {
    /// Reads a file; `None` if there is nothing to be read.
    pub fn read(file: &WordFile, problems: &mut Vec<Diagnostic>) -> Option<LanguageFile> {
        let code = file.name.strip_suffix(".yaml").filter(|code| is_language(code));
        let Some(code) = code else {
            let message = format!("`{}` is not called as a file of words is", file.name);
            let problem = Diagnostic::warning("bad-words", message).at(Place::file(file.origin.clone()));
            problems.push(problem.hint("call it by the language and `.yaml`, as `es.yaml` or `pt-BR.yaml`"));
            return None;
        };
        let mut found = LanguageFile {
            code: code.to_ascii_lowercase(),
            name: None,
            day: None,
            months: None,
            entries: BTreeMap::new(),
            is_own: file.is_own,
        };
        let before = problems.len();
        let text = text::decode(&file.origin, &file.bytes, problems);
        if problems[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        match Document::parse(file.origin.clone(), &text, 0) {
            Ok(document) => found.take(&document, problems),
            Err(problem) => problems.push(problem),
        }
        Some(found)
    }

    fn take(&mut self, document: &Document<'_>, problems: &mut Vec<Diagnostic>) {
        let mut seen: Vec<Node<'_>> = Vec::new();
        for node in document.nodes() {
            if let Some(first) = seen.iter().find(|first| first.key == node.key) {
                let line = first.key_place().span.map_or(0, |span| span.line);
                let problem = Diagnostic::error("duplicate-key", format!("`{}` is given twice: first in line {line}", node.key));
                problems.push(problem.at(node.key_place()).hint("keep one of the two"));
                continue;
            }
            seen.push(node);
            let taken = match node.key {
                "language" => text_of(&node).map(|name| self.name = Some(name)),
                "day" => day(&node).map(|day| self.day = Some(day)),
                "months" => months(&node).map(|months| self.months = Some(months)),
                SCRIPTS => node.children().map(|children| {
                    for child in children {
                        let key = format!("{SCRIPTS}.{}", child.key);
                        problems.extend(self.take_text(key, &child).err());
                    }
                }),
                key => self.take_text(key.to_owned(), &node),
            };
            problems.extend(taken.err());
        }
    }

    fn take_text(&mut self, key: String, node: &Node<'_>) -> Result<(), Diagnostic> {
        let place = node.key_place();
        let (text, texts) = match node.value {
            Value::Map(_) => {
                let forms = node.children()?;
                if let Some(form) = forms.iter().find(|form| !CATEGORIES.contains(&form.key)) {
                    let message = format!("`{}` is no kind of number", form.key);
                    let mut problem = Diagnostic::error("bad-words", message).at(form.key_place());
                    problem.hint = did_you_mean(form.key, CATEGORIES)
                        .or_else(|| Some(format!("the forms of a text are {}", list_of(&CATEGORIES))));
                    return Err(problem);
                }
                let texts: Result<Vec<_>, Diagnostic> = forms.iter().map(|form| Ok((text_of(form)?, form.place()))).collect();
                let texts = texts?;
                let by_category: BTreeMap<String, String> =
                    forms.iter().zip(&texts).map(|(form, (text, _))| (form.key.to_owned(), text.clone())).collect();
                if !by_category.contains_key("other") {
                    let problem = Diagnostic::error("bad-words", format!("`{}` has no form `other`", node.key)).at(place);
                    return Err(problem.hint("add `other:`, the form for every number that has none of its own"));
                }
                (Text::Counted(by_category), texts)
            }
            _ => {
                let text = text_of(node)?;
                (Text::Plain(text.clone()), vec![(text, node.place())])
            }
        };
        self.entries.insert(key, Entry { text, place, texts });
        Ok(())
    }
}

/// A text that says something.
fn text_of(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = node.text()?;
    if text.trim().is_empty() {
        let problem = Diagnostic::error("bad-words", format!("`{}` says nothing", node.key)).at(node.place());
        return Err(problem.hint("write its words, or take the line out: then it is as it would be without"));
    }
    Ok(text)
}

fn day(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = text_of(node)?;
    let wrong = slots(&text).into_iter().find(|slot| !DAY.contains(slot));
    match wrong {
        Some(slot) => Err(unknown_slot(slot, &DAY, node.place())),
        None => Ok(text),
    }
}

fn months(node: &Node<'_>) -> Result<Vec<String>, Diagnostic> {
    let items = node.items()?;
    if items.len() != 12 {
        let message = format!("a year has 12 months, and here are {}", items.len());
        let problem = Diagnostic::error("bad-words", message).at(node.key_place());
        return Err(problem.hint("write them as they stand in a date: `months: [January, February, …]`"));
    }
    items.iter().map(text_of).collect()
}

fn unknown_slot(slot: &str, known: &[&str], place: Place) -> Diagnostic {
    let problem = Diagnostic::error("bad-words", format!("nothing is put into `{{{slot}}}` here")).at(place);
    let names: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match (nearest(slot, known.iter().copied()), known) {
        (Some(near), _) => problem.hint(format!("did you mean `{{{near}}}`?")),
        (None, []) => problem.hint("this text has no places"),
        (None, _) => problem.hint(format!("what can be put here is {}", list_of(&names))),
    }
}

/// The words that there are, as the English files have them.
#[derive(Debug, Default)]
pub(super) struct Known {
    slots: BTreeMap<String, Vec<String>>,
}

impl Known {
    /// Checks an English file, and knows its words from then on.
    pub fn add(&mut self, file: &LanguageFile, problems: &mut Vec<Diagnostic>) {
        self.check(file, problems);
        for (key, entry) in &file.entries {
            let all = entry.texts.iter().flat_map(|(text, _)| slots(text).into_iter().map(str::to_owned));
            self.slots.entry(key.clone()).or_insert_with(|| {
                let mut slots: Vec<String> = all.collect();
                slots.sort();
                slots.dedup();
                slots
            });
        }
    }

    /// Whether a file's words are there, and have the places that they may have. A theme may bring words of its own; one
    /// that is called almost like one that there is was probably meant to be it.
    pub fn check(&self, file: &LanguageFile, problems: &mut Vec<Diagnostic>) {
        for (key, entry) in file.entries.iter().filter(|_| file.is_own) {
            let Some(known) = self.slots.get(key) else {
                let near = nearest(key, self.slots.keys().map(String::as_str)).filter(|near| !file.entries.contains_key(*near));
                problems.extend(near.map(|near| near_miss(key, near, entry)));
                continue;
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            if matches!(entry.text, Text::Counted(_)) && !known.contains(&NUMBER) {
                let message = format!("`{key}` is said of no number, so it has one form");
                problems.push(Diagnostic::error("bad-words", message).at(entry.place.clone()).hint("write one text"));
                continue;
            }
            for (text, place) in &entry.texts {
                let wrong = slots(text).into_iter().filter(|slot| !known.contains(slot));
                problems.extend(wrong.map(|slot| unknown_slot(slot, &known, place.clone())));
            }
        }
    }
}

fn near_miss(key: &str, near: &str, entry: &Entry) -> Diagnostic {
    let (key, near) = (key.rsplit('.').next().unwrap_or(key), near.rsplit('.').next().unwrap_or(near));
    let message = format!("the theme has no word `{key}`, but `{near}`");
    let problem = Diagnostic::warning("unknown-word", message).at(entry.place.clone());
    problem.hint(format!("did you mean `{near}`? A word of your own is better called something else"))
}
