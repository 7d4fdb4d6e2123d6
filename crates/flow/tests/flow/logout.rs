//! A client sends a person to sign out: what is verified, what is asked, and where the person goes.

use std::sync::Arc;

use flow::oauth::keys::{self, Keyring, Spare};
use flow::oauth::logout::{self, WAITS, Wish};
use flow::session::{self, Visitor};
use flow::{Tx, by::By};
use model::cx::Cx;
use model::event::{Actor, EventKind};
use model::refusal::Refusal;
use model::signing_key::{KeyKind, KeyState};
use proptest::prelude::*;
use wire::oauth::error::ErrorCode;
use wire::oauth::redirect_uri::RedirectUri;

use crate::backchannel::{lease, wants};
use crate::providing::{Op, confidential, parameters, text};
use crate::sim::{DAYS, HOUR, SECOND, source};

const BYE: &str = "https://app.example.org/bye";

/// Anna, signed in to `web`, which may get her back; and her ID token.
fn signed_in() -> (Op, Visitor, String) {
    let mut op = Op::new();
    for client in ["web", "app"] {
        op.change(client, |client| {
            client.post_logout_redirect_uris = vec![RedirectUri::parse(BYE).unwrap()];
        });
    }
    let anna = op.person("anna@example.com", 1);
    let id_token = id_token(&mut op, "web", &anna);
    (op, anna, id_token)
}

fn id_token(op: &mut Op, client: &str, by: &Visitor) -> String {
    let code = op.code(client, "scope=openid", by);
    text(&op.redeem(client, &code, None).unwrap(), "id_token").to_owned()
}

/// What a request comes to; the sentence of a refusal.
fn asked(op: &mut Op, query: &[(&str, &str)]) -> Result<Wish, String> {
    asked_plain(op, &wire::form::encode(query.iter().copied()))
}

fn asked_plain(op: &mut Op, query: &str) -> Result<Wish, String> {
    let cx = op.sim.cx();
    let context = (&*op.ring, &op.provider);
    let read = logout::read(&op.sim.store, &cx, context, &parameters(query)).unwrap();
    read.map_err(|error| {
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        error.description.to_string()
    })
}

fn seal(op: &mut Op, wish: &Wish) -> String {
    let mut cx = op.sim.cx();
    wish.seal(op.sim.store.keys(), &mut cx).unwrap()
}

fn open(op: &Op, sealed: &str) -> Option<Wish> {
    Wish::open(op.sim.store.keys(), op.sim.now, sealed).ok()
}

#[test]
fn a_person_goes_back_with_the_clients_state_to_what_it_has_registered() {
    let (mut op, _, hint) = signed_in();
    let wish =
        asked(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE), ("state", "a b&c")]);
    let wish = wish.unwrap();
    assert_eq!(wish.client.as_deref(), Some("web"));
    assert_eq!(wish.to.as_deref(), Some("https://app.example.org/bye?state=a+b%26c"));
    let without = asked(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).unwrap();
    assert_eq!(without.to.as_deref(), Some(BYE));
    let named =
        [("client_id", "web"), ("post_logout_redirect_uri", BYE), ("ui_locales", "de"), ("logout_hint", "x")];
    assert_eq!(asked(&mut op, &named).unwrap().to.as_deref(), Some(BYE));
    let both = [("client_id", "web"), ("id_token_hint", hint.as_str())];
    assert_eq!(asked(&mut op, &both).unwrap().to, None);
}

#[test]
fn nobody_who_has_not_shown_who_asks_gets_the_person_back() {
    let (mut op, ..) = signed_in();
    for query in [&[][..], &[("state", "s")], &[("post_logout_redirect_uri", BYE), ("state", "s")]] {
        let wish = asked(&mut op, query).unwrap();
        assert_eq!((wish.client, wish.to), (None, None), "{query:?}");
    }
}

#[test]
fn a_hint_counts_after_its_end_and_after_its_key_was_retired_and_not_once_the_key_is_gone() {
    let (mut op, _, hint) = signed_in();
    op.sim.advance(DAYS);
    assert!(asked(&mut op, &[("id_token_hint", &hint)]).is_ok(), "expired for long");
    let retire = |op: &mut Op, remove: bool| {
        let mut cx = op.sim.cx();
        let spare = Spare::make(KeyKind::Es256, op.sim.store.keys(), &mut cx.entropy).unwrap();
        let state = if remove { KeyState::Retired } else { KeyState::Active };
        let all = keys::list(&op.sim.store).unwrap();
        let id = all.iter().find(|key| key.kind == KeyKind::Es256 && key.state == state).unwrap().id;
        op.sim
            .write(move |tx: &mut Tx<'_>, cx: &mut Cx| {
                keys::retire(tx, cx, (id, &spare, remove), &By::COMMAND)
            })
            .unwrap();
        op.ring = Arc::new(Keyring::load(&op.sim.store).unwrap());
    };
    retire(&mut op, false);
    assert!(asked(&mut op, &[("id_token_hint", &hint)]).is_ok(), "the key signs no more, and is known");
    retire(&mut op, true);
    assert!(asked(&mut op, &[("id_token_hint", &hint)]).unwrap_err().contains("id_token_hint"));
}

