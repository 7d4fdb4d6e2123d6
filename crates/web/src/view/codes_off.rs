//! The page for addresses of a domain to which no sign-in code is ever mailed: it says so, and which ways remain.
//!
//! It depends on the domain alone, and is the same for every address of it.

use askama::Template;

use crate::view::frame::Frame;

/// GET `/sign-in/<request>`, where codes are off for the domain.
#[derive(Debug, Template)]
#[template(path = "codes_off.html", whitespace = "minimize")]
pub struct CodesOff<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The domain, as people read it.
    pub domain: &'a str,
    /// The organisation that decided so; none if it was this site.
    pub tenant: Option<&'a str>,
    /// What remains.
    pub ways: Vec<Way>,
}

/// A way to sign in that asks for no code by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A passkey.
    Passkey,
    /// A password.
    Password,
    /// A password with a code out of an app.
    PasswordAndApp,
    /// A code by SMS.
    SmsCode,
}

impl Way {
    /// The page for it, where that is another one than the sign-in page.
    const fn href(self) -> Option<&'static str> {
        match self {
            Self::Password | Self::PasswordAndApp => Some("/sign-in/password"),
            Self::Passkey | Self::SmsCode => None,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Passkey => "codes-off-way-passkey",
            Self::Password => "codes-off-way-password",
            Self::PasswordAndApp => "codes-off-way-password-app",
            Self::SmsCode => "codes-off-way-sms",
        }
    }
}

impl CodesOff<'_> {
    fn who(&self) -> String {
        match self.tenant {
            Some(tenant) => self.frame.with("codes-off-tenant", "tenant", tenant),
            None => self.frame.of_site("codes-off-site"),
        }
    }
}
