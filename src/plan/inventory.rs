//! Lists of a site's articles and tags for the people who look after it: what there is, what waits, what is due.
//!
//! A list is a [`Sheet`] of typed cells. How it is shown is left to whoever asks; which articles are published is
//! decided by the site's [`Selection`].

use jiff::civil;
use rustc_hash::FxHashSet;

use super::Snapshot;
use crate::article::{Head, When, date};
use crate::site::{ArticleId, LeftOut, TagId};
use crate::url::Url;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Published articles, the newest first.
    Articles,
    /// Articles that are left out for a reason.
    LeftOut(LeftOut),
    /// Published articles whose review is due or soon will be, the longest overdue first.
    Review,
    /// Tags, those with the most articles first.
    Tags,
    /// Published articles that no other article and no menu leads to, the newest first.
    Orphans,
}

/// Reviews that come due within so many days are listed too.
pub const DAYS_AHEAD: i32 = 90;

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only articles in this folder or below it.
    pub folder: Option<String>,
    /// Only articles with this tag.
    pub tag: Option<TagId>,
}

/// A list: the same columns in every row.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The columns.
    pub columns: Vec<Column>,
    /// A cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Its name, which never changes.
    pub name: &'static str,
    /// Who sees it.
    pub shown: Shown,
}

/// Who sees a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// People at a terminal too.
    Always,
    /// Whoever has room for it.
    InFull,
}

/// A cell of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A number.
    Number(i64),
    /// Text, of an author's making or ours.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// Whether a subject needs articles that are not published.
pub fn needs_unpublished(subject: Subject) -> bool {
    matches!(subject, Subject::LeftOut(_))
}

/// Makes a list. For what is left out, the snapshot must hold all articles, published or not.
pub fn list(snapshot: &Snapshot, subject: Subject, filter: &Filter) -> Sheet {
    let site = &*snapshot.site;
    let tagged: Option<FxHashSet<ArticleId>> = filter.tag.map(|tag| site.tags[tag].articles.iter().copied().collect());
    let passes = |id: ArticleId| {
        let in_folder = filter.folder.as_deref().is_none_or(|folder| is_within(site.head(id).folder(), folder));
        in_folder && tagged.as_ref().is_none_or(|tagged| tagged.contains(&id))
    };
    let mut ids: Vec<ArticleId> = match subject {
        Subject::Articles | Subject::Tags => site.by_date.clone(),
        Subject::Orphans => site.by_date.iter().copied().filter(|id| !site.is_led_to(*id)).collect(),
        Subject::LeftOut(reason) => {
            let published = snapshot.selection.as_published();
            site.ids().filter(|&id| published.left_out(site.head(id)) == Some(reason)).collect()
        }
        Subject::Review => site.ids().filter(|&id| days_to_review(snapshot, id).is_some_and(|days| days <= DAYS_AHEAD)).collect(),
    };
    ids.retain(|&id| passes(id));
    let day = |id: ArticleId| day_of(subject, site.head(id));
    match subject {
        Subject::Tags => return tags(snapshot, &ids),
        Subject::LeftOut(_) | Subject::Review => ids.sort_by_key(|&id| (day(id).is_none(), day(id), id)),
        Subject::Articles | Subject::Orphans => {}
    }
    articles(snapshot, subject, &ids)
}

fn is_within(folder: &str, wanted: &str) -> bool {
    let below = folder.strip_prefix(wanted);
    wanted.is_empty() || below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// Days until the review is due; below zero where it is overdue.
fn days_to_review(snapshot: &Snapshot, id: ArticleId) -> Option<i32> {
    let due = snapshot.site.head(id).review_by?.day();
    snapshot.selection.today.until(due).ok().map(|span| span.get_days())
}

/// The day that matters to a list.
fn day_of(subject: Subject, head: &Head) -> Option<civil::Date> {
    let when = match subject {
        Subject::LeftOut(LeftOut::Scheduled) => head.publish_on.or(head.date),
        Subject::LeftOut(LeftOut::Expired) => head.expires,
        Subject::Review => head.review_by,
        _ => head.date,
    };
    when.map(|when: When| when.day())
}

/// The name of the column that [`day_of`] fills.
fn day_name(subject: Subject) -> &'static str {
    match subject {
        Subject::LeftOut(LeftOut::Scheduled) => "publish_on",
        Subject::LeftOut(LeftOut::Expired) => "expires",
        Subject::Review => "review_by",
        _ => "date",
    }
}

