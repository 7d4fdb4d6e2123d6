//! Files of records in the Parquet format (`wire::columnar`) as an input: groups of rows in place of pieces of text.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use model::event::imported::Words;
use wire::columnar::{Beside, Footer, Group, Record, TAIL, tail};
use wire::foreign::{Format, Row, What};

use super::atlas::Atlas;
use super::source::{End, Parsed, Seen, Shared, Work, own};
use super::tally::Bad;

/// Events that are handed on at a time, and bytes of the texts in them: some wait for each of the files that are open at once.
const EVENTS: usize = 128;
const BYTES: usize = 1 << 20;

/// Reads the groups of a file, and hands them out in turn.
pub(super) fn read_all(mut file: File, to: &[SyncSender<Work>], shared: &Shared) -> End {
    match groups(&mut file, to, shared) {
        Ok(beside) => End { beside, ..End::default() },
        Err(why) => End { broken: Some(why), ..End::default() },
    }
}

/// The time of the first record of a file of records, where it says that they stand in the order of time. It is no proof:
/// see `run`.
pub(super) fn sorted_from(path: &Path) -> Option<i64> {
    footer(&mut File::open(path).ok()?).ok()?.sorted_from()
}

fn groups(file: &mut File, to: &[SyncSender<Work>], shared: &Shared) -> Result<Beside, String> {
    let footer = footer(file)?;
    for (number, receiver) in (0..footer.groups()).zip(to.iter().cycle()) {
        if shared.stop.load(Ordering::Relaxed) {
            break;
        }
        let span = footer.span(number).map_err(|error| error.to_string())?;
        let bytes = part(file, span.start, span.long).map_err(|error| error.to_string())?;
        shared.taken.fetch_add(u64::try_from(bytes.len()).unwrap_or(0), Ordering::Relaxed);
        let group = footer.open(number, bytes).map_err(|error| error.to_string())?;
        // Nobody wants more.
        if receiver.send(Work::Group(Box::new(group))).is_err() {
            break;
        }
    }
    Ok(footer.beside().clone())
}

/// Reads the description at the end of a file.
fn footer(file: &mut File) -> Result<Footer, String> {
    let whole = |error: io::Error| error.to_string();
    let end = file.seek(SeekFrom::End(0)).map_err(whole)?;
    let missing = || "it is too short for a Parquet file".to_owned();
    let tail_at = end.checked_sub(u64::try_from(TAIL).unwrap_or(8)).ok_or_else(missing)?;
    let mut bytes = [0; TAIL];
    bytes.copy_from_slice(&part(file, tail_at, TAIL).map_err(whole)?);
    let long = tail(bytes).map_err(|error| error.to_string())?;
    let start = tail_at.checked_sub(u64::try_from(long).unwrap_or(u64::MAX)).ok_or_else(missing)?;
    Footer::parse(&part(file, start, long).map_err(whole)?).map_err(|error| error.to_string())
}

/// So many bytes of a file from here on, all of them.
fn part(file: &mut File, start: u64, long: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(long).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    if bytes.len() == long { Ok(bytes) } else { Err(io::Error::other("it ends before it should")) }
}

/// Reads the rows of a group, and hands them on a few hundred at a time; false when nobody wants them.
pub(super) fn parse(
    mut group: Group,
    (words, atlas): (&mut Words, &Atlas),
    on: &mut dyn FnMut(Parsed) -> bool,
) -> bool {
    let mut parsed = Parsed { more: true, ..Parsed::default() };
    let (mut bytes, mut wanted, mut row) = (0, true, 0_u64);
    let broken = loop {
        let read = group.next(&mut |record, copies| {
            // Records that are alike are told of as often as they were there.
            for _ in 0..copies {
                bytes += take(&record, row, (words, atlas), &mut parsed);
            }
            row += 1;
            if parsed.seen.len() >= EVENTS || bytes >= BYTES {
                let next = Parsed { more: true, ..Parsed::default() };
                wanted &= on(std::mem::replace(&mut parsed, next));
                bytes = 0;
            }
        });
        match read {
            Ok(true) if wanted => {}
            Ok(_) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    wanted && on(Parsed { more: false, broken, ..parsed })
}

/// Takes a record; gives how many bytes it is about.
fn take(
    record: &Record<'_>,
    number: u64,
    (words, atlas): (&mut Words, &Atlas),
    parsed: &mut Parsed,
) -> usize {
    let text = match record {
        Record::Row(row) => {
            let mut event = words.event(row);
            atlas.tell(&mut event);
            parsed.tally.count(&event, row.format);
            parsed.seen.push(Seen { event, format: row.format });
            return texts(row);
        }
        Record::Own { event, .. } => event.as_bytes(),
    };
    match own(text) {
        Some(event) => {
            parsed.tally.count(&event, Format::Own);
            parsed.seen.push(Seen { event, format: Format::Own });
        }
        None => parsed.tally.set_aside(Bad::new(number, "no event of a server".to_owned(), text)),
    }
    text.len()
}

/// How long the texts are that most records have, and the two that may be long.
fn texts(row: &Row<'_>) -> usize {
    let more = match &row.what {
        What::SignIn(sign_in) => sign_in.detail.map_or(0, str::len),
        What::Act(act) => act.target.map_or(0, str::len),
    };
    let all = [row.id, row.user, row.session, row.token, row.app_name, row.resource_name, row.agent];
    all.into_iter().flatten().map(str::len).sum::<usize>() + more
}
