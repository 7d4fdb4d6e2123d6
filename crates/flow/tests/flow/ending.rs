//! `threats.md` §5.2 row 32: what happens to an account, against the grants that it gave.

use flow::account::{self, Change, close};
use flow::by::By;
use flow::not_me;
use flow::oauth::{ending, mine};
use flow::session::{self, Visitor};
use model::grant::GrantEnd;
use model::refusal::Refusal;
use model::session::SessionEnd;

use crate::providing::{Op, text};
use crate::sim::{DAYS, source};

/// Two sessions, and in each a grant that is bound to it and one with offline access.
pub(crate) struct Four {
    pub(crate) op: Op,
    pub(crate) first: Visitor,
    pub(crate) second: Visitor,
    pub(crate) refresh: Vec<String>,
}

pub(crate) fn four() -> Four {
    let mut op = Op::new();
    let first = op.person("anna@example.com", 1);
    let second = op.person("anna@example.com", 2);
    let mut refresh = Vec::new();
    op.change("web", |web| web.client.token_format = model::client::TokenFormat::Opaque);
    for visitor in [&first, &second] {
        for scope in ["scope=read", "scope=openid+offline_access"] {
            let code = op.code("web", scope, visitor);
            let got = op.redeem("web", &code, None).unwrap();
            refresh.push(text(&got, "refresh_token").to_owned());
        }
    }
    Four { op, first, second, refresh }
}

/// Which of the four live: the first session's, then the second's; each first without and then with offline access.
fn alive(four: &mut Four) -> [bool; 4] {
    let tokens = four.refresh.clone();
    [0, 1, 2, 3].map(|n| four.op.is_active("web", &tokens[n]))
}

fn act(four: &mut Four, change: Change) {
    let id = four.first.account.id;
    four.op
        .sim
        .write(move |tx, cx| account::act(tx, cx, id, (change, Some("a reason")), &By::COMMAND))
        .unwrap();
}

pub(crate) type Happens = fn(&mut Four);

/// What happens, which grants live after it, and why the others ended.
pub(crate) const MATRIX: [(&str, Happens, [bool; 4], GrantEnd); 12] = [
    ("signed out", sign_out, [false, true, true, true], GrantEnd::SessionEnded),
    ("ended from another session", end_first, [false, false, true, true], GrantEnd::EndedByOwner),
    ("over by time", over_by_time, [false, true, false, true], GrantEnd::SessionEnded),
    ("a password was changed", change_password, [true, true, false, false], GrantEnd::CredentialChanged),
    (
        "an authenticator was removed",
        remove_password,
        [true, true, false, false],
        GrantEnd::CredentialChanged,
    ),
    ("recovered", recover, [false; 4], GrantEnd::CredentialChanged),
    ("that was not me", not_mine, [false, false, true, true], GrantEnd::CredentialChanged),
    (
        "an operator ended all sessions",
        |four| act(four, Change::EndSessions),
        [false; 4],
        GrantEnd::EndedByOperator,
    ),
    ("reset by an operator", |four| act(four, Change::Reset), [false; 4], GrantEnd::EndedByOperator),
    ("locked", |four| act(four, Change::Lock), [false; 4], GrantEnd::AccountUnavailable),
    ("closed by an operator", |four| act(four, Change::Close), [false; 4], GrantEnd::AccountUnavailable),
    ("closed by its owner", close_own, [false; 4], GrantEnd::AccountUnavailable),
];

const PASSWORD: &str = "seven wet geese cross the road";

fn change_password(four: &mut Four) {
    let by = four.first.clone();
    for (current, new) in [(None, PASSWORD), (Some(PASSWORD), "eight dry geese cross the road")] {
        assert!(crate::passwords::set(&mut four.op.sim, &by, 1, (current, new)).is_ok());
    }
}

fn remove_password(four: &mut Four) {
    let by = four.first.clone();
    assert!(crate::passwords::set(&mut four.op.sim, &by, 1, (None, PASSWORD)).is_ok());
    let id = flow::authenticator::list(&four.op.sim.store, by.account.id).unwrap()[0].id;
    four.op.sim.write(move |tx, cx| flow::authenticator::remove(tx, cx, &by, (id, source(1)))).unwrap();
}

