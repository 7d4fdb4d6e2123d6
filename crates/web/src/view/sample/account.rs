//! Samples of the account page.

use super::activity::{asked, line};
use super::{DAY, Drawn, FIREFOX, HOUR, MINUTE, NOTHING, SAFARI, Stage, home, put, source, stranger};
use crate::view::account::{
    AddressLine, CodeFacts, KnownBrowser, Overview, OverviewNotice, SessionLine, Waiting,
};
use crate::view::entry::{End, Opened, What};
use crate::view::frame::{AccountBadge, Frame, Place};
use crate::view::waiting::{Kind, Thing};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    put(pages, "account-new", &Overview { notice: Some(OverviewNotice::Opened), ..fresh(stage, frame) });
    for (name, waiting) in [("account", 1), ("account-two-wait", 2)] {
        let badge = AccountBadge { address: "anna@linden.example", operator: false, waiting };
        let frame = &Frame { signed_in: Some(badge), ..*frame };
        put(pages, name, &busy(stage, frame));
    }
    let notice = Some(OverviewNotice::EntryCancelled);
    put(pages, "account-entry-cancelled", &Overview { notice, ..fresh(stage, frame) });
    let ended = OverviewNotice::SessionEnded;
    put(
        pages,
        "account-ended",
        &Overview { notice: Some(ended), odds: Some(426_666), ..fresh(stage, frame) },
    );
    let ended = OverviewNotice::SessionsEnded(3);
    put(
        pages,
        "account-ended-all",
        &Overview { notice: Some(ended), odds: None, browsers: Vec::new(), ..fresh(stage, frame) },
    );
}

fn fresh<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> Overview<'a> {
    Overview {
        frame,
        notice: None,
        address: "anna@linden.example",
        tenant: None,
        code: CodeFacts { letters: 8, minutes: 10, guesses: 3 },
        odds: Some(8_533_333_333),
        passkeys: 0,
        offer_passkey: true,
        waiting: Vec::new(),
        latest: Vec::new(),
        sessions: vec![SessionLine {
            id: "0196c1d2-7a3e-7c11-9d20-000000000001".to_owned(),
            this: true,
            started: stage.ago(40 * MINUTE),
            last_used: stage.ago(0),
            ends: stage.ahead(30 * DAY - 40 * MINUTE),
            source: home(None),
        }],
        browsers: vec![KnownBrowser {
            browser: FIREFOX,
            this: true,
            first: stage.ago(80 * DAY),
            last: stage.ago(40 * MINUTE),
        }],
        addresses: vec![AddressLine {
            address: "anna@linden.example".to_owned(),
            confirmed: stage.ago(80 * DAY),
            muted_until: None,
        }],
    }
}

fn busy<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> Overview<'a> {
    let mut page = fresh(stage, frame);
    page.odds = Some(1_706_667);
    page.tenant = Some("Example University");
    page.waiting = vec![
        Waiting::Entry {
            id: "0196c1d2-7a3e-7c11-9d20-000000000021".to_owned(),
            kind: Kind::Recovery,
            opens: stage.ahead(71 * HOUR),
            source: stranger(),
        },
        Waiting::Entry {
            id: "0196c1d2-7a3e-7c11-9d20-000000000022".to_owned(),
            kind: Kind::SignIn,
            opens: stage.ahead(23 * HOUR),
            source: home(None),
        },
        Waiting::Held {
            id: "0196c1d2-7a3e-7c11-9d20-000000000023".to_owned(),
            thing: Thing::Passkey,
            until: stage.ahead(20 * HOUR),
        },
        Waiting::RecoveryCodes(9),
        Waiting::RecoveryCodes(1),
        Waiting::LiveCode {
            asked: stage.ago(2 * MINUTE),
            source: stranger(),
            href: "/account/activity#e120000000".to_owned(),
        },
        Waiting::UnusedCodes(3),
        Waiting::Findings(1),
        Waiting::MailMuted(stage.ahead(24 * DAY)),
        Waiting::RecoveryAddress(stage.ago(2 * DAY)),
        Waiting::MailBounces(stage.ago(22 * HOUR)),
    ];
    page.latest = vec![
        asked(stage, 6 * HOUR, End::NeverUsed, stranger()),
        line(stage, 40 * MINUTE, What::SessionStarted),
        line(stage, 80 * DAY, What::AccountOpened(Opened::Invitation)),
    ];
    page.sessions.push(SessionLine {
        id: "0196c1d2-7a3e-7c11-9d20-000000000002".to_owned(),
        this: false,
        started: stage.ago(12 * DAY),
        last_used: stage.ago(9 * HOUR),
        ends: stage.ahead(18 * DAY),
        source: source(SAFARI, "2001:db8:77:4a01:9c2e:11ff:fe04:ab19", None),
    });
    page.browsers.push(KnownBrowser {
        browser: NOTHING,
        this: false,
        first: stage.ago(70 * DAY),
        last: stage.ago(12 * DAY),
    });
    for line in &mut page.addresses {
        line.muted_until = Some(stage.ahead(24 * DAY));
    }
    (page.passkeys, page.offer_passkey) = (2, false);
    page
}
