//! `bidden explain`: what a message with a code means, from the message alone.
//!
//! 1. `evidence`: what the message holds, with its signatures verified (`wire::mail`).
//! 2. `said`: what its words say and for whom it speaks (`lexicon`, `brand`), and `sender`: who wrote it (`border`).
//! 3. `kind::verdict`: the answers that follow, as values of closed lists.
//! 4. `answer`: these in words, each line with what it rests on; `output` draws them.
//!
//! All of it is pure functions of the message, the keys and the organisation's rules. Text in a message is compared and
//! counted, and never decides by saying so; what is repeated of it goes through `words::quoted`.

mod account;
mod answer;
mod border;
mod brand;
mod code;
mod evidence;
pub(crate) mod input;
mod kind;
mod lexicon;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod rules;
mod said;
mod sender;
#[cfg(test)]
mod tests;
pub(crate) mod verdict;
mod words;

use model::voice::{Unspeakable, Voice};
use wire::mail::dkim::Keys;
use wire::short_message::ShortMessage;

pub(crate) use self::answer::Answer;
use self::answer::Case;
use self::evidence::Evidence;
use self::rules::Rules;

/// The texts, by language.
const LANGUAGES: &[(&str, &str)] = &[("en", include_str!("texts/en.ftl"))];

/// Explains messages.
pub(crate) struct Explainer<K> {
    keys: K,
    rules: Rules,
    recipient: Option<String>,
    voice: Voice,
}

/// Why nothing can be explained.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unable {
    /// There are no texts in that language.
    #[error("there are no texts in the language {0:?}; there are: en")]
    Language(String),
    /// The texts cannot be used.
    #[error(transparent)]
    Texts(#[from] Unspeakable),
}

impl<K: Keys> Explainer<K> {
    /// Prepares to explain, with keys from wherever they are known.
    ///
    /// # Errors
    /// [`Unable`] when there are no texts in the language that the rules name.
    pub(crate) fn new(keys: K, rules: Rules, recipient: Option<String>) -> Result<Self, Unable> {
        let wanted = rules.language.as_deref().unwrap_or("en");
        let primary = wanted.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let texts = LANGUAGES.iter().find(|(language, _)| *language == primary);
        let Some((language, texts)) = texts else { return Err(Unable::Language(wanted.to_owned())) };
        let voice = Voice::new(language, &[texts])?;
        Ok(Self { keys, rules, recipient, voice })
    }

    /// Explains a mail, or the message that was forwarded in it.
    pub(crate) fn mail(&self, raw: &[u8]) -> Answer {
        self.mail_of(raw, self.recipient.as_deref())
    }

    /// The same for another recipient.
    pub(crate) fn mail_of(&self, raw: &[u8], recipient: Option<&str>) -> Answer {
        self.answer(&evidence::of_mail(raw, &self.keys, recipient))
    }

    /// Explains a text message.
    pub(crate) fn short(&self, text: &str) -> Answer {
        self.answer(&evidence::of_short(&ShortMessage::parse(text)))
    }

    fn answer(&self, evidence: &Evidence) -> Answer {
        let said = said::said(evidence);
        let concluded = sender::of(evidence, said.brand);
        let verdict = kind::verdict(evidence, &said, &concluded, &self.rules);
        Case { evidence, said: &said, concluded: &concluded, verdict, rules: &self.rules, voice: &self.voice }
            .answer()
    }

    /// The texts.
    pub(crate) const fn voice(&self) -> &Voice {
        &self.voice
    }
}
