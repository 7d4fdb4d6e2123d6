//! Lists of `tag=value; tag=value`, as DKIM, ARC and DMARC write them.
//!
//! Implements: RFC 6376 §3.2 (a tag that stands twice makes the whole list void), RFC 7489 §6.4.

use crate::Malformed;

/// Most tags of one list.
pub const MOST: usize = 40;

/// A list that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// Reads a list. White space inside values is left as it is, except at their ends.
    ///
    /// # Errors
    /// [`Malformed`] for anything that is no tag, and for a tag that stands twice.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |expected| Malformed { what: "list of tags", at: 0, expected };
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut parts = text.split(';').peekable();
        while let Some(part) = parts.next() {
            if part.trim().is_empty() && parts.peek().is_none() {
                break;
            }
            let Some((name, value)) = part.split_once('=') else { return Err(refuse("tag=value")) };
            let name = name.trim();
            let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || name.len() > 32 || !name.chars().all(known) {
                return Err(refuse("the name of a tag"));
            }
            if tags.iter().any(|(other, _)| other == name) {
                return Err(refuse("each tag once"));
            }
            if tags.len() >= MOST {
                return Err(refuse("fewer tags"));
            }
            tags.push((name.to_owned(), value.trim().to_owned()));
        }
        Ok(Self(tags))
    }

    /// The value of a tag.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a tag without any white space, as base64 and domains have to be read.
    #[must_use]
    pub fn packed(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.split_ascii_whitespace().collect())
    }

    /// The first tag and its value: version tags have to stand first.
    #[must_use]
    pub fn leading(&self) -> Option<(&str, &str)> {
        self.0.first().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Tags;

    #[test]
    fn tags_are_read_each_once() {
        let tags = Tags::parse(" v=1; a = rsa-sha256 ;b=ab\r\n cd;p=;").unwrap();
        assert_eq!((tags.get("v"), tags.get("a"), tags.get("p")), (Some("1"), Some("rsa-sha256"), Some("")));
        assert_eq!(tags.packed("b").as_deref(), Some("abcd"));
        assert_eq!((tags.get("V"), tags.leading()), (None, Some(("v", "1"))));
        for bad in ["v=1;;a=b", "v", "=1", "v=1; v=2", "a b=1", ";"] {
            assert!(Tags::parse(bad).is_err(), "{bad}");
        }
        assert!(Tags::parse("").is_ok());
    }
}
