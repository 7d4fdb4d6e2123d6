//! Table `guess_ledger`: chances reserved per subject and day; the sum over the days that [`model::ledger`] looks back is
//! what counts.
//!
//! Each reservation stands in three rows: of its account, of its destination, and of the part of all together that the
//! destination belongs to. A row is forgotten when no sum looks at its day any more.

use std::collections::BTreeMap;

use model::budget::Chance;
use model::digest::Digest;
use model::fault::Fault;
use model::id::AccountId;
use model::ledger::{LOOKS_BACK, Line, Spent, last_day_of_period};

use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};
use crate::walk::{self, Walk};

/// Subjects below this are parts of all together, and no account or destination.
pub(crate) const PARTS_END: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];

/// The subjects a reservation is charged to, and whether the asking browser was known.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// The mail destination.
    pub destination: Digest,
    /// Known browsers have a ledger of their own.
    pub known: bool,
    /// A code that nothing matches is no chance for anybody: it is written with the others, as nothing, in the row of all
    /// together. Whoever asks for addresses without an account uses up nobody's.
    pub decoy: bool,
}

impl Charge {
    /// The account, or for an unknown address a key that no account has, so that the work is the same.
    fn first(&self) -> [u8; 16] {
        self.account.map_or_else(|| self.destination.bytes().map(|byte| !byte), |account| *account.bytes())
    }

    /// The part of all together.
    fn part(&self) -> [u8; 16] {
        let [first, ..] = *self.destination.bytes();
        let mut part = [0; 16];
        if let Some(last) = part.last_mut() {
            *last = first;
        }
        part
    }
}

/// What is added to a row; what is given back is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Booking {
    /// How many letters the code has.
    pub letters: u8,
    /// In units of [`Chance`].
    pub units: i64,
    /// How many codes went live.
    pub codes: i64,
    /// How many guesses at them.
    pub guesses: i64,
}

impl Booking {
    fn and(self, other: Self) -> Self {
        Self {
            letters: other.letters,
            units: self.units.saturating_add(other.units),
            codes: self.codes.saturating_add(other.codes),
            guesses: self.guesses.saturating_add(other.guesses),
        }
    }
}

/// The sums up to `day`. The day on which they began counts whole: the hours at which its guesses were reserved are not
/// kept, and no 365 days may hold more than allowed.
///
/// # Errors
/// A fault of the database.
pub fn spent(reader: &mut Reader<'_>, charge: &Charge, day: i64) -> Result<Spent, Fault> {
    ask_spent(reader, charge, day)?.get(reader)
}

/// [`spent`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_spent(reader: &mut Reader<'_>, charge: &Charge, day: i64) -> Result<Later<Spent>, Fault> {
    let (first, destination, part) = (charge.first(), *charge.destination.bytes(), charge.part());
    let asked = reader.db.ask(
        "SELECT subject, CAST(SUM(units) AS BIGINT) FROM guess_ledger
         WHERE subject IN ($1, $2, $3) AND known = $4 AND day >= $5 GROUP BY subject",
        args![&first, &destination, &part, charge.known, day.saturating_sub(LOOKS_BACK)],
    )?;
    Ok(Later::new(asked, move |rows| {
        let mut spent = Spent::default();
        for mut row in rows {
            let (subject, sum) = (row.sixteen(0)?, Chance::from_units(row.int(1)?));
            if subject == first {
                spent.account = sum;
            } else if subject == destination {
                spent.destination = sum;
            } else {
                spent.part = sum;
            }
        }
        Ok(spent)
    }))
}

fn line(mut row: Row) -> Result<Line, Fault> {
    Ok(Line {
        known: row.flag(0)?,
        letters: row.small(1)?,
        chance: Chance::from_units(row.int(2)?),
        codes: row.int(3)?,
        guesses: row.int(4)?,
    })
}

macro_rules! lines {
    ($which:literal) => {
        concat!(
            "SELECT known, letters, CAST(SUM(units) AS BIGINT), CAST(SUM(codes) AS BIGINT), CAST(SUM(guesses) AS BIGINT)
             FROM guess_ledger WHERE ",
            $which,
            " AND day >= $2 GROUP BY known, letters HAVING SUM(codes) > 0 OR SUM(units) > 0 ORDER BY known, letters"
        )
    };
}

