//! The field `DKIM-Signature:`, and its like of ARC.
//!
//! Implements: RFC 6376 §3.5, RFC 8301 §3.1, RFC 8463 §3.

use base64::Engine;

use super::canonical::Canon;
use crate::Malformed;
use crate::mail::encoded_word::LENIENT;
use crate::mail::field::without_end;
use crate::mail::mailbox::to_ascii;
use crate::mail::tags::Tags;

/// Most names in `h=`.
const MOST_NAMES: usize = 200;

/// By what it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS #1 v1.5 with SHA-256.
    RsaSha256,
    /// Ed25519 over a SHA-256 digest.
    Ed25519Sha256,
}

/// A signature that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// By what it was signed.
    pub algorithm: Algorithm,
    /// The signature.
    pub value: Vec<u8>,
    /// The digest of the body; empty in a seal of ARC, which has none.
    pub body_digest: Vec<u8>,
    /// How the header was hashed.
    pub header: Canon,
    /// How the body was hashed.
    pub body: Canon,
    /// The domain that signed: A-labels in lower case.
    pub domain: String,
    /// Under which name its key stands.
    pub selector: String,
    /// The fields that it covers, in lower case, in order.
    pub covers: Vec<String>,
    /// How much of the body it covers, if not all.
    pub length: Option<u64>,
    /// The domain of `i=`, if there is one.
    pub identity: Option<String>,
    /// When it was made.
    pub signed_at: Option<i64>,
    /// Until when it counts.
    pub expires_at: Option<i64>,
}

impl Signature {
    /// Reads the value of a `DKIM-Signature` field.
    ///
    /// # Errors
    /// [`Malformed`] for what RFC 6376 §3.5 forbids, for `rsa-sha1` (RFC 8301 §3.1), and when `From` is not covered (§5.4).
    pub fn parse(value: &str) -> Result<Self, Malformed> {
        let tags = Tags::parse(value)?;
        if tags.get("v") != Some("1") {
            return Err(refuse("version 1"));
        }
        let signature = Self::of(&tags)?;
        if !signature.covers.iter().any(|name| name == "from") {
            return Err(refuse("a signature over From"));
        }
        if signature.identity.as_ref().is_some_and(|identity| !super::is_within(identity, &signature.domain))
        {
            return Err(refuse("an identity within the domain"));
        }
        Ok(signature)
    }

    /// Reads what signatures of mails and of ARC have in common.
    ///
    /// # Errors
    /// [`Malformed`].
    pub(in crate::mail) fn of(tags: &Tags) -> Result<Self, Malformed> {
        let mut signature = Self::seal(tags)?;
        signature.body_digest = bytes(tags, "bh")?;
        let covers = tags.get("h").ok_or(refuse("the names of fields"))?;
        signature.covers = covers.split(':').map(|name| name.trim().to_ascii_lowercase()).collect();
        if signature.covers.iter().any(String::is_empty) || signature.covers.len() > MOST_NAMES {
            return Err(refuse("the names of fields"));
        }
        let (header, body) = match tags.packed("c").unwrap_or_default().to_ascii_lowercase().split_once('/') {
            Some((header, body)) => (canon(header)?, canon(body)?),
            None => (canon(&tags.packed("c").unwrap_or_default())?, Canon::Simple),
        };
        (signature.header, signature.body) = (header, body);
        signature.length = match tags.get("l") {
            None => None,
            Some(length) => Some(length.parse().map_err(|_| refuse("a length"))?),
        };
        Ok(signature)
    }

    /// Reads what every one of them has.
    ///
    /// # Errors
    /// [`Malformed`].
    pub(in crate::mail) fn seal(tags: &Tags) -> Result<Self, Malformed> {
        let algorithm = match tags.get("a").map(str::to_ascii_lowercase).as_deref() {
            Some("rsa-sha256") => Algorithm::RsaSha256,
            Some("ed25519-sha256") => Algorithm::Ed25519Sha256,
            _ => return Err(refuse("rsa-sha256 or ed25519-sha256")),
        };
        let name = |tag| {
            let text = tags.packed(tag).ok_or(refuse("a domain and a selector"))?;
            let text = text.trim_end_matches('.').to_ascii_lowercase();
            let written = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            match text.is_ascii() && text.chars().all(written) {
                true if !text.is_empty() && text.len() <= 253 => Ok(text),
                _ => to_ascii(&text).map_err(|_| refuse("a domain and a selector")),
            }
        };
        let identity = tags.packed("i").map(|identity| {
            let domain = identity.rsplit_once('@').map_or(identity.as_str(), |(_, domain)| domain);
            domain.trim_end_matches('.').to_ascii_lowercase()
        });
        Ok(Self {
            algorithm,
            value: bytes(tags, "b")?,
            body_digest: Vec::new(),
            header: Canon::Relaxed,
            body: Canon::Simple,
            domain: name("d")?,
            selector: name("s")?,
            covers: Vec::new(),
            length: None,
            identity: identity.filter(|identity| !identity.is_empty()),
            signed_at: tags.get("t").and_then(|time| time.parse().ok()),
            expires_at: tags.get("x").and_then(|time| time.parse().ok()),
        })
    }
}

