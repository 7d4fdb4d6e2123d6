//! One line of the time line: what happened, how it ended, from where, and what lies behind it.

use crate::view::finding::Words;
use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::Purpose;
use crate::view::source::SourceLine;

/// One line of the time line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Unique on the page; links lead to it (`#…`).
    pub id: String,
    /// When.
    pub at: Moment,
    /// The local time of day: "03:14".
    pub clock: String,
    /// What happened.
    pub what: What,
    /// How it ended; requests for codes have an end.
    pub end: Option<End>,
    /// How many wrong codes were typed.
    pub wrong: u8,
    /// From where.
    pub source: Option<SourceLine>,
    /// What lies behind it, for whoever unfolds the line.
    pub details: Option<Details>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// Somebody asked for a code.
    CodeAsked(Purpose),
    /// So many further requests were counted, none mailed.
    MoreRequests(u32),
    /// Mail asked for by unknown browsers is off, until then.
    MailMuted(Moment),
    /// A browser session started.
    SessionStarted,
    /// A browser session ended.
    SessionEnded(SessionOver),
    /// The account was opened.
    AccountOpened(Opened),
    /// An operator locked the account.
    AccountLocked,
    /// An operator unlocked the account.
    AccountUnlocked,
    /// The account was closed.
    AccountClosed,
    /// Somebody was invited: whom, masked, if that is known.
    Invited(Option<String>),
    /// A detector concluded something: its words.
    Finding(Words),
    /// Something about the account changed, or was tried.
    Changed(Change),
}

/// A change: its text, what the text is given, and the symbol that stands for it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The text.
    pub text: &'static str,
    /// The name of an argument of the text, and its value.
    pub argument: Option<(&'static str, String)>,
    /// The symbol of the sprite; also the class that colours it.
    pub icon: &'static str,
}

/// Why a browser session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionOver {
    /// Its owner signed out.
    SignedOut,
    /// Its owner ended it from another session.
    EndedByOwner,
    /// A new sign-in in the same browser took its place.
    Replaced,
    /// It was not used for too long.
    Idle,
    /// It reached its absolute end.
    Absolute,
    /// The account was locked or closed.
    AccountUnavailable,
    /// An operator ended it.
    EndedByOperator,
    /// The account was recovered.
    Recovered,
    /// It was undone with what came about in it.
    Undone,
    /// Another browser used it.
    Suspected,
}

/// How an account was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// By the set-up link.
    SetUp,
    /// By an invitation.
    Invitation,
    /// By registration.
    Registration,
    /// By an operator, who brought it from elsewhere.
    Import,
}

/// How a request for a code ended, or that it did not yet.
#[derive(Clone, Debug)]
pub enum End {
    /// It still can be used, until then.
    Waiting(Moment),
    /// It was used.
    Used,
    /// Its time passed and nobody typed the right code.
    NeverUsed,
    /// All guesses were wrong.
    WrongCodes,
    /// Nothing was mailed.
    NotSent(NotSent),
    /// A person said "this was not me".
    NotYou,
    /// The mail server refused the mail, or it was given up.
    Bounced,
}

/// Why nothing was mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The mailbox has had as many code mails as it may get.
    MailLimit,
    /// No more guesses are allowed this year.
    GuessLimit,
    /// The owner said "this was not me" before, and the browser is unknown.
    Muted,
    /// The same code left moments ago.
    JustSent,
    /// The account is locked.
    Locked,
    /// No account has this address.
    NoAccount,
    /// The account takes no codes.
    MethodOff,
    /// The account cannot be signed in to by this address.
    AddressOff,
    /// Whoever reads the mailbox refuses mail from here.
    MailRefused,
    /// Text messages have cost as much as they may.
    SmsLimit,
    /// The recovery address was confirmed too long ago.
    AddressStale,
    /// Codes are held back that unknown browsers of that network ask for.
    HeldBack,
    /// Asked for without the private name of the account.
    NameMissing,
    /// Asked for without its gate word.
    WordMissing,
    /// Asked for with another word.
    WordWrong,
    /// Asked for with a word after too many wrong ones.
    WordsSpent,
    /// Asked for without being announced.
    Unannounced,
}

