//! Task lists: the boxes, their words and, on an agenda, the time that a step takes.
//!
//! A time stands in brackets at a step's head, as in `- [ ] (5 min) Thank them`; what a length of time is says `length`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::{Fill, Kind, Task, length};
use super::Renderer;
use super::links::OpenLink;
use crate::html::escape_into;

/// A time at the head of a step is no longer than this, in bytes.
const LONGEST_TIME: usize = 60;

/// The tasks of an article in the making.
#[derive(Default)]
pub(super) struct Tasks {
    /// Whether their times are looked for.
    have_times: bool,
    done: Vec<Task>,
    /// The one whose `<label>` is open.
    open: Option<Task>,
    /// The list items that are open: whether each is a step with a time.
    items: Vec<bool>,
    /// Text of the Markdown before this place has been written.
    written_to: usize,
}

impl Tasks {
    pub(super) fn of(kind: Kind) -> Tasks {
        Tasks { have_times: kind == Kind::Agenda, ..Tasks::default() }
    }

    pub(super) fn begin_item(&mut self) {
        self.items.push(false);
    }

    pub(super) fn end_item(&mut self) {
        self.items.pop();
    }

    /// What is left to write of a text that comes from this stretch of the Markdown.
    pub(super) fn rest_of<'t>(&self, text: &'t str, range: &Range<usize>) -> &'t str {
        if range.start >= self.written_to {
            return text;
        }
        text.get(self.written_to - range.start..).filter(|_| range.end > self.written_to).unwrap_or("")
    }

    /// Adds to the words of the task that is open.
    pub(super) fn add_words(&mut self, text: &str) {
        if let Some(task) = &mut self.open {
            task.words.push_str(text);
        }
    }
}

impl Renderer<'_> {
    /// The box of a task-list item, with the item's words as its label. The marker ends at `marker_ends` of the Markdown.
    pub(super) fn task(&mut self, is_ticked: bool, marker_ends: usize) {
        for (opening, with_class) in [("<li><p>", "<li class=\"task\"><p>"), ("<li>", "<li class=\"task\">")] {
            if self.out.html.ends_with(opening) {
                let at = self.out.html.len() - opening.len();
                self.out.html.replace_range(at.., with_class);
                let moved_by = with_class.len() - opening.len();
                self.raw.move_container(moved_by);
                if let Some(heading) = &mut self.heading {
                    heading.at += moved_by;
                }
                break;
            }
        }
        self.make_inline_room();
        self.push("<label><input type=\"checkbox\"");
        self.out.hole(Fill::Task(self.tasks.done.len() as u32));
        self.push(if is_ticked { " checked> " } else { "> " });
        let heading = self.outline.len().checked_sub(1).map(|last| last as u32);
        self.tasks.open = Some(Task { is_ticked, heading, ..Task::default() });
        self.enter(("label", "task"), self.origin.text.len(), self.out.html.len());
        if self.tasks.have_times {
            self.time_of_step(marker_ends);
        }
    }

    /// Writes the time that stands at the head of a step, if one does.
    fn time_of_step(&mut self, marker_ends: usize) {
        let markdown = &self.origin.text[self.origin.body_at..];
        let Some((time, seconds, ends)) = markdown.get(marker_ends..).and_then(time_at_head) else { return };
        let items = &mut self.tasks.items;
        let Some((own, outer)) = items.split_last_mut() else { return };
        *own = true;
        if let Some(task) = &mut self.tasks.open {
            task.seconds = Some(seconds);
            task.is_part = outer.contains(&true);
            task.time = time.to_owned();
        }
        self.tasks.written_to = marker_ends + ends;
        // Readers of a feed see the brackets; a style sheet can set the time apart without them.
        self.push(&format!("<time class=\"step-time\" datetime=\"{}\"><span>", length::iso(seconds)));
        self.out.text("(");
        self.push("</span>");
        self.out.text(time);
        self.push("<span>");
        self.out.text(")");
        self.push("</span></time>");
        self.out.text(" ");
        for text in ["(", time, ") "] {
            self.words.count(text);
            self.plain.push(text);
            if let Some(heading) = &mut self.heading {
                heading.text.push_str(text);
            }
        }
    }

    pub(super) fn close_label(&mut self) {
        let Some(mut task) = self.tasks.open.take() else { return };
        self.leave();
        self.push("</label>");
        task.words.truncate(task.words.trim_end().len());
        self.tasks.done.push(task);
    }

    /// Notes that the title of the article that a link leads to stands among a task's words.
    pub(super) fn title_in_task(&mut self, name: &str) {
        if let (Some(task), Some(OpenLink::Titled(link))) = (&mut self.tasks.open, self.open_links.last()) {
            task.titles.push((task.words.len()..task.words.len() + name.len(), *link));
            task.words.push_str(name);
        }
    }

    /// The tasks in the order in which they stand on the page, each with what tells it from the others.
    pub(super) fn finish_tasks(&mut self) -> Vec<Task> {
        let done = std::mem::take(&mut self.tasks.done);
        if done.is_empty() {
            return done;
        }
        let mut left: Vec<Option<Task>> = done.into_iter().map(Some).collect();
        let mut tasks = Vec::with_capacity(left.len());
        // Footnotes were read before they were written, and not everything that was read was written.
        for hole in &mut self.out.holes {
            if let Fill::Task(number) = &mut hole.fill
                && let Some(task) = left.get_mut(*number as usize).and_then(Option::take)
            {
                *number = tasks.len() as u32;
                tasks.push(task);
            }
        }
        let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
        for task in &mut tasks {
            task.key = key(&task.words);
            let count = seen.entry(task.key).or_insert(0);
            *count += 1;
            task.nth = *count;
        }
        tasks
    }
}

