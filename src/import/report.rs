//! What became of everything: counted, named, and as a page of Markdown to work through.
//!
//! What is worth a remark is decided where it is found.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::html::Note;

/// Something about an article that its author should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// A shortcode or template tag, of this name, that only the old site knew: it stands in the text as it was written.
    Shortcode(String),
    /// A block, of this name, whose content WordPress made anew for every reader: it is gone.
    Dynamic(String),
    /// What the HTML had that Markdown has not.
    Html(Note),
    /// A file that the article shows and that there is no local copy of: the link stays as it was.
    NoFile(String),
    /// A file that only an unpublished article shows: it was not copied, because everybody could read it then.
    OfDraft(String),
    /// A link to the old site that leads nowhere any more.
    BrokenLink(String),
    /// A link to an article that is not published: its text stays.
    LinkToDraft(String),
    /// Its name was taken, so it has another address.
    Renamed(String),
    /// It had no title, so its first words are one.
    NoTitle,
    /// It was published, and nobody knows when.
    NoDate,
    /// A key of its front matter that means nothing here.
    Key(String),
    /// Attributes for the Markdown of the old site, which were left out.
    Attributes(String),
    /// What Guidepost itself says about the new article: the code of a message, and the message.
    Message(String, String),
}

/// Remarks, each kind of them counted.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Remarks(BTreeMap<Remark, usize>);

impl Remarks {
    /// One more.
    pub fn add(&mut self, remark: Remark) {
        self.add_many(remark, 1);
    }

    /// Some more.
    pub fn add_many(&mut self, remark: Remark, count: usize) {
        *self.0.entry(remark).or_default() += count;
    }

    /// In order, each with how often.
    pub fn counted(self) -> Vec<(Remark, usize)> {
        self.0.into_iter().collect()
    }
}

/// What became of one article.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Account {
    /// Its file, from `content/`.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Why it is a draft, if it is one.
    pub why_draft: Option<String>,
    /// How many words it had.
    pub words_in: usize,
    /// How many it has.
    pub words_out: usize,
    /// How many of the first are not among the second.
    pub words_lost: usize,
    /// What its author should know.
    pub remarks: Vec<(Remark, usize)>,
    /// What happened to its file.
    pub outcome: Written,
}

impl Account {
    /// Whether more words are gone than can be by chance: one in fifty.
    pub fn has_losses(&self) -> bool {
        self.words_lost * 50 > self.words_in
    }
}

/// What happened to the file of an article.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// There was none, and now there is.
    #[default]
    New,
    /// It was as it would be.
    Unchanged,
    /// It was as an import had left it, and the old site has changed since.
    Updated,
    /// Somebody has worked on it since, so it stays as it is.
    Edited,
    /// Somebody has worked on it since, and it was replaced because that was asked for.
    Replaced,
    /// It was taken away since it was imported, so it does not come again.
    Removed,
}

/// What became of everything.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Report {
    /// What was imported: the names of files or folders.
    pub source: String,
    /// What there was of each kind, in words, with its number.
    pub counts: Vec<(String, usize)>,
    /// What did not come along, and why, with its number.
    pub left_out: Vec<(String, usize)>,
    /// One for each article.
    pub accounts: Vec<Account>,
    /// How many files were copied.
    pub copied: usize,
    /// How many files were there already.
    pub kept: usize,
    /// How many old addresses lead to new ones.
    pub addresses: usize,
    /// What could not be read of the source, and was passed over because that was asked for.
    pub broken: Vec<String>,
    /// Whether nothing was written.
    pub is_rehearsal: bool,
}

