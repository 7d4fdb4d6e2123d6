//! The only crate that connects: it writes the mails and hands them to a mail server.
//!
//! - [`letterhead`]: what all mails of one installation share.
//! - [`render`]: a message becomes a letter, in text and HTML.
//! - [`letter`]: a letter becomes an e-mail, or what the inbox page keeps when there is no mail server.
//! - [`smtp`]: a letter is handed to a mail server, and what it answered becomes a delivery.
//! - [`texts`]: the words of the mails, by language.

pub mod letter;
pub mod letterhead;
pub mod render;
pub mod smtp;
pub mod texts;
