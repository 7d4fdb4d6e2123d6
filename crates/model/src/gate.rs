//! What an unknown browser must bring before a code is mailed.
//!
//! A code that is mailed on anybody's request is a mail that anybody can cause. A gate is what stands before it: the request
//! is taken and answered as always, and no mail leaves unless the browser is known to the account, or brings what only its
//! owner has. It lets nobody in: whoever is past it has a code to type, as without it.
//!
//! Three have a say: the installation, the tenant, the owner. Each can make it stricter than those before; whether an owner
//! may make it looser is the operator's to say.
//!
//! Implements: `threats.md` §5.2 rows 1, 3 and 12, §6 ideas 7 and 8.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::budget::MailAllowance;
use crate::event::NotSent;

/// How long a window stays open that was opened from within a session.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// How long one stays open that an operator opened for somebody who is elsewhere.
pub const OPERATORS_WINDOW: Duration = Duration::from_secs(60 * 60);
/// How many wrong gate words are looked at, for one mailbox from one network.
pub const WORDS_OF_NETWORK: MailAllowance = MailAllowance { per_day: 3, per_week: 9 };
/// The same from all networks: among the 4096 words that are drawn, fewer than one in a year is found.
pub const WORDS_OF_ALL: MailAllowance = MailAllowance { per_day: 10, per_week: 30 };

/// What must be brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nothing: budgets alone bound what is mailed.
    Open,
    /// The private name of the account, typed in place of an address.
    PrivateName,
    /// The gate word of the account, typed beside an address.
    GateWord,
    /// That its owner said so beforehand, from where they are signed in.
    SolicitedOnly,
}

impl Gate {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::PrivateName, Self::GateWord, Self::SolicitedOnly];

    /// As stored and as written in settings and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PrivateName => "private_name",
            Self::GateWord => "gate_word",
            Self::SolicitedOnly => "solicited_only",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.code() == code)
    }

    /// How strict it is. A name and a word are equally so: each is something to know.
    const fn strictness(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::PrivateName | Self::GateWord => 1,
            Self::SolicitedOnly => 2,
        }
    }

    /// Whether it is less strict than `other`.
    #[must_use]
    pub const fn is_looser_than(self, other: Self) -> bool {
        self.strictness() < other.strictness()
    }

    /// This, unless `inner` is at least as strict.
    #[must_use]
    pub fn and(self, inner: Option<Self>) -> Self {
        inner.filter(|inner| !inner.is_looser_than(self)).unwrap_or(self)
    }
}

/// Who has a say, the widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    /// The setting of the installation.
    pub installation: Gate,
    /// What the tenant of the account says.
    pub tenant: Option<Gate>,
    /// What its owner says.
    pub own: Option<Gate>,
    /// Whether an owner may say something looser than both.
    pub looser: bool,
}

impl Layers {
    /// What holds for an account whose owner says nothing.
    #[must_use]
    pub fn default_gate(&self) -> Gate {
        self.installation.and(self.tenant)
    }

    /// What holds.
    #[must_use]
    pub fn gate(&self) -> Gate {
        match self.own {
            Some(own) if self.allows(own) => own,
            Some(_) | None => self.default_gate(),
        }
    }

    /// Whether the owner may choose it.
    #[must_use]
    pub fn allows(&self, own: Gate) -> bool {
        self.looser || !own.is_looser_than(self.default_gate())
    }
}

/// What became of a gate word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// None was typed.
    None,
    /// It is not that of the account, or there is none.
    Wrong,
    /// None is looked at any more: there were too many wrong ones.
    Spent,
    /// It is that of the account.
    Right,
}

/// What a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The browser has signed in to the account before, or is signed in now.
    pub known: bool,
    /// The account was named by its private name.
    pub by_name: bool,
    /// The gate word.
    pub word: Word,
    /// Its owner said that somebody would ask.
    pub announced: bool,
}

/// By what a request is past the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// By nothing: there is none.
    Open,
    /// By something that no stranger has.
    Brought,
}

