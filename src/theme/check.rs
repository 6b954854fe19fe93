//! Whether all that a theme's templates name is there: templates, blocks, components, filters, tests and functions.
//!
//! Tera would find most of it too, but not where, not all at once, and without saying what was probably meant. Where
//! what is named leads is `graph`'s business, and how a template must be written is Tera's.

use std::collections::BTreeMap;

use tera::Tera;

use super::Template;
use super::graph::DEEPEST;
use super::layers::DEFAULT_NAME;
use super::outline::{MOST_ALTERNATIVES, Mention, MentionKind, Name, Outline, PieceKind, UseKind};
use super::scan::Scan;
use crate::diagnostic::{Diagnostic, Place, Span, did_you_mean, list_of, nearest};

/// A template with all that is known of it before Tera gets it.
#[derive(Debug)]
pub struct Part<'t> {
    /// Its name.
    pub name: &'t str,
    /// The template.
    pub template: &'t Template,
    /// Its tags.
    pub scan: Scan<'t>,
    /// What it consists of.
    pub outline: Outline,
}

impl Part<'_> {
    /// Something wrong at a name in this template.
    pub fn error(&self, name: &Name, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("template", message).at(self.place(name))
    }

    /// Where a name stands.
    pub fn place(&self, name: &Name) -> Place {
        Place::at(self.template.origin.clone(), Span::of(&self.template.text, name.at, name.length))
    }

    /// Its block of that name, by its index among the pieces.
    pub fn block(&self, name: &str) -> Option<usize> {
        let is_it = |kind: &PieceKind| matches!(kind, PieceKind::Block(block) if block.text == name);
        self.outline.pieces.iter().position(|piece| is_it(&piece.kind))
    }
}

/// The templates of a theme, to be looked at together.
#[derive(Debug)]
pub struct Parts<'t> {
    /// Each of them, in the order of their names.
    pub parts: Vec<Part<'t>>,
    by_name: BTreeMap<&'t str, usize>,
    /// Where each component is defined: template and piece.
    components: BTreeMap<String, (usize, usize)>,
}

/// How many mistakes of a template are told: who mixes up two template languages makes the same one a hundred times.
const MOST_TOLD: usize = 50;

