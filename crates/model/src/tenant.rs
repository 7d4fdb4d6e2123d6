//! What a tenant is: an organisation with its domains, which decides which ways into its accounts are open.

use crate::gate::Gate;
use crate::id::TenantId;
use crate::method::MethodPolicy;
use crate::time::Time;

/// An organisation. Accounts without one are personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its identifier.
    pub id: TenantId,
    /// The short name that commands use: [`is_code`].
    pub code: String,
    /// The name that people see on pages and in mails.
    pub name: String,
    /// Which methods it leaves open.
    pub methods: MethodPolicy,
    /// What an unknown browser must bring before a code is mailed; none: what the installation says.
    pub gate: Option<Gate>,
    /// When it was made.
    pub made_at: Time,
}

/// Whether `text` can be a tenant's short name: 1 to 32 small letters, digits and dashes, a letter first.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    text.len() <= 32 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(fits)
}

/// The longest name that people see, in characters.
pub const LONGEST_NAME: usize = 60;

/// Whether `text` can be the name that people see: 1 to 60 visible characters, and nothing that a mail program would
/// turn into a link.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let lower = text.to_lowercase();
    wire::line::parse(text, LONGEST_NAME).is_ok_and(|line| line == text)
        && !["://", "www.", "@"].iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_one_plain_word() {
        for good in ["a", "uni-2", "example-edu"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "2uni", "-uni", "Uni", "uni edu", "ünï", &"a".repeat(33)] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_what_people_say_and_no_link() {
        for good in ["Example University", "Ünï of 日本"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            " Example",
            "a\nb",
            "https://example.edu",
            "WWW.example.edu",
            "x@example.edu",
            &"a".repeat(61),
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
