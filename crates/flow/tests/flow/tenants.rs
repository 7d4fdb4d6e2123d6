//! Tenants: made, changed, recorded; whose account is whose; and what a reset takes away.

use flow::account::search;
use flow::account::{self, Change};
use flow::by::By;
use flow::session;
use flow::tenant;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::event::{Actor, EventKind, NotSent, OperatorAct, Removal};
use model::id::{AccountId, AuthenticatorId};
use model::method::{Flaw, Method, MethodPolicy, Use};
use model::refusal::Refusal;
use model::session::SessionEnd;
use wire::account_search::AccountSearch;
use wire::mail::domain::Domain;

use crate::sim::{SECOND, Sim, source};

const BY: &By = &By::COMMAND;
const ALICE: &str = "alice@example.edu";

fn domain() -> Domain {
    Domain::parse("example.edu").unwrap()
}

pub(crate) fn make(sim: &mut Sim, methods: MethodPolicy) {
    sim.write(|tx, cx| tenant::make(tx, cx, ("uni", "Example University"), BY)).unwrap();
    sim.write(|tx, cx| tenant::add_domain(tx, cx, "uni", &domain(), BY)).unwrap();
    set(sim, methods).unwrap();
}

pub(crate) fn set(sim: &mut Sim, methods: MethodPolicy) -> Result<(), Refusal> {
    let change = tenant::Change::Methods(methods);
    sim.write(move |tx, cx| tenant::change(tx, cx, "uni", &change, BY))
}

