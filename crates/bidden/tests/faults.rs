//! Bad days of the whole server, each a test: it is killed, its database is killed, restarted, failed over, full, or
//! out of reach, while people sign in. Nothing that was acknowledged is lost, nothing is half done, whoever cannot be
//! served is told so and when to come back, and nobody has to restart the server.
//!
//! The database's bad days need Debian's PostgreSQL; without it they are skipped, unless `PROVING_REQUIRE_POSTGRES=1`.
#![cfg_attr(
    test,
    expect(
        clippy::disallowed_methods,
        reason = "starts processes, opens connections and waits, with an end"
    )
)]

#[cfg(test)]
#[path = "faults/crowd.rs"]
mod crowd;
#[cfg(test)]
#[path = "faults/http.rs"]
mod http;
#[cfg(test)]
#[path = "faults/killed.rs"]
mod killed;
#[cfg(test)]
#[path = "faults/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "faults/network.rs"]
mod network;
#[cfg(test)]
#[path = "faults/node.rs"]
mod node;
#[cfg(test)]
#[path = "faults/nodes.rs"]
mod nodes;
#[cfg(test)]
#[path = "faults/notes.rs"]
mod notes;
#[cfg(test)]
#[path = "faults/person.rs"]
mod person;
#[cfg(test)]
#[path = "faults/record.rs"]
mod record;
#[cfg(test)]
#[path = "faults/restarted.rs"]
mod restarted;
