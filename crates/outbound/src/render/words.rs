//! Values in words: times, browsers and addresses as a mail says them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::message::Message;
use model::source::Source;
use model::time::Time;
use model::voice::Argument;
use wire::http::user_agent::{Browser, Family, System};
use wire::mail::mailbox::Mailbox;

use super::layout::Fact;
use crate::letter::Unwritable;
use crate::letterhead::Letterhead;

/// The words and the zone of a letterhead.
pub(super) struct Words<'a> {
    /// What all mails share.
    pub(super) head: &'a Letterhead,
}

const MONTHS: [&str; 12] = [
    "mail-month-1",
    "mail-month-2",
    "mail-month-3",
    "mail-month-4",
    "mail-month-5",
    "mail-month-6",
    "mail-month-7",
    "mail-month-8",
    "mail-month-9",
    "mail-month-10",
    "mail-month-11",
    "mail-month-12",
];

impl<'a> Words<'a> {
    pub(super) const fn new(head: &'a Letterhead) -> Self {
        Self { head }
    }

    /// The text `id`, which takes no arguments.
    pub(super) fn say(&self, id: &str) -> String {
        self.head.voice.say(id).into_owned()
    }

    /// The text `id` with the site's name and host, and `more`, filled in.
    pub(super) fn fill(&self, id: &str, more: &[Argument<'_>]) -> String {
        let mut arguments =
            vec![("site", self.head.site_name.as_str().into()), ("host", self.head.host.as_str().into())];
        arguments.extend(more.iter().cloned());
        self.head.voice.fill(id, &arguments)
    }

    /// A fact with the name `id`.
    pub(super) fn fact(&self, id: &str, value: String) -> Fact {
        Fact { name: self.say(id), value }
    }

    /// "12 May 2026, 03:14 CEST (01:14 UTC)"; the day again where it is another one in UTC.
    pub(super) fn moment(&self, at: Time) -> Result<String, Unwritable> {
        let at = Timestamp::from_microsecond(at.micros()).map_err(|_| Unwritable::Calendar)?;
        let local = at.to_zoned(self.head.time_zone.clone());
        let utc = at.to_zoned(TimeZone::UTC);
        let zone = local.strftime("%Z").to_string();
        let words = self.head.voice.fill(
            "mail-moment",
            &[
                ("day", local.day().into()),
                ("month", self.month(&local).into()),
                ("year", local.year().to_string().into()),
                ("time", clock(&local).into()),
                ("zone", zone.as_str().into()),
            ],
        );
        if zone == "UTC" {
            return Ok(words);
        }
        let other_day = local.date() != utc.date();
        Ok(self.head.voice.fill(
            if other_day { "mail-moment-utc-day" } else { "mail-moment-utc" },
            &[
                ("local", words.into()),
                ("day", utc.day().into()),
                ("month", self.month(&utc).into()),
                ("year", utc.year().to_string().into()),
                ("time", clock(&utc).into()),
            ],
        ))
    }

    /// "03:14 CEST", where the day goes without saying.
    pub(super) fn time_of_day(&self, at: Time) -> Result<String, Unwritable> {
        let at = Timestamp::from_microsecond(at.micros()).map_err(|_| Unwritable::Calendar)?;
        let local = at.to_zoned(self.head.time_zone.clone());
        let zone = local.strftime("%Z").to_string();
        Ok(self.head.voice.fill("sms-time", &[("time", clock(&local).into()), ("zone", zone.into())]))
    }

    /// "Firefox on Linux".
    pub(super) fn browser(&self, browser: Browser) -> String {
        let family = match browser.family {
            Family::Other => None,
            Family::Tool => Some(self.say("mail-browser-tool")),
            family => Some(family.name().to_owned()),
        };
        let system = (browser.system != System::Other).then(|| browser.system.name());
        match (family, system) {
            (Some(family), Some(system)) => {
                self.fill("mail-browser-on", &[("browser", family.into()), ("system", system.into())])
            }
            (Some(family), None) => family,
            (None, Some(system)) => self.fill("mail-browser-unknown-on", &[("system", system.into())]),
            (None, None) => self.say("mail-browser-unknown"),
        }
    }

    /// From which network address something came, and near which place that is: the estimate of the operator's files,
    /// with a word on what it is worth. Nothing where no address is kept.
    pub(super) fn whence(&self, source: &Source) -> Vec<Fact> {
        let Some(address) = source.address else { return Vec::new() };
        let near = self.head.atlas.near(address);
        let shown = address.to_canonical().to_string();
        let shown = match near.network {
            Some(network) => {
                self.fill("mail-network-of", &[("address", shown.into()), ("network", network.into())])
            }
            None => shown,
        };
        let place = match (near.city, near.country) {
            (Some(city), Some(country)) => {
                Some(self.fill("mail-near-city", &[("city", city.into()), ("country", country.into())]))
            }
            (Some(city), None) => Some(self.fill("mail-near-city-alone", &[("city", city.into())])),
            (None, Some(country)) => Some(self.fill("mail-near-country", &[("country", country.into())])),
            (None, None) => None,
        };
        let mut facts = vec![self.fact("mail-network", shown)];
        facts.extend(place.map(|place| self.fact("mail-place", place)));
        facts
    }

    /// The account's name: the recipient's own address, spelled as the account spells it and not as it was typed this
    /// time. And which kind of account it is, so that a mail about a personal one is never taken for one about work
    /// (`threats.md` §5.2 row 44).
    pub(super) fn account(&self, message: &Message) -> Result<Fact, Unwritable> {
        let mailbox = mailbox(message)?;
        let account = ("account", mailbox.identity().into());
        let value = match &message.tenant {
            None => self.fill("mail-account-personal", &[account]),
            Some(tenant) => self.fill("mail-account-of", &[account, ("tenant", tenant.as_str().into())]),
        };
        Ok(self.fact("mail-account", value))
    }

    /// An address that belongs to no account yet. Whoever typed it chose every letter before the `@`
    /// (`name+call-this-number@…` arrives too), so those are not repeated.
    pub(super) fn new_address(&self, message: &Message) -> Result<Fact, Unwritable> {
        let mailbox = mailbox(message)?;
        let domain = ("domain", mailbox.domain().into());
        let words = match &message.tenant {
            None => self.fill("mail-address-open", &[domain]),
            Some(tenant) => self.fill("mail-address-open-of", &[domain, ("tenant", tenant.as_str().into())]),
        };
        Ok(self.fact("mail-address", words))
    }

    fn month(&self, zoned: &Zoned) -> String {
        let index = usize::try_from(zoned.month()).unwrap_or(1).saturating_sub(1);
        self.say(MONTHS.get(index).copied().unwrap_or_default())
    }
}

fn mailbox(message: &Message) -> Result<Mailbox, Unwritable> {
    Mailbox::parse(&message.to).map_err(|_| Unwritable::Recipient)
}

fn clock(zoned: &Zoned) -> String {
    format!("{:02}:{:02}", zoned.hour(), zoned.minute())
}

#[cfg(test)]
mod tests {
    use model::place::{Atlas, Near};
    use model::source::browser_from_code;
    use model::time::SECOND;

