//! What each table keeps, finds, lists and forgets, where it is not a race.

use std::time::Duration;

use model::account::AccountState;
use model::digest::Digest;
use model::grant::GrantOrigin;
use model::id::{AccountId, BrowserId, MessageId, SessionId};
use model::ledger::{Line, last_day_of_period};
use model::session::Session;
use model::sign_in_code::CodeState;
use model::source::browser_from_code;
use model::time::{DAY, Time};
use store::browsers::{self, KnownBrowser};
use store::destinations::{self, Destination, Due, Held};
use store::guess_ledger::{self, Booking, Charge, Gathered};
use store::inbox::{self, Kept};
use store::{Store, Tx, accounts, grants, outbox, sessions, sign_in_codes};

use crate::setting::{
    account, address, ask, both, cx, noon, put_number, queue, read_number, seconds, source, token, write,
};

/// Walks through a table to its end, and says how many rows went.
fn walked(
    store: &Store,
    step: impl Fn(&mut Tx<'_>) -> Result<Option<u64>, model::fault::Fault> + Copy + Send + 'static,
) -> u64 {
    let mut sum = 0;
    while let Some(gone) = write(store, move |tx| step(tx)) {
        sum += gone;
    }
    sum
}

fn put_destination(
    tx: &mut Tx<'_>,
    key: &model::digest::Digest,
    state: &destinations::Destination,
) -> Result<(), model::fault::Fault> {
    let mut taken = destinations::take(tx, key)?;
    taken.state = state.clone();
    destinations::put(tx, &taken, noon())
}

fn days(n: i64) -> Time {
    Time::from_micros(noon().micros() + n * DAY)
}

#[test]
fn an_account_is_found_by_identifier_identity_and_destination() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com");
        let tagged = account(store, 2, "alice+work@example.com");
        let own = address("ALICE@example.com");
        assert_eq!(store.read(|reader| accounts::find(reader, alice.id)).unwrap().as_ref(), Some(&alice));
        let by_identity = store.read(|reader| accounts::find_by_identity(reader, &own.identity())).unwrap();
        assert_eq!(by_identity.as_ref(), Some(&alice));
        let shared = address("alice+other@example.com");
        assert_eq!(
            store.read(|reader| accounts::find_by_identity(reader, &shared.identity())).unwrap(),
            None
        );
        let first = std::cmp::min(alice.id, tagged.id);
        let by_destination =
            store.read(|reader| accounts::find_by_destination(reader, &shared.destination())).unwrap();
        assert_eq!(by_destination.map(|account| account.id), Some(first));
        write(store, move |tx| accounts::claim_state(tx, first, AccountState::Open, AccountState::Locked));
        let other = store
            .read(|reader| accounts::find_by_destination(reader, &shared.destination()))
            .unwrap()
            .unwrap();
        assert_ne!(other.id, first, "a locked account is told nothing");
        assert!(store.read(accounts::any).unwrap());
    });
}

#[test]
fn a_taken_address_leaves_no_trace_of_the_second_account() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com");
        let taken = write(store, |tx| {
            let own = address("Alice@Example.com");
            let second = model::account::Account { id: AccountId::new(&mut cx(2))?, ..account_of(tx)? };
            accounts::insert(tx, &second, &own.identity(), &own.destination())
        });
        assert!(!taken);
        let all = store.read(|reader| accounts::list(reader, None, 10)).unwrap();
        assert_eq!(all, [alice]);
    });
}

fn account_of(tx: &mut Tx<'_>) -> Result<model::account::Account, model::fault::Fault> {
    Ok(accounts::list(tx, None, 1)?.remove(0))
}

#[test]
fn accounts_are_listed_in_steps_that_miss_none() {
    both(|store| {
        let mut made: Vec<AccountId> =
            (0..7).map(|n| account(store, n, &format!("person{n}@example.com")).id).collect();
        made.sort_unstable();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.read(|reader| accounts::list(reader, after, 3)).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|account| account.id));
        }
        assert_eq!(seen, made);
    });
}

