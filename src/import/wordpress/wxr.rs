//! A WordPress export, read piece by piece: WXR 1.0 to 1.2, which is RSS 2.0 with elements of WordPress's own
//! (<https://github.com/WordPress/WordPress/blob/master/wp-admin/includes/export.php> writes it).
//!
//! Exports are not always good XML, so what stands in an element that holds text is taken as text, whatever it looks
//! like: a plugin's `]]>` in the middle of a post does no harm. What is wrong elsewhere is an error with its byte. What the
//! pieces mean is left to others; comments are counted here and never read.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::io::{self, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxBuildHasher;

use super::decoded::{Decoded, MOST};
use crate::html::references;

/// An export that is being read.
pub struct Export<R> {
    reader: Reader<Decoded<R>>,
    buffer: Vec<u8>,
    prefixes: Prefixes,
    is_begun: bool,
    is_ended: bool,
    /// What the channel says of itself, as far as it was read.
    pub channel: Channel,
}

/// What an export says of the blog.
#[derive(Debug, Default, Clone)]
pub struct Channel {
    /// The blog's name.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its address on the web.
    pub link: String,
    /// The address that its own addresses begin with.
    pub base_blog_url: String,
    /// The language that it is in, as `en-US`.
    pub language: String,
    /// The format's version.
    pub version: String,
}

/// One piece of an export.
#[derive(Debug)]
pub enum Piece {
    /// Somebody who may have written.
    Author(Author),
    /// A category, a tag or a term of another kind.
    Term(Term),
    /// A post, a page, an attachment or something else.
    Item(Box<Item>),
}

/// Somebody who may have written. Their e-mail address is never read.
#[derive(Debug, Default)]
pub struct Author {
    /// The name by which they log in, and which posts bear.
    pub login: String,
    /// The name that readers see.
    pub display_name: String,
}

/// A category, a tag or a term of another kind.
#[derive(Debug, Default)]
pub struct Term {
    /// Its number.
    pub id: u64,
    /// `category`, `post_tag` or the name of another taxonomy.
    pub taxonomy: String,
    /// Its name in addresses.
    pub slug: String,
    /// The slug of the term above it, if there is one.
    pub parent: String,
    /// What readers see.
    pub name: String,
    /// What it is about, in HTML.
    pub description: String,
}

/// A post, a page, an attachment or something else, with what the export says of it.
#[derive(Debug, Default)]
pub struct Item {
    /// The byte at which it begins.
    pub offset: u64,
    /// What it is called, in HTML.
    pub title: String,
    /// Where it is found, if it is published.
    pub link: String,
    /// What feeds call it.
    pub guid: String,
    /// When it was published, by the feed.
    pub pub_date: String,
    /// Who wrote it: their login.
    pub creator: String,
    /// Its text, as it was written.
    pub content: String,
    /// What stands for it in lists.
    pub excerpt: String,
    /// Its number.
    pub id: u64,
    /// When it was published, by the blog's clock.
    pub post_date: String,
    /// The same in UTC.
    pub post_date_gmt: String,
    /// When it was changed, in UTC.
    pub post_modified_gmt: String,
    /// Its name in addresses.
    pub post_name: String,
    /// `publish`, `draft`, `private` and so on.
    pub status: String,
    /// The number of the page above it.
    pub parent: u64,
    /// Its order among its like.
    pub menu_order: i64,
    /// `post`, `page`, `attachment` and so on.
    pub post_type: String,
    /// Whether readers need a password, which is never read.
    pub has_password: bool,
    /// Whether it stays at the front.
    pub is_sticky: bool,
    /// Where the file of an attachment is.
    pub attachment_url: String,
    /// Its terms: taxonomy, slug and name.
    pub terms: Vec<(String, String, String)>,
    /// The facts beside it that are of use, by their keys.
    pub meta: Vec<(String, String)>,
    /// How many comments, pingbacks and trackbacks it has.
    pub comments: Comments,
}

/// How many comments there are: no more of them is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Comments {
    /// What people wrote.
    pub comments: usize,
    /// What other blogs sent.
    pub pings: usize,
}

/// An item without a number gets one from here on, the same whenever the export is read.
const UNNUMBERED: u64 = 1 << 63;

impl Item {
    /// Whether the blog had given it its number.
    pub fn is_numbered(&self) -> bool {
        self.id < UNNUMBERED
    }
}

