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

/// Gives each file a name with the hash of its content. What names a file beside it follows its new name: `url(…)` in style
/// sheets, and `import` in modules.
pub fn named_by_content(files: BTreeMap<String, Vec<u8>>, base: &Base) -> BTreeMap<String, ThemeAsset> {
    let mut assets: BTreeMap<String, ThemeAsset> = BTreeMap::new();
    let (texts, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        files.into_iter().partition(|(name, _)| name.ends_with(".css") || name.ends_with(".js"));
    let (styles, modules): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(name, _)| name.ends_with(".css"));
    for (name, bytes) in others {
        add(name, bytes, &mut assets);
    }
    add_modules(modules, &mut assets);
    for (name, bytes) in styles {
        let bytes = match String::from_utf8(bytes) {
            Ok(css) => with_new_names(css, &assets, base).into_bytes(),
            // In another encoding it is the author's as it is.
            Err(other) => other.into_bytes(),
        };
        add(name, bytes, &mut assets);
    }
    assets
}

fn add(name: String, bytes: Vec<u8>, assets: &mut BTreeMap<String, ThemeAsset>) {
    assets.insert(name.clone(), ThemeAsset { url: hashed_url(&name, &bytes), bytes });
}

/// Modules come after those they import; of two that import each other neither can know the other's name.
fn add_modules(modules: Vec<(String, Vec<u8>)>, assets: &mut BTreeMap<String, ThemeAsset>) {
    let mut waiting: Vec<(String, String)> = Vec::new();
    for (name, bytes) in modules {
        match String::from_utf8(bytes) {
            Ok(text) => waiting.push((name, text)),
            // In another encoding it is the author's as it is.
            Err(other) => add(name, other.into_bytes(), assets),
        }
    }
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|(name, _)| name.clone()).collect();
        let is_free = |(name, text): &(String, String)| {
            !names.iter().any(|other| {
                other != name && text.contains(other.as_str()) && imports(other).iter().any(|import| text.contains(import))
            })
        };
        let (mut free, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_free);
        waiting = rest;
        if free.is_empty() {
            free.append(&mut waiting);
        }
        for (name, mut text) in free {
            for (other, asset) in assets.iter().filter(|(other, _)| other.ends_with(".js")) {
                // Most modules name few others: a look for the bare name spares six for the ways to import it.
                if !text.contains(other.as_str()) {
                    continue;
                }
                let file = asset.url.as_str().rsplit('/').next().unwrap_or("");
                for (import, renamed) in imports(other).iter().zip(imports(file)) {
                    text = text.replace(import, &renamed);
                }
            }
            add(name, text.into_bytes(), assets);
        }
    }
}

/// How a module names a file beside it.
fn imports(file: &str) -> Vec<String> {
    let quoted = [format!("\"./{file}\""), format!("'./{file}'")];
    quoted.iter().flat_map(|file| [format!("from {file}"), format!("import {file}"), format!("import({file})")]).collect()
}

fn with_new_names(mut css: String, assets: &BTreeMap<String, ThemeAsset>, base: &Base) -> String {
    for (name, asset) in assets {
        if !css.contains(name.as_str()) {
            continue;
        }
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
