//! From settings to the files that say where network addresses are used.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use model::place::Maps;
use model::time::{SECOND, Time};
use wire::place::{Holds, Table};

use crate::config::settings::Config;

/// Larger files are refused, in bytes: all of a file is held in memory.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;

/// A file of places cannot be used; says why and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("`{key}` names {path}, which cannot be read: {cause}")]
    Unreadable { key: &'static str, path: String, cause: io::Error },
    #[error(
        "`{key}` names {path}, which is not what it should be: expected {expected}.\nGet the file anew from where it \
         came, or leave it out: then places are not known"
    )]
    Unfit { key: &'static str, path: String, expected: &'static str },
}

/// A file that is watched while the server runs.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    key: &'static str,
    path: PathBuf,
    holds: Holds,
    /// As it was when it was read last.
    seen: Stamp,
}

/// By what a changed file is told from one that is as it was: when it was written, and its length.
type Stamp = Option<(SystemTime, u64)>;

/// The files that the settings name, read and looked over.
pub(crate) fn open(config: &Config) -> Result<(Arc<Maps>, Vec<Source>), Unusable> {
    let maps = Arc::new(Maps::new(config.language.tag()));
    let mut sources = sources(config);
    for source in &mut sources {
        source.load(&maps)?;
    }
    Ok((maps, sources))
}

/// Reads one file that `key`, a setting or an option, names.
pub(crate) fn table(key: &'static str, path: &Path, holds: Holds) -> Result<Table, Unusable> {
    Source { key, path: path.to_owned(), holds, seen: None }.read()
}

/// Reads all of each file.
pub(crate) fn check(config: &Config) -> Result<(), Unusable> {
    for source in sources(config) {
        let whole = source.read()?.look_at_all();
        whole.map_err(|malformed| source.unfit(malformed.expected))?;
    }
    Ok(())
}

fn sources(config: &Config) -> Vec<Source> {
    let source =
        |key, path: &Option<PathBuf>, holds| path.clone().map(|path| Source { key, path, holds, seen: None });
    let places = source("places.file", &config.places.file, Holds::Places);
    let networks = source("places.networks_file", &config.places.networks_file, Holds::Networks);
    places.into_iter().chain(networks).collect()
}

impl Source {
    fn unfit(&self, expected: &'static str) -> Unusable {
        Unusable::Unfit { key: self.key, path: self.path.display().to_string(), expected }
    }

