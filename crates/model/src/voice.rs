//! How a text identifier becomes words in a language: message files (Fluent), read once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// One language's texts. Texts without arguments are looked up as plain strings; the others are formatted.
pub struct Voice {
    plain: HashMap<String, String>,
    bundle: FluentBundle<FluentResource>,
    language: String,
}

/// A message file could not be used; says which part of it.
#[derive(Debug, thiserror::Error)]
#[error("message file for {language}: {detail}")]
pub struct Unspeakable {
    language: String,
    detail: String,
}

/// From so many digits on they stand in groups of three. Four digits are read at once (SI brochure §5.4.4), as years are.
const GROUPED_FROM: usize = 5;

/// A whole number for people: `10 000`, in groups of three with a narrow space that no line breaks at, which every language reads.
/// Anything but digits is left as it is.
#[must_use]
pub fn grouped(number: &str) -> Cow<'_, str> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits.len() < GROUPED_FROM || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(number);
    }
    let mut written = String::with_capacity(number.len() * 2);
    written.push_str(number.strip_suffix(digits).unwrap_or_default());
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            written.push('\u{202f}');
        }
        written.push(digit);
    }
    Cow::Owned(written)
}

fn number(value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(grouped(&number.as_string()).into_owned()),
        _ => None,
    }
}

/// One argument of a text.
pub type Argument<'a> = (&'a str, FluentValue<'a>);

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voice").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Voice {
    /// Reads the message files `sources` (Fluent text) for `language` (a BCP 47 tag).
    ///
    /// # Errors
    /// [`Unspeakable`] when the tag or a file is malformed, or an identifier occurs twice.
    pub fn new(language: &str, sources: &[&str]) -> Result<Self, Unspeakable> {
        let broken = |detail: String| Unspeakable { language: language.to_owned(), detail };
        let tag: LanguageIdentifier =
            language.parse().map_err(|error| broken(format!("not a language tag ({error})")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolation marks around arguments would show up in plain-text mails; the pages set `dir` themselves.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| number(value)));
        let mut ids = Vec::new();
        for source in sources {
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| broken(format!("{errors:?}")))?;
            // A message starts at the beginning of a line: `identifier = …` (Fluent syntax 1.0).
            ids.extend(source.lines().filter_map(|line| {
                let (id, _) = line.split_once('=')?;
                let id = id.trim_end();
                id.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| id.to_owned())
            }));
            bundle.add_resource(resource).map_err(|errors| broken(format!("{errors:?}")))?;
        }
        let mut plain = HashMap::new();
        for id in ids {
            let Some(pattern) = bundle.get_message(&id).and_then(|message| message.value()) else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            if errors.is_empty() {
                plain.insert(id, text);
            }
        }
        Ok(Self { plain, bundle, language: language.to_owned() })
    }

    /// The language tag, for the `lang` attribute and the `Content-Language` field.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The text `id`, which takes no arguments. An unknown identifier is shown as itself, in brackets.
    #[must_use]
    pub fn say<'a>(&'a self, id: &'a str) -> Cow<'a, str> {
        match self.plain.get(id) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(format!("[{id}]")),
        }
    }

    /// The text `id` with its arguments filled in.
    #[must_use]
    pub fn fill(&self, id: &str, arguments: &[Argument<'_>]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return format!("[{id}]");
        };
        let arguments: FluentArgs<'_> =
            arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned()
    }

    /// Whether the text `id` exists; for the test that holds templates and message files together.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_five_digits_and_more_stand_in_groups_of_three() {
        let said = |number: &str| grouped(number).replace('\u{202f}', "_");
        for (number, written) in [
            ("0", "0"),
            ("9999", "9999"),
            ("10000", "10_000"),
            ("123456", "123_456"),
            ("-1234567", "-1_234_567"),
            ("8.5", "8.5"),
            ("12345.5", "12345.5"),
            ("", ""),
        ] {
            assert_eq!(said(number), written);
        }
        let voice =
            Voice::new("en", &["some = { $n ->\n    [one] 1 entry\n   *[other] { $n } entries\n}"]).unwrap();
        assert_eq!(voice.fill("some", &[("n", 12_345.into())]), "12\u{202f}345 entries");
        assert_eq!(voice.fill("some", &[("n", 2026.into())]), "2026 entries");
        assert_eq!(voice.fill("some", &[("n", "12345".into())]), "12345 entries", "a text is left as it is");
    }
}
