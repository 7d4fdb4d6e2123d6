//! How accounts begin: the set-up link, invitations, registration where policy allows it.

use flow::invitation::{self, Link};
use flow::sign_in::ask::Door;
use flow::sign_in::finish::Started;
use model::account::Role;
use model::event::{EventKind, NotSent};
use model::id::InvitationId;
use model::invitation::Opening;
use model::policy::{Policy, Registration};
use model::refusal::Refusal;
use model::sign_in_code::Purpose;

use crate::sim::{DAYS, MINUTE, SECOND, Sim, source};

fn set_up(sim: &mut Sim) -> Option<Link> {
    sim.write(invitation::set_up)
}

fn invite(sim: &mut Sim, text: &str, role: Role) -> Result<Link, Refusal> {
    let address = sim.address(text);
    sim.write(move |tx, cx| invitation::invite(tx, cx, &address, role))
}

fn find(sim: &mut Sim, link: &Link) -> Result<model::invitation::Invitation, Refusal> {
    let cx = sim.cx();
    invitation::find(&sim.store, &cx, link).unwrap()
}

/// Comes by the link with this address, reads the mail, types the code.
fn come(sim: &mut Sim, link: &Link, text: &str, browser: u64) -> Result<Started, Refusal> {
    let found = find(sim, link)?;
    let address = sim.address(text);
    invitation::fits(&found, &address, sim.store.keys())?;
    let request = sim.ask_from(text, browser, source(browser), Door::Invitation(found.id, found.opening));
    let mail = sim.mail();
    assert_eq!(mail.request, request);
    sim.submit(request, &mail.code, browser)
}

#[test]
fn the_set_up_link_opens_the_operators_account_once() {
    let mut sim = Sim::with(Policy { registration: Registration::Closed, ..Policy::default() });
    let link = set_up(&mut sim).unwrap();
    let link = Link::parse(&link.expose()).unwrap();
    let started =
        come(&mut sim, &link, "operator@example.com", 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let account = flow::account::find_by_id(&sim.store, started.session.account).unwrap().unwrap();
    assert_eq!((account.role, account.address.as_str()), (Role::Operator, "operator@example.com"));
    assert_eq!(find(&mut sim, &link).err(), Some(Refusal::InvitationUsed));
    assert!(set_up(&mut sim).is_none(), "there is an account now");
    assert!(sim.events().iter().any(|event| {
        event.kind == EventKind::AccountOpened { opening: Opening::SetUp, role: Role::Operator }
    }));
}

#[test]
fn nobody_is_invited_and_no_invitation_works_while_registration_is_closed() {
    let mut sim = Sim::new();
    let link = invite(&mut sim, "carol@example.com", Role::Member).ok().unwrap();
    assert!(find(&mut sim, &link).is_ok());
    sim.policy = Policy { registration: Registration::Closed, ..Policy::default() };
    assert_eq!(find(&mut sim, &link).err(), Some(Refusal::RegistrationClosed));
    assert_eq!(invite(&mut sim, "dave@example.com", Role::Member).err(), Some(Refusal::RegistrationClosed));
}

#[test]
fn a_second_set_up_link_ends_the_first() {
    let mut sim = Sim::new();
    let first = set_up(&mut sim).unwrap();
    sim.advance(SECOND);
    let second = set_up(&mut sim).unwrap();
    assert!(matches!(find(&mut sim, &first), Err(Refusal::InvitationExpired { .. })));
    assert!(find(&mut sim, &second).is_ok());
}

#[test]
fn a_set_up_link_is_used_up_by_the_first_of_two_who_hold_a_code() {
    let mut sim = Sim::new();
    let link = set_up(&mut sim).unwrap();
    let found = find(&mut sim, &link).unwrap();
    let door = Door::Invitation(found.id, found.opening);
    let one = sim.ask_from("one@example.com", 1, source(1), door);
    let other = sim.ask_from("other@example.com", 2, source(2), door);
    let mails = sim.post().mails;
    let code = |request| mails.iter().find(|mail| mail.request == request).unwrap().code.clone();
    assert!(sim.submit(one, &code(one), 1).is_ok());
    assert_eq!(sim.refusal(other, &code(other), 2), Refusal::InvitationUsed);
    assert_eq!(flow::account::list(&sim.store, None, 9).unwrap().len(), 1);
}

#[test]
fn a_link_replaced_while_its_code_was_out_opens_nothing() {
    let mut sim = Sim::new();
    let link = set_up(&mut sim).unwrap();
    let found = find(&mut sim, &link).unwrap();
    let request = sim.ask_from("one@example.com", 1, source(1), Door::Invitation(found.id, found.opening));
    let mail = sim.mail();
    set_up(&mut sim).unwrap();
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::InvitationExpired { at: sim.now });
    assert!(flow::account::list(&sim.store, None, 9).unwrap().is_empty());
}

