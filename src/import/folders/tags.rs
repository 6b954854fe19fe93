//! Liquid's tags, Hugo's shortcodes and kramdown's attributes in an article's text → Markdown, where the meaning is plain;
//! all others stay visible as they were written, and are named.
//!
//! Where an address leads is left to `links`: what comes out of here has the old site's addresses.

use std::ops::Range;

use super::Generator;
use crate::article::{self, ParseOptions, Step};
use crate::import::report::{Remark, Remarks};
use crate::url;

/// Another article or file, as a tag names it.
#[derive(Debug, Clone, Copy)]
pub enum Named<'t> {
    /// `{% post_url … %}`.
    Post(&'t str),
    /// `{% link … %}`.
    File(&'t str),
    /// `{{< ref … >}}`.
    Page(&'t str),
}

/// What tags may ask of the old site.
pub struct Old<'s> {
    /// Whose tags they are.
    pub generator: Generator,
    /// `https://example.org`; empty if nobody knows.
    pub origin: &'s str,
    /// `/blog`, or nothing.
    pub base: &'s str,
    /// The old address of what a tag names, below the base.
    pub address: &'s dyn Fn(Named<'_>) -> Option<String>,
}

/// The text of an article with every tag done.
pub fn rewrite(body: &str, old: &Old<'_>, remarks: &mut Remarks) -> String {
    let mut writer =
        Writer { body, at: 0, out: String::with_capacity(body.len()), kept: Vec::new(), missing: Vec::new(), old, remarks };
    writer.run();
    let Writer { out, kept, .. } = writer;
    finish(out, &kept, old.generator, remarks)
}

/// The text without any tag, for counting its words.
pub fn without(body: &str, generator: Generator) -> String {
    let mut plain = String::with_capacity(body.len());
    let mut missing = Missing::new();
    let mut at = 0;
    while let Some(open) = next_tag(body, at) {
        plain.push_str(&body[at..open]);
        let Some(tag) = Tag::at(body, open, generator) else {
            plain.push_str(&body[open..open + 2]);
            at = open + 2;
            continue;
        };
        at = tag.end;
        if tag.name() == "comment" && generator == Generator::Jekyll {
            at = closing(body, at, "endcomment", generator, &mut missing).map_or(at, |closing| closing.end);
        }
    }
    plain.push_str(&body[at..]);
    if generator == Generator::Hugo || !plain.contains("{:") {
        return plain;
    }
    plain.split_inclusive('\n').filter(|line| !is_attribute_line(line) && !is_contents_mark(line)).collect()
}

/// A tag longer than this is none, but two braces in a text.
const LONGEST: usize = 4096;

/// What is closed by something that is nowhere further on is not looked for again.
type Missing = Vec<&'static str>;

fn next_tag(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find('{')?;
        if matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%')) {
            return Some(at);
        }
        at += 1;
    }
}

/// A tag in its text.
struct Tag<'t> {
    /// `{%`, `{{`, `{{<` or `{{%`.
    opening: &'static str,
    /// What stands in it, trimmed.
    inner: &'t str,
    end: usize,
}

impl<'t> Tag<'t> {
    /// The tag that begins at a place.
    fn at(text: &'t str, at: usize, generator: Generator) -> Option<Tag<'t>> {
        let rest = &text[at..];
        let (opening, closing) = match generator {
            Generator::Jekyll if rest.starts_with("{%") => ("{%", "%}"),
            Generator::Jekyll => ("{{", "}}"),
            Generator::Hugo if rest.starts_with("{{<") => ("{{<", ">}}"),
            Generator::Hugo if rest.starts_with("{{%") => ("{{%", "%}}"),
            Generator::Hugo => return None,
        };
        let window = &rest[opening.len()..rest.floor_char_boundary(LONGEST)];
        let length = window.find(closing)?;
        let inner = &rest[opening.len()..opening.len() + length];
        let inner = if generator == Generator::Jekyll { inner.trim_matches('-') } else { inner };
        Some(Tag { opening, inner: inner.trim(), end: at + opening.len() + length + closing.len() })
    }

    /// Its first word.
    fn name(&self) -> &'t str {
        self.inner.split_whitespace().next().unwrap_or("")
    }

