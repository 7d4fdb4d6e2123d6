//! HTTP itself: headers on every answer, methods, paths, hosts and bodies that no page of ours would send.

use http::Method;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{Plan, Site, words};

const ADA: &str = "ada@example.org";
const STATIC: [&str; 6] = [
    "/assets/style.css",
    "/assets/page.js",
    "/assets/passkey.js",
    "/assets/icon.svg",
    "/assets/operator.css",
    "/assets/logo",
];

/// A signed-in operator, and every path that there is, whoever may open it.
fn everything(site: &Site) -> (Browser, Vec<String>) {
    let mut operator = site.open_first(ADA);
    let welcome = site.invite("bob@example.org");
    let mut stranger = site.browser_at("192.0.2.7");
    let page = stranger.ask(ADA);
    let mail = site.mail();
    operator.get("/account");
    let session = wire::token::decode::<48>(&operator.cookie("session")).unwrap();
    let session = model::id::SessionId::from_bytes(session[..16].try_into().unwrap());
    let mut paths: Vec<String> = [
        "/",
        "/sign-in",
        "/sign-out",
        "/account",
        "/account/sessions/end-others",
        "/account/activity",
        "/operator",
        "/inbox",
        "/inbox/newest",
        "/inbox/x",
        "/healthz",
    ]
    .map(str::to_owned)
    .into();
    paths.extend(STATIC.map(str::to_owned));
    paths.extend([
        welcome,
        page.clone(),
        format!("{page}/again"),
        mail.not_me,
        format!("/account/sessions/{session}/end"),
        format!("/account/activity/{}/not-me", mail.request),
    ]);
    (operator, paths)
}

fn guarded(answer: &Answer) {
    let asked = &answer.asked;
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{asked}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{asked}");
    // Where the path carries a secret, not even our own pages are told of it, and no index keeps it.
    let by_link = asked.contains("/not-me/") || asked.contains("/welcome/");
    let referrer = if by_link { "strict-origin" } else { "same-origin" };
    assert_eq!(answer.header("referrer-policy"), referrer, "{asked}");
    assert_eq!(answer.headers.get("x-robots-tag").is_some(), by_link, "{asked}");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{asked}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{asked}");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{asked}");
    assert!(answer.headers.get("server").is_none() && answer.headers.get("x-powered-by").is_none());
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{asked}: {policy}");
    assert!(
        !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("data:"),
        "{asked}: {policy}"
    );
    if answer.asked.contains("/assets/") && answer.status == 200 {
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{asked}");
        assert!(policy.contains("sandbox"), "{asked}");
    } else {
        assert_eq!(answer.header("cache-control"), "no-store", "{asked}");
        for part in ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'", "script-src 'self'"] {
            assert!(policy.contains(part), "{asked}: {policy}");
        }
    }
    if answer.body.starts_with("<!doctype html>") {
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{asked}");
        assert_eq!(answer.header("content-language"), "en", "{asked}");
        // What the policy forbids must not be there either: it would silently not work.
        for inline in ["<style", "style=\"", "onclick", "onload", "javascript:", "<script>"] {
            assert!(!answer.body.contains(inline), "{asked} has {inline}");
        }
        assert_eq!(answer.body.matches("<h1").count(), 1, "{asked}");
        assert!(answer.body.len() < 50_000, "{asked} weighs {}", answer.body.len());
    }
}

#[test]
fn row_48_every_answer_of_every_path_and_method_forbids_framing_sniffing_and_foreign_content() {
    let site = Site::with(Plan { inbox: true, ..Plan::default() });
    let (operator, paths) = everything(&site);
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
    let mut statuses = std::collections::BTreeSet::new();
    for path in paths.iter().map(String::as_str).chain(["/nowhere", "/welcome/x", "/sign-in/%ff", "/?a=%ff"])
    {
        for method in &methods {
            for browser in [&operator, &site.browser()] {
                for headers in [&[][..], &[("host", "evil.example")], &[("origin", "null")]] {
                    let answer = browser.clone().send(method.clone(), path, headers, b"x=1");
                    guarded(&answer);
                    statuses.insert(answer.status);
                }
            }
        }
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [200, 303, 400, 403, 404, 405, 410, 421]);
}

