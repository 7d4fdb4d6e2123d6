//! The other side of Web Push: a browser that can be reached, and a push service that runs here and does as it is told.
//! Written from the standards alone, to hold against what `wire` and `outbound` do.

mod browser;
mod service;

pub use browser::Browser;
pub use service::{Answer, Claims, Received, Service};
