//! `bidden store check`: one line for each rule, and a failure if any is broken.

use std::fmt::Write as _;

use flow::Store;
use flow::lease::Job;
use serde_json::json;
use store::check::{self, Asked, Finding};
use store::copy::marks::Standing;

use crate::commands::{complain, failed, print, visible};
use crate::config::settings::Config;
use crate::{Failed, clock, installation};

pub(crate) fn run(settings: &Config, full: bool, json: bool) -> Result<(), Failed> {
    let store = installation::find_any(settings)?;
    match check::standing(&store).map_err(|fault| failed(&fault))? {
        Standing::Own | Standing::Copied(_) => {}
        Standing::Moved(to) => complain(&format!("note: this store was moved to {to}; what is here is old")),
        Standing::Unfinished(from) => {
            return Err(Failed(format!(
                "this store is an unfinished copy of {from}: run that copy again first"
            )));
        }
    }
    let found = look(&store, full)?;
    let mut out = String::new();
    for finding in &found {
        let Finding { name, meaning, broken, examples } = finding;
        if json {
            let line = json!({"rule": name, "meaning": meaning, "broken": broken, "examples": examples});
            writeln!(out, "{line}")?;
        } else if *broken == 0 {
            writeln!(out, "holds   {name}: {meaning}")?;
        } else {
            writeln!(out, "BROKEN  {name}: {meaning}")?;
            writeln!(out, "        {broken} times, for example {}", visible(&examples.join(", ")))?;
        }
    }
    print(&out)?;
    match broken(&found) {
        0 => Ok(()),
        count => Err(Failed(format!(
            "{count} of {} rules are broken. The server may go on; please report what is said above: it is an error of \
             bidden or of the disk",
            found.len()
        ))),
    }
}

/// Looks at all rules.
pub(crate) fn look(store: &Store, full: bool) -> Result<Vec<Finding>, Failed> {
    let jobs = Job::ALL.map(Job::name);
    check::check(store, Asked { now: clock::now(), jobs: &jobs, full }).map_err(|fault| failed(&fault))
}

/// How many rules are broken.
pub(crate) fn broken(found: &[Finding]) -> usize {
    found.iter().filter(|finding| finding.broken > 0).count()
}
