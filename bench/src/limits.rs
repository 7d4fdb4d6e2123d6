//! What this machine can do at best: the disk by itself, and an HTTP server that does nothing.

pub mod disk;
pub mod fixed_body;
