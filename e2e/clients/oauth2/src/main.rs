//! A device on the oauth2 crate: asks for a code, says it as JSON, polls as the crate does, and says what it got.

use std::error::Error;
use std::thread;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, ClientId, DeviceAuthorizationUrl, HttpRequest, HttpResponse, RequestTokenError, Scope,
    StandardDeviceAuthorizationResponse, TokenResponse, TokenUrl, http,
};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Asks over plain http, and follows nothing.
fn ask(agent: &ureq::Agent, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let (head, mut body) = agent.run(request)?.into_parts();
    Ok(http::Response::from_parts(head, body.read_to_vec()?))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id] = <[String; 2]>::try_from(arguments).map_err(|_| "two arguments")?;
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build(),
    );
    let http = |request| ask(&agent, request);

    let looked = agent.get(format!("{issuer}/.well-known/oauth-authorization-server")).call()?;
    let metadata: Value = serde_json::from_slice(&looked.into_body().read_to_vec()?)?;
    let at = |name: &str| {
        let url = metadata.get(name).and_then(Value::as_str);
        url.map(str::to_owned).ok_or_else(|| format!("no {name}"))
    };
    let client = BasicClient::new(ClientId::new(id))
        .set_auth_type(AuthType::RequestBody)
        .set_device_authorization_url(DeviceAuthorizationUrl::new(at("device_authorization_endpoint")?)?)
        .set_token_uri(TokenUrl::new(at("token_endpoint")?)?);
    let begun: StandardDeviceAuthorizationResponse = client
        .exchange_device_code()
        .add_scope(Scope::new("openid".to_owned()))
        .add_scope(Scope::new("shelf.read".to_owned()))
        .request(&http)?;
    println!(
        "{}",
        json!({
            "user_code": begun.user_code().secret(),
            "verification_uri": begun.verification_uri().as_str(),
            "complete": begun.verification_uri_complete().map(|complete| complete.secret()),
            "interval": begun.interval().as_secs(),
            "expires_in": begun.expires_in().as_secs(),
        })
    );
    let got = client.exchange_device_access_token(&begun).request(&http, thread::sleep, None);
    let told = match got {
        Ok(tokens) => json!({
            "scope": tokens.scopes().map(|scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>()),
            "token_type": tokens.token_type().as_ref(),
            "refresh": tokens.refresh_token().is_some(),
        }),
        Err(RequestTokenError::ServerResponse(no)) => json!({ "error": no.error().to_string() }),
        Err(error) => return Err(error.into()),
    };
    println!("{told}");
    Ok(())
}
