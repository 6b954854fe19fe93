//! Folders of Jekyll's and Hugo's → articles, an account of each, and the files that they show.
//!
//! A folder is looked at twice: once for the front matter of all (`Site::settle`), so that addresses and names are known, and
//! once for the texts (`Site::convert`), an article at a time. Who reads the files, and where articles go, is left to whoever
//! calls. What differs between the two generators is in `jekyll` and `hugo`.

mod facts;
mod hugo;
mod jekyll;
mod links;
pub mod matter;
mod tags;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rustc_hash::{FxHashMap, FxHashSet};

use self::facts::Moment;
use self::links::Links;
use self::matter::{Form, Values};
use super::article::scalar;
use super::html::{self, AsWritten};
use super::report::{Account, Remark, Remarks, Report};
use super::wordpress::{Known, is_reserved};
use super::{Imported, words};
use crate::article;
use crate::source;
use crate::text;
use crate::url::{self, Base, Url};

/// Whose folder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// <https://jekyllrb.com>
    Jekyll,
    /// <https://gohugo.io>
    Hugo,
}

impl Generator {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Generator::Jekyll => "Jekyll",
            Generator::Hugo => "Hugo",
        }
    }

    /// The files that its settings may be in. All that are there count, and the first that says something is right.
    pub fn settings_files(self) -> &'static [&'static str] {
        match self {
            Generator::Jekyll => &["_config.yml", "_config.yaml"],
            Generator::Hugo => &[
                "hugo.toml",
                "hugo.yaml",
                "hugo.yml",
                "hugo.json",
                "config.toml",
                "config.yaml",
                "config.yml",
                "config.json",
                "config/_default/hugo.toml",
                "config/_default/hugo.yaml",
                "config/_default/hugo.yml",
                "config/_default/config.toml",
                "config/_default/config.yaml",
                "config/_default/config.yml",
            ],
        }
    }

    /// Whether a folder with these files is one of its sites.
    pub fn is_site(self, paths: &[String]) -> bool {
        let has_settings = paths.iter().any(|path| self.settings_files().contains(&path.as_str()));
        match self {
            Generator::Jekyll => has_settings || paths.iter().any(|path| path.starts_with("_posts/")),
            // A `config.toml` alone can be anybody's.
            Generator::Hugo => paths.iter().any(|path| path.starts_with("content/")),
        }
    }

    /// Whether a folder or file has nothing to do with the site, by its name.
    pub fn is_litter(self, name: &str, is_at_top: bool) -> bool {
        let made: &[&str] = match self {
            Generator::Jekyll => &["_site", "vendor"],
            Generator::Hugo => &["public", "resources", "vendor", "_vendor", "themes"],
        };
        source::is_litter(name) || name == ".well-known" || is_at_top && made.contains(&name)
    }
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// An article of the blog.
    Post,
    /// One that waits.
    Draft,
    /// A part of a collection of this name.
    Document(String),
    /// A page.
    Page,
    /// The page of a folder.
    Section,
    /// A text within a page's bundle, which is no page.
    Piece,
    /// A page in a language that Guidepost does not read.
    Foreign,
    /// A file that the site had at its own address.
    File,
    /// What the site is made with.
    Nothing,
}

impl Role {
    /// Whether it becomes an article.
    pub fn is_article(&self) -> bool {
        matches!(self, Role::Post | Role::Draft | Role::Document(_) | Role::Page | Role::Section)
    }
}

/// What the old site says of itself.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Config {
    title: String,
    description: String,
    /// `https://example.org`, or nothing.
    origin: String,
    /// `/blog`, or nothing.
    base: String,
    language: String,
    zone_name: String,
    time_zone: Option<TimeZone>,
    jekyll: jekyll::Rules,
    hugo: hugo::Rules,
}

