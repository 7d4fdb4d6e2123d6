//! Web Push: where a browser is reached, and how what is said to it is encrypted.
//!
//! - [`subscription`]: what a browser gives out, so that somebody can reach it through a push service.
//! - [`encryption`]: what a push service carries and cannot read.

pub mod encryption;
pub mod subscription;
