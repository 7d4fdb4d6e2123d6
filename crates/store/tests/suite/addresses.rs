//! Addresses beyond the main one, recovery addresses, refused mail, held notices: each claim has one winner, raced.

use model::digest::Digest;
use model::event::AddressKind;
use model::id::AccountId;
use model::notice::{Notice, What};
use store::{Store, accounts, addresses, destinations, notices, recovery_addresses, refusing_mail};

use crate::claims::race;
use crate::setting::{account, address, both, noon, seconds, with_writers, write};

const THREADS: usize = 16;

fn more(text: &str) -> addresses::Kept {
    let it = address(text);
    addresses::Kept {
        identity: it.identity(),
        destination: it.destination(),
        kind: AddressKind::Mail,
        shown: text.to_owned(),
        main: false,
        sign_in: true,
        confirmed_at: noon(),
        session: None,
    }
}

fn for_recovery(account: AccountId, text: &str) -> recovery_addresses::Kept {
    let it = address(text);
    recovery_addresses::Kept {
        account,
        identity: it.identity(),
        destination: it.destination(),
        kind: AddressKind::Mail,
        shown: text.to_owned(),
        confirmed_at: noon(),
        detach_at: None,
        added_at: noon(),
        session: None,
    }
}

fn put_recovery(store: &Store, account: AccountId, text: &'static str) -> Digest {
    let it = for_recovery(account, text);
    write(store, move |tx| recovery_addresses::put(tx, &it));
    address(text).identity()
}

#[test]
fn each_claim_on_an_address_has_one_winner_among_sixteen_threads() {
    with_writers(THREADS, |store| {
        let id = account(store, 1, "alice@example.com").id;
        let work = address("alice@work.example").identity();
        assert_eq!(race(store, move |tx| addresses::claim_insert(tx, id, &more("alice@work.example"))), 1);
        assert_eq!(race(store, move |tx| addresses::claim_switch(tx, id, &work, false)), 1);
        assert_eq!(race(store, move |tx| addresses::claim_delete(tx, id, &work)), 1);
        let main = address("alice@example.com").identity();
        assert_eq!(race(store, move |tx| addresses::claim_delete(tx, id, &main)), 0, "the main one stays");

        let bob = put_recovery(store, id, "bob@example.org");
        let at = noon() + seconds(9);
        assert_eq!(race(store, move |tx| recovery_addresses::claim_detach(tx, id, &bob, at)), 1);
        assert_eq!(race(store, move |tx| recovery_addresses::claim_stay(tx, id, &bob)), 1);
        assert_eq!(race(store, move |tx| recovery_addresses::claim_detach(tx, id, &bob, at)), 1);
        assert_eq!(race(store, move |tx| Ok(!recovery_addresses::claim_due(tx, noon(), 9)?.is_empty())), 0);
        assert_eq!(race(store, move |tx| Ok(!recovery_addresses::claim_due(tx, at, 9)?.is_empty())), 1);
        put_recovery(store, id, "bob@example.org");
        assert_eq!(race(store, move |tx| recovery_addresses::claim_delete(tx, id, &bob)), 1);

        let key = address("bob@example.org").destination();
        assert_eq!(race(store, move |tx| refusing_mail::claim_refuse(tx, &key, noon())), 1);
        assert_eq!(race(store, move |tx| refusing_mail::claim_accept(tx, &key)), 1);

        // Told once, and every other one is held.
        let tell = move |tx: &mut store::Tx<'_>| {
            let mut taken = notices::take(tx, id, "new_browser")?;
            let told = taken.lately.one_more(noon()).is_some();
            let notice = Notice { what: What::NewBrowser, at: noon(), source: None, more: 0 };
            notices::put(tx, &taken, &notice, noon())?;
            Ok(told)
        };
        assert_eq!(race(store, tell), 1);
        let held = store.read(|reader| notices::list_held(reader, noon(), 9)).unwrap();
        assert_eq!(held, [(id, "new_browser".to_owned())]);
        let over = noon() + model::notice::TOGETHER;
        let count = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let said = std::sync::Arc::clone(&count);
        let time_over = move |tx: &mut store::Tx<'_>| {
            let mut taken = notices::take(tx, id, "new_browser")?;
            let Some(more) = taken.lately.time_over(over) else { return Ok(false) };
            let latest = taken.latest.take().expect("the newest is kept");
            notices::put(tx, &taken, &latest, over)?;
            said.store(more, std::sync::atomic::Ordering::Relaxed);
            Ok(true)
        };
        assert_eq!(race(store, time_over), 1);
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 14);
    });
}

