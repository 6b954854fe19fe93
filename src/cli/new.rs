//! `guidepost new`: the file of an article to write, in the right place and dated today. It asks nothing.
//!
//! What stands in it is `article::skeleton`'s business. Its path alone goes to stdout, so that an editor can be given it.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::report;
use super::section;
use super::standing::{Standing, Unpublished};
use super::{Amount, Context, Outcome};
use crate::article::skeleton::Skeleton;
use crate::article::{self, CONTENT, When};
use crate::diagnostic::{Diagnostic, nearest, printable};
use crate::pipeline;
use crate::settings::Settings;
use crate::site::Vocabulary;
use crate::source::{self, SourceKind};
use crate::url::{nfc, slug};

/// The flags of `new`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The article's title
    #[arg(required = true)]
    title: Vec<String>,
    /// What it is: an article to read, an agenda of steps with times, or a tip of one paragraph
    #[arg(short, long, value_enum, default_value_t = Kind::Article)]
    kind: Kind,
    /// The folder of content/ that it belongs to [default: the one you are in, or else the top]
    #[arg(short, long, value_name = "FOLDER")]
    section: Option<String>,
    /// Make that folder if there is none
    #[arg(long, requires = "section")]
    new_section: bool,
    /// Its tags, with commas between them
    #[arg(short, long, value_name = "TAG,…", value_delimiter = ',')]
    tags: Vec<String>,
    /// Mark it as a draft, which no build publishes
    #[arg(short, long)]
    draft: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Article,
    Agenda,
    Tip,
}

impl From<Kind> for article::Kind {
    fn from(kind: Kind) -> article::Kind {
        match kind {
            Kind::Article => article::Kind::Article,
            Kind::Agenda => article::Kind::Agenda,
            Kind::Tip => article::Kind::Tip,
        }
    }
}

/// Makes the file, or says why not; it never writes over anything.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let standing = Standing::of(context);
    let settings = match settings(context, &standing) {
        Ok(settings) => settings,
        Err(outcome) => return outcome,
    };
    let plan = title(&arguments.title).and_then(|title| {
        let place = Place::choose(&standing, arguments, &title)?;
        Ok((title, place))
    });
    let (title, place) = match plan {
        Ok(plan) => plan,
        Err(problem) => return refuse(context, problem),
    };
    let tags = match tags(context, &standing, &settings, &arguments.tags) {
        Ok(tags) => tags,
        Err(outcome) => return outcome,
    };
    let date = When::in_zone(context.now, &settings.time_zone).map(|now| now.day()).unwrap_or_default();
    let skeleton = Skeleton {
        title: &title,
        date,
        kind: arguments.kind.into(),
        tags: &tags,
        draft: arguments.draft,
        raw_html: settings.raw_html,
    };
    match write(&place.location, &skeleton.text()) {
        Ok(()) => finish(context, &standing, &settings, &place, arguments),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => refuse(context, taken(&place.source, &title)),
        Err(error) => {
            context.output.error(Diagnostic::error("unwritable", format!("the new article could not be written: {error}")));
            Outcome::Io
        }
    }
}

fn refuse(context: &Context, problem: Diagnostic) -> Outcome {
    context.output.error(problem);
    Outcome::Usage
}

fn settings(context: &Context, standing: &Standing) -> Result<Settings, Outcome> {
    match pipeline::load_settings(&standing.options(context, Unpublished::Too)) {
        Ok((Some(settings), _)) => Ok(settings),
        Ok((None, problems)) => {
            report::diagnostics(context.output, &standing.root, &problems);
            Err(Outcome::SiteErrors)
        }
        Err(error) => Err(standing.refuse(context, &error)),
    }
}

/// The words of the title, on one line.
fn title(words: &[String]) -> Result<String, Diagnostic> {
    let title = words.iter().flat_map(|word| word.split_whitespace()).collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        let problem = Diagnostic::error("empty-title", "the title is empty");
        return Err(problem.hint("write it in quotes, as `guidepost new \"Ask for an introduction\"`"));
    }
    Ok(title)
}

/// Where the new file goes.
struct Place {
    /// The path from `content/`.
    source: String,
    /// The file on this machine.
    location: PathBuf,
}

impl Place {
    /// In the section that was asked for, under the title's slug, if nothing has that address yet.
    fn choose(standing: &Standing, arguments: &Arguments, title: &str) -> Result<Place, Diagnostic> {
        let content = standing.root.join(CONTENT);
        let folders = source::folders(&content);
        let names: Vec<&str> = folders.iter().map(|(name, _)| name.as_str()).collect();
        let asked = arguments.section.as_deref().or(standing.folder.as_deref()).unwrap_or("");
        let folder = match section::find(asked, &names) {
            Ok(folder) => folder.to_owned(),
            Err(problem) if problem.code == "unknown-section" && arguments.new_section => section::make(asked)?,
            Err(problem) if problem.code == "unknown-section" => {
                let hint = problem.hint.clone().unwrap_or_default();
                let way = if hint.ends_with('?') { " with" } else { "; with" };
                return Err(problem.hint(format!("{hint}{way} `--new-section` it is made")));
            }
            Err(problem) => return Err(problem),
        };
        let name = match slug(title).as_str() {
            // These two are a folder's own page.
            own @ ("index" | "_index") => format!("{own}-article"),
            _ => article::slug_or_hash(title),
        };
        let source = if folder.is_empty() { format!("{name}.md") } else { format!("{folder}/{name}.md") };
        if let Some(other) = holder_of_address(&content, &source) {
            return Err(taken(&other, title));
        }
        let location = locate(&content, &folders, &folder)?.join(format!("{name}.md"));
        Ok(Place { source, location })
    }
}

