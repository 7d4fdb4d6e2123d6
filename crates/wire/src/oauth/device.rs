//! A device that has no browser of its own: what it sends to begin, and what it is told.
//!
//! Implements: RFC 8628 §3.1 (request), §3.2 (answer), §3.3.1 (`verification_uri_complete`), §6.1 (user codes), and the
//! pairing request of docs/pairing.md, which is ours: there the person begins, and the device brings what the person reads
//! to it.
//!
//! Nothing that a device says of itself is text: it chooses its kind out of a list, so that no words of a stranger's stand on
//! a page of ours (threats.md §5.2 row 38).

use std::fmt;

use serde_json::json;

use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;
use super::resource::Resource;
use super::scope::Scopes;
use crate::base20;
use crate::form::encode;

/// How many letters a user code has: 34.6 bits (RFC 8628 §6.1).
pub const USER_CODE: usize = 8;

/// How many letters a pairing code has: 51.9 bits. It comes without the name of an account beside it, so it has more than
/// the 40 bits of NIST SP 800-63B-4 §4.1.2.2, and it lives for two minutes.
pub const PAIRING_CODE: usize = 12;

/// How many digits a device shows, for the person to type where the window was opened.
pub const CONFIRMATION: usize = 4;

/// What a device is, by its own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// A television, or a box beside one.
    Television,
    /// A computer.
    Computer,
    /// A program at the command line.
    CommandLine,
    /// A telephone.
    Telephone,
    /// A tablet.
    Tablet,
    /// A printer or a scanner.
    Printer,
    /// A game console.
    Console,
    /// A loudspeaker.
    Speaker,
    /// A vehicle.
    Vehicle,
    /// A server, or a job on one.
    Server,
    /// Something else, or nothing that it said.
    Other,
}

impl DeviceKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Television,
        Self::Computer,
        Self::CommandLine,
        Self::Telephone,
        Self::Tablet,
        Self::Printer,
        Self::Console,
        Self::Speaker,
        Self::Vehicle,
        Self::Server,
        Self::Other,
    ];

    /// As in `device_kind`, and as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Television => "television",
            Self::Computer => "computer",
            Self::CommandLine => "command_line",
            Self::Telephone => "telephone",
            Self::Tablet => "tablet",
            Self::Printer => "printer",
            Self::Console => "console",
            Self::Speaker => "speaker",
            Self::Vehicle => "vehicle",
            Self::Server => "server",
            Self::Other => "other",
        }
    }

    /// Reads [`Self::name`]; a word that is not known yet is something else.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Other)
    }
}

/// A code for people, as it was typed into a device. `Debug` shows no letter of it.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode(String);

impl TypedCode {
    /// Reads a pairing code, in any case and with dashes or spaces.
    ///
    /// # Errors
    /// `invalid_request`, with a sentence that a device may show.
    pub fn pairing(text: &str) -> Result<Self, OauthError> {
        base20::parse(text, PAIRING_CODE).map(Self).map_err(|_| {
            let sentence = "`pairing_code` has twelve of the letters BCDFGHJKLMNPQRSTVWXZ.";
            OauthError::new(ErrorCode::InvalidRequest, sentence)
        })
    }

    /// Lends the letters: upper case, nothing between them.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(..)")
    }
}

/// What a device would like to have; who it is is read by [`super::client_authentication`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What it wants to do, where said.
    pub scopes: Option<Scopes>,
    /// At which services.
    pub resources: Vec<Resource>,
    /// What it is.
    pub kind: DeviceKind,
}

impl Wish {
    /// Reads the body of a device authorization request (RFC 8628 §3.1); `device_kind` is ours.
    ///
    /// # Errors
    /// `invalid_scope`, `invalid_target`, or `invalid_request` with a sentence that names the parameter.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        parameters.each_once()?;
        Ok(Self {
            scopes: parameters.one("scope")?.map(Scopes::parse).transpose()?,
            resources: Resource::read(parameters)?,
            kind: parameters.one("device_kind")?.map_or(DeviceKind::Other, DeviceKind::from_name),
        })
    }
}

/// A device that was given a pairing code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingRequest {
    /// The code.
    pub code: TypedCode,
    /// What the device wants.
    pub wish: Wish,
}

impl PairingRequest {
    /// Reads the body of a pairing request.
    ///
    /// # Errors
    /// As [`Wish::read`] and [`TypedCode::pairing`].
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        let wish = Wish::read(parameters)?;
        Ok(Self { code: TypedCode::pairing(parameters.required("pairing_code")?)?, wish })
    }
}

/// What a device is told that begins with a user code. There is no `Debug`: it is secret.
#[derive(Clone, Copy)]
pub struct DeviceAnswer<'a> {
    /// What it polls with.
    pub device_code: &'a str,
    /// What the person types, without its dash.
    pub user_code: &'a str,
    /// Where the person types it.
    pub verification_uri: &'a str,
    /// How many seconds all this lasts.
    pub expires_in: u64,
    /// How many seconds lie between two polls, at the least.
    pub interval: u64,
}

