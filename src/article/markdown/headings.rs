//! Headings: their ids, their place in the outline, and the one that becomes the title.

use std::collections::hash_map::Entry;

use pulldown_cmark::{CowStr, HeadingLevel};

use super::super::Heading;
use super::Renderer;
use super::prose::WordCounter;
use crate::diagnostic::Diagnostic;
use crate::html::escape_into;
use crate::url;

pub(super) struct OpenHeading {
    /// Where it begins in the Markdown.
    pub(super) begins: usize,
    /// Where it begins in the HTML.
    pub(super) at: usize,
    pub(super) level: u8,
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
    pub(super) text: String,
}

impl Renderer<'_> {
    pub(super) fn start_heading(&mut self, level: HeadingLevel, id: Option<CowStr<'_>>, classes: &[CowStr<'_>], begins: usize) {
        let id =
            id.map(|id| id.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect::<String>());
        let classes = classes
            .iter()
            .map(|class| class.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>())
            .filter(|class| !class.is_empty())
            .collect();
        self.heading = Some(OpenHeading {
            begins,
            at: self.out.html.len(),
            // The page's own title is its only heading of level 1.
            level: (level as u8).max(2),
            id: id.filter(|id| !id.is_empty()),
            classes,
            text: String::new(),
        });
        if level != HeadingLevel::H1 {
            self.take_title = false;
        }
    }

    pub(super) fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let inner = self.out.split_off(heading.at);
        if self.take_title && self.title.is_none() && self.out.html.trim().is_empty() && !text.is_empty() {
            self.title = Some(text);
            // The title is no part of what is read below it.
            self.words = WordCounter::default();
            self.plain.forget();
            return;
        }
        if text.is_empty() {
            let span = self.lines.span(self.origin.body_at + heading.begins, 0);
            let problem = Diagnostic::warning("empty-heading", "this heading has no words, so it is left out");
            return self.report(problem.hint("write some, or take the line out (WCAG 2.4.6)"), span);
        }
        let wanted = heading.id.unwrap_or_else(|| match url::slug(&text) {
            slug if slug.is_empty() => "section".to_owned(),
            slug => slug,
        });
        let id = self.unique_id(wanted);
        let level = heading.level;
        self.push(&format!("<h{level} id=\""));
        escape_into(&id, &mut self.out.html);
        if !heading.classes.is_empty() {
            self.push("\" class=\"");
            self.push(&heading.classes.join(" "));
        }
        self.push("\">");
        self.out.append(inner);
        self.push(&format!("</h{level}>\n"));
        self.outline.push(Heading { level, id, text });
        self.plain.end_of_heading();
    }

    /// An id that no other element of the page has: the second `Timing` is `timing-2`.
    pub(super) fn unique_id(&mut self, wanted: String) -> String {
        let mut id = wanted.clone();
        while self.anchors.contains(&id) {
            let count = match self.ids.entry(wanted.clone()) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(1),
            };
            *count += 1;
            id = format!("{wanted}-{count}");
        }
        self.anchors.insert(id.clone());
        id
    }
}
