//! `guidepost init`: a new site with settings and sample articles that show what one can write.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;
use include_dir::{Dir, include_dir};

use super::{Context, Outcome, report};
use crate::diagnostic::{Diagnostic, printable_json};
use crate::schema;

/// The sample: few and short articles, so that they are read and then replaced.
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/sample");

/// The flags of `init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder to make [default: the current one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Makes the site; never asks, and never writes over anything.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let output = context.output;
    let folder = arguments.folder.as_ref().map_or(context.directory.clone(), |folder| context.path(folder));
    match standing(&folder) {
        Ok(None) => {}
        Ok(Some(name)) => {
            let shown = report::folder_name(&folder);
            let message = format!("{shown} is not empty (it has `{name}`), and nothing in it shall be lost");
            output.error(Diagnostic::error("folder-not-empty", message).hint("name a new folder: `guidepost init my-site`"));
            return Outcome::Usage;
        }
        Err(error) => {
            output.error(Diagnostic::error("unreadable", format!("the folder cannot be read: {error}")));
            return Outcome::Io;
        }
    }
    match write(&folder) {
        Ok(()) => {
            let (place, enter) = match &arguments.folder {
                Some(named) => (named.display().to_string(), format!("  cd {}\n", named.display())),
                None => ("this folder".to_owned(), String::new()),
            };
            output.result(&format!(
                "Made a site in {place}.\n\nNext:\n{enter}  guidepost serve --open   show it in the browser while you write\n  \
                 guidepost new TITLE      begin an article\n  guidepost build          publish it into public/\n\n\
                 Articles are in content/, the site's name and address in guidepost.yaml."
            ));
            Outcome::Done
        }
        Err(error) => {
            output.error(Diagnostic::error("unwritable", format!("the new site could not be written: {error}")));
            Outcome::Io
        }
    }
}

/// The first name of what stands in the folder, version control apart.
fn standing(folder: &Path) -> io::Result<Option<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let names: io::Result<Vec<String>> =
        entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect();
    Ok(names?.into_iter().filter(|name| name != ".git").min())
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut folders = vec![&SAMPLE];
    while let Some(dir) = folders.pop() {
        for file in dir.files() {
            // A package never carries a file called `.gitignore` along, so it waits under another name.
            let path = folder.join(file.path().to_string_lossy().replace("gitignore.txt", ".gitignore"));
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, file.contents())?;
        }
        folders.extend(dir.dirs());
    }
    // The first line of the sample's settings names this file, and an editor that reads it helps to write them.
    let file = folder.join(schema::SETTINGS_FILE);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(file, printable_json(&schema::settings()) + "\n")
}
