//! Another library as a judge of every token: it takes ours by the key set as we publish it, we take its tokens, and what one
//! of the two refuses the other refuses as well.

use flow::oauth::{introspect, userinfo};
use jsonwebtoken::jwk::Jwk as TheirJwk;
use jsonwebtoken::{Algorithm as Theirs, DecodingKey, EncodingKey, Header, TokenData, Validation};
use model::client::TokenFormat;
use model::secret::Secret;
use model::signing_key::{KeyKind, SigningKey};
use serde_json::{Value, json};
use wire::jose::algorithm::Algorithm;
use wire::jose::jwk_set::JwkSet;
use wire::jose::jws::Jws;
use wire::jose::verifying_key::VerifyingKey;
use wire::oauth::client_authentication::{ASSERTION_TYPE, AuthenticationMethod};
use wire::oauth::error::ErrorCode;
use wire::oidc::logout::{self, LogoutClaims};
use wire::token::{decode, encode};

use crate::providing::{ISSUER, Op, json as read, parameters, payload, text};
use crate::sim::source;

const fn theirs(kind: KeyKind) -> Theirs {
    match kind {
        KeyKind::Es256 => Theirs::ES256,
        KeyKind::EdDsa => Theirs::EdDSA,
        KeyKind::Rs256 => Theirs::RS256,
    }
}

/// The key of a set that the header names, as the other library reads it.
fn their_key(set: &str, token: &str) -> Option<(Theirs, DecodingKey)> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let set = read(set);
    let key = set["keys"].as_array()?.iter().find(|key| key["kid"].as_str() == header.kid.as_deref())?;
    let key: TheirJwk = serde_json::from_value(key.clone()).ok()?;
    // The key says what it is for, not the token.
    let algorithm: Theirs = key.common.key_algorithm?.to_string().parse().ok()?;
    Some((algorithm, DecodingKey::from_jwk(&key).ok()?))
}

/// What the other library makes of a token for `audience`. The time is the simulation's, so that it is not asked about it.
fn they_take(set: &str, token: &str, audience: &str) -> Option<TokenData<Value>> {
    let (algorithm, key) = their_key(set, token)?;
    let mut rules = Validation::new(algorithm);
    rules.required_spec_claims = ["iss", "aud"].map(str::to_owned).into();
    rules.validate_exp = false;
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[audience]);
    jsonwebtoken::decode::<Value>(token, &key, &rules).ok()
}

/// Whether we take it.
fn we_take(set: &JwkSet, token: &str) -> bool {
    let Ok(jws) = Jws::parse(token, &Algorithm::ALL) else { return false };
    let keys: Vec<VerifyingKey> = set
        .candidates(jws.algorithm(), jws.key_id())
        .filter_map(|key| VerifyingKey::new(key, jws.algorithm()).ok())
        .collect();
    keys.iter().any(|key| jws.verify(key).is_ok())
}

/// Every kind of token that is made here, with its type and for whom it is, signed by keys of this kind.
fn every_token(op: &mut Op, kind: KeyKind) -> Vec<(String, &'static str, &'static str)> {
    op.change("web", |web| {
        web.client.signing = kind;
        web.client.token_format = TokenFormat::Jwt;
        web.userinfo_signing = Some(kind);
        web.introspection_signing = Some(kind);
    });
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid+email+offline_access&nonce=n1", &anna);
    let first = op.redeem("web", &code, None).unwrap();
    let got = op.refresh("web", text(&first, "refresh_token"), None).unwrap();
    let access = text(&got, "access_token").to_owned();
    let own = op.token("web", "grant_type=client_credentials&scope=read", None).unwrap();
    let claims = LogoutClaims {
        issuer: ISSUER,
        client_id: "web",
        issued: op.seconds(),
        expires: op.seconds() + 120,
        id: "one",
        subject: &anna.account.id.to_string(),
        session: Some("s1"),
    };
    let signer = op.ring.signer(kind);
    let logout = signer.sign(&signer.header(logout::TYPE), claims.json().as_bytes()).unwrap();
    let userinfo::Told::Signed(userinfo) = op.told_about("Bearer", &access, None).unwrap() else { panic!() };
    let introspect::Told::Signed(introspection) = op.introspected("web", &access) else { panic!() };
    vec![
        (text(&first, "id_token").to_owned(), "JWT", "web"),
        (text(&got, "id_token").to_owned(), "JWT", "web"),
        (text(&first, "access_token").to_owned(), "at+jwt", ISSUER),
        (access, "at+jwt", ISSUER),
        (text(&own, "access_token").to_owned(), "at+jwt", ISSUER),
        (userinfo, "JWT", "web"),
        (introspection, "token-introspection+jwt", "web"),
        (logout, "logout+jwt", "web"),
    ]
}

