//! Spellings as other programs write them, bounds, and what is refused.

use proptest::prelude::*;

use super::*;

const OUTPUT: &str = "5U7ytXzDNlJEuT9OvS0FicNxptuh2DUALVmiOi1HJJo";
const SALT: &str = "c2FsdHNhbHRzYWx0c2FsdA";

fn method(text: &str) -> Method {
    PasswordHash::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).method()
}

fn refused(text: &str) -> Malformed {
    let error = PasswordHash::parse(text).expect_err(text);
    assert!(error.at <= text.len() && error.what == "password hash");
    error
}

#[test]
fn the_spellings_of_other_programs_are_read() {
    use Method::{Argon2 as A, Bcrypt, Pbkdf2, Scrypt};
    let seasalt = "$seasalt$3xmXbyk2QpiyNcnoBbzRPwEBsYPTbDlRdtmLyBvQltA=";
    for (text, expected) in [
        (
            format!("$argon2id$v=19$m=65536,t=3,p=4${SALT}${OUTPUT}"),
            A { variant: Argon2::Id, memory_kib: 65536, passes: 3, lanes: 4 },
        ),
        (
            format!("$argon2i$v=19$m=64,t=3,p=1${SALT}${OUTPUT}"),
            A { variant: Argon2::I, memory_kib: 64, passes: 3, lanes: 1 },
        ),
        (
            format!("$argon2i$m=64,t=3,p=1${SALT}${OUTPUT}"),
            A { variant: Argon2::OldI, memory_kib: 64, passes: 3, lanes: 1 },
        ),
        (
            format!("argon2$argon2id$v=19$m=102400,t=2,p=8${SALT}${OUTPUT}"),
            A { variant: Argon2::Id, memory_kib: 102_400, passes: 2, lanes: 8 },
        ),
        ("$2a$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG".to_owned(), Bcrypt { cost: 4 }),
        ("$2y$12$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG".to_owned(), Bcrypt { cost: 12 }),
        (
            "bcrypt$$2b$10$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG".to_owned(),
            Bcrypt { cost: 10 },
        ),
        (
            "$pbkdf2$131000$c2FsdFNBTFRzYWx0//4$dcGM/sPLJrr/fWsboLC/kT2c03A".to_owned(),
            Pbkdf2 { digest: Sha::One, rounds: 131_000 },
        ),
        (
            "$pbkdf2-sha256$29000$c2FsdFNBTFRzYWx0//4$BCAPY44w6gd2JXJ.siKD4M3DIvW82jZQ9nHRypAfNbQ".to_owned(),
            Pbkdf2 { digest: Sha::Two256, rounds: 29_000 },
        ),
        (
            format!("$pbkdf2-sha512$i=210000,l=32${SALT}${OUTPUT}"),
            Pbkdf2 { digest: Sha::Two512, rounds: 210_000 },
        ),
        (format!("pbkdf2_sha256$1000000{seasalt}"), Pbkdf2 { digest: Sha::Two256, rounds: 1_000_000 }),
        (format!("$scrypt$ln=16,r=8,p=1${SALT}${OUTPUT}"), Scrypt { log_n: 16, block: 8, lanes: 1 }),
        (
            "scrypt$16384$seasalt$8$1$3xmXbyk2QpiyNcnoBbzRPwEBsYPTbDlRdtmLyBvQltA=".to_owned(),
            Scrypt { log_n: 14, block: 8, lanes: 1 },
        ),
    ] {
        assert_eq!(method(&text), expected, "{text}");
        let hash = PasswordHash::parse(&text).unwrap();
        assert_eq!(PasswordHash::parse(&hash.to_string()), Ok(hash), "{text}");
    }
}

#[test]
fn the_salt_of_django_is_its_text_and_that_of_the_others_its_bytes() {
    let django = PasswordHash::parse("pbkdf2_sha1$1000$seasalt$9iRYj0as1r5j+cCBxB+HMlxkyr4=").unwrap();
    assert_eq!((django.salt(), django.output().len()), (&b"seasalt"[..], 20));
    let passlib =
        PasswordHash::parse("$pbkdf2$1000$c2FsdFNBTFRzYWx0//4$dcGM/sPLJrr/fWsboLC/kT2c03A").unwrap();
    assert_eq!(passlib.salt(), b"saltSALTsalt\xff\xfe");
    let dotted =
        PasswordHash::parse(&format!("$pbkdf2-sha256$1000$c2FsdFNBTFRzYWx0//4${}", "..AA".repeat(8)));
    assert_eq!(dotted.unwrap().output().get(..3), Some(&[0xfb, 0xe0, 0x00][..]));
}

