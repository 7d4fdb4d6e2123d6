//! From the bytes of a record to the event: texts that come again and again are kept once.
//!
//! The memory is a table in which a text has one place; another text with that place takes it. So it is bounded, nothing has
//! to be evicted, and whoever writes the records cannot make it slow.

use wire::foreign::{self, Row, What};
use wire::http::user_agent::Browser;

use super::{Act, Common, Device, Did, Handle, Imported, Place, SignIn, Word};
use crate::event::Event;
use crate::source::Source;
use crate::time::Time;

/// Places of texts; users of a large organisation have room.
const TEXTS: usize = 1 << 15;
/// Places of programs.
const PROGRAMS: usize = 1 << 10;
/// Places of devices.
const DEVICES: usize = 1 << 13;
/// Places of towns.
const TOWNS: usize = 1 << 12;

/// The texts that were seen lately. One for each thread that reads.
#[derive(Debug)]
pub struct Words {
    texts: Vec<Option<Word>>,
    programs: Vec<Option<(Word, Browser)>>,
    devices: Vec<Option<Common<Device>>>,
    towns: Vec<Option<Common<Place>>>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            texts: vec![None; TEXTS],
            programs: vec![None; PROGRAMS],
            devices: vec![None; DEVICES],
            towns: vec![None; TOWNS],
        }
    }
}

impl Words {
    /// The text as a word, the same one as before if it was seen lately.
    pub fn word(&mut self, text: &str) -> Word {
        let Some(place) = self.texts.get_mut(spot(text, TEXTS)) else { return Word::new(text) };
        match place {
            Some(known) if known.as_str() == text => known.clone(),
            place => place.insert(Word::new(text)).clone(),
        }
    }

    /// An identifier.
    pub fn handle(&mut self, text: &str) -> Handle {
        Handle::guid(text).unwrap_or_else(|| Handle::Text(self.word(text)))
    }

    /// What a program calls itself, and which browser that is.
    fn program(&mut self, text: &str) -> (Word, Browser) {
        let Some(place) = self.programs.get_mut(spot(text, PROGRAMS)) else {
            return (Word::new(text), Browser::parse(text));
        };
        match place {
            Some(known) if known.0.as_str() == text => known.clone(),
            place => place.insert((Word::new(text), Browser::parse(text))).clone(),
        }
    }

    /// The name of a user in small letters: systems write it as it was typed.
    fn user(&mut self, text: &str) -> Word {
        let text = text.trim();
        let large = |byte: u8| byte.is_ascii_uppercase() || !byte.is_ascii();
        if text.bytes().any(large) && text.chars().any(char::is_uppercase) {
            self.word(&text.to_lowercase())
        } else {
            self.word(text)
        }
    }

    /// A device, the same one as before if it was seen lately and nothing about it is new.
    fn device(&mut self, row: &foreign::Device<'_>) -> Common<Device> {
        let texts = [row.id, row.name, row.system, row.browser, row.trust];
        let spot = place_of(together(texts), DEVICES);
        if let Some(Some(known)) = self.devices.get(spot)
            && is_this(known.id.as_ref(), row.id)
            && known.name.as_deref() == row.name
            && known.system.as_deref() == row.system
            && known.browser.as_deref() == row.browser
            && known.trust.as_deref() == row.trust
            && (known.managed, known.compliant) == (row.managed, row.compliant)
        {
            return known.clone();
        }
        let device = Common::from(Device {
            id: row.id.map(|text| self.handle(text)),
            name: row.name.map(|text| self.word(text)),
            system: row.system.map(|text| self.word(text)),
            browser: row.browser.map(|text| self.word(text)),
            managed: row.managed,
            compliant: row.compliant,
            trust: row.trust.map(|text| self.word(text)),
        });
        if let Some(place) = self.devices.get_mut(spot) {
            *place = Some(device.clone());
        }
        device
    }

    /// Where an address is used, if anything is told of it; the same as before if it was seen lately.
    fn town(&mut self, row: &Row<'_>) -> Option<Common<Place>> {
        if row.country.is_none() && row.city.is_none() {
            return None;
        }
        let (north, east) = row.coordinates.unwrap_or_default();
        let at = u64::from(north.cast_unsigned()) << 32 | u64::from(east.cast_unsigned());
        let spot = place_of(mix(together([row.country, row.city]), at), TOWNS);
        if let Some(Some(known)) = self.towns.get(spot)
            && known.country.as_deref() == row.country
            && known.city.as_deref() == row.city
            && known.at == row.coordinates
        {
            return Some(known.clone());
        }
        let town = Common::from(Place {
            country: row.country.map(|text| self.word(text)),
            city: row.city.map(|text| self.word(text)),
            at: row.coordinates,
        });
        if let Some(place) = self.towns.get_mut(spot) {
            *place = Some(town.clone());
        }
        Some(town)
    }

