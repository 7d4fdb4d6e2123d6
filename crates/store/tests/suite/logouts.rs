//! Clients that have to be told: one worker at a time, later where one does not answer, and until it is settled.

use model::grant::GrantEnd;
use model::id::{AccountId, GrantId, LogoutId, SessionId};
use model::time::Time;
use store::logouts::{self, Leased, Logout, Waiting};
use store::{Store, grants};

use crate::claim::seed;
use crate::provided::grant;
use crate::setting::{account, both, cx, noon, seconds, write};

fn at(second: u64) -> Time {
    noon() + seconds(second)
}

fn logout(client: &str, session: bool) -> Logout {
    let mut cx = cx(seed());
    Logout {
        id: LogoutId::new(&mut cx).unwrap(),
        client: client.to_owned(),
        account: AccountId::new(&mut cx).unwrap(),
        session: session.then(|| SessionId::new(&mut cx).unwrap()),
    }
}

fn queue(store: &Store, logout: &Logout, second: u64) {
    let own = logout.clone();
    write(store, move |tx| logouts::enqueue(tx, &own, at(second)));
}

/// One that waits.
pub(crate) fn queued(store: &Store) -> String {
    let own = logout("c1", true);
    queue(store, &own, 0);
    own.id.to_string()
}

/// One in the hands of a worker, whose first attempt it is.
pub(crate) fn leased(store: &Store) -> String {
    let id = queued(store);
    lease(store, 0, 99);
    id
}

fn lease(store: &Store, second: u64, limit: i64) -> Vec<Leased> {
    write(store, move |tx| logouts::lease(tx, at(second), at(second + 60), limit))
}

fn clients(leased: &[Leased]) -> Vec<&str> {
    let mut all: Vec<&str> = leased.iter().map(|one| one.logout.client.as_str()).collect();
    all.sort_unstable();
    all
}

#[test]
fn what_has_to_be_said_is_read_back_and_given_to_one_worker_at_a_time() {
    both(|store| {
        let (with, without) = (logout("c1", true), logout("c2", false));
        queue(store, &with, 1);
        queue(store, &without, 2);
        assert_eq!(store.read(logouts::next_due).unwrap(), Some(at(1)));
        assert_eq!(lease(store, 0, 9), [], "not before its time");
        let first = lease(store, 5, 1);
        assert_eq!(first, [Leased { logout: with.clone(), attempt: 1, queued_at: at(1) }]);
        assert_eq!(lease(store, 5, 9), [Leased { logout: without, attempt: 1, queued_at: at(2) }]);
        assert_eq!(store.read(logouts::next_due).unwrap(), Some(at(65)), "when the leases end");
        assert_eq!(lease(store, 64, 9), []);
        // Of a worker that died another takes over, and what the first says then counts for nothing but success.
        let again = lease(store, 65, 1);
        assert_eq!((again.len(), again[0].attempt), (1, 2));
        let id = again[0].logout.id;
        assert!(!write(store, move |tx| logouts::claim_given_up(tx, id, 1)));
        assert!(!write(store, move |tx| logouts::put_off(tx, &first[0], (at(66), at(70)))));
        assert!(write(store, move |tx| logouts::claim_done(tx, id)));
        assert!(!write(store, move |tx| logouts::claim_done(tx, id)));
        assert_eq!(store.read(logouts::waiting).unwrap(), 1);
        assert_eq!(write(store, logouts::release_all), 1);
        assert_eq!(lease(store, 66, 9).len(), 1);
    });
}

#[test]
fn a_client_that_does_not_answer_keeps_no_other_waiting() {
    both(|store| {
        for (client, queued) in [("slow", 0), ("slow", 0), ("slow", 0), ("quick", 1)] {
            queue(store, &logout(client, true), queued);
        }
        let [first] = &lease(store, 0, 1)[..] else { panic!("one") };
        let first = first.clone();
        let slow = first.logout.client == "slow";
        assert!(slow, "queued first, tried first");
        let off = first.clone();
        assert!(write(store, move |tx| logouts::put_off(tx, &off, (at(1), at(600)))));
        assert_eq!(clients(&lease(store, 1, 9)), ["quick"]);
        // The others of the same client are tried again after a minute, however long the first has to wait.
        assert_eq!(lease(store, 60, 9), []);
        let after = lease(store, 61, 9);
        let slow = after.iter().filter(|one| one.logout.client == "slow");
        assert_eq!(slow.clone().count(), 2);
        assert!(slow.clone().all(|one| one.attempt == 1 && one.logout.id != first.logout.id));
        let all = store.read(|reader| logouts::list_waiting(reader, 9)).unwrap();
        let waits = Waiting { client: "slow".to_owned(), queued_at: at(0), attempts: 1, next_at: at(600) };
        assert_eq!((all.len(), all.last()), (4, Some(&waits)));
        let of = |account| store.read(|reader| logouts::list_waiting_of(reader, account)).unwrap();
        assert_eq!(of(first.logout.account), [waits]);
    });
}

#[test]
fn of_a_session_those_clients_are_told_that_do_not_know_of_its_end() {
    both(|store| {
        let owner = account(store, 1, "alice@example.com").id;
        let session = SessionId::new(&mut cx(seed())).unwrap();
        for (client, ended) in [
            ("alive", None),
            ("alive", Some(GrantEnd::EndedByOwner)),
            ("gave back", Some(GrantEnd::Revoked)),
            ("ran out", Some(GrantEnd::Idle)),
            ("told", Some(GrantEnd::Replayed)),
            ("told", Some(GrantEnd::EndedByOwner)),
        ] {
            let mut kept = grant(owner);
            kept.grant.id = GrantId::new(&mut cx(seed())).unwrap();
            (kept.grant.client, kept.grant.session) = (client.to_owned(), Some(session));
            kept.grant.ended = ended.map(|why| (noon(), why));
            write(store, move |tx| grants::insert(tx, &kept));
        }
        let other = grant(owner);
        write(store, move |tx| grants::insert(tx, &other));
        let clients = store.read(|reader| grants::list_clients_of_session(reader, session)).unwrap();
        assert_eq!(clients, ["alive", "gave back", "ran out"]);
    });
}
