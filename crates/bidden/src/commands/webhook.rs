//! `bidden webhook`: add, list, remove, test. A running server calls within seconds.

use std::fmt::Write as _;

use flow::by::By;
use flow::webhook;
use flow::{Recorded, Store, Tx};
use model::cx::Cx;
use model::fault::Fault;
use model::id::WebhookId;
use model::refusal::Refusal;
use serde_json::json;
use wire::http::origin::Scheme;
use wire::http::url::Url;

use crate::Failed;
use crate::cli::Webhook as Action;
use crate::commands::{cx, failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let place = Place { settings, store: &store(settings)? };
    match action {
        Action::Add { url, json } => place.add(&url, json),
        Action::List { json } => place.list(json),
        Action::Remove { webhook } => {
            let id = place.named(&webhook)?;
            place.write(move |tx, cx| webhook::remove(tx, cx, id, &By::COMMAND))?;
            print("It is gone, with all that it had yet to be told.\n")
        }
        Action::Test { webhook } => {
            let id = place.named(&webhook)?;
            let call = place.write(move |tx, cx| webhook::test(tx, cx, id))?;
            print(&format!(
                "Queued as {call}. A running server calls within seconds; `bidden event list` says what became of it.\n"
            ))
        }
    }
}

/// An installation at which a command works.
struct Place<'a> {
    settings: &'a Config,
    store: &'a Store,
}

impl Place<'_> {
    fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<Result<T, Refusal>>, Fault> + Send + 'static,
    ) -> Result<T, Failed> {
        let mut cx = cx(self.settings);
        let outcome = self.store.write_now(move |tx| work(tx, &mut cx));
        outcome.map_err(|fault| failed(&fault))?.map_err(refused)
    }

    fn add(&self, text: &str, json: bool) -> Result<(), Failed> {
        let url = Url::parse(text)
            .map_err(|malformed| Failed(format!("`{}` is no URL: {malformed}", visible(text))))?;
        if url.origin().scheme() != Scheme::Https && !url.origin().host().is_loopback() {
            return Err(Failed("a service that is not on this machine is called by https alone".to_owned()));
        }
        let mut cx = cx(self.settings);
        let prepared = webhook::prepare(self.store, &mut cx, &url).map_err(|fault| failed(&fault))?;
        let (id, key) = (prepared.id(), prepared.key().expose().clone());
        self.write(move |tx, cx| webhook::add(tx, cx, &prepared, &By::COMMAND))?;
        if json {
            return print(&format!("{}\n", json!({ "id": id.to_string(), "secret": key })));
        }
        print(&format!(
            "{id} is told of every finding from now on. The secret by which it knows that it is we who call, shown this \
             once:\n\n  {key}\n\nTo see whether a call arrives: bidden webhook test {id}\n"
        ))
    }

    fn list(&self, json: bool) -> Result<(), Failed> {
        let mut out = String::new();
        for one in webhook::list(self.store).map_err(|fault| failed(&fault))? {
            if json {
                let made_at = one.made_at.to_string();
                writeln!(out, "{}", json!({ "id": one.id.to_string(), "url": one.url, "made_at": made_at }))?;
            } else {
                writeln!(out, "{}  {}  since {}", one.id, visible(&one.url), one.made_at)?;
            }
        }
        if out.is_empty() && !json {
            out.push_str("Nobody is told of findings. `bidden webhook add` names a service.\n");
        }
        print(&out)
    }

    /// The one whose identifier begins so.
    fn named(&self, text: &str) -> Result<WebhookId, Failed> {
        let all = webhook::list(self.store).map_err(|fault| failed(&fault))?;
        let mut found = all.iter().filter(|one| !text.is_empty() && one.id.to_string().starts_with(text));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one.id),
            (Some(_), Some(_)) => {
                Err(Failed(format!("several begin with `{}`. Write more of it", visible(text))))
            }
            (None, _) => Err(refused(Refusal::WebhookUnknown)),
        }
    }
}

fn refused(refusal: Refusal) -> Failed {
    let why = match refusal {
        Refusal::WebhookUnknown => "there is no such webhook. `bidden webhook list` shows all",
        Refusal::WebhooksFull => "there are sixteen already. `bidden webhook remove` takes one away",
        other => other.code(),
    };
    Failed(why.to_owned())
}
