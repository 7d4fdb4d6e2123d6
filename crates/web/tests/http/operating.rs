//! The operator's pages beside the record: who may see them, what they do, and what stands on the record afterwards.

use std::time::Duration;

use flow::by::By;
use flow::methods::{Permit, permit};
use flow::oauth::clients;
use flow::sign_in::finish::{self, Raise};
use flow::{session, tenant};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::client::{Client, ClientOrigin, Lifetimes, Registered, SubjectType, TokenFormat};
use model::event::{Actor, EventKind, OperatorAct};
use model::id::{AuthenticatorId, SessionId};
use model::method::{Method, MethodPolicy, Use};
use model::session::RestsOn;
use model::signing_key::KeyKind;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::browser::Browser;
use crate::policy::university;
use crate::site::{HOUR, Site, words};

const PAGES: [&str; 7] = [
    "/operator/watch",
    "/operator/accounts",
    "/operator/tenants",
    "/operator/clients",
    "/operator/invitations",
    "/operator/outbox",
    "/operator/settings",
];
const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.edu";

/// Gives an account a passkey, as the page for it does.
pub(crate) fn give_passkey(site: &Site, address: &str) {
    let account = site.account(address).id;
    let mut cx = site.cx();
    let id = AuthenticatorId::new(&mut cx).unwrap();
    let store = site.app.store();
    let sealed = store::authenticators::seal(store.keys(), &mut cx.entropy, id, b"state").unwrap();
    let authenticator = Authenticator {
        id,
        account,
        kind: AuthenticatorKind::Passkey,
        name: "Phone".to_owned(),
        added_at: cx.now,
        usable_at: cx.now,
        used_at: None,
        session: None,
        counter: 0,
    };
    site.write(move |tx, _| {
        let new = store::authenticators::New {
            authenticator: &authenticator,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: None,
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", ()))
    });
}

/// Proves a passkey in the browser's session, as the page for it does.
pub(crate) fn prove_passkey(site: &Site, browser: &mut Browser) {
    let bytes = wire::token::decode::<48>(&browser.cookie("session")).unwrap();
    let id = SessionId::from_bytes(bytes[..16].try_into().unwrap());
    let visitor = session::find(site.app.store(), &site.cx(), id, bytes[16..].try_into().unwrap());
    let visitor = visitor.unwrap().unwrap();
    let source = visitor.session.source;
    let started = site.write(move |tx, cx| {
        let proved: Vec<Permit> = vec![permit(&MethodPolicy::OPEN, Use::StepUp, Method::Passkey).unwrap()];
        let mut events = Vec::new();
        let raise =
            Raise { visitor: visitor.clone(), request: None, proved, rests_on: RestsOn::default(), source };
        let raised = finish::raise(tx, cx, &mut events, raise)?;
        tx.record(&events, raised)
    });
    let started = started.unwrap();
    let mut value = [0; 48];
    value[..16].copy_from_slice(started.session.id.bytes());
    value[16..].copy_from_slice(started.secret.expose());
    browser.jar.insert("__Host-bidden-session".to_owned(), (wire::token::encode(&value), None));
}

/// A site with an operator who has proved a passkey, and a member.
fn staffed() -> (Site, Browser, Browser) {
    let site = Site::new();
    let mut operator = site.open_first(ADA);
    let member = site.open(BOB);
    give_passkey(&site, ADA);
    prove_passkey(&site, &mut operator);
    (site, operator, member)
}

#[test]
fn at_the_first_run_an_operator_reads_the_record_and_is_told_to_add_a_passkey_for_the_rest() {
    let site = Site::new();
    let mut operator = site.open_first(ADA);
    let mut member = site.open(BOB);
    operator.get("/operator").expect(200, &words("operator-first-run"));
    for path in PAGES {
        let page = operator.get(path);
        page.expect(403, &words("trouble-passkey-first"));
        assert!(page.links().contains(&"/account/authenticators".to_owned()));
        member.get(path).expect(403, &words("trouble-not-yours"));
        assert_eq!(site.browser().get(path).location(), "/sign-in?notice=needed");
    }
}

#[test]
fn once_an_operator_owns_a_passkey_a_code_by_mail_opens_nothing_of_theirs() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    give_passkey(&site, ADA);
    for path in PAGES.into_iter().chain(["/operator"]) {
        let to = path.replace('/', "%2F");
        assert_eq!(ada.get(path).location(), format!("/account/confirm?to={to}"));
    }
    // Another operator, who owns nothing yet, is not let in by the first run's door either.
    let carol = site.address("carol@example.org");
    let link = site
        .write(move |tx, cx| flow::invitation::invite(tx, cx, &carol, model::account::Role::Operator))
        .unwrap();
    let link = format!("/welcome/{}", link.expose());
    let mut carol = site.browser();
    carol.get(&link);
    let page = carol.post(&link, &[("address", "carol@example.org")]).location();
    let code = site.mail().code;
    carol.submit(&page, &code);
    carol.get("/operator").expect(403, &words("trouble-passkey-first"));
}

