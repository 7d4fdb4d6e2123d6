//! Where mail goes: addresses as people type them.

pub(crate) mod local_part;
pub mod mailbox;
