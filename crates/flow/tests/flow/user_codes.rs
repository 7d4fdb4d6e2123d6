//! Devices that show a code (RFC 8628): what a stranger gets by them, and what the person sees; `threats.md` §5.2 rows 20 to
//! 26 and 28.

use flow::device::Held;
use flow::oauth::paces::Paces;
use model::bearer::{Bearer, BearerKind};
use model::device_authorization::DeviceAuthorization;
use model::event::{Actor, EventKind, NotEntered, Subject};
use model::grant::GrantEnd;
use model::nearness::Nearness;
use model::refusal::Refusal;
use proving::client_key::ClientKey;
use wire::oauth::error::ErrorCode;

use crate::at_devices::{at, code_of, home, on_a_device, op, proved, proxy};
use crate::providing::{Op, payload, text};
use crate::sim::{DAYS, MINUTE, SECOND};

#[test]
fn a_device_waits_at_its_pace_and_gets_what_the_person_allowed() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let begun =
        op.device_asks(("tv", "scope=openid+read&device_kind=television"), Some(&mut key), home()).unwrap();
    assert_eq!((begun["expires_in"].as_u64(), begun["interval"].as_u64()), (Some(600), Some(5)));
    let (user_code, device_code) = (text(&begun, "user_code"), text(&begun, "device_code"));
    assert_eq!((user_code.len(), &user_code[4..5]), (9, "-"));
    assert_eq!(
        text(&begun, "verification_uri_complete"),
        format!("https://id.example.org/device?user_code={user_code}")
    );

    let mut poll = |op: &mut Op, seconds: u64| {
        op.sim.advance(SECOND * u32::try_from(seconds).unwrap());
        op.polls("tv", device_code, (Some(&mut key), home()))
    };
    assert_eq!(code_of(&poll(&mut op, 5)), Some(ErrorCode::AuthorizationPending));
    assert_eq!(code_of(&poll(&mut op, 5)), Some(ErrorCode::AuthorizationPending));
    assert_eq!(code_of(&poll(&mut op, 1)), Some(ErrorCode::SlowDown));
    // The longer interval is kept, for this device and all its polls.
    assert_eq!(code_of(&poll(&mut op, 5)), Some(ErrorCode::SlowDown));
    assert_eq!(code_of(&poll(&mut op, 15)), Some(ErrorCode::AuthorizationPending));

    let entered = op.types(&anna, &user_code.to_lowercase(), home()).unwrap();
    let before = op.before(&anna, &entered);
    assert_eq!(
        (before.device.scopes.to_string().as_str(), before.device.kind.name()),
        ("openid read", "television")
    );
    assert_eq!(code_of(&poll(&mut op, 15)), Some(ErrorCode::AuthorizationPending), "typing is no answer");
    let anna = proved(&op, &anna);
    assert_eq!(op.allows(&anna, &before, home()), Ok(Nearness::Nearby));
    let got = poll(&mut op, 1).unwrap();
    assert_eq!((text(&got, "token_type"), text(&got, "scope")), ("DPoP", "openid read"));
    assert!(got["refresh_token"].is_null(), "offline_access was not asked for");
    assert!(
        payload(text(&got, "id_token"))["sid"].is_null(),
        "the session is the person's, not the device's"
    );
    let told = op.introspect("web", text(&got, "access_token"));
    assert_eq!(told["active"], false, "it is for another");
    assert_eq!(
        op.kinds_since(10),
        [
            "device_asked",
            "device_asked",
            "device_code_entered",
            "device_approved",
            "grant_given",
            "tokens_issued"
        ]
    );
}