#[test]
fn a_freed_address_opens_another_account_and_the_closed_one_keeps_a_masked_form() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com");
        write(store, move |tx| {
            accounts::claim_state(tx, alice.id, AccountState::Open, AccountState::Closed)?;
            accounts::free_address(tx, alice.id, "a…@example.com", noon())
        });
        let closed = store.read(|reader| accounts::find(reader, alice.id)).unwrap().unwrap();
        assert_eq!((closed.state, closed.address.as_str()), (AccountState::Closed, "a…@example.com"));
        let again = account(store, 2, "alice@example.com");
        let own = address("alice@example.com");
        let found = store.read(|reader| accounts::find_by_identity(reader, &own.identity())).unwrap();
        assert_eq!(found, Some(again));
    });
}

#[test]
fn a_browser_keeps_its_identifier_and_its_first_time() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com").id;
        let remember = |seed, at, code: &str| {
            let seen = KnownBrowser {
                id: BrowserId::new(&mut cx(seed)).unwrap(),
                browser: browser_from_code(code),
                first_used: at,
                last_used: at,
            };
            write(store, move |tx| browsers::remember(tx, alice, &token("cookie"), &seen)?.get(tx))
        };
        let first = remember(2, noon(), "firefox/linux");
        assert_eq!(remember(3, days(1), "chrome/linux"), first);
        let all = store.read(|reader| browsers::list(reader, alice)).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].first_used, all[0].last_used), (noon(), days(1)));
        assert_eq!(all[0].browser, browser_from_code("chrome/linux"));
        let find = |digest: Digest| store.read(|reader| browsers::find(reader, alice, &digest)).unwrap();
        assert_eq!(find(token("cookie")), Some(first));
        assert_eq!(find(token("another cookie")), None);
        assert_eq!(walked(store, |tx| browsers::delete_unused(tx, days(1), 2)), 0);
        assert_eq!(walked(store, |tx| browsers::delete_unused(tx, days(2), 2)), 1);
    });
}

#[test]
fn row_17_a_browser_in_doubt_is_known_to_nobody_and_begins_anew_each_time_until_it_is_trusted() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com").id;
        let remember = |seed, at, doubted| {
            let seen = KnownBrowser {
                id: BrowserId::new(&mut cx(seed)).unwrap(),
                browser: browser_from_code("firefox/linux"),
                first_used: at,
                last_used: at,
            };
            let remember = if doubted { browsers::remember_doubted } else { browsers::remember };
            write(store, move |tx| remember(tx, alice, &token("cookie"), &seen)?.get(tx))
        };
        let known = || {
            let found = store.read(|reader| browsers::find(reader, alice, &token("cookie"))).unwrap();
            let first =
                store.read(|reader| browsers::list(reader, alice)).unwrap().first().map(|one| one.first_used);
            (found, first)
        };
        let (first, second) = (remember(2, noon(), true), remember(3, days(1), true));
        assert!(first != second && known() == (None, None));
        let trust = |id| write(store, move |tx| browsers::claim_trust(tx, alice, id));
        assert!(!trust(first), "there is another one in its place");
        assert!(trust(second) && !trust(second));
        assert_eq!(known(), (Some(second), Some(days(1))));
        // What is known stays so, whatever comes after it; and what is proved by something else is known at once, and new.
        assert_eq!((remember(4, days(2), true), known().0), (second, Some(second)));
        assert!(write(store, move |tx| browsers::claim_forget(tx, alice, second)));
        let (doubted, proved) = (remember(5, days(3), true), remember(6, days(4), false));
        assert!(doubted != proved && known() == (Some(proved), Some(days(4))));
    });
}

