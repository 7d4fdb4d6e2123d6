//! The tenant's logs in the order of time, in memory that depends on how many people there are and not on for how long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::vec::IntoIter;

use super::attacks::{Incident, Set, carry_out, plan};
use super::chance::Chance;
use super::draft::Line;
use super::people::People;
use super::routine::{self, Out, Turn};
use model::time::DAY;

/// What is generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) seed: u64,
    pub(crate) people: u32,
    pub(crate) days: u32,
    /// The first midnight, in microseconds since the epoch.
    pub(crate) from: i64,
    pub(crate) set: Set,
    /// How often each variant is carried out.
    pub(crate) each: u32,
}

/// A line that waits for its time.
#[derive(Debug)]
struct Waiting {
    at: i64,
    number: u64,
    line: Line,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// The lines of a tenant, one after the other.
#[derive(Debug)]
pub(crate) struct Stream {
    people: People,
    turns: BinaryHeap<Reverse<Turn>>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    incidents: std::iter::Peekable<IntoIter<Incident>>,
    chance: Chance,
    out: Out,
    number: u64,
    until: i64,
}

impl Stream {
    /// The lines, and the incidents among them.
    pub(crate) fn new(wanted: &Wanted) -> (Self, Vec<Incident>) {
        let people = People::new(wanted.seed, wanted.people);
        let incidents = plan(&people, wanted.set, (wanted.from, wanted.days), wanted.each);
        let mut out = Out::default();
        routine::beginnings(&people, wanted.from, &mut out);
        let turns = out.turns.drain(..).map(Reverse).collect();
        let stream = Self {
            people,
            turns,
            waiting: BinaryHeap::new(),
            incidents: incidents.clone().into_iter().peekable(),
            chance: Chance::new(wanted.seed, 5),
            out,
            number: 0,
            until: wanted.from + i64::from(wanted.days) * DAY,
        };
        (stream, incidents)
    }

    /// Whatever comes first: somebody's step, or an incident.
    fn step(&mut self) {
        let next_turn = self.turns.peek().map_or(i64::MAX, |Reverse(turn)| turn.at);
        if let Some(incident) = self.incidents.next_if(|incident| incident.at <= next_turn) {
            carry_out(&incident, &self.people, &mut self.out.lines);
        } else if let Some(Reverse(turn)) = self.turns.pop() {
            routine::step(&mut self.people, turn, &mut self.chance, &mut self.out);
        }
        self.turns.extend(self.out.turns.drain(..).filter(|turn| turn.at < self.until).map(Reverse));
        for line in self.out.lines.drain(..) {
            self.number += 1;
            self.waiting.push(Reverse(Waiting { at: line.at(), number: self.number, line }));
        }
    }
}

impl Iterator for Stream {
    /// The line with its number, from which its identifier follows.
    type Item = (u64, Line);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let turn = self.turns.peek().map_or(i64::MAX, |Reverse(turn)| turn.at);
            let begun = self.incidents.peek().map_or(i64::MAX, |incident| incident.at);
            let first = self.waiting.peek().map_or(i64::MAX, |Reverse(waiting)| waiting.at);
            if first == i64::MAX && turn == i64::MAX && begun == i64::MAX {
                return None;
            }
            // What a step brings about never lies before it.
            if first <= turn && first <= begun {
                return self.waiting.pop().map(|Reverse(waiting)| (waiting.number, waiting.line));
            }
            self.step();
        }
    }
}
