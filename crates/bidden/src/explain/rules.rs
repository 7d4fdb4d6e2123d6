//! An organisation's own rules, from a small file: what it never does, and whom to ask.

use serde::Deserialize;
use wire::mail::domain::Domain;
use wire::record::note::VerifierKeys;
use wire::sign_in_policy::SignInPolicy;

use super::words;

/// Longest file, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// What an organisation says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// What people call it.
    pub(crate) name: Option<String>,
    /// Its domains: A-labels.
    pub(crate) domains: Vec<String>,
    /// Whether no code by which anybody could sign in is ever mailed by it.
    pub(crate) never_mails_codes: bool,
    /// Whom to ask, in its own words.
    pub(crate) help_desk: Option<String>,
    /// In which language to answer.
    pub(crate) language: Option<String>,
    /// Sites that run bidden and say so in their policies: their names, and where their mails come from.
    pub(crate) sites: Vec<Site>,
    /// The keys by which receipts in mails are signed.
    pub(crate) receipts: VerifierKeys,
}

/// A site that runs bidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// What it is called.
    pub(crate) name: String,
    /// Where its mails come from.
    pub(crate) mail_from: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Option<String>,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    never_mails_codes: bool,
    help_desk: Option<String>,
    language: Option<String>,
}

impl Rules {
    /// Reads a file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it has more than {LONGEST} bytes"));
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut rules = Self { never_mails_codes: file.never_mails_codes, ..Self::default() };
        for domain in &file.domains {
            let read = Domain::parse(domain).map_err(|error| format!("domains: {error}"))?;
            rules.domains.push(read.as_str().to_owned());
        }
        let line = |name: &str, text: Option<String>| match text {
            None => Ok(None),
            Some(text) => match wire::line::parse(&text, 200) {
                Ok(line) => Ok(Some(line)),
                Err(error) => Err(format!("{name}: {error}")),
            },
        };
        rules.name = line("name", file.name)?;
        rules.help_desk = line("help_desk", file.help_desk)?;
        rules.language = line("language", file.language)?;
        Ok(rules)
    }

    /// Takes what a site says of itself.
    pub(crate) fn learn(&mut self, policy: &SignInPolicy) {
        if let Some(domain) = &policy.domain {
            let own = self.domains.contains(domain);
            if !own {
                self.domains.push(domain.clone());
            }
            // A domain that it was told of keeps what it was told.
            self.never_mails_codes |= policy.never_mails_codes && (!own || self.domains.len() == 1);
        }
        if let Some(mail_from) = &policy.mail_from {
            self.sites.push(Site { name: words::quoted(&policy.site, 60), mail_from: mail_from.clone() });
        }
    }

    /// Whether a domain is one of the organisation's.
    pub(crate) fn owns(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| wire::mail::dkim::is_within(domain, own))
    }

    /// The site whose mails come from this address.
    pub(crate) fn site(&self, address: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.mail_from.eq_ignore_ascii_case(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_nothing_unknown_is_taken() {
        let rules = Rules::parse("name = \"Example University\"\ndomains = [\"Example.EDU\"]\nnever_mails_codes = true\nhelp_desk = \"help@example.edu, 555-0100\"\n").unwrap();
        assert!(rules.owns("mail.example.edu") && !rules.owns("badexample.edu") && rules.never_mails_codes);
        for bad in ["domain = []", "domains = [\"a@b\"]", "name = 1", "name = \"a\\u001bb\"", "]"] {
            assert!(Rules::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Rules::parse(""), Ok(Rules::default()));
    }

    #[test]
    fn a_policy_adds_to_them() {
        let mut rules = Rules::default();
        rules.learn(&SignInPolicy {
            site: "Example".to_owned(),
            domain: Some("example.edu".to_owned()),
            never_mails_codes: true,
            mail_from: Some("sign-in@example.com".to_owned()),
        });
        assert!(rules.never_mails_codes && rules.owns("example.edu"));
        assert_eq!(rules.site("Sign-In@example.com").map(|site| site.name.as_str()), Some("Example"));
        assert_eq!(rules.site("other@example.com"), None);
    }
}
