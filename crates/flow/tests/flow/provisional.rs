//! What came about elsewhere: worth less until its owner confirmed it, or two mailboxes were told and nobody objected.

use flow::oauth::authorize::Due;
use flow::provisional::{self, Link};
use flow::session::{self, Visitor};
use model::event::{Actor, AddressKind, EventKind};
use model::grant::GrantEnd;
use model::id::{AccountId, GrantId, SessionId};
use model::nearness::Nearness;
use model::notice::What;
use model::refusal::Refusal;
use model::time::Time;
use proptest::prelude::*;
use proving::client_key::ClientKey;
use serde_json::Value;
use wire::oauth::error::ErrorCode;

use crate::at_devices::{at, code_of, home, on_a_device, op, proved, proxy};
use crate::providing::{Got, Op, VERIFIER, text, value};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Told, source};

/// Another mailbox of the account, that was confirmed at that time.
fn mailbox(op: &mut Op, by: &Visitor, shown: &'static str, confirmed_at: Time) {
    mailbox_of(op, by.account.id, (shown, confirmed_at, None));
}

/// The same, added in that session.
pub(crate) fn mailbox_of(
    op: &mut Op,
    account: AccountId,
    (shown, confirmed_at, session): (&'static str, Time, Option<SessionId>),
) {
    let it = op.sim.address(shown);
    let new = store::addresses::Kept {
        identity: it.identity(),
        destination: it.destination(),
        kind: AddressKind::Mail,
        shown: shown.to_owned(),
        main: false,
        sign_in: true,
        confirmed_at,
        session,
    };
    op.sim.write(move |tx, _| {
        assert!(store::addresses::claim_insert(tx, account, &new)?);
        Ok(tx.unrecorded("a test", ()))
    });
}

/// A provider with a television that proves itself, and somebody who has had the account for three days.
fn setting() -> (Op, ClientKey, Visitor) {
    let (mut op, key) = op();
    let mut tv = on_a_device("tv", "openid read offline_access");
    tv.client.authentication = wire::oauth::client_authentication::AuthenticationMethod::ClientSecretPost;
    op.register(tv);
    op.person("anna@example.com", 1);
    op.sim.advance(DAYS * 3);
    let anna = op.person("anna@example.com", 1);
    (op, key, anna)
}

fn grants(op: &Op, by: &Visitor) -> Vec<model::grant::Grant> {
    let all = op.sim.store.read(|reader| store::grants::list(reader, by.account.id, 99)).unwrap();
    all.into_iter().map(|kept| kept.grant).collect()
}

fn confirm(op: &mut Op, by: &Visitor, grant: GrantId) -> Result<(), Refusal> {
    let by = by.clone();
    op.sim.write(move |tx, cx| provisional::confirm(tx, cx, &by, (grant, home())))
}

fn refresh(op: &mut Op, key: &mut ClientKey, got: &Value) -> Got {
    let proof = op.dpop(key, "/oauth/token", None);
    op.refresh("tv", text(got, "refresh_token"), Some(&proof))
}

/// The link of a notice.
fn link(told: &Told) -> Link {
    let path = told.link.as_deref().unwrap().strip_prefix("/app/").unwrap();
    let (id, secret) = wire::token::decode_pair(path).unwrap();
    (GrantId::from_bytes(id), secret)
}

/// What was told of a grant elsewhere.
fn told(op: &mut Op) -> Vec<Told> {
    let all = op.sim.post().notices;
    all.into_iter().filter(|told| matches!(told.notice.what, What::GrantElsewhere { .. })).collect()
}

#[test]
fn row_26_a_device_elsewhere_is_left_little_until_its_owner_confirms_it() {
    let (mut op, mut tv, anna) = setting();
    let got = op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
    assert_eq!(text(&got, "scope"), "openid");
    for token in ["access_token", "refresh_token"] {
        let told = op.introspect("tv", text(&got, token));
        assert_eq!((text(&told, "scope"), &told["provisional"]), ("openid", &Value::Bool(true)));
    }
    let got = refresh(&mut op, &mut tv, &got).unwrap();
    assert_eq!(text(&got, "scope"), "openid", "being refreshed makes it no surer");
    let grant = grants(&op, &anna).remove(0);
    op.sim.advance(SECOND);
    let anna = proved(&op, &anna);
    assert_eq!(confirm(&mut op, &anna, grant.id), Ok(()));
    let before = op.introspect("tv", text(&got, "access_token"));
    assert_eq!(text(&before, "scope"), "openid", "a token that is out does not grow");
    let whole = refresh(&mut op, &mut tv, &got).unwrap();
    assert_eq!(text(&whole, "scope"), "offline_access openid read");
    let told = op.introspect("tv", text(&whole, "access_token"));
    assert_eq!((&told["provisional"], text(&told, "origin_ctx")), (&Value::Null, "elsewhere"));
    op.sim.advance(DAYS * 6);
    assert!(refresh(&mut op, &mut tv, &whole).is_ok(), "and it lives as long as others");
    let events = op.sim.events();
    let confirmed = events.iter().find(|event| event.kind.name() == "grant_confirmed").unwrap();
    assert_eq!((confirmed.actor, confirmed.session), (Actor::Owner, Some(anna.session.id)));
}

#[test]
fn row_31_a_provisional_grant_lies_unused_for_an_hour_at_the_most() {
    let (mut op, mut tv, anna) = setting();
    let mut got = op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
    for _ in 0..3 {
        op.sim.advance(MINUTE * 59);
        got = refresh(&mut op, &mut tv, &got).unwrap();
    }
    op.sim.advance(HOUR);
    assert_eq!(code_of(&refresh(&mut op, &mut tv, &got)), Some(ErrorCode::InvalidGrant));
    op.sim.sweep();
    let ended = |kind: &EventKind| matches!(kind, EventKind::GrantEnded { why: GrantEnd::Idle, .. });
    assert_eq!((op.count(ended), grants(&op, &anna).len()), (1, 0));
}

#[test]
fn what_is_nearby_is_whole_from_the_start_and_told_all_the_same() {
    let (mut op, mut tv, anna) = setting();
    let got = op.let_in(&anna, &mut tv, (home(), home())).unwrap();
    assert_eq!(text(&got, "scope"), "offline_access openid read");
    let told = told(&mut op);
    assert_eq!(told.len(), 1);
    let what = What::GrantElsewhere { device: true, client: None, nearness: Nearness::Nearby };
    assert_eq!(told[0].notice.what, what);
    assert!(told[0].link.is_some());
}

/// Refreshes every half hour until `hours` have passed; the last answer.
fn live(op: &mut Op, tv: &mut ClientKey, mut got: Value, hours: u32) -> Value {
    for _ in 0..hours * 2 {
        op.sim.advance(HOUR / 2);
        got = refresh(op, tv, &got).unwrap();
    }
    got
}

#[test]
fn a_day_of_silence_counts_once_two_mailboxes_were_told() {
    let (mut op, mut tv, anna) = setting();
    let (old, now) = (anna.account.opened_at, op.sim.now);
    mailbox(&mut op, &anna, "anna@work.example", old);
    mailbox(&mut op, &anna, "anna@young.example", now);
    let got = op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
    // The mails leave three hours late: the day begins then.
    let got = live(&mut op, &mut tv, got, 3);
    assert_eq!(told(&mut op).len(), 3);
    let got = live(&mut op, &mut tv, got, 23);
    assert_eq!(text(&got, "scope"), "openid");
    let got = live(&mut op, &mut tv, got, 1);
    assert_eq!(text(&got, "scope"), "offline_access openid read");
    assert_eq!(grants(&op, &anna)[0].context, Some(Nearness::Elsewhere));
}

#[test]
fn silence_says_nothing_where_one_mailbox_was_told_or_none_or_a_new_one() {
    for (others, posted) in [(vec![], true), (vec![("anna@young.example", true)], true), (vec![], false)] {
        let (mut op, mut tv, anna) = setting();
        let now = op.sim.now;
        for (shown, young) in others {
            let at = if young { now } else { anna.account.opened_at };
            mailbox(&mut op, &anna, shown, at);
        }
        if !posted {
            let old = anna.account.opened_at;
            mailbox(&mut op, &anna, "anna@work.example", old);
        }
        let got = op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
        if posted {
            assert!(!told(&mut op).is_empty());
        }
        let got = live(&mut op, &mut tv, got, 50);
        assert_eq!(text(&got, "scope"), "openid");
    }
}

#[test]
fn row_40_whoever_got_the_notice_ends_that_grant_and_nothing_else() {
    let (mut op, mut tv, anna) = setting();
    let first = op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
    let theirs = told(&mut op).remove(0);
    op.let_in(&anna, &mut tv, (home(), home())).unwrap();
    let ours = told(&mut op).remove(0);
    let (cx, own) = (op.sim.cx(), link(&theirs));
    let found = provisional::find_by_link(&op.sim.store, &cx, &own).unwrap().unwrap();
    assert_eq!((found.kept.grant.id, grants(&op, &anna).len()), (own.0, 2), "looking changes nothing");
    // Another grant's secret, and no secret.
    for wrong in [(own.0, link(&ours).1), (own.0, [0; 16]), (link(&ours).0, own.1)] {
        assert!(provisional::find_by_link(&op.sim.store, &cx, &wrong).unwrap().is_none());
        let said = op.sim.write(move |tx, cx| provisional::not_mine(tx, cx, &wrong, source(9)));
        assert_eq!(said, Err(Refusal::LinkUnknown));
    }
    assert_eq!(op.sim.write(move |tx, cx| provisional::not_mine(tx, cx, &own, source(9))), Ok(()));
    let again = op.sim.write(move |tx, cx| provisional::not_mine(tx, cx, &own, source(9)));
    assert_eq!(again, Err(Refusal::LinkUnknown));
    assert_eq!(grants(&op, &anna).iter().map(|grant| grant.id).collect::<Vec<_>>(), [link(&ours).0]);
    assert!(refresh(&mut op, &mut tv, &first).is_err());
    let cx = op.sim.cx();
    let (id, kept) = (anna.session.id, op.sim.store.read(|r| store::sessions::find(r, anna.session.id)));
    assert!(
        kept.unwrap()
            .is_some_and(|(session, _)| session.id == id && session.over(cx.now, &cx.policy).is_none())
    );
    let events = op.sim.events();
    let theirs = |kind: &EventKind| matches!(kind, EventKind::GrantEnded { why: GrantEnd::NotMine, .. });
    let ended: Vec<_> = events.iter().filter(|event| theirs(&event.kind)).collect();
    assert_eq!((ended.len(), ended[0].actor), (1, Actor::Recipient));
}

#[test]
fn row_26_it_is_confirmed_by_its_owner_in_a_known_browser_by_a_new_proof_and_by_nobody_else() {
    let (mut op, mut tv, anna) = setting();
    op.let_in(&anna, &mut tv, (home(), proxy())).unwrap();
    let grant = grants(&op, &anna).remove(0).id;
    // The proof by which the device was let in is older than the grant, or as old.
    let stale = Visitor { session: anna.session.clone(), ..anna.clone() };
    assert_eq!(confirm(&mut op, &stale, grant), Err(Refusal::DeviceUnproved));
    // Whoever signed in in another browser a moment ago.
    let intruder = op.person("anna@example.com", 66);
    op.sim.advance(SECOND);
    let intruder = proved(&op, &intruder);
    assert_eq!(confirm(&mut op, &intruder, grant), Err(Refusal::BrowserNew));
    let ben = op.person("ben@example.com", 2);
    let ben = proved(&op, &ben);
    assert_eq!(confirm(&mut op, &ben, grant), Err(Refusal::GrantUnknown));
    let anna = proved(&op, &anna);
    assert_eq!(confirm(&mut op, &anna, grant), Ok(()));
    assert_eq!(confirm(&mut op, &anna, grant), Ok(()), "twice is no error, and no second event");
    assert_eq!(op.count(|kind| matches!(kind, EventKind::GrantConfirmed { .. })), 1);
    op.sim.advance(DAYS * 8);
    op.sim.sweep();
    assert_eq!(
        confirm(&mut op, &anna, grant),
        Err(Refusal::GrantUnknown),
        "what has ended is confirmed by nobody"
    );
}

/// A code for the loopback that is redeemed at `from`.
fn on_the_loopback(op: &mut Op, by: &Visitor, key: &mut ClientKey, from: model::source::Source) -> Got {
    let code = op.code("app", "scope=openid+email+offline_access", by);
    let proof = op.dpop(key, "/oauth/token", None);
    let more = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier={VERIFIER}"
    );
    op.token_from("app", &more, Some(&proof), from)
}