#[test]
fn whatever_is_no_id_token_of_ours_is_refused() {
    let (mut op, anna, hint) = signed_in();
    let (mut other, ..) = signed_in();
    let bob = other.person("bob@example.com", 2);
    let foreign = id_token(&mut other, "web", &bob);
    let code = op.code("web", "scope=openid", &anna);
    let access = text(&op.redeem("web", &code, None).unwrap(), "access_token").to_owned();
    wants(&mut op, "web");
    op.change("web", |web| web.userinfo_signing = Some(KeyKind::Es256));
    let by = anna.clone();
    op.sim.write(move |tx, cx| session::end(tx, cx, &by, by.session.id, source(1))).unwrap();
    let leased = lease(&mut op);
    let mut cx = op.sim.cx();
    let context = (&*op.ring, &op.provider);
    let word = flow::oauth::backchannel::compose(&op.sim.store, &mut cx, context, &leased[0]).unwrap();
    let logout_token = word.unwrap().body.expose().strip_prefix("logout_token=").unwrap().to_owned();
    let person = {
        // As a signed answer of the userinfo endpoint: signed for the client, of the same type, without an end.
        let signer = op.ring.signer(KeyKind::Es256);
        let claims = format!("{{\"iss\":\"{}\",\"aud\":\"web\",\"sub\":\"a\"}}", crate::providing::ISSUER);
        signer.sign(&signer.header("JWT"), claims.as_bytes()).unwrap()
    };
    let [header, payload, signature] = &hint.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let part = |text: &str| wire::token::encode(text.as_bytes());
    let unsigned = format!("{}.{payload}.", part("{\"alg\":\"none\",\"typ\":\"JWT\"}"));
    let key = op.ring.signer(KeyKind::Es256).id().to_string();
    let confused = format!(
        "{}.{payload}.{signature}",
        part(&format!("{{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"{key}\"}}"))
    );
    let injected = format!(
        "{}.{payload}.{signature}",
        part("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"../../key\"}")
    );
    let modified =
        format!("{header}.{}.{signature}", part("{\"iss\":\"https://id.example.org\",\"aud\":\"app\"}"));
    let cut = hint[..hint.len() - 1].to_owned();
    for (what, bad) in [
        ("foreign", foreign),
        ("access token", access),
        ("logout token", logout_token),
        ("userinfo", person),
        ("unsigned", unsigned),
        ("confused", confused),
        ("injected", injected),
        ("modified", modified),
        ("cut", cut),
        ("nothing", "a.b.c".to_owned()),
    ] {
        let refused = asked(&mut op, &[("id_token_hint", &bad), ("post_logout_redirect_uri", BYE)]);
        assert!(refused.unwrap_err().contains("id_token_hint"), "{what}");
    }
    assert!(asked(&mut op, &[("id_token_hint", &hint)]).is_ok());
}

#[test]
fn a_client_is_one_and_the_same_and_is_known() {
    let (mut op, _, hint) = signed_in();
    op.register(confidential("other"));
    for (query, word) in [
        ([("id_token_hint", hint.as_str()), ("client_id", "other")], "client_id"),
        ([("client_id", "nobody"), ("state", "s")], "client_id"),
    ] {
        assert!(asked(&mut op, &query).unwrap_err().contains(word), "{query:?}");
    }
    // One that is gone is not named, and has nowhere to send anybody.
    op.sim.write(|tx, cx| flow::oauth::clients::remove(tx, cx, "web", &By::COMMAND)).unwrap();
    assert_eq!(asked(&mut op, &[("id_token_hint", &hint)]).unwrap().client, None);
    assert!(asked(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).is_err());
}

