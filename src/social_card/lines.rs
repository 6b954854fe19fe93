//! A text in lines: where they may end, how large they are, and that they are about equally long.
//!
//! Letters come as shaped runs and lengths in parts of the size, so that they are shaped once, whatever the size. Painting is left
//! to others.

use unicode_bidi::{BidiInfo, Level};

use super::fonts::{Run, Shaper, is_part_of_cluster};
use super::frame::Place;
use super::letters::ELLIPSIS;

/// The sizes of a title in pixels, and in how many lines: the first at which it fits is taken.
const SIZES: [(f32, usize); 9] =
    [(116.0, 2), (102.0, 2), (92.0, 3), (84.0, 3), (76.0, 4), (68.0, 4), (60.0, 4), (53.0, 4), (48.0, 5)];
/// From one line to the next, in parts of the size.
pub const LEADING: f32 = 1.16;
/// A place of one line is so much higher than its letters' size.
const LINE_ROOM: f32 = 1.3;

/// A text set: lines at one size.
#[derive(Debug, Default)]
pub struct Text {
    pub size: f32,
    pub lines: Vec<Line>,
    /// Whether the lines begin at the right.
    pub is_rtl: bool,
}

/// A line: runs from left to right, each with its distance from the line's left end, in parts of the size.
#[derive(Debug)]
pub struct Line {
    pub runs: Vec<(f32, Run)>,
    pub width: f32,
}

/// What no line ends within.
#[derive(Debug, Clone)]
struct Piece {
    runs: Vec<(Level, Run)>,
    width: f32,
    /// The space before it, where it does not begin a line.
    space: Option<(Level, f32)>,
}

/// A title in a place: as large as it fits, in as few lines as that takes, and those balanced.
pub fn title(text: &str, place: &Place, shaper: &mut Shaper<'_>) -> Text {
    let smallest = SIZES[SIZES.len() - 1];
    let (mut pieces, is_rtl) = pieces(text, place.width / smallest.0, shaper);
    let widest = pieces.iter().map(|piece| piece.width).fold(0.0, f32::max);
    let fits = |(size, most): &(f32, usize)| {
        let lines = broken(&pieces, place.width / size).len();
        widest * size <= place.width && lines <= *most && lines as f32 * size * LEADING <= place.height
    };
    let (size, most) = SIZES.into_iter().find(fits).unwrap_or(smallest);
    // There is always a line, however low the place.
    let most = most.min((place.height / (size * LEADING)) as usize).max(1);
    let width = place.width / size;
    if broken(&pieces, width).len() > most {
        let lines = broken(&pieces, width);
        let kept: usize = lines.iter().take(most).sum();
        pieces.truncate(kept);
        end_with_ellipsis(&mut pieces, lines.iter().take(most - 1).sum(), width, shaper, is_rtl);
    }
    let narrow = balanced(&pieces, width);
    let lines = in_lines(pieces, narrow);
    Text { size, lines, is_rtl }
}

/// A text in a place of one line, which it may not leave: what is too long ends in an ellipsis.
pub fn one_line(text: &str, place: &Place, shaper: &mut Shaper<'_>) -> Text {
    let size = place.height / LINE_ROOM;
    let width = place.width / size;
    let (mut pieces, is_rtl) = pieces(text, width, shaper);
    if length(&pieces) > width {
        let kept = broken(&pieces, width).first().copied().unwrap_or(0);
        pieces.truncate(kept);
        end_with_ellipsis(&mut pieces, 0, width, shaper, is_rtl);
    }
    Text { size, lines: in_lines(pieces, f32::INFINITY), is_rtl }
}

/// The pieces of a text, none wider than `widest`, and whether it is written from right to left.
fn pieces(text: &str, widest: f32, shaper: &mut Shaper<'_>) -> (Vec<Piece>, bool) {
    let bidi = BidiInfo::new(text, None);
    let is_rtl = bidi.paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl());
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in ends(text) {
        let (mut from, mut space) = (start, None);
        if text[start..end].starts_with(' ') {
            let width = shaper.shape(text, start..start + 1, false).iter().map(|run| run.width).sum();
            (from, space) = (start + 1, Some((bidi.levels[start], width)));
        }
        if from < end {
            let piece = piece(text, from..end, space, &bidi.levels, shaper);
            if piece.width > widest {
                pieces.extend(cut(text, piece, from..end, widest, &bidi.levels, shaper));
            } else {
                pieces.push(piece);
            }
        }
        start = end;
    }
    (pieces, is_rtl)
}

fn piece(
    text: &str,
    range: std::ops::Range<usize>,
    space: Option<(Level, f32)>,
    levels: &[Level],
    shaper: &mut Shaper<'_>,
) -> Piece {
    let mut runs = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let level = levels[start];
        let end = (start..range.end).find(|at| levels[*at] != level).unwrap_or(range.end);
        runs.extend(shaper.shape(text, start..end, level.is_rtl()).into_iter().map(|run| (level, run)));
        start = end;
    }
    let width = runs.iter().map(|(_, run)| run.width).sum();
    Piece { runs, width, space }
}

