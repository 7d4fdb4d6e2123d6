//! `GET` and `POST /oauth/userinfo`: claims about a person.

use axum::body::Body;
use axum::response::Response;
use flow::oauth::userinfo;
use http::StatusCode;
use http::header::{self, HeaderValue};
use wire::oauth::presented_token::PresentedToken;

use super::called::{Called, Wrong, challenge, finish, refusal_at_resource};

pub(crate) async fn look(called: Called) -> Response {
    match told(&called).await {
        Ok(answer) => answer,
        Err(wrong) => refusal_at_resource(&called.app, wrong),
    }
}

async fn told(called: &Called) -> Result<Response, Wrong> {
    let presented = PresentedToken::read(&called.authorization(), Some(&called.parameters))?;
    let Some(presented) = presented else {
        let mut answer = called.answer(StatusCode::UNAUTHORIZED, String::new());
        challenge(&mut answer, None);
        return Ok(answer);
    };
    let held = called.held(called.provider().userinfo(), Some(presented.token.expose()))?;
    let context = (&*called.ring, called.provider());
    let told = userinfo::look(&called.app.store, &called.cx, context, (&presented, held.as_ref()))??;
    if let Some(held) = held {
        called.app.write(called.app.cx(), move |tx, _| userinfo::claim(tx, &held)).await??;
    }
    Ok(match told {
        userinfo::Told::Json(text) => called.answer(StatusCode::OK, text),
        userinfo::Told::Signed(text) => {
            let mut answer = Response::new(Body::from(text));
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
            finish(&called.app, &mut answer);
            answer
        }
    })
}
