//! `bidden drill`: starts a server of its own on this machine, attacks it as others have been attacked, and prints what came of
//! it.
//!
//! 1. [`world`]: a whole server with a clock that the drill turns, a mailbox in which all its mails end up, and nobody else's
//!    data. [`browser`] and [`kit`] talk to it over HTTP.
//! 2. [`attacks`]: the table of attacks. Each starts with a server of its own.
//! 3. [`told`]: what the attacker got, what the owner saw and when, what the detectors found, and whether the promise was
//!    kept; as text and JSON. [`page`]: the same as one page to hand on.
//!
//! Nothing but that server is ever talked to (`outbound::visitor` connects to loopback addresses alone), and the PostgreSQL
//! server that `--store` names, on which each attack has a database of its own that is dropped after it.

mod attacks;
mod browser;
mod key;
mod kit;
mod page;
mod told;
mod world;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flow::{Scratch, StoreSettings};
use model::entropy::Entropy;
use model::fault::Fault;
use web::Chance;

use crate::Failed;
use crate::cli::Drill;
use crate::commands::{failed, print};

use told::{Played, Report};
use world::World;

/// How many connections a server on PostgreSQL holds for its writes.
const CONNECTIONS: usize = 2;

/// What every server of a drill is started with.
struct Stage {
    /// The PostgreSQL server on which the data is kept; a file for each attack where there is none.
    store: Option<StoreSettings>,
    /// What all chance comes from.
    seed: u64,
}

impl Stage {
    fn new(asked: &Drill) -> Result<Self, Failed> {
        let store = asked.store.as_deref().map(|url| StoreSettings::parse(url, CONNECTIONS)).transpose();
        let seed = match asked.seed {
            Some(seed) => seed,
            // Short enough to be typed.
            None => u64::from(u32::from_be_bytes(Entropy::system().bytes()?)),
        };
        Ok(Self { store: store.map_err(|fault| failed(&fault))?, seed })
    }

    /// A database that lasts as long as one attack; none where the data is in a file.
    fn database(&self) -> Result<Option<Scratch>, Fault> {
        let make = |server: &StoreSettings| {
            let name: [u8; 8] = Entropy::system().bytes()?;
            Scratch::make(server.clone(), format!("bidden_drill_{}", wire::token::hex(&name)))
        };
        self.store.as_ref().map(make).transpose()
    }

    /// The chance of one attack: another one for each request, and the same whenever it is played with this seed.
    fn chance(&self, attack: &Attack) -> Chance {
        let of_attack = attack.id.bytes().fold(self.seed, |all, byte| all.rotate_left(8) ^ u64::from(byte));
        let drawn = AtomicU64::new(0);
        Arc::new(move || {
            let number = drawn.fetch_add(1, Ordering::Relaxed);
            Entropy::seeded(of_attack.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number))
        })
    }
}

/// An attack that can be played.
struct Attack {
    /// Its stable name.
    id: &'static str,
    /// The rows of the table of attacks that it stands for (docs/attacks.md).
    rows: &'static [u8],
    /// What is tried, in a few words.
    title: &'static str,
    /// The settings of the server: the text of its `bidden.toml`.
    settings: fn() -> String,
    /// Plays it.
    play: fn(&mut World) -> Result<Played, Failed>,
}

/// Plays what was asked for. Fails when a promise was broken.
pub(crate) fn run(asked: &Drill) -> Result<(), Failed> {
    let chosen: Vec<&Attack> = attacks::ALL
        .iter()
        .filter(|attack| asked.only.is_empty() || asked.only.iter().any(|id| id == attack.id))
        .collect();
    if let Some(unknown) =
        asked.only.iter().find(|id| attacks::ALL.iter().all(|attack| attack.id != id.as_str()))
    {
        let known: Vec<&str> = attacks::ALL.iter().map(|attack| attack.id).collect();
        return Err(Failed(format!("there is no attack `{unknown}`.\nThere are: {}", known.join(", "))));
    }
    if asked.list {
        return print(&told::list(&chosen));
    }
    let stage = Stage::new(asked)?;
    let mut report = Report::new(stage.seed);
    for attack in chosen {
        let told = |Failed(why): Failed| Failed(format!("{}: {why}", attack.id));
        let mut world = World::start(attack, &stage).map_err(told)?;
        let played = (attack.play)(&mut world).map_err(told)?;
        let found = world.findings().map_err(told)?;
        report.add(attack, played, found);
    }
    if let Some(file) = &asked.html {
        fs::write(file, page::page(&report))
            .map_err(|error| Failed(format!("cannot write {}: {error}", file.display())))?;
    }
    print(&if asked.json { report.json() } else { report.to_string() })?;
    match report.broken() {
        0 => Ok(()),
        1 => Err(Failed("a promise was broken".to_owned())),
        broken => Err(Failed(format!("{broken} promises were broken"))),
    }
}
