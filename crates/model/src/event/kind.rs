//! Table: one variant per fact, in the past tense.

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::approval::{NotApproved, NotShown, Wanted};
use crate::assurance::Aal;
use crate::authenticator::AuthenticatorKind;
use crate::client::ClientOrigin;
use crate::device_authorization::DeviceFlow;
use crate::finding::Finding;
use crate::gate::Gate;
use crate::grant::GrantEnd;
use crate::grant_refusal::GrantRefusal;
use crate::id::{
    ApprovalId, AuthenticatorId, DeviceId, EntryId, EventId, GrantId, MessageId, PairingId, ResponseId,
    SessionId, WebhookCallId, WebhookId,
};
use crate::invitation::Opening;
use crate::message::{MessageKind, Obstacle};
use crate::method::{Method, MethodSet};
use crate::nearness::Nearness;
use crate::pairing::PairingState;
use crate::response::{Act, Over};
use crate::session::SessionEnd;
use crate::sign_in_code::Purpose;
use crate::signing_key::KeyKind;
use crate::time::Time;

use super::change::{AddressKind, AddressRole, EntryKind, NotEntered, NotProved, OperatorAct, Removal};
use super::imported::Imported;

/// Why a request was not answered by a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The destination has had as many mails as it may get.
    MailBudget,
    /// The guess ledger of the account or the destination is full for the year.
    GuessLedger,
    /// The owner said "I did not ask for this", and the asking browser is unknown.
    Muted,
    /// The same code left moments ago.
    JustSent,
    /// The account is locked.
    Locked,
    /// There is no account with this address.
    NoAccount,
    /// The tenant, or the owner, takes no codes.
    MethodOff,
    /// The account cannot be signed in to by this address.
    AddressOff,
    /// Whoever reads the mailbox wants no mail from here.
    MailRefused,
    /// Text messages have cost as much as they may, behind the number's prefix or in all.
    SmsBudget,
    /// The recovery address was confirmed too long ago.
    AddressStale,
    /// A response to an attack holds back what unknown browsers of that network ask for.
    HeldBack,
    /// An unknown browser asked, and not by the private name of the account.
    NameMissing,
    /// An unknown browser asked without the gate word of the account.
    WordMissing,
    /// An unknown browser asked with another word than the gate word of the account.
    WordWrong,
    /// An unknown browser asked with a gate word, and none is looked at any more after so many wrong ones.
    WordsSpent,
    /// An unknown browser asked, and nobody had said that it would.
    Unannounced,
}

impl NotSent {
    /// Whether it was the gate of the account that stopped it.
    #[must_use]
    pub const fn is_by_gate(self) -> bool {
        matches!(
            self,
            Self::NameMissing | Self::WordMissing | Self::WordWrong | Self::WordsSpent | Self::Unannounced
        )
    }
}