impl<'t> Parts<'t> {
    /// Templates, taken apart.
    pub fn of(templates: &'t BTreeMap<String, Template>) -> Parts<'t> {
        let take_apart = |(name, template): (&'t String, &'t Template)| {
            let scan = super::scan::scan(&template.text);
            let outline = Outline::of(&scan);
            Part { name, template, scan, outline }
        };
        let parts: Vec<Part<'t>> = templates.iter().map(take_apart).collect();
        let by_name = parts.iter().enumerate().map(|(index, part)| (part.name, index)).collect();
        let mut components = BTreeMap::new();
        for (index, part) in parts.iter().enumerate() {
            for (number, piece) in part.outline.pieces.iter().enumerate() {
                if let PieceKind::Component(name) = &piece.kind {
                    components.entry(name.text.clone()).or_insert((index, number));
                }
            }
        }
        Parts { parts, by_name, components }
    }

    /// The template of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The template and piece where a component is defined.
    pub fn component(&self, name: &str) -> Option<(usize, usize)> {
        self.components.get(name).copied()
    }

    /// The names of all components.
    pub fn components(&self) -> impl Iterator<Item = &str> + Clone {
        self.components.keys().map(String::as_str)
    }

    /// A template, the one it extends, the one that extends, and so on, as far as they are there and not too many. A
    /// chain that comes back to where it was ends there.
    pub fn family(&self, index: usize) -> Vec<usize> {
        let mut family = vec![index];
        while let Some(parent) = self.parent(family[family.len() - 1]) {
            if family.len() > DEEPEST || family.contains(&parent) {
                break;
            }
            family.push(parent);
        }
        family
    }

    /// The template that a template extends.
    pub fn parent(&self, index: usize) -> Option<usize> {
        self.find(&self.parts[index].outline.parent.as_ref()?.text)
    }

    /// What is named and is not there; and `elif` without end.
    pub fn check_names(&self) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            let wrong = self.wrong_names(index, part);
            problems.extend(wrong.take(MOST_TOLD));
        }
        problems
    }

    fn wrong_names<'a>(&'a self, index: usize, part: &'a Part<'t>) -> impl Iterator<Item = Diagnostic> + 'a {
        let excess = part.outline.excess.iter().map(|name| {
            part.error(name, format!("there are more than {MOST_ALTERNATIVES} `elif` in a row"))
                .hint("put what differs into a map and look it up there")
        });
        let parent = part.outline.parent.iter().filter(|parent| self.find(&parent.text).is_none());
        let parent = parent.map(|parent| {
            let message = format!("this extends `{}`, and there is no such template", parent.text);
            self.with_nearest_template(part.error(parent, message), &parent.text)
        });
        let mentions = part.outline.mentions.iter().filter_map(|mention| unknown(part, mention));
        excess.chain(parent).chain(mentions).chain(self.wrong_uses(part)).chain(self.wrong_pieces(index, part))
    }

    fn wrong_uses<'a>(&'a self, part: &'a Part<'t>) -> impl Iterator<Item = Diagnostic> + 'a {
        part.outline.pieces.iter().flat_map(|piece| &piece.uses).filter_map(move |used| match used.kind {
            UseKind::Include if self.find(&used.name.text).is_none() => {
                let problem = part.error(&used.name, format!("there is no template `{}`", used.name.text));
                Some(self.with_nearest_template(problem, &used.name.text))
            }
            UseKind::Component if self.component(&used.name.text).is_none() => Some(self.unknown_component(part, &used.name)),
            _ => None,
        })
    }

    fn unknown_component(&self, part: &Part<'_>, name: &Name) -> Diagnostic {
        let mut problem = part.error(name, format!("there is no component `{}`", name.text));
        let is_it = |kind: &PieceKind| matches!(kind, PieceKind::Component(component) if component.text == name.text);
        problem.hint = self.lost(part, is_it, "component", name).or_else(|| did_you_mean(&name.text, self.components()));
        problem
    }

    /// Why a template does not find something: a file of a theme above stands where it was.
    fn lost(&self, part: &Part<'_>, is_it: impl Fn(&PieceKind) -> bool, what: &str, name: &Name) -> Option<String> {
        let replaced = |other: &Part<'t>| -> Option<&'t Template> {
            let below = std::iter::successors(other.template.stands_for.as_deref(), |below| below.stands_for.as_deref());
            let has_it = |text: &str| Outline::of(&super::scan::scan(text)).pieces.iter().any(|piece| is_it(&piece.kind));
            below.into_iter().find(|below| below.layer <= part.template.layer && has_it(&below.text))
        };
        let above = self.parts.iter().filter(|other| other.template.layer > part.template.layer);
        let (other, replaced) = above.filter_map(|other| Some((other, replaced(other)?))).next()?;
        let file = &other.template.origin;
        let below = if replaced.layer == 0 { "the default theme's file".to_owned() } else { format!("`{}`", replaced.origin) };
        Some(format!("`{file}` stands for {below}, so it must have the {what} `{}` too", name.text))
    }

    /// Blocks that no parent has, and components that are defined twice.
    fn wrong_pieces<'a>(&'a self, index: usize, part: &'a Part<'t>) -> impl Iterator<Item = Diagnostic> + 'a {
        let parents = self.family(index).split_off(1);
        // With a parent missing, nobody knows what blocks there are.
        let knows_blocks = parents.last().is_some_and(|&top| self.parts[top].outline.parent.is_none());
        let blocks = part.outline.pieces[0].uses.iter().filter(move |used| used.kind == UseKind::Block && knows_blocks);
        let blocks = blocks.filter_map(move |used| {
            if parents.iter().any(|&parent| self.parts[parent].block(&used.name.text).is_some()) {
                return None;
            }
            let mut problem =
                part.error(&used.name, format!("no template that this one extends has a block `{}`", used.name.text));
            let is_it = |kind: &PieceKind| matches!(kind, PieceKind::Block(block) if block.text == used.name.text);
            let blocks = parents.iter().flat_map(|&parent| blocks_of(&self.parts[parent]));
            problem.hint = self.lost(part, is_it, "block", &used.name).or_else(|| did_you_mean(&used.name.text, blocks));
            Some(problem)
        });
        let components = part.outline.pieces.iter().enumerate().filter_map(move |(number, piece)| {
            let PieceKind::Component(name) = &piece.kind else { return None };
            let (first, first_number) = self.component(&name.text)?;
            if (first, first_number) == (index, number) {
                return None;
            }
            let message = format!("the component `{}` is defined in `{}` already", name.text, self.parts[first].template.origin);
            Some(part.error(name, message).hint("give one of them another name: components are known to all templates"))
        });
        blocks.chain(components)
    }

    fn with_nearest_template(&self, mut problem: Diagnostic, name: &str) -> Diagnostic {
        // `default/article.html` is the file of that theme.
        let is_theme = |theme: &&str| *theme == DEFAULT_NAME || self.parts.iter().any(|part| *part.template.theme == **theme);
        let (theme, file) = name.split_once('/').filter(|(theme, _)| is_theme(theme)).unwrap_or(("", name));
        let whole = format!("{file}.html");
        let near = if self.find(&whole).is_some() { Some(whole.as_str()) } else { nearest(file, self.by_name.keys().copied()) };
        let slash = if theme.is_empty() { "" } else { "/" };
        problem.hint = near.map(|near| format!("did you mean `{theme}{slash}{near}`?"));
        problem
    }
}

