//! What a template consists of and what it names: its blocks and components, what each of them brings in, and every
//! filter, test, function and component it uses.
//!
//! Whether what is named is there, and where it all leads, is `check`'s business. A template with mistakes gives an
//! outline that is wrong somewhere; Tera says what the mistake is.

use super::scan::{Scan, Tag, Token, TokenKind};

/// A template in outline.
#[derive(Debug, Default)]
pub struct Outline {
    /// The template that it extends.
    pub parent: Option<Name>,
    /// What of it can be shown by itself: first its body, then its blocks and components.
    pub pieces: Vec<Piece>,
    /// What it uses by name.
    pub mentions: Vec<Mention>,
    /// The first `elif` that is one too many: Tera reads them one within the other.
    pub excess: Option<Name>,
    /// The word that opened what is still open at the end, the innermost of it.
    pub unclosed: Option<Name>,
}

/// A name that stands in a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands, in bytes.
    pub at: usize,
    /// How long it is as it is written, in bytes.
    pub length: usize,
}

/// Something that Tera shows by itself.
#[derive(Debug)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// What it brings in, in the order in which it is written.
    pub uses: Vec<Use>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq)]
pub enum PieceKind {
    /// What stands in no block and no component.
    Body,
    /// A block.
    Block(Name),
    /// A component.
    Component(Name),
}

/// One thing that a piece brings in.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// What it does.
    pub kind: UseKind,
    /// The template, block or component; for `super()` that word itself.
    pub name: Name,
}

/// How something is brought in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UseKind {
    /// `{% include "…" %}`
    Include,
    /// `{% block … %}`, which is shown where it stands.
    Block,
    /// `super()`
    Super,
    /// `<…/>` or `<…>`
    Component,
}

/// A name that must be known.
#[derive(Debug, PartialEq)]
pub struct Mention {
    /// What it is a name of.
    pub kind: MentionKind,
    /// The name.
    pub name: Name,
}

/// What a name is a name of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MentionKind {
    /// `| name`
    Filter,
    /// `is name`
    Test,
    /// `name()`
    Function,
}

/// More than this many `elif` in what is open at one place are too many: each is one more call within a call.
pub const MOST_ALTERNATIVES: usize = 200;

impl Outline {
    /// The outline of a template.
    pub fn of(scan: &Scan<'_>) -> Outline {
        let body = Piece { kind: PieceKind::Body, uses: Vec::new() };
        let mut reader = Reader {
            outline: Outline { pieces: vec![body], ..Outline::default() },
            open: Vec::new(),
            alternatives: 0,
            within: vec![0],
        };
        for tag in &scan.tags {
            reader.read(tag);
        }
        Outline { unclosed: reader.open.pop().map(|open| open.word), ..reader.outline }
    }

    /// The names of the templates that it extends and includes.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        let uses = self.pieces.iter().flat_map(|piece| &piece.uses).filter(|used| used.kind == UseKind::Include);
        self.parent.iter().chain(uses.map(|used| &used.name)).map(|name| name.text.as_str())
    }
}

/// Something that is open at a place, and the word that opened it.
struct Open {
    word: Name,
    /// How many `elif` it has had, if it is an `if`.
    alternatives: usize,
    /// Whether it is a block or a component.
    is_piece: bool,
}

struct Reader {
    outline: Outline,
    open: Vec<Open>,
    /// How many `elif` there have been in all that is open.
    alternatives: usize,
    /// The pieces that are open, by their index, the innermost last.
    within: Vec<usize>,
}

impl Reader {
    fn read(&mut self, tag: &Tag<'_>) {
        let tokens = &tag.tokens[..];
        let keyword = if tag.is_statement { tokens.first().and_then(Token::word) } else { None };
        match (keyword, tokens) {
            (Some("extends"), [_, name, ..]) => self.outline.parent = quoted_name(name),
            (Some("include"), [_, name, ..]) => self.bring_in(UseKind::Include, quoted_name(name)),
            (Some("block"), [word, name, ..]) => {
                self.bring_in(UseKind::Block, Some(plain_name(name)));
                self.begin(word, PieceKind::Block(plain_name(name)));
            }
            (Some("component"), [word, name @ ..]) => self.begin(word, PieceKind::Component(dotted_name(name))),
            (Some("if" | "for"), [word, ..]) => self.open(word, false),
            (Some("filter"), [word, name, ..]) => {
                self.mention(MentionKind::Filter, name);
                self.open(word, false);
            }
            (Some("set" | "set_global"), [word, _, rest @ ..]) if rest.first().is_none_or(|sign| !sign.is_sign("=")) => {
                self.open(word, false);
            }
            (Some("elif"), [word, ..]) => self.add_alternative(word),
            (Some(end), _) => {
                let closes = |word: &str| {
                    end.strip_prefix("end").is_some_and(|what| what == word || what == "set" && word == "set_global")
                };
                self.close(closes);
            }
            // A component with a body.
            (None, [sign, ..]) if tag.is_statement && sign.is_sign("<") => self.open(sign, false),
            (None, [sign, ..]) if tag.is_statement && sign.is_sign("</") => {
                self.close(|word| word == "<");
            }
            _ => {}
        }
        if keyword != Some("component") {
            self.read_expressions(tokens, keyword.is_some());
        }
    }

