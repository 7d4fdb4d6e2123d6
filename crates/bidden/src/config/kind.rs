//! What a setting takes: how each kind of value is described, read from text and written in a file.

use std::fmt::Write;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use model::method::{Method, MethodSet, Use};
use model::sms::Cost;
use outbound::sms::headers::Headers;
use wire::http::host::Host;
use wire::http::network::Network;
use wire::http::origin::Origin;
use wire::http::url::Url;
use wire::mail::mailbox::Mailbox;
use wire::phone::{Country, Prefix};

use super::colour::{self, Colour};
use super::duration;
use super::money;
use super::secret::SecretText;
use super::value::{self, Value};

/// The kinds of values, with their bounds; bounds belong to what is allowed.
#[derive(Debug)]
pub(super) enum Kind {
    /// A name that people see, of at most so many characters.
    Name { most: usize },
    /// Any printable text of at most so many characters.
    Text { most: usize },
    /// A host name or an IP address.
    Host,
    /// A whole number; the unit is a plural noun or empty.
    Number { least: u64, most: u64, unit: &'static str },
    /// A whole number with a unit of time.
    Duration { least: Duration, most: Duration },
    /// A number between 0 and 1.
    Probability { least: f64, most: f64 },
    /// One of these words.
    Words(&'static [&'static str]),
    /// Any number of networks.
    Networks,
    /// Any number of the methods that can serve for something.
    Methods(Use),
    /// An address and a port.
    Listen,
    /// A web origin.
    Origin,
    /// A path.
    Path,
    /// The path of a file that is read at start and has at most so many bytes.
    File { holds: Content, most: usize },
    /// An e-mail address.
    Mailbox,
    /// A text that is never printed, of at most so many characters.
    Secret { most: usize },
    /// The path of a file that holds the text of the setting `of`.
    SecretFile { of: &'static str, most: usize },
    /// A time zone by its name.
    Zone,
    /// A colour that stands out from another.
    Colour { against: Colour },
    /// The URL of a service.
    Url,
    /// HTTP header fields, one a line, of at most so many characters; never printed.
    Headers { most: usize },
    /// Any number of countries.
    Countries,
    /// An amount of money in cents, at least a hundredth of one.
    Cents { most: Cost },
    /// Amounts of money in cents by dialling prefix, each within the same bounds.
    Prices { most: Cost },
}

/// What a file must hold that is read at start.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// One or more certificates, PEM (RFC 7468 §5.1).
    Certificates,
    /// A private key, PEM (RFC 7468 §10).
    PrivateKey,
    /// An SVG or PNG picture.
    Logo,
    /// A style sheet.
    Css,
}

/// A text is not a value of the kind; with the step that mends it, where one can be named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unfit {
    /// What to do; empty if the expectation says it all.
    pub(super) next: String,
}

impl From<&str> for Unfit {
    fn from(next: &str) -> Self {
        Self { next: next.to_owned() }
    }
}

