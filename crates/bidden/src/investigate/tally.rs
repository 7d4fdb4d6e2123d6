//! What was read: counts from which follows what an export cannot show.

use std::collections::BTreeMap;

use model::event::Event;
use model::event::imported::{Outcome, Protocol, Transfer};
use model::time::{HOUR, Time};
use wire::foreign::Format;

/// How many rows that could not be read are kept to be shown.
pub(super) const MOST_BAD: usize = 5;
/// Longest piece of such a row that is kept, in bytes.
const LONGEST_PIECE: usize = 64 * 1024;
/// Most hours that are counted one by one: eleven years.
const MOST_HOURS: usize = 100_000;

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bad {
    /// Where it begins: bytes of the unpacked file.
    pub(super) at: u64,
    /// Why.
    pub(super) why: String,
    /// The row, or its beginning.
    pub(super) row: Vec<u8>,
}

impl Bad {
    pub(super) fn new(at: u64, why: String, row: &[u8]) -> Self {
        Self { at, why, row: row.get(..LONGEST_PIECE).unwrap_or(row).to_vec() }
    }
}

/// Counts of the records of one format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OfFormat {
    pub(super) sign_ins: u64,
    pub(super) acts: u64,
    /// Sign-ins that say by which protocol they were made.
    pub(super) with_protocol: u64,
    pub(super) with_transfer: u64,
    pub(super) with_session: u64,
    pub(super) with_network: u64,
    pub(super) with_address: u64,
    pub(super) with_correlation: u64,
    pub(super) with_device: u64,
    pub(super) interactive: u64,
    pub(super) without_person: u64,
    /// Second factors that were refused, and of these, how many say how.
    pub(super) refused_factors: u64,
    pub(super) explained_factors: u64,
    pub(super) summed_up: u64,
    pub(super) device_codes: u64,
}

/// Counts of everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) formats: BTreeMap<Format, OfFormat>,
    /// Records that are of no person, or of no kind that is known.
    pub(super) other: u64,
    pub(super) bad: u64,
    pub(super) first_bad: Vec<Bad>,
    /// Files that end in the middle of a record.
    pub(super) half_written: u64,
    /// Dates whose day and month could stand the other way round.
    pub(super) ambiguous: u64,
    /// Sign-ins in each hour, by the number of the hour since 1970.
    pub(super) hours: BTreeMap<i64, u32>,
    /// The first time and the last.
    pub(super) span: Option<(Time, Time)>,
    /// Bytes after unpacking.
    pub(super) bytes: u64,
}

impl Tally {
    /// Counts one record.
    pub(super) fn count(&mut self, event: &Event, format: Format) {
        let span = self.span.get_or_insert((event.at, event.at));
        *span = (span.0.min(event.at), span.1.max(event.at));
        let of = self.formats.entry(format).or_default();
        let Some(record) = event.record() else {
            of.acts += 1;
            return;
        };
        let add = |to: &mut u64, when: bool| *to += u64::from(when);
        add(&mut of.with_session, record.session.is_some());
        add(&mut of.with_network, record.asn.is_some());
        add(&mut of.with_address, event.address().is_some());
        let Some(sign_in) = record.sign_in() else {
            of.acts += 1;
            return;
        };
        of.sign_ins += 1;
        add(&mut of.with_protocol, sign_in.protocol.is_some());
        add(&mut of.with_transfer, sign_in.transfer.is_some());
        add(&mut of.with_correlation, record.correlation.is_some());
        add(&mut of.with_device, record.device.is_some());
        add(&mut of.interactive, sign_in.interactive == Some(true));
        add(&mut of.without_person, sign_in.interactive == Some(false));
        add(&mut of.refused_factors, sign_in.outcome.is_factor());
        add(
            &mut of.explained_factors,
            sign_in.outcome.is_factor() && sign_in.outcome != Outcome::FactorFailed,
        );
        add(&mut of.summed_up, sign_in.times > 1);
        add(
            &mut of.device_codes,
            sign_in.protocol == Some(Protocol::DeviceCode) || sign_in.transfer == Some(Transfer::DeviceCode),
        );
        let hour = event.at.micros().div_euclid(HOUR);
        if self.hours.len() < MOST_HOURS || self.hours.contains_key(&hour) {
            let many = self.hours.entry(hour).or_default();
            *many = many.saturating_add(1);
        }
    }

    /// Keeps a row that could not be read.
    pub(super) fn set_aside(&mut self, bad: Bad) {
        self.bad += 1;
        if self.first_bad.len() < MOST_BAD {
            self.first_bad.push(bad);
        }
    }

    /// Adds the counts of another part.
    pub(super) fn add(&mut self, other: Self) {
        for (format, of) in other.formats {
            self.formats.entry(format).or_default().add(&of);
        }
        self.other += other.other;
        self.bad += other.bad;
        let room = MOST_BAD.saturating_sub(self.first_bad.len());
        self.first_bad.extend(other.first_bad.into_iter().take(room));
        self.half_written += other.half_written;
        self.ambiguous += other.ambiguous;
        self.bytes += other.bytes;
        for (hour, many) in other.hours {
            if self.hours.len() >= MOST_HOURS && !self.hours.contains_key(&hour) {
                continue;
            }
            let to = self.hours.entry(hour).or_default();
            *to = to.saturating_add(many);
        }
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// How many records there are, of all formats.
    pub(super) fn records(&self) -> u64 {
        self.formats.values().map(|of| of.sign_ins + of.acts).sum()
    }

    /// All formats together.
    pub(super) fn all(&self) -> OfFormat {
        let mut all = OfFormat::default();
        for of in self.formats.values() {
            all.add(of);
        }
        all
    }
}

impl OfFormat {
    fn add(&mut self, other: &Self) {
        self.sign_ins += other.sign_ins;
        self.acts += other.acts;
        self.with_protocol += other.with_protocol;
        self.with_transfer += other.with_transfer;
        self.with_session += other.with_session;
        self.with_network += other.with_network;
        self.with_address += other.with_address;
        self.with_correlation += other.with_correlation;
        self.with_device += other.with_device;
        self.interactive += other.interactive;
        self.without_person += other.without_person;
        self.refused_factors += other.refused_factors;
        self.explained_factors += other.explained_factors;
        self.summed_up += other.summed_up;
        self.device_codes += other.device_codes;
    }
}
