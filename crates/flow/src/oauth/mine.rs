//! What an account has allowed, as its owner sees it: one entry for each app, and the single permissions behind it.

use model::client::{Client, Registered};
use model::cx::Cx;
use model::fault::Fault;
use model::id::{AccountId, GrantId};
pub use store::grants::{App, Kept};
use store::{Reader, Store, clients, grants};
use wire::oauth::claims::WantedClaims;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use super::person;

/// How many apps, or permissions of one, are on a page.
pub const PAGE: i64 = 15;
/// How many different permissions of an app are put together.
const KINDS: i64 = 100;

/// An app, with all that it was allowed and that holds.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The client.
    pub client: Registered,
    /// All grants taken together.
    pub app: App,
    /// What may be done, with the scopes of claims that were asked for one by one.
    pub scopes: Scopes,
    /// At which services.
    pub resources: Vec<Resource>,
    /// The newest grant: how it came about last.
    pub newest: Kept,
}

/// A page of something, and whether there is another.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub lines: Vec<T>,
    /// Whether there is more.
    pub more: bool,
}

impl<T> Page<T> {
    /// What was read, one more than a page has.
    fn of(mut lines: Vec<T>) -> Self {
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = lines.len() > most;
        lines.truncate(most);
        Self { lines, more }
    }
}

/// What is read for a page, the first being 0: how many are left out, and one more than it has.
fn window(page: u32) -> (i64, i64) {
    (PAGE.saturating_mul(i64::from(page)), PAGE + 1)
}

/// The apps of an account, the newest first.
///
/// # Errors
/// A fault of the store.
pub fn apps(store: &Store, cx: &Cx, account: AccountId, page: u32) -> Result<Page<Mine>, Fault> {
    store.read(|reader| {
        let mut all = Vec::new();
        for app in grants::list_apps(reader, (account, cx.now), window(page))? {
            all.extend(whole(reader, cx, account, app)?);
        }
        Ok(Page::of(all))
    })
}

/// How many apps there are.
///
/// # Errors
/// A fault of the store.
pub fn count(reader: &mut Reader<'_>, cx: &Cx, account: AccountId) -> Result<u32, Fault> {
    Ok(u32::try_from(grants::count_apps(reader, (account, cx.now))?).unwrap_or(u32::MAX))
}

/// The app that a grant of this account was given to, and a page of what it was allowed, the newest first; none where
/// nothing of it holds.
///
/// # Errors
/// A fault of the store.
pub fn of(
    store: &Store,
    cx: &Cx,
    (account, grant): (AccountId, GrantId),
    page: u32,
) -> Result<Option<(Mine, Page<Kept>)>, Fault> {
    store.read(|reader| {
        let Some(client) = client_of(reader, account, grant)? else { return Ok(None) };
        let Some(app) = grants::find_app(reader, (account, cx.now), &client)? else { return Ok(None) };
        let lines = grants::list_holding(reader, (account, cx.now), &client, window(page))?;
        Ok(whole(reader, cx, account, app)?.map(|mine| (mine, Page::of(lines))))
    })
}

/// Which client a grant of this account was given to, whether it holds or not.
pub(super) fn client_of(
    reader: &mut Reader<'_>,
    account: AccountId,
    grant: GrantId,
) -> Result<Option<String>, Fault> {
    let found = grants::find(reader, grant)?.filter(|kept| kept.grant.account == Some(account));
    Ok(found.map(|kept| kept.grant.client))
}

fn whole(reader: &mut Reader<'_>, cx: &Cx, account: AccountId, app: App) -> Result<Option<Mine>, Fault> {
    let whose = (account, cx.now);
    let Some(client) = clients::find(reader, &app.client)? else { return Ok(None) };
    let newest = grants::list_holding(reader, whose, &app.client, (0, 1))?.into_iter().next();
    let Some(newest) = newest else { return Ok(None) };
    let (mut scopes, mut resources) = (Scopes::default(), Vec::new());
    for extent in grants::list_extents(reader, whose, &app.client, KINDS)? {
        scopes = scopes.with(&reach(&client.client, &extent.scopes, extent.claims.as_deref()));
        for resource in extent.resources {
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
    }
    Ok(Some(Mine { client, app, scopes, resources, newest }))
}

/// What a grant opens to this client: its scopes, and those that claims belong to which were asked for one by one.
#[must_use]
pub fn reach(client: &Client, scopes: &Scopes, claims: Option<&str>) -> Scopes {
    let asked = claims.and_then(|claims| WantedClaims::parse(claims).ok());
    asked.map_or_else(|| scopes.clone(), |asked| scopes.with(&person::scopes_of(client, &asked)))
}