#[test]
fn a_known_browser_of_one_account_is_unknown_to_another() {
    both(|store| {
        let (alice, bob) =
            (account(store, 1, "alice@example.com").id, account(store, 2, "bob@example.com").id);
        let seen = KnownBrowser {
            id: BrowserId::new(&mut cx(3)).unwrap(),
            browser: browser_from_code("firefox/linux"),
            first_used: noon(),
            last_used: noon(),
        };
        write(store, move |tx| browsers::remember(tx, alice, &token("cookie"), &seen)?.get(tx));
        assert_eq!(store.read(|reader| browsers::find(reader, bob, &token("cookie"))).unwrap(), None);
        assert_eq!(write(store, move |tx| browsers::forget_all(tx, bob)), 0);
        assert_eq!(write(store, move |tx| browsers::forget_all(tx, alice)), 1);
    });
}

fn session(store: &Store, seed: u64, account: AccountId, used_at: Time) -> SessionId {
    let mut cx = cx(seed);
    let session = Session {
        id: SessionId::new(&mut cx).unwrap(),
        account,
        browser: BrowserId::new(&mut cx).unwrap(),
        started_at: noon(),
        used_at,
        expires_at: days(30),
        doubted_at: None,
        source: source(),
        assurance: model::assurance::Assurance::of(
            model::method::MethodSet::of(&[model::method::Method::MailCode]),
            model::time::Time::from_micros(0),
        ),
        rests_on: model::session::RestsOn::default(),
    };
    let id = session.id;
    write(store, move |tx| sessions::insert(tx, &session, &token("session")));
    id
}

#[test]
fn a_session_that_is_doubted_ends_sooner_is_neither_used_nor_raised_and_gets_its_end_back() {
    both(|store| {
        let (alice, bob) =
            (account(store, 1, "alice@example.com").id, account(store, 2, "bob@example.org").id);
        let id = session(store, 3, alice, noon());
        let (doubt, until) = ((noon(), noon() + seconds(60)), noon() + seconds(60));
        let find = || store.read(|reader| sessions::find(reader, id)).unwrap().unwrap().0;
        // One was given in it, a device was let in from it, and one has nothing to do with it.
        let given = [
            (GrantOrigin::Browser, Some(id)),
            (GrantOrigin::Device, Some(id)),
            (GrantOrigin::Browser, Some(session(store, 4, alice, noon()))),
        ];
        let given = given.map(|(origin, session)| {
            let mut kept = crate::provided::grant(alice);
            (kept.grant.origin, kept.grant.session) = (origin, session);
            let id = kept.grant.id;
            write(store, move |tx| grants::insert(tx, &kept));
            id
        });
        let doubted = || {
            let ask = |grant| store.read(|reader| sessions::ask_doubt_of(reader, grant)?.get(reader));
            let [own, device, other] = given.map(|grant| ask(grant).unwrap().is_some());
            assert!(!device && !other);
            own
        };
        assert!(!write(store, move |tx| sessions::claim_doubt(tx, bob, id, doubt)), "somebody else's");
        assert!(!doubted());
        assert!(write(store, move |tx| sessions::claim_doubt(tx, alice, id, doubt)));
        assert!(!write(store, move |tx| sessions::claim_doubt(tx, alice, id, doubt)), "once");
        assert_eq!((find().doubted_at, find().expires_at), (Some(noon()), until));
        assert!(doubted());
        assert!(!write(store, move |tx| sessions::claim_use(tx, id, noon())));
        let as_it_is = find();
        let raised = write(store, move |tx| {
            sessions::claim_raise(tx, id, (&as_it_is.assurance, &as_it_is.rests_on), &token("new"))
        });
        assert!(!raised);
        assert!(!write(store, move |tx| sessions::claim_trust(tx, id, until)), "it is over");
        assert!(write(store, move |tx| sessions::claim_trust(tx, id, noon())));
        assert_eq!((find().doubted_at, find().expires_at, doubted()), (None, days(30), false));
        assert!(write(store, move |tx| sessions::claim_use(tx, id, noon())));
        // One that ends before the doubt does goes on to its own end.
        let later = (noon(), days(31));
        assert!(write(store, move |tx| sessions::claim_doubt(tx, alice, id, later)));
        assert_eq!(find().expires_at, days(30));
    });
}

