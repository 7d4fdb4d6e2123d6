//! The pool with gates in place of work: nothing here waits for time to pass.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::*;

/// A pool in which everybody has all the time there is, so that a slow machine changes nothing.
fn pool(threads: usize, queue: usize) -> Arc<Pool> {
    Arc::new(Pool::with_patience(settings(threads, queue), Duration::from_secs(24 * 3600)))
}

fn settings(threads: usize, queue: usize) -> Settings {
    let number = |n| NonZeroUsize::new(n).unwrap();
    Settings { threads: number(threads), queue: number(queue) }
}

fn asker(n: u8) -> Asker {
    Asker { account: [n; 16], network: format!("192.0.2.{n}") }
}

/// A job that says when it has begun and goes on when it is told to, or when whoever holds the gate is gone.
fn gate() -> (impl FnOnce(&mut Scratch) -> &'static str + Send, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (begun, has_begun) = mpsc::channel();
    let (open, opened) = mpsc::channel();
    let job = move |_: &mut Scratch| {
        begun.send(()).unwrap();
        let _ = opened.recv();
        "done"
    };
    (job, has_begun, open)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

/// Polls a future once.
fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[test]
fn a_job_runs_on_a_thread_of_the_pool_and_its_answer_comes_back() {
    let pool = pool(1, 1);
    let name = runtime().block_on(pool.run(asker(1), |_| std::thread::current().name().map(str::to_owned)));
    assert_eq!(name, Ok(Some("hashing".to_owned())));
}

#[test]
fn as_many_jobs_run_at_once_as_there_are_threads() {
    let pool = pool(2, 8);
    runtime().block_on(async {
        let ((one, one_begun, open_one), (two, two_begun, open_two)) = (gate(), gate());
        let ran = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ran);
        let mut one = Box::pin(pool.run(asker(1), one));
        let mut two = Box::pin(pool.run(asker(2), two));
        let mut three = Box::pin(pool.run(asker(3), move |_| counted.fetch_add(1, Ordering::SeqCst)));
        assert!(poll(one.as_mut()).is_pending() && poll(two.as_mut()).is_pending());
        assert!(poll(three.as_mut()).is_pending());
        one_begun.recv().unwrap();
        two_begun.recv().unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 0, "both threads are taken");
        open_one.send(()).unwrap();
        assert_eq!((one.await, three.await), (Ok("done"), Ok(0)));
        open_two.send(()).unwrap();
        assert_eq!(two.await, Ok("done"));
    });
}

#[test]
fn whoever_finds_the_line_full_is_refused_at_once() {
    let pool = pool(1, 2);
    runtime().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        let mut waiting = [2, 3].map(|n| Box::pin(pool.run(asker(n), move |_| n)));
        assert!(waiting.iter_mut().all(|one| poll(one.as_mut()).is_pending()));
        assert_eq!(pool.run(asker(4), |_| 4).await, Err(NoTurn::Busy));
        open.send(()).unwrap();
        for (one, expected) in waiting.into_iter().zip([2, 3]) {
            assert_eq!(one.await, Ok(expected));
        }
        assert_eq!(pool.run(asker(4), |_| 4).await, Ok(4), "there is room again");
    });
}

/// Where nothing is left to do the clock goes on to the next thing that waits for it.
fn simulated_clock() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

#[test]
fn whoever_gets_no_turn_in_time_is_refused_and_leaves_the_line() {
    let pool = Pool::new(settings(1, 2));
    simulated_clock().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        let ran = Arc::new(AtomicUsize::new(0));
        let start = tokio::time::Instant::now();
        for n in 2..6 {
            let counted = Arc::clone(&ran);
            let refused = pool.run(asker(n), move |_| counted.fetch_add(1, Ordering::SeqCst)).await;
            assert_eq!(refused, Err(NoTurn::Busy), "and not because the line is full of those before");
            assert_eq!(pool.shared.lock().line.len(), 0);
        }
        let waited = start.elapsed();
        assert!(waited >= WAIT * 4 && waited < WAIT * 5, "{waited:?}");
        open.send(()).unwrap();
        assert_eq!(first.await, Ok("done"));
        pool.end();
        assert_eq!(ran.load(Ordering::SeqCst), 0, "those who were refused cost nothing");
    });
}

