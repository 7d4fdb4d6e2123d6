//! Jobs that one node at a time may do. A node holds the lease of a job for a while and renews it; when it is gone,
//! another takes the job over after [`LENGTH`] at the latest.

use std::time::Duration;

use model::cx::Cx;
use model::fault::Fault;
use store::{Recorded, Tx, leases};

/// How long a lease lasts that is not renewed: after so long, at the latest, another node takes over.
pub const LENGTH: Duration = Duration::from_secs(30);

/// A running server, as the others know it: sixteen bytes of chance, drawn at its start.
pub type Node = [u8; 16];

/// A job for one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// What time brings ([`crate::sweep`]).
    Sweep,
    /// The detectors ([`crate::detection`]).
    Detect,
    /// The schedule of signing keys ([`crate::oauth::keys`]).
    Keys,
    /// The seal over the record ([`crate::sealing`]).
    Seal,
}

impl Job {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sweep, Self::Detect, Self::Keys, Self::Seal];

    /// The name under which its lease is kept.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::Detect => "detect",
            Self::Keys => "keys",
            Self::Seal => "seal",
        }
    }
}

/// Takes or renews the lease of `job`; says whether it is this node's until [`LENGTH`] from now.
///
/// # Errors
/// A fault of the store.
pub fn hold(tx: &mut Tx<'_>, cx: &Cx, job: Job, node: &Node) -> Result<Recorded<bool>, Fault> {
    let held = claim(tx, cx, job, node)?;
    Ok(tx.unrecorded("a lease is no event; what is done under it is", held))
}

/// [`hold`] within a transaction that does something else as well, so that nothing is written by a node that only
/// believes that it holds the lease.
pub(crate) fn claim(tx: &mut Tx<'_>, cx: &Cx, job: Job, node: &Node) -> Result<bool, Fault> {
    leases::claim(tx, job.name(), node, (cx.now, cx.now + LENGTH))
}

/// Gives a lease back at the end, so that nobody waits for it.
///
/// # Errors
/// A fault of the store.
pub fn release(tx: &mut Tx<'_>, job: Job, node: &Node) -> Result<Recorded<bool>, Fault> {
    let released = leases::claim_release(tx, job.name(), node)?;
    Ok(tx.unrecorded("a lease is no event", released))
}
