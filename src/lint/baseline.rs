//! A baseline: the findings that a site had when somebody drew a line, so that only new ones are reported.
//!
//! It is a text of one line for each finding, in order, so that versions of it compare well: how often, the file, the
//! code, the message, and the words it is about. No line numbers are in it, so an edit elsewhere in a file changes
//! nothing. Errors are never in one: they fail the build. Reading and writing the file is left to the command.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};

/// How a baseline begins.
const MARK: &str = "# Guidepost baseline";
const COMMENT: &str = "\
: findings that `guidepost check --baseline FILE` passes over.
# `guidepost check --write-baseline FILE` writes it anew. A line that is taken out is reported again.
# One line for each finding: how often, the file, the code, what is wrong, and the words it is about.
";

/// So much of what a finding is about tells it from others.
const LONGEST_SUBJECT: usize = 80;

/// Findings by what stays the same of them, with how often each is there.
#[derive(Debug, Default, PartialEq)]
pub struct Baseline {
    counts: BTreeMap<String, usize>,
}

/// What is left of a site's findings beside a baseline.
#[derive(Debug, Default)]
pub struct Compared {
    /// Findings that are not in it.
    pub new: Vec<Diagnostic>,
    /// How many are.
    pub old: usize,
    /// Lines of it of which nothing is left, or less than they say.
    pub gone: Vec<String>,
}

impl Baseline {
    /// The baseline of these findings. `line` gives the text of the line that a finding is about.
    pub fn of(findings: &[Diagnostic], mut line: impl FnMut(&Place) -> Option<String>) -> Baseline {
        let mut counts = BTreeMap::new();
        for finding in findings.iter().filter(|finding| !finding.is_error()) {
            *counts.entry(key(finding, &mut line)).or_insert(0) += 1;
        }
        Baseline { counts }
    }

    /// Whether a text is a baseline and not something else that happens to stand in the place for one.
    pub fn is_one(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Reads a baseline; gives the number of the first line that is none of its own.
    pub fn parse(text: &str) -> Result<Baseline, usize> {
        let mut counts = BTreeMap::new();
        for (number, line) in text.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (count, key) = line.split_once(' ').ok_or(number + 1)?;
            let count: usize = count.parse().map_err(|_| number + 1)?;
            // After a merge a line may stand there twice.
            counts.entry(key.trim().to_owned()).and_modify(|known: &mut usize| *known = count.max(*known)).or_insert(count);
        }
        Ok(Baseline { counts })
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let lines = self.counts.iter().map(|(key, count)| format!("{count} {key}\n"));
        format!("{MARK}{COMMENT}\n{}", lines.collect::<String>())
    }

    /// How many findings are in it.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Tells old findings from new ones. What is there more often than it was is new as often as it is more.
    pub fn compare(mut self, findings: Vec<Diagnostic>, mut line: impl FnMut(&Place) -> Option<String>) -> Compared {
        let mut compared = Compared::default();
        for finding in findings {
            let left = if finding.is_error() { None } else { self.counts.get_mut(&key(&finding, &mut line)) };
            match left.filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    compared.old += 1;
                }
                None => compared.new.push(finding),
            }
        }
        compared.gone = self.counts.into_iter().filter(|(_, left)| *left > 0).map(|(key, _)| key).collect();
        compared
    }
}

/// What stays the same of a finding when something else in its file changes.
fn key(finding: &Diagnostic, line: &mut impl FnMut(&Place) -> Option<String>) -> String {
    let file = finding.place.as_ref().map_or("", |place| &place.file);
    let subject = finding.place.as_ref().and_then(|place| subject(place, line)).unwrap_or_default();
    let mut key = format!("{file}: {}: {}", finding.code, finding.message);
    if !subject.is_empty() {
        key.push_str(": ");
        key.push_str(&subject);
    }
    let key: String = key.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    key.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words that a finding marks in its line.
fn subject(place: &Place, line: &mut impl FnMut(&Place) -> Option<String>) -> Option<String> {
    let span = place.span?;
    let marked = line(place)?;
    let length = (span.length as usize).min(LONGEST_SUBJECT);
    Some(marked.chars().skip((span.column as usize).saturating_sub(1)).take(length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    fn finding(line: u32, column: u32, length: u32) -> Diagnostic {
        let place = Place::at("content/a b.md", Span { line, column, length });
        Diagnostic::warning("vague-link", "say\nmore").at(place)
    }

    #[test]
    fn a_baseline_survives_its_file_and_edits_elsewhere() {
        let line = |_: &Place| Some("See [here](x) and [here](y).".to_owned());
        let findings = [finding(3, 5, 9), finding(3, 19, 9), finding(3, 19, 9), Diagnostic::error("yaml", "wrong")];
        let baseline = Baseline::of(&findings, line);
        assert_eq!(baseline.len(), 3);
        let text = baseline.text();
        assert!(text.ends_with(
            "\n1 content/a b.md: vague-link: say more: [here](x)\n2 content/a b.md: vague-link: say more: [here](y)\n"
        ));
        assert_eq!(Baseline::parse(&text), Ok(Baseline::of(&findings, line)));
        // Three lines further down, one of the twins gone, a third place new, and the error as ever.
        let later = vec![finding(6, 5, 9), finding(6, 19, 9), finding(6, 1, 3), Diagnostic::error("yaml", "wrong")];
        let compared = baseline.compare(later, line);
        assert_eq!((compared.old, compared.new.len(), compared.gone.len()), (2, 2, 1));
        assert!(compared.gone[0].ends_with("[here](y)"));
    }

    #[test]
    fn what_is_no_baseline_is_told_by_its_line() {
        assert_eq!(Baseline::parse("# Guidepost baseline\n\nmany content/a.md: x: y\n"), Err(3));
        assert_eq!(Baseline::parse("7\n"), Err(1));
        assert!(Baseline::parse("").is_ok_and(|baseline| baseline.is_empty()));
        assert!(!Baseline::is_one("---\ntitle: A\n") && Baseline::is_one(&Baseline::default().text()));
    }
}
