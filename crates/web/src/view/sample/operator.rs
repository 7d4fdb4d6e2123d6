//! Samples of the operator's pages beside the record.

use model::method::Flaw;

use super::{CHROME, DAY, Drawn, FIREFOX, HOUR, MINUTE, SECOND, Stage, home, put, source};
use crate::view::frame::{Frame, Place};
use crate::view::operator::account::{
    Act, AuthenticatorLine, GateFacts, OneAccount, Said as AccountSaid, SessionLine,
};
use crate::view::operator::accounts::{AccountLine, Accounts, State};
use crate::view::operator::clients::{
    ClientLine, Clients, OneClient, Origin as ClientFrom, Said as ClientSaid, SecretLine,
};
use crate::view::operator::invitations::{InvitationLine, Invitations, Said as InvitationSaid};
use crate::view::operator::outbox::{LogoutLine, Outbox};
use crate::view::operator::settings::{SettingLine, Settings};
use crate::view::operator::tenants::{
    Box, OneTenant, Said as TenantSaid, TenantLine, Tenants, UseBoxes, Wrong,
};
use crate::view::operator::{EventLine, OutboxLine};
use crate::view::sign_in::FieldError;

const ID: &str = "0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Operator);
    accounts(stage, frame, pages);
    one_account(stage, frame, pages);
    tenants(frame, pages);
    one_tenant(stage, frame, pages);
    clients(stage, frame, pages);
    invitations(stage, frame, pages);
    others(stage, frame, pages);
}

fn accounts(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let line = |address: &str, state, operator| AccountLine {
        id: ID.to_owned(),
        address: address.to_owned(),
        state,
        operator,
        tenant: operator.then(|| "example-edu".to_owned()),
        owns: if operator { vec!["passkey", "password"] } else { Vec::new() },
        signed_in: operator.then(|| stage.ago(HOUR)),
        opened: stage.ago(80 * DAY),
    };
    let page = Accounts {
        frame,
        typed: "@linden.example",
        unreadable: false,
        accounts: vec![
            line("anna@linden.example", State::Open, true),
            line("wilhelmina.van-der-berghe+library@a-rather-long-name.example", State::Locked, false),
            line("q…@linden.example", State::Closed, false),
        ],
        next: Some(format!("/operator/accounts?q=%40linden.example&after={ID}")),
    };
    put(pages, "operator-accounts", &page);
    let none = Accounts { typed: "a b", unreadable: true, accounts: Vec::new(), next: None, ..page };
    put(pages, "operator-accounts-none", &none);
}

fn account<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> OneAccount<'a> {
    let event = |n: i64, kind: &str| EventLine {
        id: format!("v{n}"),
        at: stage.ago(n * 71 * SECOND),
        kind: kind.to_owned(),
        subject: String::new(),
        unknown: false,
        source: (n % 2 == 0).then(|| home(Some(true))),
        detail: "amber-falcon".to_owned(),
    };
    OneAccount {
        frame,
        said: None,
        id: ID.to_owned(),
        address: "anna@linden.example",
        state: State::Open,
        operator: false,
        tenant: Some("example-edu"),
        tenants: vec!["club".to_owned(), "example-edu".to_owned()],
        opened: stage.ago(80 * DAY),
        confirmed: stage.ago(80 * DAY),
        open: [
            ("sign_in", vec!["passkey", "password"]),
            ("step_up", vec!["passkey"]),
            ("recovery", Vec::new()),
        ],
        codes_open: false,
        sessions: vec![
            SessionLine {
                started: stage.ago(HOUR),
                used: stage.ago(MINUTE),
                ends: stage.ahead(30 * DAY),
                proved: vec!["passkey"],
                level: 2,
                source: source(FIREFOX, "198.51.100.23", None),
            },
            SessionLine {
                started: stage.ago(3 * DAY),
                used: stage.ago(2 * DAY),
                ends: stage.ahead(27 * DAY),
                proved: vec!["password", "mail_code"],
                level: 1,
                source: source(CHROME, "2001:db8::7", None),
            },
        ],
        gate: GateFacts {
            installation: "open",
            tenant: Some("gate_word"),
            own: Some("solicited_only"),
            in_force: "solicited_only",
        },
        words: None,
        authenticators: vec![
            AuthenticatorLine {
                kind: "passkey",
                name: "Phone".to_owned(),
                added: stage.ago(9 * DAY),
                used: Some(stage.ago(HOUR)),
                held_until: None,
            },
            AuthenticatorLine {
                kind: "totp",
                name: "App".to_owned(),
                added: stage.ago(HOUR),
                used: None,
                held_until: Some(stage.ahead(23 * HOUR)),
            },
        ],
        lately: vec![event(1, "session_started"), event(2, "sign_in_code_redeemed")],
    }
}

