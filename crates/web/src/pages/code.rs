//! `/sign-in/<request>`: wait for the code, type it, ask for it again.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::address::confirm;
use flow::recover::mailed;
use flow::sign_in::ask::Door;
use flow::sign_in::status::{self, Found, Status};
use flow::sign_in::submit::{self, Submission};
use http::StatusCode;
use model::event::AddressRole;
use model::id::RequestId;
use model::invitation::Opening;
use model::method::Method;
use model::policy::Registration;
use model::refusal::Refusal;
use model::sign_in_code::{CodeState, CodeText, Purpose as Kind};
use wire::base20;
use wire::mail::mailbox::Mailbox;

use crate::error::Trouble;
use crate::page;
use crate::pages::addresses;
use crate::pages::confirm::destination;
use crate::pages::sign_in::{self, issue_by_name, issue_to, read_name, read_sendable};
use crate::pages::welcome;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::codes_off::{CodesOff, Way};
use crate::view::frame::Place;
use crate::view::sign_in::{CodeError, Ended, EnterCode, Purpose, Resend};
use crate::visit::{Visit, session_cookie};

pub(crate) async fn get(visit: Visit, Segment(request): Segment) -> Result<Response, Trouble> {
    let to = visit.query.get("to").map(|to| destination(Some(to)).to_owned());
    show(&visit, (page::id(&request)?, to.as_deref()), None)
}

/// Shows the page as the request stands now.
fn show(
    visit: &Visit,
    (request, to): (RequestId, Option<&str>),
    error: Option<CodeError>,
) -> Result<Response, Trouble> {
    let found = status::find(&visit.app.store, &visit.cx, request, &visit.half)?;
    let id = request.to_string();
    let calendar = page::calendar(visit);
    let answer = match found {
        Found::Own(Status { codes_off: Some(off), address: Some(address), .. }) => {
            codes_off(visit, &off, &address)
        }
        Found::Own(status) => page::show(visit, Place::Elsewhere, |frame| {
            EnterCode {
                frame,
                request_id: &id,
                to,
                address: status.address.as_deref().unwrap_or_default(),
                by_text: status.by_text,
                reference: &status.reference,
                purpose: purpose(visit, &status),
                letters: visit.app.policy.code_length,
                expires: calendar.moment(status.expires_at),
                seconds_left: page::small(status.expires_at.since(visit.cx.now).as_secs()),
                attempts_left: (status.guesses_left < visit.app.policy.code_guesses)
                    .then_some(status.guesses_left),
                error,
                resend: if status.purpose == Kind::Recovery {
                    Resend::Elsewhere
                } else if visit.cx.now >= status.again_at {
                    Resend::Now
                } else {
                    Resend::At(calendar.moment(status.again_at))
                },
                ended: ended(&status, &calendar),
                inbox_link: visit.app.site.inbox && visit.is_local(),
            }
            .render()
        }),
        Found::Foreign | Found::Nothing => {
            let why = if matches!(found, Found::Foreign) { Ended::OtherBrowser } else { Ended::Unknown };
            over(visit, &id, why)
        }
    };
    Ok(answer)
}

/// The page where no code is mailed to addresses of this domain: for each of them the same, down to the byte.
fn codes_off(visit: &Visit, off: &status::CodesOff, address: &str) -> Response {
    let domain = Mailbox::parse(address).map(|mailbox| mailbox.domain_shown().to_owned()).unwrap_or_default();
    page::show(visit, Place::Elsewhere, |frame| {
        CodesOff {
            frame,
            domain: &domain,
            tenant: off.tenant.as_ref().map(|tenant| tenant.name.as_str()),
            ways: Way::all(off.open.without(Method::MailCode)),
        }
        .render()
    })
}

