//! The verbs, on a store in memory and a clock that the test turns: threats.md §5.2, row by row.

#[cfg(test)]
#[path = "flow/accounts.rs"]
mod accounts;
#[cfg(test)]
#[path = "flow/activity.rs"]
mod activity;
#[cfg(test)]
#[path = "flow/addresses.rs"]
mod addresses;
#[cfg(test)]
#[path = "flow/alike.rs"]
mod alike;
#[cfg(test)]
#[path = "flow/approvals.rs"]
mod approvals;
#[cfg(test)]
#[path = "flow/at_client.rs"]
mod at_client;
#[cfg(test)]
#[path = "flow/at_devices.rs"]
mod at_devices;
#[cfg(test)]
#[path = "flow/attempts.rs"]
mod attempts;
#[cfg(test)]
#[path = "flow/authorizing.rs"]
mod authorizing;
#[cfg(test)]
#[path = "flow/backchannel.rs"]
mod backchannel;
#[cfg(test)]
#[path = "flow/brought.rs"]
mod brought;
#[cfg(test)]
#[path = "flow/budgets.rs"]
mod budgets;
#[cfg(test)]
#[path = "flow/clients.rs"]
mod clients;
#[cfg(test)]
#[path = "flow/code.rs"]
mod code;
#[cfg(test)]
#[path = "flow/deliver.rs"]
mod deliver;
#[cfg(test)]
#[path = "flow/doorbell.rs"]
mod doorbell;
#[cfg(test)]
#[path = "flow/doubted.rs"]
mod doubted;
#[cfg(test)]
#[path = "flow/ending.rs"]
mod ending;
#[cfg(test)]
#[path = "flow/entries.rs"]
mod entries;
#[cfg(test)]
#[path = "flow/gates.rs"]
mod gates;
#[cfg(test)]
#[path = "flow/gates_kept.rs"]
mod gates_kept;
#[cfg(test)]
#[path = "flow/guessing.rs"]
mod guessing;
#[cfg(test)]
#[path = "flow/invitations.rs"]
mod invitations;
#[cfg(test)]
#[path = "flow/ledger.rs"]
mod ledger;
#[cfg(test)]
#[path = "flow/left.rs"]
mod left;
#[cfg(test)]
#[path = "flow/logout.rs"]
mod logout;
#[cfg(test)]
#[path = "flow/methods.rs"]
mod methods;
#[cfg(test)]
#[path = "flow/not_me.rs"]
mod not_me;
#[cfg(test)]
#[path = "flow/notices.rs"]
mod notices;
#[cfg(test)]
#[path = "flow/on_record.rs"]
mod on_record;
#[cfg(test)]
#[path = "flow/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "flow/own.rs"]
mod own;
#[cfg(test)]
#[path = "flow/pairings.rs"]
mod pairings;
#[cfg(test)]
#[path = "flow/passkeys.rs"]
mod passkeys;
#[cfg(test)]
#[path = "flow/passwords.rs"]
mod passwords;
#[cfg(test)]
#[path = "flow/prompting.rs"]
mod prompting;
#[cfg(test)]
#[path = "flow/providing.rs"]
mod providing;
#[cfg(test)]
#[path = "flow/provisional.rs"]
mod provisional;
#[cfg(test)]
#[path = "flow/recovery.rs"]
mod recovery;
#[cfg(test)]
#[path = "flow/refreshing.rs"]
mod refreshing;
#[cfg(test)]
#[path = "flow/responding.rs"]
mod responding;
#[cfg(test)]
#[path = "flow/sessions.rs"]
mod sessions;
#[cfg(test)]
#[path = "flow/signing_keys.rs"]
mod signing_keys;
#[cfg(test)]
#[path = "flow/sim.rs"]
mod sim;
#[cfg(test)]
#[path = "flow/sources.rs"]
mod sources;
#[cfg(test)]
#[path = "flow/sweep.rs"]
mod sweep;
#[cfg(test)]
#[path = "flow/tenants.rs"]
mod tenants;
#[cfg(test)]
#[path = "flow/text_messages.rs"]
mod text_messages;
#[cfg(test)]
#[path = "flow/tokens.rs"]
mod tokens;
#[cfg(test)]
#[path = "flow/told.rs"]
mod told;
#[cfg(test)]
#[path = "flow/undo.rs"]
mod undo;
#[cfg(test)]
#[path = "flow/user_codes.rs"]
mod user_codes;
#[cfg(test)]
#[path = "flow/webhooks.rs"]
mod webhooks;