fn blocks_of<'p>(part: &'p Part<'_>) -> impl Iterator<Item = &'p str> + Clone {
    part.outline.pieces.iter().filter_map(|piece| match &piece.kind {
        PieceKind::Block(name) => Some(name.text.as_str()),
        _ => None,
    })
}

/// Tera's own filters, and ours.
const FILTERS: [&str; 39] = [
    "abs",
    "capitalize",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "fill",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "json",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];
/// Tera's own tests.
const TESTS: [&str; 17] = [
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];
/// Tera's own functions.
const FUNCTIONS: [&str; 3] = ["range", "super", "throw"];

/// What themes for other programs call differently.
const CALLED_DIFFERENTLY: [(&str, &str); 6] = [
    ("as_str", "use `str`"),
    ("concat", "write `[...list, more]`"),
    ("date", "dates come ready: use `.text` for people and `.iso` for machines"),
    ("json_encode", "use `json`"),
    ("linebreaksbr", "use `newlines_to_br`"),
    ("tojson", "use `json`"),
];

fn unknown(part: &Part<'_>, mention: &Mention) -> Option<Diagnostic> {
    let name = mention.name.text.as_str();
    let (what, known) = match mention.kind {
        MentionKind::Filter => ("filter", &FILTERS[..]),
        MentionKind::Test => ("test", &TESTS[..]),
        MentionKind::Function => ("function", &FUNCTIONS[..]),
    };
    if known.contains(&name) || is_known_to_tera(mention.kind, name) {
        return None;
    }
    let mut problem = part.error(&mention.name, format!("there is no {what} `{name}`"));
    let differently = CALLED_DIFFERENTLY.iter().find(|(other, _)| mention.kind == MentionKind::Filter && *other == name);
    problem.hint = match differently {
        Some((_, how)) => Some((*how).to_owned()),
        None => did_you_mean(name, known.iter().copied())
            .or_else(|| (what == "test").then(|| format!("the tests are {}", list_of(known)))),
    };
    Some(problem)
}

/// Whether Tera has a name that is not in our lists: they are for hints, and Tera is the judge.
fn is_known_to_tera(kind: MentionKind, name: &str) -> bool {
    let template = match kind {
        MentionKind::Filter => format!("{{{{ 1 | {name} }}}}"),
        MentionKind::Test => format!("{{{{ 1 is {name} }}}}"),
        MentionKind::Function => format!("{{{{ {name}() }}}}"),
    };
    Tera::default().add_raw_template("name.html", &template).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_names_are_teras() {
        let known = |kind, names: &[&str]| {
            names.iter().all(|name| matches!(*name, "fill" | "json" | "super") || is_known_to_tera(kind, name))
        };
        assert!(known(MentionKind::Filter, &FILTERS));
        assert!(known(MentionKind::Test, &TESTS));
        assert!(known(MentionKind::Function, &FUNCTIONS));
        assert!(!is_known_to_tera(MentionKind::Filter, "nothing") && FILTERS.is_sorted() && TESTS.is_sorted());
        assert!(CALLED_DIFFERENTLY.iter().all(|(name, _)| !is_known_to_tera(MentionKind::Filter, name)));
    }
}
