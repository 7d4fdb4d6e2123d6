//! Answers as one page that stands alone: no script, nothing fetched, light and dark, made to be printed or put in a ticket.

use fluent_bundle::FluentValue;
use model::voice::Voice;

use super::{harmless, table};
use crate::explain::answer::Answer;
use crate::explain::verdict::{Risk, name};
use crate::markup;

/// How many answers are given in full; the others stand in the table.
pub(crate) const MOST: usize = 200;

/// The look of our pages: the same names and colours as `web/src/assets/style.css`.
const STYLE: &str = include_str!("style.css");

/// Draws a page.
pub(crate) fn page(
    voice: &Voice,
    answers: &[(String, Answer)],
    rows: &[table::Row],
    unread: &[(String, String)],
) -> String {
    let mut out = String::new();
    let title = say(voice, "explain-page");
    out.push_str(&format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escaped(voice.language())
    ));
    if rows.len() > 1 || !unread.is_empty() {
        batch(voice, rows, unread, &mut out);
    }
    for (source, answer) in answers.iter().take(MOST) {
        one(voice, source, answer, &mut out);
    }
    if rows.len() > answers.len().min(MOST) {
        let more = rows.len() - answers.len().min(MOST);
        out.push_str(&format!(
            "<p class=\"small\">{}</p>\n",
            escaped(&voice.fill("explain-more", &[("n", FluentValue::from(more))]))
        ));
    }
    out.push_str(&format!(
        "<footer><p>{}</p></footer>\n</main>\n</body>\n</html>\n",
        say(voice, "explain-made-by")
    ));
    out
}

fn say(voice: &Voice, id: &str) -> String {
    escaped(&voice.say(id))
}

fn batch(voice: &Voice, rows: &[table::Row], unread: &[(String, String)], out: &mut String) {
    out.push_str(&format!(
        "<h1>{}</h1>\n",
        escaped(&voice.fill("explain-summary", &[("n", FluentValue::from(rows.len()))]))
    ));
    out.push_str("<ul class=\"summary\">\n");
    for (risk, kind, sender, count) in table::summary(rows) {
        let arguments = [
            ("n", FluentValue::from(count)),
            ("kind", FluentValue::from(name(kind))),
            ("sender", FluentValue::from(name(sender))),
        ];
        out.push_str(&format!(
            "<li>{} {}</li>\n",
            badge(voice, risk),
            escaped(&voice.fill("explain-summary-of", &arguments))
        ));
    }
    out.push_str("</ul>\n");
    if !unread.is_empty() {
        out.push_str(&format!(
            "<h2>{}</h2>\n<ul class=\"summary\">\n",
            escaped(&voice.fill("explain-unread", &[("n", FluentValue::from(unread.len()))]))
        ));
        for (source, why) in unread.iter().take(100) {
            out.push_str(&format!("<li><bdi>{}</bdi>: {}</li>\n", escaped(source), escaped(why)));
        }
        out.push_str("</ul>\n");
    }
    if rows.is_empty() {
        return;
    }
    out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    out.push_str(&escaped(&voice.fill("explain-summary", &[("n", FluentValue::from(rows.len()))])));
    out.push_str("\"><table>\n<thead><tr>");
    for id in ["explain-risk", "explain-kind", "explain-sender", "explain-message", "explain-subject"] {
        out.push_str(&format!("<th scope=\"col\">{}</th>", say(voice, id)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td></tr>\n",
            badge(voice, row.risk),
            name(row.kind),
            name(row.sender),
            escaped(&row.source),
            escaped(&row.subject)
        ));
    }
    out.push_str("</tbody></table></div>\n");
}

fn badge(voice: &Voice, risk: Risk) -> String {
    let id = name(risk);
    format!("<span class=\"badge {id}\" title=\"{}\">{id}</span>", say(voice, &format!("explain-risk-{id}")))
}

fn one(voice: &Voice, source: &str, answer: &Answer, out: &mut String) {
    let risk = name(answer.verdict.risk);
    out.push_str(&format!(
        "<article>\n<h1>{}</h1>\n<p class=\"note {risk}\"><strong>{risk}</strong>: {}</p>\n<dl>\n",
        escaped(&answer.headline),
        say(voice, &format!("explain-risk-{risk}"))
    ));
    let about = &answer.message;
    let subject = if about.subject.is_empty() {
        voice.say("explain-no-subject").into_owned()
    } else {
        about.subject.clone()
    };
    let facts = [
        ("explain-message", Some(source.to_owned())),
        ("explain-from", Some(about.from.clone())),
        ("explain-to", about.to.clone()),
        ("explain-subject", (answer.form != "short").then_some(subject)),
        ("explain-date", about.date.clone()),
        ("explain-kind", Some(name(answer.verdict.kind))),
        ("explain-sender", Some(name(answer.verdict.sender))),
    ];
    for (id, value) in facts {
        if let Some(value) = value {
            out.push_str(&format!(
                "<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>\n",
                say(voice, id),
                escaped(&value)
            ));
        }
    }
    out.push_str("</dl>\n");
    let because = say(voice, "explain-because");
    for section in &answer.sections {
        let list = if section.id == "do" { "ol" } else { "ul" };
        out.push_str(&format!(
            "<section class=\"{}\">\n<h2>{}</h2>\n<{list}>\n",
            section.id,
            escaped(&section.title)
        ));
        for line in &section.lines {
            out.push_str(&format!("<li>{}", escaped(&line.text)));
            if !line.because.is_empty() {
                out.push_str(&format!("<div class=\"because\"><span>{because}</span><ul>"));
                for reason in &line.because {
                    out.push_str(&format!("<li>{}</li>", escaped(reason)));
                }
                out.push_str("</ul></div>");
            }
            out.push_str("</li>\n");
        }
        out.push_str(&format!("</{list}>\n</section>\n"));
    }
    out.push_str("</article>\n");
}

/// Text that is text wherever it stands in a page.
pub(super) fn escaped(text: &str) -> String {
    markup::escaped(&harmless(text))
}
