//! One connection, with a runtime of its own: whoever holds it waits for its answers on the thread that asks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use model::fault::Fault;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Statement};

use super::settings::{Limits, Settings};
use super::{ends_the_link, fault};
use crate::tables::Kind;
use crate::value::{Cell, Row};

/// A statement to be sent.
pub(crate) struct Request {
    pub(crate) sql: &'static str,
    pub(crate) args: Vec<Cell>,
    pub(crate) rows: bool,
}

/// What came back.
pub(crate) enum Answer {
    Count(u64),
    Rows(Vec<Row>),
}

/// Why a batch failed, and whether the server may have gone on with it.
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    /// The connection is gone: nobody knows what the server still did of this batch.
    pub(crate) lost: bool,
    /// A row found no part of its table to go to.
    pub(crate) no_room: bool,
}

/// A connection.
pub(crate) struct Link {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    limits: Limits,
    broken: bool,
    /// It was given up because no answer came: the way to the server is cut, and nobody was told.
    pub(crate) silent: bool,
    /// How often the server had fallen silent when this connection was opened; see [`super::pool::Gate`].
    pub(crate) era: u64,
    /// None only while it is dropped.
    runtime: Option<Runtime>,
}

impl Link {
    /// Connects.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Fault> {
        const WHAT: &str = "connecting to the database";
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| Fault::new(WHAT, error))?;
        let limits = settings.limits;
        let connecting = async {
            let (client, connection) = settings.config.connect(settings.tls.clone()).await?;
            // It gets on only while somebody waits for an answer, which is when there is something to do.
            runtime.spawn(connection);
            // Durable means durable, whatever the database's default is; one that asks for more is left alone.
            let text = format!(
                "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {};
                 SELECT set_config('synchronous_commit', 'on', false)
                   WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')",
                limits.statement.as_millis(),
                limits.lock.as_millis(),
                limits.answer.as_millis(),
            );
            client.batch_execute(&text).await?;
            Ok(client)
        };
        let client = runtime
            .block_on(async { tokio::time::timeout(settings.patience(), connecting).await })
            .map_err(|error| Fault::new(WHAT, error).passing())?
            .map_err(|error: Error| fault(WHAT, error))?;
        Ok(Self {
            client,
            statements: HashMap::new(),
            limits,
            broken: false,
            silent: false,
            era: 0,
            runtime: Some(runtime),
        })
    }

    /// Whether it can still be used: looks at what the server sent while nobody waited.
    pub(crate) fn alive(&mut self) -> bool {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(async {
                // Once for the system to be asked, and once more for the connection to read what it says.
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
            });
        }
        !self.broken && !self.client.is_closed()
    }

    /// Sends all of `batch` at once and waits for the answers. The first failure is reported: the others follow
    /// from it.
    pub(crate) fn run(&mut self, batch: &[Request]) -> Result<Vec<Answer>, Failed> {
        let Self { client, statements, limits, runtime, broken, silent, .. } = self;
        let Some(runtime) = runtime.as_ref().filter(|_| !*broken) else { return Err(gone()) };
        let work = async {
            let unknown: Vec<&'static str> =
                batch.iter().map(|request| request.sql).filter(|sql| !statements.contains_key(sql)).collect();
            let prepared = together(unknown.iter().map(|sql| client.prepare(sql)).collect()).await;
            for (sql, statement) in unknown.into_iter().zip(prepared) {
                statements.insert(sql, statement.map_err(|error| (sql, error))?);
            }
            let mut asked = Vec::with_capacity(batch.len());
            for request in batch {
                let Some(statement) = statements.get(request.sql) else { continue };
                asked.push(ask(client, statement, request));
            }
            let mut answers = Vec::with_capacity(batch.len());
            for (request, answer) in batch.iter().zip(together(asked).await) {
                answers.push(answer.map_err(|error| (request.sql, error))?);
            }
            Ok(answers)
        };
        match runtime.block_on(async { tokio::time::timeout(limits.answer, work).await }) {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err((sql, error))) => {
                let lost = ends_the_link(&error) || client.is_closed();
                *broken |= lost;
                let no_room = error.code() == Some(&SqlState::CHECK_VIOLATION);
                Err(Failed { fault: fault(sql, error), lost, no_room })
            }
            Err(_) => {
                *broken = true;
                *silent = true;
                Err(Failed {
                    fault: Fault::plain("the database did not answer in time").passing(),
                    lost: true,
                    no_room: false,
                })
            }
        }
    }

    /// Sends `batch` and does not wait for its answers: they are read, and thrown away, with the next.
    pub(crate) fn send(&mut self, batch: &[Request]) {
        let Self { client, statements, runtime, broken, .. } = self;
        // What was given up is not waited for once more.
        let Some(runtime) = runtime.as_ref().filter(|_| !*broken) else { return };
        let mut asked: Vec<_> = batch
            .iter()
            .filter_map(|request| {
                statements.get(request.sql).map(|statement| Box::pin(ask(client, statement, request)))
            })
            .collect();
        if asked.len() != batch.len() {
            // Not prepared yet: the first time on this connection.
            drop(asked);
            self.broken |= self.run(batch).is_err();
            return;
        }
        runtime.block_on(async {
            std::future::poll_fn(|cx| {
                for one in &mut asked {
                    // Handed to the connection by being polled for the first time.
                    let _ = one.as_mut().poll(cx);
                }
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        });
    }

    /// Takes many rows at once by `sql`, a `COPY … FROM STDIN BINARY` of columns that hold `kinds`.
    pub(crate) fn copy_in(&mut self, sql: &'static str, kinds: &[Kind], rows: &[Row]) -> Result<(), Fault> {
        let Some(runtime) = &self.runtime else { return Err(gone().fault) };
        if rows.iter().any(|row| row.0.len() != kinds.len()) {
            return Err(Fault::plain("a row has not as many columns as its table"));
        }
        let types: Vec<Type> = kinds
            .iter()
            .map(|kind| match kind {
                Kind::Int => Type::INT8,
                Kind::Text => Type::TEXT,
                Kind::Bytes => Type::BYTEA,
            })
            .collect();
        let work = async {
            let sink = self.client.copy_in(sql).await?;
            let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
            for row in rows {
                let cells: Vec<&(dyn ToSql + Sync)> =
                    row.0.iter().map(|cell| -> &(dyn ToSql + Sync) { cell }).collect();
                writer.as_mut().write(&cells).await?;
            }
            writer.finish().await
        };
        match runtime.block_on(async { tokio::time::timeout(self.limits.answer, work).await }) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                self.broken |= ends_the_link(&error);
                Err(fault(sql, error))
            }
            Err(error) => {
                self.broken = true;
                Err(Fault::new(sql, error).passing())
            }
        }
    }

    /// Runs a text of several statements by themselves.
    pub(crate) fn batch(&mut self, what: &'static str, text: &str) -> Result<(), Fault> {
        let Some(runtime) = &self.runtime else { return Err(gone().fault) };
        let work = async { tokio::time::timeout(self.limits.answer, self.client.batch_execute(text)).await };
        match runtime.block_on(work) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                self.broken |= ends_the_link(&error);
                Err(fault(what, error))
            }
            Err(error) => {
                self.broken = true;
                Err(Fault::new(what, error).passing())
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // A runtime that is dropped where tasks run would wait there, which is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn gone() -> Failed {
    Failed { fault: Fault::plain("the connection is gone").passing(), lost: true, no_room: false }
}

async fn ask(client: &Client, statement: &Statement, request: &Request) -> Result<Answer, Error> {
    let args: Vec<&(dyn ToSql + Sync)> =
        request.args.iter().map(|arg| -> &(dyn ToSql + Sync) { arg }).collect();
    if !request.rows {
        return client.execute(statement, &args).await.map(Answer::Count);
    }
    let found = client.query(statement, &args).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let cells = (0..row.len()).map(|n| row.try_get::<_, Cell>(n)).collect::<Result<_, _>>()?;
        rows.push(Row(cells));
    }
    Ok(Answer::Rows(rows))
}

/// Waits for all of them. They are polled in their order from the start, so what they send is sent in it.
async fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    let mut waiting: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        let mut all = true;
        for (future, output) in waiting.iter_mut().zip(&mut outputs).filter(|(_, output)| output.is_none()) {
            match future.as_mut().poll(cx) {
                Poll::Ready(ready) => *output = Some(ready),
                Poll::Pending => all = false,
            }
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
