//! `bidden account import`: checks all of a file against the store, and then opens its accounts in batches.
//!
//! One row that is wrong stops everything before anything was written, unless `--skip-bad` says to go on without it. What
//! was interrupted is begun again with the same file: accounts that are there are passed over.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use flow::Store;
use flow::by::By;
use flow::import::{self, Check, Found, New, Wrong};
use serde_json::json;

use super::rows::{Line, Rows, form};
use crate::Failed;
use crate::cli::{AccountForm, Import};
use crate::commands::store::progress::{Bar, Step};
use crate::commands::{complain, cx, failed, print, visible};
use crate::config::settings::Config;

/// How many rows are checked in one look at the store.
const AT_ONCE: usize = 500;
/// How many wrong rows are told; the rest is counted.
const TOLD: usize = 100;

/// Where rows come from: a file is read twice, standard input is kept.
enum Place {
    File(PathBuf, u64),
    Held(Vec<u8>),
}

impl Place {
    fn open(path: &Path) -> Result<Self, Failed> {
        if path == Path::new("-") {
            let mut held = Vec::new();
            std::io::stdin().read_to_end(&mut held)?;
            return Ok(Self::Held(held));
        }
        let length = File::open(path).and_then(|file| file.metadata());
        let length = length.map_err(|error| unreadable(path, &error))?.len();
        Ok(Self::File(path.to_owned(), length))
    }

