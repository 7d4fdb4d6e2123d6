//! The rules that a store must keep, each broken by hand once.

use store::check::{self, Asked, Finding};
use store::stats::{self, Effort, Rows};
use store::{Store, meta};

use crate::living::sign_in;
use crate::setting::{Place, in_places, noon, seconds, write};

fn look(store: &Store, full: bool) -> Vec<Finding> {
    let asked = Asked { now: noon() + seconds(60), jobs: &["sweep", "detect"], full };
    check::check(store, asked).unwrap()
}

/// Every rule holds.
pub(crate) fn assert_sound(store: &Store) {
    let broken: Vec<Finding> = look(store, true).into_iter().filter(|finding| finding.broken > 0).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The rules, and how to break each. Where the databases differ, SQLite's words come first.
const BREAKS: [(&str, &str); 26] = [
    (
        "signing-keys",
        "INSERT INTO signing_keys (id, kind, state, since, public, sealed)
         SELECT id, 'ES256', 'retired', asked_at, '{}', browser FROM sign_in_codes ORDER BY id LIMIT 1",
    ),
    (
        "grants-without-account",
        "INSERT INTO grants (id, account, client, scopes, resources, origin, granted_at, used_at, idle, expires_at, over_at)
         SELECT id, id, 'c1', '', '', 'browser', asked_at, asked_at, 0, asked_at, asked_at FROM sign_in_codes
         ORDER BY id LIMIT 1",
    ),
    (
        "tokens-after-the-end",
        "UPDATE grants SET ended_at = granted_at, end_reason = 'idle';
         INSERT INTO access_tokens (id, grant_id, client, subject, audiences, scopes, origin, provisional, issued_at, expires_at)
         SELECT id, id, 'c1', 's', 'a', '', 'browser', 0, granted_at, granted_at FROM grants",
    ),
    (
        "live-refresh-tokens",
        "DROP INDEX refresh_tokens_live;
         INSERT INTO refresh_tokens (id, digest, grant_id, state, issued_at)
         SELECT c.id, c.id, g.id, 'live', c.asked_at FROM grants g, sign_in_codes c",
    ),
    (
        "codes-of-a-grant",
        "INSERT INTO authorization_codes (id, digest, grant_id, client, redirect_uri, redirect_named, expires_at, redeemed_at)
         SELECT c.id, c.id, g.id, 'c1', '', 0, c.asked_at, c.asked_at FROM grants g, sign_in_codes c",
    ),
    (
        "redeemed-without-event",
        "UPDATE events SET kind = 'session_ended' WHERE kind = 'sign_in_code_redeemed' AND request IN (
           SELECT request FROM events WHERE kind = 'sign_in_code_redeemed' ORDER BY request LIMIT 1)",
    ),
    (
        "event-without-redeemed",
        "UPDATE sign_in_codes SET state = 'denied' WHERE id IN (
           SELECT request FROM events WHERE kind = 'sign_in_code_redeemed' ORDER BY request LIMIT 1)",
    ),
    (
        "redeemed-twice",
        "UPDATE events SET kind = 'sign_in_code_redeemed' WHERE kind = 'session_started' AND request IN (
           SELECT request FROM events WHERE kind = 'sign_in_code_redeemed' ORDER BY request DESC LIMIT 1)",
    ),
    (
        "redeemed-twice-ever",
        "UPDATE events SET kind = 'sign_in_code_redeemed' WHERE kind IN ('sign_in_code_requested', \
         'sign_in_code_refused') AND request IN (
           SELECT request FROM events WHERE kind = 'sign_in_code_refused' ORDER BY request DESC LIMIT 1)",
    ),
    (
        "live-past-its-end",
        "UPDATE sign_in_codes SET expires_at = asked_at - 7200000000 WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state = 'live' ORDER BY id LIMIT 1)",
    ),
    (
        "sealed-after-the-end",
        "UPDATE sign_in_codes SET sealed_address = masked_bytes WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state = 'redeemed' ORDER BY id LIMIT 1)",
    ),
    (
        "ends",
        "UPDATE sign_in_codes SET ended_at = asked_at WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state = 'live' ORDER BY id LIMIT 1)",
    ),
    (
        "guesses",
        "UPDATE sign_in_codes SET guesses_left = 4 WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state = 'live' ORDER BY id LIMIT 1)",
    ),
    (
        "ledger-whole",
        "INSERT INTO guess_ledger (subject, known, day, letters, units, codes, guesses)
         SELECT browser, known, ledger_day, 8, 10, 1, 3 FROM sign_in_codes ORDER BY id LIMIT 1",
    ),
    (
        "ledger-today",
        "UPDATE guess_ledger SET units = units + 1 WHERE subject IN (
           SELECT destination FROM sign_in_codes ORDER BY id LIMIT 1)",
    ),
    (
        "ledger-all",
        "UPDATE guess_ledger SET units = units - 1 WHERE codes > 0 AND subject IN (
           SELECT subject FROM guess_ledger ORDER BY subject LIMIT 1)",
    ),
    (
        "ledger-before",
        "UPDATE sign_in_codes SET ledger_day = ledger_day - 3 WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state = 'live' ORDER BY id LIMIT 1)",
    ),
    (
        "ledger-below-nothing",
        "UPDATE guess_ledger SET units = -1 WHERE subject IN (
           SELECT destination FROM sign_in_codes ORDER BY id LIMIT 1)",
    ),
    (
        "outbox-without-request",
        "UPDATE outbox SET request = id WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT 1)",
    ),
    (
        "events-readable",
        "UPDATE events SET body = '{}' WHERE id IN (SELECT id FROM events ORDER BY id LIMIT 1)",
    ),
    (
        "events-filed",
        "UPDATE events SET kind = 'account_locked' WHERE id IN (SELECT id FROM events ORDER BY id DESC LIMIT 1)",
    ),
    (
        "recovery-addresses-without-account",
        "INSERT INTO recovery_addresses (account, identity, destination, kind, shown, confirmed_at, added_at)
         SELECT id, identity, destination, 'mail', masked, asked_at, asked_at FROM sign_in_codes ORDER BY id LIMIT 1",
    ),
    (
        "notices-without-account",
        "INSERT INTO notices (account, kind, told_at, held, latest)
         SELECT id, 'new_browser', asked_at, 0, '' FROM sign_in_codes ORDER BY id LIMIT 1",
    ),
    (
        "main-addresses",
        "UPDATE addresses SET main = 0 WHERE identity IN (SELECT identity FROM addresses ORDER BY identity DESC LIMIT 1)",
    ),
    (
        "accounts-without-address",
        "DELETE FROM addresses WHERE identity IN (SELECT identity FROM addresses ORDER BY identity LIMIT 1)",
    ),
    (
        "addresses-without-account",
        "DELETE FROM accounts WHERE id IN (SELECT account FROM sessions ORDER BY id LIMIT 1)",
    ),
];

