//! One record before it is written: numbers only, so that a tenant's whole day fits into memory.

use super::world::{Agent, App, Net, Resource};

/// How Entra names what was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A token for a token.
    #[default]
    None,
    /// In a browser.
    OAuth2,
    /// By a code that another device shows.
    DeviceCode,
    /// Name and password, without a page.
    Ropc,
}

impl Protocol {
    /// As in the log.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OAuth2 => "oAuth2",
            Self::DeviceCode => "deviceCode",
            Self::Ropc => "ropc",
        }
    }
}

/// What was brought instead of a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Token {
    /// Nothing.
    #[default]
    None,
    /// A refresh token.
    Refresh,
    /// The token of a registered device.
    Primary,
}

impl Token {
    /// As in the log.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Refresh => "refreshToken",
            Self::Primary => "primaryRefreshToken",
        }
    }
}

/// What the log adds to the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    #[default]
    None,
    MfaCompleted,
    MfaApproved,
    MfaByClaim,
    MfaRequired,
    Declined,
    NoResponse,
    WrongNumber,
    WrongCode,
    WrongPassword,
    DeviceRegistration,
}

impl Detail {
    /// As in the log.
    #[must_use]
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::MfaCompleted => "MFA completed in Azure AD",
            Self::MfaApproved => "MFA successfully completed",
            Self::MfaByClaim => "MFA requirement satisfied by claim in the token",
            Self::MfaRequired => "MFA required in Azure AD",
            Self::Declined => "MFA denied; user declined the authentication",
            Self::NoResponse => "MFA denied; user did not respond to mobile app notification",
            Self::WrongNumber => "MFA denied; user did not select the correct number",
            Self::WrongCode => {
                "Authentication failed during strong authentication request; OATH verification code"
            }
            Self::WrongPassword => "Invalid username or password",
            Self::DeviceRegistration => "adrs_access",
        }
    }
}

/// One sign-in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft {
    /// When, in microseconds since the epoch, whole milliseconds.
    pub(crate) at: i64,
    /// Whose account.
    pub(crate) user: u32,
    /// The error, 0 for none.
    pub(crate) code: u32,
    /// What is added to it.
    pub(crate) detail: Detail,
    /// Whether a person was there.
    pub(crate) interactive: bool,
    /// How.
    pub(crate) protocol: Protocol,
    /// Whether the session began with a code that another device showed: it sticks.
    pub(crate) device_flow: bool,
    /// With what.
    pub(crate) token: Token,
    /// By which application.
    pub(crate) app: App,
    /// For what.
    pub(crate) resource: Resource,
    /// From where.
    pub(crate) net: Net,
    /// In which browser.
    pub(crate) agent: Agent,
    /// The registered device, 0 for none.
    pub(crate) device: u32,
    /// Whether the tenant manages it.
    pub(crate) managed: bool,
    /// 0 for none.
    pub(crate) session: u64,
    /// What joins the records of one sign-in.
    pub(crate) correlation: u64,
    /// The incident that it belongs to, from 1; 0 for none.
    pub(crate) incident: u32,
}

/// What somebody changed, in the log of the directory or of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A device was registered: whether by a tool that names itself `DESKTOP-…` and an old build.
    DeviceRegistered { by_tool: bool },
    /// A way to sign in was added.
    MethodRegistered,
    /// An application was allowed something.
    ConsentGiven,
    /// A rule moves mail away.
    InboxRuleMade,
}

/// One record of such a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// When.
    pub(crate) at: i64,
    /// By whom.
    pub(crate) user: u32,
    /// What.
    pub(crate) deed: Deed,
    /// From where.
    pub(crate) net: Net,
    /// Draws the name of the device.
    pub(crate) chance: u64,
    /// The incident, 0 for none.
    pub(crate) incident: u32,
}

/// What the tenant's logs are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line {
    /// A sign-in.
    SignIn(Draft),
    /// A change.
    Change(Change),
}

impl Line {
    /// When.
    #[must_use]
    pub(crate) const fn at(&self) -> i64 {
        match self {
            Self::SignIn(draft) => draft.at,
            Self::Change(change) => change.at,
        }
    }
}
