//! threats.md §5.2 row 43, by trying everything: for each method, each use and each layer that can close it, every public
//! way to a session is walked, and none reaches one with that method.
//!
//! The ways are listed in [`WAYS`]; a public function of `flow` that gives a session and is not in the list fails
//! [`row_43_every_way_to_a_session_is_on_the_list`].

#[path = "methods/held.rs"]
mod held;

use flow::invitation;
use flow::methods::{self, Permit};
use flow::password::sign_in::Next;
use flow::session::{self, Visitor};
use flow::sign_in::ask::Door;
use flow::sign_in::finish::{self, Raise, Start, Started};
use model::account::{Account, Role};
use model::assurance::Aal;
use model::authenticator::totp::Totp;
use model::event::{AddressRole, EventKind};
use model::id::AccountId;
use model::invitation::Opening;
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::refusal::Refusal;
use model::session::RestsOn;

use crate::sim::{DAYS, HOUR, MINUTE, Sim, half, source, unlimited};
use crate::sources::sources;
use crate::tenants::make;
use held::{
    by_approval, by_approval_within, by_passkey, by_passkey_within, by_password_and_approval, with_passkey,
};

use crate::{entries, left, passwords, recovery, text_messages};

const ALICE: &str = "alice@example.edu";
const NEW: &str = "new@example.edu";

/// Who closes a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Installation,
    Tenant,
    Account,
}

/// What is closed, by whom, and when: before anything is asked for, or while it is under way.
#[derive(Clone, Copy, Debug)]
struct Case {
    method: Method,
    use_: Use,
    layer: Layer,
    late: bool,
}

/// A public function that gives a session, and how it is walked with everything right: it answers whether a session came.
struct Way {
    file: &'static str,
    function: &'static str,
    /// What it can prove.
    serves: &'static [Method],
    /// And for what.
    uses: &'static [Use],
    walk: fn(&mut Sim, Option<Case>) -> bool,
}

/// Every way to a session. Whoever adds one adds it here, with a walk that proves all that it serves.
const WAYS: [Way; 20] = [
    Way { file: "sign_in/submit.rs", function: "commit", walk: by_code, ..BY_CODE },
    Way { file: "sign_in/submit.rs", function: "commit", walk: by_confirming, ..BY_CODE },
    Way { file: "sign_in/submit.rs", function: "commit", walk: by_invitation, ..BY_CODE },
    Way { serves: &[Method::SmsCode], walk: by_text, ..BY_CODE },
    Way {
        file: "passkey/answer.rs",
        function: "commit",
        serves: &[Method::Passkey],
        uses: &[Use::SignIn],
        walk: by_passkey,
    },
    Way {
        file: "passkey/answer.rs",
        function: "commit",
        serves: &[Method::Passkey],
        uses: &[Use::StepUp],
        walk: by_passkey_within,
    },
    Way {
        file: "password/sign_in.rs",
        function: "commit",
        serves: &[Method::Password],
        uses: &[Use::SignIn],
        walk: by_password,
    },
    Way {
        file: "totp/sign_in.rs",
        function: "commit",
        serves: &[Method::Password, Method::Totp],
        uses: &[Use::SignIn],
        walk: by_password_and_app,
    },
    Way {
        file: "password/confirm.rs",
        function: "commit",
        serves: &[Method::Password],
        uses: &[Use::SignIn],
        walk: by_password_within,
    },
    Way {
        file: "password/confirm.rs",
        function: "commit",
        serves: &[Method::Password, Method::Totp],
        uses: &[Use::StepUp],
        walk: by_both_within,
    },
    Way {
        file: "approval/take.rs",
        function: "commit",
        serves: &[Method::Approval],
        uses: &[Use::SignIn],
        walk: by_approval,
    },
    Way {
        file: "approval/take.rs",
        function: "commit",
        serves: &[Method::Password, Method::Approval],
        uses: &[Use::SignIn],
        walk: by_password_and_approval,
    },
    Way {
        file: "approval/take.rs",
        function: "commit",
        serves: &[Method::Password, Method::Approval],
        uses: &[Use::StepUp],
        walk: by_approval_within,
    },
    Way {
        file: "entry.rs",
        function: "enter",
        serves: &[Method::MailCode],
        uses: &[Use::SignIn],
        walk: by_waiting,
    },
    Way {
        file: "entry.rs",
        function: "enter",
        serves: &[Method::MailCode],
        uses: &[Use::Recovery],
        walk: by_recovering,
    },
    Way {
        file: "entry.rs",
        function: "enter",
        serves: &[Method::RecoveryCode],
        uses: &[Use::Recovery],
        walk: by_saved_code,
    },
    Way {
        file: "entry.rs",
        function: "enter",
        serves: &[Method::Passkey],
        uses: &[Use::Recovery],
        walk: by_passkey_that_is_left,
    },
    Way {
        file: "entry.rs",
        function: "enter",
        serves: &[Method::MailCode, Method::Totp],
        uses: &[Use::Recovery],
        walk: by_app_that_is_left,
    },
    Way {
        file: "sign_in/finish.rs",
        function: "start",
        serves: &Method::ALL,
        uses: &[Use::SignIn],
        walk: by_starting,
    },
    Way {
        file: "sign_in/finish.rs",
        function: "raise",
        serves: &Method::ALL,
        uses: &Use::ALL,
        walk: by_raising,
    },
];

