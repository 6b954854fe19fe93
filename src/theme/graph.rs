//! Where templates lead: what is shown within what, so that none is shown within itself, none too deep, and none so
//! often that a page would never be finished.
//!
//! Tera shows an included template, a block, a parent's block (`super()`) and a component by a call within a call, and a
//! stack that is full takes the whole program down. It refuses to go round in includes or parents alone, but there are
//! ways round through both, and through blocks that hold each other; and no chain is too long for it. Components may
//! call themselves in Tera, where it stops at [`DEEPEST_COMPONENT`]; not here.

use std::collections::{BTreeMap, BTreeSet};

use super::Template;
use super::check::{Part, Parts};
use super::layers::DEFAULT_NAME;
use super::outline::{Name, PieceKind, UseKind};
use crate::diagnostic::{Diagnostic, Place};

/// How deep templates and blocks may stand in one another, and how many may extend one another. A call takes up to 16 KiB
/// of stack; with a component within a component at every depth there can be 20 times as many: 20 MiB of the 64 there are.
pub const DEEPEST: usize = 64;
/// How deep components may stand in one another: Tera's own limit when it renders.
pub const DEEPEST_COMPONENT: usize = 20;
/// How many pieces a page may be put together from, as far as loops do not multiply them.
pub const MOST_PIECES: u64 = 1_000_000;

/// What is wrong with where templates lead. A component that can come to call itself, over others or over templates that
/// it includes, is refused like any other circle: called twice in itself, it would be shown a million times.
pub fn check(parts: &Parts<'_>) -> Vec<Diagnostic> {
    let problems = check_parents(parts);
    if !problems.is_empty() {
        return problems;
    }
    let families = (0..parts.parts.len()).map(|index| parts.family(index)).collect();
    let mut graph = Graph { parts, families, problems };
    graph.check_depth();
    if !graph.problems.is_empty() {
        return graph.problems;
    }
    let recursive = graph.recursive_components();
    graph.problems.extend(recursive.iter().map(|(name, place)| {
        Diagnostic::error("template-circle", format!("the component `{name}` can come to call itself, and so on without end"))
            .at(place.clone())
            .hint("what goes on and on is best shown by a loop")
    }));
    graph.check_extent(&recursive);
    graph.problems
}

/// Templates that extend themselves, and chains of parents that are too long. A circle is told once, of the first of its
/// templates; of the long chains, one is enough.
fn check_parents(parts: &Parts<'_>) -> Vec<Diagnostic> {
    let mut circles = Vec::new();
    let mut chain = None;
    for (index, part) in parts.parts.iter().enumerate() {
        let Some(parent) = &part.outline.parent else { continue };
        let family = parts.family(index);
        if family.len() > DEEPEST {
            chain = chain
                .or_else(|| Some(too_deep(part, parent, format!("with this, more than {DEEPEST} templates extend one another"))));
        } else if parts.parent(family[family.len() - 1]) == Some(index) && family.iter().all(|&other| other >= index) {
            let around = family[1..].iter().chain(&family[..1]);
            let steps: Vec<String> = around.map(|&other| format!("extends `{}`", parts.parts[other].name)).collect();
            circles.push(told(&format!("`{}`", part.name), &steps, part, parent));
        }
    }
    circles.extend(chain);
    circles
}

/// A circle that begins with `first` and leads on in `steps`, told at a name in a template.
fn told(first: &str, steps: &[String], part: &Part<'_>, name: &Name) -> Diagnostic {
    let message = match steps {
        [step] => format!("{first} {}", step.replace(first, "itself")),
        _ => format!("{first} {}", steps.join(", which ")),
    };
    let problem = Diagnostic::error("template-circle", format!("{message}, and so on without end")).at(part.place(name));
    let extends_itself = part.outline.parent.as_ref() == Some(name) && steps.len() == 1;
    let below = part.template.stands_for.as_deref().filter(|_| extends_itself);
    let hint = |below: &Template| {
        let file = part.name.strip_prefix(&format!("{}/", part.template.theme)).unwrap_or(part.name);
        // A site's own folder `themes/default/` stands upon the one in the program.
        let is_default = below.layer == 0 && *part.template.theme != *DEFAULT_NAME;
        let theme = if is_default { DEFAULT_NAME } else { &*below.theme };
        format!("to build upon the file that this one stands for, write `{{% extends \"{theme}/{file}\" %}}`")
    };
    Diagnostic { hint: below.map(hint), ..problem }
}

fn too_deep(part: &Part<'_>, name: &Name, message: String) -> Diagnostic {
    Diagnostic::error("template-depth", message).at(part.place(name))
}

