//! What OpenID Connect adds to OAuth: statements about a person, and about the end of a session.

pub mod id_token;
pub mod logout;
