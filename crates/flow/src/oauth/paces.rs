//! How lately the devices that wait have asked this node: in memory, so that "not yet" costs no write.
//!
//! A device asks a hundred times before its person has answered, and the answer is a secret of its own. Its pace protects the
//! server and nothing else, so that it need not outlive a restart, and several nodes may each count for themselves
//! ([decision 0025](../../../docs/decisions/0025-waiting-devices-are-counted-in-memory.md)).

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use model::device_authorization::{DeviceAuthorization, Pace, Polled, Polling, WAITS};
use model::id::DeviceId;
use model::time::Time;

/// So many devices are remembered at the least, and twice as many at the most: some ten megabytes.
const REMEMBERED: usize = 1 << 17;

/// The paces of devices that wait.
#[derive(Debug, Default)]
pub struct Paces {
    held: Mutex<Generations>,
}

/// Who polls stands in the younger half; who has not polled since the halves were turned goes with the elder.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<DeviceId, Pace>,
    old: HashMap<DeviceId, Pace>,
    turned_at: Option<Time>,
}

impl Generations {
    fn pace(&self, device: DeviceId) -> Option<Pace> {
        self.young.get(&device).or_else(|| self.old.get(&device)).copied()
    }

    fn put(&mut self, device: DeviceId, pace: Pace, now: Time) {
        let since = *self.turned_at.get_or_insert(now);
        if self.young.len() >= REMEMBERED || now >= since + WAITS {
            self.old = mem::take(&mut self.young);
            self.turned_at = Some(now);
        }
        self.young.insert(device, pace);
    }
}

impl Paces {
    /// What a poll comes to, and the same device with what this node knows of its pace beside what the store does. Where nobody
    /// else will keep the poll (`counts`), it counts from now on. Two polls at once come one after the other.
    pub(super) fn poll(
        &self,
        (device, counts): (DeviceAuthorization, bool),
        by: &Polling<'_>,
        now: Time,
    ) -> (DeviceAuthorization, Polled) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.pace(device.id);
        let device = device.paced(known);
        let polled = device.poll(by, now);
        let interval = match polled {
            Polled::Pending if counts => device.interval,
            Polled::TooFast(longer) if counts => longer,
            _ => return (device, polled),
        };
        held.put(device.id, Pace { polled_at: now, interval }, now);
        (device, polled)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn device(number: u128) -> DeviceId {
        DeviceId::from_bytes(number.to_be_bytes())
    }

    fn at(seconds: u64) -> Time {
        Time::from_micros(0) + Duration::from_secs(seconds)
    }

    #[test]
    fn a_flood_of_devices_is_forgotten_again() {
        let mut held = Generations::default();
        let pace = |seconds| Pace { polled_at: at(seconds), interval: Duration::from_secs(5) };
        for number in 0..3 * u128::try_from(REMEMBERED).unwrap() {
            held.put(device(number), pace(1), at(1));
            assert!(held.young.len() <= REMEMBERED && held.old.len() <= REMEMBERED);
        }
        let newest = device(3 * u128::try_from(REMEMBERED).unwrap() - 1);
        assert_eq!(held.pace(newest), Some(pace(1)), "the newest are known");
        assert_eq!(held.pace(device(0)), None, "the eldest are not");
        // Nobody waits longer than ten minutes: twice that later nothing is left of them.
        held.put(device(1), pace(601), at(601));
        assert_eq!(held.pace(newest), Some(pace(1)));
        held.put(device(1), pace(1201), at(1201));
        assert_eq!((held.pace(newest), held.young.len()), (None, 1));
    }
}
