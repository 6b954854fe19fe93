//! Articles from elsewhere: exports and pages → Markdown with front matter, and a report of what became of each.
//!
//! Nothing here reads or writes files: whoever calls hands in what was read, and puts down what comes out.

pub mod article;
pub mod folders;
pub mod html;
pub mod page;
pub mod redirects;
pub mod report;
mod scan;
pub mod wordpress;
pub mod words;

use crate::url::Url;

/// An article that was imported.
#[derive(Debug, PartialEq)]
pub struct Imported {
    /// Its file, from `content/`.
    pub path: String,
    /// What feeds call it, by which it is known again; empty if nothing does.
    pub id: String,
    /// What stands in the file.
    pub text: String,
    /// What became of it.
    pub account: report::Account,
    /// The files that it shows, by their names in the folder of files.
    pub files: Vec<String>,
    /// Its old addresses.
    pub aliases: Vec<String>,
    /// Where readers will find it.
    pub url: Url,
}
