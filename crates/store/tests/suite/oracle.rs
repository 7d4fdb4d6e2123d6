//! Sequences of what happens to requests, mail, budgets and ledgers, against an oracle in memory: whatever the order,
//! every answer and all that is kept is what the oracle says, on every store.

use std::collections::{BTreeMap, HashMap};

use model::budget::Chance;
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, MessageId, RequestId};
use model::sign_in_code::{Binding, CodeState, CodeText, Purpose};
use model::time::Time;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store::guess_ledger::{self, Booking, Charge};
use store::{Store, Tx, destinations, outbox, sign_in_codes};

use crate::setting::{
    Asked, HALF, address, ask, event, in_places, keys, noon, queue, recorded, seconds, token,
};

/// What happens. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Ask { who: usize, guesses: u8 },
    Guess { request: usize, right: bool },
    Deny { request: usize },
    Wait { minutes: u64 },
    Sweep,
    Mail { request: Option<usize>, decoy: bool },
    Lease { limit: i64 },
    Done { message: usize },
    GivenUp { message: usize, behind: bool },
    PutOff { message: usize, behind: bool },
    HoldBack { who: usize },
    Digest { who: usize },
    Reserve { who: usize, known: bool, units: i64 },
    Fault { request: usize, who: usize },
}

const WHO: [&str; 3] = ["alice@example.com", "bob@example.com", "carol@example.com"];

fn step() -> impl Strategy<Value = Step> {
    let who = 0..WHO.len();
    let one = 0_usize..100;
    prop_oneof![
        3 => (who.clone(), 0_u8..4).prop_map(|(who, guesses)| Step::Ask { who, guesses }),
        4 => (one.clone(), any::<bool>()).prop_map(|(request, right)| Step::Guess { request, right }),
        1 => one.clone().prop_map(|request| Step::Deny { request }),
        1 => (0_u64..8).prop_map(|minutes| Step::Wait { minutes }),
        1 => Just(Step::Sweep),
        2 => (prop::option::of(one.clone()), any::<bool>())
            .prop_map(|(request, decoy)| Step::Mail { request, decoy }),
        2 => (1_i64..4).prop_map(|limit| Step::Lease { limit }),
        1 => one.clone().prop_map(|message| Step::Done { message }),
        1 => (one.clone(), any::<bool>()).prop_map(|(message, behind)| Step::GivenUp { message, behind }),
        1 => (one.clone(), any::<bool>()).prop_map(|(message, behind)| Step::PutOff { message, behind }),
        1 => who.clone().prop_map(|who| Step::HoldBack { who }),
        1 => who.clone().prop_map(|who| Step::Digest { who }),
        1 => (who.clone(), any::<bool>(), -50_i64..500)
            .prop_map(|(who, known, units)| Step::Reserve { who, known, units }),
        1 => (one, who).prop_map(|(request, who)| Step::Fault { request, who }),
    ]
}

struct Request {
    asked: Asked,
    state: CodeState,
    left: u8,
    expires: Time,
    denied: bool,
    ended: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    request: Option<RequestId>,
    decoy: bool,
    attempts: i64,
    next: Time,
    leased_until: Time,
}

/// What there should be.
struct Oracle {
    now: Time,
    seed: u64,
    requests: Vec<Request>,
    mail: BTreeMap<MessageId, Message>,
    /// All messages there ever were, in the order in which they were queued.
    queued: Vec<MessageId>,
    held: HashMap<usize, (i64, Option<Time>)>,
    ledger: HashMap<(usize, bool), i64>,
    events: Vec<u32>,
}

type Outcome = Result<(), TestCaseError>;

impl Oracle {
    fn new() -> Self {
        Self {
            now: noon(),
            seed: 0,
            requests: Vec::new(),
            mail: BTreeMap::new(),
            queued: Vec::new(),
            held: HashMap::new(),
            ledger: HashMap::new(),
            events: Vec::new(),
        }
    }

