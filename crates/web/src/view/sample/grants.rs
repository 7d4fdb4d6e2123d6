//! Samples of what a client asks, and of what was allowed.

use model::method::MethodSet;

use super::{DAY, Drawn, HOUR, Stage, home, put, stranger};
use crate::view::codes_off::Way;
use crate::view::frame::Place;
use crate::view::grants::{GrantLine, Grants, Origin};
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
        reference: "bidden_ru_c3RhdGVsZXNzLWFuZC1pbnZlbnRlZC1hbGwtb2YtaXQ",
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
        address: "anna@linden.example",
        takes: Way::all(MethodSet::ALL),
    };
    put(pages, "lacking", &page);
    put(pages, "lacking-passkey", &Lacking { takes: vec![Way::Passkey], ..page });
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
    let line = |n: u8| GrantLine {
        id: format!("0196c1d2-7a3e-7c11-9d20-00000000000{n}"),
        name: "Linden Reader".to_owned(),
        verified: true,
        host: Some("reader.linden.example".to_owned()),
        wanted: all(),
        resources: vec!["https://shelf.linden.example".to_owned()],
        origin: Origin::Browser,
        this: true,
        given: stage.ago(3 * DAY),
        used: stage.ago(HOUR),
        ends: stage.ahead(7 * DAY - HOUR),
        source: Some(home(None)),
    };
    let other = GrantLine {
        name: "A very long name that an app gave itself so that it fills the line and one more".to_owned(),
        verified: false,
        host: None,
        origin: Origin::Device,
        this: false,
        source: Some(stranger()),
        ..line(2)
    };
    let third = GrantLine { this: false, source: None, wanted: Vec::new(), resources: Vec::new(), ..line(3) };
    put(pages, "grants", &Grants { frame, ended: false, grants: vec![line(1), other, third] });
    put(pages, "grants-none", &Grants { frame, ended: true, grants: Vec::new() });
}
