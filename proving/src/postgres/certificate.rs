//! A certificate authority and a server certificate for `localhost`, made with the `openssl` command.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Trouble;
use crate::postgres::programs::Programs;
use crate::program::finish;

const REQUEST: &str = "[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = localhost\n\
    [authority]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\n\
    subjectKeyIdentifier = hash\n\
    [server]\nbasicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\n\
    extendedKeyUsage = serverAuth\nsubjectAltName = DNS:localhost, IP:127.0.0.1\n\
    subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n";

/// Makes both in the cluster's directory and puts the server's part where PostgreSQL looks for it (`server.crt` and
/// `server.key` in the data directory). Returns the path of the authority's certificate.
pub(crate) fn make(programs: &Programs, home: &Path, data: &Path) -> Result<PathBuf, Trouble> {
    let authority = home.join("ca.crt");
    std::fs::write(home.join("request.cnf"), REQUEST).map_err(Trouble::while_trying("write request.cnf"))?;
    openssl(
        home,
        "req -x509 -config request.cnf -extensions authority -days 2 -subj /CN=proving -nodes \
        -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout ca.key -out ca.crt",
    )?;
    openssl(
        home,
        "req -new -config request.cnf -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
        -keyout server.key -out server.csr",
    )?;
    openssl(
        home,
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
        -extfile request.cnf -extensions server -out server.crt",
    )?;
    for file in ["server.crt", "server.key"] {
        let installed = data.join(file);
        std::fs::copy(home.join(file), &installed)
            .map_err(Trouble::while_trying(format!("install {file}")))?;
        programs.hand_over(&installed)?;
    }
    Ok(authority)
}

fn openssl(place: &Path, arguments: &str) -> Result<(), Trouble> {
    finish(Command::new("openssl").args(arguments.split_ascii_whitespace()).current_dir(place)).map(drop)
}