/// The time that stands in brackets at the head of a step, its seconds, and where the words behind it begin.
fn time_at_head(step: &str) -> Option<(&str, u32, usize)> {
    let line = step.lines().next()?;
    let inner = line.trim_start().strip_prefix('(')?;
    let time = &inner[..inner.find(')')?];
    let seconds = length::seconds(time, None).filter(|_| time.len() <= LONGEST_TIME)?;
    let behind = &inner[time.len() + 1..];
    Some((time.trim(), seconds, line.len() - behind.trim_start().len()))
}

/// Tells the words of a task from others, by letters and digits alone: who puts a comma right does not make another task.
fn key(words: &str) -> u32 {
    let mut folded = String::with_capacity(words.len());
    for word in words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        folded.extend(word.chars().flat_map(char::to_lowercase));
        folded.push(' ');
    }
    let hash = super::super::term_hash("task", &folded);
    (hash >> 32) as u32 ^ hash as u32
}

/// Appends what an `<input>` is told apart by.
pub(in crate::article) fn name_into(task: &Task, html: &mut String) {
    let number = if task.nth > 1 { format!("-{}", task.nth) } else { String::new() };
    escape_into(&format!("{:08x}{number}", task.key), html);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stands_in_brackets_at_the_head_of_a_step() {
        for (step, time) in [
            (" (5 min) Thank them", Some(("5 min", 300, "Thank them"))),
            (" ( 90 s )Thank them", Some(("90 s", 90, "Thank them"))),
            (" (1 h 30 min)\n  Talk", Some(("1 h 30 min", 5400, "\n  Talk"))),
            (" (5') *Thank* (2 min)", Some(("5'", 300, "*Thank* (2 min)"))),
            (" (5 min)", Some(("5 min", 300, ""))),
            (" \\(5 min) as text", None),
            (" Thank them (5 min)", None),
            (" (5 min or more) Talk", None),
            (" (5) Talk", None),
            (" (5 min", None),
            ("\n(5 min) below", None),
            ("", None),
        ] {
            let found = time_at_head(step).map(|(time, seconds, at)| (time, seconds, &step[at..]));
            assert_eq!(found, time, "{step:?}");
        }
    }

    #[test]
    fn a_task_stays_itself_when_its_signs_change_and_not_when_its_words_do() {
        assert_eq!(key("Thank them, and say why"), key("“Thank them” and say – why!"));
        assert_ne!(key("Thank them"), key("Thank him"));
        assert_ne!(key("ab c"), key("a bc"));
    }
}
