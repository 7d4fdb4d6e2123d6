//! Signed objects: keys, signatures and the claims inside.
//!
//! What is not here cannot happen: there is no symmetric key, no `none`, no encryption, no key that a header points to.

pub mod algorithm;
pub mod jwk;
pub mod jwk_set;
pub mod jws;
pub mod jwt;
pub mod verifying_key;
