//! What clients learn before they ask for anything: the metadata and the key set.

use std::sync::LazyLock;

use flow::oauth::keys::{self, Keyring, Spare};
use http::Method;
use model::secret::Secret;
use model::signing_key::{KeyKind, SigningKey};
use wire::jose::jwk_set::JwkSet;

use crate::answer::Answer;
use crate::site::{Plan, Site};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";
const JWKS: &str = "/oauth/jwks";

/// A site that signs. To make a key of RSA takes longer than most tests, so it is the same at every site.
pub(crate) fn signing(plan: Plan) -> Site {
    static RSA: LazyLock<Secret<Vec<u8>>> = LazyLock::new(|| SigningKey::generate(KeyKind::Rs256).unwrap());
    let site = Site::with(plan);
    let (mut cx, store) = (site.cx(), site.app.store());
    let spares = KeyKind::ALL.map(|kind| match kind {
        KeyKind::Rs256 => Spare::of(kind, &RSA, store.keys(), &mut cx.entropy).unwrap(),
        KeyKind::Es256 | KeyKind::EdDsa => Spare::make(kind, store.keys(), &mut cx.entropy).unwrap(),
    });
    store.write_now(move |tx| keys::rotate(tx, &mut cx, &spares, None)).unwrap();
    settle(&site);
    site
}

/// Takes the steps of the schedule, and the keys of the store.
fn settle(site: &Site) {
    keys::settle(site.app.store(), &|| site.cx(), None).unwrap();
    site.app.take_keys(Keyring::load(site.app.store()).unwrap());
}

#[expect(clippy::disallowed_methods, reason = "what our own server said, read back")]
fn read(answer: &Answer) -> serde_json::Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn both_well_known_places_have_the_same_document_and_anybody_may_read_it() {
    let site = signing(Plan { public_url: "https://id.example.org", loopback: false, ..Plan::default() });
    let mut browser = site.browser_at("198.51.100.1");
    let answer = browser.get(OPENID);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(answer.cookies().is_empty());
    assert_eq!(browser.get(OAUTH).body, answer.body);
    let said = read(&answer);
    assert_eq!(said["issuer"], "https://id.example.org", "as the client knows it, to the letter");
    assert_eq!(said["jwks_uri"], "https://id.example.org/oauth/jwks");
    assert_eq!(said["id_token_signing_alg_values_supported"], serde_json::json!(["ES256", "EdDSA", "RS256"]));
}

/// A GET is answered before the router, a HEAD by it; what a GET lacks here, a handler would have added.
#[test]
fn what_is_answered_at_once_carries_what_every_answer_does() {
    let site = signing(Plan { public_url: "https://id.example.org", loopback: false, ..Plan::default() });
    let mut browser = site.browser_at("198.51.100.1");
    for path in [OPENID, OAUTH, JWKS] {
        let (got, head) = (browser.get(path), browser.send(Method::HEAD, path, &[], b""));
        assert_eq!((got.status, head.status, head.body.as_str()), (200, 200, ""));
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "strict-transport-security",
            "cache-control",
            "etag",
        ] {
            assert_eq!(got.header(name), head.header(name), "{path}: {name}");
            assert!(!got.header(name).is_empty(), "{path}: {name}");
        }
    }
}

#[test]
fn every_endpoint_that_is_announced_is_there() {
    let site = signing(Plan::default());
    let mut browser = site.browser();
    let said = read(&browser.get(OPENID));
    let mut count = 0;
    for (name, value) in said.as_object().unwrap() {
        if !name.ends_with("_endpoint") && name != "jwks_uri" {
            continue;
        }
        let path = value.as_str().unwrap().strip_prefix("http://localhost:8000").unwrap();
        let answer = browser.get(path);
        assert_ne!(answer.status, 404, "{name}");
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn the_key_set_has_public_halves_only_and_each_by_its_name() {
    let site = signing(Plan::default());
    let answer = site.browser().get(JWKS);
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=900"));
    let set = JwkSet::parse(answer.body.as_bytes()).unwrap();
    assert_eq!(set.keys().len(), 3);
    for key in set.keys() {
        assert_eq!(key.id(), Some(key.thumbprint().to_string().as_str()));
    }
    let keys = read(&answer);
    for key in keys["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_eq!(key["use"], "sig");
    }
}

#[test]
fn what_is_known_already_is_not_sent_again_until_it_changes() {
    let site = signing(Plan::default());
    let mut browser = site.browser();
    for path in [OPENID, JWKS] {
        let tag = browser.get(path).header("etag").to_owned();
        for list in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = browser.send(Method::GET, path, &[("if-none-match", &list)], b"");
            assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
            assert_eq!(again.header("access-control-allow-origin"), "*");
            assert!(again.header("cache-control").starts_with("public"));
        }
        let other = browser.send(Method::GET, path, &[("if-none-match", "\"other\"")], b"");
        assert_eq!(other.status, 200);
        let head = browser.send(Method::HEAD, path, &[], b"");
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", tag.as_str()));
        assert_eq!(browser.send(Method::POST, path, &[], b"").status, 405);
    }
    let (keys, metadata) =
        (browser.get(JWKS).header("etag").to_owned(), browser.get(OPENID).header("etag").to_owned());
    let spare = {
        let mut cx = site.cx();
        Spare::make(KeyKind::EdDsa, site.app.store().keys(), &mut cx.entropy).unwrap()
    };
    site.write(move |tx, cx| keys::succeed(tx, cx, (&spare, false), &flow::by::By::COMMAND)).unwrap();
    settle(&site);
    let changed = browser.send(Method::GET, JWKS, &[("if-none-match", &keys)], b"");
    assert_eq!(changed.status, 200);
    assert_eq!(JwkSet::parse(changed.body.as_bytes()).unwrap().keys().len(), 4);
    assert_eq!(browser.send(Method::GET, OPENID, &[("if-none-match", &metadata)], b"").status, 304);
}

#[test]
fn a_site_without_keys_publishes_nothing() {
    let mut browser = Site::new().browser();
    for path in [OPENID, OAUTH, JWKS] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
}

#[test]
fn another_host_is_not_told_who_we_are() {
    let site = signing(Plan { public_url: "https://id.example.org", loopback: false, ..Plan::default() });
    let answer = site.browser().send(Method::GET, OPENID, &[("host", "evil.example")], b"");
    assert_eq!(answer.status, 421);
}

#[test]
fn two_nodes_say_the_same_with_the_same_tag() {
    let site = signing(Plan::default());
    let first = site.browser().get(JWKS);
    settle(&site);
    let second = site.browser().get(JWKS);
    assert_eq!((first.body.as_str(), first.header("etag")), (second.body.as_str(), second.header("etag")));
}
