//! Articles from elsewhere: exports and pages → Markdown with front matter, and a report of what became of each.
//!
//! Nothing here reads or writes files: whoever calls hands in what was read, and puts down what comes out.

pub mod html;
