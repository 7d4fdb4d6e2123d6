//! The samples in `../shared/data/explain`, where they are there: every field that is expected, everything that must be said,
//! and nothing that must not.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wire::dns_table::DnsTable;

use super::{everything, with};
use crate::explain::verdict::name;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/explain")
}

#[expect(clippy::disallowed_methods, reason = "a test reads what it expects")]
fn expected(text: &str) -> Vec<Value> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_sample_gets_its_expected_answer() {
    let folder = folder();
    let Ok(list) = fs::read_to_string(folder.join("expected.jsonl")) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let keys = DnsTable::parse(&fs::read(folder.join("dns.json")).unwrap()).unwrap();
    let explainer = with(keys);
    let mut wrong = Vec::new();
    let all = expected(&list);
    for case in &all {
        let file = case["file"].as_str().unwrap();
        let bytes = fs::read(folder.join(file)).unwrap();
        let answer = match case["channel"].as_str() {
            Some("sms") => explainer.short(&String::from_utf8(bytes).unwrap()),
            _ => explainer.mail(&bytes),
        };
        let verdict = answer.verdict;
        for (field, found) in [
            ("kind", name(verdict.kind)),
            ("sender", name(verdict.sender)),
            ("account", name(verdict.account)),
            ("role", name(verdict.role)),
            ("is_mfa", name(verdict.is_mfa)),
            ("password_used", name(verdict.password_used)),
            ("anyone_in", name(verdict.anyone_in)),
            ("risk", name(verdict.risk)),
        ] {
            if case[field].as_str() != Some(&found) {
                wrong.push(format!("{file}: {field} is {found}, not {}", case[field]));
            }
        }
        let said = everything(&explainer, &answer);
        // Lines are broken to a width.
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for must in case["must"].as_array().unwrap() {
            let must = must.as_str().unwrap();
            if !flat.to_lowercase().contains(&must.to_lowercase()) {
                wrong.push(format!("{file}: does not say {must:?}"));
            }
        }
        for must_not in case["must_not"].as_array().unwrap() {
            let must_not = must_not.as_str().unwrap();
            if flat.to_lowercase().contains(&must_not.to_lowercase()) {
                wrong.push(format!("{file}: says {must_not:?}"));
            }
        }
        for never in ["http://", "https://", " safe ", "258798", "482913", "HK4TMR7QP", "117392"] {
            if said.contains(never) {
                wrong.push(format!("{file}: says {never:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.len() >= 36);
}
