//! Looks every minute whether a file of places is another one by now: they are brought anew every week or so, by hand or
//! by a timer of the system's, and nobody should have to think of this server then.

use std::sync::Arc;
use std::time::Duration;

use model::place::Maps;

use super::End;
use crate::places::Source;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(maps: Arc<Maps>, mut sources: Vec<Source>, mut end: End) {
    while !sources.is_empty() && end.pause(EVERY).await {
        let maps = Arc::clone(&maps);
        // A large file takes a while to read, for which nobody else waits.
        let renewed = tokio::task::spawn_blocking(move || {
            sources.iter_mut().for_each(|source| source.renew(&maps));
            sources
        });
        match renewed.await {
            Ok(back) => sources = back,
            Err(error) => {
                tracing::error!(%error, "files of places are not looked at any more");
                return;
            }
        }
    }
}
