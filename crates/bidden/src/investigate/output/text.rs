//! The report on a terminal: what it cannot show, what was found in a few lines, then each incident.

use model::finding::Severity;

use crate::Failed;

use super::super::blind::number;
use super::super::report::{Incident, ReadUp, Report};
use super::super::words;
use super::{plain, short};

/// Most incidents of which everything is told; the others are in the table, and in the files.
const TOLD: usize = 50;
/// Most moments of an incident that are told.
const MOMENTS: usize = 12;
/// How wide lines are, where they can be broken.
const WIDTH: usize = 100;

/// The report; `colour` for a terminal that has some.
pub(in super::super) fn report(report: &Report, colour: bool) -> String {
    let mut out = String::new();
    read(&report.read, &mut out);
    if let Some(written) = &report.written {
        let (records, files, bytes) = (number(written.records), written.files, number(written.bytes));
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        let folder = plain(&written.folder);
        out.push_str(&format!("  Written into {folder}: {records} records in {files}, {bytes} bytes.\n"));
    }
    blind(report, &mut out);
    if report.written.as_ref().is_some_and(|written| written.records_only) {
        out.push_str("\nNothing was looked for: only the records were wanted.\n");
        return out;
    }
    summary(report, &mut out, colour);
    for incident in report.incidents.iter().take(TOLD) {
        out.push('\n');
        one(incident, &mut out, colour);
    }
    if let Some(more) = report.incidents.len().checked_sub(TOLD).filter(|more| *more > 0) {
        out.push_str(&format!(
            "\n{more} more incidents are in the table above; --html or --json tells of all.\n"
        ));
    }
    out
}

fn read(read: &ReadUp, out: &mut String) {
    let span = match (&read.from, &read.to) {
        (Some(from), Some(to)) => format!(", from {from} to {to}"),
        _ => String::new(),
    };
    out.push_str(&format!(
        "Read {} records: {} sign-ins and {} acts{span}.\n",
        number(read.records),
        number(read.sign_ins),
        number(read.acts)
    ));
    for format in &read.formats {
        let (name, sign_ins, acts) = (format.name, number(format.sign_ins), number(format.acts));
        out.push_str(&format!("  {name:<32} {sign_ins:>13} sign-ins {acts:>11} acts\n"));
    }
    let mut left_out = Vec::new();
    for (many, what) in [
        (read.repeated, "stood twice"),
        (read.told_twice, "were told by another format as well"),
        (read.other, "are of no person or of no known kind"),
        (read.bad, "could not be read"),
    ] {
        if many > 0 {
            left_out.push(format!("{} {what}", number(many)));
        }
    }
    if !left_out.is_empty() {
        out.push_str(&format!("  Left out: {}.\n", left_out.join("; ")));
    }
    for bad in &read.first_bad {
        let row = short(&bad.row, 60);
        out.push_str(&format!(
            "  Not read: {} at byte {}: {}: {row}\n",
            plain(&bad.input),
            bad.at_byte,
            bad.why
        ));
    }
}

fn blind(report: &Report, out: &mut String) {
    if report.blind_spots.is_empty() {
        out.push_str("\nThis export shows everything that the detectors look at.\n");
        return;
    }
    out.push_str("\nWhat this export cannot show\n");
    for spot in &report.blind_spots {
        wrapped(&plain(&spot.text), ("  - ", "    "), out);
    }
}

fn summary(report: &Report, out: &mut String, colour: bool) {
    out.push_str("\nWhat was found\n");
    if report.incidents.is_empty() {
        out.push_str(if report.blind_spots.is_empty() {
            "  Nothing that the detectors look for.\n"
        } else {
            "  Nothing, in what this export can show. What it cannot show stands above.\n"
        });
        return;
    }
    let mut counts = Vec::new();
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Info] {
        let many = report.incidents.iter().filter(|incident| incident.severity == severity).count();
        if many > 0 {
            counts.push(painted(severity, &format!("{many} {}", severity.code()), colour));
        }
    }
    out.push_str(&format!("  {}\n\n", counts.join(", ")));
    out.push_str(&format!("  {:<9} {:<20} {:<34} {}\n", "severity", "first", "who or where", "what"));
    for incident in &report.incidents {
        let who = incident.user.as_deref().unwrap_or(&incident.key);
        let severity = painted(incident.severity, &format!("{:<9}", incident.severity.code()), colour);
        let from = incident.from.as_deref().unwrap_or_default();
        out.push_str(&format!("  {severity} {from:<20} {:<34} {}\n", short(who, 34), incident.title));
    }
}

