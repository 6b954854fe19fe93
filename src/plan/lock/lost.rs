//! What is said of addresses that were published and are not any more: what had them, what became of it, and the line
//! that brings them back.

use rustc_hash::FxHashMap;

use super::{Entry, FILE, Lock};
use crate::article::{CONTENT, Head};
use crate::diagnostic::{Diagnostic, Place, Span, nearest};
use crate::plan::Snapshot;
use crate::redirects::{Query, SHOWN};
use crate::site::{ArticleId, At, Finding, LeftOut, Site};
use crate::yaml;

/// Looking for what is near costs a pass over all addresses; more hints than this nobody reads in one run.
const MOST_HINTS: usize = 50;

/// Every lost address, in the order of the addresses.
pub(super) fn report(lock: &Lock, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let lost: Vec<(&str, &Entry)> = lock.lost(&snapshot.plan).collect();
    if lost.is_empty() {
        return Vec::new();
    }
    let known = Known::new(&snapshot.site, lock);
    let fates: Vec<Fate<'_>> = lost.iter().map(|(_, entry)| known.fate(entry)).collect();
    let mut aliases: FxHashMap<ArticleId, Vec<&str>> = FxHashMap::default();
    for ((address, _), fate) in lost.iter().zip(&fates) {
        if let Fate::Lives(article, _) = fate {
            aliases.entry(*article).or_default().push(address);
        }
    }
    let mut hints = 0;
    let mut near = |address: &str| {
        hints += 1;
        (hints <= MOST_HINTS).then(|| known.nearest(address)).flatten()
    };
    let say = |((address, entry), fate): (&(&str, &Entry), &Fate<'_>)| match fate {
        Fate::Lives(article, sign) => lives(address, entry, *article, *sign, &aliases[article], snapshot),
        Fate::LeftOut(head, reason) => at_line(left_out(address, head, *reason), entry, address),
        Fate::Gone => at_line(gone(address, entry, &known, near(address)), entry, address),
    };
    lost.iter().zip(&fates).map(say).collect()
}

/// What became of what had an address.
enum Fate<'s> {
    /// It is this article now, as the sign tells.
    Lives(ArticleId, Sign),
    /// It is there, and not published.
    LeftOut(&'s Head, LeftOut),
    /// It is not there any more, or is nothing that could have an alias.
    Gone,
}

/// How an article is known again.
#[derive(Clone, Copy)]
enum Sign {
    File,
    Id,
    Name,
    Title,
}

/// The articles of a site by what they can be known again by; a name or title that several have tells nothing.
struct Known<'s> {
    site: &'s Site,
    by_file: FxHashMap<&'s str, ArticleId>,
    by_id: FxHashMap<&'s str, ArticleId>,
    by_name: FxHashMap<&'s str, Option<ArticleId>>,
    by_title: FxHashMap<&'s str, Option<ArticleId>>,
    left_out: FxHashMap<&'s str, (&'s Head, LeftOut)>,
}

impl<'s> Known<'s> {
    fn new(site: &'s Site, lock: &Lock) -> Known<'s> {
        let mut known = Known {
            site,
            by_file: FxHashMap::default(),
            by_id: FxHashMap::default(),
            by_name: FxHashMap::default(),
            by_title: FxHashMap::default(),
            left_out: site.left_out.iter().map(|(head, reason)| (&*head.source, (&**head, *reason))).collect(),
        };
        for id in site.ids() {
            let head = site.head(id);
            known.by_file.insert(&head.source, id);
            // An article that has been where it is all along is not one that has moved there.
            let listed = lock.entries.get(head.url.as_str()).and_then(|entry| entry.was.file.as_deref());
            if listed == Some(&*head.source) {
                continue;
            }
            known.by_id.insert(site.feed_id(id), id);
            known.by_name.entry(name(&head.source)).and_modify(|one| *one = None).or_insert(Some(id));
            known.by_title.entry(&head.title).and_modify(|one| *one = None).or_insert(Some(id));
        }
        known
    }

    fn fate(&self, entry: &Entry) -> Fate<'s> {
        let was = &entry.was;
        let article = was.alias.as_deref().or(was.file.as_deref().filter(|_| was.id.is_some()));
        let Some(file) = article else { return self.fate_of_others(entry) };
        if let Some((head, reason)) = self.left_out.get(file) {
            return Fate::LeftOut(head, *reason);
        }
        let id = was.id.as_deref().unwrap_or("");
        let title = was.title.as_deref().unwrap_or("");
        let left_out = || self.left_out.values().find(|(head, _)| head.id.as_deref() == Some(id));
        let found = None
            .or_else(|| Some((*self.by_file.get(file)?, Sign::File)))
            .or_else(|| Some((*self.by_id.get(id)?, Sign::Id)))
            .or_else(|| Some((self.by_name.get(name(file)).copied()??, Sign::Name)))
            .or_else(|| Some((self.by_title.get(title).copied()??, Sign::Title)));
        match (found, left_out()) {
            (Some((article, sign)), _) => Fate::Lives(article, sign),
            (None, Some((head, reason))) => Fate::LeftOut(head, *reason),
            (None, None) => Fate::Gone,
        }
    }

