//! Sites in temporary folders, and building them.

use std::fs;
use std::path::{Path, PathBuf};

use guidepost::diagnostic::{self, Diagnostic, Style};
use guidepost::outputs::Content;
use guidepost::pipeline::{self, Built, Loaded, Options, Progress};
use guidepost::plan::Snapshot;
use guidepost::source;
use guidepost::url::Base;
use guidepost::write::{Publication, PublishError, Tally};
use jiff::Timestamp;
use tempfile::TempDir;

/// The day on which all tests take place: noon UTC on November 22, 2026.
pub const NOW: i64 = 1_795_348_800;

pub const SETTINGS: &str = "title: Test site\nbase_url: https://example.org/\n";

/// A site in a folder of its own, which goes when the test ends.
pub struct TestSite {
    pub folder: TempDir,
}

impl TestSite {
    /// A site of these files, by path from its folder; the settings are the simplest unless they are among them.
    pub fn new(files: &[(&str, &str)]) -> TestSite {
        let site = TestSite { folder: tempfile::tempdir().expect("a temporary folder") };
        site.write("guidepost.yaml", SETTINGS);
        fs::create_dir_all(site.path("content")).expect("a folder");
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    /// A site that is a copy of a folder.
    pub fn copy_of(folder: &Path) -> TestSite {
        let site = TestSite { folder: tempfile::tempdir().expect("a temporary folder") };
        copy(folder, site.folder.path());
        site
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn options(&self) -> Options {
        Options {
            root: self.root().to_owned(),
            base: None,
            now: Timestamp::from_second(NOW).expect("a time"),
            drafts: false,
            future: false,
            expired: false,
        }
    }

    pub fn load(&self) -> Loaded {
        load(&self.options())
    }

    /// A snapshot of a site that has no errors.
    pub fn snapshot(&self) -> Snapshot {
        sound(self.load())
    }

    /// What the author reads of what is wrong.
    pub fn show(&self, diagnostics: &[Diagnostic]) -> String {
        let show = |problem: &Diagnostic| {
            let place = problem.place.as_ref();
            let line = place.and_then(|p| p.span.and_then(|span| source::line(&self.path(&p.file), span.line)));
            diagnostic::show(problem, line.as_deref(), Style::Plain)
        };
        diagnostics.iter().map(show).collect::<Vec<_>>().join("\n\n") + "\n"
    }

    /// Publishes into `public/`.
    pub fn publish(&self) -> Result<Tally, PublishError> {
        self.publish_as(|publication, _| publication)
    }

    /// Publishes into `public/`, with smaller variants beside the texts.
    pub fn precompress(&self) -> Result<Tally, PublishError> {
        self.publish_as(|publication, snapshot| {
            publication.precompressed(snapshot.plan.outputs.iter().map(|output| output.url().file_path()))
        })
    }

    fn publish_as(&self, ask: impl FnOnce(Publication, &Snapshot) -> Publication) -> Result<Tally, PublishError> {
        let loaded = self.load();
        let snapshot = loaded.snapshot.as_ref().expect("a snapshot");
        let publication = ask(Publication::begin(self.root(), &self.path("public"))?, snapshot);
        match pipeline::publish(snapshot, loaded.fingerprint, publication, &Progress::default())? {
            Built::Published(tally) => Ok(tally),
            other => panic!("{other:?}"),
        }
    }
}

pub fn load(options: &Options) -> Loaded {
    pipeline::load(options, &Progress::default()).expect("a site")
}

pub fn sound(loaded: Loaded) -> Snapshot {
    let errors: Vec<&Diagnostic> = loaded.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.snapshot.expect("a snapshot")
}

/// Guidepost's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The site that ships with Guidepost, for an address.
pub fn sample(base: &str) -> Snapshot {
    let options = Options {
        root: repository().to_owned(),
        base: Some(Base::parse(base).expect("an address")),
        now: Timestamp::from_second(NOW).expect("a time"),
        drafts: false,
        future: false,
        expired: false,
    };
    sound(load(&options))
}

/// Every output of a snapshot, by the path of its file, in the order of the plan.
pub fn render_all(snapshot: &Snapshot) -> Vec<(String, Vec<u8>)> {
    let render = |output: &guidepost::outputs::Output| {
        let path = output.url().file_path();
        let content = output.render(snapshot).unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::File(location) => fs::read(location).expect("an asset"),
        };
        (path, bytes)
    };
    snapshot.plan.outputs.iter().map(render).collect()
}

/// One rendered output as text.
pub fn page(snapshot: &Snapshot, path: &str) -> String {
    let output = snapshot.plan.outputs.iter().find(|output| output.url().file_path() == path);
    let output = output.unwrap_or_else(|| panic!("nothing is planned at {path}"));
    match output.render(snapshot).unwrap_or_else(|problem| panic!("{path}: {problem:?}")) {
        Content::Bytes(bytes) => String::from_utf8(bytes).expect("text"),
        Content::File(location) => fs::read_to_string(location).expect("text"),
    }
}

/// Every file below a folder with its content, by relative path.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        let Ok(entries) = fs::read_dir(&current) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
                files.push((relative, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

pub fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let place = to.join(path);
        fs::create_dir_all(place.parent().expect("a parent")).expect("a folder");
        fs::write(place, bytes).expect("a file");
    }
}

/// HTML as a browser parses it.
pub mod html {
    use std::collections::BTreeSet;

