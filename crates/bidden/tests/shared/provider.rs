//! Table: what the standards of a provider ask for, section by section, for docs/standards.md.

use crate::checked::Met::{No, NotHere, Partly, Yes};
use crate::checked::{Row, row};

/// A standard with its rows.
pub(crate) struct Standard {
    pub(crate) name: &'static str,
    pub(crate) rows: &'static [Row],
}

pub(crate) const STANDARDS: &[Standard] = &[
    Standard { name: "RFC 9700: best current practice for OAuth 2.0 security", rows: RFC_9700 },
    Standard { name: "RFC 9068: JWT profile for access tokens", rows: RFC_9068 },
    Standard { name: "RFC 9126: pushed authorization requests", rows: RFC_9126 },
    Standard { name: "RFC 9207: issuer identification", rows: RFC_9207 },
    Standard { name: "RFC 9449: proof of possession (DPoP)", rows: RFC_9449 },
    Standard { name: "OpenID Connect Core 1.0", rows: CORE },
];

const RFC_9700: &[Row] = &[
    row("§2.1, §4.1", 0, "redirect URIs are compared exactly, but for the port of the loopback", Yes)
        .at(&["crates/wire/src/oauth/redirect_uri.rs", "crates/model/src/client.rs"])
        .by(&[
            "an_address_is_met_exactly",
            "on_the_loopback_the_port_is_free_and_nothing_else",
            "the_person_is_told_what_nobody_else_may_be_told",
        ]),
    row(
        "§2.1, §4.11",
        0,
        "no open redirector: nothing goes where no client has registered, errors neither",
        Yes,
    )
    .at(&["crates/flow/src/oauth/request.rs", "crates/web/src/pages/confirm.rs"])
    .by(&[
        "until_client_and_redirect_are_right_the_person_is_told_and_nobody_else",
        "without_a_sound_target_nobody_is_answered_but_the_person",
    ]),
    row("§2.1, §4.7", 0, "requests cannot be forged for somebody: PKCE, `state`, `nonce`", Yes)
        .at(&["crates/model/src/client.rs", "crates/web/src/posted.rs"])
        .by(&[
            "a_challenge_is_needed_but_where_an_operator_excuses_a_confidential_client",
            "a_look_gives_nothing_and_a_form_of_another_site_neither",
        ]),
    row("§2.1.1", 0, "PKCE: supported, demanded of public clients, S256 alone", Yes)
        .at(&["crates/wire/src/oauth/pkce.rs", "crates/model/src/client.rs"])
        .by(&[
            "only_s256_is_taken",
            "a_challenge_is_needed_but_where_an_operator_excuses_a_confidential_client",
        ])
        .note("Of confidential ones as well, where no operator excuses one"),
    row("§2.1.2", 0, "no implicit grant", Yes)
        .at(&["crates/wire/src/oauth/authorization.rs"])
        .by(&["everything_else_goes_back_to_the_client"]),
    row("§2.2.1, §4.10.1", 0, "access tokens can be bound to a key of the client", Yes)
        .at(&["crates/flow/src/oauth/proof.rs", "crates/wire/src/oauth/dpop.rs"])
        .by(&[
            "row_29_a_stolen_token_is_of_no_use_without_its_key",
            "row_29_a_proof_belongs_to_one_access_token",
        ])
        .note("By DPoP; mutual TLS (RFC 8705) is not here. Demanded only where a client says so"),
    row("§2.2.2, §4.14", 0, "refresh tokens of public clients are bound to a key or rotated", Yes)
        .at(&["crates/model/src/refresh_token.rs", "crates/flow/src/oauth/refresh.rs"])
        .by(&[
            "a_public_client_without_a_key_gets_no_refresh_token",
            "row_30_a_used_token_whose_successor_was_used_ends_the_family",
            "row_30_the_same_on_two_nodes_of_one_database",
        ])
        .note("Both, and of all clients"),
    row(
        "§2.3, §4.10.2",
        0,
        "an access token is for named services, and reaches no further than was granted",
        Yes,
    )
    .at(&["crates/flow/src/oauth/issue.rs", "crates/model/src/grant.rs"])
    .by(&["a_token_reaches_as_far_as_its_grant_or_less_far", "fewer_scopes_can_be_asked_for_and_never_more"]),
    row("§2.4", 0, "no password grant", Yes)
        .at(&["crates/wire/src/oauth/token.rs"])
        .by(&["errors_of_the_token_endpoint_are_those_of_the_standards"]),
    row("§2.5", 0, "clients that can prove themselves do, best by a key", Yes)
        .at(&["crates/flow/src/oauth/client.rs"])
        .by(&[
            "a_client_proves_itself_in_its_registered_way_only",
            "a_client_proves_itself_in_its_registered_way_and_no_statement_holds_twice",
        ]),
    row("§2.6", 0, "metadata are published (RFC 8414)", Yes)
        .at(&["crates/web/src/oauth/published.rs"])
        .by(&["both_well_known_places_have_the_same_document_and_anybody_may_read_it"]),
    row("§2.6", 0, "pages of others may call the token endpoint, and never the authorization endpoint", Yes)
        .at(&["crates/web/src/oauth/called.rs"])
        .by(&["pages_of_others_may_call_what_no_cookie_opens_and_nothing_else"]),
    row("§2.6, §4.15", 0, "no client chooses a name that could be a person's", Yes)
        .at(&["crates/flow/src/oauth/register.rs", "crates/flow/src/oauth/client_credentials.rs"])
        .by(&["a_client_that_acts_for_itself_is_about_nobody"])
        .note("Subjects are drawn identifiers; what registers itself gets a drawn name"),
    row("§4.2, §4.3", 0, "codes do not leak by referrers or histories, and are worth nothing soon", Yes)
        .at(&["crates/web/src/headers.rs", "crates/model/src/authorization_code.rs"])
        .by(&[
            "row_48_every_answer_of_every_path_and_method_forbids_framing_sniffing_and_foreign_content",
            "a_code_is_spent_by_its_first_use_and_a_second_one_ends_what_came_of_it",
        ])
        .note("A minute, once, with the verifier; access tokens are never in an address"),
    row("§4.4", 0, "clients of several providers can tell who answered", Yes)
        .at(&["crates/flow/src/oauth/request.rs"])
        .by(&["everything_else_is_answered_to_the_client_with_state_and_issuer"]),
    row("§4.5", 0, "a stolen code cannot be put into another session", Yes)
        .at(&["crates/model/src/authorization_code.rs"])
        .by(&["whatever_does_not_fit_a_code_spends_it", "another_client_neither_uses_a_code_nor_spends_it"]),
    row("§4.6", 0, "a stolen access token cannot be put into another session", Yes)
        .at(&["crates/wire/src/oidc/id_token.rs"])
        .by(&["at_hash_is_that_of_the_standard"])
        .note("None comes through the browser; `at_hash` binds it to the ID token"),
    row("§4.8", 0, "PKCE cannot be taken away: a verifier without a challenge is refused", Yes)
        .at(&["crates/model/src/authorization_code.rs"])
        .by(&["whatever_does_not_fit_a_code_spends_it"]),
    row("§4.9", 0, "what leaks at a service is of little use", Yes)
        .at(&["crates/flow/src/oauth/introspect.rs"])
        .by(&[
            "a_service_learns_about_tokens_for_itself_and_about_no_others",
            "an_access_token_lasts_five_minutes_and_a_code_one_unless_said_otherwise",
        ]),
    row("§4.12", 0, "redirects after a form are 303", Yes)
        .at(&["crates/web/src/page.rs"])
        .by(&["a_person_signs_in_on_the_way_consents_and_the_client_gets_its_tokens"]),
    row("§4.13", 0, "what a proxy says is believed of known proxies only", Yes)
        .at(&["crates/wire/src/http/forwarded.rs", "docs/decisions/0002-forwarded-is-not-read.md"])
        .by(&["row_47_a_request_for_another_host_is_not_answered"]),
    row("§4.16", 0, "no page can be framed", Yes)
        .at(&["crates/web/src/headers.rs"])
        .by(&["row_48_every_answer_of_every_path_and_method_forbids_framing_sniffing_and_foreign_content"]),
    row("§4.17", 0, "messages between windows go to registered origins", NotHere)
        .note("Answers travel by redirect and by form alone"),
];

