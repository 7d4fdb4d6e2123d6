//! The closed loop: each browser signs in, and again as soon as it is in, until the time is over.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::http::{Connection, Site};
use crate::latency::Samples;
use crate::options::SIGN_INS_AN_ACCOUNT;
use crate::trouble::Trouble;
use crate::walk::{self, Profile, STEPS, Timing};

/// A browser that fails so often gives up: the run is worth nothing any more.
const FAILURES: u32 = 20;

/// One sign-in takes at most this long.
const DEADLINE: Duration = Duration::from_secs(60);

/// The time in which what ends is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// From then on.
    pub(crate) from: Instant,
    /// Until then; afterwards no browser begins again.
    pub(crate) to: Instant,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Whole sign-ins.
    pub(crate) whole: Samples,
    /// Each of [`STEPS`].
    pub(crate) steps: [Samples; STEPS.len()],
    /// HTTP requests of the sign-ins counted.
    pub(crate) requests: u64,
    /// How many of these asked for the mail before it was there.
    pub(crate) early_looks: u64,
    /// Bytes of the largest account page.
    pub(crate) account_bytes: usize,
    /// Sign-ins that did not go as they should, at any time.
    pub(crate) failures: u32,
    /// What the first of them was.
    pub(crate) first_failure: Option<String>,
    /// Browsers that had to stop because all of their accounts were at the mail budget.
    pub(crate) out_of_accounts: u32,
}

impl Tally {
    fn add(&mut self, timing: &Timing, requests: u64) {
        self.whole.add(timing.steps.iter().sum());
        self.steps.iter_mut().zip(timing.steps).for_each(|(samples, time)| samples.add(time));
        self.requests += requests;
        self.early_looks += u64::from(timing.early_looks);
        self.account_bytes = self.account_bytes.max(timing.account_bytes);
    }

    fn fail(&mut self, trouble: &Trouble) {
        self.failures += 1;
        self.first_failure.get_or_insert_with(|| trouble.to_string());
    }

