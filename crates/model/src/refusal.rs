//! Everything we decline. A refusal is a value: it commits, it is recorded, and it is not an error (law 4).

use crate::id::EntryId;
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
    /// Somebody has this private name, or one that looks like it.
    NameTaken,
    /// There is no such address, or it is none of the account's.
    AddressUnknown,
    /// The account has as many addresses as it may have.
    AddressesFull,
    /// It is the main address: another one must be made the main one first.
    AddressMain,
    /// Without it nobody could sign in any more.
    LastWayIn,
    /// Without this account nobody could operate the site.
    LastOperator,
    /// There is no such account.
    AccountUnknown,
    /// The account is not in a state that allows it.
    AccountState,
    /// There is no such browser session, or it is over.
    SessionUnknown,
    /// This method is not open for that: the installation, the tenant or the owner has switched it off.
    MethodOff,
    /// The passkey does not open anything here: nobody's, of another account, or its proof does not hold.
    PasskeyUnknown,
    /// The passkey is held until then.
    PasskeyHeld {
        /// From when on it can be used.
        at: Time,
    },
    /// The counter of the passkey does not go on: there may be a copy of it.
    PasskeyCopied,
    /// What the browser brought is no passkey that could be used here.
    PasskeyUnfit,
    /// That passkey belongs to an account already.
    PasskeyKnown,
    /// What was to be answered is over: answered, too old, or another browser's.
    ChallengeOver,
    /// The password does not match; or none is compared at present, which whoever is a stranger is not told.
    PasswordWrong,
    /// The code out of the app does not match.
    AppCodeWrong,
    /// The code out of the app was used already.
    AppCodeRepeated,
    /// Too many wrong ones: none is compared until then.
    AttemptsBlocked {
        /// Until when.
        until: Time,
    },
    /// The password or the app is held until then.
    AuthenticatorHeld {
        /// From when on it can be used.
        at: Time,
    },
    /// What was proved is not enough to get in at once: a way in waits that opens later.
    EntryWaits {
        /// Which.
        entry: EntryId,
    },
    /// The way in is not open: not yet, not any more, or not for this browser.
    EntryClosed,
    /// The recovery code opens nothing there.
    RecoveryCodeWrong,
    /// There is no such approval, or it is over, or another browser's.
    ApprovalOver,
    /// The number is another one. There is no second try.
    ApprovalNumberWrong,
    /// The browser is no approver, or not any more.
    ApproverUnknown,
    /// The code by which a browser becomes an approver was used, closed, or is too old.
    EnrolmentOver,
    /// There is no such authenticator.
    AuthenticatorUnknown,
    /// The account has as many as it can have.
    TooMany,
    /// Not a name: nothing in it that could be read, or too much.
    NameUnfit,
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
    /// There is no such grant, or it is somebody else's.
    GrantUnknown,
    /// The browser is new to the account: what it says cannot make up for what is doubted.
    BrowserNew,
    /// Nobody has proved who is there by something that the account had before that time.
    UndoUnproved,
    /// What would go is not what was shown.
    UndoChanged,
    /// No device waits with this code: mistyped, too late, or somebody typed it before.
    UserCodeUnknown,
    /// Too many codes for devices were typed: none is looked at until then.
    GuessesHeldBack {
        /// Until when.
        until: Time,
    },
    /// The device is before no browser of this session: answered, too late, or typed elsewhere.
    DeviceGone,
    /// Nobody has proved who is there since the device was before them.
    DeviceUnproved,
    /// The digits are not those of the device; so often they may be typed still.
    DigitsWrong {
        /// How often.
        left: u8,
    },
    /// The window for a device is over.
    WindowOver,
    /// A window for a device is open, in another browser or since a moment ago.
    WindowTaken,
    /// The owner may not choose a gate that is looser than what the site says.
    GateLoose,
    /// There is no private name that the gate could ask for.
    GateNameless,
    /// There is no gate word that the gate could ask for.
    GateWordless,
    /// The gate word is what the gate asks for.
    GateWordNeeded,
    /// Nothing else would let the owner in who cannot bring what the gate asks for.
    GateLocksOut,
    /// An act that needs a reason came without one.
    ReasonMissing,
    /// There is no such client.
    ClientUnknown,
    /// There is a client of that name already.
    ClientTaken,
    /// The client stands in the configuration file, and is changed there.
    ClientDeclared,
    /// The client does not prove itself by a secret.
    ClientSecretless,
    /// There is no such signing key.
    KeyUnknown,
    /// The signing key is retired already.
    KeyRetired,
    /// There is no such finding.
    FindingUnknown,
    /// Somebody has taken note of the finding before.
    FindingAcknowledged,
    /// That is not done to such a scope by hand, or not for so long.
    ResponseUnfit,
    /// The same is done to the same already.
    ResponseStands,
    /// There is no such response, or it has ended.
    ResponseOver,
    /// There is no such webhook.
    WebhookUnknown,
    /// There are as many webhooks as there may be.
    WebhooksFull,
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
            Self::NameTaken => "name_taken",
            Self::AddressUnknown => "address_unknown",
            Self::AddressesFull => "addresses_full",
            Self::AddressMain => "address_main",
            Self::LastWayIn => "last_way_in",
            Self::LastOperator => "last_operator",
            Self::AccountUnknown => "account_unknown",
            Self::AccountState => "account_state",
            Self::SessionUnknown => "session_unknown",
            Self::MethodOff => "method_off",
            Self::PasskeyUnknown => "passkey_unknown",
            Self::PasskeyHeld { .. } => "passkey_held",
            Self::PasskeyCopied => "passkey_copied",
            Self::PasskeyUnfit => "passkey_unfit",
            Self::PasskeyKnown => "passkey_known",
            Self::ChallengeOver => "challenge_over",
            Self::PasswordWrong => "password_wrong",
            Self::AppCodeWrong => "app_code_wrong",
            Self::AppCodeRepeated => "app_code_repeated",
            Self::AttemptsBlocked { .. } => "attempts_blocked",
            Self::AuthenticatorHeld { .. } => "authenticator_held",
            Self::EntryWaits { .. } => "entry_waits",
            Self::EntryClosed => "entry_closed",
            Self::RecoveryCodeWrong => "recovery_code_wrong",
            Self::ApprovalOver => "approval_over",
            Self::ApprovalNumberWrong => "approval_number_wrong",
            Self::ApproverUnknown => "approver_unknown",
            Self::EnrolmentOver => "enrolment_over",
            Self::AuthenticatorUnknown => "authenticator_unknown",
            Self::TooMany => "too_many",
            Self::NameUnfit => "name_unfit",
            Self::TenantUnknown => "tenant_unknown",
            Self::TenantTaken => "tenant_taken",
            Self::TenantInUse => "tenant_in_use",
            Self::TenantNameUnfit => "tenant_name_unfit",
            Self::DomainTaken => "domain_taken",
            Self::DomainUnknown => "domain_unknown",
            Self::PolicyFlawed { .. } => "policy_flawed",
            Self::GrantUnknown => "grant_unknown",
            Self::BrowserNew => "browser_new",
            Self::UndoUnproved => "undo_unproved",
            Self::UndoChanged => "undo_changed",
            Self::UserCodeUnknown => "user_code_unknown",
            Self::GuessesHeldBack { .. } => "guesses_held_back",
            Self::DeviceGone => "device_gone",
            Self::DeviceUnproved => "device_unproved",
            Self::DigitsWrong { .. } => "digits_wrong",
            Self::WindowOver => "window_over",
            Self::WindowTaken => "window_taken",
            Self::GateLoose => "gate_loose",
            Self::GateNameless => "gate_nameless",
            Self::GateWordless => "gate_wordless",
            Self::GateWordNeeded => "gate_word_needed",
            Self::GateLocksOut => "gate_locks_out",
            Self::ReasonMissing => "reason_missing",
            Self::ClientUnknown => "client_unknown",
            Self::ClientTaken => "client_taken",
            Self::ClientDeclared => "client_declared",
            Self::ClientSecretless => "client_secretless",
            Self::KeyUnknown => "key_unknown",
            Self::KeyRetired => "key_retired",
            Self::FindingUnknown => "finding_unknown",
            Self::FindingAcknowledged => "finding_acknowledged",
            Self::ResponseUnfit => "response_unfit",
            Self::ResponseStands => "response_stands",
            Self::ResponseOver => "response_over",
            Self::WebhookUnknown => "webhook_unknown",
            Self::WebhooksFull => "webhooks_full",
        }
    }
}
