//! The report as one file to hand on: no script, nothing from elsewhere, light and dark, on paper as well.

use model::finding::Severity;

use super::super::blind::number;
use super::super::report::{Incident, Report};
use super::{plain, svg};
use crate::markup;

/// Most incidents that are told in full; a page of thousands helps nobody.
const TOLD: usize = 500;
/// Most records of an incident that are listed.
const LISTED: usize = 64;

/// The page.
pub(in super::super) fn page(report: &Report) -> String {
    let mut out = markup::head("Investigation of sign-ins");
    out.push_str("<h1>Investigation of sign-ins</h1>");
    read(report, &mut out);
    blind(report, &mut out);
    summary(report, &mut out);
    for incident in report.incidents.iter().take(TOLD) {
        one(incident, &mut out);
    }
    if let Some(more) = report.incidents.len().checked_sub(TOLD).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p>{more} more incidents stand in the table above and in the JSON of this report.</p>"
        ));
    }
    out.push_str(&markup::foot(&format!(
        "bidden {}, report version {}",
        env!("CARGO_PKG_VERSION"),
        report.version
    )));
    out
}

fn read(report: &Report, out: &mut String) {
    let read = &report.read;
    let span = match (&read.from, &read.to) {
        (Some(from), Some(to)) => format!(" from <time>{from}</time> to <time>{to}</time>"),
        _ => String::new(),
    };
    out.push_str(&format!(
        "<p>{} records{span}: {} sign-ins and {} acts.</p><table class=\"facts\"><thead><tr><th>format<th>sign-ins<th>acts</tr></thead><tbody>",
        number(read.records),
        number(read.sign_ins),
        number(read.acts)
    ));
    for format in &read.formats {
        let (sign_ins, acts) = (number(format.sign_ins), number(format.acts));
        out.push_str(&format!("<tr><td>{}<td>{sign_ins}<td>{acts}</tr>", format.name));
    }
    out.push_str("</tbody></table><details><summary>Files, and what was left out</summary><ul>");
    for input in &read.inputs {
        let problem = input.problem.as_ref().map_or_else(String::new, |why| format!(": {}", escaped(why)));
        out.push_str(&format!(
            "<li>{}: {} records{problem}</li>",
            escaped(&input.name),
            number(input.records)
        ));
    }
    for (many, what) in [
        (read.repeated, "records stood twice"),
        (read.told_twice, "records were told by another format as well"),
        (read.other, "records are of no person or of no known kind"),
        (read.bad, "rows could not be read"),
    ] {
        if many > 0 {
            out.push_str(&format!("<li>{} {what}</li>", number(many)));
        }
    }
    for bad in &read.first_bad {
        let (input, row) = (escaped(&bad.input), escaped(&bad.row));
        out.push_str(&format!(
            "<li>{input} at byte {}: {}: <code>{row}</code></li>",
            bad.at_byte,
            escaped(&bad.why)
        ));
    }
    out.push_str("</ul></details>");
}

fn blind(report: &Report, out: &mut String) {
    if report.blind_spots.is_empty() {
        out.push_str("<p>This export shows everything that the detectors look at.</p>");
        return;
    }
    out.push_str("<section class=\"blind\"><h2>What this export cannot show</h2><ul>");
    for spot in &report.blind_spots {
        out.push_str(&format!("<li>{}</li>", escaped(&spot.text)));
    }
    out.push_str("</ul></section>");
}

fn summary(report: &Report, out: &mut String) {
    out.push_str("<h2>What was found</h2>");
    if report.incidents.is_empty() {
        out.push_str(if report.blind_spots.is_empty() {
            "<p>Nothing that the detectors look for.</p>"
        } else {
            "<p>Nothing, in what this export can show. What it cannot show stands above.</p>"
        });
        return;
    }
    out.push_str("<p class=\"counts\">");
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Info] {
        let many = report.incidents.iter().filter(|incident| incident.severity == severity).count();
        if many > 0 {
            let code = severity.code();
            out.push_str(&format!("<span class=\"badge {code}\">{many} {code}</span> "));
        }
    }
    out.push_str("</p><table class=\"list\"><thead><tr><th>severity<th>first<th>who or where<th>what</tr></thead><tbody>");
    for incident in &report.incidents {
        let who = escaped(incident.user.as_deref().unwrap_or(&incident.key));
        let (code, id) = (incident.severity.code(), &incident.id);
        let from = incident.from.as_deref().unwrap_or_default();
        out.push_str(&format!(
            "<tr><td><span class=\"badge {code}\">{code}</span><td><time>{from}</time><td>{who}<td><a href=\"#{id}\">{}</a></tr>",
            escaped(&incident.title)
        ));
    }
    out.push_str("</tbody></table>");
}

