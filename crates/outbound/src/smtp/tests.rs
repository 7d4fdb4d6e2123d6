//! Letters handed to a mail server that behaves well, badly, or not at all.

mod fake;
mod protected;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::message::{Delivery, Obstacle};
use model::secret::Secret;
use model::sign_in_code::Purpose;

use super::{Mailer, Security, Settings, Unusable};
use crate::letter::Letter;
use crate::render::render;
use crate::render::sample::{code, letterhead, message};
use fake::{Act, Fake};

const fn later(why: Obstacle) -> Delivery {
    Delivery::Deferred { why }
}

const REFUSED: Delivery = Delivery::Bounced { why: Obstacle::Refused };

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn letter(to: &str) -> Letter {
    render(&message(to, code(Purpose::SignIn, false)), &letterhead()).ok().unwrap()
}

fn settings(fake: &Fake) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port: fake.port,
        security: Security::Plain,
        credentials: None,
        timeout: Duration::from_secs(5),
        ca_file: None,
        connections: 2,
        hello_name: "id.example.org".to_owned(),
    }
}

fn send(settings: &Settings) -> (Delivery, String) {
    let mailer = Mailer::new(settings).unwrap();
    run(mailer.send(&letter("ada@example.org")))
}

/// Sends one letter to a server that does `act` at the command that starts with `at`.
fn send_to(at: &'static str, act: Act) -> (Fake, Delivery, String) {
    let fake = Fake::plain(move |_, command| is(command, at).then(|| act.clone()));
    let (delivery, detail) = send(&settings(&fake));
    (fake, delivery, detail)
}

fn is(command: &str, at: &str) -> bool {
    if at.is_empty() { command.is_empty() } else { command.starts_with(at) }
}

#[test]
fn a_letter_that_is_accepted_is_handed_over_as_it_is() {
    let fake = Fake::plain(|_, _| None);
    let (delivery, detail) = send(&settings(&fake));
    assert_eq!((delivery, detail.as_str()), (Delivery::HandedOver, "250 2.0.0 queued as 4711"));
    let written = String::from_utf8(letter("ada@example.org").to_email().unwrap().formatted()).unwrap();
    assert_eq!(fake.mails()[0].trim_end(), written.trim_end());
    let commands: Vec<String> = fake.seen().into_iter().map(|(_, command)| command).collect();
    let expected =
        ["EHLO id.example.org", "MAIL FROM:<no-reply@example.org>", "RCPT TO:<ada@example.org>", "DATA"];
    assert_eq!(commands, expected);
}

#[test]
fn connections_are_used_again_and_ended_politely() {
    let fake = Fake::plain(|_, _| None);
    let mailer = Mailer::new(&settings(&fake)).unwrap();
    run(async {
        for _ in 0..3 {
            assert_eq!(mailer.send(&letter("ada@example.org")).await.0, Delivery::HandedOver);
        }
        mailer.rest().await;
    });
    assert_eq!(fake.mails().len(), 3);
    let verbs = fake.verbs(0);
    assert_eq!((verbs.len(), verbs.last().map(String::as_str)), (1 + 3 * 3 + 1, Some("QUIT")));
    assert!(fake.verbs(1).is_empty());
}

#[test]
fn no_more_connections_are_open_than_were_allowed() {
    for (connections, most) in [(1, 1), (2, 2), (0, 1)] {
        let fake = Fake::plain(|_, _| None);
        let mailer = Mailer::new(&Settings { connections, ..settings(&fake) }).unwrap();
        let letter = letter("ada@example.org");
        run(async {
            let send = || mailer.send(&letter);
            let results = tokio::join!(send(), send(), send(), send(), send());
            for (delivery, _) in [results.0, results.1, results.2, results.3, results.4] {
                assert_eq!(delivery, Delivery::HandedOver);
            }
        });
        assert_eq!((fake.mails().len(), fake.most_open()), (5, most));
    }
}

#[test]
fn a_reply_of_four_hundred_puts_the_letter_off() {
    for at in ["", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let (fake, delivery, detail) = send_to(at, Act::Say("451 4.7.1 greylisted"));
        assert_eq!(delivery, later(Obstacle::TryLater), "{at}: {detail}");
        assert!(detail.contains("(451)") && detail.contains("4.7.1 greylisted"), "{detail}");
        assert!(at == "." || fake.mails().is_empty());
    }
}

