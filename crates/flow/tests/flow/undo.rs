//! Everything since a moment, by a session or by a grant is undone, by whoever rests on something older.

use flow::by::By;
use flow::session::Visitor;
use flow::undo::{self, Done, May, Seen, Shown};
use model::assurance::Assurance;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::event::{Actor, AddressKind, AddressRole, EventKind, Removal};
use model::grant::GrantEnd;
use model::id::{AuthenticatorId, SessionId};
use model::method::{Method, MethodSet};
use model::notice::What;
use model::refusal::Refusal;
use model::session::RestsOn;
use model::source::Source;
use model::time::Time;
use model::undo::{Kind, Reach, Stays};
use proving::client_key::ClientKey;

use crate::at_devices::{home, op, proxy};
use crate::providing::{Op, text};
use crate::provisional::mailbox_of;
use crate::sim::{DAYS, MINUTE, SECOND};

/// Adds a passkey in a session, to be used from then on.
fn passkey(op: &mut Op, by: &Visitor, usable_at: Time) -> AuthenticatorId {
    let (account, session, name) = (by.account.id, by.session.id, format!("key {}", op.sim.seed));
    op.sim.write(move |tx, cx| {
        let own = Authenticator {
            id: AuthenticatorId::new(cx)?,
            account,
            kind: AuthenticatorKind::Passkey,
            name: name.clone(),
            added_at: cx.now,
            usable_at,
            used_at: None,
            session: Some(session),
            counter: 0,
        };
        let credential = Some(tx.keys().digest(model::digest::Of::Token, &[own.id.bytes()]));
        let new = store::authenticators::New {
            authenticator: &own,
            credential,
            sealed: b"sealed",
            cancel: None,
            cookie: None,
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", own.id))
    })
}

/// Adds an address, for signing in and for recovery, and recovery codes, in a session.
fn more(op: &mut Op, by: &Visitor, shown: &'static str) {
    let (it, saved) = (op.sim.address(shown), op.sim.address("saved@evil.example"));
    let (account, session) = (by.account.id, Some(by.session.id));
    let now = op.sim.now;
    mailbox_of(op, account, (shown, now, session));
    op.sim.write(move |tx, cx| {
        store::recovery_addresses::put(
            tx,
            &store::recovery_addresses::Kept {
                account,
                identity: saved.identity(),
                destination: saved.destination(),
                kind: AddressKind::Mail,
                shown: "saved@evil.example".to_owned(),
                confirmed_at: cx.now,
                detach_at: None,
                added_at: cx.now,
                session,
            },
        )?;
        store::recovery_codes::replace(tx, account, &[it.identity()], (session, cx.now))?;
        Ok(tx.unrecorded("a test", ()))
    });
}

/// Somebody who has had the account for three days, with a passkey and a permission; her session is over.
fn setting() -> (Op, Visitor, AuthenticatorId) {
    let (mut op, mut tv) = op();
    let anna = op.person("anna@example.com", 1);
    let now = op.sim.now;
    let key = passkey(&mut op, &anna, now);
    lets_in(&mut op, &anna, key, (&mut tv, home()));
    op.sim.advance(DAYS * 3);
    (op, anna, key)
}

/// The same person after a proof by this passkey.
fn with(op: &Op, visitor: &Visitor, key: AuthenticatorId) -> Visitor {
    let mut visitor = visitor.clone();
    visitor.session.assurance = Assurance::of(MethodSet::of(&[Method::Passkey]), op.sim.now);
    visitor.session.rests_on = RestsOn::authenticators([key]);
    visitor
}

/// Lets a device in, after a proof by this passkey.
fn lets_in(op: &mut Op, by: &Visitor, key: AuthenticatorId, (device, from): (&mut ClientKey, Source)) {
    let begun = op.device_asks(("tv", ""), Some(device), from).unwrap();
    let entered = op.types(by, text(&begun, "user_code"), home()).unwrap();
    op.sim.advance(SECOND);
    let by = with(op, by, key);
    let before = op.before(&by, &entered);
    op.allows(&by, &before, home()).unwrap();
    op.polls("tv", text(&begun, "device_code"), (Some(device), from)).unwrap();
}

/// Somebody who got in by a passkey in a browser.
fn enters(op: &mut Op, browser: u64, key: AuthenticatorId) -> Visitor {
    // A code would wait for a day in a browser that is new: a session is begun as the passkey would begin it.
    let sim = &mut op.sim;
    let identity = sim.address("anna@example.com").identity();
    let account =
        sim.store.read(|reader| store::accounts::find_by_identity(reader, &identity)).unwrap().unwrap();
    let digest = flow::sign_in::ask::browser_digest(sim.store.keys(), &crate::sim::half(browser));
    let policy = sim.policy.clone();
    let started = sim.write(move |tx, cx| {
        let open = flow::methods::of_account(&policy, &account);
        let permit = flow::methods::permit(&open, model::method::Use::SignIn, Method::Passkey).unwrap();
        let start = flow::sign_in::finish::Start {
            account: account.clone(),
            request: None,
            proved: vec![permit],
            rests_on: RestsOn::authenticators([key]),
            browser: digest,
            current: None,
            source: crate::sim::source(browser),
        };
        let mut events = Vec::new();
        let started = flow::sign_in::finish::start(tx, cx, &mut events, start)?;
        tx.record(&events, started)
    });
    sim.visitor(&started.unwrap())
}

fn look(op: &mut Op, by: &Visitor, reach: Reach) -> Shown {
    let cx = op.sim.cx();
    undo::look(&op.sim.store, &cx, (by, &reach)).unwrap()
}

fn seen(shown: &Shown) -> Seen {
    Seen::Plan(*shown.digest.bytes())
}

fn undo(op: &mut Op, by: &Visitor, reach: Reach, seen: Seen) -> Result<Done, Refusal> {
    let by = by.clone();
    op.sim.write(move |tx, cx| undo::by_owner(tx, cx, &by, (&reach, seen, home())))
}

struct Left {
    passkeys: Vec<AuthenticatorId>,
    addresses: usize,
    recovery: usize,
    codes: bool,
    grants: usize,
    sessions: Vec<SessionId>,
    browsers: usize,
}

fn left(op: &mut Op, by: &Visitor) -> Left {
    let id = by.account.id;
    let kept = |op: &Op| {
        op.sim.store.read(|reader| {
            Ok(Left {
                passkeys: store::authenticators::list(reader, id)?
                    .iter()
                    .map(|k| k.authenticator.id)
                    .collect(),
                addresses: store::addresses::list(reader, id)?.len(),
                recovery: store::recovery_addresses::list(reader, id)?.len(),
                codes: store::recovery_codes::left(reader, id)?.is_some(),
                grants: store::grants::list(reader, id, 99)?.len(),
                sessions: store::sessions::list(reader, id)?.iter().map(|session| session.id).collect(),
                browsers: store::browsers::list(reader, id)?.len(),
            })
        })
    };
    kept(op).unwrap()
}

/// Somebody else has got in by what was the owner's, and made himself at home.
fn intruded(op: &mut Op, key: AuthenticatorId) -> (Visitor, AuthenticatorId) {
    let intruder = enters(op, 66, key);
    let now = op.sim.now;
    let theirs = passkey(op, &intruder, now + DAYS);
    more(op, &intruder, "anna@evil.example");
    let mut kit = ClientKey::new().unwrap();
    lets_in(op, &intruder, key, (&mut kit, proxy()));
    (intruder, theirs)
}

#[test]
fn row_34_what_an_intruder_made_is_gone_and_what_is_older_is_there() {
    let (mut op, _, key) = setting();
    let since = op.sim.now;
    intruded(&mut op, key);
    op.sim.advance(MINUTE * 30);
    op.sim.post();
    let anna = enters(&mut op, 1, key);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    assert_eq!((shown.may, shown.plan.goes.len()), (May::All, 7));
    assert_eq!(shown.plan.stays.len(), 1, "her own session: {:?}", shown.plan.stays);
    let before = op.sim.kinds().len();
    let done = undo(&mut op, &anna, reach, seen(&shown));
    assert_eq!(done, Ok(Done { gone: 7, more: false }));
    let left = left(&mut op, &anna);
    assert_eq!((left.passkeys, left.sessions), (vec![key], vec![anna.session.id]));
    assert_eq!((left.addresses, left.recovery, left.codes, left.grants, left.browsers), (1, 0, false, 1, 1));
    let mut kinds = op.kinds_since(before);
    assert_eq!(kinds.pop(), Some("undone"));
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "address_removed",
            "address_removed",
            "authenticator_removed",
            "browser_forgotten",
            "grant_ended",
            "recovery_codes_removed",
            "session_ended"
        ]
    );
    let events = op.sim.events();
    for event in &events[before..] {
        assert_eq!(event.actor, Actor::Owner);
    }
    assert!(
        events.iter().any(|event| matches!(event.kind, EventKind::GrantEnded { why: GrantEnd::Undone, .. }))
    );
    // Everybody is told once, and whoever reads the address that is gone.
    let told = op.sim.post().notices;
    let undone: Vec<&str> = told
        .iter()
        .filter(|told| matches!(told.notice.what, What::Undone { count: 7 }))
        .map(|told| told.to.as_str())
        .collect();
    assert_eq!(undone, ["anna@example.com"]);
    let mut former: Vec<&str> = told
        .iter()
        .filter(|told| matches!(told.notice.what, What::AddressRemoved { why: Removal::Undone, .. }))
        .map(|told| told.to.as_str())
        .collect();
    former.sort_unstable();
    assert_eq!(former, ["anna@evil.example", "saved@evil.example"]);
    // Once more: there is nothing to be done.
    let again = look(&mut op, &anna, reach);
    assert!(again.plan.is_empty());
    assert_eq!(undo(&mut op, &anna, reach, seen(&again)), Ok(Done { gone: 0, more: false }));
    assert_eq!(op.sim.kinds().iter().filter(|kind| **kind == "undone").count(), 1);
}

