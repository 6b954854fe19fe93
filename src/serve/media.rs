//! Media types by the names of files, as a good host would give them.

/// Feeds and their like have endings that say too little.
const BY_NAME: [(&str, &str); 4] = [
    ("atom.xml", "application/atom+xml; charset=utf-8"),
    ("rss.xml", "application/rss+xml; charset=utf-8"),
    ("feed.json", "application/feed+json"),
    ("opensearch.xml", "application/opensearchdescription+xml; charset=utf-8"),
];

/// The type of the file at a path.
pub fn media_type(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some((_, media)) = BY_NAME.iter().find(|(known, _)| *known == name) {
        return (*media).to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let media = match ending.as_deref() {
        // XML is text for programs; as `text/xml` it would be in whatever encoding they like.
        Some("xml") => "application/xml".to_owned(),
        Some("webmanifest") => "application/manifest+json".to_owned(),
        Some(ending) => mime_guess::from_ext(ending).first_or_octet_stream().essence_str().to_owned(),
        None => "application/octet-stream".to_owned(),
    };
    let is_text = media.starts_with("text/") || media.ends_with("xml") || media == "application/javascript";
    if is_text { media + "; charset=utf-8" } else { media }
}

/// Whether a browser shows it as a page.
pub fn is_page(media: &str) -> bool {
    media.starts_with("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_types_that_readers_expect() {
        for (path, media) in [
            ("index.html", "text/html; charset=utf-8"),
            ("assets/site.1234.css", "text/css; charset=utf-8"),
            ("assets/search.js", "text/javascript; charset=utf-8"),
            ("tags/offers/atom.xml", "application/atom+xml; charset=utf-8"),
            ("rss.xml", "application/rss+xml; charset=utf-8"),
            ("feed.json", "application/feed+json"),
            ("opensearch.xml", "application/opensearchdescription+xml; charset=utf-8"),
            ("manifest.webmanifest", "application/manifest+json"),
            ("sitemap.xml", "application/xml; charset=utf-8"),
            ("robots.txt", "text/plain; charset=utf-8"),
            ("icon.svg", "image/svg+xml; charset=utf-8"),
            ("talks/first/agenda.ics", "text/calendar; charset=utf-8"),
            ("a.PNG", "image/png"),
            ("a.pdf", "application/pdf"),
            ("data.json", "application/json"),
            ("search/a.bin", "application/octet-stream"),
            ("font.woff2", "font/woff2"),
            ("_headers", "application/octet-stream"),
            ("CNAME", "application/octet-stream"),
            (".nojekyll", "application/octet-stream"),
            ("a.\u{202e}", "application/octet-stream"),
        ] {
            assert_eq!(media_type(path), media, "{path}");
        }
    }
}
