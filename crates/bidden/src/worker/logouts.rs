//! Tells clients that somebody is signed out, out of the table in which that waits.

use std::sync::Arc;
use std::time::Duration;

use flow::Tx;
use flow::deliver::LEASE;
use flow::oauth::backchannel::{self, Leased};
use model::cx::Cx;
use model::fault::Fault;
use model::message::Delivery;
use outbound::backchannel::Teller;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use web::App;

use super::End;

/// How many clients are asked at once.
const BATCH: i64 = 16;
/// How long those that are being asked may take when the server ends.
const GRACE: Duration = Duration::from_secs(10);
/// How often the table is looked at although nobody said that there is something: commands and other nodes write there too.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// How long to wait after a fault of the store before the next try.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// What came of looking for something to do.
enum Found {
    Some,
    Nothing,
    /// Everybody is at work.
    NoRoom,
}

pub(crate) async fn run(app: Arc<App>, teller: Arc<Teller>, wake: Arc<Notify>, mut end: End) {
    // Where there is only one server, whatever was leased belonged to a process that is gone.
    if app.node().is_none()
        && let Err(fault) = app.commit(app.cx(), |tx, _| backchannel::release_all(tx)).await
    {
        tracing::error!(cause = %fault.chain(), "leases of an earlier run stay until they run out");
    }
    let mut under_way = JoinSet::new();
    loop {
        let pause = match once(&app, &teller, &mut under_way, &end).await {
            Ok(Found::Some) => continue,
            Ok(Found::Nothing) => until_next(&app),
            Ok(Found::NoRoom) => AT_LEAST_EVERY,
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "what clients have to be told will be looked at again");
                AFTER_A_FAULT
            }
        };
        tokio::select! {
            () = wake.notified() => {}
            Some(_) = under_way.join_next() => {}
            on = end.pause(pause) => if !on { break },
        }
    }
    // Whoever is being told may answer; what is cut off is told again after the next start.
    let _ = tokio::time::timeout(GRACE, under_way.join_all()).await;
}

fn until_next(app: &App) -> Duration {
    match backchannel::next_due(app.store()) {
        Ok(Some(due)) => due.since(app.cx().now).clamp(Duration::from_millis(10), AT_LEAST_EVERY),
        Ok(None) | Err(_) => AT_LEAST_EVERY,
    }
}

/// Takes what is due and has room.
async fn once(
    app: &Arc<App>,
    teller: &Arc<Teller>,
    under_way: &mut JoinSet<()>,
    end: &End,
) -> Result<Found, Fault> {
    while under_way.try_join_next().is_some() {}
    let room = BATCH - i64::try_from(under_way.len()).unwrap_or(BATCH);
    if room <= 0 {
        return Ok(Found::NoRoom);
    }
    let leased = app.commit(app.cx(), move |tx, cx| backchannel::lease(tx, cx, room)).await?;
    if leased.is_empty() {
        return Ok(Found::Nothing);
    }
    for leased in leased {
        let (app, teller, mut end) = (Arc::clone(app), Arc::clone(teller), end.clone());
        under_way.spawn(async move {
            if let Err(fault) = tell(&app, &teller, &leased, &mut end).await {
                let client = &leased.logout.client;
                tracing::error!(cause = %fault.chain(), %client, "a client is told once the lease has run out");
            }
        });
    }
    Ok(Found::Some)
}

async fn tell(app: &App, teller: &Teller, leased: &Leased, end: &mut End) -> Result<(), Fault> {
    let ring = app.keys().ok_or(Fault::plain("there are no signing keys yet"))?;
    let mut cx = app.cx();
    let client = &leased.logout.client;
    let Some(word) = backchannel::compose(app.store(), &mut cx, (&ring, app.provider()), leased)? else {
        let leased = leased.clone();
        return app.commit(cx, move |tx, _| backchannel::forget(tx, &leased)).await;
    };
    let (delivery, detail) = teller.tell(&word.url, &word.body, word.trusted).await;
    if delivery == Delivery::HandedOver {
        tracing::debug!(%client, "told that somebody is signed out");
    } else {
        let (url, attempt) = (word.url.without_query(), leased.attempt);
        tracing::warn!(%client, %url, attempt, outcome = ?delivery, %detail, "not told that somebody is signed out");
    }
    settle(app, leased, &delivery, end).await
}

/// Writes down what became of it. While the store is away that is tried again for as long as the lease lasts.
async fn settle(app: &App, leased: &Leased, delivery: &Delivery, end: &mut End) -> Result<(), Fault> {
    let until = app.cx().now + LEASE;
    loop {
        let (leased, delivery) = (leased.clone(), delivery.clone());
        let settled = move |tx: &mut Tx<'_>, cx: &mut Cx| backchannel::settle(tx, cx, &leased, &delivery);
        match app.commit(app.cx(), settled).await {
            Ok(()) => return Ok(()),
            Err(fault) if fault.may_pass() && app.cx().now < until => {
                tracing::warn!(cause = %fault.chain(), "the store is asked again about a client");
                if !end.pause(AFTER_A_FAULT).await {
                    return Err(fault);
                }
            }
            Err(fault) => return Err(fault),
        }
    }
}
