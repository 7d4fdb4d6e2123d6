//! `bidden client`: list, show, add, change, secret, verify, remove, invite. All of it works beside a running server.

mod said;

use std::fmt::Write as _;
use std::time::Duration;

use flow::by::By;
use flow::oauth::clients::{self, Opening};
use flow::oauth::{client, register};
use model::client::{ClientOrigin, Registered};
use model::refusal::Refusal;
use serde_json::json;

use crate::Failed;
use crate::cli::{Client as Action, Said};
use crate::commands::{Works, cx, failed, methods, print, store, visible};
use crate::config::clients as declared;
use crate::config::settings::Config;

const BY: &By = &By::COMMAND;

/// How many clients are read at a time.
const PAGE: i64 = 200;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    if let Action::Secret { print: true, .. } = action {
        let secret = clients::draw_secret(&mut cx(settings)).map_err(|fault| failed(&fault))?;
        return print(&format!("{}\n", secret.expose()));
    }
    let place = Clients(Works { settings, store: &store(settings)?, refused });
    match action {
        Action::List { json } => place.list(json),
        Action::Show { client, toml, json } => place.show(&client, (toml, json)),
        Action::Add { client, said, json } => place.add(&client, &said, json),
        Action::Change { client, said, unset } => place.change(&client, &said, &unset),
        Action::Secret { client, keep, .. } => place.secret(&client.unwrap_or_default(), keep),
        Action::Verify { client, off } => {
            let id = client.clone();
            place.0.write(move |tx, cx| clients::verify(tx, cx, (&id, !off), BY))?;
            let whether =
                if off { "is told apart as unverified again" } else { "goes by its name from now on" };
            print(&format!("{} {whether}.\n", visible(&client)))
        }
        Action::Remove { client, yes } => place.remove(&client, yes),
        Action::Invite { clients, days, without_pkce, note, json } => {
            place.invite((clients, days), (without_pkce, note), json)
        }
    }
}

/// The installation at which the command works.
struct Clients<'a>(Works<'a>);

