//! What a message holds, gathered once: everything that is concluded rests on this, and on nothing else.

use wire::mail::address_list::{self, Party};
use wire::mail::arc::{self, Arc};
use wire::mail::dkim::{self, Checked, Keys};
use wire::mail::dmarc::{self, Record};
use wire::mail::link::{self, Link};
use wire::mail::message::Message;
use wire::mail::quoted;
use wire::record::receipt::{self, Signed};
use wire::short_message::ShortMessage;

use super::border::{self, Path};
use super::code::{self, Code};
use super::words::Words;

/// How the message came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it arrived.
    Whole,
    /// Attached to another mail, as a whole.
    Attached,
    /// Quoted in another mail: its header is gone.
    Inline,
    /// A text message.
    Short,
}

/// What a message holds.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    /// How it came to be read.
    pub(crate) form: Form,
    /// Who it says it is from: the first address.
    pub(crate) from: Party,
    /// How many `From` fields there are, and addresses in them.
    pub(crate) from_count: (usize, usize),
    /// The field `Sender`, where it names somebody else.
    pub(crate) sender: Option<Party>,
    /// The subject.
    pub(crate) subject: String,
    /// The text.
    pub(crate) text: Words,
    /// Subject and text.
    pub(crate) all: Words,
    /// Where it leads.
    pub(crate) links: Vec<(Link, String)>,
    /// What can be a code.
    pub(crate) codes: Vec<Code>,
    /// Letters that nobody sees.
    pub(crate) hidden: usize,
    /// What was not read: pictures and documents.
    pub(crate) unread: Vec<String>,
    /// Signatures, verified.
    pub(crate) dkim: Vec<Checked>,
    /// Chains of servers, verified.
    pub(crate) arc: Arc,
    /// What the domain of the sender asks for.
    pub(crate) policy: Option<Record>,
    /// The way it took.
    pub(crate) path: Path,
    /// To whom it says it goes.
    pub(crate) to: Vec<Party>,
    /// Whose mailbox it came to.
    pub(crate) recipient: Option<String>,
    /// From whom it was handed over: the envelope's sender.
    pub(crate) envelope: Option<Party>,
    /// Addresses in the text, masked ones too, as they stand.
    pub(crate) named: Vec<String>,
    /// When it says that it was written: seconds since 1970.
    pub(crate) date: Option<i64>,
    /// The site to which the code of a text message is bound.
    pub(crate) bound_to: Option<String>,
    /// Receipts in it, right or wrong.
    pub(crate) receipts: Vec<Signed>,
    /// Whether something of it was not read because there is too much.
    pub(crate) cut: bool,
}

/// Gathers what a mail holds, and of the innermost message in it when it was forwarded: people send on what they want explained.
pub(crate) fn of_mail(raw: &[u8], keys: &dyn Keys, recipient: Option<&str>) -> Evidence {
    let mut owned = raw.to_vec();
    let mut form = Form::Whole;
    // Forwarded twice is common, more often nobody asks.
    for _ in 0..4 {
        let message = Message::parse(&owned);
        let Some(inner) = message.contents.messages.iter().find(|inner| Message::parse(inner).is_mail())
        else {
            break;
        };
        let inner = inner.clone();
        form = Form::Attached;
        owned = inner;
    }
    let message = Message::parse(&owned);
    let quoted = quoted::find(&message.text());
    let evidence = match quoted {
        Some(inner) if is_forward(&message, &inner) => inline(&message, &inner, recipient),
        _ => whole(&message, form, keys, recipient),
    };
    Evidence { receipts: Signed::find_in(&owned), ..evidence }
}

