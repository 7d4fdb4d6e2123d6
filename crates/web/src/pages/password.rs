//! Passwords where they are used: `/sign-in/password`, the app's code after it at `/sign-in/totp`, and
//! `/account/confirm/password`.
//!
//! An answer that nobody was signed in leaves no sooner than [`App::even`] after its password was begun with: a hash that was
//! brought from another system can take longer than ours, and nobody shall see which accounts have one
//! (`threats.md` §5.2 row 12).

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::response::Response;
use flow::attempts::{self, Turn};
use flow::password::attempt::{self, Compared, Prepared, Typed, Whom};
use flow::password::halfway::{self, Halfway};
use flow::password::hash::Scratch;
use flow::password::sign_in::{self, Next};
use flow::password::{Password, Unusable, confirm, signs_in};
use flow::session::Visitor;
use flow::totp::{self, sign_in as step};
use flow::{reauth, tenant};
use http::StatusCode;
use model::address::Address;
use model::method::{Method, Use};
use model::refusal::Refusal;
use wire::form::Form;
use wire::http::cookie::{SameSite, SetCookie};
use wire::http::forwarded::network_of;

use crate::app::App;
use crate::error::Trouble;
use crate::hashing::Asker;
use crate::page;
use crate::pages::approval;
use crate::pages::confirm::{self as confirm_page, destination};
use crate::pages::passkey::into;
use crate::pages::sign_in::{read_whose, shown_again};
use crate::posted::Posted;
use crate::view::confirm::ConfirmProblem;
use crate::view::frame::Place;
use crate::view::password::{AppCode, AppProblem, PasswordProblem, PasswordSignIn};
use crate::view::sign_in::FieldError;
use crate::visit::{HALFWAY, Visit};

/// Where whoever should choose another password is led.
pub(crate) const ANEW: &str = "/account/authenticators/password?why=anew";

/// `GET /sign-in/password`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    if visit.visitor.is_some() {
        return Ok(page::redirect(&visit.onward("/account")?, &visit.cookies()));
    }
    if !signs_in(&visit.app.policy) {
        return Err(Trouble::NotFound);
    }
    let over = visit.query.get("notice") == Some("over");
    Ok(draw(&visit, "", (Vec::new(), None), over))
}

fn draw(
    visit: &Visit,
    address: &str,
    (errors, problem): (Vec<FieldError>, Option<PasswordProblem>),
    over: bool,
) -> Response {
    page::show(visit, Place::Elsewhere, |frame| {
        PasswordSignIn { frame, address, errors, problem, over }.render()
    })
}

fn again(visit: &Visit, address: &str, wrong: (Vec<FieldError>, Option<PasswordProblem>)) -> Response {
    let answer = draw(visit, &shown_again(address), wrong, false);
    page::with_status(answer, StatusCode::UNPROCESSABLE_ENTITY)
}

/// `POST /sign-in/password`
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    if !signs_in(&visit.app.policy) {
        return Err(Trouble::NotFound);
    }
    let typed = form.get("address").unwrap_or_default();
    let address = match read_whose(&visit, typed)? {
        Ok(address) => address,
        Err(error) => return Ok(again(&visit, typed, (vec![error], None))),
    };
    let wrong = |visit: &Visit, problem| Ok(again(visit, typed, (Vec::new(), Some(problem))));
    if let Some(domain) = closed(&visit, &address)? {
        return wrong(&visit, PasswordProblem::DomainOff(domain));
    }
    let password = match Password::read(form.get("password").unwrap_or_default()) {
        Ok(password) => password,
        Err(unusable) => return wrong(&visit, problem_of(unusable)),
    };
    let prepared = prepare(&mut visit, (Whom::Address(address), password))?;
    let (turn, compared, took) = compare(&visit, &prepared).await?;
    let compared = Arc::new(compared);
    let app = Arc::clone(&visit.app);
    let (ahead, outcome) = (Arc::clone(&prepared), Arc::clone(&compared));
    let next = app.write(app.cx(), move |tx, cx| sign_in::commit(tx, cx, &ahead, (&turn, &outcome))).await?;
    match next {
        Ok(Next::In { started, anew }) => {
            keep(&mut visit, (&prepared, &compared)).await?;
            let to = if anew { ANEW.to_owned() } else { visit.onward("/account")? };
            Ok(into(&visit, &started, &to))
        }
        Ok(Next::Second(halfway)) => {
            keep(&mut visit, (&prepared, &compared)).await?;
            go_on(visit, &halfway).await
        }
        Err(Refusal::EntryWaits { .. }) => {
            keep(&mut visit, (&prepared, &compared)).await?;
            Ok(page::redirect("/entry", &visit.cookies()))
        }
        Err(refusal) => {
            even_out(&app, took).await;
            wrong(&visit, problem(&visit, refusal))
        }
    }
}

