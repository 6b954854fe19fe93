//! The search tests of the settings, which name articles too.

use super::Move;
use super::edits::Edit;
use super::world::World;
use crate::article::written;
use crate::diagnostic::Diagnostic;
use crate::settings::{SearchGoal, Settings};

/// What changes in the settings' text, so that each test expects the article that it expected.
pub(super) fn edits(text: &str, settings: &Settings, wanted: &Move, old: &World, new: &World) -> Result<Vec<Edit>, Diagnostic> {
    let mut edits = Vec::new();
    for test in &settings.search.tests {
        let (name, now) = match &test.expect {
            SearchGoal::File(path) if wanted.takes(path) => (path.clone(), wanted.path(path).into_owned()),
            SearchGoal::Page(url) => {
                let Some(head) = old.site(0).ids().map(|id| old.site(0).head(id)).find(|head| head.url == *url) else { continue };
                let Some(id) = new.ids[0].get(&*wanted.path(&head.source)) else { continue };
                let now = &new.site(0).head(*id).url;
                if now == url {
                    continue;
                }
                (url.to_string(), now.to_string())
            }
            SearchGoal::File(_) => continue,
        };
        let place = test.expect_place.span.and_then(|span| written::find_value(text, span));
        let edit = place.and_then(|place| {
            let reads = place.reads(text);
            let trimmed = reads.trim_end_matches('/');
            let before = trimmed.strip_suffix(name.trim_end_matches('/'))?;
            Some(Edit { range: place.range.clone(), text: place.with_text(&format!("{before}{now}")) })
        });
        let cannot = || {
            let problem = Diagnostic::error(
                "not-moved",
                format!("the search test that expects `{name}` cannot be rewritten, so nothing was moved"),
            );
            problem.at(test.expect_place.clone()).hint("take the test out, move again, and write it anew")
        };
        edits.push(edit.ok_or_else(cannot)?);
    }
    Ok(edits)
}