    fn arguments(&self) -> &'t str {
        self.inner[self.name().len()..].trim()
    }
}

/// A tag that closes another one, and where it begins.
struct Closing {
    start: usize,
    end: usize,
}

/// The next tag of a name.
fn closing(text: &str, from: usize, name: &'static str, generator: Generator, missing: &mut Missing) -> Option<Closing> {
    if missing.contains(&name) {
        return None;
    }
    let mut at = from;
    while let Some(start) = next_tag(text, at) {
        match Tag::at(text, start, generator) {
            Some(tag) if tag.inner.split_whitespace().collect::<String>() == name => {
                return Some(Closing { start, end: tag.end });
            }
            // Within what is not read as tags a tag may begin anywhere.
            _ => at = start + 2,
        }
    }
    missing.push(name);
    None
}

struct Writer<'w> {
    body: &'w str,
    at: usize,
    out: String,
    /// What must stay visible in what was written.
    kept: Vec<Range<usize>>,
    missing: Missing,
    old: &'w Old<'w>,
    remarks: &'w mut Remarks,
}

impl Writer<'_> {
    fn run(&mut self) {
        while let Some(open) = next_tag(self.body, self.at) {
            self.out.push_str(&self.body[self.at..open]);
            self.at = open;
            let Some(tag) = Tag::at(self.body, open, self.old.generator) else {
                self.out.push_str(&self.body[open..open + 2]);
                self.at = open + 2;
                continue;
            };
            let is_done = match tag.opening {
                "{%" => self.liquid_tag(&tag),
                "{{" => self.liquid_value(&tag),
                _ => self.shortcode(&tag),
            };
            if !is_done {
                self.keep(&self.body[open..tag.end]);
                self.at = tag.end;
            }
        }
        self.out.push_str(&self.body[self.at..]);
    }

    /// Writes what must be seen as it is.
    fn keep(&mut self, text: &str) {
        let start = self.out.len();
        self.out.push_str(text);
        self.kept.push(start..self.out.len());
    }

    fn unknown(&mut self, name: &str) -> bool {
        let name: String = name.chars().take(60).collect();
        self.remarks.add(Remark::Shortcode(name));
        false
    }

    /// The address of what a tag names, in its place.
    fn address(&mut self, named: Named<'_>, written: &str, end: usize) -> bool {
        let (path, anchor) = written.split_once('#').map_or((written, ""), |(path, anchor)| (path, anchor));
        let named = match named {
            Named::Post(_) => Named::Post(path),
            Named::File(_) => Named::File(path),
            Named::Page(_) => Named::Page(path),
        };
        let found = if path.is_empty() { Some(String::new()) } else { (self.old.address)(named) };
        let Some(found) = found else {
            self.remarks.add(Remark::BrokenLink(written.to_owned()));
            return false;
        };
        url::encode_into(&found, &mut self.out);
        if !anchor.is_empty() {
            self.out.push('#');
            url::encode_into(anchor, &mut self.out);
        }
        self.at = end;
        true
    }

    fn liquid_tag(&mut self, tag: &Tag<'_>) -> bool {
        match tag.name() {
            "raw" => {
                let Some(closing) = closing(self.body, tag.end, "endraw", Generator::Jekyll, &mut self.missing) else {
                    return self.unknown("raw");
                };
                // It is Markdown, only no tags: and so is what Guidepost reads.
                self.out.push_str(&self.body[tag.end..closing.start]);
                self.at = closing.end;
                true
            }
            // Nobody has ever seen it.
            "comment" => {
                let Some(closing) = closing(self.body, tag.end, "endcomment", Generator::Jekyll, &mut self.missing) else {
                    return self.unknown("comment");
                };
                self.at = closing.end;
                true
            }
            "highlight" => {
                let Some(closing) = closing(self.body, tag.end, "endhighlight", Generator::Jekyll, &mut self.missing) else {
                    return self.unknown("highlight");
                };
                let code = without_raw(&self.body[tag.end..closing.start]);
                self.fence(tag.arguments().split_whitespace().next().unwrap_or(""), &code, closing.end);
                true
            }
            "post_url" => self.address(Named::Post(""), tag.arguments(), tag.end) || self.unknown("post_url"),
            "link" => self.address(Named::File(""), tag.arguments(), tag.end) || self.unknown("link"),
            name @ ("include" | "include_relative" | "include_cached") => {
                let file = tag.arguments().split_whitespace().next().unwrap_or("");
                self.unknown(&format!("{name} {file}"))
            }
            name if name.starts_with("end") || matches!(name, "else" | "elsif" | "when") => false,
            name => self.unknown(name),
        }
    }

    fn liquid_value(&mut self, tag: &Tag<'_>) -> bool {
        let value: String = tag.inner.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_in_link = self.out.ends_with(['(', '"', '\'', '=', '<']) || self.out.ends_with("]: ");
        let known = match value.as_str() {
            // A link within the site begins at its root.
            "site.url" | "site.baseurl" if is_in_link => Some(String::new()),
            "site.url" if !self.old.origin.is_empty() => Some(self.old.origin.to_owned()),
            "site.baseurl" => Some(self.old.base.to_owned()),
            _ => literal(&value).map(|path| {
                let mut address = String::new();
                url::encode_into(&format!("/{}", path.trim_start_matches('/')), &mut address);
                address
            }),
        };
        let Some(known) = known else {
            return self.unknown(&value);
        };
        self.out.push_str(&known);
        self.at = tag.end;
        true
    }

    fn shortcode(&mut self, tag: &Tag<'_>) -> bool {
        // Hugo shows what is written as a comment within its braces.
        if let Some(shown) = tag.inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
            let closing = if tag.opening == "{{<" { ">}}" } else { "%}}" };
            self.keep(&format!("{}{shown}{closing}", tag.opening));
            self.at = tag.end;
            return true;
        }
        let arguments = Arguments::of(tag.arguments());
        match tag.name() {
            name @ ("ref" | "relref") => {
                let written = arguments.get("path").or(arguments.first()).unwrap_or("");
                self.address(Named::Page(""), written, tag.end) || self.unknown(name)
            }
            "figure" => self.figure(&arguments, tag.end) || self.unknown("figure"),
            "highlight" => {
                let Some(closing) = closing(self.body, tag.end, "/highlight", Generator::Hugo, &mut self.missing) else {
                    return self.unknown("highlight");
                };
                self.fence(arguments.first().unwrap_or(""), &self.body[tag.end..closing.start], closing.end);
                true
            }
            name @ ("youtube" | "vimeo") => {
                let id = arguments.get("id").or(arguments.first()).unwrap_or("");
                if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
                    return self.unknown(name);
                }
                let address = if name == "youtube" { "www.youtube.com/watch?v=" } else { "vimeo.com/" };
                self.out.push_str(&format!("<https://{address}{id}>"));
                self.at = tag.end;
                true
            }
            name if name.starts_with('/') => false,
            name => self.unknown(name),
        }
    }

    fn figure(&mut self, arguments: &Arguments, end: usize) -> bool {
        let Some(source) = arguments.get("src").filter(|source| !source.is_empty()) else { return false };
        let caption = arguments.get("caption").or(arguments.get("title")).unwrap_or("").trim();
        let alt = arguments.get("alt").unwrap_or(if caption.is_empty() { "" } else { caption });
        let mut picture = String::from("![");
        escape_into(alt, &mut picture);
        picture.push_str("](");
        destination_into(source, &mut picture);
        picture.push(')');
        if let Some(link) = arguments.get("link").filter(|link| !link.is_empty()) {
            picture.insert(0, '[');
            picture.push_str("](");
            destination_into(link, &mut picture);
            picture.push(')');
        }
        self.out.push_str(&picture);
        if !caption.is_empty() && caption != alt || !caption.is_empty() && arguments.get("alt").is_none() {
            self.out.push_str("\n\n");
            // A caption is Markdown in Hugo, too.
            self.out.push_str(caption);
        }
        self.at = end;
        true
    }

    /// Code between fences that it does not have itself, on lines of their own.
    fn fence(&mut self, language: &str, code: &str, end: usize) {
        let line = self.out.rfind('\n').map_or(0, |at| at + 1);
        let indent: String = if self.out[line..].trim().is_empty() { self.out[line..].to_owned() } else { String::new() };
        if indent.is_empty() && line < self.out.len() {
            self.out.push('\n');
        }
        let language: String = language.chars().filter(|c| c.is_alphanumeric() || "+-_.#".contains(*c)).collect();
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let marks = "`".repeat((longest + 1).max(3));
        self.out.extend([marks.as_str(), &language, "\n"]);
        let code = code.strip_prefix('\n').or(code.strip_prefix("\r\n")).unwrap_or(code);
        for text in code.trim_end().split_inclusive('\n') {
            if !text.trim().is_empty() && !text.starts_with(indent.as_str()) {
                self.out.push_str(&indent);
            }
            self.out.push_str(text);
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend([indent.as_str(), &marks]);
        if !self.body[end..].is_empty() && !self.body[end..].starts_with(['\n', '\r']) {
            self.out.push('\n');
        }
        self.at = end;
    }
}

