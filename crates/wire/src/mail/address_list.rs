//! The addresses of `From:`, `To:` and their like, with the names that stand beside them.
//!
//! Implements: RFC 5322 §3.4 (mailboxes, groups, display names), §4.4 (obsolete forms, as far as they occur), RFC 6532.

use super::comment;
use super::encoded_word;
use super::mailbox::{shown, to_ascii};

/// Most addresses of one field that are read.
pub const MOST: usize = 100;

/// One address as a message names it. Not checked like [`super::mailbox::Mailbox`]: messages name addresses that nobody
/// would let anybody type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// The name beside it, decoded; empty when there is none.
    pub name: String,
    /// The part before the last `@`; empty when there is no address.
    pub local: String,
    /// The domain: A-labels in lower case where it can be one, otherwise as it stands in lower case.
    pub domain: String,
}

impl Party {
    /// `local@domain`, or nothing when there is no address.
    #[must_use]
    pub fn address(&self) -> String {
        if self.domain.is_empty() { self.local.clone() } else { format!("{}@{}", self.local, self.domain) }
    }

    /// Whether it has an address and not only a name.
    #[must_use]
    pub const fn is_address(&self) -> bool {
        !self.local.is_empty() && !self.domain.is_empty()
    }

    /// The domain for people: U-labels. Its letters may look like those of another one.
    #[must_use]
    pub fn domain_shown(&self) -> String {
        shown(&self.domain)
    }

    /// Whether `address` is this one: domains are compared as A-labels, and the case of neither part counts.
    #[must_use]
    pub fn is(&self, address: &str) -> bool {
        let other = one(address);
        self.is_address() && self.domain == other.domain && self.local.eq_ignore_ascii_case(&other.local)
    }
}

/// Reads the value of a field, unfolded and not decoded yet. Groups are opened; what has neither name nor address is left out.
#[must_use]
pub fn parse(value: &str) -> Vec<Party> {
    pieces(value)
        .into_iter()
        .map(|piece| one(&piece))
        .filter(|party| *party != Party::default())
        .take(MOST)
        .collect()
}

/// Reads what stands between two commas.
#[must_use]
pub fn one(piece: &str) -> Party {
    let mut bare = String::new();
    let mut said = String::new();
    comment::split(piece, |part| match part {
        comment::Part::Text(text) => bare.push_str(text),
        comment::Part::Comment(text) => said.push_str(text),
    });
    let (name, address) = match angle(&bare) {
        // What stands in parentheses beside a name is shown with it.
        Some((name, address)) if !said.is_empty() && !name.trim().is_empty() => {
            (format!("{} ({said})", name.trim()), address)
        }
        Some((name, address)) => (name.to_owned(), address),
        None if bare.contains('@') => (said, bare.as_str()),
        None => (bare.clone(), ""),
    };
    let (local, domain) = split_address(address);
    Party { name: plain_name(&name), local, domain }
}

/// `name <address>`: the last pair of angle brackets that is not quoted.
fn angle(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut escaped = false;
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => open = Some(at),
            _ => {}
        }
    }
    let open = open?;
    let inner = text.get(open + 1..)?;
    let inner = inner.split('>').next().unwrap_or(inner);
    // RFC 5322 §4.4: a route before the address says nothing.
    let inner =
        if inner.starts_with('@') { inner.split_once(':').map_or(inner, |(_, rest)| rest) } else { inner };
    Some((text.get(..open).unwrap_or_default(), inner))
}

fn split_address(address: &str) -> (String, String) {
    let compact: String = address.chars().filter(|c| !c.is_whitespace()).collect();
    match compact.rsplit_once('@') {
        Some((local, domain)) => {
            let domain = domain.trim_end_matches('.');
            let domain = to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
            (local.trim_matches('"').to_owned(), domain)
        }
        None => (compact, String::new()),
    }
}

/// A display name as people see it: quotes and their escapes taken off, encoded words decoded, white space closed up.
fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut escaped = false;
    for c in name.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {}
            _ => {
                escaped = false;
                plain.push(c);
            }
        }
    }
    encoded_word::decode(plain.trim()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes a field apart at commas and the marks of groups that are not quoted, bracketed or in a comment.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let (mut quoted, mut escaped, mut depth, mut bracket) = (false, false, 0_usize, false);
    for c in value.chars() {
        if pieces.len() > MOST {
            break;
        }
        let literal = quoted || depth > 0 || bracket;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            '<' if !quoted && depth == 0 => bracket = true,
            '>' if !quoted && depth == 0 => bracket = false,
            ',' | ';' if !literal => {
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            ':' if !literal => {
                // The name of a group.
                piece.clear();
                continue;
            }
            _ => {}
        }
        piece.push(c);
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(String, String)> {
        parse(value).into_iter().map(|party| (party.name.clone(), party.address())).collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn addresses_are_read_with_their_names() {
        assert_eq!(read("Ada L <Ada@Example.ORG>"), [pair("Ada L", "Ada@example.org")]);
        assert_eq!(read("ada@example.org (Ada)"), [pair("Ada", "ada@example.org")]);
        assert_eq!(read("\"L, Ada\" <a@b.org>, c@d.org"), [pair("L, Ada", "a@b.org"), pair("", "c@d.org")]);
        assert_eq!(read("=?utf-8?B?w4lkYQ==?= <a@b.org>"), [pair("Éda", "a@b.org")]);
        assert_eq!(read("Fabrikam (via Microsoft) <a@b.org>"), [pair("Fabrikam (via Microsoft)", "a@b.org")]);
        assert_eq!(read("undisclosed-recipients:;"), []);
        assert_eq!(read("Team: a@b.org, C <c@d.org>;"), [pair("", "a@b.org"), pair("C", "c@d.org")]);
        assert_eq!(read("<@relay.org:a@b.org>"), [pair("", "a@b.org")]);
        assert_eq!(read("a@b.org."), [pair("", "a@b.org")]);
    }

    #[test]
    fn a_name_that_looks_like_an_address_stays_a_name() {
        let one = parse("\"security@microsoft.com\" <billing@shop.example>").remove(0);
        assert_eq!((one.name.as_str(), one.domain.as_str()), ("security@microsoft.com", "shop.example"));
        let one = parse("security@microsoft.com <billing@shop.example>").remove(0);
        assert_eq!(one.address(), "billing@shop.example");
        let one = parse("<security@microsoft.com> <billing@shop.example>").remove(0);
        assert_eq!(one.address(), "billing@shop.example");
    }

    #[test]
    fn domains_are_compared_as_the_dns_has_them() {
        let one = parse("a@bücher.example").remove(0);
        assert_eq!(one.domain, "xn--bcher-kva.example");
        assert_eq!(one.domain_shown(), "bücher.example");
        assert!(one.is("A@xn--bcher-kva.EXAMPLE") && !one.is("b@bücher.example") && !one.is(""));
    }

    #[test]
    fn only_so_many_are_read() {
        assert_eq!(parse(&"a@b.org,".repeat(10_000)).len(), MOST);
    }
}
