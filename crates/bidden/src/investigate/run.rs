//! All inputs as one stream in the order of time, and the detectors at its end.
//!
//! 1. Each file is looked at: when does it begin, and does it run forward in time?
//! 2. Files that run forward are read side by side where they overlap, and one after the other where they do not.
//!    A file of records that says it is sorted is opened when its first record is due, another one some minutes before.
//! 3. Where one does not, or there are too many at once, everything is sorted first, on disk if need be.
//! 4. What looked sorted and turns out not to be is begun again, sorted; standard input cannot be, and says so.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::Failed;

use super::input::Input;
use super::order::{DISORDER, Straighten, Twins, place};
use super::parquet;
use super::progress::Progress;
use super::sort::{Part, Room, Sorter};
use super::source::{Effort, Ending, Seen, Shared, Source};
use super::tally::Tally;

/// Events by which it is judged whether an input runs forward.
const LOOKED_AT: usize = 2_000;
/// Most inputs that are read side by side.
const MOST_OPEN: usize = 16;
/// Events between two looks at the progress.
const STEP: u64 = 4_096;

/// What a run may take.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// Threads that parse.
    pub(super) threads: usize,
    /// Bytes that an input is read by.
    pub(super) piece: usize,
    /// Most events that are held back to be put in order.
    pub(super) held: usize,
    pub(super) room: Room,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Ran {
    pub(super) tally: Tally,
    pub(super) endings: Vec<Ending>,
    pub(super) repeated: u64,
    pub(super) twins: u64,
    pub(super) late: u64,
    pub(super) sorted: bool,
}

/// Why a run stopped before its end.
enum Stop {
    /// The order was not what it had looked like.
    Disorder,
    Failed(Failed),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(Failed(error.to_string()))
    }
}

/// What stands at the end of the stream.
pub(super) trait Sink {
    /// The next record in the order of time, with what stands there twice.
    fn read(&mut self, _: &Seen) {}
    /// The next one without.
    fn observe(&mut self, seen: Seen);
}

/// Hands every event of all inputs to what `begin` makes, in the order of time; it is made anew when a run begins again.
///
/// # Errors
/// When an input cannot be opened, or the disk takes no more.
pub(super) fn run<W: Sink>(
    inputs: &[Input],
    limits: &Limits,
    progress: &Progress,
    begin: &dyn Fn() -> W,
) -> Result<(W, Ran), Failed> {
    let plan = plan(inputs, limits);
    let again = inputs.iter().all(Input::can_be_read_again);
    if let Some(forward) = plan {
        let mut to = begin();
        match forward_run(forward, limits, (progress, again), &mut to) {
            Ok(ran) => return Ok((to, ran)),
            Err(Stop::Disorder) => progress.again(),
            Err(Stop::Failed(why)) => return Err(why),
        }
    }
    let mut to = begin();
    match sorted_run(inputs, limits, progress, &mut to) {
        Ok(ran) => Ok((to, ran)),
        Err(Stop::Failed(why)) => Err(why),
        Err(Stop::Disorder) => Err(Failed("what was sorted is not in order".to_owned())),
    }
}

/// The inputs in the order in which they have to be opened, each with the time of that; none where one does not run forward.
fn plan(inputs: &[Input], limits: &Limits) -> Option<VecDeque<(i64, Input)>> {
    let mut all = Vec::new();
    for input in inputs {
        let due = match input.records().and_then(parquet::sorted_from) {
            // Where that is not so, an event comes late, and everything is begun again.
            Some(first) => first,
            // Before its first records there may be earlier ones further on.
            None if input.can_be_read_again() => begins(input, limits)?.saturating_sub(DISORDER),
            // Standard input is looked at while it is read.
            None => i64::MIN,
        };
        all.push((due, input.clone()));
    }
    all.sort_by_key(|(due, _)| *due);
    Some(all.into())
}

/// When an input begins; none where it does not run forward. What cannot be read at all is no hindrance here.
fn begins(input: &Input, limits: &Limits) -> Option<i64> {
    let effort = Effort { threads: 1, piece: limits.piece.min(1 << 18) };
    let Ok(mut source) = Source::start(input, effort, &Shared::default()) else { return Some(i64::MIN) };
    let times: Vec<i64> =
        std::iter::from_fn(|| source.next()).take(LOOKED_AT).map(|seen| seen.event.at.micros()).collect();
    runs_forward(&times).then(|| times.iter().min().copied().unwrap_or(i64::MIN))
}