fn recover(four: &mut Four) {
    let sim = &mut four.op.sim;
    let entry = crate::recovery::mailed(sim, ("anna@example.com", "anna@example.com"), 7).unwrap();
    sim.advance(DAYS * 3);
    assert!(crate::entries::enter(sim, entry, 7, &[]).is_ok());
}

fn sign_out(four: &mut Four) {
    let by = four.first.clone();
    four.op.sim.write(move |tx, cx| session::end(tx, cx, &by, by.session.id, source(1))).unwrap();
}

fn end_first(four: &mut Four) {
    let (by, id) = (four.second.clone(), four.first.session.id);
    four.op.sim.write(move |tx, cx| session::end(tx, cx, &by, id, source(2))).unwrap();
}

fn over_by_time(four: &mut Four) {
    // The grants with offline access are used meanwhile, the sessions are not.
    for _ in 0..2 {
        four.op.sim.advance(DAYS * 4);
        for n in 0..4 {
            let token = four.refresh[n].clone();
            if let Ok(got) = four.op.refresh("web", &token, None) {
                four.refresh[n] = text(&got, "refresh_token").to_owned();
            }
        }
        four.op.sim.sweep();
    }
}

fn not_mine(four: &mut Four) {
    let session = four.first.session.id;
    let began = |event: &model::event::Event| event.session == Some(session) && event.request.is_some();
    let events = four.op.sim.events();
    let request = events.iter().find(|event| began(event)).and_then(|event| event.request).unwrap();
    let by = not_me::By::Owner(four.first.account.id);
    let denied = four.op.sim.write(move |tx, cx| not_me::commit(tx, cx, request, by, source(2))).unwrap();
    assert!(denied.was_used);
}

fn close_own(four: &mut Four) {
    let by = four.first.clone();
    four.op.sim.write(move |tx, cx| close::by_owner(tx, cx, &by, source(1))).unwrap();
}

#[test]
fn row_32_each_event_ends_the_grants_that_it_has_to_and_no_others() {
    for (what, happens, expected, why) in MATRIX {
        let mut four = four();
        assert_eq!(alive(&mut four), [true; 4], "{what}");
        happens(&mut four);
        assert_eq!(alive(&mut four), expected, "{what}");
        let ends = crate::tokens::ends(&four.op);
        assert_eq!(ends.len(), expected.iter().filter(|lives| !**lives).count(), "{what}");
        assert!(ends.iter().all(|end| *end == why), "{what}: {ends:?}");
    }
}

#[test]
fn row_32_every_end_of_a_session_is_decided_on() {
    use SessionEnd as E;
    // Whoever adds an end of sessions comes by here: the table above has a row for each, or says which one it is like.
    for end in [
        E::SignedOut,
        E::EndedByOwner,
        E::Replaced,
        E::Idle,
        E::Absolute,
        E::AccountUnavailable,
        E::EndedByOperator,
        E::Recovered,
        E::Undone,
        E::Suspected,
    ] {
        let like = match end {
            E::SignedOut | E::Replaced => "signed out",
            E::Idle | E::Absolute => "over by time",
            // As if its owner had ended it: what was allowed in it is older than the undoing, or goes by itself (undo.rs).
            // What another browser got in it may be a thief's: it ends with it.
            E::EndedByOwner | E::Undone | E::Suspected => "ended from another session",
            E::AccountUnavailable => "locked",
            E::EndedByOperator => "an operator ended all sessions",
            E::Recovered => "recovered",
        };
        assert!(MATRIX.iter().any(|(what, ..)| *what == like));
    }
}

