//! Clients in the file: what is read of them, what is refused and where, and that what is written is read again.

use model::client::SubjectType;
use wire::oauth::client_authentication::AuthenticationMethod;

use super::super::clients::{self, Declared, fields::FIELDS};
use super::*;

const SECRET: &str = "sixteen-letters-";

const FILES: Read<'static> = &|path, most| {
    let bytes: Vec<u8> = match path.to_str().unwrap() {
        "/secret" => format!("{SECRET}\n").into(),
        "/short" => b"short\n".into(),
        "/jwks" => {
            br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
                .into()
        }
        "/none" => br#"{"keys":[]}"#.into(),
        _ => return Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    Ok(bytes.into_iter().take(most).collect())
};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const WEB: &str = "[[clients]]\nid = \"web\"\nname = \"Web\"\nsecret_file = \"/secret\"\n\
                   redirect_uris = [\"https://a.example.org/cb\"]\n";
const APP: &str = "[[clients]]\nid = \"app\"\nname = \"App\"\nauthentication = \"none\"\n\
                   redirect_uris = [\"http://127.0.0.1/cb\", \"com.example.app:/cb\"]\n";

fn declared(text: &str) -> Vec<Declared> {
    read(text, &[], FILES).unwrap_or_else(|problems| panic!("{problems}")).clients
}

fn told(text: &str) -> String {
    read(text, &[], FILES).err().expect("it should be refused").to_string()
}

#[test]
fn a_file_declares_as_many_clients_as_it_likes_beside_its_settings() {
    let all = declared(&format!("site_name = \"Library\"\n{WEB}{APP}"));
    let [web, app] = all.as_slice() else { panic!("{} clients", all.len()) };
    assert_eq!((web.registered.client.id.as_str(), web.registered.client.verified), ("web", true));
    assert_eq!(web.secrets.iter().map(|secret| secret.reveal()).collect::<Vec<_>>(), [SECRET]);
    assert_eq!(web.registered.client.authentication, AuthenticationMethod::ClientSecretBasic);
    assert_eq!(web.registered.client.scopes.to_string(), "openid");
    assert!(app.secrets.is_empty() && app.registered.client.redirect_uris.len() == 2);
    assert!(declared("").is_empty());
}

#[test]
fn every_mistake_is_told_where_it_stands() {
    let text = told(&format!("{WEB}scopes = [\"openid\", \"e mail\"]\nidle = \"10s\"\ncolour = \"red\"\n"));
    assert!(text.contains("for 3 reasons"), "{text}");
    assert!(text.contains("bidden.toml:6:21: clients.scopes\n  found     \"e mail\""), "{text}");
    assert!(
        text.contains(
            "bidden.toml:7:8: clients.idle\n  found     \"10s\"\n  expected  a duration from \"1h\""
        ),
        "{text}"
    );
    assert!(text.contains("bidden.toml:8:1: clients\n  found     the unknown \"colour\""), "{text}");
    let text = told(&format!("{WEB}{WEB}"));
    assert!(text.contains("bidden.toml:7:6: clients.id\n  found     \"web\""), "{text}");
    let text = told(&WEB.replace("redirect_uris", "redirect_uri"));
    assert!(text.contains("Did you mean `redirect_uris`?"), "{text}");
    for (text, place) in
        [("clients = 1", "1:11"), ("clients = [1]", "1:12"), ("[clients]\nid = \"a\"", "1:1")]
    {
        assert!(told(text).contains(&format!("bidden.toml:{place}: clients\n")), "{text}: {}", told(text));
    }
}

#[test]
fn what_must_go_together_is_told() {
    for (text, expected) in [
        (WEB.replace("id = \"web\"\n", ""), "clients.id\n  found     nothing"),
        (WEB.replace("name = \"Web\"\n", ""), "clients.name\n  found     nothing"),
        (WEB.replace("secret_file = \"/secret\"\n", ""), "clients.authentication\n  found     no secret"),
        (format!("{WEB}secret = \"{SECRET}\"\n"), "beside `secret`"),
        (format!("{APP}secret = \"{SECRET}\"\n"), "none with this `authentication`"),
        (format!("{APP}old_secret = \"{SECRET}\"\n"), "an old secret alone"),
        (format!("{WEB}grant_types = [\"client_credentials\"]\n"), "none without authorization_code"),
        (APP.replace("redirect_uris", "post_logout_redirect_uris"), "where answers may go"),
        (
            format!("{APP}grant_types = [\"authorization_code\", \"client_credentials\"]\n"),
            "another grant type, or a proof",
        ),
        (format!("{APP}pkce = false\n"), "true where nothing else protects the code"),
        (WEB.replace("secret_file = \"/secret\"", "authentication = \"private_key_jwt\""), "no keys"),
        (format!("{APP}jwks_file = \"/jwks\"\njwks_uri = \"https://a.example.org/k\"\n"), "one of the two"),
        (format!("{APP}subject = \"pairwise\"\n"), "`sector` beside it"),
        (format!("{WEB}idle = \"2d\"\nabsolute = \"1d\"\n"), "idle at most absolute"),
        (format!("{WEB}user_code_scopes = [\"openid\"]\n"), "device_code\" in `grant_types`"),
        (
            format!(
                "{WEB}grant_types = [\"authorization_code\", \"{DEVICE}\"]\nuser_code_scopes = [\"admin\"]\n"
            ),
            "some of `scopes`",
        ),
    ] {
        let told = told(&text);
        assert!(told.contains(expected) && told.contains("for one reason"), "{text}: {told}");
    }
}

