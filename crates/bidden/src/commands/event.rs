//! `bidden event`: the record, for an operator at a terminal.

use flow::operator::{self, Show};
use model::event::Subject;

use crate::Failed;
use crate::commands::{failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn list(settings: &Config, unknown: bool, limit: u16, json: bool) -> Result<(), Failed> {
    let store = store(settings)?;
    let show = if unknown { Show::Unknown } else { Show::All };
    let page = operator::page(&store, show, None, usize::from(limit)).map_err(|fault| failed(&fault))?;
    let mut out = String::new();
    for event in &page.events {
        if json {
            out.push_str(&serde_json::to_string(event)?);
        } else {
            let whom = match &event.subject {
                Subject::Account(id) => id.to_string(),
                Subject::Address { masked, .. } => format!("{masked} (no account)"),
                Subject::Foreign { user, system } => format!("{user} ({})", system.code()),
                Subject::Site => "the site".to_owned(),
            };
            let from = event.source.and_then(|source| source.address);
            let from = from.map_or_else(String::new, |address| format!(" from {address}"));
            let detail = operator::detail(&event.kind);
            let kind = event.kind.name();
            out.push_str(&visible(&format!("{}  {kind:<26} {whom}{from}  {detail}", event.at)));
        }
        out.push('\n');
    }
    if out.is_empty() && !json {
        out.push_str("Nothing is on the record yet.\n");
    }
    print(&out)
}
