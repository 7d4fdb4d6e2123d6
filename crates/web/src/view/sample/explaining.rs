//! Samples of the page that says what a message means.

use super::{Drawn, Stage, put};
use crate::view::explain::{ExplainPage, Explained, Problem, Section, Urgency};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let form = |problem| ExplainPage { frame, address: "", problem, explained: None };
    put(pages, "explain", &form(None));
    put(pages, "explain-empty", &form(Some(Problem::Empty)));
    put(pages, "explain-no-message", &form(Some(Problem::NoMessage)));
    let wrong = ExplainPage { address: "anna at linden", ..form(Some(Problem::Address)) };
    put(pages, "explain-wrong-address", &wrong);
    for (name, urgency) in [
        ("explain-answer-calm", Urgency::Calm),
        ("explain-answer-care", Urgency::Care),
        ("explain-answer-danger", Urgency::Danger),
    ] {
        put(pages, name, &ExplainPage { explained: Some(&answer(urgency)), ..form(None) });
    }
}

/// An answer as long as they are.
fn answer(urgency: Urgency) -> Explained {
    let line = |text: &str, reasons: &[&str]| {
        (text.to_owned(), reasons.iter().map(|reason| (*reason).to_owned()).collect::<Vec<_>>())
    };
    let section =
        |id, title: &str, lines| Section { id, title: title.to_owned(), ordered: id == "do", lines };
    Explained {
        headline: "A device code lure: entering the code would let whoever sent this in.".to_owned(),
        urgency,
        urgency_text: "danger: do not do what it says".to_owned(),
        facts: vec![
            ("From".to_owned(), "VoiceHub <no-reply@voicehub.example>".to_owned()),
            ("Subject".to_owned(), "Action required: voicemail for you".to_owned()),
        ],
        because: "because:".to_owned(),
        sections: vec![
            section(
                "who",
                "Who wrote it",
                vec![line(
                    "It comes from voicehub.example: that is proved.",
                    &[
                        "the signature of voicehub.example was verified here",
                        "its address is at voicehub.example",
                    ],
                )],
            ),
            section(
                "do",
                "What to do",
                vec![
                    line("Did you enter the code? Then this comes first: tell your help desk now.", &[]),
                    line("If you did not enter it: never do, and report the message.", &[]),
                ],
            ),
        ],
    }
}
