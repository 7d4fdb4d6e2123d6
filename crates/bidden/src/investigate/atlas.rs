//! Networks and places of addresses from files that an investigator brings, for exports that do not name them.

use std::path::Path;

use model::event::imported::{Place, Word};
use model::event::{Event, EventKind};
use wire::place::{Holds, Table};

use crate::Failed;
use crate::places;

/// The files; what a record says of itself weighs more than either.
#[derive(Debug, Default)]
pub(super) struct Atlas {
    networks: Option<Table>,
    places: Option<Table>,
}

impl Atlas {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read, or holds something else.
    pub(super) fn read(networks: Option<&Path>, places: Option<&Path>) -> Result<Self, Failed> {
        let read = |key, path: Option<&Path>, holds| {
            path.map(|path| places::table(key, path, holds))
                .transpose()
                .map_err(|error| Failed(error.to_string()))
        };
        Ok(Self {
            networks: read("--networks", networks, Holds::Networks)?,
            places: read("--places", places, Holds::Places)?,
        })
    }

    /// Says of a record from which network and which place it came, where it does not say so itself.
    pub(super) fn tell(&self, event: &mut Event) {
        let Some(address) = event.address() else { return };
        let EventKind::Imported { record } = &mut event.kind else { return };
        if let (None, Some(table)) = (record.asn, &self.networks) {
            record.asn = table.coded(address).asn;
        }
        if let (None, Some(table)) = (&record.place, &self.places) {
            let coded = table.coded(address);
            record.place = coded.country.map(|country| {
                let (country, city) = (Some(Word::new(&country)), coded.city.as_deref().map(Word::new));
                Place { country, city, at: coded.at }.into()
            });
        }
    }
}
