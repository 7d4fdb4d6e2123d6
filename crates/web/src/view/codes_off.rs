//! The page for addresses of a domain to which no sign-in code is ever mailed: it says so, and which ways remain.
//!
//! It depends on the domain alone, and is the same for every address of it.

use askama::Template;
use model::method::{Method, MethodSet};

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
    /// A code by mail.
    MailCode,
    /// An approval on another device of the account's.
    Approval,
}

impl Way {
    /// The ways that these methods make, the safest first.
    #[must_use]
    pub fn all(methods: MethodSet) -> Vec<Self> {
        let has = |method| methods.has(method);
        let password = match (has(Method::Password), has(Method::Totp)) {
            (true, true) => Some(Self::PasswordAndApp),
            (true, false) => Some(Self::Password),
            (false, _) => None,
        };
        let passkey = has(Method::Passkey).then_some(Self::Passkey);
        let sms = has(Method::SmsCode).then_some(Self::SmsCode);
        let mail = has(Method::MailCode).then_some(Self::MailCode);
        let approval = has(Method::Approval).then_some(Self::Approval);
        [passkey, password, approval, sms, mail].into_iter().flatten().collect()
    }

    /// The page for it, where that is another one than the sign-in page.
    const fn href(self) -> Option<&'static str> {
        match self {
            Self::Password | Self::PasswordAndApp => Some("/sign-in/password"),
            Self::Approval => Some("/sign-in/approval"),
            Self::Passkey | Self::SmsCode | Self::MailCode => None,
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Passkey => "codes-off-way-passkey",
            Self::Approval => "codes-off-way-approval",
            Self::Password => "codes-off-way-password",
            Self::PasswordAndApp => "codes-off-way-password-app",
            Self::SmsCode => "codes-off-way-sms",
            Self::MailCode => "codes-off-way-mail",
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
