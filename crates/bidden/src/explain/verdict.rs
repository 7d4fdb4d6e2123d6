//! What can be said of a message: one closed list for each question.

use serde::Serialize;

/// The answers to all questions about one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// What kind of message it is.
    pub(crate) kind: Kind,
    /// Who wrote it.
    pub(crate) sender: Sender,
    /// Which kind of account it is about.
    pub(crate) account: Account,
    /// What the recipient's address or number is to that account.
    pub(crate) role: Role,
    /// Whether the code is a second step.
    pub(crate) is_mfa: IsMfa,
    /// Whether somebody had a password for it.
    pub(crate) password_used: PasswordUsed,
    /// Whether anybody is in the account.
    pub(crate) anyone_in: AnyoneIn,
    /// How much has to be done.
    pub(crate) risk: Risk,
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A code that signs in to a personal Microsoft account without a password.
    MsaSingleUseCode,
    /// A code by which a personal Microsoft account verifies its owner: security, recovery, reset.
    MsaSecurityCode,
    /// Somebody opens a personal Microsoft account with this address.
    MsaNewAccount,
    /// Microsoft saw an unusual sign-in to a personal account.
    MsaUnusualSignin,
    /// Something about the security of a personal Microsoft account was changed.
    MsaSecurityChange,
    /// The second step of a sign-in to an organisation's account, after a password.
    OrgMfaCode,
    /// A code by which an organisation's account verifies an address, to reset its password.
    OrgResetCode,
    /// A code by which a guest signs in to an organisation.
    GuestOtp,
    /// A code of somebody else's device that the reader is to type in at a real page.
    DeviceCodeLure,
    /// How to sign in on a device, without a code.
    DeviceCodeHowto,
    /// A number to be typed into, or a request to be approved in, the reader's own app.
    MfaPromptLure,
    /// Somebody asks for a code that the reader was sent.
    CodeRequest,
    /// It looks like a message with a code from somebody who did not write it.
    ForgedCode,
    /// It looks like a warning from somebody who did not write it.
    PhishUnusualSignin,
    /// A code from a site that runs bidden.
    BiddenCode,
    /// A notice from a site that runs bidden.
    BiddenNotice,
    /// A code from somebody else.
    OtherCode,
    /// A notice about a sign-in, from somebody else.
    OtherNotice,
    /// A code in words that are not known here.
    UnknownCode,
    /// No code, and nothing about signing in.
    NotACode,
}

impl Kind {
    /// Whether a code came with it that lets its holder do something, as far as its words are true.
    pub(crate) const fn carries_code(self) -> bool {
        match self {
            Self::MsaSingleUseCode
            | Self::MsaSecurityCode
            | Self::MsaNewAccount
            | Self::OrgMfaCode
            | Self::OrgResetCode
            | Self::GuestOtp
            | Self::BiddenCode
            | Self::OtherCode
            | Self::UnknownCode => true,
            Self::MsaUnusualSignin
            | Self::MsaSecurityChange
            | Self::DeviceCodeLure
            | Self::DeviceCodeHowto
            | Self::MfaPromptLure
            | Self::CodeRequest
            | Self::ForgedCode
            | Self::PhishUnusualSignin
            | Self::BiddenNotice
            | Self::OtherNotice
            | Self::NotACode => false,
        }
    }
}

/// Who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sender {
    /// Whoever it says, proved.
    Genuine,
    /// Whoever it says, proved; it came by way of another mailbox.
    GenuineForwarded,
    /// The message inside is by whoever it says; how it came into the one around it is not proved.
    GenuineInnerUnverified,
    /// The domain it comes from is proved, and is not that of whom it speaks for, or nobody known here.
    AuthenticatedOtherDomain,
    /// It is by whoever it says, but went to somebody else first and was sent again.
    Replayed,
    /// Not whoever it says.
    Forged,
    /// Nothing proves a sender, and what it asks for gives it away.
    Suspicious,
    /// Nothing here proves a sender.
    Unverifiable,
}

/// Which kind of account it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Account {
    /// Somebody's own.
    Personal,
    /// One of an employer or school.
    Organisation,
    /// Access to an organisation as a guest.
    Guest,
    /// None.
    None,
    /// That cannot be told.
    Unknown,
}

/// What the recipient's address or number is to that account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// An address that signs in.
    PrimaryOrAlias,
    /// An address to get back in by; the account has another one.
    Recovery,
    /// The address of an account that is being opened.
    NewAccount,
    /// A telephone number of the account.
    Phone,
    /// Whose account is wanted.
    Target,
    /// Nothing: it was not meant for this recipient.
    NotAddressed,
    /// There is no account.
    NotApplicable,
    /// That cannot be told.
    Unknown,
}

/// Whether the code is a second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IsMfa {
    /// It is asked for after a password.
    Yes,
    /// It is not.
    No,
    /// It can be either.
    Unknown,
    /// What is asked for goes around every second step.
    Bypasses,
}

/// Whether somebody had a password for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PasswordUsed {
    /// The right one was given.
    Yes,
    /// None was.
    No,
    /// It may have been.
    Likely,
    /// That cannot be told.
    Unknown,
}

/// Whether anybody is in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnyoneIn {
    /// Nobody by this code, unless somebody uses it.
    NotUnlessCodeUsed,
    /// Somebody is if what it asks for was done.
    IfEntered,
    /// Somebody may be.
    Possible,
    /// It is not about the reader's account.
    NotYou,
    /// The message does not tell.
    Unknown,
}

/// How much has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Risk {
    /// Nothing.
    None,
    /// To know what it is.
    Info,
    /// Something, by the reader.
    Act,
    /// To be careful with it.
    Warn,
    /// Not to do what it says, and to tell somebody.
    Danger,
}

/// The name of a value as it stands in JSON.
pub(crate) fn name<T: Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_names_that_are_documented() {
        assert_eq!(name(Kind::MsaSingleUseCode), "msa_single_use_code");
        assert_eq!(name(Sender::AuthenticatedOtherDomain), "authenticated_other_domain");
        assert_eq!(name(Role::PrimaryOrAlias), "primary_or_alias");
        assert_eq!(name(AnyoneIn::NotUnlessCodeUsed), "not_unless_code_used");
        assert!(Risk::Danger > Risk::Warn && Risk::Warn > Risk::Act && Risk::Act > Risk::Info);
    }
}
