//! The store suite: every table and every promise, in a file and in memory, through the same functions.

#[cfg(test)]
#[path = "suite/claims.rs"]
mod claims;
#[cfg(test)]
#[path = "suite/opening.rs"]
mod opening;
#[cfg(test)]
#[path = "suite/processes.rs"]
mod processes;
#[cfg(test)]
#[path = "suite/record.rs"]
mod record;
#[cfg(test)]
#[path = "suite/sealed.rs"]
mod sealed;
#[cfg(test)]
#[path = "suite/setting.rs"]
mod setting;
#[cfg(test)]
#[path = "suite/tables.rs"]
mod tables;
#[cfg(test)]
#[path = "suite/writing.rs"]
mod writing;
