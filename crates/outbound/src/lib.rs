//! The only crate that connects: it writes the mails and text messages, and hands them to a mail server or a gateway.
//!
//! - [`letterhead`]: what all mails of one installation share.
//! - [`render`]: a message becomes a letter, in text and HTML, or a text message.
//! - [`letter`]: a letter becomes an e-mail, or what the inbox page keeps when there is no mail server.
//! - [`smtp`]: a letter is handed to a mail server, and what it answered becomes a delivery.
//! - [`sms`]: a text message is handed to a gateway, and what it answered becomes a delivery.
//! - [`gsm`]: how long a text message is.
//! - [`dns`]: text records of the DNS, for whoever asked that it be asked.
//! - [`fetch`]: documents of clients, from where they say, and from nowhere private.
//! - [`backchannel`]: clients are told that somebody is signed out.
//! - [`push`]: a ring is handed to a push service.
//! - `http`: one request to a service, and its answer; `connect`: the connections below both.
//! - [`visitor`]: what a drill asks a server on this machine.
//! - [`texts`]: the words of the mails and text messages, by language.

pub mod backchannel;
mod connect;
mod detail;
pub mod dns;
pub mod fetch;
pub mod gsm;
mod http;
pub mod letter;
pub mod letterhead;
pub mod push;
pub mod render;
pub mod sms;
pub mod smtp;
pub mod texts;
pub mod visitor;
pub mod webhook;
