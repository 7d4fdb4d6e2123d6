//! A message as it arrived: who it says it is from, what it says, where it went.
//!
//! Implements: RFC 5322 §3.6. Nothing of it is true because it stands there; what can be verified is in [`super::dkim`],
//! [`super::arc`] and, of servers one trusts, [`super::authentication_results`].

use super::address_list::{self, Party};
use super::field::{Field, Header};
use super::link::{self, Link};
use super::markup::{self, Seen};
use super::mime::{self, Contents};
use super::received::Hop;
use super::{date, mbox};

/// Largest message that is read whole, in bytes; of a larger one only so much is looked at.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// A message that was read.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Its header.
    pub header: Header<'a>,
    /// Its body as it arrived.
    pub body: &'a [u8],
    /// What it contains.
    pub contents: Contents,
    /// Its parts in HTML as they look.
    pub seen: Vec<Seen>,
    /// Whether it is larger than [`LARGEST`], so that its end was not read.
    pub too_large: bool,
}

impl<'a> Message<'a> {
    /// Reads a message; anything at all is one. A first line of a mailbox file is passed over.
    #[must_use]
    pub fn parse(raw: &'a [u8]) -> Self {
        let read = raw.get(..LARGEST.min(raw.len())).unwrap_or_default();
        let raw_start = if mbox::begins(super::field::line_at(read, 0)) {
            super::field::line_at(read, 0).len()
        } else {
            0
        };
        let read_whole = read.get(raw_start..).unwrap_or_default();
        let header = Header::parse(read_whole);
        let body = read_whole.get(header.body_at..).unwrap_or_default();
        let contents = mime::contents(&header, body);
        let seen = contents.html.iter().map(|html| markup::read(html)).collect();
        Self { header, body, contents, seen, too_large: raw.len() > LARGEST }
    }

    /// Whether it has what a mail has: a sender, or a hop.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        ["from", "received", "return-path", "message-id"].iter().any(|name| self.header.first(name).is_some())
    }

    /// Every address in every field with this name.
    #[must_use]
    pub fn parties(&self, name: &str) -> Vec<Party> {
        self.header
            .named(name)
            .flat_map(|field| address_list::parse(&field.unfolded()))
            .take(address_list::MOST)
            .collect()
    }

    /// How many `From` fields there are, and how many addresses stand in them.
    #[must_use]
    pub fn senders(&self) -> (usize, usize) {
        let parties = self.parties("from");
        (self.header.named("from").count(), parties.iter().filter(|party| party.is_address()).count())
    }

    /// The subject as people read it.
    #[must_use]
    pub fn subject(&self) -> String {
        self.header.first("subject").map(Field::text).unwrap_or_default()
    }

    /// When it says that it was written: seconds since 1970.
    #[must_use]
    pub fn date(&self) -> Option<i64> {
        self.header.first("date").and_then(|field| date::parse(&field.unfolded()))
    }

    /// Its hops with the places of their fields, newest first.
    #[must_use]
    pub fn hops(&self) -> Vec<(usize, Hop)> {
        let places = self.header.fields.iter().enumerate().filter(|(_, field)| field.is("received"));
        places.take(100).map(|(place, field)| (place, Hop::parse(&field.unfolded()))).collect()
    }

    /// What a person can read in it, plain text first.
    #[must_use]
    pub fn text(&self) -> String {
        let plain = self.contents.plain.iter().map(String::as_str);
        let seen = self.seen.iter().map(|seen| seen.text.as_str());
        plain.chain(seen).collect::<Vec<_>>().join("\n")
    }

    /// Where it leads: links of its HTML with their words, and links in its texts.
    #[must_use]
    pub fn links(&self) -> Vec<(Link, String)> {
        let mut found: Vec<(Link, String)> = Vec::new();
        let marked = self.seen.iter().flat_map(|seen| &seen.links);
        for (target, words) in marked {
            if let Some(link) = Link::parse(target) {
                found.push((link, words.clone()));
            }
        }
        for link in link::find(&self.text()) {
            if !found.iter().any(|(known, _)| *known == link) {
                found.push((link, String::new()));
            }
        }
        found.truncate(link::MOST);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_with_what_it_says() {
        let raw = b"From x Thu Jun 11 09:14:06 2026\nReceived: from a by b.example; 11 Jun 2026 09:14:06 +0000\nFrom: A <a@b.example>\nTo: c@d.example\nSubject: =?utf-8?Q?caf=C3=A9?=\nDate: Thu, 11 Jun 2026 09:14:04 +0000\nContent-Type: text/html\n\n<p>Hi <a href=\"https://x.example/a\">there</a> y.example/b\n";
        let message = Message::parse(raw);
        assert!(message.is_mail() && !message.too_large);
        assert_eq!((message.subject().as_str(), message.date()), ("café", Some(1_781_169_244)));
        assert_eq!((message.senders(), message.hops().len()), ((1, 1), 1));
        assert_eq!(message.text().trim(), "Hi there y.example/b");
        let links: Vec<String> = message.links().into_iter().map(|(link, _)| link.page()).collect();
        assert_eq!(links, ["x.example/a", "y.example/b"]);
    }

    #[test]
    fn anything_is_a_message() {
        for raw in [&b""[..], b"\n", b"hello", b"\xff\xfe\x00", b"From: \n"] {
            let message = Message::parse(raw);
            let _ = (message.text(), message.links(), message.subject(), message.hops(), message.is_mail());
        }
        let large = vec![b'a'; LARGEST + 1];
        assert!(Message::parse(&large).too_large);
    }
}
