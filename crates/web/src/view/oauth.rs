//! What a person sees of a client's request: the question, the way back, and why there is none.

use askama::Template;

use crate::view::codes_off::Way;
use crate::view::frame::Frame;

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// To know who it is.
    Identity,
    /// What the owner wants to be called.
    Profile,
    /// The mail address.
    Mail,
    /// The telephone number.
    Phone,
    /// To go on while nobody is there.
    Offline,
    /// Something of a service of its own, by its name.
    Other(String),
}

impl Wanted {
    /// In words.
    pub(crate) fn words(&self, frame: &Frame<'_>) -> String {
        match self {
            Self::Identity => frame.say("wanted-identity").into_owned(),
            Self::Profile => frame.say("wanted-profile").into_owned(),
            Self::Mail => frame.say("wanted-mail").into_owned(),
            Self::Phone => frame.say("wanted-phone").into_owned(),
            Self::Offline => frame.say("wanted-offline").into_owned(),
            Self::Other(name) => frame.with("wanted-other", "name", name),
        }
    }
}

/// GET `/oauth/authorize/<reference>`: the question.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html", whitespace = "minimize")]
pub struct Consent<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The request, as in the path that answers it.
    pub reference: &'a str,
    /// What the client is called.
    pub name: &'a str,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// The host that the answer goes to; none for an app on the same device.
    pub host: Option<String>,
    /// The account's address.
    pub address: &'a str,
    /// What the client wants.
    pub wanted: Vec<Wanted>,
    /// At which services.
    pub resources: Vec<String>,
    /// After how many days without use the permission ends.
    pub idle_days: u32,
    /// After how many days it ends in any case.
    pub absolute_days: u32,
}

/// GET `/oauth/authorize/<reference>`, for whoever has proved nothing that the client takes.
#[derive(Clone, Debug, Template)]
#[template(path = "lacking.html", whitespace = "minimize")]
pub struct Lacking<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The request, as in the path that answers it.
    pub reference: &'a str,
    /// What the client is called.
    pub name: &'a str,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// The account's address.
    pub address: &'a str,
    /// What it takes.
    pub takes: Vec<Way>,
    /// Whether it is because the session is provisional.
    pub doubted: bool,
    /// Whether that is so because of the approval by which it began.
    pub approved: bool,
}

impl Lacking<'_> {
    const fn title(&self) -> &'static str {
        if self.doubted { "lacking-doubted-title" } else { "lacking-title" }
    }

    const fn lead(&self) -> &'static str {
        match (self.doubted, self.approved) {
            (_, true) => "lacking-unsure",
            (true, false) => "lacking-doubted",
            (false, false) => "lacking-lead",
        }
    }
}

/// GET `/oauth/logout/<wish>`: whether to sign out.
#[derive(Clone, Debug, Template)]
#[template(path = "logout.html", whitespace = "minimize")]
pub struct Logout<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The wish, as in the path that answers it.
    pub wish: &'a str,
    /// What the client is called, and whether an operator vouches for the name; none where nobody is proved to ask.
    pub client: Option<(&'a str, bool)>,
    /// The account's address.
    pub address: &'a str,
    /// Where the person goes afterwards.
    pub back: Option<Back>,
}

/// Where a person goes who has signed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// To a page at this host.
    Host(String),
    /// To an app on the same device.
    Device,
}

/// The way back to the client.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "onward.html", whitespace = "minimize")]
pub struct Onward<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where to.
    pub location: &'a str,
}

/// The same as a form.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "form_post.html", whitespace = "minimize")]
pub struct FormPost<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where to.
    pub action: &'a str,
    /// What with.
    pub fields: &'a [(String, String)],
}

/// A request that is not in order, where nobody but the person can be told.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "request_refused.html", whitespace = "minimize")]
pub struct RequestRefused<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The code of the protocol.
    pub code: &'a str,
    /// The sentence for the client's developer.
    pub sentence: &'a str,
}
