//! The OpenID provider: what clients ask for, and what becomes of it.

pub mod keys;
