//! The look of a site: templates and theme files, and turning a view into text with them.
//!
//! The default theme is embedded in the program; a folder `themes/<name>/` replaces it, or another that it extends, file by
//! file: `layers` and `manifest` know which stands upon which, `look` which colours and widths come of it. A theme gets
//! finished views and reaches into nothing. What is in a view is the outputs' business.
//!
//! A theme may be wrong, but it must not take the program down: before Tera gets the templates, `scan` takes them apart,
//! `outline` says what they name, `check` and `graph` whether that is there and where it leads. `explain` says what is
//! wrong in words. A page that grows without end is stopped. Tera bounds a `range` and how deep components call each
//! other; loops within loops that print nothing, and values that a template makes longer and longer, are its developer's.

mod assets;
mod cards;
mod check;
pub mod colour;
mod explain;
mod graph;
mod layers;
pub mod look;
pub mod manifest;
mod outline;
mod scan;
mod stylesheet;
mod values;
pub mod words;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

pub use self::assets::ThemeAsset;
use self::cards::CardFile;
use self::check::Parts;
use self::layers::Layer;
pub use self::layers::{BUILT_IN, DEFAULT_NAME, Files, Layers};
use self::look::{Look, Sheet};
use self::manifest::{Pair, Property};
use self::outline::Outline;
use self::words::{WordFile, Words};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::digest::{Digest, Digester};
use crate::html::{json_for_script, write_escaped};
use crate::settings::StyleSetting;
use crate::social_card::Design;
use crate::text;
use crate::url::Base;

/// The style sheet at whose end stands what a site asks to look otherwise.
const STYLE_SHEET: &str = "site.css";

/// How long a template may be, in bytes: twenty times the longest that anybody writes by hand.
const LONGEST_TEMPLATE: usize = 1 << 20;

/// How long a page may be, in bytes, whatever it shows. What a view holds may be on the page several times as long,
/// escaped and repeated: a page of an article of 50 MB is a sound page.
const LONGEST_PAGE: usize = 64 << 20;
/// How many times as long as all text of its view a page may be beyond that.
const MOST_REPEATED: usize = 16;

/// The properties of the default theme.
pub fn built_in_properties() -> Vec<Property> {
    let properties = Layers::built_in().layers.into_iter().map(|layer| layer.manifest.properties);
    properties.flatten().collect()
}

/// What a site asks of its theme.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Where the site stands.
    pub base: Base,
    /// Its language; English, if it is empty.
    pub language: String,
    /// What is to look otherwise.
    pub style: Vec<StyleSetting>,
    /// Whether social cards are made.
    pub social_cards: bool,
}

/// Templates and files, ready for use.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    templates: BTreeMap<String, Template>,
    /// Its files, by name.
    pub assets: BTreeMap<String, ThemeAsset>,
    /// How social cards look, if the site wants them.
    pub cards: Option<Design>,
    /// Its colours, and what can be asked to look otherwise.
    pub look: Look,
    /// Small drawings that may stand for a section, as SVG, by name.
    pub marks: BTreeMap<String, String>,
    /// What it says, in the site's language.
    pub words: Words,
    /// What is wrong with it, although it can be used.
    pub warnings: Vec<Diagnostic>,
    /// Of all templates and words.
    fingerprint: Digest,
}

/// A template, with `\n` at the ends of its lines.
#[derive(Debug, Clone)]
struct Template {
    text: String,
    /// Where it is, for messages: the theme's own folder, or within the program.
    origin: Arc<str>,
    /// The theme that it is of.
    theme: Arc<str>,
    /// How many themes that one stands upon.
    layer: usize,
    /// The template of this name of a theme below, if this one stands for one.
    stands_for: Option<Box<Template>>,
}

