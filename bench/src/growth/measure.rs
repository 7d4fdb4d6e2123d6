//! What is measured on a store, small or grown: people sign in, pages are looked up, the sweep passes by.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::Store;
use flow::session::Visitor;
use flow::sign_in::ask::{self, Ask, Door};
use flow::sign_in::submit::{self, Submission};
use flow::{activity, operator, overview, session, sweep};
use model::assurance::Assurance;
use model::budget::{Chance, MailAllowance};
use model::cx::Cx;
use model::fault::Fault;
use model::id::BrowserId;
use model::method::{Method, MethodSet};
use model::policy::Policy;
use model::session::{RestsOn, Session};

use serde::{Deserialize, Serialize};
use store::{Reader, Recorded, Tx, accounts, sign_in_codes};
use tokio::sync::oneshot;

use super::pages::Pages;
use super::people::People;
use crate::latency::{Samples, Summary};
use crate::proc::resident;
use crate::store::closed_loop::{self, Measured, Plan};
use crate::store::ready::{cx, told};
use crate::trouble::Trouble;

/// How many lines a page of activity or of the operator has.
const LINES: usize = 50;
/// So many of each are done before they are timed: statements are compiled and connections opened.
const WARM_UP: u32 = 20;
/// A look-up is not done more often than this.
const LOOKS: u32 = 5_000;

/// One line: what, and how long it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// What was done.
    pub(crate) what: String,
    /// How often.
    pub(crate) count: usize,
    /// Milliseconds.
    pub(crate) time: Summary,
}

/// Everything that one process measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Found {
    /// What was measured.
    pub(crate) lines: Vec<Line>,
    /// Resident memory of the process, in bytes: when the store was open, after the look-ups, and in the end.
    pub(crate) resident: [u64; 3],
    /// Sign-ins that failed, and the first reason.
    pub(crate) failed: Option<String>,
}

/// The usual rules, but an address may get as many mails as it likes: few addresses sign in often here.
#[must_use]
pub(crate) fn policy() -> Arc<Policy> {
    let mails = MailAllowance { per_day: 1_000_000, per_week: 1_000_000 };
    let epsilon = Chance::one_in(1);
    Arc::new(Policy { mails, known_mails: mails, epsilon, epsilon_known: epsilon, ..Policy::default() })
}

/// How it is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// Which round it is: each signs in to other accounts.
    pub(crate) round: u32,
    /// How long each kind of thing is done, at most.
    pub(crate) time: Duration,
    /// Whether the page cache is emptied before look-ups and before each of the sign-ins.
    pub(crate) cold: bool,
}

/// Measures sign-ins, and every kind of look-up.
///
/// # Errors
/// The first thing that fails; a sign-in that does is told in what was found.
pub(crate) fn measure(store: &Store, people: People, how: How) -> Result<Found, Trouble> {
    let How { round, time, cold } = how;
    let mut found = Found::default();
    empty_cache(cold)?;
    let own = || resident(std::process::id());
    found.resident[0] = own()?;
    let mut looking = Looking { store, people, policy: policy(), time, lines: Vec::new() };
    looking.people()?;
    looking.operator()?;
    looking.sweep()?;
    found.resident[1] = own()?;
    found.lines = looking.lines;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    for (tasks, what) in [(1, "sign-in, one after the other"), (64, "sign-in, 64 at a time")] {
        empty_cache(cold)?;
        let measured = runtime.block_on(sign_ins(store, people, (round, tasks), time));
        found.failed = found.failed.take().or(measured.first_error.clone());
        let ms = |us: u32| f64::from(us) / 1e3;
        let time =
            Summary { p50_ms: ms(measured.p50_us), p99_ms: ms(measured.p99_us), max_ms: ms(measured.max_us) };
        found.lines.push(Line { what: what.to_owned(), count: measured.operations, time });
    }
    found.resident[2] = own()?;
    Ok(found)
}

/// Has the system forget what it has read of files.
fn empty_cache(wanted: bool) -> Result<(), Trouble> {
    if !wanted {
        return Ok(());
    }
    let done = std::fs::write("/proc/sys/vm/drop_caches", "1");
    done.map_err(Trouble::system("emptying the page cache (which only root can)"))
}

