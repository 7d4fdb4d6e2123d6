//! Every page in every state, filled with invented values: for the tests, for previews, for screenshots.

use std::net::IpAddr;

use askama::Template;
use jiff::tz::TimeZone;
use model::place::{Atlas, Near};
use model::time::{DAY, HOUR, MINUTE, SECOND, Time};
use model::voice::Voice;

use crate::view::frame::{AccountBadge, Frame, Place};
use crate::view::moment::{Calendar, Moment};
use crate::view::source::{BrowserName, SourceLine};

mod account;
mod activity;
mod addresses;
mod approving;
mod changes;
mod devices;
mod doorbell;
mod doors;
mod explaining;
mod gate;
mod grants;
mod operator;
mod others;
mod own;
mod passwords;
mod proofs;
mod recovery;
mod undo;
mod watch;

/// A page that was drawn: its name and its HTML.
pub type Drawn = (&'static str, Result<String, askama::Error>);

/// Draws every page in every state with the texts of `voice`.
#[must_use]
pub fn all(voice: &Voice) -> Vec<Drawn> {
    let zone = TimeZone::get("Europe/Vienna").unwrap_or(TimeZone::UTC);
    let stage = Stage { voice, calendar: Calendar::new(voice, &zone, NOW) };
    let mut pages = Vec::new();
    doors::draw(&stage, &mut pages);
    account::draw(&stage, &mut pages);
    activity::draw(&stage, &mut pages);
    addresses::draw(&stage, &mut pages);
    operator::draw(&stage, &mut pages);
    approving::draw(&stage, &mut pages);
    devices::draw(&stage, &mut pages);
    doorbell::draw(&stage, &mut pages);
    explaining::draw(&stage, &mut pages);
    gate::draw(&stage, &mut pages);
    grants::draw(&stage, &mut pages);
    others::draw(&stage, &mut pages);
    own::draw(&stage, &mut pages);
    proofs::draw(&stage, &mut pages);
    passwords::draw(&stage, &mut pages);
    recovery::draw(&stage, &mut pages);
    undo::draw(&stage, &mut pages);
    watch::draw(&stage, &mut pages);
    pages
}

// 2026-05-12T07:20:00Z
const NOW: Time = Time::from_micros(1_778_570_400 * SECOND);

struct Stage<'a> {
    voice: &'a Voice,
    calendar: Calendar<'a>,
}

impl<'a> Stage<'a> {
    fn outside(&self) -> Frame<'a> {
        Frame {
            voice: self.voice,
            site_name: "Linden Library",
            site_host: "account.linden.example",
            css_href: "style.css",
            script_href: "page.js",
            passkey_href: "passkey.js",
            doorbell_href: "doorbell.js",
            icon_href: "icon.svg",
            operator_css: None,
            logo: None,
            signed_in: None,
            csrf: "c3RhdGVsZXNzLWFuZC1pbnZlbnRlZA",
            place: Place::Elsewhere,
            atlas: &Invented,
        }
    }

    fn inside(&self, place: Place) -> Frame<'a> {
        let badge =
            AccountBadge { address: "anna@linden.example", operator: place == Place::Operator, waiting: 0 };
        Frame { signed_in: Some(badge), place, ..self.outside() }
    }

    fn ago(&self, micros: i64) -> Moment {
        self.calendar.moment(before(micros))
    }

    fn ahead(&self, micros: i64) -> Moment {
        self.ago(-micros)
    }
}

/// Invented places for invented addresses.
#[derive(Debug)]
struct Invented;

impl Atlas for Invented {
    fn near(&self, address: IpAddr) -> Near {
        let named = |name: &str| Some(name.to_owned());
        if matches!(address, IpAddr::V6(address) if address.segments().get(2) == Some(&0x77)) {
            return Near { country: named("Iceland"), ..Near::default() };
        }
        match address.to_string().as_str() {
            "198.51.100.23" => {
                Near { city: named("Vienna"), country: named("Austria"), network: named("Danube Telecom") }
            }
            "198.51.100.99" => Near { city: named("Hill Valley"), ..Near::default() },
            _ => Near::default(),
        }
    }
}

fn before(micros: i64) -> Time {
    Time::from_micros(NOW.micros().saturating_sub(micros))
}

fn put<T: Template>(pages: &mut Vec<Drawn>, name: &'static str, page: &T) {
    pages.push((name, page.render()));
}

const FIREFOX: BrowserName = BrowserName { family: Some("Firefox"), system: Some("Linux") };
const SAFARI: BrowserName = BrowserName { family: Some("Safari"), system: Some("iOS") };
const CHROME: BrowserName = BrowserName { family: Some("Chrome"), system: Some("Windows") };
const NOTHING: BrowserName = BrowserName { family: None, system: None };

fn source(browser: BrowserName, address: &str, known: Option<bool>) -> SourceLine {
    SourceLine { address: address.parse().ok(), browser, known }
}

fn home(known: Option<bool>) -> SourceLine {
    source(FIREFOX, "198.51.100.23", known)
}

fn stranger() -> SourceLine {
    source(CHROME, "2001:db8:77:4a01:9c2e:11ff:fe04:ab19", Some(false))
}
