//! Search without a server: the index that is made of a site, and asking it.
//!
//! [`words`] says what a word is; [`index`] makes the files that `FORMAT.md` beside them describes; [`query`] answers
//! from those very files, [`meaning`] knowing what a query's words may stand for, as the browser's `search.js` does. Where the files are published is the outputs' business, and
//! what a reader sees of it the theme's.

mod bits;
mod documents;
mod excerpt;
pub mod files;
pub mod index;
mod meaning;
mod postings;
pub mod query;
mod syntax;
mod tally;
mod terms;
mod text;
mod vocabulary;
pub mod words;

pub use excerpt::Part;
