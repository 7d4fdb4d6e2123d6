//! A labelled tenant out of a folder, in any of its shapes, through the readers that people's exports go through; with
//! `graph_directoryAudits.json`, `labels.csv` and `incidents.json`, each as it is or with `.gz`.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use model::event::Event;
use model::event::imported::{Handle, Words};
use serde::Deserialize;
use wire::foreign::{Arena, Cut, Read, Splitter, read};

use super::Meant;
use crate::tenant::attacks::Kind;
use crate::tenant::options::Shape;
use crate::trouble::Trouble;

/// An incident as it is listed.
#[derive(Deserialize)]
struct Listed {
    inc: String,
    kind: String,
    variant: String,
    users: Vec<String>,
}

/// Events in the order of time with their incident, the incidents, and how many days of a person it is.
pub(super) type Labelled = (Vec<(Event, u32)>, Vec<Meant>, u64);

/// Reads a folder.
///
/// # Errors
/// A file is missing, or is not what it should be.
pub(super) fn labelled(folder: &Path, shape: Shape) -> Result<Labelled, Trouble> {
    let listed: Vec<Listed> = parsed(&text(folder, "incidents.json")?, "incidents.json")?;
    let mut incidents = Vec::new();
    for (number, one) in (1..).zip(listed) {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.code() == one.kind) else { continue };
        if !one.users.is_empty() {
            incidents.push(Meant { number, kind, variant: one.variant, name: one.inc });
        }
    }
    let numbers: HashMap<&str, u32> = incidents.iter().map(|one| (one.name.as_str(), one.number)).collect();
    let labels = text(folder, "labels.csv")?;
    let labels: HashMap<Handle, u32> = labels
        .lines()
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((Handle::new(cells.next()?), *numbers.get(cells.next()?)?))
        })
        .collect();
    let mut events = Vec::new();
    let mut take = |event: Event| {
        let incident = event.record().and_then(|record| labels.get(&record.record)).copied().unwrap_or(0);
        events.push((event, incident));
    };
    read_all(&text(folder, shape.file())?, &mut take)?;
    if shape != Shape::Unified {
        read_all(&text(folder, Shape::Audits.file())?, &mut take)?;
    }
    events.sort_by_key(|(event, _)| event.at);
    let days = days(&events);
    Ok((events, incidents, days))
}

/// Every record of a file that is one of a person.
fn read_all(text: &str, take: &mut dyn FnMut(Event)) -> Result<(), Trouble> {
    let nothing = || Trouble::Unexpected("a file that is no log".to_owned());
    let (cut, skip) = Cut::of(text.as_bytes(), true).ok_or_else(nothing)?;
    let rest = text.as_bytes().get(skip..).unwrap_or_default();
    let (used, objects) = Splitter::new(cut.clone()).next(rest, true);
    let mut words = Words::default();
    cut.records(rest.get(..used).unwrap_or_default(), &objects, &mut |record| {
        let arena = Arena::default();
        let row = match &cut {
            Cut::Rows(table) => table.read(record, &arena),
            _ => read(record, &arena),
        };
        if let Ok(Read::Row(row)) = row {
            take(words.event(&row));
        }
    });
    Ok(())
}

/// How many users there are, for as many days as the log is long.
fn days(events: &[(Event, u32)]) -> u64 {
    let users: std::collections::HashSet<String> =
        events.iter().map(|(event, _)| format!("{:?}", event.subject)).collect();
    let first = events.first().map_or(0, |(event, _)| event.at.day());
    let last = events.last().map_or(0, |(event, _)| event.at.day());
    u64::try_from(users.len()).unwrap_or(0) * u64::try_from(last - first + 1).unwrap_or(1)
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str, name: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|error| Trouble::Unexpected(format!("{name}: {error}")))
}

/// A file, packed or not.
fn text(folder: &Path, name: &str) -> Result<String, Trouble> {
    let plain = folder.join(name);
    if plain.exists() {
        return std::fs::read_to_string(plain).map_err(Trouble::system(format!("reading {name}")));
    }
    let packed = folder.join(format!("{name}.gz"));
    let unpacked = Command::new("gzip").arg("-dc").arg(&packed).output();
    let unpacked = unpacked.map_err(Trouble::system(format!("unpacking {}", packed.display())))?;
    if !unpacked.status.success() {
        return Err(Trouble::Unexpected(format!("{} cannot be unpacked", packed.display())));
    }
    String::from_utf8(unpacked.stdout).map_err(|error| Trouble::Unexpected(format!("{name}: {error}")))
}
