//! What was found of what there was, and what was found that there was not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// How one detector or rule did.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Tally {
    /// What it is called.
    pub(crate) name: String,
    /// Incidents that there were for it.
    pub(crate) there: usize,
    /// Incidents that it found.
    pub(crate) found: usize,
    /// Findings that rest on an incident, and those that rest on none.
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    /// Records and seconds from the beginning of an incident to its finding, one for each.
    #[serde(skip)]
    pub(crate) delays: Vec<(usize, i64)>,
    /// How many of each variant there were, and how many were found.
    pub(crate) variants: BTreeMap<String, (usize, usize)>,
    /// What was found wrongly, and what was missed, to look at.
    pub(crate) wrongly: BTreeSet<String>,
    pub(crate) missed: BTreeSet<String>,
}

/// A part with its 95 % interval (Wilson, 1927).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    pub(crate) of: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Part {
    /// So many of so many; `None` of none.
    pub(crate) fn new(some: usize, all: usize) -> Option<Self> {
        const Z: f64 = 1.96;
        if all == 0 {
            return None;
        }
        let (some, all) = (f64::from(u32::try_from(some).ok()?), f64::from(u32::try_from(all).ok()?));
        let part = some / all;
        let middle = (part + Z * Z / (2.0 * all)) / (1.0 + Z * Z / all);
        let half = Z / (1.0 + Z * Z / all) * (part * (1.0 - part) / all + Z * Z / (4.0 * all * all)).sqrt();
        Some(Self { of: part, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }

    /// `0.97 (0.90–0.99)`.
    pub(crate) fn text(part: Option<Self>) -> String {
        part.map_or_else(
            || "–".to_owned(),
            |part| format!("{:.2} ({:.2}–{:.2})", part.of, part.low, part.high),
        )
    }
}

impl Tally {
    /// Of a detector or rule with this name.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(crate) fn recall(&self) -> Option<Part> {
        Part::new(self.found, self.there)
    }

    pub(crate) fn precision(&self) -> Option<Part> {
        Part::new(self.right, self.right + self.wrong)
    }

    /// Wrong findings in a thousand days of a person.
    pub(crate) fn wrong_per_thousand(&self, days: u64) -> f64 {
        let wrong = f64::from(u32::try_from(self.wrong).unwrap_or(u32::MAX));
        wrong * 1000.0 / f64::from(u32::try_from(days.max(1)).unwrap_or(u32::MAX))
    }

    /// The delay that half of the findings stay below: records, seconds.
    pub(crate) fn median_delay(&self) -> Option<(usize, i64)> {
        let mut records: Vec<usize> = self.delays.iter().map(|(records, _)| *records).collect();
        let mut seconds: Vec<i64> = self.delays.iter().map(|(_, seconds)| *seconds).collect();
        records.sort_unstable();
        seconds.sort_unstable();
        Some((*records.get(records.len() / 2)?, *seconds.get(seconds.len() / 2)?))
    }

    /// An incident that was there for it.
    pub(crate) fn incident(&mut self, variant: &str, name: &str, found: bool) {
        self.there += 1;
        self.found += usize::from(found);
        let (there, seen) = self.variants.entry(variant.to_owned()).or_default();
        *there += 1;
        *seen += usize::from(found);
        if !found {
            self.missed.insert(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_one_in_the_books() {
        // Newcombe 1998, table I: 81 of 263.
        let part = Part::new(81, 263).unwrap();
        assert!((part.low - 0.2553).abs() < 0.0005 && (part.high - 0.3662).abs() < 0.0005, "{part:?}");
        assert_eq!(Part::new(0, 0), None);
        let all = Part::new(10, 10).unwrap();
        assert!((all.high - 1.0).abs() < 1e-9 && all.low > 0.72);
    }
}
