//! What the operator has decided: defaults, then `bidden.toml`, then `BIDDEN_*` variables, checked as a whole.
//!
//! 1. `table` names every setting; `values` starts from its defaults.
//! 2. `file` and `environment` read the sources; a later source wins over an earlier one.
//! 3. `files` reads the files that settings name.
//! 4. `rules` checks what settings must obey together.
//! 5. `settings` makes a [`Config`] of what is left.
//!
//! Nothing stops at the first mistake: an operator sees all of them at once, as [`Problems`].

pub(crate) mod clients;
pub(crate) mod colour;
mod duration;
pub(crate) mod environment;
mod example;
mod file;
mod files;
mod kind;
mod money;
mod problem;
mod reference;
mod rules;
pub(crate) mod secret;
pub(crate) mod settings;
mod spelling;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod values;
pub(crate) mod words;

use std::io;
use std::path::Path;

pub(crate) use example::example;
pub(crate) use problem::Problems;
pub(crate) use reference::reference;
pub(crate) use settings::Config;

use files::Read;
use problem::{Place, Problem};
use values::Values;

/// The file that is read when none is named, if it is there.
const USUAL_FILE: &str = "bidden.toml";
/// Larger configuration files are refused, in bytes.
const LARGEST_FILE: usize = 1024 * 1024;

impl Config {
    /// Reads the configuration: `file`, or `./bidden.toml` if it is there; then the `BIDDEN_*` variables
    /// among `env` (see [`Config::environment`]). Files that settings name are read as well.
    ///
    /// # Errors
    /// [`Problems`] with everything that is wrong.
    pub(crate) fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let name = file.unwrap_or(Path::new(USUAL_FILE)).display().to_string();
        let content =
            match files::read_from_disk(Path::new(file.unwrap_or(Path::new(USUAL_FILE))), LARGEST_FILE + 1) {
                Ok(content) => Some(content),
                Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(unreadable(&name, &format!("nothing readable: {error}")).into()),
            };
        Self::read(content.as_deref().map(|bytes| (name.as_str(), bytes)), env, &files::read_from_disk)
    }

    /// The `BIDDEN_*` variables of this process, for [`Config::load`].
    pub(crate) fn environment() -> impl Iterator<Item = (String, String)> {
        environment::of_this_process()
    }

    /// The configuration of a server for this process alone: the text of a `bidden.toml`, a directory, a free port of this machine,
    /// and a proxy there, by which visitors come from anywhere. It has a mail server by name, so that it is like any other; whoever
    /// starts it sees to the mails.
    ///
    /// # Errors
    /// [`Problems`] with everything that is wrong.
    pub(crate) fn of(text: &str, data: &Path) -> Result<Self, Problems> {
        let own = [
            ("BIDDEN_DATA_DIR", data.display().to_string()),
            ("BIDDEN_LISTEN", "127.0.0.1:0".to_owned()),
            ("BIDDEN_TRUSTED_PROXIES", "loopback".to_owned()),
            ("BIDDEN_SMTP_HOST", "localhost".to_owned()),
            ("BIDDEN_SMTP_FROM", "sign-in@example.org".to_owned()),
        ];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
        Self::read(Some((USUAL_FILE, text.as_bytes())), own, &files::read_from_disk)
    }

    /// Reads the configuration from the bytes of a file with its name, and variables; `read` opens the
    /// files that settings name.
    fn read(
        file: Option<(&str, &[u8])>,
        env: impl Iterator<Item = (String, String)>,
        read: Read<'_>,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut values = Values::defaults();
        let mut declared = Vec::new();
        if let Some((name, bytes)) = file {
            match text(name, bytes) {
                Ok(text) => {
                    let (given, drafts) = file::read(name, text, &mut problems);
                    given.into_iter().for_each(|given| values.put(given));
                    declared = clients::load(
                        clients::Source { name, text, keys: None },
                        drafts,
                        read,
                        &mut problems,
                    );
                }
                Err(problem) => problems.push(*problem),
            }
        }
        environment::read(env, &mut problems).into_iter().for_each(|given| values.put(given));
        files::load(&mut values, read, &mut problems);
        problems.extend(rules::RULES.iter().filter_map(|rule| (rule.check)(&values)));
        if !problems.is_empty() {
            return Err(Problems::new(problems));
        }
        let mut config = Self::from_values(values)?;
        config.clients = declared;
        Ok(config)
    }
}

/// The text of a configuration file.
fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Problem>> {
    if bytes.len() > LARGEST_FILE {
        return Err(Box::new(unreadable(name, "a file of more than 1 MiB")));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()).into_owned();
        let place = Place::of_span(name, &before, at..at);
        Box::new(Problem::new(place, "", "bytes that are not UTF-8", "a text file in UTF-8"))
    })
}

fn unreadable(name: &str, found: &str) -> Problem {
    Problem::new(Place::Whole(name.to_owned()), "", found, "a configuration file")
        .with_next("`bidden config example > bidden.toml` writes one with every setting explained.")
}
