//! The OpenID provider, as clients meet it.

pub(crate) mod published;
pub(crate) mod registration;
