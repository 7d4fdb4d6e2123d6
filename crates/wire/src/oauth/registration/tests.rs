//! Metadata of clients, read, refused and written back.

use super::*;
use serde_json::{Value, json};

fn with(change: Value) -> Result<ClientMetadata, OauthError> {
    let mut document = json!({
        "redirect_uris": ["https://client.example.org/callback", "https://client.example.org/callback2"],
        "client_name": "My Example Client",
        "token_endpoint_auth_method": "client_secret_basic",
        "logo_uri": "https://client.example.org/logo.png",
        "jwks_uri": "https://client.example.org/my_public_keys.jwks",
        "example_extension_parameter": "example_value",
    });
    let members = document.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        if value.is_null() {
            members.remove(name)
        } else {
            members.insert(name.clone(), value.clone())
        };
    }
    ClientMetadata::parse(document.to_string().as_bytes())
}

fn code(change: Value) -> Option<ErrorCode> {
    with(change).err().map(|error| error.code)
}

#[test]
fn the_example_of_rfc_7591_is_read_with_its_defaults() {
    let read = with(json!({})).unwrap();
    assert_eq!(read.name.as_deref(), Some("My Example Client"));
    assert_eq!(read.grant_types, [GrantType::AuthorizationCode]);
    assert_eq!(read.redirect_uris.len(), 2);
    assert!(
        matches!(&read.keys, Keys::At(url) if url.to_string() == "https://client.example.org/my_public_keys.jwks")
    );
    assert!(!read.native && !read.pairwise && !read.dpop_bound && read.signing == Signing::default());
    let bare = with(json!({"token_endpoint_auth_method": null})).unwrap();
    assert_eq!(bare.authentication, AuthenticationMethod::ClientSecretBasic);
}

