//! `bidden explain`, through the command as it is shipped.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of messages, removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bidden-explain-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(words: &[&str], input: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
    // A folder without settings or store, and nobody to ask: none of it is needed.
    command.arg("explain").args(words).env_clear().current_dir(std::env::temp_dir());
    command
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    if let Some(text) = input {
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    }
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test reads what the command wrote")]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

const LURE: &str = "Received: from evil.example (evil.example [198.51.100.8]) by mx.campus.example.edu; Thu, 11 Jun 2026 09:14:06 +0000\nFrom: Voice <a@evil.example>\nTo: anna@campus.example.edu\nSubject: Voicemail 482913\n\nCopy HK4TMR7QP to https://microsoft.com/devicelogin\n";
const CODE: &str = "From: Microsoft account team <account-security-noreply@accountprotection.microsoft.com>\nTo: anna@campus.example.edu\nSubject: Your single-use code\n\nHi anna@campus.example.edu,\n\nYour single-use code for your Microsoft account is: 258798\n";
const MENU: &str =
    "From: Cafe <cafe@campus.example.edu>\nTo: anna@campus.example.edu\nSubject: Lunch menu\n\nSoup.\n";

#[test]
fn a_mail_is_explained_without_server_settings_or_net() {
    let folder = Folder::new("one");
    let said = run(&[&folder.file("a.eml", CODE)], None);
    assert_eq!(said.status.code(), Some(0));
    let said = text(&said);
    for part in [
        "Who wrote it",
        "What it is",
        "Which account",
        "What to do",
        "What would change this answer",
        "cannot verify",
        "msa_single_use_code",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("258798") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn it_ends_by_how_much_there_is_to_do() {
    let folder = Folder::new("ends");
    for (content, status) in [(MENU, 0), (CODE, 0), (LURE, 5)] {
        assert_eq!(run(&[&folder.file("a.eml", content)], None).status.code(), Some(status), "{content}");
    }
    assert_eq!(
        run(&["--sms", "-"], Some("Use verification code 117392 for Microsoft authentication."))
            .status
            .code(),
        Some(3)
    );
    assert_eq!(run(&["nowhere.eml"], None).status.code(), Some(1));
    assert_eq!(run(&[], None).status.code(), Some(2));
    assert_eq!(run(&["--for", "nobody", "-"], Some("")).status.code(), Some(1));
}

#[test]
fn json_has_the_documented_fields() {
    let folder = Folder::new("json");
    let said = json(&run(
        &[
            "--json",
            &folder.file("a.eml", LURE),
            &folder.file("b.txt", "Your parcel arrives today"),
            "nowhere.eml",
        ],
        None,
    ));
    assert_eq!(said["version"], 1);
    assert_eq!(said["messages"].as_array().unwrap().len(), 2);
    assert!(said["unread"][0]["error"].is_string() && said["unread"][0]["source"] == "nowhere.eml");
    let one = &said["messages"][0];
    for field in [
        "source",
        "form",
        "headline",
        "kind",
        "sender",
        "account",
        "role",
        "is_mfa",
        "password_used",
        "anyone_in",
        "risk",
    ] {
        assert!(one[field].is_string(), "{field}");
    }
    assert_eq!((one["kind"].as_str(), one["risk"].as_str()), (Some("device_code_lure"), Some("danger")));
    let sections: Vec<&str> =
        one["sections"].as_array().unwrap().iter().map(|section| section["id"].as_str().unwrap()).collect();
    assert_eq!(sections, ["who", "what", "account", "follows", "do", "change"]);
    assert_eq!(one["message"]["subject"], "Voicemail ••••••");
    assert_eq!(one["message"]["links"][0], "microsoft[.]com");
    assert_eq!(said["messages"][1]["form"], "short");
    // Nothing found is a document too.
    assert_eq!(json(&run(&["--json", "nowhere.eml"], None))["messages"].as_array().unwrap().len(), 0);
}

#[test]
fn many_messages_are_summed_up_gravest_first() {
    let folder = Folder::new("many");
    let mailbox =
        [CODE, LURE, MENU].map(|mail| format!("From x Thu Jun 11 09:14:06 2026\n{mail}\n")).concat();
    let mbox = folder.file("all.mbox", &mailbox);
    let said = run(&[&mbox], None);
    assert_eq!(said.status.code(), Some(5));
    let said = text(&said);
    assert!(said.starts_with("3 messages\n  danger "), "{said}");
    assert!(said.contains("all.mbox#3") && said.contains("not_a_code"), "{said}");
    folder.file("mail/cur/1.host:2,S", CODE);
    folder.file("mail/new/2.host", LURE);
    folder.file("mail/tmp/3.host", LURE);
    let maildir = folder.0.join("mail").display().to_string();
    assert!(text(&run(&[&maildir], None)).starts_with("2 messages"));
    let csv = text(&run(&["--csv", &maildir], None));
    assert_eq!(csv.lines().count(), 3);
    assert!(text(&run(&["-"], Some(&mailbox))).starts_with("3 messages"));
}

#[test]
fn a_page_stands_alone() {
    let folder = Folder::new("page");
    let said = text(&run(&["--html", &folder.file("<b>.eml", LURE), &folder.file("c.eml", CODE)], None));
    assert!(said.starts_with("<!doctype html>") && said.ends_with("</html>\n"));
    for never in ["<script", "href=", "src=", "http://", "https://", "HK4TMR7QP", "482913", "<b>"] {
        assert!(!said.contains(never), "{never}");
    }
    assert!(
        said.contains("default-src 'none'")
            && said.contains("prefers-color-scheme: dark")
            && said.contains("@media print")
    );
    assert!(said.len() < 50_000);
}

#[test]
fn rules_and_policies_are_taken_from_files_and_never_from_the_net_unasked() {
    let folder = Folder::new("rules");
    let rules = folder.file("rules.toml", "name = \"Example University\"\ndomains = [\"campus.example.edu\"]\nnever_mails_codes = true\nhelp_desk = \"help@example.edu\"\n");
    let policy = folder.file(
        "policy.json",
        "{\"version\":1,\"domain\":\"campus.example.edu\",\"codes_by_mail\":\"never\",\"mail_from\":null}",
    );
    let mail = folder.file("a.eml", CODE);
    let said = text(&run(&["--rules", &rules, &mail], None));
    assert!(said.contains("help@example.edu") && said.contains("Example University"), "{said}");
    assert_eq!(run(&["--policy", &policy, &mail], None).status.code(), Some(0));
    let refused = run(&["--policy", "https://id.example.org/.well-known/sign-in-policy", &mail], None);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--online"));
    let wrong = folder.file("wrong.toml", "domain = 1");
    assert!(String::from_utf8_lossy(&run(&["--rules", &wrong, &mail], None).stderr).contains("wrong.toml"));
}

#[test]
fn a_very_large_mail_is_answered() {
    let folder = Folder::new("large");
    let path = folder.0.join("large.eml");
    write_large(&path);
    let said = run(&[&path.display().to_string()], None);
    assert_eq!(said.status.code(), Some(0));
    assert!(text(&said).contains("larger than bidden reads"));
}

/// 200 MB without the disk: a hole.
fn write_large(path: &Path) {
    let file = std::fs::File::create(path).unwrap();
    (&file).write_all(MENU.as_bytes()).unwrap();
    file.set_len(200 * 1024 * 1024).unwrap();
}
