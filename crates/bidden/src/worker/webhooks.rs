//! Tells services of findings, out of the table in which that waits.

use flow::webhook::{self, Leased};
use flow::{Recorded, Store, Tx};
use model::cx::Cx;
use model::fault::Fault;
use model::message::Delivery;
use model::time::Time;
use outbound::webhook::{Caller, Signed};
use web::App;

use super::End;
use super::queue::{Queue, settle};

impl Queue for Caller {
    type Leased = Leased;

    fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
        webhook::lease(tx, cx, limit)
    }

    fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
        webhook::release_all(tx)
    }

    fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
        webhook::next_due(store)
    }

    async fn tell(&self, app: &App, leased: &Leased, end: &mut End) -> Result<(), Fault> {
        let Some(call) = webhook::compose(app.store(), &app.cx(), app.provider().issuer(), leased)? else {
            let leased = leased.clone();
            return app.commit(app.cx(), move |tx, _| webhook::forget(tx, &leased)).await;
        };
        let signed = Signed { id: &call.id, timestamp: call.timestamp, signature: &call.signature };
        let (delivery, detail) = self.call(&call.url, signed, call.body.clone()).await;
        let (url, attempt) = (call.url.without_query(), leased.attempt);
        if delivery == Delivery::HandedOver {
            tracing::debug!(%url, id = %call.id, "told of a finding");
        } else {
            tracing::warn!(%url, id = %call.id, attempt, outcome = ?delivery, %detail, "not told of a finding");
        }
        let leased = leased.clone();
        settle(app, end, move |tx, cx| webhook::settle(tx, cx, &leased, &delivery)).await
    }
}
