//! What is one's own: closing the account, taking the data along, and the filters of the record.

use flow::account::close;
use flow::activity::{self, Filter, Show};
use flow::own_data::{self, Events};
use flow::{account, authenticator, session};
use model::account::{AccountState, Role};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::event::{Actor, EventKind, OperatorAct};
use model::id::{AccountId, AuthenticatorId};
use model::notice::What;
use model::refusal::Refusal;

use crate::sim::{DAYS, HOUR, MINUTE, Sim, source};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

fn make_operator(sim: &mut Sim, text: &str) -> AccountId {
    let address = sim.address(text);
    sim.write(move |tx, cx| {
        let account = model::account::Account {
            id: AccountId::new(cx)?,
            state: AccountState::Open,
            role: Role::Operator,
            address: address.as_str().to_owned(),
            confirmed_at: cx.now,
            opened_at: cx.now,
            tenant: None,
            methods: None,
        };
        assert!(store::accounts::insert(tx, &account, &address.identity(), &address.destination())?);
        Ok(tx.unrecorded("a test", account.id))
    })
}

fn give_passkey(sim: &mut Sim, account: AccountId) {
    let keys = std::sync::Arc::new(model::digest::Keys::simulated().unwrap());
    sim.write(move |tx, cx| {
        let id = AuthenticatorId::new(cx)?;
        let sealed = store::authenticators::seal(&keys, &mut cx.entropy, id, b"a state")?;
        let own = Authenticator {
            id,
            account,
            kind: AuthenticatorKind::Passkey,
            name: "Phone".to_owned(),
            added_at: cx.now,
            usable_at: cx.now,
            used_at: None,
            session: None,
            counter: 0,
        };
        let new = store::authenticators::New {
            authenticator: &own,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: None,
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", ()))
    });
}

fn close(sim: &mut Sim, visitor: &session::Visitor) -> Result<(), Refusal> {
    let visitor = visitor.clone();
    sim.write(move |tx, cx| close::by_owner(tx, cx, &visitor, source(1)))
}

#[test]
fn the_owner_closes_the_account_and_everybody_is_told_before() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let (here, there) = (sim.sign_in(ALICE, 1), sim.sign_in(ALICE, 2));
    give_passkey(&mut sim, alice);
    sim.post();
    sim.advance(HOUR);
    // A code that is under way, and its mail that has not left.
    let request = sim.ask(ALICE, 3);
    let visitor = sim.visitor(&here);
    close(&mut sim, &visitor).unwrap();
    let post = sim.post();
    assert!(post.mails.is_empty(), "what waited is dropped");
    let told: Vec<_> = post.notices.iter().map(|told| (told.to.as_str(), &told.notice.what)).collect();
    assert_eq!(told, [(ALICE, &What::AccountClosed)]);
    let cx = sim.cx();
    for started in [&here, &there] {
        assert!(
            session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().is_none()
        );
    }
    assert!(authenticator::list(&sim.store, alice).unwrap().is_empty());
    assert!(session::mine(&sim.store, &cx, alice).unwrap().browsers.is_empty());
    assert!(account::find(&sim.store, &sim.address(ALICE)).unwrap().is_none(), "the address is free");
    let kept = account::find_by_id(&sim.store, alice).unwrap().unwrap();
    assert_eq!((kept.state, kept.address.as_str()), (AccountState::Closed, "a…@example.com"));
    let closed = sim.events().into_iter().find(|event| event.kind == EventKind::AccountClosed).unwrap();
    assert_eq!((closed.actor, closed.session), (Actor::Owner, Some(here.session.id)));
    assert!(sim.steps(request).iter().any(|kind| matches!(kind, EventKind::SignInCodeExpired { .. })));
    assert_eq!(close(&mut sim, &visitor), Err(Refusal::AccountState));
}