pub(crate) fn own(sim: &mut Sim, account: AccountId, kind: AuthenticatorKind) -> AuthenticatorId {
    let mut cx = sim.cx();
    let id = AuthenticatorId::new(&mut cx).unwrap();
    let sealed = store::authenticators::seal(sim.store.keys(), &mut cx.entropy, id, b"secret").unwrap();
    let authenticator = Authenticator {
        id,
        account,
        kind,
        name: "one".to_owned(),
        added_at: cx.now,
        usable_at: cx.now,
        used_at: None,
        session: None,
        counter: 0,
    };
    sim.write(move |tx, _| {
        let new = store::authenticators::New {
            authenticator: &authenticator,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: None,
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", ()))
    });
    id
}

#[test]
fn everything_that_happens_to_a_tenant_is_on_the_record_as_the_operators_doing() {
    let mut sim = Sim::new();
    make(&mut sim, MethodPolicy::OPEN.without(Method::Password).without(Method::Totp));
    let rename = tenant::Change::Name("University of Examples".to_owned());
    sim.write(move |tx, cx| tenant::change(tx, cx, "uni", &rename, BY)).unwrap();
    sim.write(|tx, cx| tenant::remove_domain(tx, cx, "uni", &domain(), BY)).unwrap();
    sim.write(|tx, cx| tenant::remove(tx, cx, "uni", BY)).unwrap();
    assert_eq!(
        sim.kinds(),
        [
            "tenant_made",
            "domain_added",
            "tenant_changed",
            "tenant_changed",
            "domain_removed",
            "tenant_removed"
        ]
    );
    assert!(sim.events().iter().all(|event| event.actor == Actor::Operator));
    assert!(tenant::list(&sim.store).unwrap().is_empty());
}

#[test]
fn what_cannot_be_is_refused_and_leaves_no_trace() {
    let mut sim = Sim::new();
    make(&mut sim, MethodPolicy::OPEN);
    sim.account(ALICE);
    sim.write(|tx, cx| tenant::adopt(tx, cx, "uni", &domain(), BY)).unwrap();
    let before = sim.events().len();
    let make = |sim: &mut Sim, code: &'static str, name: &'static str| {
        sim.write(move |tx, cx| tenant::make(tx, cx, (code, name), BY)).map(|_| ())
    };
    assert_eq!(make(&mut sim, "uni", "Another"), Err(Refusal::TenantTaken));
    assert_eq!(make(&mut sim, "Uni", "Another"), Err(Refusal::TenantNameUnfit));
    assert_eq!(make(&mut sim, "club", "https://club.example"), Err(Refusal::TenantNameUnfit));
    for (methods, flaw) in [
        (MethodPolicy::OPEN.with(Use::SignIn, model::method::MethodSet::NONE), Flaw::NoSignIn),
        // SMS is all that it leaves, and the installation has none.
        (
            MethodPolicy::OPEN.with(Use::SignIn, model::method::MethodSet::of(&[Method::SmsCode])),
            Flaw::NoSignIn,
        ),
        (MethodPolicy::OPEN.without(Method::Password), Flaw::TotpAlone),
    ] {
        assert_eq!(set(&mut sim, methods), Err(Refusal::PolicyFlawed { flaw }));
    }
    let other =
        |tx: &mut store::Tx<'_>, cx: &mut model::cx::Cx| tenant::add_domain(tx, cx, "uni", &domain(), BY);
    assert_eq!(sim.write(other), Err(Refusal::DomainTaken));
    let gone = Domain::parse("example.org").unwrap();
    assert_eq!(
        sim.write(move |tx, cx| tenant::remove_domain(tx, cx, "uni", &gone, BY)),
        Err(Refusal::DomainUnknown)
    );
    assert_eq!(sim.write(|tx, cx| tenant::remove(tx, cx, "uni", BY)), Err(Refusal::TenantInUse));
    assert_eq!(sim.write(|tx, cx| tenant::remove(tx, cx, "club", BY)), Err(Refusal::TenantUnknown));
    assert_eq!(sim.events().len(), before);
}

#[test]
fn accounts_at_a_domain_are_counted_adopted_and_moved_out_again() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    for n in 0..210 {
        sim.account(&format!("member{n}@example.edu"));
    }
    sim.account("carol@example.com");
    make(&mut sim, MethodPolicy::OPEN);
    let uni = tenant::find(&sim.store, "uni").unwrap().unwrap();
    assert_eq!(uni.accounts, 0);
    assert_eq!(tenant::count_elsewhere(&sim.store, &domain(), uni.tenant.id).unwrap(), 211);
    let first = sim.write(|tx, cx| tenant::adopt(tx, cx, "uni", &domain(), BY)).unwrap();
    assert!(first.more && first.moved == 200);
    let second = sim.write(|tx, cx| tenant::adopt(tx, cx, "uni", &domain(), BY)).unwrap();
    assert!(!second.more && second.moved == 11);
    assert_eq!(tenant::find(&sim.store, "uni").unwrap().unwrap().accounts, 211);
    sim.write(move |tx, cx| tenant::move_account(tx, cx, alice, None, BY)).unwrap();
    assert_eq!(
        sim.write(move |tx, cx| tenant::move_account(tx, cx, alice, None, BY)),
        Err(Refusal::AccountState)
    );
    assert!(account::find_by_id(&sim.store, alice).unwrap().unwrap().tenant.is_none());
    let moves = sim.events().into_iter().filter(|event| event.subject.account() == Some(alice));
    assert_eq!(moves.count(), 2);
}

/// Row 43: what was on its way when the tenant closed codes leads nowhere, and nothing is mailed afterwards.
#[test]
fn row_43_a_tenant_that_closes_codes_closes_those_that_are_on_their_way() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    make(&mut sim, MethodPolicy::OPEN);
    sim.write(|tx, cx| tenant::adopt(tx, cx, "uni", &domain(), BY)).unwrap();
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    set(&mut sim, MethodPolicy::OPEN.without(Method::MailCode)).unwrap();
    assert!(matches!(sim.refusal(request, &mail.code, 1), Refusal::CodeWrong { .. }));
    let request = sim.ask(ALICE, 2);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::MethodOff), .. }]
    ));
    // Somebody who moved away is not mailed a code at an address of the domain either.
    sim.write(move |tx, cx| tenant::move_account(tx, cx, alice, None, BY)).unwrap();
    sim.ask(ALICE, 3);
    assert!(sim.post().mails.is_empty());
}

