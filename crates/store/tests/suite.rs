//! The store suite: every table and every promise, in a file, in memory and on PostgreSQL, through the same functions.

#[cfg(test)]
#[path = "suite/addresses.rs"]
mod addresses;
#[cfg(test)]
#[path = "suite/approving.rs"]
mod approving;
#[cfg(test)]
#[path = "suite/attempts.rs"]
mod attempts;
#[cfg(test)]
#[path = "suite/checking.rs"]
mod checking;
#[cfg(test)]
#[path = "suite/claim.rs"]
mod claim;
#[cfg(test)]
#[path = "suite/claims.rs"]
mod claims;
#[cfg(test)]
#[path = "suite/clients.rs"]
mod clients;
#[cfg(test)]
#[path = "suite/copying.rs"]
mod copying;
#[cfg(test)]
#[path = "suite/devices.rs"]
mod devices;
#[cfg(test)]
#[path = "suite/disk.rs"]
mod disk;
#[cfg(test)]
#[path = "suite/doorbells.rs"]
mod doorbells;
#[cfg(test)]
#[path = "suite/doubted.rs"]
mod doubted;
#[cfg(test)]
#[path = "suite/encryption.rs"]
mod encryption;
#[cfg(test)]
#[path = "suite/entries.rs"]
mod entries;
#[cfg(test)]
#[path = "suite/findings.rs"]
mod findings;
#[cfg(test)]
#[path = "suite/following.rs"]
mod following;
#[cfg(test)]
#[path = "suite/gates.rs"]
mod gates;
#[cfg(test)]
#[path = "suite/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "suite/living.rs"]
mod living;
#[cfg(test)]
#[path = "suite/log.rs"]
mod log;
#[cfg(test)]
#[path = "suite/logouts.rs"]
mod logouts;
#[cfg(test)]
#[path = "suite/network.rs"]
mod network;
#[cfg(test)]
#[path = "suite/opening.rs"]
mod opening;
#[cfg(test)]
#[path = "suite/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "suite/own.rs"]
mod own;
#[cfg(test)]
#[path = "suite/processes.rs"]
mod processes;
#[cfg(test)]
#[path = "suite/provided.rs"]
mod provided;
#[cfg(test)]
#[path = "suite/record.rs"]
mod record;
#[cfg(test)]
#[path = "suite/restarts.rs"]
mod restarts;
#[cfg(test)]
#[path = "suite/sealed.rs"]
mod sealed;
#[cfg(test)]
#[path = "suite/server.rs"]
mod server;
#[cfg(test)]
#[path = "suite/setting.rs"]
mod setting;
#[cfg(test)]
#[path = "suite/signing_keys.rs"]
mod signing_keys;
#[cfg(test)]
#[path = "suite/tables.rs"]
mod tables;
#[cfg(test)]
#[path = "suite/taking.rs"]
mod taking;
#[cfg(test)]
#[path = "suite/tenants.rs"]
mod tenants;
#[cfg(test)]
#[path = "suite/writing.rs"]
mod writing;
