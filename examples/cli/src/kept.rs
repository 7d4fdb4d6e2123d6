//! What the program keeps between two runs: its key and its tokens, in a file that nobody else can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use bidden_device::{SoftwareKey, Tokens};
use serde_json::{Value, json};

use crate::Outcome;

/// A device that is signed in.
pub(crate) struct Kept {
    /// Where.
    pub(crate) issuer: String,
    /// As which client.
    pub(crate) client: String,
    /// The key of the tokens.
    pub(crate) key: SoftwareKey,
    /// The tokens.
    pub(crate) tokens: Tokens,
}

/// The file, held so that two runs do not refresh at the same time: a refresh token is good once.
pub(crate) struct Place {
    path: PathBuf,
    _turn: File,
}

impl Place {
    /// Takes the turn; waits for whoever has it.
    pub(crate) fn take(path: PathBuf) -> Outcome<Self> {
        let directory = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let lock = path.with_extension("lock");
        let turn = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(lock)?;
        turn.lock()?;
        Ok(Self { path, _turn: turn })
    }

    /// Reads what was kept, if anything was.
    pub(crate) fn read(&self) -> Outcome<Option<Kept>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if fs::metadata(&self.path)?.permissions().mode() & 0o077 != 0 {
            return Err(format!("{} can be read by others. chmod 600 it.", self.path.display()).into());
        }
        let kept: Value = serde_json::from_str(&text)?;
        let said = |name: &str| kept.get(name).and_then(Value::as_str).map(str::to_owned);
        let member = |name: &str| kept.get(name).unwrap_or_default().to_string();
        let read = || {
            Some(Kept {
                issuer: said("issuer")?,
                client: said("client")?,
                key: SoftwareKey::from_jwk(&member("key")).ok()?,
                tokens: Tokens::from_json(&member("tokens"))?,
            })
        };
        read()
            .map(Some)
            .ok_or_else(|| format!("{} is not what this program wrote.", self.path.display()).into())
    }

    /// Keeps it: whole or not at all, also when the power fails.
    pub(crate) fn keep(&self, kept: &Kept) -> Outcome<()> {
        let key: Value = serde_json::from_str(&kept.key.to_jwk())?;
        let tokens: Value = serde_json::from_str(&kept.tokens.to_json())?;
        let text = json!({ "issuer": kept.issuer, "client": kept.client, "key": key, "tokens": tokens });
        let new = self.path.with_extension("new");
        forget(&new)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        Ok(())
    }

    /// Throws it away.
    pub(crate) fn forget(&self) -> Outcome<()> {
        Ok(forget(&self.path)?)
    }
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
