//! Each rule that settings obey together, kept and broken.

use super::*;

#[test]
fn a_server_with_everything_it_needs_may_listen_to_the_world() {
    let config = accepted(&fit_but("nothing"), &[]);
    assert_eq!(config.public_url, "https://id.example.org");
    assert!(config.tls.is_some() && !config.has_inbox_page());
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.from_name.as_str()), ("mail.example.org", 465, "bidden"));
    let behind = fit_but("tls") + "\ntrusted_proxies = [\"10.0.0.0/8\"]";
    assert_eq!(accepted(&behind, &[]).trusted_proxies.len(), 1);
}

#[test]
fn listening_to_the_world_without_one_of_its_needs_is_refused_and_names_that_one() {
    for (left_out, missing) in [
        ("public_url", "Still missing for that: public_url = \"https://…\"."),
        ("tls", "Still missing for that: tls.certificate and tls.key, or trusted_proxies"),
        ("smtp.host", "Still missing for that: smtp.host."),
        ("smtp.from", "Still missing for that: smtp.from."),
    ] {
        let text = refused(&fit_but(left_out), &[]);
        assert!(text.contains("bidden.toml:1:10: listen\n") && text.contains(missing), "{text}");
    }
}

#[test]
fn listening_to_the_world_without_anything_names_everything_at_once() {
    for address in ["0.0.0.0:8000", "[::]:8000", "192.0.2.1:8000"] {
        let text = refused("", &[("BIDDEN_LISTEN", address)]);
        assert!(text.contains("BIDDEN_LISTEN: listen\n"), "{text}");
        for missing in ["public_url", "tls.certificate", "trusted_proxies", "smtp.host", "smtp.from"] {
            assert!(text.contains(missing), "{missing}: {text}");
        }
    }
    assert!(read("", &[("BIDDEN_LISTEN", "[::ffff:127.0.0.1]:8000")], NO_FILES).is_ok());
}

#[test]
fn a_public_name_on_a_loopback_address_has_the_same_needs() {
    let text = refused("public_url = \"https://id.example.org\"", &[]);
    assert!(text.contains("bidden.toml:1:14: public_url\n") && text.contains("smtp.host"), "{text}");
    let loopback = fit_but("listen").replace("tls.", "#tls.") + "\ntrusted_proxies = [\"loopback\"]";
    assert_eq!(accepted(&loopback, &[]).listen.to_string(), "127.0.0.1:8000");
}

#[test]
fn a_proxy_without_mail_is_refused() {
    let text = refused("trusted_proxies = [\"::1\"]", &[]);
    assert!(text.contains("behind a proxy there is no inbox page"), "{text}");
}

#[test]
fn http_is_for_this_machine_only() {
    let text = refused(&fit_but("nothing").replace("https:", "http:"), &[]);
    assert!(text.contains("for one reason") && text.contains("session cookie"), "{text}");
    assert_eq!(accepted("public_url = \"http://127.0.0.1:9000/\"", &[]).public_url, "http://127.0.0.1:9000");
}

#[test]
fn http_with_tls_is_refused() {
    let tls = "public_url = \"http://localhost\"\ntls = { certificate = \"/cert.pem\", key = \"/key.pem\" }";
    assert!(refused(tls, &[]).contains("https, because `tls.certificate` is set"));
}

#[test]
fn a_certificate_without_a_key_and_a_key_without_a_certificate_are_refused() {
    assert!(
        refused("tls.certificate = \"/cert.pem\"", &[])
            .contains("Set `tls.key`, or remove `tls.certificate`.")
    );
    assert!(refused("tls.key = \"/key.pem\"", &[]).contains("Set `tls.certificate`, or remove `tls.key`."));
}

#[test]
fn a_mail_server_without_a_sender_is_refused() {
    assert!(
        refused("smtp.host = \"localhost\"", &[])
            .contains("smtp.host\n  found     \"localhost\"\n  expected  `smtp.from`")
    );
}

#[test]
fn plain_smtp_stays_on_this_machine() {
    let mail =
        |host: &str| format!("[smtp]\nhost = \"{host}\"\nsecurity = \"plain\"\nfrom = \"a@example.org\"");
    for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1"] {
        assert_eq!(accepted(&mail(host), &[]).smtp.unwrap().port, 25);
    }
    for host in ["mail.example.org", "10.0.0.1", "localhost.example.org", "2001:db8::1"] {
        assert!(refused(&mail(host), &[]).contains("bidden.toml:3:12: smtp.security\n"), "{host}");
    }
    assert_eq!(accepted(&mail("::1"), &[]).smtp.unwrap().host, "::1");
}