#[test]
fn row_27_an_intruders_passkey_undoes_nothing_that_is_older_than_it() {
    let (mut op, anna, key) = setting();
    let since = op.sim.now;
    let (_, theirs) = intruded(&mut op, key);
    op.sim.advance(DAYS * 2);
    let later = op.sim.now;
    // She notices, and adds another passkey.
    let hers = passkey(&mut op, &anna, later);
    let intruder = enters(&mut op, 66, theirs);
    for reach in [Reach::Since(since), Reach::Since(anna.account.opened_at)] {
        let shown = look(&mut op, &intruder, reach);
        assert_eq!((shown.may, shown.fresh), (May::Nothing, true));
        assert_eq!(undo(&mut op, &intruder, reach, seen(&shown)), Err(Refusal::UndoUnproved));
    }
    let anna = enters(&mut op, 1, key);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    assert!(undo(&mut op, &anna, reach, seen(&shown)).is_ok());
    // What she added since goes along, as she was shown: it came about since then as well.
    assert_eq!(left(&mut op, &anna).passkeys, [key]);
    assert!(shown.plan.goes.iter().any(|thing| thing.id == *hers.bytes()));
}

#[test]
fn row_36_a_code_that_was_relayed_undoes_nothing_for_good_once_there_is_a_passkey() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    op.sim.advance(DAYS * 3);
    let since = op.sim.now;
    // The intruder relays a code; afterwards the owner adds a passkey.
    let intruder = op.person("anna@example.com", 66);
    op.sim.advance(MINUTE);
    let now = op.sim.now;
    let hers = passkey(&mut op, &anna, now);
    more(&mut op, &anna, "anna@work.example");
    let mut tv = ClientKey::new().unwrap();
    op.register(crate::at_devices::on_a_device("tv", "openid"));
    lets_in(&mut op, &anna, hers, (&mut tv, home()));
    let reach = Reach::Since(since);
    let shown = look(&mut op, &intruder, reach);
    assert_eq!(shown.may, May::Passing);
    assert!(shown.plan.goes.iter().all(|thing| thing.kind.is_passing()));
    let surer = shown.plan.stays.iter().filter(|(_, why)| *why == Stays::Surer).count();
    assert_eq!(surer, 4, "the passkey, two addresses, the codes");
    undo(&mut op, &intruder, reach, seen(&shown)).unwrap();
    let left = left(&mut op, &anna);
    assert_eq!((left.passkeys, left.addresses, left.recovery, left.codes), (vec![hers], 2, 1, true));
    assert_eq!(left.grants, 0);
}

