//! An address, of mail or telephone, as the account's name, as a destination, and as something to show.
//!
//! One mailbox has many spellings. Two forms are kept apart: the *identity* decides which account is
//! meant (case and IDN spelling do not matter, everything else does); the *destination* decides whose
//! budget is spent (tags, dots and look-alike letters do not matter either). Merging too much in the
//! second only makes mail scarcer for strangers; the owner's known browsers have their own slots.

use std::time::Duration;

use unicode_security::confusable_detection::skeleton;
use wire::mail::mailbox::Mailbox;
use wire::phone::Phone;

use crate::digest::{Digest, Keys, Of};
use crate::event::AddressKind;
use crate::method::Method;
use crate::name::PrivateName;
use crate::sms;
use crate::time::Time;

/// The providers that ignore dots in the local part, and the name they all share.
const DOTLESS: [(&str, &str); 2] = [("gmail.com", "gmail.com"), ("googlemail.com", "gmail.com")];

/// A parsed address with its two keyed digests.
#[derive(Clone, Debug)]
pub struct Address {
    place: Place,
    identity: Digest,
    destination: Digest,
    /// The private name behind which it stands.
    name: Option<String>,
}

/// Where messages go.
#[derive(Clone, Debug)]
enum Place {
    Mail(Mailbox),
    Phone(Phone),
}

impl Address {
    /// Computes the digests of `mailbox`.
    #[must_use]
    pub fn new(mailbox: Mailbox, keys: &Keys) -> Self {
        let identity = keys.digest(Of::Identity, &[mailbox.identity().as_bytes()]);
        let destination = keys.digest(Of::Destination, &[canonical_destination(&mailbox).as_bytes()]);
        Self { place: Place::Mail(mailbox), identity, destination, name: None }
    }

    /// Computes the digests of a telephone number, which has one spelling only.
    #[must_use]
    pub fn of_phone(phone: Phone, keys: &Keys) -> Self {
        let identity = keys.digest(Of::Identity, &[phone.as_str().as_bytes()]);
        let destination = keys.digest(Of::Destination, &[sms::canonical_destination(&phone).as_bytes()]);
        Self { place: Place::Phone(phone), identity, destination, name: None }
    }

    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> AddressKind {
        match (&self.name, &self.place) {
            (Some(_), _) => AddressKind::Name,
            (None, Place::Mail(_)) => AddressKind::Mail,
            (None, Place::Phone(_)) => AddressKind::Phone,
        }
    }

    /// The telephone that it is.
    #[must_use]
    pub const fn phone(&self) -> Option<&Phone> {
        match &self.place {
            Place::Mail(_) => None,
            Place::Phone(phone) => Some(phone),
        }
    }

    /// By which method a code goes to it.
    #[must_use]
    pub const fn method(&self) -> Method {
        match &self.place {
            Place::Mail(_) => Method::MailCode,
            Place::Phone(_) => Method::SmsCode,
        }
    }

    /// The mailbox behind a private name: mail goes to it, the name decides which account is meant, and only the name is
    /// shown. Where nobody has the name (`known` is not set) nobody's budget is spent.
    #[must_use]
    pub fn behind(name: &PrivateName, mailbox: Mailbox, known: bool, keys: &Keys) -> Self {
        let own = Self::new(mailbox, keys);
        let destination = if known { own.destination } else { name.destination() };
        Self { identity: name.identity(), destination, name: Some(name.as_str().to_owned()), ..own }
    }

    /// As it was typed, for whoever typed it: the address, or the private name.
    #[must_use]
    pub fn typed(&self) -> &str {
        self.name.as_deref().unwrap_or(self.as_str())
    }

    /// Whether it stands behind a private name.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        self.name.is_some()
    }

    /// As messages are sent to it: `local@domain`, the domain in A-labels, or `+` and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.place {
            Place::Mail(mailbox) => mailbox.as_str(),
            Place::Phone(phone) => phone.as_str(),
        }
    }

    /// The domain, in A-labels: whose tenant it may be. A telephone number has none.
    #[must_use]
    pub fn domain(&self) -> &str {
        match &self.place {
            Place::Mail(mailbox) => mailbox.domain(),
            Place::Phone(_) => "",
        }
    }

    /// Which account is meant.
    #[must_use]
    pub const fn identity(&self) -> Digest {
        self.identity
    }

    /// Whose budget is spent.
    #[must_use]
    pub const fn destination(&self) -> Digest {
        self.destination
    }

    /// Enough to be recognised by whoever knows it: `a…@example.com`, `+43 … 67`.
    #[must_use]
    pub fn masked(&self) -> String {
        match (&self.name, &self.place) {
            (Some(name), _) => crate::name::masked(name),
            (None, Place::Mail(mailbox)) => masked(mailbox.local(), mailbox.domain_shown()),
            (None, Place::Phone(phone)) => phone.masked(),
        }
    }
}

