//! Why a server, a disk or a proxy for a test could not be had.

use std::process::ExitStatus;

/// What went wrong while something was set up, changed or ended.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No directory `/usr/lib/postgresql/*/bin` has the server's programs.
    #[error("PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb (Debian package `postgresql`)")]
    NotInstalled,
    /// The operating system refused something.
    #[error("cannot {doing}: {source}")]
    System {
        /// What was tried, as a verb and its object.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ended with another code than 0.
    #[error("{program} ended with {status}: {said}")]
    Failed {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote on its error output.
        said: String,
    },
    /// The server ended while it was starting.
    #[error("PostgreSQL ended with {status} while starting; its log says:\n{log}")]
    EndedEarly {
        /// How it ended.
        status: ExitStatus,
        /// What this start wrote into the log.
        log: String,
    },
    /// Something else listens on the port that the server should have.
    #[error("port {0} is taken by somebody else")]
    PortTaken(u16),
    /// Something did not happen in the time that it may take.
    #[error("waited in vain for {awaited}; the log says:\n{log}")]
    Late {
        /// What was waited for.
        awaited: String,
        /// The end of the server's log; empty where no server is involved.
        log: String,
    },
    /// The server runs already.
    #[error("the server runs already")]
    Running,
    /// A disk of a fixed size could not be mounted.
    #[error(
        "cannot mount a disk of {megabytes} MB (this needs root, and a system that permits mounts): {said}"
    )]
    Mount {
        /// The size asked for.
        megabytes: u32,
        /// What `mount` said.
        said: String,
    },
    /// The cluster was started without [`Options::disk`](crate::postgres::Options::disk).
    #[error("this cluster has no disk of its own that could be filled")]
    NoDisk,
    /// `PROVING_POSTGRES` is not of the form `postgres://…/database`.
    #[error("`{0}` is no URL of the form postgres://user:password@host:port/database")]
    NoUrl(String),
}

impl Trouble {
    /// Says what was tried when the system refused it.
    pub(crate) fn while_trying(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }
}
