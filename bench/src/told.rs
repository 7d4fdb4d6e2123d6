//! What every measurement does in the end: say what it found, and how busy the machine was.

use std::fmt::Display;

use serde::Serialize;

use crate::trouble::Trouble;

/// Prints a report, as JSON or as tables.
///
/// # Errors
/// A report that cannot be written as JSON.
pub(crate) fn report(report: &(impl Serialize + Display), json: bool) -> Result<(), Trouble> {
    if json {
        let text = serde_json::to_string_pretty(report);
        println!("{}", text.map_err(|error| Trouble::Unexpected(error.to_string()))?);
    } else {
        println!("{report}");
    }
    Ok(())
}

/// The three load averages of the machine.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