#[test]
fn a_session_is_kept_touched_forward_only_and_listed_when_it_is_over() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com").id;
        let (used, idle) = (session(store, 2, alice, noon()), session(store, 3, alice, noon()));
        write(store, move |tx| sessions::touch(tx, used, days(2)));
        write(store, move |tx| sessions::touch(tx, used, days(1)));
        let (found, digest) = store.read(|reader| sessions::find(reader, used)).unwrap().unwrap();
        assert_eq!((found.used_at, found.source), (days(2), source()));
        assert!(digest.matches(&token("session")));
        let over = |now, idle_before| {
            let over = store.read(|reader| sessions::list_over(reader, now, idle_before, 9)).unwrap();
            over.into_iter().map(|session| session.id).collect::<Vec<_>>()
        };
        assert_eq!(over(days(3), days(-1)), []);
        assert_eq!(over(days(3), noon()), [idle]);
        assert_eq!(over(days(30), days(-1)).len(), 2);
        assert_eq!(store.read(|reader| sessions::list(reader, alice)).unwrap().len(), 2);
    });
}

#[test]
fn a_destination_comes_back_as_it_was_put() {
    both(|store| {
        let key = address("alice@example.com").destination();
        let find = || store.read(|reader| destinations::find(reader, &key)).unwrap();
        assert_eq!(find().suppressed, Held::default());
        let mut state = Destination::default();
        state.times.take(noon());
        state.known_times.take(days(1));
        state.suppressed.add(noon());
        state.suppressed.add(days(1));
        state.uncounted.add(days(2));
        (state.recorded_day, state.recorded) = (20_000, 7);
        (state.digest_at, state.muted_until) = (Some(days(3)), Some(days(4)));
        let put = state.clone();
        write(store, move |tx| put_destination(tx, &key, &put));
        let found = find();
        assert_eq!(format!("{found:?}"), format!("{state:?}"));
        assert_eq!(found.suppressed, Held { count: 2, since: Some(noon()) });
    });
}

#[test]
fn a_destination_is_forgotten_only_when_it_holds_nothing_back() {
    both(|store| {
        let put = |text: &str, state: Destination| {
            let key = address(text).destination();
            write(store, move |tx| put_destination(tx, &key, &state));
        };
        let held = Held { count: 1, since: Some(noon()) };
        put("idle@example.com", Destination::default());
        put("held@example.com", Destination { suppressed: held, ..Destination::default() });
        put("uncounted@example.com", Destination { uncounted: held, ..Destination::default() });
        put("muted@example.com", Destination { muted_until: Some(days(30)), ..Destination::default() });
        assert_eq!(walked(store, |tx| destinations::delete_idle(tx, noon(), 2)), 0);
        assert_eq!(walked(store, |tx| destinations::delete_idle(tx, days(8), 2)), 1);
        assert_eq!(walked(store, |tx| destinations::delete_idle(tx, days(31), 2)), 1);
        assert_eq!(store.read(|reader| destinations::list_uncounted(reader, noon(), 9)).unwrap().len(), 1);
    });
}

#[test]
fn destinations_that_had_a_digest_lately_do_not_stand_in_the_way_of_others() {
    both(|store| {
        let put = |text: &str, since: Time, digest_at: Option<Time>, muted_until: Option<Time>| {
            let key = address(text).destination();
            let suppressed = Held { count: 1, since: Some(since) };
            let state = Destination { suppressed, digest_at, muted_until, ..Destination::default() };
            write(store, move |tx| put_destination(tx, &key, &state));
            *key.bytes()
        };
        for n in 0..5 {
            put(&format!("lately{n}@example.com"), days(-2), Some(noon()), None);
            put(&format!("muted{n}@example.com"), days(-2), Some(days(-2)), Some(days(20)));
        }
        let fresh = put("fresh@example.com", days(-1), None, None);
        let (second, unmuted) = (
            put("second@example.com", noon(), Some(days(-1)), None),
            put("unmuted@example.com", noon(), Some(days(-2)), Some(days(-1))),
        );
        let due = Due { now: noon(), gathered: noon(), last: days(-1), last_muted: days(-7) };
        let list = |limit| {
            let due = store.read(|reader| destinations::list_suppressed(reader, due, limit)).unwrap();
            due.into_iter().map(|key| *key.bytes()).collect::<Vec<_>>()
        };
        assert_eq!(list(1), [fresh]);
        let mut all = list(9);
        let mut expected = vec![fresh, second, unmuted];
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected);
    });
}

