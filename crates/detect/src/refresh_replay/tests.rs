//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{ours, run};
use model::id::GrantId;

fn refused(because: GrantRefusal) -> Event {
    let grant = GrantId::from_bytes([7; 16]);
    ours(0, 1, "192.0.2.1", EventKind::TokensRefused { grant, client: "tv".to_owned(), because })
}

#[test]
fn a_token_that_was_used_up_is_found_and_one_that_expired_is_not() {
    let found = |because| run(&mut RefreshReplay, &[refused(because)]).len();
    for because in
        [GrantRefusal::Replayed, GrantRefusal::CodeUsed, GrantRefusal::KeyOther, GrantRefusal::KeyMissing]
    {
        assert_eq!(found(because), 1, "{because:?}");
    }
    for because in
        [GrantRefusal::GrantOver, GrantRefusal::Unknown, GrantRefusal::ScopeWider, GrantRefusal::TooFast]
    {
        assert_eq!(found(because), 0, "{because:?}");
    }
    let twice = [refused(GrantRefusal::Replayed), refused(GrantRefusal::Replayed)];
    assert_eq!(run(&mut RefreshReplay, &twice).len(), 1, "one incident");
}
