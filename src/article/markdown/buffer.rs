//! A piece of a body in the making: HTML with holes.

use std::ops::Range;

use super::super::{Fill, Hole};
use crate::html::escape_into;

/// A piece of HTML in the making.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) html: String,
    pub(super) holes: Vec<Hole>,
    /// Where running text stands in the HTML.
    pub(super) prose: Vec<Range<u32>>,
}

impl Buffer {
    pub(super) fn hole(&mut self, fill: Fill) {
        self.holes.push(Hole { at: self.html.len() as u32, fill });
    }

    /// Writes running text.
    pub(super) fn text(&mut self, text: &str) {
        let from = self.html.len();
        escape_into(text, &mut self.html);
        self.note_prose(from);
    }

    /// Notes that what was written since `from` is running text.
    pub(super) fn note_prose(&mut self, from: usize) {
        let (from, to) = (from as u32, self.html.len() as u32);
        match self.prose.last_mut() {
            Some(last) if last.end == from => last.end = to,
            _ if from < to => self.prose.push(from..to),
            _ => {}
        }
    }

    /// Takes back what was written from `at` on, where no hole is.
    pub(super) fn truncate(&mut self, at: usize) {
        self.html.truncate(at);
        while let Some(last) = self.prose.last_mut().filter(|text| text.end as usize > at) {
            last.end = at as u32;
            if last.start < last.end {
                break;
            }
            self.prose.pop();
        }
    }

    /// Notes that what was written since `from` is running text, but for the tags in it.
    pub(super) fn note_prose_between_tags(&mut self, from: usize) {
        let mut at = from;
        while at < self.html.len() {
            let text_ends = self.html[at..].find('<').map_or(self.html.len(), |found| at + found);
            if at < text_ends {
                self.prose.push(at as u32..text_ends as u32);
            }
            at = self.html[text_ends..].find('>').map_or(self.html.len(), |found| text_ends + found + 1);
        }
    }

    /// Appends another piece, holes and all.
    pub(super) fn append(&mut self, other: Buffer) {
        let shift = self.html.len() as u32;
        self.html.push_str(&other.html);
        self.holes.extend(other.holes.iter().map(|hole| Hole { at: hole.at + shift, fill: hole.fill }));
        self.prose.extend(other.prose.iter().map(|text| text.start + shift..text.end + shift));
    }

    /// Writes something longer, or as long, where something without holes and running text stands.
    pub(super) fn replace(&mut self, range: Range<usize>, html: &str) {
        let shift = (html.len() - range.len()) as u32;
        let first = self.holes.partition_point(|hole| (hole.at as usize) < range.end);
        for hole in &mut self.holes[first..] {
            hole.at += shift;
        }
        let first = self.prose.partition_point(|text| (text.start as usize) < range.end);
        for text in &mut self.prose[first..] {
            *text = text.start + shift..text.end + shift;
        }
        self.html.replace_range(range, html);
    }

    /// Takes back what was written since `at`.
    pub(super) fn split_off(&mut self, at: usize) -> Buffer {
        let html = self.html.split_off(at);
        let first = self.holes.partition_point(|hole| (hole.at as usize) < at);
        let holes = self.holes.split_off(first);
        let at = at as u32;
        let first = self.prose.partition_point(|text| text.start < at);
        let mut prose = self.prose.split_off(first);
        if let Some(around) = self.prose.last_mut().filter(|text| text.end > at) {
            prose.insert(0, at..std::mem::replace(&mut around.end, at));
        }
        Buffer {
            html,
            holes: holes.into_iter().map(|hole| Hole { at: hole.at - at, fill: hole.fill }).collect(),
            prose: prose.into_iter().map(|text| text.start - at..text.end - at).collect(),
        }
    }
}
