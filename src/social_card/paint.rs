//! Glyphs onto a card: outlines become pixels, and pixels become indexes of mixed colours.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use harfrust::GlyphId;
use harfrust::font::Font;
use harfrust::font::glyph::outline::{DrawMemory, DrawOptions, PathElement};

use super::frame::{Frame, STEPS};
use super::{HEIGHT, WIDTH};

/// A card in the making.
pub struct Canvas<'f> {
    frame: &'f Frame,
    rows: Vec<u8>,
    path: Vec<PathElement>,
    rasterizer: Rasterizer,
}

impl<'f> Canvas<'f> {
    /// A card without words.
    pub fn new(frame: &'f Frame) -> Canvas<'f> {
        Canvas { frame, rows: frame.rows.clone(), path: Vec::new(), rasterizer: Rasterizer::new(0, 0) }
    }

    /// The rows as a PNG file has them.
    pub fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Draws a glyph of a size, whose origin stands at `(x, y)`, in an ink of the frame's.
    pub fn glyph(&mut self, font: &Font, glyph: u32, size: f32, (x, y): (f32, f32), ink: usize) {
        self.path.clear();
        let Some(outline) = font.outline_glyphs().get(GlyphId::new(glyph)) else { return };
        let options = DrawOptions::new().with_ppem(Some(size));
        if outline.draw(&options, DrawMemory::Scratch, &mut self.path).is_err() {
            return;
        }
        let Some((left, top, right, bottom)) = bounds(&self.path, (x, y)) else { return };
        // A font may be wrong. What it draws stays on the card, and costs no more than the card.
        if right - left > WIDTH as f32 || bottom - top > HEIGHT as f32 {
            return;
        }
        self.rasterizer.reset((right - left) as usize, (bottom - top) as usize);
        draw(&mut self.rasterizer, &self.path, |px, py| point(x + px - left, y - py - top));
        let (left, top) = (left as i64, top as i64);
        let (rows, mixed) = (&mut self.rows, &self.frame.mixed[ink]);
        self.rasterizer.for_each_pixel_2d(|px, py, covered| {
            let step = (covered.min(1.0) * STEPS as f32 + 0.5) as usize;
            let (px, py) = (left + i64::from(px), top + i64::from(py));
            if step > 0 && (0..i64::from(WIDTH)).contains(&px) && (0..i64::from(HEIGHT)).contains(&py) {
                // Each row begins with a byte of its own.
                let index = &mut rows[py as usize * (WIDTH as usize + 1) + 1 + px as usize];
                *index = mixed[step - 1][*index as usize];
            }
        });
    }
}

/// The whole pixels that a path touches: left, top, right, bottom. None if it draws nothing, or what is no number.
fn bounds(path: &[PathElement], (x, y): (f32, f32)) -> Option<(f32, f32, f32, f32)> {
    let (mut left, mut top, mut right, mut bottom) = (f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY);
    let mut is_sound = true;
    let mut take = |px: f32, py: f32| {
        let (px, py) = (x + px, y - py);
        is_sound &= px.is_finite() && py.is_finite();
        (left, right) = (left.min(px), right.max(px));
        (top, bottom) = (top.min(py), bottom.max(py));
    };
    for element in path {
        match *element {
            PathElement::MoveTo { x, y } | PathElement::LineTo { x, y } => take(x, y),
            PathElement::QuadTo { cx0, cy0, x, y } => {
                take(cx0, cy0);
                take(x, y);
            }
            PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                take(cx0, cy0);
                take(cx1, cy1);
                take(x, y);
            }
            PathElement::Close => {}
        }
    }
    let touched = (left.floor(), top.floor(), right.ceil() + 1.0, bottom.ceil() + 1.0);
    (is_sound && right > left && bottom > top).then_some(touched)
}

fn draw(rasterizer: &mut Rasterizer, path: &[PathElement], at: impl Fn(f32, f32) -> Point) {
    let (mut start, mut now) = (point(0.0, 0.0), point(0.0, 0.0));
    for element in path {
        let next = match *element {
            PathElement::MoveTo { x, y } => {
                start = at(x, y);
                start
            }
            PathElement::LineTo { x, y } => {
                rasterizer.draw_line(now, at(x, y));
                at(x, y)
            }
            PathElement::QuadTo { cx0, cy0, x, y } => {
                rasterizer.draw_quad(now, at(cx0, cy0), at(x, y));
                at(x, y)
            }
            PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                rasterizer.draw_cubic(now, at(cx0, cy0), at(cx1, cy1), at(x, y));
                at(x, y)
            }
            PathElement::Close => {
                rasterizer.draw_line(now, start);
                start
            }
        };
        now = next;
    }
}
