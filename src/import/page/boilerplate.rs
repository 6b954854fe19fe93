//! What blogs put round every article, in words: forms for comments, buttons to share. And the line that says where a version of
//! the article appeared.
//!
//! Only whole paragraphs go that say nothing else, so that no sentence of the author's is lost.

use crate::import::article::{AppearedIn, NewArticle};

/// With one of these the article is over, and the form for comments begins.
const END: [&str; 10] = [
    "leave a reply",
    "leave a comment",
    "leave a reply cancel reply",
    "cancel reply",
    "post a comment",
    "add a comment",
    "you must be logged in to post a comment",
    "fill in your details below or click an icon to log in",
    "enter your comment here",
    "your email address will not be published",
];

/// These stand alone where a button was.
const BUTTONS: [&str; 22] = [
    "share this",
    "like this",
    "like",
    "loading",
    "like loading",
    "tweet",
    "share",
    "print",
    "email",
    "facebook",
    "twitter",
    "linkedin",
    "pinterest",
    "whatsapp",
    "reddit",
    "tumblr",
    "advertisements",
    "advertisement",
    "report this ad",
    "skip to content",
    "share on facebook",
    "more",
];

/// Buttons that name what they do.
const BEGINNINGS: [&str; 5] =
    ["click to share on ", "click to print", "click to email ", "you are commenting using your ", "be the first to like this"];

/// The paragraphs of the article itself.
pub fn strip(paragraphs: Vec<String>) -> Vec<String> {
    let mut kept = Vec::with_capacity(paragraphs.len());
    for paragraph in paragraphs {
        let words = bare(&paragraph);
        // The form comes last: a heading of this name at the very beginning is the article's.
        if !kept.is_empty() && END.iter().any(|end| words == *end || is_form(&words, end)) {
            break;
        }
        if words.is_empty() && !paragraph.chars().any(|c| !c.is_whitespace()) {
            continue;
        }
        let is_button = BUTTONS.contains(&words.as_str()) || BEGINNINGS.iter().any(|beginning| words.starts_with(beginning));
        // A button is a line, or a list of lines with little in each.
        let lines: Vec<String> = paragraph.lines().map(bare).collect();
        let are_buttons = lines.len() > 1
            && lines.iter().all(|line| BUTTONS.contains(&line.as_str()) || BEGINNINGS.iter().any(|b| line.starts_with(b)));
        if !is_button && !are_buttons {
            kept.push(paragraph);
        }
    }
    kept
}

/// The form's own sentences go on after their beginning.
fn is_form(words: &str, end: &str) -> bool {
    end.len() > 25 && words.starts_with(end)
}

/// A paragraph's words in small letters, without the signs of Markdown and what ends a line.
fn bare(paragraph: &str) -> String {
    let inner =
        paragraph.trim().trim_start_matches(['#', '*', '-', '>', '_', ' ']).trim_end_matches(['*', '_', ' ', ':', '.', '…', '!']);
    // `[Tweet](https://…)` is a button as well.
    let inner = match (inner.strip_prefix('['), inner.split_once("](")) {
        (Some(_), Some((label, rest))) if rest.ends_with(')') && !rest[..rest.len() - 1].contains([')', ' ']) => &label[1..],
        _ => inner,
    };
    inner.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Takes the paragraph that says where a version of the article appeared, and writes it down as a fact.
pub fn take_appearance(paragraphs: &mut Vec<String>, article: &mut NewArticle) {
    const BEGINNINGS: [&str; 4] = [
        "a version of this article appeared in ",
        "this article appeared in ",
        "this article originally appeared in ",
        "a version of this post appeared in ",
    ];
    let found = paragraphs.iter().rposition(|paragraph| {
        let words = unmarked(paragraph).to_lowercase();
        BEGINNINGS.iter().any(|beginning| words.starts_with(beginning)) && paragraph.chars().count() < 300
    });
    let Some(at) = found else { return };
    let sentence = unmarked(&paragraphs.remove(at));
    // Letters of one length in both cases: the beginnings are plain English.
    let length = BEGINNINGS.iter().find(|b| sentence.to_lowercase().starts_with(**b)).map_or(0, |b| b.len());
    let place = sentence.get(length..).unwrap_or("").trim().trim_end_matches('.').trim();
    let place = place.strip_prefix("the ").filter(|rest| rest.contains("edition")).unwrap_or(place);
    article.appeared_in = Some(appearance(place));
}

/// `Tuesday, April 4th print edition`; `The Daily Beacon on April 4, 2017`; `print on April 4, 2017, in the Boston edition`.
fn appearance(place: &str) -> AppearedIn {
    if let Some((publication, date)) = place.rsplit_once(" on ")
        && let Some(date) = day(date)
    {
        return AppearedIn { publication: publication.trim_end_matches(',').to_owned(), date, ..AppearedIn::default() };
    }
    if place.contains("edition") {
        return AppearedIn { edition: place.to_owned(), ..AppearedIn::default() };
    }
    AppearedIn { publication: place.to_owned(), ..AppearedIn::default() }
}

/// `April 4, 2017` or `2017-04-04`.
fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let read = |form| jiff::civil::Date::strptime(form, text).ok();
    let day = ["%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%Y-%m-%d"].into_iter().find_map(read)?;
    Some(day.to_string())
}

/// A paragraph without emphasis round it.
fn unmarked(paragraph: &str) -> String {
    let plain: String = paragraph.chars().filter(|c| !matches!(c, '*' | '_' | '\\')).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(paragraphs: &[&str]) -> Vec<String> {
        strip(paragraphs.iter().map(|paragraph| (*paragraph).to_owned()).collect())
    }

    #[test]
    fn buttons_go_and_the_form_ends_the_article() {
        let text = [
            "Share your plans with a friend.",
            "**Share this:**",
            "- [Twitter](https://x.example/)\n- Print",
            "Like Loading...",
            "The end.",
            "### Leave a Reply",
            "Fill in your details",
        ];
        assert_eq!(stripped(&text), ["Share your plans with a friend.", "The end."]);
        assert_eq!(stripped(&["Leave a reply", "within a day."]), ["Leave a reply", "within a day."]);
    }

    #[test]
    fn where_it_appeared_is_a_fact() {
        for (sentence, publication, date, edition) in [
            (
                "A version of this article appeared in the Tuesday, April 4th print edition.",
                "",
                "",
                "Tuesday, April 4th print edition",
            ),
            ("*This article originally appeared in The Daily Beacon on April 4, 2017.*", "The Daily Beacon", "2017-04-04", ""),
            ("This article appeared in Campus News.", "Campus News", "", ""),
        ] {
            let mut paragraphs = vec!["Text.".to_owned(), sentence.to_owned()];
            let mut article = NewArticle::default();
            take_appearance(&mut paragraphs, &mut article);
            let expected = AppearedIn { publication: publication.into(), date: date.into(), edition: edition.into() };
            assert_eq!((paragraphs, article.appeared_in), (vec!["Text.".to_owned()], Some(expected)));
        }
    }
}
