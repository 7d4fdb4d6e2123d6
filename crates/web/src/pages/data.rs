//! `/account/data`: everything that is held about the account, as one file for its owner. That it was handed over is
//! recorded; so the file is asked for by a form. What is in it is described in `docs/account-data.md`.

use std::collections::VecDeque;

use askama::Template;
use axum::response::Response;
use flow::own_data::{self, Doorbell, Events, OwnData};
use flow::sealing::prove::{self, Proofs};
use model::account::Role;
use model::authenticator::Authenticator;
use model::event::Event;
use model::fault::Fault;
use model::method::{Method, MethodPolicy, Use};
use model::session::Session;
use model::time::Time;
use serde_json::{Value, json};
use wire::oauth::resource::Resource;

use crate::error::Trouble;
use crate::page::download::{self, File};
use crate::page::{self, small};
use crate::posted::Posted;
use crate::view::data::Data;
use crate::view::frame::Place;
use crate::visit::Visit;

const HERE: &str = "/account/data";

/// The name of the form of the file; another one when a reader of this one could misread it.
const FORMAT: &str = "bidden-account-data-1";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.confirmed(HERE)?;
    let retention_days = small(visit.app.policy.retention.as_secs() / 86_400);
    let proofs = prove::newest(&visit.app.store)?.is_some();
    Ok(page::show(&visit, Place::Account, |frame| Data { frame, retention_days, proofs }.render()))
}

/// `/account/data/proofs`: that what the record says of the account stands in the sealed record, for whoever checks it
/// elsewhere. It says what the other file says, so that it is recorded like that.
pub(crate) async fn proofs(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let visitor = visit.confirmed(HERE)?.clone();
    let head = prove::newest(&visit.app.store)?.ok_or(Trouble::NotFound)?;
    let (by, source) = (visitor.clone(), visit.source);
    visit.app.write(visit.app.cx(), move |tx, cx| own_data::note(tx, cx, &by, source)).await?;
    let (store, account, mut after) = (visit.app.store.clone(), visitor.account.id, None);
    let file = File { name: "account-record.proof", media_type: "application/jsonl" };
    Ok(download::answer(&visit, &file, move || {
        let mut proofs = Proofs::after(&store, account, (head.clone(), after));
        if after.is_none() {
            after = Some(proofs.place());
            return Ok(Some(proofs.head().line() + "\n"));
        }
        let page = proofs.page()?;
        after = Some(proofs.place());
        Ok(page.map(|page| page.iter().map(|proven| proven.line() + "\n").collect()))
    }))
}

pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let visitor = visit.confirmed(HERE)?.clone();
    let (by, source) = (visitor.clone(), visit.source);
    visit.app.write(visit.app.cx(), move |tx, cx| own_data::note(tx, cx, &by, source)).await?;
    let data = own_data::find(&visit.app.store, &visit.cx, &visitor)?;
    let head = head(&data, &visit.app.site.public_url, visit.cx.now);
    let (store, account) = (visit.app.store.clone(), visitor.account.id);
    let mut pieces = VecDeque::from([head?]);
    let (mut events, mut first, mut over) = (Events::default(), true, false);
    let file = File { name: "account-data.json", media_type: "application/json" };
    Ok(download::answer(&visit, &file, move || {
        if let Some(piece) = pieces.pop_front() {
            return Ok(Some(piece));
        }
        if over {
            return Ok(None);
        }
        let page = events.next(&store, account)?;
        if page.is_empty() {
            over = true;
            return Ok(Some("\n  ]\n}\n".to_owned()));
        }
        let mut piece = String::new();
        for event in page {
            piece.push_str(if std::mem::take(&mut first) { "\n    " } else { ",\n    " });
            piece.push_str(&serde_json::to_string(&readable(event)?).map_err(written)?);
        }
        Ok(Some(piece))
    }))
}

fn written(error: serde_json::Error) -> Fault {
    Fault::new("writing the data of an account", error)
}

/// An event with its time as people read it, too.
fn readable(event: Event) -> Result<Value, Fault> {
    let time = event.at.to_string();
    let mut value = serde_json::to_value(event).map_err(written)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("time".to_owned(), time.into());
    }
    Ok(value)
}

