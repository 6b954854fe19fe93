//! Front matter: the YAML between `---` lines → the facts of a head.
//!
//! Keys are known under the names that Jekyll, Hugo and WordPress exports use too; `-`, `_` and camelCase spell the
//! same key. What the facts mean for the site (whether a date lies ahead, whether a tag exists) is left to the site.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::date::{self, When};
use super::markdown::link_target;
use super::{AppearedIn, Kind, Link, ParseOptions, Target, length};
use crate::diagnostic::{Diagnostic, Place, Span, did_you_mean};
use crate::redirects::Query;
use crate::url::{self, Url};
use crate::yaml::{Document, Node, Value};

/// Every key, with the other names it goes by.
pub const KEYS: &[(&str, &[&str])] = &[
    ("title", &[]),
    ("date", &["created"]),
    ("updated", &["lastmod", "modified", "last_modified_at"]),
    ("publish_on", &["publish_date"]),
    ("expires", &["expiry_date", "unpublish"]),
    ("review_by", &[]),
    ("owner", &[]),
    ("description", &[]),
    ("summary", &["excerpt"]),
    ("tags", &["tag", "keywords", "categories", "category"]),
    ("draft", &[]),
    ("published", &[]),
    ("status", &[]),
    ("slug", &[]),
    ("permalink", &["url", "path"]),
    ("aliases", &["alias", "redirect_from"]),
    ("authors", &["author"]),
    ("series", &[]),
    ("weight", &["order", "nav_order"]),
    ("image", &["cover", "featured_image", "thumbnail"]),
    ("image_alt", &[]),
    ("lang", &["language"]),
    ("kind", &["type", "layout"]),
    ("template", &[]),
    ("icon", &[]),
    ("appeared_in", &[]),
    ("id", &["guid"]),
    ("canonical", &["canonical_url"]),
    ("noindex", &[]),
    ("feed", &[]),
    ("search", &[]),
    ("toc", &[]),
    ("related", &[]),
    ("duration", &[]),
    ("audience", &[]),
    ("extra", &[]),
];

/// A file's text in two.
pub struct Parts<'t> {
    /// The YAML, which begins on the file's second line. `None` if the file has no front matter.
    pub yaml: Option<&'t str>,
    /// Where the Markdown begins, in bytes.
    pub body_at: usize,
}

/// Parts front matter and Markdown. Front matter begins with `---` on the very first line and ends with the next line
/// that is `---` or `...`. Where it begins or ends otherwise, that is said, and what was probably meant is read.
pub fn split<'t>(file: &Arc<str>, text: &'t str, diagnostics: &mut Vec<Diagnostic>) -> Parts<'t> {
    let blank = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let opening_at = text[..blank].rfind('\n').map_or(0, |at| at + 1);
    let mut lines = text[opening_at..].split_inclusive('\n');
    let opening = lines.next().unwrap_or("");
    let yaml_at = text.find('\n').map_or(text.len(), |at| at + 1);
    let first_key_at = opening_at + opening.len();
    let closing = closing_line(text, first_key_at, opening.trim_end());
    let opening_line = || Place::at(file.clone(), Span::of(text, opening_at, 3));
    match (opening.trim_end(), closing) {
        ("---", Some((at, end))) if opening_at == 0 => Parts { yaml: Some(&text[first_key_at..at]), body_at: end },
        // Blank lines and then a rule are Markdown; with a key below it, they are a slip.
        ("---", Some((at, end))) if lines.next().is_some_and(|line| line.contains(": ")) => {
            let problem = Diagnostic::error("misplaced-front-matter", "front matter must begin on the very first line");
            diagnostics.push(problem.at(opening_line()).hint("take out the blank lines before it"));
            Parts { yaml: Some(&text[yaml_at..at]), body_at: end }
        }
        ("---", None) if opening_at == 0 => {
            let end = end_of_keys(text, first_key_at);
            let hint = if end > first_key_at {
                "put a line `---` between the last key and the text"
            } else {
                "if it is meant to be a rule, write `***`"
            };
            let problem = Diagnostic::error("unclosed-front-matter", "the front matter begins here and never ends");
            diagnostics.push(problem.at(opening_line()).hint(hint));
            Parts { yaml: Some(&text[first_key_at..end]), body_at: end }
        }
        ("+++", Some((_, end))) => {
            let problem = Diagnostic::error("toml-front-matter", "this front matter is TOML, and Guidepost reads YAML");
            let hint = "put it between lines `---`, with `title: …` instead of `title = …`";
            diagnostics.push(problem.at(opening_line()).hint(hint));
            Parts { yaml: None, body_at: end }
        }
        _ => Parts { yaml: None, body_at: 0 },
    }
}