/// The domain of an address, where nobody signs in by a password: that is published, and the same for all of it. About a
/// private name nothing is published.
fn closed(visit: &Visit, address: &Address) -> Result<Option<String>, Trouble> {
    if address.is_named() {
        return Ok(None);
    }
    let open = tenant::published(&visit.app.store, &visit.cx, address.domain())?;
    let closed = !open.open(Use::SignIn).has(Method::Password);
    let shown = || address.as_str().rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
    Ok(closed.then(shown))
}

/// What cannot be anybody's password is told apart from a wrong one only where nothing was typed.
const fn problem_of(unusable: Unusable) -> PasswordProblem {
    match unusable {
        Unusable::Empty => PasswordProblem::Missing,
        Unusable::TooLong | Unusable::Control => PasswordProblem::Wrong,
    }
}

fn prepare(visit: &mut Visit, (whom, password): (Whom, Password)) -> Result<Arc<Prepared>, Trouble> {
    let app = Arc::clone(&visit.app);
    let typed = Typed {
        whom,
        password,
        browser_half: visit.half,
        current: visit.visitor.clone(),
        source: visit.source,
    };
    Ok(Arc::new(attempt::prepare(&app.store, &mut visit.cx, typed)?))
}

/// Counts the attempt, and lets the pool compare; says how long that took.
async fn compare(visit: &Visit, prepared: &Arc<Prepared>) -> Result<(Turn, Compared, Duration), Trouble> {
    let app = &visit.app;
    let ahead = Arc::clone(prepared);
    let turn = app.write(app.cx(), move |tx, cx| attempt::reserve(tx, cx, &ahead)).await?;
    let (ahead, asker) = (Arc::clone(prepared), asker(visit, prepared));
    let (compared, took) =
        pooled(visit, (asker, Some(turn)), move |scratch| ahead.compare(&turn, scratch)).await?;
    Ok((turn, compared, took))
}

/// In whose line it waits.
fn asker(visit: &Visit, prepared: &Prepared) -> Asker {
    let account = prepared.line(visit.app.store.keys());
    line_of(visit, (account, prepared.is_known()))
}

/// A browser that the account knows has a place of its own among the networks: strangers in the same one do not make it wait.
pub(crate) fn line_of(visit: &Visit, (account, known): ([u8; 16], bool)) -> Asker {
    let network = match visit.source.address {
        _ if known => format!("browser {}", wire::token::hex(&account)),
        Some(address) => network_of(address),
        None => String::new(),
    };
    Asker { account, network }
}

/// Runs a job on the pool; where it could not be done, the attempt that was counted for it is given back.
pub(crate) async fn pooled<T, E>(
    visit: &Visit,
    (asker, turn): (Asker, Option<Turn>),
    job: impl FnOnce(&mut Scratch) -> Result<T, E> + Send + 'static,
) -> Result<(T, Duration), Trouble>
where
    T: Send + 'static,
    E: std::error::Error + Send + 'static,
{
    let app = &visit.app;
    let timed = move |scratch: &mut Scratch| {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long work of our own took, and not what time it is"
        )]
        let began = Instant::now();
        let done = job(scratch);
        (done, began.elapsed())
    };
    let trouble = match app.hashing().run(asker, timed).await {
        Ok((Ok(done), took)) => return Ok((done, took)),
        Ok((Err(broken), _)) => Trouble::Fault(broken.to_string()),
        Err(no_turn) => no_turn.into(),
    };
    if let Some(turn) = turn {
        app.write(app.cx(), move |tx, _| attempts::give_back(tx, &turn)).await?;
    }
    Err(trouble)
}

/// Lets the time pass that is left of [`App::even`].
async fn even_out(app: &App, took: Duration) {
    let rest = app.even.saturating_sub(took);
    if !rest.is_zero() {
        #[expect(
            clippy::disallowed_methods,
            reason = "that time passes is the point: nothing happens at its end"
        )]
        tokio::time::sleep(rest).await;
    }
}

/// Writes down what should happen to the hash of a password that was right. Where that cannot be done now, it is done at the
/// next sign-in.
async fn keep(visit: &mut Visit, of: (&Prepared, &Compared)) -> Result<(), Trouble> {
    let app = Arc::clone(&visit.app);
    if let Some(renewal) = attempt::renewal(&app.store, &mut visit.cx, of)?
        && let Err(trouble) = app.write(app.cx(), move |tx, _| attempt::renew(tx, &renewal)).await
    {
        tracing::warn!(?trouble, "a password hash stays as it was brought here");
    }
    Ok(())
}

