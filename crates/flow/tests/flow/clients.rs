//! Clients: brought in by the configuration file, by an operator and by themselves; changed, and gone with all they had.

use std::time::Duration;

use flow::by::By;
use flow::oauth::authorize::Due;
use flow::oauth::clients::{self, Brought, Opening, kept_secret};
use flow::oauth::declaration;
use flow::oauth::register::{self, Told};
use model::client::{ClientOrigin, Registered};
use model::event::{Actor, Event, EventKind};
use model::grant::GrantEnd;
use model::refusal::Refusal;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::presented_token::PresentedToken;
use wire::oauth::registration::ClientMetadata;

use crate::providing::{Op, confidential, json, public};
use crate::sim::{DAYS, SECOND, source};

const BY: &By = &By::COMMAND;

fn declared(id: &str) -> Registered {
    let mut client = confidential(id);
    client.client.origin = ClientOrigin::Configuration;
    client
}

fn declare(op: &mut Op, all: &[Registered]) -> Brought {
    let all = all.to_vec();
    op.sim.write(move |tx, cx| clients::declare(tx, cx, &all))
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

fn events(op: &Op, name: &str) -> Vec<Event> {
    let all = flow::operator::page(&op.sim.store, flow::operator::Show::All, None, 1000).unwrap().events;
    all.into_iter().filter(|event| event.kind.name() == name).collect()
}

/// A grant of a person to a client: a refresh token that works.
fn granted(op: &mut Op, client: &str) -> String {
    let visitor = op.person("alice@example.com", 1);
    let code = op.code(client, "scope=openid%20offline_access", &visitor);
    op.redeem(client, &code, None).unwrap()["refresh_token"].as_str().unwrap().to_owned()
}

#[test]
fn what_a_file_declares_is_added_once_and_changed_when_it_says_something_else() {
    let mut op = Op::new();
    let one = declared("one");
    let brought = declare(&mut op, &[one.clone(), declared("two")]);
    assert_eq!(brought, Brought { added: names(&["one", "two"]), ..Brought::default() });
    op.sim.advance(DAYS);
    assert_eq!(declare(&mut op, &[one.clone(), declared("two")]), Brought::default(), "nothing new");
    let mut other = one;
    other.client.name = "Another".to_owned();
    let brought = declare(&mut op, &[other.clone(), declared("two")]);
    assert_eq!(brought, Brought { changed: names(&["one"]), ..Brought::default() });
    let kept = op.registered("one");
    assert_eq!((kept.client.name.as_str(), kept.changed_at), ("Another", op.sim.now));
    assert_eq!(kept.made_at, op.sim.now - DAYS);
    assert_eq!((events(&op, "client_added").len(), events(&op, "client_changed").len()), (2, 1));
}

#[test]
fn a_secret_of_the_file_is_known_again_and_two_overlap_while_it_is_changed() {
    let mut op = Op::new();
    let keys = op.sim.store.keys();
    let (old, new) = (
        kept_secret(keys, "the old secret---", op.sim.now),
        kept_secret(keys, "the new secret---", op.sim.now),
    );
    let with =
        |secrets: &[model::client::ClientSecret]| Registered { secrets: secrets.to_vec(), ..declared("one") };
    declare(&mut op, &[with(&[old])]);
    op.sim.advance(DAYS);
    assert_eq!(declare(&mut op, &[with(&[old])]), Brought::default());
    declare(&mut op, &[with(&[new, old])]);
    let both = op.registered("one");
    assert!(both.has_secret(&old.digest, op.sim.now) && both.has_secret(&new.digest, op.sim.now));
    declare(&mut op, &[with(&[new])]);
    let one = op.registered("one");
    assert!(!one.has_secret(&old.digest, op.sim.now) && one.has_secret(&new.digest, op.sim.now));
}

#[test]
fn whoever_is_not_declared_any_more_goes_with_its_grants_and_nobody_elses() {
    let mut op = Op::new();
    op.register(declared("one"));
    let (gone, stays) = (granted(&mut op, "one"), granted(&mut op, "web"));
    let brought = declare(&mut op, &[]);
    assert_eq!(brought.undeclared, names(&["one"]), "what an operator made is not the file's");
    assert!(op.sim.write(|tx, cx| clients::remove_undeclared(tx, cx, "one")));
    assert!(!op.sim.write(|tx, cx| clients::remove_undeclared(tx, cx, "one")));
    assert!(!op.sim.write(|tx, cx| clients::remove_undeclared(tx, cx, "web")));
    assert!(op.is_active("web", &stays));
    assert!(!op.is_active("web", &gone));
    op.sim.sweep();
    let ended = events(&op, "grant_ended");
    assert!(
        matches!(&ended[0].kind, EventKind::GrantEnded { client, why: GrantEnd::ClientRemoved, .. } if client == "one")
    );
    assert_eq!((ended.len(), events(&op, "client_removed").len()), (1, 1));
}

#[test]
fn of_two_nodes_with_different_files_the_newest_start_holds_and_the_other_notices() {
    let mut op = Op::new();
    let list = |op: &Op, all: &[Registered]| declaration::digest(op.sim.store.keys(), all).unwrap();
    let secret = kept_secret(op.sim.store.keys(), "a secret of two--", op.sim.now);
    let two = |at| Registered { made_at: at, secrets: vec![secret], ..declared("two") };
    let old = list(&op, &[declared("one")]);
    let new = list(&op, &[declared("one"), two(op.sim.now)]);
    assert!(
        new.matches(&list(&op, &[two(op.sim.now + DAYS), declared("one")])),
        "whatever the order and the time"
    );
    assert!(!new.matches(&list(&op, &[declared("one"), declared("two")])), "another secret is another list");
    let declare = |op: &mut Op, list| op.sim.write(move |tx, cx| declaration::declare(tx, cx, &list));
    let replaced = |op: &Op, list| declaration::replaced(&op.sim.store, &list).unwrap();
    assert_eq!((replaced(&op, old), declare(&mut op, old)), (None, None), "the first");
    let first = op.sim.now;
    op.sim.advance(DAYS);
    assert_eq!(declare(&mut op, old), None, "the second node has the same file");
    assert_eq!(declare(&mut op, new), Some(first));
    let second = op.sim.now;
    assert_eq!((replaced(&op, old), replaced(&op, new)), (Some(second), None));
    op.sim.advance(DAYS);
    assert_eq!(declare(&mut op, old), Some(second), "a node starts with the old file");
    assert_eq!((replaced(&op, old), replaced(&op, new)), (None, Some(op.sim.now)));
}

#[test]
fn a_name_that_is_somebody_elses_is_left_alone() {
    let mut op = Op::new();
    let brought = declare(&mut op, &[declared("web"), declared("one")]);
    assert_eq!((brought.taken, brought.added), (names(&["web"]), names(&["one"])));
    assert_eq!(op.registered("web").client.origin, ClientOrigin::Operator);
}

#[test]
fn an_operator_changes_what_an_operator_made_and_nothing_else() {
    let mut op = Op::new();
    declare(&mut op, &[declared("one")]);
    for (id, refusal) in [("one", Refusal::ClientDeclared), ("nobody", Refusal::ClientUnknown)] {
        let said = confidential(id);
        assert_eq!(op.sim.write(move |tx, cx| clients::change(tx, cx, &said, BY)), Err(refusal));
        assert_eq!(op.sim.write(move |tx, cx| clients::verify(tx, cx, (id, false), BY)), Err(refusal));
        assert_eq!(op.sim.write(move |tx, cx| clients::remove(tx, cx, id, BY)), Err(refusal));
        let secret = kept_secret(op.sim.store.keys(), "anything at all", op.sim.now);
        let renewed = op.sim.write(move |tx, cx| clients::renew_secret(tx, cx, (id, &secret, DAYS), BY));
        assert_eq!(renewed, Err(refusal));
    }
    let taken = confidential("web");
    assert_eq!(op.sim.write(move |tx, cx| clients::add(tx, cx, &taken, BY)), Err(Refusal::ClientTaken));
    let new = confidential("new");
    assert_eq!(op.sim.write(move |tx, cx| clients::add(tx, cx, &new, BY)), Ok(()));
    assert!(events(&op, "client_added").iter().any(|event| event.actor == Actor::Operator));
}

#[test]
fn a_change_leaves_secrets_and_keys_and_who_brought_the_client_in() {
    let mut op = Op::new();
    let before = op.registered("web");
    let mut said = confidential("web");
    said.client.name = "Renamed".to_owned();
    said.client.origin = ClientOrigin::Document;
    said.client.verified = false;
    op.sim.advance(SECOND);
    op.sim.write(move |tx, cx| clients::change(tx, cx, &said, BY)).unwrap();
    let after = op.registered("web");
    assert_eq!((after.client.name.as_str(), after.client.verified), ("Renamed", true));
    assert_eq!((after.client.origin, after.made_at), (ClientOrigin::Operator, before.made_at));
    assert!(after.has_secret(&before.secrets[0].digest, op.sim.now) && after.keys.is_some());
    let said = public("web");
    op.sim.write(move |tx, cx| clients::change(tx, cx, &said, BY)).unwrap();
    assert!(op.registered("web").secrets.is_empty(), "what proves nothing has no secret");
}

#[test]
fn a_new_secret_holds_at_once_and_the_one_before_as_long_as_was_said() {
    let mut op = Op::new();
    let keys = op.sim.store.keys();
    let make = |n: u8| kept_secret(keys, &format!("the secret number {n}"), op.sim.now);
    let (one, two, three) = (make(1), make(2), make(3));
    let first = op.registered("web").secrets[0];
    let renew = |op: &mut Op, secret: model::client::ClientSecret, overlap: Duration| {
        op.sim.write(move |tx, cx| clients::renew_secret(tx, cx, ("web", &secret, overlap), BY)).unwrap();
    };
    renew(&mut op, one, DAYS);
    let holds = |op: &Op, secret: &model::client::ClientSecret| {
        op.registered("web").has_secret(&secret.digest, op.sim.now)
    };
    assert!(holds(&op, &first) && holds(&op, &one));
    renew(&mut op, two, DAYS * 2);
    assert!(!holds(&op, &first) && holds(&op, &one) && holds(&op, &two), "two at most");
    op.sim.advance(DAYS * 2);
    assert!(!holds(&op, &one) && holds(&op, &two));
    renew(&mut op, three, Duration::ZERO);
    assert!(!holds(&op, &two) && holds(&op, &three), "not a moment longer");
    let bare = op.sim.write(move |tx, cx| clients::renew_secret(tx, cx, ("app", &one, DAYS), BY));
    assert_eq!(bare, Err(Refusal::ClientSecretless));
}

#[test]
fn a_client_that_is_removed_takes_all_its_tokens_with_it() {
    let mut op = Op::new();
    op.register(confidential("other"));
    let token = granted(&mut op, "web");
    op.sim.write(|tx, cx| clients::remove(tx, cx, "web", BY)).unwrap();
    assert!(!op.is_active("other", &token));
    assert_eq!(op.sim.write(|tx, cx| clients::remove(tx, cx, "web", BY)), Err(Refusal::ClientUnknown));
}

#[test]
fn thousands_of_grants_are_over_at_once_and_end_in_steps_that_somebody_else_may_go_on_with() {
    let mut op = Op::new();
    let token = granted(&mut op, "web");
    let visitor = op.person("alice@example.com", 1);
    let owner = visitor.account.id;
    let asked = op.ask("web", "scope=openid").unwrap();
    let one = op.sim.store.read(|reader| store::grants::list_to(reader, owner, "web")).unwrap().remove(0);
    op.sim.write(move |tx, cx| {
        for _ in 0..3_000 {
            let mut kept = one.clone();
            kept.grant.id = model::id::GrantId::new(cx)?;
            store::grants::insert(tx, &kept)?;
        }
        Ok(tx.unrecorded("a test", ()))
    });
    let apps = |op: &mut Op| {
        let cx = op.sim.cx();
        flow::oauth::mine::apps(&op.sim.store, &cx, owner, 0).unwrap().lines.len()
    };
    assert_eq!((apps(&mut op), op.decide(&asked, Some(&visitor))), (1, Due::Give));
    op.sim.write(|tx, cx| clients::remove(tx, cx, "web", BY)).unwrap();
    op.register(confidential("other"));
    assert_eq!((apps(&mut op), op.is_active("other", &token)), (0, false), "over at once");
    assert_eq!(events(&op, "grant_ended").len(), 0);
    assert!(op.sim.write(flow::sweep::end_grants_of_removed));
    let step = events(&op, "grant_ended").len();
    assert!(step > 0 && step <= 200, "{step}");

    // The name is taken again before the steps are done: what was given to the one before is not the new one's.
    op.sim.advance(SECOND);
    let mut again = confidential("web");
    again.made_at = op.sim.now;
    op.register(again);
    let asked = op.ask("web", "scope=openid").unwrap();
    assert_eq!((apps(&mut op), op.decide(&asked, Some(&visitor))), (0, Due::Ask));
    assert_eq!(op.refresh("web", &token, None).unwrap_err().code, ErrorCode::InvalidGrant);
    assert!(!op.is_active("web", &token));
    let fresh = granted(&mut op, "web");
    let mut steps = 1;
    while op.sim.write(flow::sweep::end_grants_of_removed) {
        steps += 1;
    }
    assert!((16..=40).contains(&steps), "{steps}");
    let cx = op.sim.cx();
    let ended = flow::operator::counts(&op.sim.store, &cx).unwrap();
    assert!(ended.contains(&("grant_ended".to_owned(), 3_001)), "{ended:?}");
    assert!(op.is_active("web", &fresh), "the new one's own stays");
    assert!(!op.sim.write(flow::sweep::end_grants_of_removed), "done once");
}

#[test]
fn the_record_knows_what_a_client_was_called_also_when_it_is_gone() {
    let mut op = Op::new();
    let named = |op: &Op, id: &str| {
        let names = clients::names(&op.sim.store, [id, id]).unwrap();
        names.get(id).map(|shown| (shown.name.clone(), shown.verified, shown.host.clone()))
    };
    let web = Some(("Example".to_owned(), true, Some("app.example.org".to_owned())));
    assert_eq!(named(&op, "web"), web);
    assert_eq!(named(&op, "app"), Some(("Example".to_owned(), false, None)));
    assert_eq!(named(&op, "nobody"), None);
    op.sim.write(|tx, cx| clients::remove(tx, cx, "web", BY)).unwrap();
    assert_eq!(named(&op, "web"), web, "as it was called");
    op.sim.sweep();
    op.sim.advance(op.sim.policy.retention + DAYS);
    op.sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    assert_eq!(named(&op, "web"), None, "as long as the record is kept");
}

// Registration.

const WEB: &str = r#"{"client_name":"Reader","redirect_uris":["https://reader.example.org/cb"]}"#;

fn opening(op: &Op, clients: u32) -> Opening {
    Opening {
        note: "for a test".to_owned(),
        clients_left: clients,
        without_pkce: false,
        made_at: op.sim.now,
        expires_at: op.sim.now + DAYS,
    }
}

fn openings(op: &mut Op) -> Vec<Opening> {
    let cx = op.sim.cx();
    clients::openings(&op.sim.store, &cx).unwrap()
}

fn invite(op: &mut Op, opening: Opening) -> PresentedToken {
    let token = op.sim.write(move |tx, cx| clients::open_registration(tx, cx, &opening, BY)).unwrap();
    bearer(token.expose())
}

fn bearer(text: &str) -> PresentedToken {
    PresentedToken::read(&[format!("Bearer {text}").as_bytes()], None).unwrap().unwrap()
}

fn register(op: &mut Op, token: Option<&PresentedToken>, document: &str) -> Result<Told, OauthError> {
    let metadata = ClientMetadata::parse(document.as_bytes())?;
    let mut cx = op.sim.cx();
    let prepared = register::prepare(op.sim.store.keys(), &mut cx, (token, &metadata), source(9)).unwrap()?;
    op.sim.write(move |tx, cx| register::commit(tx, cx, &prepared))
}

fn code(outcome: Result<Told, OauthError>) -> Option<ErrorCode> {
    outcome.err().map(|error| error.code)
}

#[test]
fn a_token_registers_as_many_clients_as_was_said_and_for_as_long() {
    let mut op = Op::new();
    let two = opening(&op, 2);
    let token = invite(&mut op, two);
    assert_eq!(openings(&mut op)[0].clients_left, 2);
    assert!(register(&mut op, Some(&token), WEB).is_ok());
    assert!(register(&mut op, Some(&token), WEB).is_ok());
    assert_eq!(code(register(&mut op, Some(&token), WEB)), Some(ErrorCode::InvalidToken), "used up");
    let one = opening(&op, 1);
    let late = invite(&mut op, one);
    op.sim.advance(DAYS);
    assert_eq!(code(register(&mut op, Some(&late), WEB)), Some(ErrorCode::InvalidToken), "over");
    assert!(openings(&mut op).is_empty());
    assert_eq!(code(register(&mut op, None, WEB)), Some(ErrorCode::InvalidToken));
    for text in [
        "bidden_ia_",
        "x",
        &format!("bidden_ia_{}", "A".repeat(43)),
        &format!("bidden_ra_{}", "A".repeat(43)),
    ] {
        assert_eq!(
            code(register(&mut op, Some(&bearer(text)), WEB)),
            Some(ErrorCode::InvalidToken),
            "{text}"
        );
    }
    let made = events(&op, "client_added");
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|event| event.actor == Actor::Visitor && event.source.is_some()));
}

