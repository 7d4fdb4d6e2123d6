//! The only crate that listens. Handlers translate; what is decided is decided in `flow`.
//!
//! [`router`] is the table of every path.

pub mod hashing;
pub mod listen;
pub mod plain_letter;
pub mod view;

mod app;
mod error;
mod headers;
mod page;
mod pages;
mod posted;
mod segment;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use app::{App, Clock, Site};
pub use visit::Peer;

use error::Trouble;

/// Every path there is.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(pages::sign_in::root))
        .route("/sign-in", get(pages::sign_in::get).post(pages::sign_in::post))
        .route("/sign-in/{request}", get(pages::code::get).post(pages::code::post))
        .route("/sign-in/{request}/again", post(pages::code::again))
        .route("/sign-out", post(pages::account::sign_out))
        .route("/welcome/{token}", get(pages::welcome::get).post(pages::welcome::post))
        .route("/not-me/{token}", get(pages::not_me::get).post(pages::not_me::post))
        .route("/account", get(pages::account::get))
        .route("/account/sessions/end-others", post(pages::account::end_others))
        .route("/account/sessions/{id}/end", post(pages::account::end_session))
        .route("/account/activity", get(pages::activity::get))
        .route("/account/activity/{request}/not-me", post(pages::activity::not_me))
        .route("/operator", get(pages::operator::get))
        .route("/inbox", get(pages::inbox::get))
        .route("/inbox/newest", get(pages::inbox::newest))
        .route("/inbox/{id}", get(pages::inbox::mail))
        .route("/assets/style.css", get(pages::assets::style))
        .route("/assets/page.js", get(pages::assets::script))
        .route("/assets/icon.svg", get(pages::assets::icon))
        .route("/assets/operator.css", get(pages::assets::operator))
        .route("/assets/logo", get(pages::assets::logo))
        .route("/healthz", get(pages::assets::health))
        .route("/readyz", get(pages::assets::ready))
        .fallback(async || Trouble::NotFound)
        .method_not_allowed_fallback(async || Trouble::WrongMethod)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), headers::finish))
        .with_state(app)
}
