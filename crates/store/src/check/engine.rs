//! What the database itself can say about its own soundness.

use model::fault::Fault;

use super::{Finding, identifier};
use crate::tx::Reader;
use crate::value::args;

pub(crate) fn look(reader: &mut Reader<'_>, shared: bool, full: bool) -> Result<Vec<Finding>, Fault> {
    if shared {
        let mut indexes = Finding::of("indexes", "every index of the database is complete");
        let rows = reader.db.query(
            "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
             WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace",
            args![],
        )?;
        for row in rows {
            indexes.breaks(|| identifier(row));
        }
        return Ok(vec![indexes]);
    }
    let mut pages = Finding::of("pages", "the pages of the file fit together, and with them its indexes");
    let sql = if full { "PRAGMA integrity_check" } else { "PRAGMA quick_check" };
    for row in reader.db.query(sql, args![])? {
        let said = identifier(row);
        if said != "ok" {
            pages.breaks(|| said);
        }
    }
    let mut references = Finding::of("references", "every row that refers to another finds it");
    for row in
        reader.db.query("SELECT \"table\" || ' to ' || parent FROM pragma_foreign_key_check", args![])?
    {
        references.breaks(|| identifier(row));
    }
    Ok(vec![pages, references])
}
