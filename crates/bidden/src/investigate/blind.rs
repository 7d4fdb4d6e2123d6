//! What an export cannot show: said first, and part of every answer. Nothing is called clean that could not be seen.

use model::time::{DAY, HOUR, Time};
use serde::Serialize;
use wire::columnar::Narrowed;
use wire::foreign::Format;

use super::source::Ending;
use super::tally::{OfFormat, Tally};

/// Numbers of rows at which portals and scripts stop.
const CAPS: [u64; 8] = [1_000, 5_000, 10_000, 30_000, 50_000, 100_000, 250_000, 500_000];
/// A gap is that many hours without a sign-in where there are many.
const GAP_HOURS: i64 = 6;
/// Sign-ins that a gap should have had before anybody wonders.
const EXPECTED: f64 = 120.0;
/// Days before what is usual for an account is known well.
const BASELINE: i64 = 7;
/// Most gaps that are named one by one.
const MOST_GAPS: usize = 5;

/// One thing that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Blind {
    /// Its stable code.
    pub(super) code: &'static str,
    /// What it means, for people.
    pub(super) text: String,
    /// Which detectors see less for it, or nothing.
    pub(super) hides: &'static [&'static str],
}

/// What else is known of a run.
pub(super) struct Run<'a> {
    pub(super) endings: &'a [Ending],
    pub(super) late: u64,
    pub(super) since: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) forgotten: u64,
}

const DEVICE: &[&str] = &["device_code_phishing"];
const SESSION: &[&str] = &["session_replay"];
const NETWORK: &[&str] = &["session_replay", "device_code_phishing", "approval_bombing", "rogue_device"];
const AFTER: &[&str] = &["rogue_device", "after_access"];
const FACTOR: &[&str] = &["approval_bombing"];
const TOKEN: &[&str] = &["device_code_phishing", "session_replay", "after_access"];
const ALL: &[&str] = &[
    "device_code_phishing",
    "approval_bombing",
    "password_spray",
    "password_guessing",
    "session_replay",
    "rogue_device",
    "after_access",
];

/// Everything that these records cannot show, the gravest first.
pub(super) fn spots(tally: &Tally, run: &Run<'_>) -> Vec<Blind> {
    let mut all = Vec::new();
    unread(tally, run, &mut all);
    fields(tally, &mut all);
    coverage(tally, run, &mut all);
    for ending in run.endings.iter().filter(|ending| ending.unknown && ending.broken.is_none()) {
        let text = format!("{}: nothing in it is a record that is known here.", ending.name);
        all.push(Blind { code: "unknown_input", text, hides: &[] });
    }
    all
}

/// Rows and files that could not be read, and what a run had to leave out.
fn unread(tally: &Tally, run: &Run<'_>, all: &mut Vec<Blind>) {
    let mut add = |code, text, hides| all.push(Blind { code, text, hides });
    if tally.records() == 0 {
        add("nothing_read", "No record of a sign-in was found in what was given.".to_owned(), ALL);
    }
    for ending in run.endings {
        if let Some(why) = &ending.broken {
            let (name, many) = (&ending.name, number(ending.events));
            add(
                "broken_input",
                format!("{name} could not be read to its end ({why}); {many} records were."),
                ALL,
            );
        }
    }
    for (name, why) in run.endings.iter().flat_map(|ending| &ending.were_broken) {
        add("broken_input", format!("{name} could not be read to its end ({why})."), ALL);
    }
    for narrowed in narrowed(run.endings) {
        add("narrowed", left_out(&narrowed), ALL);
    }
    if tally.bad > 0 {
        add(
            "bad_rows",
            format!("{} could not be read; the first are shown with the counts.", several(tally.bad, "row")),
            ALL,
        );
    }
    if tally.half_written > 0 {
        let many = several(tally.half_written, "file");
        add("half_written", format!("Cut off in the middle of a record: {many}."), ALL);
    }
    if run.late > 0 {
        let many = number(run.late);
        let text = format!(
            "{many} records came more than ten minutes out of order, and standard input cannot be read twice: give the \
             file by its name, and everything is sorted."
        );
        add("out_of_order", text, ALL);
    }
    if run.forgotten > 0 {
        let many = number(run.forgotten);
        add(
            "forgotten",
            format!("The detectors had to forget {many} entries to stay within their memory."),
            ALL,
        );
    }
}

