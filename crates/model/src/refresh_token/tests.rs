//! Replays of refresh tokens, against an oracle that knows who holds what.

use super::*;
use crate::cx::Cx;
use proptest::prelude::*;

/// The rows of one family, changed as the store changes them.
struct Family {
    cx: Cx,
    grant: GrantId,
    rows: Vec<RefreshToken>,
    ended: bool,
}

impl Family {
    fn new() -> Self {
        let mut cx = Cx::simulated(Time::from_micros(0), 30);
        let grant = GrantId::new(&mut cx).unwrap();
        let mut family = Self { cx, grant, rows: Vec::new(), ended: false };
        family.issue();
        family
    }

    fn issue(&mut self) -> RefreshTokenId {
        let id = RefreshTokenId::new(&mut self.cx).unwrap();
        let (grant, issued_at) = (self.grant, self.cx.now);
        let state = RefreshState::Live;
        self.rows.push(RefreshToken { id, grant, state, successor: None, issued_at, used_at: None });
        id
    }

    fn row(&mut self, id: RefreshTokenId) -> &mut RefreshToken {
        self.rows.iter_mut().find(|row| row.id == id).unwrap()
    }

    /// Gives the token at `index` to the decision and does what it says; the place of the new token, if there is one.
    fn present(&mut self, index: usize) -> Option<usize> {
        let token = self.rows[index];
        let successor = token.successor.map(|id| self.row(id).state);
        match token.presented(successor) {
            _ if self.ended => return None,
            Refresh::Rotate => self.row(token.id).state = RefreshState::Used,
            Refresh::Reissue { revoke } => self.row(revoke).state = RefreshState::Revoked,
            Refresh::EndFamily => {
                self.rows.iter_mut().for_each(|row| row.state = RefreshState::Revoked);
                self.ended = true;
                return None;
            }
        }
        let next = self.issue();
        self.row(token.id).successor = Some(next);
        Some(self.rows.len() - 1)
    }

    fn live(&self) -> usize {
        self.rows.iter().filter(|row| row.state == RefreshState::Live).count()
    }
}

/// What should happen, without rows: the newest token, and the one that it was got for.
struct Oracle {
    newest: usize,
    parent: Option<usize>,
    issued: usize,
    ended: bool,
}

impl Oracle {
    fn present(&mut self, index: usize) -> Option<usize> {
        if self.ended || (index != self.newest && Some(index) != self.parent) {
            self.ended = true;
            return None;
        }
        self.parent = Some(index);
        self.newest = self.issued;
        self.issued += 1;
        Some(self.newest)
    }
}

#[test]
fn row_30_a_lost_answer_is_given_again_and_a_copy_ends_the_family() {
    let mut family = Family::new();
    let first = family.present(0).unwrap();
    let again = family.present(0).unwrap();
    assert_eq!((family.rows[first].state, family.live()), (RefreshState::Revoked, 1));
    let next = family.present(again).unwrap();
    assert_eq!(family.rows[next].state, RefreshState::Live);
    assert_eq!(family.present(0), None);
    assert!(family.ended && family.live() == 0);
}

#[test]
fn row_30_an_answer_that_was_called_lost_and_is_used_ends_the_family() {
    let mut family = Family::new();
    let first = family.present(0).unwrap();
    family.present(0).unwrap();
    assert_eq!(family.present(first), None);
    assert!(family.ended);
}

#[test]
fn row_30_however_often_the_answer_is_lost_one_branch_is_live() {
    let mut family = Family::new();
    for _ in 0..64 {
        family.present(0).unwrap();
        assert_eq!(family.live(), 1);
    }
    let last = family.rows.len() - 1;
    assert!(family.present(last).is_some());
}

#[test]
fn codes_are_read_back() {
    for state in [RefreshState::Live, RefreshState::Used, RefreshState::Revoked] {
        assert_eq!(RefreshState::from_code(state.code()), Some(state));
    }
}

proptest! {
    /// Any order of any tokens of a family comes out as the oracle says, with one live token at the most.
    #[test]
    fn row_30_every_sequence_agrees_with_the_oracle(picks in proptest::collection::vec((0_usize..4, any::<prop::sample::Index>()), 1..40)) {
        let (mut family, mut oracle) = (Family::new(), Oracle { newest: 0, parent: None, issued: 1, ended: false });
        for (how, pick) in picks {
            // Mostly the newest or the one before, as clients do; sometimes any.
            let index = match how {
                0 => pick.index(family.rows.len()),
                1 => oracle.parent.unwrap_or(0),
                _ => oracle.newest,
            };
            prop_assert_eq!(family.present(index), oracle.present(index));
            prop_assert!(family.live() <= 1);
            prop_assert_eq!(family.live() == 0, family.ended);
            prop_assert_eq!(family.ended, oracle.ended);
        }
    }
}
