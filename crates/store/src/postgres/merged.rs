//! Several statements that write to different tables, as one: each is a part of one `WITH`, so that the server plans,
//! runs and answers once. For statements that stand side by side, whose counts nobody asks for, of which no one reads
//! what one before it writes: all parts see what was there before the first. What ends in `RETURNING id` may be looked
//! at: the rows say which part they are of.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::value::{Arg, Cell};

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
    numbers: Vec<Option<usize>>,
}

/// Who looks at the answer to a statement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Whoever waits for it, or nobody.
    Awaited,
    /// Whoever asked for it under this number.
    Later(usize),
    /// For each part, whoever asked for its rows, if somebody did.
    Parts(Vec<Option<usize>>),
}

/// What a run became.
pub(crate) struct Ended {
    pub(crate) sql: &'static str,
    pub(crate) args: Vec<Cell>,
    pub(crate) whose: Whose,
}

/// How a statement ends whose rows can be told apart when it is a part of another.
const LOOKED_AT: &str = " RETURNING id";

impl Run {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether `sql` may become part of this; `asked` says that its rows are looked at.
    pub(crate) fn takes(&self, sql: &str, asked: bool) -> bool {
        (!asked || sql.ends_with(LOOKED_AT))
            && written(sql).is_some_and(|table| self.texts.iter().all(|text| written(text) != Some(table)))
    }

    /// Adds a statement, and under which number its rows are looked at, if they are.
    pub(crate) fn add(&mut self, sql: &'static str, args: &[Arg<'_>], number: Option<usize>) {
        self.texts.push(sql);
        self.counts.push(args.len());
        self.args.extend(args.iter().map(|arg| Cell::from(*arg)));
        self.numbers.push(number);
    }

    /// The one statement that they became; none if there was nothing.
    pub(crate) fn end(&mut self) -> Option<Ended> {
        let Self { texts, args, counts, numbers } = std::mem::take(self);
        match (texts.as_slice(), numbers.as_slice()) {
            ([], _) => None,
            ([sql], [Some(number)]) => Some(Ended { sql, args, whose: Whose::Later(*number) }),
            ([sql], _) => Some(Ended { sql, args, whose: Whose::Awaited }),
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
                let looked_at = numbers.iter().any(Option::is_some);
                let whose = if looked_at { Whose::Parts(numbers) } else { Whose::Awaited };
                Some(Ended { sql: text, args, whose })
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
    let mut rows = String::new();
    let mut first = 0;
    for (n, (text, count)) in texts.iter().zip(counts).enumerate() {
        out.push_str(if n == 0 { "WITH " } else { ", " });
        // Writing to a text does not fail.
        let _ = write!(out, "part{n} AS (");
        renumbered(text, first, &mut out);
        out.push(')');
        first += count;
        if text.ends_with(LOOKED_AT) {
            let _ = write!(
                rows,
                "{}SELECT {n}, id FROM part{n}",
                if rows.is_empty() { "" } else { " UNION ALL " }
            );
        }
    }
    out.push(' ');
    out.push_str(if rows.is_empty() { "SELECT 1" } else { &rows });
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
            assert!(run.takes(sql, false), "{sql}");
            run.add(sql, &[Arg::Int(*arg), Arg::Int(arg + 1)], None);
        }
        run
    }

    #[test]
    fn statements_on_different_tables_become_one_with_their_parameters_in_order() {
        let statements =
            [("INSERT INTO a (x, y) VALUES ($1, $2)", 1), ("UPDATE b SET x = $2 WHERE y = $1", 3)];
        let Ended { sql: text, args, whose } = run(&statements).end().unwrap();
        assert_eq!(whose, Whose::Awaited);
        assert_eq!(
            text,
            "WITH part0 AS (INSERT INTO a (x, y) VALUES ($1, $2)), part1 AS (UPDATE b SET x = $4 WHERE y = $3) SELECT 1"
        );
        assert_eq!(args, [1, 2, 3, 4].map(Cell::Int));
        assert!(std::ptr::eq(text, run(&statements).end().unwrap().sql), "made once");
    }

    #[test]
    fn one_statement_stays_as_it_is_and_none_is_none() {
        assert_eq!(
            run(&[("DELETE FROM a WHERE x = $1", 1)]).end().unwrap().sql,
            "DELETE FROM a WHERE x = $1"
        );
        assert!(Run::default().end().is_none());
    }

    #[test]
    fn a_second_statement_on_the_same_table_and_one_that_reads_are_not_taken() {
        let run = run(&[("INSERT INTO events (id) VALUES ($1)", 1)]);
        assert!(!run.takes("DELETE FROM events WHERE id = $1", false));
        assert!(!run.takes("SELECT 1 FROM locks WHERE class = $1 FOR UPDATE", false));
        assert!(run.takes("INSERT INTO sessions (id) VALUES ($1)", false));
        assert!(!run.takes("INSERT INTO sessions (id) VALUES ($1)", true), "nothing to look at");
        assert!(
            !run.takes("UPDATE sessions SET x = $1 RETURNING id, x", true),
            "more than can be told apart"
        );
    }

    #[test]
    fn rows_that_are_looked_at_say_which_part_they_are_of() {
        let mut run = Run::default();
        run.add("UPDATE a SET x = $1 RETURNING id", &[Arg::Int(1)], Some(7));
        run.add("INSERT INTO b (x) VALUES ($1)", &[Arg::Int(2)], None);
        run.add("DELETE FROM c WHERE x = $1 RETURNING id", &[Arg::Int(3)], Some(8));
        let Ended { sql, whose, .. } = run.end().unwrap();
        assert_eq!(whose, Whose::Parts(vec![Some(7), None, Some(8)]));
        assert!(
            sql.ends_with(
                "part2 AS (DELETE FROM c WHERE x = $3 RETURNING id) \
                           SELECT 0, id FROM part0 UNION ALL SELECT 2, id FROM part2"
            ),
            "{sql}"
        );
    }
}
