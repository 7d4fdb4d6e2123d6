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
pub struct Window {
    /// From then on.
    pub from: Instant,
    /// Until then; afterwards no browser begins again.
    pub to: Instant,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Whole sign-ins.
    pub whole: Samples,
    /// Each of [`STEPS`].
    pub steps: [Samples; STEPS.len()],
    /// HTTP requests of the sign-ins counted.
    pub requests: u64,
    /// How many of these asked for the mail before it was there.
    pub early_looks: u64,
    /// Bytes of the largest account page.
    pub account_bytes: usize,
    /// Sign-ins that did not go as they should, at any time.
    pub failures: u32,
    /// What the first of them was.
    pub first_failure: Option<String>,
    /// Browsers that had to stop because all of their accounts were at the mail budget.
    pub out_of_accounts: u32,
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

    fn merge(&mut self, other: Self) {
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
pub type Browser = VecDeque<Profile>;

/// Opens all accounts, each by its invitation; the browsers work at the same time.
///
/// # Errors
/// The first account that could not be opened.
pub async fn open_accounts(site: &Arc<Site>, browsers: Vec<Vec<(String, String)>>) -> Result<Vec<Browser>, Trouble> {
    let mut tasks = JoinSet::new();
    for invitations in browsers {
        let mut connection = Connection::new(Arc::clone(site));
        tasks.spawn(async move {
            let mut browser = Browser::new();
            for (address, link) in invitations {
                let mut profile = Profile::new(address);
                within(walk::open_account(&mut connection, &mut profile, &link)).await?;
                browser.push_back(profile);
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
pub async fn sign_ins(
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
