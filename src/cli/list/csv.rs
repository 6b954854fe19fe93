//! A list for a spreadsheet: RFC 4180, and no cell that a spreadsheet would take for a formula.

use crate::diagnostic::printable;
use crate::plan::inventory::{Cell, Sheet};

/// The list with all its columns, names first.
pub fn text(sheet: &Sheet) -> String {
    let mut text = sheet.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\r\n";
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => field(text),
        Cell::Texts(texts) => field(&texts.join(", ")),
    }
}

/// A text as a field. One that begins like a formula gets an apostrophe before it, which spreadsheets take for “this is
/// text”.
fn field(text: &str) -> String {
    const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let text = printable(text.trim_start_matches('\u{feff}'));
    // What cannot be printed has become `\u{…}` by now; what it stood before may begin a formula all the same.
    let is_formula = text.trim_start_matches(' ').starts_with(BEGINS_FORMULA);
    let text = if is_formula { format!("'{text}") } else { text.into_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_field_and_no_formula() {
        for (text, expected) in [
            ("plain words", "plain words"),
            ("a, b", "\"a, b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            (" +1", "' +1"),
            ("-x", "'-x"),
            ("@sum", "'@sum"),
            ("＝1", "'＝1"),
            ("\u{feff}=1", "'=1"),
            ("two\nlines", "\"two\nlines\""),
            ("a\u{1b}[31m", "a\\u{1b}[31m"),
            ("", ""),
        ] {
            assert_eq!(field(text), expected, "{text}");
        }
        assert_eq!(cell(&Cell::Number(-12)), "-12");
    }
}
