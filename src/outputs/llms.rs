//! The site in one Markdown file for language models: <https://llmstxt.org/>.

use super::{Content, a_to_z};
use crate::plan::Snapshot;
use crate::site::{Section, Site};
use crate::url::Url;

/// The file `/llms.txt`.
#[derive(Debug, PartialEq)]
pub struct Llms {
    url: Url,
}

/// A section names this many articles; the rest are found from its own page.
const MOST_OF_A_SECTION: usize = 100;

impl Llms {
    /// One file.
    pub fn plan(_: &Site) -> Vec<Llms> {
        vec![Llms { url: Url::file("llms.txt") }]
    }

    /// `/llms.txt`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        let site = &*snapshot.site;
        let settings = &site.settings;
        let mut text = format!("# {}\n\n", line(&settings.title));
        if let Some(description) = &settings.description {
            text.push_str(&format!("> {}\n\n", line(description)));
        }
        for section in &site.sections {
            push_section(&mut text, site, section);
        }
        text.push_str("## Optional\n\n");
        text.push_str(&format!("- [All articles from A to Z]({})\n", settings.base.absolute(&a_to_z::index_url())));
        text.push_str(&format!("- [New articles as an Atom feed]({})\n", settings.base.absolute(&Url::file("atom.xml"))));
        text.into()
    }
}

fn push_section(text: &mut String, site: &Site, section: &Section) {
    if section.articles.is_empty() {
        return;
    }
    let base = &site.settings.base;
    let title = if section.folder.is_empty() { "Pages" } else { &section.title };
    text.push_str(&format!("## {}\n\n", line(title)));
    for &id in section.articles.iter().filter(|id| !site.head(**id).noindex).take(MOST_OF_A_SECTION) {
        let head = site.head(id);
        text.push_str(&format!("- [{}]({})", line(&head.title).replace(['[', ']'], ""), base.absolute(&head.url)));
        if !head.lead().is_empty() {
            text.push_str(&format!(": {}", line(head.lead())));
        }
        text.push('\n');
    }
    if section.articles.len() > MOST_OF_A_SECTION {
        text.push_str(&format!("- [The other articles of this section]({})\n", base.absolute(&section.url)));
    }
    text.push('\n');
}

/// Text that stays on its line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
