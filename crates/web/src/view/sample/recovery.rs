//! Samples of the pages about recovery, what waits, and recovery codes.

use super::proofs::{elsewhere, form};
use super::{DAY, Drawn, HOUR, MINUTE, Stage, put, stranger};
use crate::view::entry::{End, Mail};
use crate::view::frame::{Frame, Place};
use crate::view::not_me::{NotMe, Standing};
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyForm, PasskeyRefused};
use crate::view::password::AppProblem;
use crate::view::recover::{NewRecoveryCodes, Recover, RecoverError, RecoveryCodes};
use crate::view::sign_in::{FieldError, Purpose};
use crate::view::waiting::{Cancel, CancelDone, CancelGone, Cancelled, EntryPage, Kind, Own, Thing, Waits};

const ID: &str = "0196c1d2-7a3e-7c11-9d20-000000000021";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    recover(stage, pages);
    entry(stage, pages);
    recovery(stage, pages);
    cancel(stage, pages);
    codes(stage, pages);
}

fn recover(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = |error| Recover {
        frame,
        account: "anna@linden.example",
        address: "",
        entry: None,
        mailed: true,
        saved: true,
        passkey: Offer::Nowhere,
        refused: None,
        app: false,
        error,
        letters: 16,
    };
    put(pages, "recover", &page(None));
    put(pages, "recover-none", &Recover { mailed: false, saved: false, ..page(None) });
    let passkey = || form(PasskeyDeed::Recover);
    put(pages, "recover-passkey", &Recover { passkey: passkey(), ..page(None) });
    put(pages, "recover-elsewhere", &Recover { passkey: elsewhere(), ..page(None) });
    let refused = Some(PasskeyRefused::Unknown);
    put(pages, "recover-passkey-refused", &Recover { passkey: passkey(), refused, ..page(None) });
    let second =
        |error| Recover { entry: Some(ID), passkey: passkey(), app: true, mailed: false, ..page(error) };
    put(pages, "recover-second", &second(None));
    put(pages, "recover-second-mailed", &Recover { entry: Some(ID), saved: false, ..page(None) });
    put(pages, "recover-second-app", &second(Some(RecoverError::App(AppProblem::Wrong))));
    for (name, error) in [
        ("recover-account", RecoverError::Account(FieldError::AddressMissing)),
        ("recover-address", RecoverError::Address(FieldError::AddressDomain)),
        ("recover-whose", RecoverError::Whose(FieldError::AddressIncomplete)),
        ("recover-malformed", RecoverError::Malformed),
        ("recover-wrong", RecoverError::Wrong),
    ] {
        put(pages, name, &page(Some(error)));
    }
    let not_me = NotMe {
        frame,
        token: "dGhpcy1pcy1hLXRva2Vu",
        purpose: Purpose::Recovery,
        account: "b…@elsewhere.example".to_owned(),
        asked: stage.ago(HOUR),
        source: stranger(),
        reference: "amber-falcon".to_owned(),
        end: End::NeverUsed,
        guesses: 0,
        guesses_allowed: 3,
        mail: Mail::HandedOver(stage.ago(HOUR)),
        mute_days: 30,
        muted: None,
        standing: Standing::Recovers,
        used: None,
        in_other_browsers: 0,
        kept_until: stage.ahead(29 * DAY),
    };
    put(pages, "not-me-recovery", &not_me);
    put(pages, "not-me-recovery-used", &NotMe { end: End::Used, guesses: 1, ..not_me });
}

fn waits(stage: &Stage<'_>, kind: Kind) -> Waits {
    Waits {
        id: ID.to_owned(),
        kind,
        asked: stage.ago(MINUTE),
        opens: Some(stage.ahead(72 * HOUR - MINUTE)),
        closes: stage.ahead(5 * DAY),
        second: None,
        alone: false,
        own: Vec::new(),
    }
}

fn page<'a>(frame: &'a Frame<'a>, entry: Option<Waits>) -> EntryPage<'a> {
    EntryPage {
        frame,
        entry,
        closed: false,
        account: "a…@linden.example".to_owned(),
        others: Vec::new(),
        passkey: Offer::Nowhere,
    }
}