/// Fields that an export leaves out.
fn fields(tally: &Tally, all: &mut Vec<Blind>) {
    let mut add = |code, text, hides| all.push(Blind { code, text, hides });
    for (format, of) in &tally.formats {
        let name = format.name();
        if of.sign_ins == 0 {
            continue;
        }
        let sign_ins = number(of.sign_ins);
        if *format == Format::UnifiedAuditLog {
            let text = format!(
                "{name}: it names no protocol. A device code shows only by the page in its middle, and what its redeemer \
                 does not at all."
            );
            add("no_protocol", text, DEVICE);
        } else if of.with_protocol == 0 && *format != Format::Google {
            let text = format!(
                "{name}: none of {sign_ins} sign-ins says by which protocol it was made (Graph v1.0 and the portal leave \
                 that out). Device-code phishing cannot be told from other sign-ins here. Export \
                 auditLogs/signIns from the beta endpoint."
            );
            add("no_protocol", text, DEVICE);
        } else if few(of.with_protocol, of.sign_ins) {
            let text = format!(
                "{name}: only {} of {sign_ins} sign-ins say by which protocol they were made.",
                number(of.with_protocol)
            );
            add("little_protocol", text, DEVICE);
        }
        if of.with_session == 0 {
            add(
                "no_session",
                format!("{name}: no sign-in names its session; stolen sessions cannot be followed."),
                SESSION,
            );
        } else if few(of.with_session, of.sign_ins) {
            let text = format!(
                "{name}: only {} of {sign_ins} sign-ins name their session.",
                number(of.with_session)
            );
            add("little_session", text, SESSION);
        }
        network(name, of, &mut add);
        if of.refused_factors > 0 && of.explained_factors == 0 {
            let text = format!(
                "{name}: of {} refused second factors none says how it was refused: declined, not answered, or a wrong code.",
                number(of.refused_factors)
            );
            add("unexplained_factors", text, FACTOR);
        }
        if of.summed_up > 0 {
            let text = format!(
                "{name}: {} rows sum up several sign-ins; their times are of the first.",
                number(of.summed_up)
            );
            add("summed_up", text, &[]);
        }
    }
    let together = tally.all();
    if together.sign_ins > 0 && together.without_person == 0 {
        let text = "Only sign-ins in which a person was there (interactive). What was done with tokens afterwards, by \
                    whoever got them, is not in this export."
            .to_owned();
        add("interactive_only", text, TOKEN);
    }
    if together.sign_ins > 0 && together.acts == 0 {
        let text = "No audits of the directory or the mailboxes: devices, methods, rules and consents that were added \
                    afterwards are not in this export."
            .to_owned();
        add("no_acts", text, AFTER);
    }
    if tally.ambiguous > 0 {
        let text = format!(
            "{} dates could have day and month the other way round; the portal's order for English (US) was taken.",
            number(tally.ambiguous)
        );
        add("ambiguous_dates", text, ALL);
    }
}

