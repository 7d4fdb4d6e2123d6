//! Takes messages out of the outbox: to the mail server or the SMS gateway, or where no mail server is set up to the
//! inbox page.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flow::Tx;
use flow::deliver::{self, Held, InPlace, Leased};
use model::cx::Cx;
use model::fault::Fault;
use model::id::MessageId;
use model::message::{Delivery, Obstacle};
use model::time::Time;
use outbound::letter::Letter;
use outbound::letterhead::Letterhead;
use outbound::render::{render, text_message};
use outbound::sms::{Gateway, Sms};
use outbound::smtp::Mailer;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use web::App;
use web::plain_letter::PlainLetter;
use wire::phone::Phone;

use super::End;

/// How many messages are under way at once.
const BATCH: i64 = 32;
/// How many decoys are under way at once; beyond that they are settled without waiting.
const DECOYS: usize = 1024;
/// How long messages under way may take when the server ends.
const GRACE: Duration = Duration::from_secs(10);
/// How often the leases of messages under way are renewed.
const RENEW_EVERY: Duration = Duration::from_secs(15);
/// How often the outbox is looked at although nobody said that there is something.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// How long to wait after a fault of the store before the next try. People wait for their mail.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// Where messages go.
pub(crate) struct Post {
    /// Who writes.
    pub(crate) letterhead: Letterhead,
    /// The mail server; none means the inbox page.
    pub(crate) mailer: Option<Mailer>,
    /// The gateway for telephones; none means the inbox page, if there is one.
    pub(crate) gateway: Option<Gateway>,
    /// The key of the record, which signs receipts.
    pub(crate) held: Held,
    /// How long handing over to the mail server usually takes.
    pub(crate) pace: Pace,
    /// The same for the gateway.
    pub(crate) pace_by_text: Pace,
}

/// How one message leaves.
enum Way<'a> {
    /// As a mail.
    Mail(&'a Mailer),
    /// As a text message.
    Text(&'a Gateway),
    /// Not at all: the inbox page shows it.
    Inbox,
    /// Not at all: it is for a telephone, and codes do not go there.
    None,
}

impl Post {
    fn way(&self, message: &Leased) -> Way<'_> {
        match (is_by_text(message), &self.gateway, &self.mailer) {
            (true, Some(gateway), _) => Way::Text(gateway),
            (true, None, Some(_)) => Way::None,
            (false, _, Some(mailer)) => Way::Mail(mailer),
            (_, _, None) => Way::Inbox,
        }
    }
}

/// Whether a message is for a telephone.
fn is_by_text(message: &Leased) -> bool {
    Phone::parse(message.to.expose()).is_ok()
}

/// How long the last message took to be handed over, in microseconds: decoys take as long.
#[derive(Default)]
pub(crate) struct Pace(AtomicU64);

impl Pace {
    fn note(&self, took: Duration) {
        self.0.store(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn usual(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed)).min(Duration::from_secs(5))
    }
}

pub(crate) async fn run(app: Arc<App>, post: Arc<Post>, wake: Arc<Notify>, mut end: End) {
    // Where there is only one server, whatever was leased belonged to a process that is gone.
    if app.node().is_none()
        && let Err(fault) = app.commit(app.cx(), |tx, _| deliver::release_all(tx)).await
    {
        tracing::error!(cause = %fault.chain(), "leases of an earlier run stay until they run out");
    }
    let mut lanes = Lanes::default();
    let mut renewed = app.cx().now;
    loop {
        if app.cx().now.since(renewed) >= RENEW_EVERY {
            renewed = app.cx().now;
            renew(&app, &lanes).await;
        }
        let pause = match once(&app, &post, &mut lanes, &mut end).await {
            Ok(true) => continue,
            Ok(false) if lanes.real.is_empty() && lanes.decoys.is_empty() => until_next(&app),
            Ok(false) => until_next(&app).min(RENEW_EVERY),
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "the outbox will be looked at again");
                AFTER_A_FAULT
            }
        };
        // A connection is kept while there is something to send, and no longer.
        if lanes.real.is_empty()
            && let Some(mailer) = &post.mailer
        {
            mailer.rest().await;
        }
        tokio::select! {
            () = wake.notified() => {}
            Some(_) = lanes.real.join_next() => {}
            on = end.pause(pause) => if !on { break },
        }
    }
    // What is under way may finish; what is cut off is sent again after the next start.
    let _ = tokio::time::timeout(GRACE, lanes.real.join_all()).await;
}

