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