fn network(name: &str, of: &OfFormat, add: &mut impl FnMut(&'static str, String, &'static [&'static str])) {
    if of.with_address == 0 {
        add("no_address", format!("{name}: no record names the address that it came from."), ALL);
    } else if of.with_network == 0 {
        let text = format!(
            "{name}: no record names its network (AS number). Addresses that are close together are taken for one network, \
             which is less exact. A file of networks (--networks) names them."
        );
        add("no_network", text, NETWORK);
    }
}

/// Times and rows that are missing.
fn coverage(tally: &Tally, run: &Run<'_>, all: &mut Vec<Blind>) {
    let mut add = |code, text, hides| all.push(Blind { code, text, hides });
    for (name, many) in capped(run.endings) {
        let many = number(many);
        let text = format!(
            "{name} has exactly {many} records: exports stop at such numbers, and the rest may be missing."
        );
        add("row_cap", text, ALL);
    }
    let Some((from, to)) = tally.span else { return };
    if let Some(since) = run.since.filter(|since| from.micros() - since.micros() > HOUR) {
        add("starts_late", format!("You asked from {since}; the first record is of {from}."), ALL);
    }
    if let Some(until) = run.until.filter(|until| until.micros() - to.micros() > HOUR) {
        add("ends_early", format!("You asked until {until}; the last record is of {to}."), ALL);
    }
    let days = (to.micros() - from.micros()) / DAY;
    if days < BASELINE && tally.records() > 0 {
        let text = format!(
            "The records cover {}: what is usual for an account is learned from them, and seven days or more tell more.",
            if days == 0 { "less than a day".to_owned() } else { format!("{days} days") }
        );
        add("short", text, &["device_code_phishing", "session_replay", "approval_bombing", "rogue_device"]);
    }
    let gaps = gaps(tally);
    for (from, to) in gaps.iter().take(MOST_GAPS) {
        add("gap", format!("There is no sign-in from {from} until {to}, where there usually are many."), ALL);
    }
    if let Some(more) = gaps.len().checked_sub(MOST_GAPS).filter(|more| *more > 0) {
        add("gap", format!("There are {more} more such gaps."), ALL);
    }
}

/// The inputs that have as many records as exports stop at, and how many; those that files of records were made of among them.
pub(super) fn capped(endings: &[Ending]) -> Vec<(String, u64)> {
    let full = endings.iter().filter(|ending| CAPS.contains(&ending.events) && !ending.of_records);
    let full = full.map(|ending| (ending.name.clone(), ending.events));
    full.chain(endings.iter().flat_map(|ending| ending.capped.iter().cloned())).collect()
}

/// To what the inputs were narrowed before they were written, each way of it once.
pub(super) fn narrowed(endings: &[Ending]) -> Vec<Narrowed> {
    let mut all: Vec<Narrowed> = Vec::new();
    for narrowed in endings.iter().flat_map(|ending| &ending.narrowed) {
        if !all.contains(narrowed) {
            all.push(narrowed.clone());
        }
    }
    all
}

fn left_out(narrowed: &Narrowed) -> String {
    let mut to = Vec::new();
    to.extend(narrowed.since.map(|since| format!("from {}", Time::from_micros(since))));
    to.extend(narrowed.until.map(|until| format!("until {}", Time::from_micros(until))));
    if !narrowed.users.is_empty() {
        to.push(format!("of {}", narrowed.users.join(", ")));
    }
    format!(
        "When these records were written, others were left out: only those {} are here. What an attack left in the others \
         is missing, and so is what was usual in them.",
        to.join(", ")
    )
}

/// Hours without a sign-in, where the same hours of other days have many.
fn gaps(tally: &Tally) -> Vec<(Time, Time)> {
    let mut found = Vec::new();
    let mut before: Option<i64> = None;
    let (Some(first), Some(last)) = (tally.hours.keys().next(), tally.hours.keys().next_back()) else {
        return found;
    };
    let days = (last - first) / 24 + 1;
    // How many sign-ins each hour of the day has, on the average of all days.
    let mut usual = [0_u64; 24];
    for (hour, many) in &tally.hours {
        let at = usize::try_from(hour.rem_euclid(24)).unwrap_or(0);
        if let Some(sum) = usual.get_mut(at) {
            *sum += u64::from(*many);
        }
    }
    for hour in tally.hours.keys() {
        if let Some(before) = before.replace(*hour)
            && hour - before > GAP_HOURS
            && days >= 2
        {
            let missing =
                (before + 1..*hour).filter_map(|hour| usual.get(usize::try_from(hour.rem_euclid(24)).ok()?));
            let sum: u64 = missing.sum();
            if ratio(sum, days.unsigned_abs()) > EXPECTED {
                let time = |hour: i64| Time::from_micros(hour.saturating_mul(HOUR));
                found.push((time(before + 1), time(*hour)));
            }
        }
    }
    found
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "an average; counts of events are exact enough"
)]
fn ratio(sum: u64, of: u64) -> f64 {
    sum as f64 / of.max(1) as f64
}

const fn few(some: u64, of: u64) -> bool {
    some > 0 && some.saturating_mul(2) < of
}

/// So many of a thing.
fn several(many: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(many), if many == 1 { "" } else { "s" })
}

