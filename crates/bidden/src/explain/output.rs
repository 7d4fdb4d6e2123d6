//! How answers are drawn: as text, as JSON, as one page of HTML, and as a table of many.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod table;
pub(crate) mod text;

use wire::invisible::is_invisible;

/// Text that can steer no terminal: everything invisible is left out, wherever it came from. The last thing before output.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !is_invisible(*c)).collect()
}
