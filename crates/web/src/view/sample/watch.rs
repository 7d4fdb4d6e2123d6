//! Samples of the operator's page about what is happening now, and of every finding.

use model::finding::{Attack, Severity};

use super::{DAY, Drawn, HOUR, MINUTE, Stage, put, stranger};
use crate::view::finding::{Words, severity};
use crate::view::frame::{Frame, Place};
use crate::view::operator::EventLine;
use crate::view::operator::watch::{
    Counts, FactLine, FoundLine, Hour, Noted, OneFinding, ResponseLine, Said, TimeLine, Watch,
};

const ID: &str = "0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Operator);
    let quiet = Counts { asked: 0, used: 0, wrong: 0, floods: 0, started: 0, completed: None };
    let hours = |full: bool| {
        let hour = |n: u32| Hour {
            label: format!("{n:02}:00"),
            asked: if full { n * 3 + if n == 15 { 240 } else { 0 } } else { 0 },
            used: if full { n * 2 } else { 0 },
            wrong: if full && n > 13 { n * 5 } else { 0 },
            findings: u32::from(full && n == 15),
        };
        TimeLine { hours: (0..24).map(hour).collect() }
    };
    let full = Watch {
        frame,
        said: Some(Said::Undone),
        hour: Counts { asked: 255, used: 12, wrong: 75, floods: 4, started: 15, completed: Some(4) },
        day: Counts { asked: 1068, used: 552, wrong: 925, floods: 9, started: 640, completed: Some(51) },
        line: hours(true),
        findings: vec![
            found(stage, Attack::NetworkFlood, Severity::High),
            FoundLine { noted: true, ..found(stage, Attack::CodeGuessing, Severity::Critical) },
        ],
        responses: responses(stage),
    };
    put(pages, "operator-watch", &full);
    let empty = Watch {
        said: Some(Said::Over),
        hour: quiet,
        day: quiet,
        line: hours(false),
        findings: Vec::new(),
        responses: Vec::new(),
        ..full
    };
    put(pages, "operator-watch-empty", &empty);
    let names = [
        "operator-finding-addresses",
        "operator-finding-flood",
        "operator-finding-network",
        "operator-finding-guessing",
        "operator-finding-spraying",
        "operator-finding-completion",
        "operator-finding-consent",
        "operator-finding-device",
        "operator-finding-pumping",
        "operator-finding-refresh",
        "operator-finding-persistence",
        "operator-finding-session",
        "operator-finding-other",
    ];
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Info];
    for ((name, attack), severity) in names.into_iter().zip(Attack::ALL).zip(severities.into_iter().cycle()) {
        put(pages, name, &finding(stage, frame, (attack, severity)));
    }
    let mut bare = finding(stage, frame, (Attack::CodeGuessing, Severity::High));
    (bare.span, bare.account, bare.noted) = (None, Some(ID.to_owned()), None);
    (bare.events, bare.responses, bare.said) = (Vec::new(), Vec::new(), Some(Said::NotedBefore));
    put(pages, "operator-finding-bare", &bare);
}

pub(super) fn found(stage: &Stage<'_>, attack: Attack, how: Severity) -> FoundLine {
    FoundLine {
        id: ID.to_owned(),
        at: stage.ago(3 * MINUTE),
        words: Words::of(attack),
        severity: severity(how),
        about: "198.51.100.99".to_owned(),
        count: 61,
        noted: false,
    }
}

fn responses(stage: &Stage<'_>) -> Vec<ResponseLine> {
    let line = |act, scope: &str| ResponseLine {
        id: ID.to_owned(),
        act,
        scope: scope.to_owned(),
        since: stage.ago(3 * MINUTE),
        until: Some(stage.ahead(57 * MINUTE)),
        reason: String::new(),
        finding: Some(ID.to_owned()),
        simulated: false,
        stands: true,
    };
    let by_hand = ResponseLine {
        reason: "until we know what that client is".to_owned(),
        finding: None,
        ..line("watch-act-suspend-devices", "client reader")
    };
    let once = |act, scope| ResponseLine { until: None, stands: false, simulated: true, ..line(act, scope) };
    vec![
        line("watch-act-hold-codes", "network 198.51.100.99"),
        by_hand,
        once("watch-act-end-session", "session 0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77"),
        line("watch-act-doubt-session", "session 0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77"),
        once("watch-act-end-grant", "grant 0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77"),
    ]
}

fn finding<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>, of: (Attack, Severity)) -> OneFinding<'a> {
    let event = |n: i64| EventLine {
        id: format!("v{n}"),
        at: stage.ago(n * MINUTE),
        kind: "sign_in_code_requested".to_owned(),
        subject: "b•••n@linden.example".to_owned(),
        unknown: true,
        source: Some(stranger()),
        detail: "amber-falcon, unknown browser".to_owned(),
    };
    OneFinding {
        frame,
        said: Some(Said::Noted),
        line: found(stage, of.0, of.1),
        span: Some((stage.ago(HOUR), stage.ago(3 * MINUTE))),
        detector: "code_flood".to_owned(),
        facts: vec![
            FactLine { fact: "many_recipients", value: "61".to_owned() },
            FactLine { fact: "few_used", value: String::new() },
        ],
        account: None,
        events: (4..9).rev().map(event).collect(),
        responses: responses(stage),
        noted: Some(Noted {
            at: stage.ago(DAY),
            by: Some("anna@linden.example".to_owned()),
            note: "The invitations of the spring course.".to_owned(),
        }),
    }
}
