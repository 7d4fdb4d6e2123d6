//! Where network addresses are used, as far as an operator's files tell; where there are none, nothing is known.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

pub use wire::place::Near;
use wire::place::Table;

/// Whoever can say where an address is used.
pub trait Atlas: fmt::Debug + Send + Sync {
    /// What is known of `address`; nothing of one that is used at home.
    fn near(&self, address: IpAddr) -> Near;
}

/// An installation without files.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Atlas for Nowhere {
    fn near(&self, _: IpAddr) -> Near {
        Near::default()
    }
}

/// The files of an installation. Each can be replaced while the server runs.
#[derive(Debug)]
pub struct Maps {
    language: String,
    places: Sheet,
    networks: Sheet,
}

type Sheet = RwLock<Option<Arc<Table>>>;

impl Maps {
    /// No files yet; names are wanted in `language`.
    #[must_use]
    pub fn new(language: &str) -> Self {
        Self { language: language.to_owned(), places: Sheet::default(), networks: Sheet::default() }
    }

    /// Puts a file of places in the place of the one before.
    pub fn put_places(&self, table: Table) {
        replace(&self.places, table);
    }

    /// Puts a file of networks in the place of the one before.
    pub fn put_networks(&self, table: Table) {
        replace(&self.networks, table);
    }

    fn look(&self, sheet: &Sheet, address: IpAddr) -> Near {
        // Whoever looks keeps the file for as long, and holds nobody up who replaces it.
        let table = sheet.read().unwrap_or_else(PoisonError::into_inner).clone();
        table.map(|table| table.near(address, &self.language)).unwrap_or_default()
    }
}

fn replace(sheet: &Sheet, table: Table) {
    *sheet.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(table));
}

impl Atlas for Maps {
    fn near(&self, address: IpAddr) -> Near {
        let near = self.look(&self.places, address);
        let network = self.look(&self.networks, address).network;
        Near { network: network.or(near.network), ..near }
    }
}

#[cfg(test)]
mod tests {
    use proving::places::{City, ipinfo_lite, network, write};
    use wire::place::Holds;

    use super::*;

    fn table(kind: &str, value: proving::places::Value, holds: Holds) -> Table {
        Table::read(write(kind, &[("45.10.0.0/16", value)]), holds).unwrap()
    }

    #[test]
    fn both_files_are_asked_and_one_is_replaced_while_the_other_stays() {
        let maps = Maps::new("en");
        let here: IpAddr = "45.10.1.1".parse().unwrap();
        assert_eq!(maps.near(here), Near::default());
        maps.put_places(table("a", ipinfo_lite("Austria", "AT", "A1 Telekom"), Holds::Places));
        assert_eq!(maps.near(here).network.as_deref(), Some("A1 Telekom"));
        maps.put_networks(table("b", network(8447, "A1"), Holds::Networks));
        assert_eq!(maps.near(here).network.as_deref(), Some("A1"));
        maps.put_places(table("c", City::new("Vienna", "Austria", "AT").value(), Holds::Places));
        let near = maps.near(here);
        assert_eq!((near.city.as_deref(), near.network.as_deref()), (Some("Vienna"), Some("A1")));
        assert_eq!(maps.near("192.168.0.1".parse().unwrap()), Near::default());
    }
}