    /// Adds what others counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.whole.extend(&other.whole);
        self.steps.iter_mut().zip(&other.steps).for_each(|(all, one)| all.extend(one));
        self.requests += other.requests;
        self.early_looks += other.early_looks;
        self.account_bytes = self.account_bytes.max(other.account_bytes);
        self.failures += other.failures;
        self.out_of_accounts += other.out_of_accounts;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// A browser with its accounts, each with cookies of its own, used in turn.
pub(crate) type Browser = VecDeque<Profile>;

/// Opens all accounts; the browsers work at the same time.
///
/// # Errors
/// The first account that could not be opened.
pub(crate) async fn open_accounts(site: &Arc<Site>, browsers: Vec<Browser>) -> Result<Vec<Browser>, Trouble> {
    let mut tasks = JoinSet::new();
    for mut browser in browsers {
        let mut connection = Connection::new(Arc::clone(site));
        tasks.spawn(async move {
            for profile in &mut browser {
                within(walk::open_account(&mut connection, profile)).await?;
            }
            Ok(browser)
        });
    }
    let mut opened = Vec::new();
    while let Some(task) = tasks.join_next().await {
        opened.push(task.map_err(|error| Trouble::Unexpected(error.to_string()))??);
    }
    Ok(opened)
}

/// Lets all browsers sign in until the window is over. Hands them back for the next phase.
///
/// # Errors
/// A browser's task broke; a sign-in that goes wrong is counted instead.
pub(crate) async fn sign_ins(
    site: &Arc<Site>,
    browsers: Vec<Browser>,
    window: Window,
) -> Result<(Vec<Browser>, Tally), Trouble> {
    let mut tasks = JoinSet::new();
    for browser in browsers {
        tasks.spawn(one_browser(Connection::new(Arc::clone(site)), browser, window));
    }
    let (mut back, mut all) = (Vec::new(), Tally::default());
    while let Some(task) = tasks.join_next().await {
        let (browser, tally) = task.map_err(|error| Trouble::Unexpected(error.to_string()))?;
        back.push(browser);
        all.merge(tally);
    }
    Ok((back, all))
}

/// Lets all browsers look for mail that they have read already, until `end`. Says how often they looked.
///
/// # Errors
/// The first answer that is not the mail.
pub(crate) async fn looks(site: &Arc<Site>, browsers: &[Browser], end: Instant) -> Result<u64, Trouble> {
    let mut tasks = JoinSet::new();
    // The account used last is at the back; the server keeps its mail longest.
    for profile in browsers.iter().filter_map(VecDeque::back) {
        let (mut connection, profile) = (Connection::new(Arc::clone(site)), profile.clone());
        tasks.spawn(async move {
            while Instant::now() < end {
                walk::look(&mut connection, &profile).await?;
            }
            Ok(connection.answered)
        });
    }
    let mut all = 0;
    while let Some(task) = tasks.join_next().await {
        all += task.map_err(|error| Trouble::Unexpected(error.to_string()))??;
    }
    Ok(all)
}

async fn one_browser(mut connection: Connection, mut browser: Browser, window: Window) -> (Browser, Tally) {
    let mut tally = Tally::default();
    while Instant::now() < window.to && tally.failures < FAILURES {
        let Some(mut profile) = browser.pop_front() else { break };
        if profile.used >= SIGN_INS_AN_ACCOUNT {
            browser.push_front(profile);
            tally.out_of_accounts = 1;
            break;
        }
        let before = connection.answered;
        match within(walk::sign_in(&mut connection, &mut profile)).await {
            Ok(timing) => {
                let now = Instant::now();
                if window.from <= now && now <= window.to {
                    tally.add(&timing, connection.answered - before);
                }
                browser.push_back(profile);
            }
            Err(trouble) => {
                // The account is left out from here on, and so is whatever is still on the way.
                tally.fail(&trouble);
                connection.start_again();
            }
        }
    }
    (browser, tally)
}

async fn within(walk: impl Future<Output = Result<Timing, Trouble>>) -> Result<Timing, Trouble> {
    match tokio::time::timeout(DEADLINE, walk).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Trouble::Unexpected(format!("not done within {DEADLINE:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{self, Fault};

    fn blocking<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
    }

    fn browsers(count: usize, each: usize) -> Vec<Browser> {
        let one = |b, a| Profile::new(format!("reader-{b}-{a}@example.test"));
        (0..count).map(|b| (0..each).map(|a| one(b, a)).collect()).collect()
    }

    fn window(time: u64) -> Window {
        let from = Instant::now();
        Window { from, to: from + Duration::from_millis(time) }
    }

    #[test]
    fn browsers_open_their_accounts_and_sign_in_as_known_browsers() {
        blocking(async {
            let (site, known, _server) = fake::start(Fault::None).await;
            let browsers = open_accounts(&site, browsers(4, 2)).await.unwrap();
            assert_eq!(known.lock().unwrap().signed_in, 8);
            let (_, tally) = sign_ins(&site, left(browsers, 5), window(30_000)).await.unwrap();
            assert_eq!((tally.failures, &tally.first_failure), (0, &None));
            assert_eq!((tally.whole.count(), tally.out_of_accounts), (40, 4));
            let known = known.lock().unwrap();
            assert_eq!((known.signed_in, known.known), (48, 40));
            // Six steps, and one look before the mail was there.
            assert_eq!((tally.early_looks, tally.requests), (40, 7 * 40));
            assert!(tally.steps.iter().all(|step| step.count() == 40));
        });
    }

    /// Browsers that may sign in so often to each of their accounts.
    fn left(mut browsers: Vec<Browser>, times: u32) -> Vec<Browser> {
        browsers.iter_mut().flatten().for_each(|profile| profile.used = SIGN_INS_AN_ACCOUNT - times);
        browsers
    }

    #[test]
    fn looks_for_read_mail_are_counted_and_a_lost_mail_is_told() {
        blocking(async {
            let (site, known, _server) = fake::start(Fault::None).await;
            let browsers = open_accounts(&site, browsers(2, 1)).await.unwrap();
            let before = known.lock().unwrap().looks;
            let looks =
                super::looks(&site, &browsers, Instant::now() + Duration::from_millis(50)).await.unwrap();
            assert_eq!(looks, u64::from(known.lock().unwrap().looks - before));
            assert!(looks > 2, "{looks}");
            known.lock().unwrap().mails.clear();
            assert!(
                super::looks(&site, &browsers, Instant::now() + Duration::from_millis(50)).await.is_err()
            );
        });
    }

    #[test]
    fn the_accounts_of_a_browser_are_used_in_turn() {
        blocking(async {
            let (site, _known, _server) = fake::start(Fault::None).await;
            let browsers = open_accounts(&site, browsers(1, 3)).await.unwrap();
            let (_, tally) = sign_ins(&site, left(browsers, 2), window(30_000)).await.unwrap();
            // The first account that is used up ends it: out of turn, that would be after two.
            assert_eq!((tally.whole.count(), tally.out_of_accounts), (6, 1));
        });
    }

    #[test]
    fn a_browser_stops_before_its_accounts_reach_the_mail_budget() {
        blocking(async {
            let (site, known, _server) = fake::start(Fault::None).await;
            let browsers = open_accounts(&site, browsers(1, 1)).await.unwrap();
            let (_, tally) = sign_ins(&site, left(browsers, 1), window(30_000)).await.unwrap();
            assert_eq!((tally.out_of_accounts, tally.failures), (1, 0));
            assert_eq!(known.lock().unwrap().signed_in, 2);
        });
    }

    #[test]
    fn a_server_that_closes_each_connection_is_connected_to_again() {
        blocking(async {
            let (site, _known, _server) = fake::start(Fault::Closes).await;
            let browsers = open_accounts(&site, browsers(2, 1)).await.unwrap();
            let (_, tally) = sign_ins(&site, left(browsers, 2), window(30_000)).await.unwrap();
            assert_eq!((tally.failures, &tally.first_failure), (0, &None));
            assert_eq!(tally.whole.count(), 4);
        });
    }

    #[test]
    fn what_goes_wrong_is_counted_and_told() {
        for (fault, told) in [
            (Fault::Busy, "POST /sign-in: 503 Too busy"),
            (Fault::WrongAccount, "GET /account: the page lacks what it is for"),
        ] {
            blocking(async {
                let (site, known, _server) = fake::start(Fault::None).await;
                let browsers = open_accounts(&site, browsers(1, 2)).await.unwrap();
                known.lock().unwrap().fault = fault;
                let (browsers, tally) = sign_ins(&site, browsers, window(30_000)).await.unwrap();
                assert_eq!((tally.failures, tally.first_failure.as_deref()), (2, Some(told)));
                assert_eq!((tally.whole.count(), browsers.iter().flatten().count()), (0, 0));
            });
        }
    }

    #[test]
    fn the_code_of_last_time_is_not_taken_for_the_new_one() {
        blocking(async {
            let (site, known, _server) = fake::start(Fault::None).await;
            let browsers = open_accounts(&site, browsers(1, 1)).await.unwrap();
            known.lock().unwrap().fault = Fault::NoMail;
            // The old mail is still there; without a new one the sign-in must not go on.
            let waiting = sign_ins(&site, browsers, window(50));
            assert!(tokio::time::timeout(Duration::from_millis(500), waiting).await.is_err());
            assert_eq!(known.lock().unwrap().signed_in, 1);
        });
    }
}