    /// The listing of a folder or tag goes when its last article does.
    fn fate_of_others(&self, entry: &Entry) -> Fate<'s> {
        let had = |head: &Head| match (&entry.was.folder, &entry.was.tag) {
            (Some(folder), _) => head.source.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')),
            (None, Some(tag)) => head.tags.iter().any(|own| crate::url::fold_case(own) == crate::url::fold_case(tag)),
            (None, None) => false,
        };
        let mut left_out: Vec<_> = self.site.left_out.iter().filter(|(head, _)| had(head)).collect();
        // What went on the day that its author had named is the least of the reasons.
        left_out.sort_by_key(|(head, reason)| (*reason == LeftOut::Expired, head.source.clone()));
        left_out.first().map_or(Fate::Gone, |(head, reason)| Fate::LeftOut(head, *reason))
    }

    /// The article that a reader of an address may want instead.
    fn nearest(&self, address: &str) -> Option<&'s Head> {
        let mut urls: Vec<(&str, ArticleId)> = self.site.ids().map(|id| (self.site.head(id).url.as_str(), id)).collect();
        urls.sort_unstable();
        let near = nearest(address, urls.iter().map(|(url, _)| *url))?;
        urls.iter().find(|(url, _)| *url == near).map(|(_, id)| self.site.head(*id))
    }
}

/// What a file is called, wherever it is; a folder's own page is called by its folder.
fn name(file: &str) -> &str {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let is_own_page = matches!(name, "index.md" | "_index.md" | "index.markdown" | "_index.markdown");
    if is_own_page { folder.rsplit('/').next().unwrap_or("") } else { name }
}

/// An article that lives on needs no more than an alias.
fn lives(address: &str, entry: &Entry, id: ArticleId, sign: Sign, lost: &[&str], snapshot: &Snapshot) -> Diagnostic {
    let head = snapshot.site.head(id);
    let (file, url) = (head.file(), &head.url);
    let was = entry.was.file.as_deref().or(entry.was.alias.as_deref()).unwrap_or("");
    let message = match sign {
        Sign::File if entry.was.alias.is_some() => {
            format!("`{address}` would be lost: it led to `{file}`, which does not have it among its `aliases` any more")
        }
        Sign::File => format!("`{address}` would be lost: `{file}` had it, and is at `{url}` now"),
        Sign::Id | Sign::Name | Sign::Title => {
            let same = match sign {
                Sign::Id => "the same id",
                Sign::Title => "the same title",
                Sign::Name | Sign::File => "the same file name",
            };
            format!("`{address}` would be lost: `{CONTENT}/{was}` had it, which seems to be `{file}` at `{url}` now ({same})")
        }
    };
    let problem = Diagnostic::error("lost-address", message);
    let queries: Vec<String> = head.queries.iter().map(Query::address).collect();
    let kept = head.aliases.iter().map(|alias| alias.as_str()).chain(queries.iter().map(String::as_str));
    let all = kept.chain(lost.iter().copied());
    let line = aliases_line(all);
    let article = &snapshot.articles[id.index()];
    let hint = match article.places.key("aliases") {
        Some(_) => format!("let this line stand for its `aliases`: `{line}`"),
        None => format!("put this line into its front matter: `{line}`"),
    };
    Finding { article: id, at: At::Key("aliases"), diagnostic: problem.hint(hint) }.pin(article)
}