#[test]
fn the_last_operator_cannot_close_and_the_last_but_one_can() {
    let mut sim = Sim::new();
    let (alice, bob) = (make_operator(&mut sim, ALICE), make_operator(&mut sim, BOB));
    let (hers, his) = (sim.sign_in(ALICE, 1), sim.sign_in(BOB, 2));
    let (hers, his) = (sim.visitor(&hers), sim.visitor(&his));
    assert!(!close::is_last_operator(&sim.store, &hers.account).unwrap());
    close(&mut sim, &hers).unwrap();
    let bobs = account::find_by_id(&sim.store, bob).unwrap().unwrap();
    assert!(close::is_last_operator(&sim.store, &bobs).unwrap());
    let before = sim.events().len();
    assert_eq!(close(&mut sim, &his), Err(Refusal::LastOperator));
    assert_eq!(sim.events().len(), before);
    assert_eq!(account::find_by_id(&sim.store, alice).unwrap().unwrap().state, AccountState::Closed);
    // A member may go at any time.
    let member = sim.account("carol@example.com");
    let hers = sim.sign_in("carol@example.com", 3);
    let visitor = sim.visitor(&hers);
    close(&mut sim, &visitor).unwrap();
    assert_eq!(account::find_by_id(&sim.store, member).unwrap().unwrap().state, AccountState::Closed);
}

#[test]
fn an_operator_who_closes_an_account_takes_its_authenticators_too() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    give_passkey(&mut sim, alice);
    sim.write(move |tx, cx| account::change(tx, cx, alice, account::Change::Close)).unwrap();
    assert!(authenticator::list(&sim.store, alice).unwrap().is_empty());
}

#[test]
fn everything_that_is_held_is_handed_over_without_a_secret_and_that_is_on_the_record() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    give_passkey(&mut sim, alice);
    let visitor = sim.visitor(&started);
    sim.write(move |tx, cx| {
        account::act(tx, cx, alice, (account::Change::Lock, Some("told by Bob")), &flow::by::By::COMMAND)
    })
    .unwrap();
    sim.write(move |tx, cx| account::change(tx, cx, alice, account::Change::Unlock)).unwrap();
    let again = sim.sign_in(ALICE, 1);
    let visitor = session::Visitor { session: again.session, ..visitor };
    let by = visitor.clone();
    sim.advance(MINUTE);
    sim.write(move |tx, cx| own_data::note(tx, cx, &by, source(1)));
    let cx = sim.cx();
    let data = own_data::find(&sim.store, &cx, &visitor).unwrap();
    assert_eq!((data.authenticators.len(), data.sessions.len(), data.browsers.len()), (1, 1, 1));
    assert_eq!((data.addresses.sign_in.len(), data.mail.len(), data.recovery_codes), (1, 1, 0));
    assert!(data.told.iter().any(|told| told.kind == "account_locked") && data.odds.is_some());
    let (mut events, mut all) = (Events::default(), Vec::new());
    loop {
        let page = events.next(&sim.store, alice).unwrap();
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let record = sim.events().into_iter().filter(|event| event.subject.account() == Some(alice)).count();
    assert_eq!(all.len(), record);
    assert_eq!(all.first().map(|event| &event.kind), Some(&EventKind::DataDownloaded));
    let acts = all.iter().filter_map(|event| match &event.kind {
        EventKind::OperatorActed { act, reason } => Some((*act, reason.as_str())),
        _ => None,
    });
    assert_eq!(acts.collect::<Vec<_>>(), [(OperatorAct::Lock, "")], "what operators write is for operators");
}

#[test]
fn the_filter_of_time_leaves_out_what_began_before_it() {
    let mut sim = Sim::with(crate::sim::unlimited());
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.advance(10 * DAYS);
    let request = sim.ask(ALICE, 2);
    sim.advance(11 * MINUTE);
    sim.sweep();
    sim.sign_in(ALICE, 1);
    let seen = |show, days: u32| {
        let since = Some(sim.now - days * DAYS);
        activity::page(&sim.store, alice, Filter { show, since }, None, 100).unwrap().entries
    };
    assert_eq!(seen(Show::Unused, 7).len(), 1);
    assert!(matches!(&seen(Show::Unused, 7)[0], activity::Entry::Request { id, .. } if *id == request));
    let (week, month) = (seen(Show::All, 7).len(), seen(Show::All, 30).len());
    assert!(
        week < month
            && month == activity::page(&sim.store, alice, Show::All, None, 100).unwrap().entries.len()
    );
    // The code and the session of now, and the end of the session before; before that the same without an end.
    assert_eq!((seen(Show::SignIns, 7).len(), seen(Show::SignIns, 30).len()), (3, 5));
}
