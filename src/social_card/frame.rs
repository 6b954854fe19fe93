//! What is the same on all cards of a design: the picture behind the words, where the words go, and in which colours.
//!
//! A designer draws it as an SVG file. It is drawn once, in few colours; then a card is a copy of it in which letters change
//! indexes of colours. Which colour comes of which, where a letter covers so much of it, is worked out beforehand. What the
//! words say is left to others.

use std::collections::BTreeMap;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, ImageKind, Node, Options, Paint, Tree};
use rustc_hash::FxHashMap;

use super::png::Rgb;
use super::{Colours, HEIGHT, WIDTH};

/// The places of the words are the rectangles of these ids.
const PLACES: [&str; 3] = ["eyebrow", "title", "site"];
/// How many steps a letter's edge has, from a touch to full.
pub const STEPS: usize = 15;
/// How many colours of the picture are kept. Whatever else it has becomes the nearest of them.
const MOST_COLOURS: usize = 256 - PLACES.len() * STEPS;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// What a designer drew, read but not drawn yet.
#[derive(Debug)]
pub struct Drawing {
    tree: Tree,
    places: [(Place, Rgb); 3],
}

/// The picture behind the words, and what becomes of its colours.
#[derive(Debug)]
pub struct Frame {
    /// The colours, at most 256.
    pub palette: Vec<Rgb>,
    /// The rows as a PNG file has them: one byte, then an index for each pixel.
    pub rows: Vec<u8>,
    /// By ink, step and index: the index of the colour that comes of it.
    pub mixed: Vec<[[u8; 256]; STEPS]>,
}

impl Drawing {
    /// Reads a drawing. `files` are the theme's, by path: it may show those that are SVG too. If it cannot be a card's, says why.
    pub fn read(svg: &str, colours: &Colours, files: &BTreeMap<String, Vec<u8>>) -> Result<Drawing, String> {
        let parse = |rules: &str| Tree::from_str(svg, &options(rules, files)).map_err(|error| error.to_string());
        let rules: String = colours.named().iter().map(|(name, [r, g, b])| format!(".{name}{{fill:rgb({r},{g},{b})}}")).collect();
        let with_places = parse(&rules)?;
        let mut places = [(Place::default(), [0; 3]); 3];
        for (place, id) in places.iter_mut().zip(PLACES) {
            let shape = with_places.node_by_id(id).and_then(shape_of);
            *place = shape.ok_or_else(|| format!("it has no rectangle of one colour with `id=\"{id}\"`"))?;
        }
        let hidden: String = PLACES.iter().map(|id| format!("#{id}{{display:none}}")).collect();
        Ok(Drawing { tree: parse(&(rules + &hidden))?, places })
    }

    /// Where eyebrow, title and the site's name stand.
    pub fn places(&self) -> [Place; 3] {
        self.places.map(|(place, _)| place)
    }

    /// Draws it.
    pub fn draw(&self) -> Frame {
        let picture = self.pixels();
        let (mut palette, mut rows) = indexed(&picture);
        let steps = self.places.iter().flat_map(|(place, ink)| {
            let paper = palette[commonest(&rows, place)];
            (1..=STEPS).map(move |step| mix(paper, *ink, step))
        });
        let steps: Vec<Rgb> = steps.collect();
        steps.into_iter().for_each(|colour| {
            if !palette.contains(&colour) {
                palette.push(colour);
            }
        });
        let mut known: FxHashMap<Rgb, u8> = FxHashMap::default();
        let mixed = self.places.iter().map(|(_, ink)| {
            let mut tables = [[0; 256]; STEPS];
            for (step, table) in tables.iter_mut().enumerate() {
                for (index, paper) in palette.iter().enumerate() {
                    let colour = mix(*paper, *ink, step + 1);
                    table[index] = *known.entry(colour).or_insert_with(|| nearest(&palette, colour));
                }
            }
            tables
        });
        let mixed = mixed.collect();
        rows.shrink_to_fit();
        Frame { palette, rows, mixed }
    }

