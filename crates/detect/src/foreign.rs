//! What detectors of other systems' records share: how they see a record, and what is usual for whom.

pub(crate) mod agent;
pub(crate) mod hosting;
pub(crate) mod person;
pub(crate) mod sight;
pub(crate) mod tenant;
