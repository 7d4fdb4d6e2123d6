//! Tells an account what happened to it: one mail to each of its mailboxes, in the transaction of the event.
//!
//! The first of a kind is told at once, what follows within the hour in one ([`model::notice::Lately`]). A notice with a
//! link is never held, since the link would be lost: whoever makes such links bounds them.
//!
//! Implements: NIST SP 800-63B-4 §4.6; `threats.md` §5.2 row 13.

use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, MessageId};
use model::message::MessageKind;
use model::notice::{Notice, TOGETHER, What};
use model::source::Source;
use store::notices;
use store::outbox::{self, Queued};
use store::{Recorded, Store, Tx, addresses};

/// How many held notices are looked for at once.
const CHUNK: i64 = 200;

/// What is told.
#[derive(Clone, Debug)]
pub struct Telling {
    what: What,
    source: Option<Source>,
    link: Option<String>,
}

impl Telling {
    /// Only what happened.
    #[must_use]
    pub const fn of(what: What) -> Self {
        Self { what, source: None, link: None }
    }

    /// And from where.
    #[must_use]
    pub fn from(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// And the path of the page on which something can be done about it, with the secret in it. Looking at that page
    /// must change nothing.
    #[must_use]
    pub fn with_link(self, path: String) -> Self {
        Self { link: Some(path), ..self }
    }
}

/// Which mailboxes are told: of the main address, the others, and those for recovery.
#[derive(Clone, Copy, Debug)]
pub enum Whom<'a> {
    /// All of them.
    Everybody,
    /// All but the one that it is about, or that carried the code; that one too, if there is no other.
    Others(&'a Digest),
    /// All of them, and one that belonged to the account until now. It is told even while others are held: it can be
    /// removed no more often than it was confirmed.
    AndFormer(&'a str),
    /// That one alone: the others are told in another way.
    Former(&'a str),
}

/// A mail that was queued.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Which.
    pub(crate) message: MessageId,
    /// To which mailbox of the account; none for one that belonged to it until now.
    pub(crate) to: Option<addresses::Mailbox>,
}

/// Tells it, or holds it. Says how many mails were queued.
///
/// # Errors
/// A fault of the store.
pub fn tell(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    telling: Telling,
    to: Whom<'_>,
) -> Result<usize, Fault> {
    Ok(tell_each(tx, cx, account, telling, to)?.len())
}

/// [`tell`]. Says which mails were queued.
///
/// # Errors
/// A fault of the store.
pub(crate) fn tell_each(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    telling: Telling,
    to: Whom<'_>,
) -> Result<Vec<Sent>, Fault> {
    let Telling { what, source, link } = telling;
    let source = source.map(|source| source.kept(cx.policy.keep_addresses));
    let mut notice = Notice { what, at: cx.now, source, more: 0 };
    let told = if link.is_some() {
        Some(0)
    } else {
        let mut taken = notices::take(tx, account, notice.what.name())?;
        let told = taken.lately.one_more(cx.now);
        notices::put(tx, &taken, &notice, cx.now)?;
        told
    };
    let mut boxes: Vec<(String, Option<addresses::Mailbox>)> = Vec::new();
    if let Some(more) = told {
        notice.more = more;
        let all = addresses::list_mailboxes(tx, account)?;
        let wanted = |one: &&addresses::Mailbox| match to {
            Whom::Others(but) => !one.identity.matches(but),
            Whom::Everybody | Whom::AndFormer(_) => true,
            Whom::Former(_) => false,
        };
        let mut chosen: Vec<addresses::Mailbox> = all.iter().filter(wanted).cloned().collect();
        if chosen.is_empty() && !matches!(to, Whom::Former(_)) {
            chosen = all;
        }
        boxes.extend(chosen.into_iter().map(|one| (one.shown.clone(), Some(one))));
    }
    if let Whom::AndFormer(former) | Whom::Former(former) = to {
        boxes.push((former.to_owned(), None));
    }
    let mut sent = Vec::with_capacity(boxes.len());
    for (shown, to) in boxes {
        let message = queue(tx, cx, (Some(account), &notice), (&shown, link.as_deref()))?;
        sent.push(Sent { message, to });
    }
    Ok(sent)
}

/// Queues one notice. Sealing within the transaction is the price of not knowing before whose mailboxes these are: some
/// microseconds for each, and notices are rare.
pub(crate) fn queue(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, notice): (Option<AccountId>, &Notice),
    to: (&str, Option<&str>),
) -> Result<MessageId, Fault> {
    let queued = Queued {
        id: MessageId::new(cx)?,
        kind: MessageKind::Notice,
        account,
        request: None,
        count: 0,
        since: None,
        decoy: false,
    };
    let sealed_to = outbox::seal_to_with(tx.keys(), &mut cx.entropy, queued.id, to)?;
    outbox::enqueue_notice(tx, &queued, notice, &sealed_to, cx.now)?;
    Ok(queued.id)
}

/// What is held and may be due.
///
/// # Errors
/// A fault of the store.
pub fn held_due(store: &Store, cx: &Cx) -> Result<Vec<(AccountId, String)>, Fault> {
    store.read(|reader| notices::list_held(reader, cx.now - TOGETHER, CHUNK))
}

/// Tells what was held of one kind, if its time is over.
///
/// # Errors
/// A fault of the store.
pub fn tell_held(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, kind): &(AccountId, String),
) -> Result<Recorded<()>, Fault> {
    let mut taken = notices::take(tx, *account, kind)?;
    let (more, latest) = (taken.lately.time_over(cx.now), taken.latest.take());
    if let (Some(more), Some(latest)) = (more, latest) {
        notices::put(tx, &taken, &latest, cx.now)?;
        let notice = Notice { more, ..latest };
        for to in addresses::list_mailboxes(tx, *account)? {
            queue(tx, cx, (Some(*account), &notice), (&to.shown, None))?;
        }
    }
    Ok(tx.unrecorded("each event is on the record; what becomes of the mails will be", ()))
}