impl Theme {
    /// A theme made of its own files and those of all that it builds upon.
    ///
    /// Errors are diagnostics about the themes' files: a template that does not parse, or that names what is not there.
    pub fn new(layers: Layers, asked: &Asked) -> Result<Theme, Vec<Diagnostic>> {
        let mut assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut templates: BTreeMap<String, Template> = BTreeMap::new();
        let mut card_files: BTreeMap<String, CardFile> = BTreeMap::new();
        let mut marks: BTreeMap<String, String> = BTreeMap::new();
        let mut languages: Vec<WordFile> = Vec::new();
        let mut sheet_of = None;
        let mut problems = Vec::new();
        let names: Vec<Arc<str>> = layers.layers.iter().map(|layer| layer.name.clone()).collect();
        let (mut properties, mut pairs, mut style) = (Vec::<Property>::new(), Vec::<Pair>::new(), Vec::new());
        for (layer, Layer { name: theme, folder, files, manifest }) in layers.layers.into_iter().enumerate() {
            for (path, bytes) in files {
                let origin: Arc<str> = format!("{folder}/{path}").into();
                if let Some(name) = path.strip_prefix("templates/") {
                    let text = read_template(&bytes, &origin).unwrap_or_else(|problem| {
                        problems.push(problem);
                        String::new()
                    });
                    let stands_for = templates.remove(name).map(Box::new);
                    let template = Template { text, origin, theme: theme.clone(), layer, stands_for };
                    templates.insert(name.to_owned(), template);
                } else if let Some(asset) = path.strip_prefix("assets/") {
                    if asset == STYLE_SHEET && layer > 0 {
                        sheet_of = Some(origin);
                    }
                    assets.insert(asset.to_owned(), bytes);
                } else if let Some(file) = path.strip_prefix(cards::FOLDER) {
                    card_files.insert(file.to_owned(), CardFile { origin, layer, bytes });
                } else if let Some(mark) = path.strip_prefix("marks/").and_then(|file| file.strip_suffix(".svg")) {
                    match read_template(&bytes, &origin) {
                        Ok(svg) => drop(marks.insert(mark.to_owned(), svg.trim().to_owned())),
                        Err(problem) => problems.push(problem),
                    }
                } else if let Some(name) = path.strip_prefix(words::FOLDER) {
                    languages.push(WordFile { name: name.to_owned(), origin, bytes, is_own: layer > 0 });
                }
            }
            properties.retain(|known| manifest.properties.iter().all(|own| own.name != known.name));
            properties.extend(manifest.properties);
            let is_pair = |known: &Pair, own: &Pair| known.colour == own.colour && known.ground == own.ground;
            pairs.retain(|known| !manifest.pairs.iter().any(|own| is_pair(known, own)));
            pairs.extend(manifest.pairs);
            style.extend(manifest.style);
        }
        let is_readable = problems.is_empty();
        let (words, said) = Words::new(&asked.language, &languages);
        let (wrong, warnings): (Vec<_>, Vec<_>) = said.into_iter().partition(Diagnostic::is_error);
        if let Some(script) = assets.get_mut(words::SCRIPT) {
            script.splice(0..0, words.script().into_bytes());
        }
        add_replaced(&mut templates, &names);
        let look = add_look(&mut assets, sheet_of, properties, pairs, style.iter().chain(&asked.style));
        let assets = assets::named_by_content(assets, &asked.base);
        let fingerprint = digest_of(&templates, &words);
        let mut theme =
            Theme { tera: Tera::default(), templates, assets, cards: None, look, marks, words, warnings, fingerprint };
        if is_readable {
            problems.extend(theme.load_templates().err().into_iter().flatten());
        } else {
            problems = theme.with_mistakes_of_writing(problems, &Parts::of(&theme.templates));
        }
        problems.extend(wrong);
        if asked.social_cards {
            match cards::design(&card_files, &theme.assets, &theme.look) {
                Ok(design) => theme.cards = Some(design),
                Err(problem) => problems.push(problem),
            }
        }
        // A file may be there under two names.
        let mut told: Vec<Diagnostic> = Vec::with_capacity(problems.len());
        for problem in problems {
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
        if told.is_empty() { Ok(theme) } else { Err(told) }
    }

    /// Hands the templates to Tera, if they are sound.
    fn load_templates(&mut self) -> Result<(), Vec<Diagnostic>> {
        let parts = Parts::of(&self.templates);
        let mut problems = parts.check_names();
        problems.extend(graph::check(&parts));
        if !problems.is_empty() {
            return Err(self.with_mistakes_of_writing(problems, &parts));
        }
        let mut tera = Tera::default();
        // Whatever a template is called, what it prints is escaped.
        tera.autoescape_on([""]);
        tera.set_escape_fn(write_escaped);
        tera.register_filter("json", json);
        tera.register_filter("fill", words::fill_html(self.words.categories()));
        let loaded = tera.add_raw_templates(parts.parts.iter().map(|part| (part.name, &part.template.text)));
        let unread = parts.parts.iter().find(|part| !part.scan.is_whole);
        match (loaded, unread) {
            (Ok(()), None) => {}
            (Ok(()), Some(part)) => {
                let problem = Diagnostic::error("template", "this template cannot be read to its end");
                return Err(vec![problem.at(Place::file(part.template.origin.clone()))]);
            }
            (Err(error), _) => {
                let mistakes = self.with_mistakes_of_writing(Vec::new(), &parts);
                return Err(if mistakes.is_empty() { vec![self.explain_load(&error)] } else { mistakes });
            }
        }
        self.tera = tera;
        Ok(())
    }

    /// What Tera says of each template alone. What else was found of a template that cannot be parsed may be wrong.
    fn with_mistakes_of_writing(&self, mut problems: Vec<Diagnostic>, parts: &Parts<'_>) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for part in parts.parts.iter().filter(|part| part.outline.excess.is_none()) {
            let Err(error) = Tera::default().add_raw_template(part.name, &part.template.text) else { continue };
            if let ErrorKind::SyntaxError(report) = error.kind() {
                problems.retain(|problem| problem.place.as_ref().is_none_or(|place| place.file != part.template.origin));
                mistakes.push(self.explain_syntax(part, report));
            }
        }
        problems.extend(mistakes);
        problems
    }

