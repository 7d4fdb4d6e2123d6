//! The apps that may use the account.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::oauth::Wanted;
use crate::view::source::SourceLine;

/// GET `/account/grants`.
#[derive(Clone, Debug, Template)]
#[template(path = "grants.html", whitespace = "minimize")]
pub struct Grants<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether one was ended before this page was shown.
    pub ended: bool,
    /// Whether one was confirmed before this page was shown.
    pub confirmed: bool,
    /// The apps, the newest first.
    pub apps: Vec<AppLine>,
    /// Where the page before this one is.
    pub newer: Option<String>,
    /// Where the next page is.
    pub older: Option<String>,
}

/// GET `/account/grants/<id>`: one app, and each time that it was allowed in.
#[derive(Clone, Debug, Template)]
#[template(path = "grants_of_app.html", whitespace = "minimize")]
pub struct GrantsOfApp<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether one was ended before this page was shown.
    pub ended: bool,
    /// The app.
    pub app: AppLine,
    /// Each permission, the newest first.
    pub grants: Vec<GrantLine>,
    /// Where the page before this one is.
    pub newer: Option<String>,
    /// Where the next page is.
    pub older: Option<String>,
}

/// How a permission came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a browser that was signed in.
    Browser,
    /// For a device, that far from the person.
    Device(Near),
    /// For a program on the person's own machine, which brought its code from that far.
    Loopback(Near),
}

/// How near something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// In the same network.
    Here,
    /// In another one.
    Elsewhere,
    /// Nobody can tell.
    Unknown,
}

/// What is worth less for now.
#[derive(Clone, Debug)]
pub struct Provisional {
    /// Which permission, as in the path that confirms it.
    pub id: String,
    /// When it becomes whole by itself.
    pub until: Option<Moment>,
}

/// How and where a permission came about.
#[derive(Clone, Debug)]
pub struct Came {
    /// How.
    pub origin: Origin,
    /// Whether it was in the session that reads the page.
    pub this: bool,
    /// Where.
    pub source: Option<SourceLine>,
}

impl Came {
    /// The text of how.
    pub(crate) const fn text(&self) -> &'static str {
        match (self.origin, self.this) {
            (Origin::Device(Near::Here), _) => "grant-by-device",
            (Origin::Device(Near::Elsewhere), _) => "grant-by-device-elsewhere",
            (Origin::Device(Near::Unknown), _) => "grant-by-device-unknown",
            (Origin::Loopback(Near::Here), _) => "grant-by-program",
            (Origin::Loopback(Near::Elsewhere), _) => "grant-by-program-elsewhere",
            (Origin::Loopback(Near::Unknown), _) => "grant-by-program-unknown",
            (Origin::Browser, true) => "grant-here",
            (Origin::Browser, false) => "grant-by-browser",
        }
    }
}

/// One app, with everything it was allowed taken together.
#[derive(Clone, Debug)]
pub struct AppLine {
    /// Its newest permission, as in the paths of the app.
    pub id: String,
    /// What the client is called.
    pub name: String,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// The host that it is at; none for an app on a device.
    pub host: Option<String>,
    /// What it may do.
    pub wanted: Vec<Wanted>,
    /// At which services.
    pub resources: Vec<String>,
    /// How the newest permission came about.
    pub came: Came,
    /// How many permissions there are: one for each time that somebody signed in there.
    pub grants: u32,
    /// When the first of them was given.
    pub given: Moment,
    /// When any was last used.
    pub used: Moment,
    /// When the last of them ends if none is used any more.
    pub ends: Moment,
    /// Whether the newest is worth less for now.
    pub provisional: Option<Provisional>,
}

/// One permission.
#[derive(Clone, Debug)]
pub struct GrantLine {
    /// Its identifier, as in the path that ends it.
    pub id: String,
    /// What it opens.
    pub wanted: Vec<Wanted>,
    /// At which services.
    pub resources: Vec<String>,
    /// How it came about.
    pub came: Came,
    /// When it was given.
    pub given: Moment,
    /// When it was last used.
    pub used: Moment,
    /// When it ends if it is not used any more.
    pub ends: Moment,
    /// Whether it is worth less for now.
    pub provisional: Option<Provisional>,
}
