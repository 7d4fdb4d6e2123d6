//! What is done about findings, what is said about them, and who is told of them: once, one at a time, until it is settled.

use model::id::{EventId, ResponseId, WebhookCallId, WebhookId};
use model::response::{Act, Over, Response, Scope};
use model::secret::Secret;
use model::time::Time;
use model::webhook::Webhook;
use store::acknowledgements::{self, Acknowledgement};
use store::webhooks::{self, Leased};
use store::{Store, responses};

use crate::claim::seed;
use crate::setting::{both, cx, noon, seconds, write};

fn at(second: u64) -> Time {
    noon() + seconds(second)
}

fn event() -> EventId {
    EventId::new(&mut cx(seed())).unwrap()
}

fn response(scope: Scope, simulated: bool) -> Response {
    let mut cx = cx(seed());
    Response {
        id: ResponseId::new(&mut cx).unwrap(),
        act: Act::HoldCodes,
        scope,
        since: at(0),
        until: at(3600),
        finding: Some(EventId::new(&mut cx).unwrap()),
        reason: "code_flood".to_owned(),
        simulated,
        ended: None,
    }
}

fn network(n: u64) -> Scope {
    Scope::Network(format!("192.0.2.{n}"))
}

fn insert(store: &Store, one: &Response) -> bool {
    let own = one.clone();
    write(store, move |tx| responses::claim_insert(tx, &own))
}

/// One that stands, about a network of its own.
pub(crate) fn standing(store: &Store) -> String {
    let one = response(Scope::Client(format!("c{}", seed())), false);
    assert!(insert(store, &one));
    one.id.to_string()
}

/// The text of a scope that nothing is done to.
pub(crate) fn untouched(_: &Store) -> String {
    format!("client c{}", seed())
}

/// Tries to be the one that does something to this scope.
pub(crate) fn claim_scope(tx: &mut store::Tx<'_>, scope: &str) -> Result<bool, model::fault::Fault> {
    responses::claim_insert(tx, &response(Scope::parse(scope).unwrap(), false))
}

#[test]
fn a_response_is_read_back_and_is_in_force_where_and_as_long_as_it_says() {
    both(|store| {
        let one = response(network(1), false);
        assert!(insert(store, &one));
        let id = one.id;
        assert_eq!(store.read(|reader| responses::find(reader, id)).unwrap(), Some(one.clone()));
        let of = |scope: Scope, second: u64| {
            let scopes = (&scope, &Scope::Everybody);
            store.read(|reader| responses::is_in_force(reader, Act::HoldCodes, scopes, at(second))).unwrap()
        };
        assert!(of(network(1), 3599) && !of(network(1), 3600) && !of(network(2), 1));
        let everybody = response(Scope::Everybody, false);
        assert!(insert(store, &everybody) && of(network(2), 1));
        assert!(insert(store, &response(network(3), true)));
        write(store, move |tx| responses::claim_end(tx, everybody.id, (at(2), Over::Undone)));
        assert!(!of(network(3), 3) && !of(network(2), 3), "simulated, or undone");
        let finding = one.finding.unwrap();
        assert_eq!(store.read(|reader| responses::list_of(reader, finding)).unwrap(), [one]);
    });
}

#[test]
fn the_same_is_done_to_the_same_once_at_a_time() {
    both(|store| {
        let first = response(network(1), false);
        assert!(insert(store, &first));
        assert!(!insert(store, &response(network(1), false)));
        assert!(insert(store, &response(network(1), true)), "a simulated one is another");
        let count = || {
            let of = (Act::HoldCodes, &network(1), false);
            store.read(|reader| responses::count(reader, of, at(0) - seconds(1))).unwrap()
        };
        assert_eq!(count(), (1, 2));
        let id = first.id;
        assert!(write(store, move |tx| responses::claim_end(tx, id, (at(9), Over::Elapsed))));
        assert!(!write(store, move |tx| responses::claim_end(tx, id, (at(9), Over::Undone))));
        assert!(insert(store, &response(network(1), false)));
        assert_eq!(count(), (2, 2));
        let over = store.read(|reader| responses::list_over(reader, at(3600), 9)).unwrap();
        assert_eq!(over.len(), 2);
        assert_eq!(store.read(|reader| responses::list_over(reader, at(3599), 9)).unwrap(), []);
        assert_eq!(write(store, |tx| responses::delete_before(tx, at(1), 9)), 1, "what stands stays");
        assert_eq!(store.read(|reader| responses::list(reader, 9)).unwrap().len(), 2);
    });
}

