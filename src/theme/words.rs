//! The words of a theme in the language of a site: what its files in `languages/` say, laid over each other.
//!
//! The English file of the default theme is the bottom, and says which words there are. Over it lie the files of the
//! site's language, the wider before the narrower (`es` before `es-MX`), and of each the default theme's before a site's
//! own. How a file is written, and what can be wrong with it, is `file`'s business; how things are put into a text `fill`'s.

mod file;
mod fill;

use std::collections::BTreeMap;
use std::sync::Arc;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil;
use serde::Serialize;

use self::file::{Known, LanguageFile};
pub use self::fill::{NO_TEXT, fill_html};
use self::fill::{Piece, pieces};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Digester};
use crate::html::json_for_script;

/// The folder of the files, in a theme.
pub const FOLDER: &str = "languages/";
/// The script that gets the words which scripts say, and the group of keys that they are in.
pub const SCRIPT: &str = "words.js";
const SCRIPTS: &str = "scripts";
/// The language that has all words.
const ENGLISH: &str = "en";
/// The name of the number that decides between the forms of a text.
const NUMBER: &str = "n";

/// What stands at one key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Text {
    /// A text.
    Plain(String),
    /// One for each category of numbers, as CLDR calls them: `one`, `other` and what else the language has.
    Counted(BTreeMap<String, String>),
}

/// The words of a theme in one language.
#[derive(Debug)]
pub struct Words {
    /// The language that they are in, as a browser's `Intl` takes it: the site's own, or English where there are no others.
    pub language: String,
    /// Whether the site's language has words.
    pub has_language: bool,
    /// The languages that there are words of: code and name.
    pub languages: Vec<(String, String)>,
    texts: BTreeMap<String, Text>,
    /// What scripts say.
    scripts: BTreeMap<String, Text>,
    /// How a day is written.
    day: String,
    months: Vec<String>,
    plurals: Option<Arc<PluralRules>>,
}

/// A file of words, as a theme holds it.
#[derive(Debug, Clone)]
pub struct WordFile {
    /// Its name within `languages/`, such as `es.yaml`.
    pub name: String,
    /// Where it is, for messages.
    pub origin: Arc<str>,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it is a file of the site's.
    pub is_own: bool,
}

impl Words {
    /// The words for a site's language, of the files of all themes, the furthest first; and what is wrong with the files.
    pub fn new(language: &str, files: &[WordFile]) -> (Words, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let files: Vec<LanguageFile> = files.iter().filter_map(|file| LanguageFile::read(file, &mut problems)).collect();
        let mut known = Known::default();
        files.iter().filter(|file| file.code == ENGLISH).for_each(|file| known.add(file, &mut problems));
        files.iter().filter(|file| file.code != ENGLISH).for_each(|file| known.check(file, &mut problems));

        let steps = steps(language);
        let has_language = files.iter().any(|file| steps.contains(&file.code));
        let mut words = Words {
            language: if has_language { language.to_owned() } else { ENGLISH.to_owned() },
            has_language,
            languages: names(&files),
            texts: BTreeMap::new(),
            scripts: BTreeMap::new(),
            day: String::new(),
            months: Vec::new(),
            plurals: None,
        };
        words.plurals = plurals(&words.language).or_else(|| plurals(ENGLISH)).map(Arc::new);
        let is_english = |step: &String| step != ENGLISH;
        for step in [ENGLISH.to_owned()].iter().chain(steps.iter().filter(|step| is_english(step))) {
            files.iter().filter(|file| file.code == *step).for_each(|file| words.lay(file));
        }
        (words, problems)
    }

    /// Lays a file over what there is.
    fn lay(&mut self, file: &LanguageFile) {
        for (key, entry) in &file.entries {
            match key.strip_prefix(SCRIPTS).and_then(|key| key.strip_prefix('.')) {
                Some(key) => self.scripts.insert(key.to_owned(), entry.text.clone()),
                None => self.texts.insert(key.clone(), entry.text.clone()),
            };
        }
        if let Some(day) = &file.day {
            self.day.clone_from(day);
        }
        if let Some(months) = &file.months {
            self.months.clone_from(months);
        }
    }

