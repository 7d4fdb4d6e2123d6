//! `/operator/accounts`: find accounts.

use askama::Template;
use axum::response::Response;
use flow::account::search::{self, Listed};
use http::StatusCode;
use model::account::{AccountState, Role};
use model::id::AccountId;
use wire::account_search::AccountSearch;
use wire::form::encode;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::shown_again;
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::operator::accounts::{AccountLine, Accounts, State};
use crate::visit::Visit;

/// How many accounts one page has.
const LINES: usize = 50;

pub(crate) const PATH: &str = "/operator/accounts";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating(PATH)?;
    let typed = visit.query.get("q").unwrap_or_default();
    let after: Option<AccountId> = visit.query.get("after").map(page::id).transpose()?;
    let Ok(wanted) = AccountSearch::parse(typed) else {
        let answer = show(&visit, typed, (true, Vec::new(), None));
        return Ok(page::with_status(answer, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let found = search::page(&visit.app.store, &wanted, after, LINES)?;
    let next = found.next.map(|id| format!("{PATH}?{}", encode([("q", typed), ("after", &id.to_string())])));
    let calendar = page::calendar(&visit);
    let lines = found.accounts.iter().map(|listed| line(listed, &calendar)).collect();
    Ok(show(&visit, typed, (false, lines, next)))
}

fn show(
    visit: &Visit,
    typed: &str,
    (unreadable, accounts, next): (bool, Vec<AccountLine>, Option<String>),
) -> Response {
    let typed = shown_again(typed);
    page::show(visit, Place::Operator, |frame| {
        Accounts { frame, typed: &typed, unreadable, accounts, next }.render()
    })
}

fn line(listed: &Listed, calendar: &Calendar<'_>) -> AccountLine {
    let account = &listed.account;
    AccountLine {
        id: account.id.to_string(),
        address: account.address.clone(),
        state: state(account.state),
        operator: account.role == Role::Operator,
        tenant: account.tenant.as_ref().map(|tenant| tenant.code.clone()),
        owns: listed.owns.iter().map(|kind| kind.code()).collect(),
        signed_in: listed.signed_in_at.map(|at| calendar.moment(at)),
        opened: calendar.moment(account.opened_at),
    }
}

pub(crate) const fn state(state: AccountState) -> State {
    match state {
        AccountState::Open => State::Open,
        AccountState::Locked => State::Locked,
        AccountState::Closed => State::Closed,
    }
}