#[test]
fn both_ends_stand_on_the_owners_record_as_two_actors() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    op.let_in(&anna, &mut key, (home(), proxy())).unwrap();
    let own = Subject::Account(anna.account.id);
    let events = op.sim.events();
    let of = |wanted: &str| {
        events.iter().rfind(|event| event.kind.name() == wanted && event.subject == own).unwrap().clone()
    };
    for (name, actor, from) in [
        ("device_asked", Actor::Client, proxy()),
        ("device_code_entered", Actor::Owner, home()),
        ("device_approved", Actor::Owner, home()),
        ("tokens_issued", Actor::Client, proxy()),
    ] {
        let event = of(name);
        assert_eq!((event.actor, event.source.unwrap().address), (actor, from.address), "{name}");
        assert_eq!(event.session.is_some(), actor == Actor::Owner, "{name}");
    }
    let EventKind::DeviceAsked { asked_at, .. } = of("device_asked").kind else { unreachable!() };
    assert!(asked_at.is_some());
}

#[test]
fn row_20_a_client_that_nobody_named_cannot_begin_with_a_code_of_its_own() {
    let (mut op, mut key) = op();
    for client in ["terminal", "app"] {
        let got = op.device_asks((client, ""), Some(&mut key), home());
        assert_eq!(code_of(&got), Some(ErrorCode::UnauthorizedClient), "{client}");
    }
    for wider in ["scope=email", "scope=openid+write"] {
        let got = op.device_asks(("tv", wider), Some(&mut key), home());
        assert_eq!(code_of(&got), Some(ErrorCode::InvalidScope), "{wider}");
    }
    let got = op.device_asks(("tv", "resource=https%3A%2F%2Fother.example"), Some(&mut key), home());
    assert_eq!(code_of(&got), Some(ErrorCode::InvalidTarget));
    // One that may no longer, once its code is typed: nothing comes of it, and nothing is said.
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    op.register(on_a_device("tv", ""));
    let anna = op.person("anna@example.com", 1);
    let typed = op.types(&anna, text(&begun, "user_code"), home());
    assert_eq!(typed.err(), Some(Refusal::UserCodeUnknown));
    let polled = op.polls("tv", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied));
}

/// What a lure gets that sends a code to somebody who is signed in, when they do what it says: nothing that passes for theirs.
#[test]
fn row_20_a_static_lure_comes_of_age_only_as_a_device_elsewhere() {
    let (mut op, mut kit) = op();
    let anna = op.person("anna@example.com", 1);
    let lure = op.device_asks(("tv", ""), Some(&mut kit), proxy()).unwrap();
    op.sim.advance(MINUTE * 11);
    let late = op.types(&anna, text(&lure, "user_code"), home());
    assert_eq!(late.err(), Some(Refusal::UserCodeUnknown), "its time has passed");
    let got = op.let_in(&anna, &mut kit, (home(), proxy())).unwrap();
    op.change("tv", |tv| tv.client.user_code_scopes = tv.client.scopes.clone());
    let grant =
        op.sim.store.read(|reader| store::grants::list(reader, anna.account.id, 9)).unwrap().remove(0);
    assert_eq!(grant.grant.context, Some(Nearness::Elsewhere));
    assert_eq!(text(&got, "scope"), "openid", "and is left little until she confirms it");
}

