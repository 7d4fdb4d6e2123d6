//! The text message that carries a code: whose it is, what for, until when, and what to do if nobody asked.
//!
//! Implements: WICG "Origin-bound one-time codes" (message format), as the last line.

use model::message::{Body, Message};
use model::secret::Secret;
use model::sign_in_code::{CodeText, Purpose};
use model::time::{DAY, Time};
use wire::base20;
use wire::phone::Phone;

use super::code::{check_code, domain_bound};
use super::words::Words;
use crate::gsm;
use crate::letter::Unwritable;
use crate::letterhead::Letterhead;
use crate::sms::Sms;

/// Writes `message`, which is for a telephone, in the words of `letterhead`. The same message gives the same text, to
/// the byte: in one part where that can be, with fewer words where the names are long.
///
/// # Errors
/// [`Unwritable`] when a part of either is not what it should be, or nothing of the kind goes to telephones; trying
/// again would not help.
pub fn text_message(message: &Message, letterhead: &Letterhead) -> Result<Sms, Unwritable> {
    letterhead.check()?;
    let to = Phone::parse(&message.to).map_err(|_| Unwritable::Recipient)?;
    let (purpose, code, expires_at) = match &message.body {
        Body::SignInCode { purpose, code, expires_at, .. } => (*purpose, code, *expires_at),
        // It would cost money to say that nothing was sent, and what an account is told goes to its mailboxes.
        Body::Digest { .. } | Body::Notice { .. } => return Err(Unwritable::NotByText),
    };
    check_code(code)?;
    let text = text(letterhead, purpose, code, expires_at)?;
    Ok(Sms { to, text, id: message.id, secrets: vec![Secret::new(code.expose().to_owned())] })
}

/// How many parts the longest message with a code of `length` letters has.
///
/// # Errors
/// [`Unwritable`] when the letterhead is not what it should be.
pub fn most_parts(letterhead: &Letterhead, length: u8) -> Result<u32, Unwritable> {
    letterhead.check()?;
    let code: String = base20::ALPHABET.into_iter().cycle().take(usize::from(length)).collect();
    let code = CodeText::from_text(code);
    let mut most = 1;
    for purpose in [Purpose::SignIn, Purpose::OpenAccount, Purpose::Confirm, Purpose::Recovery] {
        // January and July of 2026: a zone may have names of different lengths.
        for day in [20_454, 20_635] {
            most = most.max(gsm::parts(&text(letterhead, purpose, &code, Time::from_micros(day * DAY))?));
        }
    }
    Ok(most)
}

