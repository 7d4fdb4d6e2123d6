//! The redeem transaction on both stores, next to the same transaction written with `sqlx` and to the raw disk.

pub(crate) mod closed_loop;
mod compare;
mod copies;
pub(crate) mod options;
pub(crate) mod ours;
pub(crate) mod ready;
mod report;
pub(crate) mod server;
mod side;
mod slow;

pub(crate) use compare::run;
