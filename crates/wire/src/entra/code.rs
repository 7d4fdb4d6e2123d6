//! Table: the result codes of Entra sign-ins, what each means for whoever looks for an attack, and their names in the unified
//! audit log.
//!
//! Source: Microsoft Entra authentication and authorization error codes (AADSTS).

use crate::foreign::Outcome;

use Outcome as O;

/// Codes, what they mean, and what each says of the password where a person typed one: it was right, or it was wrong.
const CODES: &[(u32, Outcome, Option<bool>)] = &[
    (0, O::Success, None),
    (16_000, O::Interrupt, None),
    (16_001, O::Interrupt, None),
    (16_003, O::Interrupt, None),
    (28_002, O::Failed, None),
    (50_034, O::UnknownUser, None),
    (50_053, O::LockedOut, None),
    (50_055, O::PasswordExpired, Some(true)),
    (50_056, O::WrongPassword, Some(false)),
    (50_057, O::Disabled, None),
    (50_058, O::Interrupt, None),
    (50_059, O::UnknownUser, None),
    (50_064, O::WrongPassword, Some(false)),
    (50_072, O::Interrupt, Some(true)),
    (50_074, O::Interrupt, Some(true)),
    (50_076, O::Interrupt, Some(true)),
    (50_079, O::Interrupt, Some(true)),
    (50_097, O::Interrupt, None),
    (50_125, O::Interrupt, None),
    (50_126, O::WrongPassword, Some(false)),
    (50_129, O::Interrupt, None),
    (50_132, O::TokenRefused, None),
    (50_133, O::TokenRefused, None),
    (50_140, O::Interrupt, None),
    (50_142, O::Interrupt, None),
    (50_144, O::PasswordExpired, Some(true)),
    (50_155, O::Blocked, Some(true)),
    (50_158, O::Interrupt, Some(true)),
    (50_173, O::TokenRefused, None),
    (50_199, O::ConfirmApp, None),
    (50_203, O::Interrupt, None),
    (51_004, O::UnknownUser, None),
    (53_000, O::Blocked, Some(true)),
    (53_001, O::Blocked, Some(true)),
    (53_002, O::Blocked, Some(true)),
    (53_003, O::Blocked, Some(true)),
    (53_004, O::Interrupt, Some(true)),
    (53_011, O::Blocked, None),
    (65_001, O::Interrupt, None),
    (65_004, O::ConsentRefused, None),
    (70_008, O::TokenRefused, None),
    (70_016, O::Interrupt, None),
    (70_018, O::DeviceCodeInvalid, None),
    (70_019, O::DeviceCodeInvalid, None),
    (70_043, O::TokenRefused, None),
    (70_044, O::TokenRefused, None),
    (90_072, O::UnknownUser, None),
    (90_094, O::ConsentRefused, None),
    (90_095, O::ConsentRefused, None),
    (500_121, O::FactorFailed, Some(true)),
    (500_133, O::TokenRefused, None),
    (530_032, O::Blocked, Some(true)),
    (530_034, O::Blocked, None),
    (700_082, O::TokenRefused, None),
    (700_084, O::TokenRefused, None),
];