/// By which method a code goes to an address that is kept as text: a mail address, a private name (whose mailbox gets
/// it), or a telephone number, which no name looks like (`model::name`).
#[must_use]
pub fn method_of(shown: &str) -> Method {
    if Phone::parse(shown).is_ok() { Method::SmsCode } else { Method::MailCode }
}

/// See [`Address::masked`].
#[must_use]
pub fn masked(local: &str, domain: &str) -> String {
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

/// How long the confirmation of a recovery address counts: a mailbox, or a number, can come to belong to somebody else
/// (`threats.md` §5.2 row 42).
pub const CONFIRMED_FOR: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// Whether a recovery address that was confirmed last at `confirmed_at` proves anything at `now`.
#[must_use]
pub fn counts_for_recovery(confirmed_at: Time, now: Time) -> bool {
    now < confirmed_at + CONFIRMED_FOR
}

/// The spelling-independent form of a destination.
#[must_use]
pub fn canonical_destination(mailbox: &Mailbox) -> String {
    let domain = mailbox.domain();
    let local = mailbox.local();
    // A leading `+` is a name, not a tag.
    let tagless = match local.find('+') {
        Some(at) if at > 0 => local.split_at(at).0,
        _ => local,
    };
    let dotless = DOTLESS.iter().find(|(name, _)| *name == domain);
    let (local, domain) = match dotless {
        Some((_, shared)) => (tagless.replace('.', ""), *shared),
        None => (tagless.to_owned(), domain),
    };
    // Lower case before and after: some capitals have a skeleton of their own.
    let plain: String = skeleton(&local.to_lowercase()).collect();
    format!("{}@{domain}", plain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::new(Mailbox::parse(text).unwrap(), &Keys::simulated().unwrap())
    }

    /// threats.md §5.2 row 4: spellings of one mailbox share one budget.
    #[test]
    fn row_4_spellings_of_one_mailbox_share_one_budget() {
        for (one, other) in [
            ("alice@example.com", "ALICE@EXAMPLE.COM"),
            ("alice@example.com", "alice+news@example.com"),
            ("alice@example.com", "alice+a+b@example.com"),
            ("alice@example.com", "аlice@example.com"),
            ("al.ice@gmail.com", "a.lice+x@googlemail.com"),
            ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ] {
            let (one, other) = (address(one), address(other));
            assert!(one.destination().matches(&other.destination()), "{} {}", one.as_str(), other.as_str());
        }
    }

    #[test]
    fn row_4_different_mailboxes_have_different_budgets() {
        for (one, other) in [
            ("alice@example.com", "alice@example.org"),
            ("al.ice@example.com", "alice@example.com"),
            ("+alice@example.com", "+bob@example.com"),
        ] {
            assert!(!address(one).destination().matches(&address(other).destination()));
        }
    }

    #[test]
    fn row_4_a_look_alike_or_a_tag_is_another_account() {
        let alice = address("alice@example.com");
        assert!(alice.identity().matches(&address("Alice@Example.com").identity()));
        for other in ["аlice@example.com", "alice+x@example.com", "al.ice@example.com"] {
            assert!(!alice.identity().matches(&address(other).identity()), "{other}");
        }
    }

    #[test]
    fn row_42_a_recovery_address_counts_for_180_days_after_it_was_confirmed_and_no_longer() {
        let confirmed = Time::from_micros(20_000 * crate::time::DAY);
        let days = |days: u64| confirmed + Duration::from_secs(days * 24 * 60 * 60);
        assert!(counts_for_recovery(confirmed, confirmed));
        assert!(counts_for_recovery(confirmed, Time::from_micros(days(180).micros() - 1)));
        assert!(!counts_for_recovery(confirmed, days(180)));
    }

    #[test]
    fn row_4_spellings_of_one_number_share_one_account_and_one_budget() {
        let phone = |text: &str| Address::of_phone(Phone::parse(text).unwrap(), &Keys::simulated().unwrap());
        let (one, other) = (phone("+43 664 1234567"), phone("0043 (0)664/123 45 67"));
        assert!(one.identity().matches(&other.identity()) && one.destination().matches(&other.destination()));
        assert!(!one.identity().matches(&phone("+43 664 1234568").identity()));
        assert_eq!((one.masked().as_str(), one.as_str()), ("+43 … 67", "+436641234567"));
        assert_eq!((one.method(), method_of(one.as_str())), (Method::SmsCode, Method::SmsCode));
        assert_eq!((one.kind(), one.domain()), (AddressKind::Phone, ""));
        assert_eq!(method_of("anna@example.com"), Method::MailCode);
    }

    #[test]
    fn a_masked_address_shows_one_letter_and_the_domain() {
        assert_eq!(address("Alice@example.com").masked(), "A…@example.com");
    }
}
