//! Table: OWASP ASVS 5.0.0, chapters V6 and V7, requirement by requirement, and the page docs/asvs.md that is made from it.
//!
//! A row that names a file or a test that does not exist fails, and so does one that claims to hold without a test.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::collections::BTreeSet;
use std::fs;

#[path = "shared/checked.rs"]
mod checked;

use checked::Met::{self, No, NotHere, Partly, Yes};
use checked::{Row, hold_rows, root, row};

const ROWS: &[Row] = &[
    row("6.1.1", 1, "documented defences against guessing, without locking owners out", Yes)
        .at(&["docs/architecture.md", "docs/attacks.md", "docs/config.md"])
        .by(&[
            "row_5_no_account_is_taken_more_often_than_epsilon_allows",
            "row_3_during_a_flood_the_known_browser_signs_in_at_the_first_try",
        ]),
    row("6.1.2", 2, "documented list of words that passwords may not be made of", Yes)
        .at(&["crates/flow/src/password/strength.rs"])
        .by(&["names_of_the_site_and_parts_of_the_address_are_weak_in_any_case"])
        .note("The list is made for each account: the site's name and host, the parts of the address"),
    row("6.1.3", 2, "every way to authenticate documented with its strength", Yes)
        .at(&["docs/authentication-paths.md", "crates/model/src/assurance.rs"])
        .by(&["row_43_every_path_by_which_somebody_can_sign_in_is_listed_with_its_method"]),
    row("6.2.1", 1, "passwords of at least 8 characters, better 15", Yes)
        .at(&["crates/flow/src/password/choose.rs"])
        .by(&[
            "fifteen_characters_where_it_stands_alone_and_eight_beside_another",
            "a_short_password_lives_beside_an_app_and_goes_with_it",
        ]),
    row("6.2.2", 1, "people can change their password", Yes)
        .at(&["crates/web/src/pages/set_password.rs", "crates/flow/src/password/set.rs"])
        .by(&["a_password_is_set_signs_in_is_changed_and_removed"]),
    row("6.2.3", 1, "changing it takes the current one", Yes)
        .at(&["crates/web/src/pages/set_password.rs"])
        .by(&["a_password_is_set_signs_in_confirms_is_changed_and_removed"]),
    row("6.2.4", 1, "new passwords compared with the most common ones", Yes)
        .at(&["crates/flow/src/password/strength.rs"])
        .by(&["what_people_choose_is_weak_for_a_reason_that_is_named"])
        .note("zxcvbn's lists, always; the list of breaches where one is set (6.2.12)"),
    row("6.2.5", 1, "any composition", Yes)
        .at(&["crates/flow/src/password/choose.rs"])
        .by(&["a_password_may_be_made_of_anything"]),
    row("6.2.6", 1, "password fields are masked", Yes)
        .at(&["crates/web/templates/password_field.html"])
        .by(&["without JavaScript nothing is missing but the tick to look at what is typed"])
        .note("Until whoever types ticks a box to see it"),
    row("6.2.7", 1, "paste and password managers are allowed", Yes)
        .at(&["crates/web/templates/password_field.html"])
        .by(&["set, weak ones refused, signed in with, wrong ones told in one answer, changed, removed"]),
    row("6.2.8", 1, "verified exactly as typed", Yes)
        .at(&["crates/flow/src/password.rs"])
        .by(&[
            "a_password_is_taken_as_it_is_typed_spaces_and_all",
            "a_long_password_is_refused_and_never_cut",
        ])
        .note("Normalised to form C, as NIST SP 800-63B-4 §3.1.1.2 asks; nothing else is changed"),
    row("6.2.9", 2, "64 characters and more", Yes)
        .at(&["crates/flow/src/password.rs"])
        .by(&["a_long_password_is_refused_and_never_cut"]),
    row("6.2.10", 2, "no forced change", Yes)
        .at(&["crates/bidden/src/config/table.rs"])
        .by(&["a_hash_of_ours_is_verified_and_needs_nothing"])
        .note("There is no setting for an age"),
    row("6.2.11", 2, "the documented words are used", Yes)
        .at(&["crates/flow/src/password/strength.rs"])
        .by(&["names_of_the_site_and_parts_of_the_address_are_weak_in_any_case"]),
    row("6.2.12", 2, "new passwords compared with breached ones", Partly)
        .at(&["crates/flow/src/password/breached.rs", "docs/breached-passwords.md"])
        .by(&["what_is_on_the_list_is_found_and_what_is_not_is_not"])
        .note("Where the operator builds the list; nothing is asked of anybody else"),
    row("6.3.1", 1, "defences against stuffing and guessing, as documented", Yes)
        .at(&["crates/flow/src/budget.rs", "crates/flow/src/attempts.rs", "crates/web/src/hashing.rs"])
        .by(&[
            "row_7_a_thousand_at_once_are_compared_five_times",
            "row_3_strangers_cannot_lock_the_owner_out",
            "row_5_no_365_days_hold_more_reserved_guesses_than_epsilon",
            "row_7_a_thousand_wrong_codes_at_once_are_three_guesses",
            "a_flood_for_one_account_leaves_the_others_their_turn",
        ]),
    row("6.3.2", 1, "no default accounts", Yes)
        .at(&["crates/flow/src/invitation.rs"])
        .by(&["the_set_up_link_opens_the_operators_account_once"]),
    row("6.3.3", 2, "several factors; at level 3 one of hardware", Partly)
        .at(&["crates/model/src/method.rs", "crates/model/src/assurance.rs", "docs/decisions/0010-codes-are-no-authenticators.md"])
        .by(&["only_a_passkey_or_two_different_factors_reach_the_second_level"])
        .note("Asked for on the operator's pages and wherever a policy closes the rest; a code by mail alone signs in by default"),
    row("6.3.4", 2, "no undocumented way, the same strength on each", Yes)
        .at(&["crates/flow/src/methods.rs", "docs/authentication-paths.md"])
        .by(&[
            "row_43_every_path_by_which_somebody_can_sign_in_is_listed_with_its_method",
            "row_43_no_way_leads_to_a_session_with_a_method_that_is_off",
        ]),
    row("6.3.5", 3, "people are told of suspicious attempts", Yes)
        .at(&["crates/flow/src/notice.rs", "crates/flow/src/sweep.rs", "crates/detect/src/code_flood.rs"])
        .by(&[
            "a_new_browser_is_told_and_a_known_one_is_not",
            "row_11_a_code_that_nobody_used_is_on_the_page_a_minute_after_its_time",
            "a_digest_says_how_many_and_since_when_and_comes_once_a_day",
        ]),
    row("6.3.6", 3, "no mail as a factor", Partly)
        .at(&["docs/decisions/0010-codes-are-no-authenticators.md", "crates/flow/src/methods.rs"])
        .by(&["codes_by_mail_and_sms_and_recovery_codes_never_raise_a_level"])
        .note("A code by mail is a way in at the first level, by design; a setting or a tenant closes it for all its accounts"),
    row("6.3.7", 3, "people are told when their details change", Yes)
        .at(&["crates/flow/src/notice.rs", "crates/flow/src/address.rs", "crates/flow/src/authenticator.rs"])
        .by(&[
            "every_change_is_told_to_every_other_address_and_to_the_one_that_is_gone",
            "ending_sessions_and_what_an_operator_does_is_told",
            "row_27_whoever_is_told_of_a_held_passkey_takes_it_away_and_ends_the_session_that_added_it",
            "every_change_of_an_account_is_told_as_decided_and_nothing_else_is",
        ]),
    row("6.3.8", 3, "nobody learns which accounts there are", Yes)
        .at(&["crates/flow/src/sign_in/ask.rs", "docs/decisions/0001-decoys-all-the-way.md"])
        .by(&[
            "row_12_the_same_steps_look_the_same_and_write_the_same_rows",
            "row_12_the_time_an_answer_takes_does_not_tell_whether_there_is_an_account",
            "row_12_an_address_of_another_account_is_not_added_and_only_its_owner_is_told",
        ]),
    row("6.4.1", 1, "initial secrets are random, short-lived and not kept", Yes)
        .at(&["crates/flow/src/invitation.rs"])
        .by(&["an_invitation_ends_with_its_time_and_a_link_that_is_none_of_ours_is_unknown"])
        .note("There are no initial passwords; links of 7 days that work once"),
    row("6.4.2", 1, "no hints and no questions", Yes)
        .at(&["docs/authentication-paths.md"])
        .by(&["row_43_every_path_by_which_somebody_can_sign_in_is_listed_with_its_method"])
        .note("There is no such path"),
    row("6.4.3", 2, "a forgotten password does not bypass the second factor", Yes)
        .at(&["crates/flow/src/recover.rs", "crates/flow/src/entry.rs", "docs/decisions/0015-what-is-not-enough-waits.md"])
        .by(&[
            "two_proofs_of_different_kinds_open_it_at_once_whichever_comes_first",
            "row_13_recovery_by_a_recovery_address_is_told_to_every_address_and_opens_after_three_days",
        ])
        .note("Two proofs of different kinds, or one and 72 hours in which every address is told and can stop it"),
    row("6.4.4", 2, "a lost factor is replaced only by proof of the same strength", Partly)
        .at(&["crates/flow/src/recover.rs", "crates/flow/src/account.rs"])
        .by(&[
            "row_32_a_recovery_ends_every_session_code_and_way_from_before",
            "what_an_operator_does_to_an_account_needs_a_reason_and_says_who_did_it",
        ])
        .note("By recovery (6.4.3), where 72 hours take the place of a second proof, or by an operator who proves two factors and writes the reason down"),
    row("6.4.5", 3, "a reminder before something expires", Partly)
        .at(&["crates/web/src/pages/account.rs"])
        .by(&["row_42_a_recovery_address_is_confirmed_again_after_180_days"])
        .note("The account page says that a recovery address has to be confirmed again; no mail says so. Nothing else expires"),
    row("6.4.6", 3, "operators can begin a reset, and never learn a password", Yes)
        .at(&["crates/flow/src/account.rs"])
        .by(&["what_an_operator_does_to_an_account_is_recorded_with_its_reason"])
        .note("A reset takes passwords away. An import brings hashes, which somebody else's operator may know: see docs/account-files.md"),
    row("6.5.1", 2, "look-up secrets, codes and TOTPs work once", Yes)
        .at(&["crates/store/src/sign_in_codes.rs", "crates/model/src/authenticator/totp.rs"])
        .by(&[
            "row_7_a_thousand_times_the_right_code_at_once_is_one_sign_in",
            "row_9_a_used_code_is_used_for_good",
            "a_code_is_never_accepted_twice_nor_after_a_later_one",
        ]),
    row("6.5.2", 2, "short secrets are kept as salted hashes", Partly)
        .at(&["crates/model/src/digest.rs", "crates/model/src/authenticator/recovery_code.rs"])
        .by(&["row_46_no_event_and_no_byte_of_the_database_holds_a_secret_or_an_unknown_address"])
        .note(
            "Kept as HMAC-SHA-256 under a key outside the database, bound to account and purpose, in place of a slow hash: \
             whoever has the database alone can test nothing",
        ),
    row("6.5.3", 2, "codes and seeds come from a CSPRNG", Yes)
        .at(&["crates/model/src/entropy.rs", "clippy.toml"])
        .by(&["row_50_every_letter_is_equally_likely_at_every_position", "a_drawn_secret_has_160_bits_and_stands_in_uri_and_key"]),
    row("6.5.4", 2, "codes of at least 20 bits", Yes)
        .at(&["crates/model/src/sign_in_code.rs", "crates/bidden/src/config/table.rs"])
        .by(&["three_guesses_at_eight_characters_are_the_documented_chance"])
        .note("34 bits at least: eight letters of twenty"),
    row("6.5.5", 2, "codes live 10 minutes, TOTPs 30 seconds", Partly)
        .at(&["crates/model/src/policy.rs", "crates/model/src/authenticator/totp.rs"])
        .by(&[
            "row_51_a_code_is_alive_until_the_last_microsecond_and_dead_at_its_end",
            "a_code_is_accepted_one_step_early_and_one_step_late_and_no_further",
        ])
        .note("A TOTP is accepted one step before and after its own, as RFC 6238 §5.2 recommends"),
    row("6.5.6", 3, "any factor can be revoked", Yes)
        .at(&["crates/flow/src/authenticator.rs", "crates/flow/src/account.rs"])
        .by(&["a_passkey_belongs_to_one_account_and_its_owner_names_and_removes_it"]),
    row("6.5.7", 3, "biometrics only beside something else", Yes)
        .at(&["crates/flow/src/passkey/answer.rs"])
        .by(&["what_was_signed_for_another_site_or_without_its_user_is_refused_and_its_owner_sees_it"])
        .note("Only within an authenticator, where they unlock a key"),
    row("6.5.8", 3, "TOTPs are checked against our own clock", Yes)
        .at(&["crates/bidden/src/clock.rs", "crates/model/src/authenticator/totp.rs"])
        .by(&["a_code_is_accepted_one_step_early_and_one_step_late_and_no_further"]),
    row("6.6.1", 2, "SMS only to confirmed numbers, beside something stronger; not at level 3", Yes)
        .at(&["crates/model/src/sms.rs", "crates/bidden/src/config/table.rs"])
        .by(&[
            "row_41_only_lines_in_listed_countries_are_written_to",
            "a_confirmed_number_signs_in_at_the_lowest_level_and_the_record_says_how",
            "row_41_where_a_number_is_typed_the_page_says_what_is_weak_about_text_messages",
        ])
        .note("Off unless countries are listed and a setting opens it, and to be left off for level 3; passkeys stand beside it, and where a number is typed the page says what is weak about it"),
    row("6.6.2", 2, "a code is bound to the request that it was made for", Yes)
        .at(&["crates/model/src/sign_in_code.rs"])
        .by(&[
            "row_9_of_all_codes_browsers_requests_and_tenants_only_the_diagonal_signs_in",
            "row_10_a_code_typed_into_another_browser_is_refused_recorded_and_costs_no_guess",
        ]),
    row("6.6.3", 2, "guesses at codes are limited", Yes)
        .at(&["crates/flow/src/budget.rs", "crates/store/src/guess_ledger.rs"])
        .by(&[
            "row_5_no_account_is_taken_more_often_than_epsilon_allows",
            "row_6_asking_a_thousand_times_buys_no_guess_beyond_the_mail_budget",
            "row_8_a_year_of_guesses_stays_within_the_allowance_however_often_the_owner_signs_in",
        ]),
    row("6.6.4", 3, "push notifications are limited", NotHere).note("There are none"),
    row("6.7.1", 3, "certificates are kept where nobody changes them", NotHere)
        .note("Attestation is not asked for, so there are no certificates; public keys are sealed and bound to their row"),
    row("6.7.2", 3, "challenges of at least 64 bits that never come again", Yes)
        .at(&["crates/flow/src/passkey/challenge.rs"])
        .by(&["a_challenge_is_answered_once_by_sixteen_who_race"]),
    row("6.8.1", 2, "identities of several providers are kept apart", NotHere).note("Nobody else's word is taken: there are no identity providers"),
    row("6.8.2", 2, "assertions are signed and verified", NotHere).note("As 6.8.1"),
    row("6.8.3", 2, "SAML assertions are used once", NotHere).note("As 6.8.1"),
    row("6.8.4", 2, "strength is read from what a provider says", NotHere).note("As 6.8.1"),
    row("7.1.1", 2, "documented lifetimes of sessions, and deviations from NIST", Yes)
        .at(&["docs/config.md", "crates/model/src/policy.rs"])
        .by(&["a_session_that_is_not_used_ends_after_seven_days", "a_session_in_use_ends_after_thirty_days"])
        .note(
            "7 days unused, 30 in all (NIST SP 800-63B-4 §2.1.3 for the first level). Longer than its §2.2.3 recommends for \
             the second: what decides over the account asks anew after 5 minutes, the operator's pages after 12 hours",
        ),
    row("7.1.2", 2, "documented number of sessions at once", Yes)
        .at(&["docs/asvs.md"])
        .by(&["all_others_are_all_however_many_there_are"])
        .note("One in each browser, and no bound beyond that; a new sign-in in a browser replaces the one before"),
    row("7.1.3", 2, "documented federation of sessions", NotHere).note("No other system takes part in a session yet"),
    row("7.2.1", 1, "sessions are verified on the server", Yes)
        .at(&["crates/flow/src/session.rs"])
        .by(&["a_cookie_that_was_not_given_out_signs_nobody_in"]),
    row("7.2.2", 1, "tokens are made for each session", Yes)
        .at(&["crates/flow/src/sign_in/finish.rs"])
        .by(&["every_sign_in_gives_a_new_value_and_ends_the_one_before"]),
    row("7.2.3", 1, "tokens of at least 128 bits out of a CSPRNG", Yes)
        .at(&["crates/flow/src/sign_in/finish.rs", "crates/model/src/entropy.rs"])
        .by(&["a_session_is_known_by_its_secret_alone"])
        .note("256 bits"),
    row("7.2.4", 1, "a new token at every proof, the old one ends", Yes)
        .at(&["crates/flow/src/sign_in/finish.rs"])
        .by(&[
            "signing_in_again_in_the_same_browser_replaces_the_session_and_its_secret",
            "a_passkey_raises_the_session_it_was_asked_in_and_no_other",
        ]),
    row("7.3.1", 2, "sessions end when they are not used", Yes)
        .at(&["crates/model/src/session.rs"])
        .by(&["a_session_that_is_not_used_ends_after_seven_days"]),
    row("7.3.2", 2, "sessions end in any case", Yes)
        .at(&["crates/model/src/session.rs"])
        .by(&["a_session_in_use_ends_after_thirty_days"]),
    row("7.4.1", 1, "signing out ends the session for good", Yes)
        .at(&["crates/flow/src/session.rs", "crates/web/src/headers.rs"])
        .by(&["signing_out_ends_the_session_for_whoever_copied_the_cookie_too"]),
    row("7.4.2", 1, "sessions end with the account", Yes)
        .at(&["crates/flow/src/account.rs", "crates/flow/src/account/close.rs"])
        .by(&["no_session_survives_a_lock_however_many_there_are", "the_owner_closes_the_account_and_everybody_is_told_before"]),
    row("7.4.3", 2, "all other sessions can be ended after a change of factors", Yes)
        .at(&["crates/web/src/pages/authenticators.rs", "crates/web/src/pages/sessions.rs"])
        .by(&[
            "the_owner_ends_this_session_another_or_all_others",
            "set, weak ones refused, signed in with, wrong ones told in one answer, changed, removed",
        ])
        .note("Offered on the page that follows the change, and at any time on a page of its own"),
    row("7.4.4", 2, "signing out is on every page", Yes)
        .at(&["crates/web/templates/frame.html"])
        .by(&["with the keyboard alone"]),
    row("7.4.5", 2, "operators can end the sessions of one account, or of all", Partly)
        .at(&["crates/flow/src/account.rs"])
        .by(&["what_an_operator_does_to_an_account_is_recorded_with_its_reason"])
        .note("Of one account; for all, account by account"),
    row("7.5.1", 2, "a fresh proof before addresses or factors change", Yes)
        .at(&["crates/flow/src/reauth.rs", "crates/web/src/pages/confirm.rs"])
        .by(&["the_highest_level_is_asked_for_and_a_weaker_way_is_not_offered_beside_it", "a_proof_is_fresh_for_five_minutes"]),
    row("7.5.2", 2, "people see their sessions and end any of them after a fresh proof", Yes)
        .at(&["crates/web/src/pages/sessions.rs"])
        .by(&["a_session_of_another_browser_is_ended_only_after_a_fresh_proof"]),
    row("7.5.3", 3, "a further proof before what matters most", Yes)
        .at(&["crates/flow/src/reauth.rs", "crates/web/src/pages/operator/gate.rs"])
        .by(&[
            "what_changes_something_asks_for_the_same_and_changes_nothing_without_it",
            "closing_and_taking_the_data_along_ask_for_a_fresh_proof",
        ]),
    row("7.6.1", 2, "sessions here and elsewhere end as documented", NotHere).note("As 7.1.3"),
    row("7.6.2", 2, "no session without somebody's act", Yes)
        .at(&["crates/web/src/posted.rs"])
        .by(&["row_47_a_passkey_form_of_another_page_is_refused", "no_get_of_a_path_that_takes_forms_does_what_the_form_does"]),
];

