//! Hashes made by other implementations (argon2-cffi, Passlib, Django, pyca/bcrypt), and what becomes of them.

use proptest::prelude::*;

use super::*;

const PASSWORD: &str = "correct horse battery staple";

fn password(typed: &str) -> Password {
    Password::read(typed).unwrap()
}

fn verdict(hash: &str, typed: &str) -> Verdict {
    let hash = PasswordHash::parse(hash).unwrap_or_else(|error| panic!("{hash}: {error}"));
    verify(Some(&hash), &password(typed), &mut Scratch::default()).unwrap()
}

fn fresh(typed: &str, seed: u64) -> PasswordHash {
    let salt = Salt::draw(&mut Entropy::seeded(seed)).unwrap();
    hash(&password(typed), &salt, &mut Scratch::default()).unwrap()
}

const RIGHT: Verdict = Verdict::Right(Upkeep::None);
const REHASH: Verdict = Verdict::Right(Upkeep::Rehash);

#[test]
fn a_hash_of_ours_is_verified_and_needs_nothing() {
    let made = fresh(PASSWORD, 1);
    let text = made.to_string();
    assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
    assert_eq!((made.salt().len(), made.output().len()), (16, 32));
    assert_eq!(verdict(&text, PASSWORD), RIGHT);
    for other in
        ["correct horse battery stapl", "Correct horse battery staple", "correct horse battery staple "]
    {
        assert_eq!(verdict(&text, other), Verdict::Wrong, "{other}");
    }
    assert_ne!(fresh(PASSWORD, 2).to_string(), text, "another salt is another hash");
}

#[test]
fn our_hash_is_the_one_of_the_reference_implementation() {
    let made = hash(&password(PASSWORD), &Salt(*b"saltsaltsaltsalt"), &mut Scratch::default()).unwrap();
    assert_eq!(
        made.to_string(),
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$QKHrg5tayLGcN+Y0HVPNaBqykOVLUxlMkZycXE1uWRM"
    );
}

#[test]
fn hashes_of_other_systems_are_verified_and_want_to_be_made_anew() {
    for text in [
        "$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$5U7ytXzDNlJEuT9OvS0FicNxptuh2DUALVmiOi1HJJo",
        "$argon2i$v=19$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$sePF7TehBzqHwWPO6ja/VqnlDHY6aKUxw2DCooWh6zU",
        "$argon2i$v=16$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$SaW407BxQXKSbv2ee4rIK7nkjOQYGbhU",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdHNlYQ$tgzFEvTVvf1+liP8OmkMwSG2pTqYcaTTg3SRhZCZexM",
        "$2a$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
        "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
        "$2y$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
        "$pbkdf2$1000$c2FsdFNBTFRzYWx0//4$dcGM/sPLJrr/fWsboLC/kT2c03A",
        "$pbkdf2-sha256$1000$c2FsdFNBTFRzYWx0//4$BCAPY44w6gd2JXJ.siKD4M3DIvW82jZQ9nHRypAfNbQ",
        "$pbkdf2-sha512$1000$c2FsdFNBTFRzYWx0//4$hhglDFqPNxqgMuPuBPMMsO4NUmL/QfF8QZjVZwhnerhoH.6srG.YuF/XfU/LReFNpTHxeEJH2IAyNsvEyV8l0w",
        "$scrypt$ln=10,r=8,p=2$c2FsdFNBTFRzYWx0//4$Dcapz44FOn4DpOFE100OsUQeH3/eSg4SAi//N3aGJu4",
        "pbkdf2_sha256$1000$seasalt$3xmXbyk2QpiyNcnoBbzRPwEBsYPTbDlRdtmLyBvQltA=",
        "pbkdf2_sha1$1000$seasalt$9iRYj0as1r5j+cCBxB+HMlxkyr4=",
        "scrypt$1024$seasalt$8$1$QMBRDuNq7pljC9V+clmpGo+/U//V5nQlsLBnaDD9vK5WG80UWev7M6KyTAM0hUJc1RssTgKy001SIjbeho4/iQ==",
    ] {
        assert_eq!(verdict(text, PASSWORD), REHASH, "{text}");
        assert_eq!(verdict(text, "correct horse battery stapl"), Verdict::Wrong, "{text}");
        assert!(needs_rehash(&PasswordHash::parse(text).unwrap()), "{text}");
    }
}

