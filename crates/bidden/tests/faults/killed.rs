//! The server on its embedded store, killed at random moments under load.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::node::{Folder, Node, Plan};
use crate::notes::All;
use crate::record::{Record, expect_signed_in};

const KILLS: usize = 200;
/// After so many kills the record is held against what people remember.
const ROUND: usize = 20;
const PEOPLE: usize = 6;
/// At most so long after a start comes the next kill.
const LONGEST_LIFE: u64 = 120_000;

/// A few numbers that look like chance and are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn a_server_killed_again_and_again_under_load_loses_no_sign_in_and_redeems_no_code_twice() {
    let folder = Folder::new();
    let mut node = Node::start(Plan::embedded(folder.path().join("data")));
    let mut chance = Seeded(0x5eed);
    let mut all = All::default();
    for round in 0..KILLS / ROUND {
        let crowd = Crowd::gather(PEOPLE, &format!("round{round}"), node.address());
        for _ in 0..ROUND {
            std::thread::sleep(Duration::from_micros(chance.below(LONGEST_LIFE)));
            node.kill_and_start();
        }
        crowd.await_more(PEOPLE, Duration::from_secs(30));
        all.add(crowd.disperse());
        let record = Record::embedded(&node.plan.data);
        let alive = record.hold_against(&all);
        node.expect_sound_store();
        let seen = expect_signed_in(&all, &alive, node.address());
        assert!(seen > 0);
    }
    eprintln!(
        "{KILLS} kills: {} sign-ins acknowledged, {} redeemed without an answer, {} tries disturbed",
        all.signed_in.len(),
        all.spent.len(),
        all.disturbances.len()
    );
    assert!(all.spent_though_turned_away == 0, "nobody was turned away");
}
