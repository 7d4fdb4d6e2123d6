//! The page for everything that went wrong: what happened, what it means, what to do next.

use askama::Template;

use crate::view::frame::Frame;

/// Any page that could not be shown.
#[derive(Debug, Template)]
#[template(path = "error.html", whitespace = "minimize")]
pub struct ErrorPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What went wrong.
    pub trouble: Trouble,
    /// The HTTP request, under which the log tells more; shown when it was our fault.
    pub request_id: Option<String>,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such page (404).
    NotFound,
    /// The page does not take what was sent that way (405).
    WrongMethod,
    /// The page is for operators only (403).
    NotYours,
    /// The page asks for more than the account owns: a passkey, or a password with an app (403).
    PasskeyFirst,
    /// The app takes no way of signing in that was used (403).
    OtherWay,
    /// The form came from another site (403).
    CrossSite,
    /// The form was too old, or cookies are off (403).
    FormExpired,
    /// What was sent is not a form of ours (400).
    Malformed,
    /// What was sent is too large (413).
    TooLarge,
    /// Too much is going on (503).
    Busy {
        /// Seconds after which to try again, as in `Retry-After`.
        seconds: u32,
    },
    /// The answer of the database was lost: nobody knows whether it was done (503).
    Unsure,
    /// Our fault (500).
    OurFault,
}

impl Trouble {
    /// The HTTP status code (RFC 9110 §15).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotYours | Self::PasskeyFirst | Self::OtherWay | Self::CrossSite | Self::FormExpired => 403,
            Self::NotFound => 404,
            Self::WrongMethod => 405,
            Self::TooLarge => 413,
            Self::OurFault => 500,
            Self::Busy { .. } | Self::Unsure => 503,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::NotFound => "trouble-not-found",
            Self::WrongMethod => "trouble-wrong-method",
            Self::NotYours => "trouble-not-yours",
            Self::PasskeyFirst => "trouble-passkey-first",
            Self::OtherWay => "trouble-other-way",
            Self::CrossSite => "trouble-cross-site",
            Self::FormExpired => "trouble-form-expired",
            Self::Malformed => "trouble-malformed",
            Self::TooLarge => "trouble-too-large",
            Self::Busy { .. } => "trouble-busy",
            Self::Unsure => "trouble-unsure",
            Self::OurFault => "trouble-our-fault",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::NotFound => "trouble-not-found-meaning",
            Self::WrongMethod => "trouble-wrong-method-meaning",
            Self::NotYours => "trouble-not-yours-meaning",
            Self::PasskeyFirst => "trouble-passkey-first-meaning",
            Self::OtherWay => "trouble-other-way-meaning",
            Self::CrossSite => "trouble-cross-site-meaning",
            Self::FormExpired => "trouble-form-expired-meaning",
            Self::Malformed => "trouble-malformed-meaning",
            Self::TooLarge => "trouble-too-large-meaning",
            Self::Busy { .. } => "trouble-busy-meaning",
            Self::Unsure => "trouble-unsure-meaning",
            Self::OurFault => "trouble-our-fault-meaning",
        }
    }
}

impl ErrorPage<'_> {
    fn next(&self) -> String {
        let id = match self.trouble {
            Trouble::Busy { seconds } => return self.frame.count("trouble-busy-next", seconds),
            Trouble::NotFound => "trouble-not-found-next",
            Trouble::WrongMethod => "trouble-wrong-method-next",
            Trouble::NotYours => "trouble-not-yours-next",
            Trouble::PasskeyFirst => "trouble-passkey-first-next",
            Trouble::OtherWay => "trouble-other-way-next",
            Trouble::CrossSite => {
                return self.frame.with("trouble-cross-site-next", "host", self.frame.site_host);
            }
            Trouble::FormExpired => "trouble-form-expired-next",
            Trouble::Malformed => "trouble-malformed-next",
            Trouble::TooLarge => "trouble-too-large-next",
            Trouble::Unsure => "trouble-unsure-next",
            Trouble::OurFault => "trouble-our-fault-next",
        };
        self.frame.say(id).into_owned()
    }
}
