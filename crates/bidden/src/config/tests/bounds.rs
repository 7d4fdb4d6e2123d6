//! Every row of the table at, below and above its bounds.

use model::method::Method;

use super::*;

fn takes(key: &str, text: &str) -> bool {
    table::row(key).unwrap().kind.parse(text).is_ok()
}

/// For kinds with a least and a most: texts at, below and above them. For the others: texts that are
/// and texts that are not.
fn inside_and_outside(kind: &Kind) -> (Vec<String>, Vec<String>) {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let seconds = |duration: Duration| format!("{}s", duration.as_secs());
    let second = Duration::from_secs(1);
    match kind {
        Kind::Name { most } => (
            vec!["x".into(), "é".repeat(*most), "Example Library".into()],
            vec![
                String::new(),
                "é".repeat(most + 1),
                "a\nb".into(),
                "a\u{202e}b".into(),
                "a\u{200b}b".into(),
                " a".into(),
                "https://a.example".into(),
                "WWW.example.org".into(),
                "me@example.org".into(),
            ],
        ),
        Kind::Text { most } | Kind::Secret { most } => (
            vec!["x".into(), "é".repeat(*most), " a b ".into()],
            vec![String::new(), "é".repeat(most + 1), "a\nb".into(), "\0".into(), "\u{fffd}".into()],
        ),
        Kind::Number { least, most, .. } => (
            vec![least.to_string(), most.to_string()],
            vec![
                (least - 1).to_string(),
                (most + 1).to_string(),
                format!("-{least}"),
                format!("+{least}"),
                format!("{least}.0"),
                String::new(),
                "99999999999999999999".into(),
            ],
        ),
        Kind::Duration { least, most } => (
            vec![seconds(*least), seconds(*most)],
            vec![
                seconds(*least - second),
                seconds(*most + second),
                most.as_secs().to_string(),
                String::new(),
            ],
        ),
        Kind::Probability { least, most } => (
            vec![format!("{least:e}"), format!("{most:e}"), format!("{most}")],
            vec![
                format!("{:e}", least * 0.99),
                format!("{:e}", most * 1.01),
                "0".into(),
                "nan".into(),
                "-1e-6".into(),
                String::new(),
            ],
        ),
        Kind::Words(words) => (
            owned(words),
            words
                .iter()
                .flat_map(|word| [word.to_uppercase(), format!("{word} ")])
                .chain([String::new()])
                .collect(),
        ),
        Kind::Host => (
            owned(&["localhost", "Mail.example.org", "192.0.2.1", "2001:db8::1", "[2001:db8::1]"]),
            owned(&["", "mail.example.org:25", "smtp://mail.example.org", "a b", "bücher.example"]),
        ),
        Kind::Networks => (
            owned(&["", "10.0.0.0/8", "::1, 192.0.2.1", "loopback"]),
            owned(&["x", "10.0.0.0/33", "10.0.0.1/8", "0.0.0.0/0", "::/0", "::1; ::2"]),
        ),
        Kind::Methods(use_) => (
            vec![String::new(), use_.possible().iter().map(Method::code).collect::<Vec<_>>().join(",")],
            owned(&["telepathy", "approvals", "Passkey", "passkey passkey", "passkey;totp"]),
        ),
        Kind::Listen => (
            owned(&["0.0.0.0:0", "127.0.0.1:65535", "[::]:443"]),
            owned(&["", "127.0.0.1", "127.0.0.1:65536", "localhost:8000", ":8000", "8000", "::1:80"]),
        ),
        Kind::Origin => (
            owned(&["https://id.example.org", "https://id.example.org/", "http://localhost:8000"]),
            owned(&[
                "",
                "id.example.org",
                "ftp://a.example",
                "https://a.example/b",
                "https://a.example//",
                "https://",
            ]),
        ),
        Kind::Path | Kind::File { .. } | Kind::SecretFile { .. } => {
            (owned(&["x", "/a b/c"]), owned(&["", "a\0b", "\u{fffd}"]))
        }
        Kind::Mailbox => (
            owned(&["a@example.org", "bücher@example.org"]),
            owned(&["", "a", "@example.org", "a@", "a b@example.org", "a@example.org\r\nBcc: b@example.org"]),
        ),
        Kind::Zone => (owned(&["UTC"]), owned(&["", "Mars/Olympus", "../../etc/passwd", "+02:00"])),
        Kind::Colour { against } if *against == colour::LIGHT => {
            (owned(&["#000000", "#767676"]), owned(&["", "#777777", "#ffffff", "#000", "black"]))
        }
        Kind::Url => (
            owned(&["https://sms.example.org", "http://localhost:8080/send?key=a%20b", "https://[::1]/"]),
            owned(&[
                "",
                "sms.example.org",
                "ftp://a.example/",
                "https://me:pw@a.example/",
                "https://a.example/#b",
            ]),
        ),
        Kind::Headers { most } => (
            vec!["A: b".into(), "A: b\r\nB-c: {to} {id}\n".into(), format!("A: {}", "b".repeat(most - 3))],
            vec![
                String::new(),
                "\n".into(),
                "A".into(),
                "A: b\0".into(),
                "A: {text}".into(),
                "Host: a.example".into(),
                format!("A: {}", "b".repeat(most - 2)),
            ],
        ),
        Kind::Countries => {
            (owned(&["", "DE", "de, AT,,US", "XK"]), owned(&["Germany", "49", "DE AT", "ZZ", "MF", "*"]))
        }
        Kind::Cents { most } => (
            vec!["0.01".into(), "7.5".into(), money::text(*most)],
            vec![
                String::new(),
                "0".into(),
                "0.00".into(),
                "7.555".into(),
                "-1".into(),
                money::text(most.plus(Cost::from_hundredths(1))),
            ],
        ),
        Kind::Prices { most } => (
            vec![
                String::new(),
                "+49 7.5".into(),
                "+49  7, +1876 0.01,".into(),
                format!("+1 {}", money::text(*most)),
            ],
            owned(&["+49", "49 7", "+49 0", "+49 1000.01", "+4 7", "+49 7 8", "+49 7, +49 8", "7.5"]),
        ),
        Kind::Colour { .. } => (owned(&["#ffffff", "#8cc4ee"]), owned(&["", "#000000", "#333333", "white"])),
    }
}

