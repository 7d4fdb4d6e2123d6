//! `bidden account gate`: what a new browser must bring before a code is mailed for an account; or let one through.

use flow::Store;
use flow::by::By;
use flow::gate;
use model::gate::Gate;
use serde_json::json;

use super::find;
use crate::Failed;
use crate::cli::AccountGate;
use crate::commands::{cx, failed, methods, print, visible};
use crate::config::settings::Config;

pub(super) fn run(settings: &Config, store: &Store, options: &AccountGate) -> Result<(), Failed> {
    let account = find(store, &options.account)?;
    let address = visible(&account.address);
    if options.admit {
        let mut cx = cx(settings);
        let until = store
            .write_now(move |tx| gate::admit(tx, &mut cx, account.id, &By::COMMAND))
            .map_err(|fault| failed(&fault))?
            .map_err(methods::refused)?;
        return print(&format!(
            "Until {until} a code is mailed for the account of {address} whatever its gate asks for. Its owner asks for it \
             on the sign-in page; when they have signed in, it is over.\n"
        ));
    }
    let layers = gate::of_account(store, &cx(settings), account.id).map_err(|fault| failed(&fault))?;
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
