//! One Markdown source as a value: bytes → ([`Article`], diagnostics).
//!
//! The *head* is what the rest of the site can see of an article; the *body* is what its own page, the feeds and the
//! search show. An article's address depends on its own path and front matter alone. Whether its links lead anywhere
//! is left to the site, which knows the others.

pub mod aliases;
pub mod date;
mod front_matter;
mod highlight;
pub mod length;
mod markdown;
pub mod shortcode;
pub mod skeleton;
pub mod written;

use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::diagnostic::{Diagnostic, Place, Span};
use crate::digest::{Digest, Digester};
use crate::redirects::Query;
use crate::text;
use crate::url::{self, Base, Url};
use crate::yaml::Value;

pub use date::When;
pub use front_matter::KEYS;
pub(crate) use front_matter::{check_language, is_language, web_address};
pub(crate) use markdown::{Element, LineCounter, Step, Written, walk};

/// An article, parsed.
#[derive(Debug, Clone)]
pub struct Article {
    /// What others see of it; shared with the site.
    pub head: Arc<Head>,
    /// What its own page shows.
    pub body: Body,
    /// Of the file: two articles of one file, read with the same options, are equal.
    pub digest: Digest,
    /// Where things stand in its file, for messages.
    pub places: Places,
}

/// What the rest of the site can see of an article. Two equal heads make the same site.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Head {
    /// The path from `content/`.
    pub source: Arc<str>,
    /// Its address.
    pub url: Url,
    /// Whether it is its folder's own page (`index.md`).
    pub is_index: bool,
    /// Whether its file could not be read, so that nothing is known of it but its name.
    pub is_unread: bool,
    /// Its title, as plain text.
    pub title: String,
    /// One sentence for lists, search engines and previews.
    pub description: Option<String>,
    /// The opening, as plain text: stated, or up to `<!--more-->`, or the first paragraph; empty where a description
    /// stands for it.
    pub summary: String,
    /// What kind of article it is.
    pub kind: Kind,
    /// The template that shows it instead of its kind's own.
    pub template: Option<String>,
    /// A mark of the theme that stands for the section whose own page this is.
    pub icon: Option<String>,
    /// First publication.
    pub date: Option<When>,
    /// Last change worth telling readers of.
    pub updated: Option<When>,
    /// Not built before that day.
    pub publish_on: Option<When>,
    /// Not built after that day.
    pub expires: Option<When>,
    /// When the advice must be looked at again.
    pub review_by: Option<When>,
    /// Who looks at it again.
    pub owner: Option<String>,
    /// Tags as written.
    pub tags: Vec<String>,
    /// Not to be published yet.
    pub draft: bool,
    /// Old addresses.
    pub aliases: Vec<Url>,
    /// Old addresses that a query tells apart.
    pub queries: Vec<Query>,
    /// Names, or keys of `authors` in the settings.
    pub authors: Vec<String>,
    /// The series it belongs to.
    pub series: Option<String>,
    /// Its place in its section or series: the lowest first.
    pub weight: Option<i64>,
    /// The picture for previews: an index into `links`, and what the picture says.
    pub image: Option<(u32, String)>,
    /// Its language, where it is not the site's.
    pub lang: Option<String>,
    /// Where a version of it appeared before.
    pub appeared_in: Option<Box<AppearedIn>>,
    /// The permanent id that feeds use, if one is stated.
    pub id: Option<String>,
    /// The slug its file name gives: part of the feed id, as it stays when the address is changed.
    pub first_slug: String,
    /// The address that search engines shall take for the original.
    pub canonical: Option<String>,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Whether feeds carry it.
    pub in_feeds: bool,
    /// Whether the site's own search finds it.
    pub in_search: bool,
    /// Whether its page shows contents.
    pub has_contents: bool,
    /// Articles to show first among the related ones: indices into `links`.
    pub related: Vec<u32>,
    /// How long an agenda takes, in minutes.
    pub duration: Option<u32>,
    /// Whom it is for.
    pub audience: Option<String>,
    /// The author's own keys, for the author's own templates.
    pub extra: Vec<(String, Value)>,
    /// The headings, in order.
    pub outline: Vec<Heading>,
    /// Every id besides the headings' that a link can lead to, sorted.
    pub anchors: Vec<String>,
    /// Every link and picture that leads into this site.
    pub links: Vec<Link>,
    /// What the article is about, for finding related ones; sorted by hash.
    pub terms: Vec<Term>,
}