fn one_account(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let page = || account(stage, frame);
    put(pages, "operator-account", &page());
    for (name, said, state) in [
        ("operator-account-locked", AccountSaid::Done(Act::Lock), State::Locked),
        ("operator-account-unlocked", AccountSaid::Done(Act::Unlock), State::Open),
        ("operator-account-ended", AccountSaid::Done(Act::EndSessions), State::Open),
        ("operator-account-reset", AccountSaid::Done(Act::Reset), State::Open),
        ("operator-account-admitted", AccountSaid::Done(Act::Admit), State::Open),
        ("operator-account-moved", AccountSaid::Done(Act::Move), State::Open),
        ("operator-account-undone", AccountSaid::Done(Act::Undo), State::Open),
        ("operator-account-closed", AccountSaid::Done(Act::Close), State::Closed),
        ("operator-account-no-reason", AccountSaid::NoReason, State::Open),
        ("operator-account-refused", AccountSaid::NotInThatState, State::Locked),
    ] {
        let bare = OneAccount {
            said: Some(said),
            words: (said == AccountSaid::Done(Act::Admit)).then_some("quiet heron amber fountain"),
            state,
            tenant: None,
            tenants: Vec::new(),
            gate: GateFacts { tenant: None, own: None, ..page().gate },
            operator: true,
            codes_open: true,
            sessions: Vec::new(),
            authenticators: Vec::new(),
            lately: Vec::new(),
            ..page()
        };
        put(pages, name, &bare);
    }
}

fn tenants(frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let line = |code: &str, domains: &[&str], codes| TenantLine {
        code: code.to_owned(),
        name: "Example University".to_owned(),
        domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        accounts: 12_345,
        codes,
    };
    let all =
        vec![line("club", &[], true), line("example-edu", &["example.edu", "alumni.example.edu"], false)];
    put(pages, "operator-tenants", &Tenants { frame, said: None, tenants: all });
    let removed = Tenants { frame, said: Some(TenantSaid::Removed), tenants: Vec::new() };
    put(pages, "operator-tenants-none", &removed);
    for (name, wrong) in [("operator-tenants-taken", Wrong::Taken), ("operator-tenants-name", Wrong::Name)] {
        put(pages, name, &Tenants { frame, said: Some(TenantSaid::Wrong(wrong)), tenants: Vec::new() });
    }
}

fn one_tenant(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let tick = |method, open, closed_by_site| Box { method, open, closed_by_site };
    let uses = vec![
        UseBoxes {
            use_: "sign_in",
            boxes: vec![
                tick("passkey", true, false),
                tick("mail_code", false, false),
                tick("sms_code", true, true),
            ],
        },
        UseBoxes { use_: "step_up", boxes: vec![tick("passkey", true, false)] },
        UseBoxes { use_: "recovery", boxes: vec![tick("recovery_code", true, false)] },
    ];
    let domains = ["example.edu".to_owned(), "alumni.example.edu".to_owned()];
    let page = |said, domains, accounts| OneTenant {
        frame,
        said,
        code: "example-edu",
        name: "Example University",
        domains,
        accounts,
        made: stage.ago(9 * DAY),
        uses: uses.clone(),
        gate: None,
        gate_of_site: "open",
    };
    let gated = OneTenant { gate: Some("private_name"), ..page(None, &domains, 12_345) };
    put(pages, "operator-tenant-gate", &gated);
    put(pages, "operator-tenant", &page(None, &domains, 12_345));
    for (name, said) in [
        ("operator-tenant-made", TenantSaid::Made),
        ("operator-tenant-changed", TenantSaid::Changed),
        ("operator-tenant-adopted", TenantSaid::Adopted { count: 12, more: false }),
        ("operator-tenant-adopted-more", TenantSaid::Adopted { count: 2000, more: true }),
        ("operator-tenant-in-use", TenantSaid::Wrong(Wrong::InUse)),
        ("operator-tenant-domain", TenantSaid::Wrong(Wrong::Domain)),
        ("operator-tenant-domain-taken", TenantSaid::Wrong(Wrong::DomainTaken)),
        ("operator-tenant-no-sign-in", TenantSaid::Wrong(Wrong::Flawed(Flaw::NoSignIn))),
        ("operator-tenant-totp-alone", TenantSaid::Wrong(Wrong::Flawed(Flaw::TotpAlone))),
        ("operator-tenant-half", TenantSaid::Wrong(Wrong::Flawed(Flaw::HalfStepUp))),
    ] {
        put(pages, name, &page(Some(said), &[], 0));
    }
}

fn invitations(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let line = |address: &str, operator| InvitationLine {
        id: ID.to_owned(),
        address: address.to_owned(),
        operator,
        ends: stage.ahead(6 * DAY),
    };
    let page = |said| Invitations {
        frame,
        said,
        address: "",
        errors: Vec::new(),
        invitations: vec![line("bob@linden.example", false), line("ada@linden.example", true)],
    };
    put(pages, "operator-invitations", &page(None));
    let link =
        "https://account.linden.example/welcome/AZbB0no-fBGdIFs_DG8adwAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let made = InvitationSaid::Made { address: "bob@linden.example".to_owned(), link };
    put(pages, "operator-invitations-made", &page(Some(made)));
    put(pages, "operator-invitations-back", &page(Some(InvitationSaid::TakenBack)));
    put(pages, "operator-invitations-closed", &page(Some(InvitationSaid::Closed)));
    let wrong = Invitations {
        address: "bob",
        errors: vec![FieldError::AddressIncomplete],
        invitations: Vec::new(),
        ..page(None)
    };
    put(pages, "operator-invitations-wrong", &wrong);
}

