//! What growth costs: a small store and one of many accounts and events, made and measured in the same run.

mod forget;
mod measure;
pub(crate) mod one_run;
pub(crate) mod options;
mod pages;
pub(crate) mod people;
mod postgres;
mod record;
mod report;
mod rows;
mod sink;
mod sqlite;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::time::Time;
use serde::de::DeserializeOwned;

use self::measure::{Found, Line};
use self::one_run::Sizes;
use self::options::Options;
use self::people::People;
use self::report::{Grown, Report};
use crate::limits::disk;
use crate::store::options::Engine;
use crate::store::server::Server;
use crate::told;
use crate::trouble::Trouble;

/// Bytes that an account and an event take, with everything that belongs to them and what is sorted for indexes: as
/// measured with a million accounts, and a tenth more.
const fn bytes_each(engine: Engine) -> (u64, u64) {
    match engine {
        Engine::Sqlite => (600, 430),
        Engine::Postgres => (1_700, 520),
    }
}

/// Says on standard error what is being done.
fn tell(what: &str) {
    eprintln!("bench: {what}");
}

/// Measures what was asked for and prints it. Whether it is worth something. Once `interrupted` is set nothing more is
/// started, and what was made is removed.
///
/// # Errors
/// The first thing that keeps a store from being measured at all.
pub(crate) fn run(options: &Options, interrupted: &AtomicBool) -> Result<bool, Trouble> {
    let this = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
    let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
    let parent = options.dir.clone().unwrap_or(beside);
    let scratch = Scratch::new(&parent, options.keep)?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
    let before = told::load_average();
    if options.keep {
        tell(&format!("what is made is filled at {}", now.micros()));
    }
    let growth = Growth { options, this: &this, scratch: &scratch, now, interrupted };
    let mut stores = Vec::new();
    for engine in &options.engines {
        stores.push(match engine {
            Engine::Sqlite => growth.on(*engine, None)?,
            Engine::Postgres => growth.on_postgres()?,
        });
    }
    let sizes = [growth.small(), growth.grown()];
    let report = Report {
        accounts: sizes.map(|(accounts, _)| u64::from(accounts)),
        events: sizes.map(|(_, events)| events),
        load_average: [before, told::load_average()],
        stores,
    };
    told::report(&report, options.json)?;
    Ok(report.counts())
}