/// Messages under way. Decoys have a lane of their own, so that a flood of them delays nobody's mail.
#[derive(Default)]
struct Lanes {
    real: JoinSet<()>,
    decoys: JoinSet<()>,
    leased: Arc<Leases>,
}

/// The leases that this node holds: message and attempt.
#[derive(Default)]
struct Leases(Mutex<BTreeSet<(MessageId, i64)>>);

impl Leases {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeSet<(MessageId, i64)>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Says of all messages under way that somebody is still at work.
async fn renew(app: &App, lanes: &Lanes) {
    let under_way: Vec<_> = lanes.leased.change(|leases| leases.iter().copied().collect());
    if under_way.is_empty() {
        return;
    }
    if let Err(fault) = app.commit(app.cx(), move |tx, cx| deliver::renew(tx, cx, &under_way)).await {
        tracing::error!(cause = %fault.chain(), "the leases of messages under way could not be renewed");
    }
}

fn until_next(app: &App) -> Duration {
    match deliver::next_due(app.store()) {
        Ok(Some(due)) => due.since(app.cx().now).clamp(Duration::from_millis(10), AT_LEAST_EVERY),
        Ok(None) | Err(_) => AT_LEAST_EVERY,
    }
}

/// Takes what is due and has room; says whether there was any.
async fn once(app: &Arc<App>, post: &Arc<Post>, lanes: &mut Lanes, end: &mut End) -> Result<bool, Fault> {
    while lanes.real.try_join_next().is_some() {}
    while lanes.decoys.try_join_next().is_some() {}
    let under_way = i64::try_from(lanes.real.len()).unwrap_or(BATCH);
    let room = BATCH - under_way;
    if room <= 0 {
        return Ok(false);
    }
    let leased = app.commit(app.cx(), move |tx, cx| deliver::lease(tx, cx, room)).await?;
    if leased.is_empty() {
        return Ok(false);
    }
    let (in_place, leased): (Vec<_>, Vec<_>) =
        leased.into_iter().partition(|message| matches!(post.way(message), Way::Inbox));
    for message in leased {
        let (app, post) = (Arc::clone(app), Arc::clone(post));
        let patient = lanes.decoys.len() < DECOYS;
        let lane = if message.decoy { &mut lanes.decoys } else { &mut lanes.real };
        let (lease, leases) = ((message.id, message.attempt), Arc::clone(&lanes.leased));
        leases.change(|held| held.insert(lease));
        let mut end = end.clone();
        lane.spawn(async move {
            if let Err(fault) = send(&app, &post, (&message, patient), &mut end).await {
                tracing::error!(cause = %fault.chain(), message = %message.id, "a message waits for its lease to end");
            }
            leases.change(|held| held.remove(&lease));
        });
    }
    if !in_place.is_empty() {
        keep(app, post, in_place, end).await?;
    }
    Ok(true)
}

async fn send(
    app: &App,
    post: &Post,
    (message, patient): (&Leased, bool),
    end: &mut End,
) -> Result<(), Fault> {
    let way = post.way(message);
    let pace = if is_by_text(message) { &post.pace_by_text } else { &post.pace };
    let delivery = match (write(app, post, message, end).await?, way) {
        (Written::Not(why), _) => Delivery::Bounced { why },
        (Written::Letter(_) | Written::Text(_), _) if message.decoy => {
            // As long as a real one takes: the disk must not tell either.
            if patient {
                let _ = tokio::time::timeout(pace.usual(), std::future::pending::<()>()).await;
            }
            Delivery::HandedOver
        }
        (written, way) => {
            let started = app.cx().now;
            let (delivery, detail) = match (&written, way) {
                (Written::Letter(letter), Way::Mail(mailer)) => mailer.send(letter).await,
                (Written::Text(sms), Way::Text(gateway)) => gateway.send(sms).await,
                _ => (Delivery::Bounced { why: Obstacle::NoGateway }, "there is no gateway".to_owned()),
            };
            if delivery == Delivery::HandedOver {
                pace.note(app.cx().now.since(started));
                tracing::debug!(message = %message.id, "handed over");
            } else {
                tracing::warn!(message = %message.id, attempt = message.attempt, outcome = ?delivery, %detail, "not handed over");
            }
            delivery
        }
    };
    settle(app, message, &delivery, end).await
}

/// Writes down what became of a message.
async fn settle(app: &App, message: &Leased, delivery: &Delivery, end: &mut End) -> Result<(), Fault> {
    let until = app.cx().now + deliver::LEASE;
    loop {
        let (message, delivery) = (message.clone(), delivery.clone());
        let settled = move |tx: &mut Tx<'_>, cx: &mut Cx| deliver::settle(tx, cx, &message, &delivery);
        match app.commit(app.cx(), settled).await {
            Ok(()) => return Ok(()),
            Err(fault) => pause_after(fault, app, until, end).await?,
        }
    }
}

/// While the store is away, what it has to do for leased messages is tried again for as long as a lease lasts. Given
/// up earlier, messages would wait for the end of their leases, and what has left would leave once more.
async fn pause_after(fault: Fault, app: &App, until: Time, end: &mut End) -> Result<(), Fault> {
    if !fault.may_pass() || app.cx().now >= until {
        return Err(fault);
    }
    tracing::warn!(cause = %fault.chain(), "the store is asked again about a message");
    if end.pause(AFTER_A_FAULT).await { Ok(()) } else { Err(fault) }
}

/// The inbox page in place of a mail server.
async fn keep(app: &App, post: &Post, leased: Vec<Leased>, end: &mut End) -> Result<(), Fault> {
    let mut letters = Vec::with_capacity(leased.len());
    for message in leased {
        let plain = match write(app, post, &message, end).await? {
            Written::Letter(letter) => {
                PlainLetter { to: letter.to, subject: letter.subject, text: letter.text }
            }
            Written::Text(sms) => PlainLetter {
                to: sms.to.to_string(),
                subject: post.letterhead.voice.say("sms-subject").into_owned(),
                text: sms.text,
            },
            Written::Not(why) => {
                settle(app, &message, &Delivery::Bounced { why }, end).await?;
                continue;
            }
        };
        letters.push(InPlace { leased: message, to: plain.to.clone(), content: plain.write() });
    }
    let (letters, until) = (Arc::new(letters), app.cx().now + deliver::LEASE);
    loop {
        let letters = Arc::clone(&letters);
        match app.commit(app.cx(), move |tx, cx| deliver::keep(tx, cx, &letters)).await {
            Ok(()) => return Ok(()),
            Err(fault) => pause_after(fault, app, until, end).await?,
        }
    }
}

enum Written {
    Letter(Box<Letter>),
    Text(Box<Sms>),
    Not(Obstacle),
}

async fn write(app: &App, post: &Post, message: &Leased, end: &mut End) -> Result<Written, Fault> {
    let until = app.cx().now + deliver::LEASE;
    let composed = loop {
        match deliver::compose(app.store(), &app.cx(), &post.held, message) {
            Ok(composed) => break composed,
            Err(fault) => pause_after(fault, app, until, end).await?,
        }
    };
    let Some(composed) = composed else { return Ok(Written::Not(Obstacle::TooLate)) };
    let written = if is_by_text(message) {
        text_message(&composed, &post.letterhead).map(|sms| Written::Text(Box::new(sms)))
    } else {
        render(&composed, &post.letterhead).map(|letter| Written::Letter(Box::new(letter)))
    };
    Ok(match written {
        Ok(written) => written,
        Err(error) => {
            tracing::error!(%error, message = %message.id, "a message cannot be written");
            Written::Not(Obstacle::Unwritable)
        }
    })
}

#[cfg(test)]
mod tests;
