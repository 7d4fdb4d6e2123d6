//! `bidden store migrate`: everything to another store, while the server runs; the last pass once it has ended.

use std::fmt::Write as _;
use std::path::PathBuf;

use flow::Store;
use serde_json::json;
use store::copy::marks::{self, Standing};
use store::copy::{self, Copied};

use super::place::{self, Other};
use super::progress::Bar;
use crate::commands::{failed, print, visible};
use crate::config::settings::Config;
use crate::{Failed, installation};

/// What came of it.
struct Outcome {
    copied: Vec<Copied>,
    /// Whether nothing can have changed since, so that the other store can take over.
    finished: bool,
    /// What the last pass changed, and how long it took.
    last: (u64, u64),
}

pub(crate) fn run(
    settings: &Config,
    (to, to_file): (Option<String>, Option<PathBuf>),
    keep_source: bool,
    json: bool,
) -> Result<(), Failed> {
    let to = match (to, to_file) {
        (Some(to), _) => to,
        (None, Some(file)) => std::fs::read_to_string(&file)
            .map_err(|error| Failed(format!("cannot read {}: {error}", file.display())))?
            .trim()
            .to_owned(),
        (None, None) => return Err(Failed("say where to, with --to".to_owned())),
    };
    let source = installation::find_any(settings)?;
    let keys = place::keys(settings)?;
    let other = place::other(settings, &to, keys)?;
    let (from, to) = (source.place_in_words(), other.store.place_in_words());
    match source.read(marks::standing).map_err(|fault| failed(&fault))? {
        Standing::Own | Standing::Copied(_) => {}
        Standing::Moved(there) => {
            return Err(Failed(format!(
                "what was in {from} was moved to {there} already, and goes on there"
            )));
        }
        Standing::Unfinished(of) => {
            return Err(Failed(format!(
                "{from} is itself an unfinished copy, of {of}. Finish that one first"
            )));
        }
    }
    if !json {
        print(&format!("from  {}\nto    {}\n", visible(&from), visible(&to)))?;
    }
    let outcome = passes(settings, &source, &other, keep_source)?;
    if json {
        return print(&format!("{}\n", as_json(&from, &to, &outcome)));
    }
    print(&told(settings, (&from, &to), (&other, keep_source), &outcome)?)
}

/// As many passes as it takes: one when nobody works on the source, else one for all and one for what has changed.
fn passes(settings: &Config, source: &Store, other: &Other, keep_source: bool) -> Result<Outcome, Failed> {
    let before = place::quiet(settings, source)?;
    let (mut copied, mut seconds) = pass(source, &other.store)?;
    let mut last = copied.iter().map(|copied| copied.changed).sum();
    let quiet = match before {
        Some(quiet) => Some(quiet),
        None => {
            // It may have ended meanwhile.
            let quiet = place::quiet(settings, source)?;
            (copied, seconds) = pass(source, &other.store)?;
            last = copied.iter().map(|copied| copied.changed).sum();
            quiet
        }
    };
    let mut finished = quiet.is_some();
    if finished && source.is_shared() {
        finished = place::quiet(settings, source)?.is_some();
    }
    if finished && !keep_source {
        let place = other.store.place_in_words();
        marks::mark_as_moved(source, &place).map_err(|fault| failed(&fault))?;
        if source.is_shared() && place::quiet(settings, source)?.is_none() {
            // A node was starting at this very moment.
            marks::unmark_as_moved(source).map_err(|fault| failed(&fault))?;
            finished = false;
        }
    }
    Ok(Outcome { copied, finished, last: (last, seconds) })
}

fn pass(source: &Store, target: &Store) -> Result<(Vec<Copied>, u64), Failed> {
    let mut bar = Bar::new();
    let copied = copy::copy(source, target, &mut |progress| bar.tell(progress));
    bar.end();
    Ok((copied.map_err(|fault| failed(&fault))?, bar.seconds()))
}

fn told(
    settings: &Config,
    (from, to): (&str, &str),
    (other, keep_source): (&Other, bool),
    outcome: &Outcome,
) -> Result<String, Failed> {
    let mut out = String::from("\ntable            rows  SHA-256 of them, the same on both sides\n");
    for Copied { sum, .. } in &outcome.copied {
        let digest = wire::token::hex(&sum.digest);
        writeln!(out, "{:<14} {:>6}  {}", sum.table, sum.rows, digest)?;
    }
    let (changed, seconds) = outcome.last;
    if !outcome.finished {
        let changed = match changed {
            0 => "nothing had changed meanwhile".to_owned(),
            1 => "1 row had changed meanwhile and was brought over as well".to_owned(),
            many => format!("{many} rows had changed meanwhile and were brought over as well"),
        };
        writeln!(
            out,
            "\nThe server works on: {changed}. Stop it and run this again\nto finish, which takes about {seconds} s."
        )?;
        return Ok(out);
    }
    if keep_source {
        writeln!(out, "\n{} is a copy of {} as it is now. Both can be used, and go apart.", to, from)?;
        return Ok(out);
    }
    writeln!(
        out,
        "\nDone. {from} is marked as moved: no server starts from it any more. Now change the setting:"
    )?;
    writeln!(out, "\n  {}\n", other.setting)?;
    let keys = installation::keys_path(settings);
    match &other.directory {
        Some(directory) if settings.keys_file.is_none() && *directory != settings.data_dir => writeln!(
            out,
            "The key file stays where it is. The new directory needs it too: cp -p {} {}",
            keys.display(),
            directory.join("keys").display()
        )?,
        _ => writeln!(out, "The key file stays where it is: {}", keys.display())?,
    }
    Ok(out)
}

fn as_json(from: &str, to: &str, outcome: &Outcome) -> serde_json::Value {
    let (changed, seconds) = outcome.last;
    let tables: Vec<_> = outcome
        .copied
        .iter()
        .map(|Copied { sum, changed }| {
            let sha256 = wire::token::hex(&sum.digest);
            json!({"table": sum.table, "rows": sum.rows, "sha256": sha256, "changed": changed})
        })
        .collect();
    json!({
        "from": from,
        "to": to,
        "finished": outcome.finished,
        "changed_in_last_pass": changed,
        "last_pass_seconds": seconds,
        "tables": tables,
    })
}
