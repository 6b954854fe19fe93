//! Pictures: that there are words for who cannot see them, and that the words say something.
//!
//! A picture in Markdown without any words is the build's business.

use super::words::{Words, bare};
use super::{Remark, Subject, language, words};
use crate::article::Written;
use crate::diagnostic::Diagnostic;
use crate::site::{At, Finding, Site};

/// `<img>` with neither words nor a sign that none are needed.
pub fn have_words(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for picture in subject.reading.pictures.iter().filter(|picture| picture.written == Written::Html && picture.alt.is_none()) {
        let problem = Diagnostic::warning("no-alt", "this picture has no words for those who cannot see it");
        let hint = "add `alt=\"…\"` with what the picture says, or `alt=\"\"` if it says nothing (WCAG 1.1.1)";
        remarks.push((picture.at.clone(), problem.hint(hint)));
    }
}

/// Words that say nothing.
pub fn have_good_words(subject: &Subject<'_>, remarks: &mut Vec<Remark>) {
    for picture in &subject.reading.pictures {
        let problem = picture.alt.as_deref().and_then(|alt| weakness(alt, subject.words));
        remarks.extend(problem.map(|problem| (picture.at.clone(), problem)));
    }
}

/// The same of the pictures that are named in front matter.
pub fn previews_have_good_words(site: &Site, findings: &mut Vec<Finding>) {
    for article in site.ids() {
        let Some((_, alt)) = &site.head(article).image else { continue };
        let problem = weakness(alt, words::of(language(site, article)));
        findings.extend(problem.map(|diagnostic| Finding { article, at: At::Key("image_alt"), diagnostic }));
    }
}

/// What is wrong with the words for a picture.
fn weakness(alt: &str, words: Option<&Words>) -> Option<Diagnostic> {
    let alt = alt.trim();
    let hint = "say what the picture says, as you would on the telephone (WCAG 1.1.1)";
    if is_file_name(alt) {
        let message = format!("the words for this picture are the name of a file, `{alt}`, which tells nobody what it shows");
        return Some(Diagnostic::warning("weak-alt", message).hint(hint));
    }
    let (said, words) = (bare(alt), words?);
    if words.picture.contains(&said.as_str()) {
        let message = format!("“{alt}” is what every picture is, and does not say what this one shows");
        return Some(Diagnostic::warning("weak-alt", message).hint(hint));
    }
    let beginning = words.picture.iter().find_map(|picture| {
        let rest = said.strip_prefix(picture)?.strip_prefix(' ')?;
        let of = words.of.iter().find(|of| rest.strip_prefix(**of).is_some_and(|rest| rest.starts_with(' ')))?;
        Some(format!("{picture} {of}"))
    })?;
    let message = format!("the words for this picture begin with “{beginning}”, which a screen reader says by itself");
    Some(Diagnostic::note("weak-alt", message).hint("begin with what it shows (WCAG 1.1.1)"))
}

/// `IMG_2041.jpg`, `DSC01234`, `screenshot-2024-05-02`: what a camera or a program calls a file.
fn is_file_name(alt: &str) -> bool {
    const ENDINGS: [&str; 12] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "tif", "tiff", "heic", "ico"];
    const CAMERAS: [&str; 7] = ["img", "dsc", "dscn", "dscf", "pxl", "image", "screenshot"];
    if let Some((name, ending)) = alt.rsplit_once('.')
        && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
    {
        return !name.is_empty() && (!name.contains(' ') || name.contains(['_', '/']));
    }
    let letters = alt.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let rest = &alt[letters.len()..];
    CAMERAS.contains(&letters.as_str())
        && rest.contains(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_told_from_words() {
        for name in
            ["IMG_2041.jpg", "IMG_2041", "DSC01234", "one-page-layout.svg", "screenshot-2024-05-02", "a/b c.png", "image1"]
        {
            assert!(is_file_name(name), "{name}");
        }
        for words in ["A page in four parts", "Save as resume.png", "img", "IMG dental clinic", "2041", ".png", "Form 1040", ""] {
            assert!(!is_file_name(words), "{words}");
        }
    }
}
