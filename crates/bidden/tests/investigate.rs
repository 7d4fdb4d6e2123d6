//! `bidden investigate`, through the command as it is shipped: the same tenant in every export, files that are cut off, memory.
//!
//! The labelled tenant of `../shared/data` is looked at where it is there; the small one of this test always.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at what is not as it should be"
)]

#[path = "investigate/parquet.rs"]
mod parquet;
#[path = "investigate/tenant.rs"]
mod tenant;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proving::places::{City, Value as Place, network, write};
use serde_json::Value;

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bidden-investigate-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
    command.arg("investigate").args(words).env_clear();
    command.output().unwrap()
}

fn json(words: &[&str]) -> Value {
    let mut all = words.to_vec();
    all.extend(["--json", "--quiet"]);
    let output = run(&all);
    #[expect(clippy::disallowed_methods, reason = "the answer of the command itself")]
    let read = serde_json::from_slice(&output.stdout);
    read.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// What was found, as detector and user or key, of incidents that are more than worth knowing.
fn found(report: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let incidents = report["incidents"].as_array().unwrap().iter();
    incidents
        .filter(|incident| incident["severity"] != "info")
        .map(|incident| {
            let who = if incident["user"].is_string() { &incident["user"] } else { &incident["key"] };
            (text(&incident["detector"]), text(who))
        })
        .collect()
}

fn blind(report: &Value) -> Vec<String> {
    let spots = report["blind_spots"].as_array().unwrap().iter();
    spots.map(|spot| spot["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The same without detectors of which a format hides something.
/// The codes of all reasons of a user's incidents.
fn reasons(report: &Value, user: &str) -> Vec<String> {
    let of_user = report["incidents"].as_array().unwrap().iter().filter(|incident| incident["user"] == user);
    let reasons = of_user.flat_map(|incident| incident["reasons"].as_array().unwrap());
    reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

fn without(found: &BTreeSet<(String, String)>, hidden: &[&str]) -> BTreeSet<(String, String)> {
    found.iter().filter(|(detector, _)| !hidden.contains(&detector.as_str())).cloned().collect()
}

#[test]
fn row_54_the_same_tenant_in_every_export_has_the_same_incidents_but_for_what_a_format_hides() {
    let folder = Folder::new("formats");
    let rows = tenant::rows();
    let graph = folder.file("graph.json", tenant::graph(&rows).as_bytes());
    let truth = json(&[&graph]);
    let incidents = found(&truth);
    assert!(tenant::expected().is_subset(&incidents), "{incidents:?}");
    assert!(incidents.len() <= tenant::expected().len() + 1, "{incidents:?}");
    assert!(!blind(&truth).contains(&"no_protocol".to_owned()));
    for (name, text) in [
        ("monitor.ndjson", tenant::monitor(&rows)),
        ("newest-first.json", tenant::graph(&rows.iter().rev().cloned().collect::<Vec<_>>())),
        ("analytics.csv", tenant::analytics(&rows)),
    ] {
        let file = folder.file(name, text.as_bytes());
        assert_eq!(found(&json(&[&file])), incidents, "{name}");
    }
    // All of it at once is no more than each alone.
    let all = folder.0.display().to_string();
    let together = json(&[&all]);
    assert_eq!(found(&together), incidents);
    assert!(together["read"]["repeated"].as_u64().unwrap() >= 2 * u64::try_from(rows.len()).unwrap());

    // Graph v1.0 does not name the protocol, and says so; what else there is, is found.
    let old = folder.file("v1.json", tenant::graph_v1(&rows).as_bytes());
    let report = json(&[&old]);
    let codes = blind(&report);
    for code in ["no_protocol", "no_session", "interactive_only", "no_acts"] {
        assert!(codes.contains(&code.to_owned()), "{code}: {codes:?}");
    }
    let hidden = ["device_code_phishing", "session_replay", "rogue_device"];
    assert_eq!(without(&found(&report), &hidden), without(&incidents, &hidden));
    // The unified audit log names neither protocol nor network.
    let unified = folder.file("unified.csv", tenant::unified(&rows).as_bytes());
    let report = json(&[&unified]);
    assert!(blind(&report).contains(&"no_network".to_owned()));
    assert_eq!(without(&found(&report), &hidden), without(&incidents, &hidden));
}

#[test]
fn a_file_of_networks_gives_the_audit_log_what_it_does_not_name() {
    let folder = Folder::new("networks");
    let rows = tenant::on_the_map(tenant::rows());
    let unified = folder.file("unified.csv", tenant::unified(&rows).as_bytes());
    let addresses = tenant::addresses(&rows);
    let map = |name: &str, value: fn(u32, &str) -> Place| {
        let all: Vec<(String, Place)> = addresses
            .iter()
            .map(|(address, number, country)| (format!("{address}/32"), value(*number, country)))
            .collect();
        let all: Vec<(&str, Place)> = all.iter().map(|(at, value)| (at.as_str(), value.clone())).collect();
        folder.file(name, &write("any", &all))
    };
    let networks = map("networks.mmdb", |number, _| network(number, "Example Net"));
    let places = map("places.mmdb", |_, country| City::country(country, country).value());
    let report = json(&[&unified, "--networks", &networks, "--places", &places]);
    assert!(!blind(&report).contains(&"no_network".to_owned()), "{:?}", blind(&report));
    // Both who is phished and who is asked until the telephone says yes: by a network that hosts servers.
    for user in [tenant::PHISHED, tenant::BOMBED] {
        assert!(reasons(&report, user).contains(&"hosting_network".to_owned()), "{user}: {report:#}");
        assert!(!reasons(&json(&[&unified]), user).contains(&"hosting_network".to_owned()), "{user}");
    }
    let drawn = report["incidents"][0]["timeline"][0].clone();
    assert!(drawn["network"] == 14_061 && drawn["country"].is_string(), "{drawn}");
    // The option wants what it says, and says so.
    let wrong = run(&[&unified, "--places", &networks]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("`--places` names"), "{wrong:?}");
}

#[test]
fn row_54_a_quiet_tenant_is_never_called_clean() {
    let folder = Folder::new("quiet");
    let rows = tenant::quiet();
    let file = folder.file("v1.json", tenant::graph_v1(&rows).as_bytes());
    let output = run(&[&file, "--quiet"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("Nothing, in what this export can show."), "{text}");
    let cannot = text.find("What this export cannot show").unwrap();
    assert!(cannot < text.find("What was found").unwrap());
    assert!(!text.to_lowercase().contains("clean"));
    let nothing = folder.file("empty.json", b"[]");
    assert_eq!(run(&[&nothing, "--quiet"]).status.code(), Some(1));
}

#[test]
fn every_output_is_written_and_says_the_same_incidents() {
    let folder = Folder::new("outputs");
    let file = folder.file("graph.json", tenant::graph(&tenant::rows()).as_bytes());
    let path = |name: &str| folder.0.join(name).display().to_string();
    let (html, csv, lines, ocsf) = (path("r.html"), path("r.csv"), path("t.jsonl"), path("o.jsonl"));
    let words =
        [&file, "--json", "-q", "--html", &html, "--csv", &csv, "--timesketch", &lines, "--ocsf", &ocsf];
    let output = run(&words);
    assert_eq!(output.status.code(), Some(30), "{}", String::from_utf8_lossy(&output.stderr));
    #[expect(clippy::disallowed_methods, reason = "the answer of the command itself")]
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let many = report["incidents"].as_array().unwrap().len();
    let html = fs::read_to_string(html).unwrap();
    assert_eq!(html.matches("<article").count(), many);
    assert!(html.matches("<svg").count() > 0 && !html.contains("<script") && !html.contains("http://"));
    assert_eq!(fs::read_to_string(ocsf).unwrap().lines().count(), many);
    assert_eq!(fs::read_to_string(csv).unwrap().lines().count(), many + 1);
    assert!(fs::read_to_string(lines).unwrap().lines().all(|line| line.contains("\"timestamp_desc\"")));
}

#[test]
fn options_narrow_what_is_told_and_a_policy_explains() {
    let folder = Folder::new("options");
    let file = folder.file("graph.json", tenant::graph(&tenant::rows()).as_bytes());
    let phished = tenant::PHISHED;
    let one = json(&[&file, "--user", phished]);
    // A spray is about nobody, and told to everybody whom it hit.
    let is = |moment: &Value| moment["user"] == phished;
    let hit = |incident: &Value| incident["timeline"].as_array().unwrap().iter().any(is);
    assert!(
        one["incidents"]
            .as_array()
            .unwrap()
            .iter()
            .all(|incident| incident["user"] == phished || hit(incident))
    );
    assert!(!one["incidents"].as_array().unwrap().is_empty());
    let urgent = json(&[&file, "--min-severity", "critical"]);
    assert!(
        urgent["incidents"].as_array().unwrap().iter().all(|incident| incident["severity"] == "critical")
    );
    assert!(json(&[&file, "--until", "2020-01-01"])["incidents"].as_array().unwrap().is_empty());
    assert_eq!(run(&[&file, "--since", "yesterday"]).status.code(), Some(1));
    let policy = folder.file("policy.toml", format!("[accounts]\nrooms = [\"{phished}\"]\n").as_bytes());
    let explained = json(&[&file, "--policy", &policy, "--user", phished]);
    let incident = explained["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["detector"] == "device_code_phishing");
    assert_eq!(incident.unwrap()["severity"], "info");
    assert_eq!(incident.unwrap()["explained"]["by"], "room");
    let wrong = folder.file("wrong.toml", b"[rooms]\n");
    assert_eq!(run(&[&file, "--policy", &wrong]).status.code(), Some(1));
    let about = run(&["--explain-detector", "device_code_phishing"]);
    assert!(String::from_utf8(about.stdout).unwrap().contains("T1528"));
    let none = run(&["--explain-detector", "nonsense"]);
    assert!(String::from_utf8(none.stderr).unwrap().contains("device_code_phishing"));
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_read_to_there() {
    let folder = Folder::new("cut");
    let rows = tenant::quiet();
    let packed = zstd::encode_all(tenant::monitor(&rows).as_bytes(), 1).unwrap();
    let whole = [
        ("a.json", tenant::graph(&rows).into_bytes()),
        ("a.ndjson", tenant::monitor(&rows).into_bytes()),
        ("a.csv", tenant::analytics(&rows).into_bytes()),
        ("u.csv", tenant::unified(&rows).into_bytes()),
        ("a.zst", packed),
    ];
    for (name, bytes) in whole {
        let mut before = 0;
        for part in 0..8 {
            let cut = bytes.len() * (part * 2 + 1) / 17 + part;
            let file = folder.file(name, &bytes[..cut]);
            let report = json(&[&file]);
            let records = report["read"]["records"].as_u64().unwrap();
            assert!(records >= before, "{name} at {cut}");
            assert!(report["read"]["bad"].as_u64().unwrap() <= 1, "{name} at {cut}: {report:#}");
            before = records;
        }
        assert!(before > 0 || name == "a.zst", "{name}");
    }
}

#[test]
fn rows_that_cannot_be_read_are_counted_shown_and_set_aside() {
    let folder = Folder::new("bad");
    let rows = tenant::quiet();
    let text = format!("{{\"broken\": \u{1b}[31m\n{}not json\n", tenant::monitor(&rows));
    let file = folder.file("a.ndjson", text.as_bytes());
    let rejects = folder.0.join("rejects").display().to_string();
    let output = run(&[&file, "-q", "--rejects", &rejects]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("2 could not be read") && !shown.contains('\u{1b}'), "{shown}");
    let aside = fs::read_to_string(rejects).unwrap();
    assert_eq!(aside.lines().count(), 2, "{aside}");
}

/// Peak memory of a process, in kB.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn memory_stays_flat_however_many_records_come() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bidden"))
        .args(["investigate", "-", "--json", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let mut peaks = Vec::new();
    for part in 0..3 {
        to.write_all(tenant::stream(part * 70_000, 70_000).as_bytes()).unwrap();
        peaks.extend(peak(child.id()));
    }
    drop(to);
    assert!(child.wait().unwrap().code().is_some_and(|code| code < 40));
    // Another 70,000 records cost nothing once what is kept of the past is full.
    if let [_, second, third] = peaks[..] {
        assert!(third < 256 * 1024, "{peaks:?}");
        assert!(third.saturating_sub(second) < 24 * 1024, "{peaks:?}");
    }
}

/// The report of a run, and its peak memory in kB.
fn watched(words: &[&str]) -> (Value, u64) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bidden"))
        .args(["investigate", "--json", "--quiet"])
        .args(words)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(peak(child.id()).unwrap_or(0));
        std::thread::park_timeout(std::time::Duration::from_millis(2));
    }
    #[expect(clippy::disallowed_methods, reason = "the answer of the command itself")]
    let report = serde_json::from_str(&reading.join().unwrap().unwrap()).unwrap();
    (report, most)
}

#[test]
fn memory_stays_bounded_when_order_demands_the_disk() {
    let folder = Folder::new("backwards");
    // About 65 MB once they are set aside, more than is sorted in memory; the newest first.
    let stream = tenant::stream(0, 260_000);
    let mut lines: Vec<&str> = stream.lines().collect();
    lines.reverse();
    let file = folder.file("backwards.ndjson", lines.join("\n").as_bytes());
    let (report, peak) = watched(&[&file, "--temp", &folder.0.display().to_string()]);
    assert_eq!((&report["read"]["records"], &report["read"]["sorted"]), (&260_000.into(), &true.into()));
    assert!(peak < 256 * 1024, "{peak}");
    // Nothing of it is left on the disk.
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[test]
fn memory_stays_bounded_over_many_small_packed_files() {
    let folder = Folder::new("small");
    for number in 0..400 {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(tenant::stream(number * 100, 100).as_bytes()).unwrap();
        // In the order of their names, which is not that of time.
        let name = format!("PT1H-{:03}.json.gz", (number * 7) % 400);
        folder.file(&name, &packed.finish().unwrap());
    }
    let (report, peak) = watched(&[&folder.0.display().to_string()]);
    assert_eq!((&report["read"]["records"], &report["read"]["sorted"]), (&40_000.into(), &false.into()));
    assert!(peak < 256 * 1024, "{peak}");
}

/// The labelled tenant, where it is there.
fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/synthetic");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

#[test]
fn row_54_the_labelled_tenant_has_the_same_incidents_in_all_its_shapes() {
    let Some(folder) = shared() else { return };
    let path = |name: &str| folder.join(name).display().to_string();
    let truth = json(&[&path("azure_monitor.ndjson.gz")]);
    let incidents = found(&truth);
    for name in ["graph_beta_signIns.json.gz", "loganalytics_SigninLogs.csv.gz"] {
        assert_eq!(found(&json(&[&path(name)])), incidents, "{name}");
    }
    // What the labels name is found, but for what no record shows.
    let labels = fs::read_to_string(folder.join("incidents.json")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "labels")]
    let labels: Value = serde_json::from_str(&labels).unwrap();
    let mut missed = Vec::new();
    for label in labels.as_array().unwrap() {
        let detectors: &[&str] = match label["kind"].as_str().unwrap() {
            "devicecode" => &["device_code_phishing"],
            "mfabomb" => &["approval_bombing"],
            "spray" => &["password_spray"],
            "guess" => &["password_guessing", "approval_bombing"],
            _ => &["session_replay"],
        };
        let user = label["users"][0].as_str().unwrap();
        let source = label["src"].as_str().unwrap();
        let is = |(detector, who): &(String, String)| {
            detectors.contains(&detector.as_str())
                && (who == user || !source.is_empty() && who.contains(source))
        };
        if !incidents.iter().any(is) {
            missed.push(label["inc"].as_str().unwrap());
        }
    }
    assert!(missed.len() <= 1, "{missed:?}");
    let old = json(&[&path("graph_v1_interactive_signIns.json.gz")]);
    assert!(blind(&old).contains(&"no_protocol".to_owned()));
    let sprays = |found: &BTreeSet<(String, String)>| {
        found.iter().filter(|(detector, _)| detector == "password_spray").cloned().collect::<Vec<_>>()
    };
    assert_eq!(sprays(&found(&old)), sprays(&incidents));
    assert_eq!(sprays(&found(&json(&[&path("ual_export.csv.gz")]))), sprays(&incidents));
}
