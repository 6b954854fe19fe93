//! The first look through an export: what there is, what becomes of each item, and where it will be found.
//!
//! Of an item a few words are kept, of its text nothing, so that an export may be larger than memory. How texts change is left
//! to `convert`.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::io::Read;

use rustc_hash::{FxHashMap, FxHashSet};

use super::convert::old_paths;
use super::wxr::{Author, Broken, Channel, Comments, Export, Item, Piece, Term};
use super::{Asked, html_text};
use crate::article;
use crate::digest::Digest;
use crate::url::{self, Url};

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Everybody could read it, and will.
    Published,
    /// An article that is not published, and why.
    Draft(Unpublished),
    /// A file, which comes along where an article shows it.
    Attachment,
    /// It does not come along: what it is.
    LeftOut(String),
}

/// Why an article is not published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unpublished {
    /// Whoever wrote it was not done.
    Draft,
    /// It waited for somebody's approval.
    Pending,
    /// It waited for its day.
    Future,
    /// Only those who work on the blog could read it.
    Private,
    /// Only those who knew a password could read it.
    Password,
    /// A status that is not WordPress's own.
    Other(String),
}

/// What becomes of an item, by its type and status.
pub fn fate(item: &Item, types: &[String]) -> Fate {
    match item.post_type.as_str() {
        "attachment" => return Fate::Attachment,
        "post" | "page" => {}
        other if types.iter().any(|wanted| wanted == other) => {}
        "revision" => return Fate::LeftOut("revision".into()),
        "nav_menu_item" => return Fate::LeftOut("menu item".into()),
        other => return Fate::LeftOut(format!("`{other}`")),
    }
    match item.status.as_str() {
        "publish" if item.has_password => Fate::Draft(Unpublished::Password),
        "publish" => Fate::Published,
        "trash" => Fate::LeftOut("in the trash".into()),
        "auto-draft" => Fate::LeftOut("automatic draft".into()),
        "inherit" => Fate::LeftOut("revision".into()),
        "draft" => Fate::Draft(Unpublished::Draft),
        "pending" => Fate::Draft(Unpublished::Pending),
        "future" => Fate::Draft(Unpublished::Future),
        "private" => Fate::Draft(Unpublished::Private),
        other => Fate::Draft(Unpublished::Other(other.to_owned())),
    }
}

/// An item that becomes an article.
#[derive(Debug)]
pub struct Entry {
    /// Its number.
    pub id: u64,
    /// Published or not.
    pub is_published: bool,
    /// Where its file goes, from `content/`.
    pub path: String,
    /// Whether another item, or an article that was there before, has the name that it would have.
    pub is_renamed: bool,
    /// What feeds call it, for good: no other item is called so.
    pub feed_id: Box<str>,
}

/// A file of the blog.
#[derive(Debug)]
pub struct Attachment {
    /// Where it is on the web.
    pub address: String,
    /// What it shows.
    pub alt: String,
    /// The item that it belongs to, or 0.
    pub parent: u64,
    /// Where the page about it was, from the blog's root.
    pub link: String,
}

/// What an address of the blog leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// The entry of this number in the list.
    Entry(usize),
    /// The attachment with this id.
    Attachment(u64),
}

/// A category, tag or the like, as the new site has it.
#[derive(Debug, Default)]
pub struct Topic {
    /// What readers see.
    pub name: String,
    /// The slug of the topic above it.
    pub parent: String,
    /// What it is about, as text.
    pub description: String,
    /// Its number.
    pub id: u64,
    /// How many published articles have it, or one below it.
    pub uses: usize,
}