const BY_CODE: Way = Way {
    file: "sign_in/submit.rs",
    function: "commit",
    serves: &[Method::MailCode],
    uses: &[Use::SignIn],
    walk: by_code,
};

fn off(case: Case) -> MethodPolicy {
    let open = MethodPolicy::OPEN.open(case.use_);
    MethodPolicy::OPEN.with(case.use_, open.without(case.method))
}

fn close(sim: &mut Sim, case: Case) {
    let policy = off(case);
    match case.layer {
        // As after a restart with other settings.
        Layer::Installation => sim.policy.methods = policy,
        Layer::Tenant => sim.write(move |tx, _| {
            let tenant = store::tenants::find_by_code(tx, "uni")?.unwrap();
            store::tenants::put(tx, &model::tenant::Tenant { methods: policy, ..tenant })?;
            Ok(tx.unrecorded("a test", ()))
        }),
        Layer::Account => {
            let id = alice(sim).id;
            sim.write(move |tx, _| {
                store::accounts::put_methods(tx, id, Some(&policy))?;
                Ok(tx.unrecorded("a test", ()))
            });
        }
    }
}

/// A world in which every layer leaves everything open that is possible.
fn world() -> Sim {
    let sms = Some(text_messages::rules());
    let mut sim = Sim::with(model::policy::Policy { methods: MethodPolicy::OPEN, sms, ..unlimited() });
    sim.account(ALICE);
    make(&mut sim, MethodPolicy::OPEN);
    let adopt = |tx: &mut store::Tx<'_>, cx: &mut model::cx::Cx| {
        let domain = wire::mail::domain::Domain::parse("example.edu").unwrap();
        flow::tenant::adopt(tx, cx, "uni", &domain, &flow::by::By::COMMAND)
    };
    sim.write(adopt).unwrap();
    sim
}

fn alice(sim: &Sim) -> Account {
    flow::account::find(&sim.store, &sim.address(ALICE)).unwrap().unwrap()
}

fn early(sim: &mut Sim, case: Option<Case>) {
    if let Some(case) = case.filter(|case| !case.late) {
        close(sim, case);
    }
}

fn late(sim: &mut Sim, case: Option<Case>) {
    if let Some(case) = case.filter(|case| case.late) {
        close(sim, case);
    }
}

/// Asks at a door, closes what is to be closed, and types the right code if one came.
fn through(sim: &mut Sim, text: &str, door: Door, (case, current): (Option<Case>, Option<Visitor>)) -> bool {
    let request = sim.ask_from(text, 1, source(1), door);
    let mails = sim.post().mails;
    late(sim, case);
    let Some(mail) = mails.first() else { return false };
    sim.advance(MINUTE);
    sim.submit_holding(request, &mail.code, 1, current).is_ok()
}

fn by_code(sim: &mut Sim, case: Option<Case>) -> bool {
    early(sim, case);
    through(sim, ALICE, Door::SignIn, (case, None))
}

fn by_text(sim: &mut Sim, case: Option<Case>) -> bool {
    const PHONE: &str = "+436641234567";
    let visitor = visitor(sim);
    text_messages::add(sim, &visitor, PHONE);
    sim.advance(HOUR);
    early(sim, case);
    through(sim, PHONE, Door::SignIn, (case, None))
}