#[test]
fn an_owner_sees_what_was_allowed_and_ends_it() {
    let mut four = four();
    let cx = four.op.sim.cx();
    let account = four.first.account.id;
    let apps = mine::apps(&four.op.sim.store, &cx, account, 0).unwrap();
    assert_eq!(
        (apps.lines.len(), apps.more, apps.lines[0].app.grants),
        (1, false, 4),
        "one client is one app"
    );
    assert_eq!(apps.lines[0].scopes.to_string(), "offline_access openid read");
    let id = apps.lines[0].newest.grant.id;
    let of = |four: &mut Four| {
        let cx = four.op.sim.cx();
        mine::of(&four.op.sim.store, &cx, (account, id), 0).unwrap()
    };
    let (_, list) = of(&mut four).unwrap();
    assert!(list.lines.len() == 4 && list.lines.iter().all(|kept| kept.source.is_some()));
    let bob = four.op.person("bob@example.com", 3);
    let cx = four.op.sim.cx();
    assert!(mine::of(&four.op.sim.store, &cx, (bob.account.id, id), 0).unwrap().is_none());
    let stranger = bob.clone();
    let foreign = four.op.sim.write(move |tx, cx| ending::by_owner(tx, cx, &stranger, (id, source(3))));
    assert_eq!(foreign, Err(Refusal::GrantUnknown));
    let foreign = four.op.sim.write(move |tx, cx| ending::app_by_owner(tx, cx, &bob, (id, source(3))));
    assert_eq!(foreign, Err(Refusal::GrantUnknown));
    for _ in 0..2 {
        let by = four.first.clone();
        assert_eq!(four.op.sim.write(move |tx, cx| ending::by_owner(tx, cx, &by, (id, source(1)))), Ok(()));
    }
    assert_eq!(alive(&mut four).iter().filter(|lives| **lives).count(), 3);
    assert_eq!(crate::tokens::ends(&four.op), [GrantEnd::EndedByOwner]);
    assert_eq!(of(&mut four).map(|(mine, list)| (mine.app.grants, list.lines.len())), Some((3, 3)));
    // The whole app, also by a grant of it that has ended.
    let by = four.first.clone();
    let ended = four.op.sim.write(move |tx, cx| ending::app_by_owner(tx, cx, &by, (id, source(1))));
    assert_eq!(ended, Ok(false));
    assert_eq!((alive(&mut four), of(&mut four).is_none()), ([false; 4], true));
    assert_eq!(crate::tokens::ends(&four.op), [GrantEnd::EndedByOwner; 4]);
}

#[test]
fn more_apps_than_a_page_has_are_paged_and_many_permissions_end_in_steps() {
    let mut op = Op::new();
    let ada = op.person("ada@example.com", 1);
    for n in 0..25 {
        op.register(crate::providing::confidential(&format!("c{n}")));
        op.code(&format!("c{n}"), "scope=read", &ada);
        op.sim.advance(std::time::Duration::from_secs(1));
    }
    for _ in 0..230 {
        op.code("web", "scope=read", &ada);
    }
    let account = ada.account.id;
    let names = |op: &mut Op, page| {
        let cx = op.sim.cx();
        let found = mine::apps(&op.sim.store, &cx, account, page).unwrap();
        let ids: Vec<String> = found.lines.into_iter().map(|one| one.client.client.id).collect();
        (ids, found.more)
    };
    let (first, more) = names(&mut op, 0);
    assert_eq!((first.len(), first[0].as_str(), first[1].as_str(), more), (15, "web", "c24", true));
    let (second, more) = names(&mut op, 1);
    assert_eq!((second.len(), second[10].as_str(), more), (11, "c0", false));
    assert_eq!(names(&mut op, 2), (Vec::new(), false));
    let cx = op.sim.cx();
    let overview = flow::overview::find(&op.sim.store, &cx, &ada).unwrap();
    assert_eq!(overview.apps, 26);
    let web = mine::apps(&op.sim.store, &cx, account, 0).unwrap().lines[0].newest.grant.id;
    let mut steps = 1;
    loop {
        let by = ada.clone();
        let more = op.sim.write(move |tx, cx| ending::app_by_owner(tx, cx, &by, (web, source(1))));
        if more == Ok(false) {
            break;
        }
        steps += 1;
    }
    assert_eq!((steps, crate::tokens::ends(&op).len()), (3, 230));
    assert_eq!(names(&mut op, 0).0[0], "c24");
}

#[test]
fn what_has_ended_is_forgotten_in_its_time() {
    let mut four = four();
    act(&mut four, Change::EndSessions);
    four.op.sim.advance(DAYS * 31);
    four.op.sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    let account = four.first.account.id;
    let kept = |four: &Four| {
        let figures = store::stats::figures(&four.op.sim.store, store::stats::Effort::Count).unwrap();
        let rows =
            |name: &str| figures.tables.iter().find(|table| table.name == name).map(|table| table.rows);
        ["grants", "refresh_tokens", "access_tokens", "authorization_codes"].map(rows)
    };
    assert_eq!(kept(&four), [Some(store::stats::Rows::Exactly(0)); 4]);
    let _ = account;
}
