//! An authorization code is redeemed.
//!
//! Implements: RFC 6749 §4.1.3 and §10.5, RFC 7636 §4.6, RFC 9449 §10, RFC 9700 §4.5 and §4.8, threats.md §5.2 row 35.
//!
//! 1. The code is spent by one statement, at the hands of its own client only; a wrong verifier spends it as well.
//! 2. Then everything is compared ([`AuthorizationCode::redeem`]). Where a code that went to the person's own machine comes from
//!    another place, its grant and all tokens say so, and it is provisional.
//! 3. A code that comes a second time ends the grant with everything that came of it.
//!
//! [`AuthorizationCode::redeem`]: model::authorization_code::AuthorizationCode::redeem

use model::authorization_code::Redemption;
use model::bearer::{Bearer, BearerKind};
use model::client::ClientKind;
use model::cx::Cx;
use model::digest::Digest;
use model::event::EventKind;
use model::fault::Fault;
use model::grant::GrantEnd;
use model::grant_refusal::GrantRefusal;
use model::nearness::Nearness;
use model::policy::Policy;
use store::{Store, Tx, authorization_codes, grants};
use wire::oauth::credential::Credential;
use wire::oauth::pkce::Verifier;
use wire::oauth::resource::Resource;

use super::Answered;
use super::issue::{self, Minted, Order, Tokens};
use super::keys::Keyring;
use super::provider::Provider;
use super::token::{Asker, event, refuse, subject, whole_session};
use crate::{methods, provisional};

/// What the client brings.
pub(super) struct Brought {
    pub(super) code: Credential,
    pub(super) redirect_uri: Option<String>,
    pub(super) verifier: Option<Verifier>,
    pub(super) resources: Vec<Resource>,
}

/// The same, looked at; tokens are made only for what has a chance.
pub(super) struct Prepared {
    digest: Option<Digest>,
    redirect_uri: Option<String>,
    verifier: Option<Verifier>,
    resources: Vec<Resource>,
    minted: Option<Minted>,
}

impl Prepared {
    fn redemption<'a>(&'a self, policy: &'a Policy, asker: &'a Asker) -> Redemption<'a> {
        Redemption {
            client: &asker.proved.registered.client.id,
            redirect_uri: self.redirect_uri.as_deref(),
            verifier: self.verifier.as_ref(),
            key: asker.held.map(|held| held.thumbprint),
            from: asker.source.address,
            own: &policy.nearby_networks,
        }
    }
}

pub(super) fn prepare(
    store: &Store,
    cx: &mut Cx,
    context: (&Keyring, &Provider),
    (asker, brought): (&Asker, Brought),
) -> Result<Prepared, Fault> {
    let digest = Bearer::read(BearerKind::AuthorizationCode, brought.code.expose());
    let digest = digest.map(|bearer| bearer.digest(store.keys()));
    let Brought { redirect_uri, verifier, resources, .. } = brought;
    let mut prepared = Prepared { digest, redirect_uri, verifier, resources, minted: None };
    let Some(digest) = prepared.digest else { return Ok(prepared) };
    let found = store.read(|reader| {
        let Some(code) = authorization_codes::find(reader, &digest)? else { return Ok(None) };
        Ok(grants::find(reader, code.code.grant)?.map(|grant| (code, grant)))
    })?;
    let Some((found, mut kept)) = found else { return Ok(prepared) };
    if !asker.proved.registered.was_given(&kept.grant) {
        return Ok(Prepared { digest: None, ..prepared });
    }
    let client = &asker.proved.registered.client;
    let sound = found.code.redeem(&prepared.redemption(&cx.policy, asker), cx.now).and_then(|context| {
        kept.grant.context = context;
        let scopes = kept.grant.token_scopes(client, None, cx.now)?;
        Ok((scopes, kept.grant.resources_for(&prepared.resources)?.to_vec()))
    });
    if let (Ok((scopes, resources)), None) = (sound, kept.grant.over(cx.now)) {
        let order = Order {
            registered: &asker.proved.registered,
            kept: Some(&kept),
            scopes,
            resources: &resources,
            key: asker.held.map(|held| held.thumbprint),
            nonce: found.nonce.as_deref(),
        };
        prepared.minted = Some(issue::mint(store, cx, context, &order)?);
    }
    Ok(prepared)
}

pub(super) fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, prepared): (&Asker, &Prepared),
) -> Answered<Tokens> {
    let unknown = |tx: &mut Tx<'_>| {
        Ok(tx.unrecorded("nothing of anybody's was brought", Err(GrantRefusal::Unknown.error())))
    };
    let Some(digest) = &prepared.digest else { return unknown(tx) };
    let client = &asker.proved.registered.client;
    let spent = authorization_codes::claim(tx, digest, &client.id, cx.now)?;
    // Spent before, or another client's: as it stands.
    let found = match spent {
        Some(spent) => Some(spent),
        None => authorization_codes::find(tx, digest)?,
    };
    let Some(found) = found else { return unknown(tx) };
    let Some(kept) = grants::find_held(tx, found.code.grant)? else { return unknown(tx) };
    let whole = whole_session(tx, &kept.grant)?;
    let decided = found.code.redeem(&prepared.redemption(&cx.policy, asker), cx.now).and_then(|context| {
        if kept.grant.over(cx.now).is_some() {
            return Err(GrantRefusal::GrantOver);
        }
        whole?;
        methods::still_counts(&asker.proved.registered, kept.assurance.as_ref())?;
        kept.grant.resources_for(&prepared.resources).map(|_| context)
    });
    match (decided, &prepared.minted) {
        (Ok(context), Some(minted)) if minted.access.context == context => {
            redeemed(tx, cx, (asker, &kept), (context, minted))
        }
        (Ok(_), _) => {
            Err(Fault::plain("a code that was not there, or was elsewhere, a moment ago").conflict())
        }
        (Err(GrantRefusal::Unknown), _) => unknown(tx),
        (Err(refusal), _) => {
            let end = refusal.ends_grant().then_some(GrantEnd::CodeReplayed);
            refuse(tx, cx, (asker, &kept), (refusal, end))
        }
    }
}

fn redeemed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, kept): (&Asker, &grants::Kept),
    (context, minted): (Option<Nearness>, &Minted),
) -> Answered<Tokens> {
    let registered = &asker.proved.registered;
    let (client, grant) = (&registered.client, kept.grant.id);
    let mut events = Vec::new();
    let seen = match context {
        None => kept.grant.clone(),
        Some(nearness) => {
            let seen = provisional::seen(tx, cx, (&kept.grant, registered), (nearness, asker.source))?;
            if seen.is_doubtful() {
                let kind = EventKind::ClientElsewhere { grant, client: client.id.clone(), nearness };
                events.push(event(cx, asker, (subject(kept), kind))?);
            }
            seen
        }
    };
    if let (ClientKind::Public, Some(held)) = (client.kind(), &asker.held) {
        grants::bind(tx, grant, &held.thumbprint)?;
    }
    grants::touch(tx, &seen, cx.now)?;
    minted.keep(tx)?;
    events.push(event(cx, asker, (subject(kept), minted.issued(false, 0)))?);
    tx.record(&events, Ok(minted.tokens()))
}