#[test]
fn another_library_takes_every_token_by_the_published_keys_and_for_its_audience_only() {
    for kind in KeyKind::ALL {
        let mut op = Op::new();
        let tokens = every_token(&mut op, kind);
        let set = op.ring.public().json();
        for (token, typ, audience) in &tokens {
            let taken = they_take(&set, token, audience).unwrap_or_else(|| panic!("{kind:?} {typ}"));
            assert_eq!((taken.header.alg, taken.header.typ.as_deref()), (theirs(kind), Some(*typ)));
            let kid = taken.header.kid.unwrap();
            assert_eq!(kid, op.ring.signer(kind).id().to_string(), "{typ}");
            assert!(they_take(&set, token, "somebody else").is_none(), "{typ}");
            assert!(we_take(op.ring.public(), token), "{typ}");
        }
    }
}

/// One token, changed in every way that has ever been an attack.
fn forged(op: &Op, token: &str, kind: KeyKind) -> Vec<(&'static str, String)> {
    let [header, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let id = op.ring.signer(kind).id().to_string();
    let mut claims = payload(token);
    claims["sub"] = "somebody else".into();
    let other = encode(claims.to_string().as_bytes());
    let with = |header: &Value| encode(header.to_string().as_bytes());
    let mut all = vec![
        ("another payload", format!("{header}.{other}.{signature}")),
        ("no signature", format!("{header}.{body}.")),
        ("nobody's signature", format!("{header}.{body}.{}", encode(&[0; 64]))),
    ];
    for name in ["none", "None", "HS256", "ES256", "EdDSA", "RS256", "PS256", "ES384"] {
        if name != kind.code() {
            let header = with(&json!({"alg": name, "kid": id, "typ": "JWT"}));
            all.push(("another algorithm", format!("{header}.{body}.{signature}")));
            all.push(("another algorithm, unsigned", format!("{header}.{body}.")));
        }
    }
    let unknown = with(&json!({"alg": kind.code(), "kid": "nobody's", "typ": "JWT"}));
    all.push(("an unknown key", format!("{unknown}.{body}.{signature}")));
    // Signed with the public key for a secret, in the forms in which somebody may have it at hand.
    let public = op.ring.signer(kind).public().json();
    let material = read(&public);
    let raw = material["x"].as_str().or(material["n"].as_str()).unwrap();
    let bare = decode::<32>(raw).map(Vec::from).or_else(|_| decode::<256>(raw).map(Vec::from)).unwrap();
    let mut secret = Header::new(Theirs::HS256);
    secret.kid = Some(id);
    for bytes in [public.clone().into_bytes(), raw.as_bytes().to_vec(), bare] {
        let made = jsonwebtoken::encode(&secret, &claims, &EncodingKey::from_secret(&bytes)).unwrap();
        all.push(("HS256 with the public key", made));
    }
    all
}

#[test]
fn what_was_changed_or_signed_otherwise_is_refused_by_both() {
    for kind in KeyKind::ALL {
        let mut op = Op::new();
        let (token, _, audience) = every_token(&mut op, kind).swap_remove(0);
        let set = op.ring.public().json();
        assert!(we_take(op.ring.public(), &token) && they_take(&set, &token, audience).is_some());
        for (what, bad) in forged(&op, &token, kind) {
            let taken = (we_take(op.ring.public(), &bad), they_take(&set, &bad, audience).is_some());
            assert_eq!(taken, (false, false), "{kind:?}: {what}: {bad}");
        }
    }
}

/// A key of a client, as the other library signs with it, and its public half as a client publishes it.
fn client_key(kind: KeyKind) -> (EncodingKey, Value) {
    let secret: Secret<Vec<u8>> = SigningKey::generate(kind).unwrap();
    let bytes = secret.expose();
    let signing = match kind {
        KeyKind::Es256 => EncodingKey::from_ec_der(bytes),
        KeyKind::EdDsa => EncodingKey::from_ed_der(bytes),
        // It wants PKCS #1, which stands in PKCS #8 behind a head of 26 bytes.
        KeyKind::Rs256 => EncodingKey::from_rsa_der(bytes.get(26..).unwrap()),
    };
    let mut public = read(&SigningKey::read(kind, &secret).unwrap().public().json());
    public.as_object_mut().unwrap().remove("alg");
    public["kid"] = "own".into();
    (signing, public)
}

/// A statement of the client `job`.
fn statement(op: &Op, algorithm: Theirs, key: &EncodingKey, id: &str) -> String {
    let now = op.seconds();
    let claims = json!({"iss": "job", "sub": "job", "aud": ISSUER, "jti": id, "iat": now, "exp": now + 60});
    let mut header = Header::new(algorithm);
    header.kid = Some("own".to_owned());
    jsonwebtoken::encode(&header, &claims, key).unwrap()
}

fn proved(op: &mut Op, statement: &str) -> Result<(), ErrorCode> {
    let body =
        wire::form::encode([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", statement)]);
    op.prove(&parameters(&body)).map(|_| ()).map_err(|error| error.code)
}

#[test]
fn statements_that_another_library_signed_are_read_and_strangers_are_not() {
    for (kind, algorithm) in [
        (KeyKind::Es256, Theirs::ES256),
        (KeyKind::EdDsa, Theirs::EdDSA),
        (KeyKind::Rs256, Theirs::RS256),
        (KeyKind::Rs256, Theirs::PS256),
    ] {
        let mut op = Op::new();
        let ((key, public), (stranger, _)) = (client_key(kind), client_key(kind));
        let mut job = crate::providing::confidential("job");
        job.client.authentication = AuthenticationMethod::PrivateKeyJwt;
        op.register(job);
        let set = json!({"keys": [public]}).to_string();
        op.change("job", |job| job.keys = Some(JwkSet::parse(set.as_bytes()).unwrap()));
        let good = statement(&op, algorithm, &key, "1");
        assert_eq!(proved(&mut op, &good), Ok(()), "{algorithm:?}");
        let foreign = statement(&op, algorithm, &stranger, "2");
        assert_eq!(proved(&mut op, &foreign), Err(ErrorCode::InvalidClient), "{algorithm:?}");
        let secret = EncodingKey::from_secret(public.to_string().as_bytes());
        let confused = statement(&op, Theirs::HS256, &secret, "3");
        assert!(proved(&mut op, &confused).is_err(), "{algorithm:?}");
        let (header, rest) = good.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        let late = json!({"iss": "job", "sub": "job", "aud": ISSUER, "jti": "1", "exp": 4_102_444_800_i64});
        for changed in [
            format!("{header}.{}.{signature}", encode(late.to_string().as_bytes())),
            format!("{}.{payload}.", encode(br#"{"alg":"none","kid":"own"}"#)),
            format!("{header}.{payload}."),
        ] {
            assert!(proved(&mut op, &changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn a_proof_of_a_key_that_another_library_signed_binds_the_tokens_to_it() {
    let mut op = Op::new();
    let (key, mut public) = client_key(KeyKind::Es256);
    public.as_object_mut().unwrap().retain(|name, _| ["kty", "crv", "x", "y"].contains(&name.as_str()));
    let nonce = flow::oauth::proof::nonce(op.sim.store.keys(), op.sim.now);
    let claims = json!({
        "jti": "1", "htm": "POST", "htu": format!("{ISSUER}/oauth/token"), "iat": op.seconds(), "nonce": nonce,
    });
    let mut header = Header::new(Theirs::ES256);
    header.typ = Some("dpop+jwt".to_owned());
    let embedded: TheirJwk = serde_json::from_value(public).unwrap();
    header.jwk = Some(embedded);
    let proof = jsonwebtoken::encode(&header, &claims, &key).unwrap();
    let got = op.token_from("web", "grant_type=client_credentials&scope=read", Some(&proof), source(1));
    assert_eq!(got.unwrap()["token_type"], "DPoP");
    let again = op.token("web", "grant_type=client_credentials&scope=read", Some(&proof));
    assert_eq!(again.unwrap_err().code, ErrorCode::InvalidDpopProof, "it is good once");
}