#[test]
fn only_what_concerns_the_recipient_or_the_mail_refuses_the_letter_for_good() {
    for (at, expected) in [
        ("RCPT", REFUSED),
        ("DATA", REFUSED),
        (".", REFUSED),
        ("", later(Obstacle::Refused)),
        ("EHLO", later(Obstacle::Refused)),
        ("MAIL", later(Obstacle::Refused)),
    ] {
        let (_, delivery, detail) = send_to(at, Act::Say("550 5.1.1 no such mailbox"));
        assert_eq!(delivery, expected, "{at}: {detail}");
        assert!(detail.contains("(550)") && detail.contains("5.1.1 no such mailbox"), "{detail}");
    }
}

#[test]
fn a_refused_letter_ends_its_connection_with_quit() {
    let (fake, ..) = send_to("RCPT", Act::Say("550 5.1.1 no such mailbox"));
    assert_eq!(fake.verbs(0), ["EHLO", "MAIL", "RCPT", "QUIT"]);
}

#[test]
fn a_mail_that_was_refused_at_its_end_is_bounced() {
    let (fake, delivery, detail) = send_to(".", Act::Say("554-5.7.1 this is\r\n554 5.7.1 spam"));
    assert_eq!((delivery, fake.mails().len()), (REFUSED, 1));
    assert!(detail.contains("this is") && detail.contains("spam"), "{detail}");
}

#[test]
fn what_the_server_quotes_of_a_letter_does_not_reach_the_log() {
    let (_, delivery, detail) =
        send_to(".", Act::Say("554 5.7.1 @id.example.org #BCDFGHJK \u{1b}[1mbcdf-ghjk CQkJCQkJ"));
    assert_eq!(delivery, REFUSED);
    assert!(detail.contains("#[\u{2026}] \\u{1b}[1m[\u{2026}]"), "{detail}");
    for secret in ["BCDF", "GHJK", "CQkJ"] {
        assert!(!detail.to_lowercase().contains(&secret.to_lowercase()), "{detail}");
    }
}

fn with_password(fake: &Fake) -> Settings {
    let password = Secret::new("Tr0ub4dor&3".to_owned());
    Settings { credentials: Some(("mailer".to_owned(), password)), ..settings(fake) }
}

#[test]
fn name_and_password_are_given_when_there_are_any() {
    let fake = Fake::start(&["AUTH PLAIN LOGIN"], false, |_, _| None);
    assert_eq!(send(&with_password(&fake)).0, Delivery::HandedOver);
    assert_eq!(fake.verbs(0), ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]);
    assert_eq!(fake.seen()[1].1, "AUTH PLAIN AG1haWxlcgBUcjB1YjRkb3ImMw==");
}

#[test]
fn a_wrong_password_loses_no_mail_and_is_not_logged() {
    let echo = |_: usize, command: &str| {
        command.starts_with("AUTH").then_some(Act::Echo("535 5.7.8 Tr0ub4dor&3 is wrong, you said"))
    };
    let fake = Fake::start(&["AUTH PLAIN"], false, echo);
    let (delivery, detail) = send(&with_password(&fake));
    assert_eq!(delivery, later(Obstacle::NotAuthorised));
    assert!(detail.contains("(535)") && detail.contains("is wrong, you said"), "{detail}");
    assert!(!detail.contains("Tr0u") && !detail.contains("AG1h") && !detail.contains("b3Im"), "{detail}");
}

#[test]
fn what_an_operator_can_put_right_puts_the_letter_off() {
    for (at, reply, expected) in [
        ("AUTH", "534 5.7.9 too weak", Obstacle::NotAuthorised),
        ("AUTH", "504 5.5.4 unknown", Obstacle::NotAuthorised),
        ("AUTH", "454 4.7.0 not now", Obstacle::TryLater),
        ("MAIL", "530 5.7.0 authenticate first", Obstacle::NotAuthorised),
        ("RCPT", "530 5.7.0 authenticate first", Obstacle::NotAuthorised),
        ("MAIL", "553 5.7.1 not your address", Obstacle::Refused),
    ] {
        let fake = Fake::start(&["AUTH PLAIN"], false, move |_, line| {
            line.starts_with(at).then_some(Act::Say(reply))
        });
        assert_eq!(send(&with_password(&fake)).0, later(expected), "{at} {reply}");
    }
    let without = Fake::plain(|_, _| None);
    assert_eq!(send(&with_password(&without)).0, later(Obstacle::NotAuthorised));
    assert!(without.mails().is_empty());
}

