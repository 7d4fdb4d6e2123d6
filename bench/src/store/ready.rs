//! Accounts with a known browser and a live code each, made by the real flow; and the codes, ready to be submitted.

use std::ops::Range;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread::scope;

use flow::Store;
use flow::sign_in::ask::{self, Ask, Door};
use flow::sign_in::submit::{self, Prepared, Submission};
use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::cx::Cx;
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{AccountId, BrowserId, RequestId};
use model::policy::Policy;
use model::source::{Source, browser_from_code};
use model::time::Time;
use store::browsers::{self, KnownBrowser};
use store::{accounts, outbox, sign_in_codes};
use wire::mail::mailbox::Mailbox;

use crate::trouble::Trouble;

/// The half of the one browser that everybody signs in by.
const BROWSER_HALF: [u8; 16] = [0x5a; 16];

/// How many accounts are written at the same time, sharing commits.
const AT_ONCE: usize = 256;

/// How many threads read what is submitted: on a server most of the time is waiting.
const READERS: usize = 8;

/// Codes that are ready to be submitted, each once.
pub(crate) type Ready = Vec<Mutex<Option<Prepared>>>;

/// The usual rules, but codes live for a day: the same database is measured again and again.
#[must_use]
pub(crate) fn policy() -> Arc<Policy> {
    let code_lifetime = std::time::Duration::from_secs(24 * 60 * 60);
    Arc::new(Policy { code_lifetime, ..Policy::default() })
}

/// A context of this moment.
#[must_use]
pub(crate) fn cx(policy: &Arc<Policy>) -> Cx {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
    Cx::new(now, Entropy::system(), Arc::clone(policy))
}

/// What a fault says, to whoever runs the measurement.
pub(crate) fn told(fault: Fault) -> Trouble {
    Trouble::Unexpected(fault.chain())
}

fn source() -> Source {
    Source { address: Some([192, 0, 2, 77].into()), browser: browser_from_code("firefox/linux") }
}

/// Makes what is missing to `wanted` live codes.
///
/// # Errors
/// A fault of the store.
pub(crate) fn prepare(store: &Store, wanted: usize) -> Result<(), Trouble> {
    let there = live(store).map_err(told)?.len();
    for first in (there..wanted).step_by(AT_ONCE) {
        some(store, first..wanted.min(first + AT_ONCE))?;
    }
    Ok(())
}

fn some(store: &Store, numbers: Range<usize>) -> Result<(), Trouble> {
    let (sender, answers) = channel();
    let policy = policy();
    for n in numbers {
        let mut cx = cx(&policy);
        let mailbox = Mailbox::parse(&format!("person{n}@example.test"))
            .map_err(|_| Trouble::Unexpected("an address of ours is none".to_owned()))?;
        let address = Address::new(mailbox, store.keys());
        let ask = Ask {
            address: address.clone(),
            browser_half: BROWSER_HALF,
            source: source(),
            door: Door::SignIn,
            word: None,
        };
        let prepared = ask::prepare(store, &mut cx, ask).map_err(told)?;
        let browser = ask::browser_digest(store.keys(), &BROWSER_HALF);
        let sender = sender.clone();
        store.write(
            move |tx| {
                let account = AccountId::new(&mut cx)?;
                let (now, id) = (cx.now, BrowserId::new(&mut cx)?);
                let opened = Account {
                    id: account,
                    state: AccountState::Open,
                    role: Role::Member,
                    address: address.as_str().to_owned(),
                    confirmed_at: now,
                    opened_at: now,
                    tenant: None,
                    methods: None,
                };
                accounts::insert(tx, &opened, &address.identity(), &address.destination())?;
                let seen = KnownBrowser { id, browser: source().browser, first_used: now, last_used: now };
                // A new account has no browser whose identifier would be kept instead.
                let _ = browsers::remember(tx, account, &browser, &seen)?;
                let asked = ask::commit(tx, &mut cx, &prepared)?;
                // The mail has left, as it has when somebody types its code.
                outbox::drop_for(tx, *asked.value(), now)?;
                Ok(asked)
            },
            move |outcome| {
                // Whoever stopped listening has met another fault before.
                let _ = sender.send(outcome);
            },
        );
    }
    drop(sender);
    answers.into_iter().try_for_each(|outcome| outcome.map(|_| ())).map_err(told)
}

/// All live codes, the oldest first.
fn live(store: &Store) -> Result<Vec<RequestId>, Fault> {
    store.read(|reader| sign_in_codes::list_expired(reader, Time::from_micros(i64::MAX), i64::MAX))
}

/// All live codes with everything that is computed before the transaction, the oldest first.
///
/// # Errors
/// A fault of the store.
pub(crate) fn ready(store: &Store) -> Result<Ready, Trouble> {
    let live = live(store).map_err(told)?;
    let each = live.len().div_ceil(READERS).max(1);
    let parts: Vec<_> = scope(|scope| {
        let threads: Vec<_> = live
            .chunks(each)
            .map(|part| scope.spawn(|| part.iter().map(|id| one(store, *id)).collect()))
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut all = Vec::with_capacity(live.len());
    for part in parts {
        let part: Result<Ready, Fault> =
            part.map_err(|_| Trouble::Unexpected("a reading thread panicked".to_owned()))?;
        all.extend(part.map_err(told)?);
    }
    Ok(all)
}

fn one(store: &Store, request: RequestId) -> Result<Mutex<Option<Prepared>>, Fault> {
    const GONE: Fault = Fault::plain("a live code is gone");
    let letter = store.read(|reader| sign_in_codes::letter(reader, request))?.ok_or(GONE)?;
    let submission = Submission {
        request,
        code: letter.code,
        browser_half: BROWSER_HALF,
        current: None,
        source: source(),
    };
    let prepared = submit::prepare(store, &cx(&policy()), &submission)?.ok_or(GONE)?;
    Ok(Mutex::new(Some(prepared)))
}
