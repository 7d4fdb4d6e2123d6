//! `bidden investigate`: looks for sign-in attacks in the records of other systems.
//!
//! 1. [`input`] finds and unpacks what is to be read.
//! 2. [`source`] reads, cuts and parses it in threads (the formats are in `wire::foreign`).
//!    [`atlas`] adds networks and places from files where an export does not name them.
//! 3. [`run`] puts it in the order of time, by way of [`order`] and [`sort`].
//! 4. [`watch`] shows it to the detectors, the same as a server's, and keeps what they find.
//! 5. [`blind`] says what these records cannot show; [`report`] is both together, and [`output`] writes it.

mod archive;
mod atlas;
mod blind;
mod buffer;
mod input;
mod order;
mod output;
mod parquet;
mod policy;
mod progress;
mod quick;
mod report;
mod run;
mod sort;
mod source;
mod tally;
#[cfg(test)]
mod testing;
mod trace;
mod watch;
mod words;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use model::finding::Severity;
use model::time::Time;
use wire::columnar::Beside;
use wire::foreign::{DateOrder, Moment};

use crate::cli::Investigate;
use crate::commands::{print, printed, visible};
use crate::{Failed, commands};

use archive::Archive;
use atlas::Atlas;
use blind::{Run, capped, spots};
use input::Input;
use policy::Policy;
use progress::Progress;
use report::{BadRow, ReadFormat, ReadInput, ReadUp, Report};
use run::{Limits, Ran, Sink};
use sort::Room;
use source::Seen;
use watch::{Wanted, Watch};

/// Bytes that an input is read by.
const PIECE: usize = 1 << 20;
/// Bytes of a sorted part.
const PART: usize = 48 << 20;
/// Most events that wait to be put in order.
const HELD: usize = 40_000;