#[test]
fn sixteen_accounts_want_one_address_and_one_gets_it() {
    with_writers(THREADS, |store| {
        let ids: Vec<AccountId> =
            (1..=16).map(|n| account(store, n, &format!("person{n}@example.com")).id).collect();
        let next = std::sync::atomic::AtomicUsize::new(0);
        let claim = move |tx: &mut store::Tx<'_>| {
            let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 16;
            addresses::claim_insert(tx, ids[n], &more("shared@example.com"))
        };
        assert_eq!(race(store, claim), 1);
    });
}

#[test]
fn an_account_has_one_main_address_whatever_is_done_with_it_and_one_that_is_not_its_own_is_a_fault() {
    both(|store| {
        let id = account(store, 1, "alice@example.com").id;
        let bob = account(store, 2, "bob@example.com").id;
        write(store, move |tx| addresses::claim_insert(tx, id, &more("alice@work.example")));
        let work = address("alice@work.example").identity();
        write(store, move |tx| addresses::put_main(tx, id, &work));
        let main = |store: &Store| {
            let all = store.read(|reader| addresses::list(reader, id)).unwrap();
            all.into_iter().filter(|kept| kept.main).map(|kept| kept.shown).collect::<Vec<_>>()
        };
        assert_eq!(main(store), ["alice@work.example"]);
        let tried = store.write_now(move |tx| {
            addresses::put_main(tx, bob, &work)?;
            Ok(tx.unrecorded("a test", ()))
        });
        assert!(tried.is_err());
        assert_eq!(main(store), ["alice@work.example"]);
        let found = store.read(|reader| accounts::find(reader, id)).unwrap().unwrap();
        assert_eq!(found.address, "alice@work.example");
        let found = store.read(|reader| addresses::find_mailbox(reader, &work)).unwrap();
        assert_eq!(found.as_deref(), Some("alice@work.example"));
    });
}

#[test]
fn notices_go_to_every_mailbox_once_and_to_none_that_refuses_mail() {
    both(|store| {
        let id = account(store, 1, "alice@example.com").id;
        for text in ["alice@work.example", "alice+tag@work.example"] {
            write(store, move |tx| addresses::claim_insert(tx, id, &more(text)));
        }
        put_recovery(store, id, "bob@example.org");
        put_recovery(store, id, "carla@example.org");
        let key = address("carla@example.org").destination();
        write(store, move |tx| refusing_mail::claim_refuse(tx, &key, noon()));
        let boxes = store.read(|reader| addresses::list_mailboxes(reader, id)).unwrap();
        let shown: Vec<&str> = boxes.iter().map(|one| one.shown.as_str()).collect();
        assert_eq!((shown.len(), shown[0], shown[2]), (3, "alice@example.com", "bob@example.org"));
        assert!(shown[1].ends_with("@work.example"), "one mailbox under two spellings");
        // It is seen with the budget, whether or not anything else is known of the destination.
        let refuses = |store: &Store| store.read(|reader| destinations::find(reader, &key)).unwrap().refuses;
        assert!(refuses(store));
        write(store, move |tx| {
            let taken = destinations::take(tx, &key)?;
            assert!(taken.state.refuses);
            destinations::put(tx, &taken, noon())
        });
        assert!(refuses(store));
        write(store, move |tx| refusing_mail::claim_accept(tx, &key));
        assert!(!refuses(store));
    });
}

#[test]
fn a_closed_account_leaves_no_address_behind() {
    both(|store| {
        let id = account(store, 1, "alice@example.com").id;
        write(store, move |tx| addresses::claim_insert(tx, id, &more("alice@work.example")));
        let bob = put_recovery(store, id, "bob@example.org");
        write(store, move |tx| accounts::free_address(tx, id, "a…@example.com", noon()));
        let all = store.read(|reader| addresses::list(reader, id)).unwrap();
        assert_eq!(all.iter().map(|kept| kept.shown.as_str()).collect::<Vec<_>>(), ["a…@example.com"]);
        assert!(store.read(|reader| recovery_addresses::list_of(reader, &bob)).unwrap().is_empty());
        assert!(store.read(|reader| recovery_addresses::list(reader, id)).unwrap().is_empty());
    });
}
