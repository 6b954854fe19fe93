//! Titles and descriptions: what tells a page from the others in a list, a tab, or the results of a search engine.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::{folded, language};
use crate::diagnostic::Diagnostic;
use crate::site::{ArticleId, At, Finding, Site};

/// Search engines show about so many characters of a title.
const LONGEST_TITLE: usize = 70;
/// And so many of a description.
const LONGEST_DESCRIPTION: usize = 160;

/// Every article but the first of those for which `text` gives the same, with that first one.
fn repeated<'s>(
    site: &'s Site,
    text: impl Fn(ArticleId) -> Option<&'s str>,
) -> impl Iterator<Item = (ArticleId, ArticleId, &'s str)> {
    let mut first: FxHashMap<(String, &str), ArticleId> = FxHashMap::default();
    let mut repeated = Vec::new();
    for id in site.ids().filter(|id| !site.head(*id).is_unread) {
        let Some(text) = text(id).filter(|text| !text.trim().is_empty()) else { continue };
        // A translation may well be called the same.
        match first.entry((folded(text), language(site, id))) {
            Entry::Occupied(entry) => repeated.push((id, *entry.get(), text)),
            Entry::Vacant(entry) => {
                entry.insert(id);
            }
        }
    }
    repeated.into_iter()
}

/// Two articles of one title.
pub fn differ(site: &Site, findings: &mut Vec<Finding>) {
    for (article, first, title) in repeated(site, |id| Some(site.head(id).title.as_str())) {
        let message = format!("`{}` is called “{title}” too, so nobody can tell the two apart", site.head(first).source);
        let hint = "say in each title what is special about it (WCAG 2.4.2)";
        let diagnostic = Diagnostic::warning("same-title", message).hint(hint);
        findings.push(Finding { article, at: At::Key("title"), diagnostic });
    }
}

/// Two articles of one description.
pub fn descriptions_differ(site: &Site, findings: &mut Vec<Finding>) {
    for (article, first, _) in repeated(site, |id| site.head(id).description.as_deref()) {
        let message =
            format!("`{}` has the same description, so lists and search results show it twice", site.head(first).source);
        let hint = "say in each what its article is about; it may have been copied with the file";
        let diagnostic = Diagnostic::warning("same-description", message).hint(hint);
        findings.push(Finding { article, at: At::Key("description"), diagnostic });
    }
}

/// A title that search engines cut off.
pub fn fit_a_line(site: &Site, findings: &mut Vec<Finding>) {
    for article in site.ids() {
        let length = site.head(article).title.chars().count();
        if length > LONGEST_TITLE {
            let message = format!("this title has {length} characters, and search engines show about {LONGEST_TITLE}");
            let hint = "begin with the words that matter, and leave the others to the description";
            let diagnostic = Diagnostic::note("long-title", message).hint(hint);
            findings.push(Finding { article, at: At::Key("title"), diagnostic });
        }
    }
}

/// A description that search engines cut off, and articles without a word about them.
pub fn descriptions_fit(site: &Site, findings: &mut Vec<Finding>) {
    for article in site.ids() {
        let head = site.head(article);
        let length = head.description.as_deref().unwrap_or("").chars().count();
        if length > LONGEST_DESCRIPTION {
            let message =
                format!("this description has {length} characters, and search engines show about {LONGEST_DESCRIPTION}");
            let diagnostic = Diagnostic::note("long-description", message).hint("say in one sentence what the article gives");
            findings.push(Finding { article, at: At::Key("description"), diagnostic });
        }
        // A section's own page may be nothing but its list.
        if head.lead().trim().is_empty() && !head.is_unread && !site.is_section_page(article) {
            let message = "nothing says in a sentence what this article is about, neither it nor its first paragraph";
            let hint = "write `description: …`; lists, previews and search engines show it";
            let diagnostic = Diagnostic::note("no-description", message).hint(hint);
            findings.push(Finding { article, at: At::Key("title"), diagnostic });
        }
    }
}
