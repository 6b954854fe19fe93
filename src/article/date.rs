//! Dates as authors and other generators write them, and as feeds and pages need them.
//!
//! A date without a time is the start of that day, and a time without a zone is local, in the site's time zone.
//! Nothing here asks what time it is now.

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};

/// A moment together with the offset from UTC it was meant in, so that it keeps its calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    instant: Timestamp,
    offset: Offset,
}

/// The forms that [`When::parse`] takes, for messages.
pub const FORMS: &str = "write a date as `2026-11-22`, or with a time as `2026-11-22 10:00` or `2026-11-22T10:00:00-05:00`";

impl When {
    /// Reads a date: `2026-11-22`, `2026-11-22 7:37`, `2026-11-22T10:00:00.5Z`, `2026-11-22 10:00:00 -0500`, `… -5`,
    /// `… UTC`, or seconds (milliseconds from 12 digits on) since 1970. `None` if it is none of these or no such day.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<When> {
        let text = text.trim();
        if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
            let number: i64 = text.parse().ok()?;
            let seconds = if text.len() >= 12 { number / 1000 } else { number };
            return When::in_zone(Timestamp::from_second(seconds).ok()?, zone);
        }
        let (day, rest) = text.split_at_checked(10)?;
        let day = parse_day(day)?;
        let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim();
        if rest.is_empty() {
            return When::in_zone(zone.to_ambiguous_timestamp(day.to_datetime(civil::Time::midnight())).compatible().ok()?, zone);
        }
        let (clock, offset) = split_offset(rest)?;
        let moment = day.to_datetime(parse_clock(clock)?);
        match offset {
            None => When::in_zone(zone.to_ambiguous_timestamp(moment).compatible().ok()?, zone),
            Some(offset) => Some(When { instant: offset.to_timestamp(moment).ok()?, offset }),
        }
    }

    /// A moment in a time zone.
    pub fn in_zone(instant: Timestamp, zone: &TimeZone) -> Option<When> {
        Some(When { instant, offset: zone.to_offset(instant) })
    }

    /// The moment itself.
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// The calendar day it was meant on.
    pub fn day(&self) -> civil::Date {
        self.offset.to_datetime(self.instant).date()
    }

    /// `2026-11-22T10:00:00-05:00`, as RFC 3339 and so Atom, JSON Feed, sitemaps and HTML's `datetime` ask.
    pub fn rfc3339(&self) -> String {
        let local = self.offset.to_datetime(self.instant);
        let (sign, hours, minutes) = offset_parts(self.offset);
        let clock = local.strftime("%Y-%m-%dT%H:%M:%S");
        if hours == 0 && minutes == 0 { format!("{clock}Z") } else { format!("{clock}{sign}{hours:02}:{minutes:02}") }
    }

    /// `Sun, 22 Nov 2026 10:00:00 -0500`, as RFC 822 and so RSS ask.
    pub fn rfc822(&self) -> String {
        let (sign, hours, minutes) = offset_parts(self.offset);
        let local = self.offset.to_datetime(self.instant);
        format!("{} {sign}{hours:02}{minutes:02}", local.strftime("%a, %d %b %Y %H:%M:%S"))
    }
}

/// `2026-11-22`, for people's eyes and for machines: the day of a date in a page is written like this in `datetime`.
pub fn iso_day(day: civil::Date) -> String {
    day.to_string()
}

/// `November 22, 2026`.
pub fn long_day(day: civil::Date) -> String {
    day.strftime("%B %-d, %Y").to_string()
}

fn offset_parts(offset: Offset) -> (char, i32, i32) {
    let seconds = offset.seconds();
    (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

fn parse_day(text: &str) -> Option<civil::Date> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if parts.next().is_some() || year == 0 {
        return None;
    }
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Parts `10:00:00 -0500` into clock and offset; white space between them is free.
fn split_offset(text: &str) -> Option<(&str, Option<Offset>)> {
    let text = text.trim();
    for name in ["Z", "z", "UTC", "GMT"] {
        if let Some(clock) = text.strip_suffix(name) {
            return Some((clock.trim(), Some(Offset::UTC)));
        }
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    let digits = &text[at + 1..];
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    // RFC 3339, which feeds follow, knows no offset of a day or more.
    if hours > 23 || minutes > 59 {
        return None;
    }
    let offset = Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some((text[..at].trim(), Some(offset)))
}

/// `7:37`, `07:37:00`, `07:37:00.123`; a leap second counts as the second before it.
fn parse_clock(text: &str) -> Option<civil::Time> {
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut parts = text.split(':').map(|part| (1..=2).contains(&part.len()).then(|| part.parse::<i8>().ok()).flatten());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() {
        return None;
    }
    civil::Time::new(hour, minute, second.min(59), 0).ok().filter(|_| second <= 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_generator_are_read() {
        let zone = TimeZone::get("America/New_York").unwrap_or(TimeZone::UTC);
        for (text, expected) in [
            ("2017-04-04", "2017-04-04T00:00:00-04:00"),
            ("2009-12-25 10:41:06 +0000", "2009-12-25T10:41:06Z"),
            ("2013-12-02 7:37:00 -0400", "2013-12-02T07:37:00-04:00"),
            ("2020-04-03T20:26:28.000Z", "2020-04-03T20:26:28Z"),
            ("2020-04-03 20:26 -4", "2020-04-03T20:26:00-04:00"),
            ("2020-04-03 20:26 +5:30", "2020-04-03T20:26:00+05:30"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2026-03-08 02:30", "2026-03-08T03:30:00-04:00"),
            ("1491278400", "2017-04-04T00:00:00-04:00"),
            ("1491278400000", "2017-04-04T00:00:00-04:00"),
        ] {
            assert_eq!(When::parse(text, &zone).map(|w| w.rfc3339()).as_deref(), Some(expected), "{text}");
        }
        for bad in
            ["2024-02-30", "2024-01-01 25:00", "04/03/2023", "0000-01-01", "99999-01-01", "tomorrow", "", "2024", "2024-1-1x"]
        {
            assert_eq!(When::parse(bad, &zone), None, "{bad}");
        }
    }
}
