//! Single use is one conditional statement: whoever many try it, the row count is the answer (law 3).

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use model::account::{AccountState, Role};
use model::fault::Fault;
use model::id::{BrowserId, InvitationId, MessageId, SessionId};
use model::invitation::{Invitation, Opening};
use model::session::Session;
use model::sign_in_code::{CodeState, Purpose};
use store::{Store, Tx, accounts, invitations, outbox, sessions, sign_in_codes};

use crate::claim::CLAIMS;
use crate::setting::{account, ask, both, cx, noon, queue, seconds, source, token, with_writers};

const THREADS: usize = 16;

/// Lets sixteen threads try at the same moment and says how many won. On PostgreSQL each has a connection of its
/// own, and all their transactions are open before the first of them tries.
pub(crate) fn race(
    store: &Store,
    claim: impl Fn(&mut Tx<'_>) -> Result<bool, Fault> + Send + Sync + 'static,
) -> usize {
    let (barrier, claim) = (Arc::new(Barrier::new(THREADS)), Arc::new(claim));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (store, barrier, claim) = (store.clone(), Arc::clone(&barrier), Arc::clone(&claim));
            std::thread::spawn(move || {
                let mut inside = store.is_shared();
                if !inside {
                    barrier.wait();
                }
                let won = store.write_now(move |tx| {
                    // Not when it is run again, alone.
                    if std::mem::take(&mut inside) {
                        barrier.wait();
                    }
                    claim(tx).map(|won| tx.unrecorded("a test", won))
                });
                won.unwrap()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
}

/// Runs `test` on every store, with a connection for each of the racing threads.
pub(crate) fn raced(test: impl Fn(&Store)) {
    with_writers(THREADS, test);
}

#[test]
fn every_claim_there_is_has_one_winner_among_sixteen_threads() {
    raced(|store| {
        for claim in CLAIMS {
            let word = (claim.prepare)(store);
            let attempt = claim.attempt;
            assert_eq!(race(store, move |tx| attempt(tx, &word)), 1, "{}", claim.name);
        }
    });
}

#[test]
fn sixteen_threads_spend_exactly_the_guesses_there_are() {
    raced(|store| {
        for guesses in 0..=4 {
            let asked = ask(store, u64::from(guesses) + 1, "alice@example.com", guesses);
            let (id, browser) = (asked.id, asked.browser);
            let won = race(store, move |tx| {
                Ok(sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, noon())?.is_some())
            });
            assert_eq!(won, usize::from(guesses));
            let kept = store.read(|reader| sign_in_codes::find(reader, id)).unwrap().unwrap();
            assert_eq!(kept.code.guesses_left, 0);
        }
    });
}

#[test]
fn every_claimed_guess_sees_its_own_number_left() {
    both(|store| {
        let asked = ask(store, 1, "alice@example.com", 3);
        let (id, browser) = (asked.id, asked.browser);
        let left: Vec<Option<u8>> = (0..4)
            .map(|_| {
                let claimed = store.write_now(move |tx| {
                    let kept = sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, noon())?;
                    Ok(tx.unrecorded("a test", kept.map(|kept| kept.code.guesses_left)))
                });
                claimed.unwrap()
            })
            .collect();
        assert_eq!(left, [Some(2), Some(1), Some(0), None]);
    });
}

#[test]
fn a_guess_is_spent_only_by_its_browser_for_its_purpose_in_its_time() {
    both(|store| {
        let asked = ask(store, 1, "alice@example.com", 3);
        let (id, own) = (asked.id, asked.browser);
        let end = noon() + seconds(600);
        let tries = [
            (Purpose::OpenAccount, own, noon(), false),
            (Purpose::SignIn, token("another browser"), noon(), false),
            (Purpose::SignIn, own, end, false),
            (Purpose::SignIn, own, end - std::time::Duration::from_micros(1), true),
        ];
        for (purpose, browser, now, expected) in tries {
            let claimed = store.write_now(move |tx| {
                let kept = sign_in_codes::claim_attempt(tx, id, purpose, &browser, now)?;
                Ok(tx.unrecorded("a test", kept.is_some()))
            });
            assert_eq!(claimed.unwrap(), expected);
        }
        let kept = store.read(|reader| sign_in_codes::find(reader, id)).unwrap().unwrap();
        assert_eq!(kept.code.guesses_left, 2);
    });
}

#[test]
fn a_request_ends_once_and_its_first_end_stays() {
    raced(|store| {
        let id = ask(store, 1, "alice@example.com", 3).id;
        let won = race(store, move |tx| {
            Ok(sign_in_codes::claim_end(tx, id, CodeState::Redeemed, noon())?.is_some())
        });
        assert_eq!(won, 1);
        let late =
            race(store, move |tx| Ok(sign_in_codes::claim_end(tx, id, CodeState::Denied, noon())?.is_some()));
        assert_eq!(late, 0);
        let kept = store.read(|reader| sign_in_codes::find(reader, id)).unwrap().unwrap();
        assert_eq!((kept.code.state, kept.ended_at), (CodeState::Redeemed, Some(noon())));
    });
}

#[test]
fn a_request_is_denied_once_and_only_the_first_late_submissions_are_noted() {
    raced(|store| {
        let id = ask(store, 1, "alice@example.com", 3).id;
        assert_eq!(race(store, move |tx| sign_in_codes::claim_denial(tx, id, noon())), 1);
        assert_eq!(race(store, move |tx| sign_in_codes::claim_late(tx, id, 5)), 5);
        assert_eq!(race(store, move |tx| sign_in_codes::claim_late(tx, id, 5)), 0);
    });
}

#[test]
fn an_invitation_opens_one_account_and_none_after_its_time() {
    raced(|store| {
        let invite = |seed| {
            let id = InvitationId::new(&mut cx(seed)).unwrap();
            let made = store.write_now(move |tx| {
                let invitation = Invitation {
                    id,
                    opening: Opening::Invitation,
                    role: Role::Member,
                    address: None,
                    expires_at: noon() + seconds(60),
                    used_at: None,
                };
                invitations::insert(
                    tx,
                    &mut model::entropy::Entropy::seeded(1),
                    (&invitation, &token("link")),
                    noon(),
                )?;
                Ok(tx.unrecorded("a test", ()))
            });
            made.unwrap();
            id
        };
        let (used, expired) = (invite(1), invite(2));
        assert_eq!(race(store, move |tx| invitations::claim(tx, used, noon())), 1);
        assert_eq!(race(store, move |tx| invitations::claim(tx, expired, noon() + seconds(60))), 0);
    });
}

#[test]
fn a_session_is_ended_once_and_by_its_own_account_only() {
    raced(|store| {
        let (alice, bob) =
            (account(store, 1, "alice@example.com").id, account(store, 2, "bob@example.com").id);
        let id = SessionId::new(&mut cx(3)).unwrap();
        let begun = store.write_now(move |tx| {
            let session = Session {
                id,
                account: alice,
                browser: BrowserId::new(&mut cx(4))?,
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
            sessions::insert(tx, &session, &token("session"))?;
            Ok(tx.unrecorded("a test", ()))
        });
        begun.unwrap();
        assert_eq!(race(store, move |tx| sessions::claim_end(tx, bob, id)), 0);
        assert_eq!(race(store, move |tx| sessions::claim_end(tx, alice, id)), 1);
    });
}

#[test]
fn an_account_changes_its_state_once() {
    raced(|store| {
        let id = account(store, 1, "alice@example.com").id;
        let won =
            race(store, move |tx| accounts::claim_state(tx, id, AccountState::Open, AccountState::Locked));
        assert_eq!(won, 1);
        let found = store.read(|reader| accounts::find(reader, id)).unwrap().unwrap();
        assert_eq!(found.state, AccountState::Locked);
    });
}

#[test]
fn an_address_opens_one_account_however_many_try() {
    raced(|store| {
        let won = race(store, |tx| {
            let mut own = cx(1);
            own.entropy = model::entropy::Entropy::system();
            let id = model::id::AccountId::new(&mut own)?;
            let account = model::account::Account {
                id,
                state: AccountState::Open,
                role: Role::Member,
                address: "alice@example.com".to_owned(),
                confirmed_at: noon(),
                opened_at: noon(),
                tenant: None,
                methods: None,
            };
            let address = crate::setting::address("alice@example.com");
            accounts::insert(tx, &account, &address.identity(), &address.destination())
        });
        assert_eq!(won, 1);
        assert_eq!(store.read(|reader| accounts::list(reader, None, 10)).unwrap().len(), 1);
    });
}

#[test]
fn a_message_is_leased_to_one_worker_and_taken_out_once() {
    raced(|store| {
        let queued: HashSet<MessageId> = (0..100).map(|n| queue(store, n, None, n % 10 == 0)).collect();
        let barrier = Arc::new(Barrier::new(THREADS));
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let (store, barrier) = (store.clone(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    let mut mine = Vec::new();
                    loop {
                        let leased = store.write_now(|tx| {
                            let leased = outbox::lease(tx, noon(), noon() + seconds(600), 3)?;
                            let ids: Vec<MessageId> = leased.iter().map(|leased| leased.id).collect();
                            Ok(tx.unrecorded("a test", ids))
                        });
                        let leased = leased.unwrap();
                        if leased.is_empty() {
                            return mine;
                        }
                        mine.extend(leased);
                        assert!(mine.len() <= 100, "one message to two");
                    }
                })
            })
            .collect();
        let leased: Vec<MessageId> = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
        assert_eq!(leased.len(), 100, "nobody got one twice, and none was left");
        assert_eq!(leased.iter().copied().collect::<HashSet<_>>(), queued);
        let id = leased[0];
        assert_eq!(race(store, move |tx| outbox::claim_done(tx, id)), 1);
        assert!(
            store.read(|reader| outbox::list_waiting(reader, 200)).unwrap().iter().all(|left| left.id != id)
        );
    });
}

