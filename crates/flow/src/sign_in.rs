//! Signing in by a single-use code: ask, submit, finish.

pub mod ask;
pub mod finish;
mod forms;
pub mod gated;
mod meant;
pub mod named;
pub mod status;
pub mod submit;