/// A number with its thousands apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(endings: &[Ending]) -> Run<'_> {
        Run { endings, late: 0, since: None, until: None, forgotten: 0 }
    }

    #[test]
    fn what_was_left_out_of_files_of_records_is_said_once() {
        let narrowed = Narrowed {
            since: Some(0),
            until: Some(HOUR),
            users: vec!["a@*".to_owned(), "b@c.example".to_owned()],
        };
        let ending = Ending { narrowed: vec![narrowed], ..Ending::default() };
        let spots = spots(&Tally::default(), &run(&[ending.clone(), ending]));
        let said: Vec<&str> =
            spots.iter().filter(|spot| spot.code == "narrowed").map(|spot| spot.text.as_str()).collect();
        assert_eq!(said.len(), 1);
        assert!(said[0].contains(
            "only those from 1970-01-01T00:00:00Z, until 1970-01-01T01:00:00Z, of a@*, b@c.example"
        ));
    }

    fn codes(tally: &Tally, run: &Run<'_>) -> Vec<&'static str> {
        spots(tally, run).into_iter().map(|spot| spot.code).collect()
    }

    fn tally(of: OfFormat, format: Format, days: i64) -> Tally {
        let from = 1_788_220_800_000_000;
        let mut tally = Tally {
            span: Some((Time::from_micros(from), Time::from_micros(from + days * DAY))),
            ..Tally::default()
        };
        tally.formats.insert(format, of);
        tally
    }

    #[test]
    fn an_export_that_tells_everything_has_no_blind_spot() {
        let of = OfFormat {
            sign_ins: 100,
            acts: 3,
            with_protocol: 100,
            with_session: 90,
            with_network: 100,
            with_address: 103,
            interactive: 20,
            without_person: 80,
            refused_factors: 2,
            explained_factors: 2,
            ..OfFormat::default()
        };
        assert!(codes(&tally(of, Format::AzureMonitor, 14), &run(&[])).is_empty());
    }

    #[test]
    fn the_interactive_export_of_graph_one_says_that_device_codes_and_sessions_cannot_be_seen() {
        let of = OfFormat { sign_ins: 100, with_address: 100, interactive: 100, ..OfFormat::default() };
        let spots = codes(&tally(of, Format::Graph, 14), &run(&[]));
        assert_eq!(spots, ["no_protocol", "no_session", "no_network", "interactive_only", "no_acts"]);
    }

    #[test]
    fn files_that_stop_at_a_round_number_or_break_are_named() {
        let of = OfFormat::default();
        let ending = |events, broken: Option<&str>| Ending {
            name: "a.csv".to_owned(),
            events,
            broken: broken.map(str::to_owned),
            ..Ending::default()
        };
        let endings = [ending(5_000, None), ending(4_999, Some("unexpected end of file"))];
        let spots = codes(&tally(of, Format::Graph, 14), &run(&endings));
        assert_eq!(spots, ["nothing_read", "broken_input", "row_cap"]);
    }

    #[test]
    fn a_gap_is_one_only_where_other_days_have_sign_ins() {
        let mut tally = Tally::default();
        // Office hours on five days, 50 an hour; the afternoon of the third day is missing.
        for day in 0..5 {
            for hour in 8..18 {
                if day != 2 || hour < 11 {
                    tally.hours.insert(495_000 + day * 24 + hour, 50);
                }
            }
        }
        let found = gaps(&tally);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].1.micros() - found[0].0.micros()) / HOUR, 21);
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
    }

    #[test]
    fn what_was_asked_for_and_is_not_there_is_said() {
        let of = OfFormat {
            sign_ins: 1,
            with_protocol: 1,
            with_session: 1,
            with_network: 1,
            with_address: 1,
            without_person: 1,
            acts: 1,
            ..OfFormat::default()
        };
        let tally = tally(of, Format::Graph, 3);
        let (from, to) = tally.span.unwrap();
        let run = Run {
            since: Some(Time::from_micros(from.micros() - DAY)),
            until: Some(Time::from_micros(to.micros() + DAY)),
            late: 2,
            forgotten: 1,
            endings: &[],
        };
        assert_eq!(codes(&tally, &run), ["out_of_order", "forgotten", "starts_late", "ends_early", "short"]);
    }
}
