//! An application on the openidconnect crate: says where a browser has to go, reads where it came back, and tells what it got
//! as JSON.

use std::collections::HashMap;
use std::error::Error;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse, http,
    url::Url,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Asks over plain http, and follows nothing.
fn ask(agent: &ureq::Agent, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let (head, mut body) = agent.run(request)?.into_parts();
    Ok(http::Response::from_parts(head, body.read_to_vec()?))
}

fn wrong(what: &str) -> Box<dyn Error> {
    what.to_owned().into()
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id, secret, redirect] =
        <[String; 4]>::try_from(arguments).map_err(|_| wrong("four arguments"))?;
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build(),
    );
    let http = |request| ask(&agent, request);

    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(issuer.clone())?, &http)?;
    let client =
        CoreClient::from_provider_metadata(metadata, ClientId::new(id), Some(ClientSecret::new(secret)))
            .set_redirect_uri(RedirectUrl::new(redirect)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("offline_access".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    println!("{url}");

    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let came: HashMap<String, String> = Url::parse(line.trim())?.query_pairs().into_owned().collect();
    let came = |name: &str| came.get(name).cloned().ok_or_else(|| wrong(name));
    if came("state")? != *state.secret() || came("iss")? != issuer {
        return Err(wrong("an answer to another request"));
    }
    let first = client
        .exchange_code(AuthorizationCode::new(came("code")?))?
        .set_pkce_verifier(verifier)
        .request(&http)?;
    let id_token = first.id_token().ok_or_else(|| wrong("no ID token"))?;
    let rules = client.id_token_verifier();
    let claims = id_token.claims(&rules, &nonce)?;
    let hash = AccessTokenHash::from_token(
        first.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(&rules)?,
    )?;
    // The rules are those of the crate; that they would say no is shown by the nonce of another request.
    let other = id_token.claims(&rules, &Nonce::new_random()).is_err();
    let me: CoreUserInfoClaims =
        client.user_info(first.access_token().clone(), Some(claims.subject().clone()))?.request(&http)?;

    let refresh = first.refresh_token().ok_or_else(|| wrong("no refresh token"))?;
    let second = client.exchange_refresh_token(refresh)?.request(&http)?;
    let again = second.id_token().ok_or_else(|| wrong("no ID token after a refresh"))?;
    // An ID token after a refresh has no nonce (OpenID Connect Core §12.2).
    let renewed =
        again.claims(&rules, |nonce: Option<&Nonce>| nonce.map_or(Ok(()), |_| Err("a nonce".to_owned())))?;
    let own =
        client.exchange_client_credentials()?.add_scope(Scope::new("reports".to_owned())).request(&http)?;

    let told = serde_json::json!({
        "sub": claims.subject().as_str(),
        "alg": serde_json::to_value(id_token.signing_alg()?)?,
        "hash": claims.access_token_hash() == Some(&hash),
        "refused": other,
        "email": me.email().map(|email| email.as_str()),
        "verified": me.email_verified(),
        "rotated": second.refresh_token().map(|token| token.secret()) != Some(refresh.secret()),
        "same": renewed.subject() == claims.subject() && renewed.auth_time() == claims.auth_time(),
        "own": own.scopes().map(|scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>()),
        "alone": own.refresh_token().is_none() && own.id_token().is_none(),
    });
    println!("{told}");
    Ok(())
}