/// The facts beside an item that are of use.
const META: [&str; 5] =
    ["_thumbnail_id", "_wp_old_slug", "_wp_attachment_image_alt", "_yoast_wpseo_primary_category", "footnotes"];

/// More of them than this no item has.
const MOST_META: usize = 1_000;

/// Why an export cannot be read.
#[derive(Debug)]
pub struct Broken {
    /// The byte where it shows.
    pub offset: u64,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with an export.
#[derive(Debug)]
pub enum Flaw {
    /// It has nothing in it.
    Empty,
    /// It is no XML at all, or XML that breaks its own rules, as is said.
    Syntax(String),
    /// It is a page for a browser.
    WebPage,
    /// It is XML of another kind, with this element round everything.
    Other(String),
    /// It is a feed, which lacks most of what an export has.
    Feed,
    /// An element is closed that is not open: what was open, and what is closed.
    Mismatched(String, String),
    /// It ends within this element.
    Truncated(String),
    /// It declares entities, which no export does.
    Doctype,
    /// One piece of it is larger than anything that people write.
    TooLarge,
    /// It says that it is in an encoding that is not known.
    Encoding(String),
    /// The machine does not play along.
    Io(io::Error),
}

/// Which prefix stands for which namespace.
struct Prefixes(Vec<(String, &'static str)>);

impl Prefixes {
    /// By the declarations of the outermost element.
    fn of(root: &BytesStart<'_>) -> Prefixes {
        let mut prefixes = Vec::new();
        for attribute in root.html_attributes().with_checks(false).flatten().take(100) {
            let Some(prefix) = attribute.key.as_ref().strip_prefix("xmlns:") else { continue };
            let namespace = &*attribute.value;
            let usual = if namespace.contains("wordpress.org/export/") {
                if namespace.contains("/excerpt") { "excerpt" } else { "wp" }
            } else if namespace.contains("purl.org/rss/1.0/modules/content") {
                "content"
            } else if namespace.contains("purl.org/dc/elements") {
                "dc"
            } else {
                continue;
            };
            prefixes.push((prefix.to_owned(), usual));
        }
        prefixes.retain(|(prefix, usual)| prefix != usual);
        Prefixes(prefixes)
    }

    /// The name under the prefixes that WordPress uses.
    fn usual<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.0.is_empty() {
            return name.into();
        }
        let renamed = name.split_once(':').and_then(|(prefix, local)| {
            let (_, usual) = self.0.iter().find(|(known, _)| known == prefix)?;
            Some(format!("{usual}:{local}"))
        });
        renamed.map_or(name.into(), Cow::Owned)
    }
}

impl<R: Read> Export<R> {
    /// Begins to read.
    pub fn new(inner: R) -> Result<Export<R>, Broken> {
        let broken = |flaw| Broken { offset: 0, flaw };
        let decoded = Decoded::new(inner).map_err(|error| broken(Flaw::Io(error)))?;
        let mut reader = Reader::from_reader(decoded.map_err(|name| broken(Flaw::Encoding(name)))?);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Ok(Export {
            reader,
            buffer: Vec::new(),
            prefixes: Prefixes(Vec::new()),
            is_begun: false,
            is_ended: false,
            channel: Channel::default(),
        })
    }

    /// What it is read from, from the place up to which it was read.
    pub fn into_text(self) -> Decoded<R> {
        self.reader.into_inner()
    }

    /// How many bytes were read.
    pub fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The next piece; `None` at the end.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, Broken> {
        if !self.is_begun {
            self.begin()?;
            self.is_begun = true;
        }
        while !self.is_ended {
            let offset = self.position();
            let name = match self.event()? {
                Token::Start(name) => name,
                Token::Empty | Token::Text => continue,
                Token::End(name) if name == "channel" => {
                    self.end()?;
                    break;
                }
                Token::End(name) => return Err(self.broken(Flaw::Mismatched("channel".into(), name))),
                Token::Eof => return Err(self.broken(Flaw::Truncated("channel".into()))),
            };
            match name.as_str() {
                "item" => return self.item(offset).map(|item| Some(Piece::Item(Box::new(item)))),
                "wp:author" => return self.author().map(|author| Some(Piece::Author(author))),
                "wp:category" | "wp:tag" | "wp:term" => return self.term(&name).map(|term| Some(Piece::Term(term))),
                "image" | "wp:wp_author" => self.skip(&name)?,
                _ => {
                    let text = self.text(&name, true)?;
                    let place = match name.as_str() {
                        "title" => &mut self.channel.title,
                        "description" => &mut self.channel.description,
                        "link" => &mut self.channel.link,
                        "language" => &mut self.channel.language,
                        "wp:base_blog_url" => &mut self.channel.base_blog_url,
                        "wp:wxr_version" => &mut self.channel.version,
                        _ => continue,
                    };
                    *place = text.trim().to_owned();
                }
            }
        }
        Ok(None)
    }

    /// Up to the channel.
    fn begin(&mut self) -> Result<(), Broken> {
        let mut is_in_rss = false;
        loop {
            let name = match self.event()? {
                Token::Start(name) => name,
                Token::Empty | Token::Text => continue,
                Token::End(_) if is_in_rss => return Err(self.broken(Flaw::Syntax("it has no `channel`".into()))),
                Token::End(name) => return Err(self.broken(Flaw::Syntax(format!("`{name}` is closed and was never opened")))),
                Token::Eof if is_in_rss => return Err(self.broken(Flaw::Truncated("rss".into()))),
                Token::Eof if self.position() == 0 => return Err(self.broken(Flaw::Empty)),
                Token::Eof => return Err(self.broken(Flaw::Syntax("there is no element in it".into()))),
            };
            match (name.as_str(), is_in_rss) {
                ("rss", false) => is_in_rss = true,
                ("channel", true) => return Ok(()),
                (name, false) if name.eq_ignore_ascii_case("html") => return Err(self.broken(Flaw::WebPage)),
                _ => return Err(self.broken(Flaw::Other(name))),
            }
        }
    }

    /// After the channel: nothing but what closes, and the format's version must have been there.
    fn end(&mut self) -> Result<(), Broken> {
        self.is_ended = true;
        loop {
            match self.event()? {
                Token::Eof => return Err(self.broken(Flaw::Truncated("rss".into()))),
                Token::End(name) if name == "rss" => break,
                Token::End(name) => return Err(self.broken(Flaw::Mismatched("rss".into(), name))),
                _ => {}
            }
        }
        if self.channel.version.is_empty() { Err(self.broken(Flaw::Feed)) } else { Ok(()) }
    }

    fn author(&mut self) -> Result<Author, Broken> {
        let mut author = Author::default();
        self.record("wp:author", |export, name, _| {
            let place = match name {
                "wp:author_login" => &mut author.login,
                "wp:author_display_name" => &mut author.display_name,
                _ => return export.text(name, false).map(drop),
            };
            *place = export.text(name, true)?.trim().to_owned();
            Ok(())
        })?;
        Ok(author)
    }

    fn term(&mut self, kind: &str) -> Result<Term, Broken> {
        let mut term = Term::default();
        term.taxonomy.push_str(match kind {
            "wp:category" => "category",
            "wp:tag" => "post_tag",
            _ => "",
        });
        self.record(kind, |export, name, _| {
            let place = match name {
                "wp:term_id" => {
                    term.id = number(&export.text(name, true)?);
                    return Ok(());
                }
                "wp:term_taxonomy" => &mut term.taxonomy,
                "wp:category_nicename" | "wp:tag_slug" | "wp:term_slug" => &mut term.slug,
                "wp:category_parent" | "wp:term_parent" => &mut term.parent,
                "wp:cat_name" | "wp:tag_name" | "wp:term_name" => &mut term.name,
                "wp:category_description" | "wp:tag_description" | "wp:term_description" => &mut term.description,
                _ => return export.text(name, false).map(drop),
            };
            *place = export.text(name, true)?.trim().to_owned();
            Ok(())
        })?;
        Ok(term)
    }

    fn item(&mut self, offset: u64) -> Result<Item, Broken> {
        let mut item = Item { offset, ..Item::default() };
        self.record("item", |export, name, attributes| {
            let place = match name {
                "title" => &mut item.title,
                "link" => &mut item.link,
                "guid" => &mut item.guid,
                "pubDate" => &mut item.pub_date,
                "dc:creator" => {
                    // No login has these; some exports were edited by hand.
                    item.creator = export.text(name, true)?.trim_matches(['<', '>', ' ', '\n', '\t']).to_owned();
                    return Ok(());
                }
                "content:encoded" => {
                    item.content = export.text(name, true)?;
                    return Ok(());
                }
                "excerpt:encoded" => &mut item.excerpt,
                "wp:post_date" => &mut item.post_date,
                "wp:post_date_gmt" => &mut item.post_date_gmt,
                "wp:post_modified_gmt" => &mut item.post_modified_gmt,
                "wp:post_name" => &mut item.post_name,
                "wp:status" => &mut item.status,
                "wp:post_type" => &mut item.post_type,
                "wp:attachment_url" => &mut item.attachment_url,
                "wp:post_id" => {
                    item.id = number(&export.text(name, true)?);
                    return Ok(());
                }
                "wp:post_parent" => {
                    item.parent = number(&export.text(name, true)?);
                    return Ok(());
                }
                "wp:menu_order" => {
                    item.menu_order = export.text(name, true)?.trim().parse().unwrap_or(0);
                    return Ok(());
                }
                "wp:is_sticky" => {
                    item.is_sticky = number(&export.text(name, true)?) != 0;
                    return Ok(());
                }
                "wp:post_password" => {
                    item.has_password = !export.text(name, true)?.trim().is_empty();
                    return Ok(());
                }
                "category" => {
                    let (taxonomy, slug) = attributes;
                    let name = export.text(name, true)?.trim().to_owned();
                    if item.terms.len() < MOST_META {
                        item.terms.push((taxonomy, slug, name));
                    }
                    return Ok(());
                }
                "wp:postmeta" => return export.meta(&mut item.meta),
                "wp:comment" => return export.comment(&mut item.comments),
                _ => return export.text(name, false).map(drop),
            };
            *place = export.text(name, true)?.trim().to_owned();
            Ok(())
        })?;
        if item.id == 0 {
            item.id = UNNUMBERED | FxBuildHasher.hash_one((&item.guid, &item.link, &item.title, item.offset));
        }
        Ok(item)
    }

    fn meta(&mut self, all: &mut Vec<(String, String)>) -> Result<(), Broken> {
        let (mut key, mut value) = (String::new(), String::new());
        self.record("wp:postmeta", |export, name, _| {
            match name {
                "wp:meta_key" => key = export.text(name, true)?.trim().to_owned(),
                // A key stands before its value; the values of others may be large.
                "wp:meta_value" => value = export.text(name, key.is_empty() || META.contains(&key.as_str()))?,
                _ => export.text(name, false).map(drop)?,
            }
            Ok(())
        })?;
        if META.contains(&key.as_str()) && all.len() < MOST_META {
            all.push((key, value.trim().to_owned()));
        }
        Ok(())
    }

    fn comment(&mut self, comments: &mut Comments) -> Result<(), Broken> {
        let mut is_ping = false;
        self.record("wp:comment", |export, name, _| {
            match name {
                "wp:comment_type" => is_ping = matches!(export.text(name, true)?.trim(), "pingback" | "trackback"),
                // What is within is of no interest, so it need not be looked at.
                "wp:commentmeta" => export.skip(name)?,
                _ => export.text(name, false).map(drop)?,
            }
            Ok(())
        })?;
        if is_ping {
            comments.pings += 1
        } else {
            comments.comments += 1
        }
        Ok(())
    }

    /// The elements within one that was opened, each given to `take`, which reads it to its end; with the attributes
    /// `domain` and `nicename`, which terms have.
    fn record(
        &mut self,
        own: &str,
        mut take: impl FnMut(&mut Self, &str, (String, String)) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().allow();
            let (name, attributes) = match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(start)) => {
                    let name = self.prefixes.usual(start.name().as_ref()).into_owned();
                    let attributes = if name == "category" { term_attributes(&start) } else { Default::default() };
                    (name, attributes)
                }
                Ok(Event::End(end)) => {
                    let name = self.prefixes.usual(end.name().as_ref()).into_owned();
                    return if name == own { Ok(()) } else { Err(self.broken(Flaw::Mismatched(own.into(), name))) };
                }
                Ok(Event::Eof) => return Err(self.broken(Flaw::Truncated(own.into()))),
                Ok(_) => continue,
                Err(error) => return Err(self.flawed(error, own)),
            };
            take(self, &name, attributes)?;
        }
    }

    /// Passes over an element that was opened, with all that is in it.
    fn skip(&mut self, own: &str) -> Result<(), Broken> {
        self.record(own, |export, name, _| export.text(name, false).map(drop))
    }

    /// The text of an element that was opened, up to its end, whatever stands there. Without `is_wanted` it is passed over.
    fn text(&mut self, own: &str, is_wanted: bool) -> Result<String, Broken> {
        let mut text = String::new();
        let mut length = 0;
        loop {
            self.buffer.clear();
            self.reader.get_mut().allow();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.flawed(error, own)),
            };
            let before = text.len();
            match &event {
                Event::End(end) => {
                    let qualified = end.name();
                    let name = self.prefixes.usual(qualified.as_ref());
                    if name == own {
                        return Ok(text);
                    }
                    // What closes an element of the export itself was not meant as text.
                    if matches!(&*name, "item" | "channel" | "rss") {
                        let name = name.into_owned();
                        return Err(self.broken(Flaw::Mismatched(own.into(), name)));
                    }
                    length += end.len() + 3;
                    if is_wanted {
                        text.extend(["</", end, ">"]);
                    }
                }
                Event::Eof => return Err(self.broken(Flaw::Truncated(own.into()))),
                _ if !is_wanted => {}
                Event::Text(part) => text.push_str(part.strip_suffix("]]>").unwrap_or(part)),
                Event::CData(part) => text.push_str(part),
                Event::GeneralRef(name) => text.push_str(&references::decode(&format!("&{};", &**name))),
                Event::Start(start) => text.extend(["<", start, ">"]),
                Event::Empty(start) => text.extend(["<", start, "/>"]),
                Event::Comment(comment) => text.extend(["<!--", comment, "-->"]),
                Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            }
            length += text.len() - before;
            if length > MOST {
                return Err(self.broken(Flaw::TooLarge));
            }
        }
    }

    /// The next event outside of text.
    fn event(&mut self) -> Result<Token, Broken> {
        self.buffer.clear();
        self.reader.get_mut().allow();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(self.flawed(error, "channel")),
        };
        Ok(match event {
            Event::Start(start) => {
                let name = start.name();
                if !self.is_begun && name.as_ref() == "rss" {
                    self.prefixes = Prefixes::of(&start);
                }
                Token::Start(self.prefixes.usual(name.as_ref()).into_owned())
            }
            Event::End(end) => Token::End(self.prefixes.usual(end.name().as_ref()).into_owned()),
            Event::Eof => Token::Eof,
            Event::Empty(_) => Token::Empty,
            Event::DocType(doctype) => {
                let is_page = doctype.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"));
                return Err(self.broken(if is_page { Flaw::WebPage } else { Flaw::Doctype }));
            }
            Event::Text(text) if !self.is_begun && !text.trim().is_empty() => {
                return Err(self.broken(Flaw::Syntax("it begins with text".into())));
            }
            _ => Token::Text,
        })
    }

    fn broken(&self, flaw: Flaw) -> Broken {
        Broken { offset: self.reader.error_position().max(self.reader.buffer_position()), flaw }
    }

    /// An error of the XML reader, within the element `own`.
    fn flawed(&self, error: quick_xml::Error, own: &str) -> Broken {
        use quick_xml::errors::SyntaxError;
        let offset = self.reader.error_position();
        let flaw = match error {
            quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => Flaw::TooLarge,
            // A gzip file that was cut off.
            quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Flaw::Truncated(own.into()),
            quick_xml::Error::Io(error) => Flaw::Io(io::Error::new(error.kind(), error.to_string())),
            quick_xml::Error::Syntax(
                SyntaxError::UnclosedTag
                | SyntaxError::UnclosedCData
                | SyntaxError::UnclosedComment
                | SyntaxError::UnclosedSingleQuotedAttributeValue
                | SyntaxError::UnclosedDoubleQuotedAttributeValue,
            ) if self.is_begun => Flaw::Truncated(own.into()),
            error => Flaw::Syntax(error.to_string()),
        };
        Broken { offset, flaw }
    }
}

/// What stands outside of text.
enum Token {
    Start(String),
    End(String),
    Empty,
    Text,
    Eof,
}

/// `domain` and `nicename` of a `category` element.
fn term_attributes(start: &BytesStart<'_>) -> (String, String) {
    let mut found = (String::new(), String::new());
    for attribute in start.html_attributes().with_checks(false).flatten().take(20) {
        let value = || references::decode(&attribute.value).into_owned();
        match attribute.key.as_ref() {
            "domain" => found.0 = value(),
            "nicename" => found.1 = value(),
            _ => {}
        }
    }
    found
}

fn number(text: &str) -> u64 {
    text.trim().parse().unwrap_or(0)
}
