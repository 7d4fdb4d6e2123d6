//! Questions to the DNS for text records, and their answers.
//!
//! Implements: RFC 1035 §4.1 (messages), §4.1.4 (compressed names), §3.3.14 (TXT), RFC 6891 §6.1.2 (how large an answer may be).

use crate::Malformed;

/// Largest answer that is asked for by datagram, in bytes.
pub const LARGEST_DATAGRAM: u16 = 1_232;
const TXT: u16 = 16;
const CNAME: u16 = 5;
const IN: u16 = 1;
/// Most records of one answer that are looked at.
const MOST: usize = 200;

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// These text records stand under the name; none is an answer too.
    Text(Vec<String>),
    /// There is more than a datagram holds: ask again over a connection.
    Cut,
    /// The server could not say.
    Failed(u8),
}

/// Writes a question for the text records under `name`.
///
/// # Errors
/// [`Malformed`] for what is no name.
pub fn question(id: u16, name: &str) -> Result<Vec<u8>, Malformed> {
    let refuse = || Malformed { what: "DNS name", at: 0, expected: "labels of at most 63 bytes, 253 in all" };
    let name = name.trim_end_matches('.');
    if name.is_empty() || name.len() > 253 || !name.is_ascii() {
        return Err(refuse());
    }
    let mut out = Vec::with_capacity(64);
    out.extend_from_slice(&id.to_be_bytes());
    // Recursion is desired; one question, one additional record.
    out.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    for label in name.split('.') {
        let length =
            u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length)).ok_or_else(refuse)?;
        out.push(length);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out.extend_from_slice(&TXT.to_be_bytes());
    out.extend_from_slice(&IN.to_be_bytes());
    // OPT: the root name, its type, and in place of a class how much may come.
    out.extend_from_slice(&[0, 0, 41]);
    out.extend_from_slice(&LARGEST_DATAGRAM.to_be_bytes());
    out.extend_from_slice(&[0; 6]);
    Ok(out)
}

/// Reads the answer to the question with this `id` and `name`.
///
/// # Errors
/// [`Malformed`] for anything but an answer to it.
pub fn answer(bytes: &[u8], id: u16, name: &str) -> Result<Answer, Malformed> {
    let mut reader = Reader { bytes, at: 0 };
    let refuse = |at, expected| Malformed { what: "DNS answer", at, expected };
    if reader.number()? != id {
        return Err(refuse(0, "the answer to this question"));
    }
    let flags = reader.number()?;
    if flags & 0x8000 == 0 {
        return Err(refuse(2, "an answer"));
    }
    let (questions, answers) = (reader.number()?, reader.number()?);
    reader.skip(4)?;
    if questions != 1 {
        return Err(refuse(4, "one question"));
    }
    let asked = reader.name()?;
    reader.skip(4)?;
    if !asked.eq_ignore_ascii_case(name.trim_end_matches('.')) {
        return Err(refuse(12, "the answer to this question"));
    }
    if flags & 0x0200 != 0 {
        return Ok(Answer::Cut);
    }
    match u8::try_from(flags & 0x000f).unwrap_or(u8::MAX) {
        0 => {}
        // There is no such name: nothing stands under it.
        3 => return Ok(Answer::Text(Vec::new())),
        code => return Ok(Answer::Failed(code)),
    }
    let mut texts = Vec::new();
    // Names that were led to, by aliases in the order in which servers give them.
    let mut owner = asked;
    for _ in 0..usize::from(answers).min(MOST) {
        let of = reader.name()?;
        let (kind, class) = (reader.number()?, reader.number()?);
        reader.skip(4)?;
        let length = usize::from(reader.number()?);
        let end = reader.at.saturating_add(length);
        let data = bytes.get(reader.at..end).ok_or(refuse(reader.at, "a whole record"))?;
        if class == IN && of.eq_ignore_ascii_case(&owner) {
            match kind {
                TXT => texts.push(text(data)),
                CNAME => owner = reader.name()?,
                _ => {}
            }
        }
        reader.at = end;
    }
    Ok(Answer::Text(texts))
}