impl Config {
    /// From the files of settings that are there: names and texts. What is wrong is said of the file that it stands in.
    pub fn read(generator: Generator, files: &[(String, String)]) -> Result<Config, (String, String)> {
        let mut all = Values::default();
        for (name, text) in files.iter().rev() {
            let form = Form::of(name).unwrap_or(Form::Yaml);
            let values = matter::parse(text.strip_prefix('\u{feff}').unwrap_or(text), form, 0);
            all.0.extend(values.map_err(|problem| (name.clone(), problem))?.0);
        }
        let mut config = Config { title: all.text("title").unwrap_or_default(), ..Config::default() };
        let params = all.group("params");
        config.description = all.text("description").or_else(|| params.text("description")).unwrap_or_default();
        let (whole, languages) = match generator {
            Generator::Jekyll => (
                format!(
                    "{}/{}",
                    all.text("url").unwrap_or_default().trim_end_matches('/'),
                    all.text("baseurl").unwrap_or_default().trim_matches('/')
                ),
                ["lang", "locale", "language"],
            ),
            Generator::Hugo => (all.text("baseURL").unwrap_or_default(), ["languageCode", "locale", "defaultContentLanguage"]),
        };
        if let Ok(base) = Base::parse(&whole) {
            config.origin = base.origin().to_owned();
            config.base = base.path().to_owned();
        } else if generator == Generator::Jekyll {
            config.base = whole.trim_end_matches('/').to_owned();
        }
        config.language = languages.iter().find_map(|key| all.text(key)).unwrap_or_default().replace('_', "-");
        config.zone_name = all.text("timezone").or_else(|| all.text("timeZone")).unwrap_or_default();
        config.time_zone = TimeZone::get(&config.zone_name).ok().filter(|_| !config.zone_name.is_empty());
        match generator {
            Generator::Jekyll => config.jekyll = jekyll::Rules::of(&all),
            Generator::Hugo => config.hugo = hugo::Rules::of(&all),
        }
        Ok(config)
    }

    /// The settings of a new site, in YAML; `base_url` is where the new site will stand.
    pub fn settings(&self, base_url: Option<&str>) -> String {
        let old = format!("{}{}/", self.origin, self.base);
        let base_url = base_url.unwrap_or(if self.origin.is_empty() { "https://example.org/" } else { &old });
        let title = if self.title.is_empty() { "My site" } else { &self.title };
        let mut text = format!("title: {}\nbase_url: {}\n", scalar(title), scalar(base_url));
        if !self.description.is_empty() {
            text.push_str(&format!("description: {}\n", scalar(&self.description)));
        }
        if article::is_language(&self.language) {
            text.push_str(&format!("language: {}\n", scalar(&self.language)));
        }
        if self.time_zone.is_some() {
            text.push_str(&format!("time_zone: {}\n", scalar(&self.zone_name)));
        }
        text
    }
}

/// The roles of all files of a folder, in their order.
pub fn roles(generator: Generator, config: &Config, paths: &[String]) -> Vec<Role> {
    match generator {
        Generator::Jekyll => paths.iter().map(|path| config.jekyll.role(path)).collect(),
        Generator::Hugo => {
            let bundles = config.hugo.bundles(paths);
            paths.iter().map(|path| config.hugo.role(path, &bundles)).collect()
        }
    }
}

/// The name of a file without its ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn is_html(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm")
}

/// A file that may become an article, and its front matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    generator: Generator,
    /// Its path in the old folder.
    pub path: String,
    role: Role,
    values: Values,
    date: Option<Moment>,
}

/// What came of looking at a file.
#[derive(Debug)]
pub enum Looked {
    /// An article.
    Article(Box<Candidate>),
    /// No article, and why: words of which the first has a plural.
    Other(&'static str),
    /// It cannot be read, and why.
    Broken(String),
}

/// The text of a file, or what is wrong with it.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let mut problems = Vec::new();
    let text = text::decode(&Arc::from(""), bytes, &mut problems);
    match problems.into_iter().find(crate::diagnostic::Diagnostic::is_error) {
        Some(problem) => {
            let line = problem.place.and_then(|place| place.span).map_or(0, |span| span.line);
            Err(format!("line {line}: {}; save it again as UTF-8", problem.message))
        }
        None => Ok(text),
    }
}