const RFC_9068: &[Row] = &[
    row("§2.1", 0, "`typ` is `at+jwt`, signed, never `none`", Yes)
        .at(&["crates/wire/src/oauth/access_token.rs", "crates/wire/src/jose/algorithm.rs"])
        .by(&["the_claims_are_those_of_rfc_9068_and_can_be_read", "only_the_four_have_a_value"])
        .note("By what the client registered for its ID tokens; RS256 where it said so"),
    row(
        "§2.2",
        0,
        "`iss`, `exp`, `aud`, `sub`, `client_id`, `iat`, `jti`; `auth_time` and `acr` of the sign-in",
        Yes,
    )
    .at(&["crates/wire/src/oauth/access_token.rs"])
    .by(&[
        "the_claims_are_those_of_rfc_9068_and_can_be_read",
        "a_client_gets_what_the_person_consented_to_and_every_token_says_the_same",
    ]),
    row("§2.2.2, §6", 0, "nothing about the person but the subject", Yes)
        .at(&["crates/model/src/access_token.rs"])
        .by(&["the_claims_are_those_of_rfc_9068_and_can_be_read"]),
    row("§2.2.3", 0, "`scope` is what was granted", Yes)
        .at(&["crates/flow/src/oauth/issue.rs"])
        .by(&["fewer_scopes_can_be_asked_for_and_never_more"]),
    row("§3", 0, "the audience is what was asked for; otherwise one of our own", Yes)
        .at(&["crates/flow/src/oauth/issue.rs"])
        .by(&["a_client_gets_what_the_person_consented_to_and_every_token_says_the_same"]),
    row("§4", 0, "tokens that come back are verified by type, issuer, signature, time", Yes)
        .at(&["crates/flow/src/oauth/presented.rs"])
        .by(&["tokens_are_given_back_and_looked_at_in_signed_form"])
        .note("And looked up each time, so that what has ended is over"),
    row("§5", 0, "a client that acts for itself is never taken for a person", Yes)
        .at(&["crates/flow/src/oauth/client_credentials.rs"])
        .by(&["a_client_that_acts_for_itself_is_about_nobody"]),
];

