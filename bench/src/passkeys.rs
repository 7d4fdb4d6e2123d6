//! Sign-ins by passkey on the embedded store, beside the bare verification of the same signatures.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use flow::passkey::RelyingParty;
use flow::passkey::add::{self, Made};
use flow::passkey::answer::{self, Answer, Asked};
use flow::session::Visitor;
use flow::sign_in::finish::{self, Start, Started};
use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::AccountId;
use model::method::{Method, MethodPolicy, Use};
use model::policy::Policy;
use model::source::{Source, browser_from_code};
use model::time::{DAY, Time};
use proving::passkey::Authenticator;
use store::Store;
use wire::mail::mailbox::Mailbox;

use crate::trouble::Trouble;

const ORIGIN: &str = "https://account.example.org";

/// Sign-ins by passkey, beside the bare verification of the same signatures.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How many sign-ins in all.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(16..=100_000))]
    pub(crate) sign_ins: u32,
    /// How many threads sign in at the same time, each with a passkey and a browser of its own.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) threads: u32,
    /// Where the store is made, and removed afterwards [default: the directory for temporary files].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
}

/// One thread's work: what its browser brings, one after the other.
struct Lane {
    browser: u32,
    key: Vec<u8>,
    answers: Vec<(Asked, String)>,
}

fn told(fault: &Fault) -> Trouble {
    Trouble::Unexpected(fault.chain())
}

fn unable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Unexpected(error.to_string())
}

/// Midday of a day: a challenge lives five minutes on the clock that is handed in, however long the run takes.
const NOW: Time = Time::from_micros(20_000 * DAY + DAY / 2);

fn cx() -> Cx {
    Cx::new(NOW, Entropy::system(), Arc::new(Policy::default()))
}

fn half(browser: u32) -> [u8; 16] {
    (u128::from(browser) + 1).to_be_bytes()
}

fn source() -> Source {
    Source { address: None, browser: browser_from_code("firefox/linux") }
}

/// Measures and tells.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let parent = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let directory = parent.join(format!("bidden-bench-passkeys-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(Trouble::system("making a directory"))?;
    let outcome = measured(options, &directory);
    let _ = std::fs::remove_dir_all(&directory);
    outcome
}

fn measured(options: &Options, directory: &std::path::Path) -> Result<bool, Trouble> {
    let keys = Keys::simulated().map_err(unable)?;
    let store =
        Store::open(&directory.join("store.db"), Arc::new(keys), |_| {}).map_err(|fault| told(&fault))?;
    let party = RelyingParty::new("Bench", ORIGIN).map_err(|fault| told(&fault))?;
    let Some(party) = party else { return Err(Trouble::Unexpected("the origin has no name".to_owned())) };
    let each = options.sign_ins.div_ceil(options.threads);
    println!("{} threads, {each} sign-ins each; signing beforehand", options.threads);
    let lanes: Result<Vec<Lane>, Trouble> =
        (0..options.threads).map(|browser| lane(&store, &party, browser, each)).collect();
    let lanes = lanes?;
    let count = f64::from(each * options.threads);

    let bare = in_parallel(&lanes, |lane| {
        lane.answers.iter().all(|(_, json)| proving::passkey::verify(&lane.key, json).is_ok())
    });
    let library = in_parallel(&lanes, |lane| {
        lane.answers.iter().all(|(asked, json)| {
            let answer = brought(lane.browser, asked, json);
            answer.is_some_and(|answer| {
                answer::prepare(&store, &party, &mut cx(), answer)
                    .is_ok_and(|one| one.is_ok_and(|one| one.holds()))
            })
        })
    });
    let whole = in_parallel(&lanes, |lane| {
        lane.answers
            .iter()
            .all(|(asked, json)| signed_in(&store, &party, (lane.browser, asked, json)).is_some())
    });
    let rate = |time: Duration| count / time.as_secs_f64();
    for (what, (time, right)) in [
        ("bare ES256 (AWS-LC)", bare),
        ("read and verified (prepare)", library),
        ("signed in, durable", whole),
    ] {
        let share = 100.0 * rate(time) / rate(bare.0);
        println!(
            "{what:<28} {:>8.0}/s  {share:>5.1} % of bare{}",
            rate(time),
            if right { "" } else { "  WRONG" }
        );
    }
    Ok(bare.1 && library.1 && whole.1)
}

