//! What is said of a client on the command line, as the lines of TOML that a configuration file would have.

use crate::Failed;
use crate::cli::Said;
use crate::commands::visible;
use crate::config::clients::{self, toml_string};

/// The lines of a new client. `drawn` becomes its secret, if it has one.
pub(super) fn added(id: &str, said: &Said, drawn: &str) -> Result<String, Failed> {
    let mut lines = vec![("id".to_owned(), toml_string(id))];
    put_all(&mut lines, said)?;
    with_secret(&mut lines, drawn);
    Ok(text(&lines))
}

/// `before` with what is said now in its place, and without what is `unset`.
pub(super) fn changed(before: &str, said: &Said, unset: &[String]) -> Result<String, Failed> {
    let split = |line: &str| line.split_once(" = ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut lines: Vec<(String, String)> = before.lines().filter_map(split).collect();
    for name in unset {
        known(name)?;
        lines.retain(|(other, _)| other != name);
    }
    put_all(&mut lines, said)?;
    // Not used: the secrets that it has stay. The rules want one to be there.
    with_secret(&mut lines, "the-secret-that-it-has");
    Ok(text(&lines))
}

fn with_secret(lines: &mut Vec<(String, String)>, secret: &str) {
    let method = lines.iter().find(|(name, _)| name == "authentication").map(|(_, value)| value.as_str());
    if matches!(method, None | Some("\"client_secret_basic\"" | "\"client_secret_post\"")) {
        lines.push(("secret".to_owned(), toml_string(secret)));
    }
}

fn text(lines: &[(String, String)]) -> String {
    lines.iter().map(|(name, value)| format!("{name} = {value}\n")).collect()
}

fn put(lines: &mut Vec<(String, String)>, name: &str, value: String) {
    lines.retain(|(other, _)| other != name);
    lines.push((name.to_owned(), value));
}

fn put_all(lines: &mut Vec<(String, String)>, said: &Said) -> Result<(), Failed> {
    let list = |items: &[String]| {
        format!("[{}]", items.iter().map(|item| toml_string(item)).collect::<Vec<_>>().join(", "))
    };
    if let Some(name) = &said.name {
        put(lines, "name", toml_string(name));
    }
    if !said.redirect_uris.is_empty() {
        put(lines, "redirect_uris", list(&said.redirect_uris));
    }
    if !said.scopes.is_empty() {
        put(lines, "scopes", list(&said.scopes));
    }
    if said.public {
        put(lines, "authentication", toml_string("none"));
    }
    for set in &said.set {
        let (name, value) = set
            .split_once('=')
            .ok_or_else(|| Failed(format!("`{}` is not of the form FIELD=VALUE", visible(set))))?;
        let (name, value) = (name.trim(), value.trim());
        known(name)?;
        put(lines, name, as_toml(value));
    }
    Ok(())
}

/// A list, a number, true or false stand as they are, and so does what is between quotation marks; all else is a text.
fn as_toml(value: &str) -> String {
    let plain = matches!(value, "true" | "false")
        || (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()));
    let marked = value.starts_with('"') && value.ends_with('"') && value.len() > 1;
    if plain || marked || value.starts_with('[') { value.to_owned() } else { toml_string(value) }
}

fn known(name: &str) -> Result<(), Failed> {
    let mine = ["id", "secret", "secret_file", "old_secret", "old_secret_file"];
    if mine.contains(&name) {
        return Err(Failed(format!("`{name}` is not set so. `bidden client secret` draws a secret")));
    }
    if clients::names().any(|known| known == name) {
        return Ok(());
    }
    Err(Failed(format!(
        "nothing is called `{}` with a client. docs/config.md lists what can be said, under `[[clients]]`",
        visible(name)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(set: &[&str], public: bool) -> Said {
        Said {
            name: Some("A \"name\"".to_owned()),
            redirect_uris: vec!["https://a.example.org/cb".to_owned()],
            scopes: Vec::new(),
            public,
            set: set.iter().map(|set| (*set).to_owned()).collect(),
        }
    }

    #[test]
    fn options_become_the_lines_of_a_file() {
        let lines =
            added("web", &said(&["idle=2h", "default_max_age=60", "scopes=[\"openid\"]"], false), "s3");
        assert_eq!(
            lines.map_err(|why| why.0).unwrap(),
            "id = \"web\"\nname = \"A \\\"name\\\"\"\nredirect_uris = [\"https://a.example.org/cb\"]\nidle = \"2h\"\n\
             default_max_age = 60\nscopes = [\"openid\"]\nsecret = \"s3\"\n"
        );
        let lines = added("app", &said(&[], true), "s3").map_err(|why| why.0).unwrap();
        assert!(lines.contains("authentication = \"none\"\n") && !lines.contains("secret ="), "{lines}");
    }

    #[test]
    fn what_is_said_now_takes_the_place_of_what_was() {
        let before = "id = \"app\"\nname = \"Old\"\nauthentication = \"none\"\nidle = \"2h\"\n";
        let after = changed(before, &said(&["tokens=opaque"], false), &["idle".to_owned()]);
        let after = after.map_err(|why| why.0).unwrap();
        assert!(after.starts_with("id = \"app\"\nauthentication = \"none\"\nname = \"A"), "{after}");
        assert!(after.contains("tokens = \"opaque\"") && !after.contains("idle"), "{after}");
        for bad in ["colour=red", "secret=x", "id=y", "name"] {
            assert!(changed(before, &said(&[bad], false), &[]).is_err(), "{bad}");
        }
    }
}
