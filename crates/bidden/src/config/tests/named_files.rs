//! The files that settings name.

use super::*;

#[test]
fn a_logo_and_a_style_sheet_are_read_at_start() {
    let look = accepted("look = { logo = \"/logo.png\", stylesheet = \"/full.css\" }", &[]).look;
    assert_eq!(look.logo.unwrap().media_type, "image/png");
    assert_eq!(look.stylesheet.unwrap().len(), 64 * 1024);
    assert_eq!(accepted("look.logo = \"/logo.svg\"", &[]).look.logo.unwrap().media_type, "image/svg+xml");
}

#[test]
fn a_file_that_is_missing_too_large_or_something_else_is_refused() {
    for (setting, why) in [
        ("look.logo = \"/nothing.png\"", "cannot be read"),
        ("look.logo = \"/full.css\"", "holds something else"),
        ("look.stylesheet = \"/over.css\"", "a larger file"),
        ("look.stylesheet = \"/latin1.css\"", "holds something else"),
        ("tls = { certificate = \"/key.pem\", key = \"/key.pem\" }", "holds something else"),
        ("tls = { certificate = \"/cert.pem\", key = \"/cert.pem\" }", "holds something else"),
        ("smtp.ca_file = \"/logo.svg\"", "holds something else"),
    ] {
        let text = refused(setting, &[]);
        assert!(text.contains(why) && text.contains("for one reason"), "{text}");
    }
}