    /// Tells these templates from all others.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// Whether there is a template of that name.
    pub fn has_template(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// A hint for a mark that is not there.
    pub fn nearest_mark(&self, name: &str) -> Option<&str> {
        nearest(name, self.marks.keys().map(String::as_str))
    }

    /// A hint for a template that is not there.
    pub fn nearest_template(&self, name: &str) -> Option<&str> {
        nearest(name, self.templates.keys().map(String::as_str))
    }

    /// Shows a view with a template. `subject` is what is shown, for the message if the template is wrong.
    pub fn render(&self, template: &str, view: &Context, subject: &str) -> Result<Vec<u8>, Diagnostic> {
        let mut page = Page { bytes: Vec::with_capacity(16 * 1024), view, limit: LONGEST_PAGE, is_too_long: false };
        // Tera is not free of panics, and the template is the likeliest to be able to do something about one.
        let rendered = catch_unwind(AssertUnwindSafe(|| self.tera.render_to(template, view, &mut page)));
        match rendered {
            Ok(Ok(())) => Ok(page.bytes),
            Ok(Err(_)) if page.is_too_long => Err(self.page_too_long(template, &page, subject)),
            Ok(Err(error)) => Err(self.explain_render(&error, template, view, subject)),
            Err(_) => Err(self.stumbled(template, subject)),
        }
    }
}

/// A page in the making, which stops the template if it goes on for ever.
struct Page<'v> {
    bytes: Vec<u8>,
    view: &'v Context,
    limit: usize,
    is_too_long: bool,
}

impl Write for Page<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.bytes.len() + bytes.len();
        if length > self.limit {
            // Few pages come here, so few views are measured.
            self.limit = LONGEST_PAGE.saturating_add(explain::text_in(self.view).saturating_mul(MOST_REPEATED));
            if length > self.limit {
                self.is_too_long = true;
                return Err(io::Error::other("the page is too long"));
            }
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A template's file as text with `\n` at the ends of its lines and no byte-order mark.
fn read_template(bytes: &[u8], origin: &Arc<str>) -> Result<String, Diagnostic> {
    if bytes.len() > LONGEST_TEMPLATE {
        let megabytes = bytes.len().div_ceil(1 << 20);
        let problem = Diagnostic::error("template-size", format!("this template is {megabytes} MB long, and 1 MB is the most"));
        return Err(problem.at(Place::file(origin.clone())).hint("put what it holds into files in the theme's `assets/`"));
    }
    let mut problems = Vec::new();
    let text = text::decode(origin, bytes, &mut problems);
    match problems.into_iter().find(Diagnostic::is_error) {
        Some(problem) => Err(problem),
        None => Ok(text),
    }
}

/// Adds the templates that others stand for, where a template builds upon one: `default/article.html` is `article.html` as
/// the theme `default` has it.
fn add_replaced(templates: &mut BTreeMap<String, Template>, themes: &[Arc<str>]) {
    let known = || themes.iter().map(|theme| &**theme).chain([DEFAULT_NAME]);
    let names_of_theme = |template: &Template| known().any(|theme| template.text.contains(&format!("{theme}/")));
    let mut unseen: Vec<Template> = templates.values().filter(|template| names_of_theme(template)).cloned().collect();
    while let Some(template) = unseen.pop() {
        let scan = scan::scan(&template.text);
        for name in Outline::of(&scan).templates() {
            if templates.contains_key(name) {
                continue;
            }
            let Some((theme, file)) = name.split_once('/') else { continue };
            let own = themes.iter().rposition(|known| **known == *theme);
            let Some(layer) = own.or_else(|| (theme == DEFAULT_NAME).then_some(0)) else { continue };
            let below = std::iter::successors(templates.get(file), |template| template.stands_for.as_deref());
            let Some(meant) = below.into_iter().find(|template| template.layer <= layer).cloned() else { continue };
            unseen.push(meant.clone());
            templates.insert(name.to_owned(), meant);
        }
    }
}

/// The look of a theme whose style sheet is that of the file `origin`, at whose end is put what was asked for.
fn add_look<'a>(
    assets: &mut BTreeMap<String, Vec<u8>>,
    origin: Option<Arc<str>>,
    properties: Vec<Property>,
    pairs: Vec<Pair>,
    style: impl Iterator<Item = &'a StyleSetting>,
) -> Look {
    let sheet = assets.get_mut(STYLE_SHEET);
    let text = sheet.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
    let look = Look::new(properties, pairs, &Sheet { text, file: origin }, &style.collect::<Vec<_>>());
    if let Some(sheet) = sheet.filter(|_| !look.css.is_empty()) {
        sheet.extend_from_slice(b"\n/* What the settings ask for. */\n\n");
        sheet.extend_from_slice(look.css.as_bytes());
    }
    look
}

