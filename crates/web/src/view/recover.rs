//! The page for whoever has lost every way in, and the pages about recovery codes that were saved.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::view::password::{AppField, AppProblem, Wrong};
use crate::view::sign_in::FieldError;

/// GET and POST `/recover`.
#[derive(Debug, Template)]
#[template(path = "recover.html", whitespace = "minimize")]
pub struct Recover<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed as the account.
    pub account: &'a str,
    /// What was typed as the address for the code.
    pub address: &'a str,
    /// What waits in this browser, of which this is to be the second proof: then the account is known.
    pub entry: Option<&'a str>,
    /// Whether a code can be mailed.
    pub mailed: bool,
    /// Whether a saved code can be used.
    pub saved: bool,
    /// Whether a passkey can be used.
    pub passkey: Offer,
    /// Why the one that was used was refused.
    pub refused: Option<PasskeyRefused>,
    /// Whether a code out of an app can be used: as the second proof only.
    pub app: bool,
    /// What was wrong.
    pub error: Option<RecoverError>,
    /// How many letters a saved code has.
    pub letters: u8,
}

/// What was wrong with what was typed.
#[derive(Clone, Debug)]
pub enum RecoverError {
    /// The account cannot be read.
    Account(FieldError),
    /// The address for the code cannot be read.
    Address(FieldError),
    /// The account named beside the saved code cannot be read.
    Whose(FieldError),
    /// It cannot be a saved code.
    Malformed,
    /// It opens nothing there.
    Wrong,
    /// The code out of an app did not do.
    App(AppProblem),
}

impl Recover<'_> {
    /// The field that is wrong, what is, and what to do.
    fn wrong(&self) -> Option<(&'static str, Wrong)> {
        let plain = |text, next| Wrong {
            text: self.frame.say(text).into_owned(),
            next: self.frame.say(next).into_owned(),
        };
        Some(match self.error.as_ref()? {
            RecoverError::Account(error) => ("account", plain(error.text(), error.next())),
            RecoverError::Address(error) => ("address", plain(error.text(), error.next())),
            RecoverError::Whose(error) => ("whose", plain(error.text(), error.next())),
            RecoverError::Malformed => ("saved", plain("recover-malformed", "recover-malformed-next")),
            RecoverError::Wrong => ("saved", plain("recover-wrong", "recover-wrong-next")),
            RecoverError::App(problem) => ("code", problem.words(self.frame)),
        })
    }

    fn field(&self) -> &'static str {
        self.wrong().map_or("", |(field, _)| field)
    }

    fn text(&self) -> String {
        self.wrong().map(|(_, wrong)| wrong.text).unwrap_or_default()
    }

    fn next(&self) -> String {
        self.wrong().map(|(_, wrong)| wrong.next).unwrap_or_default()
    }

    fn app(&self) -> AppField {
        let wrong = self.wrong().filter(|(field, _)| *field == "code");
        AppField { first: false, wrong: wrong.map(|(_, wrong)| wrong) }
    }

    /// Whether there is any way on.
    const fn has_way(&self) -> bool {
        let passkey = self.passkey.is_here() || self.passkey.is_elsewhere();
        self.mailed || self.saved || passkey || self.app
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.field() == field
    }
}

/// The section about recovery codes on the page of what an account can prove itself with.
#[derive(Clone, Debug)]
pub struct CodesSection {
    /// How many are left, and when the set was made.
    pub left: Option<(u32, Moment)>,
    /// Whether they could be used for anything.
    pub open: bool,
}

/// GET `/account/authenticators/recovery-codes`.
#[derive(Debug, Template)]
#[template(path = "recovery_codes.html", whitespace = "minimize")]
pub struct RecoveryCodes<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How many are left, and when the set was made.
    pub left: Option<(u32, Moment)>,
    /// Which set the form replaces.
    pub seen: String,
    /// Whether another set was made since the form was shown.
    pub stale: bool,
    /// Whether the account has one address only.
    pub alone: bool,
    /// How many a new set has.
    pub count: u32,
}

/// POST to the same: the new set, shown this once.
#[derive(Debug, Template)]
#[template(path = "recovery_codes_new.html", whitespace = "minimize")]
pub struct NewRecoveryCodes<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The codes, in groups of four letters.
    pub codes: &'a [String],
    /// When they were made.
    pub made: Moment,
    /// The account's address.
    pub address: &'a str,
}
