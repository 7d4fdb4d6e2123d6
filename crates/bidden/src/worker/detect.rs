//! Shows the detectors what was committed, and records what they conclude. One node at a time.

use std::sync::Arc;
use std::time::Duration;

use detect::Bench;
use flow::detection::{self, Position};
use flow::lease::Job;
use model::fault::Fault;
use web::App;

use super::End;
use super::turn::{Turn, Whose};

const EVERY: Duration = Duration::from_secs(1);
const BATCH: i64 = 500;
/// After how many rounds the position is written down although nothing was found.
const REMEMBER_EVERY: u32 = 30;

/// What the detectors have seen, and up to where.
pub(crate) struct Watch {
    turn: Turn,
    bench: Bench,
    seen: Position,
    written: Position,
}

impl Watch {
    /// Of somebody who has seen nothing yet, at the node of `app`.
    pub(crate) fn new(app: &App) -> Self {
        Self {
            turn: Turn::new(Job::Detect, app.node()),
            bench: Bench::default(),
            seen: Position::START,
            written: Position::START,
        }
    }
}

pub(crate) async fn run(app: Arc<App>, mut end: End) {
    let mut watch = Watch::new(&app);
    let mut round: u32 = 0;
    loop {
        round = round.wrapping_add(1);
        if let Err(fault) = once(&app, &mut watch, round.is_multiple_of(REMEMBER_EVERY)).await {
            tracing::error!(cause = %fault.chain(), "the detectors will look again");
        }
        if !end.pause(EVERY).await {
            watch.turn.end(&app).await;
            return;
        }
    }
}

/// Looks at everything new, if it is this node's turn.
pub(crate) async fn once(app: &App, watch: &mut Watch, remember: bool) -> Result<(), Fault> {
    match watch.turn.take(app).await? {
        Whose::Theirs => return Ok(()),
        Whose::Ours => {}
        Whose::OursFromNow => recall(app, watch).await?,
    }
    loop {
        let (unseen, last) =
            detection::unseen(app.store(), watch.seen, BATCH, &|kind| watch.bench.wants(kind))?;
        if last == watch.seen {
            break;
        }
        let findings: Vec<_> = unseen.iter().flat_map(|placed| watch.bench.observe(&placed.event)).collect();
        if !findings.is_empty() {
            for (_, finding) in &findings {
                tracing::warn!(detector = %finding.detector, key = %finding.key, count = finding.count, "a finding");
            }
            match conclude(app, watch, findings, last).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(fault) => {
                    // They believe that it was told, and it may not have been: whoever looks next knows no more than the store.
                    watch.turn.lost();
                    return Err(fault);
                }
            }
        }
        watch.seen = last;
        // Between two batches others get the processor: under load there is always another one.
        tokio::task::yield_now().await;
    }
    if remember && watch.written != watch.seen {
        let seen = watch.seen;
        conclude(app, watch, Vec::new(), seen).await?;
    }
    Ok(())
}

/// Lets the detectors see once more what those of another node, or of an earlier run, remembered. What they conclude
/// from that was concluded then.
async fn recall(app: &App, watch: &mut Watch) -> Result<(), Fault> {
    let mut bench = Bench::default();
    let (mut from, seen) = detection::recall(app.store(), app.cx().now, bench.horizon())?;
    while from < seen {
        let (known, last) = detection::unseen(app.store(), from, BATCH, &|kind| bench.wants(kind))?;
        if last == from {
            break;
        }
        for placed in known.iter().filter(|placed| placed.position <= seen) {
            let _ = bench.observe(&placed.event);
        }
        from = last;
        tokio::task::yield_now().await;
    }
    (watch.bench, watch.seen, watch.written) = (bench, seen, seen);
    Ok(())
}

/// Writes down what was found; says whether it is still this node's turn.
async fn conclude(
    app: &App,
    watch: &mut Watch,
    findings: Vec<(model::event::Subject, model::finding::Finding)>,
    seen: Position,
) -> Result<bool, Fault> {
    let node = watch.turn.node().copied();
    let kept = app
        .commit(app.cx(), move |tx, cx| detection::conclude(tx, cx, (&findings, seen), node.as_ref()))
        .await?;
    if kept {
        watch.written = seen;
    } else {
        watch.turn.lost();
    }
    Ok(kept)
}

#[cfg(test)]
mod tests;
