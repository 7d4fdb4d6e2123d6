//! A request that a browser brought and that waits for a person: sealed into the address of its page, so that nothing is kept
//! for whoever never answers (docs/decisions/0021).
//!
//! Whoever answers spends it by a claim ([`seen_ids`]), which is remembered for as long as it could be answered.

use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::time::Time;
use store::{Reader, Store, Tx, seal, seen_ids};
use wire::oauth::packed_request::{pack, unpack};
use wire::oauth::parameters::Parameters;

use super::request::WAITS;

/// What its address begins with, so that it passes for no reference to a pushed request.
const PREFIX: &str = "bidden_rq_";
const PLACE: &[u8] = b"request for authorization";
/// The longest sealed request, in bytes: as text it fits into a cookie beside its name, of which browsers keep 4096 bytes (RFC
/// 6265 §6.1), and into a line of a request, of which common proxies take 8 kB.
const LONGEST: usize = 2_700;

/// One that was opened.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) parameters: Parameters,
    /// When it came.
    pub(super) made_at: Time,
    pub(super) spent: Spent,
}

/// Under what its answer is remembered.
#[derive(Clone, Copy)]
pub(super) struct Spent(Digest);

/// Seals a request that came at `made_at`; nothing when it is too long for an address.
pub(super) fn seal(
    store: &Store,
    cx: &mut Cx,
    (parameters, made_at): (&Parameters, Time),
) -> Result<Option<String>, Fault> {
    let mut plain = made_at.micros().to_be_bytes().to_vec();
    plain.extend(pack(parameters));
    let sealed = seal::seal(store.keys(), &mut cx.entropy, PLACE, &plain)?;
    Ok((sealed.len() <= LONGEST).then(|| format!("{PREFIX}{}", wire::token::encode(&sealed))))
}

/// Opens what [`seal`] made, if it can still be answered for all that it says itself.
pub(super) fn open(keys: &Keys, now: Time, text: &str) -> Option<Waiting> {
    let sealed = wire::token::decode_at_most(text.strip_prefix(PREFIX)?, LONGEST).ok()?;
    let plain = seal::open(keys, PLACE, &sealed).ok()?;
    let (made_at, packed) = plain.expose().split_first_chunk::<8>()?;
    let made_at = Time::from_micros(i64::from_be_bytes(*made_at));
    let parameters = unpack(packed).ok()?;
    let spent = Spent(keys.digest(Of::Token, &[PLACE, &sealed]));
    (now < made_at + WAITS).then_some(Waiting { parameters, made_at, spent })
}

impl Spent {
    /// Whether it was answered.
    pub(super) fn is(&self, reader: &mut Reader<'_>) -> Result<bool, Fault> {
        seen_ids::has(reader, &self.0)
    }

    /// Answers it: a claim, true for the first answer and never again.
    pub(super) fn claim(&self, tx: &mut Tx<'_>, made_at: Time) -> Result<bool, Fault> {
        seen_ids::claim(tx, &self.0, made_at + WAITS)
    }
}
