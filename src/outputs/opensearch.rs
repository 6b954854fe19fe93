//! The description of the site's search that browsers read: with it, the address bar can search the site.
//!
//! Format: <https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md>.

use super::{Content, search_page, views, xml};
use crate::diagnostic::Diagnostic;
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// The file `/opensearch.xml`.
#[derive(Debug, PartialEq)]
pub struct OpenSearch {
    url: Url,
}

/// Where the description is.
pub fn file_url() -> Url {
    Url::file("opensearch.xml")
}

/// The format's limits, in characters.
const LONGEST_SHORT_NAME: usize = 16;
const LONGEST_LONG_NAME: usize = 48;
const LONGEST_DESCRIPTION: usize = 1_024;

impl OpenSearch {
    /// One file.
    pub fn plan(_: &Site) -> Vec<OpenSearch> {
        vec![OpenSearch { url: file_url() }]
    }

    /// `/opensearch.xml`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        let settings = &snapshot.site.settings;
        let base = &settings.base;
        let template = format!("{}?q={{searchTerms}}", base.absolute(&search_page::form_url(&snapshot.site)));
        xml::content(&self.url, |xml| {
            xml.element("OpenSearchDescription", &[("xmlns", "http://a9.com/-/spec/opensearch/1.1/")], |xml| {
                xml.text("ShortName", &views::shortened(&settings.title, LONGEST_SHORT_NAME))?;
                xml.text("LongName", &views::shortened(&settings.title, LONGEST_LONG_NAME))?;
                let description = settings.description.as_deref().unwrap_or(&settings.title);
                xml.text("Description", &views::shortened(description, LONGEST_DESCRIPTION))?;
                xml.text("InputEncoding", "UTF-8")?;
                xml.empty("Url", &[("type", "text/html"), ("method", "get"), ("template", &template)])
            })
        })
    }
}
