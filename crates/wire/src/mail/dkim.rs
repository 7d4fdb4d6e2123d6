//! Signatures of mails, verified with keys that somebody else looks up.
//!
//! Implements: RFC 6376 (DKIM), RFC 8301 (rsa-sha1 counts for nothing, keys have at least 1,024 bits), RFC 8463 (Ed25519).
//! Written here because this crate may neither ask the DNS nor know the time, and libraries for it do both: a key comes from
//! whatever [`Keys`] knows, and whether a signature has expired is for whoever has a clock.

pub mod canonical;
pub mod key;
pub mod signature;

use aws_lc_rs::digest;

use self::key::Key;
use self::signature::Signature;
use super::field::{Field, Header};

/// Most signatures of one message that are verified.
pub const MOST: usize = 10;

/// Where keys and policies come from: text records of the DNS, from a file or from the net.
pub trait Keys {
    /// The text records under a name, or `None` when it is not known what stands there. A name that is known to hold nothing
    /// has an empty list.
    fn text(&self, name: &str) -> Option<Vec<String>>;
}

/// Nothing is known.
impl Keys for () {
    fn text(&self, _: &str) -> Option<Vec<String>> {
        None
    }
}

impl<K: Keys + ?Sized> Keys for Box<K> {
    fn text(&self, name: &str) -> Option<Vec<String>> {
        (**self).text(name)
    }
}

/// What became of one signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is by whoever holds the key of the domain, and nothing that it covers was changed.
    Pass,
    /// The fields are as they were signed; the body is not.
    BodyChanged,
    /// The key does not fit the signature, or a field that it covers was changed.
    Wrong,
    /// Nobody knows the key: it was not looked up, or is not in the file.
    NoKey,
    /// The domain says that there is no such key, or has withdrawn it.
    Revoked,
    /// It cannot be read, or uses what counts for nothing today.
    Unusable,
}

/// A signature and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The domain that signed, in lower case; empty when the signature cannot be read.
    pub domain: String,
    /// Under which name its key stands.
    pub selector: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The fields that it covers, in lower case.
    pub covers: Vec<String>,
    /// When it was made: seconds since 1970.
    pub signed_at: Option<i64>,
    /// Until when it counts.
    pub expires_at: Option<i64>,
    /// Whether something stands after the part of the body that was signed (`l=`).
    pub unsigned_tail: bool,
    /// Whether the key is one that the domain only tries out, or has fewer than 2,048 bits.
    pub weak: bool,
}

/// Verifies every signature of a message, topmost first.
#[must_use]
pub fn verify(header: &Header<'_>, body: &[u8], keys: &dyn Keys) -> Vec<Checked> {
    header.named("dkim-signature").take(MOST).map(|field| one(header, field, body, keys)).collect()
}

fn one(header: &Header<'_>, field: &Field<'_>, body: &[u8], keys: &dyn Keys) -> Checked {
    match Signature::parse(&field.unfolded()) {
        Ok(signature) => {
            let (outcome, weak) = check(header, field, &signature, (body, keys));
            Checked {
                outcome,
                unsigned_tail: signature.length.is_some_and(|length| {
                    canonical::body(signature.body, body).len()
                        > usize::try_from(length).unwrap_or(usize::MAX)
                }),
                weak,
                signed_at: signature.signed_at,
                expires_at: signature.expires_at,
                domain: signature.domain,
                selector: signature.selector,
                covers: signature.covers,
            }
        }
        Err(_) => Checked {
            domain: String::new(),
            selector: String::new(),
            outcome: Outcome::Unusable,
            covers: Vec::new(),
            signed_at: None,
            expires_at: None,
            unsigned_tail: false,
            weak: false,
        },
    }
}

fn check(
    header: &Header<'_>,
    field: &Field<'_>,
    signature: &Signature,
    (body, keys): (&[u8], &dyn Keys),
) -> (Outcome, bool) {
    if header.cut {
        // What was not read cannot have been verified.
        return (Outcome::Unusable, false);
    }
    let key = match look_up(keys, signature) {
        Ok(key) => key,
        Err(outcome) => return (outcome, false),
    };
    let holds = key.verifies(&signed_fields(header, field, signature), signature);
    let outcome = match (holds, body_is(signature, body)) {
        (true, true) => Outcome::Pass,
        (true, false) => Outcome::BodyChanged,
        (false, _) => Outcome::Wrong,
    };
    (outcome, key.is_weak())
}

/// Finds the key of a signature.
///
/// # Errors
/// The [`Outcome`] that there is without one.
pub(super) fn look_up(keys: &dyn Keys, signature: &Signature) -> Result<Key, Outcome> {
    let name = format!("{}._domainkey.{}", signature.selector, signature.domain);
    let Some(records) = keys.text(&name) else { return Err(Outcome::NoKey) };
    // RFC 6376 §3.6.2.2: one record; of several, the first that can be read.
    let Some(key) = records.iter().find_map(|record| Key::parse(record).ok()) else {
        return Err(Outcome::Revoked);
    };
    if key.is_revoked() {
        return Err(Outcome::Revoked);
    }
    if !key.serves(signature) {
        return Err(Outcome::Unusable);
    }
    Ok(key)
}

/// Whether the body has the digest that was signed (RFC 6376 §3.7 step 1).
pub(super) fn body_is(signature: &Signature, body: &[u8]) -> bool {
    let mut canonical = canonical::body(signature.body, body);
    if let Some(length) = signature.length {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        // §3.5: more than there is makes the signature void.
        if length > canonical.len() {
            return false;
        }
        canonical.truncate(length);
    }
    digest::digest(&digest::SHA256, &canonical).as_ref() == signature.body_digest
}

/// The fields that a signature covers as they are hashed (RFC 6376 §3.7 step 2, §5.4.2): each name takes the lowest field with
/// it that was not taken yet, and at last the signature itself without its value.
pub(super) fn signed_fields(header: &Header<'_>, field: &Field<'_>, signature: &Signature) -> Vec<u8> {
    let mut out = Vec::new();
    let mut taken: Vec<(&str, usize)> = Vec::new();
    for name in &signature.covers {
        let seen = match taken.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                taken.push((name, 0));
                0
            }
        };
        if let Some(covered) = header.named(name).rev().nth(seen) {
            out.extend_from_slice(&canonical::field(signature.header, covered.raw()));
        }
    }
    let own = canonical::field(signature.header, &signature::without_value(field.raw()));
    out.extend_from_slice(own.strip_suffix(b"\r\n").unwrap_or(&own));
    out
}

/// The domains of signatures that hold and cover who the mail says it is from.
pub fn passed(checked: &[Checked]) -> impl Iterator<Item = &Checked> {
    checked.iter().filter(|one| one.outcome == Outcome::Pass && one.covers.iter().any(|name| name == "from"))
}

/// Whether two domains count as the same for somebody who reads: one is the other, or lies below it.
#[must_use]
pub fn is_within(domain: &str, parent: &str) -> bool {
    !parent.is_empty()
        && (domain == parent || domain.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests;