fn visitor(sim: &mut Sim) -> Visitor {
    let started = sim.sign_in(ALICE, 1);
    let cx = sim.cx();
    session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().unwrap()
}

fn by_confirming(sim: &mut Sim, case: Option<Case>) -> bool {
    let visitor = visitor(sim);
    sim.advance(HOUR);
    early(sim, case);
    through(sim, ALICE, Door::Confirm(visitor.held()), (case, Some(visitor)))
}

/// Alice in a browser that is known for days, with a password, and an app if she is to have one.
fn with_password(sim: &mut Sim, app: bool) -> (Visitor, Option<Totp>) {
    let visitor = passwords::settle_in(sim, ALICE, 1);
    passwords::imported(sim, visitor.account.id, passwords::GOOD);
    let app = app.then(|| passwords::add_app(sim, &visitor, 1).unwrap().1);
    sim.advance(MINUTE);
    (visitor, app)
}

/// Whether a session came, and with what is closed.
fn came(started: &Started, case: Option<Case>) -> bool {
    case.is_none_or(|case| started.session.assurance.methods().has(case.method))
}

fn by_password(sim: &mut Sim, case: Option<Case>) -> bool {
    with_password(sim, false);
    early(sim, case);
    let next = passwords::sign_in_while(sim, (ALICE, passwords::GOOD), 2, |sim| late(sim, case));
    matches!(next, Ok(Next::In { started, .. }) if came(&started, case))
}

fn by_password_and_app(sim: &mut Sim, case: Option<Case>) -> bool {
    let (_, app) = with_password(sim, true);
    early(sim, case);
    match passwords::sign_in(sim, ALICE, passwords::GOOD, 2) {
        Ok(Next::Second(halfway)) => {
            let code = passwords::code(&app.unwrap(), sim.now);
            late(sim, case);
            passwords::second(sim, &halfway, &code, 2).is_ok_and(|started| came(&started, case))
        }
        // Without the code, where that is off.
        Ok(Next::In { started, .. }) => came(&started, case),
        Err(_) => false,
    }
}

fn by_password_within(sim: &mut Sim, case: Option<Case>) -> bool {
    let (visitor, _) = with_password(sim, false);
    early(sim, case);
    passwords::confirm_while(sim, (&visitor, 1), (passwords::GOOD, None), |sim| late(sim, case)).is_ok()
}

fn by_both_within(sim: &mut Sim, case: Option<Case>) -> bool {
    let (visitor, app) = with_password(sim, true);
    early(sim, case);
    let code = passwords::code(&app.unwrap(), sim.now);
    let raised =
        passwords::confirm_while(sim, (&visitor, 1), (passwords::GOOD, Some(&code)), |sim| late(sim, case));
    // Where half of the two is off, the other half is worth no more than at the sign-in.
    raised.is_ok_and(|started| started.session.assurance.reaches(Aal::Aal2, MINUTE, sim.now))
}

fn by_invitation(sim: &mut Sim, case: Option<Case>) -> bool {
    // An account that is not there yet has no layer of its own.
    if case.is_some_and(|case| case.layer == Layer::Account) {
        return false;
    }
    let address = sim.address(NEW);
    let link = sim.write(move |tx, cx| invitation::invite(tx, cx, &address, Role::Member)).unwrap();
    let cx = sim.cx();
    let invited = invitation::find(&sim.store, &cx, &link).unwrap().unwrap();
    early(sim, case);
    through(sim, NEW, Door::Invitation(invited.id, Opening::Invitation), (case, None))
}

/// The permits for `use_` that can be had at this moment, one for each method; the closed one must not be among them.
fn permits(sim: &mut Sim, use_: Use, case: Option<Case>) -> Vec<Permit> {
    let open = methods::of_account(&sim.cx().policy, &alice(sim));
    let all = Method::ALL.into_iter().filter_map(|method| match methods::permit(&open, use_, method) {
        Ok(permit) => Some(permit),
        Err(refusal) => {
            assert_eq!(refusal, Refusal::MethodOff);
            None
        }
    });
    let all: Vec<Permit> = all.collect();
    let closed = case.filter(|case| case.use_ == use_).map(|case| case.method);
    assert!(all.iter().all(|permit| Some(permit.method()) != closed));
    all
}