#[test]
fn a_worker_whose_lease_ran_out_cannot_end_the_lease_of_the_next() {
    both(|store| {
        let id = queue(store, 1, None, false);
        let lease = |now| {
            let leased = store.write_now(move |tx| {
                let leased = outbox::lease(tx, now, now + seconds(600), 10)?;
                Ok(tx.unrecorded("a test", leased.iter().map(|leased| leased.attempt).collect::<Vec<_>>()))
            });
            leased.unwrap()
        };
        assert_eq!(lease(noon()), [1]);
        assert!(lease(noon() + seconds(599)).is_empty());
        let later = noon() + seconds(600);
        assert_eq!(lease(later), [2]);
        let by = |attempt| {
            let outcome = store.write_now(move |tx| {
                let put_off = outbox::put_off(tx, id, attempt, later)?;
                Ok(tx.unrecorded("a test", put_off))
            });
            outcome.unwrap()
        };
        assert!(!by(1));
        assert!(lease(later).is_empty(), "the second lease stands");
        let given_up = |attempt| {
            let outcome = store.write_now(move |tx| {
                let given_up = outbox::claim_given_up(tx, id, attempt)?;
                Ok(tx.unrecorded("a test", given_up))
            });
            outcome.unwrap()
        };
        assert!(!given_up(1));
        assert!(by(2));
        assert_eq!(lease(later), [3]);
        assert!(given_up(3));
        assert_eq!(store.read(outbox::waiting).unwrap(), 0);
    });
}
