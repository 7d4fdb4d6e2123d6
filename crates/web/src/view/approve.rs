//! Approvals: the page of an approver, how a browser becomes one, and the page of the browser that asks.

use askama::Template;
use model::approval::Wanted;
use model::nearness::Nearness;
use model::voice::Voice;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::view::qr::Qr;
use crate::view::sign_in::FieldError;
use crate::view::source::SourceLine;

/// GET `/approve`: what waits for whoever holds this browser.
#[derive(Clone, Debug, Template)]
#[template(path = "approve.html", whitespace = "minimize")]
pub struct Approve<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What the browser is an approver of.
    pub approvers: Vec<Approver>,
    /// What happened before this page was shown.
    pub notice: Option<ApproveNotice>,
}

/// One account that this browser answers for.
#[derive(Clone, Debug)]
pub struct Approver {
    /// The account's address.
    pub address: String,
    /// What its owner calls this device.
    pub name: String,
    /// Until when it is held.
    pub held: Option<Moment>,
    /// What waits.
    pub question: Option<Question>,
}

/// What waits for an answer.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which, as in the paths.
    pub id: String,
    /// What for.
    pub wanted: Wanted,
    /// The client that sent the person there, and whether an operator vouches for the name.
    pub client: Option<(String, bool)>,
    /// When it was asked.
    pub asked: Moment,
    /// Until when it can be answered.
    pub until: Moment,
    /// From where.
    pub source: SourceLine,
    /// Where that is, seen from here.
    pub nearness: Nearness,
    /// Whether it was approved just now, and is not taken yet.
    pub approved: bool,
}

impl Question {
    pub(crate) const fn wanted_text(&self) -> &'static str {
        match self.wanted {
            Wanted::SignIn => "approve-wants-sign-in",
            Wanted::SecondStep => "approve-wants-second",
            Wanted::StepUp => "approve-wants-confirm",
        }
    }

    pub(crate) const fn tone(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => " good",
            Nearness::Unknown => "",
            Nearness::Elsewhere => " bad",
        }
    }

    pub(crate) const fn near(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => "near-nearby",
            Nearness::Unknown => "near-unknown",
            Nearness::Elsewhere => "near-elsewhere",
        }
    }

    pub(crate) const fn near_means(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => "approve-near-means",
            Nearness::Unknown => "approve-unknown-means",
            Nearness::Elsewhere => "approve-elsewhere-means",
        }
    }
}

/// What happened before the page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApproveNotice {
    /// The yes holds.
    Approved,
    /// The number was another one.
    WrongNumber,
    /// It was over already.
    Over,
    /// The passkey did not match.
    Unproved,
    /// This browser has become an approver.
    Enrolled,
    /// It has, and is held.
    EnrolledHeld,
    /// It was an approver, and was taken away.
    Removed,
}

impl ApproveNotice {
    /// The text that says so.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Approved => "approve-notice-approved",
            Self::WrongNumber => "approve-notice-wrong",
            Self::Over => "approve-notice-over",
            Self::Unproved => "approve-notice-unproved",
            Self::Enrolled => "approve-notice-enrolled",
            Self::EnrolledHeld => "approve-notice-held",
            Self::Removed => "approve-notice-removed",
        }
    }

    /// The word in the address of the page.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::WrongNumber => "wrong",
            Self::Over => "over",
            Self::Unproved => "unproved",
            Self::Enrolled => "enrolled",
            Self::EnrolledHeld => "held",
            Self::Removed => "removed",
        }
    }

    /// Reads [`Self::word`].
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [
            Self::Approved,
            Self::WrongNumber,
            Self::Over,
            Self::Unproved,
            Self::Enrolled,
            Self::EnrolledHeld,
            Self::Removed,
        ]
        .into_iter()
        .find(|notice| notice.word() == word)
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Approved | Self::Enrolled => "good",
            Self::EnrolledHeld => "",
            Self::WrongNumber | Self::Over | Self::Unproved | Self::Removed => "bad",
        }
    }
}

/// GET `/approve/<id>`: the question, where the number is typed; and then signed.
#[derive(Clone, Debug, Template)]
#[template(path = "approve_one.html", whitespace = "minimize")]
pub struct ApproveOne<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whose it is.
    pub approver: &'a Approver,
    /// What waits.
    pub question: &'a Question,
    /// How far the person is.
    pub step: AnswerStep<'a>,
}

/// How far the person is with an answer.
#[derive(Clone, Debug)]
pub enum AnswerStep<'a> {
    /// The number is typed; whether what was typed before could not be one.
    Number {
        /// Whether what was typed before could not be one.
        malformed: bool,
    },
    /// The passkey signs it.
    Sign {
        /// The number, in groups.
        number: &'a str,
        /// The form for it, or where it could be had.
        passkey: Offer,
    },
}

impl ApproveOne<'_> {
    const fn malformed(&self) -> bool {
        matches!(self.step, AnswerStep::Number { malformed: true })
    }
}

/// The page after "that is not me".
#[derive(Clone, Debug, Template)]
#[template(path = "approve_denied.html", whitespace = "minimize")]
pub struct ApproveDenied<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What it was for.
    pub wanted: Wanted,
}

