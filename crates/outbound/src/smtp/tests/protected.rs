//! Connections that must be protected: verified TLS, or nothing is said.

use std::path::Path;

use model::message::{Delivery, Obstacle};

use super::fake::{Act, Fake};
use super::{later, send, settings};
use crate::smtp::{Security, Settings};

/// The fake's certificate is for `localhost`, by the authority of the tests.
fn protected(fake: &Fake, security: Security) -> Settings {
    let authority = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/smtp/tests/authority.pem");
    Settings { host: "localhost".to_owned(), security, ca_file: Some(authority), ..settings(fake) }
}

fn start(security: Security) -> Fake {
    Fake::start(&["STARTTLS"], security == Security::Implicit, |_, _| None)
}

const BOTH: [Security; 2] = [Security::Implicit, Security::StartTls];

#[test]
fn a_letter_goes_through_verified_tls() {
    for security in BOTH {
        let fake = start(security);
        let (delivery, detail) = send(&protected(&fake, security));
        assert_eq!(delivery, Delivery::HandedOver, "{security:?}: {detail}");
    }
    let fake = start(Security::StartTls);
    send(&protected(&fake, Security::StartTls));
    assert_eq!(fake.verbs(0), ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA"]);
}

#[test]
fn a_certificate_of_an_unknown_authority_or_for_another_name_stops_everything() {
    for security in BOTH {
        for (host, trusted) in [("localhost", false), ("127.0.0.1", true)] {
            let fake = start(security);
            let mut settings = protected(&fake, security);
            settings.host = host.to_owned();
            settings.ca_file = settings.ca_file.filter(|_| trusted);
            let (delivery, detail) = send(&settings);
            assert_eq!(delivery, later(Obstacle::Tls), "{security:?} {host}: {detail}");
            assert!(detail.contains("certificate"), "{detail}");
            assert!(!fake.verbs(0).contains(&"MAIL".to_owned()));
        }
    }
}

#[test]
fn without_starttls_nothing_is_sent() {
    let fake = Fake::plain(|_, _| None);
    let (delivery, detail) = send(&protected(&fake, Security::StartTls));
    assert_eq!(delivery, later(Obstacle::Tls), "{detail}");
    assert!(fake.verbs(0).iter().all(|verb| ["EHLO", "QUIT"].contains(&verb.as_str())), "{:?}", fake.seen());
    let refusing =
        Fake::start(&["STARTTLS"], false, |_, line| (line == "STARTTLS").then_some(Act::Say("454 not now")));
    assert_eq!(send(&protected(&refusing, Security::StartTls)).0, later(Obstacle::Tls));
    assert!(refusing.mails().is_empty());
}

#[test]
fn a_server_that_does_not_speak_tls_is_told_apart_from_one_that_is_not_there() {
    let plain = Fake::plain(|_, _| None);
    assert_eq!(send(&protected(&plain, Security::Implicit)).0, later(Obstacle::Tls));
    let closing = Fake::plain(|_, _| Some(Act::Close));
    assert_eq!(send(&protected(&closing, Security::Implicit)).0, later(Obstacle::Unreachable));
}

/// Replies that were put in before TLS must not answer what is asked through TLS.
#[test]
fn replies_injected_before_tls_are_never_believed() {
    let injecting = Fake::start(&["STARTTLS"], false, |_, command| match command {
        "STARTTLS" => Some(Act::Say(
            "220 go on\r\n250 injected\r\n250 injected\r\n250 injected\r\n354 injected\r\n250 injected",
        )),
        _ => None,
    });
    let (delivery, detail) = send(&protected(&injecting, Security::StartTls));
    assert_eq!(delivery, later(Obstacle::Tls), "{detail}");
    assert!(injecting.mails().is_empty() && injecting.verbs(0) == ["EHLO", "STARTTLS"]);
}