/// Makes it possible to break references.
fn unbind(place: &Place) {
    if !place.is_file() {
        for table in ["addresses", "browsers", "sessions"] {
            place.sql(&format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_account_fkey"));
        }
    }
}

fn sql(place: &Place, text: &str) {
    let (before, bytes) = if place.is_file() {
        ("PRAGMA foreign_keys = OFF; ", "CAST(masked AS BLOB)")
    } else {
        ("", "masked::bytea")
    };
    place.sql(&format!("{before}{}", text.replace("masked_bytes", bytes)));
}

fn broken(found: &[Finding], name: &str) -> u64 {
    found.iter().find(|finding| finding.name == name).unwrap_or_else(|| panic!("no rule {name}")).broken
}

#[test]
fn a_store_that_was_only_worked_on_breaks_no_rule_and_each_rule_is_broken_by_hand_once() {
    in_places(|place| {
        let store = place.open();
        for seed in 1..=12 {
            sign_in(&store, seed);
        }
        assert_sound(&store);
        unbind(place);
        let mut known: Vec<&str> = BREAKS.iter().map(|(name, _)| *name).collect();
        for (name, how) in BREAKS {
            let before = broken(&look(&store, true), name);
            sql(place, how);
            let after = look(&store, true);
            assert!(broken(&after, name) > before, "{name} was not noticed: {after:#?}");
            let finding = after.iter().find(|finding| finding.name == name).unwrap();
            assert!((1..=3).contains(&finding.examples.len()), "{finding:?}");
        }
        // The account that is gone is missed by others as well.
        let after = look(&store, true);
        for name in ["browsers-without-account", "sessions-without-account", "events-without-account"] {
            assert!(broken(&after, name) > 0, "{name}");
            known.push(name);
        }
        write(&store, |tx| {
            store::leases::claim(tx, "gardening", &[1; 16], (noon(), noon()))?;
            let far = store::events::Position::from_bytes(&[0x7f; 16]).unwrap();
            meta::put_position(tx, meta::DETECTED_UP_TO, far)
        });
        let after = look(&store, true);
        for name in ["leases", "places-beyond-the-record"] {
            assert_eq!(broken(&after, name), 1, "{name}");
            known.push(name);
        }
        if place.is_file() {
            assert!(broken(&after, "references") > 0);
            known.extend(["references", "pages"]);
        } else {
            sql(
                place,
                "UPDATE events SET tx = 9000000000000 WHERE id IN (SELECT id FROM events ORDER BY id LIMIT 1)",
            );
            assert_eq!(broken(&look(&store, true), "events-of-the-future"), 1);
            sql(
                place,
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'outbox_waiting'::regclass",
            );
            assert_eq!(broken(&look(&store, true), "indexes"), 1);
            known.extend(["events-of-the-future", "indexes"]);
        }
        // No rule is left that nobody has broken here; a torn page has its own test.
        for finding in &after {
            assert!(known.contains(&finding.name), "{} is never broken here", finding.name);
        }
    });
}

#[test]
fn a_torn_page_is_found() {
    let folder = crate::setting::Folder::new();
    let store = crate::setting::open(&folder);
    for seed in 1..=60 {
        sign_in(&store, seed);
    }
    drop(store);
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let connection = rusqlite::Connection::open(folder.file()).unwrap();
    let root: usize = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'events_subject'", [], |row| row.get(0))
        .map(|page: i64| usize::try_from(page).unwrap())
        .unwrap();
    drop(connection);
    // The number of entries on the page.
    bytes[(root - 1) * 2048 + 4] ^= 1;
    std::fs::write(folder.file(), bytes).unwrap();
    let store = crate::setting::open(&folder);
    assert!(broken(&look(&store, false), "pages") > 0);
}

#[test]
fn a_server_that_stood_still_has_left_nothing_undone() {
    in_places(|place| {
        let store = place.open();
        sign_in(&store, 3);
        let later = Asked { now: noon() + seconds(30 * 86_400), jobs: &[], full: false };
        let found = check::check(&store, later).unwrap();
        assert!(found.iter().all(|finding| finding.broken == 0), "{found:#?}");
    });
}

#[test]
fn figures_count_what_is_there() {
    in_places(|place| {
        let store = place.open();
        for seed in 1..=9 {
            sign_in(&store, seed);
        }
        for effort in [Effort::Glance, Effort::Look, Effort::Count] {
            let figures = stats::figures(&store, effort).unwrap();
            let rows = |name: &str| figures.tables.iter().find(|table| table.name == name).unwrap().rows;
            assert_eq!(rows("accounts"), Rows::Exactly(9));
            assert_eq!(rows("events"), Rows::Exactly(18));
            assert_eq!(rows("sessions"), Rows::Exactly(3));
            assert!(figures.bytes > 10_000);
            assert_eq!((figures.oldest, figures.newest), (Some(noon()), Some(noon())));
            assert_eq!(figures.log.is_some(), place.is_file());
            assert_eq!(figures.parts.len(), usize::from(!place.is_file()));
            let of_tables: u64 = figures.tables.iter().filter_map(|table| table.bytes).sum();
            assert!(of_tables <= figures.bytes);
            if effort != Effort::Glance || !place.is_file() {
                assert!(of_tables > 10_000, "{figures:?}");
            }
        }
    });
}
