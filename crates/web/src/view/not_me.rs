//! "I did not ask for this": what is known about one request, and the button that ends it.

use askama::Template;

use crate::view::entry::{End, Mail, spent};
use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::Purpose;
use crate::view::source::SourceLine;

/// GET `/not-me/<token>`. Showing it changes nothing.
#[derive(Debug, Template)]
#[template(path = "not_me.html", whitespace = "minimize")]
pub struct NotMe<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The secret part of the link, as in the path.
    pub token: &'a str,
    /// What the code is for.
    pub purpose: Purpose,
    /// The address it was asked for, masked.
    pub account: String,
    /// When it was asked for.
    pub asked: Moment,
    /// From where.
    pub source: SourceLine,
    /// The two words on the page that asked and in the mail.
    pub reference: String,
    /// How it ended, or that it did not yet.
    pub end: End,
    /// Guesses spent.
    pub guesses: u8,
    /// Guesses that there were.
    pub guesses_allowed: u8,
    /// What became of the mail.
    pub mail: Mail,
    /// How many days mail asked for by unknown browsers will be off.
    pub mute_days: u32,
    /// Until when it is off already.
    pub muted: Option<Moment>,
    /// What the address is to the account that the request was for.
    pub standing: Standing,
    /// How the code was used, if it was.
    pub used: Option<Used>,
    /// How often it was typed into browsers that had not asked for it.
    pub in_other_browsers: u32,
    /// Until when the link leads to this page.
    pub kept_until: Moment,
}

/// What an address is to the account that a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It signs in to it.
    SignsIn,
    /// The account has it for recovery and for nothing else.
    Recovers,
    /// Whoever asked wants it to be one of the account's.
    Wanted,
    /// No account came of it.
    NoAccount,
    /// It was the account's, and is not any more.
    NoMore,
}

/// How a code was used.
#[derive(Clone, Debug)]
pub struct Used {
    /// When.
    pub at: Moment,
    /// Whether that was in the network from which it was asked for; none if that is not known.
    pub same_network: Option<bool>,
}

/// POST `/not-me/<token>`: it is recorded.
#[derive(Debug, Template)]
#[template(path = "not_me_done.html", whitespace = "minimize")]
pub struct NotMeDone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether it had been said before.
    pub already: bool,
    /// Whether the code had been used before this was said.
    pub was_used: bool,
    /// Until when mail asked for by unknown browsers is off.
    pub muted_until: Moment,
}

/// The link belongs to no request, or to one that is no longer on the record.
#[derive(Debug, Template)]
#[template(path = "not_me_unknown.html", whitespace = "minimize")]
pub struct NotMeUnknown<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
}

impl NotMe<'_> {
    fn asked_text(&self) -> String {
        let id = match self.purpose {
            Purpose::SignIn | Purpose::SignInOrOpen => "not-me-asked-sign-in",
            Purpose::OpenAccount => "not-me-asked-open",
            Purpose::Confirm => "not-me-asked-confirm",
            Purpose::AddAddress | Purpose::AddRecovery => "not-me-asked-address",
            Purpose::Recovery => "not-me-asked-recovery",
        };
        self.frame.fill(
            id,
            &[
                ("account", self.account.as_str().into()),
                ("site", self.frame.site_name.into()),
                ("at", self.asked.local.as_str().into()),
            ],
        )
    }

    const fn stands(&self) -> &'static str {
        match self.standing {
            Standing::SignsIn => "not-me-stands-signs-in",
            Standing::Recovers => "not-me-stands-recovers",
            Standing::Wanted => "not-me-stands-wanted",
            Standing::NoAccount => "not-me-stands-no-account",
            Standing::NoMore => "not-me-stands-no-more",
        }
    }

    /// Whether there is an account page for whoever reads the mail.
    fn has_account(&self) -> bool {
        self.standing == Standing::SignsIn
    }

    fn used_by(&self, used: &Used) -> &'static str {
        match used.same_network {
            Some(true) => "not-me-used-same",
            Some(false) => "not-me-used-other",
            None => "not-me-used-by",
        }
    }

    fn spent(&self) -> String {
        spent(self.frame, self.guesses, self.guesses_allowed)
    }

    /// How it ended: a code that was used did what it was for, which is not always a sign-in.
    fn ended(&self) -> String {
        let id = match (&self.end, self.purpose) {
            (End::Used, Purpose::AddAddress | Purpose::AddRecovery) => "not-me-used-added",
            (End::Used, Purpose::Recovery) => "not-me-used-recovery",
            (End::Used, Purpose::Confirm) => "not-me-used-confirm",
            _ => return self.end.sentence(self.frame),
        };
        self.frame.say(id).into_owned()
    }

    const fn need(&self) -> &'static str {
        match self.end {
            End::Used => match self.purpose {
                Purpose::AddAddress | Purpose::AddRecovery => "not-me-need-added",
                Purpose::Recovery => "not-me-need-recovery",
                Purpose::SignIn | Purpose::SignInOrOpen | Purpose::OpenAccount | Purpose::Confirm => {
                    "not-me-need-used"
                }
            },
            End::Waiting(_) => "not-me-need-waiting",
            End::NotYou => "not-me-need-said",
            End::NeverUsed | End::WrongCodes | End::NotSent(_) | End::Bounced => "not-me-need-nothing",
        }
    }
}