#[test]
fn a_passkey_opens_every_page_for_twelve_hours() {
    let (site, mut operator, mut member) = staffed();
    for path in PAGES.into_iter().chain(["/operator"]) {
        assert_eq!(operator.get(path).status, 200, "{path}");
        member.get(path).expect(403, &words("trouble-not-yours"));
    }
    site.advance(12 * HOUR - Duration::from_secs(1));
    assert_eq!(operator.get("/operator/accounts").status, 200);
    site.advance(Duration::from_secs(2));
    assert_eq!(operator.get("/operator/accounts").location(), "/account/confirm?to=%2Foperator%2Faccounts");
}

#[test]
fn what_changes_something_asks_for_the_same_and_changes_nothing_without_it() {
    let site = Site::new();
    let mut operator = site.open_first(ADA);
    let mut member = site.open(BOB);
    let bob = site.account(BOB).id;
    let before = site.events().len();
    operator.get("/operator");
    member.get("/account");
    for (path, fields) in [
        (format!("/operator/accounts/{bob}/lock"), vec![("reason", "why not")]),
        (format!("/operator/accounts/{bob}/move"), vec![("to", "")]),
        ("/operator/tenants".to_owned(), vec![("code", "uni"), ("name", "University")]),
        ("/operator/tenants/uni/methods".to_owned(), vec![]),
        ("/operator/invitations".to_owned(), vec![("address", "new@example.org"), ("operator", "1")]),
        (format!("/operator/invitations/{bob}/take-back"), vec![]),
    ] {
        operator.post(&path, &fields).expect(403, &words("trouble-passkey-first"));
        operator.get("/operator");
        member.post(&path, &fields).expect(403, &words("trouble-not-yours"));
        member.get("/account");
    }
    give_passkey(&site, ADA);
    operator.get("/account");
    let answer = operator.post(&format!("/operator/accounts/{bob}/lock"), &[("reason", "why not")]);
    assert_eq!(answer.location(), format!("/account/confirm?to=%2Foperator%2Faccounts%2F{bob}"));
    assert_eq!(site.events().len(), before);
}

#[test]
fn accounts_are_found_and_shown_with_what_they_own() {
    let (site, mut operator, _) = staffed();
    let id = site.account(ADA).id;
    for typed in ["ada@example.org", "a…@example.org", "@example.org", &id.to_string()[..13]] {
        let found = operator.get(&format!("/operator/accounts?{}", wire::form::encode([("q", typed)])));
        found.expect(200, ADA).expect(200, "passkey");
        assert!(found.links().contains(&format!("/operator/accounts/{id}")), "{typed}");
        assert!(typed.starts_with("0") || !found.says(BOB), "{typed}");
    }
    operator.get("/operator/accounts").expect(200, BOB);
    operator.get("/operator/accounts?q=nobody").expect(422, &words("operator-search-unreadable"));
    operator.get("/operator/accounts?q=nobody%40example.org").expect(200, &words("operator-accounts-none"));
    let page = operator.get(&format!("/operator/accounts/{id}"));
    page.expect(200, "Phone").expect(200, "session_raised").expect(200, "AAL2");
    operator
        .get("/operator/accounts/0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77")
        .expect(404, &words("trouble-not-found"));
}

