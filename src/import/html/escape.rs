//! Text as Markdown that is read as that text: what would mean something is escaped, and nothing else.

/// So many signs in a row mean nothing to anybody.
const LONG_RUN: usize = 16;

/// Where a text stands, as far as it decides what must be escaped.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// It stands at the beginning of a line of its own.
    pub(super) begins_line: bool,
    /// The line before it belongs to the same paragraph.
    pub(super) follows_line: bool,
    /// It is in the words of a link or picture.
    pub(super) in_brackets: bool,
    /// It is in a table.
    pub(super) in_cell: bool,
    /// Stars, underscores and tildes of this paragraph might mean something: there is more than one.
    pub(super) stars: bool,
    pub(super) underscores: bool,
    pub(super) tildes: bool,
    /// The character before; nothing is white space.
    pub(super) before: Option<char>,
    /// What comes after it in the Markdown.
    pub(super) after: Option<char>,
}

/// Appends a text, which is all on one line.
pub(super) fn escape_into(text: &str, around: &Around, out: &mut String) {
    let mut from = 0;
    if around.begins_line
        && let Some(at) = marker_at(text, around)
    {
        out.push_str(&text[..at]);
        out.push('\\');
        let mut end = at + text[at..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&text[at..end]);
        // Behind a sign that is text, the next of its sort could close what is open.
        let sign = text.as_bytes()[at];
        let run = text.bytes().skip(end).take_while(|byte| *byte == sign).count();
        if matches!(sign, b'*' | b'_' | b'~') {
            out.push_str(&['\\', char::from(sign)].iter().collect::<String>().repeat(run));
            end += run;
        }
        from = end;
    }
    if from == 0 && around.before == Some(']') && text.starts_with(['(', ':', '[']) {
        out.push('\\');
        out.push_str(&text[..1]);
        from = 1;
    }
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|byte| is_special(*byte)) {
        at += found;
        if needs_escape(text, at, around) {
            out.push_str(&text[from..at]);
            out.push('\\');
            from = at;
        }
        at += 1;
    }
    out.push_str(&text[from..]);
}

/// What may have a meaning within a line of Markdown.
pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b'\\' | b'`' | b'*' | b'_' | b'[' | b']' | b'<' | b'&' | b'~' | b'|' | b'!')
}

fn needs_escape(text: &str, at: usize, around: &Around) -> bool {
    let rest = &text[at + 1..];
    let next = rest.chars().next().or(around.after);
    match text.as_bytes()[at] {
        b'`' => true,
        b'\\' => next.is_none_or(|c| c.is_ascii_punctuation()) || rest.is_empty(),
        b'|' => around.in_cell,
        b'[' => around.in_brackets || !is_harmless_bracket(text, at, around),
        b']' => around.in_brackets,
        b'<' => next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) || may_begin_address(rest, around),
        b'&' => begins_reference(rest),
        b'!' => rest.is_empty() && around.after == Some('['),
        sign @ (b'*' | b'_' | b'~') => {
            let may_mean = match sign {
                b'*' => around.stars,
                b'_' => around.underscores,
                _ => around.tildes,
            };
            // Of many signs in a row each is escaped without a look at all the others.
            let is_run = |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| bytes.iter().all(|byte| *byte == sign));
            let bytes = text.as_bytes();
            if is_run(at.checked_sub(LONG_RUN).map(|from| &bytes[from..at])) || is_run(bytes.get(at + 1..at + 1 + LONG_RUN)) {
                return may_mean;
            }
            let sign = sign as char;
            let before = text[..at].trim_end_matches(sign).chars().next_back().or(around.before);
            let after = rest.trim_start_matches(sign).chars().next().or(around.after);
            let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            may_mean && !(is_space(before) && is_space(after)) && !(sign == '_' && is_word(before) && is_word(after))
        }
        _ => false,
    }
}

/// Whether what follows `<` may be the address of an e-mail, which begins with more than letters (CommonMark 0.31, 6.5), or
/// goes on behind this text.
fn may_begin_address(rest: &str, around: &Around) -> bool {
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    rest[..end.unwrap_or(rest.len())].contains('@') || end.is_none() && around.after.is_some_and(|c| !c.is_whitespace())
}

/// Whether a bracket only stands round some words: `[sic]`.
fn is_harmless_bracket(text: &str, at: usize, around: &Around) -> bool {
    let rest = &text[at + 1..];
    let before = text[..at].chars().next_back().or(around.before);
    let Some(end) = rest.find(['[', ']', '`', '\\', '<']).filter(|end| rest.as_bytes()[*end] == b']') else { return false };
    let inner = &rest[..end];
    let after = rest[end + 1..].chars().next().or(around.after);
    let is_box = at == 0 && around.begins_line && matches!(inner, " " | "x" | "X");
    !is_box
        && !inner.trim().is_empty()
        && !inner.starts_with(['^', '!'])
        && !matches!(before, Some('[' | '!' | ']'))
        && !matches!(after, Some('(' | '[' | ':'))
}

/// Whether what follows an `&` makes it a character reference.
fn begins_reference(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    length > 0 && name.as_bytes().get(length) == Some(&b';')
}

/// What at the beginning of a line would make it something other than running text.
fn marker_at(text: &str, around: &Around) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    let ends_at = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let consists_of = |signs: &str| text.chars().all(|c| c == ' ' || signs.contains(c));
    let is_marker = match first {
        b'#' => {
            let count = bytes.iter().take_while(|byte| **byte == b'#').count();
            count <= 6 && ends_at(count)
        }
        b'>' => true,
        b'-' | b'+' | b'*' => ends_at(1) || consists_of(text.get(..1)?) || around.follows_line && consists_of("|:-"),
        b'_' => consists_of("_"),
        b'=' => around.follows_line && consists_of("="),
        b'|' | b':' => around.follows_line && consists_of("|:-"),
        b'~' => text.starts_with("~~~"),
        b'0'..=b'9' => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_one = digits <= 9 && matches!(bytes.get(digits), Some(b'.' | b')')) && ends_at(digits + 1);
            return is_one.then_some(digits);
        }
        _ => false,
    };
    is_marker.then_some(0)
}

/// Appends an address as a link's target.
pub(super) fn address_into(address: &str, out: &mut String) {
    let mut open = 0_usize;
    let is_balanced = address.chars().all(|c| match c {
        '(' => {
            open += 1;
            true
        }
        ')' => match open.checked_sub(1) {
            Some(less) => {
                open = less;
                true
            }
            None => false,
        },
        _ => true,
    }) && open == 0
        && address.matches('(').count() <= 20;
    for (at, c) in address.char_indices() {
        match c {
            c if c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '`' | '|' | '"' | '\\') => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            '(' | ')' if !is_balanced => {
                out.push('\\');
                out.push(c);
            }
            '&' if begins_reference(&address[at + 1..]) => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
}

/// Appends a title of a link or picture, with the space before it.
pub(super) fn title_into(title: &str, out: &mut String) {
    let mut words = title.split(char::is_whitespace).filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return };
    out.push_str(" \"");
    for (index, word) in std::iter::once(first).chain(words).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        for (at, c) in word.char_indices() {
            match c {
                c if crate::html::is_forbidden(c) => {}
                '"' | '\\' | '|' => {
                    out.push('\\');
                    out.push(c);
                }
                '`' => out.push_str("&#96;"),
                '<' => out.push_str("&lt;"),
                '&' if begins_reference(&word[at + 1..]) => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    out.push('"');
}
