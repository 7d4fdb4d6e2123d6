//! Samples of what a client asks, and of what was allowed.

use model::method::MethodSet;

use super::{DAY, Drawn, HOUR, Stage, home, put, stranger};
use crate::view::codes_off::Way;
use crate::view::frame::Place;
use crate::view::grants::{AppLine, Came, GrantLine, Grants, GrantsOfApp, Near, Origin, Provisional};
use crate::view::oauth::{Back, Consent, FormPost, Lacking, Logout, Onward, RequestRefused, Wanted};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    consent(stage, pages);
    lacking(stage, pages);
    onward(stage, pages);
    logout(stage, pages);
    grants(stage, pages);
}

fn all() -> Vec<Wanted> {
    vec![
        Wanted::Identity,
        Wanted::Profile,
        Wanted::Mail,
        Wanted::Phone,
        Wanted::Offline,
        Wanted::Other("shelf.read".to_owned()),
    ]
}

fn consent(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let page = Consent {
        frame,
        reference: "bidden_rq_c3RhdGVsZXNzLWFuZC1pbnZlbnRlZC1hbGwtb2YtaXQ",
        name: "Linden Reader",
        verified: true,
        host: Some("reader.linden.example".to_owned()),
        address: "anna@linden.example",
        wanted: all(),
        resources: vec!["https://shelf.linden.example".to_owned()],
        idle_days: 7,
        absolute_days: 30,
    };
    put(pages, "consent", &page);
    let short =
        Consent { wanted: Vec::new(), resources: Vec::new(), idle_days: 1, absolute_days: 1, ..page.clone() };
    put(pages, "consent-nothing", &short);
    let name = "Linden Library Account Security Check";
    put(pages, "consent-unverified", &Consent { name, verified: false, host: None, ..page });
}

fn lacking(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let page = Lacking {
        frame,
        reference: "bidden_ru_c3RhdGVsZXNzLWFuZC1pbnZlbnRlZC1hbGwtb2YtaXQ",
        name: "Linden Payroll",
        verified: true,
        address: "anna@linden.example",
        takes: Way::all(MethodSet::ALL),
        doubted: false,
        approved: false,
    };
    put(pages, "lacking", &page);
    put(pages, "lacking-provisional", &Lacking { doubted: true, ..page.clone() });
    put(pages, "lacking-unsure", &Lacking { doubted: true, approved: true, ..page.clone() });
    put(pages, "lacking-passkey", &Lacking { takes: vec![Way::Passkey], verified: false, ..page });
}

fn onward(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    put(pages, "onward", &Onward { frame, location: "https://reader.linden.example/cb?code=a&state=b" });
    let fields = [("code".to_owned(), "a".to_owned()), ("state".to_owned(), "b".to_owned())];
    put(pages, "form-post", &FormPost { frame, action: "https://reader.linden.example/cb", fields: &fields });
    let (code, sentence) = ("invalid_request", "'redirect_uri' is not registered; it is compared exactly.");
    put(pages, "request-refused", &RequestRefused { frame, code, sentence });
}

fn logout(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let page = Logout {
        frame,
        wish: "c3RhdGVsZXNzLWFuZC1pbnZlbnRlZC1hbGwtb2YtaXQ",
        client: Some(("Linden Reader", true)),
        address: "anna@linden.example",
        back: Some(Back::Host("reader.linden.example".to_owned())),
    };
    put(pages, "logout", &page);
    let client = Some(("Linden Library Account Security Check", false));
    put(pages, "logout-unverified", &Logout { client, back: Some(Back::Device), ..page.clone() });
    put(pages, "logout-nobody", &Logout { client: None, back: None, ..page });
}

fn grants(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let line = |n: u8| AppLine {
        id: format!("0196c1d2-7a3e-7c11-9d20-00000000000{n}"),
        name: "Linden Reader".to_owned(),
        verified: true,
        host: Some("reader.linden.example".to_owned()),
        wanted: all(),
        resources: vec!["https://shelf.linden.example".to_owned()],
        came: Came { origin: Origin::Browser, this: true, source: Some(home(None)) },
        grants: 3,
        given: stage.ago(3 * DAY),
        used: stage.ago(HOUR),
        ends: stage.ahead(7 * DAY - HOUR),
        provisional: None,
    };
    let other = AppLine {
        name: "A very long name that an app gave itself so that it fills the line and one more".to_owned(),
        verified: false,
        host: None,
        came: Came { origin: Origin::Device(Near::Elsewhere), this: false, source: Some(stranger()) },
        grants: 1,
        provisional: Some(Provisional { id: line(2).id, until: Some(stage.ahead(DAY - HOUR)) }),
        ..line(2)
    };
    let elsewhere = Came { origin: Origin::Browser, this: false, source: None };
    let third =
        AppLine { came: elsewhere.clone(), wanted: Vec::new(), resources: Vec::new(), grants: 1, ..line(3) };
    let (newer, older) =
        (Some("/account/grants?page=1".to_owned()), Some("/account/grants?page=3".to_owned()));
    let page = Grants {
        frame,
        ended: false,
        confirmed: true,
        apps: vec![line(1), other.clone(), third],
        newer: None,
        older,
    };
    put(pages, "grants", &page);
    let full = Grants { apps: (0..15).map(|_| line(1)).collect(), newer, ..page.clone() };
    put(pages, "grants-full", &full);
    put(
        pages,
        "grants-none",
        &Grants { ended: true, confirmed: false, apps: Vec::new(), older: None, ..page },
    );
    let one = |n: u8, came: Came| GrantLine {
        id: format!("0196c1d2-7a3e-7c11-9d20-00000000001{n}"),
        wanted: vec![Wanted::Identity],
        resources: Vec::new(),
        came,
        given: stage.ago(i64::from(n) * DAY),
        used: stage.ago(HOUR),
        ends: stage.ahead(7 * DAY - HOUR),
        provisional: None,
    };
    let by = |origin| Came { origin, this: false, source: None };
    let doubted = Some(Provisional { id: line(4).id, until: None });
    let grants = vec![
        one(1, line(1).came),
        one(2, elsewhere.clone()),
        GrantLine { provisional: doubted, ..one(3, other.came.clone()) },
        one(4, by(Origin::Device(Near::Here))),
        one(5, by(Origin::Loopback(Near::Here))),
    ];
    let of = GrantsOfApp { frame, ended: true, app: line(1), grants, newer: None, older: None };
    put(pages, "grants-of-app", &of);
    put(
        pages,
        "grants-of-app-one",
        &GrantsOfApp { ended: false, app: other, grants: vec![one(1, elsewhere)], ..of },
    );
}