/// Whether times run forward, but for some minutes.
fn runs_forward(times: &[i64]) -> bool {
    let mut newest = i64::MIN;
    times.iter().all(|at| {
        newest = newest.max(*at);
        *at >= newest.saturating_sub(DISORDER)
    })
}

/// Reads inputs that run forward.
fn forward_run(
    mut waiting: VecDeque<(i64, Input)>,
    limits: &Limits,
    (progress, again): (&Progress, bool),
    to: &mut dyn Sink,
) -> Result<Ran, Stop> {
    let mut ran = Ran::default();
    let shared = progress.shared();
    let mut open: Vec<(Seen, Source)> = Vec::new();
    let (mut order, mut twins) = (Straighten::new(limits.held), Twins::default());
    let mut events = 0_u64;
    loop {
        let next = open.iter().map(|(seen, _)| seen.event.at.micros()).min();
        while waiting.front().is_some_and(|(due, _)| next.is_none_or(|next| *due <= next)) {
            let Some((_, input)) = waiting.pop_front() else { break };
            if open.len() >= MOST_OPEN {
                return Err(Stop::Disorder);
            }
            start(&input, limits, (open.len(), &shared), (&mut open, &mut ran))?;
            if next.is_none() {
                break;
            }
        }
        let first = open.iter().enumerate().min_by_key(|(_, (seen, _))| place(seen)).map(|(at, _)| at);
        let Some((seen, source)) = first.and_then(|at| open.get_mut(at)) else {
            if waiting.is_empty() {
                break;
            }
            continue;
        };
        let taken = match source.next() {
            Some(next) => std::mem::replace(seen, next),
            None => {
                let (last, mut source) = open.swap_remove(first.unwrap_or(0));
                end(&mut source, &mut ran);
                last
            }
        };
        order.push(taken);
        if order.late > 0 && again {
            return Err(Stop::Disorder);
        }
        while let Some(seen) = order.pop(false) {
            hand_on(seen, &mut twins, to);
        }
        events += 1;
        if events.is_multiple_of(STEP) {
            progress.at(events);
        }
    }
    while let Some(seen) = order.pop(true) {
        hand_on(seen, &mut twins, to);
    }
    twins.finish(&mut |seen| to.observe(seen));
    (ran.repeated, ran.twins, ran.late) = (twins.repeated, twins.twins, order.late);
    progress.at(events);
    Ok(ran)
}

fn hand_on(seen: Seen, twins: &mut Twins, to: &mut dyn Sink) {
    to.read(&seen);
    twins.push(seen, &mut |seen| to.observe(seen));
}

/// Opens an input and takes its first event.
fn start(
    input: &Input,
    limits: &Limits,
    (others, shared): (usize, &Shared),
    (open, ran): (&mut Vec<(Seen, Source)>, &mut Ran),
) -> Result<(), Stop> {
    let effort = Effort { threads: (limits.threads / (others + 1)).max(1), piece: limits.piece };
    let mut source = match Source::start(input, effort, shared) {
        Ok(source) => source,
        Err(error) => {
            let broken = Some(error.to_string());
            ran.endings.push(Ending { name: input.name.clone(), broken, ..Ending::default() });
            return Ok(());
        }
    };
    match source.next() {
        Some(first) => open.push((first, source)),
        None => end(&mut source, ran),
    }
    Ok(())
}

fn end(source: &mut Source, ran: &mut Ran) {
    let mut ending = source.finish();
    let tally = std::mem::take(&mut ending.tally);
    for bad in &tally.first_bad {
        ending.tally.set_aside(bad.clone());
    }
    ran.tally.add(tally);
    ran.endings.push(ending);
}