fn articles(snapshot: &Snapshot, subject: Subject, ids: &[ArticleId]) -> Sheet {
    let site = &*snapshot.site;
    let is_review = subject == Subject::Review;
    let mut columns = vec![always(day_name(subject))];
    if is_review {
        columns.extend([always("days"), always("owner")]);
    }
    columns.extend([always("title"), always("file")]);
    columns.push(if is_review { in_full("tags") } else { always("tags") });
    columns.extend(["section", "kind", "words", "address", "url"].map(in_full));
    let row = |&id: &ArticleId| {
        let head = site.head(id);
        let mut row = vec![day(day_of(subject, head))];
        if is_review {
            row.push(days_to_review(snapshot, id).map_or(Cell::Empty, |days| Cell::Number(days.into())));
            row.push(head.owner.as_deref().map_or(Cell::Empty, |owner| Cell::Text(site.author(owner).name)));
        }
        row.extend([
            Cell::Text(head.title.clone()),
            Cell::Text(head.file().to_string()),
            Cell::Texts(site.tags_of(id).map(|tag| tag.name.clone()).collect()),
            Cell::Text(head.folder().to_owned()),
            Cell::Text(head.kind.name().to_owned()),
            Cell::Number(snapshot.article(id).body.words.into()),
        ]);
        row.extend(addresses(snapshot, &head.url));
        row
    };
    Sheet { columns, rows: ids.iter().map(row).collect() }
}

/// The tags of articles: how many of them have each, and when the newest is from.
fn tags(snapshot: &Snapshot, ids: &[ArticleId]) -> Sheet {
    let site = &*snapshot.site;
    let is_wanted: FxHashSet<ArticleId> = ids.iter().copied().collect();
    let mut counted: Vec<(usize, usize, Option<ArticleId>)> = (0..site.tags.len())
        .map(|tag| {
            let mut own = site.tags[tag].articles.iter().copied().filter(|id| is_wanted.contains(id));
            let newest = own.next();
            (newest.map_or(0, |_| 1 + own.count()), tag, newest)
        })
        .filter(|(count, ..)| *count > 0)
        .collect();
    counted.sort_by_key(|(count, tag, _)| (std::cmp::Reverse(*count), *tag));
    let row = |&(count, tag, newest): &(usize, usize, Option<ArticleId>)| {
        let tag = &site.tags[tag];
        let newest = newest.and_then(|id| site.head(id).date);
        let mut row = vec![Cell::Text(tag.name.clone()), Cell::Number(count as i64), day(newest.map(|when| when.day()))];
        row.extend(addresses(snapshot, &tag.url));
        row
    };
    let columns = vec![always("tag"), always("articles"), always("newest"), always("address"), in_full("url")];
    Sheet { columns, rows: counted.iter().map(row).collect() }
}

fn addresses(snapshot: &Snapshot, url: &Url) -> [Cell; 2] {
    [Cell::Text(url.to_string()), Cell::Text(snapshot.site.settings.base.absolute(url))]
}

fn day(day: Option<civil::Date>) -> Cell {
    day.map_or(Cell::Empty, |day| Cell::Text(date::iso_day(day)))
}

fn always(name: &'static str) -> Column {
    Column { name, shown: Shown::Always }
}

fn in_full(name: &'static str) -> Column {
    Column { name, shown: Shown::InFull }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_is_below_it_and_not_what_begins_alike() {
        for (folder, wanted, expected) in
            [("a", "a", true), ("a/b", "a", true), ("ab", "a", false), ("a", "a/b", false), ("x/y", "", true), ("", "", true)]
        {
            assert_eq!(is_within(folder, wanted), expected, "{folder} {wanted}");
        }
    }
}