#[test]
fn every_row_takes_what_is_within_its_bounds_and_refuses_what_is_not() {
    for row in TABLE {
        let (inside, outside) = inside_and_outside(&row.kind);
        for text in inside {
            assert!(row.kind.parse(&text).is_ok(), "{} should take {text:?}", row.key);
        }
        for text in outside {
            assert!(row.kind.parse(&text).is_err(), "{} should refuse {text:?}", row.key);
        }
    }
}

#[test]
fn the_bounds_that_a_standard_or_a_promise_sets_stand_where_they_were_set() {
    for (key, least, below, most, above) in [
        ("code.lifetime", "1m", "59s", "10m", "601s"),
        ("code.guesses", "1", "0", "5", "6"),
        ("code.length", "8", "7", "16", "17"),
        ("smtp.timeout", "1s", "0s", "5m", "301s"),
        ("record.retention", "30d", "29d", "3650d", "3651d"),
        ("budget.known_mails_per_day", "1", "0", "100", "101"),
        ("budget.approvals_per_day", "1", "0", "100", "101"),
        ("password.min_length", "8", "7", "64", "65"),
        ("password.min_length_single_factor", "15", "14", "64", "65"),
    ] {
        assert!(takes(key, least) && takes(key, most), "{key}");
        assert!(!takes(key, below) && !takes(key, above), "{key}");
    }
}

#[test]
fn numbers_in_the_file_have_the_same_bounds_as_in_variables() {
    for (text, fits) in [
        ("code.guesses = 1", true),
        ("code.guesses = 5", true),
        ("code.guesses = 0", false),
        ("code.guesses = 6", false),
        ("code.guesses = -1", false),
        ("code.guesses = 99999999999999999999999", false),
        ("code.guesses = 3.0", false),
        ("budget.epsilon = 1e-6", true),
        ("budget.epsilon = \"1e-6\"", true),
        ("budget.epsilon = 1e-10", false),
        ("budget.epsilon = 1", false),
        ("budget.epsilon = nan", false),
        ("budget.epsilon = inf", false),
    ] {
        assert_eq!(read(text, &[], NO_FILES).is_ok(), fits, "{text}");
    }
}

#[test]
fn a_password_and_a_name_are_counted_in_characters() {
    let name = format!("site_name = \"{}\"", "é".repeat(60));
    assert!(read(&name, &[], NO_FILES).is_ok());
    let name = format!("site_name = \"{}\"", "é".repeat(61));
    assert!(read(&name, &[], NO_FILES).is_err());
}

#[test]
fn the_smallest_guess_budget_still_admits_the_most_guessable_code() {
    let (
        Kind::Probability { least, .. },
        Kind::Number { most: guesses, .. },
        Kind::Number { least: length, .. },
    ) = (
        &table::row("budget.epsilon").unwrap().kind,
        &table::row("code.guesses").unwrap().kind,
        &table::row("code.length").unwrap().kind,
    )
    else {
        panic!("the kinds of these rows have changed");
    };
    let codes = 20_f64.powi(i32::try_from(*length).unwrap());
    let reserved = f64::from(u32::try_from(*guesses).unwrap()) / codes;
    assert!(reserved <= *least);
}