fn others(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let mail = OutboxLine {
        queued: stage.ago(4 * MINUTE),
        to: "a…@linden.example".to_owned(),
        attempts: 2,
        next: stage.ahead(MINUTE),
        obstacle: Some("sign_in_code".to_owned()),
    };
    let logout = LogoutLine {
        queued: stage.ago(HOUR),
        client: "linden-reader".to_owned(),
        attempts: 6,
        next: stage.ahead(20 * MINUTE),
    };
    let hook = LogoutLine { client: "https://alerts.linden.example/hook?…".to_owned(), ..logout.clone() };
    let ring = LogoutLine { client: "https://push.example.net".to_owned(), ..logout.clone() };
    let both = Outbox {
        frame,
        mails: vec![mail],
        waiting: 1,
        logouts: vec![logout],
        logouts_waiting: 1,
        webhooks: vec![hook],
        webhooks_waiting: 1,
        rings: vec![ring],
        rings_waiting: 1,
    };
    put(pages, "operator-outbox", &both);
    let empty = Outbox {
        mails: Vec::new(),
        waiting: 0,
        logouts: Vec::new(),
        logouts_waiting: 0,
        webhooks: Vec::new(),
        webhooks_waiting: 0,
        rings: Vec::new(),
        rings_waiting: 0,
        ..both
    };
    put(pages, "operator-outbox-empty", &empty);
    let line = |key: &str, value: &str, place: Option<&str>| SettingLine {
        key: key.to_owned(),
        value: value.to_owned(),
        place: place.map(str::to_owned),
    };
    let in_force = vec![
        line("server", "https://account.linden.example at 0.0.0.0:443, with TLS", None),
        line("methods", "sign-in by passkey, password, mail_code, totp; recovery recovery_code", None),
    ];
    let changed = vec![
        line("smtp.password", "set", Some("BIDDEN_SMTP_PASSWORD")),
        line("site_name", "Linden Library", Some("bidden.toml:3:13")),
    ];
    put(pages, "operator-settings", &Settings { frame, in_force: in_force.clone(), changed });
    put(pages, "operator-settings-default", &Settings { frame, in_force, changed: Vec::new() });
}

fn clients(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let line = |id: &str, name: &str, origin, verified| ClientLine {
        href: format!("/operator/clients/one?{}", wire::form::encode([("client", id)])),
        id: id.to_owned(),
        name: name.to_owned(),
        origin,
        verified,
        authentication: "client_secret_basic",
    };
    let all = vec![
        line("library", "Library catalogue", ClientFrom::Configuration, true),
        line("r_SGZ3bGJvYXQ5ZmRrZGpm", "Reader", ClientFrom::Registration, false),
        line("reader-for-desktops", "Reader for desktops", ClientFrom::Operator, true),
        line("https://notes.example/client.json", "Notes", ClientFrom::Document, false),
    ];
    let next = Some("/operator/clients?after=x".to_owned());
    put(pages, "operator-clients", &Clients { frame, removed: false, clients: all.clone(), next });
    put(pages, "operator-clients-none", &Clients { frame, removed: true, clients: Vec::new(), next: None });
    let page = |said, line: &ClientLine| OneClient {
        frame,
        said,
        line: line.clone(),
        redirect_uris: vec!["https://library.linden.example/signed-in".to_owned()],
        pages: vec!["https://library.linden.example/".to_owned()],
        grant_types: vec!["authorization_code", "refresh_token"],
        scopes: vec!["email".to_owned(), "openid".to_owned()],
        resources: vec!["https://api.linden.example".to_owned()],
        takes: vec!["passkey", "password", "totp"],
        secrets: vec![
            SecretLine { made: stage.ago(DAY), until: None },
            SecretLine { made: stage.ago(90 * DAY), until: Some(stage.ahead(6 * DAY)) },
        ],
        made: stage.ago(90 * DAY),
        changed: stage.ago(DAY),
    };
    for (name, said, at) in [
        ("operator-client", None, 0),
        ("operator-client-registered", None, 1),
        ("operator-client-verified", Some(ClientSaid::Verified), 2),
        ("operator-client-unverified", Some(ClientSaid::Unverified), 3),
        ("operator-client-declared", Some(ClientSaid::Declared), 0),
    ] {
        if let Some(line) = all.get(at) {
            put(pages, name, &page(said, line));
        }
    }
    if let Some(line) = all.first() {
        let bare = OneClient {
            redirect_uris: Vec::new(),
            pages: Vec::new(),
            resources: Vec::new(),
            secrets: Vec::new(),
            grant_types: vec!["client_credentials"],
            ..page(None, line)
        };
        put(pages, "operator-client-bare", &bare);
    }
}
