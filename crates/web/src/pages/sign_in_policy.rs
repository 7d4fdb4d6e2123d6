//! `/.well-known/sign-in-policy?domain=…`: by which ways whoever has an address of a domain signs in here, and whether a
//! code is ever mailed there. For anybody, from anywhere; documented in docs/sign-in-policy.md.
//!
//! It says nothing about accounts: a domain that no tenant has gets the installation's own answer, in the same shape.
//! Implements: RFC 8615 (well-known URIs).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use flow::{methods, tenant};
use http::{HeaderMap, Uri};
use model::method::{Method, Use};
use serde_json::{Value, json};
use wire::form::Query;
use wire::mail::domain::Domain;

use crate::app::App;
use crate::document::{self, Document};
use crate::error::Trouble;

/// The version of the document; a field that is added changes nothing in it.
const VERSION: u8 = 1;

/// For how long the answer may be kept: a tenant that closes codes is believed within that time.
const KEPT: &str = "public, max-age=300";

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Trouble> {
    let Ok(domain) = asked(uri.query()) else {
        let problem = json!({"version": VERSION, "error": "domain"});
        return Ok(document::refused(problem.to_string()));
    };
    let text = policy(&app, domain.as_ref())?.to_string();
    Ok(Document::new((app.store.keys(), app.https()), text, KEPT).answer(&headers))
}

/// Which domain is asked about; none asks for the installation's own layer.
fn asked(query: Option<&str>) -> Result<Option<Domain>, wire::Malformed> {
    Query::parse(query)?.get("domain").map(Domain::parse).transpose()
}

fn policy(app: &App, domain: Option<&Domain>) -> Result<Value, Trouble> {
    let open = match domain {
        Some(domain) => tenant::published(&app.store, &app.cx(), domain.as_str())?,
        None => methods::of_domain(&app.policy, None),
    };
    let codes = if open.open(Use::SignIn).has(Method::MailCode) { "on_request" } else { "never" };
    let from =
        app.site.mail_from.as_ref().map(|from| json!({"address": from.as_str(), "domain": from.domain()}));
    Ok(json!({
        "version": VERSION,
        "site": {"name": app.site.name, "url": app.site.public_url},
        "domain": domain.map(Domain::as_str),
        "codes_by_mail": codes,
        "methods": {
            "sign_in": open.open(Use::SignIn),
            "step_up": open.open(Use::StepUp),
            "recovery": open.open(Use::Recovery),
        },
        "mail_from": from,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_domain_is_asked_about_or_none() {
        assert_eq!(asked(None), Ok(None));
        assert_eq!(asked(Some("domain=Example.EDU")).unwrap().unwrap().as_str(), "example.edu");
        for bad in ["domain=", "domain=a@b.org", "domain=a.org&domain=b.org", "domain=192.0.2.1"] {
            assert!(asked(Some(bad)).is_err(), "{bad}");
        }
    }
}
