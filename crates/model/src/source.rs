//! Where a request came from: a network address and a kind of browser, nothing in the asker's own words.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use wire::http::user_agent::{Browser, Family, System};

use crate::policy::KeepAddresses;

/// Where a request came from. "Origin" is the web's word for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The network address, as far as policy keeps it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<IpAddr>,
    /// The kind of browser, in words of ours.
    #[serde(serialize_with = "write_browser", deserialize_with = "read_browser")]
    pub browser: Browser,
}

impl Source {
    /// The source as it may be kept on the record.
    #[must_use]
    pub fn kept(self, keep: KeepAddresses) -> Self {
        let address = match keep {
            KeepAddresses::Full => self.address,
            KeepAddresses::Network => self.address.map(network),
            KeepAddresses::None => None,
        };
        Self { address, browser: self.browser }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// A browser as one stable word: `firefox/linux`.
#[must_use]
pub fn browser_code(browser: Browser) -> String {
    format!("{}/{}", browser.family.code(), browser.system.code())
}

/// Reads [`browser_code`]; what is not known any more becomes "other".
#[must_use]
pub fn browser_from_code(code: &str) -> Browser {
    let (family, system) = code.split_once('/').unwrap_or((code, ""));
    Browser {
        family: Family::from_code(family).unwrap_or(Family::Other),
        system: System::from_code(system).unwrap_or(System::Other),
    }
}

fn write_browser<S: Serializer>(browser: &Browser, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&browser_code(*browser))
}

fn read_browser<'de, D: Deserializer<'de>>(from: D) -> Result<Browser, D::Error> {
    String::deserialize(from).map(|code| browser_from_code(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_decides_how_much_of_an_address_is_kept() {
        let browser = browser_from_code("firefox/linux");
        let kept = |text: &str, keep| {
            let source = Source { address: Some(text.parse().unwrap()), browser }.kept(keep);
            source.address.map(|address| address.to_string())
        };
        assert_eq!(kept("192.0.2.77", KeepAddresses::Network).as_deref(), Some("192.0.2.0"));
        assert_eq!(kept("2001:db8:1:2::9", KeepAddresses::Network).as_deref(), Some("2001:db8:1::"));
        assert_eq!(kept("192.0.2.77", KeepAddresses::Full).as_deref(), Some("192.0.2.77"));
        assert_eq!(kept("192.0.2.77", KeepAddresses::None), None);
    }

    #[test]
    fn a_browser_survives_its_code() {
        assert_eq!(browser_code(browser_from_code("firefox/linux")), "firefox/linux");
        assert_eq!(browser_code(browser_from_code("nonsense")), "other/other");
    }
}
