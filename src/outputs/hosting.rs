//! Files for hosts, crawlers and browsers: `robots.txt`, `_headers`, `_redirects`, `.nojekyll`, the web manifest.
//!
//! `_headers` and `_redirects` are read by Netlify and Cloudflare Pages; other hosts serve or ignore them.

use serde_json::json;

use super::redirect::Redirect;
use super::{Content, sitemap, views};
use crate::plan::Snapshot;
use crate::site::Site;
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
    let path = site.settings.base.path();
    format!(
        "{path}/*\n  \
         Content-Security-Policy: {CONTENT_SECURITY_POLICY}\n  \
         X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: strict-origin-when-cross-origin\n  \
         Permissions-Policy: camera=(), geolocation=(), microphone=()\n\n\
         {path}/assets/*\n  \
         Cache-Control: public, max-age=31536000, immutable\n"
    )
}

/// Old address, new address, status: one a line. Addresses are percent-encoded, so no line can break.
fn redirects(site: &Site) -> String {
    let base = &site.settings.base;
    let mut lines = String::new();
    for redirect in Redirect::plan(site) {
        let target = &site.head(redirect.article()).url;
        lines.push_str(&format!("{} {} 301\n", base.href(redirect.url()), base.href(target)));
    }
    lines
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
    if let Some(description) = &settings.description {
        manifest["description"] = description.as_str().into();
    }
    format!("{manifest:#}\n")
}
