//! The verbs: every decision, as a synchronous function of a transaction, a context and an input.
//!
//! Nothing here is async, knows HTTP or opens a socket. What must leave becomes a row in the outbox, in the
//! same transaction as the event that says why. [`Store`] is handed on so that `web` can run a flow without
//! reaching a table.

pub mod account;
pub mod activity;
pub mod address;
pub mod approval;
pub mod attempts;
pub mod authenticator;
pub mod budget;
pub mod by;
pub mod deliver;
pub mod detection;
pub mod device;
pub mod doorbell;
pub mod entry;
pub mod export;
pub mod gate;
mod guesses;
pub mod holdings;
pub mod import;
pub mod invitation;
pub mod lease;
pub mod ledger;
pub mod methods;
pub mod not_me;
pub mod notice;
pub mod oauth;
pub mod operator;
pub mod overview;
pub mod own_data;
pub mod pairing;
pub mod passkey;
pub mod password;
pub mod profile;
pub mod provisional;
pub mod reauth;
pub mod recover;
pub mod response;
pub mod sealing;
pub mod session;
pub mod sign_in;
pub mod summary;
pub mod sweep;
pub mod tenant;
pub mod totp;
pub mod undo;
pub mod watching;
pub mod webhook;

pub use store::{Reader, Recorded, Scratch, Settings as StoreSettings, Store, Tx};

use model::fault::Fault;
use model::refusal::Refusal;

/// What every deciding flow returns: something recorded that is a value or a refusal; or a fault.
pub type Outcome<T> = Result<Recorded<Result<T, Refusal>>, Fault>;
