//! Files for hosts, crawlers and browsers: `robots.txt`, `_headers`, `_redirects`, `.nojekyll`, the web manifest.
//!
//! `_headers` and `_redirects` are read by Netlify and Cloudflare Pages; other hosts serve or ignore them.

use serde_json::json;

use super::redirect::{self, Origin, Redirect};
use super::{Content, search_page, sitemap, views};
use crate::plan::Snapshot;
use crate::site::Site;
use crate::theme::look::PAPER;
use crate::url::Url;

/// One such file.
#[derive(Debug, PartialEq)]
pub struct HostingFile {
    kind: Kind,
    url: Url,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Robots,
    Headers,
    Redirects,
    NoJekyll,
    Manifest,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Robots, Kind::Headers, Kind::Redirects, Kind::NoJekyll, Kind::Manifest];

    fn file(self) -> &'static str {
        match self {
            Kind::Robots => "robots.txt",
            Kind::Headers => "_headers",
            Kind::Redirects => "_redirects",
            Kind::NoJekyll => ".nojekyll",
            Kind::Manifest => "manifest.webmanifest",
        }
    }
}

/// Where the web manifest is.
pub fn manifest_url() -> Url {
    Url::file(Kind::Manifest.file())
}

/// What browsers may load: this site's own files, and pictures over HTTPS. No inline script or style, no plug-in, no
/// frame. JSON-LD is data, which the policy does not touch.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
     media-src 'self' https:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

impl HostingFile {
    /// Every one of them.
    pub fn plan(_: &Site) -> Vec<HostingFile> {
        Kind::ALL.into_iter().map(|kind| HostingFile { kind, url: Url::file(kind.file()) }).collect()
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        match self.kind {
            Kind::Robots => robots(&snapshot.site),
            Kind::Headers => headers(&snapshot.site),
            Kind::Redirects => redirects(&snapshot.site),
            Kind::NoJekyll => String::new(),
            Kind::Manifest => manifest(snapshot),
        }
        .into()
    }
}

fn robots(site: &Site) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", site.settings.base.absolute(&sitemap::index_url()))
}

fn headers(site: &Site) -> String {
    let path = rule_path(site.settings.base.path());
    let mut headers = format!(
        "{path}/*\n  \
         Content-Security-Policy: {CONTENT_SECURITY_POLICY}\n  \
         X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: strict-origin-when-cross-origin\n  \
         Permissions-Policy: camera=(), geolocation=(), microphone=()\n\n\
         {path}/assets/*\n  \
         Cache-Control: public, max-age=31536000, immutable\n"
    );
    if let Some(search) = search_page::Places::new(site) {
        let rule = |url: &Url| rule_path(&site.settings.base.href(url));
        let (named, root) = (rule(&search.named_folder()), rule(&search.root()));
        headers.push_str(&format!(
            "\n{named}*\n  \
             Cache-Control: public, max-age=31536000, immutable\n\n\
             {root}\n  \
             Cache-Control: no-cache\n"
        ));
    }
    headers
}

/// Old address, new address, status: one a line. The aliases, then the rules of the author's file as they are, because the
/// first that fits is the one that counts, and no pattern of theirs is meant for an address that an article names.
///
/// What WordPress put behind addresses, such as `/feed/`, cannot be said here: a `*` stands at the end, or for a whole part.
/// The 404 page takes it off. `/index.php/` stands in front, so one line is enough for all.
fn redirects(site: &Site) -> String {
    let base = &site.settings.base;
    let new = |article| rule_path(&base.href(&site.head(article).url));
    let mut rules = String::new();
    for redirect in Redirect::plan(site) {
        if let Some(article) = redirect.article() {
            rules.push_str(&format!("{} {} 301\n", rule_path(&base.href(redirect.url())), new(article)));
        }
    }
    let home = rule_path(&base.href(&Url::home()));
    let mut has_queries = false;
    for (query, origin) in redirect::queries(site) {
        has_queries = true;
        if let Origin::Alias(article) = origin {
            rules.push_str(&format!("{home} {} {} 301\n", query.to_rule(), new(article)));
        }
    }
    for rule in &site.rules.rules {
        rules.push_str(&rule.to_line(&rule_path(base.path())));
        rules.push('\n');
    }
    if has_queries {
        rules.push_str(&format!("{home}index.php/* {home}:splat 301\n"));
    }
    rules
}

/// An address in a rule of `_redirects` or `_headers`. It is percent-encoded, so it can neither end its line nor its
/// field, nor begin a comment; but a `*` would stand for anything there, and a `:` begin a placeholder.
fn rule_path(href: &str) -> String {
    href.replace('*', "%2A").replace(':', "%3A")
}

fn manifest(snapshot: &Snapshot) -> String {
    let settings = &snapshot.site.settings;
    let home = settings.base.href(&Url::home());
    let icon = snapshot
        .theme
        .assets
        .get("icon.svg")
        .map(|icon| json!({ "src": settings.base.href(&icon.url), "sizes": "any", "type": "image/svg+xml" }));
    let mut manifest = json!({
        "name": settings.title,
        "short_name": views::shortened(&settings.title, 30),
        "lang": settings.language,
        "start_url": home,
        "scope": home,
        "display": "browser",
        "icons": icon.into_iter().collect::<Vec<_>>(),
    });
    if let Some(paper) = snapshot.theme.look.colours.get(PAPER) {
        manifest["theme_color"] = paper.light.hex().into();
        manifest["background_color"] = paper.light.hex().into();
    }
    if let Some(description) = &settings.description {
        manifest["description"] = description.as_str().into();
    }
    format!("{manifest:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::{Base, percent_decode};
    use proptest::prelude::*;

    #[test]
    fn an_address_in_a_rule_is_no_pattern() {
        assert_eq!(rule_path("/old/*/:year/a%20b"), "/old/%2A/%3Ayear/a%20b");
    }

    proptest! {
        /// Whatever an author may write as an alias.
        #[test]
        fn an_alias_is_one_field_and_means_itself(alias in "[/*:#?&=!a-c \\t\"'<>é%]{0,12}|\\PC{0,20}") {
            let Ok(url) = Url::parse(&alias) else { return Ok(()) };
            let path = rule_path(&Base::default().href(&url));
            prop_assert!(path.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic()), "{path}");
            prop_assert!(!path.contains(['*', ':', '#', '?']), "{path}");
            let decoded = percent_decode(&path).map(|path| path.into_owned());
            prop_assert_eq!(decoded.as_deref(), Some(url.as_str()));
        }
    }
}
