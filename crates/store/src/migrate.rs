//! Brings a database to the schema of this version: numbered texts, each applied once and remembered
//! with its checksum, so that a text that was changed afterwards is noticed. Migrations only expand.

use aws_lc_rs::digest::{SHA256, digest};
use model::fault::Fault;

/// All migrations, oldest first.
const MIGRATIONS: [(i64, &str); 1] = [(1, include_str!("migrations/0001_first_light.sql"))];

/// What a database can do for its migration.
pub(crate) trait Migrating {
    /// Runs a text of several statements.
    fn batch(&mut self, sql: &str) -> Result<(), Fault>;
    /// Which migrations were applied, with their checksums.
    fn applied(&mut self) -> Result<Vec<(i64, String)>, Fault>;
    /// Remembers one.
    fn remember(&mut self, number: i64, checksum: &str) -> Result<(), Fault>;
}

/// Applies what is missing. The caller holds the lock (an immediate transaction).
pub(crate) fn migrate(to: &mut dyn Migrating) -> Result<(), Fault> {
    let applied = to.applied()?;
    for (number, text) in MIGRATIONS {
        let checksum = wire::token::hex(digest(&SHA256, text.as_bytes()).as_ref());
        match applied.iter().find(|(known, _)| *known == number) {
            Some((_, known)) if *known == checksum => {}
            Some(_) => return Err(Fault::plain("the database was made by another version of this schema")),
            None => {
                to.batch(text)?;
                to.remember(number, &checksum)?;
            }
        }
    }
    if applied.iter().any(|(number, _)| !MIGRATIONS.iter().any(|(known, _)| known == number)) {
        return Err(Fault::plain("the database was made by a newer version of bidden"));
    }
    Ok(())
}
