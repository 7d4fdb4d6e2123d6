//! How a worker empties a table in which something waits to be told: it leases what is due, tells several at once, and looks
//! again when something came, when one is done, or when the next one is due.

use std::sync::Arc;
use std::time::Duration;

use flow::deliver::LEASE;
use flow::{Recorded, Store, Tx};
use model::cx::Cx;
use model::fault::Fault;
use model::time::Time;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use web::App;

use super::End;

/// How many are told at once.
const BATCH: i64 = 16;
/// How long those that are being told may take when the server ends.
const GRACE: Duration = Duration::from_secs(10);
/// How often the table is looked at although nobody said that there is something: commands and other nodes write there too.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// How long to wait after a fault of the store before the next try.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// Leases what is due, so many at most.
type Lease<L> = fn(&mut Tx<'_>, &Cx, i64) -> Result<Recorded<Vec<L>>, Fault>;

/// What a worker does with a table in which something waits.
pub(crate) struct Table<L> {
    /// Leases what is due.
    pub(crate) lease: Lease<L>,
    /// Ends the leases of a worker that is gone.
    pub(crate) release_all: fn(&mut Tx<'_>) -> Result<Recorded<u64>, Fault>,
    /// When the next one is due.
    pub(crate) next_due: fn(&Store) -> Result<Option<Time>, Fault>,
}

/// A table in which something waits to be told, and how it is told.
pub(crate) trait Queue: Send + Sync + 'static {
    /// What waits, in the hands of a worker.
    type Leased: Send + Sync + 'static;
    /// The table.
    const TABLE: Table<Self::Leased>;

    /// Tells one, and writes down what became of it.
    fn tell(
        &self,
        app: &App,
        leased: &Self::Leased,
        end: &mut End,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// What came of looking for something to do.
enum Found {
    Some,
    Nothing,
    /// Everybody is at work.
    NoRoom,
}

pub(crate) async fn run<Q: Queue>(app: Arc<App>, queue: Arc<Q>, wake: Arc<Notify>, mut end: End) {
    // Where there is only one server, whatever was leased belonged to a process that is gone.
    if app.node().is_none()
        && let Err(fault) = app.commit(app.cx(), |tx, _| (Q::TABLE.release_all)(tx)).await
    {
        tracing::error!(cause = %fault.chain(), "leases of an earlier run stay until they run out");
    }
    let mut under_way = JoinSet::new();
    loop {
        let pause = match once(&app, &queue, &mut under_way, &end).await {
            Ok(Found::Some) => continue,
            Ok(Found::Nothing) => until_next::<Q>(&app),
            Ok(Found::NoRoom) => AT_LEAST_EVERY,
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "what others have to be told will be looked at again");
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

fn until_next<Q: Queue>(app: &App) -> Duration {
    match (Q::TABLE.next_due)(app.store()) {
        Ok(Some(due)) => due.since(app.cx().now).clamp(Duration::from_millis(10), AT_LEAST_EVERY),
        Ok(None) | Err(_) => AT_LEAST_EVERY,
    }
}

/// Takes what is due and has room.
async fn once<Q: Queue>(
    app: &Arc<App>,
    queue: &Arc<Q>,
    under_way: &mut JoinSet<()>,
    end: &End,
) -> Result<Found, Fault> {
    while under_way.try_join_next().is_some() {}
    let room = BATCH - i64::try_from(under_way.len()).unwrap_or(BATCH);
    if room <= 0 {
        return Ok(Found::NoRoom);
    }
    let leased = app.commit(app.cx(), move |tx, cx| (Q::TABLE.lease)(tx, cx, room)).await?;
    if leased.is_empty() {
        return Ok(Found::Nothing);
    }
    for leased in leased {
        let (app, queue, mut end) = (Arc::clone(app), Arc::clone(queue), end.clone());
        under_way.spawn(async move {
            if let Err(fault) = queue.tell(&app, &leased, &mut end).await {
                tracing::error!(cause = %fault.chain(), "somebody is told once the lease has run out");
            }
        });
    }
    Ok(Found::Some)
}

/// Writes down what became of one. While the store is away that is tried again for as long as the lease lasts.
pub(crate) async fn settle(
    app: &App,
    end: &mut End,
    write: impl Fn(&mut Tx<'_>, &mut Cx) -> Result<Recorded<()>, Fault> + Clone + Send + 'static,
) -> Result<(), Fault> {
    let until = app.cx().now + LEASE;
    loop {
        match app.commit(app.cx(), write.clone()).await {
            Ok(()) => return Ok(()),
            Err(fault) if fault.may_pass() && app.cx().now < until => {
                tracing::warn!(cause = %fault.chain(), "the store is asked again about what was told");
                if !end.pause(AFTER_A_FAULT).await {
                    return Err(fault);
                }
            }
            Err(fault) => return Err(fault),
        }
    }
}
