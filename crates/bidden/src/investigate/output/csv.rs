//! The table of incidents, for spreadsheets: a cell is never a formula.

use super::super::report::Report;
use super::plain;

const HEADING: [&str; 15] = [
    "severity",
    "title",
    "detector",
    "technique",
    "user",
    "about",
    "first",
    "last",
    "score",
    "count",
    "reasons",
    "benign",
    "next",
    "records",
    "id",
];

/// One line an incident.
pub(in super::super) fn table(report: &Report) -> String {
    let mut out = wire::csv::line(HEADING);
    for incident in &report.incidents {
        let reasons: Vec<String> = incident
            .reasons
            .iter()
            .map(|reason| {
                let value = reason.value.as_ref().map_or_else(String::new, |value| format!(" ({value})"));
                let points =
                    if reason.points == 0 { String::new() } else { format!(" [{:+}]", reason.points) };
                format!("{}{value}{points}", reason.text)
            })
            .collect();
        let benign: Vec<&str> = incident.benign.iter().map(|said| said.text).collect();
        let next: Vec<&str> = incident.next.iter().map(|said| said.text).collect();
        let fields = [
            incident.severity.code().to_owned(),
            incident.title.clone(),
            incident.detector.clone(),
            incident.technique.clone(),
            incident.user.clone().unwrap_or_default(),
            incident.key.clone(),
            incident.from.clone().unwrap_or_default(),
            incident.to.clone().unwrap_or_default(),
            incident.score.to_string(),
            incident.count.to_string(),
            reasons.join(" "),
            benign.join(" "),
            next.join(" "),
            incident.records.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            incident.id.clone(),
        ];
        let fields = fields.iter().map(|field| wire::csv::as_text(&plain(field)).into_owned());
        out.push_str(&wire::csv::line(fields));
    }
    out
}
