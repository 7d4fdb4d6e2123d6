//! The records of all incidents as lines of JSON that Timesketch takes: `message`, `datetime`, `timestamp_desc`.

use model::event::imported::Word;
use serde::Serialize;

use crate::Failed;

use super::super::report::Report;
use super::plain;

#[derive(Serialize)]
struct Line<'a> {
    message: String,
    datetime: String,
    timestamp: i64,
    timestamp_desc: &'static str,
    data_type: &'static str,
    tag: [&'a str; 2],
    severity: &'static str,
    incident: &'a str,
    technique: &'a str,
    record: String,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asn: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
}

/// One line a record, incident by incident.
///
/// # Errors
/// When a line cannot be written as JSON.
pub(in super::super) fn lines(report: &Report) -> Result<String, Failed> {
    let mut out = String::new();
    for incident in &report.incidents {
        for moment in &incident.timeline {
            let bare = |text: &Option<Word>| text.as_deref().map(plain);
            let line = Line {
                message: format!("{}: {}: {}", incident.title, plain(&moment.user), plain(&moment.text)),
                datetime: moment.at.replace('Z', "+00:00"),
                timestamp: moment.time.micros(),
                timestamp_desc: if moment.what == "sign_in" { "Sign-in" } else { "Audit" },
                data_type: "bidden:investigate",
                tag: [&incident.detector, incident.severity.code()],
                severity: incident.severity.code(),
                incident: &incident.id,
                technique: &incident.technique,
                record: plain(&moment.record.to_string()),
                username: plain(&moment.user),
                source_ip: moment.address.map(|address| address.to_string()),
                asn: moment.network,
                country: bare(&moment.country),
                application: bare(&moment.app),
                user_agent: bare(&moment.agent),
                session_id: moment.session.as_ref().map(|id| plain(&id.to_string())),
            };
            out.push_str(&serde_json::to_string(&line)?);
            out.push('\n');
        }
    }
    Ok(out)
}
