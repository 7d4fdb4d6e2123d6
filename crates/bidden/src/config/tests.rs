//! The configuration as a whole: sources, messages, files, bounds of every row, rules, and any input at all.

mod any_input;
mod bounds;
mod clients;
mod messages;
mod named_files;
mod rules_together;
mod secrets;
mod sources;
mod summaries;
mod text_messages;

use std::io;
use std::path::Path;
use std::time::Duration;

use model::sms::Cost;

use super::kind::Kind;
use super::table::{self, TABLE};
use super::words::{KeepAddresses, Language, LogFormat, LogLevel, Registration};
use super::*;

/// No file is there.
pub(super) const NO_FILES: Read<'static> = &|_, _| Err(io::Error::from(io::ErrorKind::NotFound));

/// The files that most tests name.
const FILES: Read<'static> = &|path, most| {
    let bytes: Vec<u8> = match path.to_str().unwrap() {
        "/cert.pem" => b"leaf:\n-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n".into(),
        "/key.pem" => b"-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\r\n".into(),
        "/logo.png" => b"\x89PNG\r\n\x1a\n\0\0".into(),
        "/logo.svg" => {
            b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>".into()
        }
        "/full.css" => vec![b' '; 64 * 1024],
        "/over.css" => vec![b' '; 64 * 1024 + 1],
        "/latin1.css" => b"/* \xe9 */".into(),
        "/password" => b"from the file\n".into(),
        "/headers" => b"Authorization: Bearer hunter2\nX-To: {to}\n".into(),
        "/two-lines" => b"one\ntwo\n".into(),
        "/empty" => b"\n".into(),
        _ => return Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    Ok(bytes.into_iter().take(most).collect())
};

/// Reads a file named `bidden.toml` with this text, and variables.
pub(super) fn read(text: &str, env: &[(&str, &str)], files: Read<'_>) -> Result<Config, Problems> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(("bidden.toml", text.as_bytes())), env, files)
}

fn accepted(text: &str, env: &[(&str, &str)]) -> Config {
    read(text, env, FILES).unwrap_or_else(|problems| panic!("{problems}"))
}

fn refused(text: &str, env: &[(&str, &str)]) -> String {
    read(text, env, FILES).err().expect("it should be refused").to_string()
}

/// The settings a server with visitors needs, without one.
fn fit_but(left_out: &str) -> String {
    [
        "listen = \"0.0.0.0:443\"",
        "public_url = \"https://id.example.org\"",
        "tls.certificate = \"/cert.pem\"",
        "tls.key = \"/key.pem\"",
        "smtp.host = \"mail.example.org\"",
        "smtp.from = \"sign-in@example.org\"",
    ]
    .into_iter()
    .filter(|line| !line.starts_with(left_out) || left_out.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}
