//! A client at a server: what every request says, and what every answer teaches.

use crate::date;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::http::Response;
use crate::kind::Kind;
use crate::moment::Moment;
use crate::pairing_code::PairingCode;
use crate::server::Server;
use crate::sign_in::{GRANT_TYPE, SignIn};
use crate::tokens::Tokens;

/// How far the own clock may be from the server's before the difference is taken into account, in seconds.
const NEAR: i64 = 5;

/// A client, as an operator has registered it, on this device.
///
/// It is a public one (`authentication = "none"`): what is built into a device that is sold is no secret.
#[derive(Clone, Debug)]
pub struct Client {
    server: Server,
    id: String,
    kind: Kind,
    scope: Option<String>,
    resources: Vec<String>,
    nonce: Option<String>,
    /// By how many seconds the clock of the server is ahead.
    ahead: i64,
}

impl Client {
    /// The client `id` at a server.
    #[must_use]
    pub fn new(server: Server, id: impl Into<String>) -> Self {
        let (id, kind, resources) = (id.into(), Kind::Other, Vec::new());
        Self { server, id, kind, scope: None, resources, nonce: None, ahead: 0 }
    }

    /// Says what the device is.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Says what the device wants to do, in words with a space between them; without it, all that the client may ask for.
    #[must_use]
    pub fn scope(self, scope: impl Into<String>) -> Self {
        Self { scope: Some(scope.into()), ..self }
    }

    /// Names a service at which tokens are to be used (RFC 8707); once more for another.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Begins to sign in with a pairing code.
    ///
    /// # Errors
    /// [`Error::Unable`] where the server does not pair.
    pub fn pair(&self, code: &PairingCode) -> Result<SignIn, Error> {
        let wish = Exchange::post(self.server.pairing()?, self.wish().with("pairing_code", code.expose()));
        Ok(SignIn::by_pairing(wish))
    }

    /// Begins to sign in by a code that the device shows.
    ///
    /// # Errors
    /// [`Error::Unable`] where the server has that switched off, as it should be.
    pub fn show_code(&self) -> Result<SignIn, Error> {
        Ok(SignIn::by_user_code(Exchange::post(self.server.device()?, self.wish())))
    }

    /// Asks whether the person has answered.
    pub(crate) fn poll(&self, device_code: &str) -> Exchange {
        let form = self.form().with("grant_type", GRANT_TYPE).with("device_code", device_code);
        Exchange::post(self.server.token(), form)
    }

    /// Asks for the next tokens, to be read with [`Tokens`] by [`Client::refreshed`].
    ///
    /// # Errors
    /// [`Error::Unable`] where there is no refresh token.
    pub fn refresh(&self, tokens: &Tokens) -> Result<Exchange, Error> {
        let refresh = tokens.refresh.as_ref().ok_or(Error::Unable("refresh token for this client"))?;
        let form = self.form().with("grant_type", "refresh_token").with("refresh_token", refresh.expose());
        Ok(Exchange::post(self.server.token(), form))
    }

    /// Reads what came of [`Client::refresh`].
    ///
    /// # Errors
    /// [`Error::Answer`] for anything but bound tokens.
    pub fn refreshed(&self, answer: &Response, before: &Tokens, moment: &Moment) -> Result<Tokens, Error> {
        Tokens::read(answer, moment.seconds(), Some(before))
    }

    /// Gives the tokens back: the device is signed out at the server (RFC 7009).
    ///
    /// # Errors
    /// [`Error::Unable`] where the server takes none back.
    pub fn revoke(&self, tokens: &Tokens) -> Result<Exchange, Error> {
        // A refresh token takes its access tokens along.
        let (token, hint) = match &tokens.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&tokens.access, "access_token"),
        };
        let form = self.form().with("token", token.expose()).with("token_type_hint", hint);
        Ok(Exchange::post(self.server.revocation()?, form))
    }

    /// Asks who signed in (OpenID Connect Core §5.3).
    ///
    /// # Errors
    /// [`Error::Unable`] where the server does not say.
    pub fn userinfo(&self, tokens: &Tokens) -> Result<Exchange, Error> {
        Ok(Exchange::get(self.server.userinfo()?, tokens.access.clone()))
    }

    fn form(&self) -> Form {
        Form(Vec::new()).with("client_id", &self.id)
    }

    fn wish(&self) -> Form {
        let mut form = self.form().with("device_kind", self.kind.name());
        if let Some(scope) = &self.scope {
            form = form.with("scope", scope);
        }
        self.resources.iter().fold(form, |form, resource| form.with("resource", resource))
    }

    /// The nonce for the next proof.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The time for the next proof, in seconds: the server's, since the server compares.
    pub(crate) fn time(&self, moment: &Moment) -> i64 {
        moment.seconds().saturating_add(self.ahead)
    }

    /// Takes from an answer what the next proof needs: the nonce (RFC 9449 §8.2), and what time it is.
    pub(crate) fn hear(&mut self, answer: &Response, moment: &Moment) {
        if let Some(nonce) = answer.header("dpop-nonce") {
            self.nonce = Some(nonce.to_owned());
        }
        if let Some(there) = answer.header("date").and_then(date::seconds) {
            let ahead = there.saturating_sub(moment.seconds());
            self.ahead = if ahead.abs() > NEAR { ahead } else { 0 };
        }
    }
}

/// The parameters of a request. There is no `Debug`: they are secret.
#[derive(Clone)]
pub(crate) struct Form(pub(crate) Vec<(&'static str, String)>);

impl Form {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.push((name, value.to_owned()));
        self
    }
}
