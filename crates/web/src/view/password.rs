//! Passwords and apps where they are used: signing in with a password, and the code that is asked for beside it.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::FieldError;

/// GET and POST `/sign-in/password`.
#[derive(Debug, Template)]
#[template(path = "sign_in_password.html", whitespace = "minimize")]
pub struct PasswordSignIn<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with the address.
    pub errors: Vec<FieldError>,
    /// What is wrong with the password.
    pub problem: Option<PasswordProblem>,
    /// Whether the second step took too long.
    pub over: bool,
}

/// Why a password did not do.
#[derive(Clone, Debug)]
pub enum PasswordProblem {
    /// Nothing was typed.
    Missing,
    /// It does not match, or one of the reasons that a stranger is not told.
    Wrong,
    /// None is compared until then.
    Blocked(Moment),
    /// It is held until then.
    Held(Moment),
    /// Passwords are switched off for the account.
    Off,
    /// Nobody at this domain signs in by one.
    DomainOff(String),
}

impl PasswordProblem {
    /// What is wrong, and what to do about it.
    pub(crate) fn words(&self, frame: &Frame<'_>) -> Wrong {
        let plain =
            |text, next| Wrong { text: frame.say(text).into_owned(), next: frame.say(next).into_owned() };
        let until =
            |text, at: &Moment, next| Wrong { text: frame.with(text, "at", &at.local), ..plain(next, next) };
        match self {
            Self::Missing => plain("password-error-missing", "password-error-missing-next"),
            Self::Wrong => plain("password-error-wrong", "password-error-wrong-next"),
            Self::Blocked(at) => until("password-error-blocked", at, "password-error-other-next"),
            Self::Held(at) => until("password-error-held", at, "password-error-other-next"),
            Self::Off => plain("password-error-off", "password-error-other-next"),
            Self::DomainOff(domain) => Wrong {
                text: frame.with("password-error-domain", "domain", domain),
                ..plain("password-error-other-next", "password-error-other-next")
            },
        }
    }
}

/// What is wrong with a field, and what to do about it.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub next: String,
}

/// A field for a password.
#[derive(Clone, Debug)]
pub struct PasswordField {
    /// Its name, and its identifier on the page.
    pub name: &'static str,
    /// The text beside it.
    pub label: &'static str,
    /// For whatever keeps passwords.
    pub autocomplete: &'static str,
    /// What to know before it is filled.
    pub hint: Option<String>,
    /// What is wrong with what was typed.
    pub wrong: Option<Wrong>,
}

impl PasswordField {
    /// The field for a password that there is.
    pub(crate) const fn current(label: &'static str, wrong: Option<Wrong>) -> Self {
        Self { name: "password", label, autocomplete: "current-password", hint: None, wrong }
    }

    /// The identifiers of what describes it.
    pub(crate) fn described(&self) -> String {
        let mut all = Vec::new();
        if self.wrong.is_some() {
            all.push(format!("{}-error", self.name));
        }
        if self.hint.is_some() {
            all.push(format!("{}-hint", self.name));
        }
        all.join(" ")
    }
}

impl PasswordSignIn<'_> {
    fn wrong(&self) -> Option<Wrong> {
        self.problem.as_ref().map(|problem| problem.words(self.frame))
    }

    fn field(&self) -> PasswordField {
        PasswordField::current("password-label", self.wrong())
    }
}

/// GET and POST `/sign-in/totp`.
#[derive(Debug, Template)]
#[template(path = "sign_in_totp.html", whitespace = "minimize")]
pub struct AppCode<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was wrong with what was typed.
    pub problem: Option<AppProblem>,
    /// Whether an approval does in its place.
    pub approval: bool,
}

/// Why a code out of an app did not do.
#[derive(Clone, Debug)]
pub enum AppProblem {
    /// Nothing was typed.
    Missing,
    /// It cannot be a code. No attempt was spent.
    Malformed,
    /// It is another one.
    Wrong,
    /// It was used already.
    Repeated,
    /// None is compared until then.
    Blocked(Moment),
    /// The app is held until then.
    Held(Moment),
}

impl AppProblem {
    /// What is wrong, and what to do about it.
    pub(crate) fn words(&self, frame: &Frame<'_>) -> Wrong {
        let plain =
            |text, next| Wrong { text: frame.say(text).into_owned(), next: frame.say(next).into_owned() };
        let until = |text, at: &Moment| Wrong {
            text: frame.with(text, "at", &at.local),
            ..plain("app-error-other-next", "app-error-other-next")
        };
        match self {
            Self::Missing => plain("app-error-missing", "app-error-missing-next"),
            Self::Malformed => plain("app-error-malformed", "app-error-missing-next"),
            Self::Wrong => plain("app-error-wrong", "app-error-wrong-next"),
            Self::Repeated => plain("app-error-repeated", "app-error-repeated-next"),
            Self::Blocked(at) => until("app-error-blocked", at),
            Self::Held(at) => until("app-error-held", at),
        }
    }
}

/// The field for a code out of an app.
#[derive(Clone, Debug)]
pub struct AppField {
    /// Whether the page begins with it.
    pub first: bool,
    /// What is wrong with what was typed.
    pub wrong: Option<Wrong>,
}

impl AppCode<'_> {
    fn wrong(&self) -> Option<Wrong> {
        self.problem.as_ref().map(|problem| problem.words(self.frame))
    }

    fn app(&self) -> AppField {
        AppField { first: true, wrong: self.wrong() }
    }
}