    fn next_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }

    /// Runs `work` with an event of its own, so that the record can be checked too.
    fn recorded<T: Send + 'static>(
        &mut self,
        store: &Store,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> T {
        let seed = self.next_seed();
        let n = u32::try_from(seed).unwrap();
        self.events.push(n);
        let done = store.write_now(move |tx| {
            let value = work(tx)?;
            tx.record(&[event(seed, noon(), n)], value)
        });
        done.unwrap()
    }

    fn take(&mut self, store: &Store, step: &Step) -> Outcome {
        let now = self.now;
        match *step {
            Step::Ask { who, guesses } => {
                let asked = ask(store, self.next_seed(), WHO[who], guesses);
                let (state, expires) = (CodeState::Live, noon() + seconds(600));
                let request = Request { asked, state, left: guesses, expires, denied: false, ended: None };
                self.requests.push(request);
            }
            Step::Guess { request, right } => return self.guess(store, request, right),
            Step::Deny { request } => return self.deny(store, request),
            Step::Wait { minutes } => self.now = now + seconds(minutes * 60),
            Step::Sweep => return self.sweep(store),
            Step::Mail { request, decoy } => {
                let request = request.and_then(|n| self.requests.get(n % self.requests.len().max(1)));
                let request = request.map(|request| request.asked.id);
                let id = queue(store, self.next_seed(), request, decoy);
                let message =
                    Message { request, decoy, attempts: 0, next: noon(), leased_until: Time::from_micros(0) };
                self.mail.insert(id, message);
                self.queued.push(id);
            }
            Step::Lease { limit } => return self.lease(store, limit),
            Step::Done { message } => {
                let Some(id) = self.message(message) else { return Ok(()) };
                let done = self.recorded(store, move |tx| outbox::claim_done(tx, id));
                prop_assert_eq!(done, self.mail.remove(&id).is_some());
            }
            Step::GivenUp { message, behind } => {
                let Some((id, attempt)) = self.attempt(message, behind) else { return Ok(()) };
                let given_up = self.recorded(store, move |tx| outbox::claim_given_up(tx, id, attempt));
                let expected = self.mail.get(&id).is_some_and(|kept| kept.attempts == attempt);
                prop_assert_eq!(given_up, expected);
                if expected {
                    self.mail.remove(&id);
                }
            }
            Step::PutOff { message, behind } => {
                let Some((id, attempt)) = self.attempt(message, behind) else { return Ok(()) };
                let next = now + seconds(90);
                let put_off = self.recorded(store, move |tx| outbox::put_off(tx, id, attempt, next));
                let kept = self.mail.get_mut(&id).filter(|kept| kept.attempts == attempt);
                prop_assert_eq!(put_off, kept.is_some());
                if let Some(kept) = kept {
                    (kept.next, kept.leased_until) = (next, Time::from_micros(0));
                }
            }
            Step::HoldBack { who } => {
                let key = address(WHO[who]).destination();
                self.recorded(store, move |tx| {
                    let mut taken = destinations::take(tx, &key)?;
                    taken.state.suppressed.add(now);
                    destinations::put(tx, &taken, now)
                });
                let held = self.held.entry(who).or_default();
                *held = (held.0 + 1, held.1.or(Some(now)));
            }
            Step::Digest { who } => {
                let key = address(WHO[who]).destination();
                let count = self.recorded(store, move |tx| {
                    let mut taken = destinations::take(tx, &key)?;
                    let held = std::mem::take(&mut taken.state.suppressed);
                    destinations::put(tx, &taken, now).map(|()| (held.count, held.since))
                });
                prop_assert_eq!(count, self.held.insert(who, (0, None)).unwrap_or_default());
            }
            Step::Reserve { who, known, units } => {
                self.recorded(store, move |tx| {
                    guess_ledger::add(tx, &charge(who, known), now.day(), booking(units))
                });
                *self.ledger.entry((who, known)).or_default() += units;
            }
            Step::Fault { request, who } => return self.fault(store, request, who),
        }
        Ok(())
    }

    fn request(&mut self, n: usize) -> Option<&mut Request> {
        let n = n.checked_rem(self.requests.len())?;
        self.requests.get_mut(n)
    }

    fn message(&self, n: usize) -> Option<MessageId> {
        self.queued.get(n.checked_rem(self.queued.len())?).copied()
    }

    /// A message and the attempt of who holds its lease, or of who held it before.
    fn attempt(&self, n: usize, behind: bool) -> Option<(MessageId, i64)> {
        let id = self.message(n)?;
        Some((id, self.mail.get(&id).map_or(1, |kept| kept.attempts) - i64::from(behind)))
    }

    fn guess(&mut self, store: &Store, request: usize, right: bool) -> Outcome {
        let now = self.now;
        let Some(request) = self.request(request) else { return Ok(()) };
        let live = request.state == CodeState::Live && request.left > 0 && now < request.expires;
        let (id, browser) = (request.asked.id, request.asked.browser);
        let code =
            if right { request.asked.code.clone() } else { CodeText::from_text("BBBBBBBB".to_owned()) };
        let wins = right || code.expose() == request.asked.code.expose();
        if live {
            request.left -= 1;
            if wins {
                (request.state, request.ended) = (CodeState::Redeemed, Some(now));
            }
        }
        let outcome = self.recorded(store, move |tx| {
            let kept = sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, now)?;
            let Some(kept) = kept else { return Ok(None) };
            let binding =
                Binding { request: id, purpose: Purpose::SignIn, tenant: "default", browser_half: &HALF };
            if !binding.digest(tx.keys(), &code).matches(&kept.digest) {
                return Ok(Some(false));
            }
            Ok(Some(sign_in_codes::claim_end(tx, id, CodeState::Redeemed, now)?.is_some()))
        });
        prop_assert_eq!(outcome, live.then_some(wins));
        Ok(())
    }

    fn deny(&mut self, store: &Store, request: usize) -> Outcome {
        let now = self.now;
        let Some(request) = self.request(request) else { return Ok(()) };
        let id = request.asked.id;
        let (first, live) = (!request.denied, request.state == CodeState::Live);
        request.denied = true;
        if live {
            (request.state, request.ended) = (CodeState::Denied, Some(now));
            self.drop_for(id, now);
        }
        let outcome = self.recorded(store, move |tx| {
            let first = sign_in_codes::claim_denial(tx, id, now)?;
            let ended = sign_in_codes::claim_end(tx, id, CodeState::Denied, now)?.is_some();
            if ended {
                outbox::drop_for(tx, id, now)?;
            }
            Ok((first, ended))
        });
        prop_assert_eq!(outcome, (first, live));
        Ok(())
    }

    fn drop_for(&mut self, request: RequestId, now: Time) {
        self.mail.retain(|_, kept| kept.request != Some(request) || kept.leased_until > now);
    }

    fn sweep(&mut self, store: &Store) -> Outcome {
        let now = self.now;
        let mut over = store.read(|reader| sign_in_codes::list_expired(reader, now, 1000)).unwrap();
        let mut expected = Vec::new();
        for request in &mut self.requests {
            if request.state == CodeState::Live && request.expires <= now {
                (request.state, request.ended) = (CodeState::Expired, Some(now));
                expected.push(request.asked.id);
            }
        }
        for id in expected.clone() {
            self.drop_for(id, now);
        }
        let ids = over.clone();
        let ended = self.recorded(store, move |tx| {
            let mut ended = 0;
            for id in &ids {
                ended += usize::from(sign_in_codes::claim_end(tx, *id, CodeState::Expired, now)?.is_some());
                outbox::drop_for(tx, *id, now)?;
            }
            Ok(ended)
        });
        prop_assert_eq!(ended, expected.len());
        over.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(over, expected);
        Ok(())
    }

    fn lease(&mut self, store: &Store, limit: i64) -> Outcome {
        let (now, until) = (self.now, self.now + seconds(300));
        let due: Vec<MessageId> = self
            .mail
            .iter()
            .filter(|(_, kept)| kept.next <= now && kept.leased_until <= now)
            .map(|(id, _)| *id)
            .collect();
        let leased = self.recorded(store, move |tx| {
            let leased = outbox::lease(tx, now, until, limit)?;
            Ok(leased.iter().map(|one| (one.id, one.attempt, one.decoy)).collect::<Vec<_>>())
        });
        prop_assert_eq!(leased.len(), due.len().min(usize::try_from(limit).unwrap()));
        let mut decoys_left_behind = 0;
        for (id, attempt, decoy) in &leased {
            prop_assert!(due.contains(id));
            let kept = self.mail.get_mut(id).unwrap();
            (kept.attempts, kept.leased_until) = (kept.attempts + 1, until);
            prop_assert_eq!((*attempt, *decoy), (kept.attempts, kept.decoy));
            decoys_left_behind += usize::from(*decoy);
        }
        // A decoy never takes the place of a message.
        let messages_left = due.iter().any(|id| !self.mail[id].decoy && self.mail[id].leased_until <= now);
        prop_assert!(decoys_left_behind == 0 || !messages_left);
        Ok(())
    }

    /// Everything at once, and then a fault: none of it may stay.
    fn fault(&mut self, store: &Store, request: usize, who: usize) -> Outcome {
        let (now, seed) = (self.now, self.next_seed());
        let key = address(WHO[who]).destination();
        let request = self.request(request).map(|request| (request.asked.id, request.asked.browser));
        let outcome = store.write_now(move |tx| -> Result<store::Recorded<()>, Fault> {
            if let Some((id, browser)) = request {
                sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, now)?;
                sign_in_codes::claim_denial(tx, id, now)?;
                sign_in_codes::claim_end(tx, id, CodeState::Refused, now)?;
                outbox::drop_for(tx, id, now)?;
            }
            let mut taken = destinations::take(tx, &key)?;
            taken.state.suppressed.add(now);
            destinations::put(tx, &taken, now)?;
            guess_ledger::add(tx, &charge(who, false), now.day(), booking(1_000_000))?;
            outbox::lease(tx, now, now + seconds(600), 9)?;
            let _ = tx.record(&[event(seed, noon(), 0)], ())?;
            Err(Fault::plain("a fault of a test"))
        });
        prop_assert_eq!(outcome.unwrap_err().chain(), "a fault of a test");
        Ok(())
    }

    /// All that is kept is what should be.
    fn compare(&self, store: &Store) -> Outcome {
        for request in &self.requests {
            let id = request.asked.id;
            let kept = store.read(|reader| sign_in_codes::find(reader, id)).unwrap().unwrap();
            prop_assert_eq!((kept.code.state, kept.ended_at), (request.state, request.ended));
            prop_assert_eq!(kept.code.guesses_left, request.left);
            let letter = store.read(|reader| sign_in_codes::letter(reader, id)).unwrap();
            prop_assert_eq!(letter.is_some(), request.state == CodeState::Live);
        }
        let listed = store.read(|reader| outbox::list_waiting(reader, 1000)).unwrap();
        let listed: BTreeMap<_, _> =
            listed.into_iter().map(|one| (one.id, (one.attempts, one.next_at))).collect();
        let expected: BTreeMap<_, _> = self
            .mail
            .iter()
            .filter(|(_, kept)| !kept.decoy)
            .map(|(id, kept)| (*id, (kept.attempts, kept.next)))
            .collect();
        prop_assert_eq!(listed, expected);
        let due = self.mail.values().map(|kept| kept.next.max(kept.leased_until)).min();
        prop_assert_eq!(store.read(outbox::next_due).unwrap(), due);
        for (who, text) in WHO.iter().enumerate() {
            let key = address(text).destination();
            let found = store.read(|reader| destinations::find(reader, &key)).unwrap().suppressed;
            prop_assert_eq!((found.count, found.since), self.held.get(&who).copied().unwrap_or_default());
            for known in [false, true] {
                let day = self.now.day();
                let spent =
                    store.read(|reader| guess_ledger::spent(reader, &charge(who, known), day)).unwrap();
                let units = self.ledger.get(&(who, known)).copied().unwrap_or_default();
                prop_assert_eq!(spent.one(), Chance::from_units(units));
            }
        }
        Ok(())
    }
}

