//! `bidden tenant`: list, show, make, rename, methods, domains, remove. All of it works beside a running server.

use std::fmt::Write as _;

use flow::by::By;
use flow::tenant::{self, Change, Shown};
use model::gate::Gate;
use model::method::MethodPolicy;
use serde_json::{Value, json};
use wire::mail::domain::Domain;

use crate::Failed;
use crate::cli::{Domain as DomainAction, Layer, Tenant as Action};
use crate::commands::methods::{self, refused};
use crate::commands::{Works, cx, failed, print, store, visible};
use crate::config::settings::Config;

const BY: &By = &By::COMMAND;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let store = store(settings)?;
    let place = Tenants(Works { settings, store: &store, refused });
    match action {
        Action::List { json } => place.list(json),
        Action::Show { tenant, json } => place.show(&tenant, json),
        Action::Make { tenant, name } => place.make(&tenant, &name),
        Action::Rename { tenant, name } => {
            let (code, change) = (tenant.clone(), Change::Name(name));
            place.0.write(move |tx, cx| tenant::change(tx, cx, &code, &change, BY))?;
            print(&format!("{tenant} has its new name.\n"))
        }
        Action::Methods { tenant, layer, yes, json } => place.methods(&tenant, &layer, yes, json),
        Action::Gate { tenant, gate, yes } => place.gate(&tenant, gate.as_deref(), yes),
        Action::Domain(DomainAction::Add { tenant, domain, adopt }) => place.add(&tenant, &domain, adopt),
        Action::Domain(DomainAction::Remove { tenant, domain, yes }) => place.take(&tenant, &domain, yes),
        Action::Remove { tenant } => {
            let code = tenant.clone();
            place.0.write(move |tx, cx| tenant::remove(tx, cx, &code, BY))?;
            print(&format!("{tenant} is gone. What happened to it stays on the record.\n"))
        }
    }
}

/// The installation at which the command works.
struct Tenants<'a>(Works<'a>);