#[test]
fn what_an_operator_does_to_an_account_needs_a_reason_and_says_who_did_it() {
    let (site, mut operator, mut member) = staffed();
    let bob = site.account(BOB).id;
    let page = format!("/operator/accounts/{bob}");
    let session = wire::token::decode::<48>(&operator.cookie("session")).unwrap();
    operator.get(&page);
    let before = site.events().len();
    operator.post(&format!("{page}/lock"), &[("reason", " ")]).expect(422, &words("operator-no-reason"));
    operator
        .post(&format!("{page}/unlock"), &[("reason", "x")])
        .expect(422, &words("operator-not-in-that-state"));
    operator.post(&format!("{page}/delete"), &[("reason", "x")]).expect(404, &words("trouble-not-found"));
    assert_eq!(site.events().len(), before);
    operator.get(&page).expect(200, &words("operator-gate"));
    let admitted = operator.post(&format!("{page}/admit"), &[]);
    admitted.expect(200, &words("operator-done-admit")).expect(200, &words("operator-words-text"));
    let told = admitted.reference();
    assert_eq!(told.split(' ').count(), 4, "{told}");
    assert!(!operator.get(&page).says(&told), "shown once");
    assert_eq!(site.count("gate_opened"), 1);
    operator.get(&page);
    for (act, kind) in [
        ("end-sessions", OperatorAct::EndSessions),
        ("lock", OperatorAct::Lock),
        ("unlock", OperatorAct::Unlock),
        ("reset", OperatorAct::Reset),
        ("close", OperatorAct::Close),
    ] {
        site.line.tick();
        let to = operator.post(&format!("{page}/{act}"), &[("reason", "asked for by phone")]).location();
        assert_eq!(to, format!("{page}?done={act}"));
        operator
            .get(&to)
            .expect(200, &words(&format!("operator-done-{act}")))
            .expect(200, "asked for by phone");
        let events = site.events();
        let event = events
            .iter()
            .find(|event| matches!(&event.kind, EventKind::OperatorActed { act, .. } if *act == kind));
        let event = event.unwrap();
        assert_eq!((event.actor, event.subject.account()), (Actor::Operator, Some(bob)));
        assert!(event.source.is_some_and(|source| source.address.is_some()));
        assert_eq!(event.session, Some(SessionId::from_bytes(session[..16].try_into().unwrap())));
    }
    assert!(!member.is_signed_in());
}

