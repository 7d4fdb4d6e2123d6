//! Rows of accounts in both forms, and what is told of those that are none.

use proptest::prelude::*;

use super::raw::header;
use super::*;

const HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

fn wrong(line: &str) -> Vec<Wrong> {
    json(line.as_bytes()).unwrap_err()
}

fn fields(line: &str) -> Vec<&'static str> {
    wrong(line).iter().map(|wrong| wrong.field).collect()
}

#[test]
fn a_row_with_an_address_alone_is_an_account() {
    let row = json(br#"{"address": "Ada@Example.ORG"}"#).unwrap();
    assert_eq!(row.address.address.as_str(), "Ada@example.org");
    assert!(row.address.sign_in && !row.operator && !row.locked && row.password.is_none());
    assert_eq!(row.to_json(), "{\"address\":\"Ada@example.org\"}\n");
}

#[test]
fn a_full_row_is_the_same_in_both_forms() {
    let line = format!(
        "{{\"id\":\"0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77\",\"address\":\"ada@example.org\",\
         \"confirmed_at\":\"2026-01-02T03:04:05Z\",\"sign_in\":\"off\",\
         \"other_addresses\":[\"ada@work.example 2026-01-03T00:00:00Z\",\"a@b.example off\"],\
         \"recovery_addresses\":[\"bob@example.org 2026-01-04T00:00:00Z\"],\
         \"telephones\":[\"+436641234567 2026-01-05T00:00:00Z off\",\"+4915112345678\"],\
         \"recovery_telephones\":[\"+436649876543 2026-01-06T00:00:00Z\"],\"name\":\"amber-falcon-123456\",\
         \"tenant\":\"uni\",\"role\":\"operator\",\"state\":\"locked\",\"opened_at\":\"2025-12-31T23:59:59Z\",\
         \"methods\":\"sign_in: passkey; step_up: passkey; recovery: \",\"gate\":\"private_name\",\"password\":\"{HASH}\",\
         \"totp\":\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"}}\n"
    );
    let row = json(line.as_bytes()).unwrap();
    assert_eq!(row.to_json(), line);
    let head = header(&csv_head()).unwrap();
    let record = csv::record(row.to_csv().as_bytes(), true).unwrap().unwrap();
    assert_eq!(head.row(&record.fields), Ok(row.clone()));
    assert!(!format!("{row:?}").contains("GEZD") && !format!("{row:?}").contains("$2b$"));
}

#[test]
fn everything_that_is_wrong_with_a_row_is_told_by_its_field() {
    let line = r#"{"id": "7", "address": "ada", "confirmed_at": "yesterday", "other_addresses": ["x"], "telephones": ["0664 1234567"], "name": "a b",
        "role": "king", "state": "asleep", "opened_at": "1.1.2026", "password": "hunter2", "totp": "abc"}"#;
    let mut found = fields(line);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "address",
            "confirmed_at",
            "id",
            "name",
            "opened_at",
            "other_addresses",
            "password",
            "role",
            "state",
            "telephones",
            "totp"
        ]
    );
    assert_eq!(fields("{}"), ["address"]);
    assert_eq!(fields(r#"{"address": "ada@example.org", "sign_in": "off"}"#), ["sign_in"]);
    let many = format!(
        r#"{{"address": "a@b.example", "other_addresses": [{}]}}"#,
        [r#""c@d.example""#; 11].join(",")
    );
    assert_eq!(fields(&many), ["other_addresses"]);
}

#[test]
fn what_is_no_row_says_so_without_repeating_it() {
    for (line, said) in [
        ("", "one JSON object"),
        ("[]", "one JSON object"),
        (r#"{"address": "a@b.example", "hunter2": 1}"#, "no other fields"),
        (r#"{"address": "a@b.example", "address": "c@d.example"}"#, "each field once"),
        (r#"{"address": 7}"#, "texts in quotes"),
        (r#"{"address": "a@b.example"} {}"#, "one JSON object"),
    ] {
        assert!(wrong(line)[0].expected.contains(said), "{line}: {:?}", wrong(line));
    }
    for (line, said) in [
        ("name,tenant", "a column of this name"),
        ("address,address", "each column once"),
        ("address,colour", "no other columns"),
    ] {
        assert!(header(line).unwrap_err().expected.contains(said), "{line}");
    }
    let head = header("address, tenant").unwrap();
    assert!(head.row(&["a@b.example".to_owned()]).is_err());
}

proptest! {
    #[test]
    fn any_line_is_answered(line in any::<Vec<u8>>()) {
        if let Ok(row) = json(&line) {
            prop_assert_eq!(json(row.to_json().as_bytes()), Ok(row));
        }
    }
}
