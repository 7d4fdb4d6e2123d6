//! What is happening now, a finding with what it rests on, a note about it, and a response that is undone by one button.

use std::sync::Arc;

use flow::detection::{self, Position};
use flow::{response, webhook};
use model::event::{Actor, EventKind, Subject};
use model::finding::{Attack, Fact, Finding, Reason, Severity};
use model::id::EventId;
use model::policy::Policy;
use model::response::{Mode, Responses};
use model::webhook::SignedBy;

use crate::browser::Browser;
use crate::operating::{give_passkey, prove_passkey};
use crate::site::{HOUR, MINUTE, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.edu";
const FLOODING: &str = "81.2.69.142";

fn staffed() -> (Site, Browser, Browser) {
    let responses = Responses { hold_codes: Mode::Act, ..Responses::default() };
    let site = Site::with(Plan { policy: Policy { responses, ..unlimited() }, ..Plan::default() });
    let mut operator = site.open_first(ADA);
    let member = site.open(BOB);
    give_passkey(&site, ADA);
    prove_passkey(&site, &mut operator);
    (site, operator, member)
}

/// A detector concludes: the event that raised it.
pub(crate) fn conclude(site: &Site, subject: &Subject, finding: Finding) -> EventId {
    let (subject, finding) = (subject.clone(), Arc::new(finding));
    site.write(move |tx, cx| {
        detection::conclude(tx, cx, (&[(subject.clone(), (*finding).clone())], Position::START), None)
    });
    let raised = |event: &&model::event::Event| matches!(event.kind, EventKind::FindingRaised { .. });
    site.events().iter().find(raised).unwrap().id
}

fn flood() -> Finding {
    let mut finding = Finding::new("code_flood", Severity::High, format!("source {FLOODING}"));
    finding.reasons.push(Reason::counted(Fact::ManyRecipients, 25));
    finding.count = 25;
    finding
}

#[test]
fn an_operator_sees_what_is_happening_follows_a_finding_to_its_events_and_says_what_it_was() {
    let (site, mut operator, mut member) = staffed();
    operator.get("/operator/watch").expect(200, &words("watch-findings-none"));
    site.browser_at(FLOODING).ask(BOB);
    let asked = site.events().iter().find(|event| event.kind.name() == "sign_in_code_requested").unwrap().id;
    let raised = conclude(&site, &Subject::Site, Finding { evidence: vec![asked], ..flood() });
    let page = operator.get("/operator/watch");
    page.expect(200, &words("finding-network")).expect(200, FLOODING).expect(200, &words("finding-high"));
    assert!(page.body.contains("<svg") && page.body.contains("<desc id=\"line-words\">"));
    assert!(!page.says("code_flood"), "words, and no names of ours");
    let path = format!("/operator/findings/{raised}");
    assert!(page.links().contains(&path));
    let one = operator.get(&path);
    one.expect(200, &words("finding-network-what")).expect(200, &words("finding-network-do"));
    one.expect(200, "sign_in_code_requested").expect(200, &words("watch-act-hold-codes"));
    for stranger in [&mut member, &mut site.browser()] {
        assert_ne!(stranger.get(&path).status, 200);
        assert_ne!(stranger.get("/operator/watch").status, 200);
    }
    let note = [("note", "The <b>spring</b> course.")];
    let to = operator.post(&format!("{path}/note"), &note).location();
    let noted = operator.get(&to);
    noted.expect(200, &words("watch-noted")).expect(200, ADA).expect(200, "The <b>spring</b> course.");
    assert!(noted.body.contains("&#60;b&#62;spring"), "as it was typed, and nothing else");
    let to = operator.post(&format!("{path}/note"), &note).location();
    operator.get(&to).expect(200, &words("watch-noted-before"));
    assert_eq!(site.count("finding_acknowledged"), 1);
    operator.get("/operator/watch").expect(200, &words("watch-noted-tag"));
    for nothing in ["/operator/findings/x", &format!("/operator/findings/{asked}")] {
        operator.get(nothing).expect(404, &words("trouble-not-found"));
    }
}

#[test]
fn a_response_is_undone_by_one_button_and_what_was_held_back_is_sent() {
    let (site, mut operator, _) = staffed();
    conclude(&site, &Subject::Site, flood());
    let mut stranger = site.browser_at(FLOODING);
    let held = stranger.ask(BOB);
    assert!(site.post().is_empty());
    let same = site.browser_at(FLOODING).ask("nobody@example.net");
    assert_eq!(held.len(), same.len(), "the page is the same for whoever has no account");
    let page = operator.get("/operator/watch");
    let action = page.attributes("action").into_iter().find(|action| action.ends_with("/undo")).unwrap();
    let mut member = site.browser();
    assert_eq!(member.get("/operator/watch").location(), "/sign-in?notice=needed");
    let to = operator.post(&action, &[]).location();
    operator.get(&to).expect(200, &words("watch-undone")).expect(200, &words("watch-responses-none"));
    let to = operator.post(&action, &[]).location();
    operator.get(&to).expect(200, &words("watch-over"));
    let ended = site.events().into_iter().find(|event| event.kind.name() == "response_ended").unwrap();
    assert!(ended.actor == Actor::Operator && ended.session.is_some());
    assert!(response::standing(site.app.store(), 9).unwrap().is_empty());
    site.advance(MINUTE);
    site.browser_at(FLOODING).ask(BOB);
    assert_eq!(site.post().len(), 1);
}

#[test]
fn an_owner_reads_in_words_what_was_found_about_the_account_and_what_to_do() {
    let (site, mut operator, mut member) = staffed();
    let bob = site.account(BOB).id;
    let finding = Finding::new("code_guessing", Severity::High, bob.to_string());
    assert_eq!(finding.attack(), Attack::CodeGuessing);
    conclude(&site, &Subject::Account(bob), finding);
    let page = member.get("/account/activity");
    page.expect(200, &words("finding-guessing")).expect(200, &words("finding-guessing-what"));
    page.expect(200, &words("finding-guessing-else")).expect(200, &words("finding-guessing-you"));
    assert!(!page.says("code_guessing") && !page.says(&words("finding-guessing-do")));
    assert!(!operator.get("/account/activity").says(&words("finding-guessing")));
    operator.get("/operator").expect(200, &words("finding-guessing")).expect(200, BOB);
}

#[test]
fn what_a_service_has_yet_to_be_told_stands_on_the_page_of_the_outbox() {
    let (site, mut operator, _) = staffed();
    let mut cx = site.cx();
    let url = wire::http::url::Url::parse("https://alerts.example/hook?token=secret").unwrap();
    let prepared = webhook::prepare(site.app.store(), &mut cx, (&url, SignedBy::Secret)).unwrap();
    site.write(move |tx, cx| webhook::add(tx, cx, &prepared, &flow::by::By::COMMAND)).unwrap();
    assert!(!operator.get("/operator/outbox").says(&words("outbox-webhooks")));
    conclude(&site, &Subject::Site, flood());
    let page = operator.get("/operator/outbox");
    page.expect(200, "https://alerts.example/hook").expect(200, "1 service has yet to be told of a finding.");
    assert!(!page.says("token=secret") && !operator.get("/operator").says("token=secret"));
    site.advance(HOUR);
}
