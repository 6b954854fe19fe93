//! The files of a theme beside its templates: style sheets, pictures, fonts. Each is published under a name that changes
//! with its content, so that browsers may keep it for good.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::url::{Base, Url};

/// A file of a theme, published under a name that changes with its content.
#[derive(Debug, PartialEq)]
pub struct ThemeAsset {
    /// Its address, with the hash of its content.
    pub url: Url,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Gives each file a name with the hash of its content; in style sheets, `url(…)` of a file beside follows its new name.
pub fn named_by_content(files: BTreeMap<String, Vec<u8>>, base: &Base) -> BTreeMap<String, ThemeAsset> {
    let mut assets: BTreeMap<String, ThemeAsset> = BTreeMap::new();
    let (styles, others): (BTreeMap<_, _>, BTreeMap<_, _>) = files.into_iter().partition(|(name, _)| name.ends_with(".css"));
    for (name, bytes) in others {
        assets.insert(name.clone(), ThemeAsset { url: hashed_url(&name, &bytes), bytes });
    }
    for (name, bytes) in styles {
        let bytes = match String::from_utf8(bytes) {
            Ok(css) => with_new_names(css, &assets, base).into_bytes(),
            // In another encoding it is the author's as it is.
            Err(other) => other.into_bytes(),
        };
        assets.insert(name.clone(), ThemeAsset { url: hashed_url(&name, &bytes), bytes });
    }
    assets
}

fn with_new_names(mut css: String, assets: &BTreeMap<String, ThemeAsset>, base: &Base) -> String {
    for (name, asset) in assets {
        for quote in ["", "\"", "'"] {
            css = css.replace(&format!("url({quote}{name}{quote})"), &format!("url(\"{}\")", base.href(&asset.url)));
        }
    }
    css
}

fn hashed_url(name: &str, bytes: &[u8]) -> Url {
    let hash = Digest::of(bytes).short();
    let file_at = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[file_at..].rfind('.') {
        Some(point) => Url::file(&format!("assets/{}.{hash}{}", &name[..file_at + point], &name[file_at + point..])),
        None => Url::file(&format!("assets/{name}.{hash}")),
    }
}
