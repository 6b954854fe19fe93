//! Shortcodes (`[gallery ids="1,2"]`) → the HTML that WordPress would have made of them, for those that come with it.
//!
//! Those of plugins and themes stay as the text that they are; their names are told. What has brackets and is no shortcode,
//! as `[sic]`, is left alone. See <https://codex.wordpress.org/Shortcode_API> for how they are written.

use crate::article::shortcode::{Shortcode, Shortcodes, looks_like_one, opening};
use crate::html::escape_into;

/// A picture of a gallery.
pub struct Picture {
    /// Where it is.
    pub address: String,
    /// What it shows, in words.
    pub alt: String,
}

/// Where the pictures of galleries are found.
pub trait Pictures {
    /// An attachment by its number.
    fn by_id(&self, id: u64) -> Option<Picture>;
    /// All pictures that were attached to the article itself.
    fn own(&self) -> Vec<Picture>;
}

/// The text with WordPress's own shortcodes written out. `unknown` is told the names of others.
pub fn expand<'t>(text: &'t str, pictures: &dyn Pictures, unknown: &mut dyn FnMut(&'t str)) -> String {
    let mut html = String::with_capacity(text.len());
    expand_into(text, pictures, unknown, 0, &mut html);
    html
}

/// Shortcodes stand within captions and little else, so a few levels are enough.
const DEEPEST: usize = 4;

fn expand_into<'t>(text: &'t str, pictures: &dyn Pictures, unknown: &mut dyn FnMut(&'t str), depth: usize, html: &mut String) {
    let all = Shortcodes::of(text);
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'[', &text.as_bytes()[from..]).map(|at| from + at) {
        html.push_str(&text[from..at]);
        // `[[gallery]]` is how one writes about a shortcode.
        if text[at + 1..].starts_with('[')
            && let Some(shown) = opening(&text[at + 1..])
            && text[at + 1 + shown.length..].starts_with(']')
        {
            html.push_str(&text[at + 1..at + 1 + shown.length]);
            from = at + shown.length + 2;
            continue;
        }
        if let Some(found) = all.at(at) {
            if depth < DEEPEST && write(&found, pictures, unknown, depth, html) {
                from = at + found.length;
                continue;
            }
            if looks_like_one(&found) {
                unknown(found.name);
            }
        }
        html.push('[');
        from = at + 1;
    }
    html.push_str(&text[from..]);
}

/// Writes a shortcode out, if it is one that comes with WordPress.
fn write<'t>(
    found: &Shortcode<'t>,
    pictures: &dyn Pictures,
    unknown: &mut dyn FnMut(&'t str),
    depth: usize,
    html: &mut String,
) -> bool {
    match found.name {
        "caption" | "wp_caption" => {
            let Some(content) = found.content else { return false };
            let picture_end = end_of_picture(content);
            html.push_str("\n\n<figure>");
            expand_into(&content[..picture_end], pictures, unknown, depth + 1, html);
            let caption = found.attribute("caption").unwrap_or(content[picture_end..].trim());
            if !caption.is_empty() {
                html.push_str("<figcaption>");
                expand_into(caption, pictures, unknown, depth + 1, html);
                html.push_str("</figcaption>");
            }
            html.push_str("</figure>\n\n");
        }
        "gallery" | "playlist" => {
            let numbers = found.attribute("ids").or_else(|| found.attribute("include"));
            let shown: Vec<Picture> = match numbers {
                Some(ids) => ids.split(',').filter_map(|id| pictures.by_id(id.trim().parse().ok()?)).collect(),
                None => pictures.own(),
            };
            html.push_str("\n\n");
            for picture in shown {
                html.push_str("<p><img src=\"");
                escape_into(&picture.address, html);
                html.push_str("\" alt=\"");
                escape_into(&picture.alt, html);
                html.push_str("\"></p>");
            }
            html.push_str("\n\n");
        }
        "embed" | "youtube" | "vimeo" | "dailymotion" | "soundcloud" | "ted" | "googlemaps" | "tweet" | "instagram" | "audio"
        | "video" => {
            const NAMES: [&str; 9] = ["src", "url", "mp3", "mp4", "m4a", "ogg", "m4v", "webm", "tweet"];
            match found.address(&NAMES) {
                Some(address) => {
                    html.push_str("\n\n<iframe src=\"");
                    escape_into(&crate::html::references::decode(address), html);
                    html.push_str("\"></iframe>\n\n");
                }
                None => return false,
            }
        }
        "code" | "sourcecode" => {
            let Some(content) = found.content else { return false };
            let language = found.attribute("language").or_else(|| found.attribute("lang")).unwrap_or("");
            html.push_str("\n\n<pre><code class=\"language-");
            escape_into(language, html);
            html.push_str("\">");
            // Within, `<` is a letter, unless it was written as a reference already.
            html.push_str(&content.trim_matches('\n').replace('<', "&lt;"));
            html.push_str("</code></pre>\n\n");
        }
        _ => return false,
    }
    true
}

