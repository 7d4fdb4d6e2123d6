//! The tenant keeps what it promises: the same each time, in the order of time, every line a line of its shape.

use std::collections::HashMap;

use super::*;
use crate::tenant::attacks::Set;
use crate::tenant::options::FIRST_DAY;
use crate::tenant::record::{Leaves, Reader};
use crate::tenant::stream::Wanted;
use model::time::DAY;

fn wanted(people: u32, days: u32) -> Wanted {
    Wanted { seed: 7, people, days, from: FIRST_DAY * DAY, set: Set::All, each: 1 }
}

#[test]
fn the_same_seed_gives_the_same_lines_in_the_order_of_time() {
    let text = |wanted: &Wanted| {
        let (stream, _) = Stream::new(wanted);
        let mut out = Vec::new();
        let mut writer = Azure::new(Names::new(wanted.seed));
        let mut last = i64::MIN;
        for (number, line) in stream.take(20_000) {
            assert!(line.at() >= last);
            last = line.at();
            writer.write(&mut out, number, &line);
        }
        String::from_utf8(out).unwrap()
    };
    let one = text(&wanted(150, 5));
    assert!(one == text(&wanted(150, 5)));
    assert!(one != text(&Wanted { seed: 8, ..wanted(150, 5) }));
    for line in one.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["properties"]["id"].as_str().unwrap().len() == 36, "{line}");
    }
    assert!(one.lines().count() == 20_000 || one.lines().count() > 150 * 5 * 5);
}

#[test]
fn every_variant_happens_and_its_lines_are_labelled() {
    let wanted = wanted(400, 10);
    let (stream, incidents) = Stream::new(&wanted);
    let mut lines: HashMap<u32, usize> = HashMap::new();
    let mut usual = 0_usize;
    for (_, line) in stream {
        match line {
            Line::SignIn(draft) if draft.incident > 0 => *lines.entry(draft.incident).or_default() += 1,
            Line::SignIn(_) => usual += 1,
            Line::Change(_) => {}
        }
    }
    assert_eq!(incidents.len(), 29);
    for incident in &incidents {
        let lines = lines.get(&incident.number).copied().unwrap_or(0);
        assert!(lines >= 3, "{}: {lines}", incident.name());
    }
    assert!(usual > 400 * 10 * 5, "{usual}");
}

#[test]
fn every_shape_is_what_it_says() {
    let wanted = wanted(60, 3);
    let (stream, _) = Stream::new(&wanted);
    let all: Vec<(u64, Line)> = stream.collect();
    let directory = std::env::temp_dir().join(format!("bidden-tenant-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let shapes = [Shape::Azure, Shape::Beta, Shape::One, Shape::Portal, Shape::Unified, Shape::Audits];
    for shape in shapes {
        whole(&directory, Names::new(7), shape, &all).unwrap();
    }
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    for name in ["graph_beta_signIns.json", "graph_v1_interactive_signIns.json", "graph_directoryAudits.json"]
    {
        let value: serde_json::Value = serde_json::from_str(&read(name)).unwrap();
        assert!(!value["value"].as_array().unwrap().is_empty(), "{name}");
    }
    assert!(!read("graph_v1_interactive_signIns.json").contains("sessionId"));
    let sign_ins = all.iter().filter(|(_, line)| matches!(line, Line::SignIn(_))).count();
    assert_eq!(read("loganalytics_SigninLogs.csv").lines().count(), sign_ins + 1);
    assert_eq!(read("ual_export.csv").lines().count(), all.len() + 1);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn an_export_that_leaves_things_out_leaves_them_out_of_the_events_too() {
    let (stream, _) = Stream::new(&wanted(60, 3));
    let all: Vec<(u64, Line)> = stream.collect();
    let mut whole = Reader::new(7, 60, Leaves::default());
    let mut less = Reader::new(7, 60, Leaves { out_protocols: true, out_silent: true, ..Leaves::default() });
    let (mut many, mut few) = (0, 0);
    for (number, line) in &all {
        many += usize::from(whole.read(*number, line).is_some());
        if let Some(event) = less.read(*number, line) {
            few += 1;
            let record = event.record().unwrap();
            assert!(record.session.is_none());
            assert!(record.sign_in().is_none_or(|sign_in| sign_in.protocol.is_none()));
        }
    }
    assert!(many == all.len() && few < many / 2);
}