#[test]
fn row_22_what_was_typed_in_one_browser_is_nothing_in_another() {
    let (mut op, mut key) = op();
    let (anna, ben) = (op.person("anna@example.com", 1), op.person("ben@example.com", 2));
    let again = op.person("anna@example.com", 3);
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    let before = op.before(&anna, &entered);
    // Without the secret of the browser that typed it there is nothing; with it, nothing in another session.
    let mut guessed = entered.clone();
    guessed.secret[0] ^= 1;
    assert!(matches!(op.held(&anna, &guessed), Held::Nothing));
    for other in [&ben, &again] {
        assert!(matches!(op.held(other, &entered), Held::Elsewhere(account) if account == anna.account.id));
        let other = proved(&op, other);
        op.sim.advance(SECOND);
        let other_proved = proved(&op, &other);
        assert_eq!(op.allows(&other_proved, &before, home()), Err(Refusal::DeviceGone));
        assert_eq!(op.denies(&other_proved, &before, home()), Err(Refusal::DeviceGone));
    }
    let account = anna.account.id;
    let said = op.sim.write(move |tx, cx| flow::device::refuse_foreign(tx, cx, (account, proxy())));
    assert_eq!(said, Err(Refusal::DeviceGone));
    let foreign = |kind: &EventKind| {
        matches!(kind, EventKind::DeviceCodeRefused { because: NotEntered::ForeignBrowser })
    };
    assert_eq!(op.count(foreign), 1);
    // Nobody else can type it, of whatever tenant.
    assert_eq!(op.types(&ben, text(&begun, "user_code"), home()).err(), Some(Refusal::UserCodeUnknown));
    // The one who typed it still can say no, and that is the end of it.
    assert_eq!(op.denies(&anna, &before, home()), Ok(()));
    let anna = proved(&op, &anna);
    assert_eq!(op.allows(&anna, &before, home()), Err(Refusal::DeviceGone));
    let polled = op.polls("tv", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied));
}

#[test]
fn row_24_being_signed_in_is_no_answer_and_an_older_proof_neither() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    let before = op.before(&anna, &entered);
    // She signed in a moment ago: before she typed it, so that nobody could be meant by it but herself.
    assert_eq!(op.allows(&anna, &before, home()), Err(Refusal::DeviceUnproved));
    op.sim.advance(SECOND);
    assert_eq!(op.allows(&anna, &before, home()), Err(Refusal::DeviceUnproved));
    let polled = op.polls("tv", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AuthorizationPending));
    let anna = proved(&op, &anna);
    assert_eq!(op.allows(&anna, &before, home()), Ok(Nearness::Nearby));
    assert_eq!(op.allows(&anna, &before, home()), Err(Refusal::DeviceGone), "once");
}

#[test]
fn row_25_the_place_where_it_was_seen_last_counts_as_much_as_the_first() {
    let mobile = at("2a01:4f8:1:2::7");
    let carrier = at("100.64.3.9");
    for (person, asked, polled, fetched, is) in [
        (home(), home(), home(), home(), Nearness::Nearby),
        (home(), proxy(), home(), home(), Nearness::Elsewhere),
        (home(), home(), proxy(), home(), Nearness::Elsewhere),
        (home(), home(), home(), proxy(), Nearness::Elsewhere),
        (mobile, home(), home(), home(), Nearness::Unknown),
        (mobile, at("2a01:4f8:1:2::99"), mobile, mobile, Nearness::Nearby),
        (carrier, carrier, carrier, carrier, Nearness::Unknown),
        (home(), home(), home(), mobile, Nearness::Unknown),
    ] {
        let (mut op, mut key) = op();
        let anna = op.person("anna@example.com", 1);
        let begun = op.device_asks(("tv", ""), Some(&mut key), asked).unwrap();
        let device_code = text(&begun, "device_code").to_owned();
        let pending = op.polls("tv", &device_code, (Some(&mut key), polled));
        assert_eq!(code_of(&pending), Some(ErrorCode::AuthorizationPending));
        let entered = op.types(&anna, text(&begun, "user_code"), person).unwrap();
        op.sim.advance(SECOND * 6);
        let anna = proved(&op, &anna);
        let before = op.before(&anna, &entered);
        let answered = op.allows(&anna, &before, person).unwrap();
        let got = op.polls("tv", &device_code, (Some(&mut key), fetched)).unwrap();
        op.change("tv", |tv| {
            tv.client.authentication =
                wire::oauth::client_authentication::AuthenticationMethod::ClientSecretPost
        });
        let told = op.introspect("tv", text(&got, "access_token"));
        let said = (text(&told, "origin_flow"), text(&told, "origin_ctx"));
        assert_eq!(said, ("device", is.code()), "{person:?} {asked:?} {polled:?} {fetched:?}");
        let moved = op.count(|kind| matches!(kind, EventKind::DeviceMoved { .. }));
        assert_eq!(moved, usize::from(answered != is));
    }
}

