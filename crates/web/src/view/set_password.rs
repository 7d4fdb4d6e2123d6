//! Setting and changing a password, adding an app, and taking either away.

use std::fmt;

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::password::{AppField, AppProblem, PasswordField, PasswordProblem, Wrong};
use crate::view::qr::Qr;

/// GET and POST `/account/authenticators/password`.
#[derive(Debug, Template)]
#[template(path = "password_set.html", whitespace = "minimize")]
pub struct SetPassword<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The account's address: whatever keeps passwords keeps it beside the new one.
    pub address: &'a str,
    /// Whether there is one already, which is asked for.
    pub current: bool,
    /// How many characters a new one has at least.
    pub least: u16,
    /// Whether it is asked for after a sign-in, because the one that was used should not stay.
    pub anew: bool,
    /// Why the last try came to nothing.
    pub problem: Option<SetProblem>,
    /// Whether passwords are open for this account.
    pub open: bool,
}

/// Why a password was not set.
#[derive(Clone, Debug)]
pub enum SetProblem {
    /// Something about the one that there is.
    Current(PasswordProblem),
    /// Something about the new one.
    New(NewProblem),
    /// Something changed meanwhile.
    Over,
}

/// Why a new password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewProblem {
    /// Nothing was typed.
    Missing,
    /// It has too many characters.
    TooLong {
        /// How many it can have.
        most: u32,
    },
    /// It has a character that no keyboard writes.
    Control,
    /// It has too few characters.
    TooShort {
        /// How many it has.
        has: u32,
        /// How many it needs.
        needs: u32,
    },
    /// It was found in a breach.
    Breached,
    /// Many people have it.
    Common,
    /// It is made of the address or of the name of the site.
    Personal,
    /// It is a word.
    Word,
    /// It is a name of people.
    Name,
    /// It is a row or a pattern of keys.
    Keys,
    /// It repeats itself.
    Repeated,
    /// It goes up or down.
    Sequence,
    /// It is a year or a date.
    Date,
    /// There is too little in it.
    Guessable,
}

impl NewProblem {
    fn words(self, frame: &Frame<'_>) -> Wrong {
        let of = |text: &str| Wrong {
            text: frame.say(text).into_owned(),
            next: frame.say("new-password-next").into_owned(),
        };
        match self {
            Self::Missing => of("new-password-missing"),
            Self::TooLong { most } => {
                Wrong { text: frame.count("new-password-too-long", most), ..of("new-password-next") }
            }
            Self::Control => of("new-password-control"),
            Self::TooShort { has, needs } => Wrong {
                text: frame.fill("new-password-too-short", &[("has", has.into()), ("needs", needs.into())]),
                ..of("new-password-next")
            },
            Self::Breached => of("new-password-breached"),
            Self::Common => of("new-password-common"),
            Self::Personal => of("new-password-personal"),
            Self::Word => of("new-password-word"),
            Self::Name => of("new-password-name"),
            Self::Keys => of("new-password-keys"),
            Self::Repeated => of("new-password-repeated"),
            Self::Sequence => of("new-password-sequence"),
            Self::Date => of("new-password-date"),
            Self::Guessable => of("new-password-guessable"),
        }
    }
}

impl SetPassword<'_> {
    const fn heading(&self) -> &'static str {
        if self.current { "password-change-heading" } else { "password-set-heading" }
    }

    const fn button(&self) -> &'static str {
        if self.current { "password-change" } else { "password-set" }
    }

    /// What is said at the top, and the field that it is about.
    fn top(&self) -> Option<(String, &'static str)> {
        match self.problem.as_ref()? {
            SetProblem::Current(problem) => Some((self.current_words(problem).text, "password")),
            SetProblem::New(problem) => Some((problem.words(self.frame).text, "new")),
            SetProblem::Over => Some((self.frame.say("password-set-over").into_owned(), "new")),
        }
    }

    /// Here the account is known, so that nothing is said about the address.
    fn current_words(&self, problem: &PasswordProblem) -> Wrong {
        match problem {
            PasswordProblem::Wrong => Wrong {
                text: self.frame.say("password-current-wrong").into_owned(),
                next: self.frame.say("password-current-wrong-next").into_owned(),
            },
            other => other.words(self.frame),
        }
    }

    fn current_field(&self) -> PasswordField {
        let wrong = match &self.problem {
            Some(SetProblem::Current(problem)) => Some(self.current_words(problem)),
            Some(SetProblem::New(_) | SetProblem::Over) | None => None,
        };
        PasswordField::current("password-current-label", wrong)
    }

    fn new_field(&self) -> PasswordField {
        let wrong = match &self.problem {
            Some(SetProblem::New(problem)) => Some(problem.words(self.frame)),
            Some(SetProblem::Current(_) | SetProblem::Over) | None => None,
        };
        PasswordField {
            name: "new",
            label: "password-new-label",
            autocomplete: "new-password",
            hint: Some(self.frame.count("password-new-hint", self.least)),
            wrong,
        }
    }
}

