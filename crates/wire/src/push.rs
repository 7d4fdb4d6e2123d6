//! Web Push: where a browser is reached, and how what is said to it is encrypted.
//!
//! - [`subscription`]: what a browser gives out, so that somebody can reach it through a push service.
//! - [`encryption`]: what a push service carries and cannot read.
//! - [`retry_after`]: how long it wants to be left alone.
//! - [`vapid`]: what it is told of who sends.

pub mod encryption;
pub mod retry_after;
pub mod subscription;
pub mod vapid;
