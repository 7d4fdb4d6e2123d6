//! A text message is handed to a gateway over HTTP, within a deadline, and the answer becomes a `Delivery`.
//!
//! Implements: RFC 9110 §15 (status codes), draft-ietf-httpapi-idempotency-key-header (a retry is recognisable).
//!
//! 1. The operator's template is filled in, each value escaped as the content type wants it.
//! 2. One request is sent; no redirect is followed, and no more of the answer is read than the log shows.
//! 3. The class of the status decides what that means for the message (`outcome`).

pub mod headers;
pub(crate) mod outcome;
pub mod template;
#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};
use model::id::MessageId;
use model::message::{Delivery, Obstacle};
use model::secret::Secret;
use tokio::sync::Semaphore;
use wire::http::url::Url;
use wire::phone::Phone;

use crate::detail;
use crate::http::{Client, Outgoing};
use headers::Headers;
use template::{Filling, Template};

pub use crate::http::Unusable;

/// Most bytes of an answer's content that are read; more would not be logged.
const READ: usize = 2048;
/// How many requests may be under way at once.
const AT_ONCE: usize = 8;
/// The header field that tells a retry from another message.
const IDEMPOTENCY: HeaderName = HeaderName::from_static("idempotency-key");

/// How the gateway is reached.
pub struct Settings {
    /// Where requests go. `http` is for this machine only, which the configuration sees to.
    pub url: Url,
    /// How they go there.
    pub method: Method,
    /// Header fields that every request has, credentials among them.
    pub headers: Headers,
    /// What they say.
    pub body: Template,
    /// What stands in the blank for it; never printed.
    pub secret: Option<Secret<String>>,
    /// How long one attempt may take in all, from the look-up of the name to the end of the answer's header.
    pub timeout: Duration,
    /// Further certificate authorities to trust (PEM), beside those of the system.
    pub ca_file: Option<PathBuf>,
}

/// The methods that carry the message in their content: a GET would leave number and code in the logs of whoever is
/// on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// POST.
    Post,
    /// PUT.
    Put,
}

/// A text message to one telephone. It holds a sign-in code, so that it can be neither printed nor compared.
pub struct Sms {
    /// Whom it is for.
    pub to: Phone,
    /// What it says, lines ended by `\n`, none after the last.
    pub text: String,
    /// The same for every copy of one message.
    pub id: MessageId,
    /// What must not be logged even if the gateway repeats it.
    pub(crate) secrets: Vec<Secret<String>>,
}

/// Hands text messages to one gateway.
pub struct Gateway {
    client: Client,
    url: Url,
    method: Method,
    headers: Headers,
    body: Template,
    secret: Option<Secret<String>>,
    timeout: Duration,
    permits: Semaphore,
    /// What must not be logged even if the gateway repeats it.
    secrets: Vec<Secret<String>>,
}

impl Gateway {
    /// Reads the CA file and prepares TLS; connects to nothing yet.
    ///
    /// # Errors
    /// [`Unusable`] with what cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let query = settings.url.query().map(|query| Secret::new(query.to_owned()));
        Ok(Self {
            client: Client::new(settings.ca_file.as_deref())?,
            secrets: settings.headers.secrets().chain(query).chain(settings.secret.clone()).collect(),
            url: settings.url,
            method: settings.method,
            headers: settings.headers,
            body: settings.body,
            secret: settings.secret,
            timeout: settings.timeout,
            permits: Semaphore::new(AT_ONCE),
        })
    }

    /// Makes one attempt to hand `sms` over and says what became of it, with a detail for the log: the gateway's own
    /// words without control characters, numbers, codes and credentials.
    ///
    /// With more messages than places it waits for its turn first; the deadline counts from then on.
    pub async fn send(&self, sms: &Sms) -> (Delivery, String) {
        let Ok(_turn) = self.permits.acquire().await else {
            return (Delivery::Deferred { why: Obstacle::Unreachable }, "the gateway is closed".to_owned());
        };
        let (delivery, words) = match self.outgoing(sms) {
            Ok(outgoing) => outcome::of(&self.client.send(outgoing, self.timeout, READ).await),
            Err(error) => (Delivery::Bounced { why: Obstacle::Unwritable }, error.to_string()),
        };
        let secrets = self.secrets.iter().chain(&sms.secrets).map(|secret| secret.expose().as_str());
        (delivery, detail::for_the_log(&words, secrets.chain(std::iter::once(sms.to.digits()))))
    }

    fn outgoing(&self, sms: &Sms) -> Result<Outgoing, http::Error> {
        let id = sms.id.to_string();
        let secret = self.secret.as_ref().map(|secret| secret.expose().as_str()).unwrap_or_default();
        let filling = Filling { to: &sms.to, text: &sms.text, id: &id, secret };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.body.content_type().media_type()));
        // A string of RFC 9651, which is what the draft asks for; an operator's own field takes its place.
        headers.insert(IDEMPOTENCY, HeaderValue::try_from(format!("\"{id}\""))?);
        self.headers.fill(&filling, &mut headers)?;
        let method = match self.method {
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        Ok(Outgoing { method, url: self.url.clone(), headers, content: self.body.fill(&filling).into() })
    }
}
