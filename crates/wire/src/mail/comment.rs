//! Comments in structured fields: `(text)`, which may be nested.
//!
//! Implements: RFC 5322 §3.2.1 (quoted pairs), §3.2.2 (comments), §3.2.4 (quoted strings, in which there are none).

/// The text without its comments; a space stands where one was.
#[must_use]
pub(super) fn without(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    split(text, |part| {
        if let Part::Text(text) = part {
            out.push_str(text);
        } else {
            out.push(' ');
        }
    });
    out
}

/// A piece of a structured field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// What counts.
    Text(&'a str),
    /// What stands between parentheses, without the outermost ones.
    Comment(&'a str),
}

/// Takes a field apart into text and comments. One that never ends reaches to the end.
pub(super) fn split<'a>(text: &'a str, mut take: impl FnMut(Part<'a>)) {
    let (mut depth, mut quoted, mut escaped, mut from) = (0_usize, false, false, 0_usize);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => {
                if depth == 0 {
                    take(Part::Text(text.get(from..at).unwrap_or_default()));
                    from = at + 1;
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    take(Part::Comment(text.get(from..at).unwrap_or_default()));
                    from = at + 1;
                }
            }
            _ => {}
        }
    }
    let rest = text.get(from..).unwrap_or_default();
    take(if depth > 0 { Part::Comment(rest) } else { Part::Text(rest) });
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn comments_go_wherever_they_stand() {
        for (text, bare) in [
            ("a (b) c", "a   c"),
            ("a (b (c) d) e", "a   e"),
            ("\"a (b)\" c", "\"a (b)\" c"),
            ("(\\)) x", "  x"),
            ("a (never ends", "a  "),
            ("a) b", "a) b"),
        ] {
            assert_eq!(without(text), bare, "{text}");
        }
    }
}
