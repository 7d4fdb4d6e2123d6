//! What can keep a run, or one sign-in, from going on.

/// Said to whoever runs the measurement.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Something about the machine or the file system.
    #[error("{what}: {error}")]
    System {
        /// What was being done.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The server did something else than a server of these pages does.
    #[error("{0}")]
    Unexpected(String),
}

impl Trouble {
    /// Wraps what the system said with what was being done.
    pub(crate) fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::System { what, error }
    }
}