fn booking(letters: u8, units: i64, guesses: i64) -> Booking {
    Booking { letters, units, codes: i64::from(units > 0), guesses }
}

#[test]
fn the_ledger_sums_up_account_destination_and_all_together_and_keeps_known_browsers_apart() {
    both(|store| {
        let account = AccountId::new(&mut cx(1)).unwrap();
        let destination = address("alice@example.com").destination();
        let own = Charge { account: Some(account), destination, known: false, decoy: false };
        let other_destination = Charge { destination: address("bob@example.com").destination(), ..own };
        let other_account = Charge { account: Some(AccountId::new(&mut cx(2)).unwrap()), ..own };
        let add = |charge: Charge, day, units| {
            let guesses = if units > 0 { 3 } else { -2 };
            write(store, move |tx| guess_ledger::add(tx, &charge, day, booking(8, units, guesses)));
        };
        let spent = |charge: Charge, day| {
            let spent = store.read(|reader| guess_ledger::spent(reader, &charge, day)).unwrap();
            [spent.account, spent.destination, spent.part].map(model::budget::Chance::units)
        };
        assert_eq!(spent(own, 100), [0, 0, 0]);
        add(own, 100, 30);
        add(other_destination, 100, 50);
        assert_eq!(spent(own, 100), [80, 30, 30], "each address belongs to a part of its own");
        assert_eq!(spent(other_account, 100), [0, 30, 30]);
        assert_eq!(spent(Charge { known: true, ..own }, 100), [0, 0, 0]);
        add(own, 100, -20);
        assert_eq!(spent(own, 100), [60, 10, 10]);
        add(Charge { decoy: true, ..own }, 100, 7);
        assert_eq!(spent(own, 100), [67, 17, 10], "what nothing matches is no chance for all together");
        let line = |letters, units, codes, guesses| Line {
            known: false,
            letters,
            codes,
            guesses,
            chance: model::budget::Chance::from_units(units),
        };
        let of = |account| store.read(|reader| guess_ledger::of_account(reader, account, 100)).unwrap();
        assert_eq!(of(account), [line(8, 67, 3, 7)]);
        write(store, move |tx| guess_ledger::add(tx, &own, 100, booking(12, 1, 3)));
        assert_eq!(of(account), [line(8, 67, 3, 7), line(12, 1, 1, 3)]);
        let all = store.read(|reader| guess_ledger::of_all(reader, 100)).unwrap();
        assert_eq!(all, [line(8, 60, 2, 4), line(12, 1, 1, 3)]);
    });
}

#[test]
fn what_is_given_back_by_many_at_once_is_the_same_as_one_by_one() {
    both(|store| {
        let destination = address("alice@example.com").destination();
        let charge = Charge { account: None, destination, known: false, decoy: false };
        write(store, move |tx| guess_ledger::add(tx, &charge, 100, booking(8, 30, 3)));
        write(store, move |tx| {
            let mut all = Gathered::default();
            for _ in 0..2 {
                guess_ledger::add_own(tx, &charge, (100, booking(8, -10, -1)), &mut all)?;
                let decoy = Charge { decoy: true, ..charge };
                guess_ledger::add_own(tx, &decoy, (100, booking(8, -1, -1)), &mut all)?;
            }
            guess_ledger::add_gathered(tx, all)
        });
        let spent = store.read(|reader| guess_ledger::spent(reader, &charge, 100)).unwrap();
        assert_eq!((spent.destination.units(), spent.part.units()), (8, 10));
    });
}

