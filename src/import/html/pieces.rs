//! Pieces of text that are more than marked text: links, pictures, code, footnotes, what is embedded.

use super::Note;
use super::escape::{Around, address_into, escape_into, title_into};
use super::line::{Mark, PLAIN, is_space};
use super::names;
use super::tree::{Data, Id};
use super::walk::{Reference, Walker};
use crate::url;

impl Walker<'_, '_> {
    pub(super) fn code(&mut self, id: Id) {
        // Code that holds more than text loses it; a picture in it is better kept than the code.
        if self.tree.below(id).any(|id| matches!(self.tree.name(id), "img" | "br") || names::is_block(self.tree.name(id))) {
            return self.children(id);
        }
        let mut code = String::new();
        self.plain_text(id, &mut code);
        let link = self.tree.below(id).find(|id| self.tree.name(*id) == "a");
        match link.and_then(|link| self.link_mark(link)) {
            Some(mark) => self.with_mark(mark, |walker| walker.line.add_code(&code, walker.at)),
            None => self.line.add_code(&code, self.at),
        }
    }

    /// The text below a node as it is, without what is not shown.
    pub(super) fn plain_text(&self, id: Id, out: &mut String) {
        let mut below = self.tree.below(id);
        while let Some(id) = below.next() {
            match self.tree.data(id) {
                Data::Text(text) => out.push_str(text),
                Data::Element(name, _) if &**name == "br" => out.push('\n'),
                Data::Element(name, _) if names::is_unseen(name) => below.pass_over(),
                _ => {}
            }
        }
    }

    pub(super) fn link(&mut self, id: Id) {
        match self.link_mark(id) {
            Some(mark) => self.marked(mark, id),
            None => self.children(id),
        }
    }

    fn link_mark(&mut self, id: Id) -> Option<Mark> {
        let href = self.tree.attribute(id, "href")?.trim();
        if href.is_empty() || !leads_somewhere(href, true) {
            return None;
        }
        let address = self.state.addresses.link(href).trim().to_owned();
        let title = self.tree.attribute(id, "title").unwrap_or("").to_owned();
        // A place of this text that is not there is no place to go to.
        let is_there = address.strip_prefix('#').is_none_or(|anchor| self.targets.contains(anchor));
        (is_there && !address.is_empty() && leads_somewhere(&address, true)).then_some(Mark::Link { address, title })
    }

    pub(super) fn picture(&mut self, id: Id) {
        let attribute = |name: &str| self.tree.attribute(id, name).map(str::trim).filter(|value| !value.is_empty());
        // Where pictures are loaded late, the address is elsewhere.
        let written = attribute("src").filter(|src| leads_somewhere(src, false));
        let late = ["data-src", "data-lazy-src", "data-original"].iter().find_map(|name| attribute(name));
        let Some(src) = written.or(late).filter(|src| leads_somewhere(src, false)) else {
            return self.state.note(Note::LeftOut("img".into()));
        };
        let address = self.state.addresses.picture(src);
        let mut markdown = String::from("![");
        let mut alt = String::new();
        push_words(attribute("alt").unwrap_or(""), &mut alt);
        let around =
            Around { in_brackets: true, in_cell: true, stars: true, underscores: true, tildes: true, ..Around::default() };
        escape_into(&alt, &around, &mut markdown);
        markdown.push_str("](");
        if address.trim().is_empty() || !leads_somewhere(&address, false) {
            return self.state.note(Note::LeftOut("img".into()));
        }
        address_into(address.trim(), &mut markdown);
        title_into(attribute("title").unwrap_or(""), &mut markdown);
        markdown.push(')');
        self.write_anchors();
        self.line.add_finished(&markdown, self.at);
    }

    /// A reference to a footnote, if this `sup` is one.
    pub(super) fn footnote(&mut self, id: Id) -> bool {
        let reference = match self.tree.attribute(id, "data-fn") {
            Some(name) => self.state.footnotes.iter().position(|note| note.id == name).map(Reference::Kept),
            None => {
                let link = self.tree.below(id).find(|id| self.tree.name(*id) == "a");
                let target = link.and_then(|link| self.tree.attribute(link, "href")).and_then(|href| href.strip_prefix('#'));
                target.and_then(|target| self.items.get(target)).map(|item| Reference::Item(*item))
            }
        };
        let Some(reference) = reference else { return false };
        let next = self.state.references.len();
        let number = *self.state.numbers.entry(reference).or_insert(next);
        if number == next {
            self.state.references.push(reference);
        }
        self.line.add_finished(&format!("[^{}]", number + 1), PLAIN);
        true
    }

