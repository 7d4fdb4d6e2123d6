//! Signing in: the page that asks for an address, and the page that waits for the code.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::passkey::{Offer, PasskeyRefused};

/// GET and POST `/sign-in`: asks for an address.
#[derive(Debug, Template)]
#[template(path = "sign_in.html", whitespace = "minimize")]
pub struct SignIn<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// What happened before this page was shown.
    pub notice: Option<SignInNotice>,
    /// Whether an account opens for an address that has none.
    pub registration_open: bool,
    /// Whether a telephone number can be typed as well.
    pub phones: bool,
    /// Whether a passkey can be used here.
    pub passkey: Offer,
    /// Why the passkey that was used was refused.
    pub refused: Option<PasskeyRefused>,
    /// Whether passwords are open on this site.
    pub password: bool,
    /// Whether an approval can be asked for here.
    pub approval: bool,
    /// Whether something waits in this browser.
    pub waiting: bool,
}

/// What happened before the sign-in page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNotice {
    /// The reader signed out.
    SignedOut,
    /// The reader closed the account.
    Closed,
    /// The browser session is over.
    SessionOver,
    /// The page that was asked for needs a sign-in.
    Needed,
    /// A client sent the reader here.
    Client,
    /// A device waits for its code.
    Device,
}

/// What is wrong with an address that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// Nothing was typed.
    AddressMissing,
    /// There is no @, or something is missing beside it.
    AddressIncomplete,
    /// The part before the @ cannot be one.
    AddressLocal,
    /// The part after the @ cannot be one.
    AddressDomain,
    /// A character that no address has.
    AddressCharacter,
    /// Longer than an address can be (RFC 5321 §4.5.3.1).
    AddressTooLong,
    /// There is an account with this address (only shown to whoever was invited).
    AddressTaken,
    /// The invitation is for another address.
    AddressElsewhere,
    /// A telephone number without its country code.
    PhoneCountryCode,
    /// What begins like a telephone number and is none.
    PhoneMalformed,
    /// No text messages go to that country.
    PhoneCountry,
    /// The number is no line of a person.
    PhoneRange,
}

impl FieldError {
    /// The identifier of the text that says what is wrong.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        match self {
            Self::AddressMissing => "error-address-missing",
            Self::AddressIncomplete => "error-address-incomplete",
            Self::AddressLocal => "error-address-local",
            Self::AddressDomain => "error-address-domain",
            Self::AddressCharacter => "error-address-character",
            Self::AddressTooLong => "error-address-too-long",
            Self::AddressTaken => "error-address-taken",
            Self::AddressElsewhere => "error-address-elsewhere",
            Self::PhoneCountryCode => "error-phone-country-code",
            Self::PhoneMalformed => "error-phone-malformed",
            Self::PhoneCountry => "error-phone-country",
            Self::PhoneRange => "error-phone-range",
        }
    }

    /// The identifier of the text that says what to do about it.
    #[must_use]
    pub const fn next(&self) -> &'static str {
        match self {
            Self::AddressMissing => "error-address-missing-next",
            Self::AddressIncomplete => "error-address-incomplete-next",
            Self::AddressLocal => "error-address-local-next",
            Self::AddressDomain => "error-address-domain-next",
            Self::AddressCharacter => "error-address-character-next",
            Self::AddressTooLong => "error-address-too-long-next",
            Self::AddressTaken => "error-address-taken-next",
            Self::AddressElsewhere => "error-address-elsewhere-next",
            Self::PhoneCountryCode => "error-phone-country-code-next",
            Self::PhoneMalformed => "error-phone-malformed-next",
            Self::PhoneCountry => "error-phone-country-next",
            Self::PhoneRange => "error-phone-range-next",
        }
    }
}

impl SignInNotice {
    const fn text(self) -> &'static str {
        match self {
            Self::SignedOut => "notice-signed-out",
            Self::Closed => "notice-closed",
            Self::SessionOver => "notice-session-over",
            Self::Needed => "notice-sign-in-needed",
            Self::Client => "notice-sign-in-client",
            Self::Device => "notice-sign-in-device",
        }
    }
}

/// GET and POST `/sign-in/<request>`: waits for the code.
#[derive(Debug, Template)]
#[template(path = "enter_code.html", whitespace = "minimize")]
pub struct EnterCode<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The request, as in the path.
    pub request_id: &'a str,
    /// Where it goes on to, if not to the account page.
    pub to: Option<&'a str>,
    /// The address, as it was typed.
    pub address: &'a str,
    /// Whether the code goes to a telephone.
    pub by_text: bool,
    /// The two words that the mail carries too.
    pub reference: &'a str,
    /// What the code is for.
    pub purpose: Purpose,
    /// How many letters a code has at the least; a longer one has one or two groups of four more.
    pub letters: u8,
    /// When the code ends.
    pub expires: Moment,
    /// Seconds until then.
    pub seconds_left: u32,
    /// Guesses left; none while nothing is known about them.
    pub attempts_left: Option<u8>,
    /// What was wrong with what was typed.
    pub error: Option<CodeError>,
    /// Whether the same code can be sent again.
    pub resend: Resend,
    /// Why nothing can be typed any more; then the page says so and shows no form.
    pub ended: Option<Ended>,
    /// Whether there is an inbox on this machine because no mail server is set up.
    pub inbox_link: bool,
}

/// What a code is for, as pages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in, where an account exists.
    SignIn,
    /// To sign in, or to open an account where none exists.
    SignInOrOpen,
    /// To confirm an address and open an account with it.
    OpenAccount,
    /// To confirm, within a session, who is there.
    Confirm,
    /// To confirm an address that the account is to be signed in to by.
    AddAddress,
    /// To confirm an address for recovery.
    AddRecovery,
    /// To recover an account.
    Recovery,
}

