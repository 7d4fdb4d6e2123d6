//! What is written, as large as what bidden writes.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// The digest of the one browser that every code was asked for by.
pub(crate) const BROWSER: [u8; 16] = [0x5a; 16];

/// The kind of browser.
pub(crate) const KIND: &str = "firefox/linux";

/// From where.
pub(crate) const SOURCE: &str = r#"{"address":"192.0.2.77","browser":"firefox/linux"}"#;

/// Chances that a code of eight letters and three guesses reserves.
pub(crate) const RESERVED: i64 = 117_187_500;

/// Accounts written by one statement: SQLite takes 32,766 parameters at most, and a code has 26.
pub(crate) const AT_ONCE: usize = 1000;

/// One day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// Now, in microseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A fresh, time-ordered identifier.
pub(crate) fn id() -> Uuid {
    Uuid::now_v7()
}

/// Sixteen or more random bytes, in place of a digest or of something sealed.
pub(crate) fn chance<const N: usize>() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(N + 16);
    while bytes.len() < N {
        bytes.extend_from_slice(Uuid::new_v4().as_bytes());
    }
    bytes.truncate(N);
    bytes
}

/// An account with a known browser and a live code.
pub(crate) struct Asked {
    pub(crate) account: Uuid,
    pub(crate) request: Uuid,
    pub(crate) browser: Uuid,
    pub(crate) identity: Vec<u8>,
    pub(crate) destination: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    pub(crate) address: String,
    pub(crate) at: i64,
    pub(crate) expires_at: i64,
    pub(crate) day: i64,
}

impl Asked {
    /// The `n`-th.
    pub(crate) fn new(n: usize) -> Self {
        let at = now();
        Self {
            account: id(),
            request: id(),
            browser: id(),
            identity: chance::<16>(),
            destination: chance::<16>(),
            digest: chance::<16>(),
            address: format!("person{n}@example.test"),
            at,
            expires_at: at + DAY,
            day: at / DAY,
        }
    }

    /// The event of its asking.
    pub(crate) fn event(&self) -> String {
        let details = format!(
            r#"{{"purpose":"sign_in","known":true,"reference":"amber falcon","expires_at":{}}}"#,
            self.expires_at
        );
        event(None, &format!(r#"{{"name":"sign_in_code_requested","details":{details}}}"#))
    }
}

/// What stands in an event beside its columns, as text.
pub(crate) fn event(session: Option<Uuid>, kind: &str) -> String {
    let session = session.map(|session| format!(r#","session":"{session}""#)).unwrap_or_default();
    format!(r#"{{"actor":"owner","source":{SOURCE}{session},"kind":{kind}}}"#)
}

/// A live code, as the loop needs it.
pub(crate) struct Live {
    pub(crate) request: Vec<u8>,
    pub(crate) digest: Vec<u8>,
}
