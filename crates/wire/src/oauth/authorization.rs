//! What a client asks for when it sends a person here.
//!
//! Implements: RFC 6749 §4.1.1 (request) and §4.1.2.1 (what may be answered by a redirect), OpenID Connect Core §3.1.2.1
//! (parameters) and §6 (request objects are refused), RFC 7636 §4.3, RFC 8707 §2, RFC 9126 §2.1 and §4, RFC 9449 §10.
//!
//! 1. [`pushed`]: is it a reference to a request that was pushed before?
//! 2. [`Target::read`]: whose request is it, and where would an answer go? What is wrong here is shown to the person.
//! 3. The caller looks the client up and compares the redirect URI.
//! 4. [`Request::read`]: everything else. What is wrong here is answered to the client.

use serde_json::json;

use super::claims::{self, WantedClaims};
use super::credential::Credential;
use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;
use super::pkce::Challenge;
use super::resource::Resource;
use super::scope::Scopes;
use crate::jose::{jwk::Thumbprint, jws};

/// The longest identifier of a client, in bytes; it may be the URL of a metadata document.
pub const LONGEST_CLIENT_ID: usize = 512;
/// The longest `nonce`, in bytes.
pub const LONGEST_NONCE: usize = 512;
/// The most words in `acr_values` and `ui_locales`.
pub const MOST_WORDS: usize = 16;
/// What the reference to a pushed request begins with (RFC 9126 §2.2).
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

fn refuse(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidRequest, description)
}

/// The secret part of `request_uri`, if there is one.
///
/// # Errors
/// `request_uri_not_supported` for a reference that is not one of ours: nobody else's is fetched.
pub fn pushed(parameters: &Parameters) -> Result<Option<Credential>, OauthError> {
    let Some(uri) = parameters.one("request_uri")? else { return Ok(None) };
    match uri.strip_prefix(REQUEST_URI).filter(|secret| !secret.is_empty() && secret.len() <= 256) {
        Some(secret) => Credential::parse("request_uri", secret).map(Some),
        None => Err(OauthError::new(
            ErrorCode::RequestUriNotSupported,
            "`request_uri` is only what the pushed authorization request endpoint gave.",
        )),
    }
}

/// That a request which is pushed is no reference to another one (RFC 9126 §2.1: "the `request_uri` parameter MUST NOT be
/// provided").
///
/// # Errors
/// `invalid_request` otherwise.
pub fn is_whole(parameters: &Parameters) -> Result<(), OauthError> {
    match parameters.one("request_uri")? {
        None => Ok(()),
        Some(_) => Err(refuse("A pushed request has no `request_uri`.")),
    }
}

/// The answer to a pushed request (RFC 9126 §2.2); it goes out with status 201 and `Cache-Control: no-store`.
#[must_use]
pub fn pushed_answer(secret: &str, expires_in: u64) -> String {
    json!({"request_uri": format!("{REQUEST_URI}{secret}"), "expires_in": expires_in}).to_string()
}

/// Whose request it is, and where an answer would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The client, as it calls itself.
    pub client_id: String,
    /// The redirect URI, as it was asked for; nothing may go there before it was compared.
    pub redirect_uri: Option<String>,
    /// What the client gets back unchanged. Missing when it cannot be read.
    pub state: Option<String>,
    /// How the answer travels. The usual way when it cannot be read.
    pub mode: ResponseMode,
}

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ResponseMode {
    /// In the query of a redirect.
    #[default]
    Query,
    /// In a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    /// As in `response_mode`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// Reads [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Query, Self::FormPost].into_iter().find(|mode| mode.name() == name)
    }
}

impl Target {
    /// Reads the part that has to hold before anything may be sent to the client.
    ///
    /// # Errors
    /// `invalid_request` when `client_id` is missing, or it or `redirect_uri` stands twice or is too long.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        let client_id =
            client_id(parameters)?.ok_or(refuse("The parameter `client_id` is missing."))?.to_owned();
        let redirect_uri = parameters.one("redirect_uri")?.map(str::to_owned);
        let state = parameters.one("state").ok().flatten().map(str::to_owned);
        let mode = parameters.one("response_mode").ok().flatten().and_then(ResponseMode::from_name);
        Ok(Self { client_id, redirect_uri, state, mode: mode.unwrap_or_default() })
    }
}

/// `client_id`, where there is one: visible ASCII.
pub(super) fn client_id(parameters: &Parameters) -> Result<Option<&str>, OauthError> {
    match parameters.bounded("client_id", LONGEST_CLIENT_ID)? {
        Some(id) if !id.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(refuse("`client_id` has visible ASCII characters only."))
        }
        id => Ok(id),
    }
}

/// What the person may be asked (OpenID Connect Core §3.1.2.1, `prompt`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Prompt {
    /// Nothing at all.
    pub none: bool,
    /// To sign in once more.
    pub login: bool,
    /// To consent once more.
    pub consent: bool,
    /// Which account it is to be.
    pub select_account: bool,
}