/// Signs people in, in `tasks` at the same time; no account twice before all others had their turn.
async fn sign_ins(store: &Store, people: People, (round, tasks): (u32, usize), time: Duration) -> Measured {
    let plan = Plan { tasks, warm_up: Duration::from_millis(500), time, codes: usize::MAX, announce: false };
    let (store, policy) = (store.clone(), policy());
    // Every run begins somewhere else, so that on a large store nobody meets what another has just read.
    let begin = u64::from(round) * 2_000_003 + u64::try_from(tasks).unwrap_or(0) * 1_000_003;
    closed_loop::run(plan, move |k| {
        let (store, policy) = (store.clone(), Arc::clone(&policy));
        let n = people.scattered(begin + u64::try_from(k).unwrap_or(0));
        async move { sign_in(&store, people, &policy, n).await.map(|()| 0) }
    })
    .await
}

/// Account `n` signs in with its known browser: the ask, the code as the mail would have it, the submission.
///
/// # Errors
/// In words, why not.
pub(crate) async fn sign_in(
    store: &Store,
    people: People,
    policy: &Arc<Policy>,
    n: u64,
) -> Result<(), String> {
    let (mut asking, mut submitting) = (cx(policy), cx(policy));
    let (browser_half, source) = (people.browser_half(n), people.source(n));
    let address = people.address(n, store.keys()).map_err(|trouble| trouble.to_string())?;
    let in_words = |fault: Fault| fault.chain();
    let ask = Ask { address, browser_half, source, door: Door::SignIn, word: None };
    let prepared = ask::prepare(store, &mut asking, ask).map_err(in_words)?;
    let (prepared, now) = (Arc::new(prepared), asking.now);
    let ahead = Arc::clone(&prepared);
    let look = move |reader: &mut Reader<'_>| ask::look(reader, now, &ahead);
    let asked = write(store, look, move |tx| ask::commit(tx, &mut asking, &prepared)).await;
    let request = asked.map_err(in_words)?;
    let letter = store.read(|reader| sign_in_codes::letter(reader, request)).map_err(in_words)?;
    let code = letter.ok_or("the request has no letter")?.code;
    let submission = Submission { request, code, browser_half, current: None, source };
    let prepared = submit::prepare(store, &submitting, &submission).map_err(in_words)?;
    let prepared = prepared.ok_or("the request is gone")?;
    let (prepared, now) = (Arc::new(prepared), submitting.now);
    let ahead = Arc::clone(&prepared);
    let look = move |reader: &mut Reader<'_>| submit::look(reader, now, &ahead);
    let outcome = write(store, look, move |tx| submit::commit(tx, &mut submitting, &prepared)).await;
    outcome.map_err(in_words)?.map(|_| ()).map_err(|refusal| format!("{refusal:?}"))
}

async fn write<T: Send + 'static>(
    store: &Store,
    look: impl FnOnce(&mut Reader<'_>) -> Result<(), Fault> + Send + 'static,
    work: impl FnMut(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let (answer, outcome) = oneshot::channel();
    store.write_after(look, work, move |outcome| {
        // The task waits for it; if it is gone, so is the measurement.
        let _ = answer.send(outcome);
    });
    outcome.await.map_err(|error| Fault::new("the writer ended", error))?
}

struct Looking<'a> {
    store: &'a Store,
    people: People,
    policy: Arc<Policy>,
    time: Duration,
    lines: Vec<Line>,
}