/// `/about/` of `"/about/" | relative_url`.
fn literal(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (text, filters) = value[1..].split_once(quote)?;
    let is_known = |filter: &str| {
        matches!(
            filter.trim(),
            "relative_url" | "absolute_url" | "prepend: site.baseurl" | "prepend: site.url" | "prepend:site.baseurl"
        )
    };
    let mut filters = filters.trim().split('|');
    let is_first_empty = filters.next() == Some("");
    let mut filters = filters.peekable();
    (is_first_empty && filters.peek().is_some() && filters.all(is_known)).then_some(text)
}

fn without_raw(code: &str) -> String {
    let mut plain = String::with_capacity(code.len());
    let mut at = 0;
    while let Some(open) = next_tag(code, at) {
        plain.push_str(&code[at..open]);
        match Tag::at(code, open, Generator::Jekyll) {
            Some(tag) if tag.opening == "{%" && matches!(tag.inner, "raw" | "endraw") => at = tag.end,
            _ => {
                plain.push_str(&code[open..open + 2]);
                at = open + 2;
            }
        }
    }
    plain.push_str(&code[at..]);
    plain
}

/// The arguments of a shortcode: those with a name, and those without one.
struct Arguments<'t>(Vec<(&'t str, &'t str)>);

impl<'t> Arguments<'t> {
    fn of(text: &'t str) -> Arguments<'t> {
        let mut arguments = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let name_end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
            let (name, value) = match rest[name_end..].strip_prefix('=') {
                Some(value) if name_end > 0 => (&rest[..name_end], value),
                _ => ("", rest),
            };
            let (value, after) = match value.chars().next().filter(|c| matches!(c, '"' | '`')) {
                Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
            };
            arguments.push((name, value));
            rest = after.trim_start();
        }
        Arguments(arguments)
    }