/// What an account's sums are made of, over the same days.
///
/// # Errors
/// A fault of the database.
pub fn of_account(reader: &mut Reader<'_>, account: AccountId, day: i64) -> Result<Vec<Line>, Fault> {
    let since = day.saturating_sub(LOOKS_BACK);
    let rows = reader.db.query(lines!("subject = $1"), args![account.bytes(), since])?;
    rows.into_iter().map(line).collect()
}

/// What the sums of all together are made of.
///
/// # Errors
/// A fault of the database.
pub fn of_all(reader: &mut Reader<'_>, day: i64) -> Result<Vec<Line>, Fault> {
    let since = day.saturating_sub(LOOKS_BACK);
    let rows = reader.db.query(lines!("subject < $1"), args![&PARTS_END, since])?;
    rows.into_iter().map(line).collect()
}

macro_rules! added {
    ($rows:literal) => {
        concat!(
            "INSERT INTO guess_ledger (subject, known, day, letters, units, codes, guesses) VALUES ",
            $rows,
            " ON CONFLICT (subject, known, day, letters) DO UPDATE SET units = guess_ledger.units + excluded.units,
               codes = guess_ledger.codes + excluded.codes, guesses = guess_ledger.guesses + excluded.guesses"
        )
    };
}

/// Adds to all three subjects on `day`.
///
/// # Errors
/// A fault of the database.
pub fn add(tx: &mut Tx<'_>, charge: &Charge, day: i64, booking: Booking) -> Result<(), Fault> {
    let all = if charge.decoy { Booking { letters: booking.letters, ..Booking::default() } } else { booking };
    tx.db.put(
        added!(
            "($1, $3, $4, $5, $6, $7, $8), ($2, $3, $4, $5, $6, $7, $8), ($9, $3, $10, $5, $11, $12, $13)"
        ),
        args![
            &charge.first(),
            charge.destination.bytes(),
            charge.known,
            day,
            booking.letters,
            booking.units,
            booking.codes,
            booking.guesses,
            &charge.part(),
            last_day_of_period(day),
            all.units,
            all.codes,
            all.guesses,
        ],
    )
}

/// What is to be added for all together, gathered while a transaction goes through many codes: nobody waits for a row of
/// all together until the rest is done, and the rows are taken in one order.
#[derive(Debug, Default)]
pub struct Gathered(BTreeMap<([u8; 16], bool, i64, u8), Booking>);

/// [`add`] for account and destination; what is for all together is gathered.
///
/// # Errors
/// A fault of the database.
pub fn add_own(
    tx: &mut Tx<'_>,
    charge: &Charge,
    (day, booking): (i64, Booking),
    all: &mut Gathered,
) -> Result<(), Fault> {
    if !charge.decoy {
        let key = (charge.part(), charge.known, last_day_of_period(day), booking.letters);
        let sum = all.0.entry(key).or_default();
        *sum = sum.and(booking);
    }
    tx.db.put(
        added!("($1, $3, $4, $5, $6, $7, $8), ($2, $3, $4, $5, $6, $7, $8)"),
        args![
            &charge.first(),
            charge.destination.bytes(),
            charge.known,
            day,
            booking.letters,
            booking.units,
            booking.codes,
            booking.guesses,
        ],
    )
}

/// Adds what was gathered: one statement for each part of all together that it touches.
///
/// # Errors
/// A fault of the database.
pub fn add_gathered(tx: &mut Tx<'_>, all: Gathered) -> Result<(), Fault> {
    for ((part, known, day, letters), sum) in all.0 {
        tx.db.put(
            added!("($1, $2, $3, $4, $5, $6, $7)"),
            args![&part, known, day, letters, sum.units, sum.codes, sum.guesses],
        )?;
    }
    Ok(())
}

/// Forgets days before `day`, which no sum looks at any more, among the next `limit` rows; `None` once all were looked
/// at.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, day: i64, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked guess_ledger",
        next: "SELECT key FROM (SELECT subject AS key FROM guess_ledger WHERE subject > $1 ORDER BY subject LIMIT $2)
                 AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM guess_ledger WHERE subject > $1 AND subject <= $2 AND day < $3",
    };
    walk::step(tx, &walk, day, limit)
}
