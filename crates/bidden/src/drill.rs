//! `bidden drill`: starts a server of its own on this machine, attacks it as others have been attacked, and prints what came of
//! it.
//!
//! 1. [`world`]: a whole server with a clock that the drill turns, a mailbox in which all its mails end up, and nobody else's
//!    data. [`browser`] and [`kit`] talk to it over HTTP.
//! 2. [`attacks`]: the table of attacks. Each starts with a server of its own.
//! 3. [`told`]: what the attacker got, what the owner saw and when, and whether the promise was kept; as text and JSON.
//!
//! Nothing but that server is ever talked to (`outbound::visitor` connects to loopback addresses alone).

mod attacks;
mod browser;
mod kit;
mod told;
mod world;

use crate::Failed;
use crate::cli::Drill;
use crate::commands::print;

use told::{Played, Report};
use world::World;

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
    let mut report = Report::default();
    for attack in chosen {
        let mut world = World::start(attack)?;
        let played =
            (attack.play)(&mut world).map_err(|Failed(why)| Failed(format!("{}: {why}", attack.id)))?;
        report.add(attack, played);
    }
    print(&if asked.json { report.json() } else { report.to_string() })?;
    match report.broken() {
        0 => Ok(()),
        1 => Err(Failed("a promise was broken".to_owned())),
        broken => Err(Failed(format!("{broken} promises were broken"))),
    }
}
