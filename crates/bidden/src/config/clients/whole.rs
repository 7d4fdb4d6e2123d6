//! Table: what must go together in a client.

use model::provisional::NEVER_LEFT;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::token::GrantType;

use super::draft::Draft;

/// What is wrong, and where.
pub(super) struct Broken {
    pub(super) field: &'static str,
    pub(super) found: &'static str,
    pub(super) expected: &'static str,
}

/// One rule.
pub(in crate::config) struct Rule {
    /// What it asks and why, for the reference.
    pub(in crate::config) says: &'static str,
    /// Where it is broken.
    pub(super) check: fn(&Draft) -> Option<Broken>,
}

fn broken(is: bool, field: &'static str, found: &'static str, expected: &'static str) -> Option<Broken> {
    is.then_some(Broken { field, found, expected })
}

fn code(draft: &Draft) -> bool {
    draft.registered.client.grant_types.contains(&GrantType::AuthorizationCode)
}

fn by_secret(draft: &Draft) -> bool {
    matches!(
        draft.registered.client.authentication,
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    )
}

fn is(draft: &Draft, method: AuthenticationMethod) -> bool {
    draft.registered.client.authentication == method
}

/// Every rule, in the order in which they are printed.
pub(in crate::config) const RULES: &[Rule] = &[
    Rule {
        says: "`id` and `name` are said of every client.",
        check: |draft| {
            broken(!draft.says("id"), "id", "nothing", "the name by which the client is known").or_else(
                || broken(!draft.says("name"), "name", "nothing", "what people are told it is called"),
            )
        },
    },
    Rule {
        says: "`redirect_uris` go with the grant type `authorization_code`, and the other way round.",
        check: |draft| {
            let uris = !draft.registered.client.redirect_uris.is_empty();
            broken(
                code(draft) && !uris,
                "redirect_uris",
                "none",
                "where answers may go, with authorization_code",
            )
            .or_else(|| {
                broken(!code(draft) && uris, "redirect_uris", "some", "none without authorization_code")
            })
        },
    },
    Rule {
        says: "`client_secret_basic` and `client_secret_post` need `secret` or `secret_file`; other clients have neither.",
        check: |draft| {
            let has = draft.has_secret();
            broken(
                by_secret(draft) && !has,
                "authentication",
                "no secret",
                "`secret` or `secret_file` beside it",
            )
            .or_else(|| {
                let field = if draft.says("secret") { "secret" } else { "secret_file" };
                broken(!by_secret(draft) && has, field, "a secret", "none with this `authentication`")
            })
        },
    },
    Rule {
        says: "`secret` and `secret_file` are two places for one thing, and so are `old_secret` and `old_secret_file`; an old \
               secret stands beside a new one.",
        check: |draft| {
            let both = |one, other| draft.says(one) && draft.says(other);
            let old = draft.says("old_secret") || draft.says("old_secret_file");
            let field = if draft.says("old_secret") { "old_secret" } else { "old_secret_file" };
            broken(both("secret", "secret_file"), "secret_file", "beside `secret`", "one of the two")
                .or_else(|| {
                    broken(
                        both("old_secret", "old_secret_file"),
                        "old_secret_file",
                        "beside `old_secret`",
                        "one of the two",
                    )
                })
                .or_else(|| {
                    broken(old && !draft.has_secret(), field, "an old secret alone", "a new one beside it")
                })
        },
    },
    Rule {
        says: "`private_key_jwt` needs `jwks_file` or `jwks_uri`, and never both.",
        check: |draft| {
            let (file, url) = (draft.says("jwks_file"), draft.says("jwks_uri"));
            broken(file && url, "jwks_uri", "beside `jwks_file`", "one of the two").or_else(|| {
                let bare = is(draft, AuthenticationMethod::PrivateKeyJwt)
                    && !file
                    && !url
                    && draft.registered.keys.is_none();
                broken(bare, "authentication", "no keys", "`jwks_file` or `jwks_uri` beside it")
            })
        },
    },
    Rule {
        says: "A client that proves nothing (`none`) cannot act for itself (`client_credentials`), and `pkce` stays on for it.",
        check: |draft| {
            let public = is(draft, AuthenticationMethod::None);
            let own = draft.registered.client.grant_types.contains(&GrantType::ClientCredentials);
            broken(public && own, "grant_types", "client_credentials", "another grant type, or a proof")
                .or_else(|| {
                    let bare = public && draft.registered.client.without_pkce;
                    broken(bare, "pkce", "false", "true where nothing else protects the code")
                })
        },
    },
    Rule {
        says: "`subject = \"pairwise\"` needs `sector`, unless all `redirect_uris` have one https host, which is it then.",
        check: |draft| {
            broken(
                draft.pairwise && draft.own_sector().is_none(),
                "subject",
                "several hosts, or none",
                "`sector` beside it",
            )
        },
    },
    Rule {
        says: "`provisional_scopes` are some of `scopes`, and never `offline_access`.",
        check: |draft| {
            let (client, field) = (&draft.registered.client, "provisional_scopes");
            let left = &client.provisional_scopes;
            let never = NEVER_LEFT.iter().any(|scope| left.has(scope));
            broken(never, field, "offline_access", "scopes for the time in which it is doubted").or_else(
                || {
                    let wider = draft.says(field) && !left.is_within(&client.scopes);
                    broken(wider, field, "a scope beyond `scopes`", "some of `scopes`")
                },
            )
        },
    },
    Rule {
        says: "`user_code_scopes` are among `scopes`, and go with the grant type of devices.",
        check: |draft| {
            let client = &draft.registered.client;
            let (own, all) = (&client.user_code_scopes, &client.scopes);
            let devices = client.grant_types.contains(&GrantType::DeviceCode);
            broken(!own.is_within(all), "user_code_scopes", "more than `scopes`", "some of `scopes`").or_else(
                || {
                    let alone = !own.is_empty() && !devices;
                    let wanted = "\"urn:ietf:params:oauth:grant-type:device_code\" in `grant_types`";
                    broken(alone, "user_code_scopes", "no device", wanted)
                },
            )
        },
    },
    Rule {
        says: "`idle` is at most `absolute`.",
        check: |draft| {
            let times = &draft.registered.client.lifetimes;
            let field = if draft.says("idle") { "idle" } else { "absolute" };
            broken(times.idle > times.absolute, field, "idle longer than absolute", "idle at most absolute")
        },
    },
];