/// Why a submitted code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongBecause {
    /// It did not match.
    Mismatch,
    /// It came from another browser than the one that asked.
    ForeignBrowser,
    /// All guesses were spent before.
    UsedUp,
    /// Its time had passed.
    Expired,
    /// It had been used.
    Spent,
    /// The request had been denied.
    Denied,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "details", rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody asked for a code.
    SignInCodeRequested {
        /// What it would be for.
        purpose: Purpose,
        /// Whether the browser had signed in to the account before.
        known: bool,
        /// The two words on the page and in the mail.
        reference: String,
        /// The address, masked, where there is no account yet that would name it; a telephone number always.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        address: Option<String>,
        /// Whether the code goes to a telephone.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        by_text: bool,
        /// Why no mail leaves, if none does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_sent: Option<NotSent>,
        /// When the code ends.
        expires_at: Time,
    },
    /// The same browser asked again while the code was live: the same code was sent again, or not.
    SignInCodeAskedAgain {
        /// Why no mail leaves, if none does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_sent: Option<NotSent>,
    },
    /// So many further requests were counted and not mailed; they are summed up here.
    SignInCodesSuppressed {
        /// How many.
        count: u32,
        /// The first of them.
        since: Time,
    },
    /// A code was typed and refused.
    SignInCodeRefused {
        /// Why.
        because: WrongBecause,
        /// Guesses left.
        guesses_left: u8,
    },
    /// A code was used.
    SignInCodeRedeemed,
    /// A code's time passed.
    SignInCodeExpired {
        /// Whether nobody ever typed anything.
        unused: bool,
        /// How many wrong guesses there were.
        guesses: u8,
    },
    /// A person said "I did not ask for this".
    SignInCodeDenied,
    /// Mail asked for by unknown browsers is off for a while.
    MailMuted {
        /// Until when.
        until: Time,
    },
    /// The mail server took a message.
    MessageHandedOver {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
    },
    /// A message could not be handed over yet.
    MessageDeferred {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
        /// What stood in the way.
        why: Obstacle,
        /// Which attempt it was, from 1.
        attempt: u32,
    },
    /// A message was refused for good, or given up.
    MessageBounced {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
        /// What stood in the way.
        why: Obstacle,
    },
    /// A browser session started.
    SessionStarted {
        /// Whether this browser had signed in to the account before.
        known: bool,
        /// What was proved.
        #[serde(default = "by_code")]
        methods: MethodSet,
    },
    /// Somebody in a browser session proved once more who is there, or reached a higher level.
    SessionRaised {
        /// What was proved now.
        methods: MethodSet,
        /// What the session has reached.
        aal: Aal,
    },
    /// A browser session that began is provisional: the approval that it rests on may have been relayed.
    SessionDoubted {
        /// When it ends, unless its owner says that it is theirs.
        until: Time,
    },
    /// Its owner said in another session that such a session is theirs.
    SessionConfirmed {
        /// Which.
        session: SessionId,
    },
    /// A browser session ended.
    SessionEnded {
        /// Why.
        why: SessionEnd,
    },
    /// Somebody was invited (or the set-up link was made).
    InvitationCreated {
        /// Which of the two.
        opening: Opening,
        /// What the new account may do.
        role: Role,
        /// Whom it is for, masked.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        address: Option<String>,
    },
    /// An invitation was taken back before anybody used it.
    InvitationTakenBack {
        /// Whom it was for, masked.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        address: Option<String>,
    },
    /// An account was opened.
    AccountOpened {
        /// How.
        opening: Opening,
        /// What it may do.
        role: Role,
    },
    /// An operator locked the account.
    AccountLocked,
    /// An operator unlocked the account.
    AccountUnlocked,
    /// The account was closed for good.
    AccountClosed,
    /// A passkey, a password or a secret of an app was added.
    AuthenticatorAdded {
        /// Which.
        authenticator: AuthenticatorId,
        /// Of which kind.
        kind: AuthenticatorKind,
        /// From when on it can be used, if it is held at first.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        usable_at: Option<Time>,
    },
    /// Another secret took the place of the one before: a password was changed.
    AuthenticatorChanged {
        /// Which.
        authenticator: AuthenticatorId,
        /// Of which kind.
        kind: AuthenticatorKind,
    },
    /// An authenticator is gone.
    AuthenticatorRemoved {
        /// Which.
        authenticator: AuthenticatorId,
        /// Of which kind.
        kind: AuthenticatorKind,
        /// Why.
        why: Removal,
    },
    /// A password, a code out of an app or a passkey was presented and refused.
    ProofRefused {
        /// Which method.
        method: Method,
        /// Why.
        because: NotProved,
        /// Whether the browser had signed in to the account before.
        known: bool,
    },
    /// In a browser that had not signed in before, the password was right, and a code out of the app was asked for: whoever
    /// it was knows the password.
    PasswordMatched,
    /// After too many wrong ones nothing is compared for a while.
    AttemptsBlocked {
        /// Which method.
        method: Method,
        /// Whether for browsers that have signed in before, or for all others.
        known: bool,
        /// Until when.
        until: Time,
    },
    /// New recovery codes took the place of all before.
    RecoveryCodesMade {
        /// How many.
        count: u32,
    },
    /// The recovery codes are gone.
    RecoveryCodesRemoved {
        /// How many there were.
        count: u32,
    },
    /// A browser that had signed in does not count as known any more.
    BrowserForgotten,
    /// A recovery code was used up.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// An address was confirmed and belongs to the account from now on.
    AddressAdded {
        /// What kind.
        kind: AddressKind,
        /// What for.
        role: AddressRole,
        /// Masked.
        address: String,
    },
    /// An address was confirmed once more.
    AddressConfirmed {
        /// Masked.
        address: String,
    },
    /// An address belongs to the account no more.
    AddressRemoved {
        /// What kind.
        kind: AddressKind,
        /// What for.
        role: AddressRole,
        /// Masked.
        address: String,
        /// Why.
        why: Removal,
    },
    /// Another address is the main one now.
    AddressMadeMain {
        /// Masked.
        address: String,
    },
    /// Sign-in by an address was switched.
    AddressSwitched {
        /// Masked.
        address: String,
        /// Whether it is open now.
        sign_in: bool,
    },
    /// Whoever owns a recovery address wants no part in this account: it goes at that time.
    DetachingAsked {
        /// Masked.
        address: String,
        /// When it goes.
        at: Time,
    },
    /// Somebody wanted an address of the account for another one; nothing came of it.
    AddressWanted {
        /// What kind.
        kind: AddressKind,
        /// Masked.
        address: String,
    },
    /// Somebody asked what is held about an address; the answer goes to the address itself.
    HoldingsAsked,
    /// Whoever owns an address wants no mail from here, or wants it again.
    MailRefused {
        /// Whether it is refused now.
        refused: bool,
    },
    /// The owner switched methods on or off.
    MethodsChanged {
        /// What the account leaves open for signing in.
        sign_in: MethodSet,
    },
    /// The owner chose what an unknown browser must bring before a code is mailed.
    GateChanged {
        /// What; none: what the site says.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        gate: Option<Gate>,
    },
    /// The owner set a gate word, or took it away.
    GateWordChanged {
        /// Whether there is one now.
        set: bool,
    },
    /// Somebody said that they will ask for a code from an unknown browser: one is mailed until then.
    GateOpened {
        /// Until when.
        until: Time,
    },
    /// That is over before its time.
    GateClosed {
        /// Whether somebody signed in by it; otherwise it was taken back.
        used: bool,
    },
    /// A way in was asked for that opens later.
    EntryAsked {
        /// Which.
        entry: EntryId,
        /// Of which kind.
        kind: EntryKind,
        /// What was proved so far.
        methods: MethodSet,
        /// When it opens.
        opens_at: Time,
    },
    /// A way in was closed before it opened, or before it was used.
    EntryCancelled {
        /// Which.
        entry: EntryId,
        /// Of which kind.
        kind: EntryKind,
    },
    /// A way in was used.
    EntryUsed {
        /// Which.
        entry: EntryId,
        /// Of which kind.
        kind: EntryKind,
    },
    /// A way in was not used while it was open.
    EntryExpired {
        /// Which.
        entry: EntryId,
        /// Of which kind.
        kind: EntryKind,
    },
    /// The owner allowed a client something, now or by a consent that still holds.
    GrantGiven {
        /// Which grant.
        grant: GrantId,
        /// To which client.
        client: String,
        /// What may be done.
        scopes: String,
        /// Whether an earlier consent was the reason, and nobody was asked.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        remembered: bool,
    },
    /// The owner said no to a client.
    GrantDenied {
        /// Which client.
        client: String,
    },
    /// A client got tokens.
    TokensIssued {
        /// Of which grant; none where it acts for itself.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        grant: Option<GrantId>,
        /// Which client.
        client: String,
        /// Whether by a refresh token.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        refreshed: bool,
        /// How many refreshes of the grant before this one were only counted, since the last that has an event.
        #[serde(skip_serializing_if = "is_nought", default)]
        further: u32,
        /// Whether they are worth less than what was granted.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        provisional: bool,
    },
    /// A client brought a code or a refresh token that is the account's, and got nothing for it.
    TokensRefused {
        /// Of which grant.
        grant: GrantId,
        /// Which client.
        client: String,
        /// Why.
        because: GrantRefusal,
    },
    /// One access token was given back by its client.
    TokenRevoked {
        /// Of which grant; none where the client acted for itself.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        grant: Option<GrantId>,
        /// Which client.
        client: String,
    },
    /// A grant ended, and every token of it.
    GrantEnded {
        /// Which.
        grant: GrantId,
        /// To which client it was given.
        client: String,
        /// Why.
        why: GrantEnd,
        /// How many of its last refreshes were only counted.
        #[serde(skip_serializing_if = "is_nought", default)]
        further: u32,
    },
    /// A client sent the person here to sign out, and the person did.
    LogoutAsked {
        /// Which client.
        client: String,
    },
    /// A client was told that the person is signed out.
    LogoutTold {
        /// Which client.
        client: String,
    },
    /// A client could not be told yet.
    LogoutDeferred {
        /// Which client.
        client: String,
        /// What stood in the way.
        why: Obstacle,
        /// Which attempt it was, from 1.
        attempt: u32,
    },
    /// A client refused to be told, or could not be told in all the time there was.
    LogoutGivenUp {
        /// Which client.
        client: String,
        /// What stood in the way.
        why: Obstacle,
    },
    /// A program brought a code that had gone to the person's own machine, from a place that is more doubtful.
    ClientElsewhere {
        /// Of which grant.
        grant: GrantId,
        /// Which client.
        client: String,
        /// Where it is, seen from the browser.
        nearness: Nearness,
    },
    /// The owner confirmed a grant that was provisional.
    GrantConfirmed {
        /// Which.
        grant: GrantId,
        /// To which client it was given.
        client: String,
    },
    /// What had come about since a time, by a session or by a grant was undone; what went has events of its own.
    Undone {
        /// Since when, where it was since a time.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        since: Option<Time>,
        /// By which session, where it was by one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        by_session: Option<SessionId>,
        /// By which grant, where it was by one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        by_grant: Option<GrantId>,
        /// How many things went.
        gone: u32,
        /// How many stayed that it reached.
        stayed: u32,
    },
    /// Somebody opened a window for a device.
    PairingOpened {
        /// Which.
        pairing: PairingId,
        /// How long it is open.
        until: Time,
    },
    /// A window is over, and no device came of it.
    PairingOver {
        /// Which.
        pairing: PairingId,
        /// How it ended.
        why: PairingState,
    },
    /// A device asked to be let in: by a code that it shows, or by one that was typed into it.
    DeviceAsked {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
        /// How it began.
        flow: DeviceFlow,
        /// What it is, by its own account: a word of our list.
        kind: String,
        /// When it asked, where that was told later: once somebody had typed its code.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        asked_at: Option<Time>,
    },
    /// Somebody typed the code that a device shows, and has the device before them.
    DeviceCodeEntered {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
        /// Where the device is, seen from whoever typed it.
        nearness: Nearness,
    },
    /// Somebody typed a code for a device, and nothing came of it.
    DeviceCodeRefused {
        /// Why.
        because: NotEntered,
    },
    /// The digits of a device were typed wrong.
    DeviceDigitsRefused {
        /// Which.
        device: DeviceId,
        /// How often they may be typed still.
        left: u8,
    },
    /// The owner said that a device is not theirs.
    DeviceDenied {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
    },
    /// The owner let a device in.
    DeviceApproved {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
        /// How it began.
        flow: DeviceFlow,
        /// What it is, by its own account: a word of our list.
        kind: String,
        /// Where the device is, seen from the owner.
        nearness: Nearness,
        /// What was allowed.
        grant: GrantId,
    },
    /// A device that was let in came for its tokens from a place that is more doubtful than the one where it was let in.
    DeviceMoved {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
        /// Where it is now, seen from the owner.
        nearness: Nearness,
        /// What was allowed.
        grant: GrantId,
    },
    /// A device polled faster than it was told so often that its code ended.
    DevicePolledOut {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
    },
    /// A code was shown by which another browser becomes an approver.
    EnrolmentOpened {
        /// How long it can be used.
        until: Time,
    },
    /// Nobody brought that code in time: no approver came of it.
    EnrolmentLapsed,
    /// Somebody asked for an approval.
    ApprovalAsked {
        /// Which.
        approval: ApprovalId,
        /// What for.
        wanted: Wanted,
        /// Whether the browser had signed in to the account before.
        known: bool,
        /// The client that sent the person here, if one did.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        client: Option<String>,
        /// Why no approver sees it, if none does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_shown: Option<NotShown>,
        /// How long it can be answered.
        until: Time,
    },
    /// An approver was opened, and what waits was looked at there.
    ApprovalOpened {
        /// Which.
        approval: ApprovalId,
        /// On which approver.
        approver: AuthenticatorId,
    },
    /// The number was typed on an approver, and confirmed by its passkey.
    ApprovalMatched {
        /// Which.
        approval: ApprovalId,
        /// On which approver.
        approver: AuthenticatorId,
        /// Where the browser that asked is, seen from the approver.
        nearness: Nearness,
    },
    /// Somebody said on an approver: that is not me.
    ApprovalDenied {
        /// Which.
        approval: ApprovalId,
        /// On which approver.
        approver: AuthenticatorId,
    },
    /// Another number was typed on an approver; there is one try.
    ApprovalNumberRefused {
        /// Which.
        approval: ApprovalId,
        /// On which approver.
        approver: AuthenticatorId,
    },
    /// An answer of an approver came to nothing.
    ApprovalRefused {
        /// On which approver.
        approver: AuthenticatorId,
        /// Why.
        because: NotApproved,
    },
    /// An approval's time passed.
    ApprovalLapsed {
        /// Which.
        approval: ApprovalId,
        /// Whether somebody had looked at it on an approver.
        opened: bool,
        /// Whether it had been approved, and the browser that asked did not come for it.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        approved: bool,
    },
    /// The browser that had asked gave it up, or asked anew.
    ApprovalWithdrawn {
        /// Which.
        approval: ApprovalId,
    },
    /// Browsers that the account does not know asked with its password for more approvals than are shown to its owner in a day: what
    /// they ask beyond that is shown on no approver, and stands on the record here alone.
    ApprovalsHeldBack {
        /// When the next one can be shown.
        until: Time,
        /// How many were held back within the day; none where it begins with the first.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        count: Option<u32>,
    },
    /// The doorbell of an approver was switched.
    DoorbellSwitched {
        /// Of which approver.
        approver: AuthenticatorId,
        /// Whether it rings from now on.
        on: bool,
    },
    /// An approver was rung: something waits.
    DoorbellRung {
        /// What.
        approval: ApprovalId,
        /// Which approver.
        approver: AuthenticatorId,
    },
    /// Too much went unanswered, or was refused: nothing rings until the owner wants that again. What waits is seen all the same.
    DoorbellSilenced,
    /// The push service knows nothing of an approver any more: it does not ring until it is switched on again.
    DoorbellGone {
        /// Which approver.
        approver: AuthenticatorId,
    },
    /// The push service refuses to ring an approver, and would refuse it again. Recorded once, until a ring is taken.
    DoorbellRefused {
        /// Which approver.
        approver: AuthenticatorId,
        /// The origin of the push service.
        service: String,
        /// What stood in the way.
        why: Obstacle,
    },
    /// A device's time passed.
    DeviceExpired {
        /// Which.
        device: DeviceId,
        /// Which client runs on it.
        client: String,
        /// Whether it had been let in, and did not come for its tokens.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        approved: bool,
    },
    /// So much was guessed, or asked for, that nothing is looked at for a while.
    DevicesHeldBack {
        /// Which codes.
        flow: DeviceFlow,
        /// Whether in all, or from one network alone.
        everywhere: bool,
        /// Until when.
        until: Time,
    },
    /// A tenant was made.
    TenantMade {
        /// Its short name.
        tenant: String,
    },
    /// A tenant's name or policy was changed.
    TenantChanged {
        /// Its short name.
        tenant: String,
        /// What it leaves open for signing in now.
        sign_in: MethodSet,
        /// What it wants brought now before a code is mailed.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        gate: Option<Gate>,
    },
    /// A tenant is gone.
    TenantRemoved {
        /// Its short name.
        tenant: String,
    },
    /// A domain became a tenant's.
    DomainAdded {
        /// The tenant's short name.
        tenant: String,
        /// The domain.
        domain: String,
    },
    /// A domain is a tenant's no more.
    DomainRemoved {
        /// The tenant's short name.
        tenant: String,
        /// The domain.
        domain: String,
    },
    /// An account was put into a tenant, or made personal.
    AccountMoved {
        /// The tenant's short name; none makes it personal.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        tenant: Option<String>,
    },
    /// An operator wrote the accounts into a file.
    AccountsExported {
        /// Whether what verifies passwords and apps is in it.
        secrets: bool,
    },
    /// The owner took everything along that is held about the account.
    DataDownloaded,
    /// The owner said what apps are to call them, or that they are to call them nothing.
    ProfileChanged {
        /// Whether there is a name.
        named: bool,
    },
    /// An operator did something with an account, and said why.
    OperatorActed {
        /// What.
        act: OperatorAct,
        /// The reason, as the operator gave it.
        reason: String,
    },
    /// A client was added.
    ClientAdded {
        /// Its name (`client_id`).
        client: String,
        /// Who brought it in.
        origin: ClientOrigin,
    },
    /// What is known of a client was changed.
    ClientChanged {
        /// Its name (`client_id`).
        client: String,
    },
    /// A client got a new secret.
    ClientSecretMade {
        /// Its name (`client_id`).
        client: String,
        /// Until when the one before holds; it does not hold any more where nothing is said.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        before_until: Option<Time>,
    },
    /// An operator vouches for the name and the pages of a client, or no longer does.
    ClientVerified {
        /// Its name (`client_id`).
        client: String,
        /// Whether somebody does now.
        verified: bool,
    },
    /// A client is gone, with all that people had allowed it.
    ClientRemoved {
        /// Its name (`client_id`).
        client: String,
    },
    /// A token was made by which clients can register themselves.
    RegistrationOpened {
        /// How many.
        clients: u32,
        /// Until when.
        until: Time,
    },
    /// A new signing key can be seen; it does not sign yet.
    SigningKeyPublished {
        /// Its identifier (`kid`).
        key: String,
        /// Of which kind.
        kind: KeyKind,
    },
    /// A signing key signs from now on.
    SigningKeyActivated {
        /// Its identifier (`kid`).
        key: String,
        /// Of which kind.
        kind: KeyKind,
    },
    /// A signing key signs no more, and its private half is gone; what it signed can still be verified.
    SigningKeyRetired {
        /// Its identifier (`kid`).
        key: String,
        /// Of which kind.
        kind: KeyKind,
    },
    /// A signing key has left the key set: what it signed is not accepted any more.
    SigningKeyRemoved {
        /// Its identifier (`kid`).
        key: String,
        /// Of which kind.
        kind: KeyKind,
    },
    /// A key was made that signs the record's checkpoints and the receipts of mails from now on.
    RecordKeyMade {
        /// Its public half, with its name.
        key: String,
    },
    /// Entries of the record were erased, because the law demands it.
    EntriesErased {
        /// How many.
        entries: u32,
        /// The SHA-256 of their numbers in the tree over the record.
        leaves: String,
    },
    /// The chance that anybody guessed any code in the last 365 days may have come to what operators are told at.
    GuessAlarmRaised {
        /// It is at most one in so many.
        one_in: i64,
        /// Operators are told at one in so many.
        told_at_one_in: i64,
    },
    /// A detector concluded something.
    FindingRaised {
        /// What.
        finding: Finding,
    },
    /// An operator took note of a finding.
    FindingAcknowledged {
        /// The event that raised it.
        finding: EventId,
        /// What the operator said about it.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        note: String,
    },
    /// Something was done about a finding, or would have been.
    ResponseBegan {
        /// Which.
        response: ResponseId,
        /// What.
        act: Act,
        /// To whom, as [`Scope::text`](crate::response::Scope::text) writes it.
        scope: String,
        /// Until when.
        until: Time,
        /// The event that raised the finding; none where an operator began it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        finding: Option<EventId>,
        /// Why: the detector, or what the operator said.
        reason: String,
        /// Whether it was only said what would have been done.
        simulated: bool,
    },
    /// A response that lasted is over.
    ResponseEnded {
        /// Which.
        response: ResponseId,
        /// What.
        act: Act,
        /// To whom.
        scope: String,
        /// How.
        how: Over,
    },
    /// A service is told of findings from now on.
    WebhookAdded {
        /// Which.
        webhook: WebhookId,
        /// Where, without what stands behind the path.
        url: String,
    },
    /// A service is not told any more.
    WebhookRemoved {
        /// Which.
        webhook: WebhookId,
        /// Where, without what stands behind the path.
        url: String,
    },
    /// A service was told.
    WebhookTold {
        /// Which.
        webhook: WebhookId,
        /// The identifier of what it was told (`webhook-id`).
        call: WebhookCallId,
    },
    /// A service could not be told yet.
    WebhookDeferred {
        /// Which.
        webhook: WebhookId,
        /// The identifier of what it is told (`webhook-id`).
        call: WebhookCallId,
        /// What stood in the way.
        why: Obstacle,
        /// Which attempt it was, from 1.
        attempt: u32,
    },
    /// A service will not be told.
    WebhookGivenUp {
        /// Which.
        webhook: WebhookId,
        /// The identifier of what it was to be told (`webhook-id`).
        call: WebhookCallId,
        /// What stood in the way.
        why: Obstacle,
    },
    /// Another system recorded something; only the records of an investigation are such events.
    Imported {
        /// What it recorded.
        record: Box<Imported>,
    },
}

