//! What would go if everything that came about since a moment, by a session or by a grant were undone; what stays, and why; and
//! what was there before and cannot be brought back.
//!
//! Implements: threats.md §2.4 (a password that is changed ends no token, and devices and authenticators that were added are
//! forgotten), §5.2 rows 27, 32 and 34, §6 idea 19; RFC 10027 §6.1.6.
//!
//! Everything that decides over an account knows when it came about and in which browser session. A [`plan`] follows from that and
//! from nothing else, so that it can be shown before it is carried out, and is the same then.

use crate::authenticator::AuthenticatorKind;
use crate::event::{AddressKind, AddressRole};
use crate::id::{GrantId, SessionId};
use crate::session::RestsOn;
use crate::time::Time;

/// How far an undoing reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To everything since then.
    Since(Time),
    /// To a session and what came about in it, and by what that added.
    Session(SessionId),
    /// To one grant.
    Grant(GrantId),
}

impl Reach {
    /// From when on something may have come about that it reaches; whoever undoes rests on something older.
    #[must_use]
    pub fn since(&self) -> Time {
        match self {
            Self::Since(time) => *time,
            Self::Session(id) => id.time(),
            Self::Grant(id) => id.time(),
        }
    }
}

/// What there is of an account that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A browser session.
    Session,
    /// A window for a device.
    Window,
    /// A device that is before a person, or was let in and has not come for its tokens.
    Device,
    /// A grant.
    Grant,
    /// A way in that waits.
    Entry,
    /// A passkey, a password, an app.
    Authenticator(AuthenticatorKind),
    /// The recovery codes.
    RecoveryCodes,
    /// An address or a private name.
    Address(AddressKind, AddressRole),
    /// A browser that counts as known.
    Browser,
    /// What the owner wants brought before a code is mailed, with the gate word.
    Gate,
}

impl Kind {
    /// Whether whoever it belongs to can have it again by signing in, allowing or asking once more. What cannot be had again so
    /// is taken away only by whoever has proved as much as the account can be asked for.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        match self {
            Self::Session | Self::Window | Self::Device | Self::Grant | Self::Entry | Self::Browser => true,
            Self::Authenticator(_) | Self::RecoveryCodes | Self::Address(..) | Self::Gate => false,
        }
    }

    /// As in the digest of a plan, and the order in which things go: what came about in a session before it, so that each has an end of its own.
    const fn code(self) -> u8 {
        match self {
            Self::Window => 1,
            Self::Device => 2,
            Self::Grant => 3,
            Self::Session => 4,
            Self::Entry => 5,
            Self::Authenticator(_) => 6,
            Self::RecoveryCodes => 7,
            Self::Address(_, AddressRole::SignIn) => 8,
            Self::Address(_, AddressRole::Recovery) => 9,
            Self::Browser => 10,
            Self::Gate => 11,
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its identifier; of an address the identity.
    pub id: [u8; 16],
    /// What it is called: a name that its owner gave it, a client, an address; a session and a browser have none.
    pub name: String,
    /// When it came about.
    pub made_at: Time,
    /// In which browser session.
    pub session: Option<SessionId>,
    /// Of a session, what its last proof was given by.
    pub rests_on: RestsOn,
    /// Of an address, whether it is the main one.
    pub main: bool,
    /// Of an address, whether the account can be signed in to by it.
    pub sign_in: bool,
}

impl Thing {
    fn is_mailbox(&self) -> bool {
        self.kind == Kind::Address(AddressKind::Mail, AddressRole::SignIn)
    }

    fn signs_in(&self) -> bool {
        matches!(self.kind, Kind::Address(_, AddressRole::SignIn))
    }
}

/// A setting that was changed, and how it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// When.
    pub at: Time,
    /// In which browser session.
    pub session: SessionId,
    /// How it was.
    pub before: Setting,
}

/// A setting of an account, as it was or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// This address is the main one.
    Main([u8; 16]),
    /// The account can be signed in to by this address, or cannot.
    SignIn([u8; 16], bool),
}

impl Setting {
    fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Main(_), Self::Main(_)) => true,
            (Self::SignIn(one, _), Self::SignIn(another, _)) => one == another,
            (Self::Main(_) | Self::SignIn(..), _) => false,
        }
    }
}

/// What is gone since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// When it went.
    pub at: Time,
    /// What it was.
    pub kind: Kind,
    /// What it was called, as far as the record says.
    pub name: String,
    /// In which browser session it was taken away.
    pub session: Option<SessionId>,
}

/// Everything about an account that a plan is made of.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// What there is.
    pub things: Vec<Thing>,
    /// Which settings were changed, the oldest first.
    pub changed: Vec<Changed>,
    /// What was taken away, the oldest first.
    pub lost: Vec<Lost>,
    /// Whether there is more than was read: what is left is undone in a further step.
    pub more: bool,
}

