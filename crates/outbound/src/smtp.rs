//! A letter is handed to a mail server, within a deadline, and the answer becomes a `Delivery`.
//!
//! Implements: RFC 5321 §3.3 and §4.1 (mail transactions), RFC 3207 (STARTTLS, never opportunistic),
//! RFC 8314 §3.3 (implicit TLS), RFC 4954 (AUTH), RFC 6531 §3.2 (SMTPUTF8).
//!
//! 1. A connection that lies idle is used again; if it turns out to be dead before the server has taken
//!    anything, a new one is opened in the same attempt.
//! 2. MAIL, RCPT, DATA: where it goes wrong decides what that means for the message (`outcome`).
//! 3. After a success the connection is kept; after a refusal it is ended with QUIT; after silence or
//!    a broken dialogue it is dropped, since nothing that it says later could be believed.

mod connection;
mod line_by_line;
mod outcome;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use model::message::{Delivery, Obstacle};
use model::secret::Secret;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::detail;
use crate::letter::Letter;
use connection::{Failed, Server, Stage};

/// How long the server may take to answer QUIT; nothing depends on the answer.
const FAREWELL: Duration = Duration::from_secs(1);

/// How the mail server is reached.
pub struct Settings {
    /// Its name, or its address (IPv6 without brackets). The certificate must be for this.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name and password, if it wants them.
    pub credentials: Option<(String, Secret<String>)>,
    /// How long one attempt may take in all, from the look-up of the name to the last reply.
    pub timeout: Duration,
    /// Further certificate authorities to trust (PEM), beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// How many connections may be open at once; at least one.
    pub connections: u32,
    /// The name we greet with: the host of the letterhead.
    pub hello_name: String,
}

/// How a connection is protected. The certificate is verified whenever there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Implicit,
    /// TLS after STARTTLS; without it nothing is sent.
    StartTls,
    /// None. For a mail server on this machine only, which the configuration sees to.
    Plain,
}

/// The settings cannot be used; the message names the setting and never a password.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The CA file cannot be read.
    #[error("the CA file {path} cannot be read: {cause}", path = path.display())]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// The CA file holds no certificate, or something else.
    #[error("the CA file {path} is not a file of certificates in PEM form", path = path.display())]
    Certificates {
        /// Which file.
        path: PathBuf,
    },
    /// No certificate can be for this host.
    #[error("the mail server's name is neither a host name nor an IP address")]
    Host,
    /// TLS cannot be set up on this system.
    #[error("TLS cannot be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
}

/// Hands letters to one mail server.
pub struct Mailer {
    server: Server,
    permits: Semaphore,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    /// What must not be logged even if the server repeats it.
    secrets: Vec<Secret<String>>,
}

impl Mailer {
    /// Reads the CA file and prepares TLS; connects to nothing yet.
    ///
    /// # Errors
    /// [`Unusable`] with the setting that cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, Unusable> {
        let secrets = settings.credentials.iter().flat_map(|(name, password)| {
            let password = password.expose();
            let plain = Secret::new(format!("\0{name}\0{password}"));
            [password.clone(), STANDARD.encode(password), STANDARD.encode(plain.expose())].map(Secret::new)
        });
        Ok(Self {
            secrets: secrets.collect(),
            server: Server::new(settings)?,
            permits: Semaphore::new(usize::try_from(settings.connections.max(1)).unwrap_or(1)),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Makes one attempt to hand `letter` over and says what became of it, with a detail for the log: the
    /// server's own words without control characters, codes, tokens and passwords.
    ///
    /// With more letters than connections it waits for its turn first; the deadline counts from then on.
    pub async fn send(&self, letter: &Letter) -> (Delivery, String) {
        let email = match letter.to_email() {
            Ok(email) => email,
            Err(error) => {
                return (Delivery::Bounced { why: Obstacle::Unwritable }, error.to_string());
            }
        };
        let Ok(_turn) = self.permits.acquire().await else {
            return (Delivery::Deferred { why: Obstacle::Unreachable }, "the mailer is closed".to_owned());
        };
        let result = match timeout(self.server.timeout, self.attempt(&email)).await {
            Ok(result) => result,
            Err(_) => Err(Failed::silent()),
        };
        let (delivery, words) = match result {
            Ok(reply) => (Delivery::HandedOver, reply),
            Err(mut failed) => {
                if let Some(connection) = failed.connection.take() {
                    part(connection).await;
                }
                outcome::of(&failed)
            }
        };
        let secrets = self.secrets.iter().chain(&letter.secrets).map(|secret| secret.expose().as_str());
        (delivery, detail::for_the_log(&words, secrets))
    }

    /// Ends the connections that lie idle: when nothing waits to be sent, and before the server stops.
    pub async fn rest(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            part(connection).await;
        }
    }

    async fn attempt(&self, email: &lettre::Message) -> Result<String, Failed> {
        if let Some(connection) = self.take_idle() {
            match connection::hand_over(connection, email).await {
                Ok((connection, reply)) => return Ok(self.keep(connection, reply)),
                // It died while idle, or has had enough of us. Nothing was taken: begin again.
                Err(failed) if failed.stage == Stage::Sender => {}
                Err(failed) => return Err(failed),
            }
        }
        let connection = self.server.open().await?;
        let (connection, reply) = connection::hand_over(connection, email).await?;
        Ok(self.keep(connection, reply))
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection, reply: String) -> String {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        reply
    }
}

/// QUIT, without waiting long for the answer.
async fn part(mut connection: AsyncSmtpConnection) {
    let _ = timeout(FAREWELL, connection.abort()).await;
}