    /// The event that a record becomes.
    pub fn event(&mut self, row: &Row<'_>) -> Event {
        let at = Time::from_micros(row.at);
        let user = self.user(row.user.or(row.user_id).unwrap_or_default());
        let program = row.agent.map(|agent| self.program(agent));
        let source = row.address.map(|address| Source {
            address: Some(address),
            browser: program.as_ref().map_or_else(|| Browser::parse(""), |(_, browser)| *browser),
        });
        let mut handle = |text: Option<&str>| text.map(|text| self.handle(text));
        let record = handle(row.id).unwrap_or_else(|| nameless(row));
        let (user_id, session, correlation) =
            (handle(row.user_id), handle(row.session), handle(row.correlation));
        let (token, app, resource) = (handle(row.token), handle(row.app), handle(row.resource));
        let what = match &row.what {
            What::SignIn(sign_in) => Did::SignIn(self.sign_in(sign_in)),
            What::Act(act) => Did::Act(self.act(act)),
        };
        let place = self.town(row);
        let device = row.device.as_ref().map(|device| self.device(device));
        let imported = Imported {
            record,
            user_id,
            session,
            correlation,
            token,
            app,
            app_name: row.app_name.map(|text| self.word(text)),
            resource,
            resource_name: row.resource_name.map(|text| self.word(text)),
            agent: program.map(|(agent, _)| agent),
            asn: row.asn,
            hosting: row.hosting,
            place,
            device,
            what,
        };
        Event::imported(at, (row.system, user), source, imported)
    }

    fn sign_in(&mut self, row: &foreign::SignIn<'_>) -> SignIn {
        SignIn {
            outcome: row.outcome,
            code: row.code,
            detail: row.detail.map(|text| self.word(text)),
            interactive: row.interactive,
            protocol: row.protocol,
            transfer: row.transfer,
            presented: row.presented,
            password: row.password,
            factor: row.factor.map(|text| self.word(text)),
            access: row.access,
            risk: row.risk,
            times: row.times,
        }
    }

    fn act(&mut self, row: &foreign::Act<'_>) -> Act {
        Act {
            operation: row.operation,
            name: self.word(row.name),
            done: row.done,
            target: row.target.map(|text| self.word(text)),
            target_user: row.target_user.map(|text| self.user(text)),
            modified: row
                .modified
                .iter()
                .map(|(name, value)| (self.word(name), self.word(cut(value))))
                .collect(),
        }
    }
}

/// Longest value of a changed property that is kept, in bytes.
const LONGEST_VALUE: usize = 512;

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST_VALUE.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// An identifier for a record that has none: the same record has the same one.
fn nameless(row: &Row<'_>) -> Handle {
    let address = row.address.map_or_else(String::new, |address| address.to_string());
    let text = format!("{} {:?} {} {:?}", row.at, row.user, address, row.what);
    let mark = u128::from_be_bytes(Handle::Text(Word::new(&text)).mark());
    Handle::Text(Word::new(&format!("no-id-{:016x}", mark >> 64)))
}

/// Whether an identifier is the one in a text.
fn is_this(known: Option<&Handle>, text: Option<&str>) -> bool {
    match (known, text) {
        (Some(Handle::Text(word)), Some(text)) => word.as_str() == text,
        (Some(guid), Some(text)) => Handle::guid(text).is_some_and(|other| *guid == other),
        (known, text) => known.is_none() && text.is_none(),
    }
}

/// The place of a text.
fn spot(text: &str, places: usize) -> usize {
    place_of(mixed(text), places)
}

fn place_of(mixed: u64, places: usize) -> usize {
    usize::try_from(mixed >> 32).unwrap_or(0) % places
}

/// Several texts, mixed.
fn together<const N: usize>(texts: [Option<&str>; N]) -> u64 {
    texts.into_iter().flatten().fold(0, |sum, text| mix(sum, mixed(text)))
}

/// The bytes of a text, mixed.
fn mixed(text: &str) -> u64 {
    let (whole, rest) = text.as_bytes().as_chunks::<8>();
    let rest =
        rest.iter().fold(u64::try_from(text.len()).unwrap_or(0), |sum, byte| sum << 8 | u64::from(*byte));
    let mixed = whole.iter().fold(rest, |sum, chunk| mix(sum, u64::from_le_bytes(*chunk)));
    mix(mixed, rest)
}

