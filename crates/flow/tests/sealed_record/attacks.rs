//! What somebody does who has the database, and perhaps the key.

use flow::sealing::verify::Broken;
use rusqlite::types::Value;

use crate::world::{Place, World, both};

/// A record of ten entries under two checkpoints, all of it sound.
fn sealed(mut world: World) -> (World, Vec<model::id::EventId>) {
    // The making of the key is entry 0.
    let mut ids = world.happen(4);
    world.seal();
    ids.extend(world.happen(5));
    world.seal();
    let report = world.sound();
    assert_eq!((report.sealed, report.verified, report.checkpoints), (10, 10, 2));
    assert_eq!((report.uncovered, report.unsealed), (0, 0));
    (world, ids)
}

#[test]
fn row_45_a_deleted_entry_is_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        for (n, id) in (1..).zip(&ids) {
            world.sql(&format!("DELETE FROM events WHERE id = {}", world.bytes(id.bytes())));
            assert!(world.verify().0.contains(&Broken::Missing { n, event: *id }), "{n}");
        }
        assert_eq!(world.verify().0.len(), ids.len(), "each is named, and nothing else");
    });
}

#[test]
fn row_45_an_altered_entry_is_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        let id = world.bytes(ids[6].bytes());
        world.sql(&format!("UPDATE events SET at = at - 1 WHERE id = {id}"));
        assert_eq!(world.verify().0, [Broken::Altered { n: 7, event: ids[6] }]);
        world.sql(&format!("UPDATE events SET at = at + 1 WHERE id = {id}"));
        world.sound();
    });
}

#[test]
fn row_45_entries_that_change_their_places_are_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        let [first, second] = [world.bytes(ids[2].bytes()), world.bytes(ids[3].bytes())];
        // The identifiers and all that belongs to them change places, positions stay.
        let swap = match world.place {
            Place::File(_) => format!(
                "UPDATE events SET position = -1 WHERE id = {first};
                 UPDATE events SET position = position - 1 WHERE id = {second};
                 UPDATE events SET position = (SELECT position + 1 FROM events WHERE id = {second}) WHERE id = {first};"
            ),
            Place::Postgres(_) => format!(
                "UPDATE events SET (tx, position) = (SELECT tx, position + 1000 FROM events WHERE id = {second})
                 WHERE id = {first};"
            ),
        };
        world.sql(&swap);
        assert_eq!(world.verify().0, [Broken::Displaced { n: 3, event: ids[2] }]);
    });
}

#[test]
fn row_45_an_entry_that_is_put_in_between_is_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        let id = world.bytes(ids[4].bytes());
        let new = world.bytes(&[0x11; 16]);
        let (columns, place) = match world.place {
            Place::File(_) => ("position", "-5"),
            Place::Postgres(_) => ("tx, position", "0, 1"),
        };
        world.sql(&format!(
            "INSERT INTO events ({columns}, id, at, kind, body) SELECT {place}, {}, at, kind, body FROM events WHERE id = {id}",
            match world.place {
                // Of a month that has a part.
                Place::Postgres(_) => {
                    let mut bytes = *ids[4].bytes();
                    bytes[15] ^= 1;
                    world.bytes(&bytes)
                }
                Place::File(_) => new,
            }
        ));
        let found = world.verify().0;
        assert!(matches!(found[..], [Broken::Inserted { .. }]), "{found:?}");
    });
}

#[test]
fn row_45_an_entry_that_stands_twice_is_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        let id = world.bytes(ids[4].bytes());
        let (columns, place) = match world.place {
            Place::File(_) => ("position", "1000"),
            Place::Postgres(_) => ("tx, position", "tx, position + 1000"),
        };
        world.sql(&format!(
            "INSERT INTO events ({columns}, id, at, kind, body) SELECT {place}, id, at, kind, body FROM events WHERE id = {id}"
        ));
        assert_eq!(world.verify().0, [Broken::Displaced { n: 5, event: ids[4] }]);
    });
}