/// Reads everything, sorts it, and hands it on.
fn sorted_run(
    inputs: &[Input],
    limits: &Limits,
    progress: &Progress,
    to: &mut dyn Sink,
) -> Result<Ran, Stop> {
    let mut ran = Ran { sorted: true, ..Ran::default() };
    let shared = progress.shared();
    let mut sorter = Sorter::new(limits.room.clone());
    let mut events = 0_u64;
    for input in inputs {
        let effort = Effort { threads: limits.threads, piece: limits.piece };
        let mut source = match Source::start(input, effort, &shared) {
            Ok(source) => source,
            Err(error) => {
                let broken = Some(error.to_string());
                ran.endings.push(Ending { name: input.name.clone(), broken, ..Ending::default() });
                continue;
            }
        };
        while let Some(seen) = source.next() {
            sorter.push(seen)?;
            events += 1;
            if events.is_multiple_of(STEP) {
                progress.at(events);
            }
        }
        end(&mut source, &mut ran);
    }
    progress.sorted(events);
    let mut parts = sorter.finish()?;
    let mut twins = Twins::default();
    merge(&mut parts, &mut |seen, done| {
        hand_on(seen, &mut twins, to);
        if done.is_multiple_of(STEP) {
            progress.at(done);
        }
    })?;
    twins.finish(&mut |seen| to.observe(seen));
    (ran.repeated, ran.twins) = (twins.repeated, twins.twins);
    progress.at(events);
    Ok(ran)
}

