//! `bidden account gate`: what a new browser must bring before a code is mailed for an account; or let one through.

use std::fmt::Write as _;

use flow::Store;
use flow::by::By;
use flow::gate;
use model::account::Account;
use model::gate::{Gate, Layers};
use serde_json::json;

use super::find;
use crate::Failed;
use crate::cli::AccountGate;
use crate::commands::{cx, failed, methods, print, visible};
use crate::config::settings::Config;

/// Lets a code through, and says by which words.
pub(super) fn admit(
    settings: &Config,
    store: &Store,
    account: &Account,
    json: bool,
) -> Result<String, Failed> {
    let (mut cx, id) = (cx(settings), account.id);
    let words = gate::draw_words(store, &mut cx, id).map_err(|fault| failed(&fault))?;
    let digest = words.digest;
    let until = store
        .write_now(move |tx| gate::admit(tx, &mut cx, id, &digest, &By::COMMAND))
        .map_err(|fault| failed(&fault))?
        .map_err(methods::refused)?;
    let text = words.text.expose();
    if json {
        return Ok(format!("{}\n", json!({ "id": id, "words": text, "until": until.to_string() })));
    }
    let mut out = format!("Until {until} a code is mailed for the account of {}", visible(&account.address));
    write!(
        out,
        " to whoever types these four words, shown this once:\n\n  {text}\n\nTell them to its owner by telephone or face to \
         face, and to nobody else. On the sign-in page they are typed beside the address, under \"I have a gate word\". When \
         somebody has signed in by it, it is over.\n"
    )?;
    Ok(out)
}

fn layers(settings: &Config, store: &Store, account: &Account) -> Result<Layers, Failed> {
    gate::of_account(store, &cx(settings), account.id).map_err(|fault| failed(&fault))
}

/// What is in force.
pub(super) fn asked(settings: &Config, store: &Store, account: &Account) -> Result<Gate, Failed> {
    Ok(layers(settings, store, account)?.gate())
}

pub(super) fn run(settings: &Config, store: &Store, options: &AccountGate) -> Result<(), Failed> {
    let account = find(store, &options.account)?;
    if options.admit {
        return print(&admit(settings, store, &account, options.json)?);
    }
    let layers = layers(settings, store, &account)?;
    if options.json {
        return print(&format!(
            "{}\n",
            json!({
                "id": account.id,
                "installation": layers.installation,
                "tenant": layers.tenant,
                "account": layers.own,
                "in_force": layers.gate(),
            })
        ));
    }
    let said = |gate: Option<Gate>| gate.map_or("nothing of its own", Gate::code);
    print(&format!(
        "{:<18}{}\n{:<18}{}\n{:<18}{}\n{:<18}{}\n",
        "the installation",
        layers.installation.code(),
        "its tenant",
        said(layers.tenant),
        "its owner",
        said(layers.own),
        "in force",
        layers.gate().code(),
    ))
}
