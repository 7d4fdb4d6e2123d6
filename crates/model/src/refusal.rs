//! Everything we decline. A refusal is a value: it commits, it is recorded, and it is not an error (law 4).

use crate::method::Flaw;
use crate::time::Time;

/// What a decision came to: the thing, or a refusal.
pub type Verdict<T> = Result<T, Refusal>;

/// Why something was declined. Each has a stable code for the machine and a text of the same name for the
/// person (`refusal-…` in the message files).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The code does not match; so many guesses are left.
    CodeWrong {
        /// Guesses left.
        left: u8,
    },
    /// What was typed cannot be a code of ours. No guess was spent.
    CodeMalformed,
    /// All guesses are spent.
    CodeUsedUp,
    /// The code's time has passed.
    CodeExpired {
        /// When it ended.
        at: Time,
    },
    /// The code was used already.
    CodeSpent,
    /// Somebody said "I did not ask for this".
    CodeDenied,
    /// The code belongs to another browser. No guess was spent.
    ForeignBrowser,
    /// There is no such request, or it is long over.
    RequestUnknown,
    /// The link is not one of ours, or it is too old.
    LinkUnknown,
    /// The invitation was used already.
    InvitationUsed,
    /// The invitation has expired.
    InvitationExpired {
        /// When it expired.
        at: Time,
    },
    /// The invitation is for another address.
    InvitationElsewhere,
    /// Nobody may open an account at present.
    RegistrationClosed,
    /// There is an account with this address already.
    AddressTaken,
    /// There is no such account.
    AccountUnknown,
    /// The account is not in a state that allows it.
    AccountState,
    /// There is no such browser session, or it is over.
    SessionUnknown,
    /// This method is not open for that: the installation, the tenant or the owner has switched it off.
    MethodOff,
    /// There is no tenant of that short name.
    TenantUnknown,
    /// There is a tenant of that short name already.
    TenantTaken,
    /// The tenant has accounts or domains.
    TenantInUse,
    /// A tenant's short or shown name cannot be this.
    TenantNameUnfit,
    /// The domain belongs to a tenant already.
    DomainTaken,
    /// The domain is not the tenant's.
    DomainUnknown,
    /// With this policy nobody could sign in, or a method would be of no use.
    PolicyFlawed {
        /// Why.
        flaw: Flaw,
    },
    /// An act that needs a reason came without one.
    ReasonMissing,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CodeWrong { .. } => "code_wrong",
            Self::CodeMalformed => "code_malformed",
            Self::CodeUsedUp => "code_used_up",
            Self::CodeExpired { .. } => "code_expired",
            Self::CodeSpent => "code_spent",
            Self::CodeDenied => "code_denied",
            Self::ForeignBrowser => "foreign_browser",
            Self::RequestUnknown => "request_unknown",
            Self::LinkUnknown => "link_unknown",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationExpired { .. } => "invitation_expired",
            Self::InvitationElsewhere => "invitation_elsewhere",
            Self::RegistrationClosed => "registration_closed",
            Self::AddressTaken => "address_taken",
            Self::AccountUnknown => "account_unknown",
            Self::AccountState => "account_state",
            Self::SessionUnknown => "session_unknown",
            Self::MethodOff => "method_off",
            Self::TenantUnknown => "tenant_unknown",
            Self::TenantTaken => "tenant_taken",
            Self::TenantInUse => "tenant_in_use",
            Self::TenantNameUnfit => "tenant_name_unfit",
            Self::DomainTaken => "domain_taken",
            Self::DomainUnknown => "domain_unknown",
            Self::PolicyFlawed { .. } => "policy_flawed",
            Self::ReasonMissing => "reason_missing",
        }
    }
}