/// How long all lanes take together, and whether all came out right.
fn in_parallel(lanes: &[Lane], work: impl Fn(&Lane) -> bool + Sync) -> (Duration, bool) {
    let begun = Instant::now();
    let right = std::thread::scope(|scope| {
        let threads: Vec<_> = lanes.iter().map(|lane| scope.spawn(|| work(lane))).collect();
        threads.into_iter().all(|thread| thread.join().unwrap_or(false))
    });
    (begun.elapsed(), right)
}

fn brought(browser: u32, asked: &Asked, json: &str) -> Option<Answer> {
    Some(Answer {
        challenge: asked.challenge.clone(),
        assertion: wire::passkey::assertion(json).ok()?,
        browser_half: half(browser),
        current: None,
        source: source(),
    })
}

fn signed_in(
    store: &Store,
    party: &RelyingParty,
    (browser, asked, json): (u32, &Asked, &str),
) -> Option<Started> {
    let mut cx = cx();
    let prepared = answer::prepare(store, party, &mut cx, brought(browser, asked, json)?).ok()?.ok()?;
    store.write_now(move |tx| answer::commit(tx, &mut cx, &prepared)).ok()?.ok()
}

/// An account with a passkey, and all that its owner will bring.
fn lane(store: &Store, party: &RelyingParty, browser: u32, sign_ins: u32) -> Result<Lane, Trouble> {
    let visitor = opened(store, cx(), browser)?;
    let mut device = Authenticator::new(ORIGIN);
    let mut cx = cx();
    let asked =
        add::offer(store, party, &mut cx, (&visitor, &half(browser))).map_err(|fault| told(&fault))?;
    let json = device.make(&asked.options).map_err(unable)?;
    let made = Made {
        challenge: asked.challenge,
        attestation: wire::passkey::attestation(&json).map_err(unable)?,
        name: "Bench".to_owned(),
        browser_half: half(browser),
        visitor,
        source: source(),
    };
    let prepared = add::prepare(store, party, &mut cx, made).map_err(|fault| told(&fault))?;
    let prepared = prepared.map_err(|refusal| unable(refusal.code()))?;
    let added =
        store.write_now(move |tx| add::commit(tx, &mut cx, &prepared)).map_err(|fault| told(&fault))?;
    added.map_err(|refusal| unable(refusal.code()))?;
    let mut answers = Vec::new();
    for _ in 0..sign_ins {
        let mut cx = self::cx();
        let asked = answer::ask(store, party, &mut cx, &half(browser)).map_err(|fault| told(&fault))?;
        let json = device.sign(&asked.options).map_err(unable)?;
        answers.push((asked, json));
    }
    let key =
        device.passkeys.last().map(proving::passkey::Passkey::public_key).transpose().map_err(unable)?;
    Ok(Lane { browser, key: key.unwrap_or_default(), answers })
}

/// A new account, signed in.
///
/// # Errors
/// A fault of the store.
pub(crate) fn opened(store: &Store, mut cx: Cx, browser: u32) -> Result<Visitor, Trouble> {
    let text = format!("person{browser}@example.org");
    let address = Address::new(Mailbox::parse(&text).map_err(unable)?, store.keys());
    let permit = flow::methods::permit(&MethodPolicy::OPEN, Use::SignIn, Method::MailCode);
    let permit = permit.map_err(|refusal| unable(refusal.code()))?;
    let opened = store.write_now(move |tx| {
        let account = Account {
            id: AccountId::new(&mut cx)?,
            state: AccountState::Open,
            role: Role::Member,
            address: text.clone(),
            confirmed_at: cx.now,
            opened_at: cx.now,
            tenant: None,
            methods: None,
        };
        store::accounts::insert(tx, &account, &address.identity(), &address.destination())?;
        let start = Start {
            account: account.clone(),
            request: None,
            proved: vec![permit],
            rests_on: model::session::RestsOn::address(&address.identity()),
            browser: flow::sign_in::ask::browser_digest(tx.keys(), &half(browser)),
            current: None,
            source: source(),
        };
        let mut events = Vec::new();
        let started = finish::start(tx, &mut cx, &mut events, start)?;
        let Started { session, .. } = started.map_err(|_| Fault::plain("a new account waits"))?;
        tx.record(&events, Visitor { session, account })
    });
    opened.map_err(|fault| told(&fault))
}
