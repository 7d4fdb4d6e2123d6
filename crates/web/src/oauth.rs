//! The OpenID provider, as clients meet it.

pub(crate) mod authorize;
mod called;
pub(crate) mod device;
pub(crate) mod elsewhere;
pub(crate) mod fetched;
pub(crate) mod published;
pub(crate) mod registration;
pub(crate) mod token;
pub(crate) mod userinfo;

pub(crate) use called::preflight;