/// Where the picture of a caption ends: after its tag, or the link round it.
fn end_of_picture(content: &str) -> usize {
    let Some(image) = content.find("<img") else { return 0 };
    let Some(end) = content[image..].find('>').map(|end| image + end + 1) else { return content.len() };
    let rest = &content[end..];
    let gap = rest.len() - rest.trim_start().len();
    if rest[gap..].starts_with("</a>") { end + gap + "</a>".len() } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    impl Pictures for Two {
        fn by_id(&self, id: u64) -> Option<Picture> {
            (id < 3).then(|| Picture { address: format!("/{id}.jpg"), alt: format!("\"{id}\"") })
        }

        fn own(&self) -> Vec<Picture> {
            self.by_id(1).into_iter().collect()
        }
    }

    fn expanded(text: &str) -> (String, Vec<&str>) {
        let mut unknown = Vec::new();
        let html = expand(text, &Two, &mut |name| unknown.push(name));
        (html.trim().to_owned(), unknown)
    }

    #[test]
    fn wordpress_s_own_are_written_out() {
        for (text, html) in [
            (
                r#"[caption id="a" width="3"]<a href="x"><img src="y" /></a> A <em>fair</em>[/caption]"#,
                r#"<figure><a href="x"><img src="y" /></a><figcaption>A <em>fair</em></figcaption></figure>"#,
            ),
            (
                r#"[caption caption="A fair"]<img src="y">[/caption]"#,
                r#"<figure><img src="y"><figcaption>A fair</figcaption></figure>"#,
            ),
            (
                r#"[gallery ids="1, 2,7" columns=3]"#,
                r#"<p><img src="/1.jpg" alt="&quot;1&quot;"></p><p><img src="/2.jpg" alt="&quot;2&quot;"></p>"#,
            ),
            ("[gallery]", r#"<p><img src="/1.jpg" alt="&quot;1&quot;"></p>"#),
            ("[embed]https://e.org/v?a=1&amp;b[/embed]", r#"<iframe src="https://e.org/v?a=1&amp;b"></iframe>"#),
            ("[youtube=https://e.org/v]", r#"<iframe src="https://e.org/v"></iframe>"#),
            (r#"[audio mp3="https://e.org/a.mp3"][/audio]"#, r#"<iframe src="https://e.org/a.mp3"></iframe>"#),
            ("[code lang=\"php\"]\na <b\n[/code]", "<pre><code class=\"language-php\">a &lt;b</code></pre>"),
            ("Write [[gallery]] or [[gallery ids='1']].", "Write [gallery] or [gallery ids='1']."),
        ] {
            assert_eq!(expanded(text), (html.to_owned(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn others_stay_and_are_told_but_remarks_are_not() {
        for (text, unknown) in [
            (r#"[contact-form-7 id="12" title="Ask"]"#, &["contact-form-7"][..]),
            ("[box]text[/box] [su_button]", &["box", "su_button"]),
            ("[toc] [x /]", &["toc", "x"]),
            ("[sic] [Update: closed] [1] [see page 3] [] [", &[]),
            ("[caption]", &[]),
        ] {
            assert_eq!(expanded(text), (text.to_owned(), unknown.to_vec()), "{text}");
        }
    }

    #[test]
    fn brackets_without_end_take_no_time() {
        let text = "[a [b=\"".repeat(100_000);
        assert_eq!(expanded(&text).0, text.trim());
    }
}
