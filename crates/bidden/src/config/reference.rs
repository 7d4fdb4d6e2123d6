//! `bidden config reference`: the settings as Markdown, kept as `docs/config.md`.

use super::clients::{self, fields::Field};
use super::rules::RULES;
use super::table::{Fallback, Row, SECTIONS, TABLE};

const HEAD: &str = "\
# Settings

<!-- Made by `bidden config reference > docs/config.md` from crates/bidden/src/config/table.rs; do not edit. -->

bidden runs without any settings: it then listens on this machine only and shows mails on an inbox page.
What you set is taken from, later ones winning:

1. the defaults below;
2. `bidden.toml` in the directory where bidden is started, or the file given with `--config`;
3. environment variables: `BIDDEN_SMTP_HOST` sets `smtp.host`. An empty variable counts as not set; lists are
   written with commas between their items.

A setting or a `BIDDEN_*` variable that does not exist, and a value that cannot be, keep bidden from starting;
all of them are told at once, with their places. (Variables that Kubernetes makes for a Service named `bidden`
are passed over.) Relative paths start in the directory where bidden is started. Durations are a whole number
and one of `s`, `m`, `h`, `d`: `90s`, `10m`, `24h`, `30d`.

`bidden config example` prints a file with every setting, `bidden config check` what is in force and why.
";

const CLIENTS: &str = "
## Clients: `[[clients]]`

What may ask this server who somebody is (OpenID Connect, OAuth 2.0), one table `[[clients]]` for each. At a start the store
is brought into line: what is new is added, what differs is changed, and what is not declared any more goes, with all that
people had allowed it. Clients that were made by `bidden client` or that registered themselves are left alone. `bidden client
show NAME --toml` prints one as it would stand here.
";

/// The text of `docs/config.md`.
pub(crate) fn reference() -> String {
    let mut out = HEAD.to_owned();
    for section in SECTIONS {
        let name = if section.name.is_empty() { String::new() } else { format!(": `[{}]`", section.name) };
        out.push_str(&format!("\n## {}{name}\n\n{}\n", section.title, section.about));
        for row in TABLE.iter().filter(|row| row.section() == section.name) {
            out.push_str(&setting(row));
        }
    }
    out.push_str(CLIENTS);
    for field in clients::fields::FIELDS {
        out.push_str(&client(field));
    }
    out.push('\n');
    for rule in clients::RULES {
        out.push_str(&format!("- {}\n", rule.says));
    }
    out.push_str("\n## What settings must obey together\n\n");
    for rule in RULES {
        out.push_str(&format!("- {}\n", rule.says));
    }
    out
}

fn setting(row: &Row) -> String {
    let default = match row.default {
        Fallback::Is(text) => format!("`{}`", row.kind.toml(text)),
        Fallback::Unset(meaning) => format!("not set: {meaning}"),
    };
    format!(
        "\n### `{}`\n\n{}\n\n- takes {}\n- default: {default}\n- example: `{} = {}`\n- variable: `{}`\n",
        row.key,
        row.reason,
        row.kind.expected().replace('"', "`"),
        row.name(),
        row.kind.toml(row.example),
        row.variable(),
    )
}

fn client(field: &Field) -> String {
    let otherwise = if field.otherwise.is_empty() {
        "always said".to_owned()
    } else {
        format!("otherwise: {}", field.otherwise)
    };
    format!(
        "\n### `clients.{}`\n\n{}\n\n- takes {}\n- {otherwise}\n- example: `{} = {}`\n",
        field.name,
        field.reason,
        field.takes.replace('"', "`"),
        field.name,
        field.example,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_the_docs_is_current() {
        assert!(
            include_str!("../../../../docs/config.md") == reference(),
            "docs/config.md is stale. Make it anew with: bidden config reference > docs/config.md"
        );
    }

    #[test]
    fn every_setting_and_every_variable_stands_in_the_reference() {
        let text = reference();
        for row in TABLE {
            assert!(text.contains(&format!("### `{}`\n", row.key)));
            assert!(text.contains(&format!("- variable: `{}`\n", row.variable())));
        }
    }
}
