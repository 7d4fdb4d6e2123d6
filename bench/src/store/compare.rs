//! The comparison: for each store and number of tasks the two sides in turns, with the raw disk between them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::copies::{Place, Scratch};
use super::options::{Engine, Options};
use super::report::{Pair, Report, Round};
use super::server::Server;
use super::side::{self, Figures, Side};
use super::slow;
use crate::limits::disk;
use crate::told;
use crate::trouble::Trouble;

/// How long a size of the rival's pool is tried, in seconds.
const TRIAL: u32 = 2;

/// Says on standard error what is being done.
fn tell(what: &str) {
    eprintln!("bench: {what}");
}

/// Compares everything that was asked for and prints it. Whether it is worth something. Once `interrupted` is set
/// nothing more is started, and what was made is removed.
///
/// # Errors
/// The first thing that keeps a side from being measured at all.
pub(crate) fn run(options: &Options, interrupted: &AtomicBool) -> Result<bool, Trouble> {
    if let Some(outcome) = slow::again(options.flush_us)? {
        return Ok(outcome);
    }
    let this = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
    let rival = match &options.rival {
        Some(program) => program.clone(),
        None => built()?,
    };
    let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
    let scratch = Scratch::new(options.dir.as_ref().unwrap_or(&beside))?;
    let server = match (&options.postgres, options.engines.contains(&Engine::Postgres)) {
        (_, false) => None,
        (Some(url), true) => Some(Server::given(url)?),
        (None, true) => {
            tell("starting a PostgreSQL of our own");
            Some(Server::own()?)
        }
    };
    let before = told::load_average();
    let mut pairs = Vec::new();
    for engine in &options.engines {
        let server = server.as_ref().filter(|_| *engine == Engine::Postgres);
        let place = Place { engine: *engine, scratch: &scratch, server };
        let bench = Comparison { options, this: &this, rival: &rival, place, interrupted };
        bench.prepare()?;
        for tasks in &options.tasks {
            pairs.push(bench.pair(*tasks)?);
        }
        bench.place.forget()?;
    }
    let report = Report {
        load_average: [before, told::load_average()],
        postgres: server.map(|server| server.version.clone()),
        seconds: options.seconds,
        pairs,
    };
    told::report(&report, options.json)?;
    Ok(report.counts())
}

/// Builds the rival in its own workspace.
fn built() -> Result<PathBuf, Trouble> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("rival");
    tell("building the rival");
    let status = Command::new("cargo")
        .args(["build", "--release", "--locked", "--quiet"])
        .current_dir(&workspace)
        // The rival's SQLite is built as sqlx builds it: its own configuration says so, unless this is set.
        .env_remove("LIBSQLITE3_FLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .map_err(Trouble::system("running `cargo`"))?;
    if !status.success() {
        return Err(Trouble::Unexpected("the rival cannot be built".to_owned()));
    }
    let program = workspace.join("../../target/rival/release/rival");
    program.canonicalize().map_err(Trouble::system("finding the rival"))
}

/// Has everything written that is still to be, so that nobody is charged for what was done before.
fn calm() -> Result<(), Trouble> {
    Command::new("sync").status().map(|_| ()).map_err(Trouble::system("running `sync` (Debian: coreutils)"))
}

struct Comparison<'a> {
    options: &'a Options,
    this: &'a Path,
    rival: &'a Path,
    place: Place<'a>,
    interrupted: &'a AtomicBool,
}

impl Comparison<'_> {
    /// The command of a side, on the database in `place`.
    fn command(&self, side: Side, place: [String; 2], tasks: u32, pool: Option<u32>) -> Command {
        let mut command = match side {
            Side::Ours => {
                let mut command = Command::new(self.this);
                command.arg("store-one-run").args(["--connections", &self.options.connections.to_string()]);
                command
            }
            Side::Rival => {
                let mut command = Command::new(self.rival);
                command.args(pool.map(|pool| format!("--pool={pool}")));
                command
            }
        };
        command.args(["--engine", self.place.engine.name(), "--tasks", &tasks.to_string()]).args(place);
        command
    }

    fn go_on(&self) -> Result<(), Trouble> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(Trouble::Unexpected("interrupted".to_owned()));
        }
        Ok(())
    }

    fn codes(&self) -> u32 {
        let each = match self.place.engine {
            Engine::Sqlite => 20_000,
            Engine::Postgres => 6_000,
        };
        self.options.codes.unwrap_or(each * (self.options.seconds + 1))
    }

    fn prepare(&self) -> Result<(), Trouble> {
        let (engine, codes) = (self.place.engine.name(), self.codes());
        for side in [Side::Ours, Side::Rival] {
            self.go_on()?;
            tell(&format!("{engine}: preparing {codes} live codes, {}", side.name()));
            let place = self.place.to_prepare(side)?;
            side::prepare(self.command(side, place, 0, None).args(["--prepare", &codes.to_string()]))?;
            self.place.settle(side)?;
        }
        Ok(())
    }

    fn measure(&self, side: Side, tasks: u32, seconds: u32, pool: u32) -> Result<Figures, Trouble> {
        self.go_on()?;
        let place = self.place.fresh(side)?;
        calm()?;
        let mut command = self.command(side, place, tasks, Some(pool));
        command.args(["--announce", "--seconds", &seconds.to_string()]);
        side::measure(&mut command, seconds, self.place.server)
    }

    /// The size of the rival's pool that does most with so many tasks.
    fn pool(&self, tasks: u32) -> Result<u32, Trouble> {
        let sizes = match self.place.engine {
            Engine::Sqlite => [1, 16],
            Engine::Postgres => [16, 64],
        };
        let mut best = (sizes[0], 0.0);
        if tasks == 1 {
            return Ok(best.0);
        }
        for size in sizes {
            let figures = self.measure(Side::Rival, tasks, TRIAL, size)?;
            if figures.errors == 0 && figures.per_second > best.1 {
                best = (size, figures.per_second);
            }
        }
        Ok(best.0)
    }

    fn pair(&self, tasks: u32) -> Result<Pair, Trouble> {
        let pool = self.pool(tasks)?;
        let engine = self.place.engine;
        let mut rounds = Vec::new();
        for number in 1..=self.options.rounds {
            calm()?;
            let raw = disk::measure(self.place.scratch.path(), Duration::from_secs(2))?.in_place_per_second;
            let ours = self.measure(Side::Ours, tasks, self.options.seconds, pool)?;
            let rival = self.measure(Side::Rival, tasks, self.options.seconds, pool)?;
            tell(&format!(
                "{}, {tasks} tasks, round {number}: ours {:.0}/s, sqlx {:.0}/s, raw disk {raw:.0}/s",
                engine.name(),
                ours.per_second,
                rival.per_second
            ));
            rounds.push(Round { raw_per_second: raw, ours, rival });
        }
        Ok(Pair::of(engine, tasks, rounds))
    }
}