/// The page for a request that this browser has nothing to do with.
fn over(visit: &Visit, id: &str, why: Ended) -> Response {
    let calendar = page::calendar(visit);
    let answer = page::show(visit, Place::Elsewhere, |frame| {
        EnterCode {
            frame,
            request_id: id,
            to: None,
            address: "",
            by_text: false,
            reference: "",
            purpose: Purpose::SignIn,
            letters: visit.app.policy.code_length,
            expires: calendar.moment(visit.cx.now),
            seconds_left: 0,
            attempts_left: None,
            error: None,
            resend: Resend::No,
            ended: Some(why),
            inbox_link: false,
        }
        .render()
    });
    page::with_status(answer, StatusCode::NOT_FOUND)
}

/// What the page says the code is for: never whether there is an account.
fn purpose(visit: &Visit, status: &Status) -> Purpose {
    match (status.purpose, status.opening) {
        (Kind::OpenAccount, Some(Opening::SetUp | Opening::Invitation)) => Purpose::OpenAccount,
        (Kind::Confirm, _) => Purpose::Confirm,
        (Kind::AddAddress, _) => Purpose::AddAddress,
        (Kind::AddRecovery, _) => Purpose::AddRecovery,
        (Kind::Recovery, _) => Purpose::Recovery,
        _ if visit.app.policy.registration == Registration::Open => Purpose::SignInOrOpen,
        (Kind::SignIn | Kind::OpenAccount, _) => Purpose::SignIn,
    }
}

fn ended(status: &Status, calendar: &crate::view::moment::Calendar<'_>) -> Option<Ended> {
    match status.state {
        CodeState::Live if status.guesses_left > 0 => None,
        CodeState::Live | CodeState::Refused => Some(Ended::UsedUp),
        CodeState::Redeemed => Some(Ended::Used),
        CodeState::Expired => Some(Ended::Expired(calendar.moment(status.expires_at))),
        CodeState::Denied => Some(Ended::Denied),
    }
}

pub(crate) async fn post(Segment(request): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let request: RequestId = page::id(&request)?;
    let typed = form.get("code").unwrap_or_default();
    let to = form.get("to").map(|to| destination(Some(to)).to_owned());
    let request = (request, to.as_deref());
    if typed.trim().is_empty() {
        return refuse(&visit, request, Some(CodeError::Missing));
    }
    // How long this one is, only the mail says: that it is longer would tell what others did to the address.
    let lengths = visit.app.policy.lengths();
    let read = base20::letters(typed, usize::from(lengths.longest()));
    let Some(code) = read.ok().filter(|code| lengths.contain(code.len())) else {
        // What cannot be a code of ours costs no guess.
        return refuse(&visit, request, Some(CodeError::Malformed));
    };
    let submission = Submission {
        request: request.0,
        code: CodeText::from_text(code),
        browser_half: visit.half,
        current: visit.visitor.clone(),
        source: visit.source,
    };
    let Some(prepared) = submit::prepare(&visit.app.store, &visit.cx, &submission)? else {
        return refuse(&visit, request, None);
    };
    let purpose = prepared.purpose();
    if confirm::role(purpose).is_some() {
        return add(visit, request, prepared).await;
    }
    if purpose == Kind::Recovery {
        return recover(visit, request, prepared).await;
    }
    let opens = purpose == Kind::OpenAccount;
    // Read before the end of the request wipes it.
    let address =
        if opens { status::again(&visit.app.store, &visit.cx, request.0, &visit.half)? } else { None };
    let address = address.map(|(address, _)| address).unwrap_or_default();
    let (prepared, cx) = (Arc::new(prepared), visit.app.cx());
    let (ahead, now) = (Arc::clone(&prepared), cx.now);
    let look = move |reader: &mut flow::Reader<'_>| submit::look(reader, now, &ahead);
    let outcome = visit.app.write_after(cx, look, move |tx, cx| submit::commit(tx, cx, &prepared)).await?;
    match outcome {
        Ok(started) => {
            let seconds = visit.app.policy.session_absolute.as_secs();
            let mut cookies = visit.cookies();
            cookies.push(session_cookie(started.session.id, started.secret.expose(), seconds));
            let to = match purpose {
                Kind::OpenAccount => visit.onward("/account?notice=opened")?,
                Kind::SignIn | Kind::AddAddress | Kind::AddRecovery | Kind::Recovery => {
                    visit.onward("/account")?
                }
                Kind::Confirm => destination(to.as_deref()).to_owned(),
            };
            Ok(page::redirect(&to, &cookies))
        }
        Err(Refusal::CodeWrong { left }) => refuse(&visit, request, Some(CodeError::Wrong { left })),
        Err(Refusal::EntryWaits { .. }) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(Refusal::AddressTaken) => sign_in::taken(visit, &address),
        Err(
            refusal @ (Refusal::InvitationUsed
            | Refusal::InvitationExpired { .. }
            | Refusal::InvitationElsewhere
            | Refusal::LinkUnknown),
        ) => Ok(welcome::gone(&visit, refusal)),
        Err(_) => refuse(&visit, request, None),
    }
}

