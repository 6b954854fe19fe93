//! `guidepost explain`: what a message means, with an example, as the page of all messages has it.
//!
//! What is said is the page's business; this file only makes it plain text for a terminal.

use std::ffi::OsStr;

use clap::Command;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::{Context, Outcome};
use crate::diagnostic::messages::{self, Block, Section};
use crate::diagnostic::{Diagnostic, list_of, nearest};

/// The flags of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code that a message has in brackets [default: a list of all]
    #[arg(value_name = "CODE", value_parser = CodeParser, hide_possible_values = true)]
    code: Option<String>,
}

/// Takes any text, because people paste codes with what stands round them; shells complete those there are.
#[derive(Debug, Clone)]
struct CodeParser;

impl TypedValueParser for CodeParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&clap::Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let named = |section: Section<'static>| PossibleValue::new(section.code).help(section.meaning);
        Some(Box::new(messages::sections().into_iter().map(named)))
    }
}

/// Prints what a code means, or what there is to ask for.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let sections = messages::sections();
    let Some(asked) = &arguments.code else { return super::print(list(&sections).as_bytes()) };
    let code = code_within(asked);
    match sections.iter().find(|section| section.code == code) {
        Some(section) => super::print(page(section).as_bytes()),
        None => {
            context.output.error(unknown(&code, &sections));
            Outcome::Usage
        }
    }
}

/// `error[broken-link]: there is …`, `[broken-link]`, `Broken_Link` and `broken-link:` all have the code `broken-link`.
pub(super) fn code_within(asked: &str) -> String {
    let code = asked.split_once('[').map_or(asked, |(_, after)| after.split(']').next().unwrap_or(after));
    code.trim().trim_end_matches(':').to_lowercase().replace(['_', ' '], "-")
}

/// Says that there is no such code, and which was probably meant.
pub(super) fn unknown(code: &str, sections: &[Section<'_>]) -> Diagnostic {
    let codes = || sections.iter().map(|section| section.code);
    let alike: Vec<&str> = codes().filter(|known| known.split('-').any(|word| code.split('-').any(|own| own == word))).collect();
    let hint = match nearest(code, codes()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if !alike.is_empty() => format!("it can be {}", list_of(&alike)),
        None => "`guidepost explain` lists them all".to_owned(),
    };
    Diagnostic::error("unknown-code", format!("no message has the code `{code}`")).hint(hint)
}

/// Every code with its meaning, a line each.
fn list(sections: &[Section<'_>]) -> String {
    let width = sections.iter().map(|section| section.code.len()).max().unwrap_or(0);
    let lines = sections.iter().map(|section| format!("{:width$}  {}\n", section.code, section.meaning));
    format!("{}\n`guidepost explain CODE` says more about one of them.\n", lines.collect::<String>())
}

/// A section as plain text: what stands in a fence on the page is indented here, with a word on what it is.
fn page(section: &Section<'_>) -> String {
    let mut text = format!("{} ({})\n\n{}.\n", section.code, section.severity.to_lowercase(), sentence(section.meaning));
    for block in &section.blocks {
        text.push('\n');
        match block {
            Block::Prose(prose) => text.push_str(&format!("{prose}\n")),
            Block::File { path, text: file } => text.push_str(&format!("  {path}\n{}", indented(file))),
            Block::Command(command) => text.push_str(&format!("  The command\n{}", indented(command))),
            Block::Message(message) => text.push_str(&format!("  Guidepost says\n{}", indented(message))),
        }
    }
    text
}

/// The same words with a capital letter.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_what_people_paste() {
        for pasted in [
            "broken-link",
            "error[broken-link]",
            "error[broken-link]: there is no article or file at `a[1].md`",
            "[broken-link]",
            "BROKEN-LINK",
            "Broken_link",
            "broken link",
            " broken-link: ",
        ] {
            assert_eq!(code_within(pasted), "broken-link", "{pasted}");
        }
    }

    #[test]
    fn a_code_that_is_none_leads_to_the_ones_it_is_like() {
        let sections = messages::sections();
        let hint = |code| unknown(code, &sections).hint.unwrap_or_default();
        assert_eq!(hint("brokn-link"), "did you mean `broken-link`?");
        assert!(hint("link").contains("`broken-link`") && hint("link").contains("`ambiguous-link`"));
        assert_eq!(hint("xyz"), "`guidepost explain` lists them all");
    }
}
