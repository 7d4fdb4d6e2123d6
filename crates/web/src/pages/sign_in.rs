//! `/sign-in`: type an address. The answer is the same, in the same time, whatever the address is.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::oauth::request;
use flow::sign_in::ask::{self, Ask, Door};
use flow::sign_in::named;
use flow::{approval, entry, password};
use http::StatusCode;
use model::address::Address;
use model::name::PrivateName;
use model::policy::Registration;
use model::sms::Held;
use wire::form::Form;
use wire::gate_word::GateWord;
use wire::invisible::is_invisible;
use wire::mail::mailbox::Mailbox;
use wire::name::Name;
use wire::phone::Phone;

use crate::error::Trouble;
use crate::page;
use crate::pages::passkey;
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::passkey::PasskeyRefused;
use crate::view::sign_in::{FieldError, SignIn, SignInNotice};
use crate::visit::Visit;

/// `GET /`: wherever the visitor belongs.
pub(crate) async fn root(visit: Visit) -> Response {
    let to = if visit.visitor.is_some() { "/account" } else { "/sign-in" };
    page::redirect(to, &visit.cookies())
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    if visit.visitor.is_some() {
        return Ok(page::redirect(&visit.onward("/account")?, &visit.cookies()));
    }
    let notice = match visit.query.get("notice") {
        Some("signed-out") => Some(SignInNotice::SignedOut),
        Some("closed") => Some(SignInNotice::Closed),
        Some("over") => Some(SignInNotice::SessionOver),
        Some("needed") => Some(SignInNotice::Needed),
        Some("client") => Some(SignInNotice::Client),
        Some("device") => Some(SignInNotice::Device),
        _ => None,
    };
    let hint = if notice == Some(SignInNotice::Client) { hint(&visit)? } else { None };
    form(visit, &hint.unwrap_or_default(), Vec::new(), notice)
}

/// What the client that waits believes the person signs in by.
fn hint(visit: &Visit) -> Result<Option<String>, Trouble> {
    let Some(reference) = &visit.request else { return Ok(None) };
    let app = &visit.app;
    let read = request::read_kept(&app.store, &visit.cx, &app.provider, reference)?;
    Ok(read.ok().and_then(|asked| asked.request.login_hint).filter(|hint| Mailbox::parse(hint).is_ok()))
}

fn form(
    visit: Visit,
    address: &str,
    errors: Vec<FieldError>,
    notice: Option<SignInNotice>,
) -> Result<Response, Trouble> {
    draw(visit, (address, errors), (notice, None, None))
}

/// The page after a passkey was refused; `unknown` is the identifier of one that nobody has.
pub(crate) fn refused(
    visit: Visit,
    refused: PasskeyRefused,
    unknown: Option<String>,
) -> Result<Response, Trouble> {
    let again = draw(visit, ("", Vec::new()), (None, Some(refused), unknown))?;
    Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
}

fn draw(
    mut visit: Visit,
    (address, errors): (&str, Vec<FieldError>),
    (notice, refused, unknown): (Option<SignInNotice>, Option<PasskeyRefused>, Option<String>),
) -> Result<Response, Trouble> {
    let phones = visit.app.policy.text_messages().is_some();
    let registration_open = visit.app.policy.registration == Registration::Open;
    let passkey = passkey::offer_sign_in(&mut visit, (refused.is_some(), unknown))?;
    let waiting = !entry::list_of_browser(&visit.app.store, visit.cx.now, &visit.half)?.is_empty();
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        let password = password::signs_in(&visit.app.policy);
        SignIn {
            frame,
            address,
            errors,
            notice,
            registration_open,
            phones,
            passkey,
            refused,
            password,
            approval: approval::signs_in(&visit.app.policy),
            waiting,
        }
        .render()
    }))
}

/// The page for whoever confirmed an address to open an account with it, when somebody was faster.
pub(crate) fn taken(visit: Visit, address: &str) -> Result<Response, Trouble> {
    let again = form(visit, address, vec![FieldError::AddressTaken], None)?;
    Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
}

pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form: fields } = posted;
    let typed = fields.get("address").unwrap_or_default();
    let word = read_word(&fields);
    if let Some(name) = read_name(typed) {
        return issue_by_name(visit, name, word).await;
    }
    match read_sendable(&visit, typed) {
        Ok(address) => issue_with(visit, (address, word), Door::SignIn, None).await,
        Err(error) => {
            let again = form(visit, &shown_again(typed), vec![error], None)?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// Reads an address as a person typed it.
pub(crate) fn read_address(typed: &str) -> Result<Mailbox, FieldError> {
    if typed.trim().is_empty() {
        return Err(FieldError::AddressMissing);
    }
    Mailbox::parse(typed).map_err(|malformed| match malformed.what {
        _ if typed.len() > wire::mail::mailbox::LONGEST => FieldError::AddressTooLong,
        _ if !typed.contains('@') => FieldError::AddressIncomplete,
        _ if typed.chars().any(is_invisible) => FieldError::AddressCharacter,
        _ if typed.find('@').is_some_and(|at| malformed.at > at) => FieldError::AddressDomain,
        _ => FieldError::AddressLocal,
    })
}

/// Reads an address to which a code can be sent: of mail, or where text messages leave a telephone number that they may
/// go to. Which those are is the operator's rule, and says nothing about anybody's account.
pub(crate) fn read_sendable(visit: &Visit, typed: &str) -> Result<Address, FieldError> {
    let keys = visit.app.store.keys();
    match visit.app.policy.text_messages() {
        Some(rules) if looks_like_a_phone(typed) => {
            let typed = typed.trim();
            let phone = Phone::parse(typed).map_err(|_| {
                match typed.starts_with(['+', '(']) || typed.starts_with("00") {
                    true => FieldError::PhoneMalformed,
                    false => FieldError::PhoneCountryCode,
                }
            })?;
            rules.admit(&phone).map_err(|held| match held {
                Held::Range => FieldError::PhoneRange,
                Held::Country | Held::Destination(_) | Held::Budget(_) => FieldError::PhoneCountry,
            })?;
            Ok(Address::of_phone(phone, keys))
        }
        Some(_) | None => read_address(typed).map(|mailbox| Address::new(mailbox, keys)),
    }
}

/// Digits, and what people write between them: nothing that a mail address or a name could be.
fn looks_like_a_phone(typed: &str) -> bool {
    typed.chars().any(char::is_numeric)
        && !typed.chars().any(|letter| letter.is_alphabetic() || letter == '@' || is_invisible(letter))
}

/// What was typed, fit to be put back into the field: nothing invisible, not endless.
pub(crate) fn shown_again(typed: &str) -> String {
    typed.chars().filter(|letter| !is_invisible(*letter)).take(254).collect()
}

/// Asks for a code and shows the page where it is typed: the one answer there is.
pub(crate) async fn issue(visit: Visit, mailbox: Mailbox, door: Door) -> Result<Response, Trouble> {
    issue_for(visit, mailbox, door, None).await
}

/// [`issue`], with a page to go on to afterwards.
pub(crate) async fn issue_for(
    visit: Visit,
    mailbox: Mailbox,
    door: Door,
    to: Option<&str>,
) -> Result<Response, Trouble> {
    let address = Address::new(mailbox, visit.app.store.keys());
    issue_to(visit, address, door, to).await
}

/// What was typed as a private name, if it can be one: nothing with an `@` is.
pub(crate) fn read_name(typed: &str) -> Option<Name> {
    Name::parse(typed).ok()
}

/// Whose address or private name was typed.
pub(crate) fn read_whose(visit: &Visit, typed: &str) -> Result<Result<Address, FieldError>, Trouble> {
    let keys = visit.app.store.keys();
    if let Some(name) = read_name(typed) {
        let name = PrivateName::new(name, keys);
        return Ok(Ok(named::resolve(&visit.app.store, &name)?));
    }
    Ok(read_address(typed).map(|mailbox| Address::new(mailbox, keys)))
}

/// The gate word that was typed beside an address. What can be none is nobody's, and taken for none.
pub(crate) fn read_word(form: &Form) -> Option<GateWord> {
    form.get("word").and_then(|typed| GateWord::parse(typed).ok())
}

/// [`issue`], for whoever has a private name.
pub(crate) async fn issue_by_name(
    visit: Visit,
    name: Name,
    word: Option<GateWord>,
) -> Result<Response, Trouble> {
    let name = PrivateName::new(name, visit.app.store.keys());
    let address = named::resolve(&visit.app.store, &name)?;
    issue_with(visit, (address, word), Door::SignIn, None).await
}

/// [`issue_for`], for an address of whatever kind.
pub(crate) async fn issue_to(
    visit: Visit,
    address: Address,
    door: Door,
    to: Option<&str>,
) -> Result<Response, Trouble> {
    issue_with(visit, (address, None), door, to).await
}

/// [`issue_to`], with the gate word that was typed beside it.
pub(crate) async fn issue_with(
    mut visit: Visit,
    (address, word): (Address, Option<GateWord>),
    door: Door,
    to: Option<&str>,
) -> Result<Response, Trouble> {
    let app = Arc::clone(&visit.app);
    let cookies = visit.cookies();
    let asking = Ask { address, browser_half: visit.half, source: visit.source, door, word };
    let prepared = ask::prepare(&app.store, &mut visit.cx, asking)?;
    let (prepared, now) = (Arc::new(prepared), visit.cx.now);
    let ahead = Arc::clone(&prepared);
    let look = move |reader: &mut flow::Reader<'_>| ask::look(reader, now, &ahead);
    let request = app.write_after(visit.cx, look, move |tx, cx| ask::commit(tx, cx, &prepared)).await?;
    let on = to.map_or_else(String::new, |to| format!("?{}", wire::form::encode([("to", to)])));
    Ok(page::redirect(&format!("/sign-in/{request}{on}"), &cookies))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_bad_address_has_its_own_sentence() {
        for (typed, error) in [
            ("", FieldError::AddressMissing),
            ("   ", FieldError::AddressMissing),
            ("alice", FieldError::AddressIncomplete),
            ("@example.com", FieldError::AddressLocal),
            ("al ice@example.com", FieldError::AddressLocal),
            ("alice@", FieldError::AddressDomain),
            ("alice@example", FieldError::AddressDomain),
            ("alice@exa mple.com", FieldError::AddressDomain),
            ("ali\u{1}ce@example.com", FieldError::AddressCharacter),
        ] {
            assert_eq!(read_address(typed).unwrap_err(), error, "{typed:?}");
        }
        let endless = format!("{}@example.com", "a".repeat(309));
        assert_eq!(read_address(&endless).unwrap_err(), FieldError::AddressTooLong);
        assert!(read_address(" Alice+x@Example.COM ").is_ok());
        assert_eq!(shown_again("a\u{7}b\r\nc"), "abc");
    }

    #[test]
    fn a_telephone_number_is_told_from_an_address_and_from_a_name() {
        for phone in ["+43 664 1234567", "0664/123 45 67", "(0043) 664-1234567", "12345"] {
            assert!(looks_like_a_phone(phone), "{phone}");
        }
        for other in ["anna@example.com", "4711@example.com", "maple-otter-114377", "", "+", "12\u{7}345"] {
            assert!(!looks_like_a_phone(other), "{other}");
        }
    }
}
