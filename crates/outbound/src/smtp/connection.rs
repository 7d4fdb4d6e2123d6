//! One connection to the mail server: opened, protected, authenticated, and one mail handed over on it.

use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Message as Email;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use rustls::pki_types::ServerName;

use super::line_by_line::LineByLine;
use super::{Security, Settings, Unusable};
use crate::connect;

/// The server and how to come to a connection.
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    pub(super) timeout: Duration,
}

/// Where an attempt stopped. Before `Recipient` it has nothing to do with whom the mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connection, greeting, EHLO; with implicit TLS also that.
    Connect,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Authenticate,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA and what follows.
    Content,
}

/// Why an attempt stopped.
pub(super) enum Cause {
    /// The server's negative reply, or no usable one.
    Smtp(lettre::transport::smtp::Error),
    /// No connection.
    Io(std::io::Error),
    /// A positive reply, but not to what was said.
    Unexpected(Response),
    /// The address needs SMTPUTF8 and the server does not offer it.
    NoUtf8,
    /// The deadline passed.
    Silence,
}

/// An attempt that stopped.
pub(super) struct Failed {
    pub(super) stage: Stage,
    pub(super) cause: Cause,
    /// The connection, if the dialogue on it is still in order.
    pub(super) connection: Option<AsyncSmtpConnection>,
}

impl Failed {
    fn at(stage: Stage, cause: Cause) -> Self {
        Self { stage, cause, connection: None }
    }

    /// The deadline passed.
    pub(super) fn silent() -> Self {
        Self::at(Stage::Connect, Cause::Silence)
    }
}

impl Server {
    pub(super) fn new(settings: &Settings) -> Result<Self, Unusable> {
        let tls = match settings.security {
            Security::Plain => None,
            Security::Implicit | Security::StartTls => Some(tls(settings)?),
        };
        let hello = match settings.hello_name.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(settings.hello_name.clone()),
        };
        let credentials = settings
            .credentials
            .as_ref()
            .map(|(name, password)| Credentials::new(name.clone(), password.expose().clone()));
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls,
            hello,
            credentials,
            timeout: settings.timeout,
        })
    }

    /// A new connection on which a mail can begin.
    pub(super) async fn open(&self) -> Result<AsyncSmtpConnection, Failed> {
        let smtp = |stage| move |error| Failed::at(stage, Cause::Smtp(error));
        let mut connection = match (self.security, &self.tls) {
            (Security::Implicit, tls) => {
                let server = (self.host.as_str(), self.port);
                // Half the time for one of the server's addresses, so that a dead one leaves some for another.
                let half = Some(self.timeout / 2);
                AsyncSmtpConnection::connect_tokio1(server, half, &self.hello, tls.clone(), None)
                    .await
                    .map_err(smtp(Stage::Connect))?
            }
            (Security::StartTls | Security::Plain, tls) => {
                let connecting = connect::tcp(&self.host, self.port, self.timeout / 2);
                let stream =
                    connecting.await.map_err(|error| Failed::at(Stage::Connect, Cause::Io(error)))?;
                let stream = Box::new(LineByLine::new(stream));
                let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
                    .await
                    .map_err(smtp(Stage::Connect))?;
                if let Some(tls) = tls {
                    connection.starttls(tls.clone(), &self.hello).await.map_err(smtp(Stage::StartTls))?;
                }
                connection
            }
        };
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(smtp(Stage::Authenticate))?;
        }
        Ok(connection)
    }
}

/// Verified TLS: the authorities of the system and of the CA file, the host as the name.
fn tls(settings: &Settings) -> Result<TlsParameters, Unusable> {
    if ServerName::try_from(settings.host.as_str()).is_err() {
        return Err(Unusable::Host);
    }
    let mut tls = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|cause| Unusable::CaFile { path: path.clone(), cause })?;
        // The library takes a file without any certificate for an empty list.
        let certificate = Certificate::from_pem(&pem)
            .ok()
            .filter(|_| pem.windows(27).any(|part| part == b"-----BEGIN CERTIFICATE-----"))
            .ok_or_else(|| Unusable::Certificates { path: path.clone() })?;
        tls = tls.add_root_certificate(certificate);
    }
    // A certificate that is PEM but not X.509 is found out only here.
    tls.build_rustls().map_err(|error| match &settings.ca_file {
        Some(path) => Unusable::Certificates { path: path.clone() },
        None => Unusable::Tls(error),
    })
}

/// Step 2: one mail transaction. Gives the connection back with the server's last words.
pub(super) async fn hand_over(
    mut connection: AsyncSmtpConnection,
    email: &Email,
) -> Result<(AsyncSmtpConnection, String), Failed> {
    match transact(&mut connection, email).await {
        Ok(reply) => Ok((connection, words(&reply))),
        Err((stage, cause)) => {
            // After a negative reply both sides know where they are; after anything else nobody does.
            let in_order = match &cause {
                Cause::Smtp(error) => error.status().is_some(),
                Cause::NoUtf8 => true,
                Cause::Io(_) | Cause::Unexpected(_) | Cause::Silence => false,
            };
            Err(Failed { stage, cause, connection: in_order.then_some(connection) })
        }
    }
}

async fn transact(connection: &mut AsyncSmtpConnection, email: &Email) -> Result<Response, (Stage, Cause)> {
    let at = |stage| move |error| (stage, Cause::Smtp(error));
    let envelope = email.envelope();
    let bytes = email.formatted();
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    let addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.map(AsRef::<str>::as_ref).any(|address| !address.is_ascii()) {
        if !offers(Extension::SmtpUtfEight) {
            return Err((Stage::Recipient, Cause::NoUtf8));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() && offers(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let mail = Mail::new(envelope.from().cloned(), parameters);
    let reply = connection.command(mail).await.map_err(at(Stage::Sender))?;
    expect(&reply, Stage::Sender, Severity::PositiveCompletion)?;
    for recipient in envelope.to() {
        let rcpt = Rcpt::new(recipient.clone(), Vec::new());
        let reply = connection.command(rcpt).await.map_err(at(Stage::Recipient))?;
        expect(&reply, Stage::Recipient, Severity::PositiveCompletion)?;
    }
    let reply = connection.command(Data).await.map_err(at(Stage::Content))?;
    expect(&reply, Stage::Content, Severity::PositiveIntermediate)?;
    let reply = connection.message(&bytes).await.map_err(at(Stage::Content))?;
    expect(&reply, Stage::Content, Severity::PositiveCompletion)?;
    Ok(reply)
}

/// RFC 5321 §4.3.2: which kind of positive reply each command has. Another kind answers another command.
fn expect(reply: &Response, stage: Stage, severity: Severity) -> Result<(), (Stage, Cause)> {
    if reply.code().severity == severity { Ok(()) } else { Err((stage, Cause::Unexpected(reply.clone()))) }
}

/// The reply as one line.
pub(super) fn words(reply: &Response) -> String {
    let lines: Vec<&str> = reply.message().collect();
    format!("{} {}", reply.code(), lines.join(" / "))
}