/// Looks at a file for the first time.
pub fn look(generator: Generator, config: &Config, path: &str, role: &Role, bytes: &[u8]) -> Looked {
    let text = match decoded(bytes) {
        Ok(text) => text,
        Err(problem) => return Looked::Broken(problem),
    };
    let mut values = match matter::part(&text, generator == Generator::Hugo) {
        Ok(Some((values, _))) => values,
        Ok(None) if generator == Generator::Hugo => Values::default(),
        Ok(None) => return Looked::Other("file without front matter, which Jekyll ignores"),
        Err(problem) => return Looked::Broken(problem),
    };
    if generator == Generator::Jekyll {
        values = config.jekyll.with_defaults(values, path, role);
        if *role == Role::Page && is_html(path) {
            return Looked::Other("page in HTML, a part of the theme");
        }
        let is_error_page =
            stem(path) == "404" || values.text("permalink").is_some_and(|link| link.trim_matches('/') == "404.html");
        if is_error_page {
            return Looked::Other("page for what is not found, which Guidepost has itself");
        }
    }
    let mut candidate = Candidate { generator, path: path.to_owned(), role: role.clone(), values, date: None };
    candidate.date = candidate.values.text("date").and_then(|date| Moment::parse(&date));
    if candidate.date.is_none() && generator == Generator::Jekyll && *role == Role::Post {
        candidate.date = jekyll::dated_name(path).0.and_then(|day| Moment::parse(&day));
    }
    Looked::Article(Box::new(candidate))
}

impl Candidate {
    /// The last part of its address, as its front matter or its file's name has it.
    fn slug(&self) -> String {
        self.values.text("slug").unwrap_or_else(|| match self.role {
            Role::Post | Role::Draft => jekyll::dated_name(&self.path).1,
            _ => stem(&self.path).to_owned(),
        })
    }

    /// Why nobody saw it on the old site, if nobody did.
    fn why_draft(&self) -> Option<&'static str> {
        let values = &self.values;
        let status = values.text("status").unwrap_or_default().to_lowercase();
        let build = ["build", "_build"].map(|key| values.group(key));
        let is_unseen = |key: &str| {
            build.iter().any(|build| {
                build.switch(key) == Some(false) || build.text(key).is_some_and(|word| word == "never" || word == "link")
            })
        };
        if self.role == Role::Draft || values.switch("draft") == Some(true) {
            Some("a draft")
        } else if values.get("draft").is_some() && values.switch("draft").is_none() {
            Some("`draft` is neither true nor false")
        } else if values.switch("published") == Some(false) {
            Some("`published: false`")
        } else if matches!(status.as_str(), "draft" | "pending" | "private" | "trash" | "future" | "inherit" | "auto-draft") {
            Some("its `status`")
        } else if self.generator == Generator::Hugo && (values.switch("headless") == Some(true) || is_unseen("render")) {
            Some("had no page of its own")
        } else if self.generator == Generator::Jekyll && self.role == Role::Post && jekyll::dated_name(&self.path).0.is_none() {
            Some("no date in the name of its file, so Jekyll passed it over")
        } else {
            None
        }
    }
}

/// Where an article goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its file, from `content/`.
    pub path: String,
    url: Url,
    is_published: bool,
    why_draft: Option<&'static str>,
    /// Where the old site had it, below its base.
    old: Option<String>,
    /// What feeds call it; empty if nobody knows.
    id: String,
    /// By what it is known again.
    key: String,
    permalink: Option<Url>,
    slug: String,
    is_renamed: bool,
}

/// A whole old site, settled in its new places.
#[derive(Debug, Default)]
pub struct Site {
    config: Config,
    candidates: Vec<Candidate>,
    entries: Vec<Entry>,
    /// By the path of the old file.
    by_file: FxHashMap<String, usize>,
    /// By the old address.
    by_address: FxHashMap<String, usize>,
    /// By the last part of the old file's path, without its ending.
    by_name: FxHashMap<String, Vec<usize>>,
    /// The folders of `content/` that have an article which everybody may read.
    folders: FxHashSet<String>,
    /// Files besides articles: those of the old folder by where they go below `content/`, which is their address.
    files: FxHashMap<String, String>,
    /// Every new address.
    urls: FxHashSet<Url>,
    /// Every new file.
    paths: FxHashSet<String>,
    tags: FxHashMap<String, String>,
    author_keys: BTreeMap<String, String>,
    language: String,
}

/// An address by which things are looked up.
fn key(address: &str) -> String {
    let path = address.trim_matches('/');
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = path.strip_suffix(".html").unwrap_or(path);
    url::nfc(path.trim_end_matches('/')).into_owned()
}

/// What the new site has already.
#[derive(Debug, Default)]
pub struct Asked {
    /// Its language; that of the old site if it is new.
    pub language: Option<String>,
    /// The keys of the settings for authors, by name.
    pub author_keys: BTreeMap<String, String>,
    /// Its articles.
    pub known: Known,
}

