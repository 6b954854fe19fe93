//! Lengths and names of fonts as an author may write them, and as they then stand in a style sheet.
//!
//! What is published is put together anew from what was understood, so that no value can reach out of its declaration.
//! Colours have a file of their own.

use super::colour::plain_number;
use crate::diagnostic::{did_you_mean, nearest};

/// Units of length, and how many of each are too many to be meant.
const UNITS: [(&str, f64); 6] = [("rem", 200.0), ("em", 200.0), ("ch", 400.0), ("px", 4_000.0), ("vw", 100.0), ("%", 100.0)];

/// Names that stand for a font of the reader's own.
const GENERIC_FONTS: [&str; 12] = [
    "-apple-system",
    "cursive",
    "fantasy",
    "math",
    "monospace",
    "sans-serif",
    "serif",
    "system-ui",
    "ui-monospace",
    "ui-rounded",
    "ui-sans-serif",
    "ui-serif",
];

/// More fonts than this in a row, or longer names, nobody means.
const MOST_FONTS: usize = 20;
const LONGEST_NAME: usize = 60;

/// A length as it stands in a style sheet, or how to write one.
pub fn length(written: &str) -> Result<String, String> {
    let lower = written.trim().to_ascii_lowercase();
    let unit_at = lower.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(lower.len());
    let (digits, unit) = (&lower[..unit_at], lower[unit_at..].trim());
    let Some(number) = plain_number(digits) else {
        return Err("write a number and its unit, as `36rem`".to_owned());
    };
    let Some((unit, most)) = UNITS.into_iter().find(|(known, _)| *known == unit) else {
        let units = UNITS.map(|(known, _)| known);
        return Err(match unit {
            "" => format!("add the unit, as `{digits}rem`"),
            _ => format!("a length ends with its unit: {}", did_you_mean(unit, units).unwrap_or_default()),
        });
    };
    if number <= 0.0 || number > most {
        return Err(format!("it must be more than 0 and at most {most}{unit}"));
    }
    Ok(format!("{number}{unit}"))
}

/// Names of fonts as they stand in a style sheet, or how to write them.
pub fn fonts(written: &str) -> Result<String, String> {
    let names: Vec<&str> = written.split(',').map(str::trim).collect();
    if names.len() > MOST_FONTS {
        return Err(format!("a browser takes the first font that a reader has: {MOST_FONTS} are more than enough"));
    }
    names.into_iter().map(font).collect::<Result<Vec<_>, _>>().map(|names| names.join(", "))
}

fn font(written: &str) -> Result<String, String> {
    let bare = |quote: char| written.strip_prefix(quote).and_then(|name| name.strip_suffix(quote));
    let is_quoted = bare('"').or_else(|| bare('\''));
    let name = is_quoted.unwrap_or(written).trim();
    let lower = name.to_ascii_lowercase();
    if is_quoted.is_none() && GENERIC_FONTS.contains(&lower.as_str()) {
        return Ok(lower);
    }
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '+' | '&' | '\'');
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(is_name) {
        return Err("write names of fonts with commas between them, as `\"Georgia, serif\"`".to_owned());
    }
    if is_quoted.is_none()
        && let Some(near) = nearest(&lower, GENERIC_FONTS).filter(|near| near.len() > 5)
    {
        return Err(format!("did you mean `{near}`?"));
    }
    Ok(format!("\"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_numbers_with_units() {
        for (written, expected) in [
            ("36rem", Ok("36rem")),
            (" 36.5 REM ", Ok("36.5rem")),
            ("100%", Ok("100%")),
            (".5em", Ok("0.5em")),
            ("36", Err("add the unit, as `36rem`")),
            ("36rm", Err("a length ends with its unit: did you mean `rem`?")),
            ("wide", Err("write a number and its unit, as `36rem`")),
            ("0rem", Err("it must be more than 0 and at most 200rem")),
            ("-1px", Err("it must be more than 0 and at most 4000px")),
            ("99999px", Err("it must be more than 0 and at most 4000px")),
            ("1rem;color:red", Err("a length ends with its unit: it can be `rem`, `em`, `ch`, `px`, `vw` or `%`")),
            ("calc(1rem + 1px)", Err("write a number and its unit, as `36rem`")),
        ] {
            assert_eq!(length(written).as_deref().map_err(String::as_str), expected, "{written}");
        }
    }

    #[test]
    fn fonts_are_names() {
        for (written, expected) in [
            ("Georgia, serif", Ok("\"Georgia\", serif")),
            ("'Segoe UI', \"Noto Sans\",System-UI", Ok("\"Segoe UI\", \"Noto Sans\", system-ui")),
            ("\"serif\"", Ok("\"serif\"")),
            ("Pe\u{f1}a's Hand", Ok("\"Pe\u{f1}a's Hand\"")),
            ("sans serif", Err("did you mean `sans-serif`?")),
            ("Georgia,", Err("write names of fonts with commas between them, as `\"Georgia, serif\"`")),
            ("a;}", Err("write names of fonts with commas between them, as `\"Georgia, serif\"`")),
            ("\"a\\\"", Err("write names of fonts with commas between them, as `\"Georgia, serif\"`")),
            ("url(x)", Err("write names of fonts with commas between them, as `\"Georgia, serif\"`")),
        ] {
            assert_eq!(fonts(written).as_deref().map_err(String::as_str), expected, "{written}");
        }
    }

    proptest! {
        /// No text of an author's ends the quotes, the declaration or the block that it stands in.
        #[test]
        fn nothing_leaves_its_declaration(written in "\\PC{0,40}|[A-Za-z0-9 ,'\";:{}()\\\\/*<-]{0,30}") {
            if let Ok(length) = length(&written) {
                prop_assert!(length.bytes().all(|b| b.is_ascii_alphanumeric() || b".%".contains(&b)), "{length}");
            }
            if let Ok(fonts) = fonts(&written) {
                prop_assert!(!fonts.contains(['\\', ';', '{', '}', '(', ')', '<', '\n', '/', '*']), "{fonts}");
                prop_assert_eq!(fonts.matches('"').count() % 2, 0);
                for (number, outside) in fonts.split('"').enumerate().filter(|(number, _)| number % 2 == 0) {
                    prop_assert!(outside.chars().all(|c| c.is_ascii_lowercase() || " ,-".contains(c)), "{number} {outside}");
                }
            }
        }
    }
}
