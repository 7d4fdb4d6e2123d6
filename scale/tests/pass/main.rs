//! `bidden-scale pass`, through the commands as they are shipped: what `bidden investigate` finds in the parts is what it finds
//! in the logs that they came from.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at what is not as it should be"
)]

mod world;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::path::Path;

use datafusion::arrow::array::AsArray;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use world::{Cluster, Running, World, comes_true, free, investigate, scale, whole};

/// For each part, the users in it, and how many rows and records.
fn parts(folder: &Path) -> (HashMap<String, HashSet<String>>, u64, u64) {
    let (mut users, mut rows, mut records) = (HashMap::<String, HashSet<String>>::new(), 0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let part = users.entry(name[.."part-00000".len()].to_owned()).or_default();
        for batch in
            ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap().build().unwrap()
        {
            let batch = batch.unwrap();
            let of = batch.column_by_name("user").unwrap().as_string::<i32>();
            part.extend(of.iter().flatten().map(ToOwned::to_owned));
            let copies = batch.column_by_name("copies").unwrap();
            let copies = copies.as_primitive::<datafusion::arrow::datatypes::Int64Type>();
            rows += u64::try_from(batch.num_rows()).unwrap();
            records += copies.values().iter().sum::<i64>().unsigned_abs();
        }
    }
    (users, rows, records)
}

#[test]
fn findings_are_those_of_one_machine_on_the_logs_themselves() {
    let world = World::new(80, 8);
    let logs = world.path("logs");
    let one = investigate(&[&logs], &[]);
    assert!(one.many() >= 5, "{}", one.many());
    assert!(one.read("repeated").as_u64().unwrap() > 1000, "{}", one.read("repeated"));
    assert!(one.read("told_twice").as_u64().unwrap() > 100, "{}", one.read("told_twice"));
    let shards = world.normalise(&["a", "b", "c"]);
    let cluster = Cluster::start(2);
    for (name, more) in [
        ("here", &["--partitions", "5"][..]),
        ("cluster", &["--scheduler", &cluster.url]),
        ("single", &["--partitions", "1", "--json", "--quiet"]),
        ("most", &["--partitions", "8", "--scheduler", &cluster.url]),
    ] {
        let (to, output) = world.pass(&shards, name, more);
        whole(&output);
        let many = investigate(&[&to], &[]);
        assert_eq!(many.incidents(), one.incidents(), "{name}");
        assert_eq!(many.said(), one.said(), "{name}");
        // The parts are merged as they are.
        assert_eq!(*many.read("sorted"), Value::Bool(false), "{name}");
        let (users, rows, records) = parts(&to);
        assert_eq!(records, one.read("records").as_u64().unwrap(), "{name}");
        assert!(rows < records, "{name}: what is alike is one row");
        let all: usize = users.values().map(HashSet::len).sum();
        let distinct: HashSet<&String> = users.values().flatten().collect();
        assert_eq!(all, distinct.len(), "{name}: a user is in two parts");
        if name == "single" {
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!((&said["records"], &said["rows"]), (&records.into(), &rows.into()));
            assert!(output.stderr.is_empty());
        }
    }
    // A pass over the result of a pass changes nothing more, whatever the parts are.
    let (again, output) = world.pass(&world.path("cluster"), "again", &["--partitions", "3"]);
    whole(&output);
    assert_eq!(investigate(&[&again], &[]).said(), one.said());
    // Executors keep nothing of what was fetched.
    comes_true("that executors are empty", || kept(&cluster).is_empty());
    assert_eq!(world.left_over(), Vec::<String>::new());
}

fn walk(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path.display().to_string()] })
        .collect()
}

/// What a line says of when it was, and of whom.
fn said(line: &str) -> (String, Vec<String>) {
    let record: Value = serde_json::from_str(line).unwrap_or_default();
    let about = &record["properties"];
    let time = about["createdDateTime"].as_str().or_else(|| about["activityDateTime"].as_str());
    let mut names = Vec::new();
    gather(about, &mut names);
    (time.unwrap_or_default().to_owned(), names)
}

fn gather(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(user) if name == "userPrincipalName" => names.push(user.to_lowercase()),
            _ => gather(value, names),
        }),
        Value::Array(values) => values.iter().for_each(|value| gather(value, names)),
        _ => {}
    }
}

#[test]
fn what_is_left_out_is_not_there_and_the_report_says_so() {
    let world = World::new(60, 8);
    let shards = world.normalise(&["a"]);
    let text = fs::read_to_string(world.logs("a").join("monitor.ndjson")).unwrap();
    let lines: Vec<(&str, String, Vec<String>)> = text
        .lines()
        .map(|line| {
            let (time, names) = said(line);
            (line, time, names)
        })
        .collect();
    let user = lines.iter().find_map(|(_, _, names)| names.first()).unwrap().clone();
    let begins = &user[..8];
    // The same by hand, on the lines.
    let picked = |wanted: &dyn Fn(&str, &[String]) -> bool| -> Vec<&str> {
        lines.iter().filter(|(_, time, names)| wanted(time, names)).map(|(line, ..)| *line).collect()
    };
    let within = picked(&|time, _| *time >= *"2026-09-03T00:00:00" && *time <= *"2026-09-05T12:00:00");
    let of_one = picked(&|_, names| names.contains(&user));
    let of_some = picked(&|_, names| names.iter().any(|name| name.starts_with(begins)));
    assert!(
        of_one.len() > 5 && of_some.len() > of_one.len() && of_some.len() < lines.len() && within.len() > 100
    );
    let cluster = Cluster::start(1);
    let scheduler = ["--scheduler", cluster.url.as_str()];
    let (upper, pattern) = (user.to_uppercase(), format!("{begins}*"));
    for (name, more, lines) in [
        ("times", &["--since", "2026-09-03", "--until", "2026-09-05T12:00:00Z"][..], &within),
        ("user", &["--user", &upper], &of_one),
        ("pattern", &["--user", &pattern, "--user", "nobody@contoso.example"], &of_some),
    ] {
        for (place, more) in [("here", more.to_vec()), ("cluster", [more, &scheduler].concat())] {
            let file = world.path(&format!("{name}.ndjson"));
            fs::write(&file, lines.join("\n") + "\n").unwrap();
            let (to, output) = world.pass(&shards, &format!("{name}-{place}"), &more);
            whole(&output);
            let (one, many) = (investigate(&[&file], &[]), investigate(&[&to], &[]));
            assert!(many.blind("narrowed") && !one.blind("narrowed"), "{name} {place}");
            assert_eq!(many.read("records"), one.read("records"), "{name} {place}");
            assert_eq!(many.incidents(), one.incidents(), "{name} {place}");
            // What is written anew out of it says it as well.
            let again = world.path(&format!("{name}-{place}-again"));
            investigate(&[&to], &["--to-parquet", again.to_str().unwrap()]);
            assert!(investigate(&[&again], &[]).blind("narrowed"), "{name} {place}");
        }
    }
}

