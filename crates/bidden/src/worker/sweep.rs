//! Every ten seconds: what `flow::sweep` says time brings. A chunk that was full is followed by another.

use std::sync::Arc;
use std::time::Duration;

use flow::lease::Job;
use flow::{summary, sweep};
use model::fault::Fault;
use web::App;

use super::End;
use super::turn::{Turn, Whose};

/// A request reaches its end on the record at most so long after its time has passed.
const EVERY: Duration = Duration::from_secs(10);
/// How often old rows are looked for.
const FORGET_EVERY: u32 = 30;
/// How many steps of that are done at a time, so that even the largest store is not busy with forgetting alone.
const FORGET_STEPS: u32 = 200;

pub(crate) async fn run(app: Arc<App>, mut end: End) {
    let mut turn = Turn::new(Job::Sweep, app.node());
    let mut round: u32 = 0;
    loop {
        if let Err(fault) = once(&app, &mut turn, round.is_multiple_of(FORGET_EVERY)).await {
            tracing::error!(cause = %fault.chain(), "the sweep will try again");
        }
        round = round.wrapping_add(1);
        if !end.pause(EVERY).await {
            turn.end(&app).await;
            return;
        }
    }
}

async fn once(app: &App, turn: &mut Turn, forget: bool) -> Result<(), Fault> {
    if turn.take(app).await? == Whose::Theirs {
        return Ok(());
    }
    round(app).await?;
    if forget {
        for _ in 0..FORGET_STEPS {
            if !app.commit(app.cx(), |tx, cx| sweep::forget(tx, cx)).await? {
                break;
            }
        }
    }
    Ok(())
}

/// What time brings, once.
///
/// # Errors
/// A fault of the store.
pub(crate) async fn round(app: &App) -> Result<(), Fault> {
    while app.commit(app.cx(), sweep::expire_codes).await? {}
    while app.commit(app.cx(), sweep::end_sessions).await? {}
    while app.commit(app.cx(), sweep::sum_up).await? {}
    while app.commit(app.cx(), sweep::detach_due).await? {}
    while app.commit(app.cx(), sweep::expire_entries).await? {}
    while app.commit(app.cx(), sweep::expire_pairings).await? {}
    while app.commit(app.cx(), sweep::expire_approvals).await? {}
    while app.commit(app.cx(), sweep::expire_devices).await? {}
    while app.commit(app.cx(), sweep::expire_responses).await? {}
    while app.commit(app.cx(), sweep::expire_grants).await? {}
    while app.commit(app.cx(), sweep::end_grants_of_removed).await? {}
    app.commit(app.cx(), |tx, _| sweep::trim_inbox(tx)).await?;
    if flow::ledger::is_due(app.store(), &app.cx())? {
        app.commit(app.cx(), flow::ledger::watch).await?;
    }
    for destination in sweep::digests_due(app.store(), &app.cx())? {
        app.commit(app.cx(), move |tx, cx| sweep::digest(tx, cx, destination)).await?;
    }
    for destination in summary::due(app.store(), &app.cx())? {
        app.commit(app.cx(), move |tx, cx| summary::tell(tx, cx, destination)).await?;
    }
    for held in flow::notice::held_due(app.store(), &app.cx())? {
        app.commit(app.cx(), move |tx, cx| flow::notice::tell_held(tx, cx, &held)).await?;
    }
    Ok(())
}
