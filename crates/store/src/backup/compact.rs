//! A copy of an embedded store without its gaps, of one moment, while others write.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use model::fault::Fault;

use crate::copy::{Progress, Stage, Watch, told};
use crate::sqlite::{self, Mode};

/// How often it is looked how far the file has grown.
const LOOK: Duration = Duration::from_millis(100);

/// Writes the store in `from` to the empty file `to`. SQLite does it in one go and says nothing meanwhile, so that how
/// far it has come is told by the size of the file.
pub(crate) fn compact(from: &Path, to: &Path, watch: Watch<'_>) -> Result<(), Fault> {
    let connection = sqlite::open(from, Mode::Read)?;
    let name = to.display().to_string();
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    let of = size(from);
    // Ends the statement from outside, should `watch` say so.
    let handle = connection.get_interrupt_handle();
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        scope.spawn(move || {
            let written = connection
                .execute_batch("PRAGMA query_only = OFF")
                .and_then(|()| connection.execute("VACUUM INTO ?1", [name]));
            // Whoever waits for it is in this scope.
            let _ = sender.send(written.map(|_| ()));
        });
        loop {
            match receiver.recv_timeout(LOOK) {
                Ok(written) => return written.map_err(|error| sqlite::fault("writing the backup", error)),
                Err(RecvTimeoutError::Disconnected) => return Err(Fault::plain("writing the backup ended")),
                Err(RecvTimeoutError::Timeout) => {
                    let done = size(to).min(of);
                    let progress = Progress { stage: Stage::Writing, table: "the file", done, of };
                    told(watch(progress)).inspect_err(|_| handle.interrupt())?;
                }
            }
        }
    })
}
