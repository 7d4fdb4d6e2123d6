//! Something of ours broke: a disk, a lock, a lost row. Never the fault of what was typed.

use std::error::Error as StdError;

use crate::entropy::NoEntropy;

/// An internal error: for the log a cause chain, for the person only "not your fault" and a request id.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    what: &'static str,
    hope: Hope,
    unsure: bool,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// Whether trying again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hope {
    None,
    /// Later: the disk may have room again, the database may be back.
    Later,
    /// At once: another transaction was in the way, and nothing of this one was kept.
    AtOnce,
}

impl Fault {
    /// A fault in `what`, caused by `cause`.
    pub fn new(what: &'static str, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { what, hope: Hope::None, unsure: false, cause: Some(cause.into()) }
    }

    /// A fault without a deeper cause.
    #[must_use]
    pub const fn plain(what: &'static str) -> Self {
        Self { what, hope: Hope::None, unsure: false, cause: None }
    }

    /// Marks that trying again may help.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.hope = Hope::Later;
        self
    }

    /// Marks that the same transaction may be tried again at once: nothing of it was kept.
    #[must_use]
    pub fn conflict(mut self) -> Self {
        self.hope = Hope::AtOnce;
        self
    }

    /// Marks that nobody knows whether what was meant to be kept was kept: the answer to the commit was lost.
    #[must_use]
    pub fn unsure(mut self) -> Self {
        self.unsure = true;
        self
    }

    /// Whether nobody knows what was kept.
    #[must_use]
    pub const fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// Whether trying again may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        self.hope != Hope::None
    }

    /// Whether the same transaction may be tried again at once.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.hope == Hope::AtOnce
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
