//! Which site a command is about that may be run from within a site's `content/`, and which section is meant there.

use std::path::{Path, PathBuf};

use super::Context;
use super::build::SelectionArguments;
use crate::article::CONTENT;
use crate::pipeline::{LoadError, Loaded, Options};
use crate::settings;
use crate::source;

/// Where a command stands.
pub struct Standing {
    /// The site's folder.
    pub root: PathBuf,
    /// The folder that the command was run in, from `content/`, if that is within it.
    pub folder: Option<String>,
}

impl Standing {
    /// The folder of the command line; or, where that is no site, the site whose `content/` it is in.
    pub fn of(context: &Context) -> Standing {
        let is_site = |folder: &Path| matches!(source::is_file(&folder.join(settings::FILE)), Ok(true));
        let own = || Standing { root: context.directory.clone(), folder: None };
        if is_site(&context.directory) {
            return own();
        }
        let Ok(here) = std::path::absolute(&context.directory) else { return own() };
        let within = |root: &&Path| here.starts_with(root.join(CONTENT)) && is_site(root);
        let Some(root) = here.ancestors().skip(1).find(within) else { return own() };
        let below = here.strip_prefix(root.join(CONTENT)).unwrap_or(Path::new(""));
        let names: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Standing { root: root.to_owned(), folder: Some(crate::url::nfc(&names.join("/")).into_owned()) }
    }

    /// A file of the site as whoever ran the command can name it.
    pub fn path(&self, file: &Path) -> PathBuf {
        if self.root.as_os_str() == "." { file.to_owned() } else { self.root.join(file) }
    }

    /// What the site is read with.
    pub fn options(&self, context: &Context, unpublished: Unpublished) -> Options {
        let options = match unpublished {
            Unpublished::Too => SelectionArguments::everything(context),
            Unpublished::Not => SelectionArguments::published(context),
        };
        Options { root: self.root.clone(), ..options }
    }

    /// Reads the site.
    pub fn load(&self, context: &Context, unpublished: Unpublished) -> Result<Loaded, super::Outcome> {
        super::report::load(context, &self.options(context, unpublished), None)
    }

    /// Says why the site cannot be read.
    pub fn refuse(&self, context: &Context, error: &LoadError) -> super::Outcome {
        super::report::load_error(context, error)
    }
}

/// Whether articles that a build leaves out are read like those that it publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpublished {
    /// They are.
    Too,
    /// They are left out.
    Not,
}
