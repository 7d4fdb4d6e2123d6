//! `/operator/tenants`: organisations, their domains, and which ways they leave open.

use askama::Template;
use axum::response::Response;
use flow::by::By;
use flow::tenant::{self, Change, Shown};
use flow::{Recorded, Tx};
use http::StatusCode;
use model::cx::Cx;
use model::fault::Fault;
use model::gate::Gate;
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::refusal::Refusal;
use wire::form::Form;
use wire::mail::domain::Domain;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::posted::Posted;
use crate::segment::{Segment, Segments};
use crate::view::frame::Place;
use crate::view::operator::tenants::{Box, OneTenant, Said, TenantLine, Tenants, UseBoxes, Wrong};
use crate::visit::Visit;

const PATH: &str = "/operator/tenants";
/// How many batches of accounts one request moves at most.
const BATCHES: usize = 10;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating(PATH)?;
    let removed = visit.query.get("done") == Some("removed");
    list(&visit, if removed { Some(Said::Removed) } else { None })
}

fn list(visit: &Visit, said: Option<Said>) -> Result<Response, Trouble> {
    let all = tenant::list(&visit.app.store)?;
    let line = |shown: &Shown| TenantLine {
        code: shown.tenant.code.clone(),
        name: shown.tenant.name.clone(),
        domains: shown.domains.clone(),
        accounts: small(shown.accounts),
        codes: open_for(visit, shown).open(Use::SignIn).has(Method::MailCode),
    };
    Ok(page::show(visit, Place::Operator, |frame| {
        Tenants { frame, said, tenants: all.iter().map(line).collect() }.render()
    }))
}

fn open_for(visit: &Visit, shown: &Shown) -> MethodPolicy {
    visit.app.policy.methods.and(&shown.tenant.methods)
}