#[test]
fn row_35_a_code_for_the_loopback_that_comes_from_elsewhere_is_worth_little() {
    for (from, is) in [
        (home(), Nearness::Nearby),
        (proxy(), Nearness::Elsewhere),
        (at("2a01:4f8:1:2::1"), Nearness::Unknown),
        (source(1), Nearness::Unknown),
    ] {
        let (mut op, mut key, anna) = setting();
        let got = on_the_loopback(&mut op, &anna, &mut key, from).unwrap();
        let grant = grants(&op, &anna).remove(0);
        assert_eq!(grant.context, Some(is));
        let near = is == Nearness::Nearby;
        assert_eq!(text(&got, "scope"), if near { "email offline_access openid" } else { "openid" });
        assert_eq!(op.count(|kind| matches!(kind, EventKind::ClientElsewhere { .. })), usize::from(!near));
        let told = told(&mut op);
        assert_eq!(told.len(), usize::from(!near));
        if let Some(told) = told.first() {
            let what = What::GrantElsewhere { device: false, client: None, nearness: is };
            assert_eq!((&told.notice.what, told.notice.source.unwrap().address), (&what, from.address));
        }
        // Whoever signs out takes it along, though the client asked to stay: what is doubted has no offline access.
        let by = anna.clone();
        let gone = op.sim.write(move |tx, cx| session::end(tx, cx, &by, by.session.id, home()));
        assert_eq!((gone, grants(&op, &anna).len()), (Ok(()), usize::from(near)));
    }
}