impl Kind {
    /// What is expected, as the end of a sentence.
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Name { most } => {
                format!("a name of 1 to {most} characters, without line breaks and web addresses")
            }
            Self::Text { most } => format!("1 to {most} characters, without control characters"),
            Self::Host => "the name or the IP address of a host".to_owned(),
            Self::Number { least, most, unit: "" } => format!("a whole number from {least} to {most}"),
            Self::Number { least, most, unit } => format!("a whole number of {unit} from {least} to {most}"),
            Self::Duration { least, most } => {
                format!("a duration from \"{}\" to \"{}\"", duration::text(*least), duration::text(*most))
            }
            Self::Probability { least, most } => format!("a probability from {least:e} to {most:e}"),
            Self::Words(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                if words.len() == 1 { words.join("") } else { format!("one of {}", words.join(", ")) }
            }
            Self::Networks => "a list of networks, such as \"10.0.0.0/8\" or \"::1\"".to_owned(),
            Self::Methods(use_) => {
                let words: Vec<String> =
                    methods(*use_).map(|method| format!("\"{}\"", method.code())).collect();
                format!("a list with any of {}", words.join(", "))
            }
            Self::Listen => {
                "an IP address and a port, such as \"127.0.0.1:8000\" or \"[::1]:8000\"".to_owned()
            }
            Self::Origin => "scheme and host without a path, such as \"https://id.example.org\"".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::File { holds, most } => {
                format!("the path of a file with {}, at most {} KiB", holds.noun(), most.div_euclid(1024))
            }
            Self::Mailbox => "an e-mail address, such as \"sign-in@example.org\"".to_owned(),
            Self::Secret { most } => format!("1 to {most} characters, never printed"),
            Self::SecretFile { most, .. } => format!("the path of a file with 1 to {most} characters"),
            Self::Zone => "the name of a time zone, such as \"Europe/Zurich\" or \"UTC\"".to_owned(),
            Self::Colour { against } => {
                format!(
                    "a colour such as \"#1d5d8c\" with a contrast of at least {} : 1 to {against}",
                    colour::ENOUGH
                )
            }
            Self::Url => "the URL of a service, such as \"https://sms.example.org/v1/messages\"".to_owned(),
            Self::Headers { most } => {
                format!("HTTP header fields, one a line, of {most} characters at most, never printed")
            }
            Self::Countries => "a list of countries by their ISO 3166 codes, such as \"DE\"".to_owned(),
            Self::Cents { most } => {
                format!("an amount in cents from 0.01 to {}, with at most two decimals", money::text(*most))
            }
            Self::Prices { most } => format!(
                "a list of dialling prefixes, each with an amount in cents from 0.01 to {}, such as \"+49 7.5\"",
                money::text(*most)
            ),
        }
    }

    /// Reads a value as an environment variable holds it.
    ///
    /// # Errors
    /// [`Unfit`] if the text is not a value of this kind or not within its bounds.
    pub(super) fn parse(&self, text: &str) -> Result<Value, Unfit> {
        match self {
            Self::Name { most } => name(text, *most),
            Self::Text { most } => plain(text, *most).map(Value::Text),
            Self::Host => host(text),
            Self::Number { .. } => self.number(digits(text).ok_or_else(Unfit::default)?),
            Self::Duration { least, most } => span(text, *least, *most),
            Self::Probability { least, most } => text
                .parse::<f64>()
                .ok()
                .filter(|probability| (*least..=*most).contains(probability))
                .map(Value::Probability)
                .ok_or_else(Unfit::default),
            Self::Words(words) => word(text, words),
            Self::Networks => networks(text),
            Self::Methods(use_) => items(text)
                .try_fold(MethodSet::NONE, |set, item| method(item, *use_).map(|method| set.with(method)))
                .map(Value::Methods),
            Self::Listen => listen(text),
            Self::Origin => origin(text),
            Self::Path | Self::SecretFile { .. } => path(text).map(Value::Path),
            Self::File { .. } => {
                path(text).map(|path| Value::File(value::NamedFile { path, bytes: Vec::new() }))
            }
            Self::Mailbox => mailbox(text),
            Self::Secret { most } => plain(text, *most).map(|text| Value::Secret(SecretText::new(text))),
            Self::Zone => zone(text),
            Self::Colour { against } => colour(text, *against),
            Self::Url => Url::parse(text).map(Value::Url).map_err(|error| malformed(&error)),
            Self::Headers { most } => headers(text, *most),
            Self::Countries => countries(text),
            Self::Cents { most } => cents(text, *most).map(Value::Cost),
            Self::Prices { most } => prices(text, *most),
        }
    }

    /// Accepts a whole number within the bounds of a [`Kind::Number`].
    pub(super) fn number(&self, number: u64) -> Result<Value, Unfit> {
        match self {
            Self::Number { least, most, .. } if (*least..=*most).contains(&number) => {
                Ok(Value::Number(number))
            }
            _ => Err(Unfit::default()),
        }
    }

    /// `found`, which was refused for this setting, unless it may hold a secret: then words in its place.
    pub(super) fn shown(&self, found: String) -> String {
        // A password before the host of a URL is a secret as well, and a query may hold one.
        let hidden = match self {
            Self::Secret { .. } | Self::Headers { .. } => true,
            Self::Origin => found.contains('@'),
            Self::Url => found.contains(['@', '?']),
            _ => false,
        };
        if hidden {
            return "something that is not shown, because it may be a secret".to_owned();
        }
        found
    }

    /// `text`, written as in an environment variable, as it is written in the file.
    pub(super) fn toml(&self, text: &str) -> String {
        match self {
            Self::Number { .. } | Self::Probability { .. } | Self::Cents { .. } => text.to_owned(),
            Self::Networks | Self::Methods(_) | Self::Countries | Self::Prices { .. } => {
                let items: Vec<String> = items(text).map(toml_string).collect();
                format!("[{}]", items.join(", "))
            }
            _ => toml_string(text),
        }
    }
}

