//! What an ask is, once the account is known: for what, for whom, and why nothing may be mailed whatever the budgets say.

use model::account::{Account, AccountState};
use model::cx::Cx;
use model::event::{AddressRole, NotSent, Subject};
use model::gate::Passed;
use model::id::{AccountId, InvitationId, SessionId};
use model::invitation::Opening;
use model::method::{MethodPolicy, Use};
use model::policy::Registration;
use model::sign_in_code::Purpose;
use store::accounts::AddressOf;
use store::sign_in_codes::Kept;

use super::ask::{Door, Prepared};
use crate::address::Addresses;
use crate::budget::Standing;
use crate::session::Held;
use crate::{methods, recover};

/// What the ask is, once the account is known.
pub(super) struct Meant {
    pub(super) purpose: Purpose,
    pub(super) opening: Option<Opening>,
    pub(super) invitation: Option<InvitationId>,
    pub(super) account: Option<AccountId>,
    /// Why nothing may be mailed whatever the budgets say.
    pub(super) decoy: Option<NotSent>,
    /// A response holds it back: nothing is mailed while it lasts.
    pub(super) held_back: bool,
    pub(super) known: bool,
    pub(super) standing: Standing,
    /// Whose slots a message takes.
    pub(super) slots: Standing,
    pub(super) subject: Subject,
    /// The address signs in to another account than the one that wants it: its owner is told, whoever asked is not.
    pub(super) elsewhere: bool,
    /// The session within which it was asked, where that matters.
    pub(super) session: Option<SessionId>,
}

impl Meant {
    /// Whether nothing matches its code.
    pub(super) const fn is_decoy(&self) -> bool {
        self.decoy.is_some() || self.elsewhere
    }

    /// The same, where what strangers ask for is held back: a browser that the account knows is none.
    pub(super) fn unless(self, held_back: bool) -> Self {
        Self { held_back: held_back && self.standing == Standing::Stranger, ..self }
    }

    /// The same behind a gate.
    pub(super) fn behind(mut self, gate: Result<Passed, NotSent>) -> Self {
        match gate {
            // Where an account opens there is nobody yet who could have one.
            Err(why) if self.purpose != Purpose::OpenAccount => self.decoy = self.decoy.or(Some(why)),
            Ok(Passed::Brought) if self.standing == Standing::Stranger => self.slots = Standing::Admitted,
            Ok(Passed::Brought | Passed::Open) | Err(_) => {}
        }
        self
    }

    /// What the gate of the account lacks.
    pub(super) fn stopped(&self) -> Option<NotSent> {
        self.decoy.filter(|why| why.is_by_gate())
    }

    /// Whose slots a code takes that is sent again.
    pub(super) const fn slots_of(&self, live: &Kept) -> Standing {
        match (live.code.known, self.slots) {
            (true, _) => Standing::Known,
            (false, Standing::Admitted) => Standing::Admitted,
            (false, Standing::Stranger | Standing::Known) => Standing::Stranger,
        }
    }

    /// Whether a decoy that waits in this browser is one no longer: it was stopped, and this time it is not.
    pub(super) fn opens(&self, live: &Kept) -> bool {
        let real = self.decoy.is_none() && !self.elsewhere && self.account.is_some();
        live.code.decoy && real && live.code.account == self.account
    }
}

/// Whether a browser needs bring nothing, by what was found out about it and about whose the address is.
pub(super) fn is_let_by(door: Door, owner: Option<AccountId>, known: bool) -> bool {
    match door {
        Door::SignIn | Door::Invitation(..) | Door::Recovery(_) => known,
        Door::Confirm(held) => known || owner == Some(held.account),
        // What is known is the account that wants the address, not the one that has it.
        Door::Address(held, _) => owner == Some(held.account),
    }
}