#[test]
fn only_a_site_with_tls_asks_for_tls_for_ever() {
    let site = Site::with(Plan { public_url: "https://id.example.org", loopback: false, ..Plan::default() });
    for path in ["/sign-in", "/nowhere", "/assets/style.css"] {
        assert_eq!(site.browser().get(path).header("strict-transport-security"), "max-age=31536000");
        assert!(Site::new().browser().get(path).headers.get("strict-transport-security").is_none());
    }
}

#[test]
fn head_answers_like_get_without_a_body() {
    let site = Site::with(Plan { inbox: true, ..Plan::default() });
    let (operator, paths) = everything(&site);
    for path in paths.iter().map(String::as_str).chain(["/nowhere"]) {
        let get = operator.clone().send(Method::GET, path, &[], b"");
        let head = operator.clone().send(Method::HEAD, path, &[], b"");
        assert_eq!(head.body, "", "{path}");
        assert_eq!(head.status, get.status, "{path}");
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        let without_length = |answer: &Answer| {
            let names = names(answer).into_iter().filter(|name| name != "content-length");
            names.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(without_length(&head), without_length(&get), "{path}");
    }
}

#[test]
fn a_method_that_a_path_does_not_take_is_answered_405_with_those_that_it_takes() {
    let site = Site::with(Plan { file: true, ..Plan::default() });
    let (operator, paths) = everything(&site);
    let before = site.bytes();
    for path in &paths {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
            let answer = operator.clone().send(method.clone(), path, &[], b"");
            answer.expect(405, &words("trouble-wrong-method"));
        }
    }
    assert!(site.bytes() == before);
    for path in &paths {
        let allowed = operator.clone().send(Method::PUT, path, &[], b"").header("allow").to_owned();
        let takes = |method: Method| operator.clone().send(method, path, &[], b"").status != 405;
        assert_eq!(allowed.contains("GET"), takes(Method::GET), "{path} allows {allowed}");
        assert_eq!(allowed.contains("POST"), takes(Method::POST), "{path} allows {allowed}");
    }
}

#[test]
fn a_path_that_is_not_there_has_a_page_that_says_so() {
    let site = Site::new();
    for path in [
        "/nowhere",
        "/sign-in/",
        "/account/",
        "//",
        "/assets/",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/style.css/x",
        "/.git/config",
        "/sign-in/%ff",
        "/sign-in/%00",
        "/sign-in/%zz",
        "/sign-in/%",
        "/SIGN-IN",
    ] {
        site.browser().get(path).expect(404, &words("trouble-not-found"));
    }
    site.browser().get("/welcome/%ff").expect(404, &words("trouble-not-found"));
    site.browser().get("/not-me/%ff").expect(404, &words("trouble-not-found"));
    site.browser().post("/not-me/%ff", &[]).expect(404, &words("trouble-not-found"));
}

#[test]
fn a_query_that_cannot_be_read_is_answered_400() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    let long = format!("x={}", "a".repeat(4096));
    let many = (0..33).map(|n| format!("x{n}=1")).collect::<Vec<_>>().join("&");
    for query in ["show=%ff", "show=all&show=all", long.as_str(), many.as_str()] {
        ada.get(&format!("/account/activity?{query}")).expect(400, &words("trouble-malformed"));
    }
    for query in ["show=%zz", "show", "=", "&&&", "%00=1", "notice=nonsense"] {
        assert_eq!(ada.get(&format!("/account/activity?{query}")).status, 200, "{query}");
    }
    // Only numbers of ours are shown back.
    let page = ada.get("/account/sessions?ended=%3Cb%3Ex");
    page.expect(200, &words("sessions-lead"));
    assert!(!page.body.contains("<b>x") && !page.says("ended"), "{}", page.text());
}

