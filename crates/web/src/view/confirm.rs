//! The page that asks once more who is there.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::view::password::{AppField, AppProblem, PasswordField, PasswordProblem, Wrong};

/// GET `/account/confirm`.
#[derive(Debug, Template)]
#[template(path = "confirm.html", whitespace = "minimize")]
pub struct Confirm<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where it goes on to.
    pub to: &'a str,
    /// The account's address.
    pub address: &'a str,
    /// Why it is asked for.
    pub why: Why<'a>,
    /// Whether the account has a passkey that can be used.
    pub has_passkey: bool,
    /// The form for it, or where it could be had.
    pub passkey: Offer,
    /// Why the passkey that was used was refused.
    pub refused: Option<PasskeyRefused>,
    /// Whether a password can be used; together with an app's code where the account has both.
    pub password: bool,
    /// Whether an app's code is asked for beside the password.
    pub totp: bool,
    /// Whether an approval serves.
    pub approval: ByApproval,
    /// What was wrong with what was typed.
    pub problem: Option<ConfirmProblem>,
    /// Whether a code can be mailed.
    pub code: bool,
    /// The telephone to which a code can be sent, where none can be mailed.
    pub phone: Option<String>,
}

/// What was wrong with a password, or with the code that was typed beside it.
#[derive(Clone, Debug)]
pub enum ConfirmProblem {
    /// The password.
    Password(PasswordProblem),
    /// The code.
    App(AppProblem),
}

/// Whether an approval serves to confirm who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByApproval {
    /// It does not.
    No,
    /// By itself, as a code by mail does.
    Alone,
    /// After the password, in the place of an app's code.
    AfterPassword,
}

/// Why somebody is asked once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// Something that decides over the account is about to change.
    Change,
    /// The operator's pages ask for more than a code by mail.
    Operator,
    /// The session is provisional, since another browser used it: nothing is proved in it.
    Doubted,
    /// The same, because of the approval by which it began.
    Unsure,
    /// A client takes no older proof, or no other.
    Client {
        /// What it is called.
        name: &'a str,
        /// Whether an operator vouches for the name.
        verified: bool,
    },
}

impl Confirm<'_> {
    /// What is said at the top, and the field that it is about.
    fn top(&self) -> Option<(String, &'static str)> {
        Some(match self.problem.as_ref()? {
            ConfirmProblem::Password(problem) => (self.password_words(problem).text, "password"),
            ConfirmProblem::App(problem) => (problem.words(self.frame).text, "code"),
        })
    }

    /// Here the account is known, so that nothing is said about the address.
    fn password_words(&self, problem: &PasswordProblem) -> Wrong {
        match problem {
            PasswordProblem::Wrong => Wrong {
                text: self.frame.say("password-current-wrong").into_owned(),
                next: self.frame.say("confirm-password-wrong-next").into_owned(),
            },
            other => other.words(self.frame),
        }
    }

    fn field(&self) -> PasswordField {
        let wrong = match &self.problem {
            Some(ConfirmProblem::Password(problem)) => Some(self.password_words(problem)),
            Some(ConfirmProblem::App(_)) | None => None,
        };
        PasswordField::current("password-label", wrong)
    }

    fn app(&self) -> AppField {
        let wrong = match &self.problem {
            Some(ConfirmProblem::App(problem)) => Some(problem.words(self.frame)),
            Some(ConfirmProblem::Password(_)) | None => None,
        };
        AppField { first: false, wrong }
    }

    /// Whether a password serves for it.
    const fn by_password(&self) -> bool {
        match self.why {
            Why::Change | Why::Client { .. } | Why::Doubted | Why::Unsure => self.password,
            Why::Operator => self.password && (self.totp || self.after_password()),
        }
    }

    const fn after_password(&self) -> bool {
        matches!(self.approval, ByApproval::AfterPassword)
    }

    /// Whether an approval serves by itself.
    const fn by_approval(&self) -> bool {
        matches!(self.approval, ByApproval::Alone) && !matches!(self.why, Why::Operator)
    }

    const fn password_text(&self) -> &'static str {
        match (self.totp, self.after_password()) {
            (true, _) => "confirm-password-app",
            (false, true) => "confirm-password-approval",
            (false, false) => "confirm-password",
        }
    }

    fn lead(&self) -> String {
        match self.why {
            Why::Change => self.frame.say("confirm-lead-change").into_owned(),
            Why::Operator => self.frame.say("confirm-lead-operator").into_owned(),
            Why::Doubted => self.frame.say("session-provisional-this").into_owned(),
            Why::Unsure => self.frame.say("session-unsure-this").into_owned(),
            Why::Client { name, .. } => self.frame.with("confirm-lead-client", "name", name),
        }
    }

    /// Whether it is asked for by whom nobody vouches for.
    const fn is_strange(&self) -> bool {
        matches!(self.why, Why::Client { verified: false, .. })
    }

    const fn back(&self) -> &'static str {
        match self.why {
            Why::Client { .. } => "confirm-back-client",
            Why::Change | Why::Operator | Why::Doubted | Why::Unsure => "confirm-back",
        }
    }

    const fn by_passkey(&self) -> bool {
        self.has_passkey
    }

    /// Whether there is any way on.
    const fn has_way(&self) -> bool {
        match self.why {
            Why::Change | Why::Client { .. } => {
                self.has_passkey || self.password || self.code || self.phone.is_some() || self.by_approval()
            }
            Why::Operator => self.has_passkey || self.by_password(),
            Why::Doubted | Why::Unsure => false,
        }
    }

    const fn is_doubted(&self) -> bool {
        matches!(self.why, Why::Doubted | Why::Unsure)
    }
}
