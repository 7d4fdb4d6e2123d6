//! Every answer that is not what was asked for: a status, a page for the person, a line in the log.

use axum::response::{IntoResponse, Response};
use model::fault::Fault;

use crate::view::trouble::Trouble as Shown;

/// What went wrong. Carried to the edge as an extension, where the page is drawn with the visitor's frame.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// There is no such page.
    NotFound,
    /// The path is there, the method is not.
    WrongMethod,
    /// The page belongs to operators.
    NotYours,
    /// The request was made by another site.
    CrossSite,
    /// The form is older than the browser's cookie, or was not ours.
    FormExpired,
    /// The request could not be read.
    Malformed,
    /// The request is too large.
    TooLarge,
    /// The request was meant for another host.
    Misdirected,
    /// Too much at once, or something that may pass.
    Busy,
    /// Nobody knows whether it was done: the answer of the database was lost.
    Unsure,
    /// Something of ours broke; the cause chain is for the log.
    Fault(String),
    /// Nobody is signed in: not an error page, but the way to the sign-in page.
    SignInFirst,
    /// Whoever is signed in must prove it once more: the way to the page that asks, and on from there.
    ConfirmFirst(String),
    /// The operator's pages ask for more than the account owns.
    PasskeyFirst,
    /// The app takes no way of signing in that was used.
    OtherWay,
}

impl Trouble {
    /// A fault of the store, as the person meets it.
    pub(crate) fn fault(fault: &Fault) -> Self {
        if fault.is_unsure() {
            tracing::warn!(cause = %fault.chain(), "nobody knows whether this was kept");
            Self::Unsure
        } else if fault.may_pass() {
            tracing::warn!(cause = %fault.chain(), "a passing fault");
            Self::Busy
        } else {
            Self::Fault(fault.chain())
        }
    }

    /// What the page says.
    pub(crate) const fn shown(&self) -> Shown {
        match self {
            Self::NotFound | Self::Misdirected | Self::SignInFirst | Self::ConfirmFirst(_) => Shown::NotFound,
            Self::WrongMethod => Shown::WrongMethod,
            Self::NotYours => Shown::NotYours,
            Self::PasskeyFirst => Shown::PasskeyFirst,
            Self::OtherWay => Shown::OtherWay,
            Self::CrossSite => Shown::CrossSite,
            Self::FormExpired => Shown::FormExpired,
            Self::Malformed => Shown::Malformed,
            Self::TooLarge => Shown::TooLarge,
            Self::Busy => Shown::Busy { seconds: 5 },
            Self::Unsure => Shown::Unsure,
            Self::Fault(_) => Shown::OurFault,
        }
    }

    /// The status of the answer.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Misdirected => 421,
            Self::SignInFirst | Self::ConfirmFirst(_) => 303,
            _ => self.shown().status(),
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::fault(&fault)
    }
}

impl From<model::entropy::NoEntropy> for Trouble {
    fn from(cause: model::entropy::NoEntropy) -> Self {
        Self::fault(&Fault::from(cause))
    }
}

impl From<wire::Malformed> for Trouble {
    fn from(_: wire::Malformed) -> Self {
        Self::Malformed
    }
}

impl IntoResponse for Trouble {
    /// A bare answer that carries the trouble; `headers::finish` puts the page into it.
    fn into_response(self) -> Response {
        let mut response = Response::new(axum::body::Body::empty());
        *response.status_mut() = http::StatusCode::from_u16(self.status()).unwrap_or_default();
        response.extensions_mut().insert(self);
        response
    }
}
