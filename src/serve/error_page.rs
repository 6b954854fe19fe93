//! The server's own pages, shown where the site has none to show: what is wrong, as text. They load themselves again when
//! that changes.

use super::problem::Problem;
use crate::html::escape_into;

/// How many problems are listed; the rest is counted.
pub const MOST_LISTED: usize = 10;

/// There is no site yet.
pub fn unready(problems: &[Problem]) -> String {
    let lead = "Something in the site’s files keeps it from being made. This page shows the site as soon as that is mended.";
    page("The site cannot be shown yet", lead, problems)
}

/// There is a page that cannot be made.
pub fn failed(problem: &Problem) -> String {
    let lead = "Something in the site’s files is in its way. It is shown here as soon as that is mended.";
    page("This page cannot be made", lead, std::slice::from_ref(problem))
}

/// Nothing stands at an address, and the site has no page that says so.
pub fn not_found(base: &str) -> String {
    let mut home = String::new();
    escape_into(base, &mut home);
    let lead = format!("The site begins at <a href=\"{home}\">{home}</a>.");
    frame("There is nothing at this address", &lead, "")
}

fn page(title: &str, lead: &str, problems: &[Problem]) -> String {
    let mut list = String::from("<ol class=\"problems\">\n");
    for problem in problems.iter().take(MOST_LISTED) {
        add(problem, &mut list);
    }
    list.push_str("</ol>\n");
    if problems.len() > MOST_LISTED {
        list.push_str(&format!("<p>and {} more</p>\n", problems.len() - MOST_LISTED));
    }
    frame(title, lead, &list)
}

fn frame(title: &str, lead: &str, rest: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/.guidepost/live.css\">\n</head>\n\
         <body class=\"page\">\n<main>\n<h1>{title}</h1>\n<p>{lead}</p>\n{rest}</main>\n</body>\n</html>\n"
    )
}

fn add(problem: &Problem, list: &mut String) {
    let mut element = |open: &str, text: &str, close: &str| {
        list.push_str(open);
        escape_into(text, list);
        list.push_str(close);
    };
    element("<li>\n<p class=\"message\">", &problem.message, "</p>\n");
    if let Some(place) = problem.place() {
        element("<p class=\"place\">", &place, "</p>\n");
    }
    if let Some(excerpt) = &problem.excerpt {
        element("<pre>", &excerpt.before, "<mark>");
        // A place at the end of a line is shown as one, too.
        element("", if excerpt.marked.is_empty() { " " } else { &excerpt.marked }, "</mark>");
        element("", &excerpt.after, "</pre>\n");
    }
    if let Some(hint) = &problem.hint {
        element("<p class=\"hint\">help: ", hint, "</p>\n");
    }
    element("<p class=\"more\"><code>guidepost explain ", problem.code, "</code> says more</p>\n</li>\n");
}
