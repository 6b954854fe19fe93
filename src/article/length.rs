//! Lengths of time as people write them: `30 min`, `1 h 30 min`, `90 s`.
//!
//! Where one is looked for, and what a number without a unit means there, is left to the callers.

/// Longer than this nothing on an agenda takes, in seconds.
const LONGEST: u32 = 100 * 60 * 60;

/// Units in the languages whose words the search knows, and what one of them has in seconds.
const UNITS: [(u32, &[&str]); 3] = [
    (
        3600,
        &[
            "h",
            "hr",
            "hrs",
            "hour",
            "hours",
            "std",
            "stunde",
            "stunden",
            "hora",
            "horas",
            "heure",
            "heures",
            "ora",
            "ore",
            "uur",
            "uren",
            "ч",
            "час",
            "часа",
            "часов",
        ],
    ),
    (
        60,
        &[
            "m",
            "min",
            "mins",
            "minute",
            "minutes",
            "minuten",
            "minuto",
            "minutos",
            "minuti",
            "minuut",
            "мин",
            "минута",
            "минуты",
            "минут",
            "'",
            "’",
            "′",
        ],
    ),
    (
        1,
        &[
            "s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "seg", "segundo", "segundos", "seconde",
            "secondes", "seconden", "secondo", "secondi", "с", "сек", "″",
        ],
    ),
];

/// What may stand between hours and minutes.
const JOINTS: [&str; 6] = ["and ", "und ", "et ", "y ", "e ", "en "];

/// The seconds in a text that is a length of time from end to end, as `1 h 30 min`, `1.5 hours`, `5'`. A number without a
/// unit counts so many seconds, if any.
pub fn seconds(text: &str, without_unit: Option<u32>) -> Option<u32> {
    let mut total: u32 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = number(rest)?;
        let after = after.trim_start();
        let unit_ends = match after.chars().next() {
            Some(sign @ ('\'' | '’' | '′' | '″')) => sign.len_utf8(),
            _ => after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len()),
        };
        let unit = match after[..unit_ends].to_lowercase().as_str() {
            "" => without_unit?,
            name => UNITS.iter().find(|(_, names)| names.contains(&name))?.0,
        };
        // A number has two digits behind its point, kept as hundredths.
        let seconds = u64::from(number) * u64::from(unit) / 100;
        total = total.checked_add(u32::try_from(seconds).ok()?)?;
        rest = after[unit_ends..].trim_start_matches(['.', ',']).trim_start();
        rest = JOINTS.iter().find_map(|joint| rest.strip_prefix(joint)).unwrap_or(rest);
    }
    Some(total).filter(|total| (1..=LONGEST).contains(total))
}

/// A number in hundredths, and what stands behind it.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole_ends = digits(text);
    let whole: u32 = text[..whole_ends].parse().ok()?;
    let rest = &text[whole_ends..];
    let fraction = rest.strip_prefix(['.', ',']).map(|rest| &rest[..digits(rest)]).filter(|fraction| !fraction.is_empty());
    let hundredths = match fraction {
        None => 0,
        Some(fraction) if fraction.len() == 1 => 10 * fraction.parse::<u32>().ok()?,
        Some(fraction) => fraction[..2].parse().ok()?,
    };
    let ends = whole_ends + fraction.map_or(0, |fraction| 1 + fraction.len());
    Some((whole.checked_mul(100)?.checked_add(hundredths)?, &text[ends..]))
}

/// Seconds as ISO 8601 has them, in hours and less: `PT1H30M`. Calendars and pages take it.
pub fn iso(seconds: u32) -> String {
    let mut text = "PT".to_owned();
    for (amount, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')] {
        if amount > 0 {
            text.push_str(&format!("{amount}{unit}"));
        }
    }
    if seconds == 0 { "PT0S".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, length) in [
            ("5 min", Some(300)),
            ("5 minutes", Some(300)),
            ("1 Minute", Some(60)),
            ("5min.", Some(300)),
            ("5'", Some(300)),
            ("5’", Some(300)),
            ("1 h 30 min", Some(5400)),
            ("1h30m", Some(5400)),
            ("1 hour and 30 minutes", Some(5400)),
            ("1 hour, 5 minutes", Some(3900)),
            ("1.5 h", Some(5400)),
            ("2,5 min", Some(150)),
            ("0.333 h", Some(1188)),
            ("90 s", Some(90)),
            ("1 min 30 sec", Some(90)),
            ("5\u{a0}min", Some(300)),
            ("2 horas y 5 minutos", Some(7500)),
            ("1 Std. 10 Min.", Some(4200)),
            ("5", None),
            ("0 min", None),
            ("101 h", None),
            ("4294967295 h", None),
            ("99999999999 min", None),
            ("5 min or so", None),
            ("about 5 min", None),
            ("5–10 min", None),
            ("5 mining", None),
            ("1:30", None),
            (".5 h", None),
            ("-5 min", None),
            ("five min", None),
            ("min", None),
            ("", None),
        ] {
            assert_eq!(seconds(text, None), length, "{text}");
        }
        assert_eq!(seconds("30", Some(60)), Some(1800));
        assert_eq!(seconds("1 h 30", Some(60)), Some(5400));
    }

    proptest! {
        #[test]
        fn a_length_is_the_one_that_was_written(length in 1_u32..=LONGEST) {
            let (hours, minutes, rest) = (length / 3600, length / 60 % 60, length % 60);
            prop_assert_eq!(seconds(&format!("{hours} h {minutes} min {rest} s"), None), Some(length));
            let unit = |letter: char| match letter { 'H' => "h ", 'M' => "min ", _ => "s " };
            let words: String = iso(length)[2..].chars().map(|c| if c.is_ascii_digit() { c.to_string() } else { unit(c).into() }).collect();
            prop_assert_eq!(seconds(&words, None), Some(length));
        }

        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,30}|[0-9.,hms' ]{0,30}") {
            let _ = seconds(&text, None);
            let _ = seconds(&text, Some(60));
        }
    }
}
