//! Colours of six hexadecimal digits, and how far one stands out from another.
//!
//! Implements: WCAG 2.2 §1.4.3 (contrast ratio and relative luminance).

use std::fmt;

/// The brightest background of a light page.
pub(super) const LIGHT: Colour = Colour([0xff, 0xff, 0xff]);
/// The brightest background of a dark page.
pub(super) const DARK: Colour = Colour([0x1c, 0x1e, 0x22]);
/// What text needs (WCAG 1.4.3, level AA).
pub(super) const ENOUGH: f64 = 4.5;

/// A colour in sRGB: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

impl Colour {
    /// Reads `#1d5d8c`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at| u8::from_str_radix(digits.get(at)?, 16).ok();
        Some(Self([part(0..2)?, part(2..4)?, part(4..6)?]))
    }

    /// The contrast ratio to `other`, from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    /// The form that CSS reads: `#1d5d8c`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_has_the_highest_contrast() {
        let black = Colour::parse("#000000").unwrap();
        assert!((black.contrast(LIGHT) - 21.0).abs() < 1e-9);
        assert!((LIGHT.contrast(LIGHT) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_grey_at_the_edge_of_wcag_is_on_the_right_side() {
        assert!(Colour::parse("#767676").unwrap().contrast(LIGHT) >= ENOUGH);
        assert!(Colour::parse("#777777").unwrap().contrast(LIGHT) < ENOUGH);
    }

    #[test]
    fn only_a_hash_and_six_digits_are_a_colour() {
        assert_eq!(Colour::parse("#1D5d8c").unwrap().to_string(), "#1d5d8c");
        for wrong in ["", "#", "#fff", "1d5d8c", "#1d5d8g", "#1d5d8c0", "#+d5d8c", "#é5d8c", "red"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }
}