#[test]
fn what_cannot_be_registered_does_not_spend_the_token() {
    let mut op = Op::new();
    let one = opening(&op, 1);
    let token = invite(&mut op, one);
    let pairwise = r#"{"redirect_uris":["https://a.example.org/cb"],"subject_type":"pairwise","sector_identifier_uri":"https://b.example.org/"}"#;
    for document in ["{}", pairwise] {
        assert!(register(&mut op, Some(&token), document).is_err(), "{document}");
    }
    assert!(register(&mut op, Some(&token), WEB).is_ok());
}

#[test]
fn a_registered_client_is_unverified_proves_itself_and_asks_only_for_what_there_is() {
    let mut op = Op::new();
    let one = opening(&op, 1);
    let token = invite(&mut op, one);
    let document = r#"{"client_name":"Reader","redirect_uris":["https://reader.example.org/cb"],"scope":"openid email admin",
        "client_uri":"https://reader.example.org/","logo_uri":"https://bank.example/logo.png"}"#;
    let told = register(&mut op, Some(&token), document).unwrap();
    let said = json(&told.json("https://id.example.org"));
    assert_eq!(said["scope"], "email openid", "what there is not is left out, and the client is told");
    assert_eq!(said["client_secret_expires_at"], 0);
    assert!(said.get("logo_uri").is_none(), "a picture of somebody else's");
    assert_eq!(said["client_uri"], "https://reader.example.org/");
    let kept = op.registered(told.id());
    assert!(!kept.client.verified && !kept.client.without_pkce && !kept.client.unbound_refresh);
    assert!(kept.client.resources.is_empty());
    let secret = said["client_secret"].as_str().unwrap();
    let digest = flow::oauth::client::secret_digest(op.sim.store.keys(), secret);
    assert!(kept.has_secret(&digest, op.sim.now));
    assert_eq!(
        said["registration_client_uri"],
        format!("https://id.example.org/oauth/register/{}", told.id())
    );
}

