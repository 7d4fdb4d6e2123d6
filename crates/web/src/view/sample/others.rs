//! Samples of the pages that a mail leads to, of the inbox, of the operator's page and of the error pages.

use model::finding::{Attack, Severity};

use super::account::{guessed, never};
use super::{BrowserName, DAY, Drawn, HOUR, MINUTE, SECOND, SourceLine, Stage, home, put, stranger};
use crate::view::entry::{End, Mail, NotSent};
use crate::view::frame::Place;
use crate::view::inbox::{Inbox, InboxLine, InboxMail};
use crate::view::not_me::{NotMe, NotMeDone, NotMeUnknown, Standing, Used};
use crate::view::operator::{
    EventLine, Operator, OperatorShow, OutboxLine, RowCount, StoreSize, TableLine, Today,
};
use crate::view::sign_in::Purpose;
use crate::view::trouble::{ErrorPage, Trouble};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    not_me(stage, pages);
    inbox(stage, pages);
    operator(stage, pages);
    trouble(stage, pages);
}

fn not_me(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = |end, mail| NotMe {
        frame,
        token: "dGhpcy1pcy1hLXRva2Vu",
        purpose: Purpose::SignIn,
        account: "a•••a@linden.example".to_owned(),
        asked: stage.ago(6 * HOUR + 6 * MINUTE),
        source: stranger(),
        reference: "amber-falcon".to_owned(),
        end,
        guesses: 0,
        guesses_allowed: 3,
        mail,
        mute_days: 30,
        muted: None,
        standing: Standing::SignsIn,
        used: None,
        in_other_browsers: 0,
        kept_until: stage.ahead(29 * DAY),
    };
    let sent = || Mail::HandedOver(stage.ago(6 * HOUR + 6 * MINUTE - SECOND));
    put(pages, "not-me", &page(End::NeverUsed, sent()));
    put(pages, "not-me-waiting", &page(End::Waiting(stage.ahead(4 * MINUTE)), Mail::Waiting));
    for (name, same_network) in
        [("not-me-used", Some(true)), ("not-me-used-elsewhere", Some(false)), ("not-me-used-unknown", None)]
    {
        let used = Some(Used { at: stage.ago(6 * HOUR), same_network });
        let used = NotMe { guesses: 1, source: home(Some(true)), used, ..page(End::Used, sent()) };
        put(pages, name, &used);
    }
    let muted = Some(stage.ahead(20 * DAY));
    let gone =
        NotMe { muted, in_other_browsers: 2, standing: Standing::NoMore, ..page(End::NeverUsed, sent()) };
    put(pages, "not-me-gone", &gone);
    put(pages, "not-me-said", &page(End::NotYou, sent()));
    let open = Purpose::OpenAccount;
    let nowhere = SourceLine {
        address: None,
        browser: BrowserName { family: None, system: Some("Android") },
        known: Some(false),
    };
    put(
        pages,
        "not-me-open",
        &NotMe {
            purpose: open,
            source: nowhere,
            guesses: 3,
            standing: Standing::NoAccount,
            ..page(End::WrongCodes, sent())
        },
    );
    put(pages, "not-me-confirmed", &NotMe { purpose: Purpose::Confirm, ..page(End::Used, sent()) });
    put(pages, "not-me-confirm", &NotMe { purpose: Purpose::Confirm, ..page(End::NeverUsed, sent()) });
    let unsent = page(End::NotSent(NotSent::MailLimit), Mail::None(NotSent::MailLimit));
    put(pages, "not-me-unsent", &unsent);
    put(pages, "not-me-bounced", &page(End::Bounced, Mail::Bounced));
    let done = |already, was_used| NotMeDone { frame, already, was_used, muted_until: stage.ahead(30 * DAY) };
    put(pages, "not-me-done", &done(false, false));
    put(pages, "not-me-done-already", &done(true, false));
    put(pages, "not-me-done-used", &done(false, true));
    put(pages, "not-me-unknown", &NotMeUnknown { frame });
}

