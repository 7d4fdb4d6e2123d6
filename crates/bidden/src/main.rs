//! The command: configuration, wiring, workers.
fn main() {}