impl Head {
    /// The folder the source is in, without slashes at the ends; empty for the top.
    pub fn folder(&self) -> &str {
        self.source.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The sentence for lists and previews: the description, else the summary.
    pub fn lead(&self) -> &str {
        self.description.as_deref().unwrap_or(&self.summary)
    }

    /// Whether search engines are not to list its page: it asks them not to, or another address is the original.
    pub fn is_unlisted(&self) -> bool {
        self.noindex || self.canonical.is_some()
    }

    /// The path as messages name it.
    pub fn file(&self) -> Arc<str> {
        format!("{CONTENT}/{}", self.source).into()
    }
}

/// The folder of the sources, as messages name it.
pub const CONTENT: &str = "content";

/// The kinds of article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Kind {
    /// Advice to read.
    #[default]
    Article,
    /// Advice in a paragraph or two.
    Tip,
    /// Steps to take along, with times.
    Agenda,
}

impl Kind {
    /// Its name in front matter and templates.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Article => "article",
            Kind::Tip => "tip",
            Kind::Agenda => "agenda",
        }
    }
}

/// "A version of this article appeared in …".
#[derive(Debug, Clone, PartialEq, Default, Hash)]
pub struct AppearedIn {
    /// The newspaper, magazine or book.
    pub publication: Option<String>,
    /// When.
    pub date: Option<When>,
    /// Which edition.
    pub edition: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
}

/// A heading of the body.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Heading {
    /// 2 to 6.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// A link or picture that leads into this site.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Link {
    /// Where to, as written.
    pub target: Target,
    /// `?…`, kept as written.
    pub query: Option<String>,
    /// The place within.
    pub anchor: Option<String>,
    /// Whether it shows a picture.
    pub is_picture: bool,
}

/// Where a link leads, before anybody knows whether there is anything.
#[derive(Debug, Clone, PartialEq, Hash)]
pub enum Target {
    /// A path relative to the article: a file, or an address.
    Relative(String),
    /// A path from the site's root: an address, or a file.
    Rooted(String),
    /// `[[…]]`: a file name, a path or a title.
    Wiki(String),
    /// A place within the article itself.
    Own,
}

impl Target {
    /// The target as the author wrote it, for messages.
    pub fn as_written(&self) -> &str {
        match self {
            Target::Relative(path) | Target::Rooted(path) | Target::Wiki(path) => path,
            Target::Own => "",
        }
    }
}

/// Something an article is about, and how much it says about the article. Of the 64-bit FNV-1a hash of the word 61 bits are
/// kept: enough to tell words apart. The others are the weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u64);

impl Term {
    const WEIGHT: u64 = 7;

    fn new(hash: u64, weight: u8) -> Term {
        Term(hash & !Term::WEIGHT | u64::from(weight))
    }

    /// What tells the word from others.
    pub fn hash(self) -> u64 {
        self.0 & !Term::WEIGHT
    }

    /// 1 (a word of the description) to 4 (a tag).
    pub fn weight(self) -> u8 {
        (self.0 & Term::WEIGHT) as u8
    }
}

/// What an article's page, the feeds and the search show of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// HTML with holes where addresses of this site and words of the theme belong.
    html: String,
    /// What belongs where, by byte offset.
    holes: Vec<Hole>,
    /// Where running text stands in the HTML.
    prose: Vec<Range<u32>>,
    /// How many words a reader reads.
    pub words: u32,
    /// The boxes to tick, in the order of the page.
    tasks: Vec<Task>,
}

