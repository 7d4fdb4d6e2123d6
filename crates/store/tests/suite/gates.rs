//! What owners say about their gates, and when wrong gate words were typed.

use model::budget::MailTimes;
use model::gate::Gate;
use store::gates::{self, Change};
use store::{gate_guesses, tenants};

use crate::setting::{account, both, noon, seconds, token, write};

#[test]
fn what_an_owner_says_is_kept_part_by_part_beside_what_the_tenant_does() {
    both(|store| {
        let id = account(store, 1, "alice@example.com").id;
        let by = Change { session: None, now: noon() };
        let find = || store.read(|reader| gates::find(reader, id)).unwrap();
        assert!(find().own.is_none() && find().tenant.is_none() && find().open.is_none());
        write(store, move |tx| gates::put_word(tx, id, Some(&token("word")), by));
        write(store, move |tx| gates::put_gate(tx, id, Some(Gate::GateWord), by));
        for (seconds_after, words) in [(600, "three"), (660, "four")] {
            let until = noon() + seconds(seconds_after);
            write(store, move |tx| gates::put_open(tx, id, (until, &token(words)), noon()));
            let (kept, word) = find().open.unwrap();
            assert!(kept == until && word.matches(&token(words)));
        }
        let kept = find();
        assert_eq!(kept.own, Some(Gate::GateWord));
        assert!(write(store, move |tx| gates::claim_close(tx, id, noon())));
        assert!(find().open.is_none());
        let (word, since) = kept.word.unwrap();
        assert!(word.matches(&token("word")) && since == noon());
        let uni = crate::tenants::tenant(store, 2, "uni");
        let gated = model::tenant::Tenant { gate: Some(Gate::SolicitedOnly), ..uni.clone() };
        write(store, move |tx| tenants::put(tx, &gated));
        write(store, move |tx| store::accounts::claim_move(tx, id, Some(uni.id)));
        assert_eq!(find().tenant, Some(Gate::SolicitedOnly));
        write(store, move |tx| gates::put_word(tx, id, None, by));
        assert_eq!((find().own, find().word.is_none()), (Some(Gate::GateWord), true));
        assert_eq!(write(store, move |tx| gates::forget(tx, id)), 1);
        assert!(find().own.is_none() && find().open.is_none());
    });
}

#[test]
fn a_window_that_is_over_is_closed_by_nobody() {
    both(|store| {
        let id = account(store, 1, "alice@example.com").id;
        write(store, move |tx| gates::put_open(tx, id, (noon() + seconds(600), &token("four")), noon()));
        assert!(!write(store, move |tx| gates::claim_close(tx, id, noon() + seconds(600))));
        assert!(write(store, move |tx| gates::claim_close(tx, id, noon() + seconds(599))));
        assert!(!write(store, move |tx| gates::claim_close(tx, id, noon() + seconds(599))));
    });
}

#[test]
fn wrong_words_are_kept_for_each_who_and_forgotten_when_nobody_touched_them() {
    both(|store| {
        let mut times = MailTimes::default();
        times.take(noon());
        let kept = times.clone();
        write(store, move |tx| gate_guesses::put(tx, &token("a"), &kept, noon()));
        let find = |who: &str| {
            let who = token(who);
            store.read(|reader| gate_guesses::ask(reader, &who)?.get(reader)).unwrap()
        };
        assert_eq!((find("a"), find("b")), (Some(times), None));
        let forget = |before| write(store, move |tx| gate_guesses::delete_idle(tx, before, 9));
        assert_eq!((forget(noon()), forget(noon())), (Some(0), None));
        assert_eq!(forget(noon() + seconds(1)), Some(1));
        assert_eq!(find("a"), None);
    });
}