const RFC_9126: &[Row] = &[
    row("§2.1", 0, "a client pushes as it proves itself anywhere; no `request_uri` in it", Yes)
        .at(&["crates/flow/src/oauth/request.rs", "crates/web/src/oauth/token.rs"])
        .by(&["a_pushed_request_is_authenticated_and_its_reference_answered_once", "a_statement_of_a_client_counts_at_every_endpoint_and_once"]),
    row("§2.2", 0, "201 with a reference of 256 bits and its life", Yes)
        .at(&["crates/model/src/bearer.rs"])
        .by(&["a_pushed_request_is_authenticated_and_its_reference_answered_once", "a_reference_has_to_arrive_soon_and_then_waits_for_the_person"]),
    row("§2.3", 0, "what would be refused from a browser is refused here, with the same code", Yes)
        .at(&["crates/flow/src/oauth/request.rs"])
        .by(&["what_would_not_be_taken_from_a_browser_cannot_be_pushed"]),
    row("§3", 0, "request objects", NotHere).note("`request` is refused by its code, pushed or not"),
    row("§4", 0, "a reference is used by its own client, once", Yes)
        .at(&["crates/store/src/pushed_requests.rs"])
        .by(&["a_pushed_request_is_answered_once_and_only_as_its_own_client"])
        .note("By the answer, not by the look of a page"),
    row("§5, §6", 0, "metadata; clients that have to push", Yes)
        .at(&["crates/wire/src/oauth/metadata.rs", "crates/model/src/client.rs"])
        .by(&["the_document_says_what_there_is_and_nothing_else", "a_challenge_is_needed_but_where_an_operator_excuses_a_confidential_client"])
        .note("For each client; not for all at once"),
    row("§7.3", 0, "nobody fills the store by requests", Partly)
        .at(&["crates/flow/src/oauth/waiting_request.rs", "docs/decisions/0021-what-waits-for-a-person-is-sealed.md"])
        .by(&["a_flood_of_requests_that_nobody_answers_keeps_nothing_and_turns_nobody_away"])
        .note("What a browser brings keeps nothing. What is pushed is a row for 90 seconds, also of a public client, which nobody can tell from others"),
];

const RFC_9207: &[Row] = &[
    row("§2", 0, "`iss` with every answer, with errors too", Yes)
        .at(&["crates/flow/src/oauth/request.rs", "crates/wire/src/oauth/error.rs"])
        .by(&["everything_else_goes_back_to_the_client", "an_answer_can_travel_in_a_form"]),
    row("§3", 0, "metadata say so", Yes)
        .at(&["crates/wire/src/oauth/metadata.rs"])
        .by(&["the_document_says_what_there_is_and_nothing_else"]),
];

