//! The files that settings name: read once, at start, within bounds, and checked for what they should hold.

use std::io;
use std::path::Path;

use super::kind::{Content, Kind};
use super::problem::{Problem, quoted};
use super::table::{self, Row, TABLE};
use super::value::{self, Value};
use super::values::{Given, State, Values};

/// Reads a file, at most so many bytes of it; a parameter so that tests and fuzzing touch no disk.
pub(super) type Read<'a> = &'a dyn Fn(&Path, usize) -> io::Result<Vec<u8>>;

/// Reads at most `most` bytes of the file at `path`.
///
/// # Errors
/// What the system says when the file cannot be opened or read.
pub(super) fn read_from_disk(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads every file that a setting names; what cannot be used is added to `problems`.
pub(super) fn load(values: &mut Values, read: Read<'_>, problems: &mut Vec<Problem>) {
    for row in TABLE {
        match row.kind {
            Kind::File { holds, most } => content(values, row, (holds, most), read, problems),
            Kind::SecretFile { of, most } => secret(values, row, (of, most), read, problems),
            _ => {}
        }
    }
}

fn content(
    values: &mut Values,
    row: &'static Row,
    (holds, most): (Content, usize),
    read: Read<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(Value::File(file)) = values.get(row.key) else { return };
    let path = file.path.clone();
    let found = match read(&path, most.saturating_add(1)) {
        Err(error) => format!("{}, which cannot be read: {error}", quoted(&path.display().to_string())),
        Ok(bytes) if bytes.len() > most => format!("{}, a larger file", quoted(&path.display().to_string())),
        Ok(bytes) if !holds.fits(&bytes) => {
            format!("{}, which holds something else", quoted(&path.display().to_string()))
        }
        Ok(bytes) => {
            values.replace(row.key, State::Is(Value::File(value::NamedFile { path, bytes })));
            return;
        }
    };
    problems.push(Problem::new(values.place(row.key), row.key, found, row.kind.expected()));
    values.replace(row.key, State::Refused);
}

/// Puts what the file holds in place of the secret, unless a later source has set the secret itself.
fn secret(
    values: &mut Values,
    row: &'static Row,
    (of, most): (&'static str, usize),
    read: Read<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(Value::Path(path)) = values.get(row.key) else { return };
    let path = path.clone();
    let (place, other) = (values.place(row.key), values.place(of));
    if !values.is_missing(of) && other.rank() >= place.rank() {
        if other.rank() == place.rank() {
            problems.push(
                Problem::new(place, row.key, format!("`{}` beside `{of}`", row.key), "one of the two")
                    .with_next(format!("Remove `{of}`; a file of its own is the better place.")),
            );
        }
        values.replace(row.key, State::Unset);
        return;
    }
    let Some(secret) = table::row(of) else { return };
    let value = match read_secret(&path, secret, most, read) {
        Ok(value) => Some(value),
        Err(why) => {
            // Somebody may have written the password itself here; a path has a separator.
            let shown = path.display().to_string();
            let shown = if shown.contains('/') { quoted(&shown) } else { "a file".to_owned() };
            let found = format!("{shown}, which {why}");
            problems.push(Problem::new(place.clone(), row.key, found, row.kind.expected()));
            None
        }
    };
    values.put(Given { row: secret, place, value });
}

fn read_secret(path: &Path, secret: &Row, most: usize, read: Read<'_>) -> Result<Value, String> {
    // A character has at most four bytes; the line break at the end is not counted.
    let most = most.saturating_mul(4).saturating_add(2);
    let bytes = read(path, most.saturating_add(1)).map_err(|error| format!("cannot be read: {error}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    secret.kind.parse(text).map_err(|unfit| {
        if text.is_empty() {
            "is empty".to_owned()
        } else if !unfit.next.is_empty() {
            format!("cannot be used ({})", unfit.next)
        } else {
            "holds more than one line or too much".to_owned()
        }
    })
}
