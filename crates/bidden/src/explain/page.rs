//! The same answers for the page `/explain` of a running site: without keys, since a page asks nobody, and with what the site
//! knows of its own mails.

use web::Explain;
use web::view::explain::{Explained, Section, Urgency};
use wire::record::note::VerifierKeys;

use super::input::{self, Found};
use super::rules::{Rules, Site};
use super::verdict::{Risk, name};
use super::{Answer, Explainer, Unable};

/// Explains what is pasted into the page.
pub(crate) struct Page(Explainer<()>);

impl Page {
    /// Prepares a page of the site of this name, whose mails come from this address, with receipts by these keys.
    ///
    /// # Errors
    /// [`Unable`] when the texts cannot be read.
    pub(crate) fn new(site: &str, mail_from: Option<&str>, receipts: VerifierKeys) -> Result<Self, Unable> {
        let mut rules = Rules { receipts, ..Rules::default() };
        let own = |from: &str| Site { name: site.to_owned(), mail_from: from.to_owned() };
        rules.sites.extend(mail_from.map(own));
        Ok(Self(Explainer::new((), rules, None)?))
    }

    fn shown(&self, answer: Answer) -> Explained {
        let say = |id: &str| self.0.voice().say(id).into_owned();
        let risk = name(answer.verdict.risk);
        let about = answer.message;
        let facts = [
            ("explain-from", Some(about.from)),
            ("explain-to", about.to),
            ("explain-subject", Some(about.subject).filter(|subject| !subject.is_empty())),
            ("explain-date", about.date),
        ];
        Explained {
            headline: answer.headline,
            urgency: match answer.verdict.risk {
                Risk::None | Risk::Info => Urgency::Calm,
                Risk::Act | Risk::Warn => Urgency::Care,
                Risk::Danger => Urgency::Danger,
            },
            urgency_text: format!("{risk}: {}", say(&format!("explain-risk-{risk}"))),
            facts: facts.into_iter().filter_map(|(id, value)| Some((say(id), value?))).collect(),
            because: say("explain-because"),
            sections: answer
                .sections
                .into_iter()
                .map(|section| Section {
                    ordered: section.id == "do" && section.lines.len() > 1,
                    id: section.id,
                    title: section.title,
                    lines: section.lines.into_iter().map(|line| (line.text, line.because)).collect(),
                })
                .collect(),
        }
    }
}

impl Explain for Page {
    fn explain(&self, message: &[u8], recipient: Option<&str>) -> Option<Explained> {
        let answer = match input::one(message.to_vec(), false, false) {
            Found::Mail(bytes) => self.0.mail_of(&bytes, recipient),
            Found::Short(text) => self.0.short(&text),
            Found::Unread(_) => return None,
        };
        Some(self.shown(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_explained_and_what_is_no_message_is_not() {
        let page = Page::new("Example", Some("sign-in@example.com"), VerifierKeys::default()).unwrap();
        let lure = page.explain(b"Enter HK4TMR7QP at microsoft.com/devicelogin", None).unwrap();
        assert_eq!((lure.urgency, lure.sections.len()), (Urgency::Danger, 6));
        assert!(lure.sections.iter().any(|section| section.ordered));
        assert_eq!(page.explain(b"%PDF-1.7", None), None);
        let mail = b"From: a@b.example\nMessage-ID: <1@b.example>\nTo: list@b.example, c@b.example\n\nlunch";
        let answer = page.explain(mail, Some("me@c.example")).unwrap();
        assert!(answer.facts.contains(&("To".to_owned(), "me@c.example".to_owned())));
    }
}