/// All that must be known of an export before the first article can be written.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// What the blog says of itself.
    pub channel: Channel,
    /// The path that all its addresses begin with, without the slash at the end.
    pub base: String,
    /// Its host, without `www.`.
    pub host: String,
    /// Names by login.
    pub authors: BTreeMap<String, String>,
    /// Who has published something, by login.
    pub writers: BTreeSet<String>,
    /// Categories by slug.
    pub categories: BTreeMap<String, Topic>,
    /// Tags by slug.
    pub tags: BTreeMap<String, Topic>,
    /// The names of tags by the slug that Guidepost gives them: one name each.
    names: BTreeMap<String, String>,
    /// What becomes an article.
    pub entries: Vec<Entry>,
    /// Their numbers in the list by their id.
    pub by_id: FxHashMap<u64, usize>,
    /// What the blog's addresses lead to, by the digests of their keys: the addresses themselves would take more memory than all
    /// the rest.
    by_address: FxHashMap<Digest, Target>,
    /// The files, by id.
    pub attachments: FxHashMap<u64, Attachment>,
    /// The pictures of an item, by its id, in order.
    pub pictures: FxHashMap<u64, Vec<u64>>,
    /// The digests of all addresses that the new site's articles and sections have.
    urls: FxHashSet<Digest>,
    /// The years and months in which something was published.
    pub months: BTreeSet<(i16, i8)>,
    /// Folders that are made of categories: their slugs.
    pub folders: BTreeMap<String, String>,
    /// How many items there are of what becomes of them; posts, pages and others apart.
    pub counts: BTreeMap<(Fate, String), usize>,
    /// How many comments and pings were passed over.
    pub comments: Comments,
    /// How many items there are.
    pub items: usize,
    /// The numbers of all items.
    seen: FxHashSet<u64>,
    /// The hashes of what feeds call the articles.
    feed_ids: FxHashSet<u64>,
}

/// What an item is that stands in two parts of an export.
const TWICE: &str = "there twice";

/// What is kept of an item until all are known.
struct Candidate {
    id: u64,
    is_published: bool,
    is_page: bool,
    slug: String,
    parent: u64,
    folder: String,
    is_front: bool,
    /// What feeds call it.
    feed_id: Box<str>,
    /// The keys of where the blog had it: the last first.
    old_paths: Box<[Digest]>,
}

impl Catalogue {
    /// Looks through the exports, one after the other. `step` is told of each item. An error of an export comes with its
    /// number; with `asked.keep_going`, what stands before it counts nonetheless.
    pub fn read<R: Read>(
        exports: impl IntoIterator<Item = Result<Export<R>, Broken>>,
        asked: &Asked,
        mut step: impl FnMut(u64) -> bool,
    ) -> (Catalogue, Vec<(usize, Broken)>) {
        let (mut catalogue, mut broken) = (Catalogue::default(), Vec::new());
        let mut candidates = Vec::new();
        for (number, export) in exports.into_iter().enumerate() {
            let result = export.and_then(|mut export| {
                let mut result = Ok(());
                loop {
                    match export.next_piece() {
                        Ok(Some(piece)) => catalogue.note(piece, &export.channel, asked, &mut candidates),
                        Ok(None) => break,
                        Err(error) => {
                            result = Err(error);
                            break;
                        }
                    }
                    if !step(export.position()) {
                        break;
                    }
                }
                if catalogue.channel.title.is_empty() {
                    catalogue.channel = std::mem::take(&mut export.channel);
                }
                result
            });
            broken.extend(result.err().map(|error| (number, error)));
        }
        catalogue.settle(candidates, asked);
        (catalogue, broken)
    }

    fn note(&mut self, piece: Piece, channel: &Channel, asked: &Asked, candidates: &mut Vec<Candidate>) {
        if self.host.is_empty() {
            let address = if channel.base_blog_url.is_empty() { &channel.link } else { &channel.base_blog_url };
            if let Ok(blog) = ::url::Url::parse(address) {
                self.host = bare_host(&blog);
                self.base = blog.path().trim_end_matches('/').to_owned();
            }
        }
        match piece {
            Piece::Author(Author { login, display_name }) => {
                let name = if display_name.is_empty() { login.clone() } else { display_name };
                self.authors.insert(login, html_text(&name));
            }
            Piece::Term(term) => self.note_term(term),
            Piece::Item(item) => self.note_item(&item, asked, candidates),
        }
    }

    fn note_term(&mut self, term: Term) {
        let topics = match term.taxonomy.as_str() {
            "category" => &mut self.categories,
            "post_tag" => &mut self.tags,
            _ => return,
        };
        let topic = topics.entry(term.slug).or_default();
        topic.name = html_text(&term.name);
        topic.description = html_text(&term.description);
        topic.parent = term.parent;
        topic.id = term.id;
    }

