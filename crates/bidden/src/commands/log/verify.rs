//! `bidden log verify`: a line for everything that does not fit, and what was looked at.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flow::sealing::verify::{self, Asked, Broken, Report};
use serde_json::{Value, json};

use super::{LONGEST, UNFIT, keys_of, read};
use crate::commands::{failed, print, store};
use crate::config::settings::Config;
use crate::{Failed, clock};

pub(super) fn run(
    settings: &Config,
    (from, key): (&[PathBuf], Option<&Path>),
    json: bool,
) -> Result<ExitCode, Failed> {
    let keys = key.map(keys_of).transpose()?;
    let kept = from.iter().map(|path| read(path, LONGEST)).collect::<Result<Vec<_>, _>>()?;
    let store = store(settings)?;
    let asked =
        Asked { keys: keys.as_ref(), kept: &kept, now: clock::now(), retention: settings.record.retention };
    let mut failure = None;
    let report = verify::verify(&store, asked, &mut |broken| {
        let line = if json { as_json(&broken).to_string() } else { format!("BROKEN  {}", in_words(&broken)) };
        match print(&format!("{line}\n")) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    let report = report.map_err(|fault| failed(&fault))?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    print(&if json { format!("{}\n", summary(&report)) } else { said(&report, kept.len()) })?;
    Ok(if report.broken == 0 { ExitCode::SUCCESS } else { ExitCode::from(UNFIT) })
}

fn in_words(broken: &Broken) -> String {
    match broken {
        Broken::Missing { n, event } => format!("entry {n} is gone: {event}"),
        Broken::Altered { n, event } => format!("entry {n} is not as it was sealed: {event}"),
        Broken::Displaced { n, event } => format!("entry {n} stands in another place, or twice: {event}"),
        Broken::Inserted { event } => {
            format!("an entry that was never sealed stands among sealed ones: {event}")
        }
        Broken::Future { event } => format!(
            "an entry says that it is of a transaction that nobody has begun yet, so that it is never sealed: {event}"
        ),
        Broken::LeavesGone { from, to } => format!("the leaves of entries {from} to {} are gone", last(*to)),
        Broken::Leaf { n } => format!("the leaf of entry {n} cannot have been written by bidden"),
        Broken::ErasedSilently { n } => format!("entry {n} is erased, and nothing on the record says so"),
        Broken::Erasure { event } => format!("erasure {event} says other entries than those that are erased"),
        Broken::Node { from, to } => {
            format!("the hash over entries {from} to {} is not that of its leaves", last(*to))
        }
        Broken::Root { from, to } => {
            format!("entries {from} to {} are not those that were signed: leaves were altered", last(*to))
        }
        Broken::Checkpoint { size } => {
            format!("the checkpoint of size {size} is not signed by a key that counts")
        }
        Broken::Sequence { size } => {
            format!("the checkpoint of size {size} does not follow the one before it")
        }
        Broken::Beyond { size, sealed } => {
            format!("a checkpoint was signed over {size} entries, and {sealed} are there")
        }
        Broken::KeptBeyond { size, sealed } => format!(
            "the checkpoint that was kept covers {size} entries, and {sealed} are there: the record went back"
        ),
        Broken::KeptForked { size } => format!(
            "the record does not begin with the checkpoint of size {size} that was kept: it was written anew (a fork)"
        ),
        Broken::KeptUnsigned => "the checkpoint that was kept is not signed by a key that counts".to_owned(),
    }
}

const fn last(to: u64) -> u64 {
    to.saturating_sub(1)
}

fn as_json(broken: &Broken) -> Value {
    let (what, more) = match broken {
        Broken::Missing { n, event } => ("missing", json!({"entry": n, "event": event})),
        Broken::Altered { n, event } => ("altered", json!({"entry": n, "event": event})),
        Broken::Displaced { n, event } => ("displaced", json!({"entry": n, "event": event})),
        Broken::Inserted { event } => ("inserted", json!({"event": event})),
        Broken::Future { event } => ("future", json!({"event": event})),
        Broken::LeavesGone { from, to } => ("leaves_gone", json!({"from": from, "to": to})),
        Broken::Leaf { n } => ("leaf", json!({"entry": n})),
        Broken::ErasedSilently { n } => ("erased_silently", json!({"entry": n})),
        Broken::Erasure { event } => ("erasure", json!({"event": event})),
        Broken::Node { from, to } => ("node", json!({"from": from, "to": to})),
        Broken::Root { from, to } => ("root", json!({"from": from, "to": to})),
        Broken::Checkpoint { size } => ("checkpoint", json!({"size": size})),
        Broken::Sequence { size } => ("sequence", json!({"size": size})),
        Broken::Beyond { size, sealed } => ("beyond", json!({"size": size, "sealed": sealed})),
        Broken::KeptBeyond { size, sealed } => ("kept_beyond", json!({"size": size, "sealed": sealed})),
        Broken::KeptForked { size } => ("kept_forked", json!({"size": size})),
        Broken::KeptUnsigned => ("kept_unsigned", json!({})),
    };
    json!({"broken": what, "where": more})
}

fn summary(report: &Report) -> Value {
    json!({
        "sealed": report.sealed,
        "verified": report.verified,
        "forgotten": report.forgotten,
        "erased": report.erased,
        "not_under_a_checkpoint": report.uncovered,
        "not_sealed": report.unsealed,
        "checkpoints": report.checkpoints,
        "newest": report.newest.as_ref().map(|newest| json!({
            "size": newest.size,
            "root": wire::token::hex(&newest.root),
            "at": wire::rfc3339::write(newest.at),
        })),
        "kept_too_old": report.too_old,
        "broken": report.broken,
    })
}

fn said(report: &Report, kept: usize) -> String {
    let mut out = format!(
        "{} entries were sealed: {} are as they were sealed, {} went by retention, {} were erased as the record says.\n",
        report.sealed, report.verified, report.forgotten, report.erased
    );
    out.push_str(&match &report.newest {
        Some(newest) => format!(
            "{} checkpoints fit. The newest covers {} entries and was signed at {}.\n",
            report.checkpoints,
            newest.size,
            wire::rfc3339::write(newest.at)
        ),
        None => "No checkpoint fits, or there is none: nothing is proven.\n".to_owned(),
    });
    out.push_str(&format!(
        "Not proven yet: {} entries that are sealed and not under a checkpoint, {} that are not sealed.\n",
        report.uncovered, report.unsealed
    ));
    if report.too_old > 0 {
        out.push_str(&format!(
            "{} checkpoints that were kept are older than what the record still knows in full; they were not compared.\n",
            report.too_old
        ));
    }
    if kept == 0 {
        out.push_str(
            "No kept checkpoint was given (--from): a record that was written anew as a whole, by somebody who has its key, \
             would look like this too.\n",
        );
    }
    out.push_str(&match report.broken {
        0 => "Nothing is broken.\n".to_owned(),
        count => format!("{count} things are broken.\n"),
    });
    out
}
