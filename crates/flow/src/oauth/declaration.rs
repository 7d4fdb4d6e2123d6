//! Whose list of declared clients holds, where each node has a configuration file of its own: that of the node that started
//! last. The files are meant to be the same; where they are not, nothing is fought over. A start brings the store into line
//! once, and a node whose list does not hold any more says so and leaves things as they are.

use model::client::Registered;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::time::Time;
use store::{Recorded, Store, Tx, clients, meta};

/// Under which name the list is kept that holds, by its digest, and since when.
const NAME: &str = "declared clients";

/// What stands for a list, whatever the order in which it names the clients.
///
/// # Errors
/// A fault of writing one.
pub fn digest(keys: &Keys, declared: &[Registered]) -> Result<Digest, Fault> {
    let mut all = declared.iter().map(clients::timeless).collect::<Result<Vec<String>, Fault>>()?;
    all.sort();
    let parts: Vec<&[u8]> =
        std::iter::once(NAME.as_bytes()).chain(all.iter().map(|one| one.as_bytes())).collect();
    Ok(keys.digest(Of::Token, &parts))
}

/// Declares this list; says since when another one held, if one did.
///
/// # Errors
/// A fault of the store.
pub fn declare(tx: &mut Tx<'_>, cx: &mut Cx, list: &Digest) -> Result<Recorded<Option<Time>>, Fault> {
    let before = meta::find(tx, NAME)?.as_deref().and_then(read);
    let before = match before {
        Some((other, since)) if !other.matches(list) => Some(since),
        Some(_) => return Ok(tx.unrecorded("it holds already", None)),
        None => None,
    };
    let mut value = list.bytes().to_vec();
    value.extend(cx.now.micros().to_be_bytes());
    meta::put(tx, NAME, &value)?;
    Ok(tx.unrecorded("what changes by it is recorded for each client", before))
}

/// Since when another list holds than this one, if it does not.
///
/// # Errors
/// A fault of the store.
pub fn replaced(store: &Store, list: &Digest) -> Result<Option<Time>, Fault> {
    let found = store.read(|reader| meta::find(reader, NAME))?;
    let found = found.as_deref().and_then(read).filter(|(other, _)| !other.matches(list));
    Ok(found.map(|(_, since)| since))
}

fn read(value: &[u8]) -> Option<(Digest, Time)> {
    let (digest, since) = value.split_first_chunk::<16>()?;
    let since = since.first_chunk::<8>()?;
    Some((Digest::from_bytes(*digest), Time::from_micros(i64::from_be_bytes(*since))))
}
