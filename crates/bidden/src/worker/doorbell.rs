//! Rings doorbells, out of the table in which that waits.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use flow::doorbell::deliver::{self, Leased};
use model::fault::Fault;
use model::push::{PushKey, Pushed, TOKEN};
use model::secret::Secret;
use model::time::Time;
use outbound::push::{Push, Pusher};
use web::App;
use wire::http::origin::Origin;

use super::End;
use super::queue::{Queue, Table, settle};

/// How long before its end a token is not used any more.
const EARLY: Duration = Duration::from_secs(60 * 60);
/// How many tokens are kept: there are a handful of push services that people's browsers use.
const MOST: usize = 64;

/// Rings doorbells.
pub(crate) struct Ringer {
    pusher: Pusher,
    key: PushKey,
    /// Whom a push service can ask about us.
    contact: String,
    /// Tokens for push services, and when each was made (RFC 8292 §5: they may verify one once and remember it).
    tokens: Mutex<HashMap<Origin, (Secret<String>, Time)>>,
}

impl Ringer {
    pub(crate) fn new(pusher: Pusher, key: PushKey, contact: String) -> Self {
        Self { pusher, key, contact, tokens: Mutex::default() }
    }

    fn authorization(&self, origin: &Origin, now: Time) -> Result<Secret<String>, Fault> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, made_at)) = tokens.get(origin)
            && now < *made_at + (TOKEN - EARLY)
        {
            return Ok(token.clone());
        }
        let made = self.key.authorization(origin, &self.contact, now);
        let made = made.map_err(|fault| Fault::new("the key for push services", fault))?;
        if tokens.len() >= MOST {
            tokens.clear();
        }
        tokens.insert(origin.clone(), (made.clone(), now));
        Ok(made)
    }
}

impl Queue for Ringer {
    type Leased = Leased;
    const TABLE: Table<Leased> =
        Table { lease: deliver::lease, release_all: deliver::release_all, next_due: deliver::next_due };

    async fn tell(&self, app: &App, leased: &Leased, end: &mut End) -> Result<(), Fault> {
        let mut cx = app.cx();
        let Some(ring) = deliver::compose(app.store(), &mut cx, leased)? else {
            let leased = leased.clone();
            return app.commit(app.cx(), move |tx, _| deliver::forget(tx, &leased)).await;
        };
        let service = ring.endpoint.origin().to_string();
        let authorization = self.authorization(ring.endpoint.origin(), cx.now)?;
        let push = Push { endpoint: ring.endpoint, authorization, content: ring.content, kept: ring.kept };
        let (pushed, detail) = self.pusher.push(push).await;
        let (account, approver, attempt) = (ring.account, ring.approver, leased.attempt);
        if pushed == Pushed::Taken {
            tracing::debug!(%service, "a doorbell rang");
        } else {
            tracing::warn!(%service, attempt, outcome = ?pushed, %detail, "a doorbell did not ring");
        }
        let leased = leased.clone();
        settle(app, end, move |tx, cx| deliver::settle(tx, cx, (&leased, account, approver), pushed)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_for_each_push_service_until_it_nears_its_end() {
        let key = PushKey::read(&PushKey::generate().unwrap()).unwrap();
        let ringer = Ringer::new(Pusher::new(false, &[]).unwrap(), key, "mailto:a@example.org".to_owned());
        let origin = |n: usize| Origin::parse(&format!("https://push{n}.example.net")).unwrap();
        let now = Time::from_micros(1_795_297_599_000_000);
        let token = |n, at| ringer.authorization(&origin(n), at).unwrap().expose().clone();
        let first = token(0, now);
        assert_eq!(token(0, now + Duration::from_secs(11 * 60 * 60 - 1)), first);
        assert_ne!(token(1, now), first);
        let second = token(0, now + Duration::from_secs(11 * 60 * 60));
        assert_ne!(second, first);
        for n in 2..200 {
            token(n, now);
        }
        assert!(ringer.tokens.lock().unwrap().len() <= MOST);
    }
}
