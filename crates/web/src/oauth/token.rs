//! `POST /oauth/token`, `/oauth/par`, `/oauth/revoke`, `/oauth/introspect`: what clients call directly.

use axum::body::Body;
use axum::response::Response;
use flow::oauth::token::{self, Asker};
use flow::oauth::{introspect, request, revoke};
use http::StatusCode;
use http::header::{self, HeaderValue};
use wire::oauth::authorization::pushed_answer;
use wire::oauth::revocation::NamedToken;
use wire::oauth::token::TokenRequest;

use super::called::{Called, Wrong, finish};

/// `POST /oauth/token`
pub(crate) async fn post(called: Called) -> Response {
    let outcome = tokens(&called).await;
    called.settle(outcome)
}

async fn tokens(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let held = called.held(called.provider().token(), None)?;
    let asked = TokenRequest::read(&called.parameters)?;
    let asker = Asker { proved, held, source: called.source };
    let mut cx = called.app.cx();
    let context = (&*called.ring, called.provider(), &called.app.paces);
    let prepared = token::prepare(&called.app.store, &mut cx, context, (asker, asked))??;
    let tokens = called.app.write(cx, move |tx, cx| token::commit(tx, cx, &prepared)).await??;
    Ok(called.answer(StatusCode::OK, tokens.json()))
}

/// `POST /oauth/par`
pub(crate) async fn push(called: Called) -> Response {
    let outcome = pushed(&called).await;
    called.settle(outcome)
}

async fn pushed(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let held = called.held(called.provider().pushed(), None)?;
    let mut cx = called.app.cx();
    let pushing = (&proved, held.as_ref(), &called.parameters);
    let keeping = request::prepare_push(&called.app.store, &mut cx, called.provider(), pushing)??;
    let answer = pushed_answer(keeping.reference(), request::ON_ITS_WAY.as_secs());
    called.app.write(cx, move |tx, cx| request::keep(tx, cx, &keeping)).await??;
    Ok(called.answer(StatusCode::CREATED, answer))
}

/// `POST /oauth/revoke`
pub(crate) async fn revoke(called: Called) -> Response {
    let outcome = revoked(&called).await;
    called.settle(outcome)
}

async fn revoked(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let named = NamedToken::read(&called.parameters)?;
    let context = (&*called.ring, called.provider());
    let prepared = revoke::prepare(&called.app.store, context, (proved, &named, called.source))?;
    called.app.write(called.app.cx(), move |tx, cx| revoke::commit(tx, cx, &prepared)).await??;
    Ok(called.answer(StatusCode::OK, String::new()))
}

/// `POST /oauth/introspect`
pub(crate) async fn introspect(called: Called) -> Response {
    let outcome = introspected(&called).await;
    called.settle(outcome)
}

async fn introspected(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let named = NamedToken::read(&called.parameters)?;
    let accepts = called.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let signed = accepts.is_some_and(|accepts| accepts.contains(introspect::TYPE));
    let context = (&*called.ring, called.provider());
    let told = introspect::look(&called.app.store, &called.cx, context, (&proved, &named, signed))??;
    // Only a statement is good once; whoever came by a secret costs no write.
    if proved.came_by_statement() {
        called.app.write(called.app.cx(), move |tx, _| introspect::claim(tx, &proved)).await??;
    }
    Ok(match told {
        introspect::Told::Json(text) => called.answer(StatusCode::OK, text),
        introspect::Told::Signed(text) => {
            let mut answer = Response::new(Body::from(text));
            let kind = HeaderValue::from_static("application/token-introspection+jwt");
            answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            finish(&called.app, &mut answer);
            answer
        }
    })
}