const RFC_9449: &[Row] = &[
    row("§4.2, §4.3", 0, "a proof is held to all twelve checks", Yes)
        .at(&["crates/wire/src/oauth/dpop.rs"])
        .by(&[
            "the_example_of_rfc_9449_holds_in_its_time",
            "row_29_a_proof_that_fails_any_check_is_refused",
            "there_is_one_header_or_none",
        ]),
    row("§5", 0, "tokens are bound where a proof comes; refresh tokens of public clients always", Yes)
        .at(&["crates/flow/src/oauth/issue.rs", "crates/store/src/grants.rs"])
        .by(&[
            "row_29_a_stolen_token_is_of_no_use_without_its_key",
            "a_public_client_without_a_key_gets_no_refresh_token",
        ]),
    row("§5.1, §5.2", 0, "metadata; clients that have to bind", Yes)
        .at(&["crates/wire/src/oauth/metadata.rs", "crates/wire/src/oauth/registration.rs"])
        .by(&["the_document_says_what_there_is_and_nothing_else", "every_member_is_read"]),
    row("§6", 0, "`cnf` in signed tokens and at introspection", Yes)
        .at(&["crates/wire/src/oauth/access_token.rs", "crates/wire/src/oauth/introspection.rs"])
        .by(&[
            "the_claims_are_those_of_rfc_9068_and_can_be_read",
            "a_token_that_holds_is_described_without_empty_members",
        ]),
    row("§7.1, §7.2", 0, "a bound token never counts as a bearer token", Yes)
        .at(&["crates/model/src/access_token.rs", "crates/flow/src/oauth/userinfo.rs"])
        .by(&["row_29_a_stolen_token_is_of_no_use_without_its_key"]),
    row("§8, §9", 0, "nonces of ours, at the token endpoint and at userinfo", Yes)
        .at(&["crates/flow/src/oauth/proof.rs"])
        .by(&[
            "row_29_an_app_in_a_browser_proves_its_key_with_nonces_of_ours",
            "row_29_a_nonce_is_demanded_where_one_is_due",
        ]),
    row("§10", 0, "`dpop_jkt` binds the code; a proof with a pushed request as well", Yes)
        .at(&["crates/flow/src/oauth/code.rs", "crates/model/src/authorization_code.rs"])
        .by(&["row 29: a pushed request, and tokens bound to a key, for a client that keeps no secret"]),
    row("§11.1", 0, "no proof is taken twice", Yes)
        .at(&["crates/store/src/seen_ids.rs"])
        .by(&["row_29_a_stolen_token_is_of_no_use_without_its_key"]),
];

