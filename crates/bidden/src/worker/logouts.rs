//! Tells clients that somebody is signed out, out of the table in which that waits.

use flow::oauth::backchannel::{self, Leased};
use model::fault::Fault;
use model::message::Delivery;
use outbound::backchannel::Teller;
use web::App;

use super::End;
use super::queue::{Queue, Table, settle};

impl Queue for Teller {
    type Leased = Leased;
    const TABLE: Table<Leased> = Table {
        lease: backchannel::lease,
        release_all: backchannel::release_all,
        next_due: backchannel::next_due,
    };

    async fn tell(&self, app: &App, leased: &Leased, end: &mut End) -> Result<(), Fault> {
        let ring = app.keys().ok_or(Fault::plain("there are no signing keys yet"))?;
        let mut cx = app.cx();
        let client = &leased.logout.client;
        let Some(word) = backchannel::compose(app.store(), &mut cx, (&ring, app.provider()), leased)? else {
            let leased = leased.clone();
            return app.commit(cx, move |tx, _| backchannel::forget(tx, &leased)).await;
        };
        let (delivery, detail) = self.tell(&word.url, &word.body, word.trusted).await;
        if delivery == Delivery::HandedOver {
            tracing::debug!(%client, "told that somebody is signed out");
        } else {
            let (url, attempt) = (word.url.without_query(), leased.attempt);
            tracing::warn!(%client, %url, attempt, outcome = ?delivery, %detail, "not told that somebody is signed out");
        }
        let leased = leased.clone();
        settle(app, end, move |tx, cx| backchannel::settle(tx, cx, &leased, &delivery)).await
    }
}
