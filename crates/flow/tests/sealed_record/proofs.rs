//! Proofs and what they do not prove.

use flow::sealing::prove::{self, Proofs, Unproven, Wrong, check, read_checkpoint};
use flow::sealing::{catch_up, key};
use model::event::Subject;
use wire::record::proof::{Head, Proven};

use crate::world::{World, both};

fn all(world: &World, account: model::id::AccountId) -> (Head, Vec<Proven>, u64) {
    let head = prove::newest(&world.store).unwrap().unwrap();
    let mut proofs = Proofs::new(&world.store, account, head);
    let mut proven = Vec::new();
    while let Some(page) = proofs.page().unwrap() {
        proven.extend(page);
    }
    (proofs.head(), proven, proofs.not_yet)
}

#[test]
fn the_entries_of_an_account_are_proven_without_the_server() {
    both(|mut world| {
        let (alice, bob) = (world.account(), world.account());
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.extend(world.happen_to(Subject::Account(alice), 50));
            world.happen_to(Subject::Account(bob), 50);
        }
        world.seal();
        let late = world.happen_to(Subject::Account(alice), 1);
        catch_up(&world.store, &|| world.cx()).unwrap();
        let (head, proven, not_yet) = all(&world, alice);
        assert_eq!((proven.len(), not_yet), (150, 1));
        let keys = key::verifying(&world.store).unwrap();
        let head = Head::parse(&head.line()).unwrap();
        let checkpoint = read_checkpoint(&head.checkpoint, &keys).unwrap();
        for (proven, id) in proven.iter().zip(&ids) {
            assert_eq!(proven.entry.id, *id.bytes());
            let read = Proven::parse(&proven.line()).unwrap();
            assert_eq!(check(&read, &checkpoint), Ok(()));
        }
        // Anything else in it, or in another place, is not proven.
        let good = &proven[17];
        let altered = [
            Proven { index: good.index + 1, ..good.clone() },
            Proven { nonce: [0; 16], ..good.clone() },
            Proven { entry: proven[18].entry.clone(), ..good.clone() },
            Proven { path: proven[18].path.clone(), ..good.clone() },
        ];
        for altered in altered {
            assert_eq!(check(&altered, &checkpoint), Err(Wrong::NotIncluded));
        }
        let head = prove::newest(&world.store).unwrap().unwrap();
        assert_eq!(prove::entry(&world.store, late[0], &head).unwrap(), Err(Unproven::NotYet));
        let unknown = model::id::EventId::from_bytes([9; 16]);
        assert_eq!(prove::entry(&world.store, unknown, &head).unwrap(), Err(Unproven::Unknown));
        assert_eq!(prove::entry(&world.store, ids[0], &head).unwrap(), Ok(proven[0].clone()));
    });
}

#[test]
fn a_head_by_another_key_proves_nothing() {
    both(|mut world| {
        world.happen(1);
        let kept = world.seal();
        let other = World::new(crate::world::Place::file());
        let keys = key::verifying(&other.store).unwrap();
        assert_eq!(read_checkpoint(&kept.note, &keys), Err(Wrong::Unsigned));
        assert_eq!(read_checkpoint("nothing", &keys), Err(Wrong::Unreadable));
    });
}
