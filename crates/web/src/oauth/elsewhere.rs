//! Clients that keep their keys elsewhere, or are named by the URL of a document about themselves.
//!
//! Implements: RFC 7591 §2 (`jwks_uri`), OpenID Connect Core §10.1.1, draft-ietf-oauth-client-id-metadata-document §3, §5.

use flow::oauth::{client, register};
use model::client::ClientOrigin;
use wire::http::url::Url;
use wire::jose::jwk_set::{self, JwkSet};
use wire::oauth::client_authentication::Presented;
use wire::oauth::client_document;

use crate::app::App;
use crate::error::Trouble;

impl App {
    /// The keys of the client that makes a signed statement, where it keeps them elsewhere. One that is not known yet is
    /// looked for anew, at most once a minute.
    ///
    /// # Errors
    /// A fault of the store.
    pub(crate) async fn keys_of(&self, presented: &Presented<'_>) -> Result<Option<JwkSet>, Trouble> {
        let (Presented::Assertion(statement), Some(fetched)) = (presented, &self.fetched) else {
            return Ok(None);
        };
        let at = client::find(&self.store, presented.client_id())?.and_then(|client| client.keys_at);
        let Some(url) = at.and_then(|at| Url::parse(&at).ok()) else { return Ok(None) };
        let has_key = |text: &[u8]| {
            JwkSet::parse(text)
                .is_ok_and(|set| set.candidates(statement.algorithm(), statement.key_id()).next().is_some())
        };
        let text = fetched.get(&url, (jwk_set::LONGEST, self.cx().now), has_key).await;
        Ok(text.and_then(|text| JwkSet::parse(&text).ok()))
    }

    /// Gets to know a client that is named by the URL of a document about itself, where that is open: keeps it as the document
    /// describes it now. What cannot be fetched or read is left as it was.
    ///
    /// # Errors
    /// A fault of the store.
    pub(crate) async fn meet(&self, client_id: &str) -> Result<(), Trouble> {
        let open = self.fetched.as_ref().filter(|_| self.client_documents);
        let (Some(fetched), Some(url)) = (open, client_document::url(client_id)) else { return Ok(()) };
        let cx = self.cx();
        let read = |text: &[u8]| client_document::parse(client_id, text);
        let bounds = (client_document::LONGEST, cx.now);
        let Some(text) = fetched.get(&url, bounds, |text| read(text).is_ok()).await else { return Ok(()) };
        let client = read(&text)
            .and_then(|metadata| register::registered(client_id, ClientOrigin::Document, &metadata, cx.now));
        let client = match client {
            Ok(client) => client,
            Err(error) => {
                tracing::debug!(%error, client = client_id, "the document of a client cannot be used");
                return Ok(());
            }
        };
        if register::is_kept(&self.store, &client)? {
            return Ok(());
        }
        self.write(cx, move |tx, cx| register::keep_document(tx, cx, &client)).await
    }
}
