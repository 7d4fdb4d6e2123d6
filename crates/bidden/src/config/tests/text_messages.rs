//! The settings of text messages: what they mean, what is refused and how, and that no credential is shown.

use super::*;

const URL: &str = "https://sms.example.org/v1/send?key=hunter2";

fn sms(more: &str) -> String {
    format!("[sms]\nurl = \"{URL}\"\ncountries = [\"DE\", \"at\"]\n{more}")
}

#[test]
fn a_gateway_needs_a_url_and_countries_and_nothing_else() {
    let config = accepted(&sms(""), &[]);
    assert!(config.has_text_messages());
    assert_eq!(config.sms.url.unwrap().to_string(), URL);
    assert_eq!(config.sms.countries.iter().map(|country| country.code()).collect::<Vec<_>>(), ["DE", "AT"]);
    assert!(config.sms.body.has_number());
}

#[test]
fn lists_have_one_form_in_the_file_and_another_in_variables() {
    let file = "prices = [\"+49 7.5\", \"+1 0.79\"]\nprice = 8\nheaders = [\"A: b\", \"C: d\"]";
    let env = [
        ("BIDDEN_SMS_URL", URL),
        ("BIDDEN_SMS_COUNTRIES", "DE,AT"),
        ("BIDDEN_SMS_PRICES", "+49 7.5, +1 0.79"),
        ("BIDDEN_SMS_PRICE", "8"),
        ("BIDDEN_SMS_HEADERS", "A: b\nC: d"),
    ];
    for config in [accepted(&sms(file), &[]), accepted("", &env)] {
        let prices: Vec<String> = config.sms.prices.iter().map(|(prefix, _)| prefix.to_string()).collect();
        assert_eq!(
            (prices, config.sms.price),
            (vec!["+49".to_owned(), "+1".to_owned()], Cost::from_hundredths(800))
        );
        assert_eq!(
            (config.sms.prices[0].1, config.sms.prices[1].1),
            (Cost::from_hundredths(750), Cost::from_hundredths(79))
        );
    }
    assert_eq!(accepted("sms.price = 7.50", &[]).sms.price, Cost::from_hundredths(750));
    assert_eq!(accepted("sms.price = \"7.5\"", &[]).sms.price, Cost::from_hundredths(750));
}

#[test]
fn an_item_of_a_list_is_refused_at_its_place() {
    for (line, place, next) in [
        ("countries = [\"DE\", \"Germany\"]", "1:24", "No telephone number can be told to be of \"Germany\""),
        ("countries = \"DE\"", "1:17", "Write the list between brackets."),
        ("countries = [49]", "1:18", "Write each item between quotation marks."),
        ("countries = [\"\"]", "1:18", ""),
        ("prices = [\"+49 7\", \"+4 7\"]", "1:24", "At byte 2, an assigned country code was expected."),
        ("prices = [\"+49 7\", \"+49 8\"]", "1:14", "+49 stands there twice"),
        ("prices = [\"+49\"]", "1:15", "such as \"+49 7.5\""),
        ("price = 0.001", "1:13", ""),
        ("price = true", "1:13", ""),
        ("method = \"get\"", "1:14", ""),
        ("url = \"sms.example.org\"", "1:11", "At byte 1, http:// or https:// was expected."),
        ("content_type = \"text/xml\"", "1:20", ""),
    ] {
        let text = refused(&format!("sms.{line}"), &[]);
        assert!(
            text.contains(&format!("bidden.toml:{place}: sms.")) && text.contains(next),
            "{line}: {text}"
        );
        assert!(text.contains("for one reason"), "{text}");
    }
}