/// An item of a task list; on an agenda, a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Task {
    /// As plain text, without the time. For the title of another article stands its name.
    words: String,
    /// Where such names stand, each with the link.
    titles: Vec<(Range<usize>, u32)>,
    /// Of the words; the same for the same words.
    key: u32,
    /// The how-manieth of this key it is on its page, from 1.
    nth: u32,
    /// Whether its author has ticked it.
    pub is_ticked: bool,
    /// The heading above it: an index into the outline.
    pub heading: Option<u32>,
    /// The time it takes, as its author wrote it; empty if there is none.
    pub time: String,
    /// The time it takes, in seconds.
    pub seconds: Option<u32>,
    /// Whether it is part of a step that has a time of its own, so that its own is counted there.
    pub is_part: bool,
}

impl Task {
    /// Its words, with `title` for those of the links that are called by the title of where they lead.
    pub fn words(&self, mut title: impl FnMut(u32) -> String) -> String {
        let mut words = String::with_capacity(self.words.len());
        let mut from = 0;
        for (name, link) in &self.titles {
            words.push_str(&self.words[from..name.start]);
            words.push_str(&title(*link));
            from = name.end;
        }
        words.push_str(&self.words[from..]);
        words
    }

    /// Appends the name that tells it from the other tasks of its page: it stays when others change, come or go.
    pub fn name_into(&self, html: &mut String) {
        markdown::name_of_task_into(self, html);
    }
}

/// A gap in a body's HTML.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hole {
    at: u32,
    fill: Fill,
}

/// What a gap in a body is filled with. Numbers are indices into the head's links, if nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The address of a link.
    Href(u32),
    /// The address, width and height of a picture, as attributes.
    Picture(u32),
    /// The title of the article a wikilink leads to.
    Title(u32),
    /// The address of the article itself, where it is needed to tell places within it from others.
    Own,
    /// An attribute of a task's box that says which task it is: an index into the body's tasks.
    Task(u32),
    /// A word of the theme's, by its key; with a number that is said of it, and the how manieth of that number it is, from 1.
    Word(&'static str, u32, u32),
}

impl Body {
    /// The HTML with its gaps filled by `fill`, which appends text that is already escaped.
    pub fn html(&self, mut fill: impl FnMut(Fill, &mut String)) -> String {
        let mut html = String::with_capacity(self.html.len() + self.holes.len() * 48);
        let mut from = 0;
        for hole in &self.holes {
            html.push_str(&self.html[from..hole.at as usize]);
            fill(hole.fill, &mut html);
            from = hole.at as usize;
        }
        html.push_str(&self.html[from..]);
        html
    }

    /// The running text, piece by piece, each with the HTML that stands before it. Both are as they are in the HTML:
    /// escaped.
    pub fn prose(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut from = 0;
        self.prose.iter().map(move |text| {
            let (start, end) = (text.start as usize, text.end as usize);
            let piece = (&self.html[from..start], &self.html[start..end]);
            from = end;
            piece
        })
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.html.trim().is_empty()
    }

    /// The boxes to tick, in the order of the page.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The seconds that the times of its steps add up to, if any step has one.
    pub fn seconds_of_steps(&self) -> Option<u32> {
        let whole = self.tasks.iter().filter(|task| !task.is_part).filter_map(|task| task.seconds);
        whole.reduce(u32::saturating_add)
    }

    /// Minutes to read it, at 220 words a minute, at least one.
    pub fn minutes(&self) -> u32 {
        self.words.div_ceil(220).max(1)
    }
}

/// Where things stand in an article's file. Apart from the head, because a line that moves changes nothing of the site.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The front matter's keys by their proper names.
    keys: Vec<(&'static str, Place)>,
    /// One for each of the head's links.
    links: Vec<Span>,
}

impl Places {
    /// Where a key of the front matter stands, if it is there.
    pub fn key(&self, key: &str) -> Option<&Place> {
        self.keys.iter().find(|(name, _)| *name == key).map(|(_, place)| place)
    }

    /// Where a link stands.
    pub fn link(&self, index: usize) -> Option<Span> {
        self.links.get(index).copied()
    }
}

