//! Tells services of findings, out of the table in which that waits.

use flow::webhook::{self, Leased};
use model::fault::Fault;
use model::message::Delivery;
use outbound::webhook::{Caller, Signed};
use web::App;

use super::End;
use super::queue::{Queue, Table, settle};

impl Queue for Caller {
    type Leased = Leased;
    const TABLE: Table<Leased> =
        Table { lease: webhook::lease, release_all: webhook::release_all, next_due: webhook::next_due };

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
