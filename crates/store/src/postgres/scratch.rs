//! A database that lasts as long as somebody holds it: for a drill, which must not touch anybody's data.

use model::fault::Fault;

use super::link::Link;
use super::settings::{Limits, Settings};

/// A new database on a server that somebody named; dropped, with everything in it, with this value.
pub struct Scratch {
    server: Settings,
    name: String,
}

impl Scratch {
    /// Makes it. `name` is made of lower-case letters, digits and `_`.
    ///
    /// # Errors
    /// The name is another one, or the server cannot be reached or does not permit it.
    pub fn make(server: Settings, name: String) -> Result<Self, Fault> {
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(Fault::plain("the name of a database for a while is made of a-z, 0-9 and _"));
        }
        let server = server.with_limits(Limits::PATIENT);
        Link::open(&server)?.batch("making a database for a while", &format!("CREATE DATABASE {name}"))?;
        Ok(Self { server, name })
    }

    /// How to reach it.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.server.with_limits(Limits::default()).in_database(&self.name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let text = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A server that is gone keeps it; its name says what it was for.
        let _ = Link::open(&self.server).and_then(|mut link| link.batch("dropping a database", &text));
    }
}