fn charge(who: usize, known: bool) -> Charge {
    let account = AccountId::from_bytes([u8::try_from(who).unwrap() + 1; 16]);
    let destination: Digest = token(WHO[who]);
    Charge { account: Some(account), destination, known, decoy: false }
}

fn booking(units: i64) -> Booking {
    Booking { letters: 8, units, codes: 1, guesses: 3 }
}

/// Runs sequences, each on an empty store.
fn run(cases: u32, empty: impl Fn() -> Store) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let outcome = TestRunner::new(config).run(&prop::collection::vec(step(), 1..50), |steps| {
        let (store, mut oracle) = (empty(), Oracle::new());
        for step in &steps {
            oracle.take(&store, step)?;
        }
        oracle.compare(&store)?;
        prop_assert_eq!(recorded(&store, oracle.events.len()), oracle.events);
        Ok(())
    });
    outcome.unwrap();
}

const TABLES: [&str; 5] = ["sign_in_codes", "outbox", "destinations", "guess_ledger", "events"];

#[test]
fn whatever_happens_in_whatever_order_the_store_keeps_what_the_oracle_keeps() {
    run(64, || Store::in_memory(keys(7)).unwrap());
    in_places(|place| {
        let store = place.open_by(2, keys(7)).unwrap();
        let wipe: String = TABLES.map(|table| format!("DELETE FROM {table};")).concat();
        // Each answer is waited for on a disk, or for a server.
        run(8, || {
            place.sql(&wipe);
            store.clone()
        });
    });
}
