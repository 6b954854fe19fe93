//! Tables: as Markdown where each cell is a line of text, else kept as HTML.

use super::line::{Line, Mark, is_space};
use super::names;
use super::tree::{Data, Id};
use super::walk::Walker;
use super::write::{Place, write};

/// A table of more columns is nobody's to edit by hand.
const MOST_COLUMNS: usize = 60;

struct Rows {
    rows: Vec<Vec<Id>>,
    /// Whether the first row is marked as the header.
    has_header: bool,
    captions: Vec<Id>,
    is_simple: bool,
    /// Whether anything stands where only parts of a table do.
    has_strays: bool,
}

impl Walker<'_, '_> {
    pub(super) fn table(&mut self, id: Id) {
        self.flush();
        let rows = self.rows_of(id);
        let cells = rows.rows.iter().map(Vec::len).sum::<usize>();
        let columns = rows.rows.iter().map(Vec::len).max().unwrap_or(0);
        if cells <= 1 || rows.has_strays || self.tree.attribute(id, "role") == Some("presentation") {
            // It only puts something in its place, or what was in it was too deep.
            self.children(id);
            return self.flush();
        }
        let is_table = rows.is_simple && columns <= MOST_COLUMNS && rows.rows.first().is_some_and(|first| first.len() == columns);
        if !is_table {
            return self.keep(id);
        }
        for caption in &rows.captions {
            self.node(*caption);
        }
        let is_header = rows.has_header || self.looks_like_header(&rows.rows);
        let alignments: Vec<&str> = (0..columns).map(|column| self.alignment(&rows.rows, column)).collect();
        let mut cells: Vec<Vec<Line>> = Vec::with_capacity(rows.rows.len());
        for (index, row) in rows.rows.iter().enumerate() {
            let is_head = index == 0 && is_header;
            cells.push(row.iter().map(|cell| self.cell(*cell, is_head)).collect());
        }
        self.state.begin_block();
        let mut rows = cells.iter();
        let none = Vec::new();
        let header = if is_header { rows.next().unwrap_or(&none) } else { &none };
        self.row(header, columns);
        self.state.out.push_str(&self.state.prefix);
        self.state.out.push('|');
        for alignment in alignments {
            self.state.out.push_str(alignment);
            self.state.out.push('|');
        }
        self.state.out.push('\n');
        for row in rows {
            self.state.out.push_str(&self.state.prefix);
            self.row(row, columns);
        }
    }

    fn row(&mut self, cells: &[Line], columns: usize) {
        self.state.out.push('|');
        for column in 0..columns {
            self.state.out.push(' ');
            if let Some(line) = cells.get(column).filter(|line| !line.is_empty()) {
                write(line, Place::Cell, "", &mut self.state.out);
                self.state.out.push(' ');
            }
            self.state.out.push('|');
        }
        self.state.out.push('\n');
    }

    fn cell(&mut self, cell: Id, is_head: bool) -> Line {
        let is_strong = !is_head && self.tree.name(cell) == "th";
        self.gather(|walker| match is_strong {
            true => walker.marked(Mark::Strong, cell),
            // The header is bold anyway.
            false if is_head => match walker.only_child(cell) {
                Some(strong) if matches!(walker.tree.name(strong), "b" | "strong") => walker.children(strong),
                _ => walker.children(cell),
            },
            false => walker.children(cell),
        })
    }

    /// The only child that is no white space.
    fn only_child(&self, id: Id) -> Option<Id> {
        let is_blank = |id: &Id| matches!(self.tree.data(*id), Data::Text(text) if text.chars().all(is_space));
        let mut children = self.tree.children(id).filter(|child| !is_blank(child));
        let only = children.next()?;
        children.next().is_none().then_some(only)
    }