    pub(super) fn embedded(&mut self, id: Id, name: &str) {
        let source = || {
            let source = self.tree.below(id).find(|id| matches!(self.tree.name(*id), "source" | "embed"))?;
            self.tree.attribute(source, "src")
        };
        let attribute = |name: &str| self.tree.attribute(id, name).map(str::trim).filter(|value| !value.is_empty());
        let src = attribute("src").or_else(|| attribute("data")).or_else(|| attribute("data-src")).or_else(source);
        let Some(src) = src.filter(|src| leads_somewhere(src, true) && !src.starts_with('#')) else {
            return self.state.note(Note::LeftOut(name.to_owned()));
        };
        let shown = shown_address(src);
        let title = self.tree.attribute(id, "title").map(str::trim).filter(|title| !title.is_empty());
        let address = self.state.addresses.link(&shown).trim().to_owned();
        let words = title.map_or_else(|| shown.trim_start_matches("//").to_owned(), str::to_owned);
        self.flush();
        if address.is_empty() || !leads_somewhere(&address, true) {
            self.line.add_text(&words, self.at);
        } else {
            self.with_mark(Mark::Link { address, title: String::new() }, |walker| walker.line.add_text(&words, walker.at));
        }
        self.flush();
        self.state.note(Note::Embedded(name.to_owned()));
    }

    /// Of a drawing only its words can be kept.
    pub(super) fn drawing(&mut self, id: Id) {
        let mut below = self.tree.below(id);
        while let Some(id) = below.next() {
            match self.tree.name(id) {
                "text" => {
                    let mut text = String::new();
                    self.plain_text(id, &mut text);
                    self.line.add_space();
                    self.line.add_text(&text, self.at);
                    self.line.add_space();
                    below.pass_over();
                }
                "title" | "desc" | "style" | "script" => below.pass_over(),
                _ => {}
            }
        }
        self.state.note(Note::LeftOut("svg".into()));
    }

    /// Text that stands as it is: code, or verses.
    pub(super) fn pre(&mut self, id: Id) {
        self.flush();
        let is_verse = self.tree.has_class(id, "wp-block-verse");
        if is_verse || self.tree.below(id).any(|id| self.tree.name(id) == "img") {
            self.verse(id);
            return self.flush();
        }
        let mut code = String::new();
        self.plain_text(id, &mut code);
        code.retain(|c| !crate::html::is_forbidden(c) && c != '\r');
        let code = code.strip_suffix('\n').unwrap_or(&code);
        if code.trim().is_empty() {
            return;
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        let language = self.language(id).unwrap_or_default();
        self.state.lines(&format!("{fence}{language}\n{code}\n{fence}"));
    }

    fn verse(&mut self, id: Id) {
        for child in self.tree.children(id) {
            match self.tree.data(child) {
                Data::Text(text) => self.line.add_lines(text, self.at),
                _ => self.node(child),
            }
        }
    }

    fn language(&self, id: Id) -> Option<String> {
        let code = self.tree.below(id).find(|id| self.tree.name(*id) == "code");
        for node in [Some(id), code].into_iter().flatten() {
            let classes = self.tree.attribute(node, "class").unwrap_or("");
            let words: Vec<&str> = classes.split([' ', ';', '\n', '\t']).filter(|word| !word.is_empty()).collect();
            let of_class = words.iter().enumerate().find_map(|(index, word)| {
                let named = word.strip_prefix("language-").or_else(|| word.strip_prefix("lang-"));
                let brush = word
                    .strip_prefix("brush:")
                    .map(|rest| if rest.is_empty() { words.get(index + 1).copied().unwrap_or("") } else { rest });
                named.or(brush).map(str::trim)
            });
            let attribute = |name: &str| self.tree.attribute(node, name);
            let language = of_class.or_else(|| attribute("lang")).or_else(|| attribute("data-language"));
            let is_plain = |name: &&str| {
                !name.is_empty() && name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || "+#-_.".contains(c))
            };
            if let Some(language) = language.filter(is_plain) {
                let language = language.to_ascii_lowercase();
                return (!matches!(&*language, "plain" | "text" | "none" | "plaintext" | "plain_text")).then_some(language);
            }
        }
        None
    }
}

/// Text in one line, its white space collapsed.
fn push_words(text: &str, out: &mut String) {
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !crate::html::is_forbidden(*c)));
    }
}

/// Whether a page may lead there, or show what is there.
pub(super) fn leads_somewhere(address: &str, is_link: bool) -> bool {
    url::scheme(address).is_none_or(|scheme| match &*scheme {
        "http" | "https" => true,
        "mailto" | "tel" => is_link,
        // A path with a colon in it is no address of that kind, but nobody can tell.
        _ => false,
    })
}

/// Where people watch what is embedded.
fn shown_address(src: &str) -> String {
    let rest = src.strip_prefix("https:").or_else(|| src.strip_prefix("http:")).unwrap_or(src);
    let Some(rest) = rest.strip_prefix("//") else { return src.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let id = |prefix: &str| {
        let id = path.strip_prefix(prefix)?.split(['?', '&', '#', '/']).next()?;
        (!id.is_empty()).then_some(id)
    };
    match host.strip_prefix("www.").unwrap_or(host) {
        "youtube.com" | "youtube-nocookie.com" => match id("embed/") {
            Some("videoseries") | None => {}
            Some(id) => return format!("https://www.youtube.com/watch?v={id}"),
        },
        "player.vimeo.com" => {
            if let Some(id) = id("video/") {
                return format!("https://vimeo.com/{id}");
            }
        }
        _ => {}
    }
    if src.starts_with("//") { format!("https:{src}") } else { src.to_owned() }
}