/// What parsing needs to know of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseOptions {
    /// For dates without a zone.
    pub time_zone: TimeZone,
    /// Where the site stands: links to its own absolute address are links within it.
    pub base: Base,
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
    /// Whether straight quotes become curly ones and `--` a dash.
    pub smart_punctuation: bool,
}

/// As a site reads its articles that says nothing about it.
impl Default for ParseOptions {
    fn default() -> ParseOptions {
        ParseOptions { time_zone: TimeZone::UTC, base: Base::default(), raw_html: RawHtml::default(), smart_punctuation: true }
    }
}

/// What becomes of raw HTML in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawHtml {
    /// It stands as written.
    #[default]
    Allow,
    /// It is shown as text.
    Escape,
    /// Only what can do no harm stands.
    Sanitize,
}

/// What stands in for an article whose file cannot be read.
pub fn unread(source: &Arc<str>, options: &ParseOptions) -> Article {
    let (article, _) = parse(source, b"", options);
    let head = Head { is_unread: true, ..(*article.head).clone() };
    Article { head: Arc::new(head), ..article }
}

/// Parses one source. It never fails: what is wrong is said in the diagnostics, and the article is as whole as it can be.
pub fn parse(source: &Arc<str>, bytes: &[u8], options: &ParseOptions) -> (Article, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file: Arc<str> = format!("{CONTENT}/{source}").into();
    let text = text::decode(&file, bytes, &mut diagnostics);
    let parts = front_matter::split(&file, &text, &mut diagnostics);
    let matter = front_matter::read(&file, parts.yaml, options, &mut diagnostics);
    let parsed = markdown::parse(
        &markdown::Origin { kind: matter.kind, file: &file, text: &text, body_at: parts.body_at },
        matter.title.is_none(),
        options,
        &mut diagnostics,
    );
    let mut article = assemble(source, matter, parsed, options, &mut diagnostics);
    article.digest = digest_of(source, bytes);
    (article, diagnostics)
}

/// Where the Markdown begins in the text of a file.
pub(crate) fn body_at(text: &str) -> usize {
    // What is wrong with the front matter is said when the article is parsed.
    front_matter::split(&Arc::from(""), text, &mut Vec::new()).body_at
}

/// The digest of an article by its path and the bytes of its file.
pub fn digest_of(source: &str, bytes: &[u8]) -> Digest {
    Digester::default().add(source.as_bytes()).add(bytes).finish()
}

