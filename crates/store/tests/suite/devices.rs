//! Devices that wait, windows that are opened for them, and what is counted of guesses: read back, claimed, ended, forgotten.

use std::time::Duration;

use model::device_authorization::{DeviceAuthorization, DeviceFlow, DeviceState, Holder};
use model::id::{AccountId, DeviceId, GrantId, PairingId, SessionId};
use model::pairing::{Pairing, PairingState};
use model::time::Time;
use store::device_authorizations::{Kept, Yes};
use store::pairings::Answering;
use store::{Store, device_authorizations, device_guesses, pairings};
use wire::jose::jwk::Thumbprint;
use wire::oauth::device::DeviceKind;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use crate::claim::seed;
use crate::setting::{account, both, cx, noon, seconds, source, token, write};

/// A television that asked at noon, with nothing left out that is known then.
pub(crate) fn device(seed: u64) -> Kept {
    let device = DeviceAuthorization {
        id: DeviceId::new(&mut cx(seed)).unwrap(),
        flow: DeviceFlow::UserCode,
        client: "tv".to_owned(),
        scopes: Scopes::parse("openid read").unwrap(),
        resources: vec![Resource::parse("https://a.example.org").unwrap()],
        kind: DeviceKind::Television,
        key: Some(Thumbprint::from_bytes([7; 32])),
        asked_from: Some("2001:db8::1".parse().unwrap()),
        polled_from: None,
        asked_at: noon(),
        expires_at: noon() + seconds(600),
        interval: seconds(5),
        polled_at: None,
        state: DeviceState::Asked,
        holder: None,
        grant: None,
    };
    Kept { device, source: source(), entry: None }
}

/// The device of this name, as whoever looked at it a moment ago saw it.
pub(crate) fn seen(id: &str, state: DeviceState) -> DeviceAuthorization {
    DeviceAuthorization { id: id.parse().unwrap(), state, ..device(1).device }
}

/// Somebody of this device's own.
pub(crate) fn holder(id: &str) -> Holder {
    let (account, session, since) = answering(id);
    Holder { account, session, since, from: Some("192.0.2.9".parse().unwrap()) }
}

pub(crate) fn answering(id: &str) -> (AccountId, SessionId, Time) {
    let id: DeviceId = id.parse().unwrap();
    (AccountId::from_bytes(*id.bytes()), SessionId::from_bytes(*id.bytes()), noon())
}

pub(crate) const fn yes() -> Yes {
    Yes { grant: GrantId::from_bytes([8; 16]), from: None, within: Duration::from_secs(60) }
}

/// A device whose user code is its name.
pub(crate) fn asked(store: &Store) -> String {
    let kept = device(seed());
    let id = kept.device.id.to_string();
    let code = token(&id);
    assert!(write(store, move |tx| device_authorizations::insert(tx, (&code, Some(&code)), &kept)));
    id
}

pub(crate) fn entered(store: &Store) -> String {
    let id = asked(store);
    let (holder, code) = (holder(&id), token(&id));
    let found =
        write(store, move |tx| device_authorizations::claim_entry(tx, &code, (&holder, &token("entry"))));
    assert!(found.is_some());
    id
}

pub(crate) fn approved(store: &Store) -> String {
    let id = entered(store);
    let (device, by) = (id.parse().unwrap(), answering(&id));
    let found = write(store, move |tx| device_authorizations::claim_answer(tx, device, by, Some(&yes())));
    assert!(found.is_some());
    id
}

pub(crate) fn window(account: AccountId) -> Pairing {
    let mut cx = cx(seed());
    Pairing {
        id: PairingId::new(&mut cx).unwrap(),
        account,
        session: SessionId::from_bytes(*account.bytes()),
        opened_at: noon(),
        expires_at: noon() + seconds(120),
        tries_left: 3,
        state: PairingState::Open,
        device: None,
    }
}

pub(crate) fn opener(account: &str) -> (AccountId, SessionId, Time) {
    let account: AccountId = account.parse().unwrap();
    (account, SessionId::from_bytes(*account.bytes()), noon())
}

pub(crate) fn brought() -> Answering {
    Answering {
        device: DeviceId::new(&mut cx(seed())).unwrap(),
        confirmation: token("0420"),
        within: seconds(180),
    }
}

/// A window whose code is its name, and whose it is.
pub(crate) fn open_window(store: &Store) -> String {
    let seed = seed();
    let account = account(store, seed, &format!("owner{seed}@example.com")).id;
    let window = window(account);
    let id = window.id.to_string();
    let code = token(&id);
    assert!(write(store, move |tx| pairings::insert(tx, &code, &window)));
    format!("{id} {account}")
}

/// An answered window with one try left.
pub(crate) fn last_try(store: &Store) -> String {
    let words = open_window(store);
    let (id, owner) = words.split_once(' ').unwrap();
    let (code, id, by) = (token(id), id.parse().unwrap(), opener(owner));
    write(store, move |tx| {
        assert!(pairings::claim_device(tx, &code, (&brought(), noon()))?.is_some());
        assert!(pairings::claim_try(tx, id, by)?.is_some());
        assert!(pairings::claim_try(tx, id, by)?.is_some());
        Ok(())
    });
    words
}