/// Everything but the events, up to where they stand.
fn head(data: &OwnData, site: &str, now: Time) -> Result<String, Fault> {
    let all = json!({
        "format": FORMAT,
        "site": site,
        "made_at": now.to_string(),
        "account": account(data),
        "settings": {
            "own": data.account.methods.as_ref().map(methods),
            "in_force": methods(&data.open),
        },
        "gate": {
            "own": data.gate.own,
            "in_force": data.gate_in_force,
            "word_since": data.gate.word.map(|(_, since)| since.to_string()),
            "announced_until": data.gate.open.map(|(until, _)| until.to_string()),
        },
        "addresses": addresses(data),
        "authenticators": data.authenticators.iter().map(|own| authenticator(own, &data.doorbells)).collect::<Value>(),
        "recovery_codes_left": data.recovery_codes,
        "wrong_entries": data.counted.iter().map(|counted| json!({
            "method": counted.method,
            "known_browsers": counted.known,
            "count": counted.failures,
            "last_at": counted.last_at.to_string(),
        })).collect::<Value>(),
        "sessions": data.sessions.iter().map(session).collect::<Value>(),
        "browsers": data.browsers.iter().map(|known| json!({
            "id": known.id,
            "browser": model::source::browser_code(known.browser),
            "first_used": known.first_used.to_string(),
            "last_used": known.last_used.to_string(),
        })).collect::<Value>(),
        "apps_with_access": data.grants.iter().map(|grant| json!({
            "client": grant.client,
            "name": data.clients.get(&grant.client).map(|shown| shown.name.as_str()),
            "name_checked": data.clients.get(&grant.client).map(|shown| shown.verified),
            "scopes": grant.scopes.to_string(),
            "services": grant.resources.iter().map(Resource::as_str).collect::<Vec<_>>(),
            "given_at": grant.granted_at.to_string(),
            "used_at": grant.used_at.to_string(),
            "ends_at": grant.ends_at().to_string(),
        })).collect::<Value>(),
        "ways_in_waiting": data.entries.iter().map(|entry| json!({
            "kind": entry.kind.code(),
            "proved": entry.proofs,
            "asked_at": entry.asked_at.to_string(),
            "opens_at": entry.opens_at.to_string(),
            "expires_at": entry.expires_at.to_string(),
        })).collect::<Value>(),
        "mail_waiting": data.waiting.iter().map(|waiting| json!({
            "what": waiting.kind.code(),
            "queued_at": waiting.queued_at.to_string(),
        })).collect::<Value>(),
        "apps_to_tell": data.untold.iter().map(|waiting| json!({
            "app": waiting.client,
            "queued_at": waiting.queued_at.to_string(),
        })).collect::<Value>(),
        "told_lately": data.told.iter().map(|told| json!({
            "what": told.kind,
            "at": told.at.to_string(),
            "held": told.held,
        })).collect::<Value>(),
        "guessed_at_most_one_in": data.odds,
    });
    let mut text = serde_json::to_string_pretty(&all).map_err(written)?;
    // The last brace closes the whole; the events go before it.
    text.truncate(text.strip_suffix("\n}").map_or(0, str::len));
    text.push_str(",\n  \"events\": [");
    Ok(text)
}

fn account(data: &OwnData) -> Value {
    let account = &data.account;
    json!({
        "id": account.id,
        "state": account.state.code(),
        "role": account.role.code(),
        "operates_the_site": account.role == Role::Operator,
        "tenant": account.tenant.as_ref().map(|tenant| json!({"code": tenant.code, "name": tenant.name})),
        "opened_at": account.opened_at.to_string(),
        "name": data.profile.name,
        "named_at": data.profile.named_at.map(|at| at.to_string()),
    })
}

fn methods(policy: &MethodPolicy) -> Value {
    let of = |use_: Use| policy.open(use_).iter().map(Method::code).collect::<Vec<_>>();
    let all = Use::ALL.into_iter().map(|use_| (use_.code().to_owned(), of(use_).into()));
    Value::Object(all.collect())
}

fn addresses(data: &OwnData) -> Value {
    let to_sign_in = data.addresses.sign_in.iter().map(|kept| {
        let mail = data.mail.iter().find(|mail| mail.address == kept.shown);
        json!({
            "address": kept.shown,
            "kind": kept.kind.code(),
            "for": "sign_in",
            "main": kept.main,
            "sign_in": kept.sign_in,
            "confirmed_at": kept.confirmed_at.to_string(),
            "muted_until": mail.and_then(|mail| mail.muted_until).map(|at| at.to_string()),
            "mail_refused_since": mail.and_then(|mail| mail.refused_since).map(|at| at.to_string()),
        })
    });
    let for_recovery = data.addresses.recovery.iter().map(|kept| {
        json!({
            "address": kept.shown,
            "kind": kept.kind.code(),
            "for": "recovery",
            "confirmed_at": kept.confirmed_at.to_string(),
            "goes_at": kept.detach_at.map(|at| at.to_string()),
        })
    });
    to_sign_in.chain(for_recovery).collect()
}

/// Of a doorbell who carries its rings; where exactly the browser is reached is a key to it, and stays here.
fn authenticator(own: &Authenticator, doorbells: &[Doorbell]) -> Value {
    let doorbell = doorbells.iter().find(|doorbell| doorbell.approver == own.id);
    json!({
        "id": own.id,
        "kind": own.kind.code(),
        "name": own.name,
        "added_at": own.added_at.to_string(),
        "usable_at": own.usable_at.to_string(),
        "used_at": own.used_at.map(|at| at.to_string()),
        "added_in_session": own.session,
        "doorbell": doorbell.map(|set| json!({
            "push_service": set.service,
            "since": set.made_at.to_string(),
            "refused_since": set.refused_at.map(|at| at.to_string()),
        })),
    })
}

fn session(session: &Session) -> Value {
    json!({
        "id": session.id,
        "browser": session.browser,
        "started_at": session.started_at.to_string(),
        "used_at": session.used_at.to_string(),
        "ends_at": session.expires_at.to_string(),
        "address": session.source.address,
        "kind": model::source::browser_code(session.source.browser),
        "proved": session.assurance.methods().iter().map(Method::code).collect::<Vec<_>>(),
        "proved_at": session.assurance.at.to_string(),
    })
}
