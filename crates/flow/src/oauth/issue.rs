//! Tokens, made before the transaction that lets them out.
//!
//! Implements: RFC 9068 §2 and §3 (signed access tokens; the issuer stands in for a resource that nobody named), RFC 8707
//! §2.2, RFC 9449 §6, OpenID Connect Core §2 and §12.2 (an ID token after a refresh says when the person signed in, not when
//! the token was refreshed), RFC 9700 §2.3.

use model::access_token::{self, AccessToken, seconds};
use model::assurance::Assurance;
use model::bearer::{Bearer, BearerKind};
use model::client::{Registered, TokenFormat};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::EventKind;
use model::fault::Fault;
use model::grant::GrantOrigin;
use model::id::{AccessTokenId, RefreshTokenId, SessionId};
use model::refresh_token::{RefreshState, RefreshToken};
use model::secret::Secret;
use model::signing_key::{KeyFault, KeyKind};
use store::{Store, Tx, access_tokens, grants, refresh_tokens};
use wire::jose::jwk::Thumbprint;
use wire::json::{Map, Value};
use wire::oauth::access_token as access_claims;
use wire::oauth::claims::WantedClaims;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::TokenAnswer;
use wire::oidc::id_token::{self, IdTokenClaims};

use super::keys::Keyring;
use super::person;
use super::provider::Provider;

/// For whom, and what.
pub(super) struct Order<'a> {
    pub(super) registered: &'a Registered,
    /// None where a client acts for itself.
    pub(super) kept: Option<&'a grants::Kept>,
    pub(super) scopes: Scopes,
    pub(super) resources: &'a [Resource],
    /// The key that was proved.
    pub(super) key: Option<Thumbprint>,
    /// What an ID token repeats.
    pub(super) nonce: Option<&'a str>,
}

/// Tokens that nobody has yet.
#[derive(Clone)]
pub(super) struct Minted {
    pub(super) access: AccessToken,
    access_text: Secret<String>,
    access_digest: Option<Digest>,
    refresh: Option<(RefreshTokenId, Bearer, Digest)>,
    id_token: Option<Secret<String>>,
}

/// Tokens for the one answer that carries them.
#[derive(Clone)]
pub struct Tokens {
    access: Secret<String>,
    bound: bool,
    expires_in: u64,
    scopes: Scopes,
    refresh: Option<Bearer>,
    id_token: Option<Secret<String>>,
}

impl Tokens {
    /// The body of the answer.
    #[must_use]
    pub fn json(&self) -> String {
        TokenAnswer {
            access_token: self.access.expose(),
            bound: self.bound,
            expires_in: self.expires_in,
            scopes: &self.scopes,
            refresh_token: self.refresh.as_ref().map(Bearer::expose),
            id_token: self.id_token.as_ref().map(|token| token.expose().as_str()),
        }
        .json()
    }
}

fn unusable(error: KeyFault) -> Fault {
    Fault::new("a signing key", error)
}

/// Signs claims under a type.
pub(super) fn sign(ring: &Keyring, kind: KeyKind, typ: &str, claims: &str) -> Result<String, Fault> {
    let key = ring.signer(kind);
    key.sign(&key.header(typ), claims.as_bytes()).map_err(unusable)
}

/// The name under which a client knows a browser session: `sid`. Nobody can tell from it whether two clients mean the same.
#[must_use]
pub fn session_name(keys: &Keys, client: &str, session: SessionId) -> String {
    let digest = keys.digest(Of::Token, &[b"session of a client", client.as_bytes(), session.bytes()]);
    wire::token::encode(digest.bytes())
}