/// What the unified audit log calls some of them.
const NAMES: &[(&str, u32)] = &[
    ("InvalidUserNameOrPassword", 50_126),
    ("InvalidPasswordExpiredPassword", 50_055),
    ("InvalidPasswordExpiredOnPremPassword", 50_144),
    ("UserAccountNotFound", 50_034),
    ("InvalidUserName", 50_034),
    ("IdsLocked", 50_053),
    ("UserDisabled", 50_057),
    ("InvalidReplyTo", 50_011),
    ("SsoArtifactInvalidOrExpired", 50_058),
    ("SsoArtifactExpiredDueToConditionalAccess", 70_044),
    ("UserInformationNotProvided", 50_058),
    ("UserStrongAuthEnrollmentRequired", 50_079),
    ("UserStrongAuthEnrollmentRequiredInterrupt", 50_072),
    ("UserStrongAuthClientAuthNRequired", 50_076),
    ("UserStrongAuthClientAuthNRequiredInterrupt", 50_074),
    ("UserStrongAuthExpired", 50_078),
    ("AuthenticationFailedSasError", 500_121),
    ("UserAuthFailedDuringStrongAuthenticationRequest", 500_121),
    ("DeviceAuthenticationRequired", 50_097),
    ("DeviceIsNotWorkplaceJoined", 50_129),
    ("DeviceNotCompliant", 53_000),
    ("DeviceNotDomainJoined", 53_001),
    ("BlockedByConditionalAccess", 53_003),
    ("ConditionalAccessFailed", 50_005),
    ("PasswordResetRegistrationRequiredInterrupt", 50_125),
    ("KmsiInterrupt", 50_140),
    ("CmsiInterrupt", 50_199),
    ("ExternalSecurityChallenge", 50_158),
    ("ProofUpBlockedDueToRisk", 53_004),
    ("DelegationDoesNotExist", 65_001),
    ("UserDeclinedConsent", 65_004),
    ("FreshTokenNeeded", 50_173),
    ("ExpiredOrRevokedGrant", 70_008),
    ("BadTokenDueToSignInFrequency", 70_043),
    ("FlowTokenExpired", 50_089),
];

/// What a code means; `texts` are whatever else the record says, which tells how a second factor failed.
pub(super) fn outcome<'t>(code: u32, texts: impl IntoIterator<Item = &'t str>) -> Outcome {
    let found = CODES.iter().find(|(known, ..)| *known == code).map_or(O::Failed, |(_, outcome, _)| *outcome);
    if found == O::FactorFailed { texts.into_iter().find_map(factor).unwrap_or(found) } else { found }
}

/// What a code says of a password that a person typed.
pub(super) fn password(code: u32) -> Option<bool> {
    CODES.iter().find(|(known, ..)| *known == code).and_then(|(.., password)| *password)
}

/// The code of a name in the unified audit log.
pub(super) fn of_name(name: &str) -> Option<u32> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, code)| *code)
}

/// How a second factor failed, by what is said about it.
fn factor(text: &str) -> Option<Outcome> {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["fraud", "suspicious"]) {
        Some(O::FactorReported)
    } else if says(&["correct number", "number match", "wrong number"]) {
        Some(O::FactorWrongNumber)
    } else if says(&["declined", "denied the", "user cancelled"]) {
        Some(O::FactorDenied)
    } else if says(&[
        "did not respond",
        "timed out",
        "timeout",
        "no response",
        "did not answer",
        "not answered",
    ]) {
        Some(O::FactorUnanswered)
    } else if says(&["oath", "verification code", "incorrect code", "wrong code", "passcode", "invalid code"])
    {
        Some(O::FactorWrongCode)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_twice_and_every_name_is_of_one_that_means_something() {
        for (code, ..) in CODES {
            assert_eq!(CODES.iter().filter(|(other, ..)| other == code).count(), 1, "{code}");
        }
        for (name, _) in NAMES {
            assert_eq!(NAMES.iter().filter(|(other, _)| other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn interrupts_are_no_failures() {
        for code in
            [50_058, 50_072, 50_074, 50_076, 50_079, 50_097, 50_125, 50_129, 50_140, 50_199, 65_001, 16_000]
        {
            assert!(outcome(code, []).is_interrupt(), "{code}");
        }
        assert_eq!(outcome(99_999, []), O::Failed);
    }

    #[test]
    fn how_a_second_factor_failed_is_read_from_the_texts() {
        for (text, is) in [
            ("MFA denied; user declined the authentication", O::FactorDenied),
            ("MFA denied; user did not respond to mobile app notification", O::FactorUnanswered),
            ("MFA denied; user did not select the correct number", O::FactorWrongNumber),
            ("MFA denied; Phone App Reported Fraud", O::FactorReported),
            ("MFA denied; incorrect OATH verification code", O::FactorWrongCode),
            ("Authentication failed during strong authentication request.", O::FactorFailed),
        ] {
            assert_eq!(outcome(500_121, [text]), is, "{text}");
        }
        assert_eq!(outcome(50_126, ["user declined"]), O::WrongPassword);
    }
}
