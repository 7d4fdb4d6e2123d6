//! What a tenant is: an organisation with its domains, which decides which ways into its accounts are open.

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
    /// When it was made.
    pub made_at: Time,
}

/// Whether `text` can be a tenant's short name: 1 to 32 small letters, digits and dashes, a letter first.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    text.len() <= 32 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(fits)
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
}