/// Makes the tokens of an order.
///
/// # Errors
/// A fault of the store, of a key, or when the system gives no random bytes.
pub(super) fn mint(
    store: &Store,
    cx: &mut Cx,
    (ring, provider): (&Keyring, &Provider),
    order: &Order<'_>,
) -> Result<Minted, Fault> {
    let client = &order.registered.client;
    let account = order.kept.and_then(|kept| kept.grant.account);
    let assurance = order.kept.and_then(|kept| kept.assurance);
    let openid = order.scopes.has("openid") && account.is_some();
    let mut audiences: Vec<String> =
        order.resources.iter().map(|resource| resource.as_str().to_owned()).collect();
    if openid || audiences.is_empty() {
        audiences.push(provider.issuer().to_owned());
    }
    let access = AccessToken {
        id: AccessTokenId::new(cx)?,
        grant: order.kept.map(|kept| kept.grant.id),
        client: client.id.clone(),
        subject: account.map_or_else(|| client.id.clone(), |account| client.subject(account, store.keys())),
        audiences,
        scopes: order.scopes.clone(),
        origin: order.kept.map_or(GrantOrigin::Client, |kept| kept.grant.origin),
        context: order.kept.and_then(|kept| kept.grant.context),
        provisional: order.kept.is_some_and(|kept| kept.grant.is_provisional(cx.now)),
        key: order.key,
        signed_in: assurance.map(|assurance| (assurance.aal().acr().to_owned(), assurance.at)),
        issued_at: cx.now,
        expires_at: access_token::expires_at(client, order.kept.map(|kept| &kept.grant), cx.now),
    };
    let (access_text, access_digest) = match client.token_format {
        TokenFormat::Jwt => {
            // RFC 9068 §2.1 wants RS256 where nothing else was agreed on; what a client asks for its ID tokens it can verify.
            let text = sign(ring, client.signing, access_claims::TYPE, &access.claims(provider.issuer()))?;
            (Secret::new(text), None)
        }
        TokenFormat::Opaque => {
            let bearer = Bearer::draw(&mut cx.entropy, BearerKind::AccessToken)?;
            (Secret::new(bearer.expose().to_owned()), Some(bearer.digest(store.keys())))
        }
    };
    let refresh = match order.kept {
        Some(kept) if client.gets_refresh_token(&kept.grant.scopes, order.key.is_some()) => {
            let bearer = Bearer::draw(&mut cx.entropy, BearerKind::RefreshToken)?;
            let digest = bearer.digest(store.keys());
            Some((RefreshTokenId::new(cx)?, bearer, digest))
        }
        Some(_) | None => None,
    };
    let id_token = match (order.kept, assurance, account) {
        (Some(kept), Some(assurance), Some(_)) if openid => {
            let facts = (kept, &assurance, access_text.expose().as_str());
            Some(Secret::new(statement(store, cx, (ring, provider), (order, &access), facts)?))
        }
        _ => None,
    };
    Ok(Minted { access, access_text, access_digest, refresh, id_token })
}

/// The ID token.
fn statement(
    store: &Store,
    cx: &Cx,
    (ring, provider): (&Keyring, &Provider),
    (order, access): (&Order<'_>, &AccessToken),
    (kept, assurance, text): (&grants::Kept, &Assurance, &str),
) -> Result<String, Fault> {
    let client = &order.registered.client;
    // What is asked for claim by claim is worth a scope, and is left out with the scopes while the grant is provisional.
    let wanted = kept.claims.as_deref().filter(|_| !access.provisional);
    let wanted = wanted.and_then(|claims| WantedClaims::parse(claims).ok());
    let wanted: Vec<&str> =
        wanted.iter().flat_map(|wanted| wanted.id_token.iter().map(|claim| claim.name.as_str())).collect();
    let person: Map<String, Value> = match kept.grant.account {
        Some(account) if !wanted.is_empty() => person::claims(store, account, |name| {
            wanted.contains(&name) && person::scope_of(client, name).is_some()
        })?,
        Some(_) | None => Map::new(),
    };
    // A device does not share the browser session in which somebody answered for it.
    let session = kept.grant.session.filter(|_| kept.grant.origin != GrantOrigin::Device);
    let session = session.map(|session| session_name(store.keys(), &client.id, session));
    let claims = IdTokenClaims {
        issuer: provider.issuer(),
        subject: &access.subject,
        client_id: &client.id,
        issued: seconds(cx.now),
        expires: seconds(cx.now + client.lifetimes.access_token),
        signed_in: Some(seconds(assurance.at)),
        nonce: order.nonce,
        acr: Some(assurance.aal().acr()),
        amr: &assurance.amr(),
        session: session.as_deref(),
        access_token: Some((text, client.signing.algorithm())),
        person: &person,
    };
    sign(ring, client.signing, id_token::TYPE, &claims.json())
}

impl Minted {
    /// The refresh token that goes out with them.
    pub(super) fn refresh_id(&self) -> Option<RefreshTokenId> {
        self.refresh.as_ref().map(|(id, ..)| *id)
    }

    /// That they go out, after so many that were only counted.
    pub(super) fn issued(&self, refreshed: bool, further: u32) -> EventKind {
        let AccessToken { grant, client, provisional, .. } = &self.access;
        EventKind::TokensIssued {
            grant: *grant,
            client: client.clone(),
            refreshed,
            provisional: *provisional,
            further,
        }
    }

    /// Keeps what is kept of them, within the transaction that records that they go out.
    ///
    /// # Errors
    /// A fault of the store.
    pub(super) fn keep(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        access_tokens::insert(tx, self.access_digest.as_ref(), &self.access)?;
        if let (Some((id, _, digest)), Some(grant)) = (&self.refresh, self.access.grant) {
            let token = RefreshToken {
                id: *id,
                grant,
                state: RefreshState::Live,
                successor: None,
                issued_at: self.access.issued_at,
                used_at: None,
            };
            let kept = refresh_tokens::Kept { token, access_token: Some(self.access.id) };
            refresh_tokens::insert(tx, digest, &kept)?;
        }
        Ok(())
    }

    /// What the client gets.
    pub(super) fn tokens(&self) -> Tokens {
        Tokens {
            access: self.access_text.clone(),
            bound: self.access.key.is_some(),
            expires_in: self.access.seconds_left(self.access.issued_at),
            scopes: self.access.scopes.clone(),
            refresh: self.refresh.as_ref().map(|(_, bearer, _)| bearer.clone()),
            id_token: self.id_token.clone(),
        }
    }
}
