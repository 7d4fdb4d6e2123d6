//! The result as people read it, or as JSON.

use serde::Serialize;

use super::options::Options;
use super::score::{Part, Tally};
use crate::trouble::Trouble;

/// One row as JSON has it.
#[derive(Serialize)]
struct Row<'a> {
    tally: &'a Tally,
    recall: Option<Part>,
    precision: Option<Part>,
    wrong_per_thousand_days: f64,
    median_delay_records: Option<usize>,
    median_delay_seconds: Option<i64>,
}

/// Prints the tallies of one set of variants over so many days of a person.
pub(super) fn print(
    options: &Options,
    name: &str,
    days: u64,
    (ours, theirs): (&[Tally], &[Tally]),
) -> Result<(), Trouble> {
    if options.json {
        let rows: Vec<Row<'_>> = ours.iter().chain(theirs).map(|tally| row(tally, days)).collect();
        let text = serde_json::to_string(
            &serde_json::json!({ "set": name, "days": days, "options": options, "rows": rows }),
        );
        println!("{}", text.map_err(|error| Trouble::Unexpected(error.to_string()))?);
        return Ok(());
    }
    println!("\n{name}: {days} days of a person, export {:?}\n", options.export);
    println!(
        "{:<44} {:>9} {:>18} {:>18} {:>12} {:>16}",
        "", "incidents", "recall", "precision", "wrong/1,000", "median delay"
    );
    for tally in ours.iter().chain(theirs) {
        let delay = tally
            .median_delay()
            .map_or_else(String::new, |(records, seconds)| format!("{records} records, {seconds} s"));
        println!(
            "{:<44} {:>9} {:>18} {:>18} {:>12.2} {:>16}",
            tally.name,
            tally.there,
            Part::text(tally.recall()),
            Part::text(tally.precision()),
            tally.wrong_per_thousand(days),
            delay
        );
        if options.list {
            list(options, tally);
        }
    }
    Ok(())
}

fn list(options: &Options, tally: &Tally) {
    let variants: Vec<String> =
        tally.variants.iter().map(|(name, (there, found))| format!("{name} {found}/{there}")).collect();
    println!("    {}", variants.join(", "));
    if options.wrong > 0 && !tally.missed.is_empty() {
        let missed: Vec<&str> = tally.missed.iter().take(8).map(String::as_str).collect();
        println!("    missed: {}", missed.join(", "));
    }
    for wrong in tally.wrongly.iter().take(usize::from(options.wrong)) {
        println!("    wrong: {wrong}");
    }
}

fn row(tally: &Tally, days: u64) -> Row<'_> {
    let delay = tally.median_delay();
    Row {
        tally,
        recall: tally.recall(),
        precision: tally.precision(),
        wrong_per_thousand_days: tally.wrong_per_thousand(days),
        median_delay_records: delay.map(|(records, _)| records),
        median_delay_seconds: delay.map(|(_, seconds)| seconds),
    }
}
