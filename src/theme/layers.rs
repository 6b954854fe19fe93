//! Themes upon themes: the default theme, then each that builds upon the one before it, up to the one that was chosen. A
//! file of a higher one stands for the file of its name below.
//!
//! Whoever calls this reads the folders. What becomes of the files is left to `theme` itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::manifest::{self, Manifest};
use crate::diagnostic::{Diagnostic, Place, nearest};

/// The default theme, as it stands in `themes/default/` of Guidepost's own repository.
static DEFAULT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The name of the theme that is always there. A site's own folder of this name stands upon the one in the program.
pub const DEFAULT_NAME: &str = "default";
/// What the default theme's own files are called where they must be told from a site's folder `themes/default/`.
pub const BUILT_IN: &str = "built-in";

/// More themes than this upon one another nobody could follow.
const MOST: usize = 8;

/// The files of a theme's folder, with their paths from there.
pub type Files = Vec<(String, Vec<u8>)>;

/// A theme's own files, and those of all that it builds upon.
#[derive(Debug)]
pub struct Layers {
    /// The lowest first: it is the one in the program.
    pub(super) layers: Vec<Layer>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Layer {
    /// What templates call it.
    pub name: Arc<str>,
    /// Where its files are, for messages.
    pub folder: String,
    /// Its files, but for `theme.yaml`.
    pub files: Files,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl Layers {
    /// The theme `name`, which the settings ask for at `place`, and all that it builds upon. `read` gives the files of the
    /// folder of a name, if there is one, and `known` the names of all folders.
    pub fn read(
        name: &str,
        place: Place,
        known: &BTreeSet<String>,
        mut read: impl FnMut(&str) -> Option<Files>,
    ) -> Result<(Layers, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (mut above, mut problems) = (Vec::<Layer>::new(), Vec::new());
        let (mut name, mut asked_at) = (name.to_owned(), place);
        while name != DEFAULT_NAME {
            if let Some(first) = above.iter().position(|layer| *layer.name == *name) {
                problems.push(circle(&above[first..], &name, asked_at));
                return Err(problems);
            }
            if above.len() + 1 == MOST {
                let message = format!("with this, more than {MOST} themes stand upon one another");
                let problem = Diagnostic::error("theme-depth", message).at(asked_at);
                problems.push(problem.hint("put the files of some of them into one"));
                return Err(problems);
            }
            let is_plain = !name.contains(['/', '\\']) && !name.starts_with('.');
            let Some(files) = is_plain.then(|| read(&name)).flatten() else {
                problems.push(unknown(&name, known, above.is_empty()).at(asked_at));
                return Err(problems);
            };
            let layer = Layer::of(&name, files, &mut problems);
            (name, asked_at) = match &layer.manifest.extends {
                Some((parent, place)) => (parent.clone(), place.clone()),
                None => (DEFAULT_NAME.to_owned(), Place::file(format!("{}/{}", layer.folder, manifest::FILE))),
            };
            above.push(layer);
        }
        if let Some(files) = read(DEFAULT_NAME) {
            let own = Layer::of(DEFAULT_NAME, files, &mut problems);
            if let Some((_, place)) = &own.manifest.extends {
                let problem = Diagnostic::error("theme-circle", "`default` is what all themes build upon, so it extends none");
                problems.push(problem.at(place.clone()).hint("take the line out, or give this theme another name"));
            }
            above.push(own);
        }
        let mut layers = vec![built_in(&mut problems)];
        layers.extend(above.into_iter().rev());
        Ok((Layers { layers }, problems))
    }

    /// A theme that builds upon the default theme alone, of these files.
    pub fn of(name: &str, files: Files) -> Layers {
        let own = Layer::of(name, files, &mut Vec::new());
        Layers { layers: vec![built_in(&mut Vec::new()), own] }
    }

    /// The default theme as it stands in the program.
    pub fn built_in() -> Layers {
        Layers { layers: vec![built_in(&mut Vec::new())] }
    }
}

impl Layer {
    fn of(name: &str, mut files: Files, problems: &mut Vec<Diagnostic>) -> Layer {
        let folder = format!("themes/{name}");
        let manifest = match files.iter().position(|(path, _)| path == manifest::FILE) {
            Some(at) => manifest::parse(&format!("{folder}/{}", manifest::FILE).into(), &files.swap_remove(at).1, problems),
            None => Manifest::default(),
        };
        Layer { name: name.into(), folder, files, manifest }
    }
}

fn built_in(problems: &mut Vec<Diagnostic>) -> Layer {
    Layer { name: BUILT_IN.into(), ..Layer::of(DEFAULT_NAME, embedded(&DEFAULT), problems) }
}

/// Themes that extend one another, told where the circle closes.
fn circle(layers: &[Layer], name: &str, place: Place) -> Diagnostic {
    let names: Vec<&str> = layers.iter().map(|layer| &*layer.name).chain([name]).collect();
    let message = match names.as_slice() {
        [_, _] => format!("the theme `{name}` extends itself"),
        [first, rest @ ..] => {
            let steps: Vec<String> = rest.iter().map(|name| format!("extends `{name}`")).collect();
            format!("the theme `{first}` {}, and so on without end", steps.join(", which "))
        }
        [] => String::new(),
    };
    let hint = "name another theme here, or take the line out to build upon the default theme";
    Diagnostic::error("theme-circle", message).at(place).hint(hint)
}

fn unknown(name: &str, known: &BTreeSet<String>, is_chosen: bool) -> Diagnostic {
    let problem = Diagnostic::error("unknown-theme", format!("there is no folder `themes/{name}`"));
    let names = known.iter().map(String::as_str).chain([DEFAULT_NAME]);
    problem.hint(match (nearest(name, names), is_chosen) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, true) => "make it, or take the `theme` line out to use the default theme".to_owned(),
        (None, false) => "make it, or take the line out to build upon the default theme".to_owned(),
    })
}