#[test]
fn a_held_passkey_stands_in_nobodys_way() {
    let mut op = Op::new();
    op.person("anna@example.com", 1);
    op.sim.advance(DAYS * 3);
    let since = op.sim.now;
    let intruder = op.person("anna@example.com", 66);
    let until = op.sim.now + DAYS;
    passkey(&mut op, &intruder, until);
    let anna = op.person("anna@example.com", 1);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    assert_eq!(shown.may, May::All);
    undo(&mut op, &anna, reach, seen(&shown)).unwrap();
    assert!(left(&mut op, &anna).passkeys.is_empty());
}

#[test]
fn another_plan_than_the_one_that_was_shown_is_shown_anew() {
    let (mut op, _, key) = setting();
    let since = op.sim.now;
    let (intruder, _) = intruded(&mut op, key);
    let anna = enters(&mut op, 1, key);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    let now = op.sim.now;
    let another = passkey(&mut op, &intruder, now);
    assert_eq!(undo(&mut op, &anna, reach, seen(&shown)), Err(Refusal::UndoChanged));
    assert!(left(&mut op, &anna).passkeys.contains(&another));
    let shown = look(&mut op, &anna, reach);
    assert_eq!(undo(&mut op, &anna, reach, seen(&shown)), Ok(Done { gone: 8, more: false }));
}

