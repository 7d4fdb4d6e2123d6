//! A report in the forms that people and programs take it in.

pub(super) mod csv;
pub(super) mod html;
pub(super) mod ocsf;
mod svg;
pub(super) mod text;
pub(super) mod timesketch;

use wire::invisible::is_invisible;

/// Text of a stranger on one line: nothing in it steers a terminal, changes the direction of what follows, or is unseen.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => shown.push(' '),
            letter if letter.is_control() || is_invisible(letter) => shown.extend(letter.escape_unicode()),
            letter => shown.push(letter),
        }
    }
    shown
}

/// The same, cut to so many letters.
fn short(text: &str, most: usize) -> String {
    let shown = plain(text);
    if shown.chars().count() <= most {
        return shown;
    }
    let mut cut: String = shown.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
pub(super) mod sample {
    use model::event::imported::{Did, Handle, Imported, Outcome, SignIn, System, Word};
    use model::event::{Event, Subject};
    use model::finding::{Fact, Finding, Reason, Severity, Step};
    use model::source::Source;
    use model::time::Time;
    use wire::http::user_agent::Browser;

    use super::super::blind::Blind;
    use super::super::report::{Incident, ReadUp, Report};
    use super::super::trace::Trace;

    /// A report in which every text of a stranger is `text`.
    pub(crate) fn report(text: &str) -> Report {
        let at = |second: i64| Time::from_micros(1_788_221_032_000_000 + second * 1_000_000);
        let event = |second: i64, address: &str| {
            let mut record = Imported::new(Handle::new(text), Did::SignIn(SignIn::new(Outcome::Success)));
            record.app_name = Some(Word::new(text));
            record.agent = Some(Word::new(text));
            let source = Source { address: address.parse().ok(), browser: Browser::parse("") };
            Event::imported(at(second), (System::Microsoft, Word::new(text)), Some(source), record)
        };
        let mut finding = Finding::new("device_code_phishing", Severity::High, text.to_owned());
        finding.score = 85;
        finding.count = 2;
        finding.span = Some((at(0), at(12)));
        finding.reasons = vec![
            Reason::scored(Fact::TwoNetworks, 30),
            Reason { fact: Fact::SharedRedeemer, points: 30, value: Some(text.to_owned()) },
        ];
        finding.next = vec![Step::EndSessions, Step::ChangePassword];
        finding.records = vec![Handle::new(text)];
        let subject = Subject::Foreign { system: System::Microsoft, user: Word::new(text) };
        let moments = [event(0, "192.0.2.1"), event(12, "198.51.100.7")];
        let moments = moments.into_iter().filter_map(|event| Some(Trace::of(event)?.moment())).collect();
        Report {
            version: 1,
            read: ReadUp {
                records: 2,
                sign_ins: 2,
                from: Some(at(0).to_string()),
                to: Some(at(12).to_string()),
                ..ReadUp::default()
            },
            blind_spots: vec![Blind {
                code: "no_protocol",
                text: text.to_owned(),
                hides: &["device_code_phishing"],
            }],
            incidents: vec![Incident::of(&subject, finding, moments)],
            forgotten: Vec::new(),
            written: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NASTY: &str = "=cmd|' /C calc'!A0\u{1b}[2J\u{202e}\u{200b}\r\n<script>alert(1)</script>\"','\u{7}";

    /// threats.md §5.2 row 46: nothing in a record changes what a report looks like.
    #[test]
    fn row_46_text_in_records_steers_no_terminal_no_page_and_no_spreadsheet() {
        let report = sample::report(NASTY);
        let text = text::report(&report, false);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{200b}', '\r']), "{text}");
        let html = html::page(&report);
        assert!(!html.contains("<script>alert") && !html.contains(['\u{1b}', '\u{202e}']));
        for row in csv::table(&report).lines().skip(1) {
            assert!(!row.starts_with('=') && !row.contains(",=") && !row.contains("\"="), "{row}");
        }
        for line in timesketch::lines(&report).unwrap_or_default().lines() {
            assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line}");
        }
    }

    proptest! {
        #[test]
        fn row_46_no_text_steers_a_terminal(text in any::<String>()) {
            let shown = plain(&text);
            prop_assert!(!shown.contains(|c: char| c.is_control() || is_invisible(c)));
            let all = text::report(&sample::report(&text), false);
            prop_assert!(!all.contains(|c: char| c != '\n' && (c.is_control() || is_invisible(c))));
        }

        #[test]
        fn row_46_no_cell_is_a_formula(text in any::<String>()) {
            let table = csv::table(&sample::report(&text));
            let mut rest = table.as_bytes();
            while let Some(record) = wire::csv::record(rest, true).unwrap() {
                rest = &rest[record.bytes..];
                for field in record.fields {
                    prop_assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", field);
                }
            }
        }
    }
}