#[test]
fn only_a_client_that_can_keep_a_secret_is_let_off_pkce_by_the_token() {
    let mut op = Op::new();
    let opening = Opening { without_pkce: true, ..opening(&op, 2) };
    let token = invite(&mut op, opening);
    let told = register(&mut op, Some(&token), WEB).unwrap();
    assert!(op.registered(told.id()).client.without_pkce);
    let bare = r#"{"redirect_uris":["https://a.example.org/cb"],"token_endpoint_auth_method":"none"}"#;
    let told = register(&mut op, Some(&token), bare).unwrap();
    let kept = op.registered(told.id());
    assert!(!kept.client.without_pkce && kept.secrets.is_empty());
    assert!(json(&told.json("https://id.example.org")).get("client_secret").is_none());
}

/// The registration of a client with its own token.
fn own(op: &mut Op) -> (String, PresentedToken) {
    let one = opening(op, 1);
    let token = invite(op, one);
    let told = register(op, Some(&token), WEB).unwrap();
    let said = json(&told.json("https://id.example.org"));
    (told.id().to_owned(), bearer(said["registration_access_token"].as_str().unwrap()))
}

#[test]
fn a_client_looks_at_its_registration_and_at_nobody_elses() {
    let mut op = Op::new();
    let ((one, of_one), (two, of_two)) = (own(&mut op), own(&mut op));
    let told = register::look(&op.sim.store, (&one, Some(&of_one))).unwrap().unwrap();
    let said = json(&told.json("https://id.example.org"));
    assert_eq!(
        (said["client_id"].as_str(), said["client_name"].as_str()),
        (Some(one.as_str()), Some("Reader"))
    );
    assert!(said.get("client_secret").is_none(), "nobody knows it any more");
    assert_eq!(said["registration_access_token"], of_one.token.expose());
    for (id, token) in [(&one, Some(&of_two)), (&two, Some(&of_one)), (&one, None)] {
        assert!(register::look(&op.sim.store, (id, token)).unwrap().is_err());
    }
    assert!(register::look(&op.sim.store, ("web", Some(&of_one))).unwrap().is_err());
    assert!(register::look(&op.sim.store, ("nobody", Some(&of_one))).unwrap().is_err());
}

