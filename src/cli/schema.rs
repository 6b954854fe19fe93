//! `guidepost schema`: JSON Schema for editors, which then complete keys and underline wrong ones.

use super::standing::{Standing, Unpublished};
use super::{Context, Outcome};
use crate::diagnostic::printable_json;
use crate::pipeline;
use crate::schema;
use crate::settings::TagSettings;

/// The flags of `schema`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What it describes
    #[arg(value_enum, value_name = "WHAT")]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Of {
    /// The settings, guidepost.yaml
    Config,
    /// The front matter of articles, with the tags that the site you are in allows
    FrontMatter,
}

/// Prints the schema.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let schema = match arguments.of {
        Of::Config => schema::settings(),
        Of::FrontMatter => schema::front_matter(&tags(context)),
    };
    super::print((printable_json(&schema) + "\n").as_bytes())
}

/// What the site's settings say about tags. There need be no site.
fn tags(context: &Context) -> TagSettings {
    let standing = Standing::of(context);
    match pipeline::load_settings(&standing.options(context, Unpublished::Not)) {
        Ok((Some(settings), _)) => settings.tags,
        Ok((None, _)) => {
            context.output.aside("guidepost.yaml has mistakes, so the schema does not know which tags are allowed.");
            TagSettings::default()
        }
        Err(_) => TagSettings::default(),
    }
}