/// Head, body and places from the two halves of a file.
fn assemble(
    source: &Arc<str>,
    mut matter: front_matter::FrontMatter,
    parsed: markdown::Parsed,
    options: &ParseOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Article {
    let name = FileName::of(source);
    let title = matter.title.or(parsed.title).unwrap_or_else(|| {
        // The home page is called by the site's name, and one mistake in a file needs no note beside it.
        let is_home = name.is_index && name.folder.is_empty();
        if !is_home && !diagnostics.iter().any(Diagnostic::is_error) {
            let problem = Diagnostic::note("no-title", "this article has no title, so its file name serves as one");
            let place = Place::file(format!("{CONTENT}/{source}"));
            diagnostics.push(problem.at(place).hint("begin the file with `---`, `title: …`, `---`"));
        }
        name.title()
    });
    let mut links = parsed.links;
    let mut places = Places { keys: matter.keys, links: parsed.link_spans };
    let mut add_link = |link: Link, span: Span| {
        links.push(link);
        places.links.push(span);
        (links.len() - 1) as u32
    };
    let image = matter.image.map(|(link, span, alt)| (add_link(link, span), alt));
    let related = matter.related.into_iter().map(|(link, span)| add_link(link, span)).collect();
    // Nobody is shown the opening of an article that has a description.
    let opening = if matter.description.is_some() { String::new() } else { parsed.summary };
    let summary = matter.summary.unwrap_or(opening);
    if matter.kind == Kind::Agenda {
        diagnostics.extend(wrong_sum(matter.duration, &parsed.body, &places));
    }
    let mut outline = parsed.outline;
    // Heads stay for as long as the site does: what was kept free for growing is given back.
    outline.shrink_to_fit();
    links.shrink_to_fit();
    matter.tags.shrink_to_fit();
    places.links.shrink_to_fit();
    let url = matter.permalink.unwrap_or_else(|| {
        if matter.slug.is_none() {
            diagnostics.extend(name.changed_slug().map(|problem| problem.at(Place::file(format!("{CONTENT}/{source}")))));
        }
        name.url(matter.slug.as_deref())
    });
    let terms = terms(&title, matter.description.as_deref(), &matter.tags, &outline);
    let head = Head {
        source: source.clone(),
        url,
        is_index: name.is_index,
        is_unread: false,
        title,
        description: matter.description,
        summary,
        kind: matter.kind,
        template: matter.template,
        icon: matter.icon,
        date: matter.date.or(name.date.and_then(|day| When::parse(day, &options.time_zone))),
        updated: matter.updated,
        publish_on: matter.publish_on,
        expires: matter.expires,
        review_by: matter.review_by,
        owner: matter.owner,
        tags: matter.tags,
        draft: matter.draft,
        aliases: matter.aliases,
        queries: matter.queries,
        authors: matter.authors,
        series: matter.series,
        weight: matter.weight,
        image,
        lang: matter.lang,
        appeared_in: matter.appeared_in.map(Box::new),
        id: matter.id,
        first_slug: name.slug(),
        canonical: matter.canonical,
        noindex: matter.noindex,
        in_feeds: matter.in_feeds,
        in_search: matter.in_search,
        has_contents: matter.has_contents,
        related,
        duration: matter.duration,
        audience: matter.audience,
        extra: matter.extra,
        outline,
        anchors: parsed.anchors,
        links,
        terms,
    };
    Article { head: Arc::new(head), body: parsed.body, digest: Digest::default(), places }
}

/// A warning if the steps of an agenda do not take the time that it is said to take. Steps without a time may take what is
/// left.
fn wrong_sum(duration: Option<u32>, body: &Body, places: &Places) -> Option<Diagnostic> {
    let (stated, sum) = (duration?, body.seconds_of_steps()?.div_ceil(60));
    let has_untimed = body.tasks.iter().any(|task| task.seconds.is_none());
    if sum == stated || sum < stated && has_untimed {
        return None;
    }
    let message = format!("the times of the steps add up to {sum} min, but `duration` says {stated} min");
    let problem = Diagnostic::warning("agenda-time", message).at(places.key("duration")?.clone());
    Some(problem.hint(format!("write `duration: {sum} min`, or change the times of the steps")))
}

/// What a source's path says: its folder, its name, and the date that Jekyll puts before the name.
struct FileName<'s> {
    folder: &'s str,
    stem: &'s str,
    date: Option<&'s str>,
    is_index: bool,
}

