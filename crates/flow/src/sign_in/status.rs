//! How a request stands, for the page on which its code is typed. Says nothing about accounts.

use model::address::method_of;
use model::cx::Cx;
use model::event::AddressRole;
use model::fault::Fault;
use model::id::RequestId;
use model::invitation::Opening;
use model::method::{Method, MethodSet, Use};
use model::sign_in_code::{CodeState, Purpose};
use model::tenant::Tenant;
use model::time::Time;
use store::{Store, sign_in_codes, tenants};

use super::ask::{Door, browser_digest};
use crate::methods;
use crate::session::Held;

/// What the waiting page may know: the same fields for known and unknown addresses.
#[derive(Clone, Debug)]
pub struct Status {
    /// The request.
    pub request: RequestId,
    /// The address it is for; none once it has ended.
    pub address: Option<String>,
    /// Whether the code goes to a telephone.
    pub by_text: bool,
    /// What the code is for.
    pub purpose: Purpose,
    /// How an account would be opened by it, if that is what it is for.
    pub opening: Option<Opening>,
    /// How it stands.
    pub state: CodeState,
    /// Guesses left.
    pub guesses_left: u8,
    /// The two words.
    pub reference: String,
    /// When it ends.
    pub expires_at: Time,
    /// From when on it may be sent again.
    pub again_at: Time,
    /// Where no code is ever mailed to addresses of this domain: what is open instead. Decided by the domain alone.
    pub codes_off: Option<CodesOff>,
}

/// No sign-in code is ever mailed to addresses of a domain.
#[derive(Clone, Debug)]
pub struct CodesOff {
    /// Whose decision it is; none means the installation's.
    pub tenant: Option<Tenant>,
    /// What is open for signing in.
    pub open: MethodSet,
}

/// How the request stands; none if there is no such request, or another browser asked for it.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, request: RequestId, browser_half: &[u8; 16]) -> Result<Found, Fault> {
    let found = store.read(|reader| {
        let Some((kept, address)) = sign_in_codes::find_with_address(reader, request)? else {
            return Ok(None);
        };
        let domain =
            address.as_deref().and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
        let tenant = domain.map(|domain| tenants::find_by_domain(reader, domain)).transpose()?;
        Ok(Some((kept, address, tenant)))
    })?;
    let Some((kept, address, tenant)) = found else { return Ok(Found::Nothing) };
    if !kept.code.browser.matches(&browser_digest(store.keys(), browser_half)) {
        return Ok(Found::Foreign);
    }
    let purpose = kept.code.purpose;
    Ok(Found::Own(Status {
        request,
        by_text: address.as_deref().is_some_and(|address| method_of(address) == Method::SmsCode),
        address,
        purpose,
        opening: kept.opening,
        state: kept.code.state_at(cx.now),
        guesses_left: kept.code.guesses_left,
        again_at: kept.code.mailed_at + cx.policy.resend_after,
        reference: kept.code.reference,
        expires_at: kept.code.expires_at,
        codes_off: tenant.and_then(|tenant| codes_off(cx, tenant, purpose)),
    }))
}

fn codes_off(cx: &Cx, tenant: Option<Tenant>, purpose: Purpose) -> Option<CodesOff> {
    let use_ = if purpose == Purpose::Recovery { Use::Recovery } else { Use::SignIn };
    let all = methods::of_domain(&cx.policy, tenant.as_ref());
    let by_site = !cx.policy.methods.open(use_).has(Method::MailCode);
    let tenant = tenant.filter(|_| !by_site);
    (!all.open(use_).has(Method::MailCode)).then_some(CodesOff { tenant, open: all.open(Use::SignIn) })
}

/// What was found under a request's identifier.
#[derive(Clone, Debug)]
pub enum Found {
    /// A request of this browser.
    Own(Status),
    /// A request of another browser.
    Foreign,
    /// No request.
    Nothing,
}

/// What is needed to ask once more for the same: the address, and the door by which it was asked.
///
/// # Errors
/// A fault of the store.
pub fn again(
    store: &Store,
    cx: &Cx,
    request: RequestId,
    browser_half: &[u8; 16],
) -> Result<Option<(String, Door)>, Fault> {
    store.read(|reader| {
        let browser = browser_digest(reader.keys(), browser_half);
        let own = sign_in_codes::find_with_address(reader, request)?
            .filter(|(kept, _)| kept.code.browser.matches(&browser))
            .filter(|(kept, _)| kept.code.state_at(cx.now) == CodeState::Live)
            // Asked for once more where the account is named: `crate::recover`.
            .filter(|(kept, _)| kept.code.purpose != Purpose::Recovery);
        let Some((kept, address)) = own else { return Ok(None) };
        let held = kept.session.zip(kept.code.account).map(|(session, account)| Held { account, session });
        let door = match (kept.invitation, kept.opening, held, kept.code.purpose) {
            (Some(invitation), Some(opening), ..) => Door::Invitation(invitation, opening),
            (_, _, Some(held), Purpose::AddAddress) => Door::Address(held, AddressRole::SignIn),
            (_, _, Some(held), Purpose::AddRecovery) => Door::Address(held, AddressRole::Recovery),
            (
                _,
                _,
                Some(held),
                Purpose::SignIn | Purpose::OpenAccount | Purpose::Confirm | Purpose::Recovery,
            ) => Door::Confirm(held),
            (_, _, None, _) => Door::SignIn,
        };
        Ok(address.map(|address| (address, door)))
    })
}
