//! Where messages begin in a mailbox file.
//!
//! Implements: RFC 4155 (mbox). Lines that were changed because they looked like a beginning are changed back.

/// Whether a line begins a message: `From someone Thu Jun 11 09:14:06 2026`, after an empty line or at the very beginning.
#[must_use]
pub fn begins(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let rest = rest.trim_ascii();
    // A time of day in it tells it from text.
    let is_time = |word: &[u8]| {
        let mut parts = word.split(|byte| *byte == b':');
        let two = |part: Option<&[u8]>| {
            part.is_some_and(|part| (1..=2).contains(&part.len()) && part.iter().all(u8::is_ascii_digit))
        };
        two(parts.next()) && two(parts.next())
    };
    rest.split(|byte| byte.is_ascii_whitespace()).any(is_time)
}

/// A line of a message as it was before it was put into a mailbox: `>From ` at its beginning loses one `>`.
#[must_use]
pub fn unescaped(line: &[u8]) -> &[u8] {
    let bare = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..)).unwrap_or_default();
    if bare.len() < line.len() && bare.starts_with(b"From ") {
        line.get(1..).unwrap_or_default()
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_begin_where_a_line_says_so_with_a_time() {
        assert!(begins(b"From a@b.org Thu Jun 11 09:14:06 2026\r\n"));
        assert!(begins(b"From - Thu Jun 11 09:14:06 2026\n"));
        for line in
            [&b"From: a@b.org\n"[..], b"From here on it is easy\n", b">From a Thu 09:14:06\n", b"", b"From "]
        {
            assert!(!begins(line));
        }
    }

    #[test]
    fn lines_that_were_changed_are_changed_back() {
        for (line, text) in [
            (&b">From x"[..], &b"From x"[..]),
            (b">>From x", b">From x"),
            (b"> From x", b"> From x"),
            (b">", b">"),
            (b"a", b"a"),
            (b"", b""),
        ] {
            assert_eq!(unescaped(line), text);
        }
    }
}
