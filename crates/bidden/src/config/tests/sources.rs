//! Where values come from, and which source wins.

use super::*;

#[test]
fn without_any_source_the_defaults_hold() {
    let config = Config::read(None, std::iter::empty(), NO_FILES).ok().unwrap();
    assert_eq!(config.data_dir, Path::new("./bidden-data"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(config.public_url, "http://localhost:8000");
    assert_eq!(config.site_name, "bidden");
    assert_eq!(config.time_zone.iana_name(), Some("UTC"));
    assert_eq!(config.language, Language::English);
    assert_eq!(config.registration, Registration::Invite);
    assert!(config.trusted_proxies.is_empty() && config.tls.is_none() && config.smtp.is_none());
    assert!(config.has_inbox_page());
    assert!(config.sms.url.is_none() && config.sms.countries.is_empty() && !config.has_text_messages());
    assert_eq!((config.sms.per_day, config.sms.per_week, config.sms.known_per_day), (2, 5, 5));
    assert_eq!((config.sms.budget_per_prefix, config.sms.budget), (500, 2000));
    assert_eq!((config.sms.price, config.sms.prices.len()), (Cost::from_hundredths(1000), 0));
    assert_eq!(config.sms.timeout, Duration::from_secs(10));
    assert_eq!((config.code.guesses, config.code.length), (3, 8));
    assert_eq!(config.code.lifetime, Duration::from_secs(600));
    assert_eq!((config.budget.epsilon, config.budget.epsilon_known), (1e-6, 1e-4));
    assert_eq!((config.budget.mails_per_day, config.budget.mails_per_week), (3, 6));
    assert_eq!((config.budget.known_mails_per_day, config.budget.approvals_per_day), (10, 10));
    assert_eq!(config.budget.digest_interval, Duration::from_secs(86_400));
    assert_eq!(config.budget.mute, Duration::from_secs(30 * 86_400));
    assert_eq!(config.budget.resend_after, Duration::from_secs(30));
    assert_eq!(config.session.idle, Duration::from_secs(7 * 86_400));
    assert_eq!(config.session.absolute, Duration::from_secs(30 * 86_400));
    assert_eq!(config.record.retention, Duration::from_secs(400 * 86_400));
    assert_eq!(config.record.keep_addresses, KeepAddresses::Full);
    assert!(config.look.accent.is_none() && config.look.logo.is_none());
    assert_eq!((config.log.format, config.log.level), (LogFormat::Text, LogLevel::Info));
}

#[test]
fn the_file_wins_over_the_default_and_a_variable_over_the_file() {
    let config = accepted("site_name = \"File\"\ncode.guesses = 2", &[("BIDDEN_SITE_NAME", "Variable")]);
    assert_eq!(config.site_name, "Variable");
    assert_eq!(config.code.guesses, 2);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    assert_eq!(accepted("site_name = \"File\"", &[("BIDDEN_SITE_NAME", "")]).site_name, "File");
}

#[test]
fn a_list_in_a_variable_has_commas_between_its_items() {
    let env = [
        ("BIDDEN_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("BIDDEN_SMTP_HOST", "localhost"),
        ("BIDDEN_SMTP_FROM", "a@example.org"),
    ];
    let config = accepted("", &env);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(config.trusted_proxies[0].contains("10.9.9.9".parse().unwrap()));
    assert!(!config.has_inbox_page());
}

#[test]
fn variables_of_others_are_passed_over() {
    let env = [
        ("PATH", "/bin"),
        ("BIDDENS", "x"),
        ("BIDDEN_SERVICE_HOST", "10.0.0.7"),
        ("BIDDEN_SERVICE_PORT", "8000"),
        ("BIDDEN_SERVICE_PORT_HTTP", "8000"),
        ("BIDDEN_PORT", "tcp://10.0.0.7:8000"),
        ("BIDDEN_PORT_8000_TCP_ADDR", "10.0.0.7"),
    ];
    assert_eq!(accepted("", &env).changed, []);
}

#[test]
fn a_file_in_any_form_of_toml_means_the_same() {
    for text in
        ["smtp.port = 26", "[smtp]\nport = 26", "smtp = { port = 0x1A }", "[smtp]\r\n'port' = 2_6\r\n"]
    {
        let with_host =
            read(text, &[("BIDDEN_SMTP_HOST", "localhost"), ("BIDDEN_SMTP_FROM", "a@b.example")], FILES);
        assert_eq!(with_host.ok().unwrap().smtp.unwrap().port, 26, "{text}");
    }
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let missing = Path::new("/nowhere/at/all.toml");
    let problems = Config::load(Some(missing), std::iter::empty()).err().unwrap().to_string();
    assert!(problems.contains("/nowhere/at/all.toml\n  found     nothing readable"), "{problems}");
}

#[test]
fn port_0_becomes_the_port_that_the_system_has_chosen() {
    let mut config = accepted("listen = \"127.0.0.1:0\"", &[]);
    config.bound_to(4711);
    assert_eq!((config.listen.port(), config.public_url.as_str()), (4711, "http://localhost:4711"));
    let mut config = accepted("listen = \"127.0.0.1:0\"\npublic_url = \"http://localhost:9000\"", &[]);
    config.bound_to(4711);
    assert_eq!(config.public_url, "http://localhost:9000");
}

#[test]
fn with_tls_on_this_machine_the_usual_address_has_https() {
    let tls = "listen = \"[::1]:443\"\ntls = { certificate = \"/cert.pem\", key = \"/key.pem\" }";
    assert_eq!(accepted(tls, &[]).public_url, "https://localhost");
}