fn inbox(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let line = |minutes: i64| InboxLine {
        href: format!("/inbox/{minutes}"),
        subject: "Sign-in code for Linden Library (amber-falcon)".to_owned(),
        to: "anna@linden.example".to_owned(),
        at: stage.ago(minutes * MINUTE),
    };
    put(pages, "inbox", &Inbox { frame, mails: vec![line(1), line(70)] });
    put(pages, "inbox-empty", &Inbox { frame, mails: Vec::new() });
    let text = "Somebody asked for a sign-in code for anna@linden.example\nat Linden Library, on 12 May 2026 at \
                09:19 CEST, from Firefox on Linux.\n\n    BCDF-GHJK\n\nThe page shows the same reference: \
                amber-falcon.\nNobody who calls or writes to you needs this code.\n\nI did not ask for \
                this:\nhttps://account.linden.example/not-me/dGhpcy1pcy1hLXRva2VuLW9mLWZvcnR5LXRocmVlLWxldHRlcnM\n\n\
                @account.linden.example #BCDFGHJK\n";
    put(
        pages,
        "inbox-mail",
        &InboxMail {
            frame,
            subject: "Sign-in code for Linden Library (amber-falcon)".to_owned(),
            to: "anna@linden.example".to_owned(),
            at: stage.ago(MINUTE),
            text: text.to_owned(),
            links: vec![
                "https://account.linden.example/not-me/dGhpcy1pcy1hLXRva2VuLW9mLWZvcnR5LXRocmVlLWxldHRlcnM"
                    .to_owned(),
            ],
        },
    );
}

fn operator(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Operator);
    let quiet = Operator {
        frame,
        strong: false,
        today: Today { asked: 0, mailed: 0, suppressed: 0, redeemed: 0, unused: 0 },
        outbox: Vec::new(),
        outbox_waiting: 0,
        ledger: never(),
        alarm: None,
        store: StoreSize {
            size: "67.5 kB".to_owned(),
            log: Some("0 B".to_owned()),
            oldest: None,
            tables: vec![TableLine { name: "accounts", rows: RowCount::Exactly(1), size: String::new() }],
        },
        findings: Vec::new(),
        show: OperatorShow::All,
        events: Vec::new(),
        older: None,
    };
    put(pages, "operator-quiet", &quiet);
    let event = |n: i64, kind: &str, subject: &str, unknown| EventLine {
        id: format!("v{n}"),
        at: stage.ago(n * 71 * SECOND),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        unknown,
        source: (n % 3 != 0).then(stranger),
        detail: "amber-falcon".to_owned(),
    };
    put(
        pages,
        "operator",
        &Operator {
            strong: true,
            today: Today { asked: 1234, mailed: 902, suppressed: 332, redeemed: 871, unused: 29 },
            outbox: vec![OutboxLine {
                queued: stage.ago(4 * MINUTE),
                to: "a•••a@linden.example".to_owned(),
                attempts: 2,
                next: stage.ahead(MINUTE),
                obstacle: Some("try_later".to_owned()),
            }],
            outbox_waiting: 1,
            ledger: guessed(94),
            alarm: Some(100),
            store: StoreSize {
                size: "61.3 GB".to_owned(),
                log: None,
                oldest: Some(stage.ago(400 * 24 * HOUR)),
                tables: vec![
                    TableLine {
                        name: "accounts",
                        rows: RowCount::About(10_000_000),
                        size: "1.4 GB".to_owned(),
                    },
                    TableLine { name: "outbox", rows: RowCount::Exactly(1), size: "64 kB".to_owned() },
                    TableLine {
                        name: "events",
                        rows: RowCount::MoreThan(100_000_000),
                        size: "58.2 GB".to_owned(),
                    },
                ],
            },
            findings: vec![super::watch::found(stage, Attack::CodeSpraying, Severity::High)],
            show: OperatorShow::Suppressed,
            events: vec![
                event(1, "sign_in_code_requested", "anna@linden.example", false),
                event(2, "sign_in_code_requested", "q•••7@linden.example", true),
                event(3, "message_handed_over", "anna@linden.example", false),
                event(4, "sign_in_code_redeemed", "anna@linden.example", false),
                event(6, "account_opened", "", false),
            ],
            older: Some("/operator?before=0196c1d2".to_owned()),
            ..quiet
        },
    );
}

fn trouble(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let (outside, inside) = (&stage.outside(), &stage.inside(Place::Elsewhere));
    for (name, frame, trouble) in [
        ("error-not-found", inside, Trouble::NotFound),
        ("error-wrong-method", outside, Trouble::WrongMethod),
        ("error-not-yours", inside, Trouble::NotYours),
        ("error-passkey-first", inside, Trouble::PasskeyFirst),
        ("error-other-way", inside, Trouble::OtherWay),
        ("error-cross-site", outside, Trouble::CrossSite),
        ("error-form-expired", outside, Trouble::FormExpired),
        ("error-malformed", outside, Trouble::Malformed),
        ("error-too-large", outside, Trouble::TooLarge),
        ("error-busy", outside, Trouble::Busy { seconds: 5 }),
        ("error-unsure", outside, Trouble::Unsure),
        ("error-our-fault", inside, Trouble::OurFault),
    ] {
        let request_id =
            (trouble == Trouble::OurFault).then(|| "0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77".to_owned());
        put(pages, name, &ErrorPage { frame, trouble, request_id });
    }
}