    /// Whether each cell of the first row is bold as a whole, and not each of the second too.
    fn looks_like_header(&self, rows: &[Vec<Id>]) -> bool {
        let is_bold = |row: &Vec<Id>| {
            let is_strong = |cell: &Id| self.only_child(*cell).is_some_and(|only| matches!(self.tree.name(only), "b" | "strong"));
            !row.is_empty() && row.iter().all(is_strong)
        };
        rows.len() > 1 && rows.first().is_some_and(is_bold) && !rows.get(1).is_some_and(is_bold)
    }

    fn rows_of(&self, table: Id) -> Rows {
        let mut rows = Rows { rows: Vec::new(), has_header: false, captions: Vec::new(), is_simple: true, has_strays: false };
        for part in self.tree.children(table) {
            match self.tree.name(part) {
                "caption" => rows.captions.push(part),
                name @ ("thead" | "tbody" | "tfoot") => {
                    for row in self.tree.children(part) {
                        match self.tree.name(row) {
                            "tr" => self.add_row(row, name == "thead", &mut rows),
                            _ => rows.has_strays |= self.is_stray(row),
                        }
                    }
                }
                "tr" => self.add_row(part, false, &mut rows),
                "colgroup" => {}
                _ => rows.has_strays |= self.is_stray(part),
            }
        }
        rows
    }

    fn add_row(&self, row: Id, in_head: bool, rows: &mut Rows) {
        let is_cell = |cell: &Id| matches!(self.tree.name(*cell), "td" | "th");
        let cells: Vec<Id> = self.tree.children(row).filter(is_cell).collect();
        rows.has_strays |= self.tree.children(row).any(|child| !is_cell(&child) && self.is_stray(child));
        if cells.is_empty() {
            return;
        }
        let is_first = rows.rows.is_empty();
        let is_head = in_head || cells.iter().all(|cell| self.tree.name(*cell) == "th");
        rows.has_header |= is_first && is_head;
        rows.is_simple &= is_first || !in_head;
        rows.is_simple &= cells.iter().all(|cell| self.is_simple(*cell));
        rows.rows.push(cells);
    }

    fn is_stray(&self, id: Id) -> bool {
        match self.tree.data(id) {
            Data::Text(text) => !text.chars().all(is_space),
            Data::Element(name, _) => !names::is_unseen(name),
            _ => false,
        }
    }

    fn is_simple(&self, cell: Id) -> bool {
        let spans = |name: &str| self.tree.attribute(cell, name).is_some_and(|span| !matches!(span.trim(), "1" | ""));
        let mut paragraphs = 0;
        let mut holds_more = false;
        for id in self.tree.below(cell) {
            match self.tree.name(id) {
                "p" => paragraphs += 1,
                "div" | "center" => {}
                name => holds_more |= names::is_block(name),
            }
        }
        !spans("colspan") && !spans("rowspan") && !holds_more && paragraphs <= 1
    }

    /// How a column is aligned: as all its cells that say so.
    fn alignment(&self, rows: &[Vec<Id>], column: usize) -> &'static str {
        let mut found = None;
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            let own = self.alignment_of(*cell);
            if found.is_some() && own != found {
                return " --- ";
            }
            found = own.or(found);
            if own.is_none() {
                return " --- ";
            }
        }
        found.unwrap_or(" --- ")
    }

    fn alignment_of(&self, cell: Id) -> Option<&'static str> {
        let style = self.tree.attribute(cell, "style").unwrap_or("").to_ascii_lowercase();
        let of_style = style.split(';').find_map(|rule| rule.split_once(':').filter(|(name, _)| name.trim() == "text-align"));
        let of_class = ["left", "center", "right"].into_iter().find(|side| {
            self.tree.attribute(cell, "class").is_some_and(|class| class.contains(&format!("has-text-align-{side}")))
        });
        let side = of_style.map(|(_, side)| side.trim().to_owned()).or_else(|| of_class.map(str::to_owned));
        match side.or_else(|| self.tree.attribute(cell, "align").map(|side| side.trim().to_ascii_lowercase()))?.as_str() {
            "left" => Some(" :--- "),
            "center" => Some(" :---: "),
            "right" => Some(" ---: "),
            _ => None,
        }
    }
}