/// Hands on the events of sorted parts, the earliest first, with how many there were.
fn merge(parts: &mut [Part], on: &mut dyn FnMut(Seen, u64)) -> std::io::Result<()> {
    let mut heads: Vec<Option<Seen>> = Vec::new();
    let mut next = BinaryHeap::new();
    for (at, part) in parts.iter_mut().enumerate() {
        let head = part.next()?;
        next.extend(head.as_ref().map(|seen| Reverse((place(seen), at))));
        heads.push(head);
    }
    let mut done = 0_u64;
    while let Some(Reverse((_, at))) = next.pop() {
        let (Some(part), Some(head)) = (parts.get_mut(at), heads.get_mut(at)) else { continue };
        let following = part.next()?;
        next.extend(following.as_ref().map(|seen| Reverse((place(seen), at))));
        if let Some(seen) = std::mem::replace(head, following) {
            done += 1;
            on(seen, done);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use wire::columnar::{Beside, Record, Writer};
    use wire::foreign::{Arena, Read, read};

    use crate::investigate::testing::Folder;

    use super::*;

    fn row(minute: i64, id: &str) -> String {
        row_at(minute * 60, id)
    }

    fn row_at(second: i64, id: &str) -> String {
        let at = wire::rfc3339::write(1_788_220_800_000_000 + second * 1_000_000);
        format!(
            "{{\"id\":\"{id}\",\"createdDateTime\":\"{at}\",\"userPrincipalName\":\"a@b.example\",\"status\":{{\"errorCode\":0}}}}\n"
        )
    }

    fn limits(bytes: usize) -> Limits {
        Limits { threads: 2, piece: 512, held: 1000, room: Room { bytes, folder: std::env::temp_dir() } }
    }

    impl Sink for Vec<String> {
        fn observe(&mut self, seen: Seen) {
            self.push(seen.event.record().unwrap().record.to_string());
        }
    }

    /// The identifiers in the order in which they came.
    fn order(files: &[(&str, Vec<i64>)], bytes: usize) -> (Vec<String>, Ran) {
        let folder = Folder::new(&format!("run-{bytes}-{}", files.len()));
        for (name, minutes) in files {
            let text: String = minutes.iter().map(|minute| row(*minute, &format!("r{minute:05}"))).collect();
            fs::write(folder.path().join(name), text).unwrap();
        }
        let inputs = Input::gather(&[folder.path().display().to_string()]).ok().unwrap();
        run(&inputs, &limits(bytes), &Progress::silent(), &Vec::new).ok().unwrap()
    }

    fn names(minutes: impl IntoIterator<Item = i64>) -> Vec<String> {
        minutes.into_iter().map(|minute| format!("r{minute:05}")).collect()
    }

    #[test]
    fn files_come_in_the_order_of_time_however_they_are_cut_and_ordered() {
        let all: Vec<i64> = (0..300).collect();
        let forward = |from, to| (from..to).collect::<Vec<i64>>();
        let back = |from, to| (from..to).rev().collect::<Vec<i64>>();
        for (files, sorted) in [
            (vec![("a", forward(0, 300))], false),
            (vec![("b", forward(0, 100)), ("a", forward(100, 300))], false),
            (vec![("a", forward(0, 200)), ("b", forward(100, 300))], false),
            (vec![("a", back(0, 300))], true),
            (vec![("a", back(0, 200)), ("b", forward(150, 300))], true),
        ] {
            for bytes in [1 << 22, 4_000] {
                let (came, ran) = order(&files, bytes);
                assert_eq!(came, names(all.clone()), "{files:?}");
                assert_eq!(ran.sorted, sorted, "{files:?}");
                let written: usize = files.iter().map(|(_, minutes)| minutes.len()).sum();
                assert_eq!(ran.repeated, u64::try_from(written - all.len()).unwrap());
            }
        }
    }

    /// A file of records, which says that it is sorted whatever is in it.
    fn records(folder: &Folder, name: &str, seconds: impl IntoIterator<Item = i64>) {
        let mut writer = Writer::new(fs::File::create(folder.path().join(name)).unwrap()).unwrap();
        for second in seconds {
            let (text, arena) = (row_at(second, &format!("r{second:05}")), Arena::default());
            let Read::Row(row) = read(text.trim_end().as_bytes(), &arena).unwrap() else { panic!("no row") };
            writer.push(&Record::Row(*row)).unwrap();
        }
        writer.finish(&Beside::default()).unwrap();
    }

    fn order_of(folder: &Folder) -> (Vec<String>, Ran) {
        let inputs = Input::gather(&[folder.path().display().to_string()]).ok().unwrap();
        run(&inputs, &limits(1 << 22), &Progress::silent(), &Vec::new).ok().unwrap()
    }

    #[test]
    fn sorted_files_of_records_are_merged_and_not_sorted_again() {
        let folder = Folder::new("run-parts");
        // Twelve parts side by side, each of three files that follow one another within seconds.
        for (part, file) in (0..12).flat_map(|part| (0..3).map(move |file| (part, file))) {
            let seconds = (0..100).map(|n| (file * 100 + n) * 12 + part);
            records(&folder, &format!("part-{part}-{file}"), seconds);
        }
        let (came, ran) = order_of(&folder);
        assert!(!ran.sorted);
        assert_eq!(came, names(0..3600));
    }

    #[test]
    fn a_file_that_says_it_is_sorted_and_is_not_is_sorted() {
        for seconds in [
            (0..2500_i64).chain([17]).map(|n| n * 20).collect::<Vec<_>>(),
            (0..100).rev().map(|n| n * 20).collect(),
        ] {
            let folder = Folder::new("run-liar");
            records(&folder, "a", (0..50).map(|n| n * 20 + 10));
            records(&folder, "b", seconds.iter().copied());
            let (came, ran) = order_of(&folder);
            assert!(ran.sorted);
            assert!(came.is_sorted());
            assert_eq!(came.len(), 50 + seconds.len() - usize::from(seconds.len() > 100));
        }
    }

    #[test]
    fn what_looked_sorted_and_is_not_is_begun_again() {
        let mut minutes: Vec<i64> = (0..3000).collect();
        minutes.push(17);
        let (came, ran) = order(&[("a", minutes)], 1 << 22);
        assert!(ran.sorted);
        assert_eq!(came, names(0..3000));
    }

    #[test]
    fn what_no_one_can_open_is_named_and_the_rest_is_read() {
        let folder = Folder::new("run-broken");
        fs::write(folder.path().join("a.gz"), b"\x1f\x8b\x08nonsense").unwrap();
        fs::write(folder.path().join("b.json"), row(1, "x")).unwrap();
        fs::write(folder.path().join("c.txt"), "hello\n").unwrap();
        let inputs = Input::gather(&[folder.path().display().to_string()]).ok().unwrap();
        let (came, ran) =
            run(&inputs, &limits(1 << 20), &Progress::silent(), &Vec::<String>::new).ok().unwrap();
        assert_eq!(came, ["x"]);
        let broken: Vec<bool> = ran.endings.iter().map(|ending| ending.broken.is_some()).collect();
        assert_eq!(broken.iter().filter(|broken| **broken).count(), 1, "{:?}", ran.endings);
        assert!(ran.endings.iter().any(|ending| ending.unknown));
    }
}
