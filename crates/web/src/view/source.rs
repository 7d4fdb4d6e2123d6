//! Where something came from, in words: a network address and a kind of browser.

use std::net::IpAddr;

use crate::view::frame::Frame;

/// Where a request came from, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The network address, as far as it is kept.
    pub address: Option<IpAddr>,
    /// The kind of browser.
    pub browser: BrowserName,
    /// Whether this browser had signed in to the account before; none where that is not the question.
    pub known: Option<bool>,
}

impl SourceLine {
    /// "near Vienna, Austria": an estimate from the address, where there is a file that makes one.
    #[must_use]
    pub fn place(&self, frame: &Frame<'_>) -> Option<String> {
        let near = frame.atlas.near(self.address?);
        match (near.city, near.country) {
            (Some(city), Some(country)) => {
                Some(frame.fill("near-city", &[("city", city.into()), ("country", country.into())]))
            }
            (Some(city), None) => Some(frame.with("near-city-alone", "city", city)),
            (None, Some(country)) => Some(frame.with("near-country", "country", country)),
            (None, None) => None,
        }
    }

    /// "network of A1 Telekom Austria", where that is known.
    #[must_use]
    pub fn network(&self, frame: &Frame<'_>) -> Option<String> {
        let network = frame.atlas.near(self.address?).network?;
        Some(frame.with("near-network", "network", network))
    }
}

/// A kind of browser, in words that the server chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrowserName {
    /// "Firefox"; none when it was not recognised.
    pub family: Option<&'static str>,
    /// "Windows"; none when it was not recognised.
    pub system: Option<&'static str>,
}

impl BrowserName {
    /// "Android", or "Firefox" where the system was not recognised: what a device is called until its owner says more.
    #[must_use]
    pub fn system_or_family(&self) -> String {
        self.system.or(self.family).unwrap_or_default().to_owned()
    }

    /// "Firefox on Windows".
    #[must_use]
    pub fn words(&self, frame: &Frame<'_>) -> String {
        match (self.family, self.system) {
            (Some(family), Some(system)) => {
                frame.fill("browser-on", &[("browser", family.into()), ("system", system.into())])
            }
            (Some(family), None) => family.to_owned(),
            (None, Some(system)) => frame.with("browser-unknown-on", "system", system),
            (None, None) => frame.say("browser-unknown").into_owned(),
        }
    }
}
