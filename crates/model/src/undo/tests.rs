//! What an undoing reaches, what it leaves, and who may do it.

use super::*;
use crate::cx::Cx;
use crate::digest::Digest;
use crate::id::AuthenticatorId;
use crate::time::HOUR;
use proptest::prelude::*;

fn at(hour: i64) -> Time {
    Time::from_micros(hour * HOUR)
}

fn session(hour: i64) -> SessionId {
    SessionId::new(&mut Cx::simulated(at(hour), 1)).unwrap()
}

fn thing(kind: Kind, n: u8, hour: i64, by: Option<SessionId>) -> Thing {
    Thing {
        kind,
        id: [n; 16],
        name: format!("{n}"),
        made_at: at(hour),
        session: by,
        rests_on: RestsOn::default(),
        main: false,
        sign_in: matches!(kind, Kind::Address(_, AddressRole::SignIn)),
    }
}

fn signed_in(id: SessionId, rests_on: RestsOn) -> Thing {
    Thing { id: *id.bytes(), rests_on, ..thing(Kind::Session, 0, id.time().micros() / HOUR, None) }
}

const MAIL: Kind = Kind::Address(AddressKind::Mail, AddressRole::SignIn);
const NAME: Kind = Kind::Address(AddressKind::Name, AddressRole::SignIn);
const KEY: Kind = Kind::Authenticator(AuthenticatorKind::Passkey);

fn main(n: u8, hour: i64) -> Thing {
    Thing { main: true, ..thing(MAIL, n, hour, None) }
}

fn of(things: Vec<Thing>) -> Holdings {
    Holdings { things, ..Holdings::default() }
}

fn ids(things: &[Thing]) -> Vec<u8> {
    let mut ids: Vec<u8> = things.iter().map(|thing| thing.id[0]).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn row_34_everything_since_then_goes_and_what_is_older_stays() {
    let (old, bad) = (session(1), session(10));
    let holdings = of(vec![
        main(1, 0),
        thing(KEY, 2, 1, Some(old)),
        thing(Kind::Grant, 3, 2, Some(old)),
        signed_in(bad, RestsOn::default()),
        thing(KEY, 11, 10, Some(bad)),
        thing(Kind::Authenticator(AuthenticatorKind::Totp), 12, 11, Some(bad)),
        thing(MAIL, 13, 11, Some(bad)),
        thing(NAME, 14, 11, Some(bad)),
        thing(Kind::Address(AddressKind::Mail, AddressRole::Recovery), 15, 11, Some(bad)),
        thing(Kind::RecoveryCodes, 16, 12, Some(bad)),
        thing(Kind::Grant, 17, 12, Some(bad)),
        thing(Kind::Device, 18, 12, Some(bad)),
        thing(Kind::Window, 19, 12, Some(bad)),
        thing(Kind::Entry, 20, 12, None),
        thing(Kind::Browser, 21, 10, Some(bad)),
        thing(Kind::Gate, 22, 11, Some(bad)),
    ]);
    let plan = plan(&holdings, &Reach::Since(at(10)), Hand::Operator);
    assert_eq!(plan.goes.len(), 13);
    assert!(plan.goes.iter().all(|thing| thing.made_at >= at(10)));
    assert_eq!((plan.stays.len(), plan.set.len()), (0, 0));
    let place = |kind| plan.goes.iter().position(|thing| thing.kind == kind);
    assert!(place(Kind::Grant) < place(Kind::Session), "each has an end of its own");
}

#[test]
fn row_34_what_a_session_added_may_have_let_somebody_in_again() {
    let (first, second, owner) = (session(10), session(12), session(13));
    let id = AuthenticatorId::from_bytes([11; 16]);
    let holdings = of(vec![
        main(1, 0),
        signed_in(first, RestsOn::address(&Digest::from_bytes([1; 16]))),
        thing(KEY, 11, 10, Some(first)),
        signed_in(second, RestsOn::authenticators([id])),
        thing(MAIL, 12, 12, Some(second)),
        signed_in(owner, RestsOn::address(&Digest::from_bytes([1; 16]))),
        thing(Kind::Grant, 13, 13, Some(owner)),
    ]);
    let plan = plan(&holdings, &Reach::Session(first), Hand::Operator);
    assert_eq!(plan.goes.len(), 4);
    assert!(plan.goes.iter().all(|thing| thing.id != *owner.bytes() && thing.id != [13; 16]));
}

#[test]
fn a_grant_takes_itself_and_nothing_else() {
    let grant = GrantId::new(&mut Cx::simulated(at(5), 3)).unwrap();
    let own = Thing { id: *grant.bytes(), ..thing(Kind::Grant, 0, 5, None) };
    let holdings = of(vec![main(1, 0), own.clone(), thing(Kind::Grant, 2, 6, None), thing(KEY, 3, 6, None)]);
    assert_eq!(plan(&holdings, &Reach::Grant(grant), Hand::Operator).goes, [own]);
}

#[test]
fn the_session_that_does_it_stays_and_what_was_made_in_it_goes() {
    let own = session(12);
    let holdings = of(vec![
        main(1, 0),
        signed_in(own, RestsOn::default()),
        thing(Kind::Browser, 5, 12, Some(own)),
        thing(KEY, 6, 12, Some(own)),
    ]);
    let hand = Hand::Owner { session: own, whole: true };
    let plan = plan(&holdings, &Reach::Since(at(10)), hand);
    assert_eq!(ids(&plan.goes), [6]);
    assert_eq!(plan.stays.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Stays::Here, Stays::Here]);
}

