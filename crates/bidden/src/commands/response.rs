//! `bidden response`: list, begin, undo. A running server follows at the next request.

use std::fmt::Write as _;
use std::time::Duration;

use flow::by::By;
use flow::response;
use model::refusal::Refusal;
use model::response::{Act, Response, Scope};
use serde_json::{Value, json};

use crate::Failed;
use crate::cli::Response as Action;
use crate::commands::{cx, failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let store = store(settings)?;
    match action {
        Action::List { all, limit, json } => {
            let limit = i64::from(limit);
            let found = if all { response::list(&store, limit) } else { response::standing(&store, limit) };
            list(&found.map_err(|fault| failed(&fault))?, all, json)
        }
        Action::Begin { act, scope, minutes, reason } => {
            let (act, scope) = (named(&act)?, scoped(&scope)?);
            let lasts = Duration::from_secs(u64::from(minutes) * 60);
            let (shown, mut cx) = (scope.text(), cx(settings));
            let done = store.write_now(move |tx| {
                response::start(tx, &mut cx, (act, scope.clone(), lasts), &reason, &By::COMMAND)
            });
            done.map_err(|fault| failed(&fault))?.map_err(refused)?;
            print(&format!(
                "{} for {shown}, for {minutes} minutes. `bidden response undo` ends it.\n",
                words(act)
            ))
        }
        Action::Undo { response: text } => {
            let all = response::standing(&store, 1000).map_err(|fault| failed(&fault))?;
            let mut found =
                all.iter().filter(|one| !text.is_empty() && one.id.to_string().starts_with(&text));
            let id = match (found.next(), found.next()) {
                (Some(one), None) => one.id,
                (Some(_), Some(_)) => {
                    return Err(Failed(format!("several begin with `{}`. Write more of it", visible(&text))));
                }
                (None, _) => return Err(refused(Refusal::ResponseOver)),
            };
            let mut cx = cx(settings);
            let done = store.write_now(move |tx| response::undo(tx, &mut cx, id, &By::COMMAND));
            done.map_err(|fault| failed(&fault))?.map_err(refused)?;
            print("It is undone.\n")
        }
    }
}

fn words(act: Act) -> &'static str {
    match act {
        Act::HoldCodes => "Codes that unknown browsers ask for are held back",
        Act::SuspendDevices => "Codes that devices show are suspended",
        Act::EndSession => "The session ends",
        Act::DoubtSession => "The session is provisional",
        Act::EndGrant => "The grant ends",
    }
}

fn list(all: &[Response], ended: bool, json: bool) -> Result<(), Failed> {
    let mut out = String::new();
    for one in all {
        if json {
            writeln!(out, "{}", as_json(one))?;
            continue;
        }
        let until = match one.ended {
            Some((at, how)) => format!("{} {at}", how.code()),
            None => format!("until {}", one.until),
        };
        let simulated = if one.simulated { "  simulated" } else { "" };
        let (act, scope, reason) = (one.act.code(), one.scope.text(), &one.reason);
        let line =
            format!("{}  {act:<15}  {scope}  since {}  {until}{simulated}  {reason}", one.id, one.since);
        writeln!(out, "{}", visible(&line))?;
    }
    if out.is_empty() && !json {
        out.push_str(if ended { "Nothing was done yet.\n" } else { "Nothing is done at present.\n" });
    }
    print(&out)
}

fn as_json(one: &Response) -> Value {
    json!({
        "id": one.id.to_string(),
        "act": one.act.code(),
        "scope": one.scope.text(),
        "since": one.since.to_string(),
        "until": one.until.to_string(),
        "finding": one.finding.map(|finding| finding.to_string()),
        "reason": one.reason,
        "simulated": one.simulated,
        "ended": one.ended.map(|(at, _)| at.to_string()),
        "how": one.ended.map(|(_, how)| how.code()),
    })
}

fn named(text: &str) -> Result<Act, Failed> {
    Act::from_code(text).filter(|act| act.lasts()).ok_or_else(|| {
        Failed(format!("`{}` is not begun by hand: hold_codes and suspend_devices are", visible(text)))
    })
}

fn scoped(text: &str) -> Result<Scope, Failed> {
    Scope::parse(text).ok_or_else(|| {
        Failed(format!("`{}` is not `all`, `network <address>` or `client <client_id>`", visible(text)))
    })
}

fn refused(refusal: Refusal) -> Failed {
    let why = match refusal {
        Refusal::ReasonMissing => "say why, with --reason, in at most 200 characters",
        Refusal::ResponseUnfit => {
            "that is not done to such a scope: hold_codes is for `all` or a network, suspend_devices for `all` or a \
             client, both for a day at most"
        }
        Refusal::ResponseStands => "the same is done already. `bidden response list` shows until when",
        Refusal::ResponseOver => {
            "there is no such response, or it has ended. `bidden response list` shows all that stand"
        }
        other => other.code(),
    };
    Failed(why.to_owned())
}
