//! Proofs and what they do not prove.

use flow::sealing::prove::{self, Apart, Proofs, Unproven, Wrong, check, check_consistency, read_checkpoint};
use flow::sealing::{catch_up, key};
use model::event::Subject;
use wire::record::checkpoint::Checkpoint;
use wire::record::proof::{Head, Proven};

use crate::world::{Place, World, both};

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

/// Checkpoints of a record that grows by these numbers of entries.
fn heads(world: &mut World, steps: &[u32]) -> Vec<Checkpoint> {
    let keys = key::verifying(&world.store).unwrap();
    let mut heads = Vec::new();
    for step in steps {
        world.happen(*step);
        heads.push(read_checkpoint(&world.seal().note, &keys).unwrap());
    }
    heads
}

#[test]
fn row_45_that_the_record_went_on_from_a_kept_checkpoint_is_shown_without_the_server() {
    both(|mut world| {
        let heads = heads(&mut world, &[1, 2, 5, 300, 256]);
        for (n, older) in heads.iter().enumerate() {
            for newer in &heads[n..] {
                let path = prove::consistency(&world.store, (older, newer)).unwrap().unwrap();
                assert_eq!(check_consistency(older, newer, &path), Ok(()), "{} {}", older.size, newer.size);
                // Another record, or another beginning of this one.
                let forked = Checkpoint { root: [7; 32], ..older.clone() };
                assert_eq!(check_consistency(&forked, newer, &path), Err(Wrong::NotConsistent));
                let elsewhere = Checkpoint { origin: "evil.example/record".to_owned(), ..older.clone() };
                assert_eq!(check_consistency(&elsewhere, newer, &path), Err(Wrong::OtherRecord));
                for n in 0..path.len() {
                    let mut bent = path.clone();
                    bent[n][0] ^= 1;
                    assert_eq!(check_consistency(older, newer, &bent), Err(Wrong::NotConsistent));
                    let mut short = path.clone();
                    short.remove(n);
                    assert_eq!(check_consistency(older, newer, &short), Err(Wrong::NotConsistent));
                }
            }
        }
        let (first, last) = (&heads[0], heads.last().unwrap());
        assert_eq!(prove::consistency(&world.store, (last, first)).unwrap(), Err(Apart::Backwards));
        let beyond = Checkpoint { size: last.size + 1, ..last.clone() };
        assert_eq!(prove::consistency(&world.store, (first, &beyond)).unwrap(), Err(Apart::Beyond));
    });
}

#[test]
fn row_45_a_record_that_was_written_anew_shows_no_consistency_with_what_was_kept() {
    let (mut world, mut other) = (World::new(Place::file()), World::new(Place::file()));
    let kept = heads(&mut world, &[5]).remove(0);
    let fork = heads(&mut other, &[7, 20]);
    // Whoever has the key signs another record in the same name.
    let newer = fork.last().unwrap();
    let path = prove::consistency(&other.store, (&kept, newer)).unwrap().unwrap();
    assert_eq!(check_consistency(&kept, newer, &path), Err(Wrong::NotConsistent));
}
