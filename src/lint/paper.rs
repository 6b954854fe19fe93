//! Whether an agenda fits on one page when it is printed: that is what people take along.
//!
//! The height is reckoned from the HTML, with the sizes that the default theme prints an agenda in, and checked in a
//! browser against what Chromium prints (`tests/browser/agenda.test.mjs`). Words are as wide as in DejaVu Sans, the widest of
//! the fonts that readers' systems bring, so an agenda that fits here fits with most. Other themes print otherwise.

use super::{Remark, Subject};
use crate::article::{Body, Fill, Head, Kind};
use crate::diagnostic::Diagnostic;
use crate::html::escape_into;
use crate::site::Goal;

/// A sheet of paper without its margins, in CSS pixels.
struct Sheet {
    name: &'static str,
    width: f64,
    height: f64,
}

/// 11 mm stay free above and below, 15 mm at the sides.
const SHEETS: [Sheet; 2] =
    [Sheet { name: "Letter", width: 702.6, height: 972.8 }, Sheet { name: "A4", width: 680.3, height: 1039.3 }];

/// An agenda prints with a root size of 9 points, which are 12 pixels.
const REM: f64 = 12.0;
/// Running text: its size, and the height of a line of it.
const TEXT: f64 = 1.0625 * REM;
const LINE: f64 = 1.35 * TEXT;

/// An agenda that takes more than a page.
pub fn is_one_page(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let head = &subject.article.head;
    // What a template of the site's own does, we cannot know.
    if head.kind != Kind::Agenda || head.template.is_some() || subject.site.is_section_page(subject.id) {
        return;
    }
    let html = html(subject);
    let has_times = subject.article.body.seconds_of_steps().is_some();
    let over: Vec<(&str, u32)> = SHEETS
        .iter()
        .map(|sheet| {
            let height = around(subject, sheet.width) + Layout::new(sheet.width, has_times).height(&html);
            (sheet.name, ((height - sheet.height) / LINE).ceil().max(0.0) as u32)
        })
        .filter(|(_, lines)| *lines > 0)
        .collect();
    let amounts = match over[..] {
        [(first, lines), (second, more)] => {
            format!("{} too long for a page of {first} paper, and {more} for {second}", amount(lines))
        }
        [(only, lines)] => format!("{} too long for a page of {only} paper", amount(lines)),
        _ => return,
    };
    let problem = Diagnostic::warning("agenda-length", format!("when it is printed, this agenda is about {amounts}"));
    let problem = problem.hint("shorten what stands around the steps, or move some of it to an article and link to that");
    let place = subject.article.places.key("kind");
    remarks.push((0..0, place.map_or(problem.clone(), |place| problem.at(place.clone()))));
}

fn amount(lines: u32) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}

/// The body with the words and pictures of the site in it.
fn html(subject: &Subject<'_>) -> String {
    let (site, id) = (subject.site, subject.id);
    subject.article.body.html(|fill, html| match fill {
        Fill::Title(index) => escape_into(site.title_of_link(id, index), html),
        Fill::Picture(index) => {
            if let Goal::Asset(asset) = &site.goals(id)[index as usize]
                && let Some((width, height)) = site.assets[*asset].size
            {
                html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
            }
        }
        // In whatever language, it takes about as much room.
        Fill::Word(key, ..) => html.push_str(key),
        Fill::Href(_) | Fill::Own | Fill::Task(_) => {}
    })
}

/// The height of what stands above and below the body.
fn around(subject: &Subject<'_>, width: f64) -> f64 {
    let (head, body): (&Head, &Body) = (&subject.article.head, &subject.article.body);
    let title = 1.625 * REM;
    let mut height = f64::from(lines(&head.title, width, title * BOLD)) * 1.15 * title + 0.5 * REM;
    if let Some(lead) = &head.description {
        height += 0.25 * REM + f64::from(lines(lead, width, TEXT)) * LINE;
    }
    if head.audience.is_some() || head.duration.is_some() || !body.tasks().is_empty() {
        height += 0.25 * REM + 1.35 * 0.9375 * REM;
    }
    let has_edit_link = subject.site.settings.edit_link.is_some();
    if head.appeared_in.is_some() || head.owner.is_some() || !head.tags.is_empty() || has_edit_link {
        let parts = u32::from(head.appeared_in.is_some()) + u32::from(head.owner.is_some());
        height += 0.5 * REM + f64::from(parts) * LINE + 0.75 * REM * f64::from(parts.saturating_sub(1));
    }
    let address = format!("{} – to be reviewed by September 30, 2026", subject.site.settings.base.absolute(&head.url));
    let small = 0.8125 * REM;
    height + 0.625 * REM + 1.0 + f64::from(lines(&address, width, small)) * 1.35 * small
}

