//! Writes the articles of a folder as a WordPress export, to measure an import with:
//! `cargo run --release --example wordpress -- CONTENT > export.xml`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use guidepost::article::{self, Fill, ParseOptions};
use guidepost::html::escape_into;
use guidepost::source;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Blog</title><link>https://blog.example</link><language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
"#;

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from).ok_or_else(|| io::Error::other("name the folder of the articles"))?;
    let mut out = BufWriter::new(io::stdout().lock());
    out.write_all(HEAD.as_bytes())?;
    let (sources, _) = source::discover(&folder);
    for (number, file) in sources.iter().enumerate() {
        let (article, _) = article::parse(&file.path, &source::read(&file.location)?, &ParseOptions::default());
        let head = &article.head;
        let html = article.body.html(|fill, html| {
            if let Fill::Href(link) = fill {
                // The corpus links by the addresses of articles, which the blog has as well.
                html.push_str("https://blog.example");
                escape_into(head.links[link as usize].target.as_written(), html);
            }
        });
        let mut title = String::new();
        escape_into(&head.title, &mut title);
        let (section, name) = file.path.trim_end_matches(".md").split_once('/').unwrap_or(("posts", &file.path));
        let day = head.date.as_ref().map_or_else(|| "2020-01-02".to_owned(), |date| date.day().to_string());
        write!(
            out,
            "<item><title>{title}</title><link>https://blog.example/{section}/{name}/</link><dc:creator>maya</dc:creator>\
             <guid isPermaLink=\"false\">https://blog.example/?p={number}</guid><description></description>\
             <content:encoded><![CDATA[{}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>\
             <wp:post_id>{number}</wp:post_id><wp:post_date>{day} 12:00:00</wp:post_date>\
             <wp:post_date_gmt>{day} 12:00:00</wp:post_date_gmt><wp:post_name>{name}</wp:post_name><wp:status>publish</wp:status>\
             <wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order><wp:post_type>post</wp:post_type>\
             <wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky>\
             <category domain=\"category\" nicename=\"{section}\"><![CDATA[{section}]]></category>",
            html.replace("]]>", "]]]]><![CDATA[>")
        )?;
        for tag in &head.tags {
            write!(out, "<category domain=\"post_tag\" nicename=\"{tag}\"><![CDATA[{tag}]]></category>")?;
        }
        out.write_all(b"</item>\n")?;
    }
    out.write_all(b"</channel></rss>\n")
}
