//! What a result shows of an article: the words that were asked for, marked where they stand.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::documents::Passage;
use super::words::{Analyser, Script, each_run};

/// A piece of text, marked or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is a word that was asked for.
    pub mark: bool,
}

/// About how many words an excerpt has, and at most how many of them before the first that is marked.
const WORDS: usize = 25;
const WORDS_BEFORE: usize = 6;

/// What is looked for: terms, and for each the number of the word in the query and what that is worth.
pub struct Matcher<'m> {
    pub analyser: &'m Analyser,
    pub terms: &'m FxHashMap<String, usize>,
    pub worth: &'m [u64],
}

struct Token {
    block: usize,
    from: usize,
    to: usize,
    group: Option<usize>,
}

impl Matcher<'_> {
    /// The words of a text and which of them are looked for.
    fn tokens(&self, text: &str, block: usize, tokens: &mut Vec<Token>) {
        each_run(text, |at, script| {
            let run = &text[at.clone()];
            if script == Script::Pairs {
                for found in self.analyser.terms(run) {
                    let (from, to) = (at.start + found.at.start, at.start + found.at.end);
                    tokens.push(Token { block, from, to, group: self.terms.get(&found.term).copied() });
                }
                return;
            }
            let normal = self.analyser.normal(run);
            if !normal.is_empty() {
                let group = self.terms.get(&*self.analyser.term(&normal));
                tokens.push(Token { block, from: at.start, to: at.end, group: group.copied() });
            }
        });
    }

    /// A text with the words that are looked for marked.
    pub fn mark(&self, text: &str) -> Vec<Part> {
        let mut tokens = Vec::new();
        self.tokens(text, 0, &mut tokens);
        let mut parts = Vec::new();
        mark_into(text, 0, text.len(), &tokens, &mut parts);
        parts
    }

    /// Whether a text has a word that is looked for.
    pub fn is_in(&self, text: &str) -> bool {
        let mut tokens = Vec::new();
        self.tokens(text, 0, &mut tokens);
        tokens.iter().any(|token| token.group.is_some())
    }

    /// The place of a text that says the most, and which section it is in.
    pub fn excerpt(&self, passages: &[Passage]) -> Option<(Vec<Part>, usize)> {
        let mut best: Option<(u64, usize, usize)> = None;
        let mut sections = Vec::with_capacity(passages.len());
        for (number, Passage(_, _, blocks)) in passages.iter().enumerate() {
            let mut tokens = Vec::new();
            for (block, text) in blocks.iter().enumerate() {
                self.tokens(text, block, &mut tokens);
            }
            for first in (0..tokens.len()).filter(|&i| tokens[i].group.is_some()) {
                let worth = self.worth_of(&tokens[first..tokens.len().min(first + WORDS)]);
                if best.is_none_or(|(most, ..)| worth > most) {
                    best = Some((worth, number, first));
                }
            }
            sections.push(tokens);
        }
        let (_, number, first) = best?;
        Some((cut(&passages[number].2, &sections[number], first), number))
    }

    /// Each word counts once; how often it stands there decides among equals.
    fn worth_of(&self, tokens: &[Token]) -> u64 {
        let mut seen: Vec<usize> = Vec::new();
        let mut worth = 0;
        for group in tokens.iter().filter_map(|token| token.group) {
            if !seen.contains(&group) {
                seen.push(group);
                worth += self.worth[group] * 64;
            }
            worth += 1;
        }
        worth
    }
}

/// The words round a token: from a little before it in its block, on into the blocks after it.
fn cut(blocks: &[String], tokens: &[Token], first: usize) -> Vec<Part> {
    let block = tokens[first].block;
    let mut start = first;
    while start > 0 && first - start < WORDS_BEFORE && tokens[start - 1].block == block {
        start -= 1;
    }
    let last = (first + WORDS).min(tokens.len()) - 1;
    let starts_block = start == 0 || tokens[start - 1].block != block;
    let ends_block = tokens.get(last + 1).is_none_or(|next| next.block != tokens[last].block);
    let mut parts = Vec::new();
    if !starts_block {
        push("… ", false, &mut parts);
    }
    for (number, text) in blocks.iter().enumerate().take(tokens[last].block + 1).skip(block) {
        if number > block {
            push(" ", false, &mut parts);
        }
        let from = if number == block && !starts_block { tokens[start].from } else { 0 };
        let to =
            if number == tokens[last].block && !ends_block { end_of(text, &tokens[last], &tokens[last + 1]) } else { text.len() };
        let within = &tokens[start..=last];
        let begin = within.partition_point(|token| token.block < number);
        let end = within.partition_point(|token| token.block <= number);
        mark_into(text, from, to, &within[begin..end], &mut parts);
    }
    if !ends_block {
        push(" …", false, &mut parts);
    }
    parts
}

/// Where a word ends together with the punctuation behind it.
fn end_of(text: &str, token: &Token, next: &Token) -> usize {
    if next.from <= token.to {
        return token.to;
    }
    text[token.to..next.from].find(char::is_whitespace).map_or(next.from, |length| token.to + length)
}

fn mark_into(text: &str, from: usize, to: usize, tokens: &[Token], parts: &mut Vec<Part>) {
    let mut at = from;
    for token in tokens.iter().filter(|token| token.group.is_some()) {
        // Pairs overlap.
        let begin = token.from.max(at);
        push(&text[at..begin], false, parts);
        push(&text[begin..token.to.max(begin)], true, parts);
        at = token.to.max(begin);
    }
    push(&text[at..to.max(at)], false, parts);
}

fn push(text: &str, mark: bool, parts: &mut Vec<Part>) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.mark == mark => last.text.push_str(text),
        _ => parts.push(Part { text: text.to_owned(), mark }),
    }
}
