//! Footnotes: numbered by their first reference, written at the end, each with its ways back.

use std::ops::Range;

use super::super::Fill;
use super::Renderer;
use super::buffer::Buffer;
use crate::diagnostic::{Diagnostic, Place};

#[derive(Default)]
pub(super) struct Footnote {
    pub(super) number: usize,
    pub(super) references: usize,
    pub(super) definition: Option<Buffer>,
    /// Where the definition begins.
    pub(super) at: usize,
}

impl Renderer<'_> {
    pub(super) fn footnote_reference(&mut self, name: &str, range: Range<usize>) {
        if self.image.is_some() {
            return;
        }
        self.make_inline_room();
        let may_link = self.make_link_room(&range);
        let footnote = self.footnotes.entry(name.to_owned()).or_default();
        if footnote.number == 0 {
            self.footnote_order.push(name.to_owned());
            footnote.number = self.footnote_order.len();
        }
        footnote.references += 1;
        let (number, nth) = (footnote.number, footnote.references);
        let id = reference_id(number, nth);
        if !may_link {
            self.push(&format!("<sup class=\"footnote-ref\" id=\"{id}\">{number}</sup>"));
            self.anchors.insert(id);
            return;
        }
        self.push(&format!("<sup class=\"footnote-ref\"><a id=\"{id}\" href=\""));
        self.out.hole(Fill::Own);
        self.push(&format!("#fn-{number}\" role=\"doc-noteref\" aria-label=\""));
        self.out.hole(Fill::Word("footnote", number as u32, 1));
        self.push(&format!("\">{number}</a></sup>"));
        self.anchors.insert(id);
    }

    pub(super) fn end_footnote_definition(&mut self) {
        let Some((outer, name, at)) = self.waiting.pop() else { return };
        let definition = std::mem::replace(&mut self.out, outer);
        let footnote = self.footnotes.entry(name).or_default();
        if footnote.definition.is_none() {
            (footnote.definition, footnote.at) = (Some(definition), at);
        }
    }

    /// The notes in the order in which they are first referred to, each with its ways back.
    pub(super) fn write_footnotes(&mut self) {
        let mut unused: Vec<(usize, &String)> =
            self.footnotes.iter().filter(|(_, note)| note.number == 0).map(|(name, note)| (note.at, name)).collect();
        unused.sort_unstable();
        for (at, name) in unused {
            let message = format!("nothing refers to the footnote `{name}`, so it is left out");
            let span = self.lines.span(self.origin.body_at + at, name.len() + "[^]".len());
            let place = Place::at(self.origin.file.clone(), span);
            let hint = format!("write `[^{name}]` in the text where it belongs, or take the note out");
            self.diagnostics.push(Diagnostic::warning("unused-footnote", message).at(place).hint(hint));
        }
        if self.footnote_order.is_empty() {
            return;
        }
        self.push("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        self.out.hole(Fill::Word("footnotes", 0, 1));
        self.push("\">\n<ol>\n");
        for name in std::mem::take(&mut self.footnote_order) {
            let Some(footnote) = self.footnotes.remove(&name) else { continue };
            let number = footnote.number;
            self.push(&format!("<li id=\"fn-{number}\">"));
            self.anchors.insert(format!("fn-{number}"));
            self.out.append(footnote.definition.unwrap_or_default());
            let ends_with_paragraph = self.out.html.ends_with("</p>\n");
            if ends_with_paragraph {
                self.out.truncate(self.out.html.len() - "</p>\n".len());
            }
            for nth in 1..=footnote.references {
                self.push(" <a class=\"footnote-back\" href=\"");
                self.out.hole(Fill::Own);
                let id = reference_id(number, nth);
                let sign = if nth == 1 { String::new() } else { format!("<sup>{nth}</sup>") };
                self.push(&format!("#{id}\" role=\"doc-backlink\" aria-label=\""));
                self.out.hole(Fill::Word("back_to_reference", number as u32, nth as u32));
                self.push(&format!("\">↩\u{fe0e}{sign}</a>"));
            }
            self.push(if ends_with_paragraph { "</p>\n</li>\n" } else { "</li>\n" });
        }
        self.push("</ol>\n</section>\n");
    }
}

fn reference_id(number: usize, nth: usize) -> String {
    if nth == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{nth}") }
}