    fn note_item(&mut self, item: &Item, asked: &Asked, candidates: &mut Vec<Candidate>) {
        self.items += 1;
        // Parts of an export may overlap.
        let fate = if self.seen.insert(item.id) { fate(item, &asked.types) } else { Fate::LeftOut(TWICE.into()) };
        *self.counts.entry((fate.clone(), item.post_type.clone())).or_default() += 1;
        if fate != Fate::LeftOut(TWICE.into()) {
            self.comments.comments += item.comments.comments;
            self.comments.pings += item.comments.pings;
        }
        let link = self.path_of(&item.link).unwrap_or_default();
        match fate {
            Fate::LeftOut(_) => return,
            Fate::Attachment => return self.note_attachment(item, link),
            Fate::Published | Fate::Draft(_) => {}
        }
        let is_published = fate == Fate::Published;
        for (taxonomy, slug, name) in &item.terms {
            let topics = match taxonomy.as_str() {
                "category" => &mut self.categories,
                "post_tag" => &mut self.tags,
                _ => continue,
            };
            let topic = topics.entry(slug.clone()).or_insert_with(|| Topic { name: html_text(name), ..Topic::default() });
            topic.uses += usize::from(is_published);
        }
        if is_published {
            // WordPress names nobody on a page.
            if item.post_type != "page" {
                self.writers.insert(item.creator.clone());
            }
            if let Some((year, month)) = year_and_month(&item.post_date) {
                self.months.insert((year, month));
            }
        }
        let decoded = url::percent_decode(&item.post_name);
        let named = decoded.as_deref().map(url::slug).filter(|slug| !slug.is_empty());
        let slug = named.or_else(|| Some(url::slug(&html_text(&item.title))).filter(|slug| !slug.is_empty()));
        let slug = slug.unwrap_or_else(|| format!("{}-{}", url::slug(&item.post_type), item.id));
        let old_paths = old_paths(item, self).iter().map(|path| key(path)).collect();
        candidates.push(Candidate {
            id: item.id,
            is_published,
            is_page: item.post_type == "page",
            slug: if matches!(slug.as_str(), "index" | "_index") { format!("{slug}-article") } else { slug },
            parent: item.parent,
            folder: self.folder_of(item, asked),
            is_front: is_published && item.post_type == "page" && link == "/",
            feed_id: self.feed_id(item),
            old_paths,
        });
    }

    fn note_attachment(&mut self, item: &Item, link: String) {
        let alt = item.meta.iter().find(|(key, _)| key == "_wp_attachment_image_alt").map(|(_, alt)| html_text(alt));
        let address = if item.attachment_url.is_empty() { item.guid.clone() } else { item.attachment_url.clone() };
        self.pictures.entry(item.parent).or_default().push(item.id);
        let link = if item.link.contains('?') { String::new() } else { link };
        if !link.is_empty() {
            self.by_address.insert(key(&link), Target::Attachment(item.id));
        }
        let attachment = Attachment { address, alt: alt.unwrap_or_default(), parent: item.parent, link };
        self.attachments.insert(item.id, attachment);
    }

    /// What feeds call an item: its `guid`. The second of two that have the same has its number beside it.
    fn feed_id(&mut self, item: &Item) -> Box<str> {
        let id = if item.guid.is_empty() { &item.link } else { &item.guid };
        let id = id.trim();
        let is_first = self.feed_ids.insert(rustc_hash::FxBuildHasher.hash_one(id));
        if is_first { id.into() } else { format!("{id}#{}", item.id).into() }
    }

    /// The folder of a post: that of the topmost category above its first one.
    fn folder_of(&mut self, item: &Item, asked: &Asked) -> String {
        if item.post_type == "page" {
            return String::new();
        }
        if let Some(folder) = &asked.section {
            return folder.clone();
        }
        if item.post_type != "post" {
            return article::slug_or_hash(&item.post_type);
        }
        let mut categories = item.terms.iter().filter(|(taxonomy, slug, _)| taxonomy == "category" && !is_default(slug));
        let chosen: Option<u64> =
            item.meta.iter().find(|(key, _)| key == "_yoast_wpseo_primary_category").and_then(|m| m.1.parse().ok());
        let is_chosen = |slug: &str| chosen.is_some() && self.categories.get(slug).map(|topic| topic.id) == chosen;
        let first = categories.clone().find(|(_, slug, _)| is_chosen(slug)).or_else(|| categories.next());
        let Some((_, slug, _)) = first else { return "posts".to_owned() };
        let top = self.line_of(slug).first().map_or(slug.as_str(), |top| *top).to_owned();
        let decoded = url::percent_decode(&top).unwrap_or_else(|| top.as_str().into());
        let folder = match article::slug_or_hash(&decoded) {
            folder if is_reserved(&folder) => format!("{folder}-posts"),
            folder => folder,
        };
        self.folders.insert(folder.clone(), top);
        folder
    }

