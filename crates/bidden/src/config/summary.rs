//! `bidden config check`: what is in force, in a few lines, and what differs from the defaults.

use model::method::{Method, Use};
use web::Setting;

use super::duration;
use super::problem::shortened;
use super::settings::Config;
use super::value::Value;
use super::words::{KeepAddresses, Registration, Seal, SmtpSecurity};

impl Config {
    /// What is in force and which settings differ from the default, for people. Secrets are "set".
    pub(crate) fn summary(&self) -> String {
        let mut out = String::from("In force:\n");
        for (name, line) in self.lines() {
            out.push_str(&format!("  {name:<9} {line}\n"));
        }
        if self.changed.is_empty() {
            out.push_str("\nEvery setting has its default.\n");
            return out;
        }
        out.push_str("\nDifferent from the default:\n");
        let width = self.changed.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
        for setting in &self.changed {
            let text = shortened(&setting.text);
            out.push_str(&format!("  {:<width$} = {text}  ({})\n", setting.key, setting.place));
        }
        out
    }

    /// What [`Self::summary`] says, setting by setting, for the operator's page.
    pub(crate) fn in_force(&self) -> Vec<Setting> {
        let lines = self.lines().map(|(name, value)| Setting { key: name.to_owned(), value, place: None });
        let changed = self.changed.iter().map(|setting| Setting {
            key: setting.key.to_owned(),
            value: shortened(&setting.text),
            place: Some(setting.place.to_string()),
        });
        lines.into_iter().chain(changed).collect()
    }

    fn lines(&self) -> [(&'static str, String); 9] {
        [
            ("server", self.server()),
            ("mail", self.mail()),
            ("texts", self.texts()),
            ("accounts", self.accounts().to_owned()),
            ("methods", self.open_methods()),
            ("codes", self.codes()),
            ("sessions", self.sessions()),
            ("record", self.kept()),
            ("data", self.data()),
        ]
    }

    fn open_methods(&self) -> String {
        let of = |use_| self.methods.open(use_).iter().map(Method::code).collect::<Vec<_>>().join(", ");
        let recovery = of(Use::Recovery);
        let recovery = if recovery.is_empty() { "by the operator alone".to_owned() } else { recovery };
        format!("sign-in by {}; recovery {recovery}", of(Use::SignIn))
    }

    fn data(&self) -> String {
        match &self.store {
            Some(_) => {
                format!("PostgreSQL, {} connections each for writes and reads", self.store_connections)
            }
            None => self.data_dir.display().to_string(),
        }
    }

    fn server(&self) -> String {
        let tls = match (&self.tls, self.trusted_proxies.is_empty()) {
            (Some(_), true) => "with TLS",
            (Some(_), false) => "with TLS, behind trusted proxies",
            (None, true) => "for this machine only",
            (None, false) => "behind trusted proxies",
        };
        format!("{} at {}, {tls}", self.public_url, self.listen)
    }

    fn mail(&self) -> String {
        let Some(smtp) = &self.smtp else {
            return format!("none leaves; the inbox page shows it at {}", self.public_url);
        };
        let security = match smtp.security {
            SmtpSecurity::Implicit => "TLS",
            SmtpSecurity::Starttls => "STARTTLS",
            SmtpSecurity::Plain => "no TLS, this machine only",
        };
        let login = if smtp.credentials.is_some() { "with a password" } else { "without a password" };
        format!("{} by {}:{} ({security}, {login})", smtp.from.as_str(), smtp.host, smtp.port)
    }

    fn texts(&self) -> String {
        let sms = &self.sms;
        let by = match &sms.url {
            Some(url) => format!("by {}", url.without_query()),
            None if self.has_text_messages() => "none leaves; the inbox page shows it".to_owned(),
            None => return "no codes to telephones".to_owned(),
        };
        format!(
            "{by}, to {}; at most {} cents a day, {} behind one prefix",
            Value::Countries(sms.countries.clone()).text(),
            sms.budget,
            sms.budget_per_prefix,
        )
    }

    const fn accounts(&self) -> &'static str {
        match self.registration {
            Registration::Closed => "opened by the operator only",
            Registration::Invite => "by invitation",
            Registration::Open => "anybody with a mailbox",
        }
    }

    fn codes(&self) -> String {
        let (code, budget) = (self.code, self.budget);
        format!(
            "{} characters, {} guesses, {}; at most {} mails a day and {} a week for strangers",
            code.length,
            code.guesses,
            duration::text(code.lifetime),
            budget.mails_per_day,
            budget.mails_per_week,
        )
    }

    fn sessions(&self) -> String {
        let session = self.session;
        format!("{} unused, {} in all", duration::text(session.idle), duration::text(session.absolute))
    }

    fn kept(&self) -> String {
        let addresses = match self.record.keep_addresses {
            KeepAddresses::Full => "with network addresses",
            KeepAddresses::Network => "with the networks of addresses",
            KeepAddresses::Nothing => "without network addresses",
        };
        let sealed = match self.record.seal {
            Seal::Off => "not sealed",
            Seal::On => "sealed",
        };
        format!("kept {}, {addresses}, {sealed}", duration::text(self.record.retention))
    }
}
