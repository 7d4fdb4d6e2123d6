//! The rules that an operator sets and every decision reads.

use std::time::Duration;

use wire::http::network::Network;

use crate::budget::{Chance, MailAllowance};
use crate::gate::Gate;
use crate::ledger::{self, Lengths, Limits};
use crate::method::{Method, MethodPolicy, Use};
use crate::response::Responses;
use crate::signing_key::Rotation;
use crate::sms::SmsRules;

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}
const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}
const fn days(n: u64) -> Duration {
    hours(n * 24)
}

/// Who may open an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nobody but the operator, by the set-up link.
    Closed,
    /// Whoever was invited.
    Invite,
    /// Whoever confirms an address.
    Open,
}

/// How much of a source address is kept on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAddresses {
    /// As it was seen.
    Full,
    /// IPv4 to /24, IPv6 to /48.
    Network,
    /// Not at all.
    None,
}

/// All rules. The defaults are those of `threats.md` §8.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Private networks each of which is one place ([`crate::nearness`]).
    pub nearby_networks: Vec<Network>,
    /// The tenant that codes, ledgers and budgets belong to.
    pub tenant: String,
    /// Who may open an account.
    pub registration: Registration,
    /// How long a sign-in code lives; NIST SP 800-63B-4 §3.1.3.2 allows ten minutes at most.
    pub code_lifetime: Duration,
    /// How many guesses one code allows.
    pub code_guesses: u8,
    /// How many characters of base 20 a code has as long as the guess budget is not low.
    pub code_length: u8,
    /// How often a code may get longer by a group ([`ledger::STEPS`]; none where it is tried what is then).
    pub code_steps: u8,
    /// One part in so many of what is left is the most that a code takes ([`ledger::SHARE`]).
    pub code_share: i64,
    /// How soon the same code may be sent again.
    pub resend_after: Duration,
    /// The chance a year that strangers may be given, per account and per destination.
    pub epsilon: Chance,
    /// The same for browsers that have signed in to the account before.
    pub epsilon_known: Chance,
    /// The chance a year that strangers may be given for all accounts together, and again known browsers.
    pub epsilon_all: Chance,
    /// Operators are told when the chance that anybody guessed any code within 365 days may have come to this.
    pub alarm_at: Chance,
    /// Mails to one destination on the request of unknown browsers.
    pub mails: MailAllowance,
    /// Mails to one destination on the request of known browsers.
    pub known_mails: MailAllowance,
    /// How many approvals unknown browsers may ask for within a day with the password of one account ([`crate::approval_budget`]).
    pub approvals: u32,
    /// What text messages may go where and cost; none: none leaves, and no code goes to a telephone.
    pub sms: Option<SmsRules>,
    /// The least time between two digests of what was not sent.
    pub digest_interval: Duration,
    /// The same after "I did not ask for this".
    pub digest_interval_muted: Duration,
    /// How long "I did not ask for this" stops mail asked for by unknown browsers.
    pub mute: Duration,
    /// A browser session that is not used for so long ends.
    pub session_idle: Duration,
    /// A browser session ends after so long, used or not.
    pub session_absolute: Duration,
    /// How long an invitation or set-up link stays open.
    pub invitation_lifetime: Duration,
    /// How long events are kept.
    pub retention: Duration,
    /// Whether the record is sealed, and mails carry receipts.
    pub sealed: bool,
    /// How long after a checkpoint of the record the next one is signed, if anything happened meanwhile.
    pub checkpoint_every: Duration,
    /// How much of a source address is kept.
    pub keep_addresses: KeepAddresses,
    /// Which methods the installation leaves open; tenants and accounts can only take away.
    pub methods: MethodPolicy,
    /// What an unknown browser must bring before a code is mailed, where neither tenant nor owner says something stricter.
    pub gate: Gate,
    /// Whether an owner may choose something looser.
    pub gate_looser: bool,
    /// How many characters a password has at least beside another authenticator; NIST SP 800-63B-4 §3.1.1.2 asks for 8.
    pub password_length: u16,
    /// The same where it lets in alone; the same section asks for 15.
    pub password_length_alone: u16,
    /// When one signing key follows another.
    pub signing_keys: Rotation,
    /// What is done by itself about findings.
    pub responses: Responses,
    /// Whether approvers may ring, which asks a service that the person's browser has chosen.
    pub doorbell: bool,
}

impl Policy {
    /// Which lengths a code may have.
    #[must_use]
    pub const fn lengths(&self) -> Lengths {
        Lengths { shortest: self.code_length, steps: self.code_steps, share: self.code_share }
    }

    /// What the ledger may hold, of browsers that are known or of those that are not.
    #[must_use]
    pub const fn limits(&self, known: bool) -> Limits {
        Limits { one: if known { self.epsilon_known } else { self.epsilon }, all: self.epsilon_all }
    }

    /// By what rules codes go to telephones; none where no method of the installation uses any.
    #[must_use]
    pub fn text_messages(&self) -> Option<&SmsRules> {
        let used = Use::ALL.into_iter().any(|use_| self.methods.open(use_).has(Method::SmsCode));
        self.sms.as_ref().filter(|_| used)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            nearby_networks: Vec::new(),
            tenant: "default".to_owned(),
            registration: Registration::Invite,
            code_lifetime: minutes(10),
            code_guesses: 3,
            code_length: 8,
            code_steps: ledger::STEPS,
            code_share: ledger::SHARE,
            resend_after: Duration::from_secs(30),
            epsilon: Chance::one_in(1_000_000),
            epsilon_known: Chance::one_in(10_000),
            epsilon_all: Chance::one_in(10),
            alarm_at: Chance::one_in(100),
            mails: MailAllowance { per_day: 3, per_week: 6 },
            known_mails: MailAllowance { per_day: 10, per_week: 70 },
            approvals: 10,
            sms: None,
            digest_interval: hours(24),
            digest_interval_muted: days(7),
            mute: days(30),
            session_idle: days(7),
            session_absolute: days(30),
            invitation_lifetime: days(7),
            retention: days(400),
            sealed: true,
            checkpoint_every: minutes(1),
            keep_addresses: KeepAddresses::Full,
            methods: MethodPolicy::OPEN.without(Method::SmsCode),
            gate: Gate::Open,
            gate_looser: false,
            password_length: 8,
            password_length_alone: 15,
            signing_keys: Rotation { ahead: days(7), period: days(90), longest_token: days(30) },
            responses: Responses::default(),
            doorbell: true,
        }
    }
}