fn found(store: &Store, id: &str) -> Kept {
    let id = id.parse().unwrap();
    store.read(|reader| device_authorizations::find(reader, id)).unwrap().unwrap()
}

#[test]
fn a_device_is_read_back_as_it_was_kept_and_as_it_went_on() {
    both(|store| {
        let id = asked(store);
        let code = token(&id);
        let mut expected = device(1).device;
        expected.id = id.parse().unwrap();
        assert_eq!(found(store, &id).device, expected);
        assert_eq!(found(store, &id).source, source());

        let by_code =
            store.read(|reader| device_authorizations::find_by_code(reader, &code)).unwrap().unwrap();
        assert_eq!(by_code.device, expected);
        write(store, move |tx| {
            let held = device_authorizations::find_held_by_code(tx, &code)?.unwrap();
            let here = Some("192.0.2.77".parse().unwrap());
            device_authorizations::put_poll(tx, held.device.id, (noon() + seconds(7), here), seconds(10))
        });
        expected.polled_at = Some(noon() + seconds(7));
        expected.polled_from = Some("192.0.2.77".parse().unwrap());
        expected.interval = seconds(10);
        assert_eq!(found(store, &id).device, expected);

        let own = holder(&id);
        write(store, move |tx| device_authorizations::claim_entry(tx, &code, (&own, &token("entry"))));
        expected.state = DeviceState::Entered;
        expected.holder = Some(own);
        assert_eq!(found(store, &id).device, expected);
        assert!(found(store, &id).entry.unwrap().matches(&token("entry")));
        let listed = |of| store.read(|reader| device_authorizations::list_of(reader, of, 9)).unwrap();
        assert_eq!(listed(own.account).iter().map(|kept| &kept.device).collect::<Vec<_>>(), [&expected]);

        let (device, by) = (expected.id, answering(&id));
        let elsewhere = Yes { from: Some("192.0.2.10".parse().unwrap()), within: seconds(900), ..yes() };
        write(store, move |tx| device_authorizations::claim_answer(tx, device, by, Some(&elsewhere)));
        expected.state = DeviceState::Approved;
        expected.grant = Some(GrantId::from_bytes([8; 16]));
        expected.holder = Some(Holder { from: elsewhere.from, ..own });
        expected.expires_at = noon() + seconds(900);
        assert_eq!(found(store, &id).device, expected);
    });
}

#[test]
fn a_user_code_is_typed_once_in_its_time_and_is_nobodys_afterwards() {
    both(|store| {
        let enter = |id: &str, at: Time| {
            let (code, holder) = (token(id), Holder { since: at, ..holder(id) });
            let entry = token("entry");
            write(store, move |tx| device_authorizations::claim_entry(tx, &code, (&holder, &entry))).is_some()
        };
        let id = asked(store);
        assert!(!enter(&id, noon() + seconds(600)), "its time has passed");
        assert!(enter(&id, noon() + seconds(599)));
        assert!(!enter(&id, noon() + seconds(599)), "somebody typed it");
        // The same letters may be drawn for another one.
        let (again, code) = (device(seed()), token(&id));
        let digest = token("another device code");
        assert!(write(store, move |tx| device_authorizations::insert(tx, (&digest, Some(&code)), &again)));
        let (third, code) = (device(seed()), token(&id));
        let digest = token("a third device code");
        assert!(!write(store, move |tx| device_authorizations::insert(tx, (&digest, Some(&code)), &third)));
        // One that ended before anybody typed it is free as well.
        let other = asked(store);
        let end = seen(&other, DeviceState::Asked);
        assert!(write(store, move |tx| device_authorizations::claim_end(
            tx,
            &end,
            (DeviceState::PolledOut, noon())
        )));
        assert!(!enter(&other, noon()));
    });
}

#[test]
fn only_the_session_that_has_a_device_before_it_answers_and_in_time() {
    both(|store| {
        let id = entered(store);
        let device: DeviceId = id.parse().unwrap();
        let (account, session, now) = answering(&id);
        for by in [
            (AccountId::from_bytes([9; 16]), session, now),
            (account, SessionId::from_bytes([9; 16]), now),
            (account, session, noon() + seconds(600)),
        ] {
            for answer in [None, Some(yes())] {
                let claimed = write(store, move |tx| {
                    device_authorizations::claim_answer(tx, device, by, answer.as_ref())
                });
                assert!(claimed.is_none());
            }
        }
        let by = (account, session, now);
        let said = write(store, move |tx| device_authorizations::claim_answer(tx, device, by, None)).unwrap();
        assert_eq!((said.device.state, said.device.grant), (DeviceState::Denied, None));
        assert!(!write(store, move |tx| device_authorizations::claim_redeem(tx, device, noon())));
    });
}

