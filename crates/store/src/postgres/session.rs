//! One transaction. What nobody waits for is kept back and sent with the next statement that somebody does wait
//! for, or with the commit.

use model::fault::Fault;
use model::time::Time;

use super::link::{Answer, Link, Request};
use super::merged::{Ended, Run, Whose, own};
use super::months::Months;
use crate::backend::{Asked, Backend};
use crate::events::{Position, event_columns};
use crate::value::{Arg, Cell, Row, args};

/// How many classes of locks there are; as many rows as migration 2 makes.
const LOCKS: u64 = 4096;

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    /// One view for all of its statements.
    Read,
}

/// How a transaction ended that did not commit.
pub(crate) struct Lost {
    pub(crate) fault: Fault,
    /// Whether it is certain that nothing of it was kept, so that it may be run again.
    pub(crate) undone: bool,
}

/// A transaction on a connection. The `BEGIN` travels with its first statement.
pub(crate) struct Session<'a> {
    link: &'a mut Link,
    months: &'a Months,
    kept_back: Vec<Request>,
    /// What comes after those, as long as it can become one statement.
    run: Run,
    /// For each of those, who looks at its answer.
    whose: Vec<Whose>,
    /// Answers that are looked at later, by their number.
    later: Vec<Option<Vec<Row>>>,
    sent: bool,
    /// A statement failed: nothing of this transaction can be kept any more, whoever has heard of that.
    spoiled: bool,
}

impl<'a> Session<'a> {
    pub(crate) fn new(link: &'a mut Link, months: &'a Months, mode: Mode) -> Self {
        let begin = match mode {
            Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let kept_back = vec![Request { sql: begin, args: Vec::new(), rows: false }];
        let (whose, later) = (vec![Whose::Awaited], Vec::new());
        Self { link, months, kept_back, run: Run::default(), whose, later, sent: false, spoiled: false }
    }

    fn keep_back(&mut self, sql: &'static str, args: &[Arg<'_>], rows: bool) {
        self.end_run();
        self.whose.push(Whose::Awaited);
        let sql = own(sql);
        self.kept_back.push(Request { sql, args: args.iter().map(|arg| Cell::from(*arg)).collect(), rows });
    }

    fn end_run(&mut self) {
        if let Some(Ended { sql, args, whose }) = self.run.end() {
            self.kept_back.push(Request { sql, args, rows: whose != Whose::Awaited });
            self.whose.push(whose);
        }
    }

    /// Sends what was kept back; the answer to the last of it that is not for later.
    fn flush(&mut self) -> Result<Option<Answer>, Lost> {
        self.end_run();
        let batch = std::mem::take(&mut self.kept_back);
        self.sent = true;
        match self.link.run(&batch) {
            Ok(answers) => {
                let mut last = None;
                for (answer, whose) in answers.into_iter().zip(std::mem::take(&mut self.whose)) {
                    match (whose, answer) {
                        (Whose::Later(number), Answer::Rows(rows)) => self.keep(number, rows),
                        (Whose::Parts(numbers), Answer::Rows(rows)) => {
                            self.keep_parts(&numbers, rows).map_err(|fault| Lost { fault, undone: true })?;
                        }
                        (_, answer) => last = Some(answer),
                    }
                }
                Ok(last)
            }
            Err(failed) => {
                self.spoiled = true;
                if failed.no_room {
                    // Another node has dropped a month that was known to be there: it is made again.
                    self.months.forget();
                    return Err(Lost { fault: failed.fault.conflict(), undone: !failed.lost });
                }
                Err(Lost { fault: failed.fault, undone: !failed.lost })
            }
        }
    }

    /// Keeps rows for whoever looks at them later.
    fn keep(&mut self, number: usize, rows: Vec<Row>) {
        if let Some(place) = self.later.get_mut(number) {
            *place = Some(rows);
        }
    }

    /// The same for the parts of one statement: the first column of a row says which part it is of.
    fn keep_parts(&mut self, numbers: &[Option<usize>], rows: Vec<Row>) -> Result<(), Fault> {
        for number in numbers.iter().flatten() {
            self.keep(*number, Vec::new());
        }
        for mut row in rows {
            let part = usize::try_from(row.int(0)?).unwrap_or(usize::MAX);
            let of = numbers.get(part).copied().flatten().and_then(|number| self.later.get_mut(number));
            if let Some(Some(kept)) = of {
                row.0.remove(0);
                kept.push(row);
            }
        }
        Ok(())
    }

    /// [`Self::flush`] before the commit: a connection that is lost here takes the transaction with it.
    fn round_trip(&mut self) -> Result<Option<Answer>, Fault> {
        self.flush().map_err(|lost| if lost.undone { lost.fault } else { lost.fault.conflict() })
    }

