//! `bidden store stats`: rows and bytes of every table.

use std::fmt::Write as _;

use flow::operator::size;
use model::time::Time;
use serde_json::json;
use store::stats::{self, Effort, Figures, Rows};

use crate::commands::{failed, print};
use crate::config::settings::Config;
use crate::{Failed, installation};

pub(crate) fn run(settings: &Config, exact: bool, json: bool) -> Result<(), Failed> {
    let store = installation::find_any(settings)?;
    let effort = if exact { Effort::Count } else { Effort::Look };
    let figures = stats::figures(&store, effort).map_err(|fault| failed(&fault))?;
    if json {
        return print(&format!("{}\n", as_json(&store.place_in_words(), &figures)));
    }
    print(&told(&store.place_in_words(), &figures)?)
}

fn rows(rows: Rows) -> String {
    match rows {
        Rows::Exactly(count) => count.to_string(),
        Rows::About(count) => format!("≈ {count}"),
        Rows::MoreThan(count) => format!("> {count}"),
    }
}

fn told(place: &str, figures: &Figures) -> Result<String, Failed> {
    let mut out = format!("{place}\n\n{:<16} {:>14} {:>10}\n", "table", "rows", "size");
    for table in &figures.tables {
        let bytes = table.bytes.map_or_else(String::new, size);
        writeln!(out, "{:<16} {:>14} {bytes:>10}", table.name, rows(table.rows))?;
    }
    if !figures.parts.is_empty() {
        writeln!(out, "\nthe record by the month")?;
        for part in &figures.parts {
            writeln!(out, "{:<16} {:>14} {:>10}", part.name, format!("≈ {}", part.rows), size(part.bytes))?;
        }
    }
    writeln!(out, "\nin all           {}", size(figures.bytes))?;
    if figures.free > 0 {
        writeln!(out, "  free for new   {}", size(figures.free))?;
    }
    if let Some(log) = figures.log {
        writeln!(out, "its log          {}", size(log))?;
    }
    let time = |time: Option<Time>| time.map_or_else(|| "none".to_owned(), |time| time.to_string());
    writeln!(out, "oldest event     {}\nnewest event     {}", time(figures.oldest), time(figures.newest))?;
    Ok(out)
}

fn as_json(place: &str, figures: &Figures) -> serde_json::Value {
    let tables: Vec<_> = figures
        .tables
        .iter()
        .map(|table| {
            let (rows, counted) = match table.rows {
                Rows::Exactly(rows) => (rows, "exactly"),
                Rows::About(rows) => (rows, "about"),
                Rows::MoreThan(rows) => (rows, "more_than"),
            };
            json!({"table": table.name, "rows": rows, "counted": counted, "bytes": table.bytes})
        })
        .collect();
    let parts: Vec<_> = figures
        .parts
        .iter()
        .map(|part| json!({"table": part.name, "rows": part.rows, "counted": "about", "bytes": part.bytes}))
        .collect();
    json!({
        "place": place,
        "bytes": figures.bytes,
        "free_bytes": figures.free,
        "log_bytes": figures.log,
        "oldest_event": figures.oldest.map(|time| time.to_string()),
        "newest_event": figures.newest.map(|time| time.to_string()),
        "tables": tables,
        "parts": parts,
    })
}