#[test]
fn row_45_an_entry_that_hides_in_the_future_of_the_tail_is_found() {
    both(|world| {
        let Place::Postgres(_) = world.place else { return };
        let (world, ids) = sealed(world);
        let id = world.bytes(ids[4].bytes());
        let mut forged = *ids[4].bytes();
        forged[15] ^= 1;
        // One that was never sealed and never will be, since the tail waits for its transaction; and one that was sealed.
        world.sql(&format!(
            "INSERT INTO events (tx, position, id, at, kind, body)
               SELECT tx + 1000000000, 7, {}, at, kind, body FROM events WHERE id = {id};
             UPDATE events SET tx = tx + 2000000000 WHERE id = {id}",
            world.bytes(&forged)
        ));
        let found = world.verify().0;
        let forged = model::id::EventId::from_bytes(forged);
        assert_eq!(found, [Broken::Future { event: forged }, Broken::Future { event: ids[4] }]);
        let start = store::events::Position::START;
        let tail = world.store.read(|reader| store::events::raw_tail(reader, start, 1000)).unwrap();
        assert!(
            tail.iter().all(|(_, entry)| entry.id != *forged.bytes()),
            "or it would be found in another way"
        );
    });
}

#[test]
fn row_45_a_leaf_that_is_made_to_fit_an_altered_entry_is_found() {
    both(|world| {
        let (world, ids) = sealed(world);
        let id = world.bytes(ids[0].bytes());
        world.sql(&format!("UPDATE events SET at = at - 1 WHERE id = {id}"));
        let entry = world.store.read(|reader| store::events::find_raw(reader, ids[0])).unwrap();
        // A millisecond is the precision of the search by identifier; take the entry from the tail if it has left it.
        let entry = entry.unwrap_or_else(|| {
            let start = store::events::Position::START;
            let tail = world.store.read(|reader| store::events::raw_tail(reader, start, 100)).unwrap();
            tail.into_iter().map(|(_, entry)| entry).find(|entry| entry.id == *ids[0].bytes()).unwrap()
        });
        let commitment = entry.commitment(&[0; 16]);
        world.sql(&format!(
            "UPDATE record_leaves SET nonce = {}, commitment = {} WHERE n = 1",
            world.bytes(&[0; 16]),
            world.bytes(&commitment)
        ));
        let found = world.verify().0;
        assert_eq!(found, [Broken::Root { from: 0, to: 5 }, Broken::Root { from: 0, to: 10 }]);
    });
}

#[test]
fn row_45_missing_leaves_are_found() {
    both(|world| {
        let (world, _) = sealed(world);
        world.sql("DELETE FROM record_leaves WHERE n IN (3, 4)");
        assert!(world.verify().0.contains(&Broken::LeavesGone { from: 3, to: 5 }));
        world.sql("DELETE FROM record_leaves WHERE n >= 5");
        let found = world.verify().0;
        assert!(found.contains(&Broken::Beyond { size: 5, sealed: 3 }), "{found:?}");
        assert!(found.contains(&Broken::Beyond { size: 10, sealed: 3 }), "{found:?}");
    });
}

#[test]
fn row_45_a_checkpoint_that_is_altered_or_taken_out_is_found() {
    both(|mut world| {
        for _ in 0..3 {
            world.happen(2);
            world.seal();
        }
        world.sound();
        world.sql("DELETE FROM checkpoints WHERE size = 5");
        assert_eq!(world.verify().0, [Broken::Sequence { size: 7 }]);
        world.sql("DELETE FROM checkpoints WHERE size = 3");
        assert_eq!(world.verify().0, [Broken::Sequence { size: 7 }], "the first one is not the very first");
        world.sql("UPDATE checkpoints SET at = at + 1000000");
        assert!(world.verify().0.contains(&Broken::Checkpoint { size: 7 }));
    });
}

#[test]
fn row_45_a_record_that_goes_back_is_found_by_whoever_kept_a_checkpoint() {
    both(|mut world| {
        world.happen(3);
        world.seal();
        world.happen(3);
        let kept = world.seal();
        assert_eq!(world.verify_from(std::slice::from_ref(&kept.note)).0, []);
        back_to(&world, 4);
        world.sound();
        let found = world.verify_from(std::slice::from_ref(&kept.note)).0;
        assert_eq!(found, [Broken::KeptBeyond { size: 7, sealed: 4 }]);
    });
}