/// `POST /operator/tenants`: makes one.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let by = By::page(&visit.cx, visit.operating(PATH)?, visit.source);
    let code = form.get("code").unwrap_or_default().trim().to_owned();
    let name = form.get("name").unwrap_or_default().trim().to_owned();
    let to = format!("{PATH}/{code}?done=made");
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| tenant::make(tx, cx, (&code, &name), &by)).await?;
    match outcome {
        Ok(_) => Ok(page::redirect(&to, &visit.cookies())),
        Err(refusal) => {
            let again = list(&visit, Some(Said::Wrong(wrong(refusal))))?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// `GET /operator/tenants/<code>`
pub(crate) async fn one(visit: Visit, Segment(code): Segment) -> Result<Response, Trouble> {
    visit.operating(&format!("{PATH}/{code}"))?;
    let said = match visit.query.get("done") {
        Some("made") => Some(Said::Made),
        Some("changed") => Some(Said::Changed),
        Some("adopted") => {
            let count = visit.query.get("n").and_then(|n| n.parse().ok()).unwrap_or_default();
            Some(Said::Adopted { count, more: visit.query.get("more").is_some() })
        }
        _ => None,
    };
    show(&visit, &code, said)
}

fn show(visit: &Visit, code: &str, said: Option<Said>) -> Result<Response, Trouble> {
    let shown = tenant::find(&visit.app.store, code)?.ok_or(Trouble::NotFound)?;
    let made = page::calendar(visit).moment(shown.tenant.made_at);
    Ok(page::show(visit, Place::Operator, |frame| {
        OneTenant {
            frame,
            said,
            code: &shown.tenant.code,
            name: &shown.tenant.name,
            domains: &shown.domains,
            accounts: small(shown.accounts),
            made,
            uses: boxes(visit, &shown),
            gate: shown.tenant.gate.map(Gate::code),
            gate_of_site: visit.app.policy.gate.code(),
        }
        .render()
    }))
}

fn boxes(visit: &Visit, shown: &Shown) -> Vec<UseBoxes> {
    let of = |use_: Use| UseBoxes {
        use_: use_.code(),
        boxes: use_
            .possible()
            .iter()
            .map(|method| Box {
                method: method.code(),
                open: shown.tenant.methods.open(use_).has(method),
                closed_by_site: !visit.app.policy.methods.open(use_).has(method),
            })
            .collect(),
    };
    Use::ALL.into_iter().map(of).collect()
}

/// What the check boxes leave open.
fn ticked(form: &Form) -> MethodPolicy {
    let of = |use_: Use| {
        use_.possible().iter().fold(MethodSet::NONE, |set, method| {
            let name = format!("{}.{}", use_.code(), method.code());
            if form.get(&name).is_some() { set.with(method) } else { set }
        })
    };
    Use::ALL.into_iter().fold(MethodPolicy::OPEN, |policy, use_| policy.with(use_, of(use_)))
}

/// `POST /operator/tenants/<code>/<act>`
pub(crate) async fn act(Segments([code, act]): Segments<2>, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let by = By::page(&visit.cx, visit.operating(&format!("{PATH}/{code}"))?, visit.source);
    let domain = form.get("domain").map(Domain::parse);
    let work = match (act.as_str(), domain) {
        ("rename", _) => Work::Change(Change::Name(form.get("name").unwrap_or_default().trim().to_owned())),
        ("methods", _) => Work::Change(Change::Methods(ticked(&form))),
        ("gate", _) => Work::Change(Change::Gate(form.get("gate").and_then(Gate::from_code))),
        ("remove", _) => Work::Remove,
        ("add-domain" | "adopt" | "remove-domain", Some(Err(_)) | None) => {
            return refuse(&visit, &code, Wrong::Domain);
        }
        ("add-domain", Some(Ok(domain))) => Work::Add(domain),
        ("remove-domain", Some(Ok(domain))) => Work::Take(domain),
        ("adopt", Some(Ok(domain))) => return adopt(&visit, &code, domain, by).await,
        _ => return Err(Trouble::NotFound),
    };
    let to = match work {
        Work::Remove => format!("{PATH}?done=removed"),
        Work::Change(_) | Work::Add(_) | Work::Take(_) => format!("{PATH}/{code}?done=changed"),
    };
    let own = code.clone();
    let outcome = visit.app.write(visit.app.cx(), move |tx, cx| work.run(tx, cx, &own, &by)).await?;
    match outcome {
        Ok(()) => Ok(page::redirect(&to, &visit.cookies())),
        Err(Refusal::TenantUnknown) => Err(Trouble::NotFound),
        Err(refusal) => refuse(&visit, &code, wrong(refusal)),
    }
}

/// What a form of a tenant's page does.
enum Work {
    Change(Change),
    Add(Domain),
    Take(Domain),
    Remove,
}

impl Work {
    fn run(
        &self,
        tx: &mut Tx<'_>,
        cx: &mut Cx,
        code: &str,
        by: &By,
    ) -> Result<Recorded<Result<(), Refusal>>, Fault> {
        match self {
            Self::Change(change) => tenant::change(tx, cx, code, change, by),
            Self::Add(domain) => tenant::add_domain(tx, cx, code, domain, by),
            Self::Take(domain) => tenant::remove_domain(tx, cx, code, domain, by),
            Self::Remove => tenant::remove(tx, cx, code, by),
        }
    }
}

async fn adopt(visit: &Visit, code: &str, domain: Domain, by: By) -> Result<Response, Trouble> {
    let (mut count, mut more) = (0_u32, true);
    for _ in 0..BATCHES {
        let (own, domain) = (code.to_owned(), domain.clone());
        let step = visit.app.write(visit.app.cx(), move |tx, cx| tenant::adopt(tx, cx, &own, &domain, &by));
        match step.await? {
            Ok(step) => (count, more) = (count.saturating_add(step.moved), step.more),
            Err(refusal) => return refuse(visit, code, wrong(refusal)),
        }
        if !more {
            break;
        }
    }
    let more = if more { "&more=1" } else { "" };
    Ok(page::redirect(&format!("{PATH}/{code}?done=adopted&n={count}{more}"), &visit.cookies()))
}

fn refuse(visit: &Visit, code: &str, wrong: Wrong) -> Result<Response, Trouble> {
    let again = show(visit, code, Some(Said::Wrong(wrong)))?;
    Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
}

const fn wrong(refusal: Refusal) -> Wrong {
    match refusal {
        Refusal::TenantTaken => Wrong::Taken,
        Refusal::TenantNameUnfit => Wrong::Name,
        Refusal::TenantInUse => Wrong::InUse,
        Refusal::DomainTaken => Wrong::DomainTaken,
        Refusal::PolicyFlawed { flaw } => Wrong::Flawed(flaw),
        _ => Wrong::Domain,
    }
}