/// All files of an embedded folder, with their paths. Scripts are as readers fetch them, without comments.
pub(super) fn embedded(dir: &Dir<'_>) -> Files {
    let mut files = Vec::new();
    let mut folders = vec![dir];
    while let Some(folder) = folders.pop() {
        files.extend(folder.files().map(|file| {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let script = file.contents_utf8().filter(|_| path.ends_with(".js")).map(without_comments);
            (path, script.map_or_else(|| file.contents().to_vec(), String::into_bytes))
        }));
        folders.extend(folder.dirs());
    }
    files
}

/// A script without the lines that hold nothing but comments, which are a fifth of it. The default theme has no such line
/// within a text.
fn without_comments(script: &str) -> String {
    let mut is_inside = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let is_comment = is_inside || line.starts_with("//") || line.starts_with("/*");
        is_inside = is_comment && !line.starts_with("//") && !line.ends_with("*/");
        !is_comment
    };
    script.split_inclusive('\n').filter(is_code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_published_without_comments() {
        let script =
            "// What it is.\n\n/** One. */\nlet a = \"//\"; // why\n/**\n * Two,\n * and three.\n */\nlet b;\n  // Last.\n";
        assert_eq!(without_comments(script), "\nlet a = \"//\"; // why\nlet b;\n");
        let scripts: Vec<_> = embedded(&DEFAULT).into_iter().filter(|(path, _)| path.ends_with(".js")).collect();
        assert!(scripts.len() > 5);
        for (path, bytes) in scripts {
            let text = String::from_utf8(bytes).unwrap_or_default();
            assert!(text.lines().count() > 10, "{path} is lost");
            assert!(!text.lines().any(|line| ["//", "/*", "*"].iter().any(|sign| line.trim().starts_with(sign))), "{path}");
        }
    }

    /// What is said of themes of which each is given by its name and its `theme.yaml`, the first of them chosen.
    fn said(themes: &[(&str, &str)]) -> String {
        let known = themes.iter().map(|(name, _)| (*name).to_owned()).collect();
        let files = |name: &str| {
            let (_, manifest) = themes.iter().find(|(theme, _)| *theme == name)?;
            Some(vec![(manifest::FILE.to_owned(), manifest.as_bytes().to_vec())])
        };
        let show = |problems: Vec<Diagnostic>| -> String {
            let one = |p: &Diagnostic| format!("{} {}; ", p.code, p.place.as_ref().map(|p| p.to_string()).unwrap_or_default());
            problems.iter().map(one).collect()
        };
        match Layers::read(themes[0].0, Place::file("guidepost.yaml"), &known, files) {
            Ok((layers, problems)) => {
                let names: Vec<&str> = layers.layers.iter().map(|layer| &*layer.name).collect();
                format!("{}{}", show(problems), names.join(" < "))
            }
            Err(problems) => show(problems),
        }
    }

    #[test]
    fn themes_stand_upon_one_another() {
        assert_eq!(said(&[("small", "extends: base\n"), ("base", "")]), "built-in < base < small");
        assert_eq!(said(&[("small", "extends: default"), ("default", "api: 1\n")]), "built-in < default < small");
        assert_eq!(said(&[("default", "")]), "built-in < default");
        assert_eq!(said(&[("a", "extends: a\n")]), "theme-circle themes/a/theme.yaml:1:10; ");
        assert_eq!(said(&[("a", "api: 1\nextends: b\n"), ("b", "extends: a\n")]), "theme-circle themes/b/theme.yaml:1:10; ");
        assert_eq!(said(&[("a", "extends: ../b\n")]), "unknown-theme themes/a/theme.yaml:1:10; ");
        assert_eq!(said(&[("default", "extends: default\n")]), "theme-circle themes/default/theme.yaml:1:10; built-in < default");
        assert_eq!(said(&[("a", "api: 2\n")]), "theme-api themes/a/theme.yaml:1:6; built-in < a");
        let chain = |length: usize| {
            let theme =
                |i: usize| (format!("t{i}"), if i + 1 < length { format!("extends: t{}\n", i + 1) } else { String::new() });
            let themes: Vec<(String, String)> = (0..length).map(theme).collect();
            said(&themes.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
        };
        assert_eq!(chain(7).matches('<').count(), 7);
        assert_eq!(chain(8), "theme-depth themes/t6/theme.yaml:1:10; ");
    }
}