impl Content {
    /// What it is, for a sentence.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Certificates => "certificates in PEM form",
            Self::PrivateKey => "a private key in PEM form",
            Self::Logo => "an SVG or PNG picture",
            Self::Css => "CSS in UTF-8",
        }
    }

    /// Whether `bytes` look like it. The one who uses the file reads it in full.
    pub(super) fn fits(self, bytes: &[u8]) -> bool {
        match self {
            Self::Certificates => has_line(bytes, |line| line == "-----BEGIN CERTIFICATE-----"),
            Self::PrivateKey => {
                has_line(bytes, |line| line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----"))
            }
            Self::Logo => is_png(bytes) || is_svg(bytes),
            Self::Css => std::str::from_utf8(bytes).is_ok(),
        }
    }
}

/// Whether these are the first bytes of a PNG picture (PNG §5.2).
pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
}

fn is_svg(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.trim_start_matches('\u{feff}').trim_start().starts_with('<') && text.contains("<svg")
    })
}

fn has_line(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.lines().any(|line| wanted(line.trim_end())))
}

/// `text` as a basic string of TOML 1.0.
pub(crate) fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                // Writing to a `String` cannot go wrong.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The items of a list as an environment variable holds it: between commas.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Characters that nobody sees, or that turn the order of their neighbours.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

fn plain(text: &str, most: usize) -> Result<String, Unfit> {
    if text.is_empty()
        || text.chars().nth(most).is_some()
        || text.chars().any(|c| c.is_control() || c == '\u{fffd}')
    {
        return Err(Unfit::default());
    }
    Ok(text.to_owned())
}

fn name(text: &str, most: usize) -> Result<Value, Unfit> {
    if text.chars().any(is_invisible) {
        return Err("Remove the characters that cannot be seen.".into());
    }
    if text.trim() != text {
        return Err("Remove the spaces at the ends.".into());
    }
    let lower = text.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains('@') {
        return Err("Write the name as people say it; mail programs would turn this into a link.".into());
    }
    plain(text, most).map(Value::Text)
}

fn host(text: &str) -> Result<Value, Unfit> {
    let bare = text.parse::<Ipv6Addr>().map_or_else(|_| text.to_owned(), |address| format!("[{address}]"));
    let host = Host::parse(&bare).map_err(|error| match text.contains("://") {
        true => "Leave out the scheme.".into(),
        false => malformed(&error),
    })?;
    if host.port().is_some() {
        return Err("Leave out the port; it has its own setting.".into());
    }
    Ok(Value::Host(host))
}

fn origin(text: &str) -> Result<Value, Unfit> {
    // People copy the address from the browser, which puts a slash at its end.
    let bare = text.strip_suffix('/').unwrap_or(text);
    Origin::parse(bare).map(Value::Origin).map_err(|error| match bare.split_once("://") {
        Some((_, rest)) if rest.contains(['/', '?', '#']) && !rest.starts_with('/') => {
            "Leave out what follows the host: bidden answers at the root of its own host.".into()
        }
        Some((_, rest)) if !rest.is_ascii() => "Write a name with other letters in its xn-- form.".into(),
        _ => malformed(&error),
    })
}

fn malformed(error: &wire::Malformed) -> Unfit {
    Unfit { next: format!("At byte {}, {} was expected.", error.at.saturating_add(1), error.expected) }
}

/// A whole number in decimal digits, and nothing else: no sign, no separators.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn span(text: &str, least: Duration, most: Duration) -> Result<Value, Unfit> {
    match duration::parse(text) {
        Some(duration) if (least..=most).contains(&duration) => Ok(Value::Duration(duration)),
        Some(_) => Err(Unfit::default()),
        None => Err("Write a whole number and one of s, m, h, d, such as \"10m\".".into()),
    }
}

fn word(text: &str, words: &'static [&'static str]) -> Result<Value, Unfit> {
    if let Some(word) = words.iter().find(|word| **word == text) {
        return Ok(Value::Word(word));
    }
    let near = super::spelling::nearest(&text.to_lowercase(), words.iter().copied());
    Err(Unfit { next: near.map(|near| format!("Did you mean \"{near}\"?")).unwrap_or_default() })
}

/// Reads one network of a list.
pub(super) fn network(text: &str) -> Result<Network, Unfit> {
    let network = Network::parse(text).map_err(|error| malformed(&error))?;
    if network.to_string().ends_with("/0") {
        return Err(
            "Name your proxies alone: with every address trusted, anybody could claim to be anybody.".into(),
        );
    }
    Ok(network)
}

