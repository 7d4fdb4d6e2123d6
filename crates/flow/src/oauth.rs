//! The OpenID provider: what clients ask for, and what becomes of it.
//!
//! 1. A client is found, and proves itself ([`client`]), with a key where it has one ([`proof`]).
//! 2. It asks for authorization ([`request`]), a person answers ([`authorize`]), and a code goes out.
//! 3. It brings the code, or a refresh token, or acts for itself ([`token`]).
//! 4. A device begins ([`device`]), its person answers elsewhere ([`crate::device`], [`crate::pairing`]), and it polls.
//! 5. Services ask about tokens ([`introspect`]), clients about people ([`userinfo`]) or give tokens back ([`revoke`]).
//! 6. What was allowed ends ([`ending`]), and everything that came of it. A client may send a person to sign out ([`logout`]),
//!    and is told of what others ended ([`backchannel`]).
//!
//! Clients come by an operator ([`clients`]) or register themselves ([`register`]); what is signed is signed by [`keys`].

pub mod authorize;
pub mod backchannel;
pub mod client;
mod client_credentials;
pub mod clients;
mod code;
pub mod declaration;
pub mod device;
pub mod ending;
pub mod hint;
pub mod introspect;
pub mod issue;
pub mod keys;
pub mod logout;
pub mod mine;
mod once;
pub mod paces;
pub mod person;
pub(crate) mod poll;
mod presented;
pub mod proof;
pub mod provider;
mod refresh;
pub mod register;
pub mod request;
pub mod revoke;
pub mod token;
pub mod userinfo;
mod waiting_request;

use model::fault::Fault;
use store::Recorded;
use wire::oauth::error::OauthError;

/// What every flow returns that answers a client: something recorded that is a value, or an error of the protocol; or a fault.
pub type Answered<T> = Result<Recorded<Result<T, OauthError>>, Fault>;