#[test]
fn the_ledger_looks_back_over_366_whole_days_and_forgets_what_is_older() {
    both(|store| {
        let destination = address("alice@example.com").destination();
        let charge = Charge { account: None, destination, known: false, decoy: false };
        write(store, move |tx| guess_ledger::add(tx, &charge, 100, booking(8, 30, 3)));
        let spent = |day| {
            let spent = store.read(|reader| guess_ledger::spent(reader, &charge, day)).unwrap();
            (spent.one().units(), spent.part.units())
        };
        // A code of the last minute of day 100 is guessed at on day 101, of which no minute is 365 days old before day 466
        // is over.
        assert_eq!(spent(100 + 366), (30, 30));
        assert_eq!(spent(100 + 367), (0, 30));
        let last = last_day_of_period(100);
        assert_eq!(spent(last + 366), (0, 30), "all together is kept by periods, never for less time");
        assert_eq!(spent(last + 367), (0, 0));
        assert_eq!(walked(store, |tx| guess_ledger::delete_before(tx, 100, 2)), 0);
        assert_eq!(walked(store, |tx| guess_ledger::delete_before(tx, 101, 2)), 2);
        assert_eq!(walked(store, move |tx| guess_ledger::delete_before(tx, last + 1, 2)), 1);
    });
}

#[test]
fn the_inbox_keeps_the_newest_and_a_mail_once() {
    both(|store| {
        for n in 0..205_u32 {
            write(store, move |tx| {
                let mut cx = model::cx::Cx::simulated(noon() + Duration::from_millis(u64::from(n)), 1);
                let id = MessageId::new(&mut cx)?;
                for content in [format!("mail {n}"), "a second time".to_owned()] {
                    inbox::insert(
                        tx,
                        &mut cx.entropy,
                        &Kept { id, at: cx.now, to: "a@example.com".to_owned(), content },
                    )?;
                }
                Ok(())
            });
        }
        assert_eq!(write(store, inbox::trim), 5);
        let mails = store.read(|reader| inbox::list(reader, 300)).unwrap();
        assert_eq!(mails.len(), 200);
        assert_eq!(mails[0].content, "mail 204");
        assert_eq!(mails[199].content, "mail 5");
    });
}

#[test]
fn a_message_waits_for_its_time_and_is_dropped_with_its_request() {
    both(|store| {
        let asked = ask(store, 1, "alice@example.com", 3);
        let id = queue(store, 2, Some(asked.id), false);
        assert_eq!(store.read(outbox::next_due).unwrap(), Some(noon()));
        let lease = move |tx: &mut Tx<'_>, now: Time| outbox::lease(tx, now, now + seconds(600), 9);
        let leased = write(store, move |tx| lease(tx, noon())).remove(0);
        assert_eq!((leased.id, leased.request, leased.attempt), (id, Some(asked.id), 1));
        assert_eq!(leased.to.expose(), "alice@example.com");
        assert_eq!(store.read(outbox::next_due).unwrap(), Some(noon() + seconds(600)));
        write(store, move |tx| outbox::drop_for(tx, asked.id, noon()));
        assert_eq!(store.read(outbox::waiting).unwrap(), 1, "it is being sent");
        assert!(write(store, move |tx| outbox::put_off(tx, id, 1, noon() + seconds(5))));
        assert_eq!(store.read(outbox::next_due).unwrap(), Some(noon() + seconds(5)));
        assert!(write(store, move |tx| lease(tx, noon() + seconds(4))).is_empty());
        assert_eq!(write(store, move |tx| lease(tx, noon() + seconds(5))).len(), 1);
        assert_eq!(write(store, outbox::release_all), 1);
        write(store, move |tx| outbox::drop_for(tx, asked.id, noon()));
        assert_eq!(store.read(outbox::next_due).unwrap(), None);
    });
}