#[test]
fn row_45_a_record_that_is_written_anew_with_its_own_key_is_found_by_whoever_kept_a_checkpoint() {
    both(|mut world| {
        world.happen(3);
        let early = world.seal();
        world.happen(3);
        let kept = world.seal();
        back_to(&world, 4);
        world.happen(5);
        world.seal();
        world.sound();
        assert_eq!(world.verify_from(&[early.note]).0, [], "what was before the fork is the same");
        assert_eq!(world.verify_from(&[kept.note]).0, [Broken::KeptForked { size: 7 }]);
    });
}

#[test]
fn row_45_a_checkpoint_of_another_record_is_not_taken_for_one_of_this() {
    let (world, _) = sealed(World::new(Place::file()));
    let mut other = World::new(Place::file());
    other.happen(3);
    let kept = other.seal();
    assert_eq!(world.verify_from(&[kept.note]).0, [Broken::KeptUnsigned]);
    assert_eq!(world.verify_from(&["nothing".to_owned()]).0, [Broken::KeptUnsigned]);
}

/// As if everything after the first `size` entries had never been, by somebody who knows the tables.
fn back_to(world: &World, size: u64) {
    world.sql(&format!(
        "DELETE FROM events WHERE id IN (SELECT event FROM record_leaves WHERE n >= {size});
         DELETE FROM record_leaves WHERE n >= {size};
         DELETE FROM checkpoints WHERE size > {size};"
    ));
    let last = match world.place {
        Place::File(_) => {
            let place: i64 =
                world.raw().query_row("SELECT MAX(position) FROM events", [], |row| row.get(0)).unwrap();
            [[0; 8], place.to_be_bytes()].concat()
        }
        // Everything before is sealed, and what comes has greater numbers.
        Place::Postgres(_) => return,
    };
    world.sql(&format!("UPDATE meta SET value = {} WHERE name = 'sealed up to'", world.bytes(&last)));
}

#[test]
fn row_45_nothing_is_signed_on_top_of_what_does_not_fit() {
    both(|world| {
        let (mut world, _) = sealed(world);
        world.sql(&format!("UPDATE record_leaves SET commitment = {} WHERE n = 2", world.bytes(&[0; 32])));
        world.happen(1);
        let fault = flow::sealing::catch_up(&world.store, &|| world.cx()).unwrap_err();
        assert!(fault.chain().contains("log verify"), "{}", fault.chain());
    });
}

#[test]
fn row_45_an_entry_that_the_sealer_is_made_to_pass_over_is_found() {
    both(|world| {
        let (mut world, _) = sealed(world);
        let skipped = world.happen(1);
        world.restarted();
        let place = world.store.read(|reader| {
            let tail = store::events::raw_tail(reader, store::events::Position::START, 100)?;
            Ok(tail.last().unwrap().0)
        });
        world.sql(&format!(
            "UPDATE meta SET value = {} WHERE name = 'sealed up to'",
            world.bytes(&place.unwrap().to_bytes())
        ));
        world.happen(1);
        world.seal();
        assert_eq!(world.verify().0, [Broken::Inserted { event: skipped[0] }]);
    });
}

#[test]
fn row_45_an_entry_is_never_sealed_twice() {
    both(|world| {
        let (mut world, _) = sealed(world);
        world.sql(&format!("UPDATE meta SET value = {} WHERE name = 'sealed up to'", world.bytes(&[0; 16])));
        world.happen(1);
        assert!(flow::sealing::catch_up(&world.store, &|| world.cx()).is_err());
        assert_eq!(world.sound().unsealed, 1);
    });
}

#[test]
fn row_45_a_node_of_the_tree_that_is_altered_is_found() {
    let mut world = World::new(Place::file());
    world.happen(600);
    world.seal();
    world.sound();
    let raw = world.raw();
    let nodes: i64 = raw.query_row("SELECT count(*) FROM record_nodes", [], |row| row.get(0)).unwrap();
    assert_eq!(nodes, 2);
    raw.execute_batch("UPDATE record_nodes SET hash = zeroblob(32) WHERE n = 1").unwrap();
    assert_eq!(world.verify().0, [Broken::Node { from: 256, to: 512 }]);
    raw.execute_batch("DELETE FROM record_nodes WHERE n = 1").unwrap();
    assert_eq!(world.verify().0, [Broken::Node { from: 256, to: 512 }]);
}

