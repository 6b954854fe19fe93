//! What stands round every page: whose site it is, the links of the header, a banner, the foot, and the way to an
//! article's file.
//!
//! Whether the links lead to a page is the plan's business.

use super::{required_text, text, unknown_key, word};
use crate::article::web_address;
use crate::diagnostic::{Diagnostic, Place};
use crate::url::Url;
use crate::yaml::{Node, Value};

/// Whose site it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Its own site.
    pub url: Option<String>,
}

/// A link in the header.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuItem {
    /// Its words.
    pub title: String,
    /// Where it leads.
    pub target: MenuTarget,
    /// Where it stands in the settings.
    pub place: Place,
}

/// Where a link in the header leads.
#[derive(Debug, Clone, PartialEq)]
pub enum MenuTarget {
    /// A page of this site.
    Inside(Url),
    /// An address on the web.
    Outside(String),
}

/// A line above everything, on every page.
#[derive(Debug, Clone, PartialEq)]
pub struct Banner {
    /// What it says.
    pub text: String,
    /// Where it leads: a link of the same words.
    pub link: Option<MenuItem>,
}

/// What a site puts at the foot of every page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Footer {
    /// A sentence or two.
    pub text: Option<String>,
    /// Links, before those that every site has.
    pub links: Vec<MenuItem>,
}

/// The address at which an article's file can be changed, around its path.
#[derive(Debug, Clone, PartialEq)]
pub struct EditLink {
    before: String,
    after: String,
}

/// Where the path of a file stands in `edit_url`.
const PATH: &str = "{path}";

impl EditLink {
    /// The address for a file, by its path from the site's folder.
    pub fn of(&self, file: &str) -> String {
        let mut address = self.before.clone();
        crate::url::encode_into(file, &mut address);
        address.push_str(&self.after);
        address
    }
}