/// Whether the text in a mail is one that somebody sent on, and not one that is answered or a lure's decoration: the mail is by
/// another domain than the one quoted, and says in its subject, or by having nothing else, that it passes it on.
fn is_forward(message: &Message<'_>, inner: &quoted::Quoted) -> bool {
    let subject = message.subject().to_lowercase();
    let marked = [
        "fw:",
        "fwd:",
        "wg:",
        "tr:",
        "rv:",
        "enc:",
        "i:",
        "doorst:",
        "vs:",
        "ynt:",
        "转发",
        "轉寄",
        "fw：",
        "转发：",
    ]
    .iter()
    .any(|mark| subject.starts_with(mark));
    let domain = inner.from.as_ref().map(|from| from.domain.clone()).unwrap_or_default();
    let outer = message.parties("from");
    marked && outer.iter().all(|party| party.domain != domain)
}

fn whole(message: &Message<'_>, form: Form, keys: &dyn Keys, recipient: Option<&str>) -> Evidence {
    let senders = message.parties("from");
    let from =
        senders.iter().find(|party| party.is_address()).or(senders.first()).cloned().unwrap_or_default();
    let path = border::read(message);
    let to: Vec<Party> =
        ["to", "cc"].iter().flat_map(|name| message.parties(name)).filter(Party::is_address).collect();
    let body = message.body;
    let sender =
        message.parties("sender").into_iter().find(|party| party.is_address() && !party.is(&from.address()));
    let dkim = if message.too_large { Vec::new() } else { dkim::verify(&message.header, body, keys) };
    let text = message.text();
    Evidence {
        recipient: recipient.map(str::to_owned).or_else(|| delivered_to(message, &path, &to)),
        from_count: message.senders(),
        sender,
        hidden: message.seen.iter().map(|seen| seen.hidden).sum(),
        unread: unread(message),
        policy: dmarc::look_up(&from.domain, keys),
        arc: arc::verify(&message.header, body, keys),
        envelope: message.parties("return-path").into_iter().find(Party::is_address),
        date: message.date(),
        links: message.links(),
        cut: message.too_large || message.header.cut || message.contents.cut,
        dkim,
        form,
        to,
        path,
        ..said(&message.subject(), &text, from)
    }
}

fn inline(message: &Message<'_>, inner: &quoted::Quoted, recipient: Option<&str>) -> Evidence {
    let from = inner.from.clone().unwrap_or_default();
    let to: Vec<Party> = inner.to.iter().filter(|party| party.is_address()).cloned().collect();
    let links = link::find(&inner.text).into_iter().map(|link| (link, String::new()));
    let mut links: Vec<(Link, String)> = links.collect();
    for (link, words) in message.links() {
        if !links.iter().any(|(known, _)| *known == link) {
            links.push((link, words));
        }
    }
    let first = to.first().map(Party::address);
    Evidence {
        form: Form::Inline,
        from_count: (1, 1),
        recipient: recipient.map(str::to_owned).or(first),
        unread: unread(message),
        hidden: message.seen.iter().map(|seen| seen.hidden).sum(),
        cut: message.too_large || message.contents.cut,
        to,
        links,
        ..said(&inner.subject, &inner.text, from)
    }
}

/// Gathers what a text message holds.
pub(crate) fn of_short(message: &ShortMessage) -> Evidence {
    let links = link::find(&message.text).into_iter().map(|link| (link, String::new())).collect();
    let from = Party { name: message.from.clone(), ..Party::default() };
    Evidence {
        form: Form::Short,
        from_count: (0, 0),
        bound_to: message.bound_to.clone(),
        links,
        ..said("", &message.text, from)
    }
}

/// What can be read off subject and text alone; nothing is known of the rest.
fn said(subject: &str, text: &str, from: Party) -> Evidence {
    let text = &receipt::without(text);
    let words = Words::new(text);
    let all = Words::new(&format!("{subject}\n{text}"));
    Evidence {
        form: Form::Whole,
        from,
        from_count: (0, 0),
        sender: None,
        subject: Words::new(subject).shown,
        codes: code::find(&all.shown),
        named: named(&words.shown),
        text: words,
        all,
        links: Vec::new(),
        hidden: 0,
        unread: Vec::new(),
        dkim: Vec::new(),
        arc: Arc::ending(arc::Chain::None),
        policy: None,
        path: Path::default(),
        to: Vec::new(),
        recipient: None,
        envelope: None,
        date: None,
        bound_to: None,
        receipts: Vec::new(),
        cut: false,
    }
}

