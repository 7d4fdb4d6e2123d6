//! Where mail goes: addresses as people type them.

mod local_part;
pub mod mailbox;
