//! A colour: read from what an author wrote, shown as `#rrggbb`, held against another, made lighter or darker.
//!
//! Whatever way a colour was written, what is published is red, green and blue in hexadecimal digits, so that nothing of
//! what an author wrote reaches the style sheet. Which colours a theme has is left to `look`.

mod names;

use self::names::NAMES;
use crate::diagnostic::nearest;

/// A colour of a screen, in steps from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
    /// 255 hides what is behind it.
    alpha: u8,
}

/// Lightness from 0 to 1, and how far towards red and yellow: Oklab, in which the same step looks the same everywhere.
#[derive(Debug, Clone, Copy)]
struct Lab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl Colour {
    /// Reads `#abc`, `#abcd`, `#aabbcc`, `#aabbccdd`, a name, `rgb(…)`, `hsl(…)` or `oklch(…)`. What is none of these is
    /// told with what may have been meant.
    pub fn parse(written: &str) -> Result<Colour, Option<String>> {
        let written = written.trim().to_ascii_lowercase();
        if let Some(digits) = written.strip_prefix('#') {
            return hex(digits).ok_or(Some("after `#` stand 3, 4, 6 or 8 digits from 0 to 9 and a to f".to_owned()));
        }
        if let Some((function, rest)) = written.split_once('(') {
            return rest.strip_suffix(')').and_then(|inside| function_of(function.trim_end(), inside)).ok_or_else(|| {
                let example = match function {
                    "hsl" | "hsla" => "hsl(340 52% 30%)",
                    "oklch" => "oklch(40% 0.1 350)",
                    _ => "rgb(122 31 61)",
                };
                Some(format!("write it as `{example}`"))
            });
        }
        if let Ok(at) = NAMES.binary_search_by_key(&written.as_str(), |(name, _)| name) {
            return Ok(Colour::opaque(NAMES[at].1));
        }
        if hex(&written).is_some() {
            return Err(Some(format!("put `#` before it and quotes round it: `\"#{written}\"`")));
        }
        Err(nearest(&written, NAMES.iter().map(|(name, _)| *name)).map(|near| format!("did you mean `{near}`?")))
    }

    fn opaque(rgb: u32) -> Colour {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Colour { red, green, blue, alpha: 255 }
    }

    /// `#rrggbb`, with two digits more if it does not hide what is behind it.
    pub fn hex(self) -> String {
        let Colour { red, green, blue, alpha } = self;
        let rgb = format!("#{red:02x}{green:02x}{blue:02x}");
        if alpha == 255 { rgb } else { format!("{rgb}{alpha:02x}") }
    }

    /// Red, green and blue, whatever is behind it.
    pub fn rgb(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// This colour before another one, which shines through as far as this one lets it.
    pub fn over(self, ground: Colour) -> Colour {
        let alpha = f64::from(self.alpha) / 255.0;
        let mix = |own: u8, ground: u8| step((f64::from(own) * alpha + f64::from(ground) * (1.0 - alpha)) / 255.0);
        let [red, green, blue] = [mix(self.red, ground.red), mix(self.green, ground.green), mix(self.blue, ground.blue)];
        Colour { red, green, blue, alpha: 255 }
    }

    /// How well one is told from the other, from 1 to 21: the contrast ratio of WCAG 2.2.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How light it looks, from 0 to 1.
    pub fn lightness(self) -> f64 {
        Lab::of(self.linear()).lightness
    }

    /// The same hue, as light as this, and as strong as a screen can show it so light.
    pub fn as_light_as(self, lightness: f64) -> Colour {
        let own = Lab::of(self.linear());
        Colour { alpha: self.alpha, ..shown(Lab { lightness: lightness.clamp(0.0, 1.0), ..own }) }
    }

    /// Red, green and blue as light, each from 0 to 1.
    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|step| {
            let value = f64::from(step) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }
}

impl Lab {
    fn of([red, green, blue]: [f64; 3]) -> Lab {
        let l = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue).cbrt();
        let m = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue).cbrt();
        let s = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue).cbrt();
        Lab {
            lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
        }
    }

    /// Red, green and blue as light: below 0 or above 1 where no screen shows it.
    fn linear(self) -> [f64; 3] {
        let Lab { lightness, a, b } = self;
        let l = (lightness + 0.3963377774 * a + 0.2158037573 * b).powi(3);
        let m = (lightness - 0.1055613458 * a - 0.0638541728 * b).powi(3);
        let s = (lightness - 0.0894841775 * a - 1.2914855480 * b).powi(3);
        [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    }

    fn is_on_screens(self) -> bool {
        self.linear().iter().all(|part| (-0.0005..=1.0005).contains(part))
    }
}

