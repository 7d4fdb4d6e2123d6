//! What an account has allowed, as its owner sees it.

use model::client::Registered;
use model::cx::Cx;
use model::fault::Fault;
use model::grant::Grant;
use model::id::AccountId;
use model::source::Source;
use store::{Store, clients, grants};

/// How many grants are shown.
const MOST: i64 = 200;

/// A grant that holds, and the client that has it.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The grant.
    pub grant: Grant,
    /// The client.
    pub client: Registered,
    /// Where it was given.
    pub source: Option<Source>,
}

/// All of them, the newest first.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, cx: &Cx, account: AccountId) -> Result<Vec<Mine>, Fault> {
    store.read(|reader| {
        let mut all = Vec::new();
        for kept in grants::list(reader, account, MOST)? {
            if kept.grant.over(cx.now).is_none()
                && let Some(client) = clients::find(reader, &kept.grant.client)?
            {
                all.push(Mine { grant: kept.grant, client, source: kept.source });
            }
        }
        Ok(all)
    })
}
