//! What tests and measurements need to prove bidden on real servers: PostgreSQL clusters of our own, a disk that can
//! be filled, a proxy between client and server that fails when told to, an authenticator in software, the key of a client, a push service
//! with a browser behind it, and files of places.
//!
//! Nothing here is part of the product. It is for Linux with Debian's packages, and it leaves nothing behind, not even
//! when the test process is killed.
#![expect(
    clippy::disallowed_methods,
    reason = "this crate sets time, processes and sockets in motion, and stands outside the product"
)]

pub mod client_key;
pub mod passkey;
mod patience;
pub mod places;
pub mod postgres;
mod program;
pub mod proxy;
pub mod push;
mod trouble;

pub use crate::trouble::Trouble;