#[test]
fn whoever_has_a_turn_when_the_time_is_over_gets_the_answer() {
    let pool = Pool::new(settings(1, 1));
    simulated_clock().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        tokio::time::advance(WAIT * 2).await;
        assert!(poll(first.as_mut()).is_pending(), "its time is over, and it is not refused");
        open.send(()).unwrap();
        assert_eq!(first.await, Ok("done"));
    });
}

#[test]
fn whoever_goes_away_loses_the_place_and_is_never_hashed_for() {
    let pool = pool(1, 2);
    runtime().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        let ran = Arc::new(AtomicUsize::new(0));
        for n in 2..20 {
            let counted = Arc::clone(&ran);
            let mut gone = Box::pin(pool.run(asker(n), move |_| counted.fetch_add(1, Ordering::SeqCst)));
            assert!(poll(gone.as_mut()).is_pending());
        }
        assert_eq!(pool.shared.lock().line.len(), 0);
        open.send(()).unwrap();
        assert_eq!((first.await, pool.run(asker(1), |_| "next").await), (Ok("done"), Ok("next")));
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_flood_for_one_account_leaves_the_others_their_turn() {
    let pool = pool(1, 4);
    runtime().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        let flood: Vec<_> = (0..20)
            .map(|n| {
                let network = format!("198.51.100.{n}");
                let mut one = Box::pin(pool.run(Asker { account: [1; 16], network }, |_| ()));
                let refused = poll(one.as_mut()).is_ready();
                (one, refused)
            })
            .collect();
        assert_eq!(flood.iter().filter(|(_, refused)| !refused).count(), 2);
        let mut other = Box::pin(pool.run(asker(2), |_| "other"));
        assert!(poll(other.as_mut()).is_pending());
        open.send(()).unwrap();
        assert_eq!(other.await, Ok("other"));
    });
}

#[test]
fn a_job_that_panics_breaks_nothing_but_itself() {
    let pool = pool(1, 2);
    runtime().block_on(async {
        let broken: Result<(), NoTurn> = pool.run(asker(1), |_| panic!("on purpose")).await;
        assert_eq!(broken, Err(NoTurn::Broken));
        assert_eq!(pool.run(asker(1), |_| 1).await, Ok(1));
        assert_eq!(pool.shared.lock().started.len(), 1, "the same thread");
    });
}

#[test]
fn at_the_end_those_who_wait_are_refused_and_the_one_under_way_is_finished() {
    let pool = pool(1, 4);
    runtime().block_on(async {
        let (job, begun, open) = gate();
        let mut first = Box::pin(pool.run(asker(1), job));
        assert!(poll(first.as_mut()).is_pending());
        begun.recv().unwrap();
        let mut waiting = Box::pin(pool.run(asker(2), |_| ()));
        assert!(poll(waiting.as_mut()).is_pending());
        let ending = Arc::clone(&pool);
        let end = std::thread::spawn(move || ending.end());
        assert_eq!(waiting.await, Err(NoTurn::Busy));
        assert_eq!(pool.run(asker(3), |_| ()).await, Err(NoTurn::Busy));
        assert!(!end.is_finished(), "the one under way is waited for");
        open.send(()).unwrap();
        assert_eq!(first.await, Ok("done"));
        end.join().unwrap();
    });
}

#[test]
fn a_password_is_hashed_and_verified_here_and_a_refusal_is_503() {
    use flow::password::Password;
    use flow::password::hash::{Salt, Upkeep, Verdict, hash, verify};
    let pool = pool(1, 1);
    let salt = Salt::draw(&mut model::entropy::Entropy::seeded(1)).unwrap();
    let password = Password::read("correct horse battery staple").unwrap();
    let verdict = runtime().block_on(pool.run(asker(1), move |scratch| {
        let kept = hash(&password, &salt, scratch)?;
        verify(Some(&kept), &password, scratch)
    }));
    assert_eq!(verdict, Ok(Ok(Verdict::Right(Upkeep::None))));
    assert_eq!((Trouble::from(NoTurn::Busy).status(), Trouble::from(NoTurn::Broken).status()), (503, 500));
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_hashes_lets_everybody_else_go_first() {
    let priority = |_: &mut Scratch| rustix::process::getpriority_process(None).unwrap();
    let own = priority(&mut Scratch::default());
    assert_eq!(runtime().block_on(pool(1, 1).run(asker(1), priority)), Ok(own.max(10)));
    assert_eq!(priority(&mut Scratch::default()), own, "no thread but its own");
}