    /// What is named in the expressions of a tag.
    fn read_expressions(&mut self, tokens: &[Token<'_>], has_keyword: bool) {
        // The word after `filter` or `block` is no function, whatever follows it.
        let from = usize::from(has_keyword);
        let heads = if tokens.first().is_some_and(|t| has_keyword && matches!(t.text, "filter" | "block")) { 2 } else { from };
        for at in from..tokens.len() {
            let (before, here, after) = (at.checked_sub(1).map(|i| &tokens[i]), &tokens[at], tokens.get(at + 1));
            let starts_operand = at == from || !ends_operand(tokens, at - 1);
            match (before, after) {
                (_, Some(name)) if here.is_sign("|") && name.word().is_some() => self.mention(MentionKind::Filter, name),
                (_, Some(next)) if here.is_word("is") && !starts_operand => {
                    let name = if next.is_word("not") { tokens.get(at + 2) } else { Some(next) };
                    if let Some(name) = name.filter(|name| name.word().is_some()) {
                        self.mention(MentionKind::Test, name);
                    }
                }
                (_, Some(name)) if here.is_sign("<") && name.word().is_some() && starts_operand => {
                    self.bring_in(UseKind::Component, Some(dotted_name(&tokens[at + 1..])));
                }
                (before, Some(bracket)) if bracket.is_sign("(") && here.word().is_some() && starts_operand && at >= heads => {
                    let is_other = before
                        .is_some_and(|t| matches!(t.text, "|" | "is" | "." | "?.") || t.is_word("not") && follows_is(tokens, at));
                    if here.text == "super" {
                        self.bring_in(UseKind::Super, Some(plain_name(here)));
                    } else if !is_other && !is_operator(here) {
                        self.mention(MentionKind::Function, here);
                    }
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, word: &Token<'_>, is_piece: bool) {
        self.open.push(Open { word: plain_name(word), alternatives: 0, is_piece });
    }

    fn close(&mut self, is_it: impl Fn(&str) -> bool) {
        if let Some(closed) = self.open.pop_if(|open| is_it(&open.word.text)) {
            self.alternatives -= closed.alternatives;
            if closed.is_piece {
                self.within.pop();
            }
        }
    }

    fn begin(&mut self, word: &Token<'_>, kind: PieceKind) {
        self.open(word, true);
        self.within.push(self.outline.pieces.len());
        self.outline.pieces.push(Piece { kind, uses: Vec::new() });
    }

    fn bring_in(&mut self, kind: UseKind, name: Option<Name>) {
        let here = self.within.last().copied().unwrap_or(0);
        if let Some(name) = name {
            self.outline.pieces[here].uses.push(Use { kind, name });
        }
    }

    fn mention(&mut self, kind: MentionKind, name: &Token<'_>) {
        self.outline.mentions.push(Mention { kind, name: plain_name(name) });
    }

    fn add_alternative(&mut self, word: &Token<'_>) {
        if let Some(open) = self.open.last_mut() {
            open.alternatives += 1;
            self.alternatives += 1;
        }
        if self.alternatives > MOST_ALTERNATIVES && self.outline.excess.is_none() {
            self.outline.excess = Some(plain_name(word));
        }
    }
}

/// Whether the word before the one at `at` is the `not` of `is not`.
fn follows_is(tokens: &[Token<'_>], at: usize) -> bool {
    at >= 2 && tokens[at - 2].is_word("is")
}

/// Whether a value ends with the token at `at`, so that an operator follows, and no further value.
fn ends_operand(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    match token.kind {
        TokenKind::Text | TokenKind::Number => true,
        TokenKind::Sign => matches!(token.text, ")" | "]" | "}"),
        TokenKind::Word => !is_operator(token) || at > 0 && matches!(tokens[at - 1].text, "." | "?."),
    }
}

/// Whether a word stands between values rather than for one.
fn is_operator(token: &Token<'_>) -> bool {
    matches!(token.text, "and" | "or" | "not" | "in" | "is" | "if" | "else" | "elif" | "for")
}

fn plain_name(token: &Token<'_>) -> Name {
    Name { text: token.text.to_owned(), at: token.at, length: token.text.len() }
}

fn quoted_name(token: &Token<'_>) -> Option<Name> {
    Some(Name { text: token.quoted()?.into_owned(), at: token.at, length: token.text.len() })
}

/// `ui.button`, the name of a component, at the beginning of tokens.
fn dotted_name(tokens: &[Token<'_>]) -> Name {
    let mut name = tokens.first().map_or(Name { text: String::new(), at: 0, length: 0 }, plain_name);
    for pair in tokens.get(1..).unwrap_or_default().chunks(2) {
        let [point, part] = pair else { break };
        if !point.is_sign(".") || part.word().is_none() {
            break;
        }
        name.text = format!("{}.{}", name.text, part.text);
        name.length = part.end() - name.at;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::scan::scan;

    fn outline(source: &str) -> Outline {
        Outline::of(&scan(source))
    }

    fn uses(source: &str) -> Vec<(UseKind, String)> {
        let outline = outline(source);
        outline.pieces.into_iter().flat_map(|piece| piece.uses).map(|used| (used.kind, used.name.text)).collect()
    }

    #[test]
    fn what_is_brought_in_is_found() {
        let source = "{% extends 'a.html' %}{% block one %}{% include \"b.html\" %}{{ super() }}{% block two %}{% endblock %}{% endblock one %}\
                      {% component ui.card(title, other=\"x\") %}{{ <other a={<ui.deep b=\"<c/>\"/>} d/> }}{% endcomponent %}\
                      {% <ui.card title={a < b}> %}{% include 'c.html' %}{% </ui.card> %}";
        let outline = outline(source);
        assert_eq!(outline.parent.map(|name| name.text).as_deref(), Some("a.html"));
        let kinds: Vec<PieceKind> = outline.pieces.iter().map(|piece| piece.kind.clone()).collect();
        assert!(
            matches!(&kinds[..], [PieceKind::Body, PieceKind::Block(one), PieceKind::Block(two), PieceKind::Component(card)]
                if one.text == "one" && two.text == "two" && card.text == "ui.card"),
            "{kinds:?}"
        );
        let expected = [
            (UseKind::Block, "one"),
            (UseKind::Component, "ui.card"),
            (UseKind::Include, "c.html"),
            (UseKind::Include, "b.html"),
            (UseKind::Super, "super"),
            (UseKind::Block, "two"),
            (UseKind::Component, "other"),
            (UseKind::Component, "ui.deep"),
        ];
        assert_eq!(uses(source), expected.map(|(kind, name)| (kind, name.to_owned())));
    }

    #[test]
    fn filters_tests_and_functions_are_told_apart() {
        let source = "{{ a | f1 | f2(x=g1()) }}{% if a is t1 and not (b is not t2(x=1)) or (c) %}{% elif (d) in (e) %}{% endif %}\
                      {% filter f3(y=2) | f4 %}{% endfilter %}{% set x | f5 %}{% endset %}{% for i in g2(end=3) %}{% endfor %}\
                      {{ [g3(a=1) for i in x if i is t3] }}{{ x.in < y }}{{ a < b }}{{ 1 if g4() else g5() }}";
        let found = outline(source).mentions;
        let of = |kind| found.iter().filter(|m| m.kind == kind).map(|m| m.name.text.as_str()).collect::<Vec<_>>();
        assert_eq!(of(MentionKind::Filter), ["f1", "f2", "f3", "f4", "f5"]);
        assert_eq!(of(MentionKind::Test), ["t1", "t2", "t3"]);
        assert_eq!(of(MentionKind::Function), ["g1", "g2", "g3", "g4", "g5"]);
        assert!(uses(source).is_empty(), "{:?}", uses(source));
    }

    #[test]
    fn what_is_never_closed_is_known() {
        for (source, expected) in [
            ("{% if a %}{% else %}{% endif %}{% set x = 1 %}{% set_global y | f %}{% endset %}{% <c> %}{% </c> %}", None),
            ("{% block a %}{% for x in y %}{% endblock %}", Some("for")),
            ("{% filter f %}{% <c a={1}> %}", Some("<")),
            ("{% component c() %}{% set x %}", Some("set")),
        ] {
            assert_eq!(outline(source).unclosed.map(|name| name.text).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn alternatives_are_counted_where_they_are_open() {
        let chain = |count: usize| format!("{{% if a %}}{}", "{% elif a %}".repeat(count));
        let closed = format!("{}{{% endif %}}", chain(MOST_ALTERNATIVES)).repeat(3);
        assert_eq!(outline(&closed).excess, None);
        assert!(outline(&chain(MOST_ALTERNATIVES + 1)).excess.is_some());
        let within = format!("{}{}{}", chain(150), chain(51), "{% endif %}".repeat(2));
        assert_eq!(outline(&within).excess.map(|name| name.at), Some(chain(150).len() + chain(50).len() + 3));
    }
}
