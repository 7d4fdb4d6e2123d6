//! `/account/addresses`: the addresses of the account. Looking needs a session; changing, a fresh proof of who is there.

use askama::Template;
use axum::response::Response;
use flow::address::{self, Change};
use flow::reauth::{self, Needed};
use flow::sign_in::ask::Door;
use http::StatusCode;
use model::address::{CONFIRMED_FOR, counts_for_recovery};
use model::event::{AddressKind, AddressRole};
use model::name::PrivateName;
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::{issue_to, read_name, read_sendable, shown_again};
use crate::posted::Posted;
use crate::view::addresses::{self, Addresses, Recovery, SignIn};
use crate::view::frame::Place;
use crate::view::sign_in::FieldError;
use crate::visit::Visit;

const HERE: &str = "/account/addresses";

/// The word for what was refused, as the address of the page carries it.
pub(crate) const fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::AddressTaken => "taken",
        Refusal::AddressesFull => "full",
        Refusal::AddressMain => "main",
        Refusal::LastWayIn => "last",
        Refusal::MethodOff => "off",
        Refusal::NameTaken => "name-taken",
        _ => "gone",
    }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    show(&visit, "", Vec::new())
}

fn show(visit: &Visit, typed: &str, errors: Vec<FieldError>) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let needed = Needed::to_change(reauth::ways(&visit.app.store, &visit.cx, visitor)?);
    let kept = address::list(&visit.app.store, visitor.account.id)?;
    let calendar = page::calendar(visit);
    let ways = kept.sign_in.iter().filter(|kept| kept.sign_in).count();
    let sign_in = kept.sign_in.iter().map(|kept| SignIn {
        address: kept.shown.clone(),
        name: kept.kind == AddressKind::Name,
        takes_mail: kept.kind == AddressKind::Mail,
        main: kept.main,
        sign_in: kept.sign_in,
        last: kept.sign_in && ways == 1,
        confirmed: calendar.moment(kept.confirmed_at),
    });
    let recovery = kept.recovery.iter().map(|kept| Recovery {
        address: kept.shown.clone(),
        confirmed: calendar.moment(kept.confirmed_at),
        again: (!counts_for_recovery(kept.confirmed_at, visit.cx.now))
            .then(|| calendar.moment(kept.confirmed_at + CONFIRMED_FOR)),
        goes: kept.detach_at.map(|at| calendar.moment(at)),
    });
    let (sign_in, recovery) = (sign_in.collect(), recovery.collect());
    Ok(page::show(visit, Place::Account, |frame| {
        Addresses {
            frame,
            notice: visit.query.get("notice").and_then(addresses::notice),
            confirmed: needed.is_met(visitor, &visit.cx),
            sign_in,
            recovery,
            phones: visit.app.policy.text_messages().is_some(),
            address: typed,
            errors,
        }
        .render()
    }))
}

/// `POST /account/addresses`: has a code mailed to an address that is to be the account's.
pub(crate) async fn add(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.confirmed(HERE)?;
    let role = match form.get("role") {
        Some("sign-in") => AddressRole::SignIn,
        Some("recovery") => AddressRole::Recovery,
        _ => return Err(Trouble::Malformed),
    };
    let typed = form.get("address").unwrap_or_default();
    let address = match read_sendable(&visit, typed) {
        Ok(address) => address,
        Err(error) => {
            let again = show(&visit, &shown_again(typed), vec![error])?;
            return Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    if let Err(refusal) = address::check(&visit.app.store, &visit.cx, &visitor.account, &address, role)? {
        return Ok(done(&visit, word(refusal)));
    }
    let door = Door::Address(visitor.held(), role);
    issue_to(visit, address, door, Some(HERE)).await
}

/// `POST /account/addresses/name`: gives the account a private name, as it was typed or a drawn one.
pub(crate) async fn name(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    let typed = match form.get("draw") {
        Some(_) => model::name::draw(&mut visit.cx.entropy)?,
        None => form.get("name").unwrap_or_default().to_owned(),
    };
    let Some(name) = read_name(&typed) else { return Ok(done(&visit, "name-malformed")) };
    let (name, source) = (PrivateName::new(name, visit.app.store.keys()), visit.source);
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| address::name::put(tx, cx, &visitor, &name, source))
        .await?;
    Ok(done(&visit, outcome.map_or_else(word, |()| "named")))
}

/// `POST /account/addresses/main`
pub(crate) async fn main(posted: Posted) -> Result<Response, Trouble> {
    change(posted, Change::MakeMain).await
}

/// `POST /account/addresses/on`
pub(crate) async fn on(posted: Posted) -> Result<Response, Trouble> {
    change(posted, Change::SwitchOn).await
}

/// `POST /account/addresses/off`
pub(crate) async fn off(posted: Posted) -> Result<Response, Trouble> {
    change(posted, Change::SwitchOff).await
}

/// `POST /account/addresses/remove`
pub(crate) async fn remove(posted: Posted) -> Result<Response, Trouble> {
    change(posted, Change::Remove).await
}

/// `POST /account/addresses/remove-recovery`
pub(crate) async fn remove_recovery(posted: Posted) -> Result<Response, Trouble> {
    change(posted, Change::RemoveRecovery).await
}

async fn change(posted: Posted, change: Change) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    // The form carries it as the page shows it.
    let shown = form.get("address").unwrap_or_default();
    let Some(identity) = address::identity_of(visit.app.store.keys(), shown) else {
        return Ok(done(&visit, "gone"));
    };
    let source = visit.source;
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| address::change(tx, cx, &visitor, (identity, change), source))
        .await?;
    Ok(done(&visit, outcome.map_or_else(word, |()| "changed")))
}

fn done(visit: &Visit, word: &str) -> Response {
    page::redirect(&format!("{HERE}?notice={word}"), &visit.cookies())
}