    /// Commits, together with what is still kept back.
    pub(crate) fn commit(mut self) -> Result<(), Lost> {
        if !self.sent && self.kept_back.len() == 1 && self.run.is_empty() {
            return Ok(());
        }
        if self.spoiled {
            // The server would answer COMMIT with a ROLLBACK, and call that a success.
            self.end();
            let fault = Fault::plain("a statement of this transaction failed before");
            return Err(Lost { fault, undone: true });
        }
        self.keep_back("COMMIT", &[], false);
        let outcome = self.flush().map(|_| ());
        if outcome.as_ref().is_err_and(|lost| lost.undone) {
            // A statement that could not even be prepared leaves the transaction open.
            self.end();
        }
        outcome
    }

    /// Ends a view, or undoes what was sent. Nobody waits for it.
    pub(crate) fn end(mut self) {
        if self.sent {
            self.kept_back.clear();
            self.run = Run::default();
            self.whose.clear();
            self.keep_back("ROLLBACK", &[], false);
            self.link.send(&self.kept_back);
        }
    }
}

impl Backend for Session<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Fault> {
        self.keep_back(sql, args, false);
        match self.round_trip()? {
            Some(Answer::Count(count)) => Ok(count),
            Some(Answer::Rows(_)) | None => Err(Fault::plain("no count where one was asked for")),
        }
    }

    fn put(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), Fault> {
        if !self.run.takes(sql, false) {
            self.end_run();
        }
        // It may begin a run of its own.
        if self.run.takes(sql, false) {
            self.run.add(sql, args, None);
        } else {
            self.keep_back(sql, args, false);
        }
        Ok(())
    }

    fn query(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Fault> {
        self.keep_back(sql, args, true);
        match self.round_trip()? {
            Some(Answer::Rows(rows)) => Ok(rows),
            Some(Answer::Count(_)) | None => Err(Fault::plain("no rows where some were asked for")),
        }
    }

    fn ask(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Asked, Fault> {
        let number = self.later.len();
        self.later.push(None);
        if !self.run.takes(sql, true) {
            self.end_run();
        }
        if self.run.takes(sql, true) {
            self.run.add(sql, args, Some(number));
        } else {
            self.keep_back(sql, args, true);
            if let Some(last) = self.whose.last_mut() {
                *last = Whose::Later(number);
            }
        }
        Ok(Asked::Later(number))
    }

    fn answer(&mut self, asked: Asked) -> Result<Vec<Row>, Fault> {
        let number = match asked {
            Asked::Here(rows) => return Ok(rows),
            Asked::Later(number) => number,
        };
        if self.later.get(number).is_some_and(Option::is_none) {
            self.round_trip()?;
        }
        self.later.get_mut(number).and_then(Option::take).ok_or(Fault::plain("an answer was looked at twice"))
    }

    fn lock(&mut self, key: &[u8; 16]) -> Result<(), Fault> {
        // The second half: the first of an identifier is its time, which neighbours share.
        let number = key.iter().skip(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let class = i64::try_from(number % LOCKS).unwrap_or(0);
        self.put("SELECT 1 FROM locks WHERE class = $1 FOR UPDATE", args![class])
    }

    fn tail(&mut self, after: Position, limit: i64) -> Result<Vec<Row>, Fault> {
        // Rows of transactions that are over, and before which no open one can put another any more.
        self.query(
            concat!(
                "SELECT tx, position, kind, ",
                event_columns!(),
                " FROM events
                  WHERE (tx, position) > ($1, $2)
                    AND tx < (SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM tx_base)
                  ORDER BY tx, position LIMIT $3"
            ),
            args![after.tx, after.place, limit],
        )
    }

    fn of_the_future(&mut self, limit: i64) -> Result<Vec<Row>, Fault> {
        self.query(
            "SELECT id FROM events WHERE tx >= (
               SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM tx_base)
             ORDER BY tx, position LIMIT $1",
            args![limit],
        )
    }

    fn place_before(&mut self, time: Time) -> Result<Option<Row>, Fault> {
        self.one("SELECT tx, position FROM events WHERE at < $1 ORDER BY at DESC LIMIT 1", args![time])
    }

    fn make_room(&mut self, at: Time) -> Result<(), Fault> {
        self.months.make(at)
    }

    fn forget_events(&mut self, before: Time, _: i64) -> Result<u64, Fault> {
        let parts = self.query(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = to_regclass('events') ORDER BY c.relname",
            args![],
        )?;
        for mut part in parts {
            self.months.drop_if_before(&part.text(0)?, before)?;
        }
        Ok(0)
    }
}