    use super::*;
    use crate::render::sample::letterhead;

    fn moment(zone: &str, at: i64) -> Result<String, Unwritable> {
        let head = Letterhead { time_zone: TimeZone::get(zone).unwrap(), ..letterhead() };
        Words::new(&head).moment(Time::from_micros(at))
    }

    #[test]
    fn a_time_is_local_with_its_zone_and_in_utc() {
        // 2026-05-12T01:14:30Z
        let night = 1_778_548_470 * SECOND;
        for (zone, expected) in [
            ("Europe/Vienna", "12 May 2026, 03:14 CEST (01:14 UTC)"),
            ("America/New_York", "11 May 2026, 21:14 EDT (12 May 2026, 01:14 UTC)"),
            ("Europe/London", "12 May 2026, 02:14 BST (01:14 UTC)"),
            ("UTC", "12 May 2026, 01:14 UTC"),
        ] {
            assert_eq!(moment(zone, night).as_deref(), Ok(expected));
        }
        assert_eq!(moment("UTC", i64::MAX), Err(Unwritable::Calendar));
    }

    #[test]
    fn a_place_is_said_as_far_as_it_is_known_and_never_of_an_address_at_home() {
        #[derive(Debug)]
        struct Somewhere(Near);
        impl Atlas for Somewhere {
            fn near(&self, _: std::net::IpAddr) -> Near {
                self.0.clone()
            }
        }
        let said = |near: Near, address: &str| {
            let head = Letterhead { atlas: std::sync::Arc::new(Somewhere(near)), ..letterhead() };
            let address = Some(address.parse().unwrap());
            let source = Source { address, browser: browser_from_code("firefox/linux") };
            let facts = Words::new(&head).whence(&source);
            facts.into_iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect::<Vec<_>>()
        };
        let named = |name: &str| Some(name.to_owned());
        let near = Near { city: named("Vienna"), country: named("Austria"), network: named("A1") };
        assert_eq!(
            said(near, "45.10.1.1"),
            [
                "Network address: 45.10.1.1, a network of A1",
                "Place: near Vienna, Austria (an estimate from the network address)"
            ]
        );
        let near = Near { country: named("Austria"), ..Near::default() };
        assert_eq!(said(near, "45.10.1.1")[1], "Place: in Austria (an estimate from the network address)");
        let near = Near { city: named("Vienna"), ..Near::default() };
        assert_eq!(said(near, "45.10.1.1")[1], "Place: near Vienna (an estimate from the network address)");
        assert_eq!(said(Near::default(), "192.168.1.7"), ["Network address: 192.168.1.7"]);
        let nowhere = Source { address: None, browser: browser_from_code("firefox/linux") };
        assert!(Words::new(&letterhead()).whence(&nowhere).is_empty());
    }

    #[test]
    fn a_browser_is_named_as_far_as_it_was_recognised() {
        let head = letterhead();
        for (code, expected) in [
            ("firefox/linux", "Firefox on Linux"),
            ("samsung-internet/other", "Samsung Internet"),
            ("tool/linux", "A command-line tool on Linux"),
            ("other/ios", "An unrecognised browser on iOS"),
            ("other/other", "An unrecognised browser"),
        ] {
            assert_eq!(Words::new(&head).browser(browser_from_code(code)), expected);
        }
    }
}
