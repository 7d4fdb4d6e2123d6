//! A QR code, drawn as SVG on the server: what an authenticator app reads from the screen.
//!
//! Implements: ISO/IEC 18004 through the `qrcode` crate (which finds the smallest version), with the quiet zone of four
//! modules that its §9.1 asks for.
//!
//! It is black on white whatever the page is: many cameras do not read the inverse, so that the drawing brings its own
//! background, and takes none of its colours from the style.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Modules that stay white on each side.
const QUIET: usize = 4;
/// Pixels of a module where there is room.
const MODULE: usize = 4;

/// A code, for the template `qr.html`.
#[derive(Clone)]
pub struct Qr {
    /// Modules of a side, the quiet zone included.
    pub side: usize,
    /// Pixels of a side.
    pub pixels: usize,
    /// The dark modules as one path: a rectangle for each run of them in a row.
    pub path: String,
}

/// The text does not fit into a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

impl Qr {
    /// Draws `text` so that it can be read with 15 % of it hidden.
    ///
    /// # Errors
    /// [`TooLong`] from about 2,300 bytes on.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let width = code.width();
        let colours = code.to_colors();
        let mut path = String::new();
        for (y, row) in colours.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    let (left, top) = (x + QUIET, y + QUIET);
                    // Writing to a `String` cannot go wrong.
                    let _ = write!(path, "M{left} {top}h{}v1H{left}z", run.len());
                }
                x += run.len();
            }
        }
        let side = width + 2 * QUIET;
        Ok(Self { side, pixels: side * MODULE, path })
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    const URI: &str = "otpauth://totp/Linden%20Library:anna%40linden.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                       &issuer=Linden%20Library&algorithm=SHA1&digits=6&period=30";

    #[derive(Template)]
    #[template(source = "{% include \"qr.html\" %}", ext = "html")]
    struct Page {
        qr: Qr,
        qr_label: &'static str,
    }

    /// The dark modules of a path, as an SVG renderer fills it.
    fn dark(path: &str) -> Vec<(usize, usize)> {
        let mut modules = Vec::new();
        for part in path.split('z').filter(|part| !part.is_empty()) {
            let (place, rest) = part.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let (length, back) = rest.split_once("v1H").unwrap();
            assert_eq!(back.parse(), Ok(x));
            modules.extend((x..x + length.parse::<usize>().unwrap()).map(|x| (x, y)));
        }
        modules.sort_unstable();
        modules
    }

    #[test]
    fn the_path_has_every_dark_module_and_no_light_one() {
        let code = QrCode::with_error_correction_level(URI, EcLevel::M).unwrap();
        let qr = Qr::of(URI).unwrap();
        let mut expected: Vec<_> = (0..code.width())
            .flat_map(|x| (0..code.width()).map(move |y| (x, y)))
            .filter(|place| code[*place] == Color::Dark)
            .map(|(x, y)| (x + 4, y + 4))
            .collect();
        expected.sort_unstable();
        assert_eq!(dark(&qr.path), expected);
        assert_eq!(qr.side, code.width() + 8);
    }

    #[test]
    fn the_drawing_fits_a_small_screen_and_has_colours_and_a_name_of_its_own() {
        let qr = Qr::of(URI).unwrap();
        assert!(qr.pixels <= 288, "{} pixels", qr.pixels);
        let html = Page { qr, qr_label: "A <name>" }.render().unwrap();
        assert!(html.len() < 12_000, "{} bytes", html.len());
        assert!(html.contains("role=\"img\"") && html.contains("aria-label=\"A &#60;name&#62;\""), "{html}");
        // What the style says about every drawing reaches the parts of this one only where they say nothing.
        for (part, colour) in [("<rect ", "#fff"), ("<path ", "#000")] {
            let part = html.split(part).nth(1).and_then(|rest| rest.split('>').next()).unwrap();
            assert!(part.contains(&format!("fill=\"{colour}\" stroke=\"none\"")), "{part}");
        }
        assert!(!html.contains("currentColor") && !html.contains("style"), "{html}");
        assert!(!html.contains("GEZDGNBV"), "the secret stands in the picture only");
    }

    #[test]
    fn the_longest_names_fit_and_a_book_does_not() {
        let long = format!("otpauth://totp/{}:{}", "%F0%9F%A6%8A".repeat(60), "x".repeat(254));
        assert!(Qr::of(&long).is_ok());
        assert_eq!(Qr::of(&"x".repeat(3000)).err(), Some(TooLong));
    }
}
