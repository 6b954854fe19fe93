//! The look of a site: templates and theme files, and turning a view into text with them.
//!
//! The default theme is embedded in the program; a folder `themes/<name>/` replaces it file by file. A theme gets
//! finished views and reaches into nothing. What is in a view is the outputs' business.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use crate::diagnostic::{Diagnostic, Place, Span, nearest};
use crate::digest::{Digest, Digester};
use crate::html::json_for_script;
use crate::url::{Base, Url};

/// The default theme, as it stands in `themes/default/` of Guidepost's own repository.
static DEFAULT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The name of the theme that is always there.
pub const DEFAULT_NAME: &str = "default";

/// Templates and files, ready for use.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    /// Its files, by name.
    pub assets: BTreeMap<String, ThemeAsset>,
    /// Where a template is, for messages: the theme's own folder, or within the program.
    origins: BTreeMap<String, Arc<str>>,
    /// Of all templates.
    fingerprint: Digest,
}

/// A file of a theme, published under a name that changes with its content.
#[derive(Debug, PartialEq)]
pub struct ThemeAsset {
    /// Its address, with the hash of its content.
    pub url: Url,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Theme {
    /// The theme `name`, made of the default theme and the `files` of its own folder (paths from there, with bytes).
    ///
    /// Errors are diagnostics about the theme's files: a template that does not parse, or that extends or includes one
    /// that is not there.
    pub fn new(name: &str, files: Vec<(String, Vec<u8>)>, base: &Base) -> Result<Theme, Vec<Diagnostic>> {
        let mut templates: BTreeMap<String, String> = BTreeMap::new();
        let mut assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut origins: BTreeMap<String, Arc<str>> = BTreeMap::new();
        let mut problems = Vec::new();
        let built_in = embedded(&DEFAULT).into_iter().map(|(path, bytes)| (path, bytes, DEFAULT_NAME));
        for (path, bytes, theme) in built_in.chain(files.into_iter().map(|(path, bytes)| (path, bytes, name))) {
            let file: Arc<str> = format!("themes/{theme}/{path}").into();
            if let Some(template) = path.strip_prefix("templates/") {
                match String::from_utf8(bytes) {
                    Ok(text) => {
                        templates.insert(template.to_owned(), text);
                        origins.insert(template.to_owned(), file);
                    }
                    Err(_) => {
                        problems.push(Diagnostic::error("not-utf8", "this template is not UTF-8 text").at(Place::file(file)))
                    }
                }
            } else if let Some(asset) = path.strip_prefix("assets/") {
                assets.insert(asset.to_owned(), bytes);
            }
        }
        let mut tera = Tera::default();
        tera.register_filter("json", json);
        let fingerprint = digest_of(&templates);
        let mut theme = Theme { tera: Tera::default(), assets: named_by_content(assets, base), origins, fingerprint };
        if let Err(error) = tera.add_raw_templates(templates) {
            problems.extend(theme.explain_all(&error));
        }
        theme.tera = tera;
        if problems.is_empty() { Ok(theme) } else { Err(problems) }
    }

    /// Tells these templates from all others.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// Whether there is a template of that name.
    pub fn has_template(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// A hint for a template that is not there.
    pub fn nearest_template(&self, name: &str) -> Option<&str> {
        nearest(name, self.origins.keys().map(String::as_str))
    }

    /// Shows a view with a template. `subject` is what is shown, for the message if the template is wrong.
    pub fn render(&self, template: &str, view: &Context, subject: &str) -> Result<Vec<u8>, Diagnostic> {
        let mut page = Vec::with_capacity(16 * 1024);
        self.tera.render_to(template, view, &mut page).map_err(|error| self.explain(&error, Some(subject)))?;
        Ok(page)
    }

    /// What Tera says of a whole set of templates: where it finds several mistakes it puts its reports into one text,
    /// each as `error: …` and ` --> file:line:column`, which are diagnostics of their own here.
    fn explain_all(&self, error: &tera::Error) -> Vec<Diagnostic> {
        let ErrorKind::Msg(text) = error.kind() else { return vec![self.explain(error, None)] };
        let reports = text.split("error: ").filter(|report| !report.trim().is_empty());
        let explain = |report: &str| {
            let mut lines = report.lines();
            let problem = Diagnostic::error("template", lines.next().unwrap_or("").trim());
            let place = lines.find_map(|line| line.trim().strip_prefix("--> ")).and_then(|place| self.parse_place(place));
            match place {
                Some(place) => problem.at(place),
                None => problem,
            }
        };
        reports.map(explain).collect()
    }

    /// `agenda.html:8:10`.
    fn parse_place(&self, text: &str) -> Option<Place> {
        let mut fields = text.trim().rsplitn(3, ':');
        let (column, line, file) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?);
        Some(Place::at(self.origin(file), Span { line, column, length: 1 }))
    }

    /// Where a template is, for messages.
    fn origin(&self, template: &str) -> Arc<str> {
        self.origins.get(template).cloned().unwrap_or_else(|| template.into())
    }

    /// Tera's complaint as a diagnostic with its place in the template.
    fn explain(&self, error: &tera::Error, subject: Option<&str>) -> Diagnostic {
        let while_showing = subject.map_or(String::new(), |subject| format!(" (while making {subject})"));
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let at = report.span();
                let span = Span {
                    line: at.start_line as u32,
                    column: at.start_col as u32 + 1,
                    length: if at.end_line == at.start_line { at.end_col.saturating_sub(at.start_col) as u32 } else { 1 },
                };
                let place = Place::at(self.origin(report.filename()), span);
                Diagnostic::error("template", format!("{}{while_showing}", report.message())).at(place)
            }
            ErrorKind::MissingParent { current, parent } => {
                let file = self.origins.get(current).cloned().unwrap_or_else(|| current.as_str().into());
                Diagnostic::error("template", format!("this template extends `{parent}`, which is not there"))
                    .at(Place::file(file))
            }
            other => {
                let source = std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
                Diagnostic::error("template", format!("{other}{source}{while_showing}"))
            }
        }
    }
}

