//! threats.md §5.2 row 49: whoever reads the database alone learns no code, no unknown address, no secret.

use model::digest::{Digest, Of};
use model::id::{BrowserId, SessionId};
use model::session::Session;
use model::sign_in_code::{Binding, CodeState, Purpose};
use store::inbox::{self, Kept};
use store::sign_in_codes::{self};
use store::{Store, seal, sessions};

use crate::setting::{HALF, account, address, ask, both, cx, in_places, keys, noon, queue, seconds, source};

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Puts one of everything secret into the store; returns what must not be found, and what must.
fn fill(store: &Store) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let alice = account(store, 1, "alice@example.com");
    let asked = ask(store, 2, "somebody.unknown@example.org", 3);
    queue(store, 3, Some(asked.id), false);
    let mut cx = cx(4);
    let secret: [u8; 32] = cx.entropy.bytes().unwrap();
    let id = SessionId::new(&mut cx).unwrap();
    let digest = store.keys().digest(Of::Token, &[b"session", id.bytes(), &secret]);
    let session = Session {
        id,
        account: alice.id,
        browser: BrowserId::new(&mut cx).unwrap(),
        started_at: noon(),
        used_at: noon(),
        expires_at: noon() + seconds(60),
        doubted_at: None,
        source: source(),
        assurance: model::assurance::Assurance::of(
            model::method::MethodSet::of(&[model::method::Method::MailCode]),
            model::time::Time::from_micros(0),
        ),
        rests_on: model::session::RestsOn::default(),
    };
    store
        .write_now(move |tx| {
            sessions::insert(tx, &session, &digest)?;
            let id = model::id::MessageId::new(&mut cx)?;
            let content = "the text of a mail that was kept for the inbox page".to_owned();
            inbox::insert(
                tx,
                &mut cx.entropy,
                &Kept { id, at: noon(), to: "a@example.com".to_owned(), content },
            )?;
            Ok(tx.unrecorded("a test", ()))
        })
        .unwrap();
    let absent = vec![
        asked.code.expose().as_bytes().to_vec(),
        asked.code.expose().to_lowercase().into_bytes(),
        asked.code.grouped().into_bytes(),
        asked.not_me.to_vec(),
        b"somebody.unknown".to_vec(),
        secret.to_vec(),
        wire::token::encode(&secret).into_bytes(),
        b"the text of a mail".to_vec(),
        HALF.to_vec(),
        keys(7).seal().expose().to_vec(),
        [7; 32].to_vec(),
    ];
    // That these are found shows that the search can find.
    let present =
        vec![b"alice@example.com".to_vec(), b"s\xe2\x80\xa6@example.org".to_vec(), digest.bytes().to_vec()];
    (absent, present)
}

#[test]
fn row_49_whoever_has_all_of_the_database_finds_no_secret() {
    in_places(|place| {
        let store = place.open();
        let (absent, present) = fill(&store);
        let check = |dump: &[u8]| {
            for needle in &present {
                assert!(holds(dump, needle), "{:?}", String::from_utf8_lossy(needle));
            }
            for needle in &absent {
                assert!(!holds(dump, needle), "{:?}", String::from_utf8_lossy(needle));
            }
        };
        // A file: with the log as it is in operation, and after it was worked into it.
        check(&place.dump());
        drop(store);
        check(&place.dump());
    });
}

#[test]
fn row_49_without_the_keys_no_digest_can_be_recomputed() {
    both(|store| {
        let asked = ask(store, 2, "somebody.unknown@example.org", 3);
        let kept = store.read(|reader| sign_in_codes::find(reader, asked.id)).unwrap().unwrap();
        let binding =
            Binding { request: asked.id, purpose: Purpose::SignIn, tenant: "default", browser_half: &HALF };
        assert!(binding.digest(&keys(7), &asked.code).matches(&kept.digest), "with the keys it can");
        // Whoever has the row, the code, the address and everything else, but another root.
        for root in (0..=255).filter(|root| *root != 7) {
            let other = keys(root);
            assert!(!binding.digest(&other, &asked.code).matches(&kept.digest));
            for of in [Of::Identity, Of::Destination] {
                let guess = other.digest(of, &[b"somebody.unknown@example.org"]);
                assert!(!guess.matches(&kept.identity) && !guess.matches(&kept.code.destination));
            }
        }
        assert!(address("somebody.unknown@example.org").identity().matches(&kept.identity));
    });
}

