//! Claims about a person.
//!
//! Implements: OpenID Connect Core §5.1, §5.4 and §5.5: what a scope opens or a client asks for by its name, and nothing that we do
//! not know. A private name is nobody's name; it opens an account and is told to no client.

use std::collections::BTreeSet;

use model::access_token::seconds;
use model::client::Client;
use model::event::AddressKind;
use model::fault::Fault;
use model::id::AccountId;
use store::{Store, accounts, addresses};
use wire::json::{Map, Value};
use wire::oauth::claims::WantedClaims;
use wire::oauth::scope::Scopes;

/// The claims that there are, each with the scope that opens it.
pub const CLAIMS: [(&str, &str); 6] = [
    ("name", "profile"),
    ("updated_at", "profile"),
    ("email", "email"),
    ("email_verified", "email"),
    ("phone_number", "phone"),
    ("phone_number_verified", "phone"),
];

/// The scope that opens a claim, where there is such a claim, and a client that asks for it by its name may ask for that scope.
#[must_use]
pub fn scope_of(client: &Client, claim: &str) -> Option<&'static str> {
    let scope = CLAIMS.iter().find(|(name, _)| *name == claim).map(|(_, scope)| *scope)?;
    client.scopes.has(scope).then_some(scope)
}

/// The scopes of all claims that a client asks for by their names: what the person is told that it gets.
#[must_use]
pub fn scopes_of(client: &Client, asked: &WantedClaims) -> Scopes {
    let names = asked.userinfo.iter().chain(&asked.id_token);
    let scopes: BTreeSet<&str> = names.filter_map(|wanted| scope_of(client, &wanted.name)).collect();
    Scopes::stored(&scopes.into_iter().collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// Those claims about an account that are `wanted` and known.
///
/// # Errors
/// A fault of the store.
pub(super) fn claims(
    store: &Store,
    account: AccountId,
    wanted: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, Fault> {
    let (found, profile, all) = store.read(|reader| {
        let found = accounts::ask(reader, account)?;
        let profile = accounts::ask_profile(reader, account)?;
        Ok((found.get(reader)?, profile.get(reader)?, addresses::list(reader, account)?))
    })?;
    let mut claims = Map::new();
    let (Some(found), Some(profile)) = (found, profile) else { return Ok(claims) };
    let mut put = |name: &str, value: Value| {
        if wanted(name) {
            claims.insert(name.to_owned(), value);
        }
    };
    // What is told of a person last changed when the account was opened, its main address confirmed, or its owner named.
    let changed = found.opened_at.max(found.confirmed_at).max(profile.named_at.unwrap_or(found.opened_at));
    put("updated_at", seconds(changed).into());
    if let Some(name) = profile.name {
        put("name", name.into());
    }
    put("email", found.address.into());
    put("email_verified", true.into());
    if let Some(phone) = all.iter().find(|kept| kept.kind == AddressKind::Phone) {
        put("phone_number", phone.shown.as_str().into());
        put("phone_number_verified", true.into());
    }
    Ok(claims)
}