impl Site {
    /// Gives every article its place. `files` are the other files.
    pub fn settle(config: Config, mut candidates: Vec<Candidate>, files: &[String], asked: Asked) -> Site {
        candidates.sort_by(|a, b| a.path.cmp(&b.path));
        let mut site = Site {
            language: asked.language.clone().unwrap_or_else(|| config.language.clone()),
            author_keys: asked.author_keys,
            config,
            ..Site::default()
        };
        let generator = candidates.first().map(|one| one.generator);
        // What is Markdown would be an article here.
        let is_wanted =
            |target: &str| !source::is_markdown(target) && (generator == Some(Generator::Hugo) || !target.starts_with('_'));
        for file in files {
            let target = if generator == Some(Generator::Hugo) { hugo::file_target(file) } else { Some(file.as_str()) };
            if let Some(target) = target.filter(|target| is_wanted(target)) {
                site.files.entry(url::nfc(target).into_owned()).or_insert_with(|| file.clone());
            }
        }
        let mut urls: FxHashSet<Url> = asked.known.urls.clone();
        let mut ids: FxHashSet<String> = FxHashSet::default();
        for (number, one) in candidates.iter().enumerate() {
            for name in facts::all_tags(one) {
                site.tags.entry(url::slug(&name)).or_insert(name);
            }
            let entry = site.place(one, &asked.known, &mut urls, &mut ids);
            site.by_file.insert(one.path.clone(), number);
            if let Some(old) = &entry.old {
                site.by_address.entry(key(old)).or_insert(number);
            }
            site.paths.insert(entry.path.clone());
            site.entries.push(entry);
        }
        // What an article was called before leads to it, unless another is called so now.
        for (number, one) in candidates.iter().enumerate() {
            for alias in facts::written_aliases(one, site.entries[number].old.as_deref()) {
                site.by_address.entry(key(&alias)).or_insert(number);
            }
            let own = stem(&one.path);
            let name = if matches!(own, "index" | "_index") { one.path.rsplit('/').nth(1).unwrap_or(own) } else { own };
            site.by_name.entry(name.to_owned()).or_default().push(number);
            let entry = &site.entries[number];
            if entry.is_published {
                let folders = entry.path.match_indices('/').map(|(at, _)| entry.path[..at].to_owned());
                site.folders.extend(folders);
            }
        }
        site.urls = urls;
        site.candidates = candidates;
        site
    }

    fn place(&self, one: &Candidate, known: &Known, urls: &mut FxHashSet<Url>, ids: &mut FxHashSet<String>) -> Entry {
        let config = &self.config;
        let why_draft = one.why_draft();
        let old = match one.generator {
            Generator::Jekyll => jekyll::address(one, config),
            Generator::Hugo => hugo::address(one, config),
        };
        let old = old.filter(|old| Url::parse(old).is_ok());
        let mut id = match (&old, &one.role, why_draft) {
            _ if config.origin.is_empty() => String::new(),
            (Some(old), Role::Post, None) => self.absolute(&jekyll::feed_path(one, old)),
            (Some(old), Role::Page, None) if one.generator == Generator::Hugo => self.absolute(old),
            _ => String::new(),
        };
        if !id.is_empty() && !ids.insert(id.clone()) {
            id.clear();
        }
        let key = if id.is_empty() { format!("{}:{}", one.generator.name().to_lowercase(), one.path) } else { id.clone() };
        let own = ["permalink", "url"].iter().any(|name| one.values.get(name).is_some());
        let standing = known.by_id.get(&key);
        let wanted = new_path(one);
        let stem = wanted.strip_suffix(".md").unwrap_or(&wanted);
        let slug = match one.generator {
            Generator::Hugo if one.role == Role::Page => one.values.text("slug").map(|slug| url::slug(&slug)).unwrap_or_default(),
            _ => String::new(),
        };
        let address = |path: &str| {
            let url = article::address_of(path);
            if slug.is_empty() || path == "index.md" {
                return url;
            }
            let above = url.as_str().trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
            Url::parse(&format!("{above}/{slug}/")).unwrap_or(url)
        };
        let is_page =
            |url: &Url| url.as_str().ends_with('/') || url.as_str().ends_with(".html") || url.as_str().ends_with(".htm");
        let permalink = old.as_ref().filter(|_| own).and_then(|old| Url::parse(old).ok()).filter(|url| is_page(url));
        let is_free = |path: &str, urls: &FxHashSet<Url>| {
            let is_there = known.paths.contains(path) || self.paths.contains(path);
            !is_there && !urls.contains(&address(path))
        };
        let mut is_renamed = false;
        let path = match standing {
            Some(standing) => standing.clone(),
            None if is_free(&wanted, urls) => wanted.clone(),
            None => {
                is_renamed = true;
                let stem = stem.strip_suffix("/index").unwrap_or(stem);
                (2..).map(|count| format!("{stem}-{count}.md")).find(|path| is_free(path, urls)).unwrap_or_default()
            }
        };
        let usual = address(&path);
        let permalink = permalink.filter(|permalink| *permalink != usual && !urls.contains(permalink));
        let url = permalink.clone().unwrap_or(usual);
        urls.insert(url.clone());
        let slug = if article::address_of(&path) == url || permalink.is_some() { String::new() } else { slug };
        Entry { path, url, is_published: why_draft.is_none(), why_draft, old, id, key, permalink, slug, is_renamed }
    }

