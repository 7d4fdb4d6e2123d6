//! What is held about an account and what an account leaves behind: the last operator, mail that waits, counts.

use model::account::{Account, AccountState, Role};
use model::id::MessageId;
use model::message::MessageKind;
use model::notice::{Notice, What};
use store::outbox::{self, Queued};
use store::{Store, accounts, held, notices};

use crate::setting::{account, address, both, cx, noon, seconds, with_writers, write};

fn operator(store: &Store, seed: u64, text: &'static str) -> Account {
    let mut cx = cx(seed);
    let it = address(text);
    let account = Account {
        id: model::id::AccountId::new(&mut cx).unwrap(),
        state: AccountState::Open,
        role: Role::Operator,
        address: text.to_owned(),
        confirmed_at: noon(),
        opened_at: noon(),
        tenant: None,
        methods: None,
    };
    let new = account.clone();
    assert!(write(store, move |tx| accounts::insert(tx, &new, &it.identity(), &it.destination())));
    account
}

fn queue_for(store: &Store, seed: u64, account: &Account) -> MessageId {
    let mut cx = cx(seed);
    let id = MessageId::new(&mut cx).unwrap();
    let queued = Queued {
        id,
        kind: MessageKind::Digest,
        account: Some(account.id),
        request: None,
        count: 1,
        since: None,
        decoy: false,
    };
    let sealed = outbox::seal_to(store.keys(), &mut cx.entropy, id, "alice@example.com").unwrap();
    write(store, move |tx| outbox::enqueue(tx, &queued, &sealed, noon()));
    id
}

#[test]
fn whether_there_is_another_operator_counts_open_ones_alone() {
    both(|store| {
        let alice = operator(store, 1, "alice@example.com");
        account(store, 2, "member@example.com");
        let other =
            |store: &Store| store.read(|reader| accounts::has_other_operator(reader, alice.id)).unwrap();
        assert!(!other(store));
        let bob = operator(store, 3, "bob@example.com").id;
        assert!(other(store));
        let to = AccountState::Locked;
        assert!(write(store, move |tx| accounts::claim_state(tx, bob, AccountState::Open, to)));
        assert!(!other(store));
        assert_eq!(store.read(accounts::count).unwrap(), 3);
    });
}

/// Each of two operators closes if there is another one, at the same moment: one of them stays.
#[test]
fn of_two_operators_who_close_at_once_one_stays() {
    with_writers(2, |store| {
        let both = [operator(store, 1, "alice@example.com").id, operator(store, 2, "bob@example.com").id];
        std::thread::scope(|scope| {
            for id in both {
                scope.spawn(move || {
                    write(store, move |tx| {
                        accounts::take_operators(tx)?;
                        let other = accounts::has_other_operator(tx, id)?;
                        if other {
                            accounts::claim_state(tx, id, AccountState::Open, AccountState::Closed)?;
                        }
                        Ok(())
                    });
                });
            }
        });
        let open = |id| store.read(|reader| accounts::find(reader, id)).unwrap().unwrap().state;
        assert_eq!(both.iter().filter(|id| open(**id) == AccountState::Open).count(), 1);
    });
}

#[test]
fn what_waits_for_an_account_is_dropped_but_for_what_is_in_somebodys_hands() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com");
        let bob = account(store, 2, "bob@example.com");
        queue_for(store, 3, &alice);
        assert_eq!(write(store, |tx| outbox::lease(tx, noon(), noon() + seconds(60), 10)).len(), 1);
        queue_for(store, 4, &alice);
        queue_for(store, 5, &bob);
        let waiting = |store: &Store, account: &Account| {
            store.read(|reader| outbox::list_waiting_of(reader, account.id)).unwrap().len()
        };
        assert_eq!(waiting(store, &alice), 2);
        let id = alice.id;
        write(store, move |tx| outbox::drop_of(tx, id, noon() + seconds(1)));
        assert_eq!((waiting(store, &alice), waiting(store, &bob)), (1, 1));
    });
}

#[test]
fn what_an_account_was_told_is_read_back() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com");
        let id = alice.id;
        write(store, move |tx| {
            let mut taken = notices::take(tx, id, "account_locked")?;
            assert_eq!(taken.lately.one_more(noon()), Some(0));
            let notice = Notice { what: What::AccountLocked, at: noon(), source: None, more: 0 };
            notices::put(tx, &taken, &notice, noon())
        });
        let told = store.read(|reader| held::told(reader, id)).unwrap();
        assert_eq!(
            told.iter().map(|told| (told.kind.as_str(), told.at)).collect::<Vec<_>>(),
            [("account_locked", noon())]
        );
        assert!(store.read(|reader| held::counted(reader, id)).unwrap().is_empty());
    });
}
