//! Old addresses and the new ones that they lead to, in the form in which each kind of web server reads them.
//!
//! Which there are is decided by whoever imports.

use std::fmt::Write;

use rustc_hash::FxHashSet;

use crate::url::{self, Base, Url};

/// One old address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redirect {
    /// The old path below the site's root, or `/?key=value`.
    pub from: String,
    /// The address on the new site.
    pub to: String,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What Netlify and Cloudflare Pages read (<https://docs.netlify.com/routing/redirects/>).
    Redirects,
    /// Two maps for nginx (<https://nginx.org/en/docs/http/ngx_http_map_module.html>), and how to use them.
    Nginx,
    /// Rules of Apache's mod_rewrite (<https://httpd.apache.org/docs/current/mod/mod_rewrite.html>).
    Apache,
}

impl Format {
    /// The format that the name of a file asks for.
    pub fn of(name: &str) -> Format {
        let name = name.to_ascii_lowercase();
        if name.ends_with(".htaccess") || name.contains("apache") || name.contains("httpd") {
            Format::Apache
        } else if name.ends_with(".conf") || name.ends_with(".map") || name.contains("nginx") {
            Format::Nginx
        } else {
            Format::Redirects
        }
    }
}

/// The table, for a server that answers at the old addresses; `old_base` is the path that these begin with. New addresses
/// are whole, because the new site may stand on another host.
pub fn table(redirects: &[Redirect], format: Format, base: &Base, old_base: &str) -> String {
    let mut text = String::new();
    let rows: Vec<(Old<'_>, String)> = redirects.iter().filter_map(|one| Some((Old::of(one)?, target(&one.to, base)?))).collect();
    match format {
        Format::Redirects => {
            for (old, to) in &rows {
                let _ = match old {
                    Old::Path(path) => writeln!(text, "{old_base}{} {to} 301", encoded(path)),
                    Old::Query(key, value) => writeln!(text, "{old_base}/ {key}={value} {to} 301"),
                };
            }
        }
        Format::Nginx => nginx(&rows, old_base, &mut text),
        Format::Apache => apache(&rows, old_base, &mut text),
    }
    text
}

/// The lines of a site's own `content/_redirects`, whose paths are below the site's root. Each becomes a page, and of two
/// addresses that differ in case alone, which are one on Windows and macOS, only the first can have one.
pub fn lines(redirects: &[Redirect]) -> String {
    let mut text = String::new();
    let mut seen = FxHashSet::default();
    for redirect in redirects {
        let _ = match Old::of(redirect) {
            Some(Old::Path(path)) if !seen.insert(url::fold_case(path)) => Ok(()),
            Some(Old::Path(path)) => writeln!(text, "{} {} 301", encoded(path), encoded(&redirect.to)),
            Some(Old::Query(key, value)) => writeln!(text, "/ {key}={value} {} 301", encoded(&redirect.to)),
            None => Ok(()),
        };
    }
    text
}

/// An old address in its parts.
enum Old<'r> {
    Path(&'r str),
    Query(&'r str, &'r str),
}

impl<'r> Old<'r> {
    /// A query that could mean anything else to a server has no place here.
    fn of(redirect: &'r Redirect) -> Option<Old<'r>> {
        let Some(query) = redirect.from.strip_prefix("/?") else { return Some(Old::Path(&redirect.from)) };
        let (key, value) = query.split_once('=')?;
        let is_good = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        (is_good(key) && is_good(value)).then_some(Old::Query(key, value))
    }
}

fn target(to: &str, base: &Base) -> Option<String> {
    if url::has_scheme(to) {
        return url::is_one_piece(to).then(|| to.to_owned());
    }
    Url::parse(to).ok().map(|url| base.absolute(&url))
}

fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    url::encode_into(path, &mut encoded);
    encoded
}

/// Two maps. In what is looked up a `$` is a `$`; in what is found a variable begins with it, which no way of writing keeps
/// apart, but in an address it can be escaped.
fn nginx(rows: &[(Old<'_>, String)], old_base: &str, text: &mut String) {
    text.push_str(
        "# Put this file beside the server's settings, include it within `http { … }`, and write within `server { … }`:\n\
         #   if ($guidepost_query) { return 301 $guidepost_query; }\n\
         #   if ($guidepost_path) { return 301 $guidepost_path; }\n",
    );
    // A bucket holds one address at least, with some room beside it.
    let longest = rows.iter().map(|(old, _)| if let Old::Path(path) = old { old_base.len() + path.len() } else { 0 }).max();
    let bucket = (longest.unwrap_or(0) + 32).next_power_of_two().max(512);
    let _ = writeln!(text, "map_hash_bucket_size {bucket};\nmap_hash_max_size 65536;\n");
    let quoted = |value: &str| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let is_good = |value: &str| !value.contains(['\n', '\r', '\0']);
    // nginx takes no address twice, and none that it has in other capitals: it looks them up in small letters.
    let mut seen = FxHashSet::default();
    let mut row = |text: &mut String, key: &str, to: &str| {
        if seen.insert(key.to_ascii_lowercase()) {
            let _ = writeln!(text, "    {} {};", quoted(key), quoted(&to.replace('$', "%24")));
        }
    };
    text.push_str("map $uri $guidepost_path {\n");
    for (old, to) in rows {
        if let Old::Path(path) = old
            && is_good(path)
            && is_good(to)
        {
            // `$uri` is decoded.
            let whole = format!("{old_base}{path}");
            row(text, &whole, to);
            if let Some(bare) = whole.strip_suffix('/').filter(|bare| !bare.is_empty()) {
                row(text, bare, to);
            }
        }
    }
    text.push_str("}\n\nmap $args $guidepost_query {\n");
    for (old, to) in rows {
        if let Old::Query(key, value) = old
            && is_good(to)
        {
            row(text, &format!("{key}={value}"), to);
        }
    }
    text.push_str("}\n");
}

fn apache(rows: &[(Old<'_>, String)], old_base: &str, text: &mut String) {
    text.push_str("# For the .htaccess file in the old site's folder, above WordPress's own lines.\nRewriteEngine On\n\n");
    // Between quotes Apache takes every character as it is, and the next quote for the end. `%` and `$` refer to what was
    // matched, unless a backslash stands before them.
    let target = |to: &str| to.replace('\\', "%5C").replace('"', "%22").replace('%', "\\%").replace('$', "\\$");
    for (old, to) in rows {
        if to.contains(['\n', '\r']) {
            continue;
        }
        match old {
            Old::Query(key, value) => {
                let _ = writeln!(text, "RewriteCond %{{QUERY_STRING}} \"^{key}={value}$\"");
                let _ = writeln!(text, "RewriteRule \"^$\" \"{}\" [R=301,L,QSD,NE]", target(to));
            }
            Old::Path(path) if !path.contains(['\n', '\r']) => {
                // In a folder's own file the path begins below that folder, which is where the old blog stood.
                let _ = old_base;
                let pattern = regular(path.trim_matches('/'));
                let _ = writeln!(text, "RewriteRule \"^{pattern}/?$\" \"{}\" [R=301,L,NE]", target(to));
            }
            Old::Path(_) => {}
        }
    }
}

/// A text as a regular expression that matches nothing else, and that has no quotes.
fn regular(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => pattern.push_str(r"\x22"),
            _ if r"\.^$|?*+()[]{}".contains(c) => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_each_form() {
        let rows: Vec<Redirect> = [("/2015/03/é (1)/", "/networking/e/"), ("/?p=12", "/networking/e/"), ("/?p=1\n2", "/x/")]
            .map(|(from, to)| Redirect { from: from.into(), to: to.into() })
            .into();
        let base = Base::parse("https://new.example/site/").unwrap();
        assert_eq!(
            table(&rows, Format::of("_redirects"), &base, "/blog"),
            "/blog/2015/03/%C3%A9%20(1)/ https://new.example/site/networking/e/ 301\n/blog/ p=12 https://new.example/site/networking/e/ 301\n"
        );
        let nginx = table(&rows, Format::of("old.conf"), &base, "/blog");
        assert!(nginx.contains("\n    \"/blog/2015/03/é (1)/\" \"https://new.example/site/networking/e/\";\n"), "{nginx}");
        assert!(nginx.contains("\n    \"p=12\" \"https://new.example/site/networking/e/\";\n"), "{nginx}");
        let apache = table(&rows, Format::of("old.htaccess"), &base, "/blog");
        let rule = "RewriteRule \"^2015/03/é \\(1\\)/?$\" \"https://new.example/site/networking/e/\" [R=301,L,NE]";
        assert!(apache.contains(rule), "{apache}");
        assert_eq!(apache.matches("RewriteCond").count(), 1);
    }

    #[test]
    fn addresses_that_mean_something_to_a_server_or_are_there_twice() {
        let rows: Vec<Redirect> = [
            ("/Files/IMG_1/", "/a/"),
            ("/files/img_1/", "/b/"),
            ("/q\"u$uri/", "/c/"),
            (&format!("/{}/", "long".repeat(150)), "/d/"),
        ]
        .map(|(from, to)| Redirect { from: from.into(), to: to.into() })
        .into();
        let base = Base::parse("https://new.example/").unwrap();
        let nginx = table(&rows, Format::Nginx, &base, "");
        assert_eq!(nginx.to_ascii_lowercase().matches("\"/files/img_1/\"").count(), 1, "nginx refuses a second one: {nginx}");
        assert!(nginx.contains("\n    \"/q\\\"u$uri\" \"https://new.example/c/\";\n"), "{nginx}");
        assert!(nginx.contains("map_hash_bucket_size 1024;"), "{nginx}");
        let apache = table(&rows, Format::Apache, &base, "");
        assert!(apache.contains("RewriteRule \"^q\\x22u\\$uri/?$\" "), "{apache}");
        assert_eq!(apache.matches("RewriteRule").count(), 4);
        assert_eq!(lines(&rows).lines().count(), 3, "two of them would be one page");
    }
}
