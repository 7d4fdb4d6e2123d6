//! The forms in which mails are hashed, so that what servers do to white space does not break signatures.
//!
//! Implements: RFC 6376 §3.4. Lines that end with LF alone, as saved files have them, count as lines that end with CRLF.

use crate::mail::field::{line_at, without_end};

/// How much may change on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canon {
    /// Nothing.
    Simple,
    /// White space.
    Relaxed,
}

/// A body (§3.4.3, §3.4.4): empty lines at its end go.
#[must_use]
pub fn body(canon: Canon, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty = 0_usize;
    let mut at = 0_usize;
    loop {
        let line = line_at(body, at);
        if line.is_empty() {
            break;
        }
        at = at.saturating_add(line.len());
        let bare = without_end(line);
        let text = match canon {
            Canon::Simple => bare.to_vec(),
            Canon::Relaxed => {
                let mut text = Vec::with_capacity(bare.len());
                close_up(bare, &mut text);
                while text.last() == Some(&b' ') {
                    text.pop();
                }
                text
            }
        };
        if text.is_empty() {
            empty = empty.saturating_add(1);
            continue;
        }
        for _ in 0..std::mem::take(&mut empty) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(&text);
        out.extend_from_slice(b"\r\n");
    }
    // §3.4.3: an empty body is one line end in the simple form, and nothing in the relaxed one.
    if out.is_empty() && canon == Canon::Simple {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// A field (§3.4.1, §3.4.2), with CRLF at its end.
#[must_use]
pub fn field(canon: Canon, raw: &[u8]) -> Vec<u8> {
    match canon {
        Canon::Simple => {
            let mut out = Vec::with_capacity(raw.len());
            let mut at = 0_usize;
            loop {
                let line = line_at(raw, at);
                if line.is_empty() {
                    return out;
                }
                at = at.saturating_add(line.len());
                out.extend_from_slice(without_end(line));
                out.extend_from_slice(b"\r\n");
            }
        }
        Canon::Relaxed => {
            let colon = raw.iter().position(|byte| *byte == b':').unwrap_or(raw.len());
            let (name, value) = raw.split_at_checked(colon).unwrap_or((raw, b""));
            let mut out = name.trim_ascii_end().to_ascii_lowercase();
            out.push(b':');
            let unfolded: Vec<u8> =
                value.iter().skip(1).copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
            close_up(unfolded.trim_ascii(), &mut out);
            out.extend_from_slice(b"\r\n");
            out
        }
    }
}

/// Every run of spaces and tabs becomes one space.
fn close_up(line: &[u8], out: &mut Vec<u8>) {
    let mut spaced = false;
    for byte in line {
        let space = matches!(byte, b' ' | b'\t');
        if !space {
            out.push(*byte);
        } else if !spaced {
            out.push(b' ');
        }
        spaced = space;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_come_out_as_it_says() {
        // RFC 6376 §3.4.5.
        assert_eq!(field(Canon::Relaxed, b"A: X\r\n"), b"a:X\r\n");
        assert_eq!(field(Canon::Relaxed, b"B : Y\t\r\n\tZ  \r\n"), b"b:Y Z\r\n");
        assert_eq!(field(Canon::Simple, b"B : Y\t\r\n\tZ  \r\n"), b"B : Y\t\r\n\tZ  \r\n");
        assert_eq!(body(Canon::Relaxed, b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(body(Canon::Simple, b" C \r\nD \t E\r\n\r\n\r\n"), b" C \r\nD \t E\r\n");
    }

    #[test]
    fn empty_bodies_and_line_ends_are_as_it_says() {
        assert_eq!(body(Canon::Simple, b""), b"\r\n");
        assert_eq!(body(Canon::Relaxed, b""), b"");
        assert_eq!(body(Canon::Relaxed, b"\r\n \r\n"), b"");
        for canon in [Canon::Simple, Canon::Relaxed] {
            assert_eq!(body(canon, b"a\n\nb"), b"a\r\n\r\nb\r\n");
            assert_eq!(body(canon, b"a\r\n\r\nb\r\n\r\n"), b"a\r\n\r\nb\r\n");
        }
        assert_eq!(field(Canon::Simple, b"A: 1\n 2\n"), b"A: 1\r\n 2\r\n");
    }
}