/// A colour as screens show it: if they cannot, the strongest of its hue that they can.
fn shown(wanted: Lab) -> Colour {
    let weaker = |share: f64| Lab { a: wanted.a * share, b: wanted.b * share, ..wanted };
    let (mut can, mut cannot) = (0.0, 1.0);
    if wanted.is_on_screens() {
        can = 1.0;
    } else {
        for _ in 0..20 {
            let middle = (can + cannot) / 2.0;
            if weaker(middle).is_on_screens() { can = middle } else { cannot = middle }
        }
    }
    let [red, green, blue] = weaker(can).linear().map(|part| {
        let part = part.clamp(0.0, 1.0);
        step(if part <= 0.0031308 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 })
    });
    Colour { red, green, blue, alpha: 255 }
}

/// A share from 0 to 1 in steps.
fn step(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn hex(digits: &str) -> Option<Colour> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let doubled = |digits: &str| digits.chars().flat_map(|digit| [digit, digit]).collect::<String>();
    let digits = if digits.len() <= 4 { doubled(digits) } else { digits.to_owned() };
    let digits = match digits.len() {
        6 => format!("{digits}ff"),
        8 => digits,
        _ => return None,
    };
    let [red, green, blue, alpha] = u32::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    Some(Colour { red, green, blue, alpha })
}

/// A colour written as a function: three values with blanks or commas between them, and perhaps how much it hides.
fn function_of(name: &str, inside: &str) -> Option<Colour> {
    let (values, alpha) = match inside.split_once('/') {
        Some((values, alpha)) => (values, Some(alpha)),
        None => (inside, None),
    };
    let values: Vec<&str> =
        if values.contains(',') { values.split(',').map(str::trim).collect() } else { values.split_ascii_whitespace().collect() };
    let ([x, y, z], alpha) = match (values.as_slice(), alpha) {
        ([x, y, z], alpha) => ([*x, *y, *z], alpha),
        ([x, y, z, alpha], None) if inside.contains(',') => ([*x, *y, *z], Some(*alpha)),
        _ => return None,
    };
    let alpha = alpha.map_or(Some(1.0), |alpha| number(alpha.trim(), 1.0, 1.0))?;
    let colour = match name {
        "rgb" | "rgba" => {
            let part = |written| number(written, 255.0, 255.0).map(|value| step(value / 255.0));
            Colour { red: part(x)?, green: part(y)?, blue: part(z)?, alpha: 255 }
        }
        "hsl" | "hsla" => hsl(angle(x)?, share(y)?, share(z)?),
        "oklch" => {
            let (lightness, strength, hue) = (number(x, 1.0, 1.0)?, number(y, 0.4, 0.5)?, angle(z)?.to_radians());
            shown(Lab { lightness, a: strength * hue.cos(), b: strength * hue.sin() })
        }
        _ => return None,
    };
    Some(Colour { alpha: step(alpha), ..colour })
}

/// A number from 0 to `most`, or a percentage, of which 100 are `whole`.
fn number(written: &str, whole: f64, most: f64) -> Option<f64> {
    let (digits, unit) = match written.strip_suffix('%') {
        Some(digits) => (digits, whole),
        None => (written, 100.0),
    };
    Some(plain_number(digits)? * unit / 100.0).filter(|value| (0.0..=most).contains(value))
}

fn share(written: &str) -> Option<f64> {
    number(written.ends_with('%').then_some(written)?, 1.0, 1.0)
}

fn angle(written: &str) -> Option<f64> {
    plain_number(written.strip_suffix("deg").unwrap_or(written)).map(|degrees| degrees.rem_euclid(360.0))
}

/// Digits with at most one point and a sign before them, as CSS and people write a number.
pub fn plain_number(written: &str) -> Option<f64> {
    let digits = written.strip_prefix(['-', '+']).unwrap_or(written);
    let is_plain = digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain && digits.bytes().any(|byte| byte.is_ascii_digit()) { written.parse().ok() } else { None }
}