/// Whether a request is past a gate.
///
/// # Errors
/// What is missing.
pub const fn decide(gate: Gate, brought: &Brought) -> Result<Passed, NotSent> {
    if brought.known || brought.announced {
        return Ok(Passed::Brought);
    }
    match gate {
        Gate::Open => Ok(Passed::Open),
        Gate::PrivateName if brought.by_name => Ok(Passed::Brought),
        Gate::PrivateName => Err(NotSent::NameMissing),
        Gate::GateWord => match brought.word {
            Word::Right => Ok(Passed::Brought),
            Word::None => Err(NotSent::WordMissing),
            Word::Wrong => Err(NotSent::WordWrong),
            Word::Spent => Err(NotSent::WordsSpent),
        },
        Gate::SolicitedOnly => Err(NotSent::Unannounced),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_gate() -> impl Strategy<Value = Gate> {
        prop::sample::select(&Gate::ALL[..])
    }

    fn any_layers() -> impl Strategy<Value = Layers> {
        (any_gate(), prop::option::of(any_gate()), prop::option::of(any_gate()), any::<bool>())
            .prop_map(|(installation, tenant, own, looser)| Layers { installation, tenant, own, looser })
    }

    fn any_brought() -> impl Strategy<Value = Brought> {
        let words = vec![Word::None, Word::Wrong, Word::Spent, Word::Right];
        (any::<bool>(), any::<bool>(), prop::sample::select(words), any::<bool>())
            .prop_map(|(known, by_name, word, announced)| Brought { known, by_name, word, announced })
    }

    const NOTHING: Brought = Brought { known: false, by_name: false, word: Word::None, announced: false };

    #[test]
    fn each_gate_asks_for_its_own_and_says_what_is_missing() {
        assert_eq!(decide(Gate::Open, &NOTHING), Ok(Passed::Open));
        assert_eq!(decide(Gate::PrivateName, &NOTHING), Err(NotSent::NameMissing));
        assert_eq!(decide(Gate::GateWord, &NOTHING), Err(NotSent::WordMissing));
        assert_eq!(decide(Gate::SolicitedOnly, &NOTHING), Err(NotSent::Unannounced));
        let name = Brought { by_name: true, ..NOTHING };
        let word = Brought { word: Word::Right, ..NOTHING };
        assert_eq!(decide(Gate::PrivateName, &name), Ok(Passed::Brought));
        assert_eq!(decide(Gate::GateWord, &word), Ok(Passed::Brought));
        assert_eq!(decide(Gate::GateWord, &name), Err(NotSent::WordMissing));
        assert_eq!(decide(Gate::PrivateName, &word), Err(NotSent::NameMissing));
        for both in [name, word] {
            assert_eq!(decide(Gate::SolicitedOnly, &both), Err(NotSent::Unannounced));
        }
    }

    #[test]
    fn a_gate_survives_its_code_and_damage_is_no_gate() {
        for gate in Gate::ALL {
            assert_eq!(Gate::from_code(gate.code()), Some(gate));
            assert_eq!(serde_json::to_string(&gate).unwrap(), format!("\"{}\"", gate.code()));
        }
        assert_eq!(Gate::from_code("ajar"), None);
    }

    proptest! {
        #[test]
        fn row_3_a_known_browser_and_an_announced_request_pass_every_gate(
            gate in any_gate(), brought in any_brought(),
        ) {
            let passed = decide(gate, &brought);
            prop_assert_eq!(passed.is_ok() || !(brought.known || brought.announced), true);
        }

        #[test]
        fn row_1_whoever_brings_nothing_right_is_past_an_open_gate_alone(
            gate in any_gate(), word in prop::sample::select(&[Word::None, Word::Wrong, Word::Spent][..]),
        ) {
            let stranger = Brought { word, ..NOTHING };
            prop_assert_eq!(decide(gate, &stranger).is_ok(), gate == Gate::Open);
        }

        #[test]
        fn to_bring_more_never_closes_a_gate(gate in any_gate(), brought in any_brought()) {
            if decide(gate, &brought).is_ok() {
                for more in [
                    Brought { known: true, ..brought },
                    Brought { by_name: true, ..brought },
                    Brought { word: Word::Right, ..brought },
                    Brought { announced: true, ..brought },
                ] {
                    prop_assert!(decide(gate, &more).is_ok());
                }
            }
        }

        #[test]
        fn a_layer_makes_it_stricter_and_only_an_owner_who_may_makes_it_looser(layers in any_layers()) {
            let gate = layers.gate();
            prop_assert!(!layers.default_gate().is_looser_than(layers.installation));
            if let Some(tenant) = layers.tenant {
                prop_assert!(!layers.default_gate().is_looser_than(tenant));
            }
            if gate.is_looser_than(layers.default_gate()) {
                prop_assert!(layers.looser && layers.own == Some(gate));
            }
            if let Some(own) = layers.own {
                prop_assert_eq!(gate == own || own.is_looser_than(gate), true);
            } else {
                prop_assert_eq!(gate, layers.default_gate());
            }
        }
    }
}