    /// The slugs of a category and all above it, the topmost first.
    pub fn line_of<'s>(&'s self, slug: &'s str) -> Vec<&'s str> {
        let mut line = vec![slug];
        while let Some(topic) = self.categories.get(*line.last().unwrap_or(&slug)) {
            // Two that are above each other are a mistake of the blog's.
            if topic.parent.is_empty() || line.contains(&topic.parent.as_str()) || line.len() > 20 {
                break;
            }
            line.push(&topic.parent);
        }
        line.reverse();
        line
    }

    /// The path of an address of the blog below its root, decoded; `None` for addresses elsewhere.
    pub fn path_of(&self, address: &str) -> Option<String> {
        let address = ::url::Url::parse(address).ok()?;
        if bare_host(&address) != self.host {
            return None;
        }
        let path = address.path().strip_prefix(self.base.as_str()).filter(|path| path.is_empty() || path.starts_with('/'))?;
        let path = url::percent_decode(path)?.into_owned();
        Some(if path.is_empty() { "/".to_owned() } else { path })
    }

    /// Whether the new site will stand where the blog does, so that nothing of the blog is there any more.
    pub fn is_replaced_at(&self, base_url: Option<&str>) -> bool {
        let Some(new) = base_url.and_then(|url| ::url::Url::parse(url).ok()) else { return false };
        bare_host(&new) == self.host && new.path().trim_end_matches('/') == self.base
    }

    /// What an address of the blog leads to.
    pub fn target(&self, path: &str) -> Option<Target> {
        self.by_address.get(&key(path)).copied()
    }

    /// Whether an article or a section of the new site is at an address.
    pub fn has(&self, url: &Url) -> bool {
        self.urls.contains(&digest_of(url))
    }

    /// The one name of all tags with this one's address.
    pub fn tag_name<'s>(&'s self, name: &'s str) -> &'s str {
        self.names.get(&url::slug(name)).map_or(name, String::as_str)
    }

    /// Gives each article its place, once all are known.
    fn settle(&mut self, candidates: Vec<Candidate>, asked: &Asked) {
        self.settle_tags();
        let numbers: FxHashMap<u64, usize> = candidates.iter().enumerate().map(|(number, one)| (one.id, number)).collect();
        let parents: FxHashSet<u64> = candidates.iter().filter(|one| one.is_page).map(|one| one.parent).collect();
        let folders: FxHashSet<&str> =
            candidates.iter().map(|one| one.folder.as_str()).filter(|folder| !folder.is_empty()).collect();
        let mut used: FxHashSet<Digest> = asked.known.urls.iter().map(digest_of).collect();
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        let mut settled: Vec<Option<Entry>> = Vec::with_capacity(candidates.len());
        settled.resize_with(candidates.len(), || None);
        // Pages first: they are few, and their names are in menus.
        let pages = (0..candidates.len()).filter(|number| candidates[*number].is_page);
        let others = (0..candidates.len()).filter(|number| !candidates[*number].is_page);
        let mut section_urls: FxHashSet<Digest> = folders.iter().map(|folder| digest_of(&article::folder_url(folder))).collect();
        for number in pages.chain(others) {
            let one = &candidates[number];
            let stem = match one.is_page {
                true => page_path(number, &candidates, &numbers),
                false => format!("{}/{}", one.folder, one.slug),
            };
            let is_index = one.is_page && (parents.contains(&one.id) || folders.contains(stem.as_str()));
            let known = asked.known.by_id.get(&*one.feed_id);
            let mut path = match known {
                // Where the article is that was made of it before.
                Some(known) => known.clone(),
                None if one.is_front && !used.contains(&digest_of(&Url::home())) => "index.md".to_owned(),
                None if is_index => format!("{stem}/index.md"),
                None if !stem.contains('/') && is_reserved(&stem) => format!("{stem}-page.md"),
                None => format!("{stem}.md"),
            };
            let is_free = |path: &str, used: &FxHashSet<Digest>| {
                let url = digest_of(&article::address_of(path));
                !used.contains(&url) && (is_index || !section_urls.contains(&url)) && !asked.known.paths.contains(path)
            };
            let mut is_renamed = false;
            if known.is_none() && !is_free(&path, &used) {
                is_renamed = true;
                // Where thousands have one name, each goes on where the last has found a place.
                let count = counts.entry(stem.clone()).or_insert(1);
                while !is_free(&path, &used) {
                    *count += 1;
                    path = format!("{stem}-{count}.md");
                }
            }
            let url = digest_of(&article::address_of(&path));
            if path.ends_with("/index.md") {
                section_urls.insert(url);
            }
            used.insert(url);
            let feed_id = one.feed_id.clone();
            settled[number] = Some(Entry { id: one.id, is_published: one.is_published, path, is_renamed, feed_id });
        }
        self.entries = settled.into_iter().flatten().collect();
        used.extend(section_urls);
        self.urls = used;
        for (number, one) in candidates.iter().enumerate() {
            self.by_id.insert(one.id, number);
            if let Some(last) = one.old_paths.first() {
                self.by_address.insert(*last, Target::Entry(number));
            }
        }
        // What an article was called before leads to it, unless another is called so now.
        for (number, one) in candidates.iter().enumerate().filter(|(_, one)| one.is_published) {
            for old in one.old_paths.iter().skip(1) {
                self.by_address.entry(*old).or_insert(Target::Entry(number));
            }
        }
    }

