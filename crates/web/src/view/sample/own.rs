//! Samples of the pages of what is one's own: sessions, data, the end.

use super::{DAY, Drawn, FIREFOX, HOUR, MINUTE, NOTHING, SAFARI, Stage, home, put, source};
use crate::view::data::{Close, Data};
use crate::view::frame::{Frame, Place};
use crate::view::profile::ProfilePage;
use crate::view::sessions::{KnownBrowser, SessionConfirm, SessionLine, Sessions};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    put(pages, "sessions", &several(stage, frame));
    put(pages, "sessions-unconfirmed", &Sessions { confirmed: false, ..several(stage, frame) });
    put(pages, "sessions-one", &one(stage, frame));
    put(pages, "sessions-ended", &Sessions { ended: Some(3), ..one(stage, frame) });
    put(pages, "sessions-ended-one", &Sessions { ended: Some(1), browsers: Vec::new(), ..one(stage, frame) });
    put(pages, "sessions-confirmed", &Sessions { said_mine: true, ..one(stage, frame) });
    let mut doubted = several(stage, frame);
    for session in &mut doubted.sessions {
        session.doubted = Some(stage.ago(10 * MINUTE));
        session.ends = stage.ahead(50 * MINUTE);
    }
    if let Some(session) = doubted.sessions.last().cloned() {
        let page = SessionConfirm { frame, session, browser_new: false };
        put(pages, "session-confirm", &page);
        put(pages, "session-confirm-new", &SessionConfirm { browser_new: true, ..page });
    }
    put(pages, "sessions-provisional", &doubted);
    for session in &mut doubted.sessions {
        (session.approved, session.ends) = (true, stage.ahead(23 * HOUR));
    }
    if let Some(session) = doubted.sessions.last().cloned() {
        put(pages, "session-confirm-unsure", &SessionConfirm { frame, session, browser_new: false });
    }
    put(pages, "sessions-unsure", &doubted);
    put(pages, "sessions-ended-none", &Sessions { ended: Some(0), ..one(stage, frame) });
    for (name, retention_days) in [("data", 400), ("data-short", 1)] {
        let proofs = name == "data";
        put(pages, name, &Data { frame, retention_days, proofs });
    }
    for (name, saved, wrong, typed) in [
        ("profile", false, false, ""),
        ("profile-saved", true, false, "Anna Linden"),
        ("profile-wrong", false, true, "Anna\u{202e}Linden"),
    ] {
        put(pages, name, &ProfilePage { frame, saved, wrong, name: typed });
    }
    let page = Close {
        frame,
        address: "anna@linden.example",
        sessions: 2,
        retention_days: 400,
        last_operator: false,
    };
    put(pages, "close", &page);
    put(pages, "close-one", &Close { sessions: 1, retention_days: 1, ..page.clone() });
    put(pages, "close-last", &Close { last_operator: true, ..page });
}

fn one<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> Sessions<'a> {
    Sessions {
        frame,
        ended: None,
        said_mine: false,
        confirmed: true,
        sessions: vec![SessionLine {
            id: "0196c1d2-7a3e-7c11-9d20-000000000001".to_owned(),
            this: true,
            first: Some(stage.ago(80 * DAY)),
            started: stage.ago(40 * MINUTE),
            last_used: stage.ago(0),
            doubted: None,
            approved: false,
            ends: stage.ahead(30 * DAY - 40 * MINUTE),
            source: home(None),
        }],
        browsers: vec![KnownBrowser {
            browser: FIREFOX,
            this: true,
            first: stage.ago(80 * DAY),
            last: stage.ago(40 * MINUTE),
        }],
    }
}

fn several<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> Sessions<'a> {
    let mut page = one(stage, frame);
    for (n, address) in (2..).zip(["2001:db8:77:4a01:9c2e:11ff:fe04:ab19", "198.51.100.99", "192.168.1.7"]) {
        page.sessions.push(SessionLine {
            id: format!("0196c1d2-7a3e-7c11-9d20-00000000000{n}"),
            this: false,
            first: None,
            started: stage.ago(12 * DAY),
            last_used: stage.ago(9 * HOUR),
            doubted: None,
            approved: false,
            ends: stage.ahead(18 * DAY),
            source: source(SAFARI, address, None),
        });
    }
    page.browsers.push(KnownBrowser {
        browser: NOTHING,
        this: false,
        first: stage.ago(70 * DAY),
        last: stage.ago(12 * DAY),
    });
    page
}
