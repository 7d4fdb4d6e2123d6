//! Incidents as OCSF detection findings, one JSON object a line.
//!
//! Implements: OCSF 1.3.0, category 2 (Findings), class 2004 (Detection Finding), activity 1 (Create).

use model::finding::Severity;
use serde_json::{Value, json};

use crate::Failed;

use super::super::report::{Incident, Report};
use super::plain;

/// One line an incident.
///
/// # Errors
/// When a line cannot be written as JSON.
pub(in super::super) fn lines(report: &Report) -> Result<String, Failed> {
    let mut out = String::new();
    for incident in &report.incidents {
        out.push_str(&serde_json::to_string(&finding(incident))?);
        out.push('\n');
    }
    Ok(out)
}

fn finding(incident: &Incident) -> Value {
    let (severity_id, severity) = match incident.severity {
        Severity::Info => (1, "Informational"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    let millis = |time: model::time::Time| time.micros() / 1000;
    let (from, to) = incident.span.map_or((0, 0), |(from, to)| (millis(from), millis(to)));
    let reasons: Vec<&str> = incident.reasons.iter().map(|reason| reason.text).collect();
    let evidences: Vec<Value> = incident
        .timeline
        .iter()
        .map(|moment| {
            json!({
                "name": plain(&moment.record.to_string()),
                "data": { "at": moment.at, "what": plain(&moment.text) },
                "actor": { "user": { "name": plain(&moment.user) },
                           "session": moment.session.as_ref().map(|id| json!({ "uid": plain(&id.to_string()) })) },
                "src_endpoint": { "ip": moment.address,
                                  "autonomous_system": moment.network.map(|number| json!({ "number": number })) },
            })
        })
        .collect();
    let next: Vec<&str> = incident.next.iter().map(|said| said.text).collect();
    json!({
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200_401,
        "type_name": "Detection Finding: Create",
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "time": to,
        "start_time": from,
        "end_time": to,
        "count": incident.count,
        "message": format!("{}: {}", incident.title, plain(incident.user.as_deref().unwrap_or(&incident.key))),
        "risk_score": incident.score,
        "metadata": {
            "version": "1.3.0",
            "product": { "name": "bidden", "vendor_name": "bidden", "version": env!("CARGO_PKG_VERSION") },
            "profiles": [],
        },
        "finding_info": {
            "uid": incident.id,
            "title": incident.title,
            "desc": reasons.join(" "),
            "types": [incident.detector],
            "first_seen_time": from,
            "last_seen_time": to,
            "analytic": { "uid": incident.detector, "name": incident.title, "type_id": 1, "type": "Rule" },
            "attacks": [{ "technique": { "uid": incident.technique } }],
            "related_events_count": incident.records.len(),
            "related_events": incident.records.iter().map(|id| json!({ "uid": plain(&id.to_string()) })).collect::<Vec<_>>(),
        },
        "evidences": evidences,
        "remediation": { "desc": next.join(" ") },
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn an_incident_is_a_detection_finding_with_its_evidence() {
        let line = finding(&sample::report("user@contoso.example").incidents[0]);
        assert_eq!((&line["class_uid"], &line["type_uid"]), (&json!(2004), &json!(200_401)));
        assert_eq!(line["severity_id"], json!(4));
        assert_eq!(line["evidences"].as_array().map(Vec::len), Some(2));
        assert_eq!(line["finding_info"]["attacks"][0]["technique"]["uid"], json!("T1528"));
    }
}