impl Looking<'_> {
    fn cx(&self) -> Cx {
        cx(&self.policy)
    }

    /// Times `look`, which is told how often it was done.
    fn time(
        &mut self,
        what: &str,
        (warm_up, most): (u32, u32),
        mut look: impl FnMut(&Self, u64) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        let named = |fault: Fault| told(Fault::new("measuring", format!("{what}: {}", fault.chain())));
        let end = Instant::now() + self.time;
        for k in 0..warm_up {
            look(self, u64::from(k)).map_err(named)?;
            if Instant::now() > end {
                break;
            }
        }
        let mut samples = Samples::default();
        let end = Instant::now() + self.time;
        for k in warm_up..warm_up + most {
            let began = Instant::now();
            look(self, u64::from(k)).map_err(named)?;
            samples.add(began.elapsed());
            if Instant::now() > end {
                break;
            }
        }
        self.lines.push(Line { what: what.to_owned(), count: samples.count(), time: samples.summary() });
        Ok(())
    }

    fn often(
        &mut self,
        what: &str,
        look: impl FnMut(&Self, u64) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        self.time(what, (WARM_UP, LOOKS), look)
    }

    /// What a person has looked up for him or her: the pages as they are waited for, and below them what the store does.
    fn people(&mut self) -> Result<(), Trouble> {
        let pages = Pages::new(self.store, &self.policy)?;
        for (page, path) in [("account page", "/account"), ("activity page", "/account/activity")] {
            self.often(&format!("{page}, few events"), |this, k| {
                pages.get(this.people, this.session(k), path)
            })?;
            self.often(&format!("{page}, many events"), |this, k| {
                pages.get(this.people, k % this.people.busy_count().min(this.people.sessions()), path)
            })?;
        }
        self.often("store: session look-up", |this, k| {
            let (id, secret, _) = this.people.session(this.session(k));
            match session::find(this.store, &this.cx(), id, &secret)? {
                Some(_) => Ok(()),
                None => Err(Fault::plain("a session is gone")),
            }
        })?;
        self.often("store: account page, few events", |this, k| this.account_page(this.people.scattered(k)))?;
        self.often("store: account page, many events", |this, k| this.account_page(this.people.busy(k)))?;
        self.often("store: activity page, few events", |this, k| this.activity(this.people.scattered(k)))?;
        self.often("store: activity page, many events", |this, k| this.activity(this.people.busy(k)))
    }

    /// Far apart, as people come.
    fn session(&self, k: u64) -> u64 {
        self.people.scattered(k) % self.people.sessions().max(1)
    }

    fn activity(&self, n: u64) -> Result<(), Fault> {
        activity::page(self.store, self.people.account(n), activity::Show::All, None, LINES).map(|_| ())
    }

    fn account_page(&self, n: u64) -> Result<(), Fault> {
        let cx = self.cx();
        let account = self.store.read(|reader| accounts::find(reader, self.people.account(n)))?;
        let account = account.ok_or(Fault::plain("an account is gone"))?;
        let (session, source) = (self.people.session(0).0, self.people.source(n));
        let session = Session {
            id: session,
            account: account.id,
            browser: BrowserId::from_bytes([0; 16]),
            started_at: cx.now,
            used_at: cx.now,
            expires_at: cx.now,
            doubted_at: None,
            source,
            assurance: Assurance::of(MethodSet::of(&[Method::MailCode]), cx.now),
            rests_on: RestsOn::default(),
        };
        overview::find(self.store, &cx, &Visitor { session, account }).map(|_| ())
    }

    /// What an operator has looked up.
    fn operator(&mut self) -> Result<(), Trouble> {
        use operator::Show;
        self.often("operator: newest events", |this, _| {
            let page = operator::page(this.store, Show::All, None, LINES)?;
            operator::addresses(this.store, &page.events).map(|_| ())
        })?;
        self.often("operator: a kind that is rare", |this, _| {
            operator::page(this.store, Show::Findings, None, LINES).map(|_| ())
        })?;
        self.often("operator: events of a day, counted", |this, _| {
            operator::counts(this.store, &this.cx()).map(|_| ())
        })?;
        self.often("operator: held back in a day", |this, _| {
            operator::suppressed(this.store, &this.cx()).map(|_| ())
        })?;
        self.often("operator: the outbox", |this, _| operator::outbox(this.store, 50).map(|_| ()))?;
        self.often("operator: figures", |this, _| operator::figures(this.store).map(|_| ()))?;
        self.often("newest event", |this, _| operator::newest_event(this.store).map(|_| ()))
    }

    /// What the sweep does while there is nothing to do: it has the writer meanwhile.
    fn sweep(&mut self) -> Result<(), Trouble> {
        const EACH: (u32, u32) = (1, 50);
        self.time("sweep: codes that expire", EACH, |this, _| this.job(sweep::expire_codes))?;
        self.time("sweep: sessions that are over", EACH, |this, _| this.job(sweep::end_sessions))?;
        self.time("sweep: floods summed up", EACH, |this, _| this.job(sweep::sum_up))?;
        self.time("sweep: the inbox", EACH, |this, _| this.job(|tx, _| sweep::trim_inbox(tx)))?;
        self.time("sweep: digests that are due", EACH, |this, _| {
            sweep::digests_due(this.store, &this.cx()).map(|_| ())
        })?;
        // A month of rest for everything that a year is kept for: nothing is due, all of it is looked at.
        self.time("sweep: nothing to forget", EACH, |this, _| this.job(|tx, cx| sweep::forget(tx, cx)))
    }

    fn job<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    ) -> Result<(), Fault> {
        let mut cx = self.cx();
        self.store.write_now(move |tx| work(tx, &mut cx)).map(|_| ())
    }
}
