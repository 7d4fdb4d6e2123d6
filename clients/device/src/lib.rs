//! Signs a device in: a television, a printer, a program at the command line, anything without a page to sign in on.
//!
//! The person opens a window on their account page and gets a code of twelve letters; the device takes the code and shows four
//! digits; the person types these on the page, and the device gets its tokens. Before the person has opened a window there is
//! no code, so that nobody else can begin (docs/pairing.md of bidden). Tokens are bound to a key of the device (RFC 9449), and
//! are of no use without it.
//!
//! ```no_run
//! use bidden_device::{Code, Device, Error, Kind, PairingCode, Shown, SoftwareKey, Ureq};
//!
//! # fn typed() -> String { String::new() }
//! # fn keep(_: &str) {}
//! fn sign_in() -> Result<(), Error> {
//!     // Made once, and kept where nobody else can read it: `key.to_jwk()`.
//!     let key = SoftwareKey::generate()?;
//!     let mut device = Device::find("https://id.example.org", "terminal", (key, Ureq::new()))?
//!         .with(|client| client.kind(Kind::CommandLine).scope("openid offline_access"));
//!
//!     println!("Open a window on your account page, and type its code here:");
//!     let waiting = loop {
//!         let code = match PairingCode::read(&typed()) {
//!             Ok(code) => code,
//!             Err(mistyped) => {
//!                 println!("{mistyped}. Once more:");
//!                 continue;
//!             }
//!         };
//!         match device.pair(&code) {
//!             Err(Error::Refused(no)) if no.code == Code::InvalidGrant => {
//!                 println!("No window is open for this code. Once more:");
//!             }
//!             other => break other?,
//!         }
//!     };
//!     if let Shown::Digits(digits) = waiting.shown() {
//!         println!("Type these digits on that page: {}", digits.expose());
//!     }
//!     let tokens = device.wait(waiting)?;
//!     keep(&tokens.to_json());
//!
//!     println!("{}", device.userinfo(&tokens)?);
//!     Ok(())
//! }
//! ```
//!
//! # Staying signed in
//!
//! Access tokens last for minutes ([`Tokens::are_fresh`]). [`Device::refresh`] gets the next; keep these before using them, for
//! a refresh token is good once, and one that is used a second time later on ends all of them, since somebody has a copy. Two
//! processes with the same tokens therefore take turns. What the server said no to with [`Code::InvalidGrant`] has ended: the
//! device is signed out, and says so.
//!
//! Tokens of a device that is not near its person can do less at first ([`Tokens::scope`]); the rest comes with a later refresh.
//! Use what you get, and keep refreshing.
//!
//! # Bringing your own
//!
//! - A **key** in a secure element or the system's keystore: implement [`Key`], and leave the feature `software-key` out.
//! - An **HTTP client** that the device has already, with its own proxies and roots: implement [`Transport`] (a closure will
//!   do), and leave `ureq` out.
//! - A **loop** of your own: [`Device::poll`] comes back at once. Or take the state machine itself, [`SignIn`], which neither
//!   connects nor waits nor looks at a clock: requests and answers are values, and time and chance come in as a [`Moment`].
//!   [`Exchange`] is the same for refreshing, signing out and asking who it is. Asynchronous programs use these.
//!
//! # Clocks
//!
//! A proof says when it was made, and servers take none that is more than minutes off. Devices forget the time, so what the
//! server's `Date` says is used where the own clock is more than five seconds off. TLS needs a clock that is roughly right all
//! the same.
//!
//! # Codes that a device shows
//!
//! [`Device::show_code`] is RFC 8628 for servers that have nothing else. Anybody can ask for such a code and send it to somebody
//! else, who lets the stranger in; bidden has it off unless an operator wants it. Where a device can take twelve letters, pair.

mod address;
mod client;
mod date;
mod device;
mod error;
mod exchange;
mod form;
mod http;
mod key;
mod kind;
mod moment;
#[cfg(feature = "ureq")]
mod over_ureq;
mod pairing_code;
mod proof;
mod secret;
mod server;
mod sign_in;
#[cfg(feature = "software-key")]
mod software_key;
mod tokens;

pub use client::Client;
pub use device::{Device, Polled, Waiting};
pub use error::{Code, Error, Refused};
pub use exchange::{Exchange, Heard};
pub use http::{BoxError, LONGEST, Method, Request, Response, Transport};
pub use key::Key;
pub use kind::Kind;
pub use moment::Moment;
#[cfg(feature = "ureq")]
pub use over_ureq::Ureq;
pub use pairing_code::{LENGTH, LETTERS, Mistyped, PairingCode, PairingUri};
pub use proof::Proving;
pub use secret::Secret;
pub use server::Server;
pub use sign_in::{News, Shown, SignIn, Step};
#[cfg(feature = "software-key")]
pub use software_key::SoftwareKey;
pub use tokens::Tokens;
