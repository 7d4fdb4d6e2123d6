//! Requests by ureq: blocking, over rustls, without redirects.

use std::time::Duration;

use ureq::Agent;
use ureq::http;

use crate::http::{BoxError, LONGEST, Request, Response, Transport};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A [`Transport`] on an agent of ureq.
#[derive(Clone, Debug)]
pub struct Ureq(Agent);

impl Ureq {
    /// Certificates are checked against the roots of Mozilla as they were when the program was built.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Agent::new_with_config(Self::config().build()))
    }

    /// The settings that a transport needs, for an agent with more: a proxy, roots of one's own, a name.
    #[must_use]
    pub fn config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
        // Every answer is read, whatever its status; none sends us elsewhere.
        Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("bidden-device/", env!("CARGO_PKG_VERSION")))
    }

    /// Takes an agent that was made with [`Self::config`].
    #[must_use]
    pub fn with(agent: Agent) -> Self {
        Self(agent)
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Ureq {
    fn send(&mut self, request: &Request) -> Result<Response, BoxError> {
        let mut made = http::Request::builder().method(request.method.name()).uri(&request.url);
        for (name, value) in &request.headers {
            made = made.header(*name, value);
        }
        let answer = match &request.body {
            Some(body) => self.0.run(made.body(body.clone())?)?,
            None => self.0.run(made.body(())?)?,
        };
        let (head, mut body) = answer.into_parts();
        let headers = head.headers.iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        Ok(Response {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: body.with_config().limit(LONGEST).read_to_vec()?,
        })
    }
}
