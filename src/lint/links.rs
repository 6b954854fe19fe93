//! Links: whether their words say where they lead, to whoever hears them one after the other.

use rustc_hash::FxHashMap;

use super::reading::Link;
use super::words::bare;
use super::{Remark, Subject, folded};
use crate::article::Written;
use crate::diagnostic::Diagnostic;
use crate::site::{Goal, Site};

/// An address of up to so many characters can be listened to.
const LONGEST_ADDRESS: usize = 60;

/// A link with nothing in it to read out.
pub fn have_words(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let is_silent = |link: &&Link| link.text.is_empty() && link.label.trim().is_empty() && link.written != Written::Name;
    for link in subject.reading.links.iter().filter(is_silent) {
        let (message, hint) = if link.has_picture {
            let message = "nothing is in this link but a picture without words, so nobody hears where it leads";
            (message, "say where the link leads in the words for the picture (WCAG 2.4.4)")
        } else {
            ("this link has no words, so nobody sees or hears it", "write some, or take it out (WCAG 2.4.4)")
        };
        remarks.push((link.at.clone(), Diagnostic::warning("silent-link", message).hint(hint)));
    }
}

/// “Click here”.
pub fn say_where_they_lead(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let Some(words) = subject.words else { return };
    for link in subject.reading.links.iter().filter(|link| link.written != Written::Name) {
        let is_vague = |text: &str| words.vague.contains(&bare(text).as_str());
        // A title that says more is read out by most screen readers.
        let is_explained = !link.label.trim().is_empty() && !is_vague(&link.label);
        if is_vague(&link.text) && !is_explained {
            let message = format!("the words of this link, “{}”, do not say where it leads", link.text);
            let hint = "put the link on the words that name what is there (WCAG 2.4.4)";
            remarks.push((link.at.clone(), Diagnostic::warning("vague-link", message).hint(hint)));
        }
    }
}

/// A long address in the place of words.
pub fn are_not_spelled_out(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for link in &subject.reading.links {
        let is_address = ["http://", "https://", "www."].iter().any(|opening| link.text.starts_with(opening));
        let length = link.text.chars().count();
        if is_address && !link.text.contains(' ') && length > LONGEST_ADDRESS {
            let message = format!("a screen reader spells out all {length} characters of this address, for want of words");
            let hint = "write `[what is there](https://…)` (WCAG 2.4.4)";
            remarks.push((link.at.clone(), Diagnostic::warning("bare-address", message).hint(hint)));
        }
    }
}

/// Links that are called the same and lead to different places.
pub fn lead_where_others_of_their_name_lead(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    let mut seen: FxHashMap<String, &Link> = FxHashMap::default();
    let destinations = Destinations::of(subject);
    for link in subject.reading.links.iter().filter(|link| link.written == Written::Markdown || link.written == Written::Html) {
        // Links with a picture are told apart by it, and vague words are complained of anyway.
        let is_vague = subject.words.is_some_and(|words| words.vague.contains(&bare(&link.text).as_str()));
        if link.text.is_empty() || link.has_picture || is_vague {
            continue;
        }
        let first = *seen.entry(folded(&link.text)).or_insert(link);
        if first.href != link.href && first.label == link.label && destinations.of_link(first) != destinations.of_link(link) {
            let message = format!("“{}” leads to one place here and to another further up", link.text);
            let hint = "say in the words of each what is there (WCAG 2.4.9)";
            remarks.push((link.at.clone(), Diagnostic::note("same-link-text", message).hint(hint)));
        }
    }
}

/// Where the links of an article lead in the end: two spellings of one address are one place.
struct Destinations<'s> {
    site: &'s Site,
    by_path: FxHashMap<&'s str, &'s Goal>,
}

impl<'s> Destinations<'s> {
    fn of(subject: &Subject<'s>) -> Destinations<'s> {
        let written = subject.article.head.links.iter().map(|link| link.target.as_written());
        Destinations { site: subject.site, by_path: written.zip(subject.site.goals(subject.id)).collect() }
    }

    fn of_link(&self, link: &Link) -> String {
        let (path, anchor) = link.href.split_once('#').unwrap_or((&link.href, ""));
        match self.by_path.get(path).filter(|_| !path.is_empty()) {
            Some(Goal::Article(id)) => format!("{}#{anchor}", self.site.head(*id).url),
            Some(Goal::Asset(index)) => self.site.assets[*index].url.to_string(),
            Some(Goal::Address(url)) => format!("{url}#{anchor}"),
            Some(Goal::Nowhere) | None => link.href.clone(),
        }
    }
}