fn one(incident: &Incident, out: &mut String) {
    let code = incident.severity.code();
    let who = escaped(incident.user.as_deref().unwrap_or(&incident.key));
    out.push_str(&format!(
        "<article id=\"{}\"><h3><span class=\"badge {code}\">{code}</span> {}: {who}</h3>",
        incident.id,
        escaped(&incident.title)
    ));
    let span = match (&incident.from, &incident.to) {
        (Some(from), Some(to)) if from == to => format!("<time>{from}</time>"),
        (Some(from), Some(to)) => format!("<time>{from}</time> to <time>{to}</time>"),
        _ => String::new(),
    };
    let score = if incident.score > 0 { format!(", {} points", incident.score) } else { String::new() };
    let (many, technique) = (number(u64::from(incident.count)), escaped(&incident.technique));
    out.push_str(&format!("<p>{span}, {many} records{score}, ATT&amp;CK {technique}.</p>"));
    if let Some(explained) = &incident.explained {
        let (by, was) = (explained.by.replace('_', " "), explained.was.code());
        out.push_str(&format!("<p>Your policy explains it ({by}); it would be {was} without.</p>"));
    }
    out.push_str(&format!("<div class=\"wide\">{}</div>", svg::timeline(incident)));
    let weighed = incident.reasons.iter().any(|reason| reason.points != 0);
    out.push_str(if weighed { "<h4>Why</h4><ul class=\"why\">" } else { "<h4>Why</h4><ul>" });
    for reason in &incident.reasons {
        let points = match reason.points {
            _ if !weighed => String::new(),
            0 => "<b></b>".to_owned(),
            points => format!("<b>{points:+}</b>"),
        };
        let value = reason.value.as_ref().map_or_else(String::new, |value| format!(" ({})", escaped(value)));
        out.push_str(&format!("<li>{points}<span>{}{value}</span></li>", escaped(reason.text)));
    }
    out.push_str("</ul>");
    for (title, tag, all) in
        [("What to do, in this order", "ol", &incident.next), ("It may also be", "ul", &incident.benign)]
    {
        if !all.is_empty() {
            out.push_str(&format!("<h4>{title}</h4><{tag}>"));
            for said in all {
                out.push_str(&format!("<li>{}</li>", escaped(said.text)));
            }
            out.push_str(&format!("</{tag}>"));
        }
    }
    records(incident, out);
    out.push_str("</article>");
}

fn records(incident: &Incident, out: &mut String) {
    if !incident.timeline.is_empty() {
        out.push_str("<details><summary>Records</summary><div class=\"wide\"><table class=\"records\"><thead><tr><th>when<th>from<th>what<th>app and program<th>record</tr></thead><tbody>");
        for moment in incident.timeline.iter().take(LISTED) {
            let address = moment.address.map_or_else(String::new, |address| address.to_string());
            let network = moment.network.map_or_else(String::new, |number| format!(" AS{number}"));
            let country =
                moment.country.as_deref().map_or_else(String::new, |name| format!(" {}", escaped(name)));
            let user =
                if incident.user.is_some() { String::new() } else { format!("{}: ", escaped(&moment.user)) };
            let app = escaped(moment.app.as_deref().unwrap_or_default());
            let agent = escaped(moment.agent.as_deref().unwrap_or_default());
            let (said, record) = (escaped(&moment.text), escaped(&moment.record.to_string()));
            out.push_str(&format!(
                "<tr><td><time>{}</time><td><span>{address}</span>{network}{country}<td>{user}{said}<td>{app}<br><small>{agent}</small><td><code>{record}</code></tr>",
                moment.at
            ));
        }
        out.push_str("</tbody></table></div></details>");
    } else if !incident.records.is_empty() {
        let all: Vec<String> =
            incident.records.iter().take(LISTED).map(|id| escaped(&id.to_string())).collect();
        out.push_str(&format!(
            "<details><summary>Records</summary><p><code>{}</code></p></details>",
            all.join(" ")
        ));
    }
    if !incident.related.is_empty() {
        let all: Vec<String> =
            incident.related.iter().map(|id| format!("<a href=\"#{id}\">{id}</a>")).collect();
        out.push_str(&format!("<p>See also: {}</p>", all.join(", ")));
    }
}

/// Text for a page: visible, and nothing but text.
pub(super) fn escaped(text: &str) -> String {
    markup::escaped(&plain(text))
}
