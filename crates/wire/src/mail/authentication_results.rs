//! `Authentication-Results:`: what a server says it found out about the sender.
//!
//! Implements: RFC 8601 §2.2, §2.7; and the form of Exchange Online, which names no server. Whether the field may be
//! believed is not decided here: anybody can write one.

use super::comment;

/// Most results of one field that are read.
pub const MOST: usize = 50;

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// The server that says so (authserv-id), in lower case; empty where the field names none.
    pub server: String,
    /// What it says, in order.
    pub list: Vec<Finding>,
}

/// The result of one method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// `spf`, `dkim`, `dmarc`, `arc`, …
    pub method: String,
    /// `pass`, `fail`, `none`, …
    pub result: String,
    /// Properties such as `header.from`, with their values in lower case.
    pub properties: Vec<(String, String)>,
}

impl Finding {
    /// The value of a property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the method passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.result == "pass"
    }

    /// The domain that a DKIM result is about: of `header.d`, or of the identity in `header.i`.
    #[must_use]
    pub fn signer(&self) -> Option<&str> {
        let identity = || self.property("header.i").map(domain_of);
        self.property("header.d").or_else(identity).filter(|domain| !domain.is_empty())
    }
}

impl Results {
    /// Reads the value of a field, unfolded and decoded (some servers encode it, RFC 2047).
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let bare = comment::without(value);
        let mut results = Self::default();
        for (place, part) in split_quoted(&bare, ';').into_iter().take(MOST).enumerate() {
            let words = words(&part);
            let Some(first) = words.first() else { continue };
            if place == 0 && !first.contains('=') {
                // RFC 8601 §2.2: authserv-id [ CFWS authres-version ]
                results.server = first.trim_matches('"').trim_end_matches('.').to_ascii_lowercase();
                continue;
            }
            results.take(&words);
        }
        results
    }

    /// The results of one method.
    pub fn of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Finding> + 'a {
        self.list.iter().filter(move |finding| finding.method == method)
    }

    /// `method[/version]=result [reason=…] property=value …`. Exchange Online's `dkim=pass … header.d=…;dmarc=…` has it too.
    fn take(&mut self, words: &[String]) {
        let mut pairs = words.iter().filter_map(|word| word.split_once('='));
        let Some((method, result)) = pairs.next() else { return };
        let method = method.split('/').next().unwrap_or_default().trim().to_ascii_lowercase();
        if method.is_empty() || self.list.len() >= MOST {
            return;
        }
        let properties = pairs
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim_matches('"').to_lowercase()))
            .take(MOST)
            .collect();
        self.list.push(Finding { method, result: result.trim().to_ascii_lowercase(), properties });
    }
}

/// The part of an identity or address after its last `@`.
fn domain_of(identity: &str) -> &str {
    identity.rsplit_once('@').map_or(identity, |(_, domain)| domain)
}

/// Words, with the white space around `=` closed up.
fn words(part: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in split_quoted(part, ' ').iter().flat_map(|word| word.split(['\t', '\r', '\n'])) {
        let word = word.trim();
        if word.is_empty() {
            continue;
        }
        match words.last_mut() {
            Some(last) if last.ends_with('=') || word.starts_with('=') => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn split_quoted(text: &str, at: char) -> Vec<String> {
    let mut quoted = false;
    let parts = text.split(|c: char| {
        quoted ^= c == '"';
        c == at && !quoted
    });
    parts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_standard_is_read() {
        let read = Results::parse(
            "mx.google.com;       dkim=pass header.i=@accountprotection.microsoft.com header.s=selector1;   spf=pass \
             (google.com: domain of a@b designates 1.2.3.4; x) smtp.mailfrom=a@b.example;  dmarc=pass (p=REJECT \
             sp=REJECT dis=NONE) header.from=Accountprotection.Microsoft.com",
        );
        assert_eq!((read.server.as_str(), read.list.len()), ("mx.google.com", 3));
        let dkim = read.of("dkim").next().unwrap();
        assert!(dkim.passed());
        assert_eq!(dkim.signer(), Some("accountprotection.microsoft.com"));
        assert_eq!(
            read.of("dmarc").next().unwrap().property("header.from"),
            Some("accountprotection.microsoft.com")
        );
    }

    #[test]
    fn the_form_without_a_server_is_read() {
        let read = Results::parse(
            "spf=fail (sender IP is 198.51.100.9) smtp.mailfrom=mailer.example; dkim=none (message not signed) \
             header.d=none;dmarc=fail action=oreject header.from=x.example;compauth=fail reason=000",
        );
        assert_eq!((read.server.as_str(), read.list.len()), ("", 4));
        assert_eq!(read.of("dmarc").next().unwrap().property("action"), Some("oreject"));
        assert_eq!(read.of("dkim").next().unwrap().signer(), Some("none"));
    }

    #[test]
    fn odd_forms_are_read_as_far_as_they_go() {
        let read = Results::parse("example.org 1; none");
        assert_eq!((read.server.as_str(), read.list.len()), ("example.org", 0));
        let read = Results::parse("x.example; dkim/1 = pass reason=\"good; signature\" header.d = a.example");
        assert_eq!(
            read.list.first().map(|one| (one.method.as_str(), one.result.as_str())),
            Some(("dkim", "pass"))
        );
        assert_eq!(read.list.first().and_then(Finding::signer), Some("a.example"));
        assert_eq!(Results::parse(""), Results::default());
        assert!(Results::parse(&"a=b;".repeat(1_000)).list.len() <= MOST);
    }
}
