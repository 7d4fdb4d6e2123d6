//! The guess ledger against the requests: what is reserved is what they reserved, less what was given back.
//!
//! A request reserves `reserved` on its day, with its account (or, where there is none, with a subject that stands in
//! for it), with its destination, and with the part of all together that this belongs to. When it ends, the part of every guess that nobody made is given back. Requests
//! of the last 24 hours are all still there, so that today's sums must be equal; of the days before, the requests
//! that are still there must not have reserved more than the ledger says.

use model::fault::Fault;

use super::{Finding, seek, sought};
use crate::guess_ledger::PARTS_END;
use crate::tx::Reader;
use crate::value::args;

/// What a request still holds of what it reserved.
macro_rules! held {
    () => {
        "reserved - CASE WHEN state = 'live' THEN 0 ELSE reserved / guesses * guesses_left END"
    };
}

/// The subjects for which the sum of what requests hold compares in that way with what the ledger says.
macro_rules! subjects {
    ($which:literal, $compares:literal) => {
        sought!(
            "SELECT r.subject FROM (
               SELECT subject, known, day, letters, CAST(SUM(units) AS BIGINT) AS units FROM (
                 SELECT destination AS subject, known, ledger_day AS day, letters, ",
            held!(),
            " AS units FROM sign_in_codes WHERE guesses > 0 AND ",
            $which,
            " UNION ALL
                 SELECT account, known, ledger_day, letters, ",
            held!(),
            " FROM sign_in_codes WHERE guesses > 0 AND ",
            $which,
            " AND account IS NOT NULL
               ) AS each_one GROUP BY subject, known, day, letters
             ) AS r LEFT JOIN guess_ledger l ON l.subject = r.subject AND l.known = r.known AND l.day = r.day
               AND l.letters = r.letters
             WHERE COALESCE(l.units, 0) ",
            $compares,
            " r.units"
        )
    };
}

pub(crate) fn look(reader: &mut Reader<'_>, today: i64) -> Result<Vec<Finding>, Fault> {
    let equal = seek(
        reader,
        Finding::of("ledger-today", "what the ledger holds for today is what today's requests have reserved"),
        &subjects!("ledger_day >= $1", "<>"),
        args![today],
    )?;
    // Every request is charged twice, so that all of the day together is twice what its requests have reserved: what
    // stands in the ledger without any request is found by that.
    let whole = seek(
        reader,
        Finding::of("ledger-whole", "the ledger holds nothing for today that no request has reserved"),
        &sought!(
            "SELECT l.day FROM (
               SELECT known, day, CAST(SUM(units) AS BIGINT) AS units FROM guess_ledger WHERE day >= $1
                 AND subject >= $2 GROUP BY known, day) AS l
             LEFT JOIN (
               SELECT known, ledger_day AS day, CAST(SUM(2 * (",
            held!(),
            ")) AS BIGINT) AS units
               FROM sign_in_codes WHERE guesses > 0 AND ledger_day >= $1 GROUP BY known, ledger_day
             ) AS r ON r.known = l.known AND r.day = l.day
             WHERE COALESCE(r.units, 0) <> l.units"
        ),
        args![today, &PARTS_END],
    )?;
    let all = seek(
        reader,
        Finding::of("ledger-all", "the ledger of all together holds at least what today's requests have reserved"),
        &sought!(
            "SELECT r.known FROM (
               SELECT known, CAST(SUM(",
            held!(),
            ") AS BIGINT) AS units FROM sign_in_codes WHERE guesses > 0 AND ledger_day >= $1 AND decoy = 0
               GROUP BY known) AS r
             LEFT JOIN (
               SELECT known, CAST(SUM(units) AS BIGINT) AS units FROM guess_ledger WHERE day >= $1 AND subject < $2
               GROUP BY known
             ) AS l ON l.known = r.known
             WHERE COALESCE(l.units, 0) < r.units"
        ),
        args![today, &PARTS_END],
    )?;
    let least = seek(
        reader,
        Finding::of("ledger-before", "the ledger holds at least what the requests still there have reserved"),
        &subjects!("reserved > 0 AND ledger_day < $1", "<"),
        args![today],
    )?;
    let below = seek(
        reader,
        Finding::of("ledger-below-nothing", "no subject has had more given back than was reserved"),
        &sought!("SELECT subject FROM guess_ledger WHERE units < 0"),
        args![],
    )?;
    Ok(vec![equal, whole, all, least, below])
}