    fn get(&self, name: &str) -> Option<&'t str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn first(&self) -> Option<&'t str> {
        self.get("")
    }
}

/// A link's destination.
fn destination_into(address: &str, out: &mut String) {
    for c in address.trim().chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' | ')' | '<' | '>' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

/// A text as Markdown that shows it.
fn escape_into(text: &str, out: &mut String) {
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        match c {
            '<' if after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?') => out.push_str("&lt;"),
            '&' if after.is_ascii_alphabetic() || after == '#' => out.push_str("&amp;"),
            '_' if before.is_alphanumeric() && after.is_alphanumeric() => out.push(c),
            '*' if before == ' ' && after == ' ' => out.push(c),
            '\\' if after.is_alphanumeric() => out.push(c),
            '*' | '_' | '`' | '[' | ']' | '\\' => out.extend(['\\', c]),
            '~' if before == '~' || after == '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
        before = c;
    }
}

/// Writes the text once more: what must be seen is escaped where Markdown would make something else of it, and kramdown's
/// attributes go.
fn finish(text: String, kept: &[Range<usize>], generator: Generator, remarks: &mut Remarks) -> String {
    let has_attributes = generator == Generator::Jekyll && text.contains("{:");
    if kept.is_empty() && !has_attributes {
        return text;
    }
    let mut masked = text.clone().into_bytes();
    for range in kept {
        masked[range.clone()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b'x');
    }
    let code = String::from_utf8(masked).map(|masked| verbatim(&masked)).unwrap_or_default();
    let is_code = |at: usize| {
        let after = code.partition_point(|range| range.start <= at);
        code[..after].last().is_some_and(|range| range.end > at)
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for range in kept.iter().filter(|range| !is_code(range.start)) {
        let mut escaped = String::new();
        escape_into(&text[range.clone()], &mut escaped);
        edits.push((range.clone(), escaped));
    }
    if has_attributes {
        edits.extend(attributes(&text, &is_code, remarks));
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(&new);
            at = range.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Where Markdown leaves text as it is: in code, and within the tags of HTML.
fn verbatim(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    article::walk(text, 0, &ParseOptions::default(), &mut |step| {
        if let Step::Open(element) = step
            && (matches!(element.name, "code" | "pre") || element.written == article::Written::Html)
        {
            match ranges.last_mut() {
                // Code within a block of code is the same code.
                Some(last) if last.end > element.at.start => last.end = last.end.max(element.at.end),
                _ => ranges.push(element.at.clone()),
            }
        }
    });
    ranges
}

/// A line that is nothing but kramdown's attributes.
fn is_attribute_line(line: &str) -> bool {
    let line = line.trim();
    (line.starts_with("{:") && line.ends_with('}')) && !line[2..line.len() - 1].contains(['{', '}'])
}

/// The list item that kramdown's contents stand in for.
fn is_contents_mark(line: &str) -> bool {
    matches!(
        line.trim().to_lowercase().as_str(),
        "* toc" | "- toc" | "1. toc" | "+ toc" | "* table of contents" | "- table of contents"
    )
}

/// Kramdown's attributes, taken out; that of a heading which is its anchor stays, as Guidepost writes it.
fn attributes(text: &str, is_code: &dyn Fn(usize) -> bool, remarks: &mut Remarks) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut at = 0;
    let mut previous = 0..0;
    for line in text.split_inclusive('\n') {
        let own = at..at + line.len();
        at = own.end;
        let before = std::mem::replace(&mut previous, own.clone());
        if is_attribute_line(line) && !is_code(own.start + (line.len() - line.trim_start().len())) {
            let above = &text[before.clone()];
            let attributes = line.trim();
            let id = anchor(attributes).filter(|_| above.starts_with('#') && !above.contains('{'));
            if attributes == "{:toc}" || attributes == "{: toc}" || attributes.starts_with("{:toc ") {
                let start = if is_contents_mark(above) { before.start } else { own.start };
                edits.push((start..own.end, String::new()));
            } else if let Some(id) = id {
                let end = before.start + above.trim_end().len();
                edits.push((end..own.end, format!(" {{#{id}}}\n")));
                continue;
            } else {
                edits.push((own, String::new()));
            }
            remarks.add(Remark::Attributes(attributes.chars().take(60).collect()));
            continue;
        }
        for (place, _) in line.match_indices("{:") {
            let start = own.start + place;
            let follows = line[..place].ends_with([')', '*', '_', '`', ']', '"', '>']);
            let Some(length) = line[place..].find('}').filter(|_| follows && !is_code(start)) else { continue };
            let attributes = &line[place..=place + length];
            edits.push((start..start + attributes.len(), String::new()));
            remarks.add(Remark::Attributes(attributes.chars().take(60).collect()));
        }
    }
    edits
}

/// `x` of `{: #x }`.
fn anchor(attributes: &str) -> Option<&str> {
    let id = attributes.strip_prefix("{:")?.strip_suffix('}')?.trim().strip_prefix('#')?;
    (!id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(body: &str, generator: Generator) -> (String, Vec<(Remark, usize)>) {
        let address = |named: Named<'_>| match named {
            Named::Post("2015-03-04-a") => Some("/2015/03/04/a.html".to_owned()),
            Named::File("_posts/x y.md") => Some("/x y/".to_owned()),
            Named::Page("b.md") => Some("/posts/b/".to_owned()),
            _ => None,
        };
        let old = Old { generator, origin: "https://x.example", base: "/blog", address: &address };
        let mut remarks = Remarks::default();
        (rewrite(body, &old, &mut remarks), remarks.counted())
    }

    #[test]
    fn liquid_with_a_plain_meaning_is_markdown() {
        for (body, markdown) in [
            ("Plain *text* {a} { {b}", "Plain *text* {a} { {b}"),
            ("[a]({% post_url 2015-03-04-a %}#x)", "[a](/2015/03/04/a.html#x)"),
            ("[a]({% link _posts/x y.md %})", "[a](/x%20y/)"),
            ("[a]({{ site.url }}{{ site.baseurl }}/b/) {{site.url}}", "[a](/b/) https://x.example"),
            ("[a]({{ '/b c/' | relative_url }})", "[a](/b%20c/)"),
            ("a {%- comment -%} secret {%- endcomment -%} b", "a  b"),
            ("{% highlight ruby linenos %}\n*a* `b` ```\n{% endhighlight %}\nx", "````ruby\n*a* `b` ```\n````\nx"),
            ("a\n{% raw %}{{ x }}{% endraw %}", "a\n{{ x }}"),
            ("{% raw %}`{% x *a* %}`{% endraw %}", "`{% x *a* %}`"),
            ("# A\n{: #b }\n\nc\n{: .d}\n![e](f){:width=\"3\"} g", "# A {#b}\n\nc\n![e](f) g"),
            ("* TOC\n{:toc}\n\na", "\na"),
            ("```\n{: .d}\n```\n", "```\n{: .d}\n```\n"),
        ] {
            assert_eq!(rewritten(body, Generator::Jekyll).0, markdown, "{body}");
        }
    }

    #[test]
    fn what_only_the_old_site_knew_stays_visible_and_is_named() {
        let (text, remarks) =
            rewritten("{% include a.html b=\"<c>*d*\" %} {{ page.title }}{% if x %}y{% endif %}", Generator::Jekyll);
        assert_eq!(text, "{% include a.html b=\"&lt;c>\\*d\\*\" %} {{ page.title }}{% if x %}y{% endif %}");
        let names: Vec<Remark> = remarks.into_iter().map(|(remark, _)| remark).collect();
        assert_eq!(names, ["if", "include a.html", "page.title"].map(|name| Remark::Shortcode(name.into())));
        let (text, remarks) = rewritten("{{<b>}} {{< gist a 1 >}}\n\n    {{<b>}}\n", Generator::Hugo);
        assert_eq!(text, "{{&lt;b>}} {{< gist a 1 >}}\n\n    {{<b>}}\n");
        assert_eq!(remarks, [(Remark::Shortcode("b".into()), 2), (Remark::Shortcode("gist".into()), 1)]);
    }

    #[test]
    fn shortcodes_with_a_plain_meaning_are_markdown() {
        for (body, markdown) in [
            ("[a]({{< ref \"b.md#c\" >}}) [a]({{% relref path=\"b.md\" %}})", "[a](/posts/b/#c) [a](/posts/b/)"),
            ("{{< figure src=\"a b.png\" alt=\"[x]\" caption=\"A *fair*\" >}}", "![\\[x\\]](a%20b.png)\n\nA *fair*"),
            ("{{< highlight go \"linenos=table\" >}}\na\n{{< /highlight >}}\n", "```go\na\n```\n"),
            ("{{< youtube aB-3 >}} {{<vimeo id=\"12\">}}", "<https://www.youtube.com/watch?v=aB-3> <https://vimeo.com/12>"),
            ("{{</* youtube x */>}}", "{{< youtube x >}}"),
            ("{{ x }} {{< a", "{{ x }} {{< a"),
        ] {
            assert_eq!(rewritten(body, Generator::Hugo).0, markdown, "{body}");
        }
    }

    #[test]
    fn many_beginnings_without_an_end_take_no_time() {
        for (piece, generator) in [
            ("{%", Generator::Jekyll),
            ("{% raw %}", Generator::Jekyll),
            ("{% highlight a %}", Generator::Jekyll),
            ("{{<", Generator::Hugo),
            ("{{< highlight a >}}", Generator::Hugo),
        ] {
            let (text, _) = rewritten(&piece.repeat(50_000), generator);
            assert_eq!(text.len(), piece.len() * 50_000);
        }
    }
}
