//! The only crate that listens. Handlers translate; what is decided is decided in `flow`.
//!
//! [`router`] is the table of every path.

pub mod hashing;
pub mod listen;
pub mod plain_letter;
pub mod view;

mod app;
mod document;
mod error;
mod explaining;
mod front;
mod headers;
mod oauth;
mod page;
mod pages;
mod posted;
mod segment;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

pub use app::{App, Chance, Clock, Setting, Site};
pub use explaining::Explain;
pub use front::Front;
pub use oauth::fetched::Fetch;
pub use visit::Peer;

use error::Trouble;

/// Every path there is.
fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(pages::sign_in::root))
        .route("/sign-in", get(pages::sign_in::get).post(pages::sign_in::post))
        .route("/sign-in/passkey", post(pages::passkey::sign_in))
        .route("/sign-in/password", get(pages::password::get).post(pages::password::post))
        .route("/sign-in/totp", get(pages::password::step).post(pages::password::submit))
        .route("/sign-in/approval", get(pages::approval::get).post(pages::approval::post))
        .route("/sign-in/second/approval", post(pages::approval::second))
        .route("/approval/{id}", get(pages::approval::wait))
        .route("/approval/{id}/take", post(pages::approval::take))
        .route("/approval/{id}/withdraw", post(pages::approval::withdraw))
        .route("/approve", get(pages::approve::get))
        .route("/approve/join/{code}", get(pages::approvers::join).post(pages::approvers::enrol))
        .route("/approve/{id}", get(pages::approve::one))
        .route("/approve/{id}/open", post(pages::approve::open))
        .route("/approve/{id}/number", post(pages::approve::number))
        .route("/approve/{id}/answer", post(pages::approve::answer))
        .route("/approve/{id}/deny", post(pages::approve::deny))
        .route("/sign-in/{request}", get(pages::code::get).post(pages::code::post))
        .route("/sign-in/{request}/again", post(pages::code::again))
        .route("/.well-known/sign-in-policy", get(pages::sign_in_policy::get))
        .route("/record/checkpoint", get(pages::record::checkpoint))
        .route("/record/key", get(pages::record::keys))
        .route("/.well-known/openid-configuration", get(oauth::published::metadata))
        .route("/.well-known/oauth-authorization-server", get(oauth::published::metadata))
        .route("/oauth/jwks", get(oauth::published::keys))
        .route("/oauth/authorize", get(oauth::authorize::begin).post(oauth::authorize::begin))
        .route("/oauth/authorize/{reference}", get(oauth::authorize::get).post(oauth::authorize::post))
        .route("/oauth/logout", get(oauth::logout::begin).post(oauth::logout::begin))
        .route("/oauth/logout/{wish}", get(oauth::logout::get).post(oauth::logout::post))
        .route(
            "/oauth/device_authorization",
            any(oauth::device::other).post(oauth::device::ask).options(oauth::device::preflight),
        )
        .route("/oauth/pairing", post(oauth::device::pair).options(oauth::preflight))
        .route("/oauth/par", post(oauth::token::push).options(oauth::preflight))
        .route("/oauth/token", post(oauth::token::post).options(oauth::preflight))
        .route("/oauth/introspect", post(oauth::token::introspect))
        .route("/oauth/revoke", post(oauth::token::revoke).options(oauth::preflight))
        .route(
            "/oauth/userinfo",
            get(oauth::userinfo::look).post(oauth::userinfo::look).options(oauth::preflight),
        )
        .route("/oauth/register", post(oauth::registration::register))
        .route(
            "/oauth/register/{client}",
            get(oauth::registration::look).put(oauth::registration::change).delete(oauth::registration::end),
        )
        .route("/sign-out", post(pages::sessions::sign_out))
        .route("/.well-known/change-password", get(pages::set_password::well_known))
        .route("/welcome/{token}", get(pages::welcome::get).post(pages::welcome::post))
        .route("/not-me/{token}", get(pages::not_me::get).post(pages::not_me::post))
        .route("/about-this-address", get(pages::about_address::get).post(pages::about_address::post))
        .route("/about-this-address/{link}", get(pages::about_address::held))
        .route("/about-this-address/{link}/refuse", post(pages::about_address::refuse))
        .route("/about-this-address/{link}/accept", post(pages::about_address::accept))
        .route("/about-this-address/{link}/detach/{account}", post(pages::about_address::detach))
        .route("/about-this-address/{link}/stay/{account}", post(pages::about_address::stay))
        .route("/explain", get(pages::explain::get).post(pages::explain::post))
        .route("/recover", get(pages::recover::get).post(pages::recover::post))
        .route("/recover/saved", post(pages::recover::saved))
        .route("/recover/app", post(pages::recover::app))
        .route("/recover/passkey", post(pages::passkey::recover))
        .route("/app/{token}", get(pages::cancel::app).post(pages::cancel::end_app))
        .route("/entry", get(pages::entry::get))
        .route("/entry/{id}", post(pages::entry::post))
        .route("/entry/cancel/{token}", get(pages::cancel::entry).post(pages::cancel::cancel_entry))
        .route("/authenticator/{token}", get(pages::cancel::held).post(pages::cancel::cancel_held))
        .route("/account", get(pages::account::get))
        .route(
            "/operator/accounts/{id}/undo",
            get(pages::operator::account::undo).post(pages::operator::account::carry_out),
        )
        .route("/account/undo", get(pages::undo::get).post(pages::undo::post))
        .route("/account/grants/{id}/confirm", get(pages::grants::doubted).post(pages::grants::confirm))
        .route("/account/sessions", get(pages::sessions::get))
        .route("/account/sessions/end-others", post(pages::sessions::end_others))
        .route("/account/sessions/{id}/end", post(pages::sessions::end))
        .route("/account/sessions/{id}/confirm", get(pages::sessions::doubted).post(pages::sessions::confirm))
        .route("/account/grants", get(pages::grants::get))
        .route("/account/grants/{id}", get(pages::grants::one))
        .route("/account/grants/{id}/end", post(pages::grants::end))
        .route("/account/grants/{id}/end-all", post(pages::grants::end_all))
        .route("/account/profile", get(pages::profile::get).post(pages::profile::post))
        .route("/account/devices/pair", get(pages::pair::get).post(pages::pair::post))
        .route("/account/devices/pair/answer", post(pages::pair::answer))
        .route("/approve.webmanifest", get(pages::doorbell::manifest))
        .route("/approve/worker.js", get(pages::doorbell::worker))
        .route("/approve/offline", get(pages::doorbell::offline))
        .route("/approve/doorbell", get(pages::doorbell::get).post(pages::doorbell::on))
        .route("/approve/doorbell/off", post(pages::doorbell::off))
        .route("/approve/doorbell/again", post(pages::doorbell::again))
        .route("/device", get(pages::device::get).post(pages::device::post))
        .route("/device/asked", get(pages::device::asked).post(pages::device::answer))
        .route("/account/data", get(pages::data::get).post(pages::data::post))
        .route("/account/data/proofs", post(pages::data::proofs))
        .route("/account/close", get(pages::close::get).post(pages::close::post))
        .route("/account/confirm", get(pages::confirm::get))
        .route("/account/confirm/code", post(pages::confirm::code))
        .route("/account/confirm/passkey", post(pages::passkey::confirm))
        .route("/account/confirm/password", post(pages::password::confirm))
        .route("/account/confirm/approval", post(pages::approval::confirm))
        .route("/account/authenticators", get(pages::authenticators::get))
        .route("/account/authenticators/approvers", get(pages::approvers::get).post(pages::approvers::post))
        .route("/account/authenticators/passkeys", post(pages::passkey::add))
        .route("/account/authenticators/passkeys/new", get(pages::passkey::new))
        .route(
            "/account/authenticators/password",
            get(pages::set_password::get).post(pages::set_password::post),
        )
        .route(
            "/account/authenticators/app",
            get(pages::set_password::app).post(pages::set_password::add_app),
        )
        .route(
            "/account/authenticators/recovery-codes",
            get(pages::recovery_codes::get).post(pages::recovery_codes::post),
        )
        .route("/account/authenticators/recovery-codes/text", post(pages::recovery_codes::text))
        .route("/account/authenticators/{id}/cancel", post(pages::authenticators::cancel))
        .route("/account/entries/{id}/cancel", post(pages::account::cancel_entry))
        .route("/account/authenticators/{id}/name", post(pages::authenticators::rename))
        .route(
            "/account/authenticators/{id}/remove",
            get(pages::authenticators::ask_remove).post(pages::authenticators::remove),
        )
        .route("/account/addresses", get(pages::addresses::get).post(pages::addresses::add))
        .route("/account/addresses/name", post(pages::addresses::name))
        .route("/account/addresses/main", post(pages::addresses::main))
        .route("/account/addresses/on", post(pages::addresses::on))
        .route("/account/addresses/off", post(pages::addresses::off))
        .route("/account/addresses/remove", post(pages::addresses::remove))
        .route("/account/addresses/remove-recovery", post(pages::addresses::remove_recovery))
        .route("/account/gate", get(pages::gate::get).post(pages::gate::post))
        .route("/account/gate/word", post(pages::gate::set_word))
        .route("/account/gate/word/remove", post(pages::gate::remove_word))
        .route("/account/gate/announce", post(pages::gate::announce))
        .route("/account/gate/take-back", post(pages::gate::take_back))
        .route("/account/activity", get(pages::activity::get))
        .route("/account/activity/activity.csv", get(pages::activity::export::csv))
        .route("/account/activity/activity.jsonl", get(pages::activity::export::json_lines))
        .route("/account/activity/{request}/not-me", post(pages::activity::not_me))
        .route("/operator", get(pages::operator::get))
        .route("/operator/accounts", get(pages::operator::accounts::get))
        .route("/operator/accounts/{id}", get(pages::operator::account::get))
        .route("/operator/accounts/{id}/{act}", post(pages::operator::account::post))
        .route("/operator/tenants", get(pages::operator::tenants::get).post(pages::operator::tenants::post))
        .route("/operator/tenants/{code}", get(pages::operator::tenants::one))
        .route("/operator/tenants/{code}/{act}", post(pages::operator::tenants::act))
        .route(
            "/operator/invitations",
            get(pages::operator::invitations::get).post(pages::operator::invitations::post),
        )
        .route("/operator/invitations/{id}/take-back", post(pages::operator::invitations::take_back))
        .route("/operator/clients", get(pages::operator::clients::get))
        .route("/operator/clients/one", get(pages::operator::clients::one))
        .route("/operator/clients/{act}", post(pages::operator::clients::act))
        .route("/operator/watch", get(pages::operator::watch::get))
        .route("/operator/findings/{id}", get(pages::operator::watch::one))
        .route("/operator/findings/{id}/note", post(pages::operator::watch::note))
        .route("/operator/responses/{id}/undo", post(pages::operator::watch::undo))
        .route("/operator/outbox", get(pages::operator::waiting::get))
        .route("/operator/settings", get(pages::operator::settings::get))
        .route("/inbox", get(pages::inbox::get))
        .route("/inbox/newest", get(pages::inbox::newest))
        .route("/inbox/{id}", get(pages::inbox::mail))
        .route("/assets/style.css", get(pages::assets::style))
        .route("/assets/page.js", get(pages::assets::script))
        .route("/assets/passkey.js", get(pages::assets::passkey))
        .route("/assets/icon.svg", get(pages::assets::icon))
        .route("/assets/doorbell.js", get(pages::assets::doorbell))
        .route("/assets/icons/{name}", get(pages::assets::installed_icon))
        .route("/assets/operator.css", get(pages::assets::operator))
        .route("/assets/logo", get(pages::assets::logo))
        .route("/healthz", get(pages::assets::health))
        .route("/readyz", get(pages::assets::ready))
        .fallback(async || Trouble::NotFound)
        .method_not_allowed_fallback(async || Trouble::WrongMethod)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), headers::finish))
        .with_state(app)
}
