//! Finding in a text what YAML's parser has read from it: the parser gives values without their places.

/// Where a key of a group stands: the next such text that a colon follows.
pub fn find_key(text: &str, key: &str) -> Option<usize> {
    let is_key = |at: &usize| text[at + key.len()..].trim_start_matches(['"', '\'', ' ']).starts_with(':');
    text.match_indices(key).map(|(at, _)| at).find(is_key)
}

/// The next quotation in double quotes, behind the end of the one before: where it begins, and its length with the quotes.
pub fn find_quotation(text: &str) -> Option<(usize, usize)> {
    let end_of_last = usize::from(text.starts_with('"'));
    let at = end_of_last + text[end_of_last..].find('"')?;
    let mut is_escaped = false;
    let end = text[at + 1..].find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    Some((at, end + 2))
}

/// The first stretch between white space, commas and brackets that fits: where it begins, and its length.
pub fn find_token(text: &str, fits: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut at = 0;
    for token in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}')) {
        if fits(token) {
            return Some((at, token.len()));
        }
        at += token.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    None
}