/// The body on paper: what has been laid out so far.
struct Layout {
    width: f64,
    has_times: bool,
    height: f64,
    open: Vec<Block>,
    /// Words of the innermost block that have not been laid out yet.
    words: String,
    /// The height of the cells of the table row that is open, and how many it has had.
    row: (f64, u32),
    columns: u32,
}

/// A block that is open.
#[derive(Default)]
struct Block {
    name: String,
    is_task: bool,
    is_alert: bool,
    /// How much narrower than the sheet what is in it is.
    indent: f64,
    /// What stood in it last.
    last: Option<String>,
}

/// What tags do not end a line.
const INLINE: [&str; 32] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "input", "ins", "kbd", "label",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "u", "var", "wbr", "img",
];

impl Layout {
    fn new(width: f64, has_times: bool) -> Layout {
        let page = Block::default();
        Layout { width, has_times, height: 0.0, open: vec![page], words: String::new(), row: (0.0, 0), columns: 1 }
    }

    /// The height of a body.
    fn height(mut self, html: &str) -> f64 {
        let mut rest = html;
        let mut is_in_time = false;
        while let Some(at) = rest.find('<') {
            if !is_in_time {
                self.words.push_str(&rest[..at]);
            }
            let Some(end) = rest[at..].find('>') else { break };
            let tag = &rest[at + 1..at + end];
            rest = &rest[at + end + 1..];
            let is_end = tag.starts_with('/');
            let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            match (name, is_end) {
                ("time", _) if self.has_times && tag.contains("step-time") => is_in_time = true,
                ("time", true) => is_in_time = false,
                ("br", _) => self.words.push(BREAK),
                ("img", _) => self.picture(tag),
                ("", _) => {}
                (name, _) if INLINE.contains(&name) => {}
                ("hr", _) => {
                    self.begin(name, tag);
                    self.end(name);
                }
                (name, false) => self.begin(name, tag),
                (name, true) => self.end(name),
            }
        }
        self.words.push_str(rest);
        self.lay_out();
        self.height
    }

    fn begin(&mut self, name: &str, tag: &str) {
        self.lay_out();
        let has_class =
            |class: &str| attribute(tag, "class").is_some_and(|classes| classes.split(' ').any(|known| known == class));
        let Some(parent) = self.open.last_mut() else { return };
        let before = parent.last.replace(name.to_owned());
        let mut block = Block {
            name: name.to_owned(),
            is_task: name == "li" && has_class("task"),
            is_alert: has_class("alert"),
            indent: parent.indent,
            last: None,
        };
        self.height += gap(parent, before.as_deref(), name, block.is_task);
        match name {
            "ul" | "ol" => block.indent += 1.5 * REM,
            // Its box, and the column of the times, stand to the left.
            "li" if block.is_task => {
                block.indent += if self.has_times { 6.25 * REM } else { 1.75 * REM } - 1.5 * REM;
                self.height += 0.25 * REM + 1.0;
            }
            "blockquote" => {
                block.indent += 1.25 * REM + 3.0;
                self.height += 0.25 * REM;
            }
            "div" if block.is_alert => {
                block.indent += 1.75 * REM + 5.0;
                self.height += 0.5 * REM + 2.0;
            }
            "pre" => {
                block.indent += 2.25 * REM + 2.0;
                self.height += 1.75 * REM + 2.0;
            }
            "tr" => self.row = (0.0, 0),
            "hr" => self.height += 1.0,
            _ => {}
        }
        self.open.push(block);
    }

    fn end(&mut self, name: &str) {
        self.lay_out();
        // Between tasks stands one line, and below the last another.
        let Some(at) = self.open.iter().rposition(|block| block.name == name).filter(|&at| at > 0) else { return };
        for block in self.open.drain(at..).rev() {
            match block.name.as_str() {
                "ul" | "ol" if block.last.as_deref() == Some("li") && self.has_times => self.height += 1.0,
                "tr" => {
                    self.height += self.row.0;
                    self.columns = self.row.1.max(1);
                }
                "td" | "th" => self.row.1 += 1,
                _ => {}
            }
        }
    }

    /// Lays out the words that wait as a paragraph of the innermost block.
    fn lay_out(&mut self) {
        let words = std::mem::take(&mut self.words);
        let Some(block) = self.open.last() else { return };
        if words.trim().is_empty() {
            return;
        }
        let words = crate::html::references::decode(&words);
        let width = (self.width - block.indent).max(4.0 * TEXT);
        let (size, weight, line) = match block.name.as_str() {
            "h2" => (1.125 * REM, BOLD, 1.25),
            "h3" => (1.1875 * REM, BOLD, 1.25),
            "h4" | "h5" | "h6" => (TEXT, BOLD, 1.25),
            "td" | "th" => {
                let lines = lines(&words, width / f64::from(self.columns.max(self.row.1 + 1)) - REM, REM);
                self.row.0 = self.row.0.max(f64::from(lines) * 1.5 * REM + REM + 1.0);
                return;
            }
            "pre" => {
                let most = (width / (0.602 * 0.9 * TEXT)).max(1.0);
                let rows: f64 = words.trim_end().lines().map(|row| (row.chars().count() as f64 / most).ceil().max(1.0)).sum();
                self.height += rows * 1.5 * 0.9 * TEXT;
                return;
            }
            _ => (TEXT, 1.0, 1.35),
        };
        self.height += f64::from(lines(&words, width, size * weight)) * line * size;
    }