/// Where a kind of remark is explained: its heading, and what to do.
fn explain(remark: &Remark) -> (&'static str, &'static str) {
    match remark {
        Remark::Message(..) => ("What `guidepost check` says", "Run `guidepost check`: it shows each place with its line."),
        Remark::Shortcode(_) => (
            "Shortcodes that only the old site knew",
            "They stand in the text as they were written. Replace each by what it showed, or delete it.",
        ),
        Remark::Dynamic(_) => (
            "Blocks that WordPress filled for every reader",
            "They had no text of their own, so nothing stands in their place. Guidepost makes lists of articles by itself.",
        ),
        Remark::NoFile(_) => (
            "Pictures and files without a local copy",
            "Their links lead to the old site; where the new one takes its place, they are left out. Import again with `--media` and \
             a copy of `wp-content/uploads`, before the old site goes.",
        ),
        Remark::OfDraft(_) => (
            "Pictures and files of drafts",
            "They were not copied: everybody could read them then. Import again when the article is published, or copy them by hand.",
        ),
        Remark::BrokenLink(_) => (
            "Links to pages of the old site that did not come along",
            "Point them somewhere else, or take them out. Where the new site takes the old one's place, only their words stand.",
        ),
        Remark::LinkToDraft(_) => (
            "Links to articles that are not published",
            "Their words stand without the link. Write it again when the article is published.",
        ),
        Remark::Html(Note::Embedded(_)) => ("Players and frames that are links now", "Nothing to do, if a link is enough."),
        Remark::Html(Note::LeftOut(_)) => {
            ("Scripts, forms and styles that were left out", "Nothing to do, unless readers need one.")
        }
        Remark::Html(Note::Kept(_)) => ("HTML that was kept as HTML", "Nothing to do: it is shown as it was."),
        Remark::Html(Note::TooDeep) => {
            ("Elements within elements within elements", "Read the article once: deep nesting was made flat.")
        }
        Remark::Renamed(_) => {
            ("Names that were taken", "The old addresses lead to the new ones. Rename with `guidepost mv`, if you like.")
        }
        Remark::NoTitle => ("Articles without a title", "Their first words stand in. Write a title."),
        Remark::NoDate => ("Articles without a date", "They are listed last. Write `date:`, if you know it."),
        Remark::Attributes(_) => (
            "Attributes that only the old site's Markdown knew",
            "They were left out: nothing to do, unless something should look or stand otherwise.",
        ),
        Remark::Key(_) => ("Front matter that means nothing here", "It stands under `extra:`, where templates find it."),
    }
}

/// What a remark is about, in one line.
fn subject(remark: &Remark) -> String {
    match remark {
        Remark::Shortcode(name) => format!("`{}`", code(name)),
        Remark::Dynamic(name)
        | Remark::Html(Note::LeftOut(name) | Note::Kept(name) | Note::Embedded(name))
        | Remark::Key(name)
        | Remark::Attributes(name) => {
            format!("`{}`", code(name))
        }
        Remark::NoFile(address) | Remark::OfDraft(address) | Remark::BrokenLink(address) => {
            format!("<{}>", plain_address(address))
        }
        Remark::LinkToDraft(path) => format!("to `{}`", code(path)),
        Remark::Renamed(url) => format!("now `{}`", code(url)),
        Remark::Message(code_name, message) => format!("{} (`{}`)", text(message), code(code_name)),
        Remark::Html(Note::TooDeep) | Remark::NoTitle | Remark::NoDate => String::new(),
    }
}

impl Report {
    /// The report as a page of Markdown.
    pub fn markdown(&self) -> String {
        let mut page = String::from("# Import report\n\n");
        let _ = writeln!(page, "What became of {}.\n", text(&self.source));
        self.write_counts(&mut page);
        self.write_broken(&mut page);
        self.write_losses(&mut page);
        self.write_remarks(&mut page);
        self.write_drafts(&mut page);
        self.write_articles(&mut page);
        page
    }

    /// How many articles have a fate.
    pub fn count(&self, written: Written) -> usize {
        self.accounts.iter().filter(|account| account.outcome == written).count()
    }

    /// How many articles have lost words.
    pub fn losses(&self) -> usize {
        self.accounts.iter().filter(|account| account.has_losses()).count()
    }

    /// How many articles have a remark of one sort.
    pub fn articles_with(&self, is_one: impl Fn(&Remark) -> bool) -> usize {
        self.accounts.iter().filter(|account| account.remarks.iter().any(|(remark, _)| is_one(remark))).count()
    }

    fn write_counts(&self, page: &mut String) {
        let rows = self.counts.iter().map(|(what, count)| (what.clone(), *count));
        let left = self.left_out.iter().map(|(what, count)| (format!("Left out: {what}"), *count));
        let files = [("Files copied".to_owned(), self.copied), ("Files that were there already".to_owned(), self.kept)];
        let addresses = [("Old addresses that lead to new ones".to_owned(), self.addresses)];
        page.push_str("## In numbers\n\n| | |\n| --- | ---: |\n");
        let _ = writeln!(page, "| Articles | {} |", self.accounts.len());
        for (what, count) in rows.chain(left).chain(files).chain(addresses).filter(|(_, count)| *count > 0) {
            let _ = writeln!(page, "| {} | {count} |", text(&what));
        }
        page.push('\n');
        let outcomes = [
            (Written::New, "new"),
            (Written::Unchanged, "unchanged since the last import"),
            (Written::Updated, "changed on the old site since the last import, and renewed"),
            (Written::Edited, "edited here since the last import, and left as they are"),
            (Written::Replaced, "edited here since the last import, and replaced (`--force`)"),
            (Written::Removed, "taken away here since the last import, and left away"),
        ];
        let outcomes: Vec<String> = outcomes
            .iter()
            .map(|(written, words)| (self.count(*written), words))
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        if !outcomes.is_empty() {
            let _ = writeln!(page, "Articles: {}.\n", outcomes.join("; "));
        }
    }

