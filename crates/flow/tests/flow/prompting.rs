//! A year of questions in whatever order, against a few lines that say what there should be: one at a time, one try each, one
//! session for a yes, and never anything on a phone that no approver was to see.

use std::collections::BTreeMap;
use std::time::Duration;

use model::approval::{LIFETIME, TAKE};
use model::approval_budget::WINDOW;
use model::id::ApprovalId;
use model::time::Time;
use proptest::prelude::*;

use crate::approvals::{self, ALICE, Asking, Phone, stranger, with_password};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim};

#[derive(Clone, Copy, Debug)]
enum Op {
    /// Somebody asks: the owner's own browser, or a stranger who has the password.
    Ask(u64),
    /// The owner types the number, or another one.
    Type(bool),
    /// That is not me.
    Deny,
    /// Somebody wants to take what was approved.
    Take(u64),
    /// Time passes, and the sweep runs.
    Pass(Duration),
}

fn op() -> impl Strategy<Value = Op> {
    let time = prop_oneof![
        4 => (1_u64..240).prop_map(|seconds| SECOND * u32::try_from(seconds).unwrap()),
        1 => Just(TAKE),
        1 => Just(LIFETIME),
        1 => Just(HOUR),
        2 => (1_u32..30).prop_map(|days| DAYS * days),
    ];
    prop_oneof![
        4 => (1_u64..5).prop_map(Op::Ask),
        3 => any::<bool>().prop_map(Op::Type),
        1 => Just(Op::Deny),
        3 => (1_u64..5).prop_map(Op::Take),
        4 => time.prop_map(Op::Pass),
    ]
}

/// What there should be.
#[derive(Clone, Copy, Debug)]
struct Live {
    id: ApprovalId,
    browser: u64,
    known: bool,
    approved: bool,
    ends: Time,
}

struct World {
    sim: Sim,
    phone: Phone,
    live: Option<Live>,
    /// What each browser asked last.
    last: BTreeMap<u64, (ApprovalId, Asking)>,
    known: Vec<u64>,
    /// When unknown browsers asked, as far as that was not held back.
    strange: Vec<Time>,
    sessions: usize,
}

impl World {
    fn new() -> Self {
        let mut sim = Sim::new();
        // So few that a short sequence comes to it.
        sim.policy.approvals = 4;
        let (_, phone) = with_password(&mut sim);
        Self {
            sim,
            phone,
            live: None,
            last: BTreeMap::new(),
            known: vec![1],
            strange: Vec::new(),
            sessions: 0,
        }
    }

    /// What nobody answered or took in time is over.
    fn live(&self) -> Option<Live> {
        self.live.filter(|live| self.sim.now < live.ends)
    }

    fn play(&mut self, op: Op) {
        match op {
            Op::Ask(browser) => self.ask(browser),
            Op::Type(right) => {
                let Some(live) = self.live().filter(|live| !live.approved) else { return };
                let answered = if right {
                    self.phone.approve(&mut self.sim, live.id).is_ok()
                } else {
                    self.phone.mistype(&mut self.sim, live.id).is_ok()
                };
                assert_eq!(answered, right, "{live:?}");
                self.live = right.then_some(Live { approved: true, ends: self.sim.now + TAKE, ..live });
                // There is no second try.
                assert!(self.phone.approve(&mut self.sim, live.id).is_err());
            }
            Op::Deny => {
                let Some(live) = self.live() else { return };
                assert!(self.phone.deny(&mut self.sim, live.id).is_ok());
                self.live = None;
            }
            Op::Take(browser) => self.take(browser),
            Op::Pass(time) => {
                self.sim.advance(time);
                self.sim.sweep();
            }
        }
        let shown = self.phone.waiting(&mut self.sim);
        assert_eq!(shown, self.live().map(|live| live.id), "after {op:?}");
    }

    fn ask(&mut self, browser: u64) {
        let known = self.known.contains(&browser);
        let asking = if browser == 1 { Asking::at_home(ALICE, 1) } else { stranger(&mut self.sim, browser) };
        let Some(id) = approvals::ask(&mut self.sim, &asking) else { panic!("everybody gets a number") };
        let makes_way = |live: Live| live.browser == browser || (known && !live.known && !live.approved);
        let now = self.sim.now;
        let within = self.strange.iter().filter(|at| now < **at + WINDOW).count();
        if !known && within == usize::try_from(self.sim.policy.approvals).unwrap() {
            self.live = self.live().filter(|live| live.browser != browser);
            self.last.insert(browser, (id, asking));
            return;
        }
        self.strange.extend((!known).then_some(now));
        if self.live().is_none_or(makes_way) {
            let ends = self.sim.now + LIFETIME;
            self.live = Some(Live { id, browser, known, approved: false, ends });
        }
        self.last.insert(browser, (id, asking));
    }

    fn take(&mut self, browser: u64) {
        let Some((id, asking)) = self.last.get(&browser) else { return };
        let mine = self.live().filter(|live| live.id == *id && live.approved);
        let started = approvals::take(&mut self.sim, asking, *id).is_ok();
        // A yes that was said while the password counted holds for the two minutes in which it can be taken.
        assert_eq!(started, mine.is_some(), "{mine:?}");
        if mine.is_some() {
            self.live = None;
        }
        if started {
            self.sessions += 1;
        }
        assert!(approvals::take(&mut self.sim, asking, *id).is_err(), "once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn row_15_a_year_of_questions_never_breaks_a_limit(ops in prop::collection::vec(op(), 1..80)) {
        let mut world = World::new();
        let (began, before) = (world.sim.now, approvals::count(&world.sim, "session_started"));
        for op in ops {
            world.play(op);
        }
        // The rest of the year, with a question in each week.
        while world.sim.now < began + DAYS * 365 {
            world.play(Op::Ask(2));
            world.play(Op::Pass(DAYS * 7 + MINUTE));
        }
        let started = approvals::count(&world.sim, "session_started");
        prop_assert_eq!(started - before, world.sessions, "a session for each yes that was taken, and no other");
    }
}
