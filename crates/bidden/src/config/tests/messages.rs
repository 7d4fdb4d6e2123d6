//! What an operator reads when something is wrong.

use super::*;

#[test]
fn a_value_out_of_bounds_is_told_with_file_line_column_found_and_expected() {
    assert_eq!(
        refused("site_name = \"x\"\n\n[code]\nlifetime = \"15m\"\n", &[]),
        "The configuration cannot be used, for one reason:\n\n\
         bidden.toml:4:12: code.lifetime\n  \
         found     \"15m\"\n  \
         expected  a duration from \"1m\" to \"10m\""
    );
}

#[test]
fn a_mistyped_setting_is_told_with_the_one_that_was_meant() {
    assert_eq!(
        refused("[smtp]\nhots = \"mail.example.org\"\n", &[]),
        "The configuration cannot be used, for one reason:\n\n\
         bidden.toml:2:1\n  \
         found     the unknown setting \"smtp.hots\"\n  \
         expected  the name of a setting\n  \
         next      Did you mean `smtp.host`?"
    );
}

#[test]
fn a_mistyped_variable_is_told_by_its_name() {
    assert_eq!(
        refused("", &[("BIDDEN_SMTP_HOTS", "mail.example.org")]),
        "The configuration cannot be used, for one reason:\n\n\
         BIDDEN_SMTP_HOTS\n  \
         found     an unknown variable\n  \
         expected  the variable of a setting\n  \
         next      Did you mean `BIDDEN_SMTP_HOST`?"
    );
}

#[test]
fn an_impossible_value_of_a_variable_names_the_variable() {
    assert_eq!(
        refused("", &[("BIDDEN_CODE_GUESSES", "6")]),
        "The configuration cannot be used, for one reason:\n\n\
         BIDDEN_CODE_GUESSES: code.guesses\n  \
         found     \"6\"\n  \
         expected  a whole number of guesses from 1 to 5"
    );
}

#[test]
fn everything_wrong_is_told_at_once_in_the_order_of_the_file_and_then_the_variables() {
    let text =
        "registration = \"opne\"\nlisten = 8000\ncolour = 1\n[session]\nidle = 7\n[smpt]\nhost = \"a\"\n";
    let env = [("BIDDEN_LOG_LEVEL", "loud"), ("BIDDEN_NOTHING_LIKE_IT", "1")];
    let problems = read(text, &env, FILES).err().unwrap();
    let places: Vec<String> = problems.list().iter().map(|problem| problem.place.to_string()).collect();
    assert_eq!(
        places,
        [
            "bidden.toml:1:16",
            "bidden.toml:2:10",
            "bidden.toml:3:1",
            "bidden.toml:5:8",
            "bidden.toml:6:2",
            "BIDDEN_LOG_LEVEL",
            "BIDDEN_NOTHING_LIKE_IT"
        ]
    );
    let text = problems.to_string();
    assert!(text.starts_with("The configuration cannot be used, for 7 reasons:"), "{text}");
    for next in
        ["Did you mean \"open\"?", "Did you mean `smtp`?", "such as \"10m\"", "See `bidden config example`"]
    {
        assert!(text.contains(next), "{next}: {text}");
    }
}

#[test]
fn a_setting_outside_its_section_is_told_with_its_section() {
    assert!(refused("certificate = \"/cert.pem\"", &[]).contains("Did you mean `tls.certificate`?"));
}

#[test]
fn a_value_where_a_section_belongs_is_told_without_the_value() {
    let text = refused("smtp = \"hunter2\"", &[]);
    assert!(text.contains("bidden.toml:1:8: smtp\n") && text.contains("the section [smtp]"), "{text}");
    assert!(!text.contains("hunter2"));
}

#[test]
fn a_section_where_a_value_belongs_is_told() {
    let text = refused("[listen]\nport = 8000", &[]);
    assert!(text.contains(": listen\n  found     a section"), "{text}");
}

#[test]
fn broken_toml_is_told_with_line_and_column() {
    for (text, place) in [
        ("listen = ", "bidden.toml:1:10"),
        ("site_name = \"x\"\nlisten = 127.0.0.1:8000\n", "bidden.toml:2:"),
        ("[smtp\nhost = \"a\"", "bidden.toml:1:"),
        ("log.level = \"info\"\nlog.level = \"warn\"\n", "bidden.toml:2:"),
        ("site_name = \"x\n", "bidden.toml:1:"),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(place) && told.contains("TOML that cannot be read"), "{told}");
    }
}

#[test]
fn a_key_with_a_quoted_dot_is_not_a_setting() {
    assert!(refused("\"smtp.host\" = \"a\"", &[]).contains("the unknown setting \"smtp.host\""));
}

#[test]
fn bytes_that_are_not_utf_8_are_told_with_line_and_column() {
    let bytes: &[u8] = b"site_name = \"x\"\nlog.level = \"\xff\"";
    let problems = Config::read(Some(("f", bytes)), std::iter::empty(), NO_FILES).err().unwrap().to_string();
    assert!(problems.contains("f:2:14\n  found     bytes that are not UTF-8"), "{problems}");
}

#[test]
fn a_file_too_large_to_be_a_configuration_is_refused() {
    let bytes = vec![b'\n'; LARGEST_FILE + 1];
    let read = |bytes: &[u8]| Config::read(Some(("f", bytes)), std::iter::empty(), NO_FILES).err();
    assert!(read(&bytes[..LARGEST_FILE]).is_none());
    assert!(read(&bytes).unwrap().to_string().contains("more than 1 MiB"));
}

#[test]
fn a_number_in_quotation_marks_and_a_duration_without_a_unit_are_told_how_to_be_written() {
    assert!(refused("smtp.port = \"587\"", &[]).contains("Leave out the quotation marks."));
    assert!(refused("code.lifetime = 600", &[]).contains("one of s, m, h, d"));
    assert!(refused("trusted_proxies = \"::1\"", &[]).contains("Write the list between brackets."));
    assert!(refused("site_name = true", &[]).contains("Write a text between quotation marks."));
}

#[test]
fn the_network_that_is_wrong_is_the_one_that_is_pointed_at() {
    let text = refused("trusted_proxies = [\"::1\", \"10.0.0.0/99\"]", &[]);
    assert!(text.contains("bidden.toml:1:27: trusted_proxies\n  found     \"10.0.0.0/99\""), "{text}");
    let text = refused("trusted_proxies = [\"0.0.0.0/0\"]", &[]);
    assert!(text.contains("anybody could claim to be anybody"), "{text}");
    assert!(refused("trusted_proxies = [1]", &[]).contains("bidden.toml:1:20"));
}

#[test]
fn one_line_of_broken_toml_is_told_once() {
    let text = "a = = = 1\nb = @ @ @\n";
    assert!(toml::de::DeTable::parse_recoverable(text).1.len() > 2);
    assert_eq!(read(text, &[], NO_FILES).err().unwrap().count(), 2);
}

#[test]
fn a_password_inside_an_address_is_not_shown() {
    let text = refused("public_url = \"https://me:hunter2@id.example.org\"", &[]);
    assert!(text.contains("public_url") && !text.contains("hunter2"), "{text}");
}
