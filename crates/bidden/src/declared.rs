//! Brings the clients of the store into line with those that the configuration file declares, at a start.

use flow::oauth::clients::{self, Brought};
use model::client::Registered;
use model::cx::Cx;
use web::App;

use crate::Failed;
use crate::commands::failed;
use crate::config::settings::Config;

/// Adds, changes and removes.
///
/// # Errors
/// The store does not answer; or a declared name is that of a client which an operator made, or which registered itself.
pub(crate) fn bring_into_line(config: &Config, app: &App) -> Result<(), Failed> {
    let mut cx = app.cx();
    let declared = registered(config, app, &cx);
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
        let (id, mut cx) = (id.clone(), app.cx());
        let removed = app.store().write_now(move |tx| clients::remove_undeclared(tx, &mut cx, &id));
        removed.map_err(|fault| failed(&fault))?;
    }
    if !(added.is_empty() && changed.is_empty() && undeclared.is_empty()) {
        let (added, changed, removed) = (added.len(), changed.len(), undeclared.len());
        tracing::info!(added, changed, removed, "clients are as the configuration file declares them");
    }
    Ok(())
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