#[test]
fn whoever_proved_less_than_the_account_has_ends_only_what_can_be_had_again() {
    let holdings = of(vec![
        main(1, 0),
        thing(KEY, 2, 11, None),
        thing(MAIL, 3, 11, None),
        thing(Kind::Grant, 4, 11, None),
        signed_in(session(11), RestsOn::default()),
    ]);
    let hand = Hand::Owner { session: session(12), whole: false };
    let plan = plan(&holdings, &Reach::Since(at(10)), hand);
    assert!(plan.goes.iter().all(|thing| thing.kind.is_passing()));
    assert_eq!((plan.goes.len(), plan.stays.len()), (2, 2));
    assert!(plan.stays.iter().all(|(_, why)| *why == Stays::Surer));
    assert!(plan.set.is_empty());
}

#[test]
fn the_eldest_decides_who_undoes() {
    let (old, new) = (AuthenticatorId::from_bytes([2; 16]), AuthenticatorId::from_bytes([3; 16]));
    let address = |n| RestsOn::address(&Digest::from_bytes([n; 16]));
    let holdings =
        of(vec![main(1, 0), thing(KEY, 2, 1, None), thing(KEY, 3, 11, None), thing(NAME, 4, 1, None)]);
    let older = |rests_on: &RestsOn, hour| rests_on_older(&holdings, rests_on, at(hour));
    assert!(older(&RestsOn::authenticators([old]), 10));
    assert!(!older(&RestsOn::authenticators([new]), 10), "an intruder's own passkey");
    assert!(older(&RestsOn::authenticators([new]), 12));
    assert!(!older(&RestsOn::authenticators([old, new]), 10), "each of those that it took has to be older");
    assert!(older(&address(1), 10) && older(&address(4), 10));
    assert!(!older(&address(9), 10), "what is not the account's any more says nothing");
    assert!(!older(&RestsOn::default(), 10));
    // A code that was asked for by a name went to the main address.
    let moved = of(vec![thing(MAIL, 1, 0, None), main(5, 11), thing(NAME, 4, 1, None)]);
    assert!(!rests_on_older(&moved, &address(4), at(10)));
}

#[test]
fn an_account_is_never_left_without_a_way_in() {
    // All addresses are younger than that: the eldest stays.
    let young = of(vec![main(1, 11), thing(MAIL, 2, 12, None)]);
    let plan_of = |holdings: &Holdings| plan(holdings, &Reach::Since(at(10)), Hand::Operator);
    let kept = plan_of(&young);
    assert_eq!((ids(&kept.goes), kept.stays[0].1), (vec![2], Stays::LastWayIn));
    // The main one goes: the eldest takes its place, and is open for signing in.
    let mut left = thing(MAIL, 3, 0, None);
    left.sign_in = false;
    let taken = of(vec![left, main(1, 11)]);
    let plan = plan_of(&taken);
    assert_eq!(ids(&plan.goes), [1]);
    assert_eq!(plan.set, [Setting::Main([3; 16]), Setting::SignIn([3; 16], true)]);
}

#[test]
fn settings_are_as_they_were_unless_somebody_else_changed_them_since() {
    let (bad, owner) = (session(10), session(13));
    let change = |hour, session, before| Changed { at: at(hour), session, before };
    let things =
        vec![thing(MAIL, 1, 0, None), thing(MAIL, 2, 1, None), main(3, 2), thing(MAIL, 9, 11, Some(bad))];
    let mut holdings = of(things);
    holdings.changed = vec![
        change(11, bad, Setting::Main([2; 16])),
        change(11, bad, Setting::Main([9; 16])),
        change(11, bad, Setting::SignIn([1; 16], false)),
    ];
    let plan_of = |holdings: &Holdings, reach| plan(holdings, &reach, Hand::Operator).set;
    for reach in [Reach::Since(at(10)), Reach::Session(bad)] {
        let set = plan_of(&holdings, reach);
        assert_eq!(set, [Setting::Main([2; 16]), Setting::SignIn([1; 16], false)]);
    }
    // The owner has set the main address since: by the session nothing of it is set again.
    holdings.changed.push(change(13, owner, Setting::Main([1; 16])));
    assert_eq!(plan_of(&holdings, Reach::Session(bad)), [Setting::SignIn([1; 16], false)]);
    assert_eq!(plan_of(&holdings, Reach::Since(at(12))), [Setting::Main([1; 16])]);
}