    /// A picture on a line of its own.
    fn picture(&mut self, tag: &str) {
        self.lay_out();
        let number = |name: &str| attribute(tag, name).and_then(|value| value.parse::<f64>().ok()).filter(|size| *size > 0.0);
        let (Some(width), Some(height)) = (number("width"), number("height")) else { return };
        let room = self.width - self.open.last().map_or(0.0, |block| block.indent);
        self.height += height * (room / width).min(1.0);
    }
}

/// The space between a block and the one before it.
fn gap(parent: &Block, before: Option<&str>, name: &str, is_task: bool) -> f64 {
    let Some(before) = before else { return 0.0 };
    let is_heading = matches!(before, "h2" | "h3");
    match parent.name.as_str() {
        // The body itself.
        "" if is_heading => 0.25 * REM,
        "" if name == "h2" => 0.75 * REM,
        "" | "blockquote" | "li" => 0.5 * REM,
        "div" if parent.is_alert => 0.125 * REM,
        "ul" | "ol" if !is_task => 0.25 * REM,
        _ => 0.0,
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let value = tag.split_once(&format!(" {name}=\""))?.1;
    value.split_once('"').map(|(value, _)| value)
}

/// Ends a line among words, where HTML has `<br>`.
const BREAK: char = '\u{b}';

/// How much wider bold letters are.
const BOLD: f64 = 1.12;

/// The widths of the signs of ASCII from the blank on, in hundredths of their size.
const WIDTHS: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84,
    53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39,
    84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34,
    64, 84,
];

/// How many lines a text takes.
fn lines(text: &str, width: f64, size: f64) -> u32 {
    let room = 100.0 * width / size;
    let mut lines = 0;
    for line in text.trim().split(BREAK) {
        let (mut used, mut rows) = (0.0, 1);
        for word in line.split_whitespace() {
            let length: f64 = word.chars().map(width_of).sum();
            if used > 0.0 && used + 32.0 + length > room {
                (used, rows) = (length, rows + 1);
            } else {
                used += length + if used > 0.0 { 32.0 } else { 0.0 };
            }
            // What fits no line is broken anywhere.
            while used > room {
                (used, rows) = (used - room, rows + 1);
            }
        }
        lines += rows;
    }
    lines
}

fn width_of(c: char) -> f64 {
    match c {
        ' '..='~' => f64::from(WIDTHS[c as usize - 32]),
        '’' | '‘' => 32.0,
        // Scripts whose signs are as wide as they are high.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'.. => {
            100.0
        }
        '\u{300}'..='\u{36f}' => 0.0,
        _ => 62.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_put_into_lines() {
        // Ten letters of a width of 61, and a blank of 32.
        let text = "aaaaa aaaaa aaaaa";
        assert_eq!(lines(text, 10.0 * 6.1 + 3.2, 10.0), 2);
        assert_eq!(lines(text, 10.0 * 6.1, 10.0), 3);
        assert_eq!(lines("aaaaaaaaaa", 5.0 * 6.1, 10.0), 2);
        assert_eq!(lines("中中中中", 20.0, 10.0), 2);
    }

    #[test]
    fn every_block_adds_its_height() {
        let height = |html: &str| Layout::new(702.6, true).height(html);
        assert!((height("<p>One line.</p>\n") - LINE).abs() < 0.1);
        let task =
            "<li class=\"task\"><label><input type=\"checkbox\"> <time class=\"step-time\">(5 min)</time> Do</label></li>\n";
        let list = height(&format!("<ul>\n{task}{task}</ul>\n"));
        assert!((list - (2.0 * (LINE + 4.0) + 1.0)).abs() < 0.1, "{list}");
        assert!(height("<p>a</p><h2 id=\"a\">b</h2><p>c</p>") > height("<p>a</p><p>c</p>"));
        assert!(height("<p><img width=\"200\" height=\"100\"></p>") >= 100.0);
    }

    proptest! {
        #[test]
        fn any_html_has_a_height(html in "(<(/?(p|ul|li class=\"task\"|td|tr|img width=\"0\"|time class=\"step-time\"|h2|hr|pre)|)>|\\PC){0,40}") {
            let height = Layout::new(702.6, true).height(&html);
            prop_assert!(height.is_finite() && height >= 0.0);
        }
    }
}
