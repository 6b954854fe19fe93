//! The second look: an item of the export → the article that it becomes, and an account of how.
//!
//! What each item becomes was decided in `catalogue`; what becomes of HTML is decided in `import::html`.

use jiff::civil;

use super::catalogue::{Catalogue, Entry, Fate, Target, Unpublished, fate, is_default, is_taken_by_guidepost};
use super::links::Links;
use super::paragraphs::{has_blocks, paragraphs, without_block_comments};
use super::shortcodes;
use super::wxr::Item;
use super::{Asked, html_text};
use crate::import::article::{NewArticle, address_text};
use crate::import::html::{self, Addresses, Footnote};
use crate::import::report::{Account, Remark, Remarks};
use crate::import::{Imported, words};
use crate::url::{self, Url};

/// The article of an item, if it becomes one.
pub fn convert(item: &Item, catalogue: &Catalogue, asked: &Asked) -> Option<Imported> {
    let fate = fate(item, &asked.types);
    let entry = match fate {
        Fate::Published | Fate::Draft(_) => &catalogue.entries[*catalogue.by_id.get(&item.id)?],
        _ => return None,
    };
    let mut links = Links {
        catalogue,
        asked,
        base: ::url::Url::parse(&item.link).ok(),
        id: item.id,
        is_replaced: catalogue.is_replaced_at(asked.base_url.as_deref()),
        path: &entry.path,
        is_published: entry.is_published,
        remarks: Remarks::default(),
        files: Vec::new(),
    };
    let mut article = facts(item, entry, &fate, &mut links);
    let (body, shown) = body(item, &mut links);
    article.body = body;
    let Links { mut remarks, files, .. } = links;
    if entry.is_renamed {
        remarks.add(Remark::Renamed(entry.url().to_string()));
    }
    let text = article.text();
    let words = words::compare(&shown, &entry.path, &text);
    words.remarks.into_iter().for_each(|remark| remarks.add(remark));
    let account = Account {
        path: entry.path.clone(),
        title: article.title,
        why_draft: why(&fate),
        words_in: words.before,
        words_out: words.after,
        words_lost: words.lost,
        remarks: remarks.counted(),
        ..Account::default()
    };
    Some(Imported { path: entry.path.clone(), id: article.id, text, account, files, aliases: article.aliases, url: entry.url() })
}

/// Why an article is a draft, in words; nothing if it is none.
fn why(fate: &Fate) -> Option<String> {
    let Fate::Draft(why) = fate else { return None };
    Some(match why {
        Unpublished::Draft => "a draft".to_owned(),
        Unpublished::Pending => "waited for approval".to_owned(),
        Unpublished::Future => "waited for its day".to_owned(),
        Unpublished::Private => "private".to_owned(),
        Unpublished::Password => "behind a password".to_owned(),
        Unpublished::Other(status) => format!("had the status `{}`", status.chars().take(40).collect::<String>()),
    })
}

/// What stands in the front matter.
fn facts(item: &Item, entry: &Entry, fate: &Fate, links: &mut Links<'_>) -> NewArticle {
    let (catalogue, asked) = (links.catalogue, links.asked);
    let is_page = item.post_type == "page";
    let date = date(item);
    if date.is_empty() && entry.is_published {
        links.remarks.add(Remark::NoDate);
    }
    let updated = in_utc(&item.post_modified_gmt).filter(|updated| updated.get(..10) > date.get(..10)).unwrap_or_default();
    let is_future = *fate == Fate::Draft(Unpublished::Future);
    let mut title = html_text(&item.title);
    if title.is_empty() {
        links.remarks.add(Remark::NoTitle);
        title = first_words(&item.content).unwrap_or_else(|| format!("{} {}", item.post_type, item.id));
    }
    let (image, image_alt) = picture(item, links);
    let author = catalogue.authors.get(&item.creator).cloned().unwrap_or_else(|| html_text(&item.creator));
    let author = asked.author_keys.get(&author).cloned().unwrap_or(author);
    let language = catalogue.channel.language.trim();
    let is_other_language = !language.is_empty() && !language.to_lowercase().starts_with(&asked.language.to_lowercase());
    NewArticle {
        title,
        // WordPress shows no date on a page, and lists it nowhere by its date.
        publish_on: if is_future { date.clone() } else { String::new() },
        date: if is_page { String::new() } else { date },
        updated,
        is_draft: !entry.is_published,
        authors: if is_page || author.is_empty() { Vec::new() } else { vec![author] },
        tags: tags(item, catalogue),
        summary: html_text(&item.excerpt),
        image,
        image_alt,
        lang: if is_other_language && crate::article::is_language(language) { language.to_owned() } else { String::new() },
        aliases: if entry.is_published { aliases(item, entry, catalogue) } else { Vec::new() },
        id: entry.feed_id.to_string(),
        is_out_of_feeds: is_page,
        weight: Some(item.menu_order).filter(|order| is_page && *order != 0),
        ..NewArticle::default()
    }
}

