//! An answer as text, for a terminal or a ticket.

use model::voice::Voice;

use super::harmless;
use crate::explain::answer::Answer;
use crate::explain::verdict::{Risk, name};

/// How wide lines are.
const WIDTH: usize = 96;

/// Draws one answer; `colour` only where a terminal is, and the words say the same without it.
pub(crate) fn draw(voice: &Voice, source: &str, answer: &Answer, colour: bool) -> String {
    let mut out = String::new();
    let (begin, end) = if colour { (paint(answer.verdict.risk), "\u{1b}[0m") } else { ("", "") };
    let (bold, faint) = if colour { ("\u{1b}[1m", "\u{1b}[2m") } else { ("", "") };
    let head = harmless(&answer.headline);
    for (place, line) in wrapped(&head, WIDTH).into_iter().enumerate() {
        let _ = place;
        out.push_str(&format!("{begin}{line}{end}\n"));
    }
    out.push('\n');
    let risk = voice.say(&format!("explain-risk-{}", name(answer.verdict.risk))).into_owned();
    let subject = if answer.message.subject.is_empty() {
        voice.say("explain-no-subject").into_owned()
    } else {
        answer.message.subject.clone()
    };
    let short = answer.form == "short";
    let mut facts =
        vec![("explain-message", source.to_owned()), ("explain-from", answer.message.from.clone())];
    if let Some(to) = &answer.message.to {
        facts.push(("explain-to", to.clone()));
    }
    if !short {
        facts.push(("explain-subject", subject));
    }
    if let Some(date) = &answer.message.date {
        facts.push(("explain-date", date.clone()));
    }
    facts.push(("explain-kind", name(answer.verdict.kind)));
    facts.push(("explain-sender", name(answer.verdict.sender)));
    facts.push(("explain-risk", format!("{}: {risk}", name(answer.verdict.risk))));
    let widest = facts.iter().map(|(id, _)| voice.say(id).chars().count()).max().unwrap_or_default();
    for (id, value) in facts {
        let label = voice.say(id);
        let gap = " ".repeat(widest.saturating_sub(label.chars().count()) + 2);
        out.push_str(&format!("  {faint}{label}{end}{gap}{}\n", harmless(&value.replace('\n', " "))));
    }
    let because = voice.say("explain-because").into_owned();
    for section in &answer.sections {
        out.push_str(&format!("\n{bold}{}{end}\n", harmless(&section.title)));
        for (place, line) in section.lines.iter().enumerate() {
            let numbered = section.id == "do" && section.lines.len() > 1;
            let mark = if numbered { format!("{}. ", place + 1) } else { String::new() };
            let indent = " ".repeat(2 + mark.len());
            for (at, part) in wrapped(&harmless(&line.text), WIDTH - indent.len()).into_iter().enumerate() {
                let lead = if at == 0 { format!("  {mark}") } else { indent.clone() };
                out.push_str(&format!("{lead}{part}\n"));
            }
            for reason in &line.because {
                let reason = format!("{because} {}", harmless(reason));
                for (at, part) in wrapped(&reason, WIDTH - 6).into_iter().enumerate() {
                    let lead = if at == 0 { "    " } else { "      " };
                    out.push_str(&format!("{lead}{faint}{part}{end}\n"));
                }
            }
        }
    }
    out
}

/// The colour of a risk.
const fn paint(risk: Risk) -> &'static str {
    match risk {
        Risk::None | Risk::Info => "\u{1b}[1;32m",
        Risk::Act | Risk::Warn => "\u{1b}[1;33m",
        Risk::Danger => "\u{1b}[1;31m",
    }
}

/// A text in lines of at most so many letters.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        let length = last.chars().count();
        if length > 0 && length + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
