//! Claims about a person.
//!
//! Implements: OpenID Connect Core §5.1 and §5.4: what a scope opens, and nothing that we do not know. A private name is
//! nobody's name; it opens an account and is told to no client.

use model::event::AddressKind;
use model::fault::Fault;
use model::id::AccountId;
use store::{Store, accounts, addresses};
use wire::json::{Map, Value};

/// The claims that there are, each with the scope that opens it.
pub const CLAIMS: [(&str, &str); 4] = [
    ("email", "email"),
    ("email_verified", "email"),
    ("phone_number", "phone"),
    ("phone_number_verified", "phone"),
];

/// Those claims about an account that are `wanted` and known.
///
/// # Errors
/// A fault of the store.
pub(super) fn claims(
    store: &Store,
    account: AccountId,
    wanted: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, Fault> {
    let (found, all) =
        store.read(|reader| Ok((accounts::find(reader, account)?, addresses::list(reader, account)?)))?;
    let mut claims = Map::new();
    let Some(found) = found else { return Ok(claims) };
    let mut put = |name: &str, value: Value| {
        if wanted(name) {
            claims.insert(name.to_owned(), value);
        }
    };
    put("email", found.address.into());
    put("email_verified", true.into());
    if let Some(phone) = all.iter().find(|kept| kept.kind == AddressKind::Phone) {
        put("phone_number", phone.shown.as_str().into());
        put("phone_number_verified", true.into());
    }
    Ok(claims)
}
