//! One place for each row of the table: what holds there, and which source it came from.

use std::collections::BTreeMap;

use super::problem::{Place, Problem, Problems};
use super::table::{Fallback, Row, TABLE};
use super::value::{FromValue, Value};

/// What one source says about one setting.
pub(super) struct Given {
    /// The setting.
    pub(super) row: &'static Row,
    /// Where it says so.
    pub(super) place: Place,
    /// What it says; nothing if it was refused, which is then among the problems.
    pub(super) value: Option<Value>,
}

/// What holds for one setting.
pub(super) enum State {
    /// Nobody has set it, and it has no default.
    Unset,
    /// It was set to something that was refused.
    Refused,
    /// This.
    Is(Value),
}

/// The state of one setting and where it comes from.
struct Slot {
    place: Place,
    state: State,
}

/// One setting that holds, for people: its name, its value, and whether and where it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InForce {
    /// The setting.
    pub(super) key: &'static str,
    /// Its value; "set" for a secret.
    pub(super) text: String,
    /// Where it was set.
    pub(super) place: Place,
}

/// All settings.
pub(super) struct Values(BTreeMap<&'static str, Slot>);

impl Values {
    /// The defaults of the table.
    pub(super) fn defaults() -> Self {
        let slot = |row: &Row| match row.default {
            Fallback::Is(text) => row.kind.parse(text).map_or(State::Unset, State::Is),
            Fallback::Unset(_) => State::Unset,
        };
        Self(TABLE.iter().map(|row| (row.key, Slot { place: Place::Default, state: slot(row) })).collect())
    }

    /// Puts what a source says in place of what earlier sources said.
    pub(super) fn put(&mut self, given: Given) {
        let state = given.value.map_or(State::Refused, State::Is);
        self.0.insert(given.row.key, Slot { place: given.place, state });
    }

    /// Changes what holds without changing where it comes from.
    pub(super) fn replace(&mut self, key: &'static str, state: State) {
        if let Some(slot) = self.0.get_mut(key) {
            slot.state = state;
        }
    }

    /// What holds; nothing if it is unset or was refused.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        match self.0.get(key) {
            Some(Slot { state: State::Is(value), .. }) => Some(value),
            _ => None,
        }
    }

    /// Whether nobody has set it; a value that was refused is not missing.
    pub(super) fn is_missing(&self, key: &str) -> bool {
        matches!(self.0.get(key), Some(Slot { state: State::Unset, .. }))
    }

    /// Whether somebody has set it to something that was refused.
    pub(super) fn is_refused(&self, key: &str) -> bool {
        matches!(self.0.get(key), Some(Slot { state: State::Refused, .. }))
    }

    /// Where it comes from.
    pub(super) fn place(&self, key: &str) -> Place {
        self.0.get(key).map_or(Place::Default, |slot| slot.place.clone())
    }

    /// A problem with a setting that was accepted by itself.
    pub(super) fn problem(&self, key: &str, expected: impl Into<String>) -> Problem {
        let found = self.get(key).map_or_else(
            || "nothing".to_owned(),
            |value| match value {
                Value::Secret(_) => "a secret, which is not shown".to_owned(),
                value => super::problem::quoted(&value.text()),
            },
        );
        Problem::new(self.place(key), key, found, expected)
    }

    /// The settings whose value is not the default, in the order of the table.
    pub(super) fn changed(&self) -> Vec<InForce> {
        let same = |row: &Row, text: &str| matches!(row.default, Fallback::Is(default) if default == text);
        TABLE
            .iter()
            .filter_map(|row| {
                let text = self.get(row.key)?.text();
                let changed = InForce { key: row.key, place: self.place(row.key), text };
                (!same(row, &changed.text)).then_some(changed)
            })
            .collect()
    }

    /// Takes the value of a setting that has a default.
    pub(super) fn take<T: FromValue>(&mut self, key: &str) -> Result<T, Problems> {
        self.take_set(key)?.ok_or_else(|| fault(key, "no value"))
    }

    /// Takes the value of a setting that may be unset.
    pub(super) fn take_set<T: FromValue>(&mut self, key: &str) -> Result<Option<T>, Problems> {
        let slot = self.0.remove(key).ok_or_else(|| fault(key, "no row, or two readers"))?;
        match slot.state {
            State::Is(value) => {
                T::from_value(value).map(Some).ok_or_else(|| fault(key, "a value of another type"))
            }
            State::Unset | State::Refused => Ok(None),
        }
    }

    /// Drops the value of a setting that has done its work.
    pub(super) fn drop_used(&mut self, keys: &[&str]) {
        self.0.retain(|key, _| !keys.contains(key));
    }

    /// The settings that nobody has taken.
    pub(super) fn left(&self) -> Option<&'static str> {
        self.0.keys().next().copied()
    }
}

/// The table and the typed settings do not agree; a test of this crate fails first.
pub(super) fn fault(key: &str, found: &str) -> Problems {
    Problem::new(Place::Default, key, found, "the value that the table of settings promises")
        .with_next("This is a fault in bidden itself. Please report it.")
        .into()
}
