//! What this machine can do at best: the disk by itself, and an HTTP server that does nothing.

pub(crate) mod disk;
pub(crate) mod fixed_body;