/// What lies behind a request for a code.
#[derive(Clone, Debug)]
pub struct Details {
    /// The request.
    pub request_id: String,
    /// The two words on the page and in the mail.
    pub reference: String,
    /// Whether the code went to a telephone.
    pub by_text: bool,
    /// What became of the message.
    pub mail: Mail,
    /// How many guesses were spent.
    pub guesses: u8,
    /// How many there were.
    pub guesses_allowed: u8,
    /// Each step, the oldest first.
    pub steps: Vec<Step>,
    /// Whether "this was not me" can be said.
    pub not_me: NotMeOffer,
}

/// One step of a request.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub at: Moment,
    /// What.
    pub what: StepKind,
}

/// What a step was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The code was asked for.
    Asked,
    /// The same browser asked again; the same code was sent again.
    SentAgain,
    /// The same browser asked again; nothing was sent.
    NotSentAgain,
    /// The mail server took the mail.
    HandedOver,
    /// The mail server could not take the mail yet.
    Delayed,
    /// The mail server refused the mail.
    Bounced,
    /// Nothing was mailed.
    NotSent,
    /// A wrong code was typed; so many guesses were left.
    Wrong(u8),
    /// A code was typed in another browser; it was not compared.
    OtherBrowser,
    /// A code was typed after the request had ended; it was not compared.
    TooLate,
    /// The code was used.
    Used,
    /// Its time passed.
    Expired,
    /// A person said "this was not me".
    NotYou,
}

/// What became of the mail.
#[derive(Clone, Debug)]
pub enum Mail {
    /// It waits to be handed to the mail server.
    Waiting,
    /// The mail server did not take it yet; so many attempts were made.
    Delayed {
        /// Attempts so far.
        attempts: u32,
    },
    /// The mail server took it then.
    HandedOver(Moment),
    /// The mail server refused it, or it was given up.
    Bounced,
    /// There was none.
    None(NotSent),
}

/// Whether "this was not me" can be said about a request.
#[derive(Clone, Debug)]
pub enum NotMeOffer {
    /// No: there is nothing to say about it.
    No,
    /// Yes.
    Yes,
    /// It was said then.
    Said(Moment),
}

impl What {
    fn text(&self, frame: &Frame<'_>) -> String {
        let id = match self {
            Self::MoreRequests(n) => return frame.count("what-more-requests", *n),
            Self::MailMuted(until) => return frame.with("what-mail-muted", "until", &until.local),
            Self::Invited(Some(address)) => return frame.with("what-invited", "address", address),
            Self::Changed(Change { text, argument: Some((name, word)), .. }) => {
                return frame.with(text, name, word);
            }
            Self::Changed(Change { text, argument: None, .. }) => text,
            Self::Finding(words) => words.title,
            Self::CodeAsked(Purpose::SignIn | Purpose::SignInOrOpen) => "what-code-sign-in",
            Self::CodeAsked(Purpose::OpenAccount) => "what-code-open",
            Self::CodeAsked(Purpose::Confirm) => "what-code-confirm",
            Self::CodeAsked(Purpose::AddAddress) => "what-code-address",
            Self::CodeAsked(Purpose::AddRecovery) => "what-code-recovery",
            Self::CodeAsked(Purpose::Recovery) => "what-code-recover",
            Self::SessionStarted => "what-session-started",
            Self::SessionEnded(SessionOver::SignedOut) => "what-session-signed-out",
            Self::SessionEnded(SessionOver::EndedByOwner) => "what-session-ended-by-owner",
            Self::SessionEnded(SessionOver::Replaced) => "what-session-replaced",
            Self::SessionEnded(SessionOver::Idle) => "what-session-idle",
            Self::SessionEnded(SessionOver::Absolute) => "what-session-absolute",
            Self::SessionEnded(SessionOver::AccountUnavailable) => "what-session-account",
            Self::SessionEnded(SessionOver::EndedByOperator) => "what-session-operator",
            Self::SessionEnded(SessionOver::Recovered) => "what-session-recovered",
            Self::SessionEnded(SessionOver::Undone) => "what-session-undone",
            Self::SessionEnded(SessionOver::Suspected) => "what-session-suspected",
            Self::AccountOpened(Opened::SetUp) => "what-account-opened-set-up",
            Self::AccountOpened(Opened::Invitation) => "what-account-opened-invitation",
            Self::AccountOpened(Opened::Registration) => "what-account-opened-registration",
            Self::AccountOpened(Opened::Import) => "what-account-opened-import",
            Self::AccountLocked => "what-account-locked",
            Self::AccountUnlocked => "what-account-unlocked",
            Self::AccountClosed => "what-account-closed",
            Self::Invited(None) => "what-invited-somebody",
        };
        frame.say(id).into_owned()
    }
}