/// A request for an authorization code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the client wants to do; none said is the empty set.
    pub scopes: Scopes,
    /// What the code will be bound to.
    pub challenge: Option<Challenge>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// What the person may be asked.
    pub prompt: Prompt,
    /// How many seconds ago the sign-in may have been.
    pub max_age: Option<u32>,
    /// The languages that the person reads, best first.
    pub ui_locales: Vec<String>,
    /// An ID token of the person who is expected; signed by us, or it says nothing.
    pub id_token_hint: Option<String>,
    /// What the person may sign in by.
    pub login_hint: Option<String>,
    /// The ways of signing in that the client would like, best first.
    pub acr_values: Vec<String>,
    /// Claims that are asked for one by one.
    pub claims: Option<WantedClaims>,
    /// The services that access tokens will be for.
    pub resources: Vec<Resource>,
    /// The key that the code will be bound to.
    pub dpop_key: Option<Thumbprint>,
}

impl Request {
    /// Reads everything but the target.
    ///
    /// # Errors
    /// The code that RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6 has for it, with a sentence that names the
    /// parameter.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        let new = OauthError::new;
        if parameters.one("request")?.is_some() {
            return Err(new(
                ErrorCode::RequestNotSupported,
                "`request` is not taken: push the request instead.",
            ));
        }
        if parameters.one("registration")?.is_some() {
            return Err(new(ErrorCode::RegistrationNotSupported, "`registration` is not taken."));
        }
        parameters.each_once()?;
        parameters.one("state")?;
        if parameters.required("response_type")? != "code" {
            let description = "`response_type` has to be code: tokens do not travel through the browser.";
            return Err(new(ErrorCode::UnsupportedResponseType, description));
        }
        if parameters.one("response_mode")?.is_some_and(|mode| ResponseMode::from_name(mode).is_none()) {
            return Err(refuse("`response_mode` is query or form_post."));
        }
        let dpop_key = match parameters.one("dpop_jkt")? {
            None => None,
            Some(text) => Some(
                Thumbprint::parse(text).map_err(|_| refuse("`dpop_jkt` is 43 characters of base64url."))?,
            ),
        };
        Ok(Self {
            scopes: Scopes::stored(parameters.one("scope")?.unwrap_or_default())?,
            challenge: Challenge::read(parameters)?,
            nonce: parameters.bounded("nonce", LONGEST_NONCE)?.map(str::to_owned),
            prompt: prompt(parameters.one("prompt")?.unwrap_or_default())?,
            max_age: max_age(parameters.one("max_age")?)?,
            ui_locales: words(parameters, "ui_locales")?,
            id_token_hint: parameters.bounded("id_token_hint", jws::LONGEST)?.map(str::to_owned),
            login_hint: parameters.bounded("login_hint", LONGEST_CLIENT_ID)?.map(str::to_owned),
            acr_values: words(parameters, "acr_values")?,
            claims: parameters.bounded("claims", claims::LONGEST)?.map(WantedClaims::parse).transpose()?,
            resources: Resource::read(parameters)?,
            dpop_key,
        })
    }
}

fn prompt(text: &str) -> Result<Prompt, OauthError> {
    let mut prompt = Prompt::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return Err(refuse("`prompt` has words out of none, login, consent and select_account.")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
        return Err(refuse("`prompt` has none beside other words."));
    }
    Ok(prompt)
}

fn max_age(text: Option<&str>) -> Result<Option<u32>, OauthError> {
    match text {
        None => Ok(None),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse::<u32>() {
            Ok(seconds) => Ok(Some(seconds)),
            Err(_) => Err(refuse("`max_age` is a number of seconds below 4294967296.")),
        },
        Some(_) => Err(refuse("`max_age` is a whole number of seconds.")),
    }
}

