//! What is doubted, and what made it: grants that become whole, who was told of them, and how settings were before.

use model::event::AddressKind;
use model::grant::{Grant, GrantEnd};
use model::id::{BrowserId, ChangeId, MessageId, SessionId};
use model::nearness::Nearness;
use model::time::Time;
use store::account_changes::{Before, Change};
use store::browsers::KnownBrowser;
use store::grant_notices::Told;
use store::{
    account_changes, addresses, browsers, grant_notices, grants, recovery_addresses, recovery_codes,
};

use crate::claim::seed;
use crate::claims::race;
use crate::provided;
use crate::setting::{account, address, both, cx, noon, seconds, source, token, with_writers, write};

fn at(after: u64) -> Time {
    noon() + seconds(after)
}

/// One that came about elsewhere, and that nobody has confirmed.
fn doubted(store: &store::Store) -> Grant {
    let seed = seed();
    let mut kept = provided::grant(account(store, seed, &format!("owner{seed}@example.com")).id);
    kept.grant.context = Some(Nearness::Elsewhere);
    (kept.grant.confirmed_at, kept.grant.quiet_until) = (None, None);
    kept.grant.idle = seconds(7200);
    kept.grant.expires_at = at(90_000);
    let grant = kept.grant.clone();
    write(store, move |tx| grants::insert(tx, &kept));
    grant
}

#[test]
fn a_grant_is_confirmed_once_and_lives_longer_by_it() {
    with_writers(16, |store| {
        let grant = doubted(store);
        let over = |now| {
            let all = store.read(|reader| grants::list_over(reader, now, 99)).unwrap();
            all.iter().any(|kept| kept.grant.id == grant.id)
        };
        assert_eq!((over(at(3599)), over(at(3600))), (false, true));
        let confirmed = Grant { confirmed_at: Some(at(60)), ..grant.clone() };
        let claimed = confirmed.clone();
        assert_eq!(race(store, move |tx| grants::claim_confirm(tx, &claimed)), 1);
        let kept = store.read(|reader| grants::find(reader, grant.id)).unwrap().unwrap();
        assert_eq!(kept.grant, confirmed);
        assert_eq!((over(at(7199)), over(at(7200))), (false, true));
        // One that has ended is confirmed by nobody.
        let ended = doubted(store);
        let late = Grant { confirmed_at: Some(at(61)), ..ended.clone() };
        write(store, move |tx| grants::claim_end(tx, ended.id, at(60), GrantEnd::NotMine));
        assert!(!write(store, move |tx| grants::claim_confirm(tx, &late)));
    });
}

#[test]
fn what_left_is_counted_once_for_each_mailbox() {
    with_writers(16, |store| {
        let grant = doubted(store);
        let mut chance = cx(seed());
        let mut told = |to: &str, told_at| Told {
            message: MessageId::new(&mut chance).unwrap(),
            grant: grant.id,
            account: grant.account.unwrap(),
            destination: address(to).destination(),
            told_at,
        };
        let mails =
            [told("a@example.com", noon()), told("b@example.com", noon()), told("a+tag@example.com", at(5))];
        for mail in mails.clone() {
            write(store, move |tx| grant_notices::insert(tx, &mail));
        }
        let handed = || store.read(|reader| grant_notices::list_handed(reader, grant.id)).unwrap();
        assert!(handed().is_empty());
        let [first, second, third] = mails.map(|mail| mail.message);
        let of = move |tx: &mut store::Tx<'_>, message, after| {
            grant_notices::claim_handed(tx, message, at(after)).map(|found| found.is_some())
        };
        assert_eq!(race(store, move |tx| of(tx, first, 10)), 1);
        assert!(write(store, move |tx| of(tx, third, 20)));
        assert_eq!(handed(), [at(10)]);
        assert!(write(store, move |tx| of(tx, second, 30)));
        let mut all = handed();
        all.sort_unstable();
        assert_eq!(all, [at(10), at(30)]);
        let own = grant.account.unwrap();
        let count = |since| store.read(|reader| grant_notices::count_since(reader, own, since)).unwrap();
        assert_eq!((count(noon() - seconds(1)), count(at(5))), (1, 0));
        write(store, move |tx| grant_notices::forget(tx, grant.id));
        assert!(handed().is_empty());
    });
}

#[test]
fn the_end_of_the_quiet_time_and_a_context_are_kept_with_the_end_that_follows_from_them() {
    both(|store| {
        let grant = doubted(store);
        let find = || store.read(|reader| grants::find(reader, grant.id)).unwrap().unwrap().grant;
        let quiet = Grant { quiet_until: Some(at(1800)), ..grant.clone() };
        write(store, {
            let quiet = quiet.clone();
            move |tx| grants::put_quiet(tx, &quiet)
        });
        assert_eq!(find(), quiet);
        let over = |now| store.read(|reader| grants::list_over(reader, now, 99)).unwrap().len();
        assert_eq!((over(at(7199)), over(at(7200))), (0, 1));
        let moved = Grant { context: Some(Nearness::Unknown), quiet_until: None, ..quiet };
        write(store, {
            let moved = moved.clone();
            move |tx| grants::put_context(tx, &moved)
        });
        assert_eq!((find(), over(at(3600))), (moved, 1));
    });
}

