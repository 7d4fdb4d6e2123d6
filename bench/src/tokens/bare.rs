//! The least that tokens can cost: their signatures, one after the other, and a flush of the disk.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use model::signing_key::{KeyKind, SigningKey};

use super::options::Bare;
use crate::limits::disk::InPlace;
use crate::report::{per_second, share};
use crate::server::SERVER_CORE;
use crate::trouble::Trouble;

/// About what a token says.
const CLAIMS: [u8; 400] = [b'.'; 400];

fn unable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Unexpected(error.to_string())
}

/// Does it and prints how often a second.
///
/// # Errors
/// No key, or no file.
pub(crate) fn run(options: &Bare) -> Result<bool, Trouble> {
    let key = SigningKey::generate(KeyKind::Es256).map_err(unable)?;
    let key = SigningKey::read(KeyKind::Es256, &key).map_err(unable)?;
    let header = key.header("at+jwt");
    let mut file = InPlace::new(&options.dir.join("bare.tmp"))?;
    let time = Duration::from_secs(options.seconds.into());
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < time {
        for _ in 0..options.signatures {
            key.sign(&header, &CLAIMS).map_err(unable)?;
        }
        file.flush()?;
        done += 1;
    }
    println!("{}", per_second(done, began.elapsed()));
    Ok(true)
}

/// Has this program do so on the core of the server; how often a second.
///
/// # Errors
/// It cannot be run.
pub(super) fn measure(this: &Path, signatures: u32, dir: &Path, seconds: u32) -> Result<f64, Trouble> {
    let mut command = Command::new("taskset");
    command.args(["-c", &SERVER_CORE.to_string()]).arg(this).arg("tokens-bare");
    command.args(["--signatures", &signatures.to_string(), "--seconds", &seconds.to_string(), "--dir"]);
    let output = command.arg(dir).output().map_err(Trouble::system("running the bare work"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate: f64 = text.trim().parse().map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        Trouble::Unexpected(format!("the bare work printed no number: {}", said.trim()))
    })?;
    Ok(share(rate, 1.0))
}