#[test]
fn a_secret_is_never_shown_and_a_file_says_what_is_wrong_with_it() {
    let text = told(&WEB.replace("secret_file = \"/secret\"", "secret = \"hunter2\""));
    assert!(!text.contains("hunter2") && text.contains("a secret, which is not shown"), "{text}");
    for (file, why) in [
        ("secret_file = \"/short\"", "\"/short\", which holds something else than 16"),
        ("secret_file = \"/gone\"", "\"/gone\", which cannot be read"),
    ] {
        let text = told(&WEB.replace("secret_file = \"/secret\"", file));
        assert!(text.contains(why) && text.contains("bidden.toml:4:15: clients.secret_file"), "{text}");
    }
    for (file, why) in
        [("/none", "no key that can be used"), ("/secret", "holds no key set"), ("/gone", "cannot be read")]
    {
        let text = told(&format!("{APP}jwks_file = \"{file}\"\n"));
        assert!(text.contains(why) && text.contains("clients.jwks_file"), "{text}");
    }
}

#[test]
fn a_sector_is_the_one_host_or_the_one_that_is_said() {
    let sector = |text: &str| match &declared(text)[0].registered.client.subject_type {
        SubjectType::Pairwise(sector) => sector.clone(),
        SubjectType::Public => String::new(),
    };
    assert_eq!(sector(&format!("{WEB}subject = \"pairwise\"\n")), "a.example.org");
    assert_eq!(sector(&format!("{WEB}subject = \"pairwise\"\nsector = \"example.org\"\n")), "example.org");
    assert_eq!(sector(&format!("{WEB}sector = \"example.org\"\n")), "");
}

#[test]
fn every_example_is_taken_and_what_is_written_of_a_client_is_read_as_the_same() {
    for field in FIELDS {
        // With whatever else it needs.
        let mut lines: Vec<String> = WEB.lines().skip(1).map(str::to_owned).collect();
        lines.retain(|line| !line.starts_with(&format!("{} =", field.name)));
        let example = field
            .example
            .replace("/run/secrets/library_old", "/secret")
            .replace("/run/secrets/library", "/secret");
        let example = example.replace("/etc/bidden/library.jwks", "/jwks");
        match field.name {
            "secret" | "authentication" => lines.retain(|line| !line.starts_with("secret_file")),
            _ => {}
        }
        if field.name == "user_code_scopes" {
            lines.push(format!("grant_types = [\"authorization_code\", \"{DEVICE}\"]"));
        }
        if field.name == "authentication" {
            lines.push("jwks_file = \"/jwks\"".to_owned());
        }
        lines.push(format!("{} = {example}", field.name));
        let text = lines.join("\n");
        let read = clients::from_lines(("client", &text), None, FILES)
            .unwrap_or_else(|problems| panic!("{text}\n{problems}"));
        let written = clients::lines(&read.registered);
        let secret =
            ["secret", "secret_file", "old_secret", "old_secret_file", "jwks_file"].contains(&field.name);
        let plain = matches!(field.name, "sector");
        assert!(
            secret || plain || written.contains(&format!("{} = {}\n", field.name, field.example)),
            "{written}"
        );
        // Read again, with the secret that is never written.
        let again = match read.registered.client.authentication {
            AuthenticationMethod::ClientSecretBasic => format!("{written}secret_file = \"/secret\"\n"),
            _ => format!("{written}jwks_file = \"/jwks\"\n"),
        };
        let again = clients::from_lines(("client", &again), None, FILES)
            .unwrap_or_else(|problems| panic!("{again}\n{problems}"));
        assert_eq!(clients::lines(&again.registered), written);
    }
}

#[test]
fn the_example_of_a_client_is_read_as_one() {
    let text: String = super::super::example()
        .lines()
        .skip_while(|line| *line != "# [[clients]]")
        .map(|line| format!("{}\n", line.trim_start_matches("# ")))
        .collect();
    assert_eq!(declared(&text.replace("/run/secrets/library", "/secret")).len(), 1);
}

#[test]
fn the_profile_for_the_conformance_suite_is_accepted() {
    let text = include_str!("../../../../../examples/conformance/bidden.toml");
    let files: Read<'static> = &|path, most| match path.extension().and_then(|end| end.to_str()) {
        Some("secret") => FILES(Path::new("/secret"), most),
        _ => FILES(Path::new("/jwks"), most),
    };
    // Behind a proxy, as the README says.
    let text = format!("trusted_proxies = [\"127.0.0.1\"]\n{text}");
    let config = read(&text, &[], files).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(config.clients.len(), 5);
}

#[test]
fn every_field_is_named_once_and_explained() {
    let names: std::collections::BTreeSet<&str> = clients::names().collect();
    assert_eq!(names.len(), FIELDS.len());
    for field in FIELDS {
        assert!(field.reason.ends_with('.') && field.reason.len() < 320, "{}", field.name);
    }
}
