//! A drill as one page to hand on: a table first, then each attack in full.

use super::told::{NOTHING_SEEN, Report, Told};
use crate::markup::{self, escaped};

/// The page.
pub(super) fn page(report: &Report) -> String {
    let mut out = markup::head("Drill");
    let kept = report.all.len() - report.broken();
    out.push_str(&format!(
        "<h1>Drill</h1><p>{kept} of {} promises kept. Played with seed {}, on a server that was started for it.</p>",
        report.all.len(),
        report.seed
    ));
    out.push_str(
        "<table class=\"list\"><thead><tr><th>promise<th>attack<th>what was tried</tr></thead><tbody>",
    );
    for Told { attack, played, .. } in &report.all {
        out.push_str(&format!(
            "<tr><td>{}<td><a href=\"#{id}\">{id}</a><td>{}</tr>",
            badge(played.broken.is_empty()),
            escaped(attack.title),
            id = attack.id
        ));
    }
    out.push_str("</tbody></table>");
    for told in &report.all {
        one(told, &mut out);
    }
    out.push_str(&markup::foot(&format!("bidden {}", env!("CARGO_PKG_VERSION"))));
    out
}

const fn badge(kept: bool) -> &'static str {
    if kept {
        "<span class=\"badge info\">kept</span>"
    } else {
        "<span class=\"badge critical\">BROKEN</span>"
    }
}

fn one(Told { attack, played, found }: &Told, out: &mut String) {
    out.push_str(&format!(
        "<article id=\"{id}\"><h3>{} {id}</h3><p>{} <small>({})</small></p>",
        badge(played.broken.is_empty()),
        escaped(attack.title),
        attack.rows_in_words(),
        id = attack.id
    ));
    out.push_str(&format!("<h4>What the attacker got</h4><p>{}</p>", escaped(&played.got.in_words())));
    out.push_str("<h4>What the owner saw</h4><ul>");
    if played.saw.is_empty() {
        out.push_str(&format!("<li>{NOTHING_SEEN}</li>"));
    }
    for saw in &played.saw {
        out.push_str(&format!("<li><b>{}</b> {}</li>", escaped(&saw.when()), escaped(&saw.what)));
    }
    out.push_str("</ul>");
    if !found.is_empty() {
        out.push_str(&format!("<h4>What was found</h4><p>{}</p>", escaped(&found.join(", "))));
    }
    if !played.broken.is_empty() {
        out.push_str("<h4>What was promised and not kept</h4><ul>");
        for broken in &played.broken {
            out.push_str(&format!("<li>{}</li>", escaped(broken)));
        }
        out.push_str("</ul>");
    }
    out.push_str("</article>");
}