impl Clients<'_> {
    fn find(&self, id: &str) -> Result<Registered, Failed> {
        let found = client::find(self.0.store, id).map_err(|fault| failed(&fault))?;
        found.ok_or_else(|| {
            Failed(format!("there is no client `{}`. `bidden client list` shows all", visible(id)))
        })
    }

    fn list(&self, json: bool) -> Result<(), Failed> {
        let (mut out, mut after) = (String::new(), None);
        loop {
            let page = clients::list(self.0.store, after.as_deref(), PAGE).map_err(|fault| failed(&fault))?;
            let Some(last) = page.last() else { break };
            after = Some(last.client.id.clone());
            for client in &page {
                if json {
                    writeln!(out, "{}", self.as_json(client))?;
                } else {
                    let (id, origin) = (visible(&client.client.id), client.client.origin.code());
                    let vouched = if client.client.verified { "" } else { "  unverified" };
                    writeln!(
                        out,
                        "{id:<24} {origin:<13} {:<20} {}{vouched}",
                        client.client.authentication.name(),
                        visible(&client.client.name)
                    )?;
                }
            }
        }
        if out.is_empty() && !json {
            out.push_str("There is no client. `bidden client add --help` tells more.\n");
        }
        print(&out)
    }

    fn as_json(&self, client: &Registered) -> serde_json::Value {
        let times = &client.client.lifetimes;
        json!({
            "metadata": register::metadata(client).value(),
            "verified": client.client.verified,
            "origin": client.client.origin.code(),
            "resources": client.client.resources.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "tokens": client.client.token_format.code(),
            "access_token_seconds": times.access_token.as_secs(),
            "idle_seconds": times.idle.as_secs(),
            "absolute_seconds": times.absolute.as_secs(),
            "pkce": !client.client.without_pkce,
            "methods": methods::as_json(&client.methods),
            "unbound_refresh": client.client.unbound_refresh,
            "user_code_scopes": client.client.user_code_scopes.iter().collect::<Vec<_>>(),
            "provisional_scopes": client.client.provisional_scopes.iter().collect::<Vec<_>>(),
            "secrets": client.secrets.iter().map(|secret| json!({
                "made_at": secret.made_at.to_string(),
                "expires_at": secret.expires_at.map(|at| at.to_string()),
            })).collect::<Vec<_>>(),
            "made_at": client.made_at.to_string(),
            "changed_at": client.changed_at.to_string(),
        })
    }

    fn show(&self, id: &str, (toml, json): (bool, bool)) -> Result<(), Failed> {
        let client = self.find(id)?;
        if json {
            return print(&format!("{}\n", self.as_json(&client)));
        }
        let lines = declared::lines(&client);
        if toml {
            let mut out = format!("[[clients]]\n{lines}");
            if clients::has_secret(&client) {
                out.push_str("#secret_file = \"/run/secrets/…\"   # the secret itself is not kept here\n");
            }
            if client.keys.is_some() {
                out.push_str("#jwks_file = \"…\"   # with these keys:\n");
                let keys = client.keys.as_ref().map(|set| set.json()).unwrap_or_default();
                writeln!(out, "# {keys}")?;
            }
            return print(&out);
        }
        let mut out = String::new();
        for line in lines.lines() {
            writeln!(out, "  {}", visible(line))?;
        }
        let vouched =
            if client.client.verified { "somebody vouches for it" } else { "nobody vouches for it" };
        writeln!(
            out,
            "\n  brought in by {}; {vouched}\n  made {}, changed {}",
            client.client.origin.code(),
            client.made_at,
            client.changed_at
        )?;
        for secret in &client.secrets {
            let until = secret.expires_at.map_or_else(String::new, |until| format!(", holds until {until}"));
            writeln!(out, "  a secret made {}{until}", secret.made_at)?;
        }
        if client.keys.is_some() {
            out.push_str("  keys that came with it\n");
        }
        print(&out)
    }

    fn add(&self, id: &str, said: &Said, json: bool) -> Result<(), Failed> {
        let mut cx = cx(self.0.settings);
        let drawn = clients::draw_secret(&mut cx).map_err(|fault| failed(&fault))?;
        let lines = said::added(id, said, drawn.expose())?;
        let new = declared::from_command(&lines, None)?;
        let mut client = new.registered;
        client.client.origin = ClientOrigin::Operator;
        let keys = self.0.store.keys();
        let kept = new.secrets.iter().map(|secret| clients::kept_secret(keys, secret.reveal(), cx.now));
        client.secrets = kept.collect();
        let has_secret = !client.secrets.is_empty();
        self.0.write(move |tx, cx| clients::add(tx, cx, &client, BY))?;
        let secret = has_secret.then(|| drawn.expose().to_owned());
        if json {
            return print(&format!("{}\n", json!({"client_id": id, "client_secret": secret})));
        }
        let mut out = format!("{} is added.\n", visible(id));
        if let Some(secret) = secret {
            writeln!(out, "Its secret, which is printed this once:\n\n  {secret}")?;
        }
        print(&out)
    }

    fn change(&self, id: &str, said: &Said, unset: &[String]) -> Result<(), Failed> {
        let before = self.find(id)?;
        let lines = said::changed(&declared::lines(&before), said, unset)?;
        let new = declared::from_command(&lines, before.keys.as_ref())?;
        let (had, has) = (!before.secrets.is_empty(), clients::has_secret(&new.registered));
        let client = new.registered;
        self.0.write(move |tx, cx| clients::change(tx, cx, &client, BY))?;
        let mut out = format!("{} is changed.\n", visible(id));
        if has && !had {
            writeln!(out, "It has no secret yet. To give it one:\n\n  bidden client secret {}", visible(id))?;
        }
        print(&out)
    }

    fn secret(&self, id: &str, keep: u32) -> Result<(), Failed> {
        let mut cx = cx(self.0.settings);
        let drawn = clients::draw_secret(&mut cx).map_err(|fault| failed(&fault))?;
        let kept = clients::kept_secret(self.0.store.keys(), drawn.expose(), cx.now);
        let (own, overlap) = (id.to_owned(), Duration::from_secs(u64::from(keep) * 24 * 60 * 60));
        self.0.write(move |tx, cx| clients::renew_secret(tx, cx, (&own, &kept, overlap), BY))?;
        let before = match keep {
            0 => "The one before does not hold any more.".to_owned(),
            1 => "The one before, if there was one, holds for a day.".to_owned(),
            days => format!("The one before, if there was one, holds for {days} days."),
        };
        print(&format!(
            "The new secret of {}, which is printed this once:\n\n  {}\n\n{before}\n",
            visible(id),
            drawn.expose()
        ))
    }

    fn remove(&self, id: &str, yes: bool) -> Result<(), Failed> {
        let client = self.find(id)?;
        if !yes {
            return print(&format!(
                "This would remove {} ({}): all that people had allowed it ends at once, and nobody can sign in there by \
                 this server.\nTo do it, add --yes.\n",
                visible(id),
                visible(&client.client.name)
            ));
        }
        let own = id.to_owned();
        self.0.write(move |tx, cx| clients::remove(tx, cx, &own, BY))?;
        print(&format!("{} is gone. What happened with it stays on the record.\n", visible(id)))
    }

    fn invite(
        &self,
        (count, days): (u32, u32),
        (without_pkce, note): (bool, String),
        json: bool,
    ) -> Result<(), Failed> {
        let now = cx(self.0.settings).now;
        let opening = Opening {
            note,
            clients_left: count,
            without_pkce,
            made_at: now,
            expires_at: now + Duration::from_secs(u64::from(days) * 24 * 60 * 60),
        };
        let until = opening.expires_at;
        let token = self.0.write(move |tx, cx| clients::open_registration(tx, cx, &opening, BY))?;
        let at = format!("{}{}", self.0.settings.public_url, register::REGISTER);
        if json {
            let value = json!({
                "initial_access_token": token.expose(),
                "registration_endpoint": at,
                "clients": count,
                "expires_at": until.to_string(),
            });
            return print(&format!("{value}\n"));
        }
        print(&format!(
            "By this token, which is printed this once, {count} {} can register at\n{at} until {until}:\n\n  {}\n",
            if count == 1 { "client" } else { "clients" },
            token.expose()
        ))
    }
}

/// A refusal of what operators do with clients, in words.
fn refused(refusal: Refusal) -> Failed {
    let why = match refusal {
        Refusal::ClientUnknown => "there is no such client. `bidden client list` shows all",
        Refusal::ClientTaken => "there is a client of that name already. `bidden client show` tells which",
        Refusal::ClientDeclared => {
            "that client stands in the configuration file. Change it there, and start the server again"
        }
        Refusal::ClientSecretless => {
            "that client does not prove itself by a secret. `bidden client change --set authentication=…` changes that"
        }
        other => other.code(),
    };
    Failed(why.to_owned())
}