    /// One name for all categories and tags with one address, and each use of a category is one of those above it.
    fn settle_tags(&mut self) {
        for (slug, topic) in self.categories.iter().chain(&self.tags) {
            if !is_default(slug) {
                self.names.entry(url::slug(&topic.name)).or_insert_with(|| topic.name.clone());
            }
        }
        let lines: Vec<(Vec<String>, usize)> = self
            .categories
            .iter()
            .map(|(slug, topic)| (self.line_of(slug).into_iter().map(str::to_owned).collect(), topic.uses))
            .collect();
        for (line, uses) in lines {
            for above in line.iter().rev().skip(1) {
                if let Some(topic) = self.categories.get_mut(above) {
                    topic.uses += uses;
                }
            }
        }
    }
}

/// The path of a page below those above it, without an ending. Pages above it that do not come along leave no trace.
fn page_path(number: usize, candidates: &[Candidate], numbers: &FxHashMap<u64, usize>) -> String {
    let mut line = vec![number];
    while let Some(above) = line.last().and_then(|last| numbers.get(&candidates[*last].parent)) {
        // Pages that are above each other are a mistake of the blog's; so deep nobody goes.
        if line.contains(above) || line.len() > 20 {
            break;
        }
        line.push(*above);
    }
    let slugs: Vec<&str> = line.iter().rev().map(|number| candidates[*number].slug.as_str()).collect();
    slugs.join("/")
}

/// An address by which things are looked up: without slashes at its ends, in small letters.
fn key(path: &str) -> Digest {
    Digest::of(path.trim_matches('/').to_lowercase().as_bytes())
}

fn digest_of(url: &Url) -> Digest {
    Digest::of(url.as_str().as_bytes())
}

impl Entry {
    /// Where readers will find it.
    pub fn url(&self) -> Url {
        article::address_of(&self.path)
    }
}

/// The host of an address, without `www.`.
pub fn bare_host(address: &::url::Url) -> String {
    let host = address.host_str().unwrap_or("");
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// Whether a category is the one that WordPress puts posts into that have none.
pub fn is_default(slug: &str) -> bool {
    const DEFAULTS: [&str; 8] = [
        "uncategorized",
        "uncategorised",
        "sin-categoria",
        "non-classe",
        "allgemein",
        "senza-categoria",
        "sem-categoria",
        "geen-categorie",
    ];
    slug.is_empty() || DEFAULTS.contains(&slug)
}

/// Whether Guidepost has pages of its own at an address or below it.
pub fn is_taken_by_guidepost(url: &Url) -> bool {
    url.as_str().split('/').nth(1).is_some_and(|first| is_reserved(first) && first != "wp-content")
}

/// Whether Guidepost has pages of its own at an address at the top.
pub fn is_reserved(name: &str) -> bool {
    const OWN: [&str; 11] =
        ["a-z", "tags", "search", "feeds", "authors", "people", "assets", "find", "page", "old", "wp-content"];
    OWN.contains(&name)
}

/// `2015-03-04 12:00:00` → 2015 and 3.
fn year_and_month(date: &str) -> Option<(i16, i8)> {
    let mut parts = date.split('-');
    let (year, month) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (year > 1970 && (1..=12).contains(&month)).then_some((year, month))
}
