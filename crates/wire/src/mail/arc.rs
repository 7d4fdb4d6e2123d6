//! The chain of servers that say what they found before they changed a mail and sent it on.
//!
//! Implements: RFC 8617 §4 (fields), §5.2 (validation). A chain that holds says that these servers said so; whether one
//! believes them is not decided here. The results of the *newest* server are the ones that count: an older one may have been
//! inside the sender's own house, where nothing was signed yet.

use super::authentication_results::Results;
use super::dkim::canonical::{self, Canon};
use super::dkim::signature::Signature;
use super::dkim::{self, Keys};
use super::field::{Field, Header};
use super::tags::Tags;

/// Most servers of one chain (RFC 8617 §4.2.1).
pub const MOST: usize = 50;

/// How a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chain {
    /// There is none.
    None,
    /// Every seal holds, and the newest signature over the mail too.
    Holds,
    /// Something does not fit.
    Broken,
    /// A key is not known.
    NoKey,
}

/// A chain that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arc {
    /// How it ends.
    pub chain: Chain,
    /// The domains that sealed, oldest first.
    pub sealers: Vec<String>,
    /// What the newest server found.
    pub newest: Results,
    /// Who sealed and what each says it found, oldest first, whether or not it holds.
    pub claimed: Vec<(String, Results)>,
}

impl Arc {
    /// A chain of which nothing is known but how it ends.
    #[must_use]
    pub const fn ending(chain: Chain) -> Self {
        let newest = Results { server: String::new(), list: Vec::new() };
        Self { chain, sealers: Vec::new(), newest, claimed: Vec::new() }
    }
}

/// What one server added.
struct Set<'a> {
    results: Field<'a>,
    message: Field<'a>,
    seal: Field<'a>,
}

/// Reads and verifies the chain of a message.
#[must_use]
pub fn verify(header: &Header<'_>, body: &[u8], keys: &dyn Keys) -> Arc {
    let sets = match sets(header) {
        Ok(sets) if sets.is_empty() => return Arc::ending(Chain::None),
        Ok(sets) if !header.cut => sets,
        Ok(_) | Err(()) => return Arc::ending(Chain::Broken),
    };
    let claimed = sets.iter().map(|set| (sealer(&set.seal), results_of(&set.results))).collect();
    let broken = Arc { claimed, ..Arc::ending(Chain::Broken) };
    let mut sealers = Vec::new();
    let mut chain = Chain::Holds;
    for (place, set) in sets.iter().enumerate() {
        let Ok(tags) = Tags::parse(&set.seal.unfolded()) else { return broken };
        let Ok(seal) = Signature::seal(&tags) else { return broken };
        // §5.2 step 3: the first says that there was none, the others that it held.
        let expected = if place == 0 { "none" } else { "pass" };
        if tags.get("cv").map(str::to_ascii_lowercase).as_deref() != Some(expected) || tags.get("h").is_some()
        {
            return broken;
        }
        let signed = sealed(&sets, place);
        sealers.push(seal.domain.clone());
        chain = worse(chain, outcome(keys, &seal, &signed));
    }
    let newest = sets.last().map_or(Chain::Broken, |set| message_holds(header, set, (body, keys)));
    let results = sets.last().map(|set| results_of(&set.results)).unwrap_or_default();
    Arc { chain: worse(chain, newest), sealers, newest: results, claimed: broken.claimed }
}

/// The domain that a seal names.
fn sealer(seal: &Field<'_>) -> String {
    let tags = Tags::parse(&seal.unfolded()).unwrap_or_default();
    tags.packed("d").unwrap_or_default().to_ascii_lowercase()
}

const fn worse(one: Chain, other: Chain) -> Chain {
    match (one, other) {
        (Chain::Broken, _) | (_, Chain::Broken) => Chain::Broken,
        (Chain::NoKey, _) | (_, Chain::NoKey) => Chain::NoKey,
        (one, _) => one,
    }
}

fn outcome(keys: &dyn Keys, signature: &Signature, signed: &[u8]) -> Chain {
    match dkim::look_up(keys, signature) {
        Ok(key) if key.verifies(signed, signature) => Chain::Holds,
        Err(dkim::Outcome::NoKey) => Chain::NoKey,
        Ok(_) | Err(_) => Chain::Broken,
    }
}

/// Whether the newest signature over the mail itself holds (§5.2 step 4).
fn message_holds(header: &Header<'_>, set: &Set<'_>, (body, keys): (&[u8], &dyn Keys)) -> Chain {
    let Ok(tags) = Tags::parse(&set.message.unfolded()) else { return Chain::Broken };
    let Ok(signature) = Signature::of(&tags) else { return Chain::Broken };
    // §4.1.2: it must not cover seals.
    if signature.covers.iter().any(|name| name == "arc-seal") {
        return Chain::Broken;
    }
    let without_identity = Signature { identity: None, ..signature };
    if !dkim::body_is(&without_identity, body) {
        return Chain::Broken;
    }
    outcome(keys, &without_identity, &dkim::signed_fields(header, &set.message, &without_identity))
}

/// What a seal covers (§5.1.1): the fields of every set up to its own, the seal itself without its value at the end.
fn sealed(sets: &[Set<'_>], place: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, set) in sets.iter().take(place.saturating_add(1)).enumerate() {
        out.extend_from_slice(&canonical::field(Canon::Relaxed, set.results.raw()));
        out.extend_from_slice(&canonical::field(Canon::Relaxed, set.message.raw()));
        if at < place {
            out.extend_from_slice(&canonical::field(Canon::Relaxed, set.seal.raw()));
        } else {
            let bare = dkim::signature::without_value(set.seal.raw());
            let own = canonical::field(Canon::Relaxed, &bare);
            out.extend_from_slice(own.strip_suffix(b"\r\n").unwrap_or(&own));
        }
    }
    out
}

/// The sets of a message, oldest first: numbered from 1 without a gap, each field once.
fn sets<'a>(header: &Header<'a>) -> Result<Vec<Set<'a>>, ()> {
    let results = numbered(header, "arc-authentication-results")?;
    let messages = numbered(header, "arc-message-signature")?;
    let seals = numbered(header, "arc-seal")?;
    if results.len() != seals.len() || messages.len() != seals.len() || seals.len() > MOST {
        return Err(());
    }
    let sets = results.into_iter().zip(messages).zip(seals);
    Ok(sets.map(|((results, message), seal)| Set { results, message, seal }).collect())
}

fn numbered<'a>(header: &Header<'a>, name: &str) -> Result<Vec<Field<'a>>, ()> {
    let mut found: Vec<(usize, Field<'a>)> = Vec::new();
    for field in header.named(name) {
        found.push((instance(field).ok_or(())?, *field));
    }
    found.sort_by_key(|(instance, _)| *instance);
    let whole = found.iter().enumerate().all(|(place, (instance, _))| *instance == place + 1);
    whole.then(|| found.into_iter().map(|(_, field)| field).collect()).ok_or(())
}

/// The number in `i=`: the first tag of results, any tag of the others.
fn instance(field: &Field<'_>) -> Option<usize> {
    let value = super::comment::without(&field.unfolded());
    let tag = value.split(';').find_map(|part| part.trim().strip_prefix("i").map(str::trim_start))?;
    tag.strip_prefix('=')?.trim().parse().ok().filter(|number| (1..=MOST).contains(number))
}

/// The results of a set, without the number at their beginning.
fn results_of(field: &Field<'_>) -> Results {
    let value = field.text();
    Results::parse(value.split_once(';').map_or("", |(_, rest)| rest).trim_start())
}

#[cfg(test)]
mod tests;