    /// A text into which nothing is put.
    pub fn get(&self, key: &str) -> &str {
        self.form(key, 0)
    }

    /// A text with what belongs in its places.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        filled(self.get(key), value)
    }

    /// A day as readers see it.
    pub fn day(&self, day: civil::Date) -> String {
        let month = usize::try_from(day.month()).ok().and_then(|number| self.months.get(number - 1)).map_or("", String::as_str);
        let (of_month, year) = (day.day().to_string(), day.year().to_string());
        filled(&self.day, |name| match name {
            "day" => &of_month,
            "month" => month,
            "year" => &year,
            _ => "",
        })
    }

    /// The form of a text for a number.
    fn form(&self, key: &str, number: u64) -> &str {
        match self.texts.get(key) {
            Some(Text::Plain(text)) => text,
            Some(Text::Counted(forms)) => {
                forms.get(self.category(number)).or_else(|| forms.get("other")).map_or("", String::as_str)
            }
            None => "",
        }
    }

    /// The category of a number in this language.
    fn category(&self, number: u64) -> &'static str {
        category(self.plurals.as_deref(), number)
    }

    /// What decides between the forms of a text, for templates.
    pub fn categories(&self) -> impl Fn(u64) -> &'static str + Send + Sync + use<> {
        let plurals = self.plurals.clone();
        move |number| category(plurals.as_deref(), number)
    }

    /// The beginning of the script `words.js`: the language and what scripts say in it.
    pub fn script(&self) -> String {
        let (language, words) = (json_for_script(&self.language), json_for_script(&self.scripts));
        format!("export const language = {language};\nexport const words = {words};\n")
    }

    /// Tells these words from all others.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        digester.add(self.language.as_bytes()).add(json_for_script(self).as_bytes());
        digester.add(self.day.as_bytes()).add(json_for_script(&self.months).as_bytes()).finish()
    }
}

/// What templates get: every text by its key, without those of scripts.
impl Serialize for Words {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.texts.serialize(serializer)
    }
}

/// The codes of a language from the widest to the narrowest, in lower case: `es`, `es-mx`.
fn steps(language: &str) -> Vec<String> {
    let language = language.to_ascii_lowercase();
    let ends = language.match_indices('-').map(|(at, _)| at).chain([language.len()]);
    ends.map(|end| language[..end].to_owned()).collect()
}

/// Code and name of each language that there is a file of.
fn names(files: &[LanguageFile]) -> Vec<(String, String)> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let name = names.entry(file.code.clone()).or_default();
        if let Some(stated) = &file.name {
            name.clone_from(stated);
        }
    }
    names.into_iter().collect()
}

/// The rules of a language, which CLDR has for all that are widely written.
fn plurals(language: &str) -> Option<PluralRules> {
    let locale: Locale = language.parse().ok()?;
    PluralRules::try_new_cardinal(locale.into()).ok()
}

fn category(plurals: Option<&PluralRules>, number: u64) -> &'static str {
    match plurals.map(|plurals| plurals.category_for(number)) {
        Some(PluralCategory::Zero) => "zero",
        Some(PluralCategory::One) => "one",
        Some(PluralCategory::Two) => "two",
        Some(PluralCategory::Few) => "few",
        Some(PluralCategory::Many) => "many",
        Some(PluralCategory::Other) | None => "other",
    }
}

/// A text with what belongs in its places; a link is its words.
fn filled<'v>(text: &str, value: impl Fn(&str) -> &'v str) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    pieces(text, &mut |piece| match piece {
        Piece::Text(text) => filled.push_str(text),
        Piece::Slot(name) => filled.push_str(value(name)),
        Piece::Link(_) | Piece::EndLink => {}
    });
    filled
}
