//! A mail as the inbox page shows it: whom it is for, what it says.

/// A mail without its markup.
pub struct PlainLetter {
    /// Whom it is for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
}

impl PlainLetter {
    /// As one text: two header lines, an empty line, the body.
    #[must_use]
    pub fn write(&self) -> String {
        format!("To: {}\nSubject: {}\n\n{}", self.to, self.subject, self.text)
    }

    /// Reads [`Self::write`].
    #[must_use]
    pub fn read(content: &str) -> Option<Self> {
        let (to, rest) = content.strip_prefix("To: ")?.split_once("\nSubject: ")?;
        let (subject, text) = rest.split_once("\n\n")?;
        Some(Self { to: to.to_owned(), subject: subject.to_owned(), text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_survives_its_text_form() {
        let letter = PlainLetter {
            to: "a@example.com".into(),
            subject: "Your code".into(),
            text: "One\n\nTwo".into(),
        };
        let read = PlainLetter::read(&letter.write()).unwrap();
        assert_eq!((read.to, read.subject, read.text), (letter.to, letter.subject, letter.text));
        assert!(PlainLetter::read("nonsense").is_none());
    }
}