impl ApproveDenied<'_> {
    /// What it means, by what really ran.
    const fn means(&self) -> &'static str {
        match self.wanted {
            Wanted::SignIn => "approve-denied-sign-in",
            Wanted::SecondStep => "approve-denied-second",
            Wanted::StepUp => "approve-denied-confirm",
        }
    }

    /// What to do next, and where.
    const fn next(&self) -> (&'static str, &'static str) {
        match self.wanted {
            Wanted::SignIn | Wanted::StepUp => ("approve-denied-sessions", "/account/sessions"),
            Wanted::SecondStep => ("approve-denied-password", "/account/authenticators/password"),
        }
    }
}

/// GET `/approve/join/<code>`: a browser becomes an approver.
#[derive(Clone, Debug, Template)]
#[template(path = "approve_join.html", whitespace = "minimize")]
pub struct Join<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The account's address; none where the code is worth nothing any more.
    pub address: Option<&'a str>,
    /// The form for the passkey, or where it could be had.
    pub passkey: Offer,
    /// Why the last try came to nothing.
    pub refused: Option<PasskeyRefused>,
}

/// What the device shows beside the name of the site when it asks for the approver's key.
pub(crate) fn key_name(voice: &Voice, address: &str) -> String {
    voice.fill("join-passkey", &[("address", address.into())])
}

impl Join<'_> {
    const fn heading(&self) -> &'static str {
        if self.address.is_some() { "join-heading" } else { "join-gone-heading" }
    }
}

/// GET `/account/authenticators/approvers`: the owner shows another device the code.
#[derive(Clone, Template)]
#[template(path = "approver_new.html", whitespace = "minimize")]
pub struct NewApprover<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How it stands.
    pub stands: Showing,
}

/// How the code for another device stands.
#[derive(Clone)]
pub enum Showing {
    /// None is shown; the way to prove first who is there, if that is asked for.
    None(Option<String>),
    /// One is shown.
    Open {
        /// The address that the other device opens.
        href: String,
        /// The same as a picture.
        qr: Option<Qr>,
        /// Until when.
        until: Moment,
    },
    /// It was used.
    Made {
        /// What the device is called.
        name: String,
        /// Until when it is held.
        held: Option<Moment>,
        /// Its identifier, for taking it away again.
        id: String,
    },
    /// It is over, and nothing came of it.
    Over,
}

impl NewApprover<'_> {
    const fn heading(&self) -> &'static str {
        match self.stands {
            Showing::None(_) => "approver-new-heading",
            Showing::Open { .. } => "approver-open-heading",
            Showing::Made { held: None, .. } => "approver-made-heading",
            Showing::Made { held: Some(_), .. } => "approver-made-held-heading",
            Showing::Over => "approver-over-heading",
        }
    }

    const fn lead(&self) -> &'static str {
        match self.stands {
            Showing::None(_) => "approver-new-lead",
            Showing::Open { .. } => "approver-open-lead",
            Showing::Made { held: None, .. } => "approver-made-lead",
            Showing::Made { held: Some(_), .. } => "approver-made-held-lead",
            Showing::Over => "approver-over-lead",
        }
    }

    const fn is_open(&self) -> bool {
        matches!(self.stands, Showing::Open { .. })
    }
}

/// GET and POST `/sign-in/approval`: asks for an address.
#[derive(Clone, Debug, Template)]
#[template(path = "approval_ask.html", whitespace = "minimize")]
pub struct ApprovalAsk<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// GET `/approval/<id>`: the browser that asked shows the number.
#[derive(Clone, Debug, Template)]
#[template(path = "approval.html", whitespace = "minimize")]
pub struct ApprovalPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Which, as in the path; the same form for all of them.
    pub id: &'a str,
    /// Where it goes on to afterwards.
    pub to: Option<&'a str>,
    /// How it stands.
    pub stands: Asked,
    /// Where another way begins.
    pub other: &'a str,
}

/// How an approval stands for the browser that asked.
#[derive(Clone, Debug)]
pub enum Asked {
    /// It waits.
    Waiting {
        /// The number, in groups.
        number: String,
        /// Until when.
        until: Moment,
    },
    /// It was approved.
    Approved,
    /// Nothing comes of it.
    Over,
}

impl ApprovalPage<'_> {
    const fn heading(&self) -> &'static str {
        match self.stands {
            Asked::Waiting { .. } => "approval-heading",
            Asked::Approved => "approval-approved-heading",
            Asked::Over => "approval-over-heading",
        }
    }

    const fn lead(&self) -> &'static str {
        match self.stands {
            Asked::Waiting { .. } => "approval-lead",
            Asked::Approved => "approval-approved-lead",
            Asked::Over => "approval-over-lead",
        }
    }

    const fn is_waiting(&self) -> bool {
        matches!(self.stands, Asked::Waiting { .. })
    }

    /// This page once more.
    fn again(&self) -> String {
        match self.to {
            Some(to) => format!("/approval/{}?{}", self.id, wire::form::encode([("to", to)])),
            None => format!("/approval/{}", self.id),
        }
    }
}

/// The section about approvers on `/account/authenticators`.
#[derive(Clone, Debug)]
pub struct ApproverSection {
    /// Each of them, the oldest first.
    pub lines: Vec<crate::view::authenticators::PasskeyLine>,
    /// Whether one can be added.
    pub open: bool,
}
