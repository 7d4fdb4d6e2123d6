//! What is no alarm: erasure, retention, copies, crashes, several nodes.

use std::ops::ControlFlow;
use std::sync::Arc;

use flow::by::By;
use flow::lease::{self, Job};
use flow::sealing::verify::Broken;
use flow::sealing::{self, BATCH, Sealer, erase, key};
use flow::{Store, sweep};
use model::digest::Keys;
use model::event::Subject;
use store::copy;

use crate::world::{DAYS, Place, SECOND, World, both};

fn erased(world: &World, account: model::id::AccountId) -> u32 {
    let mut cx = world.cx();
    world.store.write_now(move |tx| erase::step(tx, &mut cx, account, &By::COMMAND)).unwrap().erased
}

#[test]
fn what_happened_while_nothing_was_sealed_is_said_to_be_unproven() {
    both(|mut world| {
        world.happen(3);
        let report = world.sound();
        assert_eq!((report.sealed, report.unsealed), (0, 4));
        world.seal();
        world.happen(2);
        sealing::catch_up(&world.store, &|| world.cx()).unwrap();
        world.happen(1);
        let report = world.sound();
        assert_eq!((report.sealed, report.uncovered, report.unsealed), (6, 2, 1));
        assert_eq!(report.newest.unwrap().size, 4);
    });
}

#[test]
fn erasure_is_no_alarm_and_is_said() {
    both(|mut world| {
        let alice = world.account();
        world.happen(2);
        let ids = world.happen_to(Subject::Account(alice), 3);
        world.happen(2);
        let kept = world.seal();
        assert_eq!(erased(&world, alice), 3);
        world.happen(1);
        world.seal();
        let (found, report) = world.verify_from(&[kept.note]);
        assert_eq!(found, []);
        assert_eq!((report.erased, report.sealed, report.verified), (3, 10, 7));
        for id in ids {
            assert_eq!(world.store.read(|reader| store::events::find_raw(reader, id)).unwrap(), None);
            assert_eq!(world.store.read(|reader| store::record_leaves::find(reader, id)).unwrap(), None);
        }
        assert_eq!(erased(&world, alice), 0, "once");
    });
}

#[test]
fn an_erasure_that_the_record_does_not_say_is_an_alarm() {
    both(|mut world| {
        let alice = world.account();
        world.happen_to(Subject::Account(alice), 2);
        let bob = world.happen(3);
        world.seal();
        assert_eq!(erased(&world, alice), 2);
        world.happen(1);
        world.seal();
        world.sound();
        // Somebody takes one more away, and says that it belonged to that erasure.
        let leaf =
            world.store.read(|reader| store::record_leaves::page(reader, (1, 2), 1)).unwrap().remove(0);
        let by = leaf.erased_by.unwrap();
        let id = world.bytes(bob[0].bytes());
        let hide = |by: &str| {
            world.sql(&format!(
                "DELETE FROM events WHERE id = {id};
                 UPDATE record_leaves SET event = NULL, nonce = NULL, erased_by = {by} WHERE n = 3"
            ));
        };
        hide(&world.bytes(by.bytes()));
        assert_eq!(world.verify().0, [Broken::Erasure { event: by }]);
        // By an event that is none.
        world.sql(&format!(
            "UPDATE record_leaves SET erased_by = {} WHERE n = 3",
            world.bytes(bob[1].bytes())
        ));
        assert_eq!(world.verify().0, [Broken::ErasedSilently { n: 3 }]);
        world.sql("UPDATE record_leaves SET erased_by = NULL WHERE n = 3");
        assert_eq!(world.verify().0, [Broken::Leaf { n: 3 }]);
    });
}

#[test]
fn the_last_entry_is_not_erased_so_that_the_next_one_is_not_taken_for_it() {
    both(|mut world| {
        let alice = world.account();
        world.happen_to(Subject::Account(alice), 2);
        world.seal();
        assert_eq!(erased(&world, alice), 1);
        world.happen(1);
        world.seal();
        assert_eq!(world.sound().unsealed, 0);
        assert_eq!(erased(&world, alice), 1);
        world.happen(1);
        world.seal();
        assert_eq!(world.sound().erased, 2);
    });
}

#[test]
fn what_retention_takes_is_no_alarm_and_what_is_younger_is() {
    both(|mut world| {
        for _ in 0..3 {
            world.happen(2);
            world.seal();
            world.advance(DAYS * 40);
        }
        world.policy.retention = DAYS * 90;
        world.seal();
        for _ in 0..5 {
            let cx = world.cx();
            world.store.write_now(move |tx| sweep::forget(tx, &cx)).unwrap();
        }
        let report = world.sound();
        assert_eq!(report.sealed, 7);
        assert_eq!(report.forgotten + report.verified, 7);
        assert!(report.forgotten >= 2, "{report:?}");
        // The same done by hand to what is too young for it.
        let leaf =
            world.store.read(|reader| store::record_leaves::page(reader, (5, 6), 1)).unwrap().remove(0);
        let event = leaf.event.unwrap();
        world.sql(&format!("DELETE FROM events WHERE id = {}", world.bytes(event.bytes())));
        assert_eq!(world.verify().0, [Broken::Missing { n: 5, event }]);
    });
}