impl NotSent {
    /// "not sent: limit reached".
    const fn word(self) -> &'static str {
        match self {
            Self::MailLimit => "end-not-sent-limit",
            Self::GuessLimit => "end-not-sent-guesses",
            Self::Muted => "end-not-sent-muted",
            Self::JustSent => "end-not-sent-just-sent",
            Self::Locked => "end-not-sent-locked",
            Self::NoAccount => "end-not-sent-no-account",
            Self::MethodOff => "end-not-sent-off",
            Self::AddressOff => "end-not-sent-address",
            Self::MailRefused => "end-not-sent-refused",
            Self::SmsLimit => "end-not-sent-sms",
            Self::AddressStale => "end-not-sent-stale",
            Self::HeldBack => "end-not-sent-held-back",
            Self::NameMissing => "end-not-sent-no-name",
            Self::WordMissing => "end-not-sent-no-word",
            Self::WordWrong => "end-not-sent-wrong-word",
            Self::WordsSpent => "end-not-sent-words-spent",
            Self::Unannounced => "end-not-sent-unannounced",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::MailLimit => "mail-none-limit",
            Self::GuessLimit => "mail-none-guesses",
            Self::Muted => "mail-none-muted",
            Self::JustSent => "mail-none-just-sent",
            Self::Locked => "mail-none-locked",
            Self::NoAccount => "mail-none-no-account",
            Self::MethodOff => "mail-none-off",
            Self::AddressOff => "mail-none-address",
            Self::MailRefused => "mail-none-refused",
            Self::SmsLimit => "mail-none-sms",
            Self::AddressStale => "mail-none-stale",
            Self::HeldBack => "mail-none-held-back",
            Self::NameMissing => "mail-none-no-name",
            Self::WordMissing => "mail-none-no-word",
            Self::WordWrong => "mail-none-wrong-word",
            Self::WordsSpent => "mail-none-words-spent",
            Self::Unannounced => "mail-none-unannounced",
        }
    }
}

impl End {
    /// The word for it; none where the wrong codes say it all.
    const fn word(&self) -> Option<&'static str> {
        match self {
            Self::Waiting(_) => Some("end-waiting"),
            Self::Used => Some("end-used"),
            Self::NeverUsed => Some("end-never-used"),
            Self::WrongCodes => None,
            Self::NotSent(why) => Some(why.word()),
            Self::NotYou => Some("end-not-you"),
            Self::Bounced => Some("end-bounced"),
        }
    }

    /// The symbol of the sprite that stands for it; also the class that colours it.
    pub(crate) const fn icon(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "wait",
            Self::Used => "used",
            Self::NeverUsed => "unused",
            Self::WrongCodes => "wrong",
            Self::NotSent(_) => "unsent",
            Self::NotYou => "deny",
            Self::Bounced => "bounce",
        }
    }

    /// What it means, in sentences.
    pub(crate) fn sentence(&self, frame: &Frame<'_>) -> String {
        let id = match self {
            Self::Waiting(until) => return frame.with("state-waiting", "until", &until.local),
            Self::Used => "state-used",
            Self::NeverUsed => "state-never-used",
            Self::WrongCodes => "state-wrong",
            Self::NotSent(_) => "state-not-sent",
            Self::NotYou => "state-not-you",
            Self::Bounced => "state-bounced",
        };
        frame.say(id).into_owned()
    }
}

impl Mail {
    /// What became of it, in a sentence.
    pub(crate) fn sentence(&self, frame: &Frame<'_>) -> String {
        match self {
            Self::Waiting => frame.say("mail-waiting").into_owned(),
            Self::Delayed { attempts } => frame.count("mail-delayed", *attempts),
            Self::HandedOver(at) => frame.with("mail-handed-over", "at", &at.local),
            Self::Bounced => frame.say("mail-bounced").into_owned(),
            Self::None(why) => frame.say(why.sentence()).into_owned(),
        }
    }
}

