//! A client while its table is read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use model::client::{Client, ClientOrigin, Lifetimes, Registered, SubjectType, TokenFormat};
use model::signing_key::KeyKind;
use wire::jose::jwk_set::{self, JwkSet};
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use super::{Declared, NEVER};
use crate::config::files::Read;
use crate::config::problem::quoted;
use crate::config::secret::SecretText;

/// The fewest characters of a secret that an operator chooses.
pub(super) const SHORTEST_SECRET: usize = 16;
/// The most.
pub(super) const LONGEST_SECRET: usize = 256;

/// What was said of a client so far.
pub(crate) struct Draft {
    /// The client as it would be.
    pub(super) registered: Registered,
    /// Its secret, and the one before it.
    pub(super) secrets: [Option<SecretText>; 2],
    /// Files that hold these.
    pub(super) secret_files: [Option<PathBuf>; 2],
    /// A file with its key set.
    pub(super) keys_file: Option<PathBuf>,
    /// Whether each sector knows a person by another name.
    pub(super) pairwise: bool,
    /// The host of that sector.
    pub(super) sector: Option<String>,
    /// The whole table.
    span: Range<usize>,
    /// What was said, and where.
    said: BTreeMap<&'static str, Range<usize>>,
}

impl Draft {
    pub(super) fn new(span: Range<usize>) -> Self {
        let client = Client {
            id: String::new(),
            name: String::new(),
            verified: true,
            origin: ClientOrigin::Configuration,
            authentication: AuthenticationMethod::ClientSecretBasic,
            grant_types: vec![GrantType::AuthorizationCode],
            redirect_uris: Vec::new(),
            scopes: Scopes::parse("openid").unwrap_or_default(),
            resources: Vec::new(),
            token_format: TokenFormat::Jwt,
            signing: KeyKind::Es256,
            subject_type: SubjectType::Public,
            lifetimes: Lifetimes::default(),
            without_pkce: false,
            require_pushed: false,
            dpop_bound: false,
            unbound_refresh: false,
            user_code_scopes: Scopes::default(),
        };
        Self {
            registered: Registered::new(client, NEVER),
            secrets: [None, None],
            secret_files: [None, None],
            keys_file: None,
            pairwise: false,
            sector: None,
            span,
            said: BTreeMap::new(),
        }
    }

    pub(super) fn said(&mut self, field: &'static str, span: Range<usize>) {
        self.said.insert(field, span);
    }

    /// Whether anything was said there.
    pub(super) fn says(&self, field: &str) -> bool {
        self.said.contains_key(field)
    }

    /// Where that was said; the whole table where nothing was.
    pub(super) fn span_of(&self, field: &str) -> Range<usize> {
        self.said.get(field).unwrap_or(&self.span).clone()
    }

    /// Whether it has a secret, or will have one.
    pub(super) fn has_secret(&self) -> bool {
        self.says("secret") || self.says("secret_file")
    }

    /// The host by which a person is known, where each sector has its own.
    pub(super) fn own_sector(&self) -> Option<String> {
        let mut hosts: Vec<Option<&str>> =
            self.registered.client.redirect_uris.iter().map(|uri| uri.host()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        match (&self.sector, hosts.as_slice()) {
            (Some(host), _) => Some(host.clone()),
            (None, [Some(host)]) => Some((*host).to_owned()),
            (None, _) => None,
        }
    }

    /// Reads the files that were named, and says which cannot be used and why.
    pub(super) fn read_files(&mut self, read: Read<'_>) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        for (place, field) in ["secret_file", "old_secret_file"].into_iter().enumerate() {
            let Some(path) = self.secret_files.get(place).cloned().flatten() else { continue };
            match (secret(&path, read), self.secrets.get_mut(place)) {
                (Ok(text), Some(slot)) => *slot = Some(text),
                (Ok(_), None) => {}
                (Err(why), _) => wrong.push((field, named(&path, &why))),
            }
        }
        if let Some(path) = self.keys_file.clone() {
            match key_set(&path, read) {
                Ok(set) => self.registered.keys = Some(set),
                Err(why) => wrong.push(("jwks_file", named(&path, &why))),
            }
        }
        wrong
    }

    /// The client that it is.
    pub(super) fn declared(mut self) -> Declared {
        if self.pairwise
            && let Some(sector) = self.own_sector()
        {
            self.registered.client.subject_type = SubjectType::Pairwise(sector);
        }
        Declared { registered: self.registered, secrets: self.secrets.into_iter().flatten().collect() }
    }
}

fn named(path: &Path, why: &str) -> String {
    format!("{}, which {why}", quoted(&path.display().to_string()))
}

/// Whether a text can be the secret of a client: it travels in a header and in a form.
pub(super) fn is_secret(text: &str) -> bool {
    (SHORTEST_SECRET..=LONGEST_SECRET).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn secret(path: &Path, read: Read<'_>) -> Result<SecretText, String> {
    let bytes = read(path, LONGEST_SECRET + 3).map_err(|error| format!("cannot be read: {error}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if is_secret(text) {
        Ok(SecretText::new(text.to_owned()))
    } else {
        Err(format!(
            "holds something else than {SHORTEST_SECRET} to {LONGEST_SECRET} visible ASCII characters"
        ))
    }
}

fn key_set(path: &Path, read: Read<'_>) -> Result<JwkSet, String> {
    let bytes = read(path, jwk_set::LONGEST + 1).map_err(|error| format!("cannot be read: {error}"))?;
    let set =
        JwkSet::parse(&bytes).map_err(|error| format!("holds no key set: expected {}", error.expected))?;
    if set.keys().is_empty() { Err("holds no key that can be used here".to_owned()) } else { Ok(set) }
}
