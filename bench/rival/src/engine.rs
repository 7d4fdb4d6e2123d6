//! The pool and the transaction, one text for both engines.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// How often a transaction is tried again that another one was in the way of.
const RETRIES: u32 = 100;

/// SQLite as its guides say: a write-ahead log, flushed at each commit, and five seconds of patience.
pub(crate) async fn open_sqlite(path: &Path, pool: u32) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true);
    SqlitePoolOptions::new().max_connections(pool).connect_with(options).await
}

/// PostgreSQL as it comes.
pub(crate) async fn open_postgres(url: &str, pool: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new().max_connections(pool).connect(url).await
}

/// Whether the same transaction may succeed if it is tried again.
fn in_the_way(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        Some("40001" | "40P01") => true,
        // SQLITE_BUSY and SQLITE_LOCKED, with whatever is said beyond that in the higher bits.
        Some(code) if code.len() < 5 => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
        Some(_) | None => false,
    }
}

/// The schema for one of the engines: what is for the other stays a comment.
fn schema(engine: &str) -> String {
    let mut text = include_str!("schema.sql").to_owned();
    let mark = format!("/*{engine} ");
    while let Some((before, rest)) = text.split_once(&mark) {
        let (inside, after) = rest.split_once("*/").unwrap_or((rest, ""));
        text = format!("{before}{inside}{after}");
    }
    text
}

