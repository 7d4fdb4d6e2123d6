//! Clients are read back as they were kept.

use std::time::Duration;

use model::client::{
    Client, ClientOrigin, ClientPages, ClientSecret, Lifetimes, Registered, SubjectType, TokenFormat,
};
use model::signing_key::KeyKind;
use store::clients;
use wire::jose::jwk_set::JwkSet;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::setting::{both, noon, seconds, token, write};

/// A client with nothing left out.
pub(crate) fn client(id: &str) -> Registered {
    let client = Client {
        id: id.to_owned(),
        name: "Exämple".to_owned(),
        verified: true,
        origin: ClientOrigin::Configuration,
        authentication: AuthenticationMethod::PrivateKeyJwt,
        grant_types: GrantType::ALL.to_vec(),
        redirect_uris: vec![RedirectUri::parse("https://app.example.org/cb").unwrap()],
        scopes: Scopes::parse("openid offline_access").unwrap(),
        resources: vec![Resource::parse("https://api.example.org").unwrap()],
        token_format: TokenFormat::Opaque,
        signing: KeyKind::EdDsa,
        subject_type: SubjectType::Pairwise("app.example.org".to_owned()),
        lifetimes: Lifetimes { code: Duration::from_secs(30), ..Lifetimes::default() },
        without_pkce: false,
        require_pushed: true,
        dpop_bound: true,
        unbound_refresh: true,
        user_code_scopes: Scopes::parse("openid").unwrap(),
        provisional_scopes: Scopes::parse("offline_access").unwrap(),
    };
    let keys = r#"{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"k1","kty":"OKP","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let home = Some("https://app.example.org/".to_owned());
    Registered {
        secrets: vec![
            ClientSecret { digest: token("new"), made_at: noon(), expires_at: None },
            ClientSecret { digest: token("old"), made_at: noon(), expires_at: Some(noon() + seconds(60)) },
        ],
        keys: Some(JwkSet::parse(keys.as_bytes()).unwrap()),
        keys_at: Some("https://app.example.org/jwks".to_owned()),
        post_logout_redirect_uris: vec![RedirectUri::parse("https://app.example.org/out").unwrap()],
        backchannel_logout: Some("https://app.example.org/logout".to_owned()),
        backchannel_session: true,
        userinfo_signing: Some(KeyKind::Rs256),
        introspection_signing: Some(KeyKind::Es256),
        default_max_age: Some(600),
        require_auth_time: true,
        default_acr_values: vec!["urn:a".to_owned()],
        pages: ClientPages { home, ..ClientPages::default() },
        contacts: vec!["ops@example.org".to_owned()],
        registration_token: Some(token("registration")),
        ..Registered::new(client, noon())
    }
}

#[test]
fn a_client_is_read_back_with_everything_that_was_kept_of_it() {
    both(|store| {
        let kept = client("c1");
        let own = kept.clone();
        assert!(write(store, move |tx| clients::claim_insert(tx, &own)));
        let found = store.read(|reader| clients::find(reader, "c1")).unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{kept:?}"));
        assert!(store.read(|reader| clients::find(reader, "c2")).unwrap().is_none());
    });
}

#[test]
fn a_secret_holds_until_its_end_and_another_one_never() {
    let kept = client("c1");
    assert!(kept.has_secret(&token("new"), noon() + seconds(600)));
    assert!(kept.has_secret(&token("old"), noon() + seconds(59)));
    assert!(!kept.has_secret(&token("old"), noon() + seconds(60)));
    assert!(!kept.has_secret(&token("other"), noon()));
}

#[test]
fn clients_are_changed_listed_in_steps_and_taken_away() {
    both(|store| {
        for id in ["c3", "c1", "c2"] {
            let own = client(id);
            write(store, move |tx| clients::put(tx, &own));
        }
        write(store, |tx| {
            let mut held = clients::find_held(tx, "c2")?.unwrap();
            held.client.name = "Other".to_owned();
            held.changed_at = noon() + seconds(1);
            clients::put(tx, &held)
        });
        let list = |after: Option<&'static str>| {
            let listed = store.read(|reader| clients::list(reader, after, 2)).unwrap();
            listed.into_iter().map(|kept| (kept.client.id, kept.client.name)).collect::<Vec<_>>()
        };
        let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(list(None), [named("c1", "Exämple"), named("c2", "Other")]);
        assert_eq!(list(Some("c2")), [named("c3", "Exämple")]);
        assert!(write(store, |tx| clients::claim_remove(tx, "c3")));
        assert_eq!(list(Some("c2")), []);
    });
}
