//! The mail that carries a sign-in code: what it is for, who asked from where, and how to say "not me".
//!
//! Implements: WICG "Origin-bound one-time codes" (message format), as the last line of the text.

use model::message::Message;
use model::secret::Secret;
use model::sign_in_code::{CodeText, Purpose};
use model::source::Source;
use model::time::Time;
use wire::{base20, token};

use super::layout::{Block, Content};
use super::words::Words;
use crate::letter::Unwritable;
use crate::letterhead::Letterhead;

/// Whether a code has only the letters that codes are made of.
pub(super) fn check_code(code: &CodeText) -> Result<(), Unwritable> {
    let code = code.expose();
    if code.is_empty() || base20::parse(code, code.len()).as_deref() != Ok(code) {
        return Err(Unwritable::Part("code"));
    }
    Ok(())
}

/// Host and code in the form that lets a browser offer the code on that host only.
pub(super) fn domain_bound(code: &CodeText, head: &Letterhead) -> String {
    format!("@{} #{}", head.host, code.expose())
}

/// A request for a code, as the mail tells it. See `model::message::Body::SignInCode` for the parts.
pub(super) struct Asked<'a> {
    pub(super) purpose: Purpose,
    pub(super) code: &'a CodeText,
    pub(super) reference: &'a str,
    pub(super) asked_at: Time,
    pub(super) expires_at: Time,
    pub(super) source: &'a Source,
    pub(super) known: bool,
    pub(super) not_me: &'a str,
    pub(super) called: Option<&'a str>,
}

impl Asked<'_> {
    /// Whether every part has only the characters that it was made of.
    pub(super) fn check(&self) -> Result<(), Unwritable> {
        check_code(self.code)?;
        let plain_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if self.reference.split('-').count() != 2 || !self.reference.split('-').all(plain_word) {
            return Err(Unwritable::Part("reference"));
        }
        token::decode::<32>(self.not_me).map(|_| ()).map_err(|_| Unwritable::Part("token"))
    }

    /// What must not be logged.
    pub(super) fn secrets(&self) -> Vec<Secret<String>> {
        vec![Secret::new(self.code.expose().to_owned()), Secret::new(self.not_me.to_owned())]
    }

    /// The mail without that line.
    pub(super) fn content(&self, message: &Message, words: &Words<'_>) -> Result<Content, Unwritable> {
        let [subject, lead, code, unused] = match self.purpose {
            Purpose::SignIn => {
                ["mail-subject-sign-in", "mail-lead-sign-in", "mail-code-sign-in", "mail-unused-sign-in"]
            }
            Purpose::OpenAccount => {
                ["mail-subject-open", "mail-lead-open", "mail-code-open", "mail-unused-open"]
            }
            Purpose::Confirm => {
                ["mail-subject-confirm", "mail-lead-confirm", "mail-code-confirm", "mail-unused-confirm"]
            }
            Purpose::AddAddress => {
                ["mail-subject-open", "mail-lead-address", "mail-code-open", "mail-unused-address"]
            }
            Purpose::AddRecovery => {
                ["mail-subject-open", "mail-lead-recovery", "mail-code-open", "mail-unused-address"]
            }
            Purpose::Recovery => {
                ["mail-subject-recover", "mail-lead-recover", "mail-code-recover", "mail-unused-recover"]
            }
        };
        let url = &words.head.public_url;
        Ok(Content {
            subject: words.fill(subject, &[("reference", self.reference.into())]),
            blocks: vec![
                Block::Paragraph(words.fill(lead, &[])),
                self.facts(message, words)?,
                Block::Code {
                    code: words.fact(code, self.code.grouped()),
                    until: words.fact("mail-until", words.moment(self.expires_at)?),
                },
                Block::Paragraph(words.fill("mail-where", &[("url", url.as_str().into())])),
                Block::Warning(words.say("mail-nobody")),
                Block::Link {
                    why: words.say("mail-not-me"),
                    name: words.say("mail-not-me-link"),
                    url: format!("{url}/not-me/{}", self.not_me),
                },
                Block::Paragraph(words.say(unused)),
                Block::Paragraph(words.fill("mail-about", &[("url", url.as_str().into())])),
            ],
        })
    }

    fn facts(&self, message: &Message, words: &Words<'_>) -> Result<Block, Unwritable> {
        let browser = words.browser(self.source.browser);
        let (whose, purpose, browser) = match self.purpose {
            Purpose::SignIn | Purpose::Confirm => {
                let known = if self.known { "mail-browser-known" } else { "mail-browser-new" };
                let browser = words.fill(known, &[("browser", browser.into())]);
                let purpose = match self.purpose {
                    Purpose::Confirm => "mail-purpose-confirm",
                    _ => "mail-purpose-sign-in",
                };
                (words.account(message)?, purpose, browser)
            }
            // Where there is no account yet, no browser can have signed in to it.
            Purpose::OpenAccount => (words.new_address(message)?, "mail-purpose-open", browser),
            Purpose::AddAddress => (words.new_address(message)?, "mail-purpose-address", browser),
            Purpose::AddRecovery => (words.new_address(message)?, "mail-purpose-recovery", browser),
            Purpose::Recovery => {
                let known = if self.known { "mail-browser-known" } else { "mail-browser-new" };
                let browser = words.fill(known, &[("browser", browser.into())]);
                // The address may be another one than the account is called by, and its reader somebody else.
                let whose = match self.called {
                    Some(called) => words.fact("mail-account", called.to_owned()),
                    None => words.new_address(message)?,
                };
                (whose, "mail-purpose-recover", browser)
            }
        };
        let mut facts = vec![
            words.fact("mail-site", words.fill("mail-site-value", &[])),
            whose,
            words.fact("mail-purpose", words.say(purpose)),
            words.fact("mail-asked", words.moment(self.asked_at)?),
        ];
        facts.extend(words.whence(self.source));
        facts.push(words.fact("mail-browser", browser));
        let reference = words.fill("mail-reference-value", &[("reference", self.reference.into())]);
        facts.push(words.fact("mail-reference", reference));
        Ok(Block::Facts(facts))
    }
}