#[test]
fn header_fields_come_from_the_file_a_variable_or_a_file_of_their_own() {
    let own = accepted(&sms("headers_file = \"/headers\""), &[]);
    let expected = ["authorization: Bearer hunter2", "x-to: {to}"];
    let shown = format!("{:?}", own.changed);
    assert!(shown.contains("sms.headers_file") && !shown.contains("hunter2"), "{shown} {expected:?}");
    assert!(own.sms.headers.has_number());
    let typed = sms("headers = \"X-To: {to}\"");
    assert!(accepted(&typed, &[]).sms.headers.has_number());
    assert!(!accepted(&typed, &[("BIDDEN_SMS_HEADERS", "A: b")]).sms.headers.has_number());
}

#[test]
fn no_message_and_no_summary_shows_a_credential() {
    let shown = [
        refused(&sms("headers = [\"Authorization: hunter2\", \"B hunter2\"]"), &[]),
        refused(&sms("headers = [\"A: hunter2\", 5]"), &[]),
        refused(&sms("headers = \"hunter2\""), &[]),
        refused(&sms("headers = { hunter2 = \"hunter2\" }"), &[]),
        refused(&sms("headers_file = \"/two-lines\""), &[]),
        refused("", &[("BIDDEN_SMS_HEADERS", "A: hunter2\u{7}")]),
        refused("sms.url = \"https://a.example/?key=hunter2 \"", &[]),
        refused("sms.url = \"https://me:hunter2@a.example/\"", &[]),
        refused(&format!("sms.url = \"{URL}\""), &[]),
        refused(&sms("").replace("https", "http"), &[]),
        accepted(&sms("headers = [\"Authorization: hunter2\"]"), &[]).summary(),
    ];
    for text in shown {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_header_field_that_cannot_be_used_is_named_by_its_line() {
    let text = refused("", &[("BIDDEN_SMS_HEADERS", "A: b\nHost: c")]);
    assert!(
        text.contains("BIDDEN_SMS_HEADERS: sms.headers\n") && text.contains("Line 2: leave out host"),
        "{text}"
    );
    let text = refused(&sms("headers_file = \"/two-lines\""), &[]);
    assert!(text.contains("\"/two-lines\", which cannot be used (Line 1: write a name, a colon"), "{text}");
}

#[test]
fn a_url_without_countries_is_refused() {
    for countries in ["", "sms.countries = []"] {
        let text = refused(&format!("sms.url = \"{URL}\"\n{countries}"), &[]);
        assert!(text.contains("sms.url\n") && text.contains("`sms.countries` as well"), "{text}");
    }
    assert!(!accepted("sms.countries = []", &[]).has_text_messages());
}

#[test]
fn requests_without_tls_stay_on_this_machine() {
    for host in ["localhost:8080", "127.0.0.1:13013", "[::1]"] {
        let config = accepted(&sms("").replace(URL, &format!("http://{host}/send")), &[]);
        assert!(config.sms.url.is_some(), "{host}");
    }
    for host in ["sms.example.org", "10.0.0.1", "localhost.example.org"] {
        let text = refused(&sms("").replace(URL, &format!("http://{host}/send")), &[]);
        assert!(text.contains("bidden.toml:2:7: sms.url\n") && text.contains("Write https"), "{text}");
    }
}

#[test]
fn a_body_that_the_gateway_could_not_read_is_refused_at_start() {
    for (lines, key, next) in [
        ("body = '{\"to\": \"{to}\"}'", "sms.body", "Write {text}"),
        ("body = '{\"to\": \"{to}\", \"text\": {text}}'", "sms.body", "between quotation marks"),
        (
            "body = '{\"to\": \"{to}\", \"text\": \"{text}\", \"n\": \"{name}\"}'",
            "sms.body",
            "There is no {name}",
        ),
        ("body = '{\"text\": \"{text}\"}'", "sms.body", "Write {to} or {digits} in it, or in `sms.headers`."),
        ("body = '{\"text\": \"{text}\"}'\nheaders = [\"X-Id: {id}\"]", "sms.body", "Write {to} or {digits}"),
        ("content_type = \"application/x-www-form-urlencoded\"", "sms.content_type", "as a form has it"),
        ("body = \"to={to}&text={text}\"", "sms.body", "Write JSON"),
    ] {
        let text = refused(&sms(lines), &[]);
        assert!(text.contains(&format!(": {key}\n")) && text.contains(next), "{lines}: {text}");
        assert!(text.contains("for one reason"), "{text}");
    }
    for lines in [
        "body = \"to={digits}&text={text}\"\ncontent_type = \"application/x-www-form-urlencoded\"",
        "body = \"{text}\"\ncontent_type = \"text/plain\"\nheaders = [\"X-Kannel-To: {to}\"]",
        "body = \"{text}\"\ncontent_type = \"text/plain\"\nheaders_file = \"/headers\"",
    ] {
        accepted(&sms(lines), &[]);
    }
}

#[test]
fn a_secret_of_its_own_stands_in_the_body_and_is_shown_nowhere() {
    let form =
        "content_type = \"application/x-www-form-urlencoded\"\nbody = \"to={to}&text={text}&key={secret}\"\n";
    for (lines, env) in [
        (format!("{form}secret_file = \"/password\""), vec![]),
        (form.to_owned(), vec![("BIDDEN_SMS_SECRET", "from the file")]),
        ("headers = [\"X-Key: {secret}\"]\nsecret = \"from the file\"".to_owned(), vec![]),
    ] {
        let config = accepted(&sms(&lines), &env);
        assert!(!config.summary().contains("from the file"));
        assert_eq!(config.sms.secret.unwrap().reveal(), "from the file");
    }
    for (lines, key) in [(form, "sms.body"), ("headers = [\"X-Key: {secret}\"]", "sms.headers")] {
        let text = refused(&sms(lines), &[]);
        assert!(text.contains(&format!(": {key}\n")) && text.contains("leave out {secret}"), "{text}");
    }
}

#[test]
fn amounts_that_contradict_each_other_are_refused_where_they_were_written() {
    for (lines, place, next) in [
        ("per_day = 6", "sms.per_day", "raise `sms.per_week`"),
        ("per_week = 1", "sms.per_week", "lower `sms.per_day`"),
        ("budget_per_prefix = 2001", "sms.budget_per_prefix", "raise `sms.budget`"),
        ("budget = 499", "sms.budget", "lower `sms.budget_per_prefix`"),
        ("price = 501", "sms.price", "A message costs 501 cents; `sms.budget_per_prefix` is 500."),
        ("prices = [\"+49 500.01\"]", "sms.prices", "A message costs 500.01 cents"),
        (
            "budget_per_prefix = 9",
            "sms.budget_per_prefix",
            "A message costs 10 cents; `sms.budget_per_prefix` is 9.",
        ),
    ] {
        let text = refused(&sms(lines), &[]);
        assert!(text.contains(&format!(": {place}\n")) && text.contains(next), "{lines}: {text}");
    }
    accepted(&sms("price = 500\nbudget = 500\nper_day = 5"), &[]);
}

#[test]
fn without_a_gateway_codes_go_to_telephones_only_where_the_inbox_page_shows_them() {
    assert!(accepted("sms.countries = [\"DE\"]", &[]).has_text_messages());
    let visited = fit_but("nothing") + "\nsms.countries = [\"DE\"]";
    assert!(!accepted(&visited, &[]).has_text_messages());
    let with = visited + &format!("\nsms.url = \"{URL}\"");
    assert!(accepted(&with, &[]).has_text_messages());
}

#[test]
fn the_summary_says_where_messages_go_and_what_they_may_cost() {
    let summary = accepted(&sms(""), &[]).summary();
    let line =
        "by https://sms.example.org/v1/send?…, to DE, AT; at most 2000 cents a day, 500 behind one prefix";
    assert!(summary.contains(line), "{summary}");
    assert!(accepted("", &[]).summary().contains("no codes to telephones"));
    assert!(
        accepted("sms.countries = [\"DE\"]", &[])
            .summary()
            .contains("none leaves; the inbox page shows it, to DE")
    );
}
