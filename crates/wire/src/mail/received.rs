//! `Received:` fields: the hops of a message, as each server that took it says.
//!
//! Implements: RFC 5321 §4.4. Only those of servers one trusts say the truth; the sender writes the others.

use std::net::IpAddr;

use super::comment::{self, Part};
use super::date;

/// One hop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// What the sending side called itself, in lower case.
    pub from: String,
    /// The name by which the receiving server knew it, if it says one in the comment after it.
    pub from_known: String,
    /// The address from which it came.
    pub address: Option<IpAddr>,
    /// The server that took it, in lower case.
    pub by: String,
    /// For whom, where it says so.
    pub to: String,
    /// When: seconds since 1970, UTC.
    pub at: Option<i64>,
}

impl Hop {
    /// Reads the value of a field, unfolded.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let (stamp, time) = value.rsplit_once(';').unwrap_or((value, ""));
        let mut hop = Self { at: date::parse(time), ..Self::default() };
        let mut clause = Clause::None;
        comment::split(stamp, |part| match part {
            Part::Text(text) => {
                for word in text.split_ascii_whitespace() {
                    clause = hop.take(clause, word);
                }
            }
            Part::Comment(text) if clause == Clause::AfterFrom => hop.describe(text),
            Part::Comment(_) => {}
        });
        hop
    }

    fn take(&mut self, clause: Clause, word: &str) -> Clause {
        match (clause, word.to_ascii_lowercase().as_str()) {
            (Clause::From, host) => {
                self.from = bare(host);
                self.address = address(host);
                Clause::AfterFrom
            }
            (Clause::By, host) => {
                self.by = bare(host);
                Clause::After
            }
            (Clause::For, _) => {
                self.to = word.trim_matches(['<', '>', ';']).to_owned();
                Clause::After
            }
            (Clause::Other, _) => Clause::After,
            (_, "from") if self.from.is_empty() => Clause::From,
            (_, "by") if self.by.is_empty() => Clause::By,
            (_, "for") => Clause::For,
            (_, "with" | "id" | "via") => Clause::Other,
            (clause, _) => clause,
        }
    }

    /// What stands in parentheses after the name: `(rdns.example [192.0.2.1])`, `(192.0.2.1)`, `(HELO x)`.
    fn describe(&mut self, text: &str) {
        for word in text.split([' ', ',', '(', ')']).filter(|word| !word.is_empty()) {
            match address(word) {
                Some(found) => self.address = self.address.or(Some(found)),
                None if self.from_known.is_empty() && word.contains('.') && !word.contains('=') => {
                    self.from_known = bare(&word.to_ascii_lowercase());
                }
                None => {}
            }
        }
    }
}

/// Which part of the stamp is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    None,
    From,
    AfterFrom,
    By,
    For,
    Other,
    After,
}

fn bare(host: &str) -> String {
    host.trim_matches(['[', ']', '<', '>', ';', ',']).trim_end_matches('.').to_owned()
}

fn address(word: &str) -> Option<IpAddr> {
    let word = word.trim_matches(['[', ']', ';', ',']);
    let word = word.strip_prefix("IPv6:").or_else(|| word.strip_prefix("ipv6:")).unwrap_or(word);
    word.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_of_the_usual_servers_are_read() {
        let hop = Hop::parse(
            "from NAM10-MW2-obe.outbound.protection.outlook.com (40.107.94.50) by BL02.prod.outlook.com with ESMTPS \
             id abc123; Thu, 11 Jun 2026 09:14:06 +0000",
        );
        assert_eq!(hop.from, "nam10-mw2-obe.outbound.protection.outlook.com");
        assert_eq!((hop.by.as_str(), hop.at), ("bl02.prod.outlook.com", Some(1_781_169_246)));
        assert_eq!(hop.address, "40.107.94.50".parse().ok());
        let hop = Hop::parse(
            "from mail.example.org (mail.example.org. [2001:db8::1]) by mx.google.com with ESMTPS id a-b.1 for \
             <ada@gmail.example> (version=TLS1_3 cipher=x); Thu, 11 Jun 2026 02:14:06 -0700 (PDT)",
        );
        assert_eq!((hop.from_known.as_str(), hop.to.as_str()), ("mail.example.org", "ada@gmail.example"));
        assert_eq!(hop.address, "2001:db8::1".parse().ok());
        let hop = Hop::parse(
            "from [192.0.2.7] (helo=evil.example) by mx.example.org with esmtp (Exim 4.98) (envelope-from \
             <a@evil.example>) id 1x; 11 Jun 2026 09:14:06 +0000",
        );
        assert_eq!((hop.from.as_str(), hop.address), ("192.0.2.7", "192.0.2.7".parse().ok()));
        assert_eq!((hop.by.as_str(), hop.from_known.as_str()), ("mx.example.org", ""));
        let hop = Hop::parse("by 2002:a05:6214:1:b0:1 with SMTP id x; Thu, 11 Jun 2026 09:14:06 +0000");
        assert_eq!((hop.from.as_str(), hop.by.as_str()), ("", "2002:a05:6214:1:b0:1"));
    }

    #[test]
    fn what_is_no_hop_is_an_empty_one() {
        assert_eq!(Hop::parse(""), Hop::default());
        assert_eq!(Hop::parse("(((("), Hop::default());
    }
}
