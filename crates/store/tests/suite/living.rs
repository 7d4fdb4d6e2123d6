//! Rows as people leave them: sign-ins walked through the tables the way the flows do it, so that every rule of
//! `store::check` holds.

use std::sync::atomic::{AtomicBool, Ordering};

use model::account::{Account, AccountState, Role};
use model::event::{Event, EventKind, Subject, WrongBecause};
use model::fault::Fault;
use model::id::{AccountId, BrowserId, MessageId, RequestId, SessionId};
use model::message::MessageKind;
use model::session::Session;
use model::sign_in_code::{Binding, CodeState, CodeText, Purpose, SignInCode};
use store::browsers::KnownBrowser;
use store::guess_ledger::{Booking, Charge};
use store::outbox::Queued;
use store::sign_in_codes::NewCode;
use store::{
    Recorded, Store, Tx, accounts, browsers, destinations, guess_ledger, outbox, sessions, sign_in_codes,
};

use crate::setting::{HALF, address, cx, seconds, source, token};

/// Somebody opens an account and asks for a code; one of three never uses it, one uses it, one types a wrong one.
pub(crate) fn sign_in(store: &Store, seed: u64) {
    store
        .write_now({
            let keys = crate::setting::keys(7);
            move |tx| walk(tx, &keys, seed)
        })
        .unwrap();
}

/// [`sign_in`] by several threads, with seeds of their own from `seed` on, until `work` is done. Says how many.
pub(crate) fn while_people_sign_in<T>(
    store: &Store,
    (threads, seed): (u64, u64),
    work: impl FnOnce() -> T,
) -> (T, u64) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..threads)
            .map(|thread| {
                let done = &done;
                scope.spawn(move || {
                    let mut count = 0;
                    while !done.load(Ordering::Relaxed) {
                        sign_in(store, seed + thread * 1_000_000 + count);
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let outcome = work();
        done.store(true, Ordering::Relaxed);
        (outcome, writers.into_iter().map(|writer| writer.join().unwrap()).sum())
    })
}

fn walk(tx: &mut Tx<'_>, keys: &model::digest::Keys, seed: u64) -> Result<Recorded<()>, Fault> {
    let mut cx = cx(seed);
    let now = cx.now;
    let text = format!("person.{seed}@example.com");
    let address = address(&text);
    let account = Account {
        id: AccountId::new(&mut cx)?,
        state: AccountState::Open,
        role: Role::Member,
        address: text.clone(),
        confirmed_at: now,
        opened_at: now,
        tenant: None,
        methods: None,
    };
    assert!(accounts::insert(tx, &account, &address.identity(), &address.destination())?);
    let mut destination = destinations::take(tx, &address.destination())?;
    destination.state.times.take(now);
    destinations::put(tx, &destination, now)?;
    let charge =
        Charge { account: Some(account.id), destination: address.destination(), known: false, decoy: false };
    guess_ledger::add(tx, &charge, now.day(), Booking { letters: 8, units: 30, codes: 1, guesses: 3 })?;

    let id = RequestId::new(&mut cx)?;
    let code = CodeText::draw(&mut cx.entropy, 8)?;
    let browser = token(&format!("browser {seed}"));
    let binding = Binding { request: id, purpose: Purpose::SignIn, tenant: "default", browser_half: &HALF };
    let sealed = sign_in_codes::seal_parts(keys, &mut cx.entropy, id, (&code, &[5; 16]), &address)?;
    let expires_at = now + seconds(600);
    let new = NewCode {
        code: SignInCode {
            id,
            account: Some(account.id),
            destination: address.destination(),
            purpose: Purpose::SignIn,
            state: CodeState::Live,
            guesses_left: 3,
            guesses: 3,
            mailed: true,
            decoy: false,
            known: false,
            browser,
            asked_at: now,
            expires_at,
            mailed_at: now,
            reference: "amber-falcon".to_owned(),
        },
        identity: address.identity(),
        opening: None,
        invitation: None,
        digest: binding.digest(keys, &code),
        not_me: token("not me"),
        sealed,
        masked: address.masked(),
        letters: 8,
        reserved: 30,
        source: source(),
        session: None,
    };
    sign_in_codes::insert(tx, &new)?;
    let message = MessageId::new(&mut cx)?;
    let queued = Queued {
        id: message,
        kind: MessageKind::SignInCode,
        account: Some(account.id),
        request: Some(id),
        count: 0,
        since: None,
        decoy: false,
    };
    let sealed_to = outbox::seal_to(keys, &mut cx.entropy, message, &text)?;
    outbox::enqueue(tx, &queued, &sealed_to, now)?;
    let mut happened = vec![EventKind::SignInCodeRequested {
        purpose: Purpose::SignIn,
        known: false,
        reference: "amber-falcon".to_owned(),
        address: None,
        by_text: false,
        not_sent: None,
        expires_at,
    }];
    if !seed.is_multiple_of(3) {
        sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, now)?.unwrap();
    }
    if seed % 3 == 1 {
        sign_in_codes::claim_end(tx, id, CodeState::Redeemed, now)?.unwrap();
        guess_ledger::add(tx, &charge, now.day(), Booking { letters: 8, units: -20, codes: 0, guesses: -2 })?;
        outbox::drop_for(tx, id, now)?;
        let known = BrowserId::new(&mut cx)?;
        let browser_kind = source().browser;
        let seen = KnownBrowser { id: known, browser: browser_kind, first_used: now, last_used: now };
        let known = browsers::remember(tx, account.id, &browser, &seen)?.get(tx)?;
        let session = Session {
            id: SessionId::new(&mut cx)?,
            account: account.id,
            browser: known,
            source: source(),
            started_at: now,
            used_at: now,
            expires_at: now + seconds(86_400),
            doubted_at: None,
            assurance: model::assurance::Assurance::of(
                model::method::MethodSet::of(&[model::method::Method::MailCode]),
                model::time::Time::from_micros(0),
            ),
            rests_on: model::session::RestsOn::default(),
        };
        sessions::insert(tx, &session, &token("session"))?;
        happened.extend([
            EventKind::SignInCodeRedeemed,
            EventKind::SessionStarted {
                known: false,
                methods: model::method::MethodSet::of(&[model::method::Method::MailCode]),
            },
        ]);
    }
    if seed % 3 == 2 {
        happened.push(EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left: 2 });
    }
    let mut events = Vec::new();
    for kind in happened {
        events.push(Event::new(&mut cx, Subject::Account(account.id), kind)?.of(id));
    }
    tx.record(&events, ())
}
