//! TLS to the database: whom it trusts, and that nothing leaves without it.

use proving::postgres::Options;
use store::{Settings, Store};

use crate::server::{connect, database, mark, marks, quick, start};
use crate::setting::{Folder, keys};

/// An authority that nobody has heard of.
const ANOTHER: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBhzCCAS2gAwIBAgIUXQ+CL6uPYOvbsu+pyN7cF6gHmacwCgYIKoZIzj0EAwIw\n\
GDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTAgFw0yNjExMjIwMTM0NDRaGA8yMTI2\n\
MTAyOTAxMzQ0NFowGDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTBZMBMGByqGSM49\n\
AgEGCCqGSM49AwEHA0IABBpu7PnUfaMvRd4jmgK1UrYZWvOjEpbmnxJUeKS02V7/\n\
N0m45PxtwJVbPaTIxMasCp8St/6kWbfXlvS8DD3EJCCjUzBRMB0GA1UdDgQWBBSH\n\
1mzD/rmJZ40JJZsO8s+3NWE4MTAfBgNVHSMEGDAWgBSH1mzD/rmJZ40JJZsO8s+3\n\
NWE4MTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIC7g0THenU79\n\
U/DanhW0qCkE4gUXA6X0lC6pJDTyjjKVAiEA+X+1917VSZMEB7CcrYfJkov5aPmL\n\
eLe2WPSoSR7dOPI=\n\
-----END CERTIFICATE-----\n\n";

#[test]
fn the_database_is_reached_over_tls_only_and_only_if_the_authority_vouches_for_it() {
    let Some(cluster) = start(Options { tls: true, ..Options::default() }) else { return };
    let url = database(&cluster);
    let (plain, _) = url.split_once('?').unwrap();
    let trusting =
        format!("{plain}?sslmode=verify-full&sslrootcert={}", cluster.ca_file().unwrap().display());
    for (n, url) in [(0, trusting.clone()), (1, trusting.replace("@127.0.0.1", "@localhost"))] {
        let store = connect(quick(&url, 2));
        mark(&store, n).unwrap();
        assert!(marks(&store, 2).unwrap().contains(&n));
        let seen = cluster.psql(
            "postgres",
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = 'bidden'",
        );
        assert_eq!(seen.unwrap(), "t");
    }
    let refused = |url: &str| {
        let opened = Store::connect(quick(url, 1), keys(7), |_| {});
        opened.err().expect("refused").chain()
    };
    let folder = Folder::new();
    std::fs::write(folder.file(), ANOTHER).unwrap();
    for roots in [String::new(), format!("&sslrootcert={}", folder.file().display())] {
        for mode in ["require", "verify-full"] {
            let said = refused(&format!("{plain}?sslmode={mode}{roots}"));
            assert!(said.contains("certificate"), "{said}");
        }
    }
    let said = refused(&trusting.replace("verify-full", "disable"));
    assert!(said.contains("no encryption"), "{said}");
    // Without a word about it a server on this machine is tried with TLS first, and an authority that is unknown is
    // not gone around.
    let said = refused(plain);
    assert!(said.contains("certificate"), "{said}");
    let said = Settings::parse(&format!("{plain}?sslrootcert=/nowhere/ca.crt"), 1).err().unwrap().chain();
    assert!(said.contains("sslrootcert"), "{said}");
}