#[test]
fn a_tenant_is_made_filled_and_emptied_by_its_pages() {
    let (site, mut operator, _) = staffed();
    operator.get("/operator/tenants").expect(200, &words("tenants-none"));
    let made = operator.post("/operator/tenants", &[("code", "uni"), ("name", "Example University")]);
    assert_eq!(made.location(), "/operator/tenants/uni?done=made");
    operator.get("/operator/tenants/uni?done=made").expect(200, &words("tenant-made"));
    let act = |operator: &mut Browser, act: &str, fields: &[(&str, &str)]| {
        let answer = operator.post(&format!("/operator/tenants/uni/{act}"), fields);
        operator.get("/operator/tenants/uni");
        answer
    };
    act(&mut operator, "add-domain", &[("domain", "not a domain")])
        .expect(422, &words("tenant-wrong-domain"));
    act(&mut operator, "add-domain", &[("domain", "Example.EDU")]).location();
    let adopted = act(&mut operator, "adopt", &[("domain", "example.edu")]).location();
    assert_eq!(adopted, "/operator/tenants/uni?done=adopted&n=1");
    assert_eq!(site.account(BOB).tenant.unwrap().code, "uni");
    act(&mut operator, "methods", &[]).expect(422, &words("tenant-wrong-no-sign-in"));
    act(&mut operator, "methods", &[("sign_in.passkey", "1"), ("step_up.passkey", "1")]).location();
    let methods = tenant::find(site.app.store(), "uni").unwrap().unwrap().tenant.methods;
    assert_eq!(methods.text(), "sign_in: passkey; step_up: passkey; recovery: ");
    act(&mut operator, "rename", &[("name", "www.example.edu")]).expect(422, &words("tenant-wrong-name"));
    act(&mut operator, "rename", &[("name", "University of Examples")]).location();
    operator
        .get("/operator/tenants")
        .expect(200, "University of Examples")
        .expect(200, &words("tenant-codes-never"));
    act(&mut operator, "remove", &[]).expect(422, &words("tenant-wrong-in-use"));
    let bob = site.account(BOB).id;
    operator.get(&format!("/operator/accounts/{bob}"));
    operator.post(&format!("/operator/accounts/{bob}/move"), &[("to", "")]).location();
    operator.get("/operator/tenants/uni");
    act(&mut operator, "remove-domain", &[("domain", "example.edu")]).location();
    let gone = operator.post("/operator/tenants/uni/remove", &[]).location();
    operator.get(&gone).expect(200, &words("tenant-removed"));
    operator.get("/operator/tenants/uni").expect(404, &words("trouble-not-found"));
    let by_operator = site.events().into_iter().filter(|event| event.actor == Actor::Operator);
    assert!(by_operator.filter(|event| event.source.is_some()).count() >= 7);
}

/// A client that nobody vouches for, brought in so.
fn client(site: &Site, id: &str, origin: ClientOrigin) {
    let client = Client {
        id: id.to_owned(),
        name: "Reader".to_owned(),
        verified: origin == ClientOrigin::Configuration,
        origin,
        authentication: AuthenticationMethod::None,
        grant_types: vec![GrantType::AuthorizationCode],
        redirect_uris: vec![RedirectUri::parse("https://reader.example.org/cb").unwrap()],
        scopes: Scopes::parse("openid").unwrap(),
        resources: Vec::new(),
        token_format: TokenFormat::Jwt,
        signing: KeyKind::Es256,
        subject_type: SubjectType::Public,
        lifetimes: Lifetimes::default(),
        without_pkce: false,
        require_pushed: false,
        dpop_bound: false,
        unbound_refresh: false,
        user_code_scopes: Scopes::default(),
        provisional_scopes: model::provisional::default_scopes(),
    };
    let client = Registered::new(client, site.cx().now);
    site.write(move |tx, cx| clients::add(tx, cx, &client, &By::COMMAND)).unwrap();
}

#[test]
fn a_client_is_shown_vouched_for_and_removed_by_its_pages() {
    let (site, mut operator, _) = staffed();
    operator.get("/operator/clients").expect(200, &words("clients-none"));
    // Names of clients may hold what means something in a path.
    let id = "https://reader.example.org/client?a=<b>&c";
    client(&site, id, ClientOrigin::Registration);
    client(&site, "declared", ClientOrigin::Configuration);
    let list = operator.get("/operator/clients");
    list.expect(200, &words("client-tag-unverified")).expect(200, &words("client-origin-configuration"));
    let page = list.links().into_iter().find(|link| link.contains("reader.example.org")).unwrap();
    operator.get(&page).expect(200, id).expect(200, &words("client-verify-meaning"));
    let to = operator.post("/operator/clients/verify", &[("client", id)]).location();
    operator.get(&to).expect(200, &words("client-verified")).expect(200, &words("client-shown-verified"));
    let to = operator.post("/operator/clients/unverify", &[("client", id)]).location();
    operator.get(&to).expect(200, &words("client-unverified"));
    let declared = [("client", "declared")];
    for act in ["verify", "unverify", "remove"] {
        operator.get("/operator/clients/one?client=declared").expect(200, &words("client-declared-meaning"));
        let path = format!("/operator/clients/{act}");
        operator.post(&path, &declared).expect(422, &words("client-wrong-declared"));
    }
    operator.get(&page);
    let to = operator.post("/operator/clients/remove", &[("client", id)]).location();
    operator.get(&to).expect(200, &words("client-removed"));
    operator.get(&page).expect(404, &words("trouble-not-found"));
    operator.get("/operator/clients");
    operator.post("/operator/clients/colour", &declared).expect(404, &words("trouble-not-found"));
    let kinds = ["client_verified", "client_removed"];
    assert_eq!(kinds.map(|kind| site.count(kind)), [2, 1]);
    let acts = site.events().into_iter().filter(|event| event.kind.name() == "client_verified");
    assert!(acts.into_iter().all(|event| event.actor == Actor::Operator && event.session.is_some()));
}

