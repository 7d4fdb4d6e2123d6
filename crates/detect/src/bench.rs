//! All detectors over one stream of events.

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
    /// Shows all detectors the next event.
    pub fn observe(&mut self, event: &Event) -> Vec<(Subject, Finding)> {
        self.0.iter_mut().flat_map(|detector| detector.observe(event)).collect()
    }
}
