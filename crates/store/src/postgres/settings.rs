//! How to reach the database: the URL of `store = "postgres://…"`, with what libpq's users expect of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::fault::Fault;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::tls::Tls;

/// How long one host may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a statement may take on the server.
const STATEMENT: Duration = Duration::from_secs(10);
/// How long a statement may wait for a lock on the server.
const LOCK: Duration = Duration::from_secs(5);
/// How long after that an answer must be here: else the network between is cut.
const NETWORK: Duration = Duration::from_secs(3);

/// How to reach a PostgreSQL database, and how many connections to hold to it.
#[derive(Clone)]
pub struct Settings {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: Tls,
    /// For writes, and as many again for reads.
    pub(crate) connections: usize,
    pub(crate) limits: Limits,
    place: String,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) statement: Duration,
    pub(crate) lock: Duration,
    /// The whole of a round trip.
    pub(crate) answer: Duration,
    /// For a new connection, for each host that may have to be tried, and once more for what is said after that.
    pub(crate) connect: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { statement: STATEMENT, lock: LOCK, answer: STATEMENT + NETWORK, connect: CONNECT }
    }
}

impl Limits {
    /// For work that is allowed to take long: migrations, copies.
    pub(crate) const PATIENT: Self = Self {
        statement: Duration::from_secs(6 * 60 * 60),
        lock: Duration::from_secs(60),
        answer: Duration::from_secs(6 * 60 * 60),
        connect: CONNECT,
    };
}

impl Settings {
    /// Reads a URL (or libpq's `key=value` form). `connections` is how many are held for writes; as many again are
    /// for reads. Besides what PostgreSQL's own clients know, `sslmode` and `sslrootcert` (a file of PEM
    /// certificates; the system's else). Certificates and names are checked with every mode that uses TLS. Without
    /// `sslmode`, TLS is required of every server that is not on this machine.
    ///
    /// # Errors
    /// What is wrong with the URL, without its password.
    pub fn parse(url: &str, connections: usize) -> Result<Self, Fault> {
        let (url, own) = own_parameters(url);
        // The library's text may quote a part of the URL; which part is said by its kind alone.
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|error: tokio_postgres::Error| Fault::new("the address of the store", error))?;
        let mode = own.iter().find(|(key, _)| key == "sslmode").map(|(_, value)| value.as_str());
        let here = config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
            Host::Unix(_) => true,
        });
        config.ssl_mode(match mode {
            Some("disable") => SslMode::Disable,
            Some("allow" | "prefer") => SslMode::Prefer,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => return Err(Fault::plain("sslmode is none of disable, prefer, require, verify-full")),
            None if here => SslMode::Prefer,
            None => SslMode::Require,
        });
        config.application_name("bidden");
        config.connect_timeout(CONNECT);
        config.tcp_user_timeout(CONNECT);
        config.keepalives_idle(Duration::from_secs(30));
        // Of several hosts the one that takes writes: after a failover that is another one.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        let roots = own.iter().find(|(key, _)| key == "sslrootcert").map(|(_, value)| PathBuf::from(value));
        let tls = Tls::new(client(roots, config.get_ssl_mode())?);
        let place = place(&config);
        Ok(Self { config, tls, connections: connections.max(1), limits: Limits::default(), place })
    }

    /// Where the database is, for people: no user, no password.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the database has the tables of a store already.
    ///
    /// # Errors
    /// A fault when it cannot be reached.
    pub fn holds_a_store(&self) -> Result<bool, Fault> {
        super::schema::is_there(&mut super::link::Link::open(self)?)
    }

    /// The same for another database of the server.
    pub(crate) fn in_database(mut self, name: &str) -> Self {
        self.config.dbname(name);
        self.place = place(&self.config);
        self
    }

    /// The same with other limits of time: how long a `statement` may take on the server, how long it may wait there
    /// for a `lock`, and how much longer the `network` may take to bring the answer (and to connect to one host).
    #[must_use]
    pub fn with_timeouts(mut self, statement: Duration, lock: Duration, network: Duration) -> Self {
        self.config.connect_timeout(network);
        self.config.tcp_user_timeout(network);
        self.limits = Limits { statement, lock, answer: statement + network, connect: network };
        self
    }

    /// How long all of connecting may take: TCP gives up by itself, but somebody who accepts and then says nothing
    /// has to be given up on as well.
    pub(crate) fn patience(&self) -> Duration {
        let hosts = u32::try_from(self.config.get_hosts().len()).unwrap_or(1);
        self.limits.connect * hosts.saturating_add(1)
    }

    /// The same with other limits of what is done, not of how long it may take to get there.
    pub(crate) fn with_limits(&self, limits: Limits) -> Self {
        Self { limits: Limits { connect: self.limits.connect, ..limits }, ..self.clone() }
    }
}

fn place(config: &tokio_postgres::Config) -> String {
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(n, host)| {
            let port = ports.get(n).or_else(|| ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => path.display().to_string(),
            }
        })
        .collect();
    format!("{} on {}", config.get_dbname().unwrap_or("the default database"), hosts.join(", "))
}

/// Takes out of a URL what the library does not know: its parameters, and the URL without them.
fn own_parameters(url: &str) -> (String, Vec<(String, String)>) {
    let Some((before, query)) = url.split_once('?') else { return (url.to_owned(), Vec::new()) };
    let mut own = Vec::new();
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some((key @ ("sslmode" | "sslrootcert"), value)) => {
                own.push((key.to_owned(), value.replace("%2F", "/").replace("%2f", "/")));
            }
            _ => kept.push(pair),
        }
    }
    let url = if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) };
    (url, own)
}

fn client(roots: Option<PathBuf>, mode: SslMode) -> Result<ClientConfig, Fault> {
    let mut store = RootCertStore::empty();
    match roots {
        Some(path) => {
            let failed = |error| Fault::new("reading the certificates of sslrootcert", error);
            for certificate in CertificateDer::pem_file_iter(&path).map_err(failed)? {
                store
                    .add(certificate.map_err(failed)?)
                    .map_err(|error| Fault::new("a certificate of sslrootcert", error))?;
            }
        }
        None if mode != SslMode::Disable => {
            let found = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(found.certs);
        }
        None => {}
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::new("TLS to the database", error))?
        .with_root_certificates(store)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_required_of_a_server_elsewhere_unless_it_is_switched_off() {
        let mode = |url| Settings::parse(url, 4).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://bidden@db.example.org/bidden"), SslMode::Require);
        assert_eq!(mode("postgres://bidden@db.example.org/bidden?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://bidden@db.example.org/bidden?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://bidden@localhost/bidden"), SslMode::Prefer);
        assert_eq!(mode("postgres://bidden@a.example.org,b.example.org/bidden"), SslMode::Require);
        assert!(Settings::parse("postgres://bidden@localhost/bidden?sslmode=maybe", 4).is_err());
    }

    #[test]
    fn the_place_names_hosts_and_database_and_no_secret() {
        let settings =
            Settings::parse("postgres://bidden:sesame@a.example.org:6432,b.example.org:6432/people", 4)
                .unwrap();
        assert_eq!(settings.place(), "people on a.example.org:6432, b.example.org:6432");
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_its_password() {
        let fault = Settings::parse("postgres://bidden:sesame@localhost:port/x", 4).err().unwrap();
        assert!(!fault.chain().contains("sesame"), "{}", fault.chain());
        let fault = Settings::parse("postgres://bidden:sesame@localhost/x?colour=red", 4).err().unwrap();
        assert!(!fault.chain().contains("sesame"), "{}", fault.chain());
    }
}
