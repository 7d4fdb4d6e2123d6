//! The only crate that connects.
