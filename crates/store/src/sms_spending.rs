//! Table `sms_spending`: what text messages have cost lately, behind each dialling prefix and in all.

use model::fault::Fault;
use model::sms::Spent;
use wire::phone::Prefix;

use crate::tx::Tx;
use crate::value::args;

/// The row that holds the sum of all messages; no prefix is empty.
const ALL: &str = "";
/// What is locked while a sum is decided on: one lock for all, since every message counts in the sum of all.
const LOCK: [u8; 16] = *b"sms_spending\0\0\0\0";

/// Two sums taken in hand: until the transaction ends nobody else takes one, so that what is decided on them holds when
/// they are written.
#[must_use = "the sums are locked by this"]
#[derive(Clone, Debug)]
pub struct Spending {
    prefix: String,
    /// What messages behind the prefix have cost.
    pub of_prefix: Spent,
    /// What all messages have cost.
    pub in_all: Spent,
}

/// Takes the sums of `prefix` and of all messages in hand.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, prefix: &Prefix) -> Result<Spending, Fault> {
    tx.db.lock(&LOCK)?;
    let prefix = prefix.digits();
    let rows = tx.db.query(
        "SELECT prefix, spent FROM sms_spending WHERE prefix = $1 OR prefix = $2",
        args![prefix, ALL],
    )?;
    let mut taken =
        Spending { prefix: prefix.to_owned(), of_prefix: Spent::default(), in_all: Spent::default() };
    for mut row in rows {
        let of_all = row.text(0)? == ALL;
        let spent = Spent::from_bytes(&row.bytes(1)?);
        if of_all {
            taken.in_all = spent;
        } else {
            taken.of_prefix = spent;
        }
    }
    Ok(taken)
}

/// Writes the sums.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, spending: &Spending) -> Result<(), Fault> {
    for (prefix, spent) in [(spending.prefix.as_str(), &spending.of_prefix), (ALL, &spending.in_all)] {
        tx.db.put(
            "INSERT INTO sms_spending (prefix, spent) VALUES ($1, $2)
             ON CONFLICT (prefix) DO UPDATE SET spent = excluded.spent",
            args![prefix, &spent.to_bytes()],
        )?;
    }
    Ok(())
}
