//! A piece of a body in the making: HTML with holes.

use std::ops::Range;

use super::super::{Fill, Hole};

/// A piece of HTML in the making.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) html: String,
    pub(super) holes: Vec<Hole>,
}

impl Buffer {
    pub(super) fn hole(&mut self, fill: Fill) {
        self.holes.push(Hole { at: self.html.len() as u32, fill });
    }

    /// Appends another piece, holes and all.
    pub(super) fn append(&mut self, other: Buffer) {
        let shift = self.html.len() as u32;
        self.html.push_str(&other.html);
        self.holes.extend(other.holes.iter().map(|hole| Hole { at: hole.at + shift, fill: hole.fill }));
    }

    /// Writes something longer, or as long, where something without holes stands.
    pub(super) fn replace(&mut self, range: Range<usize>, html: &str) {
        let shift = (html.len() - range.len()) as u32;
        let first = self.holes.partition_point(|hole| (hole.at as usize) < range.end);
        for hole in &mut self.holes[first..] {
            hole.at += shift;
        }
        self.html.replace_range(range, html);
    }

    /// Takes back what was written since `at`.
    pub(super) fn split_off(&mut self, at: usize) -> Buffer {
        let html = self.html.split_off(at);
        let first = self.holes.partition_point(|hole| (hole.at as usize) < at);
        let holes = self.holes.split_off(first);
        Buffer { html, holes: holes.into_iter().map(|hole| Hole { at: hole.at - at as u32, fill: hole.fill }).collect() }
    }
}