const fn refuse(expected: &'static str) -> Malformed {
    Malformed { what: "signature of a mail", at: 0, expected }
}

fn canon(name: &str) -> Result<Canon, Malformed> {
    match name.to_ascii_lowercase().as_str() {
        "" | "simple" => Ok(Canon::Simple),
        "relaxed" => Ok(Canon::Relaxed),
        _ => Err(refuse("simple or relaxed")),
    }
}

fn bytes(tags: &Tags, name: &str) -> Result<Vec<u8>, Malformed> {
    let packed = tags.packed(name).filter(|packed| !packed.is_empty()).ok_or(refuse("base64"))?;
    LENIENT.decode(packed).map_err(|_| refuse("base64"))
}

/// The field with the value of `b=` taken out, and nothing else changed (RFC 6376 §3.7).
#[must_use]
pub fn without_value(raw: &[u8]) -> Vec<u8> {
    let colon = raw.iter().position(|byte| *byte == b':').map_or(0, |at| at.saturating_add(1));
    let (name, value) = raw.split_at_checked(colon).unwrap_or((b"", raw));
    let mut out = name.to_vec();
    let bare = without_end(value);
    for (place, tag) in bare.split(|byte| *byte == b';').enumerate() {
        if place > 0 {
            out.push(b';');
        }
        let equals = tag.iter().position(|byte| *byte == b'=').unwrap_or(tag.len());
        let (name, _) = tag.split_at_checked(equals).unwrap_or((tag, b""));
        if name.trim_ascii() == b"b" && equals < tag.len() {
            out.extend_from_slice(name);
            out.push(b'=');
        } else {
            out.extend_from_slice(tag);
        }
    }
    // The end of the line belongs to no tag.
    out.extend_from_slice(value.get(bare.len()..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "v=1; a=rsa-sha256; c=relaxed/simple; d=Example.ORG; s=s1; h=From : To:subject; bh=AAAA; b=AAAA; t=12; l=5; i=@mail.example.org";

    #[test]
    fn a_signature_is_read() {
        let read = Signature::parse(ONE).unwrap();
        assert_eq!((read.domain.as_str(), read.selector.as_str()), ("example.org", "s1"));
        assert_eq!((read.header, read.body, read.length), (Canon::Relaxed, Canon::Simple, Some(5)));
        assert_eq!(read.covers, ["from", "to", "subject"]);
        assert_eq!((read.signed_at, read.expires_at), (Some(12), None));
    }

    #[test]
    fn what_counts_for_nothing_is_refused() {
        for (from, to) in [
            ("v=1", "v=2"),
            ("rsa-sha256", "rsa-sha1"),
            ("From : ", ""),
            ("d=Example.ORG; ", ""),
            ("bh=AAAA", "bh="),
            ("b=AAAA;", "b=*;"),
            ("relaxed/simple", "loose"),
            ("@mail.example.org", "@example.com"),
            ("l=5", "l=-1"),
        ] {
            assert!(Signature::parse(&ONE.replace(from, to)).is_err(), "{from} -> {to}");
        }
    }

    #[test]
    fn its_own_value_goes_and_nothing_else() {
        for (raw, bare) in [
            ("D: v=1; b=ab\r\n cd; bh=xx\r\n", "D: v=1; b=; bh=xx\r\n"),
            ("D: v=1; bh=xx; b=ab\r\n cd\r\n", "D: v=1; bh=xx; b=\r\n"),
            ("D: b = ab; c=d\r\n", "D: b =; c=d\r\n"),
            ("D: v=1; b=ab;\r\n", "D: v=1; b=;\r\n"),
            ("D: v=1; b=ab", "D: v=1; b="),
        ] {
            assert_eq!(String::from_utf8(without_value(raw.as_bytes())).unwrap(), bare);
        }
    }
}