    /// An old address in full.
    fn absolute(&self, path: &str) -> String {
        let mut whole = format!("{}{}", self.config.origin, self.config.base);
        url::encode_into(path, &mut whole);
        whole
    }

    /// The articles, by their number.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(|one| one.path.as_str())
    }

    /// How many articles of each kind there are.
    pub fn count(&self, report: &mut Report) {
        let mut counts: BTreeMap<(u8, String), usize> = BTreeMap::new();
        for (one, entry) in self.candidates.iter().zip(&self.entries) {
            let what = match &one.role {
                Role::Post | Role::Draft => "Posts".to_owned(),
                Role::Document(label) => format!("Documents of the collection `{label}`"),
                Role::Section => "Pages of sections".to_owned(),
                _ => "Pages".to_owned(),
            };
            let rank = u8::from(!entry.is_published);
            let what = if entry.is_published { format!("{what}, published") } else { format!("{what}, as drafts") };
            *counts.entry((rank, what)).or_default() += 1;
        }
        report.counts.extend(counts.into_iter().map(|((_, what), count)| (what, count)));
    }

    /// Where a file that an article shows is in the old folder.
    pub fn source_of(&self, target: &str) -> Option<&str> {
        self.files.get(target).map(String::as_str)
    }

    /// The second look: an article, by its number and the bytes of its file.
    pub fn convert(&self, number: usize, bytes: &[u8]) -> Result<Imported, String> {
        let (one, entry) = (&self.candidates[number], &self.entries[number]);
        let text = decoded(bytes)?;
        let body_at = matter::part(&text, one.generator == Generator::Hugo)?.map_or(0, |(_, body_at)| body_at);
        let mut remarks = Remarks::default();
        let (mut article, image) = facts::facts(one, entry, self, &mut remarks);
        if entry.is_renamed {
            remarks.add(Remark::Renamed(entry.url.to_string()));
        }
        let body = text[body_at..].trim_start_matches('\n');
        let body: Cow<'_, str> = if is_html(&one.path) {
            let converted = html::convert(body, &[], &mut AsWritten);
            converted.notes.into_iter().for_each(|(note, count)| remarks.add_many(Remark::Html(note), count));
            converted.markdown.into()
        } else {
            body.into()
        };
        let mut links = Links { site: self, number, remarks: &mut remarks, files: Vec::new() };
        article.body = links.rewrite(&body).trim_start_matches('\n').to_owned();
        if let Some(image) = image {
            match links.picture(&image) {
                Some(path) => article.image = path,
                None => article.more = with_image(&article.more, &image),
            }
        }
        let files = links.files;
        if article.title.is_empty() {
            article.title = title(one, &mut article.body);
        }
        let text = article.text();
        let before = tags::without(&body, one.generator);
        let words = words::compare_markdown(&before, &entry.path, &text);
        words.remarks.into_iter().for_each(|remark| remarks.add(remark));
        let account = Account {
            path: entry.path.clone(),
            title: article.title,
            why_draft: entry.why_draft.map(str::to_owned),
            words_in: words.before,
            words_out: words.after,
            words_lost: words.lost,
            remarks: remarks.counted(),
            ..Account::default()
        };
        Ok(Imported {
            path: entry.path.clone(),
            id: entry.key.clone(),
            text,
            account,
            files,
            aliases: article.aliases,
            url: entry.url.clone(),
        })
    }
}