#[test]
fn a_reset_leaves_nothing_but_the_address_and_says_why() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    let ids =
        [AuthenticatorKind::Passkey, AuthenticatorKind::Password].map(|kind| own(&mut sim, alice, kind));
    let layer = Some(MethodPolicy::OPEN.without(Method::MailCode));
    sim.write(move |tx, cx| account::set_methods(tx, cx, alice, layer, BY)).unwrap();
    let act = |sim: &mut Sim, change, reason: Option<&'static str>| {
        sim.write(move |tx, cx| account::act(tx, cx, alice, (change, reason), BY))
    };
    assert_eq!(act(&mut sim, Change::Reset, None), Err(Refusal::ReasonMissing));
    act(&mut sim, Change::Reset, Some("lost her phone")).unwrap();
    assert!(search::owns(&sim.store, alice).unwrap().is_empty());
    assert_eq!(account::find_by_id(&sim.store, alice).unwrap().unwrap().methods, None);
    let cx = sim.cx();
    assert!(session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().is_none());
    let kinds: Vec<EventKind> = sim.events().into_iter().map(|event| event.kind).collect();
    let reason = "lost her phone".to_owned();
    assert!(kinds.contains(&EventKind::OperatorActed { act: OperatorAct::Reset, reason }));
    assert!(kinds.contains(&EventKind::SessionEnded { why: SessionEnd::EndedByOperator }));
    for id in ids {
        assert!(kinds.iter().any(|kind| matches!(kind,
            EventKind::AuthenticatorRemoved { authenticator, why: Removal::ByOperator, .. }
                if *authenticator == id)));
    }
    // She gets in again by her mailbox.
    sim.sign_in(ALICE, 2);
}

#[test]
fn an_act_with_a_reason_is_one_event_and_says_from_where() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.account("operator@example.com");
    let started = sim.sign_in("operator@example.com", 9).session;
    let account = account::find_by_id(&sim.store, started.account).unwrap().unwrap();
    let visitor = session::Visitor { session: started, account };
    let cx = sim.cx();
    let by = By::page(&cx, &visitor, source(9));
    let before = sim.events().len();
    sim.write(move |tx, cx| account::act(tx, cx, alice, (Change::Lock, Some("a stolen phone")), &by))
        .unwrap();
    let events = sim.events();
    let [event] = &events[before..] else { panic!("{:?}", &events[before..]) };
    assert!(matches!(&event.kind, EventKind::OperatorActed { act: OperatorAct::Lock, .. }));
    assert_eq!((event.actor, event.source), (Actor::Operator, Some(source(9))));
    assert_eq!(event.session, Some(visitor.session.id), "it tells which operator it was");
}

#[test]
fn accounts_are_found_by_every_way_in_which_an_operator_can_name_them() {
    let mut sim = Sim::new();
    let all: Vec<AccountId> = ["ada@example.org", "alan@example.org", "bob@example.org", "ada@example.com"]
        .into_iter()
        .map(|address| {
            sim.advance(SECOND);
            sim.account(address)
        })
        .collect();
    let find = |text: &str| {
        let page = search::page(&sim.store, &AccountSearch::parse(text).unwrap(), None, 10).unwrap();
        page.accounts.into_iter().map(|listed| listed.account.address).collect::<Vec<_>>()
    };
    assert_eq!(find("").len(), 4);
    assert_eq!(find("ADA@example.org"), ["ada@example.org"]);
    assert_eq!(find("a…@example.org"), ["ada@example.org", "alan@example.org"]);
    assert_eq!(find("@example.com"), ["ada@example.com"]);
    assert_eq!(find(&all[2].to_string()), ["bob@example.org"]);
    assert!(find("nobody@example.org").is_empty());
    // Page by page, without loss.
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = search::page(&sim.store, &AccountSearch::All, after, 3).unwrap();
        seen.extend(page.accounts.into_iter().map(|listed| listed.account.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, all);
}