#[test]
fn a_grant_that_is_forgotten_takes_who_was_told_of_it_along() {
    both(|store| {
        let grant = doubted(store);
        let told = Told {
            message: MessageId::new(&mut cx(seed())).unwrap(),
            grant: grant.id,
            account: grant.account.unwrap(),
            destination: token("a"),
            told_at: noon(),
        };
        write(store, move |tx| {
            grant_notices::insert(tx, &told)?;
            grants::claim_end(tx, told.grant, noon(), GrantEnd::Undone)?;
            grants::delete_ended(tx, at(1), 9)
        });
        assert!(store.read(|reader| grants::find(reader, grant.id)).unwrap().is_none());
    });
}

#[test]
fn how_a_setting_was_is_read_back_in_the_order_of_the_changes() {
    both(|store| {
        let owner = account(store, 1, "alice@example.com").id;
        let session = SessionId::new(&mut cx(2)).unwrap();
        let mut ids = Vec::new();
        for (n, before) in
            [Before::Main(token("m")), Before::SignIn(token("a"), true), Before::SignIn(token("b"), false)]
                .into_iter()
                .enumerate()
        {
            let now = at(u64::try_from(n).unwrap());
            let id =
                ChangeId::new(&mut model::cx::Cx::simulated(now, u64::try_from(n).unwrap() + 3)).unwrap();
            ids.push(id);
            let change = Change { id, account: owner, at: now, before, session };
            write(store, move |tx| account_changes::insert(tx, &change));
        }
        let since = |time| store.read(|reader| account_changes::list_since(reader, owner, time, 9)).unwrap();
        let all = since(noon());
        assert_eq!(all.iter().map(|change| change.id).collect::<Vec<_>>(), ids);
        assert!(matches!(&all[0].before, Before::Main(was) if was.matches(&token("m"))));
        assert!(matches!(&all[1].before, Before::SignIn(which, true) if which.matches(&token("a"))));
        assert!(matches!(&all[2].before, Before::SignIn(which, false) if which.matches(&token("b"))));
        assert!(all.iter().all(|change| change.session == session));
        assert_eq!(since(at(2)).len(), 1);
        write(store, move |tx| account_changes::delete_before(tx, ids[1], 9));
        assert_eq!(since(noon()).len(), 2);
        write(store, move |tx| account_changes::forget(tx, owner));
        assert!(since(noon()).is_empty());
    });
}

#[test]
fn what_was_added_knows_the_session_that_added_it_and_a_second_look_makes_it_no_younger() {
    both(|store| {
        let owner = account(store, 1, "alice@example.com").id;
        let session = SessionId::new(&mut cx(2)).unwrap();
        let it = address("more@example.com");
        let new = addresses::Kept {
            identity: it.identity(),
            destination: it.destination(),
            kind: AddressKind::Mail,
            shown: "more@example.com".to_owned(),
            main: false,
            sign_in: true,
            confirmed_at: at(5),
            session: Some(session),
        };
        assert!(write(store, move |tx| addresses::claim_insert(tx, owner, &new)));
        let all = store.read(|reader| addresses::list(reader, owner)).unwrap();
        assert_eq!(all.iter().map(|kept| kept.session).collect::<Vec<_>>(), [None, Some(session)]);
        let saved = recovery_addresses::Kept {
            account: owner,
            identity: it.identity(),
            destination: it.destination(),
            kind: AddressKind::Mail,
            shown: "more@example.com".to_owned(),
            confirmed_at: at(5),
            detach_at: None,
            added_at: at(5),
            session: Some(session),
        };
        let again =
            recovery_addresses::Kept { confirmed_at: at(9), added_at: at(9), session: None, ..saved.clone() };
        write(store, move |tx| {
            recovery_addresses::put(tx, &saved)?;
            recovery_addresses::put(tx, &again)
        });
        let kept = store.read(|reader| recovery_addresses::list(reader, owner)).unwrap().remove(0);
        assert_eq!((kept.confirmed_at, kept.added_at, kept.session), (at(9), at(5), Some(session)));
        let codes = [token("1"), token("2")];
        write(store, move |tx| recovery_codes::replace(tx, owner, &codes, (Some(session), at(7))));
        let left = store.read(|reader| recovery_codes::left(reader, owner)).unwrap().unwrap();
        assert_eq!((left.count, left.made_at, left.session), (2, at(7), Some(session)));
    });
}

#[test]
fn one_browser_is_forgotten_and_the_others_stay() {
    both(|store| {
        let owner = account(store, 1, "alice@example.com").id;
        let mut chance = cx(3);
        let ids = [1, 2].map(|_| BrowserId::new(&mut chance).unwrap());
        for (n, id) in ids.into_iter().enumerate() {
            let (browser, seen) = (source().browser, at(u64::try_from(n).unwrap()));
            let known = KnownBrowser { id, browser, first_used: seen, last_used: seen };
            write(store, move |tx| {
                browsers::remember(tx, owner, &token(&n.to_string()), &known)?.get(tx).map(|_| ())
            });
        }
        assert!(write(store, move |tx| browsers::claim_forget(tx, owner, ids[0])));
        assert!(!write(store, move |tx| browsers::claim_forget(tx, owner, ids[0])));
        let left = store.read(|reader| browsers::list(reader, owner)).unwrap();
        assert_eq!(left.iter().map(|browser| browser.id).collect::<Vec<_>>(), [ids[1]]);
    });
}