#[test]
fn a_consent_that_is_doubted_is_none_for_the_next_request() {
    let (mut op, mut key, anna) = setting();
    op.change("app", |app| app.client.verified = true);
    on_the_loopback(&mut op, &anna, &mut key, proxy()).unwrap();
    let asked = op.ask("app", "scope=openid+email+offline_access").unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask);
    on_the_loopback(&mut op, &anna, &mut key, home()).unwrap();
    let asked = op.ask("app", "scope=openid+email+offline_access").unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Give);
}

#[test]
fn claims_that_were_asked_for_one_by_one_wait_with_the_scopes() {
    let (mut op, mut key, anna) = setting();
    let wanted = "scope=openid&claims=%7B%22userinfo%22%3A%7B%22email%22%3Anull%7D%2C%22id_token%22%3A%7B%22email%22%3Anull%7D%7D";
    for (from, told) in [(home(), true), (proxy(), false)] {
        let asked = op.ask("app", wanted).unwrap();
        let answer = op.give(asked, &anna).unwrap();
        let code = value(&answer, "code").unwrap().to_owned();
        let proof = op.dpop(&mut key, "/oauth/token", None);
        let more = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier={VERIFIER}"
        );
        let got = op.token_from("app", &more, Some(&proof), from).unwrap();
        let access = text(&got, "access_token").to_owned();
        let proof = op.dpop(&mut key, "/oauth/userinfo", Some(&access));
        let info = op.userinfo("DPoP", &access, Some(&proof)).unwrap();
        assert_eq!(info["email"].is_string(), told);
        assert_eq!(crate::providing::payload(text(&got, "id_token"))["email"].is_string(), told);
    }
}

