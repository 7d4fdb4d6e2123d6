//! `bidden config example`: a complete `bidden.toml` that changes nothing until a line is uncommented.

use super::table::{Fallback, Row, SECTIONS, TABLE};

const HEAD: &str = "\
# Settings of bidden. Nothing in this file is required.
#
# `#name = value` shows a default: remove the # and change the value.
# `##name = value` shows an example of a setting that has no default: remove both.
# Environment variables win over this file: BIDDEN_SMTP_HOST sets host in [smtp].
# `bidden config check` says what is wrong, what is in force and where it comes from.
";

const CLIENTS: &str = "\
Clients of the OpenID provider, one table for each; docs/config.md lists all that can be said of one.";

const CLIENT: &str = "\
[[clients]]
id = \"library\"
name = \"Library catalogue\"
secret_file = \"/run/secrets/library\"
redirect_uris = [\"https://library.example.org/signed-in\"]
scopes = [\"openid\", \"email\"]
";

/// The widest comment line.
const WIDTH: usize = 100;

/// The text of the example: every setting with its reason, what it takes, and its default.
pub(crate) fn example() -> String {
    let mut out = HEAD.to_owned();
    for section in SECTIONS {
        out.push('\n');
        if section.name.is_empty() {
            comment(&mut out, &format!("{}. {}", section.title, section.about));
        } else {
            comment(&mut out, section.about);
            out.push_str(&format!("[{}]\n", section.name));
        }
        for row in TABLE.iter().filter(|row| row.section() == section.name) {
            setting(&mut out, row);
        }
    }
    out.push('\n');
    comment(&mut out, CLIENTS);
    for line in CLIENT.lines() {
        out.push_str(&format!("# {line}\n"));
    }
    out
}

fn setting(out: &mut String, row: &Row) {
    out.push('\n');
    comment(out, row.reason);
    comment(out, &format!("Takes {}.", row.kind.expected()));
    match row.default {
        Fallback::Is(text) => out.push_str(&format!("#{} = {}\n", row.name(), row.kind.toml(text))),
        Fallback::Unset(meaning) => {
            comment(out, &format!("Not set: {meaning}."));
            out.push_str(&format!("##{} = {}\n", row.name(), row.kind.toml(row.example)));
        }
    }
}

/// Writes `text` as comment lines.
fn comment(out: &mut String, text: &str) {
    let mut line = String::from("#");
    for word in text.split(' ') {
        if line.chars().count().saturating_add(word.chars().count()) >= WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NO_FILES, read};
    use super::*;

    fn settings(marker: &str) -> String {
        let uncommented = |line: &str| match line.strip_prefix(marker) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => rest.to_owned(),
            _ => line.to_owned(),
        };
        example().lines().map(uncommented).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_example_as_it_is_changes_nothing() {
        let config = read(&example(), &[], NO_FILES).unwrap();
        assert_eq!(config.changed, []);
    }

    #[test]
    fn the_example_with_every_default_uncommented_equals_the_defaults() {
        let text = settings("#");
        assert!(text.contains("\ndata_dir = \"./bidden-data\"\n"), "{text}");
        let config = read(&text, &[], NO_FILES).unwrap();
        assert_eq!(config.changed, []);
        let defaults = text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count();
        assert_eq!(defaults, TABLE.iter().filter(|row| matches!(row.default, Fallback::Is(_))).count());
    }

    #[test]
    fn every_example_of_a_setting_without_a_default_is_read_as_that_setting() {
        let problems = read(&settings("##"), &[], NO_FILES).err().map(|problems| problems.to_string());
        // The files of the examples are not there, and nothing else is wrong.
        let text = problems.unwrap();
        assert_eq!(text.matches("cannot be read").count(), 6, "{text}");
        assert_eq!(text.matches("  found ").count(), 10, "{text}");
        assert!(text.contains("`sms.secret_file` beside `sms.secret`"), "{text}");
        assert!(text.contains("`sms.headers_file` beside `sms.headers`"), "{text}");
        assert!(text.contains("`smtp.password_file` beside `smtp.password`"), "{text}");
        assert!(text.contains("`store_file` beside `store`"), "{text}");
    }

    #[test]
    fn every_row_stands_in_the_example_once_and_no_line_is_too_long() {
        let text = example();
        for row in TABLE {
            let marked = format!("#{} = ", row.name());
            assert!(text.contains(&marked), "{}", row.key);
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 20), "{text}");
    }
}
