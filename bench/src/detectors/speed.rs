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
/// And so many where memory is what is looked at: they are in it.
const SMALL_CHUNK: usize = 5_000;
/// Where memory is looked at.
const MARKS: [u64; 7] =
    [1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000, 1_000_000_000];
/// What `bidden investigate` may take in all.
const MOST: u64 = 256 << 20;

/// What was seen so far.
#[derive(Default)]
struct So {
    far: u64,
    found: usize,
    /// By the clock, and by the processor: others may be on the core.
    spent: Duration,
    worked: Duration,
    /// Memory at each mark.
    resident: Vec<u64>,
}

/// Measures over so many events. Whether memory stayed flat, where that was asked.
pub(super) fn run(options: &Options, events: u64) -> Result<bool, Trouble> {
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
        "{:>12} {:>16} {:>12} {:>14} {:>14} {:>10}",
        "events", "events/CPU s", "events/s", "MiB resident", "of it before", "findings"
    );
    let chunk = if options.flat { SMALL_CHUNK } else { CHUNK };
    let mut marks = MARKS.into_iter().filter(|mark| options.flat && *mark < events).chain([events]);
    let mut next = if options.flat { marks.next() } else { Some(events / 10) };
    let mut so = So::default();
    while so.far < events {
        let chunk: Vec<Event> =
            stream.by_ref().take(chunk).filter_map(|(number, line)| reader.read(number, &line)).collect();
        if chunk.is_empty() {
            break;
        }
        watch(&mut bench, chunk, &mut so)?;
        if next.is_some_and(|next| so.far >= next) {
            so.tell(before)?;
            next = marks.next();
        }
    }
    so.found += bench.finish().len();
    println!("\nfindings in all: {}", so.found);
    for (name, memory) in bench.memory() {
        println!(
            "{name:<24} {:>10} entries {:>12} forgotten before their time",
            memory.entries, memory.evicted
        );
    }
    Ok(!options.flat || so.is_flat())
}

fn watch(bench: &mut Bench, chunk: Vec<Event>, so: &mut So) -> Result<(), Trouble> {
    let (begun, cpu) = (Instant::now(), used(std::process::id(), 0)?.cpu);
    for event in &chunk {
        so.found += bench.observe(event).len();
    }
    so.spent += begun.elapsed();
    so.worked += used(std::process::id(), 0)?.cpu.saturating_sub(cpu);
    so.far += u64::try_from(chunk.len()).unwrap_or(0);
    Ok(())
}

impl So {
    /// Prints a line.
    fn tell(&mut self, before: u64) -> Result<(), Trouble> {
        let rate = |time: Duration| u128::from(self.far) * 1_000_000 / time.as_micros().max(1);
        let now = resident(std::process::id())?;
        println!(
            "{:>12} {:>16} {:>12} {:>14} {:>14} {:>10}",
            self.far,
            rate(self.worked),
            rate(self.spent),
            now >> 20,
            before >> 20,
            self.found
        );
        self.resident.push(now);
        Ok(())
    }

    /// Whether the last stretch, which is most of all events, added no more than a tenth, and there is never too much.
    fn is_flat(&self) -> bool {
        let [.., before, last] = &*self.resident else { return true };
        let most = self.resident.iter().max().copied().unwrap_or(0);
        let flat = *last <= before + before / 10 && most <= MOST;
        println!(
            "\naim: no more than a tenth added since the mark before the last, and never more than {} MiB: {} to {} MiB, {} at \
             most, {}",
            MOST >> 20,
            before >> 20,
            last >> 20,
            most >> 20,
            if flat { "met" } else { "NOT met" }
        );
        flat
    }
}
