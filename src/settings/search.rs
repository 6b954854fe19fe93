//! `search:` in the settings: whether the site can be searched, other words for a word, and what must be found.
//!
//! Whether a test's page exists is the plan's business, and whether it is found the search's.

use std::collections::BTreeMap;

use super::{required, required_text, texts, unknown_key, word};
use crate::diagnostic::{Diagnostic, Place};
use crate::url::Url;
use crate::yaml::{Node, Value};

/// The search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchSettings {
    /// Whether the site has one of its own.
    pub is_enabled: bool,
    /// Words, and what else a reader who types them may mean.
    pub synonyms: BTreeMap<String, Vec<String>>,
    /// What readers must find.
    pub tests: Vec<SearchTest>,
}

/// A question, and a page that must be among the first answers.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchTest {
    /// What somebody types.
    pub query: String,
    /// The page, by its address or as a file of the author's.
    pub expect: SearchGoal,
    /// Where the question stands in the settings.
    pub query_place: Place,
    /// Where the expected page stands in the settings.
    pub expect_place: Place,
}

/// The page that a search test expects.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchGoal {
    /// A page of this site.
    Page(Url),
    /// An article, by its path from `content/`.
    File(String),
}

impl Default for SearchSettings {
    fn default() -> SearchSettings {
        SearchSettings { is_enabled: true, synonyms: BTreeMap::new(), tests: Vec::new() }
    }
}

impl SearchSettings {
    /// Reads what stands below `search:`.
    pub(super) fn take(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        for child in node.children()? {
            let taken = match child.key {
                "enabled" => child.bool().map(|is_enabled| self.is_enabled = is_enabled),
                "synonyms" => other_words(&child).map(|synonyms| self.synonyms = synonyms),
                "tests" => search_tests(&child, diagnostics).map(|tests| self.tests = tests),
                other => Err(unknown_key(&child, other, &["enabled", "synonyms", "tests"])),
            };
            diagnostics.extend(taken.err());
        }
        Ok(())
    }
}

/// Every word with others for it.
fn other_words(node: &Node<'_>) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
    node.children()?.iter().map(|word| Ok((word.key.to_owned(), texts(word)?))).collect()
}

/// `- { query: a question, expect: /the/page/ }` lines, or the two keys below each other.
fn search_tests(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<SearchTest>, Diagnostic> {
    let mut tests = Vec::new();
    // `query` and `expect` without a hyphen before them are one test.
    for entry in node.items()? {
        match search_test(&entry, diagnostics) {
            Ok(test) => tests.extend(test),
            Err(problem) => diagnostics.push(problem),
        }
    }
    Ok(tests)
}

/// One test; none if a key of it is wrong or missing, which is reported.
fn search_test(entry: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<SearchTest>, Diagnostic> {
    if !matches!(entry.value, Value::Map(_)) {
        let hint = "write each test as `- { query: \"thank you note\", expect: /networking/thank-you-notes/ }`";
        return Err(entry.wrong_type("a question and the page it must find").hint(hint));
    }
    let (mut query, mut expect, mut is_whole) = (None, None, true);
    for child in entry.children()? {
        let taken = match child.key {
            "query" => required_text(&child).map(|text| query = Some((text, child.place()))),
            "expect" => required(word(&child)?, &child)
                .and_then(|written| search_goal(&written).map_err(|problem| problem.at(child.place())))
                .map(|goal| expect = Some((goal, child.place()))),
            other => Err(unknown_key(&child, other, &["query", "expect"])),
        };
        is_whole &= taken.is_ok();
        diagnostics.extend(taken.err());
    }
    let missing = if query.is_none() { "query" } else { "expect" };
    match (query, expect) {
        (Some((query, query_place)), Some((expect, expect_place))) => {
            Ok(Some(SearchTest { query, expect, query_place, expect_place }))
        }
        _ if is_whole => {
            let problem = Diagnostic::error("missing-key", format!("this search test needs `{missing}`")).at(entry.place());
            Err(problem.hint("give it both: `query`, what somebody types, and `expect`, the page that must be found"))
        }
        _ => Ok(None),
    }
}

/// An address of the site, or `networking/tips.md` from `content/`.
fn search_goal(written: &str) -> Result<SearchGoal, Diagnostic> {
    if written.to_lowercase().ends_with(".md") {
        let path = written.trim_start_matches('/');
        return Ok(SearchGoal::File(path.strip_prefix("content/").unwrap_or(path).to_owned()));
    }
    Url::parse(written).map(SearchGoal::Page).map_err(|reason| {
        Diagnostic::error("bad-address", format!("`{written}` cannot be an address of the site: {reason}"))
            .hint("write it from the site's root, as `/offers/`, or name the file, as `offers/tips.md`")
    })
}
