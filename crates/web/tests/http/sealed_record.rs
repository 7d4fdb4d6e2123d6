//! The heads and the keys of the sealed record, for anybody; and proofs of what is one's own, for nobody else.

use flow::sealing::{catch_up, key, prove};
use wire::record::note::VerifierKeys;
use wire::record::proof::{Head, Proven};

use crate::own::{BOB, two};
use crate::site::{MINUTE, Site, words};

fn sealed(site: &Site) {
    key::settle(site.app.store(), site.app.cx(), "id.example.org/record").unwrap();
    site.advance(2 * MINUTE);
    catch_up(site.app.store(), &|| site.app.cx()).unwrap();
}

#[test]
fn the_newest_checkpoint_and_the_keys_are_there_for_anybody() {
    let (site, _bob, _other) = two();
    for path in ["/record/checkpoint", "/record/key"] {
        assert_eq!(site.browser().get(path).status, 404, "{path}");
    }
    sealed(&site);
    let keys = site.browser().get("/record/key");
    assert_eq!(keys.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(keys.header("access-control-allow-origin"), "*");
    let keys = VerifierKeys::parse(&keys.body).unwrap();
    let head = site.browser().get("/record/checkpoint");
    let checkpoint = prove::read_checkpoint(&head.body, &keys).unwrap();
    assert!(checkpoint.size > 5);
}

#[test]
fn somebody_takes_along_proofs_of_what_is_on_the_record_about_the_own_account() {
    let (site, mut bob, _other) = two();
    let page = bob.get("/account/data");
    assert!(!page.body.contains("/account/data/proofs"), "there are none yet");
    assert_eq!(bob.post("/account/data/proofs", &[]).status, 404);
    sealed(&site);
    bob.get("/account/data").expect(200, &words("data-proofs-button"));
    let answer = bob.post("/account/data/proofs", &[]);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"account-record.proof\"");
    let mut lines = answer.body.lines();
    let head = Head::parse(lines.next().unwrap()).unwrap();
    let keys = key::verifying(site.app.store()).unwrap();
    let checkpoint = prove::read_checkpoint(&head.checkpoint, &keys).unwrap();
    let own = *site.account(BOB).id.bytes();
    let proven: Vec<Proven> = lines.map(|line| Proven::parse(line).unwrap()).collect();
    assert!(proven.len() > 3);
    for proven in &proven {
        assert_eq!(proven.entry.subject, Some(own));
        assert_eq!(prove::check(proven, &checkpoint), Ok(()));
    }
    assert!(site.events().iter().any(|event| event.kind.name() == "data_downloaded"));
    // Without a fresh proof of who is there, nothing.
    site.advance(6 * MINUTE);
    assert!(bob.post("/account/data/proofs", &[]).location().starts_with("/account/confirm"));
    assert_ne!(site.browser().post("/account/data/proofs", &[]).status, 200);
}
