//! The same over devices that were let in here.
//!
//! The server sees both halves itself: where the device is, seen from the person. One device elsewhere is a doubtful case, for
//! which it gives less at first and no finding: a telephone approves the television at home. One network whose devices several people let in, or send away, within a day is a campaign.
//! So is one client whose devices several people say are not theirs.

use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Fact, Reason, Severity};
use model::nearness::Nearness;

use super::OURS;
use crate::book::{Alarm, Book, Proof};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, line, text};
use crate::window::Recent;

const NETWORKS: usize = 4096;
const DEVICES: usize = 16_384;
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// So many people within a day.
const SEVERAL: usize = 3;
const RING: usize = 16;

/// Who answered for a device of this network or client.
type Answers = Recent<(Mark, Proof)>;

/// See the module.
#[derive(Debug)]
pub(super) struct Ours {
    /// From which line a device asked.
    devices: Kept<Mark>,
    /// Who let devices of that line in that were elsewhere.
    lines: Kept<Answers>,
    /// Who said that a device of that client was not theirs.
    clients: Kept<Answers>,
}

impl Default for Ours {
    fn default() -> Self {
        Self { devices: Kept::new(DEVICES), lines: Kept::new(NETWORKS), clients: Kept::new(NETWORKS) }
    }
}

impl Ours {
    pub(super) fn wants(kind: &str) -> bool {
        matches!(kind, "device_asked" | "device_approved" | "device_denied" | "device_moved")
    }

    pub(super) fn memory(&self) -> Memory {
        self.devices.memory().and(self.lines.memory()).and(self.clients.memory())
    }

    pub(super) fn observe(&mut self, event: &Event, book: &mut Book) {
        match &event.kind {
            EventKind::DeviceAsked { device, .. } => {
                if let Some(address) = event.source.and_then(|source| source.address) {
                    self.devices.put(text(device.bytes(), 30), line(address));
                }
            }
            EventKind::DeviceApproved { device, nearness: Nearness::Elsewhere, .. } => {
                let from = self.devices.get(text(device.bytes(), 30)).copied();
                if let Some(from) = from {
                    let key = network(from);
                    answered(&mut self.lines, (from, key), Fact::SameDeviceNetwork, event, book);
                }
            }
            EventKind::DeviceMoved { device, nearness: Nearness::Elsewhere, .. } => {
                moved(event, &device.to_string(), book)
            }
            EventKind::DeviceDenied { device, client } => {
                let mark = text(client.as_bytes(), 31);
                let key = format!("client {client}");
                answered(&mut self.clients, (mark, key), Fact::PersonDenied, event, book);
                if let Some(from) = self.devices.get(text(device.bytes(), 30)).copied() {
                    let key = network(from);
                    answered(&mut self.lines, (from, key), Fact::PersonDenied, event, book);
                }
            }
            _ => {}
        }
    }
}

/// A device that went elsewhere before it came for its tokens: worth a look, and no more by itself.
fn moved(event: &Event, device: &str, book: &mut Book) {
    book.raise(Alarm {
        kind: &OURS,
        subject: event.subject.clone(),
        key: format!("device {device}"),
        severity: Severity::Info,
        score: 0,
        reasons: vec![Reason::scored(Fact::MovedAway, 0)],
        proofs: vec![Proof::of(event)],
    });
}

/// Which address it was is not kept, only that it was the same.
fn network(mark: Mark) -> String {
    format!("network {mark:016x}")
}

/// Somebody answered for a device of a network or a client; several people are a campaign.
fn answered(
    table: &mut Kept<Answers>,
    (mark, key): (Mark, String),
    fact: Fact,
    event: &Event,
    book: &mut Book,
) {
    let Some(person) = event.subject.key().map(|key| text(&key, 32)) else { return };
    let answers = table.entry(mark, Recent::default);
    let Some(place) = answers.insert(event.at, (person, Proof::of(event)), RING) else { return };
    let several = answers.windows(place, WINDOW).find(|window| {
        let mut people: Vec<Mark> = window.iter().map(|(_, (person, _))| *person).collect();
        people.sort_unstable();
        people.dedup();
        people.len() >= SEVERAL
    });
    let Some(window) = several else { return };
    let count = window.len();
    let proofs = window.iter().map(|(_, (_, proof))| proof.clone()).collect();
    book.raise(Alarm {
        kind: &OURS,
        subject: Subject::Site,
        key,
        severity: Severity::High,
        score: 0,
        reasons: vec![Reason::counted(fact, count)],
        proofs,
    });
}