#[test]
fn a_hash_that_takes_too_much_work_or_memory_is_refused() {
    for (inside, outside) in [
        ("$argon2id$v=19$m=262144,t=4,p=1", "$argon2id$v=19$m=262145,t=1,p=1"),
        ("$argon2id$v=19$m=65536,t=16,p=1", "$argon2id$v=19$m=65536,t=17,p=1"),
        ("$argon2id$v=19$m=4096,t=1,p=16", "$argon2id$v=19$m=4096,t=1,p=17"),
        ("$argon2id$v=19$m=8,t=131072,p=1", "$argon2id$v=19$m=8,t=4294967295,p=1"),
        ("$pbkdf2-sha256$i=4000000", "$pbkdf2-sha256$i=4000001"),
        ("$pbkdf2-sha1$i=2000000", "$pbkdf2-sha1$i=2000001"),
        ("$scrypt$ln=18,r=8,p=2", "$scrypt$ln=18,r=8,p=3"),
        ("$scrypt$ln=10,r=2048,p=2", "$scrypt$ln=19,r=8,p=1"),
        ("$scrypt$ln=1,r=8,p=16", "$scrypt$ln=1,r=8,p=17"),
        ("$scrypt$ln=1,r=131072,p=16", "$scrypt$ln=1,r=1048576,p=16"),
        ("$pbkdf2-sha512$i=1000000", "$pbkdf2-sha512$i=1000001"),
        ("$scrypt$ln=1,r=1,p=1", "$scrypt$ln=32,r=1,p=1"),
    ] {
        method(&format!("{inside}${SALT}${OUTPUT}"));
        refused(&format!("{outside}${SALT}${OUTPUT}"));
    }
    let bcrypt = |cost| format!("$2b${cost}$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG");
    assert_eq!(method(&bcrypt("14")), Method::Bcrypt { cost: 14 });
    for cost in ["15", "31", "03", "99", "4", "004", "-4", "+4"] {
        refused(&bcrypt(cost));
    }
}

#[test]
fn an_output_that_many_passwords_have_is_refused() {
    // Fifteen bytes and none at all.
    for output in ["AAAAAAAAAAAAAAAAAAAA", ""] {
        for head in ["$argon2id$v=19$m=64,t=1,p=1$", "$pbkdf2-sha256$1000$", "$scrypt$ln=10,r=8,p=1$"] {
            assert!(refused(&format!("{head}{SALT}${output}")).expected.contains("16 to 64 bytes"));
        }
    }
    assert!(refused("pbkdf2_sha256$1000$seasalt$").expected.contains("16 to 64 bytes"));
    refused(&format!("$pbkdf2-sha256$1000${SALT}${}", "A".repeat(88)));
    refused(&format!("$argon2id$v=19$m=64,t=1,p=1$c2FsdHM${OUTPUT}"));
    refused(&format!("$pbkdf2-sha256$1000$${OUTPUT}"));
}

#[test]
fn what_is_no_hash_of_these_methods_is_refused_at_its_place() {
    for (text, at) in [
        ("", 0),
        ("plaintext", 0),
        ("$1$salt$hash", 1),
        ("$2x$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", 1),
        ("$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA", 1),
        ("$argon2id$v=20$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA", 15),
        ("$argon2id$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA", 10),
        ("$argon2id$v=19$m=64,t=1,p=1,keyid=AAAA$c2FsdHNhbHQ$AAAA", 15),
        ("$argon2id$v=19$t=1,m=64,p=1$c2FsdHNhbHQ$AAAA", 15),
        ("$argon2id$v=19$m=064,t=1,p=1$c2FsdHNhbHQ$AAAA", 15),
        ("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ", 39),
        ("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA$", 45),
        ("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ=$AAAA", 28),
        ("$2b$10$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6C", 7),
        ("$2b$10$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6C+", 7),
        ("scrypt$1000$seasalt$8$1$AAAA", 7),
        ("pbkdf2_sha256$1000$sé$AAAA", 20),
        (" $1$", 0),
    ] {
        assert_eq!(refused(text).at, at, "{text}");
    }
    let long = format!("$argon2id$v=19$m=64,t=1,p=1${}$AAAA", "A".repeat(512));
    assert_eq!(refused(&long).at, LONGEST);
    let error = refused(&format!("$pbkdf2-sha256$i=1000,l=31${SALT}${OUTPUT}"));
    assert_eq!(error.expected, "the length of the output");
}

#[test]
fn a_hash_is_not_printed() {
    let hash = PasswordHash::argon2id((64, 1, 1), b"saltsaltsaltsalt", &[7; 32]).unwrap();
    let shown = format!("{hash:?}");
    assert!(shown.contains("memory_kib: 64") && !shown.contains("salt"), "{shown}");
    assert!(PasswordHash::argon2id((64, 1, 1), b"salt", &[7; 32]).is_err());
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Err(error) = PasswordHash::parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }

    #[test]
    fn what_is_read_is_written_in_a_form_that_is_read_as_the_same(
        head in "(\\$argon2i(d)?\\$v=19\\$m=[0-9]{1,3},t=[0-9],p=[0-9]|\\$pbkdf2(-sha256)?\\$[0-9]{1,7}|\\$scrypt\\$ln=[0-9]{1,2},r=[0-9],p=[0-9])",
        salt in "[A-Za-z0-9+/]{12,24}",
        output in "[A-Za-z0-9+/.]{24}",
    ) {
        if let Ok(hash) = PasswordHash::parse(&format!("{head}${salt}${output}")) {
            prop_assert_eq!(PasswordHash::parse(&hash.to_string()), Ok(hash));
        }
    }
}