#[test]
fn a_plan_that_is_another_has_other_bytes() {
    let base = of(vec![main(1, 0), thing(KEY, 2, 11, None), thing(Kind::Grant, 3, 11, None)]);
    let bytes = |holdings: &Holdings| plan(holdings, &Reach::Since(at(10)), Hand::Operator).bytes();
    let mut more = base.clone();
    more.things.push(thing(Kind::Grant, 4, 12, None));
    let mut reordered = base.clone();
    reordered.things.reverse();
    assert_ne!(bytes(&base), bytes(&more));
    assert_eq!(bytes(&base), bytes(&reordered), "the order in which things are read says nothing");
}

fn any_thing() -> impl Strategy<Value = Thing> {
    let kinds = vec![
        Kind::Session,
        Kind::Grant,
        Kind::Entry,
        KEY,
        Kind::RecoveryCodes,
        MAIL,
        NAME,
        Kind::Address(AddressKind::Mail, AddressRole::Recovery),
        Kind::Browser,
    ];
    (prop::sample::select(kinds), 0_u8..255, 0_i64..20, any::<bool>()).prop_map(|(kind, n, hour, sign_in)| {
        let it = thing(kind, n, hour, Some(session(hour % 5)));
        Thing { sign_in: sign_in && it.signs_in(), ..it }
    })
}

proptest! {
    /// Whatever there is, whoever undoes and however far: what is older stays as it is, something to sign in by and a main
    /// address are left, and nothing is both gone and kept.
    #[test]
    fn nothing_older_goes_and_a_way_in_is_left(
        mut things in prop::collection::vec(any_thing(), 0..30),
        hour in 0_i64..20,
        hand in prop::sample::select(vec![
            Hand::Operator,
            Hand::Owner { session: session(3), whole: true },
            Hand::Owner { session: session(3), whole: false },
        ]),
        switched in prop::collection::vec((0_u8..3, 0_i64..20, any::<bool>()), 0..6),
        main_hour in 0_i64..20,
    ) {
        things.push(main(255, main_hour));
        things.sort_by_key(|thing| (thing.kind.code(), thing.id));
        things.dedup_by_key(|thing| (thing.kind.code(), thing.id));
        for thing in things.iter_mut().filter(|thing| thing.id == [255; 16]) {
            thing.main = thing.is_mailbox();
            thing.sign_in |= thing.is_mailbox();
        }
        let mut holdings = of(things);
        let mailboxes: Vec<[u8; 16]> =
            holdings.things.iter().filter(|thing| thing.is_mailbox()).map(|thing| thing.id).collect();
        for (n, hour, on) in switched {
            let id = mailboxes[usize::from(n) % mailboxes.len()];
            let before = if n == 0 { Setting::Main(id) } else { Setting::SignIn(id, on) };
            holdings.changed.push(Changed { at: at(hour), session: session(1), before });
        }
        holdings.changed.sort_by_key(|change| change.at);
        let plan = plan(&holdings, &Reach::Since(at(hour)), hand);
        prop_assert!(plan.goes.iter().all(|thing| thing.made_at >= at(hour)));
        prop_assert!(plan.goes.iter().all(|thing| plan.stays.iter().all(|(kept, _)| kept != thing)));
        let reached = holdings.things.iter().filter(|thing| thing.made_at >= at(hour)).count();
        prop_assert_eq!(plan.goes.len() + plan.stays.len(), reached);
        // Carried out:
        let mut left: Vec<Thing> =
            holdings.things.iter().filter(|thing| !plan.goes.contains(thing)).cloned().collect();
        for setting in &plan.set {
            match setting {
                Setting::Main(id) => {
                    prop_assert!(left.iter().any(|thing| thing.is_mailbox() && thing.id == *id));
                    for thing in &mut left {
                        thing.main = thing.is_mailbox() && thing.id == *id;
                    }
                }
                Setting::SignIn(id, on) => {
                    for thing in left.iter_mut().filter(|thing| thing.signs_in() && thing.id == *id) {
                        thing.sign_in = *on;
                    }
                }
            }
        }
        prop_assert_eq!(left.iter().filter(|thing| thing.main).count(), 1);
        prop_assert!(left.iter().any(|thing| thing.sign_in));
        if let Hand::Owner { session, .. } = hand {
            prop_assert!(plan.goes.iter().all(|thing| thing.id != *session.bytes()));
        }
    }
}
