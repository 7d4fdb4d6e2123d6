//! Follows the signing keys of the store, and takes the steps of their schedule, one node at a time.

use std::sync::Arc;
use std::time::Duration;

use flow::lease::Job;
use flow::oauth::keys::{self, Keyring};
use model::fault::Fault;
use web::App;

use super::End;
use super::turn::{Turn, Whose};

/// A change of the keys, by another node or by a command, is followed within this time and what it takes to read them.
const EVERY: Duration = Duration::from_secs(5);
/// After how many rounds the schedule is looked at.
const SCHEDULE_EVERY: u32 = 12;

pub(crate) async fn run(app: Arc<App>, mut end: End) {
    let mut turn = Turn::new(Job::Keys, app.node());
    let mut round: u32 = 0;
    while end.pause(EVERY).await {
        round = round.wrapping_add(1);
        if let Err(fault) = once(&app, &mut turn, round.is_multiple_of(SCHEDULE_EVERY)).await {
            tracing::error!(cause = %fault.chain(), "the signing keys will be looked at again");
        }
    }
    turn.end(&app).await;
}

async fn once(app: &Arc<App>, turn: &mut Turn, schedule: bool) -> Result<(), Fault> {
    if schedule && turn.take(app).await? != Whose::Theirs {
        let (app, node) = (Arc::clone(app), turn.node().copied());
        apart(move || keys::settle(app.store(), &|| app.cx(), node)).await?;
    }
    let app = Arc::clone(app);
    apart(move || follow(&app)).await
}

/// Takes the keys of the store, if they are others by now.
fn follow(app: &App) -> Result<(), Fault> {
    if let Some(keys) = app.keys()
        && keys.is_current(app.store())?
    {
        return Ok(());
    }
    app.take_keys(Keyring::load(app.store())?);
    tracing::info!("the signing keys have changed");
    Ok(())
}

/// Making an RSA key takes a noticeable part of a second, for which no request waits.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Fault::new("the work ended unexpectedly", error)),
    }
}
