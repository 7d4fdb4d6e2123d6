//! A server whose clock a test turns, for the tests of workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use flow::Store;
use jiff::tz::TimeZone;
use model::policy::Policy;
use model::time::Time;
use web::App;
use wire::http::origin::Origin;

/// One on this store, on whose clock it is what `hands` says (in microseconds).
pub(super) fn app(store: Store, policy: Policy, hands: &Arc<AtomicI64>) -> App {
    let site = web::Site {
        name: "Quayside".to_owned(),
        public_url: "http://localhost:8000".to_owned(),
        origin: Origin::parse("http://localhost:8000").unwrap(),
        zone: TimeZone::UTC,
        language: "en".to_owned(),
        loopback: true,
        inbox: true,
        proxies: Vec::new(),
        mail_from: None,
        settings: Vec::new(),
        stylesheet: None,
        logo: None,
    };
    let hands = Arc::clone(hands);
    let clock: web::Clock = Arc::new(move || Time::from_micros(hands.load(Ordering::Relaxed)));
    App::new(store, site, Arc::new(policy), clock).unwrap()
}
