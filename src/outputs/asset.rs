//! Files that are copied: those beside the articles, and the theme's.
//!
//! A file beside an article keeps its name, because people print and mail the address of a handout. A theme's file
//! carries the hash of its content in its name, so that browsers can keep it for good.

use super::Content;
use crate::article::CONTENT;
use crate::plan::Snapshot;
use crate::site::Site;
use crate::theme::Theme;
use crate::url::Url;

/// One file.
#[derive(Debug, PartialEq)]
pub struct AssetFile {
    from: From,
    url: Url,
}

#[derive(Debug, PartialEq)]
enum From {
    /// By its index among the site's assets.
    Content(usize),
    /// By its name in the theme.
    Theme(String),
}

impl AssetFile {
    /// All files of a site and its theme.
    pub fn plan(site: &Site, theme: &Theme) -> Vec<AssetFile> {
        let own = site.assets.iter().enumerate().map(|(i, asset)| AssetFile { from: From::Content(i), url: asset.url.clone() });
        let themes =
            theme.assets.iter().map(|(name, asset)| AssetFile { from: From::Theme(name.clone()), url: asset.url.clone() });
        own.chain(themes).collect()
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Which of the site's files it is; the theme's are none of them.
    pub fn asset(&self) -> Option<usize> {
        match self.from {
            From::Content(index) => Some(index),
            From::Theme(_) => None,
        }
    }

    /// What it is, for messages.
    pub fn describe(&self, site: &Site) -> String {
        match &self.from {
            From::Content(index) => format!("the file `{}`", site.assets[*index].source),
            From::Theme(name) => format!("the theme's `{name}`"),
        }
    }

    /// The author's file, as messages name it; the theme's are not the author's.
    pub fn source(&self, site: &Site) -> Option<String> {
        match &self.from {
            From::Content(index) => Some(format!("{CONTENT}/{}", site.assets[*index].source)),
            From::Theme(_) => None,
        }
    }

    /// The file's content.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        match &self.from {
            From::Content(index) => Content::File(snapshot.site.assets[*index].location.clone()),
            From::Theme(name) => {
                Content::Bytes(snapshot.theme.assets.get(name).map(|asset| asset.bytes.clone()).unwrap_or_default())
            }
        }
    }
}
