//! Brings a database to the schema of this version: numbered texts, each applied once and remembered
//! with its checksum, so that a text that was changed afterwards is noticed. Migrations only expand.
//!
//! One text serves every database. What stands between `/*sqlite` (or `/*postgres`) and `*/` is for that one
//! alone, and what is for PostgreSQL does not count in the checksum that SQLite remembers.

use aws_lc_rs::digest::{SHA256, digest};
use model::fault::Fault;

/// All migrations, oldest first.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/0001_first_light.sql")),
    (2, include_str!("migrations/0002_many_nodes.sql")),
    (3, include_str!("migrations/0003_authenticators.sql")),
    (4, include_str!("migrations/0004_clients_and_grants.sql")),
    (5, include_str!("migrations/0005_signing_keys.sql")),
    (6, include_str!("migrations/0006_device_sign_in.sql")),
    (7, include_str!("migrations/0007_gates.sql")),
    (8, include_str!("migrations/0008_code_lengths.sql")),
    (9, include_str!("migrations/0009_sealed_record.sql")),
    (10, include_str!("migrations/0010_findings.sql")),
    (11, include_str!("migrations/0011_approvals.sql")),
    (12, include_str!("migrations/0012_doorbell.sql")),
    (13, include_str!("migrations/0013_doubts_and_windows.sql")),
    (14, include_str!("migrations/0014_approval_budgets.sql")),
    (15, include_str!("migrations/0015_sessions_that_begin_provisional.sql")),
    (16, include_str!("migrations/0016_webhook_public_keys.sql")),
];

/// Whose words a text is to be in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What a database can do for its migration.
pub(crate) trait Migrating {
    /// Which dialect it speaks.
    fn dialect(&self) -> Dialect;
    /// Runs a text of several statements.
    fn batch(&mut self, sql: &str) -> Result<(), Fault>;
    /// Which migrations were applied, with their checksums.
    fn applied(&mut self) -> Result<Vec<(i64, String)>, Fault>;
    /// Remembers one.
    fn remember(&mut self, number: i64, checksum: &str) -> Result<(), Fault>;
}

/// Applies what is missing. The caller holds the lock.
pub(crate) fn migrate(to: &mut dyn Migrating) -> Result<(), Fault> {
    let applied = to.applied()?;
    for &(number, text) in MIGRATIONS {
        let (text, counted) = in_dialect(text, to.dialect());
        let checksum = wire::token::hex(digest(&SHA256, counted.as_bytes()).as_ref());
        match applied.iter().find(|(known, _)| *known == number) {
            Some((_, known)) if *known == checksum => {}
            Some(_) => return Err(Fault::plain("the database was made by another version of this schema")),
            None => {
                to.batch(&text)?;
                to.remember(number, &checksum)?;
            }
        }
    }
    if applied.iter().any(|(number, _)| !MIGRATIONS.iter().any(|(known, _)| known == number)) {
        return Err(Fault::plain("the database was made by a newer version of bidden"));
    }
    Ok(())
}

/// The text to run, and the text whose checksum is remembered.
fn in_dialect(text: &str, dialect: Dialect) -> (String, String) {
    match dialect {
        Dialect::Sqlite => {
            let counted = without(text, "/*postgres");
            (counted.replace("/*sqlite", "").replace("*/", ""), counted)
        }
        Dialect::Postgres => {
            let counted = without(text, "/*sqlite");
            (counted.replace("/*postgres", "").replace("*/", ""), counted)
        }
    }
}

/// The text without what stands between `begin` and `*/`; a line that is left empty by that goes as well.
fn without(text: &str, begin: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(begin) {
        kept.push_str(before);
        let tail = after.split_once("*/").map_or("", |(_, tail)| tail);
        rest = if kept.ends_with('\n') { tail.strip_prefix('\n').unwrap_or(tail) } else { tail };
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_another_database_is_neither_run_nor_counted() {
        let text = "A (\n  /*sqlite x, */\n/*postgres\n  y,\n*/\n  z\n)/*postgres PART */;\n";
        let (run, counted) = in_dialect(text, Dialect::Sqlite);
        assert_eq!(counted, "A (\n  /*sqlite x, */\n  z\n);\n");
        assert_eq!(run, "A (\n   x, \n  z\n);\n");
        let (run, _) = in_dialect(text, Dialect::Postgres);
        assert_eq!(run, "A (\n  \n\n  y,\n\n  z\n) PART ;\n");
    }

    #[test]
    fn the_first_migration_is_what_it_was_when_it_was_first_shipped() {
        let (_, counted) = in_dialect(MIGRATIONS[0].1, Dialect::Sqlite);
        let checksum = wire::token::hex(digest(&SHA256, counted.as_bytes()).as_ref());
        assert_eq!(checksum, "30c2bffc42b2a155aa865168aaba69a4cfd2e56fd15f4985ce1229b5c2c48dfb");
    }
}
