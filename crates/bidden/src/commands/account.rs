//! `bidden account`: invite, list, show, lock, unlock, close. All of it works beside a running server.

use std::fmt::Write as _;

use flow::account::{self, Change};
use flow::{Store, activity, invitation, session};
use model::account::{Account, Role};
use model::address::Address;
use model::refusal::Refusal;
use serde_json::json;
use wire::mail::mailbox::Mailbox;

use crate::Failed;
use crate::cli::{Account as Action, Role as RoleWord};
use crate::commands::{cx, failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let store = store(settings)?;
    match action {
        Action::Invite { address, role, json } => invite(settings, &store, &address, role, json),
        Action::List { json } => list(&store, json),
        Action::Show { account, json } => show(settings, &store, &account, json),
        Action::Lock { account } => change(settings, &store, &account, Change::Lock),
        Action::Unlock { account } => change(settings, &store, &account, Change::Unlock),
        Action::Close { account, yes: true } => change(settings, &store, &account, Change::Close),
        Action::Close { account, yes: false } => {
            let account = find(&store, &account)?;
            print(&format!(
                "This would close the account of {} for good: its sessions and codes end, its known browsers are \
                 forgotten, its address may open another account. Its record stays.\nTo do it, add --yes.\n",
                account.address
            ))
        }
    }
}

fn address(store: &Store, text: &str) -> Result<Address, Failed> {
    let mailbox = Mailbox::parse(text)
        .map_err(|malformed| Failed(format!("`{}` is not a mail address: {malformed}", visible(text))))?;
    Ok(Address::new(mailbox, store.keys()))
}

fn find(store: &Store, text: &str) -> Result<Account, Failed> {
    let found = match text.parse() {
        Ok(id) => account::find_by_id(store, id),
        Err(_) => account::find(store, &address(store, text)?),
    };
    found.map_err(|fault| failed(&fault))?.ok_or_else(|| {
        Failed(format!("there is no account {}. `bidden account list` shows all", visible(text)))
    })
}

fn invite(settings: &Config, store: &Store, text: &str, role: RoleWord, json: bool) -> Result<(), Failed> {
    let invited = address(store, text)?;
    let shown = invited.as_str().to_owned();
    let role = match role {
        RoleWord::Member => Role::Member,
        RoleWord::Operator => Role::Operator,
    };
    let mut cx = cx(settings);
    let expires_at = cx.now + cx.policy.invitation_lifetime;
    let made = store
        .write_now(move |tx| invitation::invite(tx, &mut cx, &invited, role))
        .map_err(|fault| failed(&fault))?;
    let link = match made {
        Ok(link) => format!("{}/welcome/{}", settings.public_url, link.expose()),
        Err(Refusal::AddressTaken) => {
            return Err(Failed(format!(
                "{shown} has an account already. `bidden account show {shown}` tells more"
            )));
        }
        Err(Refusal::RegistrationClosed) => {
            return Err(Failed(
                "`registration` is `closed`, so nobody can be invited. Set it to `invite` (or `open`)"
                    .to_owned(),
            ));
        }
        Err(refusal) => return Err(Failed(refusal.code().to_owned())),
    };
    if json {
        let line = json!({"address": shown, "role": role.code(), "link": link, "expires_at": expires_at.to_string()});
        return print(&format!("{line}\n"));
    }
    print(&format!(
        "Give this link to the owner of {shown}, and to nobody else. It opens one account, until {expires_at}:\n\n  \
         {link}\n\nThe address is confirmed by a code that is mailed to it when the link is used.\n"
    ))
}

fn list(store: &Store, json: bool) -> Result<(), Failed> {
    let mut after = None;
    let mut out = String::new();
    loop {
        let page = account::list(store, after, 500).map_err(|fault| failed(&fault))?;
        let Some(last) = page.last().map(|account| account.id) else { break };
        for account in &page {
            if json {
                writeln!(out, "{}", as_json(account))?;
            } else {
                let (state, role) = (account.state.code(), account.role.code());
                let address = visible(&account.address);
                writeln!(out, "{}  {state:<7} {role:<9} {}  {address}", account.id, account.opened_at)?;
            }
        }
        after = Some(last);
    }
    if out.is_empty() && !json {
        out.push_str("There is no account yet. The set-up link is printed when the server starts.\n");
    }
    print(&out)
}

fn as_json(account: &Account) -> serde_json::Value {
    json!({
        "id": account.id,
        "address": account.address,
        "state": account.state.code(),
        "role": account.role.code(),
        "opened_at": account.opened_at.to_string(),
        "confirmed_at": account.confirmed_at.to_string(),
    })
}

fn show(settings: &Config, store: &Store, text: &str, json: bool) -> Result<(), Failed> {
    let account = find(store, text)?;
    let cx = cx(settings);
    let sessions = session::list(store, &cx, account.id).map_err(|fault| failed(&fault))?;
    let lately = activity::newest(store, account.id, 20).map_err(|fault| failed(&fault))?;
    if json {
        let mut shown = as_json(&account);
        if let Some(object) = shown.as_object_mut() {
            let sessions = sessions.iter().map(|session| {
                json!({
                    "id": session.id,
                    "started_at": session.started_at.to_string(),
                    "used_at": session.used_at.to_string(),
                    "source": session.source,
                })
            });
            object.insert("sessions".to_owned(), sessions.collect());
            object.insert("events".to_owned(), serde_json::to_value(&lately)?);
        }
        return print(&format!("{shown}\n"));
    }
    let mut out = format!(
        "{}\n  identifier  {}\n  state       {}\n  role        {}\n  opened      {}\n  confirmed   {}\n",
        visible(&account.address),
        account.id,
        account.state.code(),
        account.role.code(),
        account.opened_at,
        account.confirmed_at
    );
    writeln!(out, "\nBrowser sessions: {}", sessions.len())?;
    for session in &sessions {
        let from = session.source.address.map_or_else(String::new, |address| format!(" from {address}"));
        let browser = session.source.browser;
        let (family, system) = (browser.family.name(), browser.system.name());
        writeln!(out, "  {}  {family} on {system}{from}, last used {}", session.id, session.used_at)?;
    }
    out.push_str("\nLately\n");
    for event in &lately {
        writeln!(out, "  {}  {:<26} {}", event.at, event.kind.name(), flow::operator::detail(&event.kind))?;
    }
    print(&out)
}

fn change(settings: &Config, store: &Store, text: &str, change: Change) -> Result<(), Failed> {
    let account = find(store, text)?;
    let mut cx = cx(settings);
    let outcome = store
        .write_now(move |tx| account::change(tx, &mut cx, account.id, change))
        .map_err(|fault| failed(&fault))?;
    let address = visible(&account.address);
    match outcome {
        Ok(()) => {
            let done = match change {
                Change::Lock => "is locked; its sessions and live codes have ended",
                Change::Unlock => "is open again",
                Change::Close => "is closed; its record stays",
            };
            print(&format!("The account of {address} {done}.\n"))
        }
        Err(_) => {
            Err(Failed(format!("the account of {address} is {}: nothing was changed", account.state.code())))
        }
    }
}