fn digest_of(templates: &BTreeMap<String, String>) -> Digest {
    let mut digester = Digester::default();
    for (name, text) in templates {
        digester.add(name.as_bytes()).add(text.as_bytes());
    }
    digester.finish()
}

/// All files of an embedded folder, with their paths.
fn embedded(dir: &Dir<'_>) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![dir];
    while let Some(folder) = folders.pop() {
        files.extend(folder.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents().to_vec())));
        folders.extend(folder.dirs());
    }
    files
}

/// Gives each file a name with the hash of its content; in style sheets, `url(…)` of a file beside follows its new name.
fn named_by_content(files: BTreeMap<String, Vec<u8>>, base: &Base) -> BTreeMap<String, ThemeAsset> {
    let mut assets: BTreeMap<String, ThemeAsset> = BTreeMap::new();
    let (styles, others): (BTreeMap<_, _>, BTreeMap<_, _>) = files.into_iter().partition(|(name, _)| name.ends_with(".css"));
    for (name, bytes) in others {
        assets.insert(name.clone(), ThemeAsset { url: hashed_url(&name, &bytes), bytes });
    }
    for (name, bytes) in styles {
        let mut css = String::from_utf8_lossy(&bytes).into_owned();
        for (other, asset) in &assets {
            for quote in ["", "\"", "'"] {
                css = css.replace(&format!("url({quote}{other}{quote})"), &format!("url(\"{}\")", base.href(&asset.url)));
            }
        }
        let bytes = css.into_bytes();
        assets.insert(name.clone(), ThemeAsset { url: hashed_url(&name, &bytes), bytes });
    }
    assets
}

fn hashed_url(name: &str, bytes: &[u8]) -> Url {
    let hash = Digest::of(bytes).short();
    match name.rsplit_once('.') {
        Some((stem, extension)) => Url::file(&format!("assets/{stem}.{hash}.{extension}")),
        None => Url::file(&format!("assets/{name}.{hash}")),
    }
}

/// The filter `json`: a value as JSON that is safe inside a `<script>` element.
fn json(value: &Value, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    let json = serde_json::to_value(value).map_err(|error| tera::Error::message(format!("this has no JSON form: {error}")))?;
    Ok(Value::safe_string(&json_for_script(&json)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_themes_own_file_stands_for_the_default_one() {
        let files = vec![
            ("templates/redirect.html".to_owned(), b"own {{ page.title }}".to_vec()),
            ("assets/font.woff2".to_owned(), b"font".to_vec()),
            ("assets/site.css".to_owned(), b"@font-face{src:url(font.woff2)}".to_vec()),
        ];
        let theme = Theme::new("own", files, &Base::default()).unwrap_or_else(|e| panic!("{e:?}"));
        let mut view = Context::new();
        view.insert("page", &BTreeMap::from([("title", "<T>")]));
        let page = theme.render("redirect.html", &view, "a test").unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(String::from_utf8_lossy(&page), "own &lt;T&gt;");
        let css = String::from_utf8_lossy(&theme.assets["site.css"].bytes).into_owned();
        assert!(css.contains(theme.assets["font.woff2"].url.as_str()), "{css}");
        assert!(theme.has_template("article.html"));
    }

    #[test]
    fn a_wrong_template_names_file_line_and_column() {
        let files = vec![("templates/article.html".to_owned(), b"a\n{{ nothing }}".to_vec())];
        let theme = Theme::new("own", files, &Base::default()).unwrap_or_else(|e| panic!("{e:?}"));
        let problem = theme.render("article.html", &Context::new(), "content/a.md").err();
        let place = problem.and_then(|p| p.place).map(|p| p.to_string());
        assert_eq!(place.as_deref(), Some("themes/own/templates/article.html:2:4"));

        let broken =
            b"{% extends \"base.html\" %}\n{% block nowhere %}{% endblock %}\n{% block nothing %}{% endblock %}".to_vec();
        for (template, places) in [
            (b"{% if %}".to_vec(), vec!["themes/own/templates/article.html:1:7"]),
            (broken, vec!["themes/own/templates/article.html:2:10", "themes/own/templates/article.html:3:10"]),
        ] {
            let files = vec![("templates/article.html".to_owned(), template)];
            let problems = Theme::new("own", files, &Base::default()).err().unwrap_or_default();
            let found: Vec<String> = problems.iter().filter_map(|p| p.place.as_ref()).map(|p| p.to_string()).collect();
            assert_eq!(found, places, "{problems:?}");
        }
    }
}
