//! Holds docs/authentication-paths.md to the table of paths: every path is judged, and those by which somebody can prove who
//! he or she is are listed with what they serve (OWASP ASVS 5.0 6.1.3, 6.3.4).

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a path is to whoever wants in.
enum Part {
    /// Begins a proof: asks for something, and proves nothing.
    Asks(&'static str, &'static str),
    /// Takes a proof: a session begins or is raised by it.
    Takes(&'static str, &'static str),
    /// Nothing.
    None,
}
use Part::{Asks, Takes};

/// Every path that posts or answers a proof. A path that is not here does not lead to a session, and a new one must be put
/// here or among [`OTHERS`]: the test fails until somebody has decided.
const PATHS: &[(&str, Part)] = &[
    (
        "/sign-in",
        Asks("`mail_code`", "mails a code to the account's own address, or does not, in the same words"),
    ),
    (
        "/sign-in/{request}",
        Takes("`mail_code`", "begins a session; within one, confirms who is there at the first level"),
    ),
    ("/sign-in/{request}/again", Asks("`mail_code`", "mails the same code once more")),
    (
        "/welcome/{token}",
        Asks("`mail_code`", "mails a code to whoever was invited; the link alone opens nothing"),
    ),
    ("/account/confirm/code", Asks("`mail_code`", "mails a code to whoever is signed in")),
    ("/sign-in/passkey", Takes("`passkey`", "begins a session at the second level")),
    (
        "/sign-in/password",
        Takes(
            "`password`",
            "begins a session at the first level, or leads on to `/sign-in/totp` where the account has an app",
        ),
    ),
    (
        "/sign-in/totp",
        Takes("`password`, `totp`", "begins a session at the second level, after the password"),
    ),
    (
        "/account/confirm/password",
        Takes(
            "`password`, `totp`",
            "confirms who is there: at the second level with both, at the first without an app",
        ),
    ),
    (
        "/sign-in/approval",
        Asks(
            "`approval`",
            "asks the account's approvers if the browser is known, or nobody, in the same words",
        ),
    ),
    (
        "/sign-in/second/approval",
        Asks("`approval`", "asks the account's approvers, after a password that was right"),
    ),
    ("/account/confirm/approval", Asks("`approval`", "asks the approvers of whoever is signed in")),
    ("/approve/{id}/answer", Asks("`approval`", "says yes on an approver; no session begins there")),
    (
        "/approval/{id}/take",
        Takes(
            "`approval`, `password`",
            "begins a session, at the second level after a password; within one, confirms who is there",
        ),
    ),
    (
        "/recover",
        Asks(
            "`mail_code`",
            "mails a recovery code to an address of the account that was named, or does not, in the same words",
        ),
    ),
    (
        "/recover/saved",
        Takes("`recovery_code`", "makes a way in that opens after 72 hours, or at once with a mailed code"),
    ),
    (
        "/recover/passkey",
        Takes("`passkey`", "the same; another passkey or an app beside it is no second proof"),
    ),
    (
        "/recover/app",
        Takes("`totp`", "counts beside what was proved in the same browser before, and never alone"),
    ),
    (
        "/entry/{id}",
        Takes("what was proved before", "begins a session once it has opened, in the browser that proved it"),
    ),
    ("/account/confirm/passkey", Takes("`passkey`", "confirms who is there at the second level")),
];

/// What the paths begin with that lead to no session: they show, change or end something, in a session or without.
const OTHERS: &[&str] = &[
    "/",
    "/.well-known/",
    "/sign-out",
    "/not-me/{token}",
    "/account",
    "/account/sessions",
    "/account/sessions/",
    "/account/data",
    "/account/data/proofs",
    "/record/",
    "/account/close",
    "/account/confirm",
    "/account/activity",
    "/account/authenticators",
    "/account/addresses",
    "/account/gate",
    "/account/entries",
    "/account/devices/",
    "/device",
    "/device/",
    "/account/grants",
    "/account/undo",
    "/app/{token}",
    "/account/profile",
    "/oauth/",
    "/approve",
    "/approve.webmanifest",
    "/approve/",
    "/approval/{id}",
    "/approval/{id}/withdraw",
    "/about-this-address",
    "/explain",
    "/entry",
    "/entry/cancel/",
    "/authenticator",
    "/operator",
    "/operator/watch",
    "/operator/findings",
    "/operator/responses",
    "/operator/accounts",
    "/operator/tenants",
    "/operator/clients",
    "/operator/invitations",
    "/operator/outbox",
    "/operator/settings",
    "/inbox",
    "/assets/",
    "/healthz",
    "/readyz",
];

/// Those of them that this holds for with everything below.
const BELOW: &[&str] = &[
    "/inbox",
    "/account/activity",
    "/account/authenticators",
    "/account/addresses",
    "/account/gate",
    "/account/entries",
    "/account/grants",
    "/account/undo",
    "/app/{token}",
    "/about-this-address",
    "/authenticator",
];

/// Every path of the router.
fn routes() -> Vec<String> {
    let source = fs::read_to_string(root().join("crates/web/src/lib.rs")).unwrap();
    let table = source.split("Router::new()").nth(1).unwrap().split(".fallback(").next().unwrap();
    let routes = table.split(".route(").skip(1).map(|route| route.split('"').nth(1).unwrap().to_owned());
    let routes: Vec<String> = routes.collect();
    assert!(routes.len() > 20);
    routes
}

fn judged(path: &str) -> &'static Part {
    if let Some((_, part)) = PATHS.iter().find(|(own, _)| *own == path) {
        return part;
    }
    let other = OTHERS.iter().any(|other| {
        *other == path
            || (other.ends_with('/') && *other != "/" && path.starts_with(other))
            || (other.starts_with("/operator/") || BELOW.contains(other))
                && path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
    });
    assert!(other, "{path} is new: say in {} whether somebody can sign in by it", file!());
    &Part::None
}

#[test]
fn row_43_every_path_by_which_somebody_can_sign_in_is_listed_with_its_method() {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for path in routes() {
        let row = match judged(&path) {
            Asks(method, says) => format!("| `{path}` | asks | {method} | {says} |"),
            Takes(method, says) => format!("| `{path}` | takes | {method} | {says} |"),
            Part::None => continue,
        };
        rows.insert(path, row);
    }
    for (path, _) in PATHS {
        assert!(rows.contains_key(*path), "{path} is no path any more");
    }
    let rows: Vec<String> = rows.into_values().collect();
    let page = format!(
        "# Paths by which somebody can sign in\n\nEvery path of the site that asks for a proof of who somebody is, or takes \
         one, with the method that it serves (OWASP\nASVS 5.0 6.3.4: there is no other). Made from the table of paths in \
         `crates/web/src/lib.rs` and the judgements in\n`crates/bidden/tests/authentication_paths.rs`; a test keeps it \
         current, and fails when a path is not judged.\n\nWhether a method is open is decided in one place, \
         `crates/flow/src/methods.rs`, when a proof is asked for and again when\nit is taken; \
         `crates/flow/tests/flow/methods.rs` walks every way with every method closed by every layer.\n\n| path | \
         | method | what it does |\n|---|---|---|---|\n{}\n",
        rows.join("\n")
    );
    let path = root().join("docs/authentication-paths.md");
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not a setting of the server")]
    if std::env::var("UPDATE_BOOKS").is_ok() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    if written != page {
        panic!("docs/authentication-paths.md is stale: run it once with UPDATE_BOOKS=1");
    }
}
