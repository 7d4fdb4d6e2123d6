//! Bytes to values and back; nothing here knows the time, chance, a policy or a disk.
//!
//! Every parser takes whatever the outside world sends, does an amount of work that its documented
//! bounds limit, and never panics. What it cannot read it answers with [`Malformed`], which says
//! where and what was expected and never repeats the input.

pub mod account_file;
pub mod account_search;
pub mod base20;
pub mod breached;
pub mod columnar;
pub mod csv;
pub mod digits;
pub mod dns_message;
pub mod dns_table;
mod entra;
pub mod foreign;
pub mod form;
#[doc(hidden)]
pub mod fuzz;
pub mod gate_word;
pub mod http;
pub mod invisible;
pub mod jose;
pub mod json;
pub mod line;
pub mod mail;
pub mod multipart;
pub mod name;
pub mod oauth;
pub mod oidc;
pub mod otpauth;
pub mod passkey;
pub mod password_hash;
pub mod phone;
pub mod place;
pub mod push;
pub mod record;
pub mod rfc3339;
pub mod short_message;
pub mod sign_in_policy;
pub mod token;

/// Why bytes from outside could not be read; holds nothing of those bytes, so that it may be logged
/// and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: at byte {at}, expected {expected}")]
pub struct Malformed {
    /// What was being read, for example "e-mail address".
    pub what: &'static str,
    /// Where reading stopped: bytes from the start of the input as it arrived.
    pub at: usize,
    /// What would have been accepted there.
    pub expected: &'static str,
}

#[cfg(test)]
mod tests {
    use super::Malformed;

    #[test]
    fn a_malformed_value_says_where_and_what_was_expected() {
        let error = Malformed { what: "form", at: 12, expected: "UTF-8" };
        assert_eq!(error.to_string(), "form: at byte 12, expected UTF-8");
    }
}
