//! A list for a terminal: columns of even width, cut where the terminal ends.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostic::printable;
use crate::plan::inventory::{Cell, Sheet, Shown};

/// Between two columns.
const GAP: &str = "  ";
/// The columns that may be cut, the first first, and the fewest letters that still say something.
const MAY_BE_CUT: [(&str, usize); 5] = [("tags", 8), ("title", 20), ("owner", 8), ("file", 24), ("title", 8)];

/// The list, its names first, in so many columns of letters; nothing if there are no rows.
pub fn text(sheet: &Sheet, width: Option<usize>) -> String {
    if sheet.rows.is_empty() {
        return String::new();
    }
    let shown: Vec<usize> = (0..sheet.columns.len()).filter(|&i| sheet.columns[i].shown == Shown::Always).collect();
    let names: Vec<&str> = shown.iter().map(|&i| sheet.columns[i].name).collect();
    let mut lines: Vec<Vec<String>> = vec![names.iter().map(|name| name.replace('_', " ").to_uppercase()).collect()];
    lines.extend(sheet.rows.iter().map(|row| shown.iter().map(|&i| words(&row[i])).collect()));
    let is_number = |column: usize| sheet.rows.iter().any(|row| matches!(row[shown[column]], Cell::Number(_)));
    let mut widths: Vec<usize> =
        (0..names.len()).map(|column| lines.iter().map(|line| line[column].width()).max().unwrap_or(0)).collect();
    if let Some(width) = width {
        fit(&names, &mut widths, width);
    }
    let mut text = String::new();
    for line in &lines {
        let mut cells = Vec::with_capacity(line.len());
        for (column, cell) in line.iter().enumerate() {
            let cell = cut(cell, widths[column]);
            let padding = " ".repeat(widths[column].saturating_sub(cell.width()));
            cells.push(if is_number(column) { format!("{padding}{cell}") } else { format!("{cell}{padding}") });
        }
        text.push_str(cells.join(GAP).trim_end());
        text.push('\n');
    }
    text
}

/// Makes columns narrower until they fit, as far as they may be.
fn fit(names: &[&str], widths: &mut [usize], width: usize) {
    for (name, fewest) in MAY_BE_CUT {
        let total = widths.iter().sum::<usize>() + GAP.len() * (widths.len() - 1);
        let Some(column) = names.iter().position(|column| *column == name) else { continue };
        let room = widths[column].saturating_sub(total.saturating_sub(width));
        widths[column] = room.max(fewest.min(widths[column]));
    }
}

fn words(cell: &Cell) -> String {
    let text = match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Texts(texts) => texts.join(", "),
    };
    printable(&text).replace('\n', "\\n")
}

/// A text of at most so many columns of letters; what is cut ends with `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 0;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken >= width {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::inventory::Column;

    fn sheet() -> Sheet {
        let column = |name| Column { name, shown: Shown::Always };
        let text = |text: &str| Cell::Text(text.to_owned());
        Sheet {
            columns: vec![column("title"), column("words"), Column { name: "url", shown: Shown::InFull }, column("file")],
            rows: vec![
                vec![text("面接の前に聞くべき質問とその答え方について"), Cell::Number(7), text("x"), text("content/a.md")],
                vec![text("Résumé \u{1b}[31m and\nmore words than fit"), Cell::Number(1234), text("y"), text("content/b.md")],
            ],
        }
    }

    #[test]
    fn columns_are_even_whatever_the_script() {
        let text = text(&sheet(), None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        let before_file = |line: &str| line.rfind("  ").map(|at| line[..at].width());
        assert_eq!(before_file(lines[0]), before_file(lines[1]));
        assert_eq!(before_file(lines[1]), before_file(lines[2]));
        assert!(text.contains("\\u{1b}[31m and\\nmore") && !text.contains("URL"), "{text}");
    }

    #[test]
    fn a_table_fits_its_terminal() {
        for width in [48, 60, 80] {
            let text = text(&sheet(), Some(width));
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}");
                assert!(line.ends_with(".md") || line.ends_with("FILE"), "the file is cut first: {line}");
            }
        }
        assert_eq!(cut("面接の前", 5), "面接…");
        assert_eq!(cut("Résumé", 6), "Résumé");
    }
}
