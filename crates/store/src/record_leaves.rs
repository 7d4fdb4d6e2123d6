//! Table `record_leaves`: the commitments to the entries of the record, in the order in which they were sealed.

use model::fault::Fault;
use model::id::{AccountId, EventId};
use model::merkle::Hash;
use wire::record::entry::Nonce;

use crate::tx::{Reader, Tx};
use crate::value::{Arg, Row, args};

const ODD: &str = "a leaf of the record is not as it was written";

/// A leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its number, from 0.
    pub n: u64,
    /// The event that it stands for; none when that was erased.
    pub event: Option<EventId>,
    /// What blinds it; none when it was erased.
    pub nonce: Option<Nonce>,
    /// The blinded hash.
    pub commitment: Hash,
    /// The event that says that it was erased.
    pub erased_by: Option<EventId>,
}

/// A number of the tree as the database counts.
pub(crate) fn counted(n: u64) -> Result<i64, Fault> {
    i64::try_from(n).map_err(|error| Fault::new(ODD, error))
}

/// The other way round.
pub(crate) fn number(n: i64) -> Result<u64, Fault> {
    u64::try_from(n).map_err(|error| Fault::new(ODD, error))
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT n, event, nonce, commitment, erased_by FROM record_leaves ", $rest)
    };
}

fn leaf(row: &mut Row) -> Result<Leaf, Fault> {
    Ok(Leaf {
        n: number(row.int(0)?)?,
        event: row.maybe_sixteen(1)?.map(EventId::from_bytes),
        nonce: row.maybe_sixteen(2)?,
        commitment: row.maybe_thirty_two(3)?.ok_or(Fault::plain(ODD))?,
        erased_by: row.maybe_sixteen(4)?.map(EventId::from_bytes),
    })
}

fn all(rows: Vec<Row>) -> Result<Vec<Leaf>, Fault> {
    rows.into_iter().map(|mut row| leaf(&mut row)).collect()
}

/// A leaf that is to be added.
#[derive(Clone, Debug)]
pub struct New {
    /// The event.
    pub event: EventId,
    /// What blinds it.
    pub nonce: Nonce,
    /// The blinded hash.
    pub commitment: Hash,
}

/// How many leaves one statement writes at most.
const TOGETHER: usize = 8;

const ONE: &str = "INSERT INTO record_leaves (n, event, nonce, commitment) VALUES ($1, $2, $3, $4)";
const EIGHT: &str = "INSERT INTO record_leaves (n, event, nonce, commitment) VALUES
     ($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12), ($13, $14, $15, $16),
     ($17, $18, $19, $20), ($21, $22, $23, $24), ($25, $26, $27, $28), ($29, $30, $31, $32)";

/// Adds leaves, the first with the number `first`. An event that has a leaf already, or a number that is taken, is a fault.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, first: u64, leaves: &[New]) -> Result<(), Fault> {
    let mut n = counted(first)?;
    for leaves in leaves.chunks(TOGETHER) {
        let mut args: Vec<Arg<'_>> = Vec::with_capacity(TOGETHER * 4);
        for leaf in leaves {
            let leaf: [Arg<'_>; 4] =
                [n.into(), leaf.event.bytes().into(), (&leaf.nonce).into(), (&leaf.commitment).into()];
            args.extend(leaf);
            n = n.saturating_add(1);
        }
        if leaves.len() == TOGETHER {
            tx.db.put(EIGHT, &args)?;
        } else {
            args.chunks(4).try_for_each(|args| tx.db.put(ONE, args))?;
        }
    }
    Ok(())
}

/// How many entries were ever sealed: the number of the next leaf.
///
/// # Errors
/// A fault of the database.
pub fn size(reader: &mut Reader<'_>) -> Result<u64, Fault> {
    let row = reader.db.one("SELECT n FROM record_leaves ORDER BY n DESC LIMIT 1", args![])?;
    row.map_or(Ok(0), |mut row| number(row.int(0)?.saturating_add(1)))
}

/// The number of the first leaf that is kept; none when there is none.
///
/// # Errors
/// A fault of the database.
pub fn first(reader: &mut Reader<'_>) -> Result<Option<u64>, Fault> {
    let row = reader.db.one("SELECT n FROM record_leaves ORDER BY n LIMIT 1", args![])?;
    row.map(|mut row| number(row.int(0)?)).transpose()
}

/// Leaves with the numbers from `from` up to, not including, `to`; at most `limit`, in order.
///
/// # Errors
/// A fault of the database.
pub fn page(reader: &mut Reader<'_>, (from, to): (u64, u64), limit: i64) -> Result<Vec<Leaf>, Fault> {
    all(reader.db.query(
        select!("WHERE n >= $1 AND n < $2 ORDER BY n LIMIT $3"),
        args![counted(from)?, counted(to)?, limit],
    )?)
}

/// The leaf of an event.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, event: EventId) -> Result<Option<Leaf>, Fault> {
    let row = reader.db.one(select!("WHERE event = $1"), args![event.bytes()])?;
    row.map(|mut row| leaf(&mut row)).transpose()
}

/// Takes event and nonce from a leaf: a claim, the answer says whether they were there.
///
/// # Errors
/// A fault of the database.
pub fn claim_erase(tx: &mut Tx<'_>, n: u64, by: EventId) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE record_leaves SET event = NULL, nonce = NULL, erased_by = $2 WHERE n = $1 AND nonce IS NOT NULL",
        args![counted(n)?, by.bytes()],
    )?;
    Ok(rows == 1)
}

/// The numbers of the leaves that were erased by an event, in order.
///
/// # Errors
/// A fault of the database.
pub fn list_erased(reader: &mut Reader<'_>, by: EventId, limit: i64) -> Result<Vec<u64>, Fault> {
    let rows = reader.db.query(
        "SELECT n FROM record_leaves WHERE erased_by = $1 ORDER BY n LIMIT $2",
        args![by.bytes(), limit],
    )?;
    rows.into_iter().map(|mut row| number(row.int(0)?)).collect()
}

/// The events about an account that are sealed, in the order of their identifiers, after `after`.
///
/// # Errors
/// A fault of the database.
pub fn list_account(
    reader: &mut Reader<'_>,
    account: AccountId,
    after: EventId,
    limit: i64,
) -> Result<Vec<Leaf>, Fault> {
    all(reader.db.query(
        "SELECT l.n, l.event, l.nonce, l.commitment, l.erased_by
         FROM events e JOIN record_leaves l ON l.event = e.id
         WHERE e.subject = $1 AND e.id > $2 ORDER BY e.id LIMIT $3",
        args![account.bytes(), after.bytes(), limit],
    )?)
}

/// How many events about an account are on the record, and how many of them are sealed.
///
/// # Errors
/// A fault of the database.
pub fn count_account(reader: &mut Reader<'_>, account: AccountId) -> Result<(u64, u64), Fault> {
    let row = reader.db.one(
        "SELECT COUNT(*), COUNT(l.n) FROM events e LEFT JOIN record_leaves l ON l.event = e.id
         WHERE e.subject = $1",
        args![account.bytes()],
    )?;
    let Some(mut row) = row else { return Ok((0, 0)) };
    Ok((number(row.int(0)?)?, number(row.int(1)?)?))
}

/// Deletes leaves with numbers below `n`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, n: u64, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM record_leaves WHERE n IN (
           SELECT n FROM record_leaves WHERE n < $1 ORDER BY n LIMIT $2)",
        args![counted(n)?, limit],
    )
}
