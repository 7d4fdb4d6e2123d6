//! Something of ours broke: a disk, a lock, a lost row. Never the fault of what was typed.

use std::error::Error as StdError;

use crate::entropy::NoEntropy;

/// An internal error: for the log a cause chain, for the person only "not your fault" and a request id.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    what: &'static str,
    retry: bool,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    /// A fault in `what`, caused by `cause`.
    pub fn new(what: &'static str, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { what, retry: false, cause: Some(cause.into()) }
    }

    /// A fault without a deeper cause.
    #[must_use]
    pub const fn plain(what: &'static str) -> Self {
        Self { what, retry: false, cause: None }
    }

    /// Marks that trying again may help.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.retry = true;
        self
    }

    /// Whether trying again may help.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        self.retry
    }

    /// The whole cause chain, for the log.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.what.to_owned();
        let mut next = StdError::source(self);
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

impl From<NoEntropy> for Fault {
    fn from(cause: NoEntropy) -> Self {
        Self::new("chance", cause)
    }
}
