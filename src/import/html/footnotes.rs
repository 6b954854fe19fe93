//! Footnotes: those that WordPress keeps beside the text, and those that authors made by hand of links and a list.

use rustc_hash::FxHashMap;

use super::tree::{Data, Id, Tree};
use super::walk::{Reference, Walker};

impl Walker<'_, '_> {
    /// Finds lists each of whose items a `sup` with a link refers to.
    pub(super) fn find_footnotes(&mut self) {
        let tree = self.tree;
        let mut referred: FxHashMap<&str, usize> = FxHashMap::default();
        for id in tree.below(0).filter(|id| tree.name(*id) == "sup") {
            let links = tree.below(id).filter(|id| tree.name(*id) == "a");
            for target in links.filter_map(|id| tree.attribute(id, "href")).filter_map(|href| href.strip_prefix('#')) {
                *referred.entry(target).or_default() += 1;
            }
        }
        if referred.is_empty() {
            return;
        }
        let mut found: FxHashMap<String, Id> = FxHashMap::default();
        for list in tree.below(0).filter(|id| tree.name(*id) == "ol") {
            let items: Vec<Id> = tree.children(list).filter(|id| tree.name(*id) == "li").collect();
            let id_of = |item: &Id| tree.attribute(*item, "id").filter(|id| referred.contains_key(id));
            if items.is_empty() || !items.iter().all(|item| id_of(item).is_some()) {
                continue;
            }
            for item in items {
                if let Some(id) = id_of(&item) {
                    found.insert(id.to_owned(), item);
                }
            }
        }
        self.items = found.into();
    }

    /// Writes all footnotes that were referred to, in that order; and as text those whose references did not come over.
    pub(super) fn definitions(&mut self) {
        let mut index = 0;
        // A footnote may refer to another.
        while let Some(reference) = self.state.references.get(index).copied() {
            index += 1;
            match reference {
                Reference::Kept(kept) => {
                    let Some(note) = self.state.footnotes.get(kept) else { continue };
                    let tree = Tree::parse(&note.html);
                    self.state.definition(index, |state| {
                        let mut walker = Walker::new(&tree, state);
                        walker.is_note = true;
                        walker.all(0);
                    });
                }
                Reference::Item(item) => {
                    let (tree, items, targets) = (self.tree, self.items.clone(), self.targets.clone());
                    self.state.definition(index, |state| {
                        let mut walker = Walker::of_known(tree, state, targets, items);
                        walker.is_note = true;
                        walker.all(item);
                    });
                }
            }
        }
        let mut index = 0;
        while let Some(item) = self.state.passed_over.get(index).copied() {
            index += 1;
            if !self.state.numbers.contains_key(&Reference::Item(item)) {
                self.all(item);
            }
        }
    }

    /// Whether a link leads from a footnote back to where it is referred to.
    pub(super) fn leads_back(&self, link: Id) -> bool {
        let Some(target) = self.tree.attribute(link, "href").filter(|_| self.is_note) else { return false };
        let mut words = String::new();
        for id in self.tree.below(link) {
            match self.tree.data(id) {
                Data::Text(text) => words.push_str(text),
                // WordPress puts a picture there in old browsers.
                Data::Element(name, _) if &**name == "img" => words.push('↩'),
                _ => {}
            }
        }
        let is_sign = words.trim().chars().all(|c| "↩↑^⤴⏎↵\u{fe0e}\u{fe0f}[]".contains(c)) && !words.trim().is_empty();
        let has_role = self.tree.attribute(link, "role") == Some("doc-backlink");
        target.contains('#') && (is_sign || has_role)
    }
}
