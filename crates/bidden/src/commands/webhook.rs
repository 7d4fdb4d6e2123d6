//! `bidden webhook`: add, list, remove, test. A running server calls within seconds.

use std::fmt::Write as _;

use flow::by::By;
use flow::webhook;
use model::id::WebhookId;
use model::refusal::Refusal;
use model::webhook::{SignedBy, public_text};
use serde_json::json;
use wire::http::origin::Scheme;
use wire::http::url::Url;

use crate::Failed;
use crate::cli::Webhook as Action;
use crate::commands::{Works, cx, failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let place = Webhooks(Works { settings, store: &store(settings)?, refused });
    match action {
        Action::Add { url, public_key, json } => {
            place.add(&url, if public_key { SignedBy::Key } else { SignedBy::Secret }, json)
        }
        Action::List { json } => place.list(json),
        Action::Remove { webhook } => {
            let id = place.named(&webhook)?;
            place.0.write(move |tx, cx| webhook::remove(tx, cx, id, &By::COMMAND))?;
            print("It is gone, with all that it had yet to be told.\n")
        }
        Action::Test { webhook } => {
            let id = place.named(&webhook)?;
            let call = place.0.write(move |tx, cx| webhook::test(tx, cx, id))?;
            print(&format!(
                "Queued as {call}. A running server calls within seconds; `bidden event list` says what became of it.\n"
            ))
        }
    }
}

/// The installation at which the command works.
struct Webhooks<'a>(Works<'a>);

impl Webhooks<'_> {
    fn add(&self, text: &str, by: SignedBy, json: bool) -> Result<(), Failed> {
        let url = Url::parse(text)
            .map_err(|malformed| Failed(format!("`{}` is no URL: {malformed}", visible(text))))?;
        if url.origin().scheme() != Scheme::Https && !url.origin().host().is_loopback() {
            return Err(Failed("a service that is not on this machine is called by https alone".to_owned()));
        }
        let mut cx = cx(self.0.settings);
        let prepared = webhook::prepare(self.0.store, &mut cx, (&url, by)).map_err(|fault| failed(&fault))?;
        let (id, secret, public) = (prepared.id(), prepared.secret().cloned(), prepared.public_key());
        self.0.write(move |tx, cx| webhook::add(tx, cx, &prepared, &By::COMMAND))?;
        let secret = secret.as_ref().map(|secret| secret.expose().as_str());
        if json {
            let line = match public {
                Some(public) => json!({ "id": id.to_string(), "public_key": public }),
                None => json!({ "id": id.to_string(), "secret": secret }),
            };
            return print(&format!("{line}\n"));
        }
        let known = match (secret, public) {
            (Some(secret), _) => {
                format!("The secret by which it knows that it is we who call, shown this once:\n\n  {secret}")
            }
            (None, public) => format!(
                "The public key by which it knows that it is we who call (`bidden webhook list` shows it again):\n\n  {}",
                public.unwrap_or_default()
            ),
        };
        print(&format!(
            "{id} is told of every finding from now on. {known}\n\nTo see whether a call arrives: bidden webhook test {id}\n"
        ))
    }

    fn list(&self, json: bool) -> Result<(), Failed> {
        let mut out = String::new();
        for one in webhook::list(self.0.store).map_err(|fault| failed(&fault))? {
            if json {
                let line = json!({
                    "id": one.id.to_string(),
                    "url": one.url,
                    "made_at": one.made_at.to_string(),
                    "public_key": one.public.as_ref().map(public_text),
                });
                writeln!(out, "{line}")?;
            } else {
                let known = one.public.as_ref().map_or_else(|| "a secret".to_owned(), public_text);
                writeln!(
                    out,
                    "{}  {}  since {}, knows us by {known}",
                    one.id,
                    visible(&one.url),
                    one.made_at
                )?;
            }
        }
        if out.is_empty() && !json {
            out.push_str("Nobody is told of findings. `bidden webhook add` names a service.\n");
        }
        print(&out)
    }

    /// The one whose identifier begins so.
    fn named(&self, text: &str) -> Result<WebhookId, Failed> {
        let all = webhook::list(self.0.store).map_err(|fault| failed(&fault))?;
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
