//! From the bytes of a record to the event: texts that come again and again are kept once.
//!
//! The memory is a table in which a text has one place; another text with that place takes it. So it is bounded, nothing has
//! to be evicted, and whoever writes the records cannot make it slow.

use wire::foreign::{Row, What};
use wire::http::user_agent::Browser;

use super::{Act, Device, Did, Handle, Imported, Place, SignIn, Word};
use crate::event::Event;
use crate::source::Source;
use crate::time::Time;

/// Places of texts; users of a large organisation have room.
const TEXTS: usize = 1 << 15;
/// Places of programs.
const PROGRAMS: usize = 1 << 10;

/// The texts that were seen lately. One for each thread that reads.
#[derive(Debug)]
pub struct Words {
    texts: Vec<Option<Word>>,
    programs: Vec<Option<(Word, Browser)>>,
}

impl Default for Words {
    fn default() -> Self {
        Self { texts: vec![None; TEXTS], programs: vec![None; PROGRAMS] }
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
        if text.chars().any(char::is_uppercase) { self.word(&text.to_lowercase()) } else { self.word(text) }
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
        let place = (row.country.is_some() || row.city.is_some()).then(|| Place {
            country: row.country.map(|text| self.word(text)),
            city: row.city.map(|text| self.word(text)),
            at: row.coordinates,
        });
        let device = row.device.map(|device| Device {
            id: device.id.map(|text| self.handle(text)),
            name: device.name.map(|text| self.word(text)),
            system: device.system.map(|text| self.word(text)),
            browser: device.browser.map(|text| self.word(text)),
            managed: device.managed,
            compliant: device.compliant,
            trust: device.trust.map(|text| self.word(text)),
        });
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

    fn sign_in(&mut self, row: &wire::foreign::SignIn<'_>) -> SignIn {
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

    fn act(&mut self, row: &wire::foreign::Act<'_>) -> Act {
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

/// The place of a text.
fn spot(text: &str, places: usize) -> usize {
    let (whole, rest) = text.as_bytes().as_chunks::<8>();
    let rest =
        rest.iter().fold(u64::try_from(text.len()).unwrap_or(0), |sum, byte| sum << 8 | u64::from(*byte));
    let mixed = whole.iter().fold(rest, |sum, chunk| mix(sum, u64::from_le_bytes(*chunk)));
    usize::try_from(mix(mixed, rest) >> 32).unwrap_or(0) % places
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
