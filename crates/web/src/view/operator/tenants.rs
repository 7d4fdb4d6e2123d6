//! The operator's pages about tenants.

use askama::Template;
use model::gate::Gate;
use model::method::Flaw;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/operator/tenants`.
#[derive(Debug, Template)]
#[template(path = "operator_tenants.html", whitespace = "minimize")]
pub struct Tenants<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What became of what was done here.
    pub said: Option<Said>,
    /// All tenants.
    pub tenants: Vec<TenantLine>,
}

/// One tenant.
#[derive(Clone, Debug)]
pub struct TenantLine {
    /// Its short name.
    pub code: String,
    /// The name that people see.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// How many accounts it has.
    pub accounts: u32,
    /// Whether codes are mailed to its addresses.
    pub codes: bool,
}

/// GET `/operator/tenants/<code>`.
#[derive(Debug, Template)]
#[template(path = "operator_tenant.html", whitespace = "minimize")]
pub struct OneTenant<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What became of what was done here.
    pub said: Option<Said>,
    /// Its short name.
    pub code: &'a str,
    /// The name that people see.
    pub name: &'a str,
    /// Its domains.
    pub domains: &'a [String],
    /// How many accounts it has.
    pub accounts: u32,
    /// When it was made.
    pub made: Moment,
    /// What it leaves open, for each use.
    pub uses: Vec<UseBoxes>,
    /// What a new browser must bring, in our own code; none: what the site says.
    pub gate: Option<&'static str>,
    /// What the site says.
    pub gate_of_site: &'static str,
}

/// What a tenant leaves open for one use.
#[derive(Clone, Debug)]
pub struct UseBoxes {
    /// The use, in our own code.
    pub use_: &'static str,
    /// One for each method that can serve for it.
    pub boxes: Vec<Box>,
}

/// A method to tick.
#[derive(Clone, Copy, Debug)]
pub struct Box {
    /// The method, in our own code.
    pub method: &'static str,
    /// Whether the tenant leaves it open.
    pub open: bool,
    /// Whether the settings of the site close it, whatever the tenant does.
    pub closed_by_site: bool,
}

/// What became of what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The tenant was made.
    Made,
    /// It was changed.
    Changed,
    /// So many accounts were moved into it.
    Adopted {
        /// How many.
        count: u32,
        /// Whether there are more.
        more: bool,
    },
    /// A tenant is gone.
    Removed,
    /// Nothing was done.
    Wrong(Wrong),
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The short name is taken.
    Taken,
    /// A name that cannot be one.
    Name,
    /// The tenant has accounts or domains.
    InUse,
    /// No domain, or not one of this tenant.
    Domain,
    /// The domain is a tenant's already.
    DomainTaken,
    /// The policy could not work.
    Flawed(Flaw),
}

impl Wrong {
    const fn text(self) -> &'static str {
        match self {
            Self::Taken => "tenant-wrong-taken",
            Self::Name => "tenant-wrong-name",
            Self::InUse => "tenant-wrong-in-use",
            Self::Domain => "tenant-wrong-domain",
            Self::DomainTaken => "tenant-wrong-domain-taken",
            Self::Flawed(Flaw::NoSignIn) => "tenant-wrong-no-sign-in",
            Self::Flawed(Flaw::TotpAlone) => "tenant-wrong-totp-alone",
            Self::Flawed(Flaw::HalfStepUp) => "tenant-wrong-half-step-up",
        }
    }
}

impl Said {
    fn text(self, frame: &Frame<'_>) -> String {
        match self {
            Self::Made => frame.say("tenant-made").into_owned(),
            Self::Changed => frame.say("tenant-changed").into_owned(),
            Self::Adopted { count, more: false } => frame.count("tenant-adopted", count),
            Self::Adopted { count, more: true } => frame.count("tenant-adopted-more", count),
            Self::Removed => frame.say("tenant-removed").into_owned(),
            Self::Wrong(wrong) => frame.say(wrong.text()).into_owned(),
        }
    }

    const fn is_good(self) -> bool {
        !matches!(self, Self::Wrong(_))
    }
}

impl UseBoxes {
    fn heading(&self) -> &'static str {
        match self.use_ {
            "sign_in" => "tenant-use-sign-in",
            "step_up" => "tenant-use-step-up",
            _ => "tenant-use-recovery",
        }
    }
}

impl OneTenant<'_> {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn gates(&self) -> [&'static str; 4] {
        Gate::ALL.map(Gate::code)
    }

    const fn can_go(&self) -> bool {
        self.accounts == 0 && self.domains.is_empty()
    }
}