    fn write_broken(&self, page: &mut String) {
        if self.broken.is_empty() {
            return;
        }
        page.push_str("## What could not be read\n\n");
        for broken in &self.broken {
            let _ = writeln!(page, "- {}", text(broken));
        }
        page.push('\n');
    }

    fn write_losses(&self, page: &mut String) {
        let mut lost: Vec<&Account> = self.accounts.iter().filter(|account| account.has_losses()).collect();
        if lost.is_empty() {
            return;
        }
        lost.sort_by(|a, b| (b.words_lost, &a.path).cmp(&(a.words_lost, &b.path)));
        page.push_str("## Articles that have lost words\n\nMore than one word in fifty is not there any more. Compare them with the old site.\n\n");
        for account in lost {
            let _ = writeln!(page, "- `{}`: {} of {} words", code(&account.path), account.words_lost, account.words_in);
        }
        page.push('\n');
    }

    fn write_remarks(&self, page: &mut String) {
        type Where<'a> = BTreeMap<String, Vec<(&'a str, usize)>>;
        let mut kinds: BTreeMap<u8, (&'static str, &'static str, Where<'_>)> = BTreeMap::new();
        for account in &self.accounts {
            for (remark, count) in &account.remarks {
                let (heading, advice) = explain(remark);
                let kind = kinds.entry(rank(remark)).or_insert_with(|| (heading, advice, Where::new()));
                kind.2.entry(subject(remark)).or_default().push((&account.path, *count));
            }
        }
        for (heading, advice, subjects) in kinds.into_values() {
            let _ = writeln!(page, "## {heading}\n\n{advice}\n");
            for (subject, places) in subjects {
                let shown: Vec<String> = places
                    .iter()
                    .take(MOST_PLACES)
                    .map(
                        |(path, count)| {
                            if *count > 1 { format!("`{}` ({count})", code(path)) } else { format!("`{}`", code(path)) }
                        },
                    )
                    .collect();
                let more = places.len().saturating_sub(MOST_PLACES);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let colon = if subject.is_empty() { "" } else { ": " };
                let _ = writeln!(page, "- {subject}{colon}{}{more}", shown.join(", "));
            }
            page.push('\n');
        }
    }

    fn write_drafts(&self, page: &mut String) {
        let drafts: Vec<(&Account, &String)> =
            self.accounts.iter().filter_map(|account| Some((account, account.why_draft.as_ref()?))).collect();
        if drafts.is_empty() {
            return;
        }
        page.push_str("## Drafts, and why\n\nNobody sees them before `draft: true` is taken out.\n\n");
        for (account, why) in drafts {
            let _ = writeln!(page, "- `{}`: {}", code(&account.path), text(why));
        }
        page.push('\n');
    }

    fn write_articles(&self, page: &mut String) {
        if self.accounts.is_empty() {
            return;
        }
        page.push_str("## Every article\n\n| file | title | words before | words now |\n| --- | --- | ---: | ---: |\n");
        for account in &self.accounts {
            let (path, title) = (code(&account.path), text(&account.title));
            let _ = writeln!(page, "| `{path}` | {title} | {} | {} |", account.words_in, account.words_out);
        }
    }
}

/// More places than this nobody goes through one by one.
const MOST_PLACES: usize = 20;

/// What most needs somebody's eye comes first.
fn rank(remark: &Remark) -> u8 {
    match remark {
        Remark::Message(..) => 0,
        Remark::Shortcode(_) => 1,
        Remark::NoFile(_) => 2,
        Remark::BrokenLink(_) => 3,
        Remark::LinkToDraft(_) => 4,
        Remark::NoTitle => 5,
        Remark::NoDate => 6,
        Remark::Renamed(_) => 7,
        Remark::OfDraft(_) => 8,
        Remark::Dynamic(_) => 9,
        Remark::Html(Note::TooDeep) => 10,
        Remark::Html(Note::Embedded(_)) => 11,
        Remark::Html(Note::LeftOut(_)) => 12,
        Remark::Html(Note::Kept(_)) => 13,
        Remark::Attributes(_) => 14,
        Remark::Key(_) => 15,
    }
}

/// A text between backticks.
fn code(value: &str) -> String {
    value.chars().map(|c| if c == '`' || c == '|' || c.is_control() { '\u{b7}' } else { c }).collect()
}

/// A text as Markdown that shows it.
fn text(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '|' | '*' | '_' | '[' | ']' | '<' | '\\' | '#' => text.extend(['\\', c]),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

/// An address between `<` and `>`.
fn plain_address(address: &str) -> String {
    let is_good = |c: &char| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | '|');
    address.chars().filter(is_good).take(300).collect()
}
