//! What a message contains: its texts, and the messages that are attached to it.
//!
//! Implements: RFC 2045 §5, §6 (types and encodings), RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822), RFC 2231 §3 as far
//! as boundaries are written that way. Written here, and not taken from a library, because the bytes of an attached message
//! are needed exactly, for its signatures, and because depth and number of parts are bounded.

use base64::Engine;

use super::charset;
use super::encoded_word::{LENIENT, escapes};
use super::field::{Header, line_at, without_end};

/// Most parts that are looked at.
pub const MOST_PARTS: usize = 200;
/// How deep parts may lie in parts.
pub const DEEPEST: usize = 10;
/// Most bytes of text that are read, all parts together.
pub const MOST_TEXT: usize = 2 * 1024 * 1024;

/// What was found in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Texts in plain form, in order.
    pub plain: Vec<String>,
    /// Texts in HTML, in order.
    pub html: Vec<String>,
    /// Attached messages, byte for byte as far as their encoding lets them be.
    pub messages: Vec<Vec<u8>>,
    /// The types of what was not read: pictures, documents.
    pub others: Vec<String>,
    /// Whether there is more than the bounds allow.
    pub cut: bool,
}

/// Reads the body of a message by its header.
#[must_use]
pub fn contents(header: &Header<'_>, body: &[u8]) -> Contents {
    let mut found = Contents::default();
    let mut budget = Budget { parts: MOST_PARTS, text: MOST_TEXT };
    part(header, body, 0, &mut budget, &mut found);
    found
}

/// What is left of the bounds.
struct Budget {
    parts: usize,
    text: usize,
}

fn part(header: &Header<'_>, body: &[u8], depth: usize, budget: &mut Budget, found: &mut Contents) {
    if depth > DEEPEST || budget.parts == 0 {
        found.cut = true;
        return;
    }
    budget.parts -= 1;
    let kind = ContentType::of(header);
    if kind.name.starts_with("multipart/") {
        match kind.parameter("boundary").filter(|boundary| !boundary.is_empty()) {
            Some(boundary) => {
                for piece in split(body, boundary.as_bytes()) {
                    let inner = Header::parse(piece);
                    let body = piece.get(inner.body_at..).unwrap_or_default();
                    part(&inner, body, depth.saturating_add(1), budget, found);
                }
            }
            None => text(&ContentType::plain(), header, body, budget, found),
        }
        return;
    }
    let attached = header
        .first("content-disposition")
        .is_some_and(|field| field.unfolded().to_ascii_lowercase().starts_with("attachment"));
    match kind.name.as_str() {
        "message/rfc822" | "message/global" => found.messages.push(decoded(header, body)),
        "text/plain" | "text/html" if !attached => text(&kind, header, body, budget, found),
        // A forwarded original is often saved and attached under another type.
        _ if kind.is_saved_message(header) => found.messages.push(decoded(header, body)),
        name => found.others.push(name.to_owned()),
    }
}

fn text(kind: &ContentType, header: &Header<'_>, body: &[u8], budget: &mut Budget, found: &mut Contents) {
    let bytes = decoded(header, body);
    let taken = bytes.get(..budget.text.min(bytes.len())).unwrap_or_default();
    found.cut |= taken.len() < bytes.len();
    budget.text = budget.text.saturating_sub(taken.len());
    let text = charset::decode(kind.parameter("charset").unwrap_or_default(), taken);
    if kind.name == "text/html" {
        found.html.push(text);
    } else {
        found.plain.push(text);
    }
}

/// A body without its transfer encoding.
fn decoded(header: &Header<'_>, body: &[u8]) -> Vec<u8> {
    let encoding =
        header.first("content-transfer-encoding").map(|field| field.unfolded().to_ascii_lowercase());
    match encoding.as_deref().map(|text| text.split([' ', ';', '(']).next().unwrap_or_default()) {
        Some("base64") => {
            let packed: Vec<u8> = body.iter().copied().filter(|byte| is_base64(*byte)).collect();
            // A broken end does not hide what stands before it.
            let whole = packed.get(..packed.len() - packed.len() % 4).unwrap_or_default();
            LENIENT.decode(&packed).or_else(|_| LENIENT.decode(whole)).unwrap_or_default()
        }
        Some("quoted-printable") => quoted_printable(body),
        _ => body.to_vec(),
    }
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// RFC 2045 §6.7: soft line breaks go, white space before the end of a line too.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(body.len());
    let mut at = 0_usize;
    loop {
        let line = line_at(body, at);
        if line.is_empty() {
            return escapes(&joined);
        }
        at = at.saturating_add(line.len());
        let bare = without_end(line).trim_ascii_end();
        match bare.strip_suffix(b"=") {
            Some(soft) => joined.extend_from_slice(soft),
            None => {
                joined.extend_from_slice(bare);
                joined.extend_from_slice(line.get(without_end(line).len()..).unwrap_or_default());
            }
        }
    }
}

