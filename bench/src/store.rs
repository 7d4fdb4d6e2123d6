//! The redeem transaction on both stores, next to the same transaction written with `sqlx` and to the raw disk.

mod closed_loop;
mod compare;
mod copies;
pub(crate) mod options;
pub(crate) mod ours;
mod ready;
mod report;
mod server;
mod side;

pub(crate) use compare::run;