impl<'s> FileName<'s> {
    fn of(source: &'s str) -> FileName<'s> {
        let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let dated = stem
            .split_at_checked(11)
            .filter(|(date, rest)| date.ends_with('-') && !rest.is_empty() && When::parse(&date[..10], &TimeZone::UTC).is_some());
        let (date, stem) = dated.map_or((None, stem), |(date, rest)| (Some(&date[..10]), rest));
        let is_index = stem == "index" || stem == "_index";
        FileName { folder, stem, date, is_index }
    }

    /// The file's slug; for a folder's own page, the folder's.
    fn slug(&self) -> String {
        let name = if self.is_index { self.folder.rsplit('/').next().unwrap_or("") } else { self.stem };
        slug_or_hash(name)
    }

    /// A warning if the file's name cannot be a part of its address as it is.
    fn changed_slug(&self) -> Option<Diagnostic> {
        let slug = self.slug();
        let reason = if self.is_index { None } else { url::slug_change(self.stem, &slug) }?;
        let problem = Diagnostic::warning("changed-address", format!("{reason}, so this article's address ends with `{slug}/`"));
        Some(problem.hint("rename the file, or give the article a `slug`"))
    }

    fn url(&self, slug: Option<&str>) -> Url {
        let mut segments: Vec<String> = self.folder.split('/').filter(|s| !s.is_empty()).map(slug_or_hash).collect();
        match slug {
            Some(slug) if self.is_index => {
                segments.pop();
                segments.push(slug.to_owned());
            }
            Some(slug) => segments.push(slug.to_owned()),
            None if self.is_index => {}
            None => segments.push(slug_or_hash(self.stem)),
        }
        Url::page(segments.iter().map(String::as_str))
    }

    /// `resume-tips` as a title: `Resume tips`.
    fn title(&self) -> String {
        let name = if self.is_index { self.folder.rsplit('/').next().unwrap_or("") } else { self.stem };
        let words = name.replace(['-', '_'], " ");
        let mut chars = words.trim().chars();
        match chars.next() {
            Some(first) => first.to_uppercase().chain(chars).collect(),
            None => "Home".to_owned(),
        }
    }
}

/// The address of a folder: what its listing has when it has no page of its own.
pub fn folder_url(folder: &str) -> Url {
    let segments: Vec<String> = folder.split('/').filter(|s| !s.is_empty()).map(slug_or_hash).collect();
    Url::page(segments.iter().map(String::as_str))
}

/// A folder's name as a title.
pub fn folder_title(folder: &str) -> String {
    FileName { folder, stem: "", date: None, is_index: true }.title()
}

/// The address that a source has whose front matter says nothing about it.
pub fn address_of(source: &str) -> Url {
    FileName::of(source).url(None)
}

/// What decides about an article's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFrom {
    /// `permalink` alone.
    Permalink,
    /// Its folder and `slug`.
    Slug,
    /// Its folder and the name of its file, without the date that may stand before it.
    FileName,
}

impl AddressFrom {
    /// Told by the keys of an article's front matter; where nobody has them any more, by its address.
    pub fn of(head: &Head, places: Option<&Places>) -> AddressFrom {
        let has_key = |key: &str| places.is_some_and(|places| places.key(key).is_some());
        let usual = address_of(&head.source);
        let folder = |url: &Url| url.as_str().trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder.to_owned());
        if head.url == usual && !has_key("permalink") && !has_key("slug") {
            AddressFrom::FileName
        } else if has_key("permalink") || places.is_none() && folder(&head.url) != folder(&usual) {
            AddressFrom::Permalink
        } else {
            AddressFrom::Slug
        }
    }
}

/// A slug, or a stand-in for a name that has no letter in it.
pub fn slug_or_hash(name: &str) -> String {
    match url::slug(name) {
        slug if slug.is_empty() => format!("article-{}", Digest::of(name.as_bytes()).short()),
        slug => slug,
    }
}

/// The words of title, tags, headings and description, weighed by how much they say.
fn terms(title: &str, description: Option<&str>, tags: &[String], outline: &[Heading]) -> Vec<Term> {
    let mut terms = Vec::with_capacity(48);
    terms.extend(tags.iter().map(|tag| Term::new(term_hash("#", &tag.to_lowercase()), 4)));
    let mut add = |text: &str, weight| {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        terms.extend(words.map(|word| Term::new(term_hash("", &word.to_lowercase()), weight)));
    };
    add(title, 3);
    for heading in outline.iter().take(40) {
        add(&heading.text, 1);
    }
    add(description.unwrap_or(""), 1);
    // Of one word the heaviest comes first, and is the one that is kept.
    terms.sort_unstable_by(|a, b| b.cmp(a));
    terms.dedup_by_key(|term| term.hash());
    terms.reverse();
    // Heads stay for as long as the site does: a copy is as small as can be.
    terms.as_slice().to_owned()
}

/// FNV-1a, 64 bits (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>): small, and the same on every machine.
pub fn term_hash(namespace: &str, word: &str) -> u64 {
    namespace
        .bytes()
        .chain(word.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