/// What was wrong with a code that was typed. The request goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was typed.
    Missing,
    /// It cannot be a code. No guess was spent.
    Malformed,
    /// It is not the code.
    Wrong {
        /// Guesses left, at least one.
        left: u8,
    },
}

/// Whether the same code can be sent again.
#[derive(Clone, Debug)]
pub enum Resend {
    /// At once.
    Now,
    /// Not before then.
    At(Moment),
    /// Not for this request.
    No,
    /// By asking once more on the page where it was asked for.
    Elsewhere,
}

/// Why a request for a code is over.
#[derive(Clone, Debug)]
pub enum Ended {
    /// Its time passed.
    Expired(Moment),
    /// All guesses were spent.
    UsedUp,
    /// It was used.
    Used,
    /// Another browser asked for it; only that one can use it.
    OtherBrowser,
    /// Somebody who read the mail said that they did not ask for it.
    Denied,
    /// There is no such request, or it is long over.
    Unknown,
}

impl Purpose {
    /// "a sign-in code", for a sentence.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInOrOpen => "code-heading-sign-in",
            Self::OpenAccount => "code-heading-open",
            Self::Confirm => "code-heading-confirm",
            Self::AddAddress | Self::AddRecovery => "code-heading-address",
            Self::Recovery => "code-heading-recovery",
        }
    }

    const fn sent(self) -> &'static str {
        match self {
            Self::SignIn => "code-sent-sign-in",
            Self::SignInOrOpen => "code-sent-sign-in-or-open",
            Self::OpenAccount => "code-sent-open",
            Self::Confirm => "code-sent-confirm",
            Self::AddAddress | Self::AddRecovery => "code-sent-address",
            Self::Recovery => "code-sent-recovery",
        }
    }

    /// The same of a code that goes to a telephone.
    const fn sent_by_text(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInOrOpen | Self::OpenAccount => "code-sent-text-sign-in",
            Self::Confirm => "code-sent-text-confirm",
            Self::AddAddress | Self::AddRecovery => "code-sent-text-address",
            Self::Recovery => "code-sent-text-recovery",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInOrOpen => "code-button-sign-in",
            Self::OpenAccount => "code-button-open",
            Self::Confirm => "code-button-confirm",
            Self::AddAddress | Self::AddRecovery => "code-button-address",
            Self::Recovery => "code-button-recovery",
        }
    }
}

impl CodeError {
    const fn text(self) -> &'static str {
        match self {
            Self::Missing => "code-error-missing",
            Self::Malformed => "code-error-malformed",
            Self::Wrong { .. } => "code-error-wrong",
        }
    }
}

impl EnterCode<'_> {
    const fn sent(&self) -> &'static str {
        if self.by_text { self.purpose.sent_by_text() } else { self.purpose.sent() }
    }

    const fn nothing(&self) -> &'static str {
        if self.by_text { "code-nothing-phone" } else { "code-nothing-text" }
    }

    /// Whether nothing may have come because of a gate: said wherever there may be one, so that it tells nothing.
    const fn may_be_gated(&self) -> bool {
        matches!(self.purpose, Purpose::SignIn | Purpose::SignInOrOpen | Purpose::Recovery)
    }

    /// Where a code is asked for once more, with something beside the address.
    const fn ask_again(&self) -> &'static str {
        if matches!(self.purpose, Purpose::Recovery) { "/recover" } else { "/sign-in" }
    }

    fn heading(&self) -> &'static str {
        match (&self.ended, self.purpose) {
            (None, purpose) => purpose.heading(),
            (Some(Ended::Used), _) => "code-heading-used",
            (Some(Ended::OtherBrowser), _) => "code-heading-other-browser",
            (Some(Ended::Unknown), _) => "code-heading-unknown",
            (Some(_), Purpose::OpenAccount) => "code-heading-ended-open",
            (Some(_), _) => "code-heading-ended-sign-in",
        }
    }

    fn ended_text(&self, ended: &Ended) -> String {
        match ended {
            Ended::Expired(at) => self.frame.fill(
                "code-ended-expired",
                &[("at", at.local.as_str().into()), ("ago", at.relative.as_str().into())],
            ),
            Ended::UsedUp => self.frame.say("code-ended-used-up").into_owned(),
            Ended::Used => self.frame.say("code-ended-used").into_owned(),
            Ended::OtherBrowser => self.frame.say("code-ended-other-browser").into_owned(),
            Ended::Denied => self.frame.say("code-ended-denied").into_owned(),
            Ended::Unknown => self.frame.say("code-ended-unknown").into_owned(),
        }
    }

    fn error_next(&self, error: &CodeError) -> String {
        match error {
            CodeError::Missing => self.frame.say("code-error-missing-next").into_owned(),
            CodeError::Malformed => self.frame.count("code-error-malformed-next", self.letters),
            CodeError::Wrong { left } => self.frame.count("code-error-wrong-next", *left),
        }
    }

    /// The words for the time left, from none to all of it, between bars: the script shows the next one
    /// each minute and needs no texts of its own.
    fn words_of_time(&self) -> String {
        let mut words = String::new();
        for minutes in 0..=self.minutes_left().max(1) {
            if minutes > 0 {
                words.push('|');
            }
            words.push_str(&self.time_left(minutes));
        }
        words
    }

    /// Rounded; none means less than one.
    const fn minutes_left(&self) -> u32 {
        if self.seconds_left < 60 { 0 } else { self.seconds_left.saturating_add(30) / 60 }
    }

    fn time_left(&self, minutes: u32) -> String {
        if minutes == 0 {
            self.frame.say("code-time-short").into_owned()
        } else {
            self.frame.count("code-time-left", minutes)
        }
    }
}