    fn rows(&self, form: AccountForm) -> Result<Rows<Box<dyn Read + '_>>, Failed> {
        let from: Box<dyn Read + '_> = match self {
            Self::File(path, _) => Box::new(File::open(path).map_err(|error| unreadable(path, &error))?),
            Self::Held(bytes) => Box::new(Cursor::new(bytes)),
        };
        Ok(Rows::new(from, form))
    }

    fn length(&self) -> u64 {
        match self {
            Self::File(_, length) => *length,
            Self::Held(bytes) => u64::try_from(bytes.len()).unwrap_or(0),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::File(path, _) => visible(&path.display().to_string()),
            Self::Held(_) => "standard input".to_owned(),
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failed {
    Failed(format!("cannot read {}: {error}", path.display()))
}

/// What the check has found.
#[derive(Default)]
struct Counts {
    rows: u64,
    new: u64,
    exist: u64,
    wrong: u64,
}

pub(super) fn run(settings: &Config, store: &Store, options: &Import) -> Result<(), Failed> {
    let Some(form) = form(options.format, Some(options.file.as_path())) else {
        return Err(Failed("say with --format whether it is `jsonl` or `csv`".to_owned()));
    };
    let place = Place::open(&options.file)?;
    let mut bar = Bar::new();
    let counts = check(settings, store, (&place, form), &mut bar)?;
    bar.end();
    if counts.wrong > 0 && !options.skip_bad {
        let Counts { rows, wrong, .. } = counts;
        return Err(Failed(format!(
            "nothing was written: {wrong} of {rows} rows cannot be used. Mend them, or add --skip-bad to leave them out"
        )));
    }
    let opened = if options.dry_run || counts.new == 0 {
        0
    } else {
        write(settings, store, (&place, form), (&counts, &mut bar))?
    };
    bar.end();
    print(&told(&counts, opened, options, bar.seconds())?)
}

/// Calls `each` with what every row comes to, a few hundred at a time.
fn walk(
    settings: &Config,
    store: &Store,
    (place, form): (&Place, AccountForm),
    each: &mut dyn FnMut(Vec<(u64, Found)>, u64) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut check = Check::new(store, &cx(settings));
    let mut rows = place.rows(form)?;
    loop {
        let (mut fit, mut unfit) = (Vec::new(), Vec::new());
        while fit.len() < AT_ONCE {
            match rows.next()? {
                None => break,
                Some(Line { number, row: Ok(row) }) => fit.push((number, row)),
                Some(Line { number, row: Err(wrong) }) => unfit.push((number, Found::Wrong(wrong))),
            }
        }
        let over = fit.len() < AT_ONCE;
        let mut found = check.rows(store, fit).map_err(|fault| failed(&fault))?;
        found.extend(unfit);
        found.sort_by_key(|(number, _)| *number);
        each(found, rows.bytes)?;
        if over {
            return Ok(());
        }
    }
}

fn check(
    settings: &Config,
    store: &Store,
    (place, form): (&Place, AccountForm),
    bar: &mut Bar,
) -> Result<Counts, Failed> {
    let (mut counts, mut told) = (Counts::default(), 0);
    let (name, of) = (place.name(), place.length());
    walk(settings, store, (place, form), &mut |found, done| {
        for (number, found) in found {
            counts.rows += 1;
            match found {
                Found::New(_) => counts.new += 1,
                Found::Exists => counts.exist += 1,
                Found::Wrong(wrong) => {
                    counts.wrong += 1;
                    told += 1;
                    if told <= TOLD {
                        bar.end();
                        wrong.iter().for_each(|one| complain(&complaint(&name, number, one)));
                    }
                }
            }
        }
        bar.show(Step { doing: "checking", what: &name, done, of, unit: "bytes" });
        Ok(())
    })?;
    if told > TOLD {
        bar.end();
        complain(&format!("{name}: {} more rows are wrong", told - TOLD));
    }
    Ok(counts)
}

fn complaint(name: &str, number: u64, wrong: &Wrong) -> String {
    let field = if wrong.field.is_empty() { String::new() } else { format!("{}: ", wrong.field) };
    format!("{name}:{number}: {field}expected {}", wrong.what)
}

/// Opens the accounts; says how many.
fn write(
    settings: &Config,
    store: &Store,
    (place, form): (&Place, AccountForm),
    (counts, bar): (&Counts, &mut Bar),
) -> Result<u64, Failed> {
    let (mut opened, mut looked_at, mut held) = (0, 0, Vec::new());
    let mut put = |batch: Vec<Box<New>>| -> Result<(), Failed> {
        looked_at += u64::try_from(batch.len()).unwrap_or(0);
        opened += batched(settings, store, &batch)?;
        bar.show(Step {
            doing: "opening",
            what: "accounts",
            done: looked_at,
            of: counts.new,
            unit: "accounts",
        });
        Ok(())
    };
    walk(settings, store, (place, form), &mut |found, _| {
        for (_, found) in found {
            if let Found::New(new) = found {
                held.push(new);
                if held.len() == import::BATCH {
                    put(std::mem::take(&mut held))?;
                }
            }
        }
        Ok(())
    })?;
    put(std::mem::take(&mut held))?;
    Ok(opened)
}

fn batched(settings: &Config, store: &Store, batch: &[Box<New>]) -> Result<u64, Failed> {
    let mut cx = cx(settings);
    let prepared: Result<Vec<_>, _> = batch.iter().map(|new| import::prepare(store, &mut cx, new)).collect();
    let prepared = prepared.map_err(|fault| failed(&fault))?;
    let opened = store.write_now(move |tx| import::commit(tx, &mut cx, &prepared, &By::COMMAND));
    let opened = opened.map_err(|fault| {
        Failed(format!(
            "{}\nWhat was opened before stays. Run the same command again: it goes on where it stopped",
            fault.chain()
        ))
    })?;
    Ok(u64::try_from(opened).unwrap_or(0))
}

fn told(counts: &Counts, opened: u64, options: &Import, seconds: u64) -> Result<String, Failed> {
    let Counts { rows, new, exist, wrong } = *counts;
    if options.json {
        let line = json!({
            "rows": rows,
            "new": new,
            "exist": exist,
            "wrong": wrong,
            "opened": opened,
            "dry_run": options.dry_run,
            "seconds": seconds,
        });
        return Ok(format!("{line}\n"));
    }
    let mut out = String::new();
    if options.dry_run {
        writeln!(out, "{rows} rows: {new} accounts could be opened. Nothing was written")?;
    } else {
        writeln!(out, "{rows} rows: {opened} accounts were opened, in {seconds} s")?;
    }
    if exist > 0 {
        writeln!(out, "{exist} are here already and are left as they are")?;
    }
    if wrong > 0 {
        writeln!(out, "{wrong} were left out, for the reasons above")?;
    }
    if opened < new && !options.dry_run {
        writeln!(out, "{} were opened by somebody else meanwhile", new - opened)?;
    }
    Ok(out)
}