fn entry(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    put(pages, "entry-none", &page(frame, None));
    let passkey = match form(PasskeyDeed::SignIn) {
        Offer::Here(form) => Offer::Here(PasskeyForm { quiet: true, unknown: None, ..form }),
        other => other,
    };
    let sign_in = || Some(waits(stage, Kind::SignIn));
    put(pages, "entry-sign-in", &EntryPage { passkey, ..page(frame, sign_in()) });
    put(pages, "entry-sign-in-elsewhere", &EntryPage { passkey: elsewhere(), ..page(frame, sign_in()) });
    let open = Waits { opens: None, ..waits(stage, Kind::SignIn) };
    let others = vec![("0196c1d2-7a3e-7c11-9d20-000000000022".to_owned(), stage.ago(2 * DAY))];
    put(pages, "entry-sign-in-open", &EntryPage { others, ..page(frame, Some(open)) });
}

fn recovery(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let recovery = || waits(stage, Kind::Recovery);
    let second = Some(stage.ahead(29 * MINUTE));
    put(pages, "entry-recovery", &page(frame, Some(Waits { second, ..recovery() })));
    put(pages, "entry-recovery-alone", &page(frame, Some(Waits { alone: true, ..recovery() })));
    let closed = EntryPage { closed: true, ..page(frame, Some(recovery())) };
    put(pages, "entry-recovery-closed", &closed);
    let own = [(Thing::Passkey, "Anna’s phone"), (Thing::Password, ""), (Thing::App, "")];
    let own = own.map(|(thing, name)| {
        let used = thing == Thing::Passkey;
        Own { id: ID.to_owned(), thing, name: name.to_owned(), used }
    });
    let open = |own: Vec<Own>| Waits { opens: None, own, ..recovery() };
    put(pages, "entry-recovery-open", &page(frame, Some(open(own.to_vec()))));
    put(pages, "entry-recovery-open-nothing", &page(frame, Some(open(Vec::new()))));
}

fn cancel(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    for (name, done, what) in [
        ("cancel-recovery", "cancel-recovery-done", Cancelled::Entry(Kind::Recovery)),
        ("cancel-sign-in", "cancel-sign-in-done", Cancelled::Entry(Kind::SignIn)),
        ("cancel-passkey", "cancel-passkey-done", Cancelled::Held(Thing::Passkey)),
        ("cancel-password", "cancel-password-done", Cancelled::Held(Thing::Password)),
        ("cancel-app", "cancel-app-done", Cancelled::Held(Thing::App)),
        ("cancel-approver", "cancel-approver-done", Cancelled::Held(Thing::Approver)),
    ] {
        let page = Cancel {
            frame,
            action: "/entry/cancel/dGhpcy1pcy1hLXRva2Vu".to_owned(),
            what,
            asked: stage.ago(2 * HOUR),
            opens: stage.ahead(22 * HOUR),
            source: Some(stranger()),
        };
        put(pages, name, &page);
        put(pages, done, &CancelDone { frame, what });
    }
    put(pages, "cancel-gone", &CancelGone { frame });
}

fn codes(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let page = |left| RecoveryCodes {
        frame,
        left,
        seen: "1778570400000000".to_owned(),
        stale: false,
        alone: false,
        count: 10,
    };
    put(pages, "recovery-codes-none", &RecoveryCodes { alone: true, count: 1, ..page(None) });
    let left = |n| Some((n, stage.ago(80 * DAY)));
    put(pages, "recovery-codes", &page(left(9)));
    put(pages, "recovery-codes-stale", &RecoveryCodes { stale: true, ..page(left(1)) });
    let codes: Vec<String> = (0..10).map(|_| "BCDF-GHJK-LMNP-QRST".to_owned()).collect();
    let address = "anna@linden.example";
    put(pages, "recovery-codes-new", &NewRecoveryCodes { frame, codes: &codes, made: stage.ago(0), address });
}
