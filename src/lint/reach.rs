//! Articles among the others: whether anything leads to them, and whether anybody looks at them again.

use crate::diagnostic::Diagnostic;
use crate::site::{ArticleId, At, Finding, Site};

/// Articles that readers find in lists only.
pub fn somebody_leads_there(site: &Site, findings: &mut Vec<Finding>) {
    let is_orphan = |id: &ArticleId| !site.is_led_to(*id) && site.series_of(*id).is_none() && !site.is_section_page(*id);
    for article in site.ids().filter(is_orphan) {
        let message = "no article leads to this one: only lists and the search do";
        let hint = "link to it where a reader would want it next, or put it into a `series`";
        findings.push(Finding { article, at: At::Key("title"), diagnostic: Diagnostic::note("orphan", message).hint(hint) });
    }
}

/// Fewer articles with a date are no custom of the site's.
const FEWEST: usize = 5;

/// Articles without a date of review, where most have one.
pub fn somebody_reviews(site: &Site, findings: &mut Vec<Finding>) {
    let (dated, undated): (Vec<ArticleId>, Vec<ArticleId>) =
        site.ids().filter(|id| !site.is_section_page(*id)).partition(|id| site.head(*id).review_by.is_some());
    if dated.len() < FEWEST || dated.len() <= undated.len() {
        return;
    }
    for article in undated {
        let problem =
            Diagnostic::note("no-review", "most articles here say when they must be looked at again, and this one does not");
        let hint = "add `review_by:` and the day by which its advice may have changed";
        findings.push(Finding { article, at: At::Key("title"), diagnostic: problem.hint(hint) });
    }
}