/// Who undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// An operator.
    Operator,
    /// The owner, in this session. `whole`: whoever it is has proved as much as the account can be asked for.
    Owner {
        /// The session.
        session: SessionId,
        /// How much was proved.
        whole: bool,
    },
}

/// Why something stays that an undoing reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It is the session that does it, or its browser.
    Here,
    /// Without it there would be no way in.
    LastWayIn,
    /// The account can be asked for more than was proved.
    Surer,
}

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What goes.
    pub goes: Vec<Thing>,
    /// What is set as it was before.
    pub set: Vec<Setting>,
    /// What stays, and why.
    pub stays: Vec<(Thing, Stays)>,
    /// The addresses that settings are about.
    pub about: Vec<Thing>,
    /// What was there before and cannot be brought back.
    pub lost: Vec<Lost>,
    /// Whether there is more than could be looked at in one go.
    pub more: bool,
}

impl Plan {
    /// Whether there is nothing to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.goes.is_empty() && self.set.is_empty()
    }

    /// What tells one plan from another: what goes, what is set, and what stays.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for thing in &self.goes {
            bytes.push(thing.kind.code());
            bytes.extend(thing.id);
        }
        bytes.push(0);
        for setting in &self.set {
            match setting {
                Setting::Main(id) => {
                    bytes.push(20);
                    bytes.extend(id);
                }
                Setting::SignIn(id, on) => {
                    bytes.push(if *on { 22 } else { 21 });
                    bytes.extend(id);
                }
            }
        }
        bytes.push(0);
        for (thing, _) in &self.stays {
            bytes.push(thing.kind.code());
            bytes.extend(thing.id);
        }
        bytes
    }
}

/// Whether whoever undoes rests on something that the account had before what is undone: the eldest decides. An intruder's own
/// passkey undoes nothing that is older than it, and its owner's older one undoes it.
///
/// A code that was asked for by a private name went to the main address, so that both have to be older.
#[must_use]
pub fn rests_on_older(holdings: &Holdings, rests_on: &RestsOn, since: Time) -> bool {
    let older = |id: &[u8; 16]| {
        holdings.things.iter().any(|thing| {
            let counts = matches!(thing.kind, Kind::Authenticator(_)) || thing.signs_in();
            let own = thing.id == *id && counts && thing.made_at < since;
            let by_name = thing.kind == Kind::Address(AddressKind::Name, AddressRole::SignIn);
            own && (!by_name || holdings.things.iter().any(|one| one.main && one.made_at < since))
        })
    };
    rests_on.ids().count() > 0 && rests_on.ids().all(older)
}

/// What would go.
#[must_use]
pub fn plan(holdings: &Holdings, reach: &Reach, hand: Hand) -> Plan {
    let (sessions, mut goes) = reached(holdings, reach);
    let mut plan = Plan { more: holdings.more, ..Plan::default() };
    if let Hand::Owner { session, whole } = hand {
        goes.retain(|thing| {
            let here = thing.kind == Kind::Session && thing.id == *session.bytes()
                || thing.kind == Kind::Browser && thing.session == Some(session);
            let why = if here {
                Stays::Here
            } else if !whole && !thing.kind.is_passing() {
                Stays::Surer
            } else {
                return true;
            };
            plan.stays.push((thing.clone(), why));
            false
        });
    }
    keep_a_way_in(holdings, &mut goes, &mut plan);
    let by = |session: SessionId, at: Time| match reach {
        Reach::Since(since) => at >= *since,
        Reach::Session(_) => sessions.contains(&session),
        Reach::Grant(_) => false,
    };
    if !matches!(hand, Hand::Owner { whole: false, .. }) {
        settings(holdings, &goes, by, &mut plan.set);
    }
    plan.about = about(holdings, &plan.set);
    plan.lost = holdings
        .lost
        .iter()
        .filter(|lost| match reach {
            Reach::Since(since) => lost.at >= *since,
            Reach::Session(_) => lost.session.is_some_and(|session| sessions.contains(&session)),
            Reach::Grant(_) => false,
        })
        .cloned()
        .collect();
    goes.sort_by_key(|thing| (thing.kind.code(), thing.made_at, thing.id));
    plan.stays.sort_by_key(|(thing, _)| (thing.kind.code(), thing.made_at, thing.id));
    plan.goes = goes;
    plan
}

fn about(holdings: &Holdings, set: &[Setting]) -> Vec<Thing> {
    let named = |thing: &&Thing| {
        let own = |setting: &Setting| match setting {
            Setting::Main(id) | Setting::SignIn(id, _) => *id == thing.id,
        };
        thing.signs_in() && set.iter().any(own)
    };
    holdings.things.iter().filter(named).cloned().collect()
}