/// Whose mailbox it came to: what the recipient's servers wrote before what the sender wrote.
fn delivered_to(message: &Message<'_>, path: &Path, to: &[Party]) -> Option<String> {
    let of_server = [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "x-ms-exchange-organization-originalenveloperecipients",
        "apparently-to",
    ];
    let first = of_server.iter().find_map(|name| message.parties(name).into_iter().find(Party::is_address));
    let by_hop = || {
        path.hops
            .iter()
            .take(path.inside)
            .find(|hop| hop.to.contains('@'))
            .map(|hop| address_list::one(&hop.to))
    };
    let alone = || if let [only] = to { Some(only.clone()) } else { None };
    first.or_else(by_hop).or_else(alone).map(|party| party.address())
}

/// Addresses in a text, also those with stars in them.
fn named(shown: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in shown.split(|c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';' | '[' | ']')
    }) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '*' | '@' | '•'));
        let Some((local, domain)) = word.rsplit_once('@') else { continue };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '*' | '•' | '_' | '+' | '\'');
        let is_address = !local.is_empty()
            && local.chars().all(plain)
            && domain.chars().all(plain)
            && (domain.contains('.') || domain.contains('*'));
        if is_address && word.len() <= 254 && !found.iter().any(|known| known == word) && found.len() < 20 {
            found.push(word.trim_end_matches('.').to_owned());
        }
    }
    found
}

fn unread(message: &Message<'_>) -> Vec<String> {
    let pictures = message.seen.iter().map(|seen| seen.pictures).sum::<usize>();
    let mut list = message.contents.others.clone();
    if pictures > 0 {
        list.push("image".to_owned());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_message_is_what_is_explained() {
        let raw = b"From: a@b.example\nSubject: Fwd: x\nContent-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\nlook\n--z\nContent-Type: message/rfc822\n\nFrom: c@d.example\nTo: e@f.example\nSubject: inner\n\nHi e***g@f.example, code 123456\n--z--\n";
        let found = of_mail(raw, &(), None);
        assert_eq!(
            (found.form, found.from.address().as_str(), found.subject.as_str()),
            (Form::Attached, "c@d.example", "inner")
        );
        assert_eq!((found.named, found.codes.len()), (vec!["e***g@f.example".to_owned()], 1));
        assert_eq!(found.recipient.as_deref(), Some("e@f.example"));
    }

    #[test]
    fn a_quoted_message_is_one_only_when_somebody_sent_it_on() {
        let text = "\n\n-----Original Message-----\nFrom: T <t@x.example>\nTo: me@b.example\nSubject: Code\n\nCode 123456";
        let forwarded = of_mail(format!("From: a@b.example\nSubject: FW: Code{text}").as_bytes(), &(), None);
        assert_eq!((forwarded.form, forwarded.from.domain.as_str()), (Form::Inline, "x.example"));
        let other = of_mail(format!("From: a@b.example\nSubject: Your invoice{text}").as_bytes(), &(), None);
        assert_eq!((other.form, other.from.domain.as_str()), (Form::Whole, "b.example"));
    }

    #[test]
    fn what_the_servers_wrote_says_whose_mailbox_it_is() {
        let mail =
            of_mail(b"Delivered-To: me@b.example\nFrom: x@y.example\nTo: all@y.example\n\nhi", &(), None);
        assert_eq!(mail.recipient.as_deref(), Some("me@b.example"));
        let mail = of_mail(b"From: x@y.example\nTo: a@y.example, b@y.example\n\nhi", &(), None);
        assert_eq!(mail.recipient, None);
        let mail = of_mail(b"From: x@y.example\nTo: a@y.example\n\nhi", &(), Some("me@b.example"));
        assert_eq!(mail.recipient.as_deref(), Some("me@b.example"));
    }
}