/// Character strings, joined.
fn text(data: &[u8]) -> String {
    let mut joined = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((length, after)) = rest.split_first() {
        let length = usize::from(*length).min(after.len());
        joined.extend_from_slice(after.get(..length).unwrap_or_default());
        rest = after.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&joined).into_owned()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn refuse(&self, expected: &'static str) -> Malformed {
        Malformed { what: "DNS answer", at: self.at, expected }
    }

    fn number(&mut self) -> Result<u16, Malformed> {
        let end = self.at.saturating_add(2);
        let pair = self.bytes.get(self.at..end).and_then(|pair| <[u8; 2]>::try_from(pair).ok());
        let pair = pair.ok_or(self.refuse("two more bytes"))?;
        self.at = end;
        Ok(u16::from_be_bytes(pair))
    }

    fn skip(&mut self, count: usize) -> Result<(), Malformed> {
        let end = self.at.saturating_add(count);
        if end > self.bytes.len() {
            return Err(self.refuse("more bytes"));
        }
        self.at = end;
        Ok(())
    }

    /// A name, in lower case. Pointers lead back only, so that it ends.
    fn name(&mut self) -> Result<String, Malformed> {
        let mut name = String::new();
        let mut at = self.at;
        let mut after: Option<usize> = None;
        let mut lowest = self.at;
        loop {
            let length = *self.bytes.get(at).ok_or(self.refuse("a name"))?;
            match length {
                0 => break,
                1..=63 => {
                    let end = at.saturating_add(1).saturating_add(usize::from(length));
                    let label = self.bytes.get(at.saturating_add(1)..end).ok_or(self.refuse("a label"))?;
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&String::from_utf8_lossy(label).to_ascii_lowercase());
                    if name.len() > 1_024 {
                        return Err(self.refuse("a shorter name"));
                    }
                    at = end;
                }
                192..=255 => {
                    let low = *self.bytes.get(at.saturating_add(1)).ok_or(self.refuse("a pointer"))?;
                    let target = (usize::from(length & 0x3f) << 8) | usize::from(low);
                    after = after.or(Some(at.saturating_add(2)));
                    if target >= lowest {
                        return Err(self.refuse("a pointer that leads back"));
                    }
                    lowest = target;
                    at = target;
                }
                _ => return Err(self.refuse("a label or a pointer")),
            }
        }
        self.at = after.unwrap_or_else(|| at.saturating_add(1));
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(flags: u16, records: &[(&[u8], u16, &[u8])]) -> Vec<u8> {
        let mut out = vec![0x12, 0x34];
        out.extend_from_slice(&flags.to_be_bytes());
        out.extend_from_slice(&[0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
        out.extend_from_slice(b"\x01a\x07example\x00\x00\x10\x00\x01");
        for (name, kind, data) in records {
            out.extend_from_slice(name);
            out.extend_from_slice(&kind.to_be_bytes());
            out.extend_from_slice(&[0, 1, 0, 0, 0, 9, 0, u8::try_from(data.len()).unwrap()]);
            out.extend_from_slice(data);
        }
        out
    }

    #[test]
    fn a_question_is_written_as_the_standard_has_it() {
        let asked = question(0x1234, "a.example.").unwrap();
        assert_eq!(asked.get(..12), Some(&[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1][..]));
        assert_eq!(asked.get(12..27), Some(&b"\x01a\x07example\x00\x00\x10\x00\x01"[..]));
        for bad in ["", "a..b", &"a".repeat(64), &"a.".repeat(200), "é.example"] {
            assert!(question(1, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn answers_are_read_through_aliases() {
        let text = |bytes: &[u8]| answer(bytes, 0x1234, "A.example");
        let plain = reply(0x8180, &[(b"\xc0\x0c", 16, b"\x03one\x03two")]);
        assert_eq!(text(&plain), Ok(Answer::Text(vec!["onetwo".to_owned()])));
        let alias = reply(
            0x8180,
            &[
                (b"\xc0\x0c", 5, b"\x01b\xc0\x0e"),
                (b"\x01b\xc0\x0e", 16, b"\x01x"),
                (b"\x01c\xc0\x0e", 16, b"\x01y"),
            ],
        );
        assert_eq!(text(&alias), Ok(Answer::Text(vec!["x".to_owned()])));
        assert_eq!(text(&reply(0x8183, &[])), Ok(Answer::Text(Vec::new())));
        assert_eq!(text(&reply(0x8182, &[])), Ok(Answer::Failed(2)));
        assert_eq!(text(&reply(0x8380, &[])), Ok(Answer::Cut));
    }

    #[test]
    fn what_is_no_answer_to_the_question_is_refused() {
        let plain = reply(0x8180, &[(b"\xc0\x0c", 16, b"\x03one")]);
        assert!(answer(&plain, 1, "a.example").is_err());
        assert!(answer(&plain, 0x1234, "b.example").is_err());
        assert!(answer(&reply(0x0180, &[]), 0x1234, "a.example").is_err());
        // A pointer to itself, and records that are cut.
        assert!(answer(&reply(0x8180, &[(b"\xc0\x1b", 16, b"")]), 0x1234, "a.example").is_err());
        for end in 0..plain.len() {
            let _ = answer(plain.get(..end).unwrap(), 0x1234, "a.example");
        }
    }
}