#[test]
fn a_finding_is_acknowledged_once() {
    both(|store| {
        let of = |note: &str| Acknowledgement {
            finding: event(),
            at: at(1),
            account: None,
            note: note.to_owned(),
        };
        let (one, other) = (of("one"), of("other"));
        let again = Acknowledgement { note: "again".to_owned(), ..one.clone() };
        for (said, expected) in [(one.clone(), true), (other, true), (again, false)] {
            assert_eq!(write(store, move |tx| acknowledgements::claim_insert(tx, &said)), expected);
        }
        let id = one.finding;
        assert_eq!(store.read(|reader| acknowledgements::find(reader, id)).unwrap(), Some(one));
        assert_eq!(write(store, |tx| acknowledgements::delete_before(tx, EventId::at(at(3600)), 9)), 2);
    });
}

fn webhook(store: &Store) -> WebhookId {
    let mut cx = cx(seed());
    let id = WebhookId::new(&mut cx).unwrap();
    let sealed = webhooks::seal(store.keys(), &mut cx.entropy, id, &Secret::new([7; 32])).unwrap();
    let own = Webhook { id, url: "https://one.example/hook".to_owned(), made_at: at(0), public: None };
    write(store, move |tx| webhooks::insert(tx, &own, &sealed));
    id
}

fn queue(store: &Store, webhook: WebhookId, event: Option<EventId>) -> WebhookCallId {
    let id = WebhookCallId::new(&mut cx(seed())).unwrap();
    write(store, move |tx| webhooks::enqueue(tx, (id, webhook, event), at(0)));
    id
}

fn lease(store: &Store, second: u64) -> Vec<Leased> {
    write(store, move |tx| webhooks::lease(tx, at(second), at(second + 60), 99))
}

/// A webhook that is there.
pub(crate) fn there(store: &Store) -> String {
    webhook(store).to_string()
}

/// A call that waits.
pub(crate) fn queued(store: &Store) -> String {
    let webhook = webhook(store);
    queue(store, webhook, Some(event())).to_string()
}

/// A call in the hands of a worker, whose first attempt it is.
pub(crate) fn leased(store: &Store) -> String {
    let id = queued(store);
    lease(store, 0);
    id
}

#[test]
fn the_key_of_a_webhook_is_sealed_and_opens_for_it_alone() {
    both(|store| {
        let (id, other) = (webhook(store), webhook(store));
        let (found, sealed) = store.read(|reader| webhooks::find(reader, id)).unwrap().unwrap();
        assert_eq!((found.id, found.url.as_str()), (id, "https://one.example/hook"));
        assert!(!sealed.windows(4).any(|part| part == [7; 4]));
        assert_eq!(webhooks::open(store.keys(), id, &sealed).unwrap().expose(), &[7; 32]);
        assert!(webhooks::open(store.keys(), other, &sealed).is_err());
        assert_eq!(store.read(webhooks::list).unwrap().len(), 2);
    });
}

#[test]
fn a_public_half_is_kept_beside_its_key() {
    both(|store| {
        let without = webhook(store);
        let mut cx = cx(seed());
        let id = WebhookId::new(&mut cx).unwrap();
        let sealed = webhooks::seal(store.keys(), &mut cx.entropy, id, &Secret::new([7; 32])).unwrap();
        let url = "https://two.example/hook".to_owned();
        let own = Webhook { id, url, made_at: at(0), public: Some([9; 32]) };
        let kept = own.clone();
        write(store, move |tx| webhooks::insert(tx, &kept, &sealed));
        let found = |id| store.read(|reader| webhooks::find(reader, id)).unwrap().unwrap().0;
        assert_eq!((found(id), found(without).public), (own, None));
    });
}

