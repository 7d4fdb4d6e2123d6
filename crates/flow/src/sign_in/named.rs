//! Somebody types a private name in place of an address: to which mailbox does the code go?
//!
//! Looked up before the transaction, by the same statement and with the same work whether or not anybody has the name.

use model::address::Address;
use model::fault::Fault;
use model::name::PrivateName;
use store::{Store, addresses};
use wire::mail::mailbox::Mailbox;

/// A mailbox that cannot exist (RFC 2606 §2), for names that nobody has: what asks for a code by one does the same work.
const NOBODY: &str = "nobody@name.invalid";

/// The main mailbox of whoever has this name, as an address that shows only the name.
///
/// # Errors
/// A fault of the store.
pub fn resolve(store: &Store, name: &PrivateName) -> Result<Address, Fault> {
    let found = store.read(|reader| addresses::find_mailbox(reader, &name.identity()))?;
    let known = found.is_some();
    let mailbox = Mailbox::parse(found.as_deref().unwrap_or(NOBODY))
        .map_err(|error| Fault::new("the main address of an account cannot be read", error))?;
    Ok(Address::behind(name, mailbox, known, store.keys()))
}
