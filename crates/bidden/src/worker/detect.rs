//! Shows the detectors what was committed, and records what they conclude.

use std::sync::Arc;
use std::time::Duration;

use detect::Bench;
use flow::detection::{self, Position};
use model::fault::Fault;
use web::App;

use super::End;

const EVERY: Duration = Duration::from_secs(1);
const BATCH: i64 = 500;
/// After how many rounds the position is written down although nothing was found.
const REMEMBER_EVERY: u32 = 30;

pub(crate) async fn run(app: Arc<App>, mut end: End) {
    let mut bench = Bench::default();
    let mut position = match detection::position(app.store()) {
        Ok(position) => position,
        Err(fault) => {
            tracing::error!(cause = %fault.chain(), "the detectors do not know where they were");
            return;
        }
    };
    let mut written = position;
    let mut round: u32 = 0;
    loop {
        round = round.wrapping_add(1);
        let remember = round.is_multiple_of(REMEMBER_EVERY);
        match once(&app, &mut bench, position, remember.then_some(written)).await {
            Ok((seen, kept)) => {
                position = seen;
                if kept {
                    written = seen;
                }
            }
            Err(fault) => tracing::error!(cause = %fault.chain(), "the detectors will look again"),
        }
        if !end.pause(EVERY).await {
            return;
        }
    }
}

/// Looks at everything new; says up to where, and whether that was written down.
async fn once(
    app: &App,
    bench: &mut Bench,
    mut position: Position,
    written: Option<Position>,
) -> Result<(Position, bool), Fault> {
    let mut kept = false;
    loop {
        let (unseen, last) = detection::unseen(app.store(), position, BATCH, &|kind| bench.wants(kind))?;
        if last == position {
            break;
        }
        let findings: Vec<_> = unseen.iter().flat_map(|placed| bench.observe(&placed.event)).collect();
        kept = !findings.is_empty();
        if kept {
            for (_, finding) in &findings {
                tracing::warn!(detector = %finding.detector, key = %finding.key, count = finding.count, "a finding");
            }
            app.commit(app.cx(), move |tx, cx| detection::conclude(tx, cx, &findings, last)).await?;
        }
        position = last;
        // Between two batches others get the processor: under load there is always another one.
        tokio::task::yield_now().await;
    }
    if written.is_some_and(|written| written != position) {
        let seen = position;
        app.commit(app.cx(), move |tx, cx| detection::conclude(tx, cx, &[], seen)).await?;
        kept = true;
    }
    Ok((position, kept))
}
