//! Who is there, once more: what must be proved before something that decides over the account, and by which ways.
//!
//! Implements: OWASP ASVS 5.0 7.5.1, 7.5.3; NIST SP 800-63B-4 §4.1.2 (binding needs the highest level there is).

use std::time::Duration;

use model::assurance::{Aal, FRESH};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::event::AddressKind;
use model::fault::Fault;
use model::method::{Method, MethodSet, Use};
use store::{Reader, Store, addresses, authenticators};
use wire::phone::Phone;

use crate::methods;
use crate::session::Visitor;

/// What an account can prove itself with at the moment, and how far that reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The highest level that it can reach.
    pub highest: Aal,
    /// What it can use within a session to prove who is there, at that level. A password is asked for together with a code
    /// out of an app, or with an approval.
    pub methods: MethodSet,
}

impl Ways {
    /// Whether they reach the second level, where no half of two factors counts by itself.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.highest == Aal::Aal2
    }
}

/// The ways of whoever is signed in.
///
/// # Errors
/// A fault of the store.
pub fn ways(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<Ways, Fault> {
    store.read(|reader| within(reader, cx, visitor))
}

pub(crate) fn within(reader: &mut Reader<'_>, cx: &Cx, visitor: &Visitor) -> Result<Ways, Fault> {
    let kept = authenticators::list(reader, visitor.account.id)?;
    let own: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    let open = methods::of_account(&cx.policy, &visitor.account);
    let (step_up, mut sign_in) = (open.open(Use::StepUp), open.open(Use::SignIn));
    if phone(reader, cx, visitor)?.is_none() {
        sign_in = sign_in.without(Method::SmsCode);
    }
    Ok(judge(&own, (step_up, sign_in), cx))
}

/// The telephone to which a code goes that confirms who is there: the first that the account is signed in to by.
///
/// # Errors
/// A fault of the store.
pub fn phone_of(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<Option<Phone>, Fault> {
    store.read(|reader| phone(reader, cx, visitor))
}

fn phone(reader: &mut Reader<'_>, cx: &Cx, visitor: &Visitor) -> Result<Option<Phone>, Fault> {
    let Some(rules) = cx.policy.text_messages() else { return Ok(None) };
    let all = addresses::list(reader, visitor.account.id)?;
    let mut phones = all
        .iter()
        .filter(|kept| kept.kind == AddressKind::Phone && kept.sign_in)
        .filter_map(|kept| Phone::parse(&kept.shown).ok());
    Ok(phones.find(|phone| rules.admit(phone).is_ok()))
}

fn judge(own: &[Authenticator], (step_up, sign_in): (MethodSet, MethodSet), cx: &Cx) -> Ways {
    let has = |kind: AuthenticatorKind| own.iter().any(|one| one.kind == kind && one.is_usable(cx.now));
    let mut strong = MethodSet::NONE;
    if has(AuthenticatorKind::Passkey) && step_up.has(Method::Passkey) {
        strong = strong.with(Method::Passkey);
    }
    for (kind, method) in
        [(AuthenticatorKind::Totp, Method::Totp), (AuthenticatorKind::Approver, Method::Approval)]
    {
        let both = has(AuthenticatorKind::Password) && has(kind);
        if both && step_up.has(Method::Password) && step_up.has(method) {
            strong = strong.with(Method::Password).with(method);
        }
    }
    if !strong.is_empty() {
        return Ways { highest: Aal::Aal2, methods: strong };
    }
    let mut weak = MethodSet::NONE;
    if has(AuthenticatorKind::Password) && sign_in.has(Method::Password) {
        weak = weak.with(Method::Password);
    }
    if sign_in.has(Method::MailCode) {
        weak = weak.with(Method::MailCode);
    } else if sign_in.has(Method::SmsCode) {
        weak = weak.with(Method::SmsCode);
    }
    if has(AuthenticatorKind::Approver) && step_up.has(Method::Approval) {
        weak = weak.with(Method::Approval);
    }
    Ways { highest: Aal::Aal1, methods: weak }
}

/// What something asks for before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The level.
    pub level: Aal,
    /// How long ago it may have been proved.
    pub within: Duration,
}

impl Needed {
    /// For whatever decides over the account: the highest level that it can reach, within five minutes.
    #[must_use]
    pub const fn to_change(ways: Ways) -> Self {
        Self { level: ways.highest, within: FRESH }
    }

    /// For the operator's pages.
    pub const TO_OPERATE: Self = Self { level: Aal::Aal2, within: model::assurance::STRONG };

    /// Whether the session has it.
    #[must_use]
    pub fn is_met(self, visitor: &Visitor, cx: &Cx) -> bool {
        visitor.session.assurance.reaches(self.level, self.within, cx.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::{AccountId, AuthenticatorId};
    use model::time::Time;

    fn cx() -> Cx {
        Cx::simulated(Time::from_micros(1_795_297_599_123_456), 1)
    }

    fn own(kinds: &[AuthenticatorKind], usable_at: Time) -> Vec<Authenticator> {
        let mut cx = cx();
        let mut one = |kind| Authenticator {
            id: AuthenticatorId::new(&mut cx).unwrap(),
            account: AccountId::new(&mut cx).unwrap(),
            kind,
            name: String::new(),
            added_at: usable_at,
            usable_at,
            used_at: None,
            session: None,
            counter: 0,
        };
        kinds.iter().map(|kind| one(*kind)).collect()
    }

    const OPEN: (MethodSet, MethodSet) = (Use::StepUp.possible(), Use::SignIn.possible());

    #[test]
    fn the_highest_level_is_asked_for_and_a_weaker_way_is_not_offered_beside_it() {
        use AuthenticatorKind::{Passkey, Password, Totp};
        let now = cx().now;
        let ways = |kinds: &[AuthenticatorKind]| judge(&own(kinds, now), OPEN, &cx());
        let of = |methods: &[Method]| MethodSet::of(methods);
        assert_eq!(ways(&[]), Ways { highest: Aal::Aal1, methods: of(&[Method::MailCode]) });
        assert_eq!(ways(&[Password]).methods, of(&[Method::Password, Method::MailCode]));
        assert_eq!(ways(&[Totp]), Ways { highest: Aal::Aal1, methods: of(&[Method::MailCode]) });
        assert_eq!(
            ways(&[Password, Totp]),
            Ways { highest: Aal::Aal2, methods: of(&[Method::Password, Method::Totp]) }
        );
        assert_eq!(ways(&[Passkey]), Ways { highest: Aal::Aal2, methods: of(&[Method::Passkey]) });
    }

    #[test]
    fn what_is_held_or_switched_off_counts_for_nothing() {
        let held = own(&[AuthenticatorKind::Passkey], cx().now + Duration::from_secs(1));
        assert_eq!(judge(&held, OPEN, &cx()).highest, Aal::Aal1);
        let off = (MethodSet::ALL.without(Method::Passkey), MethodSet::NONE);
        let usable = own(&[AuthenticatorKind::Passkey], cx().now);
        assert_eq!(judge(&usable, off, &cx()), Ways { highest: Aal::Aal1, methods: MethodSet::NONE });
    }
}