#[test]
fn half_of_the_credentials_is_refused() {
    let mail = "[smtp]\nhost = \"localhost\"\nfrom = \"a@example.org\"\n";
    let text = refused(&format!("{mail}username = \"me\""), &[]);
    assert!(
        text.contains("Set `smtp.password` or `smtp.password_file`, or remove `smtp.username`."),
        "{text}"
    );
    let text = refused(&format!("{mail}password = \"pw\""), &[]);
    assert!(text.contains("Set `smtp.username`, or remove `smtp.password`."), "{text}");
}

#[test]
fn a_session_that_may_idle_longer_than_it_lives_is_refused_where_it_was_written() {
    let text = refused("session.idle = \"31d\"", &[]);
    assert!(text.contains("bidden.toml:1:16: session.idle\n") && text.contains("which is 30d"), "{text}");
    let text = refused("session.absolute = \"6d\"", &[]);
    assert!(text.contains("bidden.toml:1:20: session.absolute\n") && text.contains("which is 7d"), "{text}");
    assert_eq!(accepted("session.idle = \"30d\"", &[]).session.idle.as_secs(), 30 * 86_400);
}

#[test]
fn a_key_that_is_seen_for_longer_than_it_signs_is_refused() {
    let text = refused("keys.ahead = \"90d\"\nkeys.period = \"89d\"", &[]);
    assert!(text.contains("bidden.toml:1:14: keys.ahead\n") && text.contains("which is 89d"), "{text}");
    assert_eq!(accepted("keys.ahead = \"90d\"", &[]).keys.ahead.as_secs(), 90 * 86_400);
}

#[test]
fn methods_that_let_nobody_in_or_are_half_a_pair_are_refused_with_what_to_add() {
    for (text, next) in [
        ("methods.sign_in = []", "Add \"passkey\", \"password\" or \"mail_code\"."),
        ("methods.sign_in = [\"mail_code\", \"totp\"]", "Add \"password\", or remove \"totp\""),
        ("methods.step_up = [\"passkey\", \"totp\"]", "Add the other one or remove both"),
        ("methods.sign_in = [\"passkey\"]", "or close registration"),
        ("methods.sign_in = [\"pass key\"]", "Did you mean \"passkey\"?"),
        ("methods.step_up = [\"mail_code\"]", "a list with any of \"passkey\", \"password\", \"totp\""),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(next) && told.contains("for one reason"), "{text}: {told}");
    }
    let closed = accepted("registration = \"closed\"\nmethods.sign_in = [\"passkey\"]", &[]);
    assert!(!closed.methods.open(model::method::Use::SignIn).has(model::method::Method::MailCode));
    assert!(
        accepted("methods.step_up = []", &[("BIDDEN_METHODS_RECOVERY", "recovery_code")]).changed.len() == 2
    );
}

#[test]
fn a_password_alone_that_may_be_shorter_than_one_beside_another_is_refused() {
    let text = refused("password.min_length = 16", &[]);
    assert!(
        text.contains("bidden.toml:1:23: password.min_length\n") && text.contains("which is 15"),
        "{text}"
    );
    let both = "password = { min_length = 20, min_length_single_factor = 20 }";
    assert_eq!(accepted(both, &[]).password.min_length, 20);
}

#[test]
fn more_mails_a_day_than_a_week_are_refused() {
    assert!(refused("budget.mails_per_day = 7", &[]).contains("raise `budget.mails_per_week`"));
    assert_eq!(accepted("budget.mails_per_day = 6", &[]).budget.mails_per_day, 6);
}

#[test]
fn sending_again_after_the_code_is_over_is_refused() {
    assert!(refused("code.lifetime = \"1m\"\nbudget.resend_after = \"61s\"", &[]).contains("which is 1m"));
    assert_eq!(accepted("code.lifetime = \"1m\"\nbudget.resend_after = \"60s\"", &[]).code.length, 8);
}

#[test]
fn a_value_that_was_refused_is_not_told_again_as_missing() {
    let text = refused(&fit_but("nothing").replace("sign-in@", "sign in@"), &[]);
    assert!(text.contains("for one reason") && text.contains("smtp.from\n"), "{text}");
    let proxies = fit_but("tls") + "\ntrusted_proxies = [\"10.0.0.0/99\"]";
    let text = refused(&proxies, &[]);
    assert!(text.contains("for one reason") && text.contains("trusted_proxies\n"), "{text}");
    let text = refused(&fit_but("nothing").replace("/key.pem", "/nothing.pem"), &[]);
    assert!(text.contains("for one reason") && text.contains("tls.key\n"), "{text}");
}
