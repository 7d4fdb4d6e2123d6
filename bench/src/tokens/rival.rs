//! oidc-provider (npm), in Node.js, on the core of the server.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::lane::{Held, SECRET};
use crate::http::Site;
use crate::server::SERVER_CORE;
use crate::trouble::Trouble;

/// The running rival; killed when dropped.
pub(super) struct Rival {
    child: Child,
    pub(super) pid: u32,
    pub(super) site: Arc<Site>,
    /// What Node.js calls itself.
    pub(super) node: String,
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Installs it where that is needed, starts it on a free port, and takes what it gives to so many lanes.
///
/// # Errors
/// There is no Node.js, or it does not start.
pub(super) fn start(lanes: u32) -> Result<(Rival, Vec<Held>), Trouble> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("rival/oidc-provider");
    if !place.join("node_modules/.package-lock.json").exists() {
        let mut command = Command::new("npm");
        command.args(["ci", "--no-audit", "--no-fund"]).current_dir(&place).stdin(Stdio::null());
        let status = command.stdout(Stdio::null()).status().map_err(Trouble::system("running npm"))?;
        if !status.success() {
            return Err(Trouble::Unexpected("oidc-provider cannot be installed".to_owned()));
        }
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.map_err(Trouble::system("looking for a free port"))?.port();
    let mut command = Command::new("taskset");
    command.args(["-c", &SERVER_CORE.to_string(), "node"]).arg(place.join("server.mjs"));
    command.args([&port.to_string(), &lanes.to_string(), SECRET]);
    command.env("NODE_ENV", "production").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Trouble::system("starting Node.js"))?;
    let (pid, output) = (child.id(), child.stdout.take());
    let rival = Rival { child, pid, site: Site::local(port), node: version() };
    let mut line = String::new();
    if let Some(output) = output {
        BufReader::new(output).read_line(&mut line).map_err(Trouble::system("reading its tokens"))?;
    }
    let held: Vec<Held> = serde_json::from_str(&line)
        .map_err(|error| Trouble::Unexpected(format!("the rival printed no tokens: {error}")))?;
    Ok((rival, held))
}

fn version() -> String {
    let output = Command::new("node").arg("--version").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
