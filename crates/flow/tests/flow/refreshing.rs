//! `threats.md` §5.2 row 30: a refresh token that comes twice is judged by what happened, and no family has two live branches.

use std::sync::{Arc, Barrier};

use flow::Store;
use flow::oauth::keys::Keyring;
use flow::oauth::paces::Paces;
use flow::oauth::token;
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind};
use model::grant::GrantEnd;
use model::notice::What;
use model::policy::Policy;
use proptest::prelude::*;
use wire::oauth::token::TokenRequest;

use crate::providing::{Op, SECRET, parameters, text};
use crate::sim::{DAYS, HOUR, MINUTE, Sim, source};
use crate::tokens::ends;

fn begun() -> (Op, String, String) {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid+offline_access", &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let (access, refresh) = (text(&got, "access_token").to_owned(), text(&got, "refresh_token").to_owned());
    (op, access, refresh)
}

fn next(op: &mut Op, token: &str) -> Option<(String, String)> {
    let got = op.refresh("web", token, None).ok()?;
    Some((text(&got, "access_token").to_owned(), text(&got, "refresh_token").to_owned()))
}

#[test]
fn row_30_a_lost_answer_is_given_once_more_and_what_was_lost_is_over() {
    let (mut op, _, first) = begun();
    let (lost_access, lost) = next(&mut op, &first).unwrap();
    op.sim.advance(DAYS);
    let (access, second) = next(&mut op, &first).unwrap();
    assert!(!op.is_active("web", &lost) && !op.is_active("web", &lost_access));
    assert!(op.is_active("web", &second) && op.is_active("web", &access));
    assert_eq!(ends(&op), []);
    // The lost one turns up after all: somebody has it.
    assert!(next(&mut op, &lost).is_none());
    assert!(next(&mut op, &second).is_none());
    assert_eq!(ends(&op), [GrantEnd::Replayed]);
}

#[test]
fn row_30_a_used_token_whose_successor_was_used_ends_the_family() {
    let (mut op, _, first) = begun();
    let (_, second) = next(&mut op, &first).unwrap();
    let (access, third) = next(&mut op, &second).unwrap();
    assert!(next(&mut op, &first).is_none());
    assert!(!op.is_active("web", &access) && next(&mut op, &third).is_none());
    assert_eq!(ends(&op), [GrantEnd::Replayed]);
    let events = op.sim.events();
    let refused = events.iter().find(|event| event.kind.name() == "tokens_refused").unwrap();
    assert!(refused.subject.account().is_some() && refused.source.is_some(), "its owner sees it");
}

#[test]
fn row_30_the_owner_is_told_by_mail_once_and_a_name_that_nobody_vouches_for_stays_out_of_it() {
    for (verified, app) in [(true, Some("Example".to_owned())), (false, None)] {
        let (mut op, _, first) = begun();
        op.change("web", |web| web.client.verified = verified);
        op.sim.post();
        let (_, second) = next(&mut op, &first).unwrap();
        next(&mut op, &second).unwrap();
        for _ in 0..3 {
            assert!(next(&mut op, &first).is_none());
        }
        let told = op.sim.post().notices;
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!((one.to.as_str(), &one.notice.what), ("anna@example.com", &What::GrantReplayed { app }));
        assert!(one.notice.source.is_some() && one.link.is_none());
        // A code that comes twice is told the same way; within the hour it is held, and told with its count.
        let anna = op.person("anna@example.com", 1);
        let code = op.code("web", "scope=openid", &anna);
        op.redeem("web", &code, None).unwrap();
        assert!(op.redeem("web", &code, None).is_err());
        assert!(op.sim.post().notices.is_empty());
        op.sim.advance(HOUR * 2);
        op.sim.sweep();
        assert_eq!(op.sim.post().notices.len(), 1);
    }
}

#[test]
fn an_end_that_nobody_else_can_have_brought_about_is_not_told_by_mail() {
    let (mut op, _, first) = begun();
    op.sim.post();
    op.revoke("web", &first);
    assert!(op.sim.post().notices.is_empty());
}

/// Each refresh that has an event of its own, with how many before it were only counted.
fn told(op: &Op) -> Vec<u32> {
    let further = |event: &Event| match event.kind {
        EventKind::TokensIssued { refreshed: true, further, .. } => Some(further),
        _ => None,
    };
    op.sim.events().iter().filter_map(further).collect()
}

/// docs/decisions/0020.
#[test]
fn one_event_a_day_and_place_tells_of_refreshes_and_none_is_lost() {
    let (mut op, _, mut token) = begun();
    let mut refresh = |op: &mut Op, from: u64| {
        let more = format!("grant_type=refresh_token&refresh_token={token}");
        let got = op.token_from("web", &more, None, source(from)).unwrap();
        text(&got, "refresh_token").clone_into(&mut token);
    };
    for _ in 0..5 {
        refresh(&mut op, 1);
        op.sim.advance(MINUTE);
    }
    assert_eq!(told(&op), [0]);
    refresh(&mut op, 2);
    assert_eq!(told(&op), [0, 4], "from another place");
    refresh(&mut op, 2);
    op.sim.advance(DAYS - MINUTE);
    refresh(&mut op, 2);
    assert_eq!(told(&op), [0, 4]);
    op.sim.advance(2 * MINUTE);
    refresh(&mut op, 2);
    assert_eq!(told(&op), [0, 4, 2], "a day later");
    refresh(&mut op, 2);
    op.revoke("web", &token);
    let ended = op.sim.events().into_iter().find_map(|event| match event.kind {
        EventKind::GrantEnded { further, .. } => Some(further),
        _ => None,
    });
    assert_eq!(ended, Some(1), "those after the last event are told by the end");
}

