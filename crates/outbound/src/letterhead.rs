//! What all mails of one installation share: whose they are, where the site is, in which words and zone.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::place::Atlas;
use model::voice::Voice;
use wire::http::host::Host;
use wire::http::origin::Origin;
use wire::mail::mailbox::Mailbox;

use crate::letter::Unwritable;

/// What every mail says about the site that sends it. All of it is the operator's, nothing an asker's.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The name of the site.
    pub site_name: String,
    /// The origin people reach it by, without a slash at the end.
    pub public_url: String,
    /// The host of that origin, without a port: what a sign-in code is bound to.
    pub host: String,
    /// Where mails come from.
    pub from: Mailbox,
    /// The name beside that address.
    pub from_name: String,
    /// The zone of the times in the mails; UTC stands beside them.
    pub time_zone: TimeZone,
    /// The words, in the language of the mails. Made from [`crate::texts`].
    pub voice: Arc<Voice>,
    /// Where network addresses are used.
    pub atlas: Arc<dyn Atlas>,
}

impl Letterhead {
    /// Whether a mail can be written on it.
    ///
    /// # Errors
    /// [`Unwritable::Letterhead`] with the field that is not what it should be.
    pub fn check(&self) -> Result<(), Unwritable> {
        let one_line = |name, text: &str| match text.trim() {
            "" => Err(Unwritable::Letterhead(name)),
            text if text.chars().any(is_unprintable) => Err(Unwritable::Letterhead(name)),
            _ => Ok(()),
        };
        one_line("site_name", &self.site_name)?;
        one_line("from_name", &self.from_name)?;
        // Only the canonical form: it is put in front of a path, and into a header.
        let origin = Origin::parse(&self.public_url).map(|origin| origin.to_string());
        if origin.as_ref() != Ok(&self.public_url) {
            return Err(Unwritable::Letterhead("public_url"));
        }
        match Host::parse(&self.host) {
            Ok(host) if host.port().is_none() && host.to_string() == self.host => Ok(()),
            _ => Err(Unwritable::Letterhead("host")),
        }
    }
}

/// Control characters, line separators, and characters that are invisible or change the direction of
/// what follows: nothing that may stand in a header or in the middle of a sentence.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::letterhead;

    #[test]
    fn a_letterhead_as_operators_set_it_is_fit_to_write_on() {
        assert_eq!(letterhead().check(), Ok(()));
        let local = Letterhead {
            public_url: "http://localhost:8000".to_owned(),
            host: "localhost".to_owned(),
            site_name: "B\u{fc}cherei \u{5d0}\u{5d1}".to_owned(),
            ..letterhead()
        };
        assert_eq!(local.check(), Ok(()));
    }

    #[test]
    fn nothing_in_a_letterhead_can_begin_a_line_of_its_own() {
        for bad in
            ["a\r\nBcc: b@example.org", "a\nb", "a\u{2028}b", "a\0", "\u{202E}a", "a\u{200B}b", " ", ""]
        {
            let name = Letterhead { site_name: bad.to_owned(), ..letterhead() };
            assert_eq!(name.check(), Err(Unwritable::Letterhead("site_name")), "{bad:?}");
            let from = Letterhead { from_name: bad.to_owned(), ..letterhead() };
            assert_eq!(from.check(), Err(Unwritable::Letterhead("from_name")), "{bad:?}");
            let url = Letterhead { public_url: format!("https://id.example.org{bad}"), ..letterhead() };
            assert!(bad.is_empty() || url.check() == Err(Unwritable::Letterhead("public_url")), "{bad:?}");
            let host = Letterhead { host: format!("{bad}id.example.org"), ..letterhead() };
            assert!(bad.is_empty() || host.check() == Err(Unwritable::Letterhead("host")), "{bad:?}");
        }
        let slash = Letterhead { public_url: "https://id.example.org/".to_owned(), ..letterhead() };
        assert_eq!(slash.check(), Err(Unwritable::Letterhead("public_url")));
        let port = Letterhead { host: "id.example.org:443".to_owned(), ..letterhead() };
        assert_eq!(port.check(), Err(Unwritable::Letterhead("host")));
    }
}
