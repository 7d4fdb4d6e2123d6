//! One line of text that a person typed to be read by others: a reason, a name.

use crate::{Malformed, invisible::is_invisible};

/// Reads a line of 1 to `most` characters; white space around it is taken off. Nothing invisible is taken, nor a
/// direction mark: what is read later must look as it did when it was typed.
///
/// # Errors
/// [`Malformed`] with the byte of `text`.
pub fn parse(text: &str, most: usize) -> Result<String, Malformed> {
    let refuse = |at, expected| Malformed { what: "line of text", at, expected };
    let trimmed = text.trim_start();
    let start = text.len().saturating_sub(trimmed.len());
    let line = trimmed.trim_end();
    if line.is_empty() {
        return Err(refuse(start, "some text"));
    }
    if let Some((at, _)) = line.char_indices().nth(most) {
        return Err(refuse(start.saturating_add(at), "a shorter text"));
    }
    let unseen = |c: char| is_invisible(c) || c.is_control() || c == char::REPLACEMENT_CHARACTER;
    match line.char_indices().find(|(_, c)| unseen(*c)) {
        Some((at, _)) => Err(refuse(start.saturating_add(at), "no invisible characters")),
        None => Ok(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_as_it_looks() {
        assert_eq!(parse("  she lost her phone \n", 40).as_deref(), Ok("she lost her phone"));
        assert_eq!(parse("ünï", 3).as_deref(), Ok("ünï"));
        for (text, at) in [("", 0), ("  ", 2), ("abcd", 3), ("a\nb", 1), ("a\u{202e}b", 1), ("a\u{200b}", 1)]
        {
            assert_eq!(parse(text, 3).map_err(|error| error.at), Err(at), "{text:?}");
        }
    }
}
