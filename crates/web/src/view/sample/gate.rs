//! Samples of the page of what a new browser must bring.

use model::gate::Gate;

use super::{DAY, Drawn, MINUTE, Stage, put};
use crate::view::frame::Place;
use crate::view::gate::{GatePage, NOTICES};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let page = GatePage {
        frame,
        notice: None,
        confirmed: false,
        gate: Gate::Open,
        own: None,
        allowed: Gate::ALL.to_vec(),
        word_since: None,
        drawn: None,
        name: false,
        open_until: None,
        announced: None,
        passkey: false,
        password: false,
        recovery_codes: 0,
    };
    put(pages, "gate", &page);
    put(pages, "gate-alone", &GatePage { confirmed: true, ..page.clone() });
    for (_, text, good) in NOTICES {
        put(pages, text, &GatePage { notice: Some((text, good)), confirmed: true, ..page.clone() });
    }
    let set = GatePage {
        confirmed: true,
        gate: Gate::GateWord,
        own: Some(Gate::GateWord),
        word_since: Some(stage.ago(3 * DAY)),
        name: true,
        open_until: Some(stage.ahead(8 * MINUTE)),
        passkey: true,
        password: true,
        recovery_codes: 9,
        ..page.clone()
    };
    put(pages, "gate-set", &set);
    let words = Some("quiet heron amber fountain");
    put(pages, "gate-announced", &GatePage { announced: words, ..set.clone() });
    put(pages, "gate-drawn", &GatePage { drawn: Some("amber-falcon"), open_until: None, ..set.clone() });
    for (name, gate) in [
        ("gate-name", Gate::PrivateName),
        ("gate-word", Gate::GateWord),
        ("gate-solicited", Gate::SolicitedOnly),
    ] {
        let allowed = Gate::ALL.into_iter().filter(|one| !one.is_looser_than(gate)).collect();
        put(pages, name, &GatePage { gate, allowed, confirmed: true, recovery_codes: 1, ..page.clone() });
    }
}