#[test]
fn whenever_an_executor_is_lost_the_pass_ends_and_the_result_is_whole_or_there_is_none() {
    let world = World::new(60, 6);
    let one = investigate(&[&world.path("logs")], &[]);
    let shards = world.normalise(&["a", "b", "c"]);
    // When so many files of what was sorted lie there, or when it says so.
    for moment in ["1", "2", "3", "5", "fetching the parts"] {
        let mut cluster = Cluster::start(2);
        let to = world.path(moment);
        let mut command = scale();
        command.args(["pass", "--scheduler", &cluster.url, "--in"]).arg(&shards).arg("--out").arg(&to);
        let mut pass = Running::heard(&mut command);
        match moment.parse::<usize>() {
            Ok(many) => {
                pass.says("running at");
                assert!(!to.exists(), "a result before its time");
                comes_true("that something is sorted", || kept(&cluster).len() >= many || to.exists());
            }
            Err(_) => pass.says(moment),
        }
        cluster.executors.remove(0).signal("KILL");
        let status = pass.wait();
        let last = pass.last_words();
        if status == Some(0) {
            assert_eq!(investigate(&[&to], &[]).said(), one.said(), "{moment}");
        } else {
            let codes = ["result_lost", "work_failed", "incomplete"];
            let named = codes.iter().any(|code| last.starts_with(&format!("bidden-scale: {code}: ")));
            assert!(named && status == Some(1), "{moment}: {status:?} {last}");
            assert!(!to.exists(), "{moment}: {last}");
        }
        assert_eq!(world.left_over(), Vec::<String>::new(), "{moment}");
    }
}

/// What executors have sorted and keep.
fn kept(cluster: &Cluster) -> Vec<String> {
    let mut all = walk(cluster.work.path());
    all.retain(|file| file.ends_with(".arrow"));
    all
}

#[test]
fn a_pass_that_is_stopped_leaves_nothing_behind() {
    let world = World::new(40, 4);
    let shards = world.normalise(&["a"]);
    let cluster = Cluster::patient(1, 120);
    cluster.executors[0].signal("STOP");
    let to = world.path("parts");
    let mut command = scale();
    command.args(["pass", "--scheduler", &cluster.url, "--in"]).arg(&shards).arg("--out").arg(&to);
    let mut pass = Running::heard(&mut command);
    pass.says("handed to");
    assert_eq!(world.left_over().len(), 1);
    pass.signal("TERM");
    assert_eq!(pass.wait(), Some(130));
    assert!(!to.exists());
    assert_eq!(world.left_over(), Vec::<String>::new());
}

#[test]
fn what_goes_wrong_is_named_and_there_is_no_result() {
    let world = World::new(30, 4);
    let shards = world.normalise(&["a"]);
    let refused = |from: &Path, more: &[&str], code: &str, status: i32| {
        let (to, output) = world.pass(from, "none", more);
        let said = String::from_utf8(output.stderr).unwrap();
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with(&format!("bidden-scale: {code}: ")), "{said}");
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(!to.exists(), "{code}");
        assert_eq!(world.left_over(), Vec::<String>::new(), "{code}");
    };
    let empty = world.path("empty");
    fs::create_dir(&empty).unwrap();
    refused(&empty, &[], "no_input", 1);
    refused(&world.path("nowhere"), &[], "disk", 1);
    refused(&shards, &["--since", "yesterday"], "usage", 2);
    let nobody = format!("http://127.0.0.1:{}", free());
    refused(&shards, &["--scheduler", &nobody], "cluster_unreachable", 1);
    // A file that was cut off, and one of other columns.
    let whole = fs::read(shards.join("a/records-00000.parquet")).unwrap();
    for (name, bytes) in [("cut", &whole[..whole.len() - 9]), ("other", &b"PAR1PAR1"[..])] {
        let folder = world.path(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.parquet"), bytes).unwrap();
        refused(&folder, &[], "not_records", 1);
    }
    // Damage that shows only when it is read.
    let mut damaged = whole.clone();
    for place in (200..damaged.len() / 2).step_by(97) {
        damaged[place] ^= 0x55;
    }
    let folder = world.path("damaged");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.parquet"), damaged).unwrap();
    refused(&folder, &[], "work_failed", 1);
    let cluster = Cluster::start(1);
    refused(&folder, &["--scheduler", &cluster.url], "work_failed", 1);
    // What is there is never written over.
    let taken = world.path("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("notes.txt"), "mine").unwrap();
    let (_, output) = world.pass(&shards, "taken", &[]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("bidden-scale: out_taken: "));
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 1);
}
