//! The operator's page about mails and rings that wait, and clients and services that have yet to be told something.

use askama::Template;

use super::OutboxLine;
use crate::view::frame::Frame;
use crate::view::moment::Moment;

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
    /// Clients that have yet to be told that somebody is signed out, the next to be tried first.
    pub logouts: Vec<LogoutLine>,
    /// How many of those there are in all.
    pub logouts_waiting: u32,
    /// Services that have yet to be told of a finding, the next to be tried first.
    pub webhooks: Vec<LogoutLine>,
    /// How many of those there are in all.
    pub webhooks_waiting: u32,
    /// Rings that a push service has yet to take, the next to be tried first.
    pub rings: Vec<LogoutLine>,
    /// How many of those there are in all.
    pub rings_waiting: u32,
}

/// A client or a service that has yet to be told.
#[derive(Clone, Debug)]
pub struct LogoutLine {
    /// Since when it waits.
    pub queued: Moment,
    /// Its name (`client_id`), or where it is.
    pub client: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next: Moment,
}
