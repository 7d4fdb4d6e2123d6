//! `bench tenant`: the logs of an organisation that does not exist, with attacks among them, to measure detectors and readers
//! on. The same seed gives the same logs everywhere. Written from detection.md, "Datasets at scale"; nobody's data is in it.

pub(crate) mod attacks;
pub(crate) mod chance;
pub(crate) mod draft;
mod labels;
pub(crate) mod names;
pub(crate) mod options;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod routine;
pub(crate) mod stream;
pub(crate) mod world;
pub(crate) mod write;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use crate::trouble::Trouble;

use draft::{Change, Draft, Line};
use names::Names;
use options::{Options, Shape};
use stream::{Stream, Wanted};
use write::{Azure, Clock, Version};

/// So much is written at once.
const CHUNK: usize = 1 << 20;

/// Writes what was asked for. Whether it is whole.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let begun = Instant::now();
    let wanted = options.wanted();
    let (stream, incidents) = Stream::new(&wanted);
    let most = options.events.unwrap_or(u64::MAX);
    if options.out.as_os_str() == "-" {
        let (lines, bytes) =
            azure(stream, Names::new(wanted.seed), most, &mut io::stdout().lock(), &mut |_, _| Ok(()))?;
        told(lines, bytes, begun);
        return Ok(true);
    }
    std::fs::create_dir_all(&options.out).map_err(Trouble::system("making the directory"))?;
    let labels = labels::begin(&options.out)?;
    labels::incidents(&options.out, &incidents)?;
    let mut labels = BufWriter::new(labels);
    let names = Names::new(wanted.seed);
    let mut label = |number: u64, line: &Line| labels::label(&mut labels, names, &incidents, number, line);
    if options.shapes.iter().any(|shape| *shape != Shape::Azure) {
        // The other shapes want everything at once: the newest comes first in them.
        let all: Vec<(u64, Line)> = stream.take(usize::try_from(most).unwrap_or(usize::MAX)).collect();
        for (number, line) in &all {
            label(*number, line)?;
        }
        for shape in &options.shapes {
            whole(&options.out, names, *shape, &all)?;
        }
        return Ok(true);
    }
    let mut to = create(&options.out, Shape::Azure.file())?;
    let (lines, bytes) = azure(stream, names, most, &mut to, &mut label)?;
    told(lines, bytes, begun);
    Ok(true)
}

fn told(lines: u64, bytes: u64, begun: Instant) {
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    eprintln!(
        "{lines} lines, {} MB, {} s: {} lines and {} MB a second",
        bytes / 1_000_000,
        millis / 1000,
        lines * 1000 / millis,
        bytes / 1000 / millis
    );
}

fn create(directory: &Path, name: &str) -> Result<File, Trouble> {
    File::create(directory.join(name)).map_err(Trouble::system(format!("making {name}")))
}

/// What is done with each line beside writing it.
type Beside<'a> = &'a mut dyn FnMut(u64, &Line) -> Result<(), Trouble>;

/// Writes at most so many lines of a tenant in the shape of Azure Monitor. How many, and how long they were.
///
/// # Errors
/// They cannot be written.
pub(crate) fn write_to(wanted: &Wanted, most: u64, to: &mut dyn Write) -> Result<(u64, u64), Trouble> {
    let (stream, _) = Stream::new(wanted);
    azure(stream, Names::new(wanted.seed), most, to, &mut |_, _| Ok(()))
}

/// Streams lines in the shape of Azure Monitor. How many, and how long they were.
fn azure(
    stream: Stream,
    names: Names,
    most: u64,
    to: &mut dyn Write,
    beside: Beside<'_>,
) -> Result<(u64, u64), Trouble> {
    let mut writer = Azure::new(names);
    let mut out: Vec<u8> = Vec::with_capacity(CHUNK + 8192);
    let (mut lines, mut bytes) = (0, 0);
    let mut flush = |out: &mut Vec<u8>| {
        bytes += u64::try_from(out.len()).unwrap_or(0);
        let written = to.write_all(out).map_err(Trouble::system("writing"));
        out.clear();
        written
    };
    for (number, line) in stream {
        if lines >= most {
            break;
        }
        writer.write(&mut out, number, &line);
        beside(number, &line)?;
        lines += 1;
        if out.len() >= CHUNK {
            flush(&mut out)?;
        }
    }
    flush(&mut out)?;
    Ok((lines, bytes))
}

/// One file of another shape.
fn whole(directory: &Path, names: Names, shape: Shape, all: &[(u64, Line)]) -> Result<(), Trouble> {
    let mut clock = Clock::default();
    let mut out = Vec::new();
    let sign_ins = || {
        all.iter().rev().filter_map(|(number, line)| match line {
            Line::SignIn(draft) => Some((*number, draft)),
            Line::Change(_) => None,
        })
    };
    match shape {
        Shape::Azure => {
            let mut writer = Azure::new(names);
            all.iter().for_each(|(number, line)| writer.write(&mut out, *number, line));
        }
        Shape::Beta => {
            graph(&mut out, (names, &mut clock), sign_ins(), Version::Beta);
        }
        Shape::One => {
            graph(
                &mut out,
                (names, &mut clock),
                sign_ins().filter(|(_, draft)| draft.interactive),
                Version::One,
            );
        }
        Shape::Portal => {
            out.extend_from_slice(write::portal_header().as_bytes());
            sign_ins()
                .for_each(|(number, draft)| write::portal(&mut out, (names, &mut clock), number, draft));
        }
        Shape::Unified => {
            out.extend_from_slice(write::unified_header().as_bytes());
            all.iter()
                .rev()
                .for_each(|(number, line)| write::unified(&mut out, (names, &mut clock), *number, line));
        }
        Shape::Audits => {
            let changes: Vec<(u64, Change)> = all
                .iter()
                .filter_map(|(number, line)| match line {
                    Line::Change(change) => Some((*number, *change)),
                    Line::SignIn(_) => None,
                })
                .collect();
            out = write::audits(names, &changes);
        }
    }
    let name = shape.file();
    create(directory, name)?.write_all(&out).map_err(Trouble::system(format!("writing {name}")))
}

/// An answer of Graph, the newest first.
fn graph<'a>(
    out: &mut Vec<u8>,
    (names, clock): (Names, &mut Clock),
    drafts: impl Iterator<Item = (u64, &'a Draft)>,
    version: Version,
) {
    out.extend_from_slice(b"{\"value\":[");
    for (place, (number, draft)) in drafts.enumerate() {
        if place > 0 {
            out.extend_from_slice(b",\n");
        }
        write::properties(out, (names, clock), number, draft, version);
    }
    out.extend_from_slice(b"]}\n");
}

#[cfg(test)]
mod tests;