/// What came about on a device says so for as long as it lives, and never becomes more.
#[test]
fn row_26_its_origin_sticks_to_every_token_for_thirty_days_and_nothing_widens_it() {
    let (mut op, mut key) = op();
    let mut tv = on_a_device("tv", "read offline_access");
    tv.client.authentication = wire::oauth::client_authentication::AuthenticationMethod::ClientSecretPost;
    op.register(tv);
    let anna = op.person("anna@example.com", 1);
    let mut got = op.let_in(&anna, &mut key, (home(), proxy())).unwrap();
    let grant =
        op.sim.store.read(|reader| store::grants::list(reader, anna.account.id, 9)).unwrap().remove(0).grant;
    op.sim.advance(SECOND);
    let by = proved(&op, &anna);
    let id = grant.id;
    op.sim.write(move |tx, cx| flow::provisional::confirm(tx, cx, &by, (id, home()))).unwrap();
    for day in 0..29 {
        for token in ["access_token", "refresh_token"] {
            let told = op.introspect("tv", text(&got, token));
            assert_eq!(
                (text(&told, "origin_flow"), text(&told, "origin_ctx")),
                ("device", "elsewhere"),
                "day {day}"
            );
        }
        op.sim.advance(DAYS);
        let refresh = text(&got, "refresh_token").to_owned();
        let proof = op.dpop(&mut key, "/oauth/token", None);
        let wider = op.token(
            "tv",
            &format!("grant_type=refresh_token&refresh_token={refresh}&scope=write"),
            Some(&proof),
        );
        assert_eq!(code_of(&wider), Some(ErrorCode::InvalidScope));
        let proof = op.dpop(&mut key, "/oauth/token", None);
        got = op.refresh("tv", &refresh, Some(&proof)).unwrap();
    }
    op.sim.now = grant.expires_at;
    let proof = op.dpop(&mut key, "/oauth/token", None);
    let over = op.refresh("tv", text(&got, "refresh_token"), Some(&proof));
    assert_eq!(code_of(&over), Some(ErrorCode::InvalidGrant));
}

#[test]
fn row_26_signed_tokens_say_it_as_well() {
    let (mut op, mut key) = op();
    let mut tv = on_a_device("tv", "read");
    tv.client.token_format = model::client::TokenFormat::Jwt;
    op.register(tv);
    let anna = op.person("anna@example.com", 1);
    let got = op.let_in(&anna, &mut key, (home(), home())).unwrap();
    let claims = payload(text(&got, "access_token"));
    assert_eq!((text(&claims, "origin_flow"), text(&claims, "origin_ctx")), ("device", "nearby"));
}

#[test]
fn row_28_codes_are_guessed_five_times_in_ten_minutes_and_others_are_not_shut_out() {
    let (mut op, mut key) = op();
    let (anna, ben) = (op.person("anna@example.com", 1), op.person("ben@example.com", 2));
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let user_code = text(&begun, "user_code");
    assert_eq!(op.types(&anna, "not a code", home()).err(), Some(Refusal::CodeMalformed));
    for _ in 0..5 {
        assert_eq!(op.types(&anna, "BCDF-GHJK", home()).err(), Some(Refusal::UserCodeUnknown));
    }
    let Some(Refusal::GuessesHeldBack { until }) = op.types(&anna, user_code, home()).err() else { panic!() };
    for _ in 0..200 {
        assert_eq!(op.types(&anna, "BCDF-GHJK", home()).err(), Some(Refusal::GuessesHeldBack { until }));
    }
    let held = |kind: &EventKind| matches!(kind, EventKind::DevicesHeldBack { .. });
    assert_eq!(op.count(held), 1, "told once");
    let refused = |kind: &EventKind| matches!(kind, EventKind::DeviceCodeRefused { .. });
    assert_eq!(op.count(refused), 5);
    // What is right is no guess, however often.
    for _ in 0..8 {
        let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
        assert!(op.types(&ben, text(&begun, "user_code"), home()).is_ok());
    }
    op.sim.now = until;
    assert_eq!(
        op.types(&anna, "BCDF-GHJK", home()).err(),
        Some(Refusal::UserCodeUnknown),
        "another ten minutes"
    );
}