fn one(incident: &Incident, out: &mut String, colour: bool) {
    let severity = painted(incident.severity, incident.severity.code(), colour);
    let who = incident.user.as_deref().unwrap_or(&incident.key);
    out.push_str(&format!("{severity}: {}: {}\n", incident.title, plain(who)));
    let span = match (&incident.from, &incident.to) {
        (Some(from), Some(to)) if from == to => from.clone(),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => String::new(),
    };
    let score = if incident.score > 0 { format!(", {} points", incident.score) } else { String::new() };
    let many = number(u64::from(incident.count));
    out.push_str(&format!("  {span}, {many} records{score}, {} ({})\n", incident.technique, incident.id));
    if let Some(explained) = &incident.explained {
        let (was, by) = (explained.was.code(), explained.by.replace('_', " "));
        out.push_str(&format!("  Your policy explains it ({by}); it would be {was} without.\n"));
    }
    out.push_str("  Why\n");
    for reason in &incident.reasons {
        let points = match reason.points {
            0 => "    ".to_owned(),
            points => format!("{points:+4}"),
        };
        let value =
            reason.value.as_ref().map_or_else(String::new, |value| format!(" ({})", short(value, 60)));
        wrapped(&format!("{points}  {}{value}", reason.text), ("  ", "        "), out);
    }
    if !incident.timeline.is_empty() {
        out.push_str("  What happened\n");
    }
    for moment in incident.timeline.iter().take(MOMENTS) {
        let address = moment.address.map_or_else(String::new, |address| address.to_string());
        let network = moment.network.map_or_else(String::new, |number| format!(" AS{number}"));
        let app = moment.app.as_ref().map_or_else(String::new, |app| format!(", {}", short(app, 40)));
        let user =
            if incident.user.is_some() { String::new() } else { format!("{} ", short(&moment.user, 40)) };
        let said = short(&moment.text, 80);
        out.push_str(&format!("    {}  {address}{network}  {user}{said}{app}\n", moment.at));
    }
    let records = incident.records.len();
    if records > 0 {
        let shown: Vec<String> =
            incident.records.iter().take(4).map(|id| short(&id.to_string(), 40)).collect();
        let more = if records > 4 { format!(" and {} more", records - 4) } else { String::new() };
        out.push_str(&format!("  Records: {}{more}\n", shown.join(", ")));
    }
    for (title, all) in [("It may also be", &incident.benign), ("What to do, in this order", &incident.next)]
    {
        if !all.is_empty() {
            out.push_str(&format!("  {title}\n"));
        }
        for (n, said) in all.iter().enumerate() {
            let mark =
                if title.starts_with("What") { format!("    {}. ", n + 1) } else { "    - ".to_owned() };
            wrapped(said.text, (&mark, "       "), out);
        }
    }
    if !incident.related.is_empty() {
        out.push_str(&format!("  See also: {}\n", incident.related.join(", ")));
    }
}

/// What a detector looks at, for `--explain-detector`.
pub(in super::super) fn detector(id: &str) -> Result<String, Failed> {
    let all = detect::all();
    let Some(known) = all.iter().find(|known| known.id() == id) else {
        let names: Vec<&str> = all.iter().map(|known| known.id()).collect();
        return Err(Failed(format!("there is no detector {id:?}; there are: {}", names.join(", "))));
    };
    let about = words::about(id);
    let mut out = format!("{id}: {}\n\n", about.title);
    wrapped(known.question(), ("", ""), &mut out);
    if !about.logic.is_empty() {
        out.push('\n');
        wrapped(about.logic, ("", ""), &mut out);
    }
    let technique = known.technique();
    out.push_str(&format!(
        "\nATT&CK {technique}; docs/detectors.md lists all, docs/detection.md says how each was measured.\n"
    ));
    Ok(out)
}

fn painted(severity: Severity, text: &str, colour: bool) -> String {
    let code = match severity {
        _ if !colour => return text.to_owned(),
        Severity::Critical => "1;31",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Info => "36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Breaks a text into lines.
fn wrapped(text: &str, (first, rest): (&str, &str), out: &mut String) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            rest.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}
