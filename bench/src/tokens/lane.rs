//! One client at work: asks, looks at what came back, and asks again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::awake;
use crate::http::{Connection, Request, Site};
use crate::latency::{Samples, Summary};
use crate::report::per_second;
use crate::trouble::Trouble;

/// The secret of every client, on both sides.
pub(super) const SECRET: &str = "bidden_cs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// The resource that access tokens are for.
pub(super) const API: &str = "https://api.example.org";

/// Where a side answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paths {
    pub(super) token: &'static str,
    pub(super) introspection: &'static str,
}

/// What is asked for again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// A signed access token for the client itself.
    ClientCredentials,
    /// A signed access token, an ID token, and the next refresh token.
    Refresh,
    /// Whether an opaque access token holds.
    Introspect,
    /// The metadata.
    Discover,
}

impl Work {
    pub(super) const ALL: [Self; 4] =
        [Self::ClientCredentials, Self::Refresh, Self::Introspect, Self::Discover];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::Refresh => "refresh",
            Self::Introspect => "introspection, opaque",
            Self::Discover => "metadata",
        }
    }

    /// How many signatures an answer holds, where it has to be durable as well.
    pub(super) const fn signatures(self) -> Option<u32> {
        match self {
            Self::ClientCredentials => Some(1),
            Self::Refresh => Some(2),
            Self::Introspect | Self::Discover => None,
        }
    }
}

/// What a lane holds: the refresh token of each of its grants.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Held {
    /// Of the client with signed access tokens.
    pub(super) web: String,
    /// Of the one with opaque ones.
    pub(super) looker: String,
}

/// What a side did.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Done {
    /// Answers a second.
    pub(super) per_second: f64,
    /// Answers in each second of its CPU time.
    pub(super) per_cpu_second: f64,
    /// How much of the core others took, in percent.
    pub(super) others_percent: f64,
    /// How long one took.
    pub(super) latency: Summary,
}

/// A client with its connection.
struct Lane {
    connection: Connection,
    paths: Paths,
    held: Held,
}

/// The value of a member of an answer. Good enough for texts without escapes, and for nothing else.
fn member<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

impl Lane {
    async fn ask(&mut self, (path, form): (&str, Option<&str>)) -> Result<&str, Trouble> {
        let answer = self.connection.exchange(Request { path, cookies: "", form }).await?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(Trouble::Unexpected(format!("{path}: {} {}", answer.status, answer.body)))
        }
    }

    /// Refreshes one of its grants; the access token.
    async fn refresh(&mut self, client: &str, signed: bool) -> Result<String, Trouble> {
        let (token, of) = (self.paths.token, if signed { &self.held.web } else { &self.held.looker });
        let mut form = format!("grant_type=refresh_token&refresh_token={of}&{}", proof(client));
        if signed {
            form.push_str("&resource=https%3A%2F%2Fapi.example.org");
        }
        let body = self.ask((token, Some(&form))).await?;
        let all = (member(body, "access_token"), member(body, "id_token"), member(body, "refresh_token"));
        let (Some(access), Some(_), Some(next)) = all else {
            return Err(Trouble::Unexpected(format!("tokens are missing: {body}")));
        };
        let (access, next) = (access.to_owned(), next.to_owned());
        *(if signed { &mut self.held.web } else { &mut self.held.looker }) = next;
        Ok(access)
    }

    async fn one(&mut self, work: Work, form: &str) -> Result<(), Trouble> {
        let Paths { token, introspection } = self.paths;
        let (path, sign) = match work {
            Work::Refresh => return self.refresh("web", true).await.map(|_| ()),
            Work::ClientCredentials => (token, "\"access_token\":\"ey"),
            Work::Introspect => (introspection, "\"active\":true"),
            Work::Discover => ("/.well-known/openid-configuration", "\"token_endpoint\""),
        };
        let body = self.ask((path, (!form.is_empty()).then_some(form))).await?;
        if body.contains(sign) {
            Ok(())
        } else {
            Err(Trouble::Unexpected(format!("{path} lacks what it is for: {body}")))
        }
    }

    /// Asks again and again until `end`; what ends between `warm` and then counts.
    async fn work(mut self, work: Work, (warm, end): (Instant, Instant)) -> Result<(Held, Samples), Trouble> {
        let form = match work {
            Work::ClientCredentials => {
                let resource = "resource=https%3A%2F%2Fapi.example.org";
                format!("grant_type=client_credentials&scope=read&{resource}&{}", proof("web"))
            }
            Work::Introspect => {
                let token = self.refresh("looker", false).await?;
                format!("token={token}&{}", proof("looker"))
            }
            Work::Refresh | Work::Discover => String::new(),
        };
        let (mut samples, mut began) = (Samples::default(), Instant::now());
        while began < end {
            self.one(work, &form).await?;
            let now = Instant::now();
            if began >= warm && now <= end {
                samples.add(now - began);
            }
            began = now;
        }
        Ok((self.held, samples))
    }
}

fn proof(client: &str) -> String {
    format!("client_id={client}&client_secret={SECRET}")
}

/// Has every lane do this for so long; what they hold afterwards, and what the side did.
///
/// # Errors
/// The first answer that is not right.
pub(super) async fn measure(
    (site, pid): (&Arc<Site>, u32),
    paths: Paths,
    held: Vec<Held>,
    (work, time): (Work, Duration),
) -> Result<(Vec<Held>, Done), Trouble> {
    let warm = Instant::now() + time / 8;
    let end = warm + time;
    let mut tasks = JoinSet::new();
    for held in held {
        let lane = Lane { connection: Connection::new(Arc::clone(site)), paths, held };
        tasks.spawn(lane.work(work, (warm, end)));
    }
    let used = awake::used(pid, (warm, end)).await?;
    let (mut all, mut left) = (Samples::default(), Vec::new());
    while let Some(task) = tasks.join_next().await {
        let (held, samples) = task.map_err(|error| Trouble::Unexpected(error.to_string()))??;
        all.extend(&samples);
        left.push(held);
    }
    let others = used.core.saturating_sub(used.cpu) + used.stolen;
    let done = Done {
        per_second: per_second(all.count(), time),
        per_cpu_second: per_second(all.count(), used.cpu),
        others_percent: 100.0 * others.as_secs_f64() / time.as_secs_f64(),
        latency: all.summary(),
    };
    Ok((left, done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_by_their_whole_name() {
        let body = r#"{"refresh_token":"r1","access_token":"a1","expires_in":300}"#;
        assert_eq!((member(body, "access_token"), member(body, "refresh_token")), (Some("a1"), Some("r1")));
        assert_eq!((member(body, "token"), member(body, "expires_in")), (None, None));
    }
}
