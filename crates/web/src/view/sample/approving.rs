//! Samples of the pages of approvers, and of whoever asks one.

use model::approval::Wanted;
use model::nearness::Nearness;

use super::proofs::{APPROVAL, elsewhere, form};
use super::{Drawn, HOUR, MINUTE, SECOND, Stage, home, put, stranger};
use crate::view::approve::{
    AnswerStep, ApprovalAsk, ApprovalPage, Approve, ApproveDenied, ApproveNotice, ApproveOne, Approver,
    Asked, Join, NewApprover, Question, Showing,
};
use crate::view::frame::Place;
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyRefused};
use crate::view::qr::Qr;
use crate::view::sign_in::FieldError;

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    phone(stage, pages);
    joining(stage, pages);
    asking(stage, pages);
}

fn question(stage: &Stage<'_>) -> Question {
    Question {
        id: APPROVAL.to_owned(),
        wanted: Wanted::SecondStep,
        client: None,
        asked: stage.ago(40 * SECOND),
        until: stage.ahead(4 * MINUTE),
        source: home(Some(true)),
        nearness: Nearness::Nearby,
        approved: false,
    }
}

fn of(question: Option<Question>) -> Approver {
    Approver {
        address: "anna@linden.example".to_owned(),
        name: "Anna’s phone".to_owned(),
        held: None,
        question,
    }
}

fn phone(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = |approvers, notice| Approve { frame, approvers, notice };
    let near = || question(stage);
    let unknown = Question {
        wanted: Wanted::SignIn,
        nearness: Nearness::Unknown,
        client: Some(("Linden Reader".to_owned(), true)),
        ..near()
    };
    let far = Question {
        wanted: Wanted::StepUp,
        nearness: Nearness::Elsewhere,
        client: Some((
            "A very long name that an app gave itself so that it fills the line".to_owned(),
            false,
        )),
        source: stranger(),
        ..near()
    };
    put(pages, "approve-none", &page(Vec::new(), None));
    put(pages, "approve-nothing", &page(vec![of(None)], None));
    put(pages, "approve", &page(vec![of(Some(near())), of(None)], None));
    put(pages, "approve-unknown", &page(vec![of(Some(unknown))], None));
    put(pages, "approve-far", &page(vec![of(Some(far.clone()))], None));
    let given = Question { approved: true, ..near() };
    put(pages, "approve-given", &page(vec![of(Some(given))], Some(ApproveNotice::Approved)));
    let held = Approver { held: Some(stage.ahead(20 * HOUR)), ..of(None) };
    put(pages, "approve-held", &page(vec![held], Some(ApproveNotice::EnrolledHeld)));
    for (name, notice) in [
        ("approve-wrong", ApproveNotice::WrongNumber),
        ("approve-over", ApproveNotice::Over),
        ("approve-unproved", ApproveNotice::Unproved),
        ("approve-enrolled", ApproveNotice::Enrolled),
        ("approve-removed", ApproveNotice::Removed),
    ] {
        put(pages, name, &page(vec![of(None)], Some(notice)));
    }
    let approver = &of(None);
    let one = |question, step| ApproveOne { frame, approver, question, step };
    let near = &near();
    put(pages, "approve-one", &one(near, AnswerStep::Number { malformed: false }));
    put(pages, "approve-one-malformed", &one(&far, AnswerStep::Number { malformed: true }));
    for (name, passkey) in
        [("approve-sign", form(PasskeyDeed::Approve)), ("approve-sign-elsewhere", elsewhere())]
    {
        put(pages, name, &one(near, AnswerStep::Sign { number: "480 213", passkey }));
    }
    for (name, wanted) in [
        ("approve-denied", Wanted::SecondStep),
        ("approve-denied-sign-in", Wanted::SignIn),
        ("approve-denied-confirm", Wanted::StepUp),
    ] {
        put(pages, name, &ApproveDenied { frame, wanted });
    }
}

fn joining(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let join = |passkey, refused| Join { frame, address: Some("anna@linden.example"), passkey, refused };
    put(pages, "join", &join(form(PasskeyDeed::Enrol), None));
    put(pages, "join-unfit", &join(form(PasskeyDeed::Enrol), Some(PasskeyRefused::Unfit)));
    put(pages, "join-elsewhere", &join(elsewhere(), None));
    put(pages, "join-gone", &Join { address: None, ..join(Offer::Nowhere, None) });
    let frame = &stage.inside(Place::Account);
    let href = "https://account.linden.example/approve/join/AbCdEfGhIjKlMnOpQrStUv".to_owned();
    let made = |held| Showing::Made { name: "Android".to_owned(), held, id: APPROVAL.to_owned() };
    for (name, stands) in [
        ("approver-new", Showing::None(None)),
        ("approver-new-unproved", Showing::None(Some("/account/confirm".to_owned()))),
        ("approver-open", Showing::Open { qr: Qr::of(&href).ok(), href, until: stage.ahead(9 * MINUTE) }),
        ("approver-made", made(None)),
        ("approver-made-held", made(Some(stage.ahead(24 * HOUR)))),
        ("approver-over", Showing::Over),
    ] {
        put(pages, name, &NewApprover { frame, stands });
    }
}

fn asking(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let ask = |errors| ApprovalAsk { frame, address: "", errors };
    put(pages, "approval-ask", &ask(Vec::new()));
    put(pages, "approval-ask-missing", &ask(vec![FieldError::AddressMissing]));
    let page = |stands, to| ApprovalPage { frame, id: APPROVAL, to, stands, other: "/sign-in" };
    let waiting = || Asked::Waiting { number: "480 213".to_owned(), until: stage.ahead(4 * MINUTE) };
    put(pages, "approval-waiting", &page(waiting(), None));
    put(pages, "approval-waiting-confirm", &page(waiting(), Some("/account/authenticators")));
    put(pages, "approval-approved", &page(Asked::Approved, Some("/account/authenticators")));
    put(pages, "approval-over", &page(Asked::Over, None));
}