fn hsl(hue: f64, saturation: f64, lightness: f64) -> Colour {
    let part = |shift: f64| {
        let place = (shift + hue / 30.0) % 12.0;
        let away = saturation * lightness.min(1.0 - lightness);
        step(lightness - away * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0))
    };
    Colour { red: part(0.0), green: part(8.0), blue: part(4.0), alpha: 255 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(written: &str) -> String {
        Colour::parse(written).map_or_else(|hint| format!("no: {}", hint.unwrap_or_default()), Colour::hex)
    }

    #[test]
    fn colours_are_read_as_a_browser_reads_them() {
        for (written, expected) in [
            ("#7a1f3d", "#7a1f3d"),
            ("#ABC", "#aabbcc"),
            ("#abc8", "#aabbcc88"),
            ("#aabbcc80", "#aabbcc80"),
            ("RebeccaPurple", "#663399"),
            ("rgb(122 31 61)", "#7a1f3d"),
            ("rgba(122, 31, 61, .5)", "#7a1f3d80"),
            ("rgb(100% 0% 50% / 50%)", "#ff008080"),
            ("hsl(340 60% 30%)", "#7a1f3d"),
            ("hsl(-20deg, 60%, 30%)", "#7a1f3d"),
            ("hsl(120 100% 25%)", "#008000"),
            ("oklch(62.8% 0.25768 29.234)", "#ff0000"),
            ("oklch(1 0 0)", "#ffffff"),
            // No screen of today shows so strong a green.
            ("oklch(70% 0.4 145)", "#00bf34"),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_no_colour_is_told_with_what_may_be_meant() {
        for (written, expected) in [
            ("7a1f3d", "no: put `#` before it and quotes round it: `\"#7a1f3d\"`"),
            ("#12345", "no: after `#` stand 3, 4, 6 or 8 digits from 0 to 9 and a to f"),
            ("tael", "no: did you mean `teal`?"),
            ("rgb(300 0 0)", "no: write it as `rgb(122 31 61)`"),
            ("hsl(340 60 30)", "no: write it as `hsl(340 52% 30%)`"),
            ("oklch(40%)", "no: write it as `oklch(40% 0.1 350)`"),
            ("red;} body{display:none", "no: "),
            ("url(x)", "no: write it as `rgb(122 31 61)`"),
            ("var(--ink)", "no: write it as `rgb(122 31 61)`"),
            ("rgb(1e2 0 0)", "no: write it as `rgb(122 31 61)`"),
            ("rgb(. 0 0)", "no: write it as `rgb(122 31 61)`"),
            ("", "no: "),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let contrast = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|colour| Colour::parse(colour).unwrap_or_else(|_| panic!("{colour}")));
            (one.over(other).contrast(other) * 100.0).round() / 100.0
        };
        assert_eq!(contrast("black", "white"), 21.0);
        assert_eq!(contrast("#777", "white"), 4.48);
        assert_eq!(contrast("white", "#0f5c6e"), 7.56);
        assert_eq!(contrast("rgb(0 0 0 / 0)", "#123456"), 1.0);
        assert!(NAMES.is_sorted());
    }

    proptest! {
        /// Whatever is written, what comes of it is a `#` and digits.
        #[test]
        fn nothing_but_digits_comes_of_a_colour(written in "\\PC{0,24}|(rgb|hsl|oklch)\\([0-9 ,.%/-]{0,16}\\)") {
            if let Ok(colour) = Colour::parse(&written) {
                let hex = colour.hex();
                prop_assert!(hex.starts_with('#') && hex[1..].bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
                prop_assert_eq!(Colour::parse(&hex), Ok(colour));
            }
        }

        /// As light as it is, a colour is itself; otherwise it is as light as was asked, as far as a screen's steps go: next to
        /// black they are wide.
        #[test]
        fn lightness_is_what_was_asked_for(rgb in 0_u32..0x0100_0000, lightness in 0.2..1.0) {
            let colour = Colour::opaque(rgb);
            prop_assert_eq!(colour.as_light_as(colour.lightness()), colour);
            prop_assert!((colour.as_light_as(lightness).lightness() - lightness).abs() < 0.02);
        }
    }
}