/// The second step; what it needs travels in a cookie. Where nothing but an approval does, it is asked for at once.
async fn go_on(mut visit: Visit, halfway: &Halfway) -> Result<Response, Trouble> {
    let (value, cookie) = hold(&mut visit, halfway)?;
    let mut answer = if halfway.then.app {
        page::redirect("/sign-in/totp", &visit.cookies())
    } else {
        approval::ask_second(visit, value).await?
    };
    page::set_cookies(&mut answer, &[cookie]);
    Ok(answer)
}

/// What the browser holds of a password that was right, and the cookie for it.
fn hold(visit: &mut Visit, halfway: &Halfway) -> Result<(String, String), Trouble> {
    let app = Arc::clone(&visit.app);
    let value = halfway.seal(app.store.keys(), &mut visit.cx)?;
    let max_age = Some(halfway::HELD.as_secs());
    let cookie = SetCookie { name: HALFWAY, value: value.clone(), max_age, same_site: SameSite::Lax };
    Ok((value, cookie.to_header()))
}

pub(crate) fn problem(visit: &Visit, refusal: Refusal) -> PasswordProblem {
    let moment = |at| page::calendar(visit).moment(at);
    match refusal {
        Refusal::AttemptsBlocked { until } => PasswordProblem::Blocked(moment(until)),
        Refusal::AuthenticatorHeld { at } => PasswordProblem::Held(moment(at)),
        Refusal::MethodOff => PasswordProblem::Off,
        _ => PasswordProblem::Wrong,
    }
}

/// What is said about a code; nothing where it was not the code.
pub(crate) fn app_problem(visit: &Visit, refusal: Refusal) -> Option<AppProblem> {
    let moment = |at| page::calendar(visit).moment(at);
    match refusal {
        Refusal::CodeMalformed => Some(AppProblem::Malformed),
        Refusal::AppCodeWrong => Some(AppProblem::Wrong),
        Refusal::AppCodeRepeated => Some(AppProblem::Repeated),
        Refusal::AttemptsBlocked { until } => Some(AppProblem::Blocked(moment(until))),
        Refusal::AuthenticatorHeld { at } => Some(AppProblem::Held(moment(at))),
        _ => None,
    }
}

/// Back to the first step.
pub(crate) fn over(visit: &Visit) -> Response {
    let mut cookies = visit.cookies();
    cookies.push(SetCookie::removal(HALFWAY).to_header());
    page::redirect("/sign-in/password?notice=over", &cookies)
}

/// `GET /sign-in/totp`
pub(crate) async fn step(visit: Visit) -> Result<Response, Trouble> {
    if visit.visitor.is_some() {
        return Ok(page::redirect(&visit.onward("/account")?, &visit.cookies()));
    }
    let keys = visit.app.store.keys();
    let held = visit.halfway.as_deref().unwrap_or_default();
    let Ok(halfway) = Halfway::open(keys, visit.cx.now, (held, &visit.half)) else { return Ok(over(&visit)) };
    let approval = halfway.then.approval;
    Ok(page::show(&visit, Place::Elsewhere, |frame| AppCode { frame, problem: None, approval }.render()))
}

/// `POST /sign-in/totp`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let code = form.get("code").unwrap_or_default().to_owned();
    let wrong = |visit: &Visit, problem| {
        let keys = visit.app.store.keys();
        let held = visit.halfway.as_deref().unwrap_or_default();
        let halfway = Halfway::open(keys, visit.cx.now, (held, &visit.half));
        let approval = halfway.is_ok_and(|halfway| halfway.then.approval);
        let page = page::show(visit, Place::Elsewhere, |frame| {
            AppCode { frame, problem: Some(problem), approval }.render()
        });
        Ok(page::with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
    };
    if code.trim().is_empty() && visit.halfway.is_some() {
        return wrong(&visit, AppProblem::Missing);
    }
    let app = Arc::clone(&visit.app);
    let typed = step::Typed {
        halfway: visit.halfway.clone().unwrap_or_default(),
        code,
        browser_half: visit.half,
        current: visit.visitor.clone(),
        source: visit.source,
    };
    let prepared = step::prepare(&app.store, &visit.cx, typed)?;
    let outcome = match prepared {
        Err(refusal) => Err(refusal),
        Ok(prepared) => {
            let anew = prepared.choose_anew();
            let outcome = app.write(app.cx(), move |tx, cx| step::commit(tx, cx, &prepared)).await?;
            outcome.map(|started| (started, anew))
        }
    };
    match outcome {
        Ok((started, anew)) => {
            let to = if anew { ANEW.to_owned() } else { visit.onward("/account")? };
            let mut answer = into(&visit, &started, &to);
            page::set_cookies(&mut answer, &[SetCookie::removal(HALFWAY).to_header()]);
            Ok(answer)
        }
        Err(Refusal::EntryWaits { .. }) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(refusal) => match app_problem(&visit, refusal) {
            Some(problem) => wrong(&visit, problem),
            None => Ok(over(&visit)),
        },
    }
}

