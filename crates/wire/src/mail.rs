//! Where mail goes: addresses as people type them.

pub mod domain;
mod local_part;
pub mod mailbox;