#[test]
fn an_address_that_looks_like_a_registered_one_is_refused() {
    let (mut op, _, hint) = signed_in();
    op.register(confidential("other"));
    for uri in [
        "https://app.example.org/bye?a=b",
        "https://app.example.org/bye/",
        "https://app.example.org/bye#a",
        "https://app.example.org/x/../bye",
        "https://app.example.org/BYE",
        "https://APP.example.org/bye",
        "https://app.example.org:443/bye",
        "https://app.example.org.evil.example/bye",
        "https://app.example.org@evil.example/bye",
        "http://app.example.org/bye",
        "//app.example.org/bye",
        "https://аpp.example.org/bye",
        "https://app.example.org/cb",
        "javascript:alert(1)",
    ] {
        for shown in [("id_token_hint", hint.as_str()), ("client_id", "web")] {
            let refused = asked(&mut op, &[shown, ("post_logout_redirect_uri", uri)]);
            assert!(refused.unwrap_err().contains("post_logout_redirect_uri"), "{uri}");
        }
    }
    let other = [("client_id", "other"), ("post_logout_redirect_uri", BYE)];
    assert!(asked(&mut op, &other).is_err(), "registered by another client");
}

#[test]
fn a_request_that_is_doubled_or_too_long_is_refused() {
    let (mut op, _, hint) = signed_in();
    let long = "a".repeat(3000);
    for query in [
        format!("id_token_hint={hint}&id_token_hint={hint}"),
        "client_id=web&client_id=web".to_owned(),
        "state=a&state=a".to_owned(),
        format!("state={long}"),
        format!("client_id={long}"),
        format!("logout_hint={long}"),
        "state=a%0a".to_owned(),
    ] {
        assert!(asked_plain(&mut op, &query).is_err(), "{query:.40}");
    }
}

#[test]
fn the_person_signs_out_and_the_record_says_who_asked() {
    let (mut op, anna, hint) = signed_in();
    wants(&mut op, "web");
    let wish = asked(&mut op, &[("id_token_hint", &hint)]).unwrap();
    let events = op.sim.events().len();
    let commit = |op: &mut Op| {
        let (by, wish) = (anna.clone(), wish.clone());
        op.sim.write(move |tx, cx| logout::commit(tx, cx, &by, (&wish, source(1))))
    };
    assert_eq!(commit(&mut op), Ok(()));
    assert_eq!(commit(&mut op), Err(Refusal::SessionUnknown));
    let events = op.sim.events().split_off(events);
    let said: Vec<_> = events.iter().map(|event| (event.kind.name(), event.actor)).collect();
    let owner = Actor::Owner;
    assert_eq!(said, [("logout_asked", Actor::Client), ("session_ended", owner), ("grant_ended", owner)]);
    assert_eq!(events[0].kind, EventKind::LogoutAsked { client: "web".to_owned() });
    assert!(events.iter().take(2).all(|event| event.session == Some(anna.session.id)));
    assert_eq!(lease(&mut op).len(), 1, "and the client is told");
    // Nobody is said to have asked who has not shown who it is.
    let (by, nobody) = (op.person("bob@example.com", 2), asked(&mut op, &[]).unwrap());
    let before = op.sim.events().len();
    op.sim.write(move |tx, cx| logout::commit(tx, cx, &by, (&nobody, source(2)))).unwrap();
    assert_eq!(op.sim.kinds().split_off(before), ["session_ended"]);
}

#[test]
fn a_wish_is_opened_whole_and_for_half_an_hour() {
    let (mut op, _, hint) = signed_in();
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let wish = asked(&mut op, &query).unwrap();
    let sealed = seal(&mut op, &wish);
    assert!(sealed.len() < 300 && !sealed.contains("web"), "{sealed}");
    assert_eq!(open(&op, &sealed).as_ref(), Some(&wish));
    let mut other = sealed.clone().into_bytes();
    other[20] ^= 1;
    let halfway = &sealed[..sealed.len() - 4];
    for bad in ["", "a", halfway, &String::from_utf8_lossy(&other), &"a".repeat(100_000)] {
        assert_eq!(open(&op, bad), None, "{bad:.40}");
    }
    op.sim.advance(WAITS - SECOND);
    assert!(open(&op, &sealed).is_some());
    op.sim.advance(SECOND);
    assert_eq!(open(&op, &sealed), None);
    op.sim.advance(HOUR);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    /// Whatever `state` a client sends comes back as it was, and takes nobody anywhere else.
    #[test]
    fn any_state_comes_back_and_changes_nothing_else(state in "\\PC{0,200}") {
        let (mut op, ..) = signed_in();
        let query = [("client_id", "web"), ("post_logout_redirect_uri", BYE), ("state", state.as_str())];
        let wish = asked(&mut op, &query).unwrap();
        let sealed = seal(&mut op, &wish);
        let to = open(&op, &sealed).unwrap().to.unwrap();
        let expected = if state.is_empty() {
            BYE.to_owned()
        } else {
            format!("{BYE}?{}", wire::form::encode([("state", state.as_str())]))
        };
        prop_assert_eq!(to, expected);
    }
}
