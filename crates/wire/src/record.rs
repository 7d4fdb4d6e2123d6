//! What the record shows of itself to others: checkpoints, proofs and receipts, and the keys that verify them.
//!
//! Documented in docs/sealed-record.md. Everything here can be checked without a network and without the record.

pub mod checkpoint;
pub mod consistency;
pub mod entry;
pub mod note;
pub mod proof;
pub mod receipt;

/// A SHA-256.
pub type Hash = [u8; 32];