/// A picture that is no file of the site's stays where the author's own templates find it.
fn with_image(more: &str, image: &str) -> String {
    let line = format!("  image: {}\n", crate::yaml::quoted(image));
    match more.split_once("extra:\n") {
        Some((before, after)) => format!("{before}extra:\n{line}{after}"),
        None => format!("{more}extra:\n{line}"),
    }
}

/// A title for an article that has none: its first heading, which the body then does without, or what its file is called.
fn title(one: &Candidate, body: &mut String) -> String {
    if let Some((heading, rest)) = body.strip_prefix("# ").and_then(|text| text.split_once('\n'))
        && !heading.contains(['*', '`', '[', '<', '{', '&', '\\'])
        && !heading.trim().is_empty()
    {
        let heading = heading.trim().trim_end_matches('#').trim().to_owned();
        *body = rest.trim_start_matches('\n').to_owned();
        return heading;
    }
    let slug = match (one.generator, stem(&one.path)) {
        (_, "index" | "_index") => one.path.rsplit('/').nth(1).filter(|name| *name != "content").unwrap_or("Home").to_owned(),
        _ => one.slug(),
    };
    let words: Vec<&str> = slug.split(['-', '_', ' ']).filter(|word| !word.is_empty()).collect();
    let title = words.join(" ");
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_else(|| "Untitled".to_owned())
}