/// A piece that is too wide, cut between letters.
fn cut(
    text: &str,
    piece: Piece,
    range: std::ops::Range<usize>,
    widest: f32,
    levels: &[Level],
    shaper: &mut Shaper<'_>,
) -> Vec<Piece> {
    let mut glyphs: Vec<(usize, f32)> =
        piece.runs.iter().flat_map(|(_, run)| run.glyphs.iter().map(|glyph| (glyph.start, glyph.advance))).collect();
    glyphs.sort_by_key(|(start, _)| *start);
    let (mut parts, mut start, mut width) = (Vec::new(), range.start, 0.0);
    for (at, advance) in glyphs {
        if width + advance > widest && at > start && text.is_char_boundary(at) {
            parts.push(start..at);
            (start, width) = (at, 0.0);
        }
        width += advance;
    }
    parts.push(start..range.end);
    let mut space = piece.space;
    parts.into_iter().map(|part| self::piece(text, part, space.take(), levels, shaper)).collect()
}

/// Where pieces end: before spaces, after hyphens, and between letters of the scripts that have no spaces.
fn ends(text: &str) -> Vec<usize> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut ends = Vec::new();
    for (i, window) in letters.windows(2).enumerate() {
        let [(_, before), (at, after)] = [window[0], window[1]];
        let next = letters.get(i + 2).map(|(_, letter)| *letter);
        let previous = i.checked_sub(1).map(|i| letters[i].1);
        let may_end = if after == ' ' {
            // A sign that stands apart from its word does not begin a line, nor does one that opens a quotation end it.
            !next.is_some_and(|next| ":;!?»%".contains(next)) && before != '«'
        } else if "-‐–—/_".contains(before) {
            after.is_alphanumeric() && previous.is_some_and(char::is_alphanumeric)
        } else {
            (is_east_asian(before) || is_east_asian(after))
                && before != ' '
                && !opens(before)
                && !closes(after)
                && !is_part_of_cluster(after)
        };
        if may_end {
            ends.push(at);
        }
    }
    ends.push(text.len());
    ends
}

fn is_east_asian(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

fn opens(letter: char) -> bool {
    "(（「『【〈《［｛〔“‘".contains(letter)
}

/// Signs and small kana that no line begins with.
fn closes(letter: char) -> bool {
    ")）」』】〉》］｝〕、。，．！？：；・…‥ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ”’,.!?:;%％".contains(letter)
}

/// How wide pieces are in one line.
fn length(pieces: &[Piece]) -> f32 {
    pieces.iter().enumerate().map(|(i, piece)| piece.width + if i > 0 { piece.space() } else { 0.0 }).sum()
}

/// How many pieces each line takes, if each takes as many as it has room for.
fn broken(pieces: &[Piece], width: f32) -> Vec<usize> {
    let mut lines: Vec<usize> = Vec::new();
    let mut used = f32::INFINITY;
    for piece in pieces {
        let with_it = used + piece.space() + piece.width;
        match lines.last_mut() {
            // What is added up in another order may differ in the last digit.
            Some(count) if with_it <= width * 1.0001 => {
                *count += 1;
                used = with_it;
            }
            _ => {
                lines.push(1);
                used = piece.width;
            }
        }
    }
    lines
}

/// The least width at which there are no more lines than at `width`: so the last is about as long as the others.
fn balanced(pieces: &[Piece], width: f32) -> f32 {
    let lines = broken(pieces, width).len();
    let (mut low, mut high) = (length(pieces) / lines.max(1) as f32 * 0.9, width);
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        let fits = broken(pieces, middle).len() <= lines && pieces.iter().all(|piece| piece.width <= middle);
        (low, high) = if fits { (low, middle) } else { (middle, high) };
    }
    high
}

/// Puts an ellipsis behind the last of these pieces; those that leave no room for it in the line that begins with `first` go.
fn end_with_ellipsis(pieces: &mut Vec<Piece>, first: usize, width: f32, shaper: &mut Shaper<'_>, is_rtl: bool) {
    let sign = ELLIPSIS.to_string();
    let runs = shaper.shape(&sign, 0..sign.len(), is_rtl);
    let sign_width: f32 = runs.iter().map(|run| run.width).sum();
    while pieces.len() > first + 1 && length(&pieces[first..]) + sign_width > width {
        pieces.pop();
    }
    if let Some(last) = pieces.last_mut() {
        let level = if is_rtl { Level::rtl() } else { Level::ltr() };
        last.width += sign_width;
        last.runs.extend(runs.into_iter().map(|run| (level, run)));
    }
}

