//! What a failed attempt means for the message: later, or never.
//!
//! Only what the server says about this recipient or this mail ends the message. What an operator can
//! put right (a password, a certificate, a sender address) puts it off: their mistake must lose no mail.

use std::error::Error;
use std::io;

use model::message::{Delivery, Obstacle};

use super::connection::{Cause, Failed, Stage, words};

/// The delivery and what to log, not yet cleaned.
pub(super) fn of(failed: &Failed) -> (Delivery, String) {
    let said = match &failed.cause {
        Cause::Smtp(error) => error.to_string(),
        Cause::Io(error) => error.to_string(),
        Cause::Unexpected(reply) => format!("out of order: {}", words(reply)),
        Cause::NoUtf8 => "the address needs SMTPUTF8 and the mail server does not offer it".to_owned(),
        Cause::Silence => return (later(Obstacle::TimedOut), "no answer in time".to_owned()),
    };
    let delivery = match &failed.cause {
        Cause::Smtp(error) => match error.status().map(u16::from) {
            Some(code) => replied(failed.stage, code),
            None => later(unanswered(failed.stage, error)),
        },
        Cause::Io(error) if error.kind() == io::ErrorKind::TimedOut => later(Obstacle::TimedOut),
        Cause::Io(_) | Cause::Unexpected(_) | Cause::Silence => later(Obstacle::Unreachable),
        // RFC 6531 §3.2: an address that the server cannot take is one that it refuses.
        Cause::NoUtf8 => Delivery::Bounced { why: Obstacle::Refused },
    };
    (delivery, format!("{}: {said}", name(failed.stage)))
}

/// A negative reply.
fn replied(stage: Stage, code: u16) -> Delivery {
    match (code, stage) {
        (_, Stage::StartTls) => later(Obstacle::Tls),
        (..500, _) => later(Obstacle::TryLater),
        // RFC 4954 §6, and 538 from RFC 2554: authentication required, too weak, invalid, or only with TLS.
        (530 | 534 | 535 | 538, _) | (_, Stage::Authenticate) => later(Obstacle::NotAuthorised),
        (_, Stage::Recipient | Stage::Content) => Delivery::Bounced { why: Obstacle::Refused },
        (_, Stage::Connect | Stage::Sender) => later(Obstacle::Refused),
    }
}

/// No reply, or none that could be read.
fn unanswered(stage: Stage, error: &lettre::transport::smtp::Error) -> Obstacle {
    if error.is_timeout() {
        Obstacle::TimedOut
    } else if stage == Stage::StartTls || is_tls(error) {
        Obstacle::Tls
    } else if stage == Stage::Authenticate && error.is_client() {
        // There is no way to authenticate that both sides know.
        Obstacle::NotAuthorised
    } else {
        Obstacle::Unreachable
    }
}

/// The library reports a failed handshake as a failed connection; the cause below it tells.
fn is_tls(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        let io = error.downcast_ref::<io::Error>();
        if io.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        cause = error.source();
    }
    false
}

const fn later(why: Obstacle) -> Delivery {
    Delivery::Deferred { why }
}

const fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connection",
        Stage::StartTls => "STARTTLS",
        Stage::Authenticate => "AUTH",
        Stage::Sender => "MAIL",
        Stage::Recipient => "RCPT",
        Stage::Content => "DATA",
    }
}