impl DeviceAnswer<'_> {
    /// The body. `verification_uri_complete` is for a QR code beside the text: the page that it opens has the code in its
    /// field and does nothing before the person does (RFC 8628 §3.3.1).
    #[must_use]
    pub fn json(&self) -> String {
        let user_code = base20::group(self.user_code);
        let complete = format!("{}?{}", self.verification_uri, encode([("user_code", user_code.as_str())]));
        json!({
            "device_code": self.device_code,
            "user_code": user_code,
            "verification_uri": self.verification_uri,
            "verification_uri_complete": complete,
            "expires_in": self.expires_in,
            "interval": self.interval,
        })
        .to_string()
    }
}

/// What a device is told that brought a pairing code. There is no `Debug`: it is secret.
#[derive(Clone, Copy)]
pub struct PairingAnswer<'a> {
    /// What it polls with.
    pub device_code: &'a str,
    /// The digits that it shows.
    pub confirmation: &'a str,
    /// How many seconds all this lasts.
    pub expires_in: u64,
    /// How many seconds lie between two polls, at the least.
    pub interval: u64,
}

impl PairingAnswer<'_> {
    /// The body.
    #[must_use]
    pub fn json(&self) -> String {
        json!({
            "device_code": self.device_code,
            "confirmation": self.confirmation,
            "expires_in": self.expires_in,
            "interval": self.interval,
        })
        .to_string()
    }
}

/// What the QR code of a pairing window says to a device that can read one. It is no address of a page: a telephone's camera
/// that reads it opens nothing.
#[must_use]
pub fn pairing_uri(issuer: &str, code: &str) -> String {
    format!("pairing:?{}", encode([("issuer", issuer), ("code", code)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parameters(text: &str) -> Parameters {
        Parameters::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_wish_is_read_with_what_is_said_and_no_more() {
        let wish =
            Wish::read(&parameters("client_id=tv&scope=openid+read&resource=https://a.example/")).unwrap();
        assert_eq!(wish.scopes, Some(Scopes::parse("openid read").unwrap()));
        assert_eq!((wish.resources.len(), wish.kind), (1, DeviceKind::Other));
        let bare = Wish::read(&parameters("device_kind=television")).unwrap();
        assert_eq!(bare, Wish { scopes: None, resources: Vec::new(), kind: DeviceKind::Television });
        use ErrorCode as E;
        for (text, code) in [
            ("scope=a++b", E::InvalidScope),
            ("resource=a", E::InvalidTarget),
            ("scope=a&scope=b", E::InvalidRequest),
            ("unknown=1&unknown=2", E::InvalidRequest),
        ] {
            assert_eq!(Wish::read(&parameters(text)).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn what_a_device_is_is_one_of_our_words_whatever_it_says() {
        for kind in DeviceKind::ALL {
            assert_eq!(DeviceKind::from_name(kind.name()), kind);
        }
        for said in ["", "TELEVISION", "Support, call +1 900 555", "https://evil.example", "\u{202E}vt"] {
            assert_eq!(DeviceKind::from_name(said), DeviceKind::Other, "{said}");
        }
    }

    #[test]
    fn a_pairing_code_is_read_as_people_type_it_and_never_shown() {
        let read = |text: &str| PairingRequest::read(&parameters(&format!("pairing_code={text}")));
        for text in ["BCDFGHJKLMNP", "bcdf-ghjk-lmnp", "BCDF+GHJK+LMNP", "bcdf%E2%80%93ghjk%C2%A0lmnp"] {
            assert_eq!(read(text).unwrap().code.expose(), "BCDFGHJKLMNP", "{text}");
        }
        assert!(!format!("{:?}", read("BCDFGHJKLMNP").unwrap()).contains("BCDF"));
        for text in ["", "BCDFGHJKLMN", "BCDFGHJKLMNPQ", "ACDFGHJKLMNP", "12345678"] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest, "{text}");
        }
    }

    #[test]
    fn answers_have_the_members_of_their_documents() {
        let answer = DeviceAnswer {
            device_code: "d",
            user_code: "BCDFGHJK",
            verification_uri: "https://id.example.org/device",
            expires_in: 600,
            interval: 5,
        };
        assert_eq!(
            answer.json(),
            r#"{"device_code":"d","expires_in":600,"interval":5,"user_code":"BCDF-GHJK","verification_uri":"https://id.example.org/device","verification_uri_complete":"https://id.example.org/device?user_code=BCDF-GHJK"}"#
        );
        let answer = PairingAnswer { device_code: "d", confirmation: "0420", expires_in: 180, interval: 5 };
        assert_eq!(
            answer.json(),
            r#"{"confirmation":"0420","device_code":"d","expires_in":180,"interval":5}"#
        );
        assert_eq!(
            pairing_uri("https://id.example.org", "BCDF-GHJK-LMNP"),
            "pairing:?issuer=https%3A%2F%2Fid.example.org&code=BCDF-GHJK-LMNP"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_typed_only_letters_of_a_pairing_code_come_out(text in any::<String>()) {
            if let Ok(code) = TypedCode::pairing(&text) {
                prop_assert_eq!(code.expose().len(), PAIRING_CODE);
                prop_assert!(code.expose().chars().all(|c| base20::ALPHABET.contains(&c)));
            }
        }
    }
}