fn words(parameters: &Parameters, name: &str) -> Result<Vec<String>, OauthError> {
    let text = parameters.bounded(name, 1024)?.unwrap_or_default();
    let list: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if list.len() > MOST_WORDS {
        return Err(refuse(&format!("`{name}` has more than 16 words.")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "response_type=code&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb&scope=openid%20profile&state=xyz&nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn parameters(text: &str) -> Parameters {
        Parameters::parse(text.as_bytes()).unwrap()
    }

    fn with(more: &str) -> Result<Request, OauthError> {
        Request::read(&parameters(&format!("{GOOD}&{more}")))
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        let target = Target::read(&parameters(GOOD)).unwrap();
        assert_eq!(target.client_id, "s6BhdRkqt3");
        assert_eq!(target.redirect_uri.as_deref(), Some("https://client.example.org/cb"));
        assert_eq!((target.state.as_deref(), target.mode), (Some("xyz"), ResponseMode::Query));
        let request = with("").unwrap();
        assert!(request.scopes.has("openid") && request.challenge.is_some());
        assert_eq!(request.nonce.as_deref(), Some("n-0S6_WzA2Mj"));
        assert_eq!((request.prompt, request.max_age), (Prompt::default(), None));
    }

    #[test]
    fn every_optional_parameter_is_read() {
        let request = with(
            "prompt=login+consent&max_age=300&ui_locales=de-CH+fr&id_token_hint=a.b.c&login_hint=anna%40example.org\
             &acr_values=urn:a+urn:b&claims=%7B%22id_token%22%3A%7B%22auth_time%22%3Anull%7D%7D\
             &resource=https://a.example/&resource=https://b.example/&dpop_jkt=0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\
             &response_mode=form_post&display=popup&unknown=1",
        )
        .unwrap();
        assert!(request.prompt.login && request.prompt.consent && !request.prompt.none);
        assert_eq!((request.max_age, request.ui_locales.len(), request.acr_values.len()), (Some(300), 2, 2));
        assert_eq!(request.login_hint.as_deref(), Some("anna@example.org"));
        assert!(request.claims.unwrap().in_id_token("auth_time").is_some());
        assert_eq!((request.resources.len(), request.dpop_key.is_some()), (2, true));
        assert_eq!(
            Target::read(&parameters("client_id=a&response_mode=form_post")).unwrap().mode,
            ResponseMode::FormPost
        );
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        use ErrorCode as E;
        for (more, code) in [
            ("request=a.b.c", E::RequestNotSupported),
            ("registration=%7B%7D", E::RegistrationNotSupported),
            ("scope=openid", E::InvalidRequest),
            ("state=abc", E::InvalidRequest),
            ("response_type=code", E::InvalidRequest),
            ("unknown=1&unknown=1", E::InvalidRequest),
            ("prompt=none+login", E::InvalidRequest),
            ("prompt=create", E::InvalidRequest),
            ("max_age=-1", E::InvalidRequest),
            ("max_age=1.5", E::InvalidRequest),
            ("max_age=4294967296", E::InvalidRequest),
            ("response_mode=fragment", E::InvalidRequest),
            ("response_mode=jwt", E::InvalidRequest),
            ("resource=api", E::InvalidTarget),
            ("dpop_jkt=abc", E::InvalidRequest),
            ("claims=%5B%5D", E::InvalidRequest),
            ("login_hint=a%00", E::InvalidRequest),
        ] {
            assert_eq!(with(more).unwrap_err().code, code, "{more}");
        }
        for (from, to, code) in [
            ("response_type=code", "response_type=", E::InvalidRequest),
            ("response_type=code", "response_type=token", E::UnsupportedResponseType),
            ("response_type=code", "response_type=code%20id_token", E::UnsupportedResponseType),
            ("scope=openid%20profile", "scope=openid%20%20profile", E::InvalidScope),
            ("method=S256", "method=plain", E::InvalidRequest),
            ("&code_challenge_method=S256", "", E::InvalidRequest),
        ] {
            assert_eq!(Request::read(&parameters(&GOOD.replace(from, to))).unwrap_err().code, code, "{to}");
        }
        assert!(with(&format!("login_hint={}", "a".repeat(513))).is_err());
        assert!(with(&format!("ui_locales={}", "de+".repeat(17))).is_err());
    }

    #[test]
    fn without_a_sound_target_nobody_is_answered_but_the_person() {
        for text in [
            "",
            "client_id=",
            "client_id=a&client_id=a",
            "client_id=a%20b",
            "client_id=%C3%A4",
            "client_id=a&redirect_uri=b&redirect_uri=b",
        ] {
            assert_eq!(
                Target::read(&parameters(text)).unwrap_err().code,
                ErrorCode::InvalidRequest,
                "{text}"
            );
        }
        let doubled = Target::read(&parameters("client_id=a&state=b&state=c&response_mode=x")).unwrap();
        assert_eq!((doubled.state, doubled.mode), (None, ResponseMode::Query));
    }

    #[test]
    fn a_request_uri_is_one_of_ours_or_refused() {
        let read = |text: &str| pushed(&parameters(text));
        assert_eq!(read("client_id=a"), Ok(None));
        let uri = "request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Aabc";
        assert_eq!(read(uri).unwrap().unwrap().expose(), "abc");
        for text in [
            "request_uri=https://evil.example/request.jwt",
            "request_uri=urn:ietf:params:oauth:request_uri:",
            "request_uri=http://169.254.169.254/",
        ] {
            assert_eq!(read(text).unwrap_err().code, ErrorCode::RequestUriNotSupported, "{text}");
        }
        assert_eq!(read(&format!("{uri}&{uri}")).unwrap_err().code, ErrorCode::InvalidRequest);
        assert!(is_whole(&parameters(uri)).is_err() && is_whole(&parameters(GOOD)).is_ok());
        assert_eq!(
            pushed_answer("abc", 60),
            r#"{"expires_in":60,"request_uri":"urn:ietf:params:oauth:request_uri:abc"}"#
        );
    }
}