#[test]
fn of_a_long_password_bcrypt_compared_the_beginning_and_nobody_knows_the_rest() {
    // Made by pyca/bcrypt of "a" × 70 + "é" + "tail": the é is bytes 71 and 72.
    let kept = "$2b$04$abcdefghijklmnopqrstuup/VDh/S4dWkQtNXwAvunXH52aLDr6g2";
    let long = format!("{}é", "a".repeat(70));
    let choose_anew = Verdict::Right(Upkeep::ChooseAnew);
    assert_eq!(verdict(kept, &format!("{long}tail")), choose_anew);
    assert_eq!(verdict(kept, &format!("{long}another tail")), choose_anew);
    assert_eq!(verdict(kept, &long), REHASH, "all of these 72 bytes were compared");
    assert_eq!(verdict(kept, &"a".repeat(70)), Verdict::Wrong);
    for (length, kept) in [
        (71, "$2b$04$abcdefghijklmnopqrstuu.gc7UY/21CSNJGJg21jJzx9QiOpJ9bO"),
        (72, "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"),
    ] {
        assert_eq!(verdict(kept, &"x".repeat(length)), REHASH, "{length}");
    }
    // Ours sees all of it.
    let ours = fresh(&format!("{long}tail"), 1).to_string();
    assert_eq!(verdict(&ours, &format!("{long}another tail")), Verdict::Wrong);
}

#[test]
fn a_password_that_another_system_did_not_normalise_matches_as_it_was_typed() {
    let (composed, decomposed) = ("café au lait ole", "cafe\u{301} au lait ole");
    let kept =
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$wFxZqT/4+gtI4M8Ti+dhL1JBZgGC/NoACTmqCD11fYo";
    assert_eq!(verdict(kept, decomposed), REHASH);
    assert_eq!(verdict(kept, composed), Verdict::Wrong);
    let ours = fresh(decomposed, 1).to_string();
    assert_eq!((verdict(&ours, decomposed), verdict(&ours, composed)), (RIGHT, RIGHT));
}

#[test]
fn an_account_without_a_password_is_refused_at_the_cost_of_one() {
    let nobodys = nobodys().unwrap();
    assert!(!needs_rehash(&nobodys), "the same method, parameters and sizes as a hash of ours");
    for typed in [PASSWORD, "password"] {
        assert_eq!(verify(None, &password(typed), &mut Scratch::default()), Ok(Verdict::Wrong));
    }
    // It fills the memory, which is what takes the time.
    let mut scratch = Scratch::default();
    verify(None, &password(PASSWORD), &mut scratch).unwrap();
    assert_eq!(scratch.0.len(), 19 * 1024);
}

#[test]
fn memory_is_used_again_and_the_large_one_of_an_import_is_not_kept() {
    let mut scratch = Scratch::default();
    let (ours, salt) = (fresh(PASSWORD, 1), Salt(*b"saltsaltsaltsalt"));
    for _ in 0..2 {
        assert_eq!(verify(Some(&ours), &password(PASSWORD), &mut scratch), Ok(RIGHT));
        hash(&password(PASSWORD), &salt, &mut scratch).unwrap();
    }
    let large =
        "argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdHNlYQ$tgzFEvTVvf1+liP8OmkMwSG2pTqYcaTTg3SRhZCZexM";
    let large = PasswordHash::parse(large).unwrap();
    assert_eq!(verify(Some(&large), &password(PASSWORD), &mut scratch), Ok(REHASH));
    assert_eq!(scratch.0.len(), 19 * 1024);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Cheap parameters; what matters is that only the same text matches.
    #[test]
    fn only_the_same_password_matches(one in "[ -~é]{1,90}", other in "[ -~é]{1,90}", salt in any::<[u8; 8]>()) {
        let mut output = [0; 32];
        let mut scratch = Scratch::default();
        let (one, other) = (password(&one), password(&other));
        argon2(Variant::Id, (8, 1, 1), (one.expose().as_bytes(), &salt), &mut output, &mut scratch).unwrap();
        let kept = PasswordHash::argon2id((8, 1, 1), &salt, &output).unwrap();
        prop_assert_eq!(verify(Some(&kept), &one, &mut scratch), Ok(REHASH));
        let same = one.expose() == other.expose();
        prop_assert_eq!(verify(Some(&kept), &other, &mut scratch), Ok(if same { REHASH } else { Verdict::Wrong }));
    }
}
