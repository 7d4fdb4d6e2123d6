//! Samples of the account page.

use super::activity::{asked, line};
use super::{DAY, Drawn, HOUR, MINUTE, Stage, home, put, stranger};
use crate::view::account::{CodeFacts, Overview, OverviewNotice, Waiting};
use crate::view::entry::{End, Opened, What};
use crate::view::frame::{AccountBadge, Frame, Place};
use crate::view::ledger::{LedgerFacts, LedgerLine};
use crate::view::waiting::{Kind, Thing};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    put(pages, "account-new", &Overview { notice: Some(OverviewNotice::Opened), ..fresh(frame) });
    for (name, waiting) in [("account", 1), ("account-two-wait", 2)] {
        let badge = AccountBadge { address: "anna@linden.example", operator: false, waiting };
        let frame = &Frame { signed_in: Some(badge), ..*frame };
        put(pages, name, &busy(stage, frame));
    }
    let notice = Some(OverviewNotice::EntryCancelled);
    put(
        pages,
        "account-entry-cancelled",
        &Overview { notice, password: true, approver: true, ..fresh(frame) },
    );
    put(pages, "account-guessed", &Overview { ledger: guessed(426_666), password: true, ..fresh(frame) });
    put(
        pages,
        "account-never-asked",
        &Overview { ledger: never(), recovery: 1, password: true, app: true, approver: true, ..fresh(frame) },
    );
}

/// A ledger that comes to one in `odds`.
pub(super) fn guessed(odds: i64) -> LedgerFacts {
    LedgerFacts {
        odds: Some(odds),
        lines: vec![
            LedgerLine { known: false, letters: 8, codes: 14, guesses: 9, odds: Some(odds) },
            LedgerLine { known: false, letters: 12, codes: 1, guesses: 0, odds: None },
            LedgerLine { known: true, letters: 8, codes: 6, guesses: 6, odds: Some(4_266_666_666) },
            LedgerLine { known: true, letters: 12, codes: 1, guesses: 0, odds: None },
        ],
        ..never()
    }
}

/// A ledger in which nothing stands yet.
pub(super) fn never() -> LedgerFacts {
    LedgerFacts { odds: None, lines: Vec::new(), limit: 1_000_000, limit_known: 10_000 }
}

fn fresh<'a>(frame: &'a Frame<'a>) -> Overview<'a> {
    Overview {
        frame,
        notice: None,
        address: "anna@linden.example",
        tenant: None,
        code: CodeFacts { letters: 8, minutes: 10, guesses: 3 },
        ledger: guessed(8_533_333_333),
        passkeys: 0,
        password: false,
        app: false,
        approver: false,
        offer_passkey: true,
        waiting: Vec::new(),
        latest: Vec::new(),
        sessions: 1,
        name: None,
        apps: 0,
        addresses: 1,
        recovery: 0,
    }
}

fn busy<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> Overview<'a> {
    let mut page = fresh(frame);
    page.ledger = guessed(1_706_667);
    page.ledger.lines.push(LedgerLine {
        known: false,
        letters: 12,
        codes: 1,
        guesses: 3,
        odds: Some(1_360_544_217_687_074),
    });
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
        Waiting::Session { until: stage.ahead(50 * MINUTE), approved: false },
        Waiting::Session { until: stage.ahead(23 * HOUR), approved: true },
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
    (page.sessions, page.apps, page.addresses, page.recovery) = (2, 3, 2, 1);
    (page.password, page.app) = (true, true);
    (page.passkeys, page.offer_passkey, page.name) = (2, false, Some("Anna Linden"));
    page
}
