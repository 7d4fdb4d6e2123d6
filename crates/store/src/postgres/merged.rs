//! Several statements that write to different tables, as one: each is a part of one `WITH`, so that the server plans,
//! runs and answers once. Only for statements whose counts nobody asks for and of which none reads what another
//! writes, as those that are put one after the other at the end of a transaction.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::value::Cell;

/// Texts made of others. There are as many as there are ways through the code, each is made once and kept for good.
static MADE: LazyLock<Mutex<HashMap<Vec<&'static str>, &'static str>>> = LazyLock::new(Mutex::default);

/// Texts with a part for PostgreSQL alone, with that part no longer a comment.
static OWN: LazyLock<Mutex<HashMap<&'static str, &'static str>>> = LazyLock::new(Mutex::default);

/// The statement as PostgreSQL is to read it: what stands between `/*postgres` and `*/` is for it.
pub(crate) fn own(sql: &'static str) -> &'static str {
    if !sql.contains("/*postgres") {
        return sql;
    }
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    own.entry(sql)
        .or_insert_with(|| Box::leak(sql.replace("/*postgres", "").replace("*/", "").into_boxed_str()))
}

/// Statements that wait to become one.
#[derive(Default)]
pub(crate) struct Run {
    texts: Vec<&'static str>,
    args: Vec<Cell>,
    counts: Vec<usize>,
}

impl Run {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether `sql` may become part of this.
    pub(crate) fn takes(&self, sql: &str) -> bool {
        written(sql).is_some_and(|table| self.texts.iter().all(|text| written(text) != Some(table)))
    }

    /// Adds a statement.
    pub(crate) fn add(&mut self, sql: &'static str, args: impl ExactSizeIterator<Item = Cell>) {
        self.texts.push(sql);
        self.counts.push(args.len());
        self.args.extend(args);
    }

    /// The one statement that they became; none if there was nothing.
    pub(crate) fn end(&mut self) -> Option<(&'static str, Vec<Cell>)> {
        let Self { texts, args, counts } = std::mem::take(self);
        match texts.as_slice() {
            [] => None,
            [one] => Some((one, args)),
            _ => {
                let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
                let text = match made.get(&texts) {
                    Some(text) => text,
                    None => {
                        let text: &'static str = Box::leak(merged(&texts, &counts).into_boxed_str());
                        made.insert(texts, text);
                        text
                    }
                };
                Some((text, args))
            }
        }
    }
}

/// The table that a statement writes to, if it is one that writes.
fn written(sql: &str) -> Option<&str> {
    let after =
        ["INSERT INTO ", "UPDATE ", "DELETE FROM "].iter().find_map(|begin| sql.strip_prefix(begin))?;
    after.split([' ', '(', '\n']).next()
}

fn merged(texts: &[&str], counts: &[usize]) -> String {
    let mut out = String::new();
    let mut first = 0;
    for (n, (text, count)) in texts.iter().zip(counts).enumerate() {
        out.push_str(if n == 0 { "WITH " } else { ", " });
        // Writing to a text does not fail.
        let _ = write!(out, "part{n} AS (");
        renumbered(text, first, &mut out);
        out.push(')');
        first += count;
    }
    out.push_str(" SELECT 1");
    out
}

/// The text with `first` added to the number of each parameter.
fn renumbered(text: &str, first: usize, out: &mut String) {
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or(0);
        let _ = write!(out, "${}{rest}", number + first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(statements: &[(&'static str, i64)]) -> Run {
        let mut run = Run::default();
        for (sql, arg) in statements {
            assert!(run.takes(sql), "{sql}");
            run.add(sql, [Cell::Int(*arg), Cell::Int(arg + 1)].into_iter());
        }
        run
    }

    #[test]
    fn statements_on_different_tables_become_one_with_their_parameters_in_order() {
        let statements =
            [("INSERT INTO a (x, y) VALUES ($1, $2)", 1), ("UPDATE b SET x = $2 WHERE y = $1", 3)];
        let (text, args) = run(&statements).end().unwrap();
        assert_eq!(
            text,
            "WITH part0 AS (INSERT INTO a (x, y) VALUES ($1, $2)), part1 AS (UPDATE b SET x = $4 WHERE y = $3) SELECT 1"
        );
        assert_eq!(args, [1, 2, 3, 4].map(Cell::Int));
        assert!(std::ptr::eq(text, run(&statements).end().unwrap().0), "made once");
    }

    #[test]
    fn one_statement_stays_as_it_is_and_none_is_none() {
        assert_eq!(run(&[("DELETE FROM a WHERE x = $1", 1)]).end().unwrap().0, "DELETE FROM a WHERE x = $1");
        assert!(Run::default().end().is_none());
    }

    #[test]
    fn a_second_statement_on_the_same_table_and_one_that_reads_are_not_taken() {
        let run = run(&[("INSERT INTO events (id) VALUES ($1)", 1)]);
        assert!(!run.takes("DELETE FROM events WHERE id = $1"));
        assert!(!run.takes("SELECT 1 FROM locks WHERE class = $1 FOR UPDATE"));
        assert!(run.takes("INSERT INTO sessions (id) VALUES ($1)"));
    }
}
