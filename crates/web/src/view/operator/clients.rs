//! The operator's pages about clients.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/operator/clients`.
#[derive(Debug, Template)]
#[template(path = "operator_clients.html", whitespace = "minimize")]
pub struct Clients<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether a client was removed just now.
    pub removed: bool,
    /// Clients by their names.
    pub clients: Vec<ClientLine>,
    /// Where those behind them are, if there are any.
    pub next: Option<String>,
}

/// One client in the list.
#[derive(Clone, Debug)]
pub struct ClientLine {
    /// Where its page is.
    pub href: String,
    /// Its name as it is known by.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Who brought it in.
    pub origin: Origin,
    /// Whether somebody vouches for it.
    pub verified: bool,
    /// How it proves itself, in the words of the standard.
    pub authentication: &'static str,
}

/// Who brought a client in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    Configuration,
    /// An operator.
    Operator,
    /// Itself, by registration.
    Registration,
    /// Itself, by a document.
    Document,
}

impl Origin {
    const fn text(self) -> &'static str {
        match self {
            Self::Configuration => "client-origin-configuration",
            Self::Operator => "client-origin-operator",
            Self::Registration => "client-origin-registration",
            Self::Document => "client-origin-document",
        }
    }
}

/// GET `/operator/clients/one`.
#[derive(Debug, Template)]
#[template(path = "operator_client.html", whitespace = "minimize")]
pub struct OneClient<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What became of what was done here.
    pub said: Option<Said>,
    /// What the list says of it.
    pub line: ClientLine,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// Its pages, as text: nobody is led there from here.
    pub pages: Vec<String>,
    /// How it gets tokens.
    pub grant_types: Vec<&'static str>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// The services that its tokens may be for.
    pub resources: Vec<String>,
    /// The ways of signing in that count there, where not all do.
    pub takes: Vec<&'static str>,
    /// Its secrets.
    pub secrets: Vec<SecretLine>,
    /// When it was made.
    pub made: Moment,
    /// When it was changed last.
    pub changed: Moment,
}

/// A secret of a client.
#[derive(Clone, Debug)]
pub struct SecretLine {
    /// When it was made.
    pub made: Moment,
    /// Until when it holds, if it ends.
    pub until: Option<Moment>,
}

/// What became of what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Somebody vouches for it now.
    Verified,
    /// Nobody does any more.
    Unverified,
    /// It stands in the configuration file, and nothing was done.
    Declared,
}

impl Said {
    const fn text(self) -> &'static str {
        match self {
            Self::Verified => "client-verified",
            Self::Unverified => "client-unverified",
            Self::Declared => "client-wrong-declared",
        }
    }

    const fn is_good(self) -> bool {
        !matches!(self, Self::Declared)
    }
}

impl OneClient<'_> {
    fn is_declared(&self) -> bool {
        self.line.origin == Origin::Configuration
    }
}
