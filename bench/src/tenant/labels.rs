//! Which line belongs to which incident.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::attacks::Incident;
use super::draft::Line;
use super::names::{Names, user};
use super::write::guid_text;
use crate::trouble::Trouble;

/// An incident as it is listed.
#[derive(Serialize)]
struct Listed {
    inc: String,
    kind: &'static str,
    variant: &'static str,
    users: Vec<String>,
    at: i64,
    device: bool,
}

/// The list of incidents.
pub(super) fn incidents(directory: &Path, all: &[Incident]) -> Result<(), Trouble> {
    let listed = all.iter().map(|incident| Listed {
        inc: incident.name(),
        kind: incident.kind.code(),
        variant: incident.variant,
        users: incident.users.iter().map(|number| user(*number)).collect(),
        at: incident.at,
        device: incident.device,
    });
    let file =
        File::create(directory.join("incidents.json")).map_err(Trouble::system("making incidents.json"))?;
    serde_json::to_writer_pretty(file, &listed.collect::<Vec<_>>())
        .map_err(|error| Trouble::Unexpected(format!("incidents.json: {error}")))
}

/// The file of labels, with its first line.
pub(super) fn begin(directory: &Path) -> Result<File, Trouble> {
    let mut file =
        File::create(directory.join("labels.csv")).map_err(Trouble::system("making labels.csv"))?;
    file.write_all(b"id,incident,attack\n").map_err(Trouble::system("writing labels.csv"))?;
    Ok(file)
}

/// A label, where the line has one.
pub(super) fn label(
    to: &mut impl Write,
    names: Names,
    all: &[Incident],
    number: u64,
    line: &Line,
) -> Result<(), Trouble> {
    let incident = match line {
        Line::SignIn(draft) => draft.incident,
        Line::Change(change) => change.incident,
    };
    let place = usize::try_from(incident).ok().and_then(|incident| incident.checked_sub(1));
    let Some(incident) = place.and_then(|place| all.get(place)) else { return Ok(()) };
    writeln!(to, "{},{},{}", guid_text(names.record(number)), incident.name(), incident.kind.code())
        .map_err(Trouble::system("writing labels.csv"))
}