/// The article or section that has the address already that a new article would have.
fn holder_of_address(content: &Path, new: &str) -> Option<String> {
    let wanted = article::address_of(new);
    let (sources, _) = source::discover(content);
    let paths = || sources.iter().filter(|source| source.kind == SourceKind::Markdown).map(|source| &*source.path);
    let folders = || paths().flat_map(|path| path.match_indices('/').map(|(end, _)| &path[..end]));
    let article = paths().find(|path| article::address_of(path) == wanted);
    article.or_else(|| folders().find(|folder| article::folder_url(folder) == wanted)).map(str::to_owned)
}

fn taken(other: &str, title: &str) -> Diagnostic {
    let message = format!("`{CONTENT}/{other}` is there already, and “{title}” would have its address");
    let hint = "write on there, give the new article another title, or put it into another `--section`";
    Diagnostic::error("article-exists", message).hint(hint)
}

/// The folder on this machine, which may not exist yet; never one outside `content/`.
fn locate(content: &Path, folders: &[(String, PathBuf)], folder: &str) -> Result<PathBuf, Diagnostic> {
    let mut location = content.to_owned();
    let mut path = String::new();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
        match folders.iter().find(|(known, _)| *known == path) {
            Some((_, known)) => location = known.clone(),
            None => {
                location.push(part);
                // Nothing, or else a file or a link, behind which nobody knows what there is.
                if location.symlink_metadata().is_ok() {
                    let problem = Diagnostic::error("bad-section", format!("`{CONTENT}/{path}` is there, and is no folder"));
                    return Err(problem.hint("name another folder, or move that out of the way"));
                }
            }
        }
    }
    Ok(location)
}

/// The tags as the site spells them. What may not be used is an error; what nobody has used yet is pointed out.
fn tags(context: &Context, standing: &Standing, settings: &Settings, written: &[String]) -> Result<Vec<String>, Outcome> {
    let vocabulary = Vocabulary::new(&settings.tags);
    let mut tags: Vec<String> = Vec::new();
    let mut is_refused = false;
    for word in written.iter().map(|word| nfc(word).split_whitespace().collect::<Vec<_>>().join(" ")) {
        match vocabulary.settle(&word) {
            Ok(tag) if tag.is_empty() || tags.contains(&tag) => {}
            Ok(tag) => tags.push(tag),
            Err(problem) => {
                context.output.error(problem);
                is_refused = true;
            }
        }
    }
    if is_refused {
        return Err(Outcome::Usage);
    }
    if tags.is_empty() || !settings.tags.allowed.is_empty() {
        return Ok(tags);
    }
    let loaded = standing.load(context, Unpublished::Too)?;
    let Some(site) = loaded.snapshot.as_ref().map(|snapshot| &snapshot.site) else { return Ok(tags) };
    for tag in &mut tags {
        match site.tag_called(tag) {
            Some(known) => tag.clone_from(&site.tags[known].name),
            None if context.output.amount > Amount::Quiet => {
                let mut problem = Diagnostic::warning("new-tag", format!("no article has the tag `{tag}` yet"));
                let near = nearest(tag, site.tags.iter().map(|tag| tag.name.as_str()));
                problem.hint = near.map(|near| format!("did you mean `{near}`? then change it in the new file"));
                context.output.error(problem);
            }
            None => {}
        }
    }
    Ok(tags)
}

/// Writes a file that must not exist; its folder is made if there is none.
fn write(location: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = location.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(location)?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        // Half a file would be in the way of the next attempt; if it cannot be removed either, the error says enough.
        let _ = fs::remove_file(location);
    })
}

/// Prints the path, and beside it where readers will find the article.
fn finish(context: &Context, standing: &Standing, settings: &Settings, place: &Place, arguments: &Arguments) -> Outcome {
    let address = settings.base.absolute(&article::address_of(&place.source));
    let state = if arguments.draft { "once it is no draft any more, " } else { "" };
    context.output.aside(&format!("Made the file; {state}its address is {address}"));
    let below = place.location.strip_prefix(&standing.root).unwrap_or(&place.location);
    let path = standing.path(below);
    if io::stdout().is_terminal() {
        return super::print(format!("{}\n", printable(&path.display().to_string())).as_bytes());
    }
    // A program gets the very bytes.
    super::print(&[path.as_os_str().as_encoded_bytes(), b"\n"].concat())
}
