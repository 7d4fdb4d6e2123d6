//! The operator's page about mails that wait.

use askama::Template;

use super::OutboxLine;
use crate::view::frame::Frame;

/// GET `/operator/outbox`.
#[derive(Debug, Template)]
#[template(path = "operator_outbox.html", whitespace = "minimize")]
pub struct Outbox<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The mails, the next to be tried first.
    pub mails: Vec<OutboxLine>,
    /// How many wait in all.
    pub waiting: u32,
}
