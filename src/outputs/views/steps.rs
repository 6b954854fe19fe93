//! The steps of an agenda, as its page, its calendar file and search engines show them.

use serde::Serialize;

use crate::article::{Body, Head, Kind, Task, length};
use crate::plan::Snapshot;
use crate::site::ArticleId;

/// A step of an agenda.
#[derive(Debug, Clone, Serialize)]
pub struct StepView {
    /// Its words, without the time.
    pub text: String,
    /// The heading above it.
    pub section: Option<String>,
    /// The id of that heading.
    pub section_id: Option<String>,
    /// The time it takes, as the author wrote it.
    pub time: Option<String>,
    /// The same in minutes, rounded up.
    pub minutes: Option<u32>,
    /// The same as HTML's `datetime` has it: `PT5M`.
    pub iso: Option<String>,
    /// Whether the author has ticked it.
    pub ticked: bool,
}

/// The steps of an agenda; of any other article, none.
pub fn steps(snapshot: &Snapshot, id: ArticleId) -> Vec<StepView> {
    let head = snapshot.site.head(id);
    let tasks = if head.kind == Kind::Agenda { snapshot.article(id).body.tasks() } else { &[] };
    tasks.iter().map(|task| step(snapshot, id, task)).collect()
}

fn step(snapshot: &Snapshot, id: ArticleId, task: &Task) -> StepView {
    let site = &*snapshot.site;
    let words = task.words(|link| site.title_of_link(id, link).to_owned());
    let heading = task.heading.and_then(|heading| site.head(id).outline.get(heading as usize));
    StepView {
        text: words.split_whitespace().collect::<Vec<_>>().join(" "),
        section: heading.map(|heading| heading.text.clone()),
        section_id: heading.map(|heading| heading.id.clone()),
        time: task.seconds.map(|_| task.time.clone()),
        minutes: task.seconds.map(|seconds| seconds.div_ceil(60)),
        iso: task.seconds.map(length::iso),
        ticked: task.is_ticked,
    }
}

/// The minutes that an agenda takes: as it says, or else as its steps add up to.
pub fn duration(head: &Head, body: &Body) -> Option<u32> {
    head.duration.or_else(|| minutes_of_steps(head, body))
}

/// The minutes that the times of an agenda's steps add up to, rounded up, if any step has one.
pub fn minutes_of_steps(head: &Head, body: &Body) -> Option<u32> {
    let seconds = body.seconds_of_steps().filter(|_| head.kind == Kind::Agenda)?;
    Some(seconds.div_ceil(60))
}