/// The parts between the lines of a boundary, without the line end that belongs to the boundary.
pub(crate) fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0_usize;
    while parts.len() <= MOST_PARTS {
        let line = line_at(body, at);
        let next = at.saturating_add(line.len());
        let mark = without_end(line).trim_ascii_end().strip_prefix(b"--");
        let rest = mark.and_then(|mark| mark.strip_prefix(boundary));
        let ends = rest.is_some_and(|rest| rest == b"--");
        if ends || rest.is_some_and(<[u8]>::is_empty) || line.is_empty() {
            if let Some(start) = start {
                let part = body.get(start..at).unwrap_or_default();
                parts.push(if line.is_empty() { part } else { without_end(part) });
            }
            start = Some(next);
        }
        if ends || line.is_empty() {
            break;
        }
        at = next;
    }
    parts
}

/// A media type with its parameters.
struct ContentType {
    name: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    fn plain() -> Self {
        Self { name: "text/plain".to_owned(), parameters: Vec::new() }
    }

    /// RFC 2045 §5.2: what says nothing is text.
    fn of(header: &Header<'_>) -> Self {
        let Some(field) = header.first("content-type") else { return Self::plain() };
        let value = super::comment::without(&field.text());
        let (name, rest) = value.split_once(';').unwrap_or((&value, ""));
        let name = name.trim().to_ascii_lowercase();
        if !name.contains('/') {
            return Self::plain();
        }
        Self { name, parameters: parameters(rest) }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn is_saved_message(&self, header: &Header<'_>) -> bool {
        let named = |name: &str| name.to_ascii_lowercase().ends_with(".eml");
        let disposition = header.first("content-disposition").map(|field| field.text()).unwrap_or_default();
        let (_, rest) = disposition.split_once(';').unwrap_or_default();
        let file = parameters(rest);
        self.parameter("name").is_some_and(named)
            || file.iter().any(|(name, value)| name == "filename" && named(value))
    }
}

/// `name=value` or `name="value"`, between semicolons; a value in several pieces (RFC 2231 §3) is put together.
pub(crate) fn parameters(text: &str) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        if list.len() >= 32 {
            break;
        }
        let name = name.trim_matches([' ', '\t', ';']).to_ascii_lowercase();
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        rest = next;
        let (name, piece) = name.split_once('*').map_or((name.as_str(), ""), |(name, piece)| (name, piece));
        match list.last_mut() {
            Some((last, so_far)) if last == name && !piece.is_empty() && piece != "0" => {
                so_far.push_str(&value)
            }
            _ => list.push((name.to_owned(), value)),
        }
    }
    list
}

fn quoted_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {
                escaped = false;
                value.push(c);
            }
            '\\' => escaped = true,
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            _ => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Contents {
        let raw = raw.replace('\n', "\r\n");
        let header = Header::parse(raw.as_bytes());
        contents(&header, raw.as_bytes().get(header.body_at..).unwrap())
    }

    #[test]
    fn a_plain_message_is_its_text() {
        let found = read(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\nau lait\n",
        );
        assert_eq!(found.plain, ["café au lait\r\n"]);
        assert_eq!(read("Subject: x\n\nhello\n").plain, ["hello\r\n"]);
        let found = read(
            "Content-Type: text/html; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: base64\n\nPGI+6Tw\nvYj4=\n",
        );
        assert_eq!(found.html, ["<b>é</b>"]);
    }

    #[test]
    fn parts_are_found_in_parts() {
        let found = read(
            "Content-Type: multipart/mixed; boundary=zz\n\npreamble\n--zz\nContent-Type: multipart/alternative; \
             boundary=\"a b\"\n\n--a b\n\nplain\n--a b\nContent-Type: text/html\n\n<p>rich\n--a b--\n--zz\n\
             Content-Type: image/png\n\nxx\n--zz\nContent-Type: message/rfc822\n\nSubject: inner\n\nbody\n\n--zz--\nend\n",
        );
        assert_eq!((found.plain, found.html), (vec!["plain".to_owned()], vec!["<p>rich".to_owned()]));
        assert_eq!(found.others, ["image/png"]);
        assert_eq!(found.messages, [b"Subject: inner\r\n\r\nbody\r\n".to_vec()]);
        assert!(!found.cut);
    }

    #[test]
    fn an_original_saved_as_a_file_is_a_message() {
        let found = read(
            "Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: application/octet-stream; name=\"a.EML\"\n\
             Content-Transfer-Encoding: base64\n\nQTogMQoKYg==\n--z--\n",
        );
        assert_eq!(found.messages, [b"A: 1\n\nb".to_vec()]);
    }

    #[test]
    fn a_message_that_never_ends_is_read_to_its_end() {
        let found = read("Content-Type: multipart/mixed; boundary=z\n\n--z\n\nno end");
        assert_eq!(found.plain, ["no end"]);
        let found = read("Content-Type: multipart/mixed\n\nno boundary");
        assert_eq!(found.plain, ["no boundary"]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let mut deep = String::new();
        for level in 0..1_000 {
            deep.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
        }
        assert!(read(&deep).cut);
        let many = format!("Content-Type: multipart/mixed; boundary=z\n\n{}", "--z\n\nx\n".repeat(5_000));
        let found = read(&many);
        assert!(found.cut && found.plain.len() <= MOST_PARTS);
    }
}