/// Where an article goes, if nothing is in its way.
fn new_path(one: &Candidate) -> String {
    let path = one.path.strip_prefix("content/").filter(|_| one.generator == Generator::Hugo).unwrap_or(&one.path);
    let whole = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let path = match &one.role {
        Role::Post | Role::Draft => {
            let category = jekyll::categories(one).first().map(|name| url::slug(name)).unwrap_or_default();
            let is_good = !category.is_empty() && !is_reserved(&category) && !source::is_litter(&category);
            let folder = if is_good { category.as_str() } else { "posts" };
            format!("{folder}/{}.md", article::slug_or_hash(&one.slug()))
        }
        Role::Document(label) => {
            let below = whole.split_once(&format!("_{label}/")).map_or(whole, |(_, below)| below);
            format!("{label}/{below}.md")
        }
        _ => format!("{whole}.md"),
    };
    match path.strip_suffix("/index.md").or(path.strip_suffix("/_index.md")).or(path.strip_suffix(".md")) {
        Some(stem) if !stem.contains('/') && is_reserved(stem) => format!("{stem}-page.md"),
        _ => path,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn site(generator: Generator, settings: &str, files: &[(&str, &str)]) -> Site {
        let name = if generator == Generator::Jekyll { "_config.yml" } else { "hugo.toml" };
        let config = Config::read(generator, &[(name.to_owned(), settings.to_owned())]).unwrap();
        let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let roles = roles(generator, &config, &paths);
        let looked = files.iter().zip(&roles).filter(|(_, role)| role.is_article());
        let candidates = looked.filter_map(|((path, text), role)| match look(generator, &config, path, role, text.as_bytes()) {
            Looked::Article(candidate) => Some(*candidate),
            _ => None,
        });
        let candidates = candidates.collect();
        let others = paths.iter().zip(&roles).filter(|(_, role)| **role == Role::File).map(|(path, _)| path.clone());
        Site::settle(config, candidates, &others.collect::<Vec<_>>(), Asked::default())
    }

    fn old(generator: Generator, settings: &str, path: &str, matter: &str) -> String {
        let text = format!("---\n{matter}\n---\n");
        let site = site(generator, settings, &[(path, &text)]);
        site.entries.first().and_then(|entry| entry.old.clone()).unwrap_or_default()
    }

    #[test]
    fn jekyll_had_its_pages_at_these_addresses() {
        let post = "a/_posts/2015-03-04-My_Post.md";
        for (permalink, path, matter, address) in [
            ("date", post, "", "/a/2015/03/04/My_Post.html"),
            ("pretty", post, "categories: B c", "/a/b/c/2015/03/04/My_Post/"),
            ("ordinal", post, "", "/a/2015/063/My_Post.html"),
            ("none", "_posts/2015-3-4-x.md", "", "/x.html"),
            ("/:i_month-:i_day/:short_year/:slug", post, "", "/3-4/15/my-post"),
            ("/:categories/:title/", post, "slug: other\ndate: 2016-01-02 10:00 +0000", "/a/other/"),
            ("/b/:year/:title:output_ext", post, "permalink: /own/:day/", "/own/04/"),
            ("pretty", "docs/x.md", "", "/docs/x/"),
            ("date", "docs/x.md", "", "/docs/x.html"),
            ("/:title", "docs/index.md", "", "/docs/"),
            ("date", "about.md", "permalink: about/", "/about/"),
        ] {
            assert_eq!(
                old(Generator::Jekyll, &format!("permalink: {permalink}"), path, matter),
                address,
                "{permalink} {path} {matter}"
            );
        }
        let settings = "collections: {x: {output: true, permalink: '/y/:path/'}, z: {output: true}}\ncollections_dir: all";
        assert_eq!(old(Generator::Jekyll, settings, "all/_x/a/b.md", ""), "/y/a/b/");
        assert_eq!(old(Generator::Jekyll, settings, "all/_z/a/b.md", ""), "/z/a/b.html");
    }

    #[test]
    fn hugo_had_its_pages_at_these_addresses() {
        for (settings, path, matter, address) in [
            ("", "content/posts/My Post.md", "", "/posts/my-post/"),
            ("", "content/posts/x/index.md", "slug: Other", "/posts/other/"),
            ("", "content/posts/_index.md", "", "/posts/"),
            ("", "content/_index.md", "", "/"),
            ("", "content/a/b.md", "url: /c/d.html", "/c/d.html"),
            ("uglyURLs = true", "content/a/b.md", "", "/a/b.html"),
            ("disablePathToLower = true", "content/a/B.md", "", "/a/B/"),
            ("permalinks = {a = '/:year/:month/:title/'}", "content/a/b.md", "title: C d\ndate: 2015-03-04", "/2015/03/c-d/"),
            ("permalinks = {page = {a = '/:sections[1:]/:slugorfilename/'}}", "content/a/c/b.md", "", "/c/b/"),
            ("languages = {en = {}, fr = {}}", "content/a/b.fr.md", "", "/fr/a/b/"),
            ("languages = {en = {}, fr = {}}", "content/a/b.en.md", "", "/a/b/"),
        ] {
            assert_eq!(old(Generator::Hugo, settings, path, matter), address, "{settings} {path} {matter}");
        }
    }

    /// Whether a path stays below the folder that it is for.
    fn is_sound(path: &str) -> bool {
        path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']))
    }

    proptest! {
        #[test]
        fn whatever_is_written_stays_within_the_site(
            value in "[./\\\\a:%2e\\-_ \"{}<>#?é\n]{0,24}",
            body in "([{}%<>*`~\\[\\]()!\"| \n#:]|raw|endraw|highlight |ref \"|figure src=\"|x|é|/\\.\\.){0,40}",
        ) {
            let quoted = crate::yaml::quoted(&value);
            let keys = ["permalink", "slug", "url", "image", "aliases", "categories", "redirect_from", "date", "title"];
            let matter: String = keys.iter().map(|key| format!("{key}: {quoted}\n")).collect();
            let text = format!("---\n{matter}---\n{body}\n[x]({value})");
            for (generator, path, other) in [
                (Generator::Jekyll, "_posts/2015-03-04-a.md", "assets/x.png"),
                (Generator::Hugo, "content/b/a.md", "static/x.png"),
            ] {
                let site = site(generator, "", &[(path, &text), (other, "")]);
                for number in 0..site.entries.len() {
                    let imported = site.convert(number, text.as_bytes()).unwrap();
                    prop_assert!(is_sound(&imported.path), "{}", imported.path);
                    prop_assert!(imported.files.iter().all(|file| is_sound(file)), "{:?}", imported.files);
                    let (article, problems) = article::parse(&Arc::from(imported.path.as_str()), imported.text.as_bytes(), &Default::default());
                    let of_matter = problems.iter().filter(|problem| {
                        problem.is_error() && !matches!(problem.code, "bad-scheme" | "too-deep")
                    });
                    let of_matter: Vec<_> = of_matter.collect();
                    prop_assert!(of_matter.is_empty(), "{of_matter:?}\n{}", imported.text);
                    prop_assert_eq!(article.head.url.clone(), imported.url.clone(), "{}", imported.text);
                }
            }
        }
    }
}
