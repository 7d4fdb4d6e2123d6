//! `bidden keys`: list, rotate, retire. A running server follows within seconds.

use std::fmt::Write as _;

use flow::Store;
use flow::by::By;
use flow::oauth::keys::{self, Spare};
use model::refusal::Refusal;
use model::signing_key::{KeyKind, KeyRecord, KeyState};
use serde_json::{Value, json};

use crate::Failed;
use crate::cli::{KeyKind as Named, Keys as Action};
use crate::commands::{cx, failed, print, store, visible};
use crate::config::settings::Config;

const BY: &By = &By::COMMAND;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    let place = Place { settings, store: &store(settings)? };
    match action {
        Action::List { json } => place.list(json),
        Action::Rotate { kind, now, json } => place.rotate(&kind, now, json),
        Action::Retire { key, remove, yes } => place.retire(&key, remove, yes),
    }
}

/// An installation at which a command works.
struct Place<'a> {
    settings: &'a Config,
    store: &'a Store,
}

impl Place<'_> {
    fn all(&self) -> Result<Vec<KeyRecord>, Failed> {
        keys::list(self.store).map_err(|fault| failed(&fault))
    }

    fn list(&self, json: bool) -> Result<(), Failed> {
        let all = self.all()?;
        let mut out = String::new();
        for key in &all {
            if json {
                writeln!(out, "{}", self.as_json(key))?;
            } else {
                let (kind, state) = (key.kind.code(), key.state.code());
                writeln!(
                    out,
                    "{}  {kind:<5}  {state:<9}  since {}  {}",
                    key.id,
                    key.since,
                    self.next_in_words(key, &all)
                )?;
            }
        }
        if out.is_empty() && !json {
            out.push_str("There is no key yet: the first start of the server makes them.\n");
        }
        print(&out)
    }

    /// What comes next for a key, by the schedule.
    fn next_in_words(&self, key: &KeyRecord, all: &[KeyRecord]) -> String {
        let schedule = &self.settings.keys;
        let waiting = |kind| all.iter().any(|key| key.kind == kind && key.state == KeyState::Published);
        match key.state {
            KeyState::Published => format!("signs from {}", key.since + schedule.ahead),
            KeyState::Active if waiting(key.kind) => "its successor is published".to_owned(),
            KeyState::Active => {
                format!("its successor is published at {}", key.since + schedule.period - schedule.ahead)
            }
            KeyState::Retired => format!("leaves the key set at {}", key.since + schedule.longest_token),
        }
    }

    fn as_json(&self, key: &KeyRecord) -> Value {
        let schedule = &self.settings.keys;
        let until = match key.state {
            KeyState::Published => key.since + schedule.ahead,
            KeyState::Active => key.since + schedule.period,
            KeyState::Retired => key.since + schedule.longest_token,
        };
        json!({
            "key": key.id.to_string(),
            "kind": key.kind.code(),
            "state": key.state.code(),
            "since": key.since.to_string(),
            "until": until.to_string(),
        })
    }

    fn spare(&self, kind: KeyKind) -> Result<Spare, Failed> {
        let mut cx = cx(self.settings);
        Spare::make(kind, self.store.keys(), &mut cx.entropy).map_err(|fault| failed(&fault))
    }

    fn rotate(&self, named: &[Named], now: bool, json: bool) -> Result<(), Failed> {
        let kinds: Vec<KeyKind> = if named.is_empty() {
            KeyKind::ALL.to_vec()
        } else {
            named.iter().map(|kind| kind.of_model()).collect()
        };
        let mut out = String::new();
        for kind in kinds {
            let spare = self.spare(kind)?;
            let mut cx = cx(self.settings);
            let next = self.store.write_now(move |tx| keys::succeed(tx, &mut cx, (&spare, now), BY));
            let next = next.map_err(|fault| failed(&fault))?.map_err(refused)?;
            if json {
                writeln!(out, "{}", self.as_json(&next))?;
            } else if next.state == KeyState::Active {
                writeln!(
                    out,
                    "{} signs {} from now on. Clients that have our key set from before fetch it anew when they see a \
                     key that they do not know, as most do.",
                    next.id,
                    kind.code()
                )?;
            } else {
                writeln!(
                    out,
                    "{} is published, and signs {} from {}.",
                    next.id,
                    kind.code(),
                    next.since + self.settings.keys.ahead
                )?;
            }
        }
        print(&out)
    }

    fn retire(&self, text: &str, remove: bool, yes: bool) -> Result<(), Failed> {
        let key = named(&self.all()?, text)?;
        if !yes {
            return print(&self.would(&key, remove));
        }
        let spare = self.spare(key.kind)?;
        let mut cx = cx(self.settings);
        let done = self.store.write_now(move |tx| keys::retire(tx, &mut cx, (key.id, &spare, remove), BY));
        done.map_err(|fault| failed(&fault))?.map_err(refused)?;
        print(&format!(
            "{} signs no more, and its private half is gone{}.\n",
            key.id,
            if remove { ". It has left the key set: what it signed is not accepted any more" } else { "" }
        ))
    }

    fn would(&self, key: &KeyRecord, remove: bool) -> String {
        let (kind, keep) =
            (key.kind.code(), key.since.max(cx(self.settings).now) + self.settings.keys.longest_token);
        let signs = match key.state {
            KeyState::Active => format!("Another key would sign {kind} from now on. "),
            KeyState::Published => format!("It would never sign; {kind} gets another successor in time. "),
            KeyState::Retired => String::new(),
        };
        let goes = if remove {
            "It would leave the key set at once, so that clients refuse everything it signed: people would have to sign in \
             at them again. "
                .to_owned()
        } else {
            format!("What it signed could be verified until {keep}. ")
        };
        format!("{signs}{goes}This cannot be undone.\nTo do it, add --yes.\n")
    }
}

/// The one key whose identifier begins so.
fn named(all: &[KeyRecord], text: &str) -> Result<KeyRecord, Failed> {
    let mut found = all.iter().filter(|key| !text.is_empty() && key.id.to_string().starts_with(text));
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(*key),
        (Some(_), Some(_)) => {
            Err(Failed(format!("several keys begin with `{}`. Write more of it", visible(text))))
        }
        (None, _) => {
            Err(Failed(format!("there is no key `{}`. `bidden keys list` shows all", visible(text))))
        }
    }
}

fn refused(refusal: Refusal) -> Failed {
    let why = match refusal {
        Refusal::KeyUnknown => "there is no such key any more. `bidden keys list` shows all",
        Refusal::KeyRetired => "it is retired already. To take it out of the key set as well, add --remove",
        other => other.code(),
    };
    Failed(why.to_owned())
}