/// For whoever comes by the sign-in page, with an invitation, or from within a session.
pub(super) fn of(
    cx: &Cx,
    ask: &Prepared,
    (account, address): (Option<&Account>, Option<AddressOf>),
    (domain, known): (MethodPolicy, bool),
) -> Meant {
    let id = account.map_or(ask.new_account, |account| account.id);
    let standing = match ask.door {
        Door::Invitation(..) | Door::Confirm(_) => Standing::Known,
        Door::SignIn if known => Standing::Known,
        Door::SignIn | Door::Address(..) | Door::Recovery(_) => Standing::Stranger,
    };
    let (purpose, opening, invitation) = match (account, ask.door) {
        (None, Door::Invitation(id, opening)) => (Purpose::OpenAccount, Some(opening), Some(id)),
        (None, Door::SignIn) if cx.policy.registration == Registration::Open && ask.is_mailbox() => {
            (Purpose::OpenAccount, Some(Opening::Registration), None)
        }
        (Some(account), Door::Confirm(held)) if account.id == held.account => (Purpose::Confirm, None, None),
        (None | Some(_), _) => (Purpose::SignIn, None, None),
    };
    let open = account.map_or(domain, |account| domain.and(&methods::of_account(&cx.policy, account)));
    let off = methods::permit(&open, Use::SignIn, ask.address.method()).is_err();
    // Where no text message leaves at all none may be waited for.
    let off = (off || ask.is_unreachable(cx)).then_some(NotSent::MethodOff);
    let decoy = match account.map(|account| account.state) {
        Some(AccountState::Open) => match address {
            Some(AddressOf { sign_in: false, .. }) if purpose == Purpose::SignIn => Some(NotSent::AddressOff),
            _ => off,
        },
        Some(AccountState::Locked | AccountState::Closed) => Some(NotSent::Locked),
        None if purpose == Purpose::OpenAccount => off,
        None => Some(NotSent::NoAccount),
    };
    let account = account.map(|account| account.id).or((purpose == Purpose::OpenAccount).then_some(id));
    let subject = account
        .map_or_else(|| Subject::address(&ask.address.destination(), ask.address.masked()), Subject::Account);
    let session = match ask.door {
        Door::Confirm(held) if purpose == Purpose::Confirm => Some(held.session),
        Door::Confirm(_) | Door::SignIn | Door::Invitation(..) | Door::Address(..) | Door::Recovery(_) => {
            None
        }
    };
    Meant {
        purpose,
        opening,
        invitation,
        account,
        decoy,
        known,
        standing,
        slots: standing,
        subject,
        session,
        elsewhere: false,
        held_back: false,
    }
}

/// For an address that is to be one of an account's. A mailbox that is not the account's yet is a stranger's: it
/// gets no more mail by this than by the sign-in page.
pub(super) fn to_add(
    (account, address): (Option<&Account>, Option<AddressOf>),
    (held, role): (Held, AddressRole),
    (known, own, unreachable): (bool, bool, bool),
) -> Meant {
    let open = account.is_some_and(|account| account.state == AccountState::Open);
    let decoy = if open { None } else { Some(NotSent::Locked) };
    let other = address.is_some_and(|address| address.account != held.account);
    let standing = if own { Standing::Known } else { Standing::Stranger };
    Meant {
        purpose: match role {
            AddressRole::SignIn => Purpose::AddAddress,
            AddressRole::Recovery => Purpose::AddRecovery,
        },
        opening: None,
        invitation: None,
        account: Some(held.account),
        decoy: decoy.or(unreachable.then_some(NotSent::MethodOff)),
        known,
        standing,
        slots: standing,
        subject: Subject::Account(held.account),
        elsewhere: other && role == AddressRole::SignIn,
        held_back: false,
        session: Some(held.session),
    }
}

/// For whoever has lost every other way in. Where the account has no such address nothing is put on its record: the
/// address is a stranger's, and so may be whoever typed both.
pub(super) fn to_recover(
    cx: &Cx,
    ask: &Prepared,
    (account, own): (Option<&Account>, &Addresses),
    (domain, known): (MethodPolicy, bool),
) -> Meant {
    let carries = recover::carries(own, &ask.address.identity(), cx.now);
    let account = account.filter(|_| carries != Err(NotSent::NoAccount));
    let open = account.map_or(domain, |account| domain.and(&methods::of_account(&cx.policy, account)));
    let off = methods::permit(&open, Use::Recovery, ask.address.method()).is_err() || ask.is_unreachable(cx);
    let off = off.then_some(NotSent::MethodOff);
    let decoy = match account.map(|account| account.state) {
        Some(AccountState::Open) => carries.err().or(off),
        Some(AccountState::Locked | AccountState::Closed) => Some(NotSent::Locked),
        None => Some(NotSent::NoAccount),
    };
    let nobody = || Subject::address(&ask.address.destination(), ask.address.masked());
    let standing = if known { Standing::Known } else { Standing::Stranger };
    Meant {
        purpose: Purpose::Recovery,
        opening: None,
        invitation: None,
        account: account.map(|account| account.id),
        decoy,
        known,
        standing,
        slots: standing,
        subject: account.map_or_else(nobody, |account| Subject::Account(account.id)),
        session: None,
        elsewhere: false,
        held_back: false,
    }
}

/// What is put on the record of an account that wants an address: of a mailbox that is not its own, no more than that
/// nothing left.
pub(super) const fn told_to(ask: &Prepared, standing: Standing, why: NotSent) -> NotSent {
    match (ask.door, standing, why) {
        (
            Door::Address(..),
            Standing::Stranger,
            NotSent::GuessLedger | NotSent::Muted | NotSent::MailRefused,
        ) => NotSent::MailBudget,
        (Door::Address(..), _, why) if why.is_by_gate() => NotSent::MailBudget,
        (_, _, why) => why,
    }
}