/// A code that adds an address: nobody is signed in by it.
async fn add(
    visit: Visit,
    request: (RequestId, Option<&str>),
    prepared: submit::Prepared,
) -> Result<Response, Trouble> {
    let outcome = visit.app.write(visit.app.cx(), move |tx, cx| confirm::commit(tx, cx, &prepared)).await?;
    match outcome {
        Ok(AddressRole::SignIn) => Ok(page::redirect("/account/addresses?notice=added", &visit.cookies())),
        Ok(AddressRole::Recovery) => {
            Ok(page::redirect("/account/addresses?notice=recovery-added", &visit.cookies()))
        }
        Err(Refusal::CodeWrong { left }) => refuse(&visit, request, Some(CodeError::Wrong { left })),
        Err(refusal @ (Refusal::AddressTaken | Refusal::AddressesFull | Refusal::MethodOff)) => {
            let to = format!("/account/addresses?notice={}", addresses::word(refusal));
            Ok(page::redirect(&to, &visit.cookies()))
        }
        Err(_) => refuse(&visit, request, None),
    }
}

/// A code that proves one thing for a recovery: what waits then has a page of its own.
async fn recover(
    visit: Visit,
    request: (RequestId, Option<&str>),
    prepared: submit::Prepared,
) -> Result<Response, Trouble> {
    let prepared = mailed::prepare(&visit.app.store, prepared);
    let outcome = visit.app.write(visit.app.cx(), move |tx, cx| mailed::commit(tx, cx, &prepared)).await?;
    match outcome {
        Ok(_) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(Refusal::CodeWrong { left }) => refuse(&visit, request, Some(CodeError::Wrong { left })),
        Err(_) => refuse(&visit, request, None),
    }
}

/// The page again, saying what was wrong; how the request stands is read afresh.
fn refuse(
    visit: &Visit,
    request: (RequestId, Option<&str>),
    error: Option<CodeError>,
) -> Result<Response, Trouble> {
    let answer = show(visit, request, error)?;
    let status =
        if answer.status() == StatusCode::OK { StatusCode::UNPROCESSABLE_ENTITY } else { answer.status() };
    Ok(page::with_status(answer, status))
}

/// `POST /sign-in/<request>/again`: the same code once more.
pub(crate) async fn again(Segment(request): Segment, posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let request: RequestId = page::id(&request)?;
    let Some((address, door)) = status::again(&visit.app.store, &visit.cx, request, &visit.half)? else {
        return show(&visit, (request, None), None);
    };
    if let (Some(name), Door::SignIn) = (read_name(&address), door) {
        return issue_by_name(visit, name, None).await;
    }
    match read_sendable(&visit, &address) {
        Ok(address) => issue_to(visit, address, door, None).await,
        Err(_) => Err(Trouble::NotFound),
    }
}