#[test]
fn a_proof_that_is_five_minutes_old_undoes_nothing_but_one_permission() {
    let (mut op, _, key) = setting();
    let since = op.sim.now;
    intruded(&mut op, key);
    let anna = enters(&mut op, 1, key);
    op.sim.advance(MINUTE * 6);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    assert_eq!((shown.may, shown.fresh), (May::Nothing, false));
    assert_eq!(undo(&mut op, &anna, reach, seen(&shown)), Err(Refusal::UndoUnproved));
    let grant = shown.plan.goes.iter().find(|thing| thing.kind == Kind::Grant).unwrap();
    let reach = Reach::Grant(model::id::GrantId::from_bytes(grant.id));
    let shown = look(&mut op, &anna, reach);
    assert_eq!(undo(&mut op, &anna, reach, seen(&shown)), Ok(Done { gone: 1, more: false }));
    assert_eq!(left(&mut op, &anna).grants, 1);
}

#[test]
fn row_34_by_a_session_goes_what_it_added_and_whoever_came_by_that() {
    let (mut op, _, key) = setting();
    let (intruder, theirs) = intruded(&mut op, key);
    op.sim.advance(DAYS * 2);
    let second = enters(&mut op, 67, theirs);
    let now = op.sim.now;
    let third = passkey(&mut op, &second, now);
    let anna = enters(&mut op, 1, key);
    let hers = passkey(&mut op, &anna, now);
    let reach = Reach::Session(intruder.session.id);
    let shown = look(&mut op, &anna, reach);
    assert_eq!(shown.may, May::All);
    undo(&mut op, &anna, reach, seen(&shown)).unwrap();
    let left = left(&mut op, &anna);
    assert!(!left.passkeys.contains(&theirs) && !left.passkeys.contains(&third));
    assert_eq!((left.passkeys, left.sessions), (vec![key, hers], vec![anna.session.id]));
}

