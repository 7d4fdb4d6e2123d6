//! Many answers: a summary and a table, and the same as CSV.

use std::collections::BTreeMap;

use fluent_bundle::FluentValue;
use model::voice::Voice;

use super::harmless;
use crate::explain::answer::Answer;
use crate::explain::verdict::{Kind, Risk, Sender, name};

/// What is kept of each of many answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) source: String,
    pub(crate) kind: Kind,
    pub(crate) sender: Sender,
    pub(crate) risk: Risk,
    pub(crate) from: String,
    pub(crate) subject: String,
}

impl Row {
    /// Keeps what a table shows.
    pub(crate) fn of(source: &str, answer: &Answer) -> Self {
        Self {
            source: source.to_owned(),
            kind: answer.verdict.kind,
            sender: answer.verdict.sender,
            risk: answer.verdict.risk,
            from: answer.message.from.clone(),
            subject: answer.message.subject.clone(),
        }
    }
}

/// How many of each: the gravest first, then the most.
pub(crate) fn summary(rows: &[Row]) -> Vec<(Risk, Kind, Sender, usize)> {
    let mut counts: BTreeMap<(Risk, Kind, Sender), usize> = BTreeMap::new();
    for row in rows {
        *counts.entry((row.risk, row.kind, row.sender)).or_default() += 1;
    }
    let mut list: Vec<_> =
        counts.into_iter().map(|((risk, kind, sender), count)| (risk, kind, sender, count)).collect();
    list.sort_by(|one, other| other.0.cmp(&one.0).then(other.3.cmp(&one.3)));
    list
}

/// Summary and table as text.
pub(crate) fn draw(voice: &Voice, rows: &[Row], unread: &[(String, String)]) -> String {
    let mut out = format!("{}\n", voice.fill("explain-summary", &[("n", FluentValue::from(rows.len()))]));
    for (risk, kind, sender, count) in summary(rows) {
        out.push_str(&format!("  {:<7} {count:>6} × {}, {}\n", name(risk), name(kind), name(sender)));
    }
    if !unread.is_empty() {
        out.push_str(&format!(
            "\n{}\n",
            voice.fill("explain-unread", &[("n", FluentValue::from(unread.len()))])
        ));
        for (source, why) in unread.iter().take(20) {
            out.push_str(&format!("  {}: {}\n", harmless(source), harmless(why)));
        }
    }
    out.push('\n');
    let heads = ["explain-risk", "explain-kind", "explain-sender", "explain-message", "explain-subject"]
        .map(|id| voice.say(id).into_owned());
    let short = |text: &str, most: usize| {
        let text = harmless(text).replace('\n', " ");
        let cut: String = text.chars().take(most).collect();
        if cut.len() < text.len() { format!("{cut}…") } else { cut }
    };
    // The end of a path tells files apart, not its beginning.
    let tail = |text: &str| {
        let text = harmless(text).replace('\n', " ");
        let count = text.chars().count();
        if count <= 36 { text } else { format!("…{}", text.chars().skip(count - 35).collect::<String>()) }
    };
    let lines: Vec<[String; 5]> = rows
        .iter()
        .map(|row| {
            [name(row.risk), name(row.kind), name(row.sender), tail(&row.source), short(&row.subject, 48)]
        })
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count());
        let head = heads.get(column).map(|head| head.chars().count()).filter(|_| column > 0);
        cells.chain(head).max().unwrap_or_default()
    };
    let mut first = heads.clone();
    // Its column is narrow, and its words are long.
    if let Some(head) = first.first_mut() {
        head.clear();
    }
    for line in std::iter::once(&first).chain(&lines) {
        let mut drawn = String::new();
        for (column, cell) in line.iter().enumerate() {
            drawn.push_str(cell);
            let gap = width(column).saturating_sub(cell.chars().count()) + 2;
            drawn.push_str(&" ".repeat(gap));
        }
        out.push_str(drawn.trim_end());
        out.push('\n');
    }
    out
}

/// The table as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
pub(crate) fn csv(rows: &[Row]) -> String {
    let mut out = String::from("source,risk,kind,sender,from,subject\r\n");
    for row in rows {
        let cells = [
            row.source.as_str(),
            &name(row.risk),
            &name(row.kind),
            &name(row.sender),
            &row.from,
            &row.subject,
        ]
        .map(cell);
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn cell(text: &str) -> String {
    let plain = harmless(text).replace('\n', " ");
    let formula =
        plain.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%', '＝', '＋', '－', '＠']);
    let plain = if formula { format!("'{plain}") } else { plain };
    format!("\"{}\"", plain.replace('"', "\"\""))
}