#[test]
fn a_connection_that_is_closed_at_any_point_puts_the_letter_off() {
    for at in ["", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let (_, delivery, detail) = send_to(at, Act::Close);
        assert_eq!(delivery, later(Obstacle::Unreachable), "{at}: {detail}");
        let (_, delivery, detail) = send_to(at, Act::SayAndClose("250-half an ans"));
        assert_eq!(delivery, later(Obstacle::Unreachable), "{at}: {detail}");
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up_after_the_deadline() {
    for at in ["", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let fake = Fake::plain(move |_, command| is(command, at).then_some(Act::FallSilent));
        let quick = Settings { timeout: Duration::from_millis(200), ..settings(&fake) };
        let (delivery, detail) = send(&quick);
        assert_eq!((delivery, detail.as_str()), (later(Obstacle::TimedOut), "no answer in time"), "{at}");
    }
}

#[test]
fn a_refusal_counts_although_the_server_does_not_answer_quit() {
    let fake = Fake::plain(|_, command| match command {
        "QUIT" => Some(Act::FallSilent),
        command => command.starts_with("RCPT").then_some(Act::Say("550 no")),
    });
    assert_eq!(send(&settings(&fake)).0, REFUSED);
}

#[test]
fn nothing_is_said_on_a_connection_that_once_fell_silent() {
    // The reply that came too late would answer the next letter's command.
    let fake = Fake::plain(|number, command| {
        (number == 0 && command.starts_with("RCPT")).then_some(Act::FallSilent)
    });
    let mailer = Mailer::new(&Settings { timeout: Duration::from_millis(1500), ..settings(&fake) }).unwrap();
    run(async {
        assert_eq!(mailer.send(&letter("ada@example.org")).await.0, later(Obstacle::TimedOut));
        assert_eq!(mailer.send(&letter("ada@example.org")).await.0, Delivery::HandedOver);
    });
    assert_eq!(fake.verbs(0), ["EHLO", "MAIL", "RCPT"]);
    assert_eq!(fake.verbs(1), ["EHLO", "MAIL", "RCPT", "DATA"]);
}

#[test]
fn a_reply_to_another_command_is_not_taken_for_an_answer() {
    for (at, reply) in
        [("MAIL", "354 go on"), ("RCPT", "354 go on"), ("DATA", "250 fine"), (".", "354 go on")]
    {
        let (_, delivery, detail) = send_to(at, Act::Say(reply));
        assert_eq!(delivery, later(Obstacle::Unreachable), "{at}: {detail}");
        assert!(detail.contains("out of order"), "{detail}");
    }
}

#[test]
fn something_that_is_no_mail_server_puts_the_letter_off() {
    for reply in ["HTTP/1.1 400 Bad Request", "\u{0}\u{1}\u{2}", "999 what", "2"] {
        let (_, delivery, detail) = send_to("", Act::SayAndClose(reply));
        assert_eq!(delivery, later(Obstacle::Unreachable), "{reply:?}: {detail}");
    }
}

fn send_two(fake: &Fake) {
    let mailer = Mailer::new(&settings(fake)).unwrap();
    run(async {
        for _ in 0..2 {
            assert_eq!(mailer.send(&letter("ada@example.org")).await.0, Delivery::HandedOver);
        }
    });
    assert_eq!(fake.mails().len(), 2);
    assert_eq!(fake.verbs(1), ["EHLO", "MAIL", "RCPT", "DATA"]);
}

#[test]
fn an_idle_connection_that_the_server_closed_is_replaced_in_the_same_attempt() {
    send_two(&Fake::plain(|number, command| {
        (number == 0 && command == ".").then_some(Act::SayAndClose("250 queued"))
    }));
}

#[test]
fn a_connection_on_which_the_server_takes_no_second_letter_is_replaced_in_the_same_attempt() {
    for reply in ["421 4.4.2 idle for too long", "452 4.5.3 enough for now", "503 5.5.1 what"] {
        let letters = AtomicUsize::new(0);
        send_two(&Fake::plain(move |number, command| {
            let second = command.starts_with("MAIL") && letters.fetch_add(1, Ordering::SeqCst) == 1;
            (number == 0 && second).then_some(Act::Say(reply))
        }));
    }
}

#[test]
fn a_letter_that_may_have_been_taken_is_not_sent_again_in_the_same_attempt() {
    let fake = Fake::plain(|number, command| (number == 0 && command == ".").then_some(Act::Close));
    let mailer = Mailer::new(&settings(&fake)).unwrap();
    assert_eq!(run(mailer.send(&letter("ada@example.org"))).0, later(Obstacle::Unreachable));
    assert_eq!((fake.mails().len(), fake.verbs(1).len()), (1, 0));
}

#[test]
fn a_line_that_begins_with_a_dot_survives() {
    let fake = Fake::plain(|_, _| None);
    let mailer = Mailer::new(&settings(&fake)).unwrap();
    let mut letter = letter("ada@example.org");
    letter.text = ".\n.hidden\n..\nend.\n.".to_owned();
    assert_eq!(run(mailer.send(&letter)).0, Delivery::HandedOver);
    assert!(
        fake.mails()[0].contains("\r\n\r\n.\r\n.hidden\r\n..\r\nend.\r\n.\r\n--="),
        "{}",
        fake.mails()[0]
    );
}

#[test]
fn an_address_beyond_ascii_is_sent_where_the_server_takes_it_and_refused_where_not() {
    const TO: &str = "j\u{f3}se@example.org";
    let takes = Fake::start(&["SMTPUTF8", "8BITMIME"], false, |_, _| None);
    let mailer = Mailer::new(&settings(&takes)).unwrap();
    assert_eq!(run(mailer.send(&letter(TO))).0, Delivery::HandedOver);
    let seen = takes.seen();
    assert_eq!(seen[1].1, "MAIL FROM:<no-reply@example.org> SMTPUTF8 BODY=8BITMIME");
    assert_eq!(seen[2].1, format!("RCPT TO:<{TO}>"));

    let does_not = Fake::plain(|_, _| None);
    let mailer = Mailer::new(&settings(&does_not)).unwrap();
    let (delivery, detail) = run(mailer.send(&letter(TO)));
    assert_eq!(delivery, REFUSED);
    assert!(detail.contains("SMTPUTF8") && !does_not.verbs(0).contains(&"MAIL".to_owned()), "{detail}");
}

#[test]
fn a_server_that_is_not_there_puts_the_letter_off() {
    // A port that was ours a moment ago, and that nobody listens on.
    #[expect(clippy::disallowed_methods, reason = "to learn of a free port")]
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let fake = Fake::plain(|_, _| None);
    for security in [Security::Plain, Security::StartTls, Security::Implicit] {
        let (delivery, detail) = send(&Settings { port, security, ..settings(&fake) });
        assert_eq!(delivery, later(Obstacle::Unreachable), "{detail}");
    }
    let nameless = Settings { host: String::new(), ..settings(&fake) };
    assert_eq!(send(&nameless).0, later(Obstacle::Unreachable));
}

#[test]
fn a_letter_that_cannot_be_written_goes_nowhere() {
    let fake = Fake::plain(|_, _| None);
    let mailer = Mailer::new(&settings(&fake)).unwrap();
    let mut letter = letter("ada@example.org");
    letter.subject = "a\r\nBcc: eve@example.org".to_owned();
    let (delivery, detail) = run(mailer.send(&letter));
    assert_eq!(delivery, Delivery::Bounced { why: Obstacle::Unwritable });
    assert_eq!((detail.as_str(), fake.seen().len()), ("the field Subject cannot be written", 0));
}

#[test]
fn settings_that_cannot_be_used_are_found_out_at_the_start() {
    let fake = Fake::plain(|_, _| None);
    let tls = |ca_file: Option<&str>| {
        let ca_file = ca_file.map(|name| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
        Mailer::new(&Settings { security: Security::StartTls, ca_file, ..settings(&fake) }).err()
    };
    assert!(tls(None).is_none());
    assert!(tls(Some("src/smtp/tests/authority.pem")).is_none());
    assert!(matches!(tls(Some("src/no-such-file.pem")), Some(Unusable::CaFile { .. })));
    for no_certificate in ["Cargo.toml", "src/smtp/tests/key.pem"] {
        assert!(matches!(tls(Some(no_certificate)), Some(Unusable::Certificates { .. })), "{no_certificate}");
    }
    let host = Settings { security: Security::Implicit, host: "a b".to_owned(), ..settings(&fake) };
    assert!(matches!(Mailer::new(&host).err(), Some(Unusable::Host)));
}
