//! Records as Parquet: written by `--to-parquet` and read back, whole and damaged.

use std::fs;

use serde_json::Value;

use super::{Folder, json, peak, run, shared, tenant};

/// What a report says but for the names and counts of files.
fn said(report: &Value) -> Value {
    let mut report = report.clone();
    let all = report.as_object_mut().unwrap();
    all.remove("written");
    let read = all["read"].as_object_mut().unwrap();
    for name in ["inputs", "first_bad", "sorted"] {
        read.remove(name);
    }
    report
}

fn text(folder: &Folder, name: &str) -> String {
    folder.0.join(name).display().to_string()
}

/// Writes the files as records, reads these, and holds both reports against each other.
fn the_same(folder: &Folder, number: usize, files: &[&str]) {
    let to = text(folder, &format!("records-{number}"));
    let first = json(&[files, &["--to-parquet", &to]].concat());
    let again = json(&[&to]);
    assert_eq!(said(&first), said(&again), "{files:?}");
    assert_eq!(first["written"]["records"], first["read"]["records"], "{files:?}");
    let pattern = format!("{to}/*.parquet");
    assert_eq!(said(&first)["incidents"], json(&[&pattern])["incidents"]);
}

#[test]
fn records_that_were_written_have_the_same_findings_as_the_files_they_came_from() {
    let folder = Folder::new("parquet");
    let rows = tenant::rows();
    let newest_first = tenant::graph(&rows.iter().rev().cloned().collect::<Vec<_>>());
    let broken = format!("{{\"broken\": \n{}not json\n{{\"half", tenant::monitor(&tenant::quiet()));
    let files = [
        folder.file("graph.json", tenant::graph(&rows).as_bytes()),
        folder.file("newest-first.json", newest_first.as_bytes()),
        folder.file("monitor.ndjson", tenant::monitor(&rows).as_bytes()),
        folder.file("analytics.csv", tenant::analytics(&rows).as_bytes()),
        folder.file("v1.json", tenant::graph_v1(&rows).as_bytes()),
        folder.file("unified.csv", tenant::unified(&rows).as_bytes()),
        folder.file("broken.ndjson", broken.as_bytes()),
    ];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    for (number, file) in files.iter().enumerate() {
        the_same(&folder, number, &[file]);
    }
    // Formats that tell of the same events, files that overlap, and rows that cannot be read, all at once.
    the_same(&folder, files.len(), &files);
    // Records out of records are the same records.
    let (once, twice) = (text(&folder, "records-7"), text(&folder, "twice"));
    let only = run(&[&once, "-q", "--to-parquet", &twice, "--records-only"]);
    assert_eq!(only.status.code(), Some(0), "{}", String::from_utf8_lossy(&only.stderr));
    assert!(String::from_utf8(only.stdout).unwrap().contains("Nothing was looked for"));
    assert_eq!(said(&json(&[&once])), said(&json(&[&twice])));
    let refused = run(&[files[0], "-q", "--to-parquet", &twice]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("has Parquet files already"));
}

#[test]
fn the_labelled_tenant_has_the_same_findings_out_of_its_records() {
    let Some(shared) = shared() else { return };
    let folder = Folder::new("parquet-shared");
    for (number, name) in ["azure_monitor.ndjson.gz", "ual_export.csv.gz"].into_iter().enumerate() {
        the_same(&folder, number, &[&shared.join(name).display().to_string()]);
    }
}

#[test]
fn a_damaged_file_is_named_with_what_is_wrong_and_the_rest_is_read() {
    let folder = Folder::new("parquet-damaged");
    let file = folder.file("a.ndjson", tenant::stream(0, 5000).as_bytes());
    let to = text(&folder, "records");
    run(&[&file, "-q", "--to-parquet", &to, "--records-only"]);
    let whole = fs::read(format!("{to}/records-00000.parquet")).unwrap();
    let beside = folder.file("b.ndjson", tenant::stream(0, 10).as_bytes());
    let mut changed = whole.clone();
    for place in (200..changed.len() / 2).step_by(997) {
        changed[place] ^= 0x55;
    }
    let other = b"PAR1 something else altogether, which ends as it should PAR1".to_vec();
    for (name, bytes) in [
        ("cut.parquet", whole[..whole.len() / 2].to_vec()),
        ("tail.parquet", whole[..whole.len() - 1].to_vec()),
        ("magic.parquet", b"PAR1".to_vec()),
        ("other.parquet", other),
        ("changed.parquet", changed),
    ] {
        let damaged = folder.file(name, &bytes);
        let report = json(&[&damaged, &beside]);
        assert!(report["read"]["records"].as_u64().unwrap() >= 10, "{name}: {report:#}");
        let inputs = report["read"]["inputs"].as_array().unwrap();
        let problem = inputs.iter().find(|input| input["name"] == damaged).unwrap();
        assert!(problem["problem"].as_str().unwrap().len() > 10, "{name}: {problem}");
        let spots = report["blind_spots"].as_array().unwrap();
        assert!(spots.iter().any(|spot| spot["code"] == "broken_input"), "{name}");
    }
}

#[test]
fn memory_stays_flat_however_many_records_are_written_and_read() {
    let folder = Folder::new("parquet-memory");
    let mut peaks = Vec::new();
    for (number, many) in [60_000, 180_000].into_iter().enumerate() {
        let file = folder.file("a.ndjson", tenant::stream(0, many).as_bytes());
        let to = text(&folder, &format!("records-{number}"));
        peaks.extend(peak_of(&[&file, "--to-parquet", &to]));
        peaks.extend(peak_of(&[&to]));
    }
    if let [write_few, read_few, write_many, read_many] = peaks[..] {
        assert!(write_many < 256 * 1024 && read_many < 256 * 1024, "{peaks:?}");
        assert!(write_many.saturating_sub(write_few) < 48 * 1024, "{peaks:?}");
        assert!(read_many.saturating_sub(read_few) < 48 * 1024, "{peaks:?}");
    }
}

/// Peak memory of the command, in kB, as it was last seen while it ran.
fn peak_of(words: &[&str]) -> Option<u64> {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_bidden"))
        .arg("investigate")
        .args(words)
        .args(["--json", "--quiet"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut most = None;
    while child.try_wait().unwrap().is_none() {
        most = peak(child.id()).max(most);
        std::thread::yield_now();
    }
    most
}
