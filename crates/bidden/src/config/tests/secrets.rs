//! Passwords: where they may come from, and that nobody sees them.

use super::*;

const MAIL: &str = "[smtp]\nhost = \"localhost\"\nfrom = \"a@example.org\"\nusername = \"me\"\n";

fn password(config: &Config) -> &str {
    config.smtp.as_ref().unwrap().credentials.as_ref().unwrap().password.reveal()
}

#[test]
fn a_password_is_taken_from_the_file_a_variable_or_a_file_of_its_own() {
    assert_eq!(password(&accepted(&format!("{MAIL}password = \"typed\""), &[])), "typed");
    assert_eq!(password(&accepted(MAIL, &[("BIDDEN_SMTP_PASSWORD", "typed")])), "typed");
    assert_eq!(password(&accepted(&format!("{MAIL}password_file = \"/password\""), &[])), "from the file");
}

#[test]
fn the_later_source_of_a_password_wins() {
    let own = format!("{MAIL}password_file = \"/password\"");
    assert_eq!(password(&accepted(&own, &[("BIDDEN_SMTP_PASSWORD", "typed")])), "typed");
    let typed = format!("{MAIL}password = \"typed\"");
    assert_eq!(password(&accepted(&typed, &[("BIDDEN_SMTP_PASSWORD_FILE", "/password")])), "from the file");
}

#[test]
fn both_from_the_same_source_are_refused() {
    let both = format!("{MAIL}password = \"typed\"\npassword_file = \"/password\"");
    assert!(refused(&both, &[]).contains("bidden.toml:6:17: smtp.password_file"));
    let env = [("BIDDEN_SMTP_PASSWORD", "typed"), ("BIDDEN_SMTP_PASSWORD_FILE", "/password")];
    assert!(refused(MAIL, &env).contains("one of the two"));
}

#[test]
fn a_password_file_that_cannot_be_the_password_is_refused() {
    for (file, why) in [
        ("/two-lines", "holds more than one line"),
        ("/empty", "is empty"),
        ("/missing", "cannot be read"),
        ("/latin1.css", "is not UTF-8"),
        ("/over.css", "too much"),
    ] {
        let text = refused(&format!("{MAIL}password_file = \"{file}\""), &[]);
        assert!(text.contains(why) && text.contains("for one reason"), "{text}");
    }
}

#[test]
fn no_message_and_no_summary_shows_a_password() {
    let shown = [
        refused("smtp.password = \"hunter2\\u0000\"", &[]),
        refused("smtp.password = [\"hunter2\"]", &[]),
        refused("smtp.password = \"hunter2\"", &[]),
        refused("", &[("BIDDEN_SMTP_PASSWORD", "hunter2\u{7}")]),
        refused("", &[("BIDDEN_SMTP_PASSWORD_FILE", "hunter2")]),
        refused("[smtp]\npassword = hunter2", &[]),
        refused("[smtp]\npassword = \"hunter2", &[]),
        accepted(MAIL, &[("BIDDEN_SMTP_PASSWORD", "hunter2")]).summary(),
    ];
    for text in shown {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_summary_says_that_a_password_is_set_and_where() {
    let summary = accepted(MAIL, &[("BIDDEN_SMTP_PASSWORD", "hunter2")]).summary();
    assert!(summary.contains("smtp.password = set  (BIDDEN_SMTP_PASSWORD)"), "{summary}");
}