#[test]
fn a_call_is_given_to_one_worker_at_a_time_and_of_one_finding_there_is_one() {
    both(|store| {
        let (webhook, event) = (webhook(store), event());
        let id = queue(store, webhook, Some(event));
        queue(store, webhook, Some(event));
        assert_eq!(store.read(webhooks::waiting).unwrap(), 1, "it is to be told of that already");
        let first = lease(store, 0);
        assert_eq!(first, [Leased { id, webhook, event: Some(event), attempt: 1, queued_at: at(0) }]);
        assert_eq!(lease(store, 59), []);
        assert_eq!(store.read(webhooks::next_due).unwrap(), Some(at(60)), "when the lease ends");
        assert_eq!(lease(store, 60)[0].attempt, 2);
        assert!(!write(store, move |tx| webhooks::claim_given_up(tx, id, 1)), "another's by now");
        assert!(!write(store, move |tx| webhooks::put_off(tx, id, 1, at(70))));
        assert!(write(store, move |tx| webhooks::put_off(tx, id, 2, at(600))));
        assert_eq!(store.read(|reader| webhooks::list_waiting(reader, 9)).unwrap()[0].next_at, at(600));
        assert_eq!(lease(store, 599), []);
        assert_eq!(lease(store, 600).len(), 1);
        assert_eq!(write(store, webhooks::release_all), 1);
        assert!(write(store, move |tx| webhooks::claim_done(tx, id)));
        assert!(!write(store, move |tx| webhooks::claim_done(tx, id)));
        queue(store, webhook, None);
        queue(store, webhook, None);
        assert!(write(store, move |tx| webhooks::claim_remove(tx, webhook)));
        assert_eq!(store.read(webhooks::waiting).unwrap(), 0, "with all that it was to be told");
    });
}

#[test]
fn an_event_is_found_by_its_identifier_and_findings_among_all_others() {
    both(|store| {
        let raised: Vec<EventId> = (0..3)
            .map(|n| {
                let mut cx = cx(seed());
                cx.now = at(n * 60);
                let finding =
                    model::finding::Finding::new("test", model::finding::Severity::High, n.to_string());
                let kind = if n == 1 {
                    model::event::EventKind::SignInCodeRedeemed
                } else {
                    model::event::EventKind::FindingRaised { finding }
                };
                let event = model::event::Event::new(&mut cx, model::event::Subject::Site, kind).unwrap();
                let id = event.id;
                store.write_now(move |tx| tx.record(std::slice::from_ref(&event), ())).unwrap();
                id
            })
            .collect();
        for id in &raised {
            let found = store.read(|reader| store::events::find(reader, *id)).unwrap();
            assert_eq!(found.map(|event| event.id), Some(*id));
        }
        assert!(store.read(|reader| store::events::find(reader, event())).unwrap().is_none());
        let newest = (at(9999), EventId::from_bytes([0xff; 16]));
        let found = store.read(|reader| store::events::list_findings(reader, newest, 9)).unwrap();
        assert_eq!(found.iter().map(|event| event.id).collect::<Vec<_>>(), [raised[2], raised[0]]);
        let older = (found[0].at, found[0].id);
        assert_eq!(store.read(|reader| store::events::list_findings(reader, older, 9)).unwrap().len(), 1);
        let counted = store.read(|reader| store::events::count_by_step(reader, at(0), 60_000_000)).unwrap();
        let kinds: Vec<_> = counted.iter().map(|(_, kind, count)| (kind.as_str(), *count)).collect();
        assert_eq!(kinds, [("finding_raised", 1), ("sign_in_code_redeemed", 1), ("finding_raised", 1)]);
    });
}
