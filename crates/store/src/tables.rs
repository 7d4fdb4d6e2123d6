//! Table: every table with its columns, for whoever handles rows without knowing what they mean.
//!
//! Copies, backups and figures go by this list, so a table or a column that is not in it would be lost on the way;
//! a test compares it with what the migrations make, in both databases.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::migrate::Dialect;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Bytes,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// How many of the columns, from the first on, are its key.
    pub(crate) key: usize,
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// Whether rows of other tables refer to its rows.
    pub(crate) referred_to: bool,
}

/// The name of the record's table, whose key differs between the databases.
pub(crate) const EVENTS: &str = "events";
/// The name of the table with the facts about the installation.
pub(crate) const META: &str = "meta";

/// What stays where it is: leases, locks and numbers of transactions are of one server; migrations are made anew.
#[cfg(test)]
pub(crate) const STAYING: [&str; 4] = ["leases", "locks", "migrations", "tx_base"];

use Kind::{Bytes, Int, Text};

/// All tables, in an order in which every reference finds its row; the record before what points into it.
pub(crate) static TABLES: &[Table] = &[
    Table {
        name: "tenants",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("code", Text),
            ("name", Text),
            ("methods", Text),
            ("made_at", Int),
            ("gate", Text),
        ],
        referred_to: true,
    },
    Table {
        name: "domains",
        key: 1,
        columns: &[("domain", Text), ("tenant", Bytes), ("added_at", Int)],
        referred_to: false,
    },
    Table {
        name: "accounts",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("state", Text),
            ("role", Text),
            ("opened_at", Int),
            ("name", Text),
            ("named_at", Int),
            ("tenant", Bytes),
            ("methods", Text),
        ],
        referred_to: true,
    },
    Table {
        name: "addresses",
        key: 1,
        columns: &[
            ("identity", Bytes),
            ("account", Bytes),
            ("destination", Bytes),
            ("shown", Text),
            ("confirmed_at", Int),
            ("kind", Text),
            ("main", Int),
            ("sign_in", Int),
            ("session", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "browsers",
        key: 2,
        columns: &[
            ("account", Bytes),
            ("digest", Bytes),
            ("id", Bytes),
            ("browser", Text),
            ("first_used", Int),
            ("last_used", Int),
            ("doubted_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "recovery_addresses",
        key: 2,
        columns: &[
            ("account", Bytes),
            ("identity", Bytes),
            ("destination", Bytes),
            ("kind", Text),
            ("shown", Text),
            ("confirmed_at", Int),
            ("detach_at", Int),
            ("added_at", Int),
            ("session", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "notices",
        key: 2,
        columns: &[("account", Bytes), ("kind", Text), ("told_at", Int), ("held", Int), ("latest", Text)],
        referred_to: false,
    },
    Table {
        name: "sms_spending",
        key: 1,
        columns: &[("prefix", Text), ("spent", Bytes)],
        referred_to: false,
    },
    Table {
        name: "refusing_mail",
        key: 1,
        columns: &[("destination", Bytes), ("since", Int)],
        referred_to: false,
    },
    Table {
        name: "clients",
        key: 1,
        columns: &[("id", Text), ("origin", Text), ("body", Text), ("made_at", Int), ("changed_at", Int)],
        referred_to: false,
    },
    Table {
        name: "removed_clients",
        key: 1,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("verified", Int),
            ("host", Text),
            ("ending", Int),
            ("removed_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "pushed_requests",
        key: 1,
        columns: &[
            ("digest", Bytes),
            ("client", Text),
            ("parameters", Text),
            ("key", Bytes),
            ("made_at", Int),
            ("expires_at", Int),
            ("used_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "grants",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("client", Text),
            ("scopes", Text),
            ("resources", Text),
            ("origin", Text),
            ("context", Text),
            ("session", Bytes),
            ("key", Bytes),
            ("claims", Text),
            ("methods", Text),
            ("proved_at", Int),
            ("strong_at", Int),
            ("source", Text),
            ("granted_at", Int),
            ("used_at", Int),
            ("idle", Int),
            ("expires_at", Int),
            ("confirmed_at", Int),
            ("quiet_until", Int),
            ("over_at", Int),
            ("ended_at", Int),
            ("end_reason", Text),
            ("noted_at", Int),
            ("noted_from", Bytes),
            ("further", Int),
        ],
        referred_to: true,
    },
    Table {
        name: "authorization_codes",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("digest", Bytes),
            ("grant_id", Bytes),
            ("client", Text),
            ("redirect_uri", Text),
            ("redirect_named", Int),
            ("challenge", Bytes),
            ("key", Bytes),
            ("loopback_from", Text),
            ("nonce", Text),
            ("expires_at", Int),
            ("redeemed_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "refresh_tokens",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("digest", Bytes),
            ("grant_id", Bytes),
            ("state", Text),
            ("successor", Bytes),
            ("access_token", Bytes),
            ("issued_at", Int),
            ("used_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "access_tokens",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("digest", Bytes),
            ("grant_id", Bytes),
            ("client", Text),
            ("subject", Text),
            ("audiences", Text),
            ("scopes", Text),
            ("origin", Text),
            ("context", Text),
            ("provisional", Int),
            ("key", Bytes),
            ("acr", Text),
            ("signed_in_at", Int),
            ("issued_at", Int),
            ("expires_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "logouts",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("client", Text),
            ("account", Bytes),
            ("session", Bytes),
            ("attempts", Int),
            ("next_at", Int),
            ("lease_until", Int),
            ("queued_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "seen_ids",
        key: 1,
        columns: &[("digest", Bytes), ("expires_at", Int)],
        referred_to: false,
    },
    Table {
        name: "device_authorizations",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("digest", Bytes),
            ("user_code", Bytes),
            ("entry", Bytes),
            ("flow", Text),
            ("client", Text),
            ("scopes", Text),
            ("resources", Text),
            ("kind", Text),
            ("key", Bytes),
            ("source", Text),
            ("asked_from", Text),
            ("polled_from", Text),
            ("asked_at", Int),
            ("expires_at", Int),
            ("wait", Int),
            ("polled_at", Int),
            ("state", Text),
            ("account", Bytes),
            ("session", Bytes),
            ("held_since", Int),
            ("held_from", Text),
            ("grant_id", Bytes),
            ("ended_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "pairings",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("session", Bytes),
            ("digest", Bytes),
            ("opened_at", Int),
            ("expires_at", Int),
            ("tries_left", Int),
            ("state", Text),
            ("device", Bytes),
            ("confirmation", Bytes),
            ("ended_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "grant_notices",
        key: 1,
        columns: &[
            ("message", Bytes),
            ("grant_id", Bytes),
            ("account", Bytes),
            ("destination", Bytes),
            ("told_at", Int),
            ("handed_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "account_changes",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("at", Int),
            ("what", Text),
            ("identity", Bytes),
            ("before", Text),
            ("session", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "device_guesses",
        key: 2,
        columns: &[("period", Int), ("who", Bytes), ("count", Int)],
        referred_to: false,
    },
    Table {
        name: "authenticators",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("kind", Text),
            ("name", Text),
            ("credential", Bytes),
            ("sealed", Bytes),
            ("counter", Int),
            ("added_at", Int),
            ("usable_at", Int),
            ("used_at", Int),
            ("session", Bytes),
            ("cancel", Bytes),
            ("cookie", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "enrolments",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("session", Bytes),
            ("digest", Bytes),
            ("shown_at", Text),
            ("known", Int),
            ("made_at", Int),
            ("expires_at", Int),
            ("approver", Bytes),
            ("ended_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "approvals",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("wanted", Text),
            ("client", Text),
            ("browser", Bytes),
            ("known", Int),
            ("session", Bytes),
            ("source", Text),
            ("asked_from", Text),
            ("asked_at", Int),
            ("expires_at", Int),
            ("state", Text),
            ("opened_at", Int),
            ("approver", Bytes),
            ("nearness", Text),
            ("decoy", Int),
            ("ended_at", Int),
            ("drawn", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "recovery_codes",
        key: 2,
        columns: &[("account", Bytes), ("digest", Bytes), ("made_at", Int), ("session", Bytes)],
        referred_to: false,
    },
    Table {
        name: "attempts",
        key: 3,
        columns: &[
            ("account", Bytes),
            ("method", Text),
            ("known", Int),
            ("failures", Int),
            ("last_at", Int),
            ("blocked_until", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "answered_challenges",
        key: 1,
        columns: &[("digest", Bytes), ("expires_at", Int)],
        referred_to: false,
    },
    Table {
        name: "entries",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("kind", Text),
            ("state", Text),
            ("browser", Bytes),
            ("proofs", Text),
            ("source", Text),
            ("cancel", Bytes),
            ("asked_at", Int),
            ("proved_at", Int),
            ("opens_at", Int),
            ("expires_at", Int),
            ("ended_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "initial_access_tokens",
        key: 1,
        columns: &[
            ("digest", Bytes),
            ("note", Text),
            ("clients_left", Int),
            ("without_pkce", Int),
            ("made_at", Int),
            ("expires_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "record_leaves",
        key: 1,
        columns: &[
            ("n", Int),
            ("event", Bytes),
            ("nonce", Bytes),
            ("commitment", Bytes),
            ("erased_by", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "record_nodes",
        key: 2,
        columns: &[("level", Int), ("n", Int), ("hash", Bytes)],
        referred_to: false,
    },
    Table {
        name: "checkpoints",
        key: 1,
        columns: &[("size", Int), ("at", Int), ("note", Text)],
        referred_to: false,
    },
    Table {
        name: "record_keys",
        key: 1,
        columns: &[("public", Bytes), ("name", Text), ("state", Text), ("since", Int), ("sealed", Bytes)],
        referred_to: false,
    },
    Table {
        name: "signing_keys",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("kind", Text),
            ("state", Text),
            ("since", Int),
            ("public", Text),
            ("sealed", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "sessions",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("browser", Bytes),
            ("digest", Bytes),
            ("source", Text),
            ("started_at", Int),
            ("used_at", Int),
            ("expires_at", Int),
            ("methods", Text),
            ("proved_at", Int),
            ("strong_at", Int),
            ("rests_on", Bytes),
            ("doubted_at", Int),
            ("whole_until", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "invitations",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("digest", Bytes),
            ("opening", Text),
            ("role", Text),
            ("sealed_to", Bytes),
            ("created_at", Int),
            ("expires_at", Int),
            ("used_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "sign_in_codes",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("account", Bytes),
            ("identity", Bytes),
            ("destination", Bytes),
            ("purpose", Text),
            ("opening", Text),
            ("invitation", Bytes),
            ("browser", Bytes),
            ("known", Int),
            ("digest", Bytes),
            ("not_me", Bytes),
            ("sealed_code", Bytes),
            ("sealed_address", Bytes),
            ("masked", Text),
            ("state", Text),
            ("guesses", Int),
            ("letters", Int),
            ("guesses_left", Int),
            ("mailed", Int),
            ("decoy", Int),
            ("late", Int),
            ("denied_at", Int),
            ("reserved", Int),
            ("ledger_day", Int),
            ("reference", Text),
            ("source", Text),
            ("asked_at", Int),
            ("mailed_at", Int),
            ("expires_at", Int),
            ("ended_at", Int),
            ("session", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "guess_ledger",
        key: 4,
        columns: &[
            ("subject", Bytes),
            ("known", Int),
            ("day", Int),
            ("letters", Int),
            ("units", Int),
            ("codes", Int),
            ("guesses", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "destinations",
        key: 1,
        columns: &[
            ("destination", Bytes),
            ("times", Bytes),
            ("known_times", Bytes),
            ("suppressed", Int),
            ("suppressed_since", Int),
            ("uncounted", Int),
            ("uncounted_since", Int),
            ("recorded_day", Int),
            ("recorded", Int),
            ("digest_at", Int),
            ("muted_until", Int),
            ("touched_at", Int),
            ("admitted_times", Bytes),
            ("gated", Int),
            ("gated_since", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "gates",
        key: 1,
        columns: &[
            ("account", Bytes),
            ("gate", Text),
            ("word", Bytes),
            ("word_at", Int),
            ("open_until", Int),
            ("changed_at", Int),
            ("session", Bytes),
            ("open_word", Bytes),
        ],
        referred_to: false,
    },
    Table {
        name: "gate_guesses",
        key: 1,
        columns: &[("who", Bytes), ("times", Bytes), ("touched_at", Int)],
        referred_to: false,
    },
    Table {
        name: "outbox",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("kind", Text),
            ("decoy", Int),
            ("account", Bytes),
            ("request", Bytes),
            ("sealed_to", Bytes),
            ("count", Int),
            ("since", Int),
            ("state", Text),
            ("attempts", Int),
            ("next_at", Int),
            ("lease_until", Int),
            ("queued_at", Int),
            ("notice", Text),
        ],
        referred_to: false,
    },
    Table {
        name: "inbox",
        key: 1,
        columns: &[("id", Bytes), ("at", Int), ("recipient", Bytes), ("sealed", Bytes)],
        referred_to: false,
    },
    Table {
        name: EVENTS,
        key: 1,
        columns: &[
            ("position", Int),
            ("id", Bytes),
            ("at", Int),
            ("subject", Bytes),
            ("request", Bytes),
            ("kind", Text),
            ("body", Text),
        ],
        referred_to: false,
    },
    Table { name: META, key: 1, columns: &[("name", Text), ("value", Bytes)], referred_to: false },
    Table {
        name: "responses",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("act", Text),
            ("scope", Text),
            ("since", Int),
            ("until", Int),
            ("finding", Bytes),
            ("reason", Text),
            ("simulated", Int),
            ("ended_at", Int),
            ("how", Text),
        ],
        referred_to: false,
    },
    Table {
        name: "acknowledgements",
        key: 1,
        columns: &[("finding", Bytes), ("at", Int), ("account", Bytes), ("note", Text)],
        referred_to: false,
    },
    Table {
        name: "webhooks",
        key: 1,
        columns: &[("id", Bytes), ("url", Text), ("sealed", Bytes), ("made_at", Int), ("public_key", Bytes)],
        referred_to: false,
    },
    Table {
        name: "webhook_calls",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("webhook", Bytes),
            ("event", Bytes),
            ("attempts", Int),
            ("next_at", Int),
            ("lease_until", Int),
            ("queued_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "push_keys",
        key: 1,
        columns: &[("one", Int), ("sealed", Bytes), ("made_at", Int)],
        referred_to: false,
    },
    Table {
        name: "doorbells",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("approver", Bytes),
            ("account", Bytes),
            ("service", Text),
            ("sealed", Bytes),
            ("made_at", Int),
            ("refused_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "approval_budgets",
        key: 1,
        columns: &[
            ("account", Bytes),
            ("times", Bytes),
            ("held", Int),
            ("held_since", Int),
            ("touched_at", Int),
        ],
        referred_to: false,
    },
    Table {
        name: "bells",
        key: 1,
        columns: &[("account", Bytes), ("rung_at", Int), ("quiet_since", Int), ("wanted_at", Int)],
        referred_to: false,
    },
    Table {
        name: "rung",
        key: 1,
        columns: &[("approval", Bytes), ("account", Bytes), ("at", Int), ("until", Int)],
        referred_to: false,
    },
    Table {
        name: "rings",
        key: 1,
        columns: &[
            ("id", Bytes),
            ("doorbell", Bytes),
            ("approval", Bytes),
            ("attempts", Int),
            ("next_at", Int),
            ("lease_until", Int),
            ("queued_at", Int),
        ],
        referred_to: false,
    },
];

/// The statements for one table in one database. There `events` has a column more on PostgreSQL, `tx`, which comes
/// first in its key.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(crate) table: &'static Table,
    /// How many columns, from the first on, are the key in this database.
    pub(crate) key: usize,
    /// What the columns hold in this database.
    pub(crate) kinds: Vec<Kind>,
    /// A page from the start, in the order of the key; `$1` is how many rows.
    pub(crate) first: String,
    /// A page after the key in `$1`…; the last argument is how many rows.
    pub(crate) next: String,
    /// Writes a row, over the one with its key if there is one.
    pub(crate) put: String,
    /// Deletes the row with a key.
    pub(crate) delete: String,
    /// Takes many rows at once; PostgreSQL alone.
    pub(crate) copy: String,
    /// Counts the rows; of the record it counts places, which is quick and about the same.
    pub(crate) count: String,
}

static SQLITE: LazyLock<Vec<Statements>> = LazyLock::new(|| all(Dialect::Sqlite));
static POSTGRES: LazyLock<Vec<Statements>> = LazyLock::new(|| all(Dialect::Postgres));

/// The statements for all tables, in their order.
pub(crate) fn statements(dialect: Dialect) -> &'static [Statements] {
    match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    }
}

fn all(dialect: Dialect) -> Vec<Statements> {
    TABLES.iter().map(|table| of(table, dialect)).collect()
}

fn of(table: &'static Table, dialect: Dialect) -> Statements {
    let by_transaction = dialect == Dialect::Postgres && table.name == EVENTS;
    let before: &[(&str, Kind)] = if by_transaction { &[("tx", Int)] } else { &[] };
    let columns: Vec<(&str, Kind)> = before.iter().chain(table.columns).copied().collect();
    let key = table.key + before.len();
    let name = table.name;
    let keys: Vec<&str> = columns.iter().take(key).map(|(name, _)| *name).collect();
    // The order of bytes, as SQLite has it, whatever language the database was made for.
    let ordered: Vec<String> = columns
        .iter()
        .take(key)
        .map(|(name, kind)| match (kind, dialect) {
            (Text, Dialect::Postgres) => format!("{name} COLLATE \"C\""),
            _ => (*name).to_owned(),
        })
        .collect();
    let list = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (keys_list, ordered) = (keys.join(", "), ordered.join(", "));
    let select = format!("SELECT {list} FROM {name}");
    let set: Vec<String> =
        columns.iter().skip(key).map(|(name, _)| format!("{name} = excluded.{name}")).collect();
    let over = if by_transaction {
        // Its key is nobody's promise there: whoever replaces an event deletes it first.
        String::new()
    } else {
        format!(" ON CONFLICT ({keys_list}) DO UPDATE SET {}", set.join(", "))
    };
    let deleting: Vec<String> = keys.iter().zip(1..).map(|(name, n)| format!("{name} = ${n}")).collect();
    Statements {
        table,
        key,
        kinds: columns.iter().map(|(_, kind)| *kind).collect(),
        first: format!("{select} ORDER BY {ordered} LIMIT $1"),
        next: format!(
            "{select} WHERE ({ordered}) > ({}) ORDER BY {ordered} LIMIT ${}",
            numbered(key),
            key.saturating_add(1)
        ),
        put: format!("INSERT INTO {name} ({list}) VALUES ({}){over}", numbered(columns.len())),
        delete: format!("DELETE FROM {name} WHERE {}", deleting.join(" AND ")),
        copy: format!("COPY {name} ({list}) FROM STDIN BINARY"),
        count: match (name, dialect) {
            (EVENTS, Dialect::Sqlite) => "SELECT COALESCE((SELECT MAX(position) FROM events)
                                           - (SELECT MIN(position) FROM events) + 1, 0)"
                .to_owned(),
            (EVENTS, Dialect::Postgres) => {
                "SELECT COALESCE((SELECT position FROM events ORDER BY tx DESC, position DESC LIMIT 1)
                   - (SELECT position FROM events ORDER BY tx, position LIMIT 1) + 1, 0)"
                    .to_owned()
            }
            _ => format!("SELECT COUNT(*) FROM {name}"),
        },
    }
}

/// `$1, $2, …`
fn numbered(count: usize) -> String {
    let mut text = String::new();
    for n in 1..=count {
        let comma = if n == 1 { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = write!(text, "{comma}${n}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn word(kind: Kind) -> &'static str {
        match kind {
            Int => "int",
            Text => "text",
            Bytes => "bytes",
        }
    }

    /// What this list says there is, a line for each column: table, column, kind.
    fn listed(dialect: Dialect) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for table in TABLES {
            for (column, kind) in table.columns {
                lines.insert(format!("{} {column} {}", table.name, word(*kind)));
            }
        }
        if dialect == Dialect::Postgres {
            lines.insert("events tx int".to_owned());
        }
        lines
    }

    fn kind(declared: &str) -> &'static str {
        match declared.to_ascii_lowercase().as_str() {
            "bigint" | "integer" => "int",
            "text" => "text",
            "bytea" => "bytes",
            other => panic!("a column of the type {other}"),
        }
    }

    #[test]
    fn every_table_and_column_that_sqlite_has_is_listed() {
        let connection = crate::sqlite::in_memory().unwrap();
        let mut statement = connection
            .prepare(
                "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let found: BTreeSet<String> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .filter(|(table, _, _): &(String, String, String)| !STAYING.contains(&table.as_str()))
            .map(|(table, column, declared)| format!("{table} {column} {}", kind(&declared)))
            .collect();
        assert_eq!(found, listed(Dialect::Sqlite));
    }

    #[test]
    fn the_key_that_sqlite_has_is_the_listed_one() {
        let connection = crate::sqlite::in_memory().unwrap();
        for table in TABLES {
            let mut statement = connection
                .prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")
                .unwrap();
            let key: Vec<String> =
                statement.query_map([table.name], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let listed: Vec<&str> = table.columns.iter().take(table.key).map(|(name, _)| *name).collect();
            assert_eq!(key, listed, "{}", table.name);
        }
    }

    #[test]
    fn every_table_and_column_that_postgresql_has_is_listed() {
        let Some(given) = proving::postgres::given() else { return };
        let database = given.database().unwrap();
        let keys = std::sync::Arc::new(model::digest::Keys::simulated().unwrap());
        let settings = crate::Settings::parse(database.url(), 1).unwrap();
        drop(crate::Store::connect(settings, keys, |_| {}).unwrap());
        let said = database
            .psql(
                "SELECT c.table_name || ' ' || c.column_name || ' ' || c.data_type
                 FROM information_schema.columns c JOIN pg_class p ON p.relname = c.table_name
                 WHERE c.table_schema = 'public' AND p.relkind IN ('r', 'p') AND NOT p.relispartition",
            )
            .unwrap();
        let found: BTreeSet<String> = said
            .lines()
            .map(|line| line.split(' ').collect::<Vec<_>>())
            .filter(|words| !STAYING.contains(&words[0]))
            .map(|words| format!("{} {} {}", words[0], words[1], kind(words[2])))
            .collect();
        assert_eq!(found, listed(Dialect::Postgres));
    }

    #[test]
    fn a_page_goes_on_after_a_key_of_several_columns() {
        let ledger = statements(Dialect::Sqlite).iter().find(|one| one.table.name == "guess_ledger").unwrap();
        assert_eq!(
            ledger.next,
            "SELECT subject, known, day, letters, units, codes, guesses FROM guess_ledger \
             WHERE (subject, known, day, letters) > ($1, $2, $3, $4) ORDER BY subject, known, day, letters LIMIT $5"
        );
        let events = statements(Dialect::Postgres).iter().find(|one| one.table.name == EVENTS).unwrap();
        assert!(events.first.contains("ORDER BY tx, position LIMIT $1"), "{}", events.first);
    }
}
