//! A letter: what a message says, in text and HTML, ready to be mailed or kept for the inbox page.
//!
//! Implements: RFC 5322 §3.6 (fields), RFC 2046 §5.1.4 (multipart/alternative), RFC 3834 §5
//! (Auto-Submitted).

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Correspondent, MultiPart, MultiPartKind, SinglePart};
use model::secret::Secret;
use model::time::Time;
use wire::mail::mailbox::Mailbox;

use crate::letterhead::{Letterhead, is_unprintable};

/// The first second that the Date field cannot say (10000-01-01T00:00:00Z), in seconds since the epoch.
const END_OF_CALENDAR: u64 = 253_402_300_800;

/// Why a message cannot be written. Holds nothing of what it would have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The address of the recipient is none that mail can be sent to.
    #[error("the recipient's address cannot be written to")]
    Recipient,
    /// A field of the letterhead is not what it should be.
    #[error("the letterhead's {0} cannot be used")]
    Letterhead(&'static str),
    /// A part of the message is not what it should be: code, reference or token.
    #[error("the message's {0} has characters that it cannot have")]
    Part(&'static str),
    /// A time lies outside the calendar.
    #[error("a time of the message lies outside the calendar")]
    Calendar,
    /// A field would break out of its line, or is too long for one.
    #[error("the field {0} cannot be written")]
    Field(&'static str),
    /// A template failed.
    #[error("the HTML part could not be written")]
    Template,
    /// It is for a telephone, and nothing of the kind goes there.
    #[error("a message of this kind is not sent to telephones")]
    NotByText,
}

/// A letter to one person. It holds a sign-in code, so that it can be neither printed nor compared.
pub struct Letter {
    /// Whom it is for: `local@domain`, the domain in A-labels.
    pub to: String,
    /// Its subject; never has the code in it.
    pub subject: String,
    /// The text part, lines ended by `\n`, none after the last. This is the primary form.
    pub text: String,
    /// The HTML part: the same with structure.
    pub html: String,
    /// Its Message-ID without the angle brackets; the same for every copy of one message.
    pub message_id: String,
    pub(crate) from: Mailbox,
    pub(crate) from_name: String,
    pub(crate) date: SystemTime,
    pub(crate) language: String,
    /// What must not be logged even if the mail server repeats it.
    pub(crate) secrets: Vec<Secret<String>>,
}

impl Letter {
    /// The e-mail: multipart/alternative with fields that depend on the message alone, so that a second
    /// copy of it is the same to the byte.
    ///
    /// # Errors
    /// [`Unwritable`] when an address or a field cannot be written.
    pub fn to_email(&self) -> Result<lettre::Message, Unwritable> {
        for (name, value) in [("Subject", &self.subject), ("Message-ID", &self.message_id)] {
            if value.len() > 500 || value.chars().any(is_unprintable) {
                return Err(Unwritable::Field(name));
            }
        }
        let to = Mailbox::parse(&self.to).map_err(|_| Unwritable::Recipient)?;
        let to = correspondent(None, &to).ok_or(Unwritable::Recipient)?;
        let name = (!self.from_name.is_empty()).then(|| self.from_name.clone());
        let from = correspondent(name, &self.from).ok_or(Unwritable::Letterhead("from"))?;
        let field =
            |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        // The left part is a UUID and occurs in no line of the parts.
        let boundary = format!("={}", self.message_id.split('@').next().unwrap_or_default());
        lettre::Message::builder()
            .from(from)
            .to(to)
            .subject(self.subject.clone())
            .date(self.date)
            .message_id(Some(format!("<{}>", self.message_id)))
            .raw_header(field("Auto-Submitted", "auto-generated"))
            .raw_header(field("X-Auto-Response-Suppress", "All"))
            .raw_header(field("Content-Language", &self.language))
            .multipart(
                MultiPart::builder()
                    .kind(MultiPartKind::Alternative)
                    .boundary(boundary)
                    .singlepart(SinglePart::plain(self.text.clone()))
                    .singlepart(SinglePart::html(self.html.clone())),
            )
            .map_err(|_| Unwritable::Field("From"))
    }

    /// A letter without content for the parts that depend on the letterhead and the message alone.
    pub(crate) fn blank(message: &model::message::Message, head: &Letterhead) -> Result<Self, Unwritable> {
        Ok(Self {
            to: Mailbox::parse(&message.to).map_err(|_| Unwritable::Recipient)?.as_str().to_owned(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            message_id: format!("{}@{}", message.id, message_id_right(head)),
            from: head.from.clone(),
            from_name: head.from_name.clone(),
            date: date(message.queued_at)?,
            language: head.voice.language().to_owned(),
            secrets: Vec::new(),
        })
    }
}

/// RFC 5322 §3.6.4: the right part is the host, an IP address in brackets as the id-right literal.
fn message_id_right(head: &Letterhead) -> String {
    match head.host.parse::<std::net::Ipv4Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => head.host.clone(),
    }
}

fn date(at: Time) -> Result<SystemTime, Unwritable> {
    let since = u64::try_from(at.micros()).map(Duration::from_micros).map_err(|_| Unwritable::Calendar)?;
    if since.as_secs() >= END_OF_CALENDAR {
        return Err(Unwritable::Calendar);
    }
    SystemTime::UNIX_EPOCH.checked_add(since).ok_or(Unwritable::Calendar)
}

/// Two parsers in agreement: ours has read `mailbox`, and the library must accept it too.
fn correspondent(name: Option<String>, mailbox: &Mailbox) -> Option<Correspondent> {
    let address = lettre::Address::new(mailbox.local(), mailbox.domain()).ok()?;
    Some(Correspondent::new(name, address))
}
