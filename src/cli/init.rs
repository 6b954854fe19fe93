//! `guidepost init`: a new site with settings and sample articles that show what one can write.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;
use include_dir::{Dir, include_dir};

use super::{Context, Outcome};

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
    let folder = arguments.folder.as_ref().map_or(context.directory.clone(), |folder| context.directory.join(folder));
    match standing(&folder) {
        Ok(None) => {}
        Ok(Some(name)) => {
            let shown = folder.display();
            output.error(&format!("{shown} is not empty (it has `{name}`), and nothing in it shall be lost; name a new folder: `guidepost init my-site`"));
            return Outcome::Usage;
        }
        Err(error) => {
            output.error(&error.to_string());
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
                "Made a site in {place}.\n\nNext:\n{enter}  guidepost build          publish it into public/\n\n\
                 Articles are in content/, the site's name and address in guidepost.yaml."
            ));
            Outcome::Done
        }
        Err(error) => {
            output.error(&error.to_string());
            Outcome::Io
        }
    }
}

/// The name of something that stands in the folder, version control apart.
fn standing(folder: &Path) -> io::Result<Option<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != ".git" {
            return Ok(Some(name));
        }
    }
    Ok(None)
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
    Ok(())
}
