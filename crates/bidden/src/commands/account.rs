//! `bidden account`: invite, list, show, lock, unlock, end sessions, reset, approver, methods, move, undo, close, import, export. All
//! of it works beside a running server.

mod approver;
mod export;
mod gate;
mod import;
mod rows;
mod undo;

use std::fmt::Write as _;

use flow::account::{self, Change};
use flow::by::By;
use flow::{Store, activity, invitation, session, tenant};
use model::account::{Account, Role};
use model::address::Address;
use model::gate::Gate;
use model::method::{Method, MethodPolicy, Use};
use model::refusal::Refusal;
use serde_json::json;
use wire::mail::mailbox::Mailbox;

use crate::Failed;
use crate::cli::{Account as Action, Layer, Role as RoleWord};
use crate::commands::{cx, failed, methods, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let store = store(settings)?;
    match action {
        Action::Invite { address, role, json } => invite(settings, &store, &address, role, json),
        Action::List { json } => list(&store, json),
        Action::Show { account, json } => show(settings, &store, &account, json),
        Action::Lock { account, reason } => change(settings, &store, &account, (Change::Lock, reason)),
        Action::Unlock { account, reason } => change(settings, &store, &account, (Change::Unlock, reason)),
        Action::EndSessions { account, reason } => {
            change(settings, &store, &account, (Change::EndSessions, Some(reason)))
        }
        Action::Reset { account, reason, yes: true } => {
            change(settings, &store, &account, (Change::Reset, Some(reason)))
        }
        Action::Reset { account, reason, yes: false } => would_reset(settings, &store, &account, &reason),
        Action::Approver(action) => approver::run(settings, &store, action),
        Action::Methods { account, layer, inherit, json } => {
            methods(settings, &store, &account, (&layer, inherit), json)
        }
        Action::Gate(options) => gate::run(settings, &store, &options),
        Action::Move { account, to, .. } => move_to(settings, &store, &account, to),
        Action::Import(options) => import::run(settings, &store, &options),
        Action::Export(options) => export::run(settings, &store, &options),
        Action::Undo(options) => undo::run(settings, &store, &options),
        Action::Close { account, yes: true, reason } => {
            change(settings, &store, &account, (Change::Close, reason))
        }
        Action::Close { account, yes: false, .. } => {
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

pub(crate) fn find(store: &Store, text: &str) -> Result<Account, Failed> {
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
        "tenant": account.tenant.as_ref().map(|tenant| &tenant.code),
        "opened_at": account.opened_at.to_string(),
        "confirmed_at": account.confirmed_at.to_string(),
    })
}

fn show(settings: &Config, store: &Store, text: &str, json: bool) -> Result<(), Failed> {
    let account = find(store, text)?;
    let cx = cx(settings);
    let sessions = session::list(store, &cx, account.id).map_err(|fault| failed(&fault))?;
    let lately = activity::newest(store, account.id, 20).map_err(|fault| failed(&fault))?;
    let own = flow::authenticator::list(store, account.id).map_err(|fault| failed(&fault))?;
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
            let own = own.iter().map(|own| {
                json!({
                    "id": own.id,
                    "kind": own.kind,
                    "name": own.name,
                    "added_at": own.added_at.to_string(),
                    "usable_at": own.usable_at.to_string(),
                    "used_at": own.used_at.map(|at| at.to_string()),
                })
            });
            object.insert("authenticators".to_owned(), own.collect());
            object.insert("events".to_owned(), serde_json::to_value(&lately)?);
        }
        return print(&format!("{shown}\n"));
    }
    let mut out = format!(
        "{}\n  identifier  {}\n  state       {}\n  role        {}\n  tenant      {}\n  opened      {}\n  confirmed   {}\n",
        visible(&account.address),
        account.id,
        account.state.code(),
        account.role.code(),
        account.tenant.as_ref().map_or("none, it is personal", |tenant| &tenant.code),
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
    writeln!(out, "\nAuthenticators: {}", own.len())?;
    for own in &own {
        let used = own.used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
        let held =
            if own.is_usable(cx.now) { String::new() } else { format!(", held until {}", own.usable_at) };
        writeln!(
            out,
            "  {}  {:<9} {}, added {}, {used}{held}",
            own.id,
            own.kind.code(),
            visible(&own.name),
            own.added_at
        )?;
    }
    out.push_str("\nLately\n");
    for event in &lately {
        writeln!(out, "  {}  {:<26} {}", event.at, event.kind.name(), flow::operator::detail(&event.kind))?;
    }
    print(&out)
}