/// The methods that can be named for a use: what this version can do.
fn methods(use_: Use) -> impl Iterator<Item = Method> {
    use_.possible().iter()
}

/// Reads one method of a list.
pub(super) fn method(text: &str, use_: Use) -> Result<Method, Unfit> {
    let Some(method) = methods(use_).find(|method| method.code() == text) else {
        let codes: Vec<&str> = methods(use_).map(Method::code).collect();
        let near = super::spelling::nearest(&text.to_lowercase(), codes.into_iter());
        let next = near.map(|near| format!("Did you mean \"{near}\"?")).unwrap_or_default();
        return Err(Unfit { next });
    };
    Ok(method)
}

fn networks(text: &str) -> Result<Value, Unfit> {
    items(text).map(network).collect::<Result<Vec<_>, _>>().map(Value::Networks)
}

fn listen(text: &str) -> Result<Value, Unfit> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(Value::Listen(address));
    }
    if let Some(port) = text.strip_prefix("localhost:").and_then(digits) {
        return Err(Unfit { next: format!("Write the address as a number: \"127.0.0.1:{port}\".") });
    }
    if let Some(port) = text.strip_prefix(':').or(Some(text)).and_then(digits) {
        return Err(Unfit {
            next: format!(
                "Write \"127.0.0.1:{port}\" for this machine only, \"[::]:{port}\" for every address."
            ),
        });
    }
    Err(Unfit::default())
}

fn path(text: &str) -> Result<PathBuf, Unfit> {
    if text.is_empty() || text.contains(['\0', '\u{fffd}']) {
        return Err(Unfit::default());
    }
    Ok(PathBuf::from(text))
}

fn mailbox(text: &str) -> Result<Value, Unfit> {
    Mailbox::parse(text).map(Value::Mailbox).map_err(|error| malformed(&error))
}

fn zone(text: &str) -> Result<Value, Unfit> {
    let zone = TimeZone::get(text).map_err(|_| {
        Unfit::from(
            "Check the name, and that the time zone database (\"tzdata\") is installed on this machine.",
        )
    })?;
    let name = zone.iana_name().unwrap_or(text).to_owned();
    Ok(Value::Zone(name, zone))
}

fn headers(text: &str, most: usize) -> Result<Value, Unfit> {
    if text.trim().is_empty() || text.chars().nth(most).is_some() {
        return Err(Unfit::default());
    }
    Headers::parse(text).map_err(|unfit| Unfit { next: unfit.to_string() })?;
    Ok(Value::Secret(SecretText::new(text.to_owned())))
}

fn countries(text: &str) -> Result<Value, Unfit> {
    let mut countries = Vec::new();
    for code in items(text) {
        let country = Country::from_code(code).ok_or_else(|| Unfit {
            next: format!(
                "No telephone number can be told to be of {}. A territory that shares the numbers of a larger one is \
                 allowed with that.",
                super::problem::quoted(code)
            ),
        })?;
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    Ok(Value::Countries(countries))
}

fn cents(text: &str, most: Cost) -> Result<Cost, Unfit> {
    let least = Cost::from_hundredths(1);
    money::parse(text).filter(|cost| (least..=most).contains(cost)).ok_or_else(Unfit::default)
}

fn prices(text: &str, most: Cost) -> Result<Value, Unfit> {
    let mut prices: Vec<(Prefix, Cost)> = Vec::new();
    for item in items(text) {
        let Some((prefix, price)) = item.split_once(' ') else {
            return Err("Write a prefix, a space and a price, such as \"+49 7.5\".".into());
        };
        let prefix = Prefix::parse(prefix).map_err(|error| malformed(&error))?;
        if prices.iter().any(|(other, _)| *other == prefix) {
            return Err(Unfit { next: format!("{prefix} stands there twice; write it once.") });
        }
        prices.push((prefix, cents(price.trim(), most)?));
    }
    Ok(Value::Prices(prices))
}

fn colour(text: &str, against: Colour) -> Result<Value, Unfit> {
    let colour = Colour::parse(text).ok_or_else(Unfit::default)?;
    let contrast = colour.contrast(against);
    if contrast < colour::ENOUGH {
        let towards = if against == colour::LIGHT { "darker" } else { "lighter" };
        return Err(Unfit { next: format!("This one has {contrast:.1} : 1; choose a {towards} one.") });
    }
    Ok(Value::Colour(colour))
}