pub(super) fn organization(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Organization>, Diagnostic> {
    if let Value::Text(name) = node.value {
        return Ok(Some(Organization { name: name.clone(), url: None }));
    }
    let mut organization = Organization::default();
    for child in node.children()? {
        let taken = match child.key {
            "name" => required_text(&child).map(|name| organization.name = name),
            "url" => web_address(&child).map(|url| organization.url = url),
            other => Err(unknown_key(&child, other, &["name", "url"])),
        };
        diagnostics.extend(taken.err());
    }
    Ok((!organization.name.is_empty()).then_some(organization))
}

/// `- Networking: /networking/` lines.
pub(super) fn links(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<MenuItem>, Diagnostic> {
    let wrong_type = |entry: &Node<'_>| {
        let hint = "give each link a line of its own: its words, a colon and where it leads";
        entry.wrong_type("`- Title: /address/`").hint(hint)
    };
    let mut items = Vec::new();
    for entry in node.items()? {
        let Value::Map(pairs) = entry.value else { return Err(wrong_type(&entry)) };
        // `- title: Tips` and `url: /tips/` below it, as other generators have it, would be two links.
        if matches!(node.value, Value::List(_)) && pairs.len() > 1 {
            return Err(wrong_type(&entry));
        }
        for (title, target) in pairs {
            let Value::Text(written) = target else { return Err(wrong_type(&entry)) };
            match menu_target(written) {
                Ok(target) => items.push(MenuItem { title: title.clone(), target, place: entry.place() }),
                Err(problem) => diagnostics.push(problem.at(entry.place())),
            }
        }
    }
    Ok(items)
}

fn menu_target(written: &str) -> Result<MenuTarget, Diagnostic> {
    match crate::url::scheme(written).as_deref() {
        Some("http" | "https" | "mailto") if crate::url::is_one_piece(written.trim()) => {
            Ok(MenuTarget::Outside(written.trim().to_owned()))
        }
        Some("http" | "https" | "mailto") => {
            let problem = Diagnostic::error("bad-address", format!("`{written}` has a space or an invisible character in it"));
            Err(problem.hint("a space in an address is written `%20`"))
        }
        _ => Url::parse(written).map(MenuTarget::Inside).map_err(|reason| {
            Diagnostic::error("bad-address", format!("`{written}` cannot be an address of the site: {reason}"))
                .hint("write it from the site's root, as `/offers/`, or whole, as `https://example.org/`")
        }),
    }
}

/// A sentence, or `{ text, url }`.
pub(super) fn banner(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Banner>, Diagnostic> {
    let Value::Map(_) = node.value else {
        return Ok(text(node)?.map(|text| Banner { text, link: None }));
    };
    let (mut words, mut target) = (None, None);
    for child in node.children()? {
        let taken = match child.key {
            "text" => required_text(&child).map(|text| words = Some(text)),
            "url" => target_of(&child).map(|url| target = url.map(|url| (url, child.place()))),
            other => Err(unknown_key(&child, other, &["text", "url"])),
        };
        diagnostics.extend(taken.err());
    }
    let Some(text) = words else {
        let problem = Diagnostic::error("missing-key", "`banner` needs a `text`").at(node.key_place());
        return Err(problem.hint("write what it says, as `banner: The center is closed on Friday.`"));
    };
    let link = target.map(|(target, place)| MenuItem { title: text.clone(), target, place });
    Ok(Some(Banner { text, link }))
}

/// A sentence, or `{ text, links }`.
pub(super) fn footer(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<Footer, Diagnostic> {
    let Value::Map(_) = node.value else { return Ok(Footer { text: text(node)?, links: Vec::new() }) };
    let mut footer = Footer::default();
    for child in node.children()? {
        let taken = match child.key {
            "text" => text(&child).map(|text| footer.text = text),
            "links" => links(&child, diagnostics).map(|links| footer.links = links),
            other => Err(unknown_key(&child, other, &["text", "links"])),
        };
        diagnostics.extend(taken.err());
    }
    Ok(footer)
}

/// An address on the web with `{path}` in it.
pub(super) fn edit_link(node: &Node<'_>) -> Result<Option<EditLink>, Diagnostic> {
    let Some(written) = word(node)? else { return Ok(None) };
    let is_on_the_web = matches!(crate::url::scheme(&written).as_deref(), Some("http" | "https"));
    match written.split_once(PATH) {
        Some((before, after)) if is_on_the_web && crate::url::is_one_piece(&written) => {
            Ok(Some(EditLink { before: before.to_owned(), after: after.to_owned() }))
        }
        _ => {
            let problem = Diagnostic::error("bad-address", "`edit_url` should be a web address with `{path}` in it");
            let hint = "`{path}` stands for the article's file: `https://git.example.edu/advice/edit/main/{path}`";
            Err(problem.at(node.place()).hint(hint))
        }
    }
}

fn target_of(node: &Node<'_>) -> Result<Option<MenuTarget>, Diagnostic> {
    let Some(written) = word(node)? else { return Ok(None) };
    menu_target(&written).map(Some).map_err(|problem| problem.at(node.place()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn parsed(yaml: &str) -> (Settings, Vec<String>) {
        let (settings, problems) = Settings::parse(&format!("title: T\nbase_url: https://example.org/\n{yaml}"));
        let said = problems.iter().map(|p| format!("{} {}", p.place.as_ref().map_or(String::new(), Place::to_string), p.code));
        (settings.unwrap_or_else(|| panic!("{problems:?}")), said.collect())
    }

    #[test]
    fn a_frame_may_be_written_shortly_or_in_full() {
        let (settings, problems) = parsed("banner: Closed on Friday.\nfooter: One sentence.\n");
        assert_eq!(problems, [""; 0]);
        assert_eq!(settings.banner, Some(Banner { text: "Closed on Friday.".into(), link: None }));
        assert_eq!(settings.footer, Footer { text: Some("One sentence.".into()), links: Vec::new() });

        let (settings, problems) = parsed(
            "banner: { text: We have moved, url: /about/ }\nfooter:\n  text: One.\n  links:\n    - Privacy: /privacy/\n    - Elsewhere: https://example.net/\n",
        );
        assert_eq!(problems, [""; 0]);
        let led_to = ["/about/", "/privacy/", "/"].map(|url| Url::parse(url).ok().and_then(|url| settings.led_to_by(&url)));
        assert_eq!(led_to, [Some("banner"), Some("footer"), None]);
        assert_eq!(settings.frame_links().count(), 3);
    }

    #[test]
    fn what_a_frame_cannot_be_is_said_at_its_place() {
        for (yaml, expected) in [
            ("banner: { url: /about/ }", "guidepost.yaml:3:1 missing-key"),
            ("banner: { text: Moved, url: 'javascript:alert(1)' }", "guidepost.yaml:3:30 bad-address"),
            ("banner: { text: Moved, link: /a/ }", "guidepost.yaml:3:24 unknown-key"),
            ("footer: { text: Words, links: [/a/] }", "guidepost.yaml:3:32 wrong-type"),
            ("edit_url: https://git.example.edu/edit/", "guidepost.yaml:3:11 bad-address"),
            ("edit_url: 'javascript:{path}'", "guidepost.yaml:3:11 bad-address"),
        ] {
            assert_eq!(parsed(yaml).1, [expected], "{yaml}");
        }
    }

    #[test]
    fn the_path_in_an_edit_link_is_encoded() {
        let (settings, _) = parsed("edit_url: https://git.example.edu/edit/main/{path}?plain=1\n");
        let address = settings.edit_link.map(|link| link.of("content/a b/ü?#&.md"));
        assert_eq!(address.as_deref(), Some("https://git.example.edu/edit/main/content/a%20b/%C3%BC%3F%23%26.md?plain=1"));
    }
}