impl Tenants<'_> {
    fn find(&self, code: &str) -> Result<Shown, Failed> {
        let found = tenant::find(self.0.store, code).map_err(|fault| failed(&fault))?;
        found.ok_or_else(|| {
            Failed(format!("there is no tenant `{}`. `bidden tenant list` shows all", visible(code)))
        })
    }

    fn list(&self, json: bool) -> Result<(), Failed> {
        let all = tenant::list(self.0.store).map_err(|fault| failed(&fault))?;
        let mut out = String::new();
        for shown in &all {
            if json {
                writeln!(out, "{}", self.as_json(shown))?;
            } else {
                let (code, name) = (&shown.tenant.code, visible(&shown.tenant.name));
                let domains = shown.domains.join(", ");
                writeln!(out, "{code:<20} {:>8} accounts  {name}  {domains}", shown.accounts)?;
            }
        }
        if out.is_empty() && !json {
            out.push_str(
                "There is no tenant: all accounts are personal. `bidden tenant make --help` tells more.\n",
            );
        }
        print(&out)
    }

    fn in_force(&self, shown: &Shown) -> MethodPolicy {
        self.0.settings.methods.and(&shown.tenant.methods)
    }

    fn as_json(&self, shown: &Shown) -> Value {
        json!({
            "tenant": shown.tenant.code,
            "name": shown.tenant.name,
            "domains": shown.domains,
            "accounts": shown.accounts,
            "made_at": shown.tenant.made_at.to_string(),
            "methods": methods::as_json(&shown.tenant.methods),
            "in_force": methods::as_json(&self.in_force(shown)),
            "gate": shown.tenant.gate,
            "gate_in_force": self.gate_in_force(shown),
        })
    }

    fn show(&self, code: &str, json: bool) -> Result<(), Failed> {
        let shown = self.find(code)?;
        if json {
            return print(&format!("{}\n", self.as_json(&shown)));
        }
        let domains = if shown.domains.is_empty() { "none".to_owned() } else { shown.domains.join(", ") };
        print(&format!(
            "{}\n  short name  {}\n  domains     {domains}\n  accounts    {}\n  made        {}\n\n{}",
            visible(&shown.tenant.name),
            shown.tenant.code,
            shown.accounts,
            shown.tenant.made_at,
            self.table(&shown)?,
        ))
    }

    fn table(&self, shown: &Shown) -> Result<String, Failed> {
        methods::table(&[
            ("the installation".to_owned(), self.0.settings.methods),
            (shown.tenant.code.clone(), shown.tenant.methods),
        ])
    }

    fn make(&self, code: &str, name: &str) -> Result<(), Failed> {
        let (own, shown) = ((code.to_owned(), name.to_owned()), visible(code));
        self.0.write(move |tx, cx| tenant::make(tx, cx, (&own.0, &own.1), BY))?;
        print(&format!(
            "{shown} is made; it leaves open what the installation does. Next:\n\n  bidden tenant domain add {shown} \
             example.edu\n  bidden tenant methods {shown} --help\n"
        ))
    }

    fn methods(&self, code: &str, layer: &Layer, yes: bool, json: bool) -> Result<(), Failed> {
        let shown = self.find(code)?;
        let Some(then) = methods::layer(&shown.tenant.methods, layer)? else {
            let text = if json { format!("{}\n", self.as_json(&shown)) } else { self.table(&shown)? };
            return print(&text);
        };
        let lost = methods::lost(&self.in_force(&shown), &self.0.settings.methods.and(&then));
        if !lost.is_empty() && !yes {
            return print(&format!(
                "This would close {} for the {} accounts of {code}, at once, codes that are on their way included.\n\
                 To do it, add --yes.\n",
                lost.join(", "),
                shown.accounts
            ));
        }
        let (own, change) = (code.to_owned(), Change::Methods(then));
        self.0.write(move |tx, cx| tenant::change(tx, cx, &own, &change, BY))?;
        let shown = self.find(code)?;
        if json { print(&format!("{}\n", self.as_json(&shown))) } else { print(&self.table(&shown)?) }
    }

    fn gate_in_force(&self, shown: &Shown) -> Gate {
        cx(self.0.settings).policy.gate.and(shown.tenant.gate)
    }

    fn gate(&self, code: &str, gate: Option<&str>, yes: bool) -> Result<(), Failed> {
        let shown = self.find(code)?;
        let before = self.gate_in_force(&shown);
        if let Some(word) = gate {
            let then = Gate::from_code(word);
            let after = cx(self.0.settings).policy.gate.and(then);
            if before.is_looser_than(after) && !yes {
                return print(&format!(
                    "This would ask for `{}` before a code is mailed to a browser that is new to one of the {} accounts of \
                     {code}. Whoever has nothing to bring, no passkey, no password and no recovery code gets in by browsers \
                     that are known, or by `bidden account gate … --admit`.\nTo do it, add --yes.\n",
                    after.code(),
                    shown.accounts
                ));
            }
            let (own, change) = (code.to_owned(), Change::Gate(then));
            self.0.write(move |tx, cx| tenant::change(tx, cx, &own, &change, BY))?;
        }
        let shown = self.find(code)?;
        print(&format!(
            "{:<18}{}\n{:<18}{}\n{:<18}{}\n",
            "the installation",
            cx(self.0.settings).policy.gate.code(),
            code,
            shown.tenant.gate.map_or("nothing of its own", Gate::code),
            "in force",
            self.gate_in_force(&shown).code(),
        ))
    }

    fn add(&self, code: &str, domain: &str, adopt: bool) -> Result<(), Failed> {
        let domain = parsed(domain)?;
        let shown = self.find(code)?;
        if !shown.domains.iter().any(|own| own == domain.as_str()) || !adopt {
            let (own, added) = (code.to_owned(), domain.clone());
            self.0.write(move |tx, cx| tenant::add_domain(tx, cx, &own, &added, BY))?;
        }
        let there = tenant::count_elsewhere(self.0.store, &domain, shown.tenant.id);
        let there = there.map_err(|fault| failed(&fault))?;
        let mut out = format!("{domain} is {code}'s: new accounts with addresses there will be too.\n");
        if adopt {
            writeln!(out, "{} accounts were moved into {code}.", self.adopt(code, &domain)?)?;
        } else if there > 0 {
            writeln!(
                out,
                "{there} accounts have their main address there and stay where they are. To move them:\n\n  bidden \
                 tenant domain add {code} {domain} --adopt"
            )?;
        }
        print(&out)
    }

    fn adopt(&self, code: &str, domain: &Domain) -> Result<u64, Failed> {
        let mut moved = 0_u64;
        loop {
            let (own, domain) = (code.to_owned(), domain.clone());
            let step = self.0.write(move |tx, cx| tenant::adopt(tx, cx, &own, &domain, BY))?;
            moved = moved.saturating_add(u64::from(step.moved));
            if !step.more {
                return Ok(moved);
            }
        }
    }

    fn take(&self, code: &str, domain: &str, yes: bool) -> Result<(), Failed> {
        let domain = parsed(domain)?;
        if !yes {
            return print(&format!(
                "This would take {domain} from {code}: new accounts with addresses there would be personal, and the \
                 published policy for it would be the installation's. The accounts of {code} stay.\nTo do it, add \
                 --yes.\n"
            ));
        }
        let (own, gone) = (code.to_owned(), domain.clone());
        self.0.write(move |tx, cx| tenant::remove_domain(tx, cx, &own, &gone, BY))?;
        print(&format!("{domain} is not {code}'s any more.\n"))
    }
}

fn parsed(text: &str) -> Result<Domain, Failed> {
    Domain::parse(text)
        .map_err(|malformed| Failed(format!("`{}` is not a domain: {malformed}", visible(text))))
}
