//! The operator's page about invitations.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::FieldError;

/// GET and POST `/operator/invitations`.
#[derive(Debug, Template)]
#[template(path = "operator_invitations.html", whitespace = "minimize")]
pub struct Invitations<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What became of what was done here.
    pub said: Option<Said>,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// Who was invited and has not come yet.
    pub invitations: Vec<InvitationLine>,
}

/// An open invitation.
#[derive(Clone, Debug)]
pub struct InvitationLine {
    /// Its identifier.
    pub id: String,
    /// Whom it is for.
    pub address: String,
    /// Whether the account may be an operator's.
    pub operator: bool,
    /// When it ends.
    pub ends: Moment,
}

/// What became of what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Somebody was invited; this is the only time that the link can be read.
    Made {
        /// For whom.
        address: String,
        /// The link.
        link: String,
    },
    /// An invitation was taken back.
    TakenBack,
    /// Nobody can be invited at present.
    Closed,
}
