//! Tells clients that somebody is signed out, out of the table in which that waits.

use flow::oauth::backchannel::{self, Leased};
use flow::{Recorded, Store, Tx};
use model::cx::Cx;
use model::fault::Fault;
use model::message::Delivery;
use model::time::Time;
use outbound::backchannel::Teller;
use web::App;

use super::End;
use super::queue::{Queue, settle};

impl Queue for Teller {
    type Leased = Leased;

    fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
        backchannel::lease(tx, cx, limit)
    }

    fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
        backchannel::release_all(tx)
    }

    fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
        backchannel::next_due(store)
    }

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
