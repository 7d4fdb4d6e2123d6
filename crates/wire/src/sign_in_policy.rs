//! The document in which an installation says by which ways people with addresses of a domain sign in
//! (`/.well-known/sign-in-policy`, docs/sign-in-policy.md).

use crate::Malformed;
use crate::json::Object;
use crate::mail::domain::Domain;
use crate::mail::mailbox::Mailbox;

/// Longest document, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// What is read of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPolicy {
    /// The name that pages and mails of the installation show.
    pub site: String,
    /// The domain that it speaks of: A-labels; `None` for the installation itself.
    pub domain: Option<String>,
    /// Whether a sign-in code is never mailed there.
    pub never_mails_codes: bool,
    /// Where its mails come from.
    pub mail_from: Option<String>,
}

impl SignInPolicy {
    /// Reads a document of version 1.
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let what = "sign-in policy";
        let object = Object::parse(what, bytes, LONGEST)?;
        if object.get("version").and_then(crate::json::Value::as_u64) != Some(1) {
            return Err(object.refuse("version 1"));
        }
        let domain = match object.get("domain") {
            None | Some(crate::json::Value::Null) => None,
            Some(_) => {
                let text = object.text("domain", "a domain")?.unwrap_or_default();
                Some(Domain::parse(text)?.as_str().to_owned())
            }
        };
        let inner = |name: &str| object.get(name).and_then(|value| Object::of(what, value));
        let site = match inner("site") {
            Some(site) => site.text("name", "a name")?.unwrap_or_default().to_owned(),
            None => String::new(),
        };
        let mail_from = match inner("mail_from") {
            Some(from) => match from.text("address", "an address")? {
                Some(address) => Some(Mailbox::parse(address)?.as_str().to_owned()),
                None => None,
            },
            None => None,
        };
        let never_mails_codes = match object.text("codes_by_mail", "never or on_request")? {
            Some("never") => true,
            Some("on_request") | None => false,
            Some(_) => return Err(object.refuse("never or on_request")),
        };
        Ok(Self { site, domain, never_mails_codes, mail_from })
    }
}

#[cfg(test)]
mod tests {
    use super::SignInPolicy;

    #[test]
    fn a_document_is_read_as_far_as_it_is_needed() {
        let read = SignInPolicy::parse(
            br#"{"version":1,"site":{"name":"Example","url":"https://a.example"},"domain":"Example.EDU","codes_by_mail":"never","methods":{"sign_in":["passkey"]},"mail_from":{"address":"sign-in@example.com","domain":"example.com"},"more":1}"#,
        )
        .unwrap();
        assert_eq!((read.site.as_str(), read.domain.as_deref()), ("Example", Some("example.edu")));
        assert_eq!((read.never_mails_codes, read.mail_from.as_deref()), (true, Some("sign-in@example.com")));
        let read = SignInPolicy::parse(
            br#"{"version":1,"domain":null,"codes_by_mail":"on_request","mail_from":null}"#,
        )
        .unwrap();
        assert_eq!((read.domain, read.never_mails_codes, read.mail_from), (None, false, None));
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in [
            "",
            "{}",
            "{\"version\":2}",
            "{\"version\":1,\"codes_by_mail\":\"maybe\"}",
            "{\"version\":1,\"domain\":\"a@b\"}",
            "{\"version\":1,\"mail_from\":{\"address\":\"x\"}}",
        ] {
            assert!(SignInPolicy::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