const CORE: &[Row] = &[
    row("§2, §3.1.3.6", 0, "ID tokens: `iss`, `sub`, `aud`, `exp`, `iat`, `auth_time`, `nonce`, `acr`, `amr`, `at_hash`", Yes)
        .at(&["crates/wire/src/oidc/id_token.rs", "crates/flow/src/oauth/issue.rs"])
        .by(&["a_client_gets_what_the_person_consented_to_and_every_token_says_the_same", "at_hash_is_that_of_the_standard"]),
    row("§3.1.2.1", 0, "requests by GET and POST; `prompt`, `max_age`, `acr_values`, `login_hint`, `id_token_hint`", Yes)
        .at(&["crates/wire/src/oauth/authorization.rs", "crates/flow/src/oauth/authorize.rs"])
        .by(&[
            "every_optional_parameter_is_read",
            "a_request_that_another_site_posts_is_kept_and_answered_on_its_own_page",
            "a_person_signs_in_proves_it_again_and_is_asked_in_this_order",
            "an_id_token_of_ours_says_who_is_meant_and_anything_else_says_nothing",
        ])
        .note("`display` says nothing: every page fits every screen"),
    row("§3.1.2.1", 0, "pages in the language that `ui_locales` asks for", No)
        .note("There is one language so far; the parameter is read and changes nothing"),
    row("§3.1.2.4", 0, "consent, told in words, remembered where the client can be known again", Yes)
        .at(&["crates/web/templates/consent.html", "crates/flow/src/oauth/authorize.rs"])
        .by(&["whoever_bears_the_name_of_a_client_that_nobody_knows_is_asked_about_each_time", "row_31_the_person_sees_until_when_and_nothing_moves_the_end"]),
    row("§3.1.2.6", 0, "errors: `login_required`, `consent_required`, …", Partly)
        .at(&["crates/flow/src/oauth/authorize.rs"])
        .by(&["without_a_word_to_the_person_each_thing_that_is_missing_has_its_error"])
        .note("Not `account_selection_required` and `interaction_required`: there is one account in a browser"),
    row("§3.1.3", 0, "the code at the token endpoint, once, at the hands of its client", Yes)
        .at(&["crates/flow/src/oauth/code.rs"])
        .by(&["a_code_is_spent_by_its_first_use_and_a_second_one_ends_what_came_of_it"]),
    row("§3.2, §3.3", 0, "implicit and hybrid flow", NotHere).note("Refused: tokens do not travel through the browser"),
    row("§5.1, §5.4", 0, "claims by scope: `profile` (`name`, `updated_at`), `email`, `phone`", Partly)
        .at(&["crates/flow/src/oauth/person.rs"])
        .by(&["claims_are_what_the_account_holds_and_nothing_is_made_up"])
        .note("What an account does not hold is not told: no address, no birthday, no picture; a private name is nobody's claim"),
    row("§5.3", 0, "userinfo as JSON and signed", Yes)
        .at(&["crates/flow/src/oauth/userinfo.rs", "crates/web/src/oauth/userinfo.rs"])
        .by(&["a_client_gets_what_the_person_consented_to_and_every_token_says_the_same"]),
    row("§5.5", 0, "`claims`: by name, for ID token and userinfo; `acr` as an essential claim", Yes)
        .at(&["crates/wire/src/oauth/claims.rs", "crates/flow/src/oauth/person.rs"])
        .by(&["claims_that_are_asked_for_by_name_stand_where_they_are_asked_for", "what_a_client_asks_for_by_name_is_told_to_the_person_and_has_to_be_registered"])
        .note("The person is told of them as of scopes, and a client gets no more than its scopes open"),
    row("§5.6.2", 0, "aggregated and distributed claims", NotHere).note("Nobody else's word is taken"),
    row("§6", 0, "request objects", NotHere).note("`request` and foreign `request_uri` are refused by their codes: requests are pushed"),
    row("§7", 0, "self-issued providers", NotHere).note("This is a provider for people who have an account here"),
    row("§8", 0, "public and pairwise subjects", Yes)
        .at(&["crates/model/src/client.rs"])
        .by(&["pairwise_subjects_are_the_same_in_one_sector_and_never_in_another", "clients_of_different_sectors_know_one_person_by_different_names"]),
    row("§9", 0, "`client_secret_basic`, `client_secret_post`, `private_key_jwt`, `none`", Partly)
        .at(&["crates/flow/src/oauth/client.rs"])
        .by(&["each_method_is_read", "a_signed_statement_holds_once_and_in_its_time"])
        .note("Not `client_secret_jwt`: a secret that signs would have to be kept readable"),
    row("§10.1, §10.1.1", 0, "signatures; keys are seen before they sign and after", Yes)
        .at(&["crates/flow/src/oauth/keys.rs"])
        .by(&["a_year_of_keys_each_seen_before_it_signs_and_after_it_and_the_last_token_always_verified"])
        .note("ES256, EdDSA, RS256; HS256 is refused by design"),
    row("§10.2", 0, "encryption", NotHere).note("Tokens and answers travel under TLS to whom they are for"),
    row("§11", 0, "offline access is consented to, and has an end that the person sees", Yes)
        .at(&["crates/model/src/client.rs", "crates/flow/src/oauth/ending.rs"])
        .by(&["row_31_the_person_sees_until_when_and_nothing_moves_the_end"]),
    row("§12", 0, "an ID token after a refresh says when the person signed in", Yes)
        .at(&["crates/flow/src/oauth/issue.rs"])
        .by(&["a_client_gets_what_the_person_consented_to_and_every_token_says_the_same"]),
];

/// The chapter of the page.
pub(crate) fn chapter() -> String {
    let mut page = String::from(
        "\n## What the provider holds to\n\nSection by section, in our words: whether it is met, where, and by which test. A \
         test fails when a file or a test that is\nnamed does not exist.\n",
    );
    for Standard { name, rows } in STANDARDS {
        page.push_str(&format!(
            "\n### {name}\n\n| section | asks for | met | where | tests |\n|---|---|---|---|---|\n"
        ));
        for row in *rows {
            let Row { number, asks, .. } = row;
            let [met, places, tests] = row.cells();
            page.push_str(&format!("| {number} | {asks} | {met} | {places} | {tests} |\n"));
        }
    }
    page
}
