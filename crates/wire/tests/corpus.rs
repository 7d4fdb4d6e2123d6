//! Replays the corpora of the fuzz targets, so that what was once found stays found.

use std::{fs, path::PathBuf};

/// Runs one target on every file of `fuzz/corpus/<name>`, which must have some.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut count = 0;
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let Ok(data) = fs::read(entry.path()) else { continue };
        // The name of the file that breaks a target is in the captured output of the failed test.
        println!("{}", entry.path().display());
        target(&data);
        count += 1;
    }
    assert!(count >= 8, "{} has only {count} readable files", folder.display());
}

#[test]
fn codes_are_answered() {
    replay("base20", wire::fuzz::base20);
}

#[test]
fn cookies_are_answered() {
    replay("cookie", wire::fuzz::cookie);
}

#[test]
fn domains_and_searches_are_answered() {
    replay("domain", wire::fuzz::domain);
}

#[test]
fn records_of_other_systems_are_answered() {
    replay("foreign", wire::fuzz::foreign);
}

#[test]
fn forms_are_answered() {
    replay("form", wire::fuzz::form);
}

#[test]
fn forwarded_headers_are_answered() {
    replay("forwarded", wire::fuzz::forwarded);
}

#[test]
fn hosts_and_origins_are_answered() {
    replay("host", wire::fuzz::host);
}

#[test]
fn names_are_answered() {
    replay("name", wire::fuzz::name);
}

#[test]
fn addresses_are_answered() {
    replay("mailbox", wire::fuzz::mailbox);
}

#[test]
fn telephone_numbers_are_answered() {
    replay("phone", wire::fuzz::phone);
}

#[test]
fn passkeys_are_answered() {
    replay("passkey", wire::fuzz::passkey);
}

#[test]
fn push_services_and_their_browsers_are_answered() {
    replay("push", wire::fuzz::push);
}

#[test]
fn browsers_are_answered() {
    replay("user_agent", wire::fuzz::user_agent);
}

#[test]
fn password_hashes_are_answered() {
    replay("password_hash", wire::fuzz::password_hash);
}

#[test]
fn codes_of_digits_are_answered() {
    replay("digits", wire::fuzz::digits);
}

#[test]
fn lists_of_breached_passwords_are_answered() {
    replay("breached", wire::fuzz::breached);
}

#[test]
fn keys_are_answered() {
    replay("jwk", wire::fuzz::jwk);
}

#[test]
fn signed_objects_are_answered() {
    replay("jws", wire::fuzz::jws);
}

#[test]
fn requests_of_clients_are_answered() {
    replay("oauth", wire::fuzz::oauth);
}

#[test]
fn proofs_of_possession_are_answered() {
    replay("dpop", wire::fuzz::dpop);
}

#[test]
fn redirect_uris_are_answered() {
    replay("redirect_uri", wire::fuzz::redirect_uri);
}

#[test]
fn client_metadata_is_answered() {
    replay("client_metadata", wire::fuzz::client_metadata);
}

#[test]
fn files_of_accounts_are_answered() {
    replay("account_file", wire::fuzz::account_file);
}

#[test]
fn files_of_places_are_answered() {
    replay("place", wire::fuzz::place);
}

#[test]
fn files_of_records_are_answered() {
    replay("columnar", wire::fuzz::columnar);
}

#[test]
fn what_the_record_shows_is_read_or_refused() {
    replay("record", wire::fuzz::record);
}

#[test]
fn messages_are_answered() {
    replay("message", wire::fuzz::message);
}

#[test]
fn fields_of_messages_are_answered() {
    replay("mail_fields", wire::fuzz::mail_fields);
}

#[test]
fn text_messages_and_tables_are_answered() {
    replay("explained", wire::fuzz::explained);
}