#[test]
fn an_operator_undoes_at_the_command_line_and_it_says_so() {
    let (mut op, anna, key) = setting();
    let since = op.sim.now;
    intruded(&mut op, key);
    let (cx, id, reach) = (op.sim.cx(), anna.account.id, Reach::Since(since));
    let (plan, digest) = undo::look_as_operator(&op.sim.store, &cx, (id, &reach)).unwrap();
    assert_eq!((plan.goes.len(), plan.stays.len()), (7, 0));
    let shown = Seen::Plan(*digest.bytes());
    let done = op.sim.write(move |tx, cx| undo::by_operator(tx, cx, (id, &reach, shown), &By::COMMAND));
    assert_eq!(done, Ok(Done { gone: 7, more: false }));
    assert!(op.sim.events().last().is_some_and(|event| event.actor == Actor::Operator));
    let again = op.sim.write(move |tx, cx| undo::by_operator(tx, cx, (id, &reach, shown), &By::COMMAND));
    assert_eq!(again, Err(Refusal::UndoChanged));
}

#[test]
fn what_was_taken_away_is_named_and_what_was_set_is_set_back() {
    let (mut op, anna, key) = setting();
    more(&mut op, &anna, "anna@work.example");
    op.sim.advance(MINUTE);
    let since = op.sim.now;
    let intruder = enters(&mut op, 66, key);
    let by = intruder.clone();
    let work = op.sim.address("anna@work.example").identity();
    for change in [flow::address::Change::MakeMain, flow::address::Change::SwitchOff] {
        let (by, identity) = match change {
            flow::address::Change::MakeMain => (by.clone(), work),
            _ => (by.clone(), op.sim.address("anna@example.com").identity()),
        };
        op.sim
            .write(move |tx, cx| {
                flow::address::change(tx, cx, &by, (identity, change), crate::sim::source(66))
            })
            .unwrap();
    }
    let by = intruder.clone();
    op.sim
        .write(move |tx, cx| flow::authenticator::remove(tx, cx, &by, (key, crate::sim::source(66))))
        .unwrap();
    let anna = op.person("anna@work.example", 1);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    assert_eq!(shown.may, May::All);
    assert_eq!(shown.plan.lost.len(), 1);
    assert_eq!(shown.plan.lost[0].kind, Kind::Authenticator(AuthenticatorKind::Passkey));
    undo(&mut op, &anna, reach, seen(&shown)).unwrap();
    let all = op.sim.store.read(|reader| store::addresses::list(reader, anna.account.id)).unwrap();
    assert_eq!((all[0].shown.as_str(), all[0].main, all[0].sign_in), ("anna@example.com", true, true));
    assert_eq!(all.len(), 2);
}

#[test]
fn an_address_that_became_the_main_one_since_goes_and_the_one_before_is_it_again() {
    let (mut op, _, key) = setting();
    let since = op.sim.now;
    let intruder = enters(&mut op, 66, key);
    more(&mut op, &intruder, "anna@evil.example");
    let (by, evil) = (intruder.clone(), op.sim.address("anna@evil.example").identity());
    op.sim
        .write(move |tx, cx| {
            let change = (evil, flow::address::Change::MakeMain);
            flow::address::change(tx, cx, &by, change, crate::sim::source(66))
        })
        .unwrap();
    let anna = enters(&mut op, 1, key);
    let reach = Reach::Since(since);
    let shown = look(&mut op, &anna, reach);
    undo(&mut op, &anna, reach, seen(&shown)).unwrap();
    let all = op.sim.store.read(|reader| store::addresses::list(reader, anna.account.id)).unwrap();
    assert_eq!((all.len(), all[0].shown.as_str(), all[0].main), (1, "anna@example.com", true));
    let moved = |kind: &EventKind| matches!(kind, EventKind::AddressMadeMain { .. });
    assert_eq!(op.count(moved), 2);
    let gone = |kind: &EventKind| {
        matches!(kind, EventKind::AddressRemoved { role: AddressRole::SignIn, why: Removal::Undone, .. })
    };
    assert_eq!(op.count(gone), 1);
}