/// Runs the command.
///
/// # Errors
/// When nothing can be read, or the report cannot be written.
pub(crate) fn run(asked: &Investigate) -> Result<ExitCode, Failed> {
    if let Some(detector) = &asked.explain_detector {
        print(&output::text::detector(detector)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = investigate(asked)?;
    write_files(asked, &report)?;
    if asked.json {
        print_json(&report)?;
    } else {
        print(&output::text::report(&report, commands::colour()))?;
    }
    Ok(exit_code(&report))
}

/// Prints it piece by piece: with thousands of incidents its text is larger than they are.
fn print_json(report: &Report) -> Result<(), Failed> {
    let mut to = BufWriter::new(std::io::stdout().lock());
    let outcome = serde_json::to_writer_pretty(&mut to, report).map_err(std::io::Error::from);
    printed(outcome.and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush()))
}

/// 0 nothing was found in what can be seen; 10, 20 or 30 by the most urgent incident; 1 nothing could be read.
fn exit_code(report: &Report) -> ExitCode {
    if report.read.records == 0 {
        return ExitCode::FAILURE;
    }
    let worst = report.incidents.iter().map(|incident| incident.severity).max();
    ExitCode::from(match worst {
        None => 0,
        Some(Severity::Info | Severity::Medium) => 10,
        Some(Severity::High) => 20,
        Some(Severity::Critical) => 30,
    })
}

/// Everything but the output.
fn investigate(asked: &Investigate) -> Result<Report, Failed> {
    let inputs = Input::gather(&asked.paths)?;
    let wanted = Wanted {
        since: asked.since.as_deref().map(time).transpose()?,
        until: asked.until.as_deref().map(time).transpose()?,
        users: asked.user.iter().map(|user| user.to_lowercase()).collect(),
        least: asked.min_severity.severity(),
    };
    if let Some(folder) = &asked.to_parquet {
        Archive::prepare(folder)?;
    }
    // Read now, so that a mistake in it is told before an hour's work and not after.
    let read_policy = || asked.policy.as_deref().map_or_else(|| Ok(Policy::default()), Policy::read);
    read_policy()?;
    let atlas = Atlas::read(asked.networks.as_deref(), asked.places.as_deref())?;
    let bytes = inputs.iter().map(|input| input.size).sum::<Option<u64>>();
    let progress = Progress::new(bytes, !asked.quiet, atlas);
    let limits = Limits {
        threads: asked.threads.unwrap_or_else(cores),
        piece: PIECE,
        held: HELD,
        room: Room { bytes: PART, folder: asked.temp.clone().unwrap_or_else(std::env::temp_dir) },
    };
    let begin = || Taker {
        watch: Watch::new(read_policy().unwrap_or_default()),
        archive: asked.to_parquet.as_deref().map(|folder| Archive::new(folder, progress.shared())),
        until: wanted.until,
        records_only: asked.records_only,
    };
    let (taker, ran) = run::run(&inputs, &limits, &progress, &begin)?;
    progress.end();
    set_aside(asked.rejects.as_deref(), &ran)?;
    let written =
        taker.archive.map(|archive| archive.finish(&beside(&ran), asked.records_only)).transpose()?;
    let (incidents, forgotten) = taker.watch.finish(&wanted);
    let run = Run {
        endings: &ran.endings,
        late: ran.late,
        since: wanted.since,
        until: wanted.until,
        forgotten: forgotten.iter().map(|(_, many)| many).sum(),
    };
    let blind_spots = spots(&ran.tally, &run);
    Ok(Report { version: 1, read: read_up(&ran), blind_spots, incidents, forgotten, written })
}

/// What takes the records: the detectors, and the files that they are written into.
struct Taker {
    watch: Watch,
    archive: Option<Archive>,
    until: Option<Time>,
    records_only: bool,
}

impl Taker {
    fn wants(&self, seen: &Seen) -> bool {
        self.until.is_none_or(|until| seen.event.at <= until)
    }
}

impl Sink for Taker {
    fn read(&mut self, seen: &Seen) {
        if self.wants(seen)
            && let Some(archive) = &mut self.archive
        {
            archive.push(seen);
        }
    }

    fn observe(&mut self, seen: Seen) {
        if self.wants(&seen) && !self.records_only {
            self.watch.observe(seen.event);
        }
    }
}

/// What was read beside the records.
fn beside(ran: &Ran) -> Beside {
    let broken = |ending: &source::Ending| {
        let why = ending.broken.clone().map(|why| (ending.name.clone(), why));
        ending.were_broken.iter().cloned().chain(why).collect::<Vec<_>>()
    };
    Beside {
        other: ran.tally.other,
        bad: ran.tally.bad,
        half_written: ran.tally.half_written,
        ambiguous: ran.tally.ambiguous,
        capped: capped(&ran.endings),
        broken: ran.endings.iter().flat_map(broken).collect(),
        narrowed: blind::narrowed(&ran.endings),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A time as somebody types it: a date, or a date and a time, in UTC unless it says otherwise.
fn time(text: &str) -> Result<Time, Failed> {
    match Moment::parse(text, DateOrder::default()) {
        Some(moment) if !moment.ambiguous => Ok(Time::from_micros(moment.micros)),
        _ => Err(Failed(format!("{text}: give a time as 2026-09-01 or 2026-09-01T08:00:00Z"))),
    }
}

fn read_up(ran: &Ran) -> ReadUp {
    let all = ran.tally.all();
    let mut inputs: Vec<ReadInput> = ran
        .endings
        .iter()
        .map(|ending| ReadInput {
            name: ending.name.clone(),
            records: ending.events,
            problem: ending
                .broken
                .clone()
                .or_else(|| ending.unknown.then(|| "nothing in it is known here".to_owned())),
        })
        .collect();
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    let bad =
        ran.endings.iter().flat_map(|ending| ending.tally.first_bad.iter().map(|bad| (&ending.name, bad)));
    ReadUp {
        inputs,
        formats: ran
            .tally
            .formats
            .iter()
            .map(|(format, of)| ReadFormat {
                format: format.code(),
                name: format.name(),
                sign_ins: of.sign_ins,
                acts: of.acts,
            })
            .collect(),
        from: ran.tally.span.map(|(from, _)| from.to_string()),
        to: ran.tally.span.map(|(_, to)| to.to_string()),
        records: ran.tally.records(),
        sign_ins: all.sign_ins,
        acts: all.acts,
        repeated: ran.repeated,
        told_twice: ran.twins,
        other: ran.tally.other,
        bad: ran.tally.bad,
        first_bad: bad
            .take(tally::MOST_BAD)
            .map(|(name, bad)| BadRow {
                input: name.clone(),
                at_byte: bad.at,
                why: bad.why.clone(),
                row: visible(&String::from_utf8_lossy(bad.row.get(..160).unwrap_or(&bad.row)))
                    .replace('\n', " "),
            })
            .collect(),
        sorted: ran.sorted,
    }
}

/// Writes the rows that could not be read into a file.
fn set_aside(file: Option<&Path>, ran: &Ran) -> Result<(), Failed> {
    let Some(path) = file else { return Ok(()) };
    let mut to = BufWriter::new(File::create(path)?);
    for bad in ran.endings.iter().flat_map(|ending| &ending.tally.first_bad) {
        to.write_all(&bad.row)?;
        to.write_all(b"\n")?;
    }
    Ok(to.flush()?)
}

/// Writes the files that were asked for.
fn write_files(asked: &Investigate, report: &Report) -> Result<(), Failed> {
    type Writer = fn(&Report) -> Result<String, Failed>;
    let files: [(&Option<std::path::PathBuf>, Writer); 4] = [
        (&asked.html, |report| Ok(output::html::page(report))),
        (&asked.csv, |report| Ok(output::csv::table(report))),
        (&asked.timesketch, output::timesketch::lines),
        (&asked.ocsf, output::ocsf::lines),
    ];
    for (path, write) in files {
        if let Some(path) = path {
            let text = write(report)?;
            std::fs::write(path, text).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
        }
    }
    Ok(())
}