    /// The picture in all its colours, on white where it is transparent.
    fn pixels(&self) -> Vec<Rgb> {
        let Some(mut pixmap) = Pixmap::new(WIDTH, HEIGHT) else { return vec![[255; 3]; (WIDTH * HEIGHT) as usize] };
        let size = self.tree.size();
        let (across, down) = (WIDTH as f32 / size.width(), HEIGHT as f32 / size.height());
        resvg::render(&self.tree, Transform::from_scale(across, down), &mut pixmap.as_mut());
        // Their colours come multiplied by how opaque they are.
        let on_white = |pixel: &[u8; 4]| [pixel[0], pixel[1], pixel[2]].map(|part| part.saturating_add(255 - pixel[3]));
        pixmap.data().as_chunks().0.iter().map(on_white).collect()
    }
}

/// `assets/icon.svg` in an `<image>` is the theme's file; nothing comes from elsewhere, and such a file shows no other.
fn options<'f>(rules: &str, files: &'f BTreeMap<String, Vec<u8>>) -> Options<'f> {
    let show = |href: &str, _: &Options<'_>| {
        let alone = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
        let options = Options { image_href_resolver: alone, ..Options::default() };
        Tree::from_data(files.get(href)?, &options).ok().map(ImageKind::SVG)
    };
    let resolver = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(show) };
    Options { style_sheet: Some(rules.to_owned()), image_href_resolver: resolver, ..Options::default() }
}

/// Bounds and colour of a rectangle, or of any shape that stands for one.
fn shape_of(node: &Node) -> Option<(Place, Rgb)> {
    match node {
        Node::Group(group) => group.children().iter().find_map(shape_of),
        Node::Path(path) => {
            let Paint::Color(colour) = path.fill()?.paint() else { return None };
            let bounds = path.abs_bounding_box();
            let place = Place { x: bounds.x(), y: bounds.y(), width: bounds.width(), height: bounds.height() };
            (place.width >= 1.0 && place.height >= 1.0).then_some((place, [colour.red, colour.green, colour.blue]))
        }
        Node::Image(_) | Node::Text(_) => None,
    }
}

/// The same picture in few colours: those that most pixels have, and for all others the nearest of these.
fn indexed(picture: &[Rgb]) -> (Vec<Rgb>, Vec<u8>) {
    let mut counts: FxHashMap<Rgb, usize> = FxHashMap::default();
    for colour in picture {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut counts: Vec<(Rgb, usize)> = counts.into_iter().collect();
    counts.sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then(a.cmp(b)));
    let palette: Vec<Rgb> = counts.iter().take(MOST_COLOURS).map(|(colour, _)| *colour).collect();
    let indexes: FxHashMap<Rgb, u8> = counts.iter().map(|(colour, _)| (*colour, nearest(&palette, *colour))).collect();
    let mut rows = Vec::with_capacity(picture.len() + HEIGHT as usize);
    for row in picture.chunks(WIDTH as usize) {
        rows.push(0);
        rows.extend(row.iter().map(|colour| indexes[colour]));
    }
    (palette, rows)
}

/// The index that most pixels of a place have.
fn commonest(rows: &[u8], place: &Place) -> usize {
    let mut counts = [0_usize; 256];
    let (left, right) = (place.x.max(0.0) as usize, ((place.x + place.width).max(0.0) as usize).min(WIDTH as usize));
    let (top, bottom) = (place.y.max(0.0) as usize, (place.y + place.height).max(0.0) as usize);
    for row in rows.chunks(WIDTH as usize + 1).take(bottom).skip(top) {
        row[1..].iter().take(right).skip(left).for_each(|index| counts[*index as usize] += 1);
    }
    (0..256).rev().max_by_key(|index| counts[*index]).unwrap_or(0)
}

fn mix(paper: Rgb, ink: Rgb, step: usize) -> Rgb {
    let part = |i: usize| (paper[i] as usize * (STEPS - step) + ink[i] as usize * step + STEPS / 2) / STEPS;
    [part(0) as u8, part(1) as u8, part(2) as u8]
}

/// The nearest colour of a palette, and of two the first.
fn nearest(palette: &[Rgb], wanted: Rgb) -> u8 {
    let distance = |colour: &Rgb| -> u32 { (0..3).map(|i| u32::from(colour[i].abs_diff(wanted[i])).pow(2)).sum() };
    palette.iter().enumerate().min_by_key(|(_, colour)| distance(colour)).map_or(0, |(index, _)| index as u8)
}
