//! The inbox of an installation without a mail server: what would have been mailed, on this machine only.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/inbox`.
#[derive(Debug, Template)]
#[template(path = "inbox.html", whitespace = "minimize")]
pub struct Inbox<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The mails, the newest first.
    pub mails: Vec<InboxLine>,
}

/// One mail in the list.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// Where it can be read.
    pub href: String,
    /// Its subject.
    pub subject: String,
    /// Whom it is for.
    pub to: String,
    /// When it would have been sent.
    pub at: Moment,
}

/// GET `/inbox/<id>`.
#[derive(Debug, Template)]
#[template(path = "inbox_mail.html", whitespace = "minimize")]
pub struct InboxMail<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Its subject.
    pub subject: String,
    /// Whom it is for.
    pub to: String,
    /// When it would have been sent.
    pub at: Moment,
    /// Its text part, as it would have been sent.
    pub text: String,
    /// The links in the text, all to this site.
    pub links: Vec<String>,
}