#[test]
fn row_47_a_request_for_another_host_is_not_answered() {
    // A page of somebody else's that points its own name at this machine (DNS rebinding).
    let site = Site::with(Plan { inbox: true, ..Plan::default() });
    let (operator, paths) = everything(&site);
    for host in [
        "evil.example:8000",
        "evil.example",
        "localhost.evil.example:8000",
        "127.0.0.1.nip.io:8000",
        "192.0.2.1:8000",
        "0.0.0.0:8000",
        "169.254.169.254",
        "[2001:db8::1]:8000",
        "localhost:8000@evil.example",
        "localhost:99999",
        "localhost evil.example",
        "",
    ] {
        for path in paths.iter().filter(|path| *path != "/healthz") {
            for method in [Method::GET, Method::POST] {
                let answer = operator.clone().send(method, path, &[("host", host)], b"");
                answer.expect(421, &words("trouble-not-found"));
                assert!(!answer.says(ADA), "{path} says more to {host}");
            }
        }
    }
    for host in ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:8000", "localhost", "127.9.9.9"]
    {
        let answer = site.browser().send(Method::GET, "/sign-in", &[("host", host)], b"");
        assert_eq!(answer.status, 200, "{host}");
    }
    // A load balancer asks by address.
    let health = site.browser().send(Method::GET, "/healthz", &[("host", "10.0.0.7")], b"");
    assert_eq!((health.status, health.body.as_str()), (200, "ok"));

    let public =
        Site::with(Plan { public_url: "https://id.example.org", loopback: false, ..Plan::default() });
    for (host, status) in [
        ("id.example.org", 200),
        ("ID.Example.Org:443", 200),
        ("id.example.org:80", 421),
        ("example.org", 421),
        ("localhost", 421),
        ("127.0.0.1", 421),
    ] {
        let answer = public.browser().send(Method::GET, "/sign-in", &[("host", host)], b"");
        assert_eq!(answer.status, status, "{host}");
    }
}

#[test]
fn a_form_of_more_than_16_kib_is_refused_and_one_of_exactly_16_kib_is_read() {
    let site = Site::new();
    let (_, paths) = everything(&site);
    let mut browser = site.browser();
    browser.get("/sign-in");
    let start = wire::form::encode([("csrf", browser.csrf.as_str()), ("address", "")]);
    let fill = |size: usize| format!("{start}{}", "a".repeat(size - start.len()));
    browser.post_as("/sign-in", &[], &fill(16 * 1024)).expect(422, &words("error-address-too-long"));
    for size in [16 * 1024 + 1, 64 * 1024, 1024 * 1024] {
        browser.post_as("/sign-in", &[], &fill(size)).expect(413, &words("trouble-too-large"));
    }
    let not_me = paths.iter().find(|path| path.starts_with("/not-me/")).unwrap();
    browser.post_as(not_me, &[], &fill(16 * 1024 + 1)).expect(413, &words("trouble-too-large"));
    assert_eq!(site.count("sign_in_code_denied"), 0);
}

#[test]
fn a_body_that_is_no_form_is_refused_with_400_and_changes_nothing() {
    let site = Site::with(Plan { file: true, ..Plan::default() });
    let mut ada = site.open_first(ADA);
    ada.get("/account");
    let before = site.bytes();
    let good = wire::form::encode([("csrf", ada.csrf.as_str()), ("address", "bob@example.org")]);
    for kind in
        ["text/plain", "application/json", "multipart/form-data; boundary=x", "", "application/x-www-form"]
    {
        ada.post_as("/sign-in", &[("content-type", kind)], &good).expect(400, &words("trouble-malformed"));
        ada.post_as("/sign-out", &[("content-type", kind)], &good).expect(400, &words("trouble-malformed"));
    }
    let many = (0..33).map(|n| format!("&x{n}=1")).collect::<String>();
    for tail in ["&x=%ff", "&csrf=again", "&address=again", &many] {
        let body = format!("{good}{tail}");
        ada.post_as("/sign-in", &[], &body).expect(400, &words("trouble-malformed"));
        ada.post_as("/sign-out", &[], &body).expect(400, &words("trouble-malformed"));
    }
    ada.post_as("/sign-in", &[], "\u{fffd}").expect(403, &words("trouble-form-expired"));
    assert!(site.bytes() == before);
    // A percent sign that means nothing stays one: the address is wrong, the form is not.
    let literal = format!("csrf={}&address=%zz%", ada.csrf);
    let answer = ada.post_as("/sign-in", &[], &literal);
    answer.expect(422, &words("error-address-incomplete"));
    assert_eq!(answer.field("address").unwrap(), "%zz%");
    // The type may carry a character set, in any case.
    let kind = [("content-type", "Application/X-WWW-Form-URLencoded; charset=UTF-8")];
    ada.post_as("/sign-in", &kind, &good).location();
}
