//! The nouns on disk. Decisions live in `flow`; here is how what was decided is kept and found again.
//!
//! [`Store`] is opaque outside: a `write` takes a closure over a [`Tx`] and gives back what the closure
//! recorded, once it is durable; a `read` takes a closure over a [`Reader`].

mod ahead;
mod backend;
pub mod backup;
pub mod check;
pub mod copy;
mod embedded;
mod handle;
mod log;
mod migrate;
mod postgres;
mod sqlite;
pub mod stats;
mod tables;
mod tx;
mod value;
mod walk;
pub mod webhooks;
mod writer;

pub mod access_tokens;
pub mod account_changes;
pub mod accounts;
pub mod acknowledgements;
pub mod addresses;
pub mod answered_challenges;
pub mod attempts;
pub mod authenticators;
pub mod authorization_codes;
pub mod browsers;
pub mod checkpoints;
pub mod clients;
pub mod destinations;
pub mod device_authorizations;
pub mod device_guesses;
pub mod entries;
pub mod events;
pub mod gate_guesses;
pub mod gates;
pub mod grant_notices;
pub mod grants;
pub mod guess_ledger;
pub mod held;
pub mod inbox;
pub mod initial_access_tokens;
pub mod invitations;
pub mod leases;
pub mod logouts;
pub mod meta;
pub mod notices;
pub mod outbox;
pub mod pairings;
pub mod pushed_requests;
pub mod record_keys;
pub mod record_leaves;
pub mod record_nodes;
pub mod recovery_addresses;
pub mod recovery_codes;
pub mod refresh_tokens;
pub mod refusing_mail;
pub mod removed_clients;
pub mod responses;
pub mod seal;
pub mod seen_ids;
pub mod sessions;
pub mod sign_in_codes;
pub mod signing_keys;
pub mod sms_spending;
pub mod tenants;

pub use handle::Store;
pub use postgres::scratch::Scratch;
pub use postgres::settings::Settings;
pub use tx::{Later, Reader, Recorded, Tx};
