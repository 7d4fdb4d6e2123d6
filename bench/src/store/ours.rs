//! One run of our side, in a process of its own: the real flow on the real store.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use flow::Store;
use flow::sign_in::submit;
use model::digest::Keys;
use model::fault::Fault;
use store::Settings;
use tokio::sync::oneshot;

use super::closed_loop::{self, Outcome, Plan};
use super::options::{Engine, OneRun};
use super::ready::{self, Ready, told};
use crate::trouble::Trouble;

/// Prepares what is missing, runs the loop unless there are no tasks, and prints one line of JSON.
///
/// # Errors
/// The store cannot be opened or prepared.
pub(crate) fn run(options: &OneRun) -> Result<(), Trouble> {
    let store = open(options)?;
    ready::prepare(&store, options.prepare)?;
    if options.tasks == 0 {
        return Ok(());
    }
    let ready = Arc::new(ready::ready(&store)?);
    let plan = Plan {
        tasks: options.tasks,
        warm_up: Duration::from_millis(options.warm_up_ms),
        time: Duration::from_secs(options.seconds),
        codes: ready.len(),
        announce: options.announce,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    let policy = ready::policy();
    let mut measured = runtime.block_on(closed_loop::run(plan, move |n| {
        let (store, ready, cx) = (store.clone(), Arc::clone(&ready), ready::cx(&policy));
        async move { redeem(&store, &ready, n, cx).await }
    }));
    measured.note = match options.engine {
        Engine::Sqlite => "one writer".to_owned(),
        Engine::Postgres => format!("{} connections for writes", options.connections),
    };
    let line = serde_json::to_string(&measured).map_err(|error| Trouble::Unexpected(error.to_string()))?;
    println!("{line}");
    Ok(())
}

fn open(options: &OneRun) -> Result<Store, Trouble> {
    let keys = Keys::simulated().map_err(|error| Trouble::Unexpected(error.to_string()))?;
    match (options.engine, &options.path, &options.url) {
        (Engine::Sqlite, Some(path), _) => Store::open(path, Arc::new(keys), |_| {}).map_err(told),
        (Engine::Postgres, _, Some(url)) => connect(url, options.connections, keys).map_err(told),
        (Engine::Sqlite, None, _) => Err(Trouble::Unexpected("--path is missing".to_owned())),
        (Engine::Postgres, _, None) => Err(Trouble::Unexpected("--url is missing".to_owned())),
    }
}

fn connect(url: &str, connections: usize, keys: Keys) -> Result<Store, Fault> {
    Store::connect(Settings::parse(url, connections)?, Arc::new(keys), |_| {})
}

/// One code used, durable when this returns: what the product's handler does, without the page around it.
async fn redeem(store: &Store, ready: &Ready, n: usize, mut cx: model::cx::Cx) -> Outcome {
    let prepared = ready.get(n).and_then(|one| one.lock().unwrap_or_else(PoisonError::into_inner).take());
    let Some(prepared) = prepared else { return Err("no such code".to_owned()) };
    let (answer, outcome) = oneshot::channel();
    store.write(
        move |tx| submit::commit(tx, &mut cx, &prepared),
        move |outcome| {
            // The task waits for it; if it is gone, so is the measurement.
            let _ = answer.send(outcome);
        },
    );
    match outcome.await {
        Ok(Ok(Ok(_))) => Ok(0),
        Ok(Ok(Err(refusal))) => Err(format!("{refusal:?}")),
        Ok(Err(fault)) => Err(fault.chain()),
        Err(_) => Err("the writer ended".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_was_prepared_is_redeemed_once_with_the_events_of_a_known_browser() {
        let directory = std::env::temp_dir().join(format!("bidden-bench-ours-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let keys = Arc::new(Keys::simulated().unwrap());
        let store = Store::open(&directory.join("store.db"), keys, |_| {}).unwrap();
        ready::prepare(&store, 300).unwrap();
        ready::prepare(&store, 301).unwrap();
        let codes = ready::ready(&store).unwrap();
        assert_eq!(codes.len(), 301);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let policy = ready::policy();
        let once = |n| runtime.block_on(redeem(&store, &codes, n, ready::cx(&policy)));
        assert!((0..301).all(|n| once(n) == Ok(0)));
        assert!(once(7).is_err());
        assert!(ready::ready(&store).unwrap().is_empty());
        let events =
            store.read(|reader| store::events::count_by_kind(reader, model::time::Time::from_micros(0)));
        let expected = ["session_started", "sign_in_code_redeemed", "sign_in_code_requested"];
        assert_eq!(events.unwrap(), expected.map(|kind| (kind.to_owned(), 301)));
        drop(store);
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
