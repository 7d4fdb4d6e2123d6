//! Ways in that wait, recovery codes, and what is held: what each statement finds, and what it does not.

use model::entry::{EntryState, OPEN};
use model::id::{AccountId, EntryId};
use model::method::{Method, MethodSet};
use store::recovery_codes::Left;
use store::{Store, entries, recovery_codes};

use crate::claim::waiting;
use crate::setting::{account, both, noon, seconds, token, write};

fn made(store: &Store) -> (AccountId, EntryId) {
    let words = waiting(store);
    let (account, id) = words.split_once(' ').unwrap();
    (account.parse().unwrap(), id.parse().unwrap())
}

#[test]
fn a_way_in_is_found_by_its_account_its_browser_and_its_identifier_while_it_waits() {
    both(|store| {
        let (account, id) = made(store);
        let found = store.read(|reader| entries::find(reader, id)).unwrap().unwrap();
        assert_eq!((found.account, found.state), (account, EntryState::Waiting));
        assert_eq!(found.proofs, MethodSet::of(&[Method::MailCode]));
        assert_eq!((found.opens_at, found.expires_at), (noon() + seconds(600), noon() + seconds(600) + OPEN));
        let of = |now| store.read(|reader| entries::list_waiting(reader, account, now)).unwrap().len();
        let (own, other) = (token("browser"), token("another"));
        let by = |browser, now| {
            store.read(|reader| entries::list_of_browser(reader, &browser, now)).unwrap().len()
        };
        assert_eq!((of(noon()), by(own, noon()), by(other, noon())), (1, 1, 0));
        let end = found.expires_at;
        assert_eq!((of(end), by(own, end)), (0, 0), "it is over before the sweep says so");
        let cancel = store.read(|reader| entries::find_cancel(reader, id)).unwrap();
        assert!(cancel.is_some_and(|cancel| cancel.matches(&token("cancel"))));
        let nothing = EntryId::from_bytes([7; 16]);
        assert!(store.read(|reader| entries::find(reader, nothing)).unwrap().is_none());
    });
}

#[test]
fn a_way_in_is_used_by_its_browser_only_and_only_while_it_is_open() {
    both(|store| {
        let (account, id) = made(store);
        let opens = noon() + seconds(600);
        for (browser, now) in [
            (token("browser"), opens - seconds(1)),
            (token("another"), opens),
            (token("browser"), opens + OPEN),
        ] {
            let used = write(store, move |tx| entries::claim_use(tx, id, &browser, now));
            assert!(used.is_none());
        }
        let wrong = write(store, move |tx| entries::claim_cancel(tx, id, &token("wrong"), noon()));
        let late = write(store, move |tx| entries::claim_cancel(tx, id, &token("cancel"), opens + OPEN));
        let stranger = AccountId::from_bytes([7; 16]);
        let foreign = write(store, move |tx| entries::claim_cancel_own(tx, stranger, id, noon()));
        let early = write(store, move |tx| entries::claim_expire(tx, id, opens));
        assert!(wrong.is_none() && late.is_none() && foreign.is_none() && early.is_none());
        let used = write(store, move |tx| entries::claim_use(tx, id, &token("browser"), opens)).unwrap();
        assert_eq!((used.state, used.account), (EntryState::Used, account));
        let after = write(store, move |tx| entries::claim_cancel(tx, id, &token("cancel"), opens));
        assert!(
            after.is_none() && write(store, move |tx| entries::cancel_all(tx, account, opens)).is_empty()
        );
    });
}

#[test]
fn what_waits_is_closed_expired_and_forgotten_in_its_time() {
    both(|store| {
        let ((alice, first), (_, second)) = (made(store), made(store));
        let closed = write(store, move |tx| entries::cancel_all(tx, alice, noon()));
        assert_eq!(closed.iter().map(|entry| entry.id).collect::<Vec<_>>(), [first]);
        let end = noon() + seconds(600) + OPEN;
        let due = |now| store.read(|reader| entries::list_expired(reader, now, 9)).unwrap();
        assert!(due(end - seconds(1)).is_empty());
        assert_eq!(due(end), [second]);
        assert!(write(store, move |tx| entries::claim_expire(tx, second, end)).is_some());
        let (before, after) = (noon() - seconds(9), noon() + seconds(9));
        assert_eq!(write(store, move |tx| entries::delete_ended(tx, before, 9)), 0);
        assert_eq!(write(store, move |tx| entries::delete_ended(tx, after, 9)), 2);
        assert!(store.read(|reader| entries::find(reader, first)).unwrap().is_none());
    });
}

#[test]
fn a_set_of_recovery_codes_takes_the_place_of_the_one_before_and_each_works_once() {
    both(|store| {
        let (alice, bob) =
            (account(store, 1, "alice@example.com").id, account(store, 2, "bob@example.com").id);
        let left = |of| store.read(|reader| recovery_codes::left(reader, of)).unwrap();
        assert_eq!(left(alice), None);
        let (first, second) = ([token("a"), token("b")], [token("c")]);
        write(store, move |tx| recovery_codes::replace(tx, alice, &first, (None, noon())));
        write(store, move |tx| recovery_codes::replace(tx, bob, &second, (None, noon())));
        assert_eq!(left(alice), Some(Left { count: 2, made_at: noon(), session: None }));
        let claim =
            |of, code: &'static str| write(store, move |tx| recovery_codes::claim_use(tx, of, &token(code)));
        assert_eq!([claim(bob, "a"), claim(alice, "a"), claim(alice, "a")], [false, true, false]);
        let later = noon() + seconds(1);
        write(store, move |tx| {
            let taken = recovery_codes::take(tx, alice)?;
            assert_eq!(taken, Some(Left { count: 1, made_at: noon(), session: None }));
            recovery_codes::replace(tx, alice, &[token("d")], (None, later))
        });
        assert_eq!([claim(alice, "b"), claim(alice, "d")], [false, true]);
        assert_eq!((left(alice), left(bob)), (None, Some(Left { count: 1, made_at: noon(), session: None })));
        assert_eq!(write(store, move |tx| recovery_codes::forget(tx, bob)), 1);
    });
}
