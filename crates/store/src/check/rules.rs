//! Table: rules about the nouns, each as the statement that finds what breaks it.

use std::time::Duration;

use model::fault::Fault;
use model::time::Time;

use super::{Finding, identifier, seek, sought};
use crate::tx::Reader;
use crate::value::{Arg, args};

/// How long after its end a live code may wait for the sweep, which comes every few seconds.
const SWEPT: Duration = Duration::from_secs(60 * 60);

pub(crate) fn look(reader: &mut Reader<'_>, awake: Time, jobs: &[&str]) -> Result<Vec<Finding>, Fault> {
    let mut found = Vec::new();
    let mut rule = |name, meaning, sql: &super::Sought, args: &[Arg<'_>]| {
        found.push(seek(reader, Finding::of(name, meaning), sql, args)?);
        Ok::<(), Fault>(())
    };
    rule(
        "addresses-without-account",
        "every address belongs to an account",
        &sought!(
            "SELECT account FROM addresses d WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = d.account)"
        ),
        args![],
    )?;
    rule(
        "accounts-without-address",
        "every account has an address",
        &sought!(
            "SELECT id FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM addresses d WHERE d.account = a.id)"
        ),
        args![],
    )?;
    rule(
        "main-addresses",
        "every account has exactly one main address, and it is a mailbox",
        &sought!(
            "SELECT id FROM accounts a
             WHERE (SELECT COUNT(*) FROM addresses d WHERE d.account = a.id AND d.main = 1 AND d.kind = 'mail') <> 1"
        ),
        args![],
    )?;
    rule(
        "recovery-addresses-without-account",
        "every recovery address belongs to an account that is not closed",
        &sought!(
            "SELECT account FROM recovery_addresses r
             WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = r.account AND a.state <> 'closed')"
        ),
        args![],
    )?;
    rule(
        "notices-without-account",
        "whatever is held to be told is about an account",
        &sought!(
            "SELECT account FROM notices n WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = n.account)"
        ),
        args![],
    )?;
    rule(
        "browsers-without-account",
        "every known browser belongs to an account",
        &sought!(
            "SELECT id FROM browsers b WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = b.account)"
        ),
        args![],
    )?;
    rule(
        "sessions-without-account",
        "every browser session belongs to an account",
        &sought!(
            "SELECT id FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = s.account)"
        ),
        args![],
    )?;
    // From the requests to their events, which are many more: `CROSS JOIN` says so to SQLite.
    rule(
        "redeemed-twice",
        "no request has been redeemed more than once",
        &sought!(
            "SELECT c.id FROM sign_in_codes c CROSS JOIN events e
             WHERE e.request = c.id AND e.kind = 'sign_in_code_redeemed' GROUP BY c.id HAVING COUNT(*) > 1"
        ),
        args![],
    )?;
    rule(
        "redeemed-without-event",
        "every redeemed request has the event that says so",
        &sought!(
            "SELECT id FROM sign_in_codes c
             WHERE state = 'redeemed' AND ended_at >= (SELECT MIN(at) FROM events)
               AND NOT EXISTS (SELECT 1 FROM events e WHERE e.request = c.id AND e.kind = 'sign_in_code_redeemed')"
        ),
        args![],
    )?;
    rule(
        "event-without-redeemed",
        "no request has the event of being redeemed unless it is",
        &sought!(
            "SELECT DISTINCT c.id FROM sign_in_codes c CROSS JOIN events e
             WHERE e.request = c.id AND e.kind = 'sign_in_code_redeemed' AND c.state <> 'redeemed'"
        ),
        args![],
    )?;
    rule(
        "live-past-its-end",
        "no request is live an hour after its time has passed",
        &sought!("SELECT id FROM sign_in_codes WHERE state = 'live' AND expires_at < $1"),
        args![awake - SWEPT],
    )?;
    rule(
        "sealed-after-the-end",
        "no request that has ended still holds its code or address, sealed as they are",
        &sought!(
            "SELECT id FROM sign_in_codes
             WHERE state <> 'live' AND (sealed_code IS NOT NULL OR sealed_address IS NOT NULL)"
        ),
        args![],
    )?;
    rule(
        "ends",
        "a request has the time of its end when it has ended, and not before",
        &sought!("SELECT id FROM sign_in_codes WHERE (state = 'live') <> (ended_at IS NULL)"),
        args![],
    )?;
    rule(
        "guesses",
        "guesses left are between none and those it started with; a request without any left has ended, refused \
         only when none are left",
        &sought!(
            "SELECT id FROM sign_in_codes WHERE guesses_left < 0 OR guesses_left > guesses
               OR (state = 'live' AND guesses_left = 0) OR (state = 'refused' AND guesses_left <> 0)"
        ),
        args![],
    )?;
    rule(
        "outbox-without-request",
        "every message that carries a code has its request",
        &sought!(
            "SELECT id FROM outbox o WHERE request IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM sign_in_codes c WHERE c.id = o.request)"
        ),
        args![],
    )?;
    rule(
        "signing-keys",
        "one signing key of a kind is active at most; a retired one has no private half any more, any other has one",
        &sought!(
            "SELECT id FROM signing_keys k WHERE (state = 'retired') <> (sealed IS NULL)
               OR (state = 'active' AND EXISTS
                 (SELECT 1 FROM signing_keys o WHERE o.kind = k.kind AND o.state = 'active' AND o.id <> k.id))"
        ),
        args![],
    )?;
    rule(
        "grants-without-account",
        "every grant of an account is of one that there is",
        &sought!(
            "SELECT id FROM grants g WHERE account IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = g.account)"
        ),
        args![],
    )?;
    rule(
        "tokens-after-the-end",
        "no grant that has ended has a live refresh token, or an access token",
        &sought!(
            "SELECT g.id FROM grants g WHERE g.ended_at IS NOT NULL AND (
               EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.grant_id = g.id AND t.state = 'live')
               OR EXISTS (SELECT 1 FROM access_tokens t WHERE t.grant_id = g.id))"
        ),
        args![],
    )?;
    rule(
        "live-refresh-tokens",
        "every grant has one live refresh token at the most",
        &sought!(
            "SELECT grant_id FROM refresh_tokens WHERE state = 'live' GROUP BY grant_id HAVING COUNT(*) > 1"
        ),
        args![],
    )?;
    rule(
        "codes-of-a-grant",
        "no grant has been redeemed more than once",
        &sought!(
            "SELECT grant_id FROM authorization_codes WHERE redeemed_at IS NOT NULL
             GROUP BY grant_id HAVING COUNT(*) > 1"
        ),
        args![],
    )?;
    let mut leases = Finding::of("leases", "every lease is of a job that there is");
    for row in reader.db.query("SELECT name FROM leases ORDER BY name", args![])? {
        let name = identifier(row);
        if !jobs.contains(&name.as_str()) {
            leases.breaks(|| name);
        }
    }
    found.push(leases);
    Ok(found)
}