/// The directory of the files; removed when the run is over, however it ends, unless it is to be kept.
struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    fn new(parent: &Path, keep: bool) -> Result<Self, Trouble> {
        let path = parent.join(format!("bench-growth-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(Trouble::system(format!("making {}", path.display())))?;
        Ok(Self { path, keep })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.keep {
            tell(&format!("kept: {}", self.path.display()));
        } else {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Free bytes of the disk that a directory is on.
fn free(place: &Path) -> Result<u64, Trouble> {
    let output = Command::new("df")
        .args(["--output=avail", "--block-size=1"])
        .arg(place)
        .output()
        .map_err(Trouble::system("running `df` (Debian: coreutils)"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.lines().nth(1).and_then(|line| line.trim().parse().ok());
    number.ok_or_else(|| Trouble::Unexpected(format!("df says nothing about {}", place.display())))
}

/// A store under measurement.
struct Place<'a> {
    engine: Engine,
    name: &'static str,
    accounts: u32,
    events: u64,
    server: Option<&'a Server>,
}

struct Growth<'a> {
    options: &'a Options,
    this: &'a Path,
    scratch: &'a Scratch,
    now: Time,
    interrupted: &'a AtomicBool,
}

impl Growth<'_> {
    fn small(&self) -> (u32, u64) {
        let (accounts, of) = (u64::from(self.options.small), u64::from(self.options.accounts));
        let events = u128::from(self.options.events) * u128::from(accounts) / u128::from(of.max(1));
        (self.options.small, u64::try_from(events).unwrap_or(0).max(1))
    }

    fn grown(&self) -> (u32, u64) {
        (self.options.accounts, self.options.events)
    }

    fn go_on(&self) -> Result<(), Trouble> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(Trouble::Unexpected("interrupted".to_owned()));
        }
        Ok(())
    }

    fn on_postgres(&self) -> Result<Grown, Trouble> {
        let (server, _own) = match &self.options.postgres {
            Some(url) => (Server::given(url)?, None),
            None => {
                tell("starting a PostgreSQL of our own");
                let (server, cluster) = postgres::own()?;
                (server, Some(cluster))
            }
        };
        let found = self.on(Engine::Postgres, Some(&server));
        if !self.options.keep {
            for name in ["small", "grown"] {
                server.drop_database(&database(name))?;
            }
        }
        found
    }

    fn on(&self, engine: Engine, server: Option<&Server>) -> Result<Grown, Trouble> {
        let (accounts, events) = self.grown();
        let disk = match (engine, &self.options.postgres) {
            (Engine::Sqlite, _) => Some(self.scratch.path.clone()),
            (Engine::Postgres, None) => Some(std::env::temp_dir()),
            // The disk of somebody else's server cannot be looked at.
            (Engine::Postgres, Some(_)) => None,
        };
        if let Some(disk) = disk {
            let (an_account, an_event) = bytes_each(engine);
            room(&disk, u64::from(accounts) * an_account + events * an_event)?;
        }
        let (few, short) = self.small();
        let small = Place { engine, name: "small", accounts: few, events: short, server };
        let grown = Place { engine, name: "grown", accounts, events, server };
        let began = Instant::now();
        self.fill(&grown)?;
        let filled_in = began.elapsed().as_secs_f64();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for round in 0..self.options.rounds {
            for (place, found) in [(&small, &mut first), (&grown, &mut second)] {
                if place.name == small.name {
                    // Those who sign in leave more behind than a small store holds.
                    self.fill(place)?;
                }
                tell(&format!("{}: measuring the {} store, round {}", engine.name(), place.name, round + 1));
                let disk = disk::measure(&self.scratch.path, Duration::from_secs(2))?.in_place;
                let mut lines = self.child::<Found>(place, "measure", self.options.seconds, round)?;
                lines.lines.insert(0, Line { what: report::DISK.to_owned(), count: 1, time: disk });
                found.push(lines);
            }
        }
        tell("looking at sizes");
        let sizes: [Sizes; 2] = [self.child(&small, "sizes", 1, 0)?, self.child(&grown, "sizes", 1, 0)?];
        tell("deleting the oldest tenth of the record");
        let forgotten = self.child(&grown, "forget", self.options.forget_seconds, 0)?;
        if !self.options.keep && engine == Engine::Sqlite {
            // Room for the next one.
            let _ = std::fs::remove_dir_all(self.scratch.path.join("grown"));
        }
        let last = |rounds: &[Found]| rounds.last().map_or([0; 3], |found| found.resident);
        Ok(Grown {
            engine,
            filled_in,
            pairs: Grown::pairs_of(&first, &second),
            resident: [last(&first), last(&second)],
            sizes,
            forgotten,
            failed: first.iter().chain(&second).find_map(|found| found.failed.clone()),
        })
    }

    fn fill(&self, place: &Place<'_>) -> Result<(), Trouble> {
        self.go_on()?;
        let (engine, name) = (place.engine.name(), place.name);
        tell(&format!("{engine}: filling the {name} store, {} accounts", place.accounts));
        if let Some(server) = place.server {
            server.make_database(&database(name), None)?;
        } else {
            let directory = self.scratch.path.join(name);
            // One of the round before.
            let _ = std::fs::remove_dir_all(&directory);
            std::fs::create_dir_all(&directory)
                .map_err(Trouble::system(format!("making {}", directory.display())))?;
        }
        let status = self.command(place, "make").status().map_err(Trouble::system("starting a process"))?;
        if !status.success() {
            return Err(Trouble::Unexpected(format!("filling ended with {status}")));
        }
        if let Some(server) = place.server {
            let people = People { seed: self.options.seed, count: u64::from(place.accounts), now: self.now };
            postgres::fill(server, &database(name), people, place.events)?;
        }
        let synced = Command::new("sync").status();
        synced.map(|_| ()).map_err(Trouble::system("running `sync` (Debian: coreutils)"))
    }

    fn command(&self, place: &Place<'_>, phase: &str) -> Command {
        let mut command = Command::new(self.this);
        command.args(["growth-one-run", "--phase", phase, "--engine", place.engine.name()]);
        match place.server {
            Some(server) => command.arg("--url").arg(server.url(&database(place.name))),
            None => command.arg("--path").arg(self.scratch.path.join(place.name).join("store.db")),
        };
        command
            .args(["--accounts", &place.accounts.to_string(), "--events", &place.events.to_string()])
            .args(["--seed", &self.options.seed.to_string()])
            .args(["--filled-at", &self.now.micros().to_string()])
            // Elsewhere there may be no room for what is sorted.
            .env(sqlite::SORTING, &self.scratch.path)
            .stdin(Stdio::null());
        command
    }

    /// What a process of ours found, which it tells in one line.
    fn child<T: DeserializeOwned>(
        &self,
        place: &Place<'_>,
        phase: &str,
        seconds: u64,
        round: u32,
    ) -> Result<T, Trouble> {
        self.go_on()?;
        let output = self
            .command(place, phase)
            .args(["--seconds", &seconds.to_string(), "--round", &round.to_string()])
            .args(self.options.cold.then_some("--cold"))
            .args(self.options.look_ahead.then_some("--look-ahead"))
            .stderr(Stdio::inherit())
            .output()
            .map_err(Trouble::system("starting a process"))?;
        if !output.status.success() {
            return Err(Trouble::Unexpected(format!("{phase} ended with {}", output.status)));
        }
        parse(&String::from_utf8_lossy(&output.stdout))
    }
}

#[expect(clippy::disallowed_methods, reason = "not from outside: what our own child printed")]
fn parse<T: DeserializeOwned>(line: &str) -> Result<T, Trouble> {
    serde_json::from_str(line).map_err(|error| Trouble::Unexpected(format!("a child said {line:?}: {error}")))
}

fn database(name: &str) -> String {
    format!("bidden_bench_{name}")
}

/// Says how much room is needed, and whether it is there.
fn room(disk: &Path, needed: u64) -> Result<(), Trouble> {
    let free = free(disk)?;
    let (needed_said, free_said) = (flow::operator::size(needed), flow::operator::size(free));
    tell(&format!("{}: {free_said} are free, up to {needed_said} are needed", disk.display()));
    if free < needed {
        return Err(Trouble::Unexpected(format!(
            "{} has {free_said} left and up to {needed_said} are needed: take fewer --accounts and --events, or another --dir",
            disk.display()
        )));
    }
    Ok(())
}