fn in_lines(pieces: Vec<Piece>, width: f32) -> Vec<Line> {
    let counts = broken(&pieces, width);
    let mut pieces = pieces.into_iter();
    counts.into_iter().map(|count| line(pieces.by_ref().take(count))).collect()
}

/// A line's runs as they stand from left to right.
fn line(pieces: impl Iterator<Item = Piece>) -> Line {
    let mut parts: Vec<(Level, f32, Option<Run>)> = Vec::new();
    for (i, piece) in pieces.enumerate() {
        parts.extend(piece.space.filter(|_| i > 0).map(|(level, width)| (level, width, None)));
        parts.extend(piece.runs.into_iter().map(|(level, run)| (level, run.width, Some(run))));
    }
    let levels: Vec<Level> = parts.iter().map(|(level, ..)| *level).collect();
    let mut runs = Vec::with_capacity(parts.len());
    let mut width = 0.0;
    for index in BidiInfo::reorder_visual(&levels) {
        let (_, part_width, run) = &mut parts[index];
        runs.extend(run.take().map(|run| (width, run)));
        width += *part_width;
    }
    Line { runs, width }
}

impl Piece {
    fn space(&self) -> f32 {
        self.space.map_or(0.0, |(_, width)| width)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::Fonts;
    use super::*;

    const PLACE: Place = Place { x: 0.0, y: 0.0, width: 1056.0, height: 330.0 };

    fn fonts() -> Fonts {
        let font = include_bytes!("../../themes/default/card/Roboto-Bold.ttf");
        Fonts::read(&[font.to_vec()]).unwrap_or_else(|number| panic!("{number}"))
    }

    fn parts(text: &str) -> Vec<&str> {
        let mut start = 0;
        let part = |end: usize| {
            let part = &text[start..end];
            start = end;
            part.trim_start()
        };
        ends(text).into_iter().map(part).collect()
    }

    #[test]
    fn lines_end_where_readers_expect_it() {
        for (text, expected) in [
            ("a bc d", &["a", "bc", "d"][..]),
            ("follow-up e-mail", &["follow-", "up", "e-", "mail"]),
            ("-5 – 7", &["-5", "–", "7"]),
            ("Pourquoi ? « Oui »", &["Pourquoi ?", "« Oui »"]),
            ("5\u{a0}Fragen", &["5\u{a0}Fragen"]),
            ("面试，准备", &["面", "试，", "准", "备"]),
            ("（面）", &["（面）"]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_as_few_as_fit_and_about_equally_long() {
        let fonts = fonts();
        for (text, lines) in [
            ("Résumé tips", 1),
            ("Negotiating a salary offer", 2),
            ("How to ask someone you have never met for an informational interview", 3),
            ("Ask", 1),
        ] {
            let set = title(text, &PLACE, &mut fonts.shaper());
            assert_eq!(set.lines.len(), lines, "{text}");
            let widths = set.lines.iter().map(|line| line.width * set.size);
            let (shortest, longest) = widths.fold((f32::MAX, 0.0_f32), |(low, high), width| (low.min(width), high.max(width)));
            assert!(longest <= PLACE.width && shortest > longest / 2.0, "{text}: {shortest} {longest}");
        }
        let long = title(&"words that go on ".repeat(30), &PLACE, &mut fonts.shaper());
        assert_eq!((long.size, long.lines.len()), (48.0, 5));
        assert!(long.lines.iter().all(|line| line.width * long.size <= PLACE.width));
        let word = title(&"x".repeat(100), &PLACE, &mut fonts.shaper());
        assert!(word.lines.len() > 1 && word.lines.iter().all(|line| line.width * word.size <= PLACE.width * 1.001));
        let foot = Place { height: 44.0, ..PLACE };
        let foot = one_line(&"University of many words ".repeat(9), &foot, &mut fonts.shaper());
        assert!(foot.lines.len() == 1 && foot.lines[0].width * foot.size <= PLACE.width);
    }

    #[test]
    fn what_is_written_from_right_to_left_stands_so() {
        let levels = [Level::rtl(), Level::rtl(), Level::rtl()];
        let run = |id: u32| Run {
            font: 0,
            glyphs: vec![super::super::fonts::Glyph { id, start: 0, advance: 1.0, offset: (0.0, 0.0) }],
            width: 1.0,
        };
        let pieces = levels.iter().zip(1..).map(|(level, id)| Piece {
            runs: vec![(*level, run(id))],
            width: 1.0,
            space: Some((*level, 0.5)),
        });
        let line = line(pieces);
        let order: Vec<(f32, u32)> = line.runs.iter().map(|(from_left, run)| (*from_left, run.glyphs[0].id)).collect();
        assert_eq!((order, line.width), (vec![(0.0, 3), (1.5, 2), (3.0, 1)], 4.0));
    }
}
