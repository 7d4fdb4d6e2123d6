//! `bidden account approver`: the devices by which an account approves sign-ins, and taking one away.

use std::fmt::Write as _;

use flow::Store;
use flow::authenticator;
use flow::by::By;
use flow::own_data::Doorbell;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::id::{AccountId, AuthenticatorId};
use model::refusal::Refusal;
use serde_json::json;

use super::{find, reason_of};
use crate::Failed;
use crate::cli::Approver as Action;
use crate::commands::{cx, failed, methods, print, visible};
use crate::config::settings::Config;

pub(super) fn run(settings: &Config, store: &Store, action: Action) -> Result<(), Failed> {
    match action {
        Action::List { account, json } => list(settings, store, &account, json),
        Action::Remove { account, approver, reason } => {
            remove(settings, store, (&account, &approver), &reason)
        }
    }
}

/// The approvers of an account, each with its doorbell.
fn all(store: &Store, account: AccountId) -> Result<Vec<(Authenticator, Option<Doorbell>)>, Failed> {
    let own = authenticator::list(store, account).map_err(|fault| failed(&fault))?;
    let rings = flow::doorbell::list(store, account).map_err(|fault| failed(&fault))?;
    let approvers = own.into_iter().filter(|own| own.kind == AuthenticatorKind::Approver);
    Ok(approvers
        .map(|own| {
            let doorbell = rings.iter().find(|doorbell| doorbell.approver == own.id).cloned();
            (own, doorbell)
        })
        .collect())
}

fn list(settings: &Config, store: &Store, text: &str, json: bool) -> Result<(), Failed> {
    let account = find(store, text)?;
    let (all, now) = (all(store, account.id)?, cx(settings).now);
    let mut out = String::new();
    if all.is_empty() && !json {
        writeln!(out, "{} has no device that approves.", visible(&account.address))?;
    }
    for (own, doorbell) in &all {
        if json {
            let line = json!({
                "id": own.id,
                "name": own.name,
                "added_at": own.added_at.to_string(),
                "usable_at": own.usable_at.to_string(),
                "used_at": own.used_at.map(|at| at.to_string()),
                "doorbell": doorbell.as_ref().map(|set| json!({
                    "push_service": set.service,
                    "since": set.made_at.to_string(),
                    "refused_since": set.refused_at.map(|at| at.to_string()),
                })),
            });
            writeln!(out, "{line}")?;
            continue;
        }
        let used = own.used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
        let held = if own.is_usable(now) { String::new() } else { format!(", held until {}", own.usable_at) };
        let rings = match doorbell {
            None => String::new(),
            Some(Doorbell { service, refused_at: None, .. }) => format!(", rings by {service}"),
            Some(Doorbell { service, refused_at: Some(at), .. }) => {
                format!(", rings by {service}, which refuses that since {at}")
            }
        };
        writeln!(out, "{}  {}, added {}, {used}{held}{rings}", own.id, visible(&own.name), own.added_at)?;
    }
    print(&out)
}

fn remove(
    settings: &Config,
    store: &Store,
    (account, approver): (&str, &str),
    reason: &str,
) -> Result<(), Failed> {
    let reason = reason_of(reason)?;
    let account = find(store, account)?;
    let unknown = || {
        let (address, approver) = (visible(&account.address), visible(approver));
        Failed(format!("{address} has no device {approver}. `bidden account approver list` shows all"))
    };
    let id: AuthenticatorId = approver.parse().map_err(|_| unknown())?;
    let mut cx = cx(settings);
    let removed = store.write_now(move |tx| {
        authenticator::remove_approver(tx, &mut cx, (account.id, id), (&reason, &By::COMMAND))
    });
    match removed.map_err(|fault| failed(&fault))? {
        Ok(()) => print(&format!(
            "The device approves nothing any more for {}, and every address of the account is told. What apps were \
             allowed has ended; sessions go on until `bidden account end-sessions`.\n",
            visible(&account.address)
        )),
        Err(Refusal::AuthenticatorUnknown) => Err(unknown()),
        Err(refusal) => Err(methods::refused(refusal)),
    }
}
