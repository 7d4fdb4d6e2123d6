//! The only crate that listens.

pub mod view;