fn change(
    settings: &Config,
    store: &Store,
    text: &str,
    (change, reason): (Change, Option<String>),
) -> Result<(), Failed> {
    let account = find(store, text)?;
    let reason = reason.map(|reason| reason_of(&reason)).transpose()?;
    let mut cx = cx(settings);
    let outcome = store
        .write_now(move |tx| account::act(tx, &mut cx, account.id, (change, reason.as_deref()), &By::COMMAND))
        .map_err(|fault| failed(&fault))?;
    let address = visible(&account.address);
    match outcome {
        Ok(()) => {
            let done = match change {
                Change::Lock => "is locked; its sessions and live codes have ended",
                Change::Unlock => "is open again",
                Change::Close => "is closed; its record stays",
                Change::EndSessions => "is signed out everywhere; live codes have ended too",
                Change::Reset => "has nothing left to sign in with but its address; its sessions have ended",
            };
            let mut out = format!("The account of {address} {done}.\n");
            let gated = change == Change::Reset && gate::asked(settings, store, &account)? != Gate::Open;
            if gated {
                write!(out, "\n{}", gate::admit(settings, store, &account, false)?)?;
            }
            print(&out)
        }
        Err(Refusal::AccountState) => {
            Err(Failed(format!("the account of {address} is {}: nothing was changed", account.state.code())))
        }
        Err(refusal) => Err(methods::refused(refusal)),
    }
}

fn reason_of(text: &str) -> Result<String, Failed> {
    wire::line::parse(text, account::LONGEST_REASON).map_err(|_| {
        Failed(format!("a reason is one line of 1 to {} visible characters", account::LONGEST_REASON))
    })
}

fn would_reset(settings: &Config, store: &Store, text: &str, reason: &str) -> Result<(), Failed> {
    reason_of(reason)?;
    let account = find(store, text)?;
    let owns = account::search::owns(store, account.id).map_err(|fault| failed(&fault))?;
    let owns: Vec<&str> = owns.iter().map(|kind| kind.code()).collect();
    let owns = if owns.is_empty() { "nothing but its address".to_owned() } else { owns.join(", ") };
    let left = flow::methods::of_account(&cx(settings).policy, &Account { methods: None, ..account.clone() });
    let codes = left.open(Use::SignIn).has(Method::MailCode);
    let after = if codes {
        "Afterwards its owner signs in by a code that is mailed to it; where a gate stands before that, you get four words to tell \
         them."
    } else {
        "Codes by mail are closed for it, so that NOBODY could sign in afterwards until its tenant opens them \
         (`bidden tenant methods`), or it is moved (`bidden account move`)."
    };
    print(&format!(
        "This would take every authenticator and recovery code from the account of {} (it owns {owns}), open whatever \
         its owner has switched off, end its sessions and forget its known browsers. {after}\nMake sure by another \
         way that it is its owner who asks. To do it, add --yes.\n",
        visible(&account.address)
    ))
}

fn methods(
    settings: &Config,
    store: &Store,
    text: &str,
    (options, inherit): (&Layer, bool),
    json: bool,
) -> Result<(), Failed> {
    let mut account = find(store, text)?;
    let own = account.methods.unwrap_or(MethodPolicy::OPEN);
    let then = methods::layer(&own, options)?;
    if inherit || then.is_some() {
        let mut cx = cx(settings);
        store
            .write_now(move |tx| account::set_methods(tx, &mut cx, account.id, then, &By::COMMAND))
            .map_err(|fault| failed(&fault))?
            .map_err(methods::refused)?;
        account.methods = then;
    }
    if json {
        let open = flow::methods::of_account(&cx(settings).policy, &account);
        let tenant = account.tenant.as_ref().map(|tenant| &tenant.code);
        let own = account.methods.as_ref().map(methods::as_json);
        let line = json!({
            "id": account.id,
            "tenant": tenant,
            "methods": own,
            "in_force": methods::as_json(&open),
        });
        return print(&format!("{line}\n"));
    }
    let mut layers = vec![("the installation".to_owned(), settings.methods)];
    layers.extend(account.tenant.map(|tenant| (format!("tenant {}", tenant.code), tenant.methods)));
    layers.extend(account.methods.map(|own| ("the account".to_owned(), own)));
    print(&methods::table(&layers)?)
}

fn move_to(settings: &Config, store: &Store, text: &str, to: Option<String>) -> Result<(), Failed> {
    let account = find(store, text)?;
    let mut cx = cx(settings);
    let (address, whose) = (visible(&account.address), to.clone());
    store
        .write_now(move |tx| tenant::move_account(tx, &mut cx, account.id, to.as_deref(), &By::COMMAND))
        .map_err(|fault| failed(&fault))?
        .map_err(|refusal| match refusal {
            Refusal::AccountState => Failed(format!("the account of {address} is there already")),
            refusal => methods::refused(refusal),
        })?;
    let whose = whose.map_or_else(|| "personal".to_owned(), |code| format!("{code}'s"));
    print(&format!("The account of {address} is {whose} now.\n"))
}