fn by_starting(sim: &mut Sim, case: Option<Case>) -> bool {
    early(sim, case);
    late(sim, case);
    let proved = permits(sim, Use::SignIn, case);
    let account = alice(sim);
    let browser = flow::sign_in::ask::browser_digest(sim.store.keys(), &half(1));
    let started: Started = sim
        .write(move |tx, cx| {
            let mut events = Vec::new();
            let start = Start {
                account: account.clone(),
                request: None,
                proved: proved.clone(),
                rests_on: RestsOn::default(),
                browser,
                current: None,
                source: source(1),
            };
            let started = finish::start(tx, cx, &mut events, start)?;
            tx.record(&events, started)
        })
        .unwrap();
    case.is_none_or(|case| started.session.assurance.methods().has(case.method))
}

/// A code in a browser that is new to an account which has a passkey: it waits for a day.
fn by_waiting(sim: &mut Sim, case: Option<Case>) -> bool {
    with_passkey(sim);
    early(sim, case);
    let request = sim.ask(ALICE, 2);
    let mails = sim.post().mails;
    let Some(mail) = mails.first() else { return false };
    let Err(Refusal::EntryWaits { entry }) = sim.submit(request, &mail.code, 2) else { return false };
    late(sim, case);
    sim.advance(DAYS);
    entries::enter(sim, entry, 2, &[]).is_ok()
}

/// A code to the address, and three days.
fn by_recovering(sim: &mut Sim, case: Option<Case>) -> bool {
    early(sim, case);
    let Some(entry) = recovery::mailed(sim, (ALICE, ALICE), 2) else { return false };
    late(sim, case);
    sim.advance(3 * DAYS);
    entries::enter(sim, entry, 2, &[]).is_ok()
}

/// A code that was saved, and three days.
fn by_saved_code(sim: &mut Sim, case: Option<Case>) -> bool {
    let visitor = visitor(sim);
    let codes = recovery::make(sim, &visitor).unwrap();
    early(sim, case);
    let Ok(entry) = recovery::saved(sim, ALICE, &codes[0], 2) else { return false };
    late(sim, case);
    sim.advance(3 * DAYS);
    entries::enter(sim, entry, 2, &[]).is_ok()
}

/// A passkey on the page of a recovery, and three days.
fn by_passkey_that_is_left(sim: &mut Sim, case: Option<Case>) -> bool {
    let (_, mut device) = with_passkey(sim);
    early(sim, case);
    let Ok(entry) = left::with_passkey(sim, 2, &mut device) else { return false };
    late(sim, case);
    sim.advance(3 * DAYS);
    entries::enter(sim, entry, 2, &[]).is_ok()
}

/// A code to one of two addresses, and one out of the app.
fn by_app_that_is_left(sim: &mut Sim, case: Option<Case>) -> bool {
    const OTHER: &str = "other@example.net";
    let (visitor, app) = with_password(sim, true);
    recovery::add_address(sim, &visitor, OTHER, AddressRole::Recovery);
    sim.advance(MINUTE);
    early(sim, case);
    let Some(entry) = recovery::mailed(sim, (ALICE, OTHER), 2) else { return false };
    let code = passwords::code(&app.unwrap(), sim.now);
    if left::with_app(sim, (entry, 2), &code).is_err() {
        return false;
    }
    late(sim, case);
    entries::enter(sim, entry, 2, &[]).is_ok()
}

fn by_raising(sim: &mut Sim, case: Option<Case>) -> bool {
    let visitor = visitor(sim);
    early(sim, case);
    late(sim, case);
    let proved = permits(sim, Use::StepUp, case);
    let methods = methods::proved(&proved);
    let raised = sim.write(move |tx, cx| {
        let mut events = Vec::new();
        let raise = Raise {
            visitor: visitor.clone(),
            request: None,
            proved: proved.clone(),
            rests_on: RestsOn::default(),
            source: source(1),
        };
        let raised = finish::raise(tx, cx, &mut events, raise)?;
        tx.record(&events, raised)
    });
    raised.is_ok()
        && match case.filter(|case| case.use_ == Use::StepUp) {
            Some(case) => methods.has(case.method),
            None => case.is_none(),
        }
}

/// What was proved in sessions that began or were raised, from the `from`-th event on.
fn reached(sim: &Sim, from: usize) -> MethodSet {
    sim.events().iter().skip(from).fold(MethodSet::NONE, |all, event| match &event.kind {
        EventKind::SessionStarted { methods, .. } | EventKind::SessionRaised { methods, .. } => {
            all.or(*methods)
        }
        _ => all,
    })
}

