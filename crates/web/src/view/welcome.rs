//! Opening an account with a link: the set-up link of a fresh installation, or an invitation.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::FieldError;

/// GET and POST `/welcome/<token>`: asks for the address of the new account.
#[derive(Debug, Template)]
#[template(path = "welcome.html", whitespace = "minimize")]
pub struct Welcome<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The secret part of the link, as in the path.
    pub token: &'a str,
    /// Which link it is.
    pub kind: WelcomeKind,
    /// What was typed before, or the address that was invited, or nothing.
    pub address: &'a str,
    /// When the link stops working.
    pub expires: Moment,
    /// What is wrong with the address.
    pub errors: Vec<FieldError>,
}

/// Which link opened the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WelcomeKind {
    /// The link printed at the first start.
    SetUp,
    /// An operator's invitation.
    Invitation,
}

/// The link does not work, or no longer.
#[derive(Debug, Template)]
#[template(path = "welcome_gone.html", whitespace = "minimize")]
pub struct WelcomeGone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Why.
    pub why: Gone,
}

/// Why a link does not work.
#[derive(Clone, Debug)]
pub enum Gone {
    /// It opened an account before.
    Used,
    /// It was too old.
    Expired(Moment),
    /// It is not one of ours.
    Unknown,
    /// The operator has closed registration.
    Closed,
}

impl WelcomeGone<'_> {
    fn text(&self) -> String {
        match &self.why {
            Gone::Used => self.frame.say("gone-used").into_owned(),
            Gone::Expired(at) => self.frame.with("gone-expired", "at", &at.local),
            Gone::Unknown => self.frame.say("gone-unknown").into_owned(),
            Gone::Closed => self.frame.say("gone-closed").into_owned(),
        }
    }

    const fn next(&self) -> &'static str {
        match self.why {
            Gone::Used => "gone-next-used",
            Gone::Expired(_) | Gone::Unknown | Gone::Closed => "gone-next",
        }
    }
}
