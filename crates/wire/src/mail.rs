//! Mail: addresses as people type them, and messages as they arrive.

pub mod address_list;
pub mod arc;
pub mod authentication_results;
pub mod charset;
mod comment;
pub mod date;
pub mod dkim;
pub mod dmarc;
pub mod domain;
pub mod encoded_word;
pub mod field;
pub mod link;
pub(crate) mod local_part;
pub mod mailbox;
pub mod markup;
pub mod mbox;
pub mod message;
pub mod mime;
pub mod quoted;
pub mod received;
pub mod tags;
