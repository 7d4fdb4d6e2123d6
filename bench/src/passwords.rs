//! The pool that hashes passwords against argon2 by itself: as many threads, in turns, in one run.

pub(crate) mod options;
mod report;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use flow::password::Password;
use flow::password::hash::{LANES, MEMORY_KIB, PASSES, Salt, Scratch, Upkeep, Verdict, hash, verify};
use model::entropy::Entropy;
use tokio::task::JoinSet;
use web::hashing::{Asker, NoTurn, Pool, Settings};
use wire::password_hash::PasswordHash;

use crate::latency::Samples;
use crate::report::per_second;
use crate::told;
use crate::trouble::Trouble;
use options::Options;
use report::{Report, Round, Side};

/// How long a side runs before it is counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// How long somebody who was refused stays away. In life the page says five seconds.
const AWAY: Duration = Duration::from_millis(20);
/// How long a side runs: at first it is not counted.
#[derive(Clone, Copy)]
struct Span {
    warm_up: Duration,
    time: Duration,
}

impl Span {
    fn is_over(self, passed: Duration) -> bool {
        passed >= self.warm_up + self.time
    }

    fn counts(self, passed: Duration) -> bool {
        passed >= self.warm_up && !self.is_over(passed)
    }
}

/// What everybody types.
const TYPED: &str = "correct horse battery staple";

/// Measures what was asked for and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) fn run(options: &Options, interrupted: &AtomicBool) -> Result<bool, Trouble> {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = options.threads.unwrap_or(cores);
    let span = Span { warm_up: WARM_UP, time: Duration::from_secs(u64::from(options.seconds)) };
    let before = told::load_average();
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        let bare = bare(threads, span)?;
        let few = threads.get().saturating_mul(options.askers.get());
        let pool = pooled(threads, options.queue, few, span)?;
        let flood = pooled(threads, options.queue, options.flood.get(), span)?;
        rounds.push(Round { bare_per_second: bare, pool, flood });
        if interrupted.load(Ordering::Relaxed) {
            return Err(Trouble::Unexpected("interrupted".to_owned()));
        }
    }
    let report = Report::of(options, threads.get(), [before, told::load_average()], rounds);
    told::report(&report, options.json)?;
    Ok(report.counts())
}

/// Hashes a second of argon2 by itself: threads that do nothing else, each with its own memory, which it keeps.
fn bare(threads: NonZeroUsize, span: Span) -> Result<f64, Trouble> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(unexpected)?;
    let begin = Barrier::new(threads.get());
    let hashed = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..threads.get() {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            let (begin, hashed, failed) = (&begin, &hashed, &failed);
            let mut memory = vec![Block::new(); params.block_count()];
            scope.spawn(move || {
                begin.wait();
                let began = Instant::now();
                let mut output = [0; 32];
                while !span.is_over(began.elapsed()) {
                    let made = argon2.hash_password_into_with_memory(
                        TYPED.as_bytes(),
                        b"saltsaltsaltsalt",
                        &mut output,
                        &mut memory,
                    );
                    if let Err(error) = made {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                    }
                    if span.counts(began.elapsed()) {
                        hashed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(Trouble::Unexpected(error)),
        None => Ok(per_second(hashed.into_inner(), span.time)),
    }
}

/// What those who ask saw, one after the other.
#[derive(Default)]
struct Seen {
    hashed: Samples,
    refused: Samples,
    wrong: usize,
}

/// So many people who sign in with a password, each again and again, through the pool as the server has it.
fn pooled(threads: NonZeroUsize, queue: NonZeroUsize, askers: usize, span: Span) -> Result<Side, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    let password = Password::read(TYPED).map_err(|_| Trouble::Unexpected("a password is none".to_owned()))?;
    let salt = Salt::draw(&mut Entropy::system()).map_err(unexpected)?;
    let kept = Arc::new(hash(&password, &salt, &mut Scratch::default()).map_err(unexpected)?);
    let pool = Arc::new(Pool::new(Settings { threads, queue }));
    let seen = runtime.block_on(async {
        let mut people = JoinSet::new();
        let began = Instant::now();
        for n in 0..askers {
            people.spawn(one(Arc::clone(&pool), n, password.clone(), Arc::clone(&kept), (began, span)));
        }
        people.join_all().await
    });
    pool.end();
    let mut all = Seen::default();
    for one in seen {
        all.hashed.extend(&one.hashed);
        all.refused.extend(&one.refused);
        all.wrong += one.wrong;
    }
    Ok(Side {
        askers,
        per_second: per_second(all.hashed.count(), span.time),
        wait: all.hashed.summary(),
        refused: all.refused.count(),
        refusal: all.refused.summary(),
        wrong: all.wrong,
    })
}

/// One person, with an account and a network of her own.
async fn one(
    pool: Arc<Pool>,
    n: usize,
    password: Password,
    kept: Arc<PasswordHash>,
    (began, span): (Instant, Span),
) -> Seen {
    let mut seen = Seen::default();
    let mut account = [0; 16];
    for (to, from) in account.iter_mut().zip(n.to_be_bytes()) {
        *to = from;
    }
    while !span.is_over(began.elapsed()) {
        let asker = Asker { account, network: format!("2001:db8:{n:x}::/64") };
        let (password, kept) = (password.clone(), Arc::clone(&kept));
        let asked = Instant::now();
        let outcome = pool.run(asker, move |scratch| verify(Some(&kept), &password, scratch)).await;
        let counts = span.counts(began.elapsed());
        match outcome {
            Ok(Ok(Verdict::Right(Upkeep::None))) if counts => seen.hashed.add(asked.elapsed()),
            Ok(Ok(Verdict::Right(Upkeep::None))) => {}
            Err(NoTurn::Busy) => {
                if counts {
                    seen.refused.add(asked.elapsed());
                }
                tokio::time::sleep(AWAY).await;
            }
            _ => seen.wrong += 1,
        }
    }
    seen
}

fn unexpected(error: impl std::fmt::Display) -> Trouble {
    Trouble::Unexpected(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_refused_and_nobody_gets_a_wrong_answer() {
        let one = NonZeroUsize::MIN;
        let span = Span { warm_up: Duration::ZERO, time: Duration::from_millis(400) };
        // How much is hashed in so short a time nobody knows.
        assert!(bare(one, span).is_ok());
        let side = pooled(one, one, 8, span).unwrap();
        assert!(side.refused > 0 && side.wrong == 0, "{side:?}");
    }
}