/// What an undoing reaches, and the sessions that are reached by it. What was added in such a session may have let somebody in
/// again: then that session counts as well.
fn reached(holdings: &Holdings, reach: &Reach) -> (Vec<SessionId>, Vec<Thing>) {
    match reach {
        Reach::Since(since) => {
            let goes = holdings.things.iter().filter(|thing| thing.made_at >= *since);
            (Vec::new(), goes.cloned().collect())
        }
        Reach::Grant(grant) => {
            let own = |thing: &&Thing| thing.kind == Kind::Grant && thing.id == *grant.bytes();
            (Vec::new(), holdings.things.iter().filter(own).cloned().collect())
        }
        Reach::Session(first) => {
            let mut sessions = vec![*first];
            loop {
                let goes: Vec<&Thing> =
                    holdings.things.iter().filter(|thing| is_by(thing, &sessions)).collect();
                let next = holdings.things.iter().find(|thing| {
                    thing.kind == Kind::Session
                        && !sessions.iter().any(|session| *session.bytes() == thing.id)
                        && thing.rests_on.ids().any(|id| goes.iter().any(|added| added.id == *id))
                });
                match next {
                    Some(session) => sessions.push(SessionId::from_bytes(session.id)),
                    None => {
                        let goes = goes.into_iter().cloned().collect();
                        return (sessions, goes);
                    }
                }
            }
        }
    }
}

fn is_by(thing: &Thing, sessions: &[SessionId]) -> bool {
    let itself = |session: &SessionId| thing.kind == Kind::Session && *session.bytes() == thing.id;
    sessions.iter().any(|session| thing.session == Some(*session) || itself(session))
}

/// Never is an account left without a main address and one to sign in by.
fn keep_a_way_in(holdings: &Holdings, goes: &mut Vec<Thing>, plan: &mut Plan) {
    let gone = |goes: &[Thing], id: &[u8; 16]| goes.iter().any(|thing| thing.signs_in() && thing.id == *id);
    let mailboxes = || holdings.things.iter().filter(|thing| thing.is_mailbox());
    if mailboxes().all(|thing| gone(goes, &thing.id))
        && let Some(eldest) = mailboxes().min_by_key(|thing| (thing.made_at, thing.id))
    {
        goes.retain(|thing| !(thing.signs_in() && thing.id == eldest.id));
        plan.stays.push((eldest.clone(), Stays::LastWayIn));
    }
}

/// How settings are set that were changed by what is undone: as before the first of the changes that nobody else has changed
/// since.
fn settings(
    holdings: &Holdings,
    goes: &[Thing],
    by: impl Fn(SessionId, Time) -> bool,
    set: &mut Vec<Setting>,
) {
    let left: Vec<&Thing> = holdings
        .things
        .iter()
        .filter(|thing| thing.signs_in() && !goes.iter().any(|gone| gone.signs_in() && gone.id == thing.id))
        .collect();
    let mut looked_at: Vec<Setting> = Vec::new();
    for change in holdings.changed.iter().rev() {
        if looked_at.iter().any(|seen| seen.is_of(&change.before)) {
            continue;
        }
        looked_at.push(change.before);
        let mut before = None;
        for one in holdings.changed.iter().rev().filter(|one| one.before.is_of(&change.before)) {
            if !by(one.session, one.at) {
                break;
            }
            before = Some(one.before);
        }
        let fits = before.filter(|before| match before {
            Setting::Main(id) => {
                left.iter().any(|thing| thing.id == *id && thing.is_mailbox() && !thing.main)
            }
            Setting::SignIn(id, on) => left.iter().any(|thing| thing.id == *id && thing.sign_in != *on),
        });
        set.extend(fits);
    }
    // The main address goes, and nobody knows of another that was it before: the eldest follows.
    let main_set = set.iter().any(|setting| matches!(setting, Setting::Main(_)));
    if !main_set
        && !left.iter().any(|thing| thing.main)
        && let Some(eldest) =
            left.iter().filter(|thing| thing.is_mailbox()).min_by_key(|thing| (thing.made_at, thing.id))
    {
        set.push(Setting::Main(eldest.id));
    }
    let open = |thing: &&&Thing| {
        let as_set = set.iter().rev().find_map(|setting| match setting {
            Setting::SignIn(id, on) if *id == thing.id => Some(*on),
            Setting::SignIn(..) | Setting::Main(_) => None,
        });
        as_set.unwrap_or(thing.sign_in)
    };
    if left.iter().find(open).is_none()
        && let Some(eldest) =
            left.iter().filter(|thing| thing.is_mailbox()).min_by_key(|thing| (thing.made_at, thing.id))
    {
        let id = eldest.id;
        set.retain(|setting| !matches!(setting, Setting::SignIn(own, _) if *own == id));
        if !eldest.sign_in {
            set.push(Setting::SignIn(id, true));
        }
    }
    // The new main address first: the one before it cannot be taken away as long as it is it.
    set.sort_by_key(|setting| matches!(setting, Setting::SignIn(..)));
}

#[cfg(test)]
#[path = "undo/tests.rs"]
mod tests;