#[test]
fn leaves_go_a_tile_at_a_time_and_the_tree_is_still_known() {
    let mut world = World::new(Place::file());
    world.happen(600);
    let early = world.seal();
    world.advance(DAYS * 500);
    world.happen(300);
    let kept = world.seal();
    world.policy.retention = DAYS * 400;
    for _ in 0..30 {
        let cx = world.cx();
        world.store.write_now(move |tx| sweep::forget(tx, &cx)).unwrap();
    }
    let first = world.store.read(store::record_leaves::first).unwrap();
    assert_eq!(first, Some(512), "the third tile is not only of old ones");
    let report = world.sound();
    assert_eq!((report.sealed, report.forgotten), (901, 601));
    let (found, report) = world.verify_from(&[early.note, kept.note]);
    assert_eq!((found, report.too_old), (Vec::new(), 0));
    world.happen(5);
    world.seal();
    assert_eq!(world.sound().sealed, 906);
    // And what is left of it is guarded as before.
    world.sql("UPDATE record_nodes SET hash = zeroblob(32) WHERE n = 0");
    assert!(!world.verify().0.is_empty());
}

#[test]
fn a_copy_is_sealed_like_the_store_it_is_of_and_goes_on() {
    both(|mut world| {
        world.happen(5);
        let kept = world.seal();
        world.happen(2);
        let mut other = World::new(Place::file());
        other.sql("DELETE FROM record_keys; DELETE FROM events");
        other.now = world.now;
        copy::copy(&world.store, &other.store, &mut |_| ControlFlow::Continue(())).unwrap();
        let report = other.sound();
        assert_eq!((report.sealed, report.unsealed), (6, 2));
        other.happen(3);
        other.seal();
        let (found, report) = other.verify_from(&[kept.note]);
        assert_eq!(found, []);
        assert_eq!((report.sealed, report.unsealed), (11, 0));
    });
}

#[test]
fn sealing_goes_on_after_an_end_at_any_moment() {
    both(|mut world| {
        world.happen(3);
        // Hashed, and gone before it was written.
        let sealer = Sealer::load(&world.store).unwrap();
        let lost = sealer.prepare(&world.store, &mut world.cx(), BATCH).unwrap().unwrap();
        drop((sealer, lost));
        world.restarted();
        world.happen(1);
        world.seal();
        world.restarted();
        world.happen(1);
        world.seal();
        let report = world.sound();
        assert_eq!((report.sealed, report.verified), (6, 6));
    });
}

#[test]
fn two_nodes_seal_one_record() {
    both(|mut world| {
        world.happen(3);
        world.advance(SECOND);
        let nodes = [[1; 16], [2; 16]];
        let mut sealers = [Sealer::load(&world.store).unwrap(), Sealer::load(&world.store).unwrap()];
        let mut took = [0_u32; 2];
        for round in 0..20_usize {
            world.happen(2);
            // One of them sleeps through its lease from time to time.
            world.advance(if round % 5 == 4 { lease::LENGTH } else { SECOND });
            let batches: Vec<_> = sealers
                .iter()
                .map(|sealer| sealer.prepare(&world.store, &mut world.cx(), BATCH).unwrap().map(Arc::new))
                .collect();
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for who in order {
                let Some(batch) = batches[who].clone() else { continue };
                let (cx, ours, node) = (world.cx(), Arc::clone(&batch), nodes[who]);
                if world.store.write_now(move |tx| sealing::commit(tx, &cx, &ours, Some(&node))).unwrap() {
                    sealers[who].took(&batch);
                    took[who] += 1;
                } else {
                    sealers[who] = Sealer::load(&world.store).unwrap();
                }
            }
        }
        assert!(took.iter().all(|took| *took > 0), "{took:?}");
        world.seal();
        let report = world.sound();
        assert_eq!((report.sealed, report.unsealed), (44, 0));
        assert_eq!(Job::Seal.name(), "seal");
    });
}

#[test]
fn what_was_signed_by_an_earlier_key_is_verified_and_the_earlier_key_is_gone() {
    both(|mut world| {
        world.happen(2);
        let kept = world.seal();
        let mut cx = world.cx();
        let spare = key::Spare::make("id.example.org/record", world.store.keys(), &mut cx.entropy).unwrap();
        world.store.write_now(move |tx| key::succeed(tx, &mut cx, &spare, &By::COMMAND)).unwrap();
        world.happen(2);
        world.seal();
        let (found, report) = world.verify_from(&[kept.note]);
        assert_eq!((found, report.checkpoints), (Vec::new(), 2));
        let keys = key::list(&world.store).unwrap();
        assert_eq!(keys.iter().map(|key| key.active).collect::<Vec<_>>(), [true, false]);
    });
}

#[test]
fn a_store_without_a_key_is_not_sealed() {
    let store = Store::in_memory(Arc::new(Keys::simulated().unwrap())).unwrap();
    assert!(Sealer::load(&store).is_err());
    assert!(key::active(&store).unwrap().is_none());
}
