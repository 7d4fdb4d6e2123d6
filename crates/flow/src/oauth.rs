//! The OpenID provider: what clients ask for, and what becomes of it.

pub mod client;
pub mod clients;
pub mod ending;
pub mod keys;
mod once;
pub mod provider;
pub mod register;

use model::fault::Fault;
use store::Recorded;
use wire::oauth::error::OauthError;

/// What every flow returns that answers a client: something recorded that is a value, or an error of the protocol; or a fault.
pub type Answered<T> = Result<Recorded<Result<T, OauthError>>, Fault>;