#[test]
fn every_requirement_is_answered_once_in_its_order() {
    let numbers: Vec<Vec<u8>> =
        ROWS.iter().map(|row| row.number.split('.').map(|part| part.parse().unwrap()).collect()).collect();
    assert!(numbers.is_sorted());
    let unique: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(unique.len(), ROWS.len());
    let of = |chapter: &str, level| {
        ROWS.iter().filter(|row| row.number.starts_with(chapter) && row.level == level).count()
    };
    // What the standard has in these chapters, by level.
    assert_eq!([1, 2, 3].map(|level| of("6.", level)), [13, 22, 12]);
    assert_eq!([1, 2, 3].map(|level| of("7.", level)), [6, 12, 1]);
}

#[test]
fn every_place_and_every_test_that_is_named_exists() {
    hold_rows(ROWS);
}

#[test]
fn the_page_is_current() {
    let count = |met: Met| ROWS.iter().filter(|row| row.met == met).count();
    let mut page = format!(
        "# OWASP ASVS 5.0.0: authentication (V6) and sessions (V7)\n\nEach requirement, what it asks for in our words, \
         whether it is met, where, and by which test. Made from\n`crates/bidden/tests/asvs.rs`; a test keeps it current and \
         fails when a file or a test that is named does not exist.\n\nOf {} requirements {} are met, {} partly, {} are not, \
         and {} ask about something that is not here.\n\n| requirement | level | asks for | met | where | tests |\n\
         |---|---|---|---|---|---|\n",
        ROWS.len(),
        count(Yes),
        count(Partly),
        count(No),
        count(NotHere),
    );
    for row in ROWS {
        let Row { number, level, asks, .. } = row;
        let [met, places, tests] = row.cells();
        page.push_str(&format!("| {number} | {level} | {asks} | {met} | {places} | {tests} |\n"));
    }
    let path = root().join("docs/asvs.md");
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not a setting of the server")]
    if std::env::var("UPDATE_BOOKS").is_ok() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/asvs.md is stale: run UPDATE_BOOKS=1 cargo test -p bidden --test asvs");
}
