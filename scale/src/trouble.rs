//! What can go wrong, each with a code that does not change.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

use datafusion::error::DataFusionError;

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What was typed cannot be meant.
    Usage(String),
    /// There is nothing to read.
    NoInput(String),
    /// A file is damaged, or none of records.
    NotRecords(String),
    /// The folder for the result is taken.
    Taken(String),
    /// The disk, or a right to it.
    Disk(String),
    /// Nobody answers as the scheduler, or one of another version.
    Unreachable(String),
    /// The cluster, or the engine here, gave the work up.
    Failed(String),
    /// The work was done, and an executor that had some of it is gone.
    Lost(String),
    /// What came back is not what was to come.
    Incomplete(String),
    /// Somebody stopped it.
    Interrupted,
}

impl Trouble {
    /// The code, for programs.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::NoInput(_) => "no_input",
            Self::NotRecords(_) => "not_records",
            Self::Taken(_) => "out_taken",
            Self::Disk(_) => "disk",
            Self::Unreachable(_) => "cluster_unreachable",
            Self::Failed(_) => "work_failed",
            Self::Lost(_) => "result_lost",
            Self::Incomplete(_) => "incomplete",
            Self::Interrupted => "interrupted",
        }
    }

    /// What the command ends with.
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Interrupted => 130,
            _ => 1,
        }
    }

    /// Trouble with a file or a folder.
    pub(crate) fn disk(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |error| Self::Disk(format!("{}: {error}", path.display()))
    }
}

impl From<DataFusionError> for Trouble {
    fn from(error: DataFusionError) -> Self {
        // Each layer of the engine adds where it was; people want what it was.
        Self::Failed(error.find_root().strip_backtrace())
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::NoInput(why) | Self::NotRecords(why) | Self::Taken(why) => {
                f.write_str(why)
            }
            Self::Disk(why) | Self::Failed(why) => f.write_str(why),
            Self::Unreachable(why) => write!(f, "the scheduler cannot be used: {why}"),
            Self::Lost(why) => {
                write!(f, "the result was there and cannot be fetched any more: {why}; run it again")
            }
            Self::Incomplete(why) => {
                write!(f, "the result is not whole and was thrown away: {why}; run it again")
            }
            Self::Interrupted => f.write_str("stopped; nothing was left behind"),
        }
    }
}