#[test]
fn row_49_a_digest_is_no_plain_hash_of_its_parts() {
    use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
    let asked = ask(&Store::in_memory(keys(7)).unwrap(), 2, "alice@example.com", 3);
    let parts: Vec<Vec<u8>> = vec![
        asked.code.expose().as_bytes().to_vec(),
        [asked.id.bytes().as_slice(), asked.code.expose().as_bytes()].concat(),
        [asked.id.bytes().as_slice(), b"sign_in", b"default", &HALF, asked.code.expose().as_bytes()].concat(),
    ];
    for text in parts {
        for algorithm in [&SHA256, &SHA384, &SHA512] {
            let hash = digest(algorithm, &text);
            let short = <[u8; 16]>::try_from(&hash.as_ref()[..16]).unwrap();
            assert!(!asked.digest.matches(&Digest::from_bytes(short)));
        }
    }
}

#[test]
fn row_49_a_code_can_be_read_only_until_its_request_ends() {
    both(|store| {
        for end in [CodeState::Redeemed, CodeState::Refused, CodeState::Expired, CodeState::Denied] {
            let seed = u64::from(end.code().as_bytes()[2]);
            let asked = ask(store, seed, "somebody.unknown@example.org", 3);
            let letter = store.read(|reader| sign_in_codes::letter(reader, asked.id)).unwrap().unwrap();
            assert_eq!(letter.code.expose(), asked.code.expose());
            assert_eq!(letter.not_me, asked.not_me);
            let to = store.read(|reader| sign_in_codes::address(reader, asked.id)).unwrap();
            assert_eq!(to.as_deref(), Some("somebody.unknown@example.org"));
            store
                .write_now(move |tx| {
                    let ended = sign_in_codes::claim_end(tx, asked.id, end, noon())?;
                    Ok(tx.unrecorded("a test", ended.is_some()))
                })
                .unwrap();
            assert!(store.read(|reader| sign_in_codes::letter(reader, asked.id)).unwrap().is_none());
            assert_eq!(store.read(|reader| sign_in_codes::address(reader, asked.id)).unwrap(), None);
        }
    });
}

#[test]
fn a_sealed_value_moved_to_another_row_does_not_open() {
    in_places(|place| {
        let store = place.open();
        let (one, other) =
            (ask(&store, 1, "alice@example.com", 3).id, ask(&store, 2, "bob@example.com", 3).id);
        let literal = |id: model::id::RequestId| {
            let digits = wire::token::hex(id.bytes());
            if place.is_file() { format!("x'{digits}'") } else { format!("'\\x{digits}'") }
        };
        place.sql(&format!(
            "UPDATE sign_in_codes SET sealed_code = (SELECT sealed_code FROM sign_in_codes WHERE id = {})
             WHERE id = {}",
            literal(one),
            literal(other)
        ));
        assert!(store.read(|reader| sign_in_codes::letter(reader, one)).unwrap().is_some());
        assert!(store.read(|reader| sign_in_codes::letter(reader, other)).is_err());
    });
}

#[test]
fn a_sealed_value_does_not_open_with_other_keys_and_is_never_the_same_twice() {
    let mut cx = cx(1);
    let one = seal::seal(&keys(7), &mut cx.entropy, b"place", b"BCDFGHJK").unwrap();
    let other = seal::seal(&keys(7), &mut cx.entropy, b"place", b"BCDFGHJK").unwrap();
    assert_ne!(one, other);
    assert!(seal::open(&keys(8), b"place", &one).is_err());
    assert_eq!(seal::open(&keys(7), b"place", &other).unwrap().expose(), b"BCDFGHJK");
}
