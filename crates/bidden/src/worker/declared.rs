//! Notices that another node has started with another list of `[[clients]]`, and says so. The newest start holds; nothing is
//! fought over.

use std::sync::Arc;
use std::time::Duration;

use flow::oauth::declaration;
use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;
use web::App;

use super::End;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(app: Arc<App>, list: Digest, mut end: End) {
    let mut said = None;
    while end.pause(EVERY).await {
        if let Err(fault) = once(&app, &list, &mut said) {
            tracing::error!(cause = %fault.chain(), "whose clients hold will be looked at again");
        }
    }
}

/// Says it once for each list.
fn once(app: &App, list: &Digest, said: &mut Option<Time>) -> Result<(), Fault> {
    let replaced = declaration::replaced(app.store(), list)?;
    match replaced {
        Some(since) if replaced != *said => tracing::warn!(
            %since,
            "another node has started with other [[clients]], and those hold now: give all nodes the same, and start this one \
             again"
        ),
        None if said.is_some() => {
            tracing::info!("the [[clients]] of this node's configuration file hold again")
        }
        Some(_) | None => {}
    }
    *said = replaced;
    Ok(())
}
