//! Which ways of proving who one is were used in a session, and when each was last.
//!
//! The time stands beside the way, not beside the session alone, because not everybody counts every way: a client that
//! takes no codes by mail has to know when a passkey was last used, not when a code was (`threats.md` §5.2 row 43).

use crate::method::{Method, MethodSet};
use crate::time::Time;

/// When each method was last proved; none where it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proofs([Option<Time>; Method::ALL.len()]);

impl Proofs {
    /// All of `methods`, proved at `now`.
    #[must_use]
    pub fn of(methods: MethodSet, now: Time) -> Self {
        Self(Method::ALL.map(|method| methods.has(method).then_some(now)))
    }

    fn iter(&self) -> impl Iterator<Item = (Method, Time)> {
        Method::ALL.into_iter().zip(self.0).filter_map(|(method, at)| at.map(|at| (method, at)))
    }

    fn kept(&self, keep: impl Fn(Method, Time) -> bool) -> Self {
        let mut times = self.0;
        for (time, method) in times.iter_mut().zip(Method::ALL) {
            *time = time.filter(|at| keep(method, *at));
        }
        Self(times)
    }

    /// The same after further proofs.
    #[must_use]
    pub fn and(&self, methods: MethodSet, now: Time) -> Self {
        let mut times = self.0;
        for (time, method) in times.iter_mut().zip(Method::ALL) {
            if methods.has(method) {
                *time = Some(now);
            }
        }
        Self(times)
    }

    /// The same without what is not one of these methods.
    #[must_use]
    pub fn only(&self, methods: MethodSet) -> Self {
        self.kept(|method, _| methods.has(method))
    }

    /// What was last proved at exactly this time.
    #[must_use]
    pub fn at(&self, time: Time) -> MethodSet {
        self.kept(|_, at| at == time).methods()
    }

    /// Every method that was proved.
    #[must_use]
    pub fn methods(&self) -> MethodSet {
        self.iter().fold(MethodSet::NONE, |set, (method, _)| set.with(method))
    }

    /// When the last proof was given.
    #[must_use]
    pub fn latest(&self) -> Option<Time> {
        self.iter().map(|(_, at)| at).max()
    }

    /// As stored: `passkey@<microseconds> …`.
    #[must_use]
    pub fn text(&self) -> String {
        let words = self.iter().map(|(method, at)| format!("{}@{}", method.code(), at.micros()));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Reads [`Self::text`]; none if there is something else in it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let none = Self::of(MethodSet::NONE, Time::from_micros(0));
        text.split(' ').filter(|word| !word.is_empty()).try_fold(none, |proofs, word| {
            let (code, at) = word.split_once('@')?;
            let at = Time::from_micros(at.parse().ok()?);
            Method::from_code(code).map(|method| proofs.and(MethodSet::of(&[method]), at))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(micros: i64) -> Time {
        Time::from_micros(micros)
    }

    #[test]
    fn each_way_keeps_its_own_time() {
        let set = |methods: &[Method]| MethodSet::of(methods);
        let proofs = Proofs::of(set(&[Method::Passkey]), at(1)).and(set(&[Method::MailCode]), at(2));
        assert_eq!(proofs.methods(), set(&[Method::Passkey, Method::MailCode]));
        assert_eq!(proofs.latest(), Some(at(2)));
        assert_eq!(proofs.only(set(&[Method::Passkey])).latest(), Some(at(1)));
        assert_eq!(proofs.only(set(&[Method::Totp])).latest(), None);
        assert_eq!(proofs.at(at(2)), set(&[Method::MailCode]));
        assert_eq!(proofs.text(), "passkey@1 mail_code@2");
    }

    #[test]
    fn what_is_no_proof_is_not_read_as_one() {
        for text in
            ["passkey", "passkey@", "passkey@soon", "telepathy@1", "@1", "passkey@99999999999999999999"]
        {
            assert_eq!(Proofs::from_text(text), None, "{text}");
        }
        assert_eq!(Proofs::from_text("").map(|proofs| proofs.methods()), Some(MethodSet::NONE));
    }

    proptest! {
        #[test]
        fn proofs_survive_their_text(times in prop::array::uniform7(prop::option::of(any::<i64>()))) {
            let proofs = Proofs(times.map(|time| time.map(at)));
            prop_assert_eq!(Proofs::from_text(&proofs.text()), Some(proofs));
        }
    }
}
