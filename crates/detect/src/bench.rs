//! All detectors over one stream of events.

use std::time::Duration;

use model::event::{Event, Subject};
use model::finding::Finding;

use crate::{CodeFlood, Detector};

/// Every detector there is.
#[must_use]
pub fn all() -> Vec<Box<dyn Detector + Send>> {
    vec![Box::new(CodeFlood::default())]
}

/// The detectors of a running server.
pub struct Bench(Vec<Box<dyn Detector + Send>>);

impl Default for Bench {
    fn default() -> Self {
        Self(all())
    }
}

impl Bench {
    /// Whether any detector looks at events of this kind.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.0.iter().any(|detector| detector.wants(kind))
    }

    /// How far back any detector remembers.
    #[must_use]
    pub fn horizon(&self) -> Duration {
        self.0.iter().map(|detector| detector.horizon()).max().unwrap_or_default()
    }

    /// Shows all detectors the next event.
    pub fn observe(&mut self, event: &Event) -> Vec<(Subject, Finding)> {
        self.0.iter_mut().flat_map(|detector| detector.observe(event)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detector_wants_only_kinds_that_exist() {
        let names = include_str!("../../model/src/event/kind.rs");
        let mut wanted = 0;
        for name in names.split('"').filter(|name| name.contains('_') && !name.contains(char::is_whitespace))
        {
            wanted += usize::from(Bench::default().wants(name));
        }
        assert!(wanted >= 2, "the kinds that the detectors name are not the record's");
        assert!(!Bench::default().wants("nonsense"));
    }
}