fn left_out(address: &str, head: &Head, reason: LeftOut) -> Diagnostic {
    let (file, why) = (head.file(), reason.words());
    let message = format!("`{address}` would be lost: `{file}` is {why} now");
    let forget = format!("if it is gone for good, run `guidepost lock --forget {}`", shell_word(address));
    let line = aliases_line([address]);
    // Its author had said so before: that is no reason to hold up all the others.
    if reason == LeftOut::Expired {
        let problem = Diagnostic::warning("lost-address", message.replace("would be lost", "is lost"));
        return problem.hint(format!("put `{line}` into the article that its readers may want now; {forget}"));
    }
    Diagnostic::error("lost-address", message)
        .hint(format!("publish it, or put `{line}` into the article that its readers may want; {forget}"))
}

fn gone(address: &str, entry: &Entry, known: &Known<'_>, near: Option<&Head>) -> Diagnostic {
    let was = &entry.was;
    let forget = format!("if it is gone for good, run `guidepost lock --forget {}`", shell_word(address));
    let line = aliases_line([address]);
    let instead = match near {
        Some(near) => format!("put `{line}` into the article that its readers may want, such as `{}`", near.file()),
        None => format!("put `{line}` into the article that its readers may want"),
    };
    let named = |title: &Option<String>| title.as_ref().map_or(String::new(), |title| format!(" (“{title}”)"));
    let (what, way) = match was {
        _ if was.alias.is_some() => {
            let file = was.alias.as_deref().unwrap_or("");
            (format!("it led to `{CONTENT}/{file}`{}, which is gone", named(&was.title)), instead)
        }
        _ if was.redirect.is_some() => {
            let to = was.redirect.as_deref().unwrap_or("");
            let way = format!("put `{address} {to} 301` into `{SHOWN}`");
            (format!("a rule led from it to `{to}`, and is gone"), way)
        }
        _ if was.id.is_some() => {
            let file = was.file.as_deref().unwrap_or("");
            (format!("`{CONTENT}/{file}`{} had it, and is gone", named(&was.title)), instead)
        }
        _ if was.file.is_some() => {
            let file = was.file.as_deref().unwrap_or("");
            let elsewhere = known.site.assets.iter().find(|asset| name(&asset.source) == name(file));
            let now = elsewhere.map_or("is gone".to_owned(), |asset| format!("is `{CONTENT}/{}` now", asset.source));
            (format!("the file `{CONTENT}/{file}` {now}"), "put it back, as no file can stand for another".to_owned())
        }
        _ if was.folder.is_some() => {
            let folder = was.folder.as_deref().unwrap_or("");
            (format!("the folder `{CONTENT}/{folder}` has no articles any more"), instead)
        }
        _ if was.tag.is_some() => {
            let tag = was.tag.as_deref().unwrap_or("");
            let way = if address.ends_with('/') {
                format!("give an article that tag, or {instead}")
            } else {
                "give an article that tag".to_owned()
            };
            (format!("no article has the tag `{tag}` any more"), way)
        }
        _ => ("nothing of the site is there any more".to_owned(), instead),
    };
    Diagnostic::error("lost-address", format!("`{address}` would be lost: {what}")).hint(format!("{way}; {forget}"))
}

/// Says it at the address's line of the lock.
fn at_line(problem: Diagnostic, entry: &Entry, address: &str) -> Diagnostic {
    let length = yaml::quoted(address).chars().count() as u32;
    problem.at(Place::at(FILE, Span { line: entry.line, column: 1, length }))
}

/// `aliases: [/a/, /b/]`, ready to be pasted.
fn aliases_line<'a>(addresses: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = addresses.into_iter().map(yaml::item).collect();
    format!("aliases: [{}]", items.join(", "))
}

/// An address as a shell takes it for one word.
fn shell_word(address: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/-._~%+,@".contains(c);
    if address.chars().all(is_plain) { address.to_owned() } else { format!("'{}'", address.replace('\'', "'\\''")) }
}