const fn mix(a: u64, b: u64) -> u64 {
    let mixed = (a ^ b.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use wire::foreign::{Arena, Read, read};

    use super::*;

    #[test]
    fn texts_that_come_again_are_kept_once_and_memory_is_bounded() {
        let mut words = Words::default();
        let first = words.word("Microsoft Teams");
        assert!(std::ptr::eq(first.as_str(), words.word("Microsoft Teams").as_str()));
        let users: Vec<String> = (0..100_000).map(|n| format!("user{n:05}@contoso.example")).collect();
        for user in &users {
            assert_eq!(words.word(user).as_str(), user);
        }
        assert_eq!(words.texts.len(), TEXTS);
        let spread: std::collections::HashSet<usize> = users.iter().map(|user| spot(user, TEXTS)).collect();
        assert!(spread.len() > TEXTS * 8 / 10, "{}", spread.len());
    }

    #[test]
    fn a_device_and_a_place_that_come_again_are_kept_once_and_never_mistaken_for_others() {
        let texts = [
            None,
            Some(""),
            Some("a"),
            Some("9c10cbc2-5649-4a4e-828b-acfac231cc17"),
            Some("9C10CBC2-5649-4A4E-828B-ACFAC231CC17"),
        ];
        let mut words = Words::default();
        for n in 0..5_usize.pow(4) {
            let text = |at: u32| texts[n / 5_usize.pow(at) % 5];
            let row = foreign::Device {
                id: text(0),
                name: text(1),
                trust: text(2),
                managed: text(3).map(str::is_empty),
                ..foreign::Device::default()
            };
            let device = words.device(&row);
            assert_eq!(device.id, row.id.map(Handle::new), "{row:?}");
            assert_eq!((device.name.as_deref(), device.trust.as_deref()), (row.name, row.trust));
            assert_eq!((device.system.as_ref(), device.managed), (None, row.managed));
            assert!(std::ptr::eq(&raw const *device, &raw const *words.device(&row)));
        }
        let arena = Arena::default();
        let bytes = br#"{"createdDateTime":"2026-09-01T00:03:52Z","userPrincipalName":"a@b.example","status":{"errorCode":0}}"#;
        let Read::Row(mut row) = read(bytes, &arena).unwrap() else { panic!("no row") };
        assert_eq!(words.town(&row), None);
        for (country, city, at) in [
            (Some("AT"), None, None),
            (None, Some("AT"), None),
            (Some("AT"), Some("Wien"), Some((0, 0))),
            (Some("AT"), Some("Wien"), None),
            (Some("AT"), Some("Wien"), Some((48_200, -16_300))),
        ] {
            (row.country, row.city, row.coordinates) = (country, city, at);
            let town = words.town(&row).unwrap();
            assert_eq!((town.country.as_deref(), town.city.as_deref(), town.at), (country, city, at));
            assert!(std::ptr::eq(&raw const *town, &raw const *words.town(&row).unwrap()));
        }
    }

    #[test]
    fn a_record_becomes_an_event_with_all_that_it_says() {
        let text =
            br#"{"id":"9C10CBC2-5649-4A4E-828B-ACFAC231CC17","createdDateTime":"2026-09-01T00:03:52.880Z",
            "userPrincipalName":"User00043@Contoso.example","userId":"5b507fdc-0d53-45d2-9c72-f57f3422dc67",
            "appDisplayName":"Outlook","ipAddress":"95.126.124.146","userAgent":"curl/8","sessionId":"mob2c",
            "status":{"errorCode":50126},"location":{"countryOrRegion":"US","geoCoordinates":{"latitude":30.3,
            "longitude":-97.7}},"isInteractive":true,"authenticationProtocol":"none"}"#;
        let arena = Arena::default();
        let Read::Row(row) = read(text, &arena).unwrap() else { panic!("no row") };
        let event = Words::default().event(&row);
        assert_eq!(event.at.micros(), 1_788_221_032_880_000);
        let record = event.record().unwrap();
        assert_eq!(record.record.to_string(), "9c10cbc2-5649-4a4e-828b-acfac231cc17");
        assert_eq!(record.session, Some(Handle::new("mob2c")));
        assert_eq!(record.place.as_ref().unwrap().at, Some((30_300, -97_700)));
        assert_eq!(event.address(), "95.126.124.146".parse().ok());
        let sign_in = record.sign_in().unwrap();
        assert_eq!((sign_in.code, sign_in.password), (Some(50_126), Some(false)));
        let crate::event::Subject::Foreign { user, .. } = &event.subject else { panic!("no user") };
        assert_eq!(user.as_str(), "user00043@contoso.example");
    }

    #[test]
    fn a_record_without_an_identifier_has_the_same_one_each_time() {
        let text = br#"{"createdDateTime":"2026-09-01T00:03:52Z","userPrincipalName":"a@b.example","status":{"errorCode":0}}"#;
        let arena = Arena::default();
        let Read::Row(row) = read(text, &arena).unwrap() else { panic!("no row") };
        let mut words = Words::default();
        assert_eq!(words.event(&row).id, words.event(&row).id);
        assert!(words.event(&row).record().unwrap().record.to_string().starts_with("no-id-"));
    }
}