fn digest_of(templates: &BTreeMap<String, Template>, words: &Words) -> Digest {
    let mut digester = Digester::default();
    digester.add(&words.digest().to_bytes());
    for (name, template) in templates {
        digester.add(name.as_bytes()).add(template.text.as_bytes());
    }
    digester.finish()
}

/// The filter `json`: a value as JSON that is safe inside a `<script>` element.
fn json(value: &Value, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    let json = serde_json::to_value(value).map_err(|error| tera::Error::message(format!("this has no JSON form: {error}")))?;
    Ok(Value::safe_string(&json_for_script(&json)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(templates: &[(&str, &str)]) -> Result<Theme, Vec<Diagnostic>> {
        let file = |(name, text): &(&str, &str)| (format!("templates/{name}"), text.as_bytes().to_vec());
        Theme::new(Layers::of("own", templates.iter().map(file).collect()), &Asked::default())
    }

    fn sound(templates: &[(&str, &str)]) -> Theme {
        theme(templates).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn places(problems: &[Diagnostic]) -> Vec<String> {
        problems.iter().filter_map(|problem| problem.place.as_ref()).map(|place| place.to_string()).collect()
    }

    #[test]
    fn a_themes_own_file_stands_for_the_default_one() {
        let files = vec![
            ("templates/redirect.html".to_owned(), b"own {{ page.title }}".to_vec()),
            ("assets/font.woff2".to_owned(), b"font".to_vec()),
            ("assets/site.css".to_owned(), b"@font-face{src:url(font.woff2)}".to_vec()),
        ];
        let theme = Theme::new(Layers::of("own", files), &Asked::default()).unwrap_or_else(|e| panic!("{e:?}"));
        let mut view = Context::new();
        view.insert("page", &BTreeMap::from([("title", "<T>")]));
        let page = theme.render("redirect.html", &view, "a test").unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(String::from_utf8_lossy(&page), "own &lt;T&gt;");
        let css = String::from_utf8_lossy(&theme.assets["site.css"].bytes).into_owned();
        assert!(css.contains(theme.assets["font.woff2"].url.as_str()), "{css}");
        assert!(theme.has_template("article.html"));
    }

    #[test]
    fn modules_import_each_other_by_their_new_names() {
        let files = vec![
            ("assets/a.js".to_owned(), b"import { b } from \"./b.js\";\nconst c = () => import(\"./c.js\");".to_vec()),
            ("assets/b.js".to_owned(), b"import './c.js'; export { c } from './c.js';".to_vec()),
            ("assets/c.js".to_owned(), b"export const c = 1;".to_vec()),
        ];
        let theme = Theme::new(Layers::of("own", files), &Asked::default()).unwrap_or_else(|e| panic!("{e:?}"));
        let file = |name: &str| theme.assets[name].url.as_str().rsplit('/').next().unwrap_or("").to_owned();
        let text = |name: &str| String::from_utf8_lossy(&theme.assets[name].bytes).into_owned();
        let expected = format!("import {{ b }} from \"./{}\";\nconst c = () => import(\"./{}\");", file("b.js"), file("c.js"));
        assert_eq!(text("a.js"), expected);
        let (plain, from) = (format!("import './{}';", file("c.js")), format!("from './{}'", file("c.js")));
        assert!(text("b.js").contains(&plain) && text("b.js").contains(&from), "{}", text("b.js"));
        for language in ["de", "en", "es", "fr", "it", "nl", "pt", "ru"] {
            // The search asks for it, and whoever wakes the search asks first.
            for asking in ["search.js", "search-ui.js"] {
                assert!(text(asking).contains(&file(&format!("stem-{language}.js"))), "{asking}: {language}");
            }
        }
    }

    #[test]
    fn a_wrong_template_names_file_line_and_column() {
        let theme_of_one = sound(&[("article.html", "a\n{{ nothing }}")]);
        let problem = theme_of_one.render("article.html", &Context::new(), "content/a.md").err();
        let place = problem.and_then(|p| p.place).map(|p| p.to_string());
        assert_eq!(place.as_deref(), Some("themes/own/templates/article.html:2:4"));

        let blocks = "{% extends \"base.html\" %}\n{% block nowhere %}{% endblock %}\n{% block nothing %}{% endblock %}";
        for (template, expected) in [
            ("{% if %}", &["themes/own/templates/article.html:1:7"][..]),
            (blocks, &["themes/own/templates/article.html:2:10", "themes/own/templates/article.html:3:10"]),
        ] {
            let problems = theme(&[("article.html", template)]).err().unwrap_or_default();
            assert_eq!(places(&problems), expected, "{problems:?}");
        }
    }

    #[test]
    fn whatever_a_template_is_called_it_escapes() {
        for name in ["page.html", "page", "page.txt", "page.html.tera", "deep/page.svg", "page.HTML"] {
            let theme =
                sound(&[(name, "{{ text }}{{ <c t={text}/> }}"), ("c.md", "{% component c(t) %}{{ t }}{% endcomponent %}")]);
            let mut view = Context::new();
            view.insert("text", "<&\"'>");
            let page = theme.render(name, &view, "a test").unwrap_or_else(|e| panic!("{e:?}"));
            assert_eq!(String::from_utf8_lossy(&page), "&lt;&amp;&quot;&#39;&gt;".repeat(2), "{name}");
        }
    }

    #[test]
    fn how_a_file_is_saved_changes_no_page() {
        let text = "{% extends \"redirect_base.html\" %}\n{% block a %}\nü {{ page }}\n{% endblock %}";
        let base = "x\n{% block a %}{% endblock a %}\ny";
        let page = |text: &str, base: &str| {
            let mut view = Context::new();
            view.insert("page", "p");
            let theme = sound(&[("redirect.html", text), ("redirect_base.html", base)]);
            theme.render("redirect.html", &view, "a test").unwrap_or_else(|e| panic!("{e:?}"))
        };
        let expected = page(text, base);
        assert_eq!(String::from_utf8_lossy(&expected), "x\n\nü p\n\ny");
        for ends in ["\r\n", "\r"] {
            for mark in ["", "\u{feff}"] {
                let saved = |text: &str| format!("{mark}{}", text.replace('\n', ends));
                assert_eq!(page(&saved(text), &saved(base)), expected, "{ends:?} {mark:?}");
            }
        }
        let problems = theme(&[("a.html", "\u{feff}é\r\n\rä {{ x | nothing }}")]).err().unwrap_or_default();
        assert_eq!(places(&problems), ["themes/own/templates/a.html:3:10"]);
    }

    #[test]
    fn a_file_that_is_no_text_or_no_template_is_refused_by_its_place() {
        let cases: [(&[u8], &str); 4] = [
            (b"a\r\nb\xc3\xa9 \xff", "not-utf8 themes/own/templates/article.html:2:4"),
            (b"\xff\xfe{\0", "not-utf8 themes/own/templates/article.html:1:1"),
            (&vec![b' '; 50 << 20], "template-size themes/own/templates/article.html"),
            (&vec![b' '; LONGEST_TEMPLATE], ""),
        ];
        for (bytes, expected) in cases {
            let files = vec![("templates/article.html".to_owned(), bytes.to_vec())];
            let problems = Theme::new(Layers::of("own", files), &Asked::default()).err().unwrap_or_default();
            let told: Vec<String> =
                problems.iter().zip(places(&problems)).map(|(p, place)| format!("{} {place}", p.code)).collect();
            assert_eq!(told.join(", "), expected);
        }
    }

    #[test]
    fn an_empty_template_makes_an_empty_page() {
        let page = sound(&[("article.html", "")]).render("article.html", &Context::new(), "content/a.md");
        assert_eq!(page, Ok(Vec::new()));
    }
}
