//! May this method be used for this? The one place that answers, for issuing and for verifying.
//!
//! A browser session begins, and is raised, only with a [`Permit`] for each method that was proved, and only
//! [`permit`] makes one: a method that is switched off leads nowhere, by whatever route somebody comes
//! (`threats.md` §5.2 row 43, OWASP ASVS 5.0 6.1.3, 6.3.4).

use model::account::Account;
use model::assurance::{Aal, Assurance};
use model::client::Registered;
use model::grant_refusal::GrantRefusal;
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::policy::Policy;
use model::refusal::{Refusal, Verdict};
use model::tenant::Tenant;

use crate::reauth::Ways;

/// What can be used at all: no text messages where none leaves.
const fn usable(policy: &Policy) -> MethodSet {
    match policy.sms {
        Some(_) => MethodSet::ALL,
        None => MethodSet::ALL.without(Method::SmsCode),
    }
}

/// What is open for an account: what the installation, its tenant and its owner all leave open, of what there is.
#[must_use]
pub fn of_account(policy: &Policy, account: &Account) -> MethodPolicy {
    let tenant = account.tenant.as_ref().map_or(MethodPolicy::OPEN, |tenant| tenant.methods);
    let own = account.methods.unwrap_or(MethodPolicy::OPEN);
    policy.methods.and(&tenant).and(&own).only(usable(policy))
}

/// What is open for whoever has an address of a domain: published, and the same whether or not there is an account.
#[must_use]
pub fn of_domain(policy: &Policy, tenant: Option<&Tenant>) -> MethodPolicy {
    policy.methods.and(&tenant.map_or(MethodPolicy::OPEN, |tenant| tenant.methods)).only(usable(policy))
}

/// What the proofs of a session are worth at a client; none where it takes no one of them. What it does not take counts
/// neither as a proof nor as the time of one.
#[must_use]
pub fn at_client(client: &Registered, assurance: &Assurance) -> Option<Assurance> {
    if client.methods == MethodPolicy::OPEN {
        return Some(*assurance);
    }
    assurance.counted(client.takes(), client.methods.open(Use::StepUp))
}

/// Whether what a person had proved when a grant was given still counts at the client: a layer that was closed since is closed
/// for its tokens as well.
///
/// # Errors
/// [`GrantRefusal::MethodOff`].
pub fn still_counts(client: &Registered, proved: Option<&Assurance>) -> Result<(), GrantRefusal> {
    match proved {
        Some(proved) if at_client(client, proved).is_none() => Err(GrantRefusal::MethodOff),
        Some(_) | None => Ok(()),
    }
}

/// What a person can prove within a session so that it counts at a client.
#[must_use]
pub fn ways_to_client(client: &Registered, ways: Ways) -> Ways {
    if client.methods == MethodPolicy::OPEN {
        return ways;
    }
    let methods = ways.methods.and(client.takes());
    Ways { highest: Aal::of(methods.and(client.methods.open(Use::StepUp))), methods }
}

/// A method that may be used for something by one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    method: Method,
    use_: Use,
    doubted: bool,
}

impl Permit {
    /// Which.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// For what.
    #[must_use]
    pub const fn use_(&self) -> Use {
        self.use_
    }

    /// The same for a proof that somebody may have relayed, if `doubted`: it counts, and raises nothing to the second level.
    pub(crate) const fn in_doubt_if(self, doubted: bool) -> Self {
        Self { doubted, ..self }
    }

    /// Whether somebody may have relayed it.
    pub(crate) const fn is_doubted(&self) -> bool {
        self.doubted
    }
}

/// Whether `method` is open for `use_`.
///
/// # Errors
/// [`Refusal::MethodOff`].
pub fn permit(open: &MethodPolicy, use_: Use, method: Method) -> Verdict<Permit> {
    if open.open(use_).has(method) {
        Ok(Permit { method, use_, doubted: false })
    } else {
        Err(Refusal::MethodOff)
    }
}

/// All that these permits are for.
#[must_use]
pub fn proved(permits: &[Permit]) -> MethodSet {
    permits.iter().fold(MethodSet::NONE, |set, permit| set.with(permit.method))
}

/// What of it nobody can have relayed, as far as is known.
#[must_use]
pub(crate) fn surely(permits: &[Permit]) -> MethodSet {
    permits
        .iter()
        .filter(|permit| !permit.doubted)
        .fold(MethodSet::NONE, |set, permit| set.with(permit.method))
}