/// `POST /account/confirm/password`
pub(crate) async fn confirm(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let to = destination(form.get("to")).to_owned();
    let ways = reauth::ways(&visit.app.store, &visit.cx, &visitor)?;
    let approval = ways.is_strong() && ways.methods.has(Method::Approval);
    if approval && (form.get("by") == Some("approval") || !ways.methods.has(Method::Totp)) {
        return confirm_halfway(visit, (&visitor, &form), &to).await;
    }
    match confirmed(&mut visit, &visitor, &form).await? {
        Ok(started) => Ok(into(&visit, &started, &to)),
        Err(problem) => {
            let again = confirm_page::draw(visit, &to, (None, Some(problem)))?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// The password first, and then an approval: both count together.
async fn confirm_halfway(
    mut visit: Visit,
    (visitor, form): (&Visitor, &Form),
    to: &str,
) -> Result<Response, Trouble> {
    let app = Arc::clone(&visit.app);
    let again = |visit: Visit, problem| {
        let again = confirm_page::draw(visit, to, (None, Some(ConfirmProblem::Password(problem))))?;
        Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let password = match Password::read(form.get("password").unwrap_or_default()) {
        Ok(password) => password,
        Err(unusable) => return again(visit, problem_of(unusable)),
    };
    let prepared = prepare(&mut visit, (Whom::Visitor(Box::new(visitor.clone())), password))?;
    let (turn, compared, _) = compare(&visit, &prepared).await?;
    let compared = Arc::new(compared);
    let (ahead, outcome) = (Arc::clone(&prepared), Arc::clone(&compared));
    let next = app.write(app.cx(), move |tx, cx| confirm::halfway(tx, cx, &ahead, (&turn, &outcome))).await?;
    match next {
        Ok(halfway) => {
            keep(&mut visit, (&prepared, &compared)).await?;
            let (value, cookie) = hold(&mut visit, &halfway)?;
            let mut answer = approval::ask_confirm(visit, (visitor.clone(), Some(value)), to).await?;
            page::set_cookies(&mut answer, &[cookie]);
            Ok(answer)
        }
        Err(Refusal::SessionUnknown) => Err(Trouble::SignInFirst),
        Err(refusal) => {
            let problem = problem(&visit, refusal);
            again(visit, problem)
        }
    }
}

type Confirmed = Result<flow::sign_in::finish::Started, ConfirmProblem>;

async fn confirmed(visit: &mut Visit, visitor: &Visitor, form: &Form) -> Result<Confirmed, Trouble> {
    let app = Arc::clone(&visit.app);
    let ways = reauth::ways(&app.store, &visit.cx, visitor)?;
    if !ways.methods.has(Method::Password) {
        return Err(Trouble::NotFound);
    }
    let password = match Password::read(form.get("password").unwrap_or_default()) {
        Ok(password) => password,
        Err(unusable) => return Ok(Err(ConfirmProblem::Password(problem_of(unusable)))),
    };
    let mut shown = None;
    if ways.methods.has(Method::Totp) {
        let code = form.get("code").unwrap_or_default();
        if code.trim().is_empty() {
            return Ok(Err(ConfirmProblem::App(AppProblem::Missing)));
        }
        shown = match totp::show(&app.store, &visit.cx, visitor.account.id, code)? {
            Ok(shown) => shown,
            Err(_) => return Ok(Err(ConfirmProblem::App(AppProblem::Malformed))),
        };
    }
    let prepared = prepare(visit, (Whom::Visitor(Box::new(visitor.clone())), password))?;
    let (turn, compared, _) = compare(visit, &prepared).await?;
    let compared = Arc::new(compared);
    let (ahead, outcome) = (Arc::clone(&prepared), Arc::clone(&compared));
    let raised = app
        .write(app.cx(), move |tx, cx| confirm::commit(tx, cx, &ahead, (&turn, &outcome, shown.as_ref())))
        .await?;
    match raised {
        Ok(started) => {
            keep(visit, (&prepared, &compared)).await?;
            Ok(Ok(started))
        }
        Err(refusal @ (Refusal::AppCodeWrong | Refusal::AppCodeRepeated)) => {
            Ok(Err(app_problem(visit, refusal)
                .map_or(ConfirmProblem::App(AppProblem::Wrong), ConfirmProblem::App)))
        }
        Err(Refusal::SessionUnknown) => Err(Trouble::SignInFirst),
        Err(refusal) if compared.is_right() && shown.is_some() => {
            let app = app_problem(visit, refusal).unwrap_or(AppProblem::Wrong);
            Ok(Err(ConfirmProblem::App(app)))
        }
        Err(refusal) => Ok(Err(ConfirmProblem::Password(problem(visit, refusal)))),
    }
}
