//! One account as an operator sees it.

use askama::Template;

use super::EventLine;
use super::accounts::State;
use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::source::SourceLine;
use crate::view::undo::UndoSince;

/// GET `/operator/accounts/<id>`.
#[derive(Debug, Template)]
#[template(path = "operator_account.html", whitespace = "minimize")]
pub struct OneAccount<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What became of what was done here.
    pub said: Option<Said>,
    /// Its identifier.
    pub id: String,
    /// Its address; masked when it is closed.
    pub address: &'a str,
    /// Whether it can be signed in to.
    pub state: State,
    /// Whether the operator's pages are open to it.
    pub operator: bool,
    /// Its tenant's short name.
    pub tenant: Option<&'a str>,
    /// The short names of all tenants.
    pub tenants: Vec<String>,
    /// When it was opened.
    pub opened: Moment,
    /// When its address was confirmed.
    pub confirmed: Moment,
    /// What is open for each use, in our own codes.
    pub open: [(&'static str, Vec<&'static str>); 3],
    /// Whether it could be signed in to by a code by mail after a reset.
    pub codes_open: bool,
    /// What stands before a code by mail.
    pub gate: GateFacts,
    /// The words of a window that was opened just now: shown once.
    pub words: Option<&'a str>,
    /// Who is signed in.
    pub sessions: Vec<SessionLine>,
    /// What it owns.
    pub authenticators: Vec<AuthenticatorLine>,
    /// What happened lately, the newest first.
    pub lately: Vec<EventLine>,
}

/// Who says what stands before a code by mail, in our own codes.
#[derive(Clone, Copy, Debug)]
pub struct GateFacts {
    /// The installation.
    pub installation: &'static str,
    /// Its tenant.
    pub tenant: Option<&'static str>,
    /// Its owner.
    pub own: Option<&'static str>,
    /// What is in force.
    pub in_force: &'static str,
}

/// What became of what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was done.
    Done(Act),
    /// No reason was given.
    NoReason,
    /// The account is not in a state for it.
    NotInThatState,
}

/// A browser session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// When it started.
    pub started: Moment,
    /// When it was last used.
    pub used: Moment,
    /// When it ends at the latest.
    pub ends: Moment,
    /// What was proved in it, in our own codes.
    pub proved: Vec<&'static str>,
    /// The level that it has reached.
    pub level: u8,
    /// From where.
    pub source: SourceLine,
}

/// An authenticator.
#[derive(Clone, Debug)]
pub struct AuthenticatorLine {
    /// Its kind, in our own code.
    pub kind: &'static str,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// Until when it cannot be used yet.
    pub held_until: Option<Moment>,
}

/// What an operator does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Ends all its sessions.
    EndSessions,
    /// Locks it.
    Lock,
    /// Unlocks it.
    Unlock,
    /// Takes everything from it but its address.
    Reset,
    /// Closes it for good.
    Close,
    /// Lets a code through whatever its gate asks for, for an hour.
    Admit,
    /// Puts it into a tenant, or into none.
    Move,
    /// Undoes what came about since a moment.
    Undo,
}

impl Act {
    const ALL: [Self; 8] = [
        Self::EndSessions,
        Self::Lock,
        Self::Unlock,
        Self::Reset,
        Self::Close,
        Self::Admit,
        Self::Move,
        Self::Undo,
    ];

    /// The word in the path.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EndSessions => "end-sessions",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Admit => "admit",
            Self::Move => "move",
            Self::Undo => "undo",
        }
    }

    /// Reads [`Self::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::EndSessions => "operator-act-end-sessions",
            Self::Lock => "operator-act-lock",
            Self::Unlock => "operator-act-unlock",
            Self::Reset => "operator-act-reset",
            Self::Close => "operator-act-close",
            Self::Admit => "operator-act-admit",
            Self::Move => "operator-act-move",
            Self::Undo => "operator-act-undo",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::EndSessions => "operator-act-end-sessions-meaning",
            Self::Lock => "operator-act-lock-meaning",
            Self::Unlock => "operator-act-unlock-meaning",
            Self::Reset => "operator-act-reset-meaning",
            Self::Close => "operator-act-close-meaning",
            Self::Admit => "operator-act-admit-meaning",
            Self::Move => "operator-act-move-meaning",
            Self::Undo => "operator-act-undo-meaning",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::EndSessions => "operator-done-end-sessions",
            Self::Lock => "operator-done-lock",
            Self::Unlock => "operator-done-unlock",
            Self::Reset => "operator-done-reset",
            Self::Close => "operator-done-close",
            Self::Admit => "operator-done-admit",
            Self::Move => "operator-done-move",
            Self::Undo => "operator-done-undo",
        }
    }
}

impl Said {
    const fn text(self) -> &'static str {
        match self {
            Self::Done(act) => act.done(),
            Self::NoReason => "operator-no-reason",
            Self::NotInThatState => "operator-not-in-that-state",
        }
    }

    const fn is_good(self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl OneAccount<'_> {
    /// What can be done to it, the careful first.
    const fn acts(&self) -> &'static [Act] {
        match self.state {
            State::Open => &[Act::EndSessions, Act::Lock, Act::Reset, Act::Close],
            State::Locked => &[Act::Unlock, Act::Reset, Act::Close],
            State::Closed => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_survives_its_word() {
        for act in Act::ALL {
            assert_eq!(Act::from_word(act.word()), Some(act));
        }
        assert_eq!(Act::from_word("delete"), None);
    }
}