#[test]
fn an_invitation_is_shown_once_and_can_be_taken_back() {
    let (site, mut operator, _) = staffed();
    operator.get("/operator/invitations").expect(200, &words("invitations-none"));
    operator
        .post("/operator/invitations", &[("address", "nobody")])
        .expect(422, &words("error-address-incomplete"));
    operator.post("/operator/invitations", &[("address", BOB)]).expect(422, &words("error-address-taken"));
    let page = operator.post("/operator/invitations", &[("address", "new@example.org")]);
    page.expect(200, "http://localhost:8000/welcome/");
    let link =
        page.text().split("http://localhost:8000").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(site.browser().get(&link).status, 200);
    let listed = operator.get("/operator/invitations");
    assert!(listed.says("new@example.org") && !listed.says("/welcome/"));
    let action =
        listed.attributes("action").into_iter().find(|action| action.ends_with("/take-back")).unwrap();
    let to = operator.post(&action, &[]).location();
    operator.get(&to).expect(200, &words("invitation-taken-back")).expect(200, &words("invitations-none"));
    assert_eq!(site.browser().get(&link).status, 410);
    assert_eq!(site.count("invitation_taken_back"), 1);
    operator.post(&action, &[]).location();
    assert_eq!(site.count("invitation_taken_back"), 1, "twice is no error and nothing new");
}

#[test]
fn the_outbox_and_the_settings_are_shown_without_secrets() {
    let (site, mut operator, _) = staffed();
    site.browser().ask(BOB);
    operator.get("/operator/outbox").expect(200, "b…@example.edu").expect(200, "1 mail waits.");
    assert!(!operator.get("/operator/outbox").says(&words("outbox-logouts")));
    site.write(|tx, cx| {
        let id = model::id::LogoutId::new(cx)?;
        let account = model::id::AccountId::new(cx)?;
        let logout = store::logouts::Logout { id, client: "reader".to_owned(), account, session: None };
        store::logouts::enqueue(tx, &logout, cx.now)?;
        Ok(tx.unrecorded("a test", ()))
    });
    let outbox = operator.get("/operator/outbox");
    outbox.expect(200, "reader").expect(200, "1 app has yet to be told that somebody is signed out.");
    operator.get("/operator/settings").expect(200, "smtp.password").expect(200, "BIDDEN_SMTP_PASSWORD");
}

#[test]
fn a_reset_warns_where_codes_are_closed() {
    let (site, mut operator, _) = staffed();
    university(&site, MethodPolicy::OPEN.without(Method::MailCode));
    let bob = site.account(BOB).id;
    let page = format!("/operator/accounts/{bob}");
    assert!(!operator.get(&page).says(&words("operator-act-reset-shut")));
    site.write(move |tx, cx| tenant::move_account(tx, cx, bob, Some("uni"), &By::COMMAND)).unwrap();
    operator.get(&page).expect(200, &words("operator-act-reset-shut"));
}
