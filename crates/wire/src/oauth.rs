//! OAuth 2.0 and OpenID Connect on the wire: what clients send, and what they are answered.

pub mod credential;
pub mod dpop;
pub mod error;
pub mod parameters;
pub mod pkce;
pub mod redirect_uri;
pub mod resource;
pub mod scope;