impl Details {
    /// What the message is called that carried the code.
    pub(crate) const fn message(&self) -> &'static str {
        if self.by_text { "details-text" } else { "details-mail" }
    }

    /// What became of it, in a sentence.
    pub(crate) fn became(&self, frame: &Frame<'_>) -> String {
        match (&self.mail, self.by_text) {
            (Mail::Waiting, true) => frame.say("text-waiting").into_owned(),
            (Mail::Delayed { attempts }, true) => frame.count("text-delayed", *attempts),
            (Mail::HandedOver(at), true) => frame.with("text-handed-over", "at", &at.local),
            (Mail::Bounced, true) => frame.say("text-bounced").into_owned(),
            (Mail::None(_), _) | (_, false) => self.mail.sentence(frame),
        }
    }

    pub(crate) fn spent(&self, frame: &Frame<'_>) -> String {
        spent(frame, self.guesses, self.guesses_allowed)
    }
}

/// "1 of 3 spent".
pub(crate) fn spent(frame: &Frame<'_>, guesses: u8, allowed: u8) -> String {
    frame.fill("details-guesses-of", &[("n", guesses.into()), ("of", allowed.into())])
}

impl Step {
    pub(crate) fn text(&self, frame: &Frame<'_>) -> String {
        let id = match self.what {
            StepKind::Wrong(left) => return frame.count("step-wrong", left),
            StepKind::Asked => "step-asked",
            StepKind::SentAgain => "step-sent-again",
            StepKind::NotSentAgain => "step-not-sent-again",
            StepKind::HandedOver => "step-handed-over",
            StepKind::Delayed => "step-delayed",
            StepKind::Bounced => "step-bounced",
            StepKind::NotSent => "step-not-sent",
            StepKind::OtherBrowser => "step-other-browser",
            StepKind::TooLate => "step-too-late",
            StepKind::Used => "step-used",
            StepKind::Expired => "step-expired",
            StepKind::NotYou => "step-not-you",
        };
        frame.say(id).into_owned()
    }
}

/// The texts of changes by which somebody comes in, or stays.
const COMES_IN: [&str; 15] = [
    "what-passkey-held",
    "what-password-held",
    "what-totp-held",
    "what-device-approved-nearby",
    "what-device-approved-unknown",
    "what-device-approved-elsewhere",
    "what-passkey-added",
    "what-password-added",
    "what-password-changed",
    "what-totp-added",
    "what-recovery-codes-made",
    "what-address-added",
    "what-recovery-address-added",
    "what-grant-given",
    "what-client-elsewhere",
];

impl Entry {
    /// What a detector concluded, where it did.
    pub(crate) const fn finding(&self) -> Option<&Words> {
        match &self.what {
            What::Finding(words) => Some(words),
            _ => None,
        }
    }

    /// Whether its owner may want to take back what came about since then.
    pub(crate) fn can_undo(&self) -> bool {
        match &self.what {
            What::SessionStarted => true,
            What::Changed(change) => COMES_IN.contains(&change.text),
            _ => false,
        }
    }

    pub(crate) fn title(&self, frame: &Frame<'_>) -> String {
        self.what.text(frame)
    }

    /// The symbol of the sprite that stands for it; also the class that colours it.
    pub(crate) fn icon(&self) -> &'static str {
        match (&self.end, &self.what) {
            (Some(end), _) => end.icon(),
            (None, What::SessionStarted) => "in",
            (None, What::SessionEnded(_)) => "out",
            (None, What::MailMuted(_)) => "deny",
            (None, What::Finding(_)) => "finding",
            (None, What::AccountLocked | What::AccountClosed) => "lock",
            (None, What::MoreRequests(_)) => "unsent",
            (None, What::Changed(change)) => change.icon,
            (None, _) => "account",
        }
    }

    /// The word for its end, if it has one.
    pub(crate) fn word(&self) -> Option<&'static str> {
        self.end.as_ref().and_then(End::word)
    }

    /// Whether the request led to a sign-in.
    pub(crate) const fn was_used(&self) -> bool {
        matches!(self.end, Some(End::Used))
    }
}