/// GET and POST `/account/authenticators/app`.
#[derive(Template)]
#[template(path = "app_add.html", whitespace = "minimize")]
pub struct AddApp<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The secret, for the app and for the way back; none where no app can be added.
    pub secret: Option<AppSecret>,
    /// Why none can be added.
    pub unable: Option<Unable>,
    /// What was wrong with the first code.
    pub problem: Option<AppProblem>,
    /// Whether the secret of the page before is over: this one is fresh.
    pub over: bool,
}

/// A secret that waits for its first code.
pub struct AppSecret {
    /// For a camera; none if it does not fit.
    pub qr: Option<Qr>,
    /// For whoever types it.
    pub key: String,
    /// For the way back.
    pub sealed: String,
    /// For an app on the same device.
    pub uri: String,
}

/// Why no app can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unable {
    /// There is one.
    Has,
    /// The account has no password, beside which its codes would be asked for.
    NoPassword,
    /// It is switched off.
    Off,
}

impl Unable {
    /// Whether a password would help.
    fn wants_password(self) -> bool {
        self == Self::NoPassword
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Has => "app-unable-has",
            Self::NoPassword => "app-unable-no-password",
            Self::Off => "app-unable-off",
        }
    }
}

impl fmt::Debug for AddApp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret is not shown.
        f.debug_struct("AddApp")
            .field("unable", &self.unable)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl AddApp<'_> {
    fn wrong(&self) -> Option<Wrong> {
        self.problem.as_ref().map(|problem| problem.words(self.frame))
    }

    fn app(&self) -> AppField {
        AppField { first: false, wrong: self.wrong() }
    }
}

/// GET `/account/authenticators/<id>/remove`, of a password or an app.
#[derive(Debug, Template)]
#[template(path = "authenticator_remove.html", whitespace = "minimize")]
pub struct RemoveAuthenticator<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Its identifier.
    pub id: &'a str,
    /// Which.
    pub which: Which,
}

/// What is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// A password.
    Password,
    /// A password, beside which an app's code is asked for.
    PasswordWithApp,
    /// An app.
    App,
    /// An app, and the password that was taken only beside it.
    AppAndPassword,
    /// A device that approves.
    Approver,
}

impl Which {
    const fn heading(self) -> &'static str {
        match self {
            Self::Password | Self::PasswordWithApp => "password-remove-heading",
            Self::App | Self::AppAndPassword => "app-remove-heading",
            Self::Approver => "approver-remove-heading",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::Password | Self::PasswordWithApp => "password-remove-lead",
            Self::App | Self::AppAndPassword => "app-remove-lead",
            Self::Approver => "approver-remove-lead",
        }
    }

    const fn note(self) -> Option<&'static str> {
        match self {
            Self::Password | Self::App | Self::Approver => None,
            Self::PasswordWithApp => Some("password-remove-app"),
            Self::AppAndPassword => Some("app-remove-password"),
        }
    }
}

/// The section about passwords on `/account/authenticators`.
#[derive(Clone, Debug)]
pub struct PasswordSection {
    /// The password, if there is one.
    pub line: Option<AuthenticatorLine>,
    /// Whether one can be set or changed.
    pub open: bool,
}

/// The section about apps.
#[derive(Clone, Debug)]
pub struct AppSection {
    /// The app, if there is one.
    pub line: Option<AuthenticatorLine>,
    /// Whether one can be added.
    pub open: bool,
    /// Whether there is a password, beside which its codes are asked for; or they are asked for in a recovery only.
    pub password: bool,
}

/// A password or an app.
#[derive(Clone, Debug)]
pub struct AuthenticatorLine {
    /// Its identifier, as in the paths that change it.
    pub id: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// Until when it is held.
    pub held: Option<Moment>,
}