/// The line that closes front matter: where it begins and ends.
fn closing_line(text: &str, from: usize, opening: &str) -> Option<(usize, usize)> {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if line.trim_end() == opening || opening == "---" && line.trim_end() == "..." {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Where the lines end that look like keys, items and what is indented below them.
fn end_of_keys(text: &str, from: usize) -> usize {
    let looks_like_yaml = |line: &str| {
        let is_key = line.split_once(':').is_some_and(|(key, rest)| !key.contains(' ') && rest.starts_with([' ', '\n']));
        is_key || line.starts_with(['-', '#', ' ', '\t']) && !line.trim().is_empty()
    };
    let lines = text[from..].split_inclusive('\n');
    from + lines.take_while(|line| looks_like_yaml(line)).map(str::len).sum::<usize>()
}

/// The facts that front matter states.
#[derive(Debug, Default)]
pub struct FrontMatter {
    pub keys: Vec<(&'static str, Place)>,
    pub title: Option<String>,
    pub date: Option<When>,
    pub updated: Option<When>,
    pub publish_on: Option<When>,
    pub expires: Option<When>,
    pub review_by: Option<When>,
    pub owner: Option<String>,
    pub description: Option<String>,
    pub summary: Option<String>,
    pub tags: Vec<String>,
    pub draft: bool,
    pub slug: Option<String>,
    pub permalink: Option<Url>,
    pub aliases: Vec<Url>,
    pub queries: Vec<Query>,
    pub authors: Vec<String>,
    pub series: Option<String>,
    pub weight: Option<i64>,
    pub image: Option<(Link, Span, String)>,
    pub lang: Option<String>,
    pub kind: Kind,
    pub template: Option<String>,
    pub icon: Option<String>,
    pub appeared_in: Option<AppearedIn>,
    pub id: Option<String>,
    pub canonical: Option<String>,
    pub noindex: bool,
    pub in_feeds: bool,
    pub in_search: bool,
    pub has_contents: bool,
    pub related: Vec<(Link, Span)>,
    pub duration: Option<u32>,
    pub audience: Option<String>,
    pub extra: Vec<(String, Value)>,
}

/// Reads the YAML of an article; what is wrong is reported and left out.
pub fn read(file: &Arc<str>, yaml: Option<&str>, options: &ParseOptions, diagnostics: &mut Vec<Diagnostic>) -> FrontMatter {
    let mut matter = FrontMatter { in_feeds: true, in_search: true, has_contents: true, ..FrontMatter::default() };
    let Some(yaml) = yaml else { return matter };
    let document = match Document::parse(file.clone(), yaml, 1) {
        Ok(document) => document,
        Err(problem) => {
            diagnostics.push(problem);
            // The file does have front matter, so its name need not serve as the title: one message is enough.
            matter.title = Some(String::new());
            return matter;
        }
    };
    let mut image_alt = None;
    let mut seen: Vec<(&str, Node<'_>)> = Vec::new();
    for node in document.nodes() {
        let Some(key) = proper_name(node.key) else {
            diagnostics.push(unknown_key(&node));
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(name, first)| *name == key && excludes(key, first.key, node.key)) {
            diagnostics.push(repeated(&node, first));
            continue;
        }
        seen.push((key, node));
        if let Err(problem) = take(&mut matter, &mut image_alt, key, &node, options, diagnostics) {
            diagnostics.push(problem);
            if key == "title" {
                // There is a title, if a wrong one: neither a heading nor the file name need stand in.
                matter.title.get_or_insert_default();
            }
        }
        matter.keys.push((key, node.key_place()));
    }
    finish_image(&mut matter, image_alt, diagnostics);
    matter
}

/// Whether two keys with one meaning cannot stand side by side. Exports of other generators have both `tags` and
/// `categories`, both `layout` and `type`.
fn excludes(name: &str, first: &str, second: &str) -> bool {
    !matches!(name, "tags" | "kind") || snake_case(first) == snake_case(second)
}

fn repeated(node: &Node<'_>, first: &Node<'_>) -> Diagnostic {
    let line = first.key_place().span.map_or(0, |span| span.line);
    let message = if node.key == first.key {
        format!("`{}` is given twice: first in line {line}", node.key)
    } else {
        format!("`{}` means the same as `{}` in line {line}", node.key, first.key)
    };
    Diagnostic::error("duplicate-key", message).at(node.key_place()).hint("keep one of the two")
}

/// The proper name of a key in any spelling, if there is such a key.
fn proper_name(key: &str) -> Option<&'static str> {
    if let Some((name, _)) = KEYS.iter().find(|(name, _)| *name == key) {
        return Some(name);
    }
    let spelled = snake_case(key);
    KEYS.iter().find(|(name, others)| *name == spelled || others.contains(&spelled.as_str())).map(|(name, _)| *name)
}

/// `publishDate`, `publish-date` and `Publish_Date` are all `publish_date`.
pub(crate) fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for c in key.trim().chars() {
        if c.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = c.is_lowercase();
        if matches!(c, '-' | ' ' | '_') { snake.push('_') } else { snake.extend(c.to_lowercase()) }
    }
    snake
}

fn unknown_key(node: &Node<'_>) -> Diagnostic {
    let spelled = snake_case(node.key);
    let names = KEYS.iter().flat_map(|(name, others)| std::iter::once(*name).chain(others.iter().copied()));
    let hint = did_you_mean(&spelled, names);
    Diagnostic::warning("unknown-key", format!("there is no key `{}`", node.key))
        .at(node.key_place())
        .hint(hint.unwrap_or_else(|| "put keys of your own under `extra:`".into()))
}

/// Reads one key into its place. What is wrong with one item of a list leaves the others as they are.
fn take(
    matter: &mut FrontMatter,
    image_alt: &mut Option<String>,
    key: &'static str,
    node: &Node<'_>,
    options: &ParseOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    match key {
        "title" => matter.title = Some(title(node)?),
        "date" => matter.date = when(node, options)?,
        "updated" => matter.updated = when(node, options)?,
        "publish_on" => matter.publish_on = when(node, options)?,
        "expires" => matter.expires = when(node, options)?,
        "review_by" => matter.review_by = when(node, options)?,
        "owner" => matter.owner = text(node)?,
        "description" => matter.description = text(node)?,
        "summary" => matter.summary = text(node)?,
        "tags" => take_tags(matter, node)?,
        "draft" => matter.draft |= node.bool()?,
        "published" => matter.draft |= !node.bool()?,
        "status" => matter.draft |= is_unpublished(node)?,
        "slug" => matter.slug = slug(node)?,
        "permalink" => matter.permalink = Some(permalink(node)?),
        "aliases" => {
            let mut addresses = Vec::new();
            for item in node.items()? {
                match old_query(&item) {
                    Some(query) => matter.queries.push(query),
                    None => addresses.push(address(&item)),
                }
            }
            matter.aliases = sound(addresses.into_iter(), diagnostics);
        }
        "authors" => matter.authors = list(node)?,
        "series" => matter.series = text(node)?,
        "weight" => matter.weight = Some(node.integer()?),
        "image" => matter.image = image(node, options)?,
        "image_alt" => *image_alt = text(node)?,
        "lang" => matter.lang = language(node)?,
        "kind" => matter.kind = kind(node)?.unwrap_or(matter.kind),
        "template" => matter.template = text(node)?,
        "icon" => matter.icon = text(node)?,
        "appeared_in" => matter.appeared_in = Some(appeared_in(node, options, diagnostics)?),
        "id" => matter.id = text(node)?,
        "canonical" => matter.canonical = web_address(node)?,
        "noindex" => matter.noindex = node.bool()?,
        "feed" => matter.in_feeds = node.bool()?,
        "search" => matter.in_search = node.bool()?,
        "toc" => matter.has_contents = node.bool()?,
        "related" => matter.related = sound(node.items()?.iter().map(|item| related(item, options)), diagnostics),
        "duration" => matter.duration = duration(node)?,
        "audience" => matter.audience = text(node)?,
        "extra" => matter.extra = extra(node)?,
        _ => {}
    }
    Ok(())
}

/// What could be read; what could not is reported.
fn sound<T>(read: impl Iterator<Item = Result<T, Diagnostic>>, diagnostics: &mut Vec<Diagnostic>) -> Vec<T> {
    read.filter_map(|one| one.map_err(|problem| diagnostics.push(problem)).ok()).collect()
}

fn title(node: &Node<'_>) -> Result<String, Diagnostic> {
    let title = node.text()?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return Err(Diagnostic::error("empty-title", "the title is empty")
            .at(node.place())
            .hint("write one, or take the line out"));
    }
    Ok(title)
}

/// WordPress's words for what may be seen and what may not. A misspelt one must not publish a draft.
fn is_unpublished(node: &Node<'_>) -> Result<bool, Diagnostic> {
    const SEEN: [&str; 3] = ["publish", "published", "future"];
    const UNSEEN: [&str; 6] = ["draft", "auto-draft", "pending", "private", "trash", "inherit"];
    let status = node.word()?.trim().to_lowercase();
    if status.is_empty() || SEEN.contains(&status.as_str()) {
        return Ok(false);
    }
    if UNSEEN.contains(&status.as_str()) {
        return Ok(true);
    }
    let problem = Diagnostic::error("unknown-status", format!("there is no status `{status}`")).at(node.place());
    Err(problem.hint(did_you_mean(&status, ["publish", "draft", "pending", "private"]).unwrap_or_default()))
}

/// A single word, or nothing where the key has no value.
fn word(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let word = node.word()?;
    let word = word.trim();
    Ok((!word.is_empty()).then(|| word.to_owned()))
}

/// Text, or nothing where the key has no value.
fn text(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let text = node.text()?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A list of texts.
fn list(node: &Node<'_>) -> Result<Vec<String>, Diagnostic> {
    node.items()?.iter().filter_map(|item| text(item).transpose()).collect()
}

fn take_tags(matter: &mut FrontMatter, node: &Node<'_>) -> Result<(), Diagnostic> {
    if let Value::Map(_) = node.value {
        return Err(node.wrong_type("a list").hint(format!("write `{}: [offers, salary]`", node.key)));
    }
    let mut tags = list(node)?;
    if let (Value::Text(_), [text]) = (node.value, &tags[..]) {
        // WordPress separates tags by commas; an author's name may well have one.
        tags = text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    }
    let mut known: FxHashSet<String> = matter.tags.iter().cloned().collect();
    for tag in tags {
        let tag = url::nfc(&tag).split_whitespace().collect::<Vec<_>>().join(" ");
        if known.insert(tag.clone()) {
            matter.tags.push(tag);
        }
    }
    Ok(())
}

fn when(node: &Node<'_>, options: &ParseOptions) -> Result<Option<When>, Diagnostic> {
    let Some(text) = word(node)? else { return Ok(None) };
    match When::parse(&text, &options.time_zone) {
        Some(when) => Ok(Some(when)),
        None => {
            let problem = Diagnostic::error("bad-date", format!("`{text}` cannot be read as a date")).at(node.place());
            Err(problem.hint(date::FORMS))
        }
    }
}

fn slug(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let Some(text) = text(node)? else { return Ok(None) };
    let text = text.trim_matches('/');
    let slug = url::slug(text);
    let (message, hint) = if text.contains(['/', '\\']) {
        ("a slug is one part of an address, so it has no `/`", "use `permalink: /whole/address/` for a path")
    } else if url::percent_decode(text).is_none_or(|decoded| decoded != text) {
        ("a slug is written in letters, not in %-escapes", "write it as readers shall see it: `résumé`, not `r%C3%A9sum%C3%A9`")
    } else if text.chars().any(|c| c.is_control() || url::is_invisible(c)) {
        ("this slug has an invisible character", "type it again, without copying")
    } else if slug.is_empty() {
        ("a slug needs a letter or a digit", "write it in words, as `slug: salary-talks`")
    } else if text.len() > url::LONGEST_SLUG {
        ("this slug is too long for the name of a file", "a few words are enough")
    } else {
        return Ok(Some(slug));
    };
    Err(Diagnostic::error("bad-address", message).at(node.place()).hint(hint))
}

/// `/?p=12`, an old address of the home page.
fn old_query(node: &Node<'_>) -> Option<Query> {
    Query::parse(&node.text().ok()?)
}

fn address(node: &Node<'_>) -> Result<Url, Diagnostic> {
    let text = node.text()?;
    Url::parse(&text).map_err(|reason| {
        let problem = Diagnostic::error("bad-address", format!("this cannot be an address of the site: {reason}"));
        problem.at(node.place()).hint(if text.contains(['?', '#']) {
            "take it out; of old addresses with `?` only those of the home page can lead on, as `/?p=12`"
        } else {
            "write it from the site's root, as `/offers/salary-talks/`"
        })
    })
}

/// The address of a page: a server tells browsers by the extension what a file is.
fn permalink(node: &Node<'_>) -> Result<Url, Diagnostic> {
    let url = address(node)?;
    let path = url.as_str();
    if path.ends_with('/') || path.ends_with(".html") || path.ends_with(".htm") {
        return Ok(url);
    }
    let problem =
        Diagnostic::error("bad-address", format!("at `{path}` a browser would not take it for a page")).at(node.place());
    Err(problem.hint("end it with `/` or `.html`"))
}

/// An address on the web: `canonical`, the `url` of `appeared_in`, those of the settings. Without its scheme a browser would
/// look for it below this site.
pub(crate) fn web_address(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let Some(text) = word(node)? else { return Ok(None) };
    match url::scheme(&text).as_deref() {
        Some("http" | "https") if url::is_one_piece(&text) => Ok(Some(text)),
        _ => {
            let problem = Diagnostic::error("bad-address", format!("`{}` should be a web address", node.key));
            Err(problem.at(node.place()).hint("write it whole, as `https://example.org/page/`"))
        }
    }
}

fn language(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let Some(text) = word(node)? else { return Ok(None) };
    check_language(node, &text)?;
    Ok(Some(text))
}

/// Refuses what has not the shape of a language tag (BCP 47): `en`, `pt-BR`, `zh-Hant-TW`.
pub(crate) fn check_language(node: &Node<'_>, text: &str) -> Result<(), Diagnostic> {
    if is_language(text) {
        return Ok(());
    }
    let problem = Diagnostic::error("bad-language", format!("`{text}` is no language tag"));
    Err(problem.at(node.place()).hint("write `en` for English, `es` for Spanish, `pt-BR` for the Portuguese of Brazil"))
}

/// Whether a text has the form of a language tag (BCP 47).
pub(crate) fn is_language(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or("");
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Other generators' types and layouts (`post`, `page`, …) say nothing; a misspelt kind of ours is a mistake.
fn kind(node: &Node<'_>) -> Result<Option<Kind>, Diagnostic> {
    let word = node.word()?.trim().to_lowercase();
    match word.as_str() {
        "agenda" => Ok(Some(Kind::Agenda)),
        "tip" => Ok(Some(Kind::Tip)),
        "article" => Ok(Some(Kind::Article)),
        _ if snake_case(node.key) != "kind" => Ok(None),
        _ => {
            let problem = Diagnostic::error("unknown-kind", format!("there is no kind `{word}`")).at(node.place());
            Err(problem.hint(did_you_mean(&word, ["article", "agenda", "tip"]).unwrap_or_default()))
        }
    }
}

/// The picture for previews: an address on the web, or a file of this site.
fn image(node: &Node<'_>, options: &ParseOptions) -> Result<Option<(Link, Span, String)>, Diagnostic> {
    let written = match node.value {
        Value::Map(_) => node.children()?.into_iter().find(|child| matches!(child.key, "image" | "src" | "url" | "path")),
        _ => Some(*node),
    };
    let Some(written) = written else { return Ok(None) };
    let Some(target) = text(&written)? else { return Ok(None) };
    let span = written.place().span.unwrap_or(Span { line: 1, column: 1, length: 0 });
    match link_target(&target, &options.base) {
        Some(mut link) => {
            link.is_picture = true;
            Ok(Some((link, span, String::new())))
        }
        None => {
            let problem = Diagnostic::error("outside-image", "the picture for previews must be a file of this site");
            Err(problem.at(written.place()).hint("put the file beside the article and name it here"))
        }
    }
}

/// Joins `image` and `image_alt`: a picture without words is of no use to those who cannot see it.
fn finish_image(matter: &mut FrontMatter, alt: Option<String>, diagnostics: &mut Vec<Diagnostic>) {
    let Some((_, _, image_alt)) = &mut matter.image else { return };
    match alt {
        Some(alt) => *image_alt = alt,
        None => {
            let place = matter.keys.iter().find(|(key, _)| *key == "image").map(|(_, place)| place.clone());
            let mut problem = Diagnostic::warning("no-alt", "`image` needs `image_alt`: what the picture says, in words")
                .hint("add a line such as `image_alt: Two people at a table, one taking notes` (WCAG 1.1.1)");
            problem.place = place;
            diagnostics.push(problem);
        }
    }
}

fn appeared_in(node: &Node<'_>, options: &ParseOptions, diagnostics: &mut Vec<Diagnostic>) -> Result<AppearedIn, Diagnostic> {
    if let Value::Text(publication) = node.value {
        return Ok(AppearedIn { publication: Some(publication.clone()), ..AppearedIn::default() });
    }
    let mut appeared = AppearedIn::default();
    for child in node.children()? {
        let taken = match child.key {
            "publication" => text(&child).map(|publication| appeared.publication = publication),
            "date" => when(&child, options).map(|date| appeared.date = date),
            "edition" => text(&child).map(|edition| appeared.edition = edition),
            "url" => web_address(&child).map(|url| appeared.url = url),
            other => {
                let problem = Diagnostic::error("unknown-key", format!("`appeared_in` has no key `{other}`"));
                let hint = did_you_mean(other, ["publication", "date", "edition", "url"]).unwrap_or_default();
                Err(problem.at(child.key_place()).hint(hint))
            }
        };
        diagnostics.extend(taken.err());
    }
    Ok(appeared)
}

/// An article to show first among the related ones: a file, an address or `[[a name]]`.
fn related(item: &Node<'_>, options: &ParseOptions) -> Result<(Link, Span), Diagnostic> {
    let text = item.text()?;
    let target = text.trim();
    let name = target.strip_prefix("[[").and_then(|target| target.strip_suffix("]]"));
    let link = match name {
        Some(name) => {
            Some(Link { target: Target::Wiki(url::nfc(name.trim()).into_owned()), query: None, anchor: None, is_picture: false })
        }
        None => link_target(target, &options.base),
    };
    match link {
        Some(link) => Ok((link, item.place().span.unwrap_or(Span { line: 1, column: 1, length: 0 }))),
        None => {
            let problem = Diagnostic::error("outside-related", "`related` names articles of this site");
            let hint = "name a file, as `related: [thank-you-notes.md]`, and put links to other sites into the text";
            Err(problem.at(item.place()).hint(hint))
        }
    }
}

/// `30`, `30 min`, `1 h 30 min`, `1:30`: minutes.
fn duration(node: &Node<'_>) -> Result<Option<u32>, Diagnostic> {
    let Some(text) = text(node)? else { return Ok(None) };
    match parse_minutes(&text) {
        Some(minutes) => Ok(Some(minutes)),
        None => {
            let problem = Diagnostic::error("bad-duration", format!("`{text}` is no length of time"));
            Err(problem.at(node.place()).hint("write `30 min`, `1 h` or `1 h 30 min`"))
        }
    }
}

fn parse_minutes(text: &str) -> Option<u32> {
    if let Some((hours, minutes)) = text.split_once(':') {
        let minutes = minutes.trim().parse::<u32>().ok().filter(|minutes| *minutes < 60)?;
        return hours.trim().parse::<u32>().ok()?.checked_mul(60)?.checked_add(minutes).filter(|total| *total > 0);
    }
    length::seconds(text, Some(60)).map(|seconds| seconds.div_ceil(60))
}

fn extra(node: &Node<'_>) -> Result<Vec<(String, Value)>, Diagnostic> {
    match node.value {
        Value::Map(entries) => Ok(entries.clone()),
        Value::Null => Ok(Vec::new()),
        _ => Err(node.wrong_group()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_known_in_every_spelling() {
        for (written, name) in [
            ("publishDate", Some("publish_on")),
            ("publish-date", Some("publish_on")),
            ("Last_Modified_At", Some("updated")),
            ("redirect_from", Some("aliases")),
            ("reviewBy", Some("review_by")),
            ("titel", None),
        ] {
            assert_eq!(proper_name(written), name, "{written}");
        }
    }

    #[test]
    fn lengths_of_time_are_minutes() {
        for (text, minutes) in [
            ("30", Some(30)),
            ("30 min", Some(30)),
            ("1 h 30 min", Some(90)),
            ("1:15", Some(75)),
            ("2 hours", Some(120)),
            ("71582788:59", None),
            ("0:00", None),
            ("soon", None),
        ] {
            assert_eq!(parse_minutes(text), minutes, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_split_joins_again(yaml in "([a-z]{1,8}: [a-z ]{0,12}\n){0,4}", body in "\\PC{0,40}") {
            let text = format!("---\n{yaml}---\n{body}");
            let file: Arc<str> = "a.md".into();
            let mut diagnostics = Vec::new();
            let parts = split(&file, &text, &mut diagnostics);
            prop_assert!(diagnostics.is_empty());
            prop_assert_eq!(parts.yaml, Some(yaml.as_str()));
            prop_assert_eq!(&text[parts.body_at..], body.as_str());
        }
    }
}
