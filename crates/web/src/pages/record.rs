//! `/record/checkpoint` and `/record/key`: the newest head of the sealed record, and the keys that verify it, so that anybody can
//! keep heads. For anybody, from anywhere; documented in docs/sealed-record.md.
//!
//! Implements: C2SP tlog-tiles §Checkpoints (where a checkpoint is found).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use flow::sealing::{key, prove};
use http::HeaderMap;

use crate::app::App;
use crate::document::Document;
use crate::error::Trouble;

/// A checkpoint is followed by another one within a minute.
const SHORTLY: &str = "public, max-age=5";
/// A key stays.
const LONG: &str = "public, max-age=300";

pub(crate) async fn checkpoint(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Trouble> {
    let newest = prove::newest(&app.store)?.ok_or(Trouble::NotFound)?;
    Ok(Document::plain((app.store.keys(), app.https()), newest.note, SHORTLY).answer(&headers))
}

pub(crate) async fn keys(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Trouble> {
    let all = key::list(&app.store)?;
    if all.is_empty() {
        return Err(Trouble::NotFound);
    }
    let lines: String = all.iter().map(|key| format!("{}\n", key.public)).collect();
    Ok(Document::plain((app.store.keys(), app.https()), lines, LONG).answer(&headers))
}
