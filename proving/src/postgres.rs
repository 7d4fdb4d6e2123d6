//! PostgreSQL clusters of our own, from Debian's packages, and databases on a server that somebody else gave.
//!
//! A [`Cluster`] is a server of which a test may do what it likes: stop it, kill it, fill its disk, fail over to its
//! standby. [`given()`] is the server that `./test` starts once for all tests that only need a database.

mod certificate;
mod cluster;
mod disk;
mod given;
mod home;
mod programs;
mod standby;

pub use crate::postgres::cluster::Cluster;
pub use crate::postgres::given::{Database, Given, REQUIRED, SERVER, given, installed};

/// How a cluster is set up. The default is durable (`fsync` and `synchronous_commit` on), without TLS, on the disk of
/// the temporary directory.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many connections the server takes (`max_connections`), three of them kept back for superusers as usual.
    pub max_connections: u16,
    /// More settings for `postgresql.conf`, as names and unquoted values; they win over ours.
    pub extra: Vec<(String, String)>,
    /// Accept connections only over TLS, with a certificate for `localhost` and 127.0.0.1 that
    /// [`Cluster::ca_file`] vouches for.
    pub tls: bool,
    /// Put the data directory on a disk of this many megabytes (at least 64, an empty cluster takes 40). Needs root.
    /// WAL segments are 1 MB there, so that a full disk is felt at once.
    pub disk: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_connections: 100, extra: Vec::new(), tls: false, disk: None }
    }
}

/// How a server is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Connections are closed, a checkpoint is written: nothing to recover at the next start.
    Fast,
    /// All server processes quit at once; the next start recovers from the WAL.
    Immediate,
    /// All server processes are killed in the middle of what they do, as by the kernel when memory is short; clients
    /// are not told.
    Kill,
}

#[cfg(test)]
mod tests;
