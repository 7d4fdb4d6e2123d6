//! What the gateway's answer means for the message: handed over, later, or never.
//!
//! Only what is said about this message ends it. What an operator can put right (a certificate, a password, credit, a
//! URL that has moved) puts it off: their mistake must lose no message. That is also why 401 to 403 are no refusal.

use std::error::Error;
use std::io;

use http::StatusCode;
use model::message::{Delivery, Obstacle};

use crate::http::{Answer, Stopped};

/// The delivery and what to log, not yet cleaned.
pub(super) fn of(result: &Result<Answer, Stopped>) -> (Delivery, String) {
    match result {
        Ok(answer) => {
            let content = String::from_utf8_lossy(&answer.content);
            let note =
                if answer.status.is_redirection() { " (a redirect, which is not followed)" } else { "" };
            (answered(answer.status), format!("{}{note}: {}", answer.status, content.trim()))
        }
        Err(stopped) => unanswered(stopped),
    }
}

fn answered(status: StatusCode) -> Delivery {
    match status.as_u16() {
        200..=299 => Delivery::HandedOver,
        401 | 402 | 403 | 407 => later(Obstacle::NotAuthorised),
        // Request Timeout, Too Early, Too Many Requests; Conflict, which a retry gets while the first attempt is still
        // being worked on.
        408 | 409 | 425 | 429 => later(Obstacle::TryLater),
        400..=499 => Delivery::Bounced { why: Obstacle::Refused },
        500..=599 => later(Obstacle::TryLater),
        300..=399 => later(Obstacle::Refused),
        _ => later(Obstacle::Unreachable),
    }
}

/// The same where there is no answer: whatever was asked, it may be there later.
pub(crate) fn unanswered(stopped: &Stopped) -> (Delivery, String) {
    match stopped {
        Stopped::Connect(error) if error.kind() == io::ErrorKind::TimedOut => {
            (later(Obstacle::TimedOut), format!("connection: {error}"))
        }
        Stopped::Connect(error) => (later(Obstacle::Unreachable), format!("connection: {error}")),
        Stopped::Tls(error) if is_tls(error) => (later(Obstacle::Tls), format!("TLS: {error}")),
        Stopped::Tls(error) => (later(Obstacle::Unreachable), format!("TLS: {error}")),
        Stopped::Http(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            (later(Obstacle::Unreachable), format!("HTTP: {error}{cause}"))
        }
        Stopped::Silence => (later(Obstacle::TimedOut), "no answer in time".to_owned()),
        Stopped::Unwritable(error) => (Delivery::Bounced { why: Obstacle::Unwritable }, error.to_string()),
    }
}

/// Whether it is about TLS and not about the connection below it.
fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput
        || error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

const fn later(why: Obstacle) -> Delivery {
    Delivery::Deferred { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_status_decides() {
        const NEVER: Delivery = Delivery::Bounced { why: Obstacle::Refused };
        for (status, delivery) in [
            (200, Delivery::HandedOver),
            (202, Delivery::HandedOver),
            (204, Delivery::HandedOver),
            (299, Delivery::HandedOver),
            (301, later(Obstacle::Refused)),
            (307, later(Obstacle::Refused)),
            (400, NEVER),
            (401, later(Obstacle::NotAuthorised)),
            (402, later(Obstacle::NotAuthorised)),
            (403, later(Obstacle::NotAuthorised)),
            (404, NEVER),
            (408, later(Obstacle::TryLater)),
            (409, later(Obstacle::TryLater)),
            (422, NEVER),
            (425, later(Obstacle::TryLater)),
            (429, later(Obstacle::TryLater)),
            (500, later(Obstacle::TryLater)),
            (503, later(Obstacle::TryLater)),
            (600, later(Obstacle::Unreachable)),
        ] {
            assert_eq!(answered(StatusCode::from_u16(status).unwrap()), delivery, "{status}");
        }
    }
}