    fn read(&self) -> Result<Table, Unusable> {
        let failed =
            |cause| Unusable::Unreadable { key: self.key, path: self.path.display().to_string(), cause };
        let mut bytes = Vec::new();
        let file = File::open(&self.path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        bytes.reserve_exact(usize::try_from(length.min(LARGEST)).unwrap_or(0));
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        if u64::try_from(bytes.len()).is_ok_and(|read| read > LARGEST) {
            return Err(self.unfit("a file of at most 2 GiB"));
        }
        Table::read(bytes, self.holds).map_err(|malformed| self.unfit(malformed.expected))
    }

    fn load(&mut self, maps: &Maps) -> Result<(), Unusable> {
        // Before it is read: what changes meanwhile is seen the next time.
        self.seen = stamp(&self.path);
        let table = self.read()?;
        let made = i64::try_from(table.made_at()).unwrap_or(0).saturating_mul(SECOND);
        let made = Time::from_micros(made);
        tracing::info!(file = %self.path.display(), kind = table.kind(), %made, "a file of places is in use");
        match self.holds {
            Holds::Places => maps.put_places(table),
            Holds::Networks => maps.put_networks(table),
        }
        Ok(())
    }

    /// Reads the file again if it is another one by now. What cannot be used changes nothing.
    pub(crate) fn renew(&mut self, maps: &Maps) {
        if stamp(&self.path) == self.seen {
            return;
        }
        if let Err(error) = self.load(maps) {
            tracing::warn!(%error, "the file of places from before stays in use");
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use model::place::Atlas;
    use proving::places::{City, Value, network, write};

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("bidden-places-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn put(&self, name: &str, bytes: &[u8]) -> String {
            let path = self.0.join(name);
            std::fs::write(&path, bytes).unwrap();
            path.display().to_string()
        }

        fn config(&self, settings: &[(&str, &str)]) -> Config {
            let variables = settings.iter().map(|(key, path)| ((*key).to_owned(), (*path).to_owned()));
            Config::load(None, variables).unwrap_or_else(|problems| panic!("{problems}"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn town(name: &str) -> Vec<u8> {
        write("GeoLite2-City", &[("45.10.0.0/16", City::new(name, "Austria", "AT").value())])
    }

    const FILE: &str = "BIDDEN_PLACES_FILE";
    const NETWORKS: &str = "BIDDEN_PLACES_NETWORKS_FILE";

    #[test]
    fn files_are_read_at_start_and_again_when_they_change_and_a_broken_one_changes_nothing() {
        let folder = Folder::new("renewed");
        let cities = folder.put("cities.mmdb", &town("Vienna"));
        let networks = folder.put("networks.mmdb", &write("A", &[("45.10.0.0/16", network(8447, "A1"))]));
        let config = folder.config(&[(FILE, &cities), (NETWORKS, &networks)]);
        check(&config).unwrap();
        let (maps, mut sources) = open(&config).unwrap();
        let here: IpAddr = "45.10.1.1".parse().unwrap();
        let near = maps.near(here);
        assert_eq!((near.city.as_deref(), near.network.as_deref()), (Some("Vienna"), Some("A1")));
        let mut renewed = || {
            sources.iter_mut().for_each(|source| source.renew(&maps));
            maps.near(here).city
        };
        folder.put("cities.mmdb", &town("Vienna")[..100]);
        assert_eq!(renewed().as_deref(), Some("Vienna"));
        folder.put("cities.mmdb", &town("Klosterneuburg"));
        assert_eq!(renewed().as_deref(), Some("Klosterneuburg"));
        std::fs::remove_file(&cities).unwrap();
        assert_eq!(renewed().as_deref(), Some("Klosterneuburg"));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_refused_with_its_setting_and_the_next_step() {
        let folder = Folder::new("refused");
        let cities = folder.put("cities.mmdb", &town("Vienna"));
        let text = folder.put("text.mmdb", b"not a database");
        let empty = folder.put(
            "empty.mmdb",
            &write("Other", &[("45.0.0.0/8", Value::map([("connection", Value::Number(1))]))]),
        );
        let nothing = folder.0.join("nothing.mmdb").display().to_string();
        for (key, path, said) in [
            (FILE, &text, "`places.file` names"),
            (FILE, &empty, "towns or countries"),
            (FILE, &nothing, "cannot be read"),
            (NETWORKS, &cities, "`places.networks_file` names"),
            (NETWORKS, &cities, "GeoLite2 ASN"),
        ] {
            let error = open(&folder.config(&[(key, path)])).err().unwrap().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_damaged_deep_inside_is_found_by_the_check() {
        let folder = Folder::new("damaged");
        let mut bytes = town("Vienna");
        // The zeros between the tree and the data.
        let at = bytes.windows(16).position(|part| part == [0; 16]).unwrap();
        bytes[at + 15] = 1;
        let path = folder.put("damaged.mmdb", &bytes);
        let error = check(&folder.config(&[(FILE, &path)])).err().unwrap().to_string();
        assert!(error.contains("damaged"), "{error}");
    }

    #[test]
    fn without_a_file_nothing_is_known() {
        let (maps, sources) = open(&Folder::new("none").config(&[])).unwrap();
        assert!(sources.is_empty());
        assert_eq!(maps.near("45.10.1.1".parse().unwrap()), model::place::Near::default());
    }
}
