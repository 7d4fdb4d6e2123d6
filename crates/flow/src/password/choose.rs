//! Whether somebody may choose this password: length, breaches, how easily it is guessed. Nothing about what it is made of,
//! and nothing about its age.
//!
//! Implements: NIST SP 800-63B-4 §3.1.1.2 (15 characters where it stands alone, 8 beside another authenticator; the whole
//! password compared with a blocklist; no composition rules, no change without a reason), OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5,
//! 6.2.10, 6.2.11, 6.2.12.

use model::policy::Policy;

use crate::password::Password;
use crate::password::breached::{Breached, Unusable};
use crate::password::strength::{self, About};

/// What a password is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Alone it lets in.
    Alone,
    /// It lets in together with another authenticator only.
    BesideAnother,
}

/// Why somebody must choose another password. Each is a reason that a person can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It has too few characters.
    TooShort {
        /// How many it has.
        has: usize,
        /// How many it needs.
        needs: usize,
    },
    /// It is on the list of passwords that were found in breaches.
    Breached,
    /// It is, or is close to, one that many people have.
    Common,
    /// It is made of the address or of the name of the site.
    Personal,
    /// It is a word.
    Word,
    /// It is a name of people.
    Name,
    /// It is a row or a pattern of keys.
    Keys,
    /// It repeats itself.
    Repeated,
    /// It goes up or down, as "abc" and "6543" do.
    Sequence,
    /// It is a year or a date.
    Date,
    /// It has too little in it that a program would not try early.
    Guessable,
}

/// Looks at a password that somebody wants to have.
///
/// # Errors
/// [`Unusable`] when the list of breached passwords cannot be read: then nobody knows.
pub fn check(
    password: &Password,
    role: Use,
    about: &About<'_>,
    policy: &Policy,
    breached: Option<&Breached>,
) -> Result<Result<(), Weakness>, Unusable> {
    let needs = usize::from(match role {
        Use::Alone => policy.password_length_alone,
        Use::BesideAnother => policy.password_length,
    });
    let has = password.characters();
    if has < needs {
        return Ok(Err(Weakness::TooShort { has, needs }));
    }
    if let Some(breached) = breached
        && breached.holds(password)?
    {
        return Ok(Err(Weakness::Breached));
    }
    Ok(strength::weakness(password, role, about).map_or(Ok(()), Err))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> = About {
        site_name: "Linden Library",
        site_host: "linden.example",
        addresses: &["anna@linden.example"],
    };

    fn check(typed: &str, role: Use) -> Result<(), Weakness> {
        super::check(&Password::read(typed).unwrap(), role, &ABOUT, &Policy::default(), None).unwrap()
    }

    #[test]
    fn fifteen_characters_where_it_stands_alone_and_eight_beside_another() {
        let short = |has, needs| Err(Weakness::TooShort { has, needs });
        assert_eq!(check("kX9#vQ2mL7pR4w", Use::Alone), short(14, 15));
        assert_eq!(check("kX9#vQ2mL7pR4wZ", Use::Alone), Ok(()));
        assert_eq!(check("kX9#vQ2", Use::BesideAnother), short(7, 8));
        assert_eq!(check("kX9#vQ2m", Use::BesideAnother), Ok(()));
        // Characters, and not bytes.
        assert_eq!(check("🦊🐢🦉🐙🐝🦀🐌", Use::BesideAnother), short(7, 8));
    }

    #[test]
    fn a_password_may_be_made_of_anything() {
        for typed in
            ["wander quietly beneath seventeen lanterns", "ленивый туман над причалом", "8173 0264 9357 1408"]
        {
            assert_eq!(check(typed, Use::Alone), Ok(()), "{typed}");
        }
    }

    #[test]
    fn the_reason_is_told_for_the_weak() {
        assert_eq!(check("aaaaaaaaaaaaaaaaaaaa", Use::Alone), Err(Weakness::Repeated));
        assert_eq!(check("password", Use::BesideAnother), Err(Weakness::Common));
    }
}