#[test]
fn row_28_a_network_and_all_together_have_their_caps() {
    let (mut op, _) = op();
    let people: Vec<_> = (0..26).map(|n| op.person(&format!("p{n}@example.com"), n + 1)).collect();
    let mut guesses = |from: &dyn Fn(usize) -> String| {
        let (mut compared, mut left) = (0, 0);
        for (n, person) in people.iter().enumerate() {
            for _ in 0..5 {
                match op.types(person, "BCDF-GHJK", at(&from(n))).err() {
                    Some(Refusal::UserCodeUnknown) => compared += 1,
                    Some(Refusal::GuessesHeldBack { .. }) => left += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
        op.sim.advance(MINUTE * 10);
        (compared, left)
    };
    assert_eq!(guesses(&|_| "93.184.216.34".to_owned()), (20, 110), "one network");
    assert_eq!(guesses(&|n| format!("2a01:4f8:1:2::{n}")), (20, 110), "one /64");
    assert_eq!(guesses(&|n| format!("2a01:4f8:1:{n}::1")), (100, 30), "many networks");
    let everywhere = |kind: &EventKind| matches!(kind, EventKind::DevicesHeldBack { everywhere: true, .. });
    assert_eq!(op.count(everywhere), 1);
}

#[test]
fn devices_that_ask_are_bounded_too() {
    let (mut op, mut key) = op();
    for _ in 0..20 {
        assert!(op.device_asks(("tv", ""), Some(&mut key), home()).is_ok());
    }
    assert_eq!(code_of(&op.device_asks(("tv", ""), Some(&mut key), home())), Some(ErrorCode::SlowDown));
    assert!(op.device_asks(("tv", ""), Some(&mut key), proxy()).is_ok());
}

#[test]
fn a_device_code_is_bound_to_its_key_and_its_client_and_used_once() {
    let (mut op, mut key) = op();
    op.register(on_a_device("tv2", "read"));
    let anna = op.person("anna@example.com", 1);
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let code = text(&begun, "device_code").to_owned();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    op.sim.advance(SECOND);
    let anna = proved(&op, &anna);
    let before = op.before(&anna, &entered);
    op.allows(&anna, &before, home()).unwrap();
    let mut other = ClientKey::new().unwrap();
    assert_eq!(code_of(&op.polls("tv", &code, (None, home()))), Some(ErrorCode::InvalidDpopProof));
    assert_eq!(
        code_of(&op.polls("tv", &code, (Some(&mut other), home()))),
        Some(ErrorCode::InvalidDpopProof)
    );
    assert_eq!(code_of(&op.polls("tv2", &code, (Some(&mut key), home()))), Some(ErrorCode::InvalidGrant));
    for wrong in ["", "bidden_dc_x", &code.replace("bidden_dc_", "bidden_ac_"), &format!("{code}x")] {
        if !wrong.is_empty() {
            let got = op.polls("tv", wrong, (Some(&mut key), home()));
            assert_eq!(code_of(&got), Some(ErrorCode::InvalidGrant), "{wrong}");
        }
    }
    let got = op.polls("tv", &code, (Some(&mut key), home())).unwrap();
    let refresh = text(&got, "refresh_token").to_owned();
    // Twice: somebody else has it, or the answer was lost. Nothing of it stays.
    assert_eq!(code_of(&op.polls("tv", &code, (Some(&mut key), home()))), Some(ErrorCode::InvalidGrant));
    let proof = op.dpop(&mut key, "/oauth/token", None);
    assert_eq!(code_of(&op.refresh("tv", &refresh, Some(&proof))), Some(ErrorCode::InvalidGrant));
    assert_eq!(crate::tokens::ends(&op), [GrantEnd::CodeReplayed]);
}

#[test]
fn without_a_key_a_device_gets_no_refresh_token() {
    let (mut op, _) = op();
    let anna = op.person("anna@example.com", 1);
    let begun = op.device_asks(("tv", ""), None, home()).unwrap();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    op.sim.advance(SECOND);
    let anna = proved(&op, &anna);
    let before = op.before(&anna, &entered);
    op.allows(&anna, &before, home()).unwrap();
    let got = op.polls("tv", text(&begun, "device_code"), (None, home())).unwrap();
    assert_eq!(text(&got, "token_type"), "Bearer");
    assert!(got["refresh_token"].is_null());
}

#[test]
fn a_device_that_listens_to_nobody_is_not_listened_to_any_more() {
    let (mut op, mut key) = op();
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let code = text(&begun, "device_code").to_owned();
    assert_eq!(
        code_of(&op.polls("tv", &code, (Some(&mut key), home()))),
        Some(ErrorCode::AuthorizationPending)
    );
    let mut said = Vec::new();
    for _ in 0..13 {
        op.sim.advance(SECOND);
        said.push(code_of(&op.polls("tv", &code, (Some(&mut key), home()))).unwrap());
    }
    assert_eq!(said[..11], [ErrorCode::SlowDown; 11]);
    assert_eq!(said[11..], [ErrorCode::ExpiredToken; 2]);
    assert_eq!(op.count(|kind| matches!(kind, EventKind::DevicePolledOut { .. })), 1);
    let anna = op.person("anna@example.com", 1);
    assert_eq!(op.types(&anna, text(&begun, "user_code"), home()).err(), Some(Refusal::UserCodeUnknown));
}

/// What the store keeps of the device with this code.
fn kept(op: &Op, code: &str) -> DeviceAuthorization {
    let bearer = Bearer::read(BearerKind::DeviceCode, code).unwrap();
    let digest = bearer.digest(op.sim.store.keys());
    let found = op.sim.store.read(|reader| store::device_authorizations::find_by_code(reader, &digest));
    found.unwrap().unwrap().device
}

#[test]
fn a_device_that_waits_costs_no_write_and_is_heard_at_its_pace() {
    let (mut op, _) = op();
    let begun = op.device_asks(("tv", ""), None, home()).unwrap();
    let code = text(&begun, "device_code").to_owned();
    let poll = |op: &mut Op, seconds: u32, from| {
        op.sim.advance(SECOND * seconds);
        code_of(&op.polls("tv", &code, (None, from)))
    };
    assert_eq!(poll(&mut op, 5, home()), Some(ErrorCode::AuthorizationPending));
    assert_eq!(poll(&mut op, 5, home()), Some(ErrorCode::AuthorizationPending));
    assert_eq!(poll(&mut op, 1, home()), Some(ErrorCode::SlowDown));
    assert_eq!(poll(&mut op, 5, home()), Some(ErrorCode::SlowDown), "ten seconds by now");
    assert_eq!(kept(&op, &code).polled_at, None, "nothing was written");

    // From elsewhere it is: where a device was seen last decides what its grant is worth. The pace goes along.
    assert_eq!(poll(&mut op, 5, proxy()), Some(ErrorCode::SlowDown));
    let device = kept(&op, &code);
    assert_eq!((device.polled_from, device.polled_at), (proxy().address, Some(op.sim.now)));
    assert_eq!(device.interval, SECOND * 20);
    assert_eq!(poll(&mut op, 20, proxy()), Some(ErrorCode::AuthorizationPending));
    assert_eq!(poll(&mut op, 20, home()), Some(ErrorCode::AuthorizationPending));
    assert_eq!(kept(&op, &code).polled_from, home().address);
    // Another node counts for itself, and knows what was written.
    op.paces = Paces::default();
    assert_eq!(poll(&mut op, 1, home()), Some(ErrorCode::SlowDown));

    // Who listens to nobody is not listened to any more: that is written, and stands on the record.
    let said: Vec<_> = (0..9).map(|_| poll(&mut op, 1, home()).unwrap()).collect();
    assert_eq!(said[..7], [ErrorCode::SlowDown; 7]);
    assert_eq!(said[7..], [ErrorCode::ExpiredToken; 2]);
    assert_eq!(op.count(|kind| matches!(kind, EventKind::DevicePolledOut { .. })), 1);
}

#[test]
fn what_nobody_answered_or_fetched_ends_on_the_record() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let _ = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let entered = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    op.types(&anna, text(&entered, "user_code"), home()).unwrap();
    let approved = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    op.sim.advance(MINUTE * 9 + SECOND * 50);
    let last = op.types(&anna, text(&approved, "user_code"), home()).unwrap();
    op.sim.advance(SECOND);
    let proved = proved(&op, &anna);
    let before = op.before(&proved, &last);
    op.allows(&proved, &before, home()).unwrap();
    op.sim.advance(SECOND * 30);
    op.sim.sweep();
    let expired = |wanted: bool| move |kind: &EventKind| matches!(kind, EventKind::DeviceExpired { approved, .. } if *approved == wanted);
    assert_eq!((op.count(expired(false)), op.count(expired(true))), (2, 0));
    op.sim.advance(SECOND * 30);
    op.sim.sweep();
    assert_eq!((op.count(expired(false)), op.count(expired(true))), (2, 1));
    assert_eq!(crate::tokens::ends(&op), [GrantEnd::Unfetched]);
    let got = op.polls("tv", text(&approved, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&got), Some(ErrorCode::ExpiredToken));
    let own = Subject::Account(anna.account.id);
    let mine = op
        .sim
        .events()
        .into_iter()
        .filter(|event| event.kind.name() == "device_expired" && event.subject == own);
    assert_eq!(mine.count(), 2, "the one that nobody typed concerns nobody");
    op.sim.advance(DAYS * 2);
    op.sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    let got = op.polls("tv", text(&approved, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&got), Some(ErrorCode::InvalidGrant), "it is forgotten");
}

#[test]
fn a_device_stays_when_the_browser_is_signed_out_and_goes_when_the_account_is_locked() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let got = op.let_in(&anna, &mut key, (home(), home())).unwrap();
    let (visitor, id) = (anna.clone(), anna.session.id);
    op.sim.write(move |tx, cx| flow::session::end(tx, cx, &visitor, id, home())).unwrap();
    let proof = op.dpop(&mut key, "/oauth/token", None);
    let got = op.refresh("tv", text(&got, "refresh_token"), Some(&proof)).unwrap();
    let account = anna.account.id;
    let lock = flow::account::Change::Lock;
    op.sim.write(move |tx, cx| flow::account::change(tx, cx, account, lock)).unwrap();
    let proof = op.dpop(&mut key, "/oauth/token", None);
    let over = op.refresh("tv", text(&got, "refresh_token"), Some(&proof));
    assert_eq!(code_of(&over), Some(ErrorCode::InvalidGrant));
}

#[test]
fn an_answer_in_a_session_that_has_ended_is_none() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let begun = op.device_asks(("tv", ""), Some(&mut key), home()).unwrap();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    op.sim.advance(SECOND);
    let proved = proved(&op, &anna);
    let before = op.before(&proved, &entered);
    let (visitor, id) = (anna.clone(), anna.session.id);
    op.sim.write(move |tx, cx| flow::session::end(tx, cx, &visitor, id, home())).unwrap();
    assert_eq!(op.allows(&proved, &before, home()), Err(Refusal::SessionUnknown));
    let got = op.polls("tv", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&got), Some(ErrorCode::AuthorizationPending));
}
