//! What the fuzz targets of messages check: mails and their fields, text messages, and what is read beside them.

use crate::dns_message;
use crate::dns_table::DnsTable;
use crate::mail::authentication_results::{self, Results};
use crate::mail::link::{self, Link};
use crate::mail::message::Message;
use crate::mail::received::Hop;
use crate::mail::tags::Tags;
use crate::mail::{address_list, arc, date, dkim, encoded_word, markup, mbox, mime, quoted};
use crate::multipart::Multipart;
use crate::short_message::{self, ShortMessage};
use crate::sign_in_policy::SignInPolicy;

/// Any bytes are a message, within its bounds; none is signed by somebody of whom no key is known.
pub fn message(data: &[u8]) {
    let message = Message::parse(data);
    assert!(message.contents.plain.len() + message.contents.html.len() <= mime::MOST_PARTS);
    assert!(message.text().len() <= 4 * (mime::MOST_TEXT + data.len()) + mime::MOST_PARTS);
    assert!(message.links().len() <= link::MOST);
    let fields: usize = message.header.fields.iter().map(|field| field.raw().len()).sum();
    assert!(fields <= data.len() && message.header.body_at <= data.len());
    for checked in dkim::verify(&message.header, message.body, &()) {
        assert_ne!(checked.outcome, dkim::Outcome::Pass);
    }
    assert_ne!(arc::verify(&message.header, message.body, &()).chain, arc::Chain::Holds);
    let _ = (message.hops(), message.date(), message.parties("from"), message.is_mail());
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        assert!(mbox::unescaped(line).len() + 1 >= line.len() || !mbox::begins(line));
    }
}

/// The fields of a message are read or passed over, and nothing that is shown of them is live.
pub fn mail_fields(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = (Hop::parse(&text), date::parse(&text), encoded_word::decode(&text), quoted::find(&text));
    assert!(Results::parse(&text).list.len() <= authentication_results::MOST);
    for party in address_list::parse(&text) {
        assert!(!party.address().is_empty() || !party.name.is_empty());
    }
    if let Ok(tags) = Tags::parse(&text) {
        let _ = dkim::signature::Signature::parse(&text);
        assert!(tags.get("v").is_none_or(|version| text.contains(version)));
    }
    let _ = dkim::key::Key::parse(&text);
    for link in link::find(&text).into_iter().chain(Link::parse(&text)) {
        let shown = link.defanged();
        assert!(!shown.contains("://") || shown.starts_with("hxxps://"));
        assert!(shown.is_ascii() && !shown.contains(|c: char| c.is_control()));
    }
    let seen = markup::read(&text);
    assert!(seen.text.len() <= 4 * text.len() + 4);
}

/// A text message, a table of records, an answer of the DNS and a policy are read or refused.
pub fn explained(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = ShortMessage::parse(&text);
    assert!(
        read.text.len() <= short_message::LONGEST && read.bound_to.is_some() == read.bound_code.is_some()
    );
    let _ = (DnsTable::parse(data), SignInPolicy::parse(data));
    if let Ok(form) = Multipart::parse("multipart/form-data; boundary=x", data) {
        assert!(form.get("a").is_none_or(|value| value.len() <= data.len()));
    }
    if let Some(id) = data.first_chunk::<2>() {
        let _ = dns_message::answer(data, u16::from_be_bytes(*id), "a.example");
    }
    if let Ok(question) = dns_message::question(1, &text) {
        assert!(question.len() < 300);
    }
}