#[test]
fn row_43_with_everything_open_every_way_leads_to_a_session() {
    for way in &WAYS {
        let mut sim = world();
        let from = sim.events().len();
        assert!((way.walk)(&mut sim, None), "{} {}", way.file, way.function);
        for method in way.serves.iter().filter(|method| **method != Method::Approval) {
            let possible = Use::ALL.iter().any(|use_| use_.possible().has(*method));
            assert!(!possible || way.serves.len() > 1 || reached(&sim, from).has(*method), "{method:?}");
        }
    }
}

#[test]
fn row_43_no_way_leads_to_a_session_with_a_method_that_is_off() {
    let mut walked = 0;
    for way in &WAYS {
        for &method in way.serves {
            for use_ in way.uses.iter().copied().filter(|use_| use_.possible().has(method)) {
                for layer in [Layer::Installation, Layer::Tenant, Layer::Account] {
                    for late in [false, true] {
                        let case = Case { method, use_, layer, late };
                        let mut sim = world();
                        assert!(!(way.walk)(&mut sim, Some(case)), "{} {}: {case:?}", way.file, way.function);
                        walked += 1;
                    }
                }
            }
        }
    }
    assert!(walked > 150, "{walked}");
}

/// What was sent before the method was closed is worth nothing afterwards, and works again when it is opened.
#[test]
fn row_43_a_code_that_was_mailed_while_codes_were_open_is_refused_while_they_are_off() {
    for layer in [Layer::Installation, Layer::Tenant, Layer::Account] {
        let mut sim = world();
        let request = sim.ask(ALICE, 1);
        let mail = sim.mail();
        close(&mut sim, Case { method: Method::MailCode, use_: Use::SignIn, layer, late: true });
        let from = sim.events().len();
        assert!(matches!(sim.refusal(request, &mail.code, 1), Refusal::CodeWrong { .. }), "{layer:?}");
        assert!(reached(&sim, from).is_empty());
    }
}

#[test]
fn row_43_every_way_to_a_session_is_on_the_list() {
    let mut found = Vec::new();
    for (file, text) in sources() {
        for function in text.split("\npub fn ").skip(1) {
            let name = function.split(['(', '<']).next().unwrap();
            let answer =
                function.split(" {\n").next().unwrap().rsplit_once("->").map_or("", |(_, answer)| answer);
            let mut words = answer.split(|letter: char| !letter.is_alphanumeric());
            // What comes next in a request for authorization is another thing: a session is there already.
            let next = !file.starts_with("oauth/");
            if words.any(|word| word == "Started" || (word == "Next" && next)) {
                let listed = WAYS.iter().any(|way| way.file == file && way.function == name);
                assert!(listed, "{file}: {name} gives a session and is not in WAYS");
                found.push((file.clone(), name.to_owned()));
            }
        }
    }
    for way in &WAYS {
        let there = found.iter().any(|(file, name)| file == way.file && name == way.function);
        assert!(there, "{}: {} gives no session any more", way.file, way.function);
    }
}

#[test]
fn row_43_only_the_one_place_makes_permits_and_only_finish_writes_sessions() {
    for (file, text) in sources() {
        if file != "methods.rs" {
            assert!(!text.contains("Permit {"), "{file} makes a permit of its own");
        }
        for write in ["sessions::insert", "sessions::claim_raise"] {
            assert!(file == "sign_in/finish.rs" || !text.contains(write), "{file} calls {write}");
        }
    }
}

#[test]
fn an_account_moved_out_of_a_tenant_is_not_bound_by_it_any_more() {
    let mut sim = world();
    let case = Case { method: Method::Passkey, use_: Use::SignIn, layer: Layer::Tenant, late: false };
    close(&mut sim, case);
    let id: AccountId = alice(&sim).id;
    let open = |sim: &mut Sim| methods::of_account(&sim.cx().policy, &alice(sim)).open(Use::SignIn);
    assert!(!open(&mut sim).has(Method::Passkey));
    let by = flow::by::By::COMMAND;
    sim.write(move |tx, cx| flow::tenant::move_account(tx, cx, id, None, &by)).unwrap();
    assert!(open(&mut sim).has(Method::Passkey));
}