/// A piece of a template as it is shown: which block of a name is meant depends on the template that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    asked_for: usize,
    template: usize,
    piece: usize,
}

/// From one node to the next.
#[derive(Clone, Copy)]
struct Step<'a> {
    kind: UseKind,
    name: &'a Name,
    to: Node,
}

struct Graph<'a> {
    parts: &'a Parts<'a>,
    families: Vec<Vec<usize>>,
    problems: Vec<Diagnostic>,
}

/// How much there is below a node.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    pieces: u64,
    components: usize,
}

impl<'a> Graph<'a> {
    /// What a page, or a component, begins with.
    fn beginnings(&self) -> Vec<Node> {
        let pages = self.families.iter().enumerate().map(|(asked_for, family)| Node {
            asked_for,
            template: family.last().copied().unwrap_or(asked_for),
            piece: 0,
        });
        pages.chain(self.component_nodes().into_iter().map(|(_, node)| node)).collect()
    }

    fn component_nodes(&self) -> Vec<(&'a str, Node)> {
        let node =
            |name| self.parts.component(name).map(|(template, piece)| (name, Node { asked_for: template, template, piece }));
        self.parts.components().filter_map(node).collect()
    }

    fn steps(&self, from: Node) -> Vec<Step<'a>> {
        let piece = &self.parts.parts[from.template].outline.pieces[from.piece];
        piece
            .uses
            .iter()
            .filter_map(|used| {
                Some(Step { kind: used.kind, name: &used.name, to: self.target(from, &piece.kind, used.kind, &used.name)? })
            })
            .collect()
    }

    fn target(&self, from: Node, within: &PieceKind, kind: UseKind, name: &Name) -> Option<Node> {
        let family = &self.families[from.asked_for];
        let first_with = |block: &str, family: &[usize]| {
            family.iter().find_map(|&template| Some(Node { template, piece: self.parts.parts[template].block(block)?, ..from }))
        };
        match kind {
            UseKind::Include => self.parts.find(&name.text).map(|template| Node { asked_for: template, template, piece: 0 }),
            UseKind::Block => first_with(&name.text, family),
            UseKind::Super => {
                let PieceKind::Block(block) = within else { return None };
                let own = family.iter().position(|&template| template == from.template)?;
                first_with(&block.text, &family[own + 1..])
            }
            UseKind::Component => {
                let (template, piece) = self.parts.component(&name.text)?;
                Some(Node { asked_for: template, template, piece })
            }
        }
    }

    /// Circles and chains of all but components.
    fn check_depth(&mut self) {
        let mut known = BTreeMap::new();
        for node in self.beginnings() {
            self.depth(node, &mut Vec::new(), &mut known);
        }
    }

    /// How many nodes stand in one another from this one down. `above` are those it stands in, each with its step down.
    fn depth(&mut self, node: Node, above: &mut Vec<(Node, Step<'a>)>, known: &mut BTreeMap<Node, usize>) -> usize {
        if let Some(&depth) = known.get(&node) {
            return depth;
        }
        let mut deepest = 0;
        for step in self.steps(node).into_iter().filter(|step| step.kind != UseKind::Component) {
            above.push((node, step));
            if let Some(from) = above.iter().position(|(active, _)| *active == step.to) {
                self.report_circle(&above[from..]);
            } else if above.len() + known.get(&step.to).copied().unwrap_or(1) > DEEPEST {
                self.report_depth(
                    node,
                    &step,
                    format!("here templates and blocks stand in one another more than {DEEPEST} deep"),
                );
            } else {
                deepest = deepest.max(self.depth(step.to, above, known));
            }
            above.pop();
        }
        known.insert(node, deepest + 1);
        deepest + 1
    }

    /// The circle is told at an `{% include … %}`, if there is one in it: that is what somebody will have added.
    fn report_circle(&mut self, circle: &[(Node, Step<'_>)]) {
        let steps: Vec<String> = circle.iter().map(|(_, step)| self.words(step)).collect();
        let told_at = circle.iter().rev().find(|(_, step)| step.kind == UseKind::Include).or(circle.last());
        if let (Some((first, _)), Some((node, step))) = (circle.first(), told_at) {
            let problem = told(&self.name(*first), &steps, &self.parts.parts[node.template], step.name);
            self.problems.push(problem);
        }
    }

    fn report_depth(&mut self, node: Node, step: &Step<'_>, message: String) {
        if !self.problems.iter().any(|problem| problem.code == "template-depth") {
            self.problems.push(too_deep(&self.parts.parts[node.template], step.name, message));
        }
    }

    /// The components that call themselves, over others or over templates that they include; and those, if any, that
    /// stand between two such circles.
    fn recursive_components(&self) -> BTreeMap<String, Place> {
        let nodes = self.component_nodes();
        let numbers: BTreeMap<Node, usize> = nodes.iter().enumerate().map(|(number, (_, node))| (*node, number)).collect();
        let called_by = |node: Node| self.components_in(node).iter().filter_map(|called| numbers.get(called).copied()).collect();
        let calls: Vec<Vec<usize>> = nodes.iter().map(|(_, node)| called_by(*node)).collect();
        let mut callers = vec![Vec::new(); calls.len()];
        for (caller, called) in calls.iter().enumerate() {
            called.iter().for_each(|&called| callers[called].push(caller));
        }
        let (leads_round, comes_round) = (lead_to_circles(&calls, &callers), lead_to_circles(&callers, &calls));
        let with_place = |(number, (name, node)): (usize, &(&str, Node))| {
            let part = &self.parts.parts[node.template];
            let PieceKind::Component(defined) = &part.outline.pieces[node.piece].kind else { return None };
            (leads_round[number] && comes_round[number]).then(|| ((*name).to_owned(), part.place(defined)))
        };
        nodes.iter().enumerate().filter_map(with_place).collect()
    }

    /// The components that are called from a node, from what it includes, and so on, but not from one another.
    fn components_in(&self, node: Node) -> BTreeSet<Node> {
        let (mut components, mut seen, mut left) = (BTreeSet::new(), BTreeSet::new(), vec![node]);
        while let Some(node) = left.pop() {
            for step in self.steps(node) {
                if step.kind == UseKind::Component {
                    components.insert(step.to);
                } else if seen.insert(step.to) {
                    left.push(step.to);
                }
            }
        }
        components
    }

    /// Chains of components, and how many pieces there are in all. Calls of components that can come to call
    /// themselves are not followed: they have no end, which is said already.
    fn check_extent(&mut self, recursive: &BTreeMap<String, Place>) {
        let mut known = BTreeMap::new();
        for node in self.beginnings() {
            self.extent(node, 0, recursive, &mut known);
        }
    }

    fn extent(
        &mut self,
        node: Node,
        within: usize,
        recursive: &BTreeMap<String, Place>,
        known: &mut BTreeMap<Node, Extent>,
    ) -> Extent {
        if let Some(&extent) = known.get(&node) {
            return extent;
        }
        let mut extent = Extent { pieces: 1, components: 0 };
        for step in self.steps(node) {
            let is_component = step.kind == UseKind::Component;
            let below = within + usize::from(is_component);
            let next = if below > DEEPEST_COMPONENT || is_component && recursive.contains_key(&step.name.text) {
                Extent { pieces: 1, components: 0 }
            } else {
                self.extent(step.to, below, recursive, known)
            };
            extent.pieces = extent.pieces.saturating_add(next.pieces);
            extent.components = extent.components.max(next.components + usize::from(is_component));
            if below + next.components > DEEPEST_COMPONENT {
                self.report_depth(
                    node,
                    &step,
                    format!("here components stand in one another more than {DEEPEST_COMPONENT} deep"),
                );
            } else if extent.pieces > MOST_PIECES {
                self.report_depth(
                    node,
                    &step,
                    format!("with this, a page would be made of more than {} million pieces", MOST_PIECES / 1_000_000),
                );
            }
        }
        known.insert(node, extent);
        extent
    }

    /// How a node is called.
    fn name(&self, node: Node) -> String {
        let part = &self.parts.parts[node.template];
        match &part.outline.pieces[node.piece].kind {
            PieceKind::Body => format!("`{}`", part.name),
            PieceKind::Block(name) => format!("the block `{}` of `{}`", name.text, part.name),
            PieceKind::Component(name) => format!("the component `{}`", name.text),
        }
    }

    /// How a step is told.
    fn words(&self, step: &Step<'_>) -> String {
        let does = if step.kind == UseKind::Include { "includes" } else { "shows" };
        format!("{does} {}", self.name(step.to))
    }
}

/// Which of some numbered things lead to a circle, if each leads to those in `next`, and is led to by those in `before`:
/// all that are left when those are taken away that lead nowhere, again and again.
fn lead_to_circles(next: &[Vec<usize>], before: &[Vec<usize>]) -> Vec<bool> {
    let mut ways: Vec<usize> = next.iter().map(Vec::len).collect();
    let mut ends: Vec<usize> = (0..ways.len()).filter(|&thing| ways[thing] == 0).collect();
    let mut leads = vec![true; ways.len()];
    while let Some(end) = ends.pop() {
        leads[end] = false;
        for &thing in &before[end] {
            ways[thing] -= 1;
            if ways[thing] == 0 {
                ends.push(thing);
            }
        }
    }
    leads
}
