//! Where mail goes: addresses as people type them.

pub mod domain;
pub(crate) mod local_part;
pub mod mailbox;