#[test]
fn row_30_what_comes_a_second_time_is_on_the_record_each_time() {
    let (mut op, _, first) = begun();
    for times in 1..4 {
        assert!(next(&mut op, &first).is_some());
        assert_eq!(told(&op).len(), times);
    }
}

/// What may happen to a family: one of the tokens that went out so far comes.
fn sequences() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    proptest::collection::vec(any::<prop::sample::Index>(), 1..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn row_30_whatever_comes_in_whatever_order_one_branch_lives_at_the_most(which in sequences()) {
        let (mut op, _, first) = begun();
        // An oracle of its own: each token's state by the words of the model.
        #[derive(Clone, Copy, PartialEq, Debug)]
        enum State { Live, Used(usize), Revoked }
        let mut known = vec![(first, State::Live)];
        let mut over = false;
        for index in which {
            let at = index.index(known.len());
            let got = next(&mut op, &known[at].0.clone());
            let expected = match known[at].1 {
                _ if over => false,
                State::Live => true,
                State::Used(successor) => known[successor].1 == State::Live,
                State::Revoked => false,
            };
            prop_assert_eq!(got.is_some(), expected);
            match got {
                Some((_, token)) => {
                    if let State::Used(lost) = known[at].1 {
                        known[lost].1 = State::Revoked;
                    }
                    known[at].1 = State::Used(known.len());
                    known.push((token, State::Live));
                }
                None => over = true,
            }
            let live = known.iter().filter(|(token, _)| op.is_active("web", token)).count();
            prop_assert_eq!(live, usize::from(!over));
        }
    }
}

/// Sixty-four at once with the same token, from `nodes`; how many got one, of each node.
fn crowd(nodes: &[Store], ring: &Arc<Keyring>, op: &Op, token: &str) -> usize {
    let barrier = Arc::new(Barrier::new(64));
    let threads: Vec<_> = (0..64_usize)
        .map(|n| {
            let (store, ring, barrier) =
                (nodes[n % nodes.len()].clone(), Arc::clone(ring), Arc::clone(&barrier));
            let (provider, now, token) = (op.provider.clone(), op.sim.now, token.to_owned());
            std::thread::spawn(move || {
                let cx = || Cx::new(now, Entropy::system(), Arc::new(Policy::default()));
                let secret = SECRET.replace(' ', "+");
                let body = parameters(&format!(
                    "client_id=web&client_secret={secret}&grant_type=refresh_token&refresh_token={token}"
                ));
                let presented = wire::oauth::client_authentication::Presented::read(&[], &body).unwrap();
                let proved = flow::oauth::client::prove(&store, &cx(), &provider, (&presented, None));
                let asker = token::Asker { proved: proved.unwrap().unwrap(), held: None, source: source(1) };
                let request = TokenRequest::read(&body).unwrap();
                barrier.wait();
                // What meets another transaction is run again from the start, as a client does that gets 503.
                loop {
                    let paces = Paces::default();
                    let context = (&*ring, &provider, &paces);
                    let prepared =
                        token::prepare(&store, &mut cx(), context, (asker.clone(), request.clone())).unwrap();
                    let Ok(prepared) = prepared else { return false };
                    let mut own = cx();
                    match store.write_now(move |tx| token::commit(tx, &mut own, &prepared)) {
                        Ok(outcome) => return outcome.is_ok(),
                        Err(fault) if fault.may_pass() => {}
                        Err(fault) => panic!("{}", fault.chain()),
                    }
                }
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).filter(|got| *got).count()
}

fn live_branches(store: &Store) -> i64 {
    let account = store.read(|reader| store::accounts::list(reader, None, 1)).unwrap().remove(0);
    let grants = store.read(|reader| store::grants::list(reader, account.id, 9)).unwrap();
    i64::try_from(grants.len()).unwrap()
}

fn crowded(nodes: &[Store]) {
    let sim = Sim::on(nodes[0].clone(), Policy::default());
    let mut op = Op::on(sim);
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid+offline_access", &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let ring = Arc::clone(&op.ring);
    let won = crowd(nodes, &ring, &op, text(&got, "refresh_token"));
    // The first uses it; each that follows finds a successor that nobody has used, and takes its place.
    assert_eq!(won, 64);
    assert_eq!(live_branches(&nodes[0]), 1);
    let asked = store::check::Asked { now: op.sim.now, jobs: &[], full: true };
    let broken: Vec<_> = store::check::check(&nodes[0], asked)
        .unwrap()
        .into_iter()
        .filter(|finding| finding.broken > 0)
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn row_30_sixty_four_refreshes_at_once_leave_one_live_branch() {
    crowded(&[Store::in_memory(Arc::new(Keys::simulated().unwrap())).unwrap()]);
}

#[test]
fn row_30_the_same_on_two_nodes_of_one_database() {
    let Some(given) = proving::postgres::given() else { return };
    let database = given.database().unwrap();
    let node = || {
        let settings = flow::StoreSettings::parse(database.url(), 8).unwrap();
        Store::connect(settings, Arc::new(Keys::simulated().unwrap()), |_| {}).unwrap()
    };
    crowded(&[node(), node()]);
}