macro_rules! engine {
    ($name:ident, $database:ty, $begin:literal) => {
        #[doc = "The transaction on one of the engines."]
        pub(crate) mod $name {
            use std::sync::Arc;

            use sqlx::{AssertSqlSafe, Pool, QueryBuilder, Row as _, Transaction};
            use uuid::Uuid;

            use crate::closed_loop::{self, Measured, Outcome};
            use crate::options::Options;
            use crate::rows::{self, AT_ONCE, Asked, BROWSER, KIND, Live, RESERVED, SOURCE};

            type Db = $database;

            /// Prepares what is missing and runs the loop, unless there are no tasks.
            pub(crate) async fn run(pool: Pool<Db>, options: &Options) -> Result<Option<Measured>, sqlx::Error> {
                prepare(&pool, options.prepare).await?;
                if options.tasks == 0 {
                    pool.close().await;
                    return Ok(None);
                }
                let live = Arc::new(live(&pool).await?);
                let plan = crate::plan(options, live.len());
                let shared = pool.clone();
                let measured = closed_loop::run(plan, move |n| {
                    let (pool, live) = (shared.clone(), Arc::clone(&live));
                    async move { one(&pool, live.get(n)).await }
                })
                .await;
                let measured = crate::with_note(measured, pool.options().get_max_connections());
                pool.close().await;
                Ok(Some(measured))
            }

            async fn one(pool: &Pool<Db>, live: Option<&Live>) -> Outcome {
                let Some(live) = live else { return Err("no such code".to_owned()) };
                for retries in 0..super::RETRIES {
                    match redeem(pool, live).await {
                        Ok(true) => return Ok(retries),
                        Ok(false) => return Err("a live code was refused".to_owned()),
                        Err(error) if super::in_the_way(&error) => {}
                        Err(error) => return Err(error.to_string()),
                    }
                }
                Err("another transaction was always in the way".to_owned())
            }

            /// What `bidden` does when a code of an existing account matches, in a browser known to it.
            pub(crate) async fn redeem(pool: &Pool<Db>, live: &Live) -> Result<bool, sqlx::Error> {
                let now = rows::now();
                let mut tx = pool.begin_with($begin).await?;
                let claimed = sqlx::query(
                    "UPDATE sign_in_codes SET guesses_left = guesses_left - 1
                     WHERE id = $1 AND purpose = $2 AND browser = $3 AND state = 'live' AND guesses_left > 0
                       AND expires_at > $4
                     RETURNING id, account, destination, purpose, state, guesses_left, guesses, mailed, known,
                       browser, asked_at, expires_at, mailed_at, reference, identity, opening, invitation, digest,
                       not_me, masked, reserved, ledger_day, source, ended_at, decoy",
                )
                .bind(&live.request)
                .bind("sign_in")
                .bind(&BROWSER[..])
                .bind(now)
                .fetch_optional(&mut *tx)
                .await?;
                let Some(claimed) = claimed else { return Ok(false) };
                if claimed.try_get::<Vec<u8>, _>("digest")? != live.digest {
                    return Ok(false);
                }
                let account: Vec<u8> = claimed.try_get("account")?;
                let found = sqlx::query(
                    "SELECT a.id, a.state, a.role, a.opened_at, d.shown, d.confirmed_at
                     FROM accounts a JOIN addresses d ON d.account = a.id WHERE a.id = $1",
                )
                .bind(&account)
                .fetch_optional(&mut *tx)
                .await?;
                if found.is_none_or(|found| found.get::<String, _>("state") != "open") {
                    return Ok(false);
                }
                let ended = sqlx::query(
                    "UPDATE sign_in_codes SET state = $2, ended_at = $3, sealed_code = NULL, sealed_address = NULL
                     WHERE id = $1 AND state = 'live'
                     RETURNING id, account, destination, purpose, state, guesses_left, guesses, mailed, known,
                       browser, asked_at, expires_at, mailed_at, reference, identity, opening, invitation, digest,
                       not_me, masked, reserved, ledger_day, source, ended_at, decoy",
                )
                .bind(&live.request)
                .bind("redeemed")
                .bind(now)
                .fetch_optional(&mut *tx)
                .await?;
                let Some(ended) = ended else { return Ok(false) };
                let (guesses, left): (i64, i64) = (ended.try_get("guesses")?, ended.try_get("guesses_left")?);
                let unused = ended.try_get::<i64, _>("reserved")? / guesses.max(1) * left;
                let destination: Vec<u8> = ended.try_get("destination")?;
                for subject in [&account, &destination] {
                    sqlx::query(
                        "INSERT INTO guess_ledger (subject, known, day, units) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (subject, known, day) DO UPDATE SET units = guess_ledger.units + excluded.units",
                    )
                    .bind(subject)
                    .bind(ended.try_get::<i64, _>("known")?)
                    .bind(ended.try_get::<i64, _>("ledger_day")?)
                    .bind(-unused)
                    .execute(&mut *tx)
                    .await?;
                }
                sqlx::query("DELETE FROM outbox WHERE request = $1 AND state = 'waiting' AND lease_until <= $2")
                    .bind(&live.request)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                let request = Uuid::from_slice(&live.request).map_err(|error| sqlx::Error::Decode(error.into()))?;
                let owner = Uuid::from_slice(&account).map_err(|error| sqlx::Error::Decode(error.into()))?;
                start(&mut tx, (owner, request), now).await?;
                tx.commit().await?;
                Ok(true)
            }

            /// The browser is remembered, its session replaced, and both facts go on the record.
            async fn start(
                tx: &mut Transaction<'_, Db>,
                (account, request): (Uuid, Uuid),
                now: i64,
            ) -> Result<(), sqlx::Error> {
                let remembered = sqlx::query(
                    "INSERT INTO browsers (account, digest, id, browser, first_used, last_used)
                     VALUES ($1, $2, $3, $4, $5, $5)
                     ON CONFLICT (account, digest) DO UPDATE
                       SET browser = excluded.browser, last_used = excluded.last_used
                     RETURNING id",
                )
                .bind(&account.as_bytes()[..])
                .bind(&BROWSER[..])
                .bind(&rows::id().as_bytes()[..])
                .bind(KIND)
                .bind(now)
                .fetch_one(&mut **tx)
                .await?;
                let browser: Vec<u8> = remembered.try_get("id")?;
                sqlx::query("DELETE FROM sessions WHERE account = $1 AND browser = $2 RETURNING id")
                    .bind(&account.as_bytes()[..])
                    .bind(&browser)
                    .fetch_all(&mut **tx)
                    .await?;
                let session = rows::id();
                sqlx::query(
                    "INSERT INTO sessions (id, account, browser, digest, source, started_at, used_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(&session.as_bytes()[..])
                .bind(&account.as_bytes()[..])
                .bind(&browser)
                .bind(rows::chance::<16>())
                .bind(SOURCE)
                .bind(now)
                .bind(now)
                .bind(now + 30 * 86_400_000_000)
                .execute(&mut **tx)
                .await?;
                for (name, within, kind) in [
                    ("sign_in_code_redeemed", None, r#"{"name":"sign_in_code_redeemed"}"#),
                    (
                        "session_started",
                        Some(session),
                        r#"{"name":"session_started","details":{"known":true}}"#,
                    ),
                ] {
                    let id = rows::id();
                    sqlx::query(
                        "INSERT INTO events (id, at, subject, request, kind, body) VALUES ($1, $2, $3, $4, $5, $6)",
                    )
                    .bind(&id.as_bytes()[..])
                    .bind(now)
                    .bind(&account.as_bytes()[..])
                    .bind(&request.as_bytes()[..])
                    .bind(name)
                    .bind(rows::event(within, kind))
                    .execute(&mut **tx)
                    .await?;
                }
                Ok(())
            }

            /// The live codes, the oldest first.
            pub(crate) async fn live(pool: &Pool<Db>) -> Result<Vec<Live>, sqlx::Error> {
                let rows = sqlx::query("SELECT id, digest FROM sign_in_codes WHERE state = 'live' ORDER BY id");
                let rows = rows.fetch_all(pool).await?;
                rows.into_iter()
                    .map(|row| Ok(Live { request: row.try_get("id")?, digest: row.try_get("digest")? }))
                    .collect()
            }

            /// Makes accounts, each with a known browser and a live code, until there are `wanted` live codes.
            pub(crate) async fn prepare(pool: &Pool<Db>, wanted: usize) -> Result<(), sqlx::Error> {
                if sqlx::query("SELECT 1 FROM accounts LIMIT 1").fetch_optional(pool).await.is_err() {
                    sqlx::raw_sql(AssertSqlSafe(super::schema(stringify!($name)))).execute(pool).await?;
                }
                if wanted == 0 {
                    return Ok(());
                }
                let mut tx = pool.begin().await?;
                let there: i64 = sqlx::query("SELECT COUNT(*) FROM sign_in_codes WHERE state = 'live'")
                    .fetch_one(&mut *tx)
                    .await?
                    .try_get(0)?;
                let there = usize::try_from(there).unwrap_or(0);
                for first in (there..wanted).step_by(AT_ONCE) {
                    let asked: Vec<Asked> = (first..wanted.min(first + AT_ONCE)).map(Asked::new).collect();
                    insert(&mut tx, &asked).await?;
                }
                tx.commit().await
            }

            async fn insert(tx: &mut Transaction<'_, Db>, asked: &[Asked]) -> Result<(), sqlx::Error> {
                let bytes = |id: &Uuid| id.as_bytes().to_vec();
                let mut accounts = QueryBuilder::<Db>::new("INSERT INTO accounts (id, state, role, opened_at) ");
                accounts.push_values(asked, |mut row, asked| {
                    row.push_bind(bytes(&asked.account)).push_bind("open").push_bind("member").push_bind(asked.at);
                });
                let mut addresses = QueryBuilder::<Db>::new(
                    "INSERT INTO addresses (identity, account, destination, shown, confirmed_at) ",
                );
                addresses.push_values(asked, |mut row, asked| {
                    row.push_bind(asked.identity.clone()).push_bind(bytes(&asked.account));
                    row.push_bind(asked.destination.clone()).push_bind(asked.address.clone()).push_bind(asked.at);
                });
                let mut browsers = QueryBuilder::<Db>::new(
                    "INSERT INTO browsers (account, digest, id, browser, first_used, last_used) ",
                );
                browsers.push_values(asked, |mut row, asked| {
                    row.push_bind(bytes(&asked.account)).push_bind(BROWSER.to_vec());
                    row.push_bind(bytes(&asked.browser)).push_bind(KIND).push_bind(asked.at).push_bind(asked.at);
                });
                let mut ledger =
                    QueryBuilder::<Db>::new("INSERT INTO guess_ledger (subject, known, day, units) ");
                let both = asked.iter().flat_map(|asked| {
                    [(bytes(&asked.account), asked.day), (asked.destination.clone(), asked.day)]
                });
                ledger.push_values(both, |mut row, (subject, day)| {
                    row.push_bind(subject).push_bind(1_i64).push_bind(day).push_bind(RESERVED);
                });
                let mut codes = codes(asked);
                let mut events =
                    QueryBuilder::<Db>::new("INSERT INTO events (id, at, subject, request, kind, body) ");
                events.push_values(asked, |mut row, asked| {
                    let id = rows::id();
                    row.push_bind(bytes(&id)).push_bind(asked.at).push_bind(bytes(&asked.account));
                    row.push_bind(bytes(&asked.request)).push_bind("sign_in_code_requested");
                    row.push_bind(asked.event());
                });
                for statement in [&mut accounts, &mut addresses, &mut browsers, &mut ledger, &mut codes, &mut events]
                {
                    statement.build().persistent(false).execute(&mut **tx).await?;
                }
                Ok(())
            }

            fn codes(asked: &[Asked]) -> QueryBuilder<Db> {
                let mut codes = QueryBuilder::<Db>::new(
                    "INSERT INTO sign_in_codes (id, account, identity, destination, purpose, browser, known, digest,
                       not_me, sealed_code, sealed_address, masked, state, guesses, guesses_left, mailed, decoy,
                       reserved, ledger_day, reference, source, asked_at, mailed_at, expires_at) ",
                );
                codes.push_values(asked, |mut row, asked| {
                    row.push_bind(asked.request.as_bytes().to_vec()).push_bind(asked.account.as_bytes().to_vec());
                    row.push_bind(asked.identity.clone()).push_bind(asked.destination.clone());
                    row.push_bind("sign_in").push_bind(BROWSER.to_vec()).push_bind(1_i64);
                    row.push_bind(asked.digest.clone()).push_bind(rows::chance::<16>());
                    row.push_bind(rows::chance::<52>()).push_bind(rows::chance::<52>());
                    row.push_bind("p…@example.test").push_bind("live").push_bind(3_i64).push_bind(3_i64);
                    row.push_bind(1_i64).push_bind(0_i64).push_bind(RESERVED).push_bind(asked.day);
                    row.push_bind("amber falcon").push_bind(SOURCE).push_bind(asked.at).push_bind(asked.at);
                    row.push_bind(asked.expires_at);
                });
                codes
            }
        }
    };
}

engine!(sqlite, sqlx::Sqlite, "BEGIN IMMEDIATE");
engine!(postgres, sqlx::Postgres, "BEGIN");

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row as _, SqlitePool};

    use super::*;
    use crate::rows::RESERVED;

    async fn number(pool: &SqlitePool, sql: &str) -> i64 {
        sqlx::query(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap().get(0)
    }

    #[test]
    fn a_code_is_redeemed_once_and_leaves_what_bidden_leaves() {
        let path = std::env::temp_dir().join(format!("rival-{}.db", std::process::id()));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = open_sqlite(&path, 4).await.unwrap();
            sqlite::prepare(&pool, 3).await.unwrap();
            sqlite::prepare(&pool, 3).await.unwrap();
            let live = sqlite::live(&pool).await.unwrap();
            assert_eq!(live.len(), 3);
            let both = tokio::join!(sqlite::redeem(&pool, &live[0]), sqlite::redeem(&pool, &live[0]));
            assert_ne!(both.0.unwrap(), both.1.unwrap());
            assert_eq!(number(&pool, "SELECT COUNT(*) FROM sign_in_codes WHERE state = 'live'").await, 2);
            assert_eq!(number(&pool, "SELECT COUNT(*) FROM sessions").await, 1);
            assert_eq!(number(&pool, "SELECT COUNT(*) FROM events").await, 3 + 2);
            assert_eq!(number(&pool, "SELECT COUNT(*) FROM browsers").await, 3);
            // One guess of three was made; the other two go back to both subjects.
            let kept = number(&pool, "SELECT SUM(units) FROM guess_ledger").await;
            assert_eq!(kept, 2 * (3 * RESERVED - 2 * (RESERVED / 3)));
            pool.close().await;
        });
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }

    #[test]
    fn each_engine_has_its_own_lines_of_the_schema() {
        let (sqlite, postgres) = (schema("sqlite"), schema("postgres"));
        assert!(
            sqlite.contains(") WITHOUT ROWID ;") && sqlite.contains("\n  position INTEGER PRIMARY KEY, ")
        );
        assert!(
            postgres.contains("\n  position BIGSERIAL PRIMARY KEY, ")
                && postgres.contains("/*sqlite WITHOUT ROWID */")
        );
    }
}