fn change(op: &mut Op, id: &str, token: &PresentedToken, document: &str) -> Result<Told, OauthError> {
    let metadata = ClientMetadata::parse(document.as_bytes())?;
    let mut cx = op.sim.cx();
    let said = (id, Some(token), &metadata);
    let change = register::prepare_change(op.sim.store.keys(), &mut cx, said, source(9)).unwrap()?;
    op.sim.write(move |tx, cx| register::change(tx, cx, &change))
}

#[test]
fn a_change_replaces_all_that_was_said_and_what_somebody_vouched_for() {
    let mut op = Op::new();
    let (id, token) = own(&mut op);
    let secrets = op.registered(&id).secrets;
    let own_id = id.clone();
    op.sim.write(move |tx, cx| clients::verify(tx, cx, (&own_id, true), BY)).unwrap();
    let document = format!(r#"{{"client_id":"{id}","redirect_uris":["https://reader.example.org/other"]}}"#);
    let told = change(&mut op, &id, &token, &document).unwrap();
    let kept = op.registered(&id);
    assert!(!kept.client.verified, "nobody has looked at what is there now");
    assert_eq!(kept.client.redirect_uris[0].as_str(), "https://reader.example.org/other");
    assert!(kept.has_secret(&secrets[0].digest, op.sim.now), "the secret stays");
    assert!(json(&told.json("https://id.example.org")).get("client_secret").is_none());
    // One that proves itself in another way loses its secret, and gets a new one when it comes back.
    let bare = document.replace("\"client_id\"", "\"token_endpoint_auth_method\":\"none\",\"client_id\"");
    change(&mut op, &id, &token, &bare).unwrap();
    assert!(op.registered(&id).secrets.is_empty());
    let told = change(&mut op, &id, &token, &document).unwrap();
    assert!(json(&told.json("https://id.example.org")).get("client_secret").is_some());
    assert_eq!(op.registered(&id).client.authentication, AuthenticationMethod::ClientSecretBasic);
    let other = document.replace(&id, "web");
    assert!(change(&mut op, &id, &token, &other).is_err() && change(&mut op, "web", &token, &other).is_err());
}

#[test]
fn a_client_ends_its_registration_once() {
    let mut op = Op::new();
    let (id, token) = own(&mut op);
    let end = |op: &mut Op, id: &str, token: &PresentedToken| {
        let (id, token) = (id.to_owned(), token.clone());
        op.sim.write(move |tx, cx| register::end(tx, cx, (&id, Some(&token), source(9))))
    };
    assert!(end(&mut op, "web", &token).is_err());
    assert!(end(&mut op, &id, &token).is_ok());
    assert!(end(&mut op, &id, &token).is_err());
    let gone = events(&op, "client_removed");
    assert!(gone.len() == 1 && gone[0].actor == Actor::Visitor);
}