#[test]
fn a_device_that_moved_is_told_of_anew_and_its_day_begins_then() {
    let (mut op, mut tv, anna) = setting();
    let old = anna.account.opened_at;
    mailbox(&mut op, &anna, "anna@work.example", old);
    let begun = op.device_asks(("tv", ""), Some(&mut tv), home()).unwrap();
    let entered = op.types(&anna, text(&begun, "user_code"), home()).unwrap();
    op.sim.advance(SECOND * 6);
    let anna = proved(&op, &anna);
    let before = op.before(&anna, &entered);
    assert_eq!(op.allows(&anna, &before, home()), Ok(Nearness::Nearby));
    assert_eq!(told(&mut op).len(), 2);
    op.sim.advance(SECOND * 30);
    let got = op.polls("tv", text(&begun, "device_code"), (Some(&mut tv), proxy())).unwrap();
    assert_eq!(text(&got, "scope"), "openid");
    let anew = told(&mut op);
    assert_eq!(anew.len(), 2);
    assert!(matches!(anew[0].notice.what, What::GrantElsewhere { nearness: Nearness::Elsewhere, .. }));
    let got = live(&mut op, &mut tv, got, 24);
    assert_eq!(text(&got, "scope"), "offline_access openid read");
}

#[test]
fn row_13_whoever_begins_again_and_again_fills_no_mailbox() {
    let (mut op, mut key, anna) = setting();
    let mut mails = 0;
    for _ in 0..20 {
        on_the_loopback(&mut op, &anna, &mut key, proxy()).unwrap();
        op.sim.advance(MINUTE);
        mails += told(&mut op).len();
    }
    assert_eq!(mails, 7, "six with a link, one that begins the hour in which more are held");
    op.sim.advance(HOUR);
    op.sim.sweep();
    let cx = op.sim.cx();
    let due = flow::notice::held_due(&op.sim.store, &cx).unwrap();
    for held in due {
        op.sim.write(move |tx, cx| flow::notice::tell_held(tx, cx, &held));
    }
    let rest = told(&mut op);
    assert_eq!((rest.len(), rest[0].notice.more), (1, 12));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Refresh,
    Narrower,
    Wider,
    ConfirmOther,
    Wait,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// No sequence of refreshes, of requests for scopes, of what is done with other grants, or of hours takes away how a grant
    /// came about, or gives it more before it was confirmed.
    #[test]
    fn row_26_nothing_takes_its_origin_away(
        steps in prop::collection::vec(
            prop::sample::select(vec![Step::Refresh, Step::Narrower, Step::Wider, Step::ConfirmOther, Step::Wait]), 1..14),
        near in prop::sample::select(vec![0_u8, 1, 2]),
    ) {
        let (mut op, mut tv, anna) = setting();
        let from = [home(), proxy(), at("2a01:4f8:1:2::1")][usize::from(near)];
        let mut got = op.let_in(&anna, &mut tv, (home(), from)).unwrap();
        let own = grants(&op, &anna).remove(0);
        for step in steps {
            let proof = op.dpop(&mut tv, "/oauth/token", None);
            let with = |more: &str| format!("grant_type=refresh_token&refresh_token={}{more}", text(&got, "refresh_token"));
            match step {
                Step::Refresh => got = op.token("tv", &with(""), Some(&proof)).unwrap(),
                Step::Narrower => got = op.token("tv", &with("&scope=read"), Some(&proof)).unwrap(),
                Step::Wider => prop_assert!(op.token("tv", &with("&scope=write"), Some(&proof)).is_err()),
                Step::ConfirmOther => {
                    let mut other = ClientKey::new().unwrap();
                    op.let_in(&anna, &mut other, (home(), proxy())).unwrap();
                    let newest = grants(&op, &anna).into_iter().find(|grant| grant.id != own.id).unwrap();
                    op.sim.advance(SECOND);
                    let by = proved(&op, &anna);
                    let _ = confirm(&mut op, &by, newest.id);
                }
                Step::Wait => op.sim.advance(MINUTE * 40),
            }
            if matches!(step, Step::Wait) {
                got = refresh(&mut op, &mut tv, &got).unwrap();
            }
            let told = op.introspect("tv", text(&got, "access_token"));
            let context = own.context.unwrap();
            prop_assert_eq!((text(&told, "origin_flow"), text(&told, "origin_ctx")), ("device", context.code()));
            prop_assert_eq!(told["provisional"] == true, context != Nearness::Nearby);
            if context != Nearness::Nearby {
                prop_assert!(["openid", ""].contains(&text(&told, "scope")));
            }
        }
    }
}