#[test]
fn what_was_approved_is_redeemed_in_time_or_not_at_all() {
    both(|store| {
        let device: DeviceId = approved(store).parse().unwrap();
        let redeem = |at| write(store, move |tx| device_authorizations::claim_redeem(tx, device, at));
        assert!(!redeem(noon() + seconds(600)));
        assert!(redeem(noon() + seconds(599)));
        assert!(!redeem(noon() + seconds(599)));
    });
}

#[test]
fn a_window_takes_one_device_and_three_tries() {
    both(|store| {
        let words = open_window(store);
        let (id, owner) = words.split_once(' ').unwrap();
        let (code, id, by): (_, PairingId, _) = (token(id), id.parse().unwrap(), opener(owner));
        let tried = |by| write(store, move |tx| pairings::claim_try(tx, id, by));
        assert!(tried(by).is_none(), "no device has answered");
        let bring = |at| write(store, move |tx| pairings::claim_device(tx, &code, (&brought(), at)));
        assert!(bring(noon() + seconds(120)).is_none());
        let taken = bring(noon() + seconds(119)).unwrap();
        assert_eq!((taken.state, taken.expires_at), (PairingState::Answered, noon() + seconds(299)));
        assert!(taken.device.is_some() && bring(noon()).is_none());
        let (account, session, now) = by;
        assert!(tried((AccountId::from_bytes([9; 16]), session, now)).is_none());
        assert!(tried((account, SessionId::from_bytes([9; 16]), now)).is_none());
        assert!(tried((account, session, noon() + seconds(299))).is_none());
        for left in [2, 1, 0] {
            let (window, right) = tried(by).unwrap();
            assert_eq!(window.tries_left, left);
            assert!(right.matches(&token("0420")));
        }
        assert!(tried(by).is_none());
    });
}

#[test]
fn an_account_has_one_window_until_it_is_over() {
    both(|store| {
        let words = open_window(store);
        let (id, owner) = words.split_once(' ').unwrap();
        let (id, owner): (PairingId, AccountId) = (id.parse().unwrap(), owner.parse().unwrap());
        let open = || {
            let window = window(owner);
            write(store, move |tx| pairings::insert(tx, &token(&window.id.to_string()), &window))
        };
        assert!(!open());
        let live = || store.read(|reader| pairings::find_live(reader, owner)).unwrap();
        assert_eq!(live().map(|window| window.id), Some(id));
        let closed = (PairingState::Closed, noon());
        assert!(write(store, move |tx| pairings::claim_end(tx, id, closed)));
        assert!(live().is_none() && open() && live().is_some());
        let ended = store.read(|reader| pairings::find(reader, id)).unwrap().unwrap();
        assert_eq!(ended.state, PairingState::Closed);
    });
}

#[test]
fn what_is_over_is_listed_until_that_is_known_and_forgotten_later() {
    both(|store| {
        let id = asked(store);
        let words = open_window(store);
        let (window, _) = words.split_once(' ').unwrap();
        let window: PairingId = window.parse().unwrap();
        let devices =
            |at| store.read(|reader| device_authorizations::list_over(reader, at, 9)).unwrap().len();
        let windows = |at| store.read(|reader| pairings::list_over(reader, at, 9)).unwrap().len();
        assert_eq!((devices(noon() + seconds(599)), windows(noon() + seconds(119))), (0, 0));
        assert_eq!((devices(noon() + seconds(600)), windows(noon() + seconds(120))), (1, 1));
        let end = seen(&id, DeviceState::Asked);
        write(store, move |tx| {
            assert!(device_authorizations::claim_end(
                tx,
                &end,
                (DeviceState::Expired, noon() + seconds(600))
            )?);
            assert!(pairings::claim_end(tx, window, (PairingState::Expired, noon() + seconds(600)))?);
            Ok(())
        });
        assert_eq!((devices(noon() + seconds(999)), windows(noon() + seconds(999))), (0, 0));
        let forgotten = |before| {
            write(store, move |tx| {
                Ok((
                    device_authorizations::delete_ended(tx, before, 9)?,
                    pairings::delete_ended(tx, before, 9)?,
                ))
            })
        };
        assert_eq!(forgotten(noon() + seconds(600)), (0, 0));
        assert_eq!(forgotten(noon() + seconds(601)), (1, 1));
    });
}

#[test]
fn guesses_are_counted_for_whoever_made_them_in_each_period() {
    both(|store| {
        let add =
            |period, who: &'static str| write(store, move |tx| device_guesses::add(tx, period, &token(who)));
        assert_eq!((add(1, "a"), add(1, "a"), add(1, "b"), add(2, "a")), (1, 2, 1, 1));
        write(store, |tx| device_guesses::take_back(tx, 1, &token("a")));
        assert_eq!(add(1, "a"), 2);
        let forget = |before| write(store, move |tx| device_guesses::delete_before(tx, before, 9));
        assert_eq!((forget(1), forget(2)), (0, 2));
        assert_eq!((add(1, "a"), add(2, "a")), (1, 2));
    });
}
