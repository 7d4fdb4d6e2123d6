//! The redeem transaction as most projects would have written it: an `sqlx` pool, `begin`, one statement after the
//! other, `commit`. `bench store` runs it beside bidden's own; see bench/README.md.
#![expect(
    clippy::disallowed_methods,
    reason = "this program measures wall time and stands outside the product"
)]

#[path = "../../src/store/closed_loop.rs"]
mod closed_loop;
mod engine;
mod options;
mod rows;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use crate::closed_loop::{Measured, Plan};
use crate::options::{Engine, Options};

fn main() -> ExitCode {
    match start(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("rival: {trouble}");
            ExitCode::from(2)
        }
    }
}

fn start(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        match options.engine {
            Engine::Sqlite => {
                let path = options.path.as_deref().ok_or("--path is missing")?;
                let pool = engine::open_sqlite(path, options.pool.unwrap_or(1)).await?;
                engine::sqlite::run(pool, options).await
            }
            Engine::Postgres => {
                let url = options.url.as_deref().ok_or("--url is missing")?;
                let pool = engine::open_postgres(url, options.pool.unwrap_or(64)).await?;
                engine::postgres::run(pool, options).await
            }
        }
        .map_err(Box::<dyn std::error::Error>::from)
    })?;
    if let Some(measured) = measured {
        println!("{}", serde_json::to_string(&measured)?);
    }
    Ok(())
}

/// How the loop is run, with so many live codes.
fn plan(options: &Options, codes: usize) -> Plan {
    Plan {
        tasks: options.tasks,
        warm_up: Duration::from_millis(options.warm_up_ms),
        time: Duration::from_secs(options.seconds),
        codes,
        announce: options.announce,
    }
}

/// What is particular to this program.
fn with_note(measured: Measured, pool: u32) -> Measured {
    Measured { note: format!("a pool of {pool}"), ..measured }
}
