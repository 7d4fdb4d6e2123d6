//! Takes messages out of the outbox: to the mail server, or where none is set up to the inbox page.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flow::deliver::{self, Leased};
use model::fault::Fault;
use model::message::{Delivery, Obstacle};
use outbound::letter::Letter;
use outbound::letterhead::Letterhead;
use outbound::render::render;
use outbound::smtp::Mailer;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use web::App;
use web::plain_letter::PlainLetter;

use super::End;

/// How many messages are taken at once.
const BATCH: i64 = 32;
/// How often the outbox is looked at although nobody said that there is something.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

/// Where messages go.
pub(crate) struct Post {
    /// Who writes.
    pub(crate) letterhead: Letterhead,
    /// The mail server; none means the inbox page.
    pub(crate) mailer: Option<Mailer>,
    /// How long handing over usually takes.
    pub(crate) pace: Pace,
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
    // Whatever was leased belonged to a process that is gone: there is only one server.
    if let Err(fault) = app.commit(app.cx(), |tx, _| deliver::release_all(tx)).await {
        tracing::error!(cause = %fault.chain(), "leases of an earlier run stay until they run out");
    }
    loop {
        let delivered = once(&app, &post).await;
        // A connection is kept while there is something to send, and no longer.
        if let (Ok(false), Some(mailer)) = (&delivered, &post.mailer) {
            mailer.rest().await;
        }
        let pause = match delivered {
            Ok(true) => continue,
            Ok(false) => until_next(&app),
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "the outbox will be looked at again");
                AT_LEAST_EVERY
            }
        };
        tokio::select! {
            () = wake.notified() => {}
            on = end.pause(pause) => if !on { return },
        }
    }
}

fn until_next(app: &App) -> Duration {
    match deliver::next_due(app.store()) {
        Ok(Some(due)) => due.since(app.cx().now).clamp(Duration::from_millis(10), AT_LEAST_EVERY),
        Ok(None) | Err(_) => AT_LEAST_EVERY,
    }
}

/// Delivers one batch; says whether there was any.
async fn once(app: &Arc<App>, post: &Arc<Post>) -> Result<bool, Fault> {
    let leased = app.commit(app.cx(), |tx, cx| deliver::lease(tx, cx, BATCH)).await?;
    if leased.is_empty() {
        return Ok(false);
    }
    if post.mailer.is_none() {
        return keep(app, post, leased).await.map(|()| true);
    }
    let mut sending = JoinSet::new();
    for message in leased {
        let (app, post) = (Arc::clone(app), Arc::clone(post));
        sending.spawn(async move {
            let Some(mailer) = &post.mailer else { return };
            if let Err(fault) = send(&app, &post, mailer, &message).await {
                tracing::error!(cause = %fault.chain(), message = %message.id, "a message waits for its lease to end");
            }
        });
    }
    // Each is bounded by the mailer's own deadline.
    while sending.join_next().await.is_some() {}
    Ok(true)
}

async fn send(app: &App, post: &Post, mailer: &Mailer, message: &Leased) -> Result<(), Fault> {
    let delivery = match write(app, post, message)? {
        Written::Letter(_) if message.decoy => {
            // As long as a real one takes: the disk must not tell either.
            let _ = tokio::time::timeout(post.pace.usual(), std::future::pending::<()>()).await;
            Delivery::HandedOver
        }
        Written::Letter(letter) => {
            let started = app.cx().now;
            let (delivery, detail) = mailer.send(&letter).await;
            if delivery == Delivery::HandedOver {
                post.pace.note(app.cx().now.since(started));
                tracing::debug!(message = %message.id, "handed over");
            } else {
                tracing::warn!(message = %message.id, attempt = message.attempt, outcome = ?delivery, %detail, "not handed over");
            }
            delivery
        }
        Written::Not(why) => Delivery::Bounced { why },
    };
    let settled = message.clone();
    app.commit(app.cx(), move |tx, cx| deliver::settle(tx, cx, &settled, delivery)).await
}

/// The inbox page in place of a mail server.
async fn keep(app: &App, post: &Post, leased: Vec<Leased>) -> Result<(), Fault> {
    let mut letters = Vec::with_capacity(leased.len());
    for message in leased {
        match write(app, post, &message)? {
            Written::Letter(letter) => {
                let plain = PlainLetter { to: letter.to, subject: letter.subject, text: letter.text };
                letters.push((message, plain.write()));
            }
            Written::Not(why) => {
                let delivery = Delivery::Bounced { why };
                app.commit(app.cx(), move |tx, cx| deliver::settle(tx, cx, &message, delivery)).await?;
            }
        }
    }
    app.commit(app.cx(), move |tx, cx| deliver::keep(tx, cx, letters)).await
}

enum Written {
    Letter(Box<Letter>),
    Not(Obstacle),
}

fn write(app: &App, post: &Post, message: &Leased) -> Result<Written, Fault> {
    let Some(composed) = deliver::compose(app.store(), &app.cx(), message)? else {
        return Ok(Written::Not(Obstacle::TooLate));
    };
    Ok(match render(&composed, &post.letterhead) {
        Ok(letter) => Written::Letter(Box::new(letter)),
        Err(error) => {
            tracing::error!(%error, message = %message.id, "a message cannot be written");
            Written::Not(Obstacle::Unwritable)
        }
    })
}