#[test]
fn every_member_is_read() {
    let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let read = with(json!({
        "jwks_uri": null, "jwks": serde_json::Value::Object(Object::parse("keys", key.as_bytes(), 999).unwrap().members().clone()),
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "PS256",
        "grant_types": ["refresh_token", "authorization_code"], "response_types": ["code"],
        "contacts": ["ops@example.org"], "scope": "openid email", "subject_type": "pairwise",
        "id_token_signed_response_alg": "EdDSA", "userinfo_signed_response_alg": "RS256",
        "default_max_age": 3600, "require_auth_time": true, "default_acr_values": ["urn:a"],
        "backchannel_logout_uri": "https://client.example.org/logout", "backchannel_logout_session_required": true,
        "post_logout_redirect_uris": ["https://client.example.org/bye"], "dpop_bound_access_tokens": true,
        "require_pushed_authorization_requests": true, "software_id": "abc", "software_version": "1.2",
        "client_uri": "https://client.example.org", "tos_uri": "https://client.example.org/tos",
    }))
    .unwrap();
    assert!(matches!(&read.keys, Keys::Here(set) if set.keys().len() == 1));
    assert_eq!(read.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
    assert_eq!(
        (read.signing.id_token, read.signing.authentication),
        (Some(Algorithm::EdDsa), Some(Algorithm::Ps256))
    );
    assert!(read.pairwise && read.dpop_bound && read.require_pushed && read.backchannel_session);
    assert_eq!((read.default_max_age, read.contacts.len()), (Some(3600), 1));
    assert_eq!(read.software, (Some("abc".to_owned()), Some("1.2".to_owned())));
    assert!(read.is_own(read.pages.home.as_ref().unwrap()));
    assert_eq!(ClientMetadata::parse(read.json().as_bytes()), Ok(read));
}

#[test]
fn the_answer_has_all_that_was_registered_and_what_was_given() {
    let read = with(json!({})).unwrap();
    let management = Some(("https://id.example.org/oauth/register/c1", "token"));
    let given = Registered { client_id: "c1", issued: 100, secret: Some("secret"), management };
    let answer = read.answer(&given);
    for part in [
        r#""client_id":"c1""#,
        r#""client_id_issued_at":100"#,
        r#""client_secret":"secret","client_secret_expires_at":0"#,
        r#""grant_types":["authorization_code"]"#,
        r#""registration_access_token":"token""#,
        r#""client_name":"My Example Client""#,
    ] {
        assert!(answer.contains(part), "{part} is not in {answer}");
    }
    assert!(!answer.contains("null") && !answer.contains("contacts"));
    let again = ClientMetadata::parse(answer.as_bytes()).unwrap();
    assert_eq!(again, ClientMetadata { id: Some("c1".to_owned()), ..read.clone() });
    let public = Registered { secret: None, management: None, ..given };
    assert!(!read.answer(&public).contains("secret\":"));
}

#[test]
fn a_page_of_somebody_else_is_not_its_own() {
    for page in [
        "https://bank.example/logo.png",
        "https://client.example.org.evil.example/",
        "https://www.client.example.org/",
    ] {
        let read = with(json!({"logo_uri": page})).unwrap();
        assert!(!read.is_own(read.pages.logo.as_ref().unwrap()), "{page}");
    }
}

#[test]
fn a_device_or_a_service_needs_no_redirect_uri() {
    let device = json!({"redirect_uris": null, "grant_types": [GrantType::DeviceCode.name()], "token_endpoint_auth_method": "none"});
    assert!(with(device).unwrap().redirect_uris.is_empty());
    let service = json!({"redirect_uris": null, "grant_types": ["client_credentials"], "response_types": []});
    assert!(with(service).is_ok());
}

#[test]
fn redirect_uris_are_held_to_their_rules() {
    for bad in [
        json!([]),
        json!(["http://client.example.org/cb"]),
        json!(["https://client.example.org/cb#x"]),
        json!(["https://*.example.org/cb"]),
        json!(["https://xn--bcher-kva.example/cb"]),
        json!(["com.example.app:/cb"]),
        json!(["https://client.example.org/cb", "javascript:alert(1)"]),
    ] {
        assert_eq!(code(json!({"redirect_uris": bad})), Some(ErrorCode::InvalidRedirectUri), "{bad}");
    }
    assert!(with(json!({"redirect_uris": ["com.example.app:/cb"], "application_type": "native"})).is_ok());
    assert!(with(json!({"redirect_uris": vec!["https://a.example/"; MOST_URIS]})).is_ok());
    assert!(with(json!({"redirect_uris": vec!["https://a.example/"; MOST_URIS + 1]})).is_err());
}

#[test]
fn what_cannot_be_registered_is_refused() {
    for bad in [
        json!({"redirect_uris": "https://client.example.org/cb"}),
        json!({"grant_types": ["implicit"]}),
        json!({"grant_types": ["password"]}),
        json!({"response_types": ["code", "token"]}),
        json!({"response_types": ["id_token"]}),
        json!({"token_endpoint_auth_method": "client_secret_jwt"}),
        json!({"token_endpoint_auth_method": "tls_client_auth"}),
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": null}),
        json!({"token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "client_credentials"]}),
        json!({"jwks": {"keys": []}}),
        json!({"jwks_uri": null, "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}),
        json!({"jwks_uri": "http://client.example.org/jwks"}),
        json!({"jwks_uri": "https://127.0.0.1/jwks"}),
        json!({"jwks_uri": "https://[::1]/jwks"}),
        json!({"logo_uri": "http://client.example.org/logo.png"}),
        json!({"logo_uri": "javascript:alert(1)"}),
        json!({"client_uri": "https://a@client.example.org/"}),
        json!({"client_uri": "https://xn--pple-43d.example/"}),
        json!({"client_uri": "https://Client.example.org/"}),
        json!({"client_name": ""}),
        json!({"client_name": "a\u{202e}b"}),
        json!({"client_name": "a".repeat(LONGEST_NAME + 1)}),
        json!({"client_name": 1}),
        json!({"contacts": ["nobody"]}),
        json!({"contacts": vec!["a@example.org"; MOST_CONTACTS + 1]}),
        json!({"subject_type": "private"}),
        json!({"subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"]}),
        json!({"id_token_signed_response_alg": "none"}),
        json!({"id_token_signed_response_alg": "HS256"}),
        json!({"id_token_signed_response_alg": "PS256"}),
        json!({"userinfo_signed_response_alg": "none"}),
        json!({"id_token_encrypted_response_alg": "RSA-OAEP"}),
        json!({"default_max_age": -1}),
        json!({"default_max_age": "3600"}),
        json!({"dpop_bound_access_tokens": "true"}),
        json!({"application_type": "desktop"}),
        json!({"software_id": ""}),
        json!({"client_id": "a b"}),
        json!({"backchannel_logout_uri": "http://client.example.org/logout"}),
        json!({"backchannel_logout_uri": "https://client.example.org/logout#a"}),
        json!({"backchannel_logout_uri": "https://10.0.0.1/logout"}),
        json!({"backchannel_logout_uri": "https://xn--pple-43d.example/logout"}),
        json!({"backchannel_logout_uri": ["https://client.example.org/logout"]}),
        json!({"backchannel_logout_session_required": "true"}),
    ] {
        assert_eq!(code(bad.clone()), Some(ErrorCode::InvalidClientMetadata), "{bad}");
    }
    assert_eq!(code(json!({"scope": "a  b"})), Some(ErrorCode::InvalidScope));
    assert_eq!(code(json!({"software_statement": "a.b.c"})), Some(ErrorCode::UnapprovedSoftwareStatement));
    for bad in [&b""[..], b"[]", b"{\"client_name\":\"a\",\"client_name\":\"b\"}", &[b' '; LONGEST + 1]] {
        assert!(ClientMetadata::parse(bad).is_err());
    }
}
