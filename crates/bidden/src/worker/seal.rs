//! Seals what was committed, one node at a time, some entries a turn.

use std::sync::Arc;
use std::time::Duration;

use flow::lease::Job;
use flow::sealing::{self, BATCH, Sealer};
use model::fault::Fault;
use web::App;

use super::End;
use super::turn::{Turn, Whose};

/// How often the record is looked at.
const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn run(app: Arc<App>, mut end: End) {
    if !app.cx().policy.sealed {
        return;
    }
    let (mut turn, mut sealer) = (Turn::new(Job::Seal, app.node()), None);
    loop {
        if let Err(fault) = once(&app, &mut turn, &mut sealer).await {
            // What the store holds is looked at again before anything is added to it.
            sealer = None;
            tracing::error!(cause = %fault.chain(), "the record will be sealed later");
        }
        if !end.pause(EVERY).await {
            turn.end(&app).await;
            return;
        }
    }
}

/// Seals everything that waits, if it is this node's turn.
async fn once(app: &Arc<App>, turn: &mut Turn, sealer: &mut Option<Sealer>) -> Result<(), Fault> {
    match turn.take(app).await? {
        Whose::Theirs => {
            *sealer = None;
            return Ok(());
        }
        Whose::Ours => {}
        Whose::OursFromNow => *sealer = None,
    }
    let mut ours = match sealer.take() {
        Some(sealer) => sealer,
        None => Sealer::load(app.store())?,
    };
    while let Some(batch) = ours.prepare(app.store(), &mut app.cx(), BATCH)? {
        let (batch, node) = (Arc::new(batch), turn.node().copied());
        let written = Arc::clone(&batch);
        let kept =
            app.commit(app.cx(), move |tx, cx| sealing::commit(tx, cx, &written, node.as_ref())).await?;
        if !kept {
            turn.lost();
            return Ok(());
        }
        ours.took(&batch);
        if !batch.is_full() {
            break;
        }
        // Between two batches others get the processor.
        tokio::task::yield_now().await;
    }
    *sealer = Some(ours);
    Ok(())
}