#[test]
fn an_invitation_opens_an_account_of_its_role_for_its_address() {
    for role in [Role::Member, Role::Operator] {
        let mut sim = Sim::new();
        let link = invite(&mut sim, "bob@example.com", role).unwrap();
        let started =
            come(&mut sim, &link, "Bob@EXAMPLE.com", 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        let account = flow::account::find_by_id(&sim.store, started.session.account).unwrap().unwrap();
        assert_eq!(account.role, role);
    }
}

#[test]
fn an_invitation_is_for_its_address_alone() {
    let mut sim = Sim::new();
    let link = invite(&mut sim, "bob@example.com", Role::Operator).unwrap();
    for text in ["mallory@example.com", "bob+x@example.com", "bob@example.org"] {
        assert_eq!(come(&mut sim, &link, text, 1).err(), Some(Refusal::InvitationElsewhere));
    }
    // Also when whoever calls forgets to ask whether it fits.
    let found = find(&mut sim, &link).unwrap();
    let door = Door::Invitation(found.id, found.opening);
    let request = sim.ask_from("mallory@example.com", 1, source(1), door);
    let mail = sim.mail();
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::InvitationElsewhere);
    assert!(flow::account::list(&sim.store, None, 9).unwrap().is_empty());
    assert!(come(&mut sim, &link, "bob@example.com", 2).is_ok(), "and it was not used up by that");
}

#[test]
fn a_taken_address_is_refused_and_does_not_cost_the_invitation() {
    let mut sim = Sim::new();
    let link = set_up(&mut sim).unwrap();
    let found = find(&mut sim, &link).unwrap();
    let door = Door::Invitation(found.id, found.opening);
    let request = sim.ask_from("alice@example.com", 1, source(1), door);
    let mail = sim.mail();
    // Meanwhile the address opens an account in another way.
    sim.account("alice@example.com");
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::AddressTaken);
    assert!(find(&mut sim, &link).is_ok());
    assert_eq!(invite(&mut sim, "ALICE@example.com", Role::Member).err(), Some(Refusal::AddressTaken));
}

#[test]
fn an_invitation_ends_with_its_time_and_a_link_that_is_none_of_ours_is_unknown() {
    let mut sim = Sim::new();
    let link = invite(&mut sim, "bob@example.com", Role::Member).unwrap();
    let at = sim.now + 7 * DAYS;
    sim.advance(7 * DAYS - SECOND);
    assert!(find(&mut sim, &link).is_ok());
    sim.advance(SECOND);
    assert_eq!(find(&mut sim, &link).err(), Some(Refusal::InvitationExpired { at }));
    let mut bytes = wire::token::decode::<32>(&link.expose()).unwrap();
    bytes[31] ^= 1;
    let forged = Link::parse(&wire::token::encode(&bytes)).unwrap();
    assert_eq!(find(&mut sim, &forged).err(), Some(Refusal::LinkUnknown));
    assert!(Link::parse("short").is_none());
}

#[test]
fn an_invitation_that_expires_while_its_code_is_out_says_so() {
    let mut sim = Sim::new();
    let link = invite(&mut sim, "bob@example.com", Role::Member).unwrap();
    let at = sim.now + 7 * DAYS;
    sim.advance(7 * DAYS - MINUTE);
    let found = find(&mut sim, &link).unwrap();
    let request = sim.ask_from("bob@example.com", 1, source(1), Door::Invitation(found.id, found.opening));
    let mail = sim.mail();
    sim.advance(2 * MINUTE);
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::InvitationExpired { at });
}

#[test]
fn an_invitation_that_does_not_exist_opens_nothing() {
    let mut sim = Sim::new();
    let door = Door::Invitation(InvitationId::from_bytes([9; 16]), Opening::Invitation);
    let request = sim.ask_from("mallory@example.com", 1, source(1), door);
    let mail = sim.mail();
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::LinkUnknown);
    assert!(flow::account::list(&sim.store, None, 9).unwrap().is_empty());
}

#[test]
fn where_registration_is_open_whoever_confirms_an_address_has_an_account() {
    let mut sim = Sim::with(Policy { registration: Registration::Open, ..Policy::default() });
    let request = sim.ask("new@example.com", 1);
    assert_eq!(sim.status(request, 1).purpose, Purpose::OpenAccount);
    let mail = sim.mail();
    let started = sim.submit(request, &mail.code, 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let account = flow::account::find_by_id(&sim.store, started.session.account).unwrap().unwrap();
    assert_eq!((account.role, account.address.as_str()), (Role::Member, "new@example.com"));
    sim.advance(MINUTE);
    let again = sim.sign_in("new@example.com", 1);
    assert_eq!(again.session.account, account.id);
}

#[test]
fn where_registration_is_not_open_a_stranger_cannot_register() {
    for registration in [Registration::Closed, Registration::Invite] {
        let mut sim = Sim::with(Policy { registration, ..Policy::default() });
        let request = sim.ask("new@example.com", 1);
        assert_eq!(sim.status(request, 1).purpose, Purpose::SignIn);
        assert!(sim.post().mails.is_empty());
        assert!(matches!(
            sim.steps(request)[..],
            [EventKind::SignInCodeRequested { not_sent: Some(NotSent::NoAccount), .. }]
        ));
    }
}

#[test]
fn an_account_opened_by_an_address_that_was_never_confirmed_does_not_exist() {
    let mut sim = Sim::with(Policy { registration: Registration::Open, ..Policy::default() });
    sim.ask("new@example.com", 1);
    sim.mail();
    sim.advance(11 * MINUTE);
    sim.sweep();
    assert!(flow::account::list(&sim.store, None, 9).unwrap().is_empty());
}

#[test]
fn a_flood_before_an_invited_person_comes_does_not_keep_the_code_from_her() {
    let mut sim = Sim::new();
    let link = invite(&mut sim, "bob@example.com", Role::Member).unwrap();
    for browser in 100..200 {
        sim.ask("bob@example.com", browser);
    }
    sim.post();
    assert!(come(&mut sim, &link, "bob@example.com", 1).is_ok());
}
