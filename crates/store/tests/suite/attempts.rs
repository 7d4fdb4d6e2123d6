//! Attempts: counted by one statement, whoever many try; blocked, given back, lowered and forgotten.

use model::id::AccountId;
use model::method::Method;
use model::time::Time;
use store::attempts::{self, Count, Place};
use store::{Store, Tx, accounts};

use crate::claims::race;
use crate::setting::{account, both, noon, seconds, with_writers, write};

const BLOCKING: i64 = 5;

fn place(account: AccountId, known: bool) -> Place {
    Place { account, method: Method::Password, known }
}

fn found(store: &Store, place: Place) -> Option<Count> {
    store.read(|reader| attempts::find(reader, &place)).unwrap()
}

/// Counts one as `flow` does: the fifth blocks the place for a minute.
fn attempt(tx: &mut Tx<'_>, place: &Place, now: Time) -> Result<bool, model::fault::Fault> {
    let Some(number) = attempts::claim(tx, place, now, 50)? else { return Ok(false) };
    if number >= BLOCKING {
        attempts::block(tx, place, now + seconds(60))?;
    }
    Ok(true)
}

#[test]
fn row_7_sixteen_threads_are_given_no_more_attempts_than_there_are() {
    with_writers(16, |store| {
        let own = place(account(store, 1, "alice@example.com").id, false);
        assert_eq!(race(store, move |tx| attempt(tx, &own, noon())), 5);
        assert_eq!(
            found(store, own),
            Some(Count { failures: BLOCKING, blocked_until: noon() + seconds(60) })
        );
        // When the time is over one of them has a turn, and the next wait begins.
        assert_eq!(race(store, move |tx| attempt(tx, &own, noon() + seconds(60))), 1);
        // Those of known browsers are counted apart.
        assert_eq!(race(store, move |tx| attempt(tx, &place(own.account, true), noon())), 5);
    });
}

#[test]
fn what_was_right_forgets_and_what_was_not_compared_is_given_back() {
    both(|store| {
        let own = place(account(store, 1, "alice@example.com").id, false);
        for number in 1..=4 {
            assert_eq!(write(store, move |tx| attempts::claim(tx, &own, noon(), 50)), Some(number));
        }
        assert!(write(store, move |tx| attempts::claim_back(tx, &own, 4)));
        assert!(!write(store, move |tx| attempts::claim_back(tx, &own, 4)), "only once");
        assert_eq!(found(store, own).map(|count| count.failures), Some(3));
        write(store, move |tx| attempts::block(tx, &own, noon() + seconds(1)));
        assert_eq!(write(store, move |tx| attempts::claim(tx, &own, noon(), 50)), None);
        write(store, move |tx| attempts::touch(tx, &own, noon() + seconds(9)));
        assert_eq!(
            write(store, move |tx| attempts::claim(tx, &own, noon() + seconds(1), 3)),
            None,
            "no more than that"
        );
        write(store, move |tx| attempts::clear(tx, &own));
        assert_eq!(found(store, own), None);
        assert_eq!(write(store, move |tx| attempts::claim(tx, &own, noon(), 50)), Some(1));
        write(store, move |tx| attempts::forget(tx, own.account, Method::Totp));
        assert!(found(store, own).is_some(), "another method");
        write(store, move |tx| attempts::forget(tx, own.account, Method::Password));
        assert_eq!(found(store, own), None);
    });
}

#[test]
fn a_count_is_lowered_only_from_where_it_is_too_high() {
    both(|store| {
        let own = place(account(store, 1, "alice@example.com").id, false);
        for _ in 0..4 {
            write(store, move |tx| attempts::claim(tx, &own, noon(), 50));
        }
        let lower = |from| write(store, move |tx| attempts::lower(tx, &own, (from, 2), noon() + seconds(7)));
        lower(5);
        assert_eq!(found(store, own).map(|count| count.failures), Some(4));
        lower(4);
        assert_eq!(found(store, own), Some(Count { failures: 2, blocked_until: noon() + seconds(7) }));
    });
}

#[test]
fn only_what_belongs_to_nobody_any_more_is_forgotten_with_time() {
    both(|store| {
        let (alice, bob) = (account(store, 1, "alice@example.com"), account(store, 2, "bob@example.com"));
        let nobody = AccountId::from_bytes([0xEE; 16]);
        for id in [alice.id, bob.id, nobody] {
            write(store, move |tx| attempts::claim(tx, &place(id, false), noon(), 50));
        }
        write(store, move |tx| {
            accounts::claim_state(
                tx,
                bob.id,
                model::account::AccountState::Open,
                model::account::AccountState::Closed,
            )
        });
        let sweep = |before: Time| {
            while write(store, move |tx| attempts::delete_idle(tx, before, 2)).is_some() {}
        };
        sweep(noon());
        assert!(found(store, place(nobody, false)).is_some(), "not yet");
        sweep(noon() + seconds(1));
        let left = [alice.id, bob.id, nobody].map(|id| found(store, place(id, false)).is_some());
        assert_eq!(left, [true, false, false]);
    });
}