/// One bit of a value.
fn flipped(value: &Value, byte: usize, bit: u8) -> Value {
    match value {
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            bytes[byte] ^= 1 << bit;
            Value::Blob(bytes)
        }
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            bytes[byte] ^= 1 << bit;
            Value::Blob(bytes)
        }
        Value::Integer(number) => Value::Integer(number ^ (1 << (byte * 8 + usize::from(bit)))),
        Value::Null | Value::Real(_) => value.clone(),
    }
}

const fn length(value: &Value) -> usize {
    match value {
        Value::Blob(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        // An entry's time is not as large as its column.
        Value::Integer(_) => 7,
        Value::Null | Value::Real(_) => 0,
    }
}

#[test]
fn row_45_every_byte_of_every_row_counts() {
    let (world, _) = sealed(World::new(Place::file()));
    let raw = world.raw();
    // What is not here says nothing of what happened: positions are an order, and the order is tested above.
    let columns = [
        ("events", "position", &["id", "at", "subject", "request", "kind", "body"][..]),
        ("record_leaves", "n", &["n", "event", "nonce", "commitment"]),
        ("checkpoints", "size", &["size", "at", "note"]),
    ];
    let mut tried = 0_usize;
    for (table, key, columns) in columns {
        let keys: Vec<i64> = {
            let mut statement = raw.prepare(&format!("SELECT {key} FROM {table} ORDER BY {key}")).unwrap();
            let keys = statement.query_map([], |row| row.get(0)).unwrap();
            keys.collect::<Result<_, _>>().unwrap()
        };
        for at in keys {
            for column in columns {
                let select = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                let value: Value = raw.query_row(&select, [at], |row| row.get(0)).unwrap();
                let is_text = matches!(value, Value::Text(_));
                for byte in 0..length(&value) {
                    let bit = u8::try_from((byte + tried) % 7).unwrap();
                    let altered = flipped(&value, byte, bit);
                    let cast = if is_text { "CAST(?1 AS TEXT)" } else { "?1" };
                    let moved = match (*column == key, &altered) {
                        (true, Value::Integer(moved)) => *moved,
                        _ => at,
                    };
                    let set = format!("UPDATE {table} SET {column} = {cast} WHERE {key} = ?2");
                    if raw.execute(&set, (&altered, at)).is_err() {
                        continue; // The number is taken.
                    }
                    let found = world.verify().0;
                    assert!(!found.is_empty(), "{table}.{column} of {at}, byte {byte}, bit {bit}");
                    let back = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                    raw.execute(&back, (&value, moved)).unwrap();
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 2500, "{tried}");
    world.sound();
}

#[test]
fn row_45_every_byte_of_an_entry_on_the_disk_counts() {
    let (mut world, ids) = sealed(World::new(Place::file()));
    world.advance(crate::world::SECOND);
    let body: String = world
        .raw()
        .query_row("SELECT body FROM events WHERE id = ?1", [ids[5].bytes()], |row| row.get(0))
        .unwrap();
    // An orderly end leaves one file; the store in between is another one.
    let path = world.place.path();
    world.store =
        flow::Store::in_memory(std::sync::Arc::new(model::digest::Keys::simulated().unwrap())).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let needle = [ids[5].bytes().as_slice()].concat();
    let at = whole.windows(16).position(|window| window == needle).unwrap();
    let body_at = at + whole[at..].windows(body.len()).position(|window| window == body.as_bytes()).unwrap();
    for byte in (at..at + 16).chain(body_at..body_at + body.len()) {
        let mut altered = whole.clone();
        altered[byte] ^= 0x10;
        std::fs::write(&path, &altered).unwrap();
        world.restarted();
        assert!(!world.verify().0.is_empty(), "byte {byte}");
        world.store =
            flow::Store::in_memory(std::sync::Arc::new(model::digest::Keys::simulated().unwrap())).unwrap();
    }
}
