//! Clients that register themselves over HTTP, look at what they registered, change it and end it.

use flow::by::By;
use flow::oauth::clients::{self, Opening};
use http::Method;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{DAYS, Site};

const AT: &str = "/oauth/register";
const WEB: &str = r#"{"client_name":"Reader","redirect_uris":["https://reader.example.org/cb"]}"#;

fn invited(site: &Site, count: u32) -> String {
    let now = site.cx().now;
    let opening = Opening {
        note: String::new(),
        clients_left: count,
        without_pkce: false,
        made_at: now,
        expires_at: now + DAYS,
    };
    let token = site.write(move |tx, cx| clients::open_registration(tx, cx, &opening, &By::COMMAND)).unwrap();
    token.expose().to_owned()
}

fn send(browser: &mut Browser, method: Method, path: &str, token: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    browser.send(method, path, &headers, body.as_bytes())
}

#[expect(clippy::disallowed_methods, reason = "what our own server said, read back")]
fn read(answer: &Answer) -> serde_json::Value {
    serde_json::from_str(&answer.body).unwrap()
}

fn error(answer: &Answer) -> String {
    read(answer)["error"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_client_registers_looks_changes_and_ends() {
    let site = Site::new();
    let token = invited(&site, 1);
    let mut client = site.browser_at("198.51.100.7");
    let made = send(&mut client, Method::POST, AT, &token, WEB);
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    assert_eq!((made.header("content-type"), made.header("pragma")), ("application/json", "no-cache"));
    let said = read(&made);
    assert_eq!(said["token_endpoint_auth_method"], "client_secret_basic");
    assert!(said["client_secret"].as_str().unwrap().starts_with("bidden_cs_"));
    let (id, own) =
        (said["client_id"].as_str().unwrap(), said["registration_access_token"].as_str().unwrap());
    let path =
        said["registration_client_uri"].as_str().unwrap().strip_prefix("http://localhost:8000").unwrap();
    let seen = send(&mut client, Method::GET, path, own, "");
    assert_eq!((seen.status, read(&seen)["client_id"].as_str()), (200, Some(id)));
    let other = format!(r#"{{"client_id":"{id}","redirect_uris":["https://reader.example.org/new"]}}"#);
    let changed = send(&mut client, Method::PUT, path, own, &other);
    assert_eq!(changed.status, 200);
    assert_eq!(read(&changed)["redirect_uris"], serde_json::json!(["https://reader.example.org/new"]));
    let gone = send(&mut client, Method::DELETE, path, own, "");
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    assert_eq!(send(&mut client, Method::GET, path, own, "").status, 401);
    let kinds = ["registration_opened", "client_added", "client_changed", "client_removed"];
    assert_eq!(kinds.map(|kind| site.count(kind)), [1, 1, 1, 1]);
}

#[test]
fn without_a_token_that_opens_nothing_is_registered() {
    let site = Site::new();
    let mut client = site.browser();
    let refused = client.send(Method::POST, AT, &[("content-type", "application/json")], WEB.as_bytes());
    assert_eq!((refused.status, error(&refused).as_str()), (401, "invalid_token"));
    assert!(refused.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    let token = invited(&site, 1);
    for wrong in ["x", &token.replace("bidden_ia_", "bidden_ra_"), &format!("{token}A")] {
        assert_eq!(send(&mut client, Method::POST, AT, wrong, WEB).status, 401, "{wrong}");
    }
    let bearer = format!("Bearer {token}");
    let twice = [
        ("authorization", bearer.as_str()),
        ("authorization", &bearer),
        ("content-type", "application/json"),
    ];
    assert_eq!(client.send(Method::POST, AT, &twice, WEB.as_bytes()).status, 400);
    assert_eq!(site.count("client_added"), 0);
    assert_eq!(client.get(AT).status, 405);
}

#[test]
fn metadata_that_cannot_be_is_refused_by_its_code_and_spends_nothing() {
    let site = Site::new();
    let token = invited(&site, 1);
    let mut client = site.browser();
    for (document, code) in [
        ("", "invalid_client_metadata"),
        ("[]", "invalid_client_metadata"),
        ("{}", "invalid_redirect_uri"),
        (r#"{"redirect_uris":["http://reader.example.org/cb"]}"#, "invalid_redirect_uri"),
        (
            r#"{"redirect_uris":["https://a.example.org/cb"],"grant_types":["implicit"]}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["https://a.example.org/cb"],"id_token_signed_response_alg":"none"}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["https://a.example.org/cb"],"software_statement":"e30"}"#,
            "unapproved_software_statement",
        ),
        (&format!("{{\"client_name\":\"{}\"}}", "x".repeat(33 * 1024)), "invalid_client_metadata"),
    ] {
        let refused = send(&mut client, Method::POST, AT, &token, document);
        assert_eq!((refused.status, error(&refused).as_str()), (400, code), "{document:.60}");
    }
    let bearer = format!("Bearer {token}");
    for kind in ["application/x-www-form-urlencoded", "text/plain"] {
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        assert_eq!(client.send(Method::POST, AT, &headers, WEB.as_bytes()).status, 400, "{kind}");
    }
    assert_eq!(send(&mut client, Method::POST, AT, &token, WEB).status, 201);
}

#[test]
fn a_page_of_another_origin_can_neither_register_nor_read() {
    let site = Site::new();
    let token = invited(&site, 1);
    let mut client = site.browser();
    let made = send(&mut client, Method::POST, AT, &token, WEB);
    assert!(!made.headers.contains_key("access-control-allow-origin"));
    assert_eq!(made.header("cross-origin-resource-policy"), "same-origin");
    let asked = client.send(
        Method::OPTIONS,
        AT,
        &[("origin", "https://evil.example"), ("access-control-request-method", "POST")],
        b"",
    );
    assert!(!asked.headers.contains_key("access-control-allow-origin"));
}