#[test]
fn a_decoy_is_due_leased_and_dropped_like_a_message_but_shown_to_nobody() {
    both(|store| {
        let asked = ask(store, 1, "nobody@example.com", 3);
        let id = queue(store, 2, Some(asked.id), true);
        assert_eq!(store.read(outbox::next_due).unwrap(), Some(noon()));
        assert_eq!(store.read(outbox::waiting).unwrap(), 0);
        assert!(store.read(|reader| outbox::list_waiting(reader, 9)).unwrap().is_empty());
        let leased = write(store, |tx| outbox::lease(tx, noon(), noon() + seconds(600), 9)).remove(0);
        assert_eq!((leased.id, leased.decoy), (id, true));
        assert!(write(store, move |tx| outbox::put_off(tx, id, 1, noon())));
        write(store, move |tx| outbox::drop_for(tx, asked.id, noon()));
        assert_eq!(store.read(outbox::next_due).unwrap(), None);
    });
}

#[test]
fn the_waiting_messages_are_listed_the_longest_due_first() {
    both(|store| {
        let (one, other) = (queue(store, 1, None, false), queue(store, 2, None, false));
        write(store, |tx| outbox::lease(tx, noon(), noon() + seconds(600), 9).map(|_| ()));
        assert!(write(store, move |tx| outbox::put_off(tx, one, 1, noon() + seconds(5))));
        let listed = store.read(|reader| outbox::list_waiting(reader, 9)).unwrap();
        assert_eq!(listed.iter().map(|waiting| waiting.id).collect::<Vec<_>>(), [other, one]);
        assert_eq!(store.read(outbox::waiting).unwrap(), 2);
    });
}

#[test]
fn a_live_request_is_found_by_its_browser_and_address_until_it_ends() {
    both(|store| {
        let asked = ask(store, 1, "alice@example.com", 3);
        let find = |text: &str, browser: Digest, now: Time| {
            let address = address(text);
            let keys = (&address.identity(), &address.destination());
            let found = store.read(|reader| sign_in_codes::find_live(reader, keys, &browser, now)).unwrap();
            found.map(|kept| kept.code.id)
        };
        assert_eq!(find("alice@example.com", asked.browser, noon()), Some(asked.id));
        assert_eq!(find("alice+x@example.com", asked.browser, noon()), None, "another account");
        assert_eq!(find("alice@example.com", token("another browser"), noon()), None);
        assert_eq!(find("alice@example.com", asked.browser, noon() + seconds(600)), None);
        write(store, move |tx| sign_in_codes::claim_end(tx, asked.id, CodeState::Denied, noon()).map(|_| ()));
        assert_eq!(find("alice@example.com", asked.browser, noon()), None);
    });
}

#[test]
fn requests_are_listed_when_their_time_is_up_and_forgotten_when_they_have_ended() {
    both(|store| {
        let (live, ended) = (ask(store, 1, "a@example.com", 3).id, ask(store, 2, "b@example.com", 3).id);
        let expired = |now| store.read(|reader| sign_in_codes::list_expired(reader, now, 9)).unwrap();
        assert_eq!(expired(noon() + seconds(599)), []);
        assert_eq!(expired(noon() + seconds(600)).len(), 2);
        write(store, move |tx| {
            sign_in_codes::claim_end(tx, ended, CodeState::Expired, noon() + seconds(600)).map(|_| ())
        });
        assert_eq!(expired(noon() + seconds(600)), [live]);
        assert_eq!(write(store, |tx| sign_in_codes::delete_ended(tx, noon(), 9)), 0);
        assert_eq!(
            walked(store, |tx| sign_in_codes::delete_unmailed(tx, days(30), 1)),
            0,
            "both were mailed"
        );
        assert_eq!(write(store, |tx| sign_in_codes::delete_ended(tx, days(30), 9)), 1, "not the live one");
        assert!(store.read(|reader| sign_in_codes::find(reader, ended)).unwrap().is_none());
        assert!(store.read(|reader| sign_in_codes::find(reader, live)).unwrap().is_some());
    });
}

#[test]
fn a_fact_about_the_installation_is_replaced_and_a_missing_number_is_zero() {
    both(|store| {
        assert_eq!(store.read(|reader| read_number(reader, "position")).unwrap(), 0);
        for n in [5, i64::MIN, i64::MAX] {
            write(store, move |tx| put_number(tx, "position", n));
            assert_eq!(store.read(|reader| read_number(reader, "position")).unwrap(), n);
        }
    });
}
