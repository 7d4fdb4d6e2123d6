//! Clients, people and grants in the store of the server, before it is measured.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::grant::{Grant, GrantOrigin};
use model::id::{GrantId, RefreshTokenId};
use model::policy::Policy;
use model::refresh_token::{RefreshState, RefreshToken};
use model::secret::Secret;
use model::time::Time;
use store::{Store, grants, refresh_tokens};
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use super::lane::{API, Held, SECRET};
use crate::passkeys;
use crate::trouble::Trouble;

/// The clients, as `bidden.toml` names them: one with signed access tokens, one with opaque ones.
pub(super) fn clients() -> String {
    let client = |id: &str, tokens: &str| {
        format!(
            "[[clients]]\nid = \"{id}\"\nname = \"{id}\"\nsecret = \"{SECRET}\"\ntokens = \"{tokens}\"\n\
             authentication = \"client_secret_post\"\nredirect_uris = [\"https://app.example.org/cb\"]\n\
             grant_types = [\"authorization_code\", \"refresh_token\", \"client_credentials\"]\n\
             scopes = [\"openid\", \"offline_access\", \"read\"]\nresources = [\"{API}\"]\n\n"
        )
    };
    client("web", "jwt") + &client("looker", "opaque")
}

fn told(fault: &Fault) -> Trouble {
    Trouble::Unexpected(fault.chain())
}

fn unable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Unexpected(error.to_string())
}

/// Opens the store of a server that does not run; and what time it is.
///
/// # Errors
/// The store cannot be opened.
pub(crate) fn opened(data: &Path) -> Result<(Store, Time), Trouble> {
    let root = std::fs::read(data.join("keys")).map_err(Trouble::system("reading the server's keys"))?;
    let root = root.try_into().map_err(|_| unable("the server's keys are not 32 bytes"))?;
    let keys = Keys::derive(&Secret::new(root)).map_err(unable)?;
    let store = Store::open(&data.join("bidden.db"), Arc::new(keys), |_| {}).map_err(|fault| told(&fault))?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(unable)?;
    Ok((store, Time::from_micros(i64::try_from(now.as_micros()).map_err(unable)?)))
}

/// Gives both clients of each lane a grant of somebody's.
///
/// # Errors
/// The store cannot be opened, or written.
pub(super) fn grants(data: &Path, lanes: u32) -> Result<Vec<Held>, Trouble> {
    let (store, now) = opened(data)?;
    let cx = || Cx::new(now, Entropy::system(), Arc::new(Policy::default()));
    let given = |lane| {
        let visitor = passkeys::opened(&store, cx(), lane)?;
        let one = |client| granted(&store, cx(), (client, &visitor)).map_err(|fault| told(&fault));
        Ok(Held { web: one("web")?, looker: one("looker")? })
    };
    (0..lanes).map(given).collect()
}

/// The refresh token of a new grant to `client`.
fn granted(
    store: &Store,
    mut cx: Cx,
    (client, visitor): (&'static str, &flow::session::Visitor),
) -> Result<String, Fault> {
    let days = |count: u64| Duration::from_secs(count * 24 * 60 * 60);
    let malformed = |_| Fault::plain("what a client asks for");
    let grant = Grant {
        id: GrantId::new(&mut cx)?,
        account: Some(visitor.account.id),
        client: client.to_owned(),
        scopes: Scopes::parse("openid offline_access read").map_err(malformed)?,
        resources: vec![Resource::parse(API).map_err(malformed)?],
        origin: GrantOrigin::Browser,
        context: None,
        session: Some(visitor.session.id),
        key: None,
        granted_at: cx.now,
        used_at: cx.now,
        idle: days(7),
        expires_at: cx.now + days(30),
        confirmed_at: None,
        quiet_until: None,
        ended: None,
    };
    let kept = grants::Kept { grant, assurance: Some(visitor.session.assurance), claims: None, source: None };
    let bearer = Bearer::draw(&mut cx.entropy, BearerKind::RefreshToken)?;
    let token = RefreshToken {
        id: RefreshTokenId::new(&mut cx)?,
        grant: kept.grant.id,
        state: RefreshState::Live,
        successor: None,
        issued_at: cx.now,
        used_at: None,
    };
    let digest = bearer.digest(store.keys());
    store.write_now(move |tx| {
        grants::insert(tx, &kept)?;
        refresh_tokens::insert(tx, &digest, &refresh_tokens::Kept { token, access_token: None })?;
        Ok(tx.unrecorded("made for a measurement", ()))
    })?;
    Ok(bearer.expose().to_owned())
}