    use html5ever::tendril::TendrilSink;
    use markup5ever_rcdom::{Handle, NodeData, RcDom};

    /// A parsed page, flattened: its elements in document order, each with the text in it.
    pub struct Page {
        elements: Vec<Element>,
        text: String,
    }

    #[derive(Debug)]
    pub struct Element {
        pub name: String,
        pub attributes: Vec<(String, String)>,
        pub text: String,
    }

    impl Element {
        pub fn attribute(&self, name: &str) -> Option<&str> {
            self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        }

        pub fn has_attribute(&self, name: &str) -> bool {
            self.attribute(name).is_some()
        }
    }

    impl Page {
        pub fn parse(source: &str) -> Page {
            let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(source);
            let mut page = Page { elements: Vec::new(), text: text_in(&dom.document) };
            page.visit(&dom.document);
            page
        }

        fn visit(&mut self, node: &Handle) {
            if let NodeData::Element { name, attrs, .. } = &node.data {
                let attributes = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
                self.elements.push(Element { name: name.local.to_string(), attributes, text: text_in(node) });
            }
            for child in node.children.borrow().iter() {
                self.visit(child);
            }
        }

        pub fn elements(&self) -> impl Iterator<Item = &Element> {
            self.elements.iter()
        }

        /// The text of every element of a name.
        pub fn texts(&self, name: &str) -> Vec<String> {
            self.elements().filter(|element| element.name == name).map(|element| element.text.clone()).collect()
        }

        pub fn text(&self) -> String {
            self.text.clone()
        }

        pub fn attribute_of(&self, name: &str, attribute: &str) -> Option<String> {
            self.elements().find(|element| element.name == name)?.attribute(attribute).map(str::to_owned)
        }

        pub fn ids(&self) -> BTreeSet<&str> {
            self.elements().filter_map(|element| element.attribute("id")).collect()
        }

        /// Every address that the page leads to or loads.
        pub fn addresses(&self) -> Vec<String> {
            let of = |element: &Element| -> Vec<String> {
                ["href", "src", "action"].iter().filter_map(|name| element.attribute(name)).map(str::to_owned).collect()
            };
            self.elements().flat_map(of).collect()
        }
    }

    fn text_in(node: &Handle) -> String {
        match &node.data {
            NodeData::Text { contents } => contents.borrow().to_string(),
            _ => node.children.borrow().iter().map(text_in).collect(),
        }
    }
}
