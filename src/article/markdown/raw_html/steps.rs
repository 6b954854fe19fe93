//! A piece of raw HTML as its author wrote it, step by step, for whoever looks at that and not at what becomes of it.
//!
//! Nothing is closed, moved or left out here.

use super::super::walk::{Element, Step, Written};
use super::scanner::{Scanner, TagKind, Token};
use super::{Piece, attributes, elements};
use crate::html::references::decode;

impl Piece<'_> {
    /// Hands on every tag and text. `body_at` is where the Markdown begins in the file.
    pub(in crate::article::markdown) fn walk(&self, body_at: usize, visit: &mut dyn FnMut(Step<'_>)) {
        let mut scanner = Scanner::new(&self.text);
        let place = |offset: usize| body_at + self.place(offset);
        while let Some(token) = scanner.next(false) {
            match token {
                Token::Text(range) => {
                    visit(Step::Text { text: &decode(&self.text[range.clone()]), at: place(range.start) });
                }
                Token::Tag(tag) if tag.kind == TagKind::End => visit(Step::Close { name: &tag.name, written: Written::Html }),
                Token::Tag(tag) => {
                    let attributes = tag.attributes.iter().map(|attribute| {
                        let name = attributes::attribute_name(self, attribute).into_owned();
                        (name, decode(&self.text[attribute.value.clone()]).into_owned())
                    });
                    let from = place(tag.range.start);
                    visit(Step::Open(Element {
                        name: &tag.name,
                        written: Written::Html,
                        attributes: attributes.collect(),
                        at: from..from + tag.range.len(),
                    }));
                    if let Some(kind) = elements::raw_text(&tag.name).filter(|_| !scanner.is_at_end()) {
                        scanner.raw_text(&tag.name, kind);
                    }
                }
                Token::Comment(_) | Token::Doctype(_) | Token::Data(_) | Token::Unfinished(..) => {}
            }
        }
    }
}
