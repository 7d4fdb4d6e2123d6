//! A value that its row has accepted, and how the typed settings take it out again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use model::method::{Method, MethodSet};
use model::sms::Cost;
use wire::http::host::Host;
use wire::http::network::Network;
use wire::http::origin::Origin;
use wire::http::url::Url;
use wire::mail::mailbox::Mailbox;
use wire::phone::{Country, Prefix};

use super::colour::Colour;
use super::duration;
use super::money;
use super::secret::SecretText;
use super::words::{
    ClientDocuments, DeviceAuthorization, Doorbell, Gate, GateOwners, KeepAddresses, Language, LogFormat,
    LogLevel, Registration, Responding, Seal, SmsContentType, SmsMethod, SmtpSecurity, Telling, Urgency,
    Watching,
};

/// A file that a setting names, with what it held at start.
pub(super) struct NamedFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it held; empty until the file has been read.
    pub(super) bytes: Vec<u8>,
}

/// What a setting can hold. It has no `Debug`, because one of them is a secret.
pub(super) enum Value {
    /// A name or another text.
    Text(String),
    /// A host, without a port.
    Host(Host),
    /// A whole number in the unit of its row.
    Number(u64),
    /// A span of time.
    Duration(Duration),
    /// A probability, from 0 to 1.
    Probability(f64),
    /// One of the words of its row.
    Word(&'static str),
    /// Networks.
    Networks(Vec<Network>),
    /// Methods.
    Methods(MethodSet),
    /// An address and a port.
    Listen(SocketAddr),
    /// Scheme, host and port.
    Origin(Origin),
    /// A path that is used later.
    Path(PathBuf),
    /// A path that is read at start.
    File(NamedFile),
    /// An e-mail address.
    Mailbox(Mailbox),
    /// A text that is never printed.
    Secret(SecretText),
    /// A time zone and its name.
    Zone(String, TimeZone),
    /// A colour.
    Colour(Colour),
    /// A URL, whose query may be a secret.
    Url(Url),
    /// Countries.
    Countries(Vec<Country>),
    /// An amount of money.
    Cost(Cost),
    /// Amounts of money by dialling prefix.
    Prices(Vec<(Prefix, Cost)>),
}

impl Value {
    /// The value as an environment variable would hold it, in one form for equal values. A secret is "set".
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Host(host) => {
                host.address().map_or_else(|| host.to_string(), |address| address.to_string())
            }
            Self::Number(number) => number.to_string(),
            Self::Duration(duration) => duration::text(*duration),
            Self::Probability(probability) => format!("{probability:e}"),
            Self::Word(word) => (*word).to_owned(),
            Self::Networks(networks) => {
                networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            Self::Methods(methods) => methods.iter().map(Method::code).collect::<Vec<_>>().join(", "),
            Self::Listen(address) => address.to_string(),
            Self::Origin(origin) => origin.to_string(),
            Self::Path(path) => path.display().to_string(),
            Self::File(file) => file.path.display().to_string(),
            Self::Mailbox(mailbox) => mailbox.as_str().to_owned(),
            Self::Secret(_) => "set".to_owned(),
            Self::Zone(name, _) => name.clone(),
            Self::Colour(colour) => colour.to_string(),
            Self::Url(url) => url.without_query(),
            Self::Countries(countries) => {
                countries.iter().map(|country| country.code()).collect::<Vec<_>>().join(", ")
            }
            Self::Cost(cost) => money::text(*cost),
            Self::Prices(prices) => {
                let price = |(prefix, cost): &(Prefix, Cost)| format!("{prefix} {}", money::text(*cost));
                prices.iter().map(price).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// A type that a field of the configuration can have.
pub(super) trait FromValue: Sized {
    /// The value as this type; nothing if the row holds another kind or a number too large for it.
    fn from_value(value: Value) -> Option<Self>;
}

/// Implements [`FromValue`] for each type: the variant that holds it, and what becomes of its content.
macro_rules! from_value {
    ($($type:ty: $variant:pat => $taken:expr,)+) => {
        $(impl FromValue for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    $variant => $taken,
                    _ => None,
                }
            }
        })+
    };
}

from_value! {
    String: Value::Text(text) => Some(text),
    Host: Value::Host(host) => Some(host),
    u16: Value::Number(number) => number.try_into().ok(),
    u32: Value::Number(number) => number.try_into().ok(),
    usize: Value::Number(number) => number.try_into().ok(),
    Duration: Value::Duration(duration) => Some(duration),
    f64: Value::Probability(probability) => Some(probability),
    Registration: Value::Word(word) => Self::from_word(word),
    Gate: Value::Word(word) => Self::from_word(word),
    GateOwners: Value::Word(word) => Self::from_word(word),
    Language: Value::Word(word) => Self::from_word(word),
    SmtpSecurity: Value::Word(word) => Self::from_word(word),
    SmsMethod: Value::Word(word) => Self::from_word(word),
    SmsContentType: Value::Word(word) => Self::from_word(word),
    KeepAddresses: Value::Word(word) => Self::from_word(word),
    ClientDocuments: Value::Word(word) => Self::from_word(word),
    Seal: Value::Word(word) => Self::from_word(word),
    Watching: Value::Word(word) => Self::from_word(word),
    Doorbell: Value::Word(word) => Self::from_word(word),
    DeviceAuthorization: Value::Word(word) => Self::from_word(word),
    LogFormat: Value::Word(word) => Self::from_word(word),
    LogLevel: Value::Word(word) => Self::from_word(word),
    Responding: Value::Word(word) => Self::from_word(word),
    Telling: Value::Word(word) => Self::from_word(word),
    Urgency: Value::Word(word) => Self::from_word(word),
    Vec<Network>: Value::Networks(networks) => Some(networks),
    MethodSet: Value::Methods(methods) => Some(methods),
    SocketAddr: Value::Listen(address) => Some(address),
    Origin: Value::Origin(origin) => Some(origin),
    PathBuf: Value::Path(path) => Some(path),
    NamedFile: Value::File(file) => Some(file),
    Mailbox: Value::Mailbox(mailbox) => Some(mailbox),
    SecretText: Value::Secret(secret) => Some(secret),
    TimeZone: Value::Zone(_, zone) => Some(zone),
    Colour: Value::Colour(colour) => Some(colour),
    Url: Value::Url(url) => Some(url),
    Vec<Country>: Value::Countries(countries) => Some(countries),
    Cost: Value::Cost(cost) => Some(cost),
    Vec<(Prefix, Cost)>: Value::Prices(prices) => Some(prices),
}
