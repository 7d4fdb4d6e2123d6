//! `bidden account undo`: what came about since a moment, by a session or by a grant goes. Without `--yes` it is only shown.

use std::fmt::Write as _;

use flow::Store;
use flow::by::By;
use flow::undo::{self, Seen};
use model::authenticator::AuthenticatorKind;
use model::event::{AddressKind, AddressRole};
use model::id::AccountId;
use model::refusal::Refusal;
use model::time::Time;
use model::undo::{Kind, Plan, Reach, Setting, Stays, Thing};
use serde_json::{Value, json};

use super::find;
use crate::Failed;
use crate::cli::{UndoAccount, UndoReach};
use crate::commands::{cx, failed, print, visible};
use crate::config::settings::Config;

pub(super) fn run(settings: &Config, store: &Store, options: &UndoAccount) -> Result<(), Failed> {
    let account = find(store, &options.account)?;
    let reach = reach(&options.reach)?;
    let (plan, digest) =
        undo::look_as_operator(store, &cx(settings), (account.id, &reach)).map_err(|fault| failed(&fault))?;
    let done = if options.yes && !plan.is_empty() {
        Some(carry_out(settings, store, (account.id, reach), *digest.bytes())?)
    } else {
        None
    };
    if options.json {
        return print(&format!("{}\n", as_json(&plan, done)));
    }
    print(&as_text(&account.address, &plan, (done, options.yes)))
}

fn reach(said: &UndoReach) -> Result<Reach, Failed> {
    let id = |what: &str, text: &str| Failed(format!("`{}` is no {what}", visible(text)));
    if let Some(text) = &said.since {
        let micros = wire::rfc3339::parse(text).map_err(|malformed| Failed(malformed.to_string()))?;
        return Ok(Reach::Since(Time::from_micros(micros)));
    }
    if let Some(text) = &said.session {
        return text.parse().map(Reach::Session).map_err(|_| id("identifier of a session", text));
    }
    let text = said.grant.as_deref().unwrap_or_default();
    text.parse().map(Reach::Grant).map_err(|_| id("identifier of a grant", text))
}

fn carry_out(
    settings: &Config,
    store: &Store,
    (account, reach): (AccountId, Reach),
    digest: [u8; 16],
) -> Result<u32, Failed> {
    let (mut seen, mut gone) = (Seen::Plan(digest), 0_u32);
    loop {
        let mut cx = cx(settings);
        let step = store
            .write_now(move |tx| undo::by_operator(tx, &mut cx, (account, &reach, seen), &By::COMMAND))
            .map_err(|fault| failed(&fault))?;
        match step {
            Ok(done) => {
                gone = gone.saturating_add(done.gone);
                if !done.more {
                    return Ok(gone);
                }
                seen = Seen::Before;
            }
            Err(Refusal::UndoChanged) => {
                return Err(Failed(
                    "something else came about meanwhile: look again before you do it".to_owned(),
                ));
            }
            Err(refusal) => return Err(Failed(refusal.code().to_owned())),
        }
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Session => "session",
        Kind::Window => "pairing window",
        Kind::Device => "device that waits",
        Kind::Grant => "grant",
        Kind::Entry => "way in that waits",
        Kind::Authenticator(AuthenticatorKind::Passkey) => "passkey",
        Kind::Authenticator(AuthenticatorKind::Password) => "password",
        Kind::Authenticator(AuthenticatorKind::Totp) => "authenticator app",
        Kind::Authenticator(AuthenticatorKind::Approver) => "approver",
        Kind::RecoveryCodes => "recovery codes",
        Kind::Gate => "gate before mail",
        Kind::Address(AddressKind::Name, _) => "private name",
        Kind::Address(_, AddressRole::SignIn) => "address",
        Kind::Address(_, AddressRole::Recovery) => "recovery address",
        Kind::Browser => "known browser",
    }
}

const fn why(why: Stays) -> &'static str {
    match why {
        Stays::Here => "it does this",
        Stays::LastWayIn => "without it nobody could sign in",
        Stays::Surer => "it asks for more than was proved",
    }
}

/// Identifiers of sessions, grants and the like; an address is told by its name.
fn id(thing: &Thing) -> Option<String> {
    match thing.kind {
        Kind::Address(..) | Kind::RecoveryCodes | Kind::Gate => None,
        _ => Some(model::id::EventId::from_bytes(thing.id).to_string()),
    }
}

fn setting(plan: &Plan, setting: &Setting) -> String {
    let name = |id: &[u8; 16]| {
        plan.about.iter().find(|thing| thing.id == *id).map_or("", |thing| thing.name.as_str())
    };
    match setting {
        Setting::Main(id) => format!("{} becomes the main address again", visible(name(id))),
        Setting::SignIn(id, true) => format!("sign-in by {} is switched on again", visible(name(id))),
        Setting::SignIn(id, false) => format!("sign-in by {} is switched off again", visible(name(id))),
    }
}

fn line(out: &mut String, thing: &Thing, more: &str) {
    let id = id(thing).unwrap_or_default();
    // Writing to a text cannot fail.
    let _ = writeln!(
        out,
        "  {}  {:<18} {id:<36} {}{more}",
        thing.made_at,
        word(thing.kind),
        visible(&thing.name)
    );
}

fn as_text(address: &str, plan: &Plan, (done, yes): (Option<u32>, bool)) -> String {
    let mut out = String::new();
    if plan.is_empty() {
        let _ = writeln!(out, "There is nothing of {address} that could be undone.");
    } else {
        let _ = writeln!(out, "{} of {address}:", if done.is_some() { "Undone" } else { "This would go" });
    }
    for thing in &plan.goes {
        line(&mut out, thing, "");
    }
    for set in &plan.set {
        let _ = writeln!(out, "  {}", setting(plan, set));
    }
    if plan.more {
        out.push_str("  and more of the same\n");
    }
    if !plan.stays.is_empty() {
        out.push_str("This stays:\n");
        for (thing, reason) in &plan.stays {
            line(&mut out, thing, &format!(" ({})", why(*reason)));
        }
    }
    if !plan.lost.is_empty() {
        out.push_str("This was taken away since then and does not come back:\n");
        for lost in &plan.lost {
            let _ = writeln!(out, "  {}  {:<18} {}", lost.at, word(lost.kind), visible(&lost.name));
        }
    }
    if let Some(gone) = done {
        let gone = if gone == 1 { "One thing is gone".to_owned() } else { format!("{gone} things are gone") };
        let _ = writeln!(out, "{gone}. Everybody who reads mail of the account is told.");
    } else if !yes && !plan.is_empty() {
        out.push_str("To do it, add --yes.\n");
    }
    out
}

fn as_json(plan: &Plan, done: Option<u32>) -> Value {
    let thing = |thing: &Thing| {
        json!({
            "kind": word(thing.kind),
            "id": id(thing),
            "name": thing.name,
            "made_at": thing.made_at.to_string(),
            "session": thing.session.map(|session| session.to_string()),
        })
    };
    let stays = |(kept, reason): &(Thing, Stays)| json!({"what": thing(kept), "why": why(*reason)});
    json!({
        "goes": plan.goes.iter().map(thing).collect::<Vec<_>>(),
        "set": plan.set.iter().map(|one| setting(plan, one)).collect::<Vec<_>>(),
        "stays": plan.stays.iter().map(stays).collect::<Vec<_>>(),
        "lost": plan.lost.iter().map(|lost| json!({
            "kind": word(lost.kind),
            "name": lost.name,
            "at": lost.at.to_string(),
        })).collect::<Vec<_>>(),
        "more": plan.more,
        "done": done,
    })
}
