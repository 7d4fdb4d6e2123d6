//! `bidden password breached`: builds the list of breached passwords, and looks into it. Needs no installation.

mod hidden;

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use flow::password::breached::build::{self, Plan};
use flow::password::breached::{Breached, Facts};
use flow::password::{Password, Unusable};
use serde_json::json;
use store::copy::{Progress, Stage};

use crate::cli::Breached as Action;
use crate::commands::print;
use crate::commands::store::progress::Bar;
use crate::{Failed, clock};

pub(crate) fn run(action: Action) -> Result<(), Failed> {
    match action {
        Action::Build { input, output, min_count, partial, force, json } => {
            if output.exists() && !force {
                return Err(Failed(format!(
                    "{} is there already. Name another file, or add --force to replace it",
                    output.display()
                )));
            }
            let plan = Plan { least_count: min_count, built_at: clock::now(), partial };
            make(&input, &output, plan, json)
        }
        Action::Check { file, json } => check(&file, json),
        Action::Info { file, full, json } => info(&file, full, json),
    }
}

/// What the bar says is being worked on.
const LIST: &str = "breached passwords";

fn make(input: &Path, output: &Path, plan: Plan, json: bool) -> Result<(), Failed> {
    let mut bar = Bar::new();
    let made = build::build(input, output, plan, &mut |progress| {
        let build::Progress { done, of } = progress;
        bar.tell(Progress { stage: Stage::Writing, table: LIST, done, of })
    });
    bar.end();
    let made = made?;
    let facts = Breached::open(output)?.facts();
    if json {
        let mut line = as_json(output, &facts);
        if let Some(object) = line.as_object_mut() {
            object.insert("lines".to_owned(), made.lines.into());
            object.insert("rare".to_owned(), made.rare.into());
            object.insert("missing_ranges".to_owned(), made.missing.into());
        }
        return print(&format!("{line}\n"));
    }
    let mut out = told(output, &facts)?;
    writeln!(out, "of {} lines {} were left out as too rare, in {} s", made.lines, made.rare, bar.seconds())?;
    if made.missing > 0 {
        writeln!(out, "{} of 1,048,576 ranges were missing: their passwords are not in it", made.missing)?;
    }
    writeln!(out, "\nName it in the setting `password.breached_file`, and start the server again.")?;
    print(&out)
}

fn check(file: &Path, json: bool) -> Result<(), Failed> {
    let list = Breached::open(file)?;
    let typed = hidden::line("Password to look for: ")?;
    let password = Password::read(&typed).map_err(|unusable| {
        Failed(
            match unusable {
                Unusable::Empty => "no password was typed",
                Unusable::TooLong => "this is more than 256 characters or 1,024 bytes, and no password here",
                Unusable::Control => "this has a character that no keyboard writes, and is no password here",
            }
            .to_owned(),
        )
    })?;
    let listed = list.holds(&password)?;
    if json {
        return print(&format!("{}\n", json!({"listed": listed})));
    }
    print(if listed {
        "This password is on the list: it was found in a breach. Nobody may choose it.\n"
    } else {
        "This password is not on the list.\n"
    })
}

fn info(file: &Path, full: bool, json: bool) -> Result<(), Failed> {
    let list = Breached::open(file)?;
    let facts = list.facts();
    if full {
        let mut bar = Bar::new();
        let whole = list.look_at_all(&mut |done| {
            // Whoever looks at all of it is not stopped by a bar.
            let _: ControlFlow<()> =
                bar.tell(Progress { stage: Stage::Verifying, table: LIST, done, of: facts.records });
        });
        bar.end();
        whole?;
    }
    if json {
        let mut line = as_json(file, &facts);
        if let Some(object) = line.as_object_mut() {
            object.insert("whole".to_owned(), full.then_some(true).into());
        }
        return print(&format!("{line}\n"));
    }
    let mut out = told(file, &facts)?;
    if full {
        writeln!(out, "everything in it is as it was written")?;
    }
    print(&out)
}

fn told(file: &Path, facts: &Facts) -> Result<String, Failed> {
    let Facts { records, least_count, built_at, bytes, one_in } = facts;
    let mut out = format!("{}: {records} passwords, {bytes} bytes, built {built_at}\n", file.display());
    writeln!(out, "each was found {least_count} times or more")?;
    writeln!(out, "one in {one_in} other passwords is taken for one of them")?;
    Ok(out)
}

fn as_json(file: &Path, facts: &Facts) -> serde_json::Value {
    json!({
        "file": file.display().to_string(),
        "passwords": facts.records,
        "min_count": facts.least_count,
        "built_at": facts.built_at.to_string(),
        "bytes": facts.bytes,
        "false_positives_one_in": facts.one_in,
    })
}
