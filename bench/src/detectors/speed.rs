//! How many events all detectors look at in a second, on one core, and how much memory that takes.

use std::time::{Duration, Instant};

use detect::Bench;
use model::event::Event;
use model::time::DAY;

use super::options::Options;
use crate::proc::{resident, used};
use crate::tenant::attacks::Set;
use crate::tenant::options::{FIRST_DAY, LINES_A_DAY};
use crate::tenant::record::{Leaves, Reader};
use crate::tenant::stream::{Stream, Wanted};
use crate::trouble::Trouble;

/// So many events are made before the clock runs.
const CHUNK: usize = 100_000;

/// Measures over so many events.
pub(super) fn run(options: &Options, events: u64) -> Result<(), Trouble> {
    let people = options.people;
    let days = u32::try_from(events / (u64::from(people) * LINES_A_DAY) + 3).unwrap_or(3650);
    let each = u32::try_from(u64::from(people) * u64::from(days) / 3000 / 29).unwrap_or(1).max(1);
    let seed = options.seeds.first().copied().unwrap_or(1);
    let wanted = Wanted { seed, people, days, from: FIRST_DAY * DAY, set: Set::All, each };
    let (mut stream, _) = Stream::new(&wanted);
    let mut reader = Reader::new(seed, people, Leaves::default());
    let mut bench = Bench::investigating();
    let before = resident(std::process::id())?;
    println!("\n{events} events of {people} people, all detectors, one core\n");
    println!(
        "{:>12} {:>14} {:>14} {:>14} {:>10}",
        "events", "events/s", "MiB resident", "of it before", "findings"
    );
    let (mut spent, mut worked, mut seen, mut found) = (Duration::ZERO, Duration::ZERO, 0_u64, 0_usize);
    let mut next = events / 10;
    while seen < events {
        let chunk: Vec<Event> =
            stream.by_ref().take(CHUNK).filter_map(|(number, line)| reader.read(number, &line)).collect();
        if chunk.is_empty() {
            break;
        }
        // By CPU time: others may be on the core.
        let (begun, cpu) = (Instant::now(), used(std::process::id(), 0)?.cpu);
        for event in &chunk {
            found += bench.observe(event).len();
        }
        spent += begun.elapsed();
        worked += used(std::process::id(), 0)?.cpu.saturating_sub(cpu);
        seen += u64::try_from(chunk.len()).unwrap_or(0);
        drop(chunk);
        if seen >= next {
            let rate = |time: Duration| u128::from(seen) * 1_000_000 / time.as_micros().max(1);
            let now = resident(std::process::id())?;
            println!(
                "{seen:>12} {:>16} {:>12} {:>14} {:>14} {found:>10}",
                rate(worked),
                rate(spent),
                now >> 20,
                before >> 20
            );
            next = if next < events { events } else { u64::MAX };
        }
    }
    found += bench.finish().len();
    println!("\nfindings in all: {found}");
    for (name, memory) in bench.memory() {
        println!(
            "{name:<24} {:>10} entries {:>12} forgotten before their time",
            memory.entries, memory.evicted
        );
    }
    Ok(())
}