/// Sessions from before there was anything else.
const fn by_code() -> MethodSet {
    MethodSet::NONE.with(Method::MailCode)
}

impl EventKind {
    /// The stable name of the kind, as in its JSON form.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignInCodeRequested { .. } => "sign_in_code_requested",
            Self::SignInCodeAskedAgain { .. } => "sign_in_code_asked_again",
            Self::SignInCodesSuppressed { .. } => "sign_in_codes_suppressed",
            Self::SignInCodeRefused { .. } => "sign_in_code_refused",
            Self::SignInCodeRedeemed => "sign_in_code_redeemed",
            Self::SignInCodeExpired { .. } => "sign_in_code_expired",
            Self::SignInCodeDenied => "sign_in_code_denied",
            Self::MailMuted { .. } => "mail_muted",
            Self::MessageHandedOver { .. } => "message_handed_over",
            Self::MessageDeferred { .. } => "message_deferred",
            Self::MessageBounced { .. } => "message_bounced",
            Self::SessionStarted { .. } => "session_started",
            Self::SessionRaised { .. } => "session_raised",
            Self::SessionDoubted { .. } => "session_doubted",
            Self::SessionConfirmed { .. } => "session_confirmed",
            Self::SessionEnded { .. } => "session_ended",
            Self::InvitationCreated { .. } => "invitation_created",
            Self::InvitationTakenBack { .. } => "invitation_taken_back",
            Self::AccountOpened { .. } => "account_opened",
            Self::AccountLocked => "account_locked",
            Self::AccountUnlocked => "account_unlocked",
            Self::AccountClosed => "account_closed",
            Self::AuthenticatorAdded { .. } => "authenticator_added",
            Self::AuthenticatorChanged { .. } => "authenticator_changed",
            Self::AuthenticatorRemoved { .. } => "authenticator_removed",
            Self::ProofRefused { .. } => "proof_refused",
            Self::PasswordMatched => "password_matched",
            Self::AttemptsBlocked { .. } => "attempts_blocked",
            Self::RecoveryCodesMade { .. } => "recovery_codes_made",
            Self::RecoveryCodesRemoved { .. } => "recovery_codes_removed",
            Self::BrowserForgotten => "browser_forgotten",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::AddressAdded { .. } => "address_added",
            Self::AddressConfirmed { .. } => "address_confirmed",
            Self::AddressRemoved { .. } => "address_removed",
            Self::AddressMadeMain { .. } => "address_made_main",
            Self::AddressSwitched { .. } => "address_switched",
            Self::DetachingAsked { .. } => "detaching_asked",
            Self::AddressWanted { .. } => "address_wanted",
            Self::HoldingsAsked => "holdings_asked",
            Self::MailRefused { .. } => "mail_refused",
            Self::MethodsChanged { .. } => "methods_changed",
            Self::GateChanged { .. } => "gate_changed",
            Self::GateWordChanged { .. } => "gate_word_changed",
            Self::GateOpened { .. } => "gate_opened",
            Self::GateClosed { .. } => "gate_closed",
            Self::EntryAsked { .. } => "entry_asked",
            Self::EntryCancelled { .. } => "entry_cancelled",
            Self::EntryUsed { .. } => "entry_used",
            Self::EntryExpired { .. } => "entry_expired",
            Self::GrantGiven { .. } => "grant_given",
            Self::GrantDenied { .. } => "grant_denied",
            Self::TokensIssued { .. } => "tokens_issued",
            Self::TokensRefused { .. } => "tokens_refused",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::GrantEnded { .. } => "grant_ended",
            Self::LogoutAsked { .. } => "logout_asked",
            Self::LogoutTold { .. } => "logout_told",
            Self::LogoutDeferred { .. } => "logout_deferred",
            Self::LogoutGivenUp { .. } => "logout_given_up",
            Self::ClientElsewhere { .. } => "client_elsewhere",
            Self::GrantConfirmed { .. } => "grant_confirmed",
            Self::Undone { .. } => "undone",
            Self::PairingOpened { .. } => "pairing_opened",
            Self::PairingOver { .. } => "pairing_over",
            Self::DeviceAsked { .. } => "device_asked",
            Self::DeviceCodeEntered { .. } => "device_code_entered",
            Self::DeviceCodeRefused { .. } => "device_code_refused",
            Self::DeviceDigitsRefused { .. } => "device_digits_refused",
            Self::DeviceDenied { .. } => "device_denied",
            Self::DeviceApproved { .. } => "device_approved",
            Self::DeviceMoved { .. } => "device_moved",
            Self::DevicePolledOut { .. } => "device_polled_out",
            Self::EnrolmentOpened { .. } => "enrolment_opened",
            Self::EnrolmentLapsed => "enrolment_lapsed",
            Self::ApprovalAsked { .. } => "approval_asked",
            Self::ApprovalOpened { .. } => "approval_opened",
            Self::ApprovalMatched { .. } => "approval_matched",
            Self::ApprovalDenied { .. } => "approval_denied",
            Self::ApprovalNumberRefused { .. } => "approval_number_refused",
            Self::ApprovalRefused { .. } => "approval_refused",
            Self::ApprovalLapsed { .. } => "approval_lapsed",
            Self::ApprovalWithdrawn { .. } => "approval_withdrawn",
            Self::ApprovalsHeldBack { .. } => "approvals_held_back",
            Self::DoorbellSwitched { .. } => "doorbell_switched",
            Self::DoorbellRung { .. } => "doorbell_rung",
            Self::DoorbellSilenced => "doorbell_silenced",
            Self::DoorbellGone { .. } => "doorbell_gone",
            Self::DoorbellRefused { .. } => "doorbell_refused",
            Self::DeviceExpired { .. } => "device_expired",
            Self::DevicesHeldBack { .. } => "devices_held_back",
            Self::TenantMade { .. } => "tenant_made",
            Self::TenantChanged { .. } => "tenant_changed",
            Self::TenantRemoved { .. } => "tenant_removed",
            Self::DomainAdded { .. } => "domain_added",
            Self::DomainRemoved { .. } => "domain_removed",
            Self::AccountMoved { .. } => "account_moved",
            Self::AccountsExported { .. } => "accounts_exported",
            Self::DataDownloaded => "data_downloaded",
            Self::ProfileChanged { .. } => "profile_changed",
            Self::OperatorActed { .. } => "operator_acted",
            Self::ClientAdded { .. } => "client_added",
            Self::ClientChanged { .. } => "client_changed",
            Self::ClientSecretMade { .. } => "client_secret_made",
            Self::ClientVerified { .. } => "client_verified",
            Self::ClientRemoved { .. } => "client_removed",
            Self::RegistrationOpened { .. } => "registration_opened",
            Self::SigningKeyPublished { .. } => "signing_key_published",
            Self::SigningKeyActivated { .. } => "signing_key_activated",
            Self::SigningKeyRetired { .. } => "signing_key_retired",
            Self::SigningKeyRemoved { .. } => "signing_key_removed",
            Self::RecordKeyMade { .. } => "record_key_made",
            Self::EntriesErased { .. } => "entries_erased",
            Self::GuessAlarmRaised { .. } => "guess_alarm_raised",
            Self::FindingRaised { .. } => "finding_raised",
            Self::FindingAcknowledged { .. } => "finding_acknowledged",
            Self::ResponseBegan { .. } => "response_began",
            Self::ResponseEnded { .. } => "response_ended",
            Self::WebhookAdded { .. } => "webhook_added",
            Self::WebhookRemoved { .. } => "webhook_removed",
            Self::WebhookTold { .. } => "webhook_told",
            Self::WebhookDeferred { .. } => "webhook_deferred",
            Self::WebhookGivenUp { .. } => "webhook_given_up",
            Self::Imported { .. } => "imported",
        }
    }
}

/// Whether a count is left out.
const fn is_nought(count: &u32) -> bool {
    *count == 0
}
