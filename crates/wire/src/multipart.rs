//! Forms with files in them, as browsers post them.
//!
//! Implements: RFC 7578 (multipart/form-data): §4.1 boundary, §4.2 names. The bytes of a field are not decoded: what a file is,
//! its content says.

use crate::Malformed;
use crate::mail::field::Header;
use crate::mail::mime;

/// Most fields of one form.
pub const MOST_FIELDS: usize = 16;

/// A form that was read. Its `Debug` shows only how many fields there are.
pub struct Multipart(Vec<(String, Vec<u8>)>);

impl std::fmt::Debug for Multipart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Multipart({} fields)", self.0.len())
    }
}

impl Multipart {
    /// Reads a whole body by its `Content-Type`.
    ///
    /// # Errors
    /// [`Malformed`] for another type, a field without a name, one that stands twice, or more than [`MOST_FIELDS`].
    pub fn parse(content_type: &str, body: &[u8]) -> Result<Self, Malformed> {
        let refuse = |expected| Malformed { what: "form", at: 0, expected };
        let (kind, rest) = content_type.split_once(';').unwrap_or((content_type, ""));
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return Err(refuse("multipart/form-data"));
        }
        let parameters = mime::parameters(rest);
        let boundary =
            parameters.iter().find(|(name, _)| name == "boundary").map(|(_, value)| value.as_str());
        // RFC 2046 §5.1.1: one to seventy characters.
        let boundary =
            boundary.filter(|boundary| (1..=70).contains(&boundary.len())).ok_or(refuse("a boundary"))?;
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        for part in mime::split(body, boundary.as_bytes()) {
            let header = Header::parse(part);
            let said = header.first("content-disposition").map(|field| field.unfolded()).unwrap_or_default();
            let (_, rest) = said.split_once(';').unwrap_or_default();
            let name =
                mime::parameters(rest).into_iter().find(|(name, _)| name == "name").map(|(_, value)| value);
            let name = name.ok_or(refuse("the name of a field"))?;
            if fields.len() >= MOST_FIELDS || fields.iter().any(|(known, _)| *known == name) {
                return Err(refuse("each field once, and not too many"));
            }
            fields.push((name, part.get(header.body_at..).unwrap_or_default().to_vec()));
        }
        Ok(Self(fields))
    }

    /// The bytes of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The text of a field; nothing where it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Multipart;

    const KIND: &str = "multipart/form-data; boundary=----x";

    #[test]
    fn fields_and_files_are_read_byte_for_byte() {
        let body = b"------x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n------x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.eml\"\r\nContent-Type: message/rfc822\r\n\r\nFrom: a\r\n\r\n\xff\r\n\r\n------x--\r\n";
        let form = Multipart::parse(KIND, body).unwrap();
        assert_eq!((form.text("csrf"), form.get("file")), ("abc", Some(&b"From: a\r\n\r\n\xff\r\n"[..])));
        assert_eq!((form.get("other"), form.text("file")), (None, ""));
        assert_eq!(format!("{form:?}"), "Multipart(2 fields)");
    }

    #[test]
    fn what_is_no_such_form_is_refused() {
        let part = "------x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "a=1".to_owned()),
            ("multipart/form-data", part.to_owned()),
            (KIND, format!("{part}{part}------x--")),
            (KIND, "------x\r\n\r\nno name\r\n------x--".to_owned()),
            (KIND, (0..20).map(|n| part.replace("\"a\"", &format!("\"{n}\""))).collect()),
        ] {
            assert!(Multipart::parse(kind, body.as_bytes()).is_err(), "{kind}");
        }
        assert!(Multipart::parse(KIND, b"").is_ok());
    }
}