/// When it was published: in UTC where that is known, else by the blog's clock, else by the feed.
fn date(item: &Item) -> String {
    let local = || item.post_date.trim().parse::<civil::DateTime>().ok().filter(|time| time.year() > 0);
    let by_feed =
        || jiff::fmt::rfc2822::parse(item.pub_date.trim()).ok().map(|time| time.timestamp()).filter(|t| t.as_second() > 0);
    in_utc(&item.post_date_gmt)
        .or_else(|| local().map(|time| time.strftime("%Y-%m-%dT%H:%M:%S").to_string()))
        .or_else(|| by_feed().map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
        .unwrap_or_default()
}

/// `2015-03-04 12:00:00` as a time in UTC; WordPress writes zeros where there is none.
fn in_utc(text: &str) -> Option<String> {
    let time = text.trim().parse::<civil::DateTime>().ok().filter(|time| time.year() > 0)?;
    Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The beginning of a text, in place of a title.
fn first_words(content: &str) -> Option<String> {
    let text = html_text(&without_block_comments(content, |_| {}));
    let words: Vec<&str> = text.split_whitespace().take(9).collect();
    let title: String = words.iter().take(8).copied().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().take(80).collect();
    (!title.is_empty()).then(|| if words.len() > 8 { format!("{title} …") } else { title })
}

/// Its categories, each below those above it, then its tags: one name for each address.
fn tags(item: &Item, catalogue: &Catalogue) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = catalogue.tag_name(name);
        if !url::slug(name).is_empty() && !tags.iter().any(|known| known == name) {
            tags.push(name.to_owned());
        }
    };
    for (taxonomy, slug, name) in &item.terms {
        match taxonomy.as_str() {
            "category" if !is_default(slug) => {
                let line = catalogue.line_of(slug);
                line.iter().filter_map(|slug| catalogue.categories.get(*slug)).for_each(|topic| add(&topic.name));
            }
            "post_tag" => add(catalogue.tags.get(slug).map_or(name, |topic| &topic.name)),
            _ => {}
        }
    }
    tags
}

/// Where else it was found: at its address on the blog, those that it had before, and by its number.
fn aliases(item: &Item, entry: &Entry, catalogue: &Catalogue) -> Vec<String> {
    let own = catalogue.by_id.get(&item.id).map(|number| Target::Entry(*number));
    let mut aliases: Vec<String> = Vec::new();
    let mut add = |path: String| {
        let Ok(url) = Url::parse(&path) else { return };
        let is_own = catalogue.target(&path) == own;
        let is_free = !catalogue.has(&url) && !is_taken_by_guidepost(&url);
        let written = address_text(&url);
        if url != entry.url() && is_own && is_free && !aliases.contains(&written) {
            aliases.push(written);
        }
    };
    old_paths(item, catalogue).into_iter().for_each(&mut add);
    if item.is_numbered() {
        aliases.push(format!("/?p={}", item.id));
    }
    aliases
}

/// The paths at which the blog had an item: the last first.
pub fn old_paths(item: &Item, catalogue: &Catalogue) -> Vec<String> {
    if item.link.contains('?') {
        return Vec::new();
    }
    let Some(path) = catalogue.path_of(&item.link).filter(|path| path != "/") else { return Vec::new() };
    let mut paths = vec![path.clone()];
    let (folder, name) = path.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
    let ending = if path.ends_with('/') { "/" } else { "" };
    let slug = url::percent_decode(&item.post_name).unwrap_or_default();
    for (_, old) in item.meta.iter().filter(|(key, _)| key == "_wp_old_slug") {
        if let Some(old) = url::percent_decode(old).filter(|old| name == slug && !old.contains(['/', '?', '#'])) {
            paths.push(format!("{folder}/{old}{ending}"));
        }
    }
    paths
}

/// The picture that stands for it, and what it shows.
fn picture(item: &Item, links: &mut Links<'_>) -> (String, String) {
    let number = item.meta.iter().find(|(key, _)| key == "_thumbnail_id").and_then(|(_, id)| id.parse::<u64>().ok());
    let Some(file) = number.and_then(|id| links.catalogue.attachments.get(&id)) else { return Default::default() };
    let address = links.picture(&file.address).into_owned();
    // It must be a file of the site: what is elsewhere may change or go. That there is none was remarked.
    if address.is_empty() || url::has_scheme(&address) { Default::default() } else { (address, file.alt.clone()) }
}

/// The text as Markdown, and as the HTML that readers saw.
fn body(item: &Item, links: &mut Links<'_>) -> (String, String) {
    let mut unknown: Vec<String> = Vec::new();
    let expanded = shortcodes::expand(&item.content, &*links, &mut |name| unknown.push(name.to_owned()));
    let mut dynamic: Vec<String> = Vec::new();
    let written_out = if has_blocks(&expanded) {
        without_block_comments(&expanded, |name| dynamic.push(name.to_owned()))
    } else {
        paragraphs(&expanded)
    };
    unknown.into_iter().for_each(|name| links.remarks.add(Remark::Shortcode(name)));
    for name in dynamic.into_iter().filter(|name| name != "footnotes") {
        links.remarks.add(Remark::Dynamic(name));
    }
    let converted = html::convert(&written_out, &footnotes(item), links);
    for (note, count) in converted.notes {
        links.remarks.add_many(Remark::Html(note), count);
    }
    (converted.markdown, written_out)
}

/// The footnotes of the block editor, which stand beside the text.
fn footnotes(item: &Item) -> Vec<Footnote> {
    let Some((_, json)) = item.meta.iter().find(|(key, _)| key == "footnotes") else { return Vec::new() };
    let Ok(serde_json::Value::Array(notes)) = serde_json::from_str(json) else { return Vec::new() };
    let of = |note: &serde_json::Value, key: &str| note.get(key).and_then(|value| value.as_str()).unwrap_or("").to_owned();
    notes.iter().map(|note| Footnote { id: of(note, "id"), html: of(note, "content") }).collect()
}
