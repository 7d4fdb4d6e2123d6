//! Brings the clients of the store into line with those that the configuration file declares, at a start.

use flow::oauth::clients::{self, Brought};
use flow::oauth::declaration;
use model::client::Registered;
use model::cx::Cx;
use model::digest::Digest;
use web::App;

use crate::Failed;
use crate::commands::failed;
use crate::config::settings::Config;

/// Adds, changes and removes. What comes back stands for the list, so that the node notices when another one holds
/// ([`crate::worker::declared`]).
///
/// # Errors
/// The store does not answer; or a declared name is that of a client which an operator made, or which registered itself.
pub(crate) fn bring_into_line(config: &Config, app: &App) -> Result<Digest, Failed> {
    let (mut cx, mut own) = (app.cx(), app.cx());
    let declared = registered(config, app, &cx);
    let list = declaration::digest(app.store().keys(), &declared).map_err(|fault| failed(&fault))?;
    let before = app.store().write_now(move |tx| declaration::declare(tx, &mut own, &list));
    if let Some(since) = before.map_err(|fault| failed(&fault))? {
        tracing::info!(%since, "another list of clients was declared until now");
    }
    let brought = app.store().write_now(move |tx| clients::declare(tx, &mut cx, &declared));
    let Brought { added, changed, undeclared, taken } = brought.map_err(|fault| failed(&fault))?;
    if !taken.is_empty() {
        return Err(Failed(format!(
            "the configuration file declares clients whose names are taken by others: {}.\nGive them other names, or remove \
             those with `bidden client remove`",
            taken.join(", ")
        )));
    }
    for id in &undeclared {
        tracing::warn!(client = id, "taken away: this node's configuration file does not declare it");
        let (id, mut cx) = (id.clone(), app.cx());
        let removed = app.store().write_now(move |tx| clients::remove_undeclared(tx, &mut cx, &id));
        removed.map_err(|fault| failed(&fault))?;
    }
    if !(added.is_empty() && changed.is_empty() && undeclared.is_empty()) {
        let (added, changed, removed) = (added.len(), changed.len(), undeclared.len());
        tracing::info!(added, changed, removed, "clients are as the configuration file declares them");
    }
    Ok(list)
}

/// The clients of the file, with the digests of their secrets.
fn registered(config: &Config, app: &App, cx: &Cx) -> Vec<Registered> {
    let keys = app.store().keys();
    let one = |declared: &crate::config::clients::Declared| Registered {
        secrets: declared
            .secrets
            .iter()
            .map(|secret| clients::kept_secret(keys, secret.reveal(), cx.now))
            .collect(),
        ..declared.registered.clone()
    };
    config.clients.iter().map(one).collect()
}