fn text(
    head: &Letterhead,
    purpose: Purpose,
    code: &CodeText,
    expires_at: Time,
) -> Result<String, Unwritable> {
    let words = Words::new(head);
    let until = words.time_of_day(expires_at)?;
    let arguments = [("code", code.grouped().into()), ("until", until.into())];
    let last_line = domain_bound(code, head);
    let write = |id| format!("{}\n{last_line}", words.fill(id, &arguments));
    let (full, short) = match purpose {
        Purpose::SignIn => ("sms-sign-in", "sms-sign-in-short"),
        Purpose::OpenAccount | Purpose::AddAddress | Purpose::AddRecovery => ("sms-open", "sms-open-short"),
        Purpose::Confirm => ("sms-confirm", "sms-confirm-short"),
        Purpose::Recovery => ("sms-recover", "sms-recover-short"),
    };
    let full = write(full);
    Ok(if gsm::parts(&full) == 1 { full } else { write(short) })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::render::sample::{code, digest, letterhead, message};

    const NUMBER: &str = "+4915123456789";

    fn written(purpose: Purpose, head: &Letterhead) -> Sms {
        text_message(&message(NUMBER, code(purpose, false)), head).map_err(|error| error.to_string()).unwrap()
    }

    #[test]
    fn the_text_message_with_a_sign_in_code() {
        let sms = written(Purpose::SignIn, &letterhead());
        assert_eq!((sms.to.as_str(), gsm::parts(&sms.text)), (NUMBER, 1));
        assert_snapshot!(sms.text, @r"
    bidden: BCDF-GHJK is your sign-in code until 03:24 CEST. If you did not ask, do nothing: nobody gets in without it. Tell nobody.
    @id.example.org #BCDFGHJK
    ");
    }

    #[test]
    fn the_text_message_that_confirms_a_number() {
        let sms = written(Purpose::OpenAccount, &letterhead());
        assert_eq!(gsm::parts(&sms.text), 1);
        assert_snapshot!(sms.text, @r"
    bidden: BCDF-GHJK confirms this number until 03:24 CEST. If you did not ask, do nothing: nothing happens without it. Tell nobody.
    @id.example.org #BCDFGHJK
    ");
    }

    #[test]
    fn long_names_leave_fewer_words() {
        let head = Letterhead {
            site_name: "Example Public Library".to_owned(),
            host: "sign-in.library.example.org".to_owned(),
            ..letterhead()
        };
        let sms = written(Purpose::SignIn, &head);
        assert_eq!(gsm::parts(&sms.text), 1);
        assert_snapshot!(sms.text, @r"
    Example Public Library: sign-in code BCDF-GHJK until 03:24 CEST. If you did not ask, do nothing and tell nobody.
    @sign-in.library.example.org #BCDFGHJK
    ");
        assert_eq!(most_parts(&head, 8).ok(), Some(1));
    }

    #[test]
    fn names_beyond_the_alphabet_or_the_room_cost_more_parts_and_are_counted() {
        let cyrillic = Letterhead { site_name: "\u{411}\u{438}\u{431}\u{43b}".to_owned(), ..letterhead() };
        assert_eq!(
            (gsm::parts(&written(Purpose::SignIn, &cyrillic).text), most_parts(&cyrillic, 8).ok()),
            (2, Some(2))
        );
        let quiet = Letterhead { time_zone: jiff::tz::TimeZone::UTC, ..letterhead() };
        assert_eq!(most_parts(&quiet, 8).ok(), Some(1));
        let long = Letterhead {
            site_name: "x".repeat(60),
            host: format!("{}.example.org", "y".repeat(60)),
            ..letterhead()
        };
        assert_eq!(most_parts(&long, 8).ok(), Some(2));
        assert_eq!(most_parts(&letterhead(), 16).ok(), Some(1));
    }

    #[test]
    fn only_codes_go_to_telephones_and_only_to_telephones() {
        let to = |to: &str, body| text_message(&message(to, body), &letterhead()).err();
        assert_eq!(to(NUMBER, digest(3, false)), Some(Unwritable::NotByText));
        for nobody in ["ada@example.org", "", "015123456789"] {
            assert_eq!(to(nobody, code(Purpose::SignIn, false)), Some(Unwritable::Recipient), "{nobody}");
        }
        let broken = Letterhead { host: "a b".to_owned(), ..letterhead() };
        let message = message(NUMBER, code(Purpose::SignIn, false));
        assert_eq!(text_message(&message, &broken).err(), Some(Unwritable::Letterhead("host")));
    }

    proptest! {
        #[test]
        fn every_text_message_names_site_and_code_and_ends_with_the_bound_code(
            site in "[A-Za-z\u{e4}\u{44f}][A-Za-z\u{e4}\u{44f} ]{0,57}[a-z]", host in "[a-z]{1,60}(\\.[a-z]{2,60}){0,3}",
            open in any::<bool>(),
        ) {
            let head = Letterhead { site_name: site, host, ..letterhead() };
            let purpose = if open { Purpose::OpenAccount } else { Purpose::SignIn };
            let sms = written(purpose, &head);
            let (words, last) = sms.text.rsplit_once('\n').unwrap();
            prop_assert_eq!(last, format!("@{} #BCDFGHJK", head.host));
            prop_assert!(words.starts_with(&head.site_name) && words.contains("BCDF-GHJK") && !words.contains('\n'));
            prop_assert!(words.contains("until 03:24 CEST. If you did not ask, do nothing"), "{}", words);
            prop_assert!(words.to_lowercase().ends_with("tell nobody."), "{}", words);
            prop_assert!(gsm::parts(&sms.text) <= most_parts(&head, 8).unwrap());
        }
    }
}
