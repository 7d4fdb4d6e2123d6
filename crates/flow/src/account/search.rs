//! An operator looks for accounts: by address, by how an address is shown, by domain, by the start of an identifier.
//!
//! The store keeps no index for all of these, so a page is found by looking at accounts in their order, at a bounded
//! number of them at a time; the rest is a link further.

use model::account::Account;
use model::address::Address;
use model::authenticator::AuthenticatorKind;
use model::fault::Fault;
use model::id::AccountId;
use model::time::Time;
use store::{Reader, Store, accounts, authenticators, browsers};
use wire::account_search::AccountSearch;

/// How many accounts are looked at in one step, and how many steps one page takes at most.
const STEP: i64 = 500;
const STEPS: usize = 20;

/// An account with what the list says of it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The account.
    pub account: Account,
    /// The kinds of authenticators that it owns, each once.
    pub owns: Vec<AuthenticatorKind>,
    /// When somebody last signed in to it, from a browser that is not forgotten.
    pub signed_in_at: Option<Time>,
}

/// One page of accounts, in the order in which they were opened.
#[derive(Clone, Debug)]
pub struct Page {
    /// The accounts.
    pub accounts: Vec<Listed>,
    /// After which account the next page begins; there may be none on it.
    pub next: Option<AccountId>,
}

/// Accounts that are looked for, after `after`.
///
/// # Errors
/// A fault of the store.
pub fn page(
    store: &Store,
    wanted: &AccountSearch,
    after: Option<AccountId>,
    limit: usize,
) -> Result<Page, Fault> {
    let (found, next) = match wanted {
        AccountSearch::Address(mailbox) => {
            let identity = Address::new(mailbox.clone(), store.keys()).identity();
            (store.read(|reader| accounts::find_by_identity(reader, &identity))?.into_iter().collect(), None)
        }
        AccountSearch::Identifier { from, to } => {
            let range = (AccountId::from_bytes(*from), AccountId::from_bytes(*to));
            let most = i64::try_from(limit).unwrap_or(STEP);
            (store.read(|reader| accounts::list_between(reader, range, most))?, None)
        }
        AccountSearch::All | AccountSearch::Domain(_) | AccountSearch::Masked { .. } => {
            walk(store, wanted, after, limit)?
        }
    };
    store.read(|reader| {
        let accounts = found.iter().map(|account| listed(reader, account)).collect::<Result<_, _>>()?;
        Ok(Page { accounts, next })
    })
}

fn walk(
    store: &Store,
    wanted: &AccountSearch,
    after: Option<AccountId>,
    limit: usize,
) -> Result<(Vec<Account>, Option<AccountId>), Fault> {
    let (mut found, mut from) = (Vec::new(), after);
    for _ in 0..STEPS {
        let window = store.read(|reader| accounts::list(reader, from, STEP))?;
        let last_step = i64::try_from(window.len()).unwrap_or(0) < STEP;
        for account in window {
            if found.len() == limit {
                return Ok((found, from));
            }
            from = Some(account.id);
            if fits(wanted, &account.address) {
                found.push(account);
            }
        }
        if last_step {
            return Ok((found, None));
        }
    }
    Ok((found, from))
}

/// Whether an address, or what is left of it when its account is closed, is one that is looked for.
fn fits(wanted: &AccountSearch, address: &str) -> bool {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    match wanted {
        AccountSearch::All => true,
        AccountSearch::Domain(wanted) => domain == wanted,
        AccountSearch::Masked { start, domain: at } => {
            domain == at && local.to_lowercase().starts_with(start.as_str())
        }
        AccountSearch::Address(_) | AccountSearch::Identifier { .. } => false,
    }
}

/// The kinds of authenticators that an account owns, each once.
///
/// # Errors
/// A fault of the store.
pub fn owns(store: &Store, id: AccountId) -> Result<Vec<AuthenticatorKind>, Fault> {
    store.read(|reader| kinds(reader, id))
}

fn kinds(reader: &mut Reader<'_>, id: AccountId) -> Result<Vec<AuthenticatorKind>, Fault> {
    let own = authenticators::list(reader, id)?;
    let has = |kind: &AuthenticatorKind| own.iter().any(|kept| kept.authenticator.kind == *kind);
    Ok(AuthenticatorKind::ALL.into_iter().filter(has).collect())
}

fn listed(reader: &mut Reader<'_>, account: &Account) -> Result<Listed, Fault> {
    let known = browsers::list(reader, account.id)?;
    Ok(Listed {
        owns: kinds(reader, account.id)?,
        signed_in_at: known.first().map(|browser| browser.last_used),
        account: account.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_fits_every_address_that_is_shown_like_it() {
        let masked = AccountSearch::parse("A…@example.org").unwrap();
        let domain = AccountSearch::parse("@example.org").unwrap();
        for (address, by_mask, by_domain) in [
            ("ada@example.org", true, true),
            ("Ada@example.org", true, true),
            ("bob@example.org", false, true),
            ("ada@example.com", false, false),
            ("ada@sub.example.org", false, false),
        ] {
            assert_eq!((fits(&masked, address), fits(&domain, address)), (by_mask, by_domain), "{address}");
        }
    }
}
