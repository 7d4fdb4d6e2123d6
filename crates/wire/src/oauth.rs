//! OAuth 2.0 and OpenID Connect on the wire: what clients send, and what they are answered.

pub mod access_token;
pub mod authorization;
pub mod claims;
pub mod client_authentication;
pub mod client_document;
pub mod credential;
pub mod device;
pub mod dpop;
pub mod error;
pub mod introspection;
pub mod metadata;
pub mod packed_request;
pub mod parameters;
pub mod pkce;
pub mod presented_token;
pub mod redirect_uri;
pub mod registration;
pub mod resource;
pub mod revocation;
pub mod scope;
pub mod token;
