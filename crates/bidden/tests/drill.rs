//! `bidden drill`, through the command as it is shipped: every promise is kept, and what is said about it can be read by machines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at what is not as it should be"
)]

#[path = "shared/said.rs"]
mod said;

use std::process::Command;

use proving::postgres::given;
use serde_json::Value;

fn drill(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
    command.arg("drill").args(words).env_clear().env("TMPDIR", std::env::temp_dir());
    said::done(words, command.output().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "what the command printed, read back")]
fn report(words: &[&str]) -> Value {
    serde_json::from_str(&drill(words)).unwrap()
}

/// `threats.md` §5.2 rows 1 to 40, 42, 47, 48 and 51, played from outside against a server of its own.
#[test]
fn every_attack_gets_what_the_promise_says_and_no_more() {
    play(&report(&["--json"]));
}

/// The same with the data on PostgreSQL; every database that was made for it is gone afterwards.
#[test]
fn every_attack_gets_no_more_on_postgresql() {
    let Some(server) = given() else { return };
    play(&report(&["--json", "--store", server.url()]));
    let left = "SELECT count(*) FROM pg_database WHERE datname LIKE 'bidden_drill_%'";
    let left = Command::new("psql").args(["-XAtqc", left, "-d", server.url()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "0");
}

fn play(report: &Value) {
    assert_eq!((report["version"].as_u64(), report["broken"].as_u64()), (Some(1), Some(0)), "{report:#}");
    let attacks = report["attacks"].as_array().unwrap();
    for (attack, detector) in [
        ("mailbox-flood", "code_flood"),
        ("flood-as-lockout", "code_flood"),
        ("asking-again", "code_guessing"),
        ("digits-relayed", "device_code_phishing"),
        ("token-theft", "refresh_replay"),
        ("doubted-session", "session_replay"),
    ] {
        let attack = attacks.iter().find(|told| told["id"] == attack).unwrap();
        assert!(attack["findings"].as_array().unwrap().iter().any(|found| found == detector), "{attack:#}");
    }
    let got: Vec<(&str, &str)> = attacks
        .iter()
        .map(|attack| (attack["id"].as_str().unwrap(), attack["got"]["what"].as_str().unwrap()))
        .collect();
    let expected = [
        ("enumeration", "nothing"),
        ("spray-at-a-gate", "nothing"),
        ("mailbox-flood", "nothing"),
        ("other-spellings", "nothing"),
        ("flood-as-lockout", "nothing"),
        ("asking-again", "nothing"),
        ("owners-success", "nothing"),
        ("thousand-at-once", "nothing"),
        ("withheld-code", "nothing"),
        ("foreign-browser", "nothing"),
        ("link-scanner", "nothing"),
        ("kept-alive", "nothing"),
        ("strangers-words", "nothing"),
        ("second-mailbox", "nothing"),
        ("strangers-mailbox", "nothing"),
        ("recycled-mailbox", "nothing"),
        ("around-the-passkey", "nothing"),
        ("lure-by-default", "nothing"),
        ("lure-followed", "provisional"),
        ("minted-at-click", "nothing"),
        ("handed-over", "nothing"),
        ("one-click", "nothing"),
        ("same-city-proxy", "provisional"),
        ("code-read-out", "nothing"),
        ("digits-relayed", "provisional"),
        ("address-pasted", "provisional"),
        ("app-left-behind", "little"),
        ("eternal-refresh", "little"),
        ("token-theft", "little"),
        ("cookie-theft", "little"),
        ("doubted-session", "nothing"),
        ("prompt-bombing", "nothing"),
        ("number-relayed", "little"),
        ("code-relayed", "little"),
        ("other-site", "nothing"),
        ("in-a-frame", "nothing"),
        ("not-me-abused", "nothing"),
    ];
    assert_eq!(got, expected);
    for attack in attacks.iter().filter(|attack| attack["got"]["what"] == "provisional") {
        assert_eq!(attack["got"]["scope"], "openid", "{attack:#}");
        assert!(attack["got"]["until"].is_string(), "{attack:#}");
        let saw = attack["owner_saw"].as_array().unwrap();
        let mails = saw.iter().filter(|saw| saw["where"] == "mail").count();
        assert!(mails >= 2, "both mailboxes are told: {attack:#}");
        assert_eq!(saw[0]["where"], "page", "they were warned before they answered: {attack:#}");
        assert!(saw.iter().any(|saw| saw["where"] == "activity"), "{attack:#}");
    }
}

#[test]
fn one_attack_is_chosen_by_its_name_and_told_in_words() {
    assert_eq!(drill(&["--list"]).lines().count(), 37);
    let page = std::env::temp_dir().join(format!("bidden-drill-{}.html", std::process::id()));
    let asked = ["--only", "code-read-out", "--seed", "20", "--html", page.to_str().unwrap()];
    let told = drill(&asked);
    assert!(
        told.starts_with("code-read-out  (row 36)\n") && told.ends_with("1 of 1 promises kept (seed 20)\n"),
        "{told}"
    );
    let html = std::fs::read_to_string(&page).unwrap();
    std::fs::remove_file(&page).unwrap();
    assert!(html.contains("<article id=\"code-read-out\">") && html.contains("kept"), "{html}");
    // The same number plays the same, down to the times.
    assert_eq!(drill(&asked), told);
    std::fs::remove_file(&page).unwrap();
    let words = ["drill", "--only", "nothing"];
    let output = Command::new(env!("CARGO_BIN_EXE_bidden")).args(words).output().unwrap();
    assert!(said::refused(&words, &output).contains("there is no attack `nothing`"));
}
