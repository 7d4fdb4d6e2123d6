//! Phones that approve, and browsers that ask them.

use flow::approval::answer::{self, Answer};
use flow::approval::approver::{self, Approver, Cookie};
use flow::approval::ask::{self, Ask, Door};
use flow::approval::enrol::{self, Enrolled, Made, Opened};
use flow::approval::take::{self, Standing, Taking};
use flow::password::attempt::Whom;
use flow::password::confirm;
use flow::password::halfway::Halfway;
use flow::session::Visitor;
use flow::sign_in::finish::Started;
use model::approval::{NotApproved, NotShown, Wanted};
use model::event::EventKind;
use model::id::ApprovalId;
use model::nearness::Nearness;
use model::refusal::Refusal;
use model::source::{Source, browser_from_code};
use proving::passkey::Authenticator;

use crate::passkeys::{device, party};
use crate::passwords::{self, GOOD};
use crate::sim::{Sim, half};

pub(crate) const ALICE: &str = "alice@example.com";
pub(super) const BOB: &str = "bob@example.com";
pub(super) const NOBODY: &str = "nobody@example.com";

/// The half of the browser on the phone.
pub(super) const PHONE: u64 = 70;

pub(super) fn at(address: &str) -> Source {
    Source { address: Some(address.parse().unwrap()), browser: browser_from_code("firefox/linux") }
}

pub(super) fn home() -> Source {
    at("93.184.216.34")
}

pub(super) fn elsewhere() -> Source {
    at("198.41.0.4")
}

/// A phone: a browser with an authenticator, and what makes it an approver.
pub(crate) struct Phone {
    pub(super) device: Authenticator,
    pub(super) cookie: Cookie,
    pub(super) half: u64,
    pub(super) source: Source,
}

pub(super) fn shown(sim: &mut Sim, by: &Visitor, from: Source) -> Result<Opened, Refusal> {
    let mut cx = sim.cx();
    let opening = enrol::prepare_open(&sim.store, &mut cx, (by.clone(), from)).unwrap();
    sim.write(move |tx, cx| enrol::open(tx, cx, &opening))
}

pub(super) fn join(
    sim: &mut Sim,
    code: &[u8; 16],
    (browser, source): (u64, Source),
    device: &mut Authenticator,
) -> Result<Enrolled, Refusal> {
    let mut cx = sim.cx();
    let asked =
        enrol::offer(&sim.store, &party(), &mut cx, (code, &half(browser)), "alice (approves)").unwrap()?;
    let json = device.make(&asked.options).unwrap();
    let made = Made {
        code: *code,
        challenge: asked.challenge,
        attestation: wire::passkey::attestation(&json).unwrap(),
        name: "Phone".to_owned(),
        browser_half: half(browser),
        source,
    };
    let prepared = enrol::prepare(&sim.store, &party(), &mut cx, made).unwrap()?;
    sim.write(move |tx, cx| enrol::commit(tx, cx, &prepared))
}

impl Phone {
    /// Enrolled at home, so that it can be used at once.
    pub(crate) fn enrolled(sim: &mut Sim, by: &Visitor) -> Self {
        Self::of(sim, by, (PHONE, home()))
    }

    pub(super) fn of(sim: &mut Sim, by: &Visitor, (half, source): (u64, Source)) -> Self {
        let mut device = device();
        let opened = shown(sim, by, home()).unwrap();
        let enrolled = join(sim, opened.code.expose(), (half, source), &mut device).unwrap();
        let cookie = (enrolled.approver.id, *enrolled.cookie.expose());
        Self { device, cookie, half, source }
    }

    pub(super) fn holder(&self, sim: &Sim) -> Option<Approver> {
        approver::find(&sim.store, &self.cookie).unwrap()
    }

    pub(crate) fn waiting(&self, sim: &mut Sim) -> Option<ApprovalId> {
        let cx = sim.cx();
        let holder = self.holder(sim)?;
        approver::waiting(&sim.store, &cx, &holder).unwrap().map(|waits| waits.id)
    }

    pub(super) fn open(&self, sim: &mut Sim, id: ApprovalId) -> Result<(), Refusal> {
        let (holder, source) = (self.holder(sim).unwrap(), self.source);
        sim.write(move |tx, cx| answer::open(tx, cx, (&holder, id, source)))
    }

    /// What the phone would bring for this number: signed, and not sent yet.
    pub(super) fn signed(&mut self, sim: &mut Sim, id: ApprovalId, number: &str) -> Result<Answer, Refusal> {
        let by = self.holder(sim).ok_or(Refusal::ApproverUnknown)?;
        let mut cx = sim.cx();
        let half = half(self.half);
        let signing = answer::ask(&sim.store, &party(), &mut cx, &half, (&by, id, number)).unwrap()?;
        let json = self.device.sign(&signing.asked.options).unwrap();
        Ok(Answer {
            by,
            id,
            typed: number.to_owned(),
            challenge: signing.asked.challenge,
            assertion: wire::passkey::assertion(&json).unwrap(),
            browser_half: half,
            source: self.source,
        })
    }

    pub(super) fn answer(
        &mut self,
        sim: &mut Sim,
        id: ApprovalId,
        number: &str,
    ) -> Result<Nearness, Refusal> {
        let signed = self.signed(sim, id, number)?;
        send(sim, signed)
    }

    /// Types the right number.
    pub(crate) fn approve(&mut self, sim: &mut Sim, id: ApprovalId) -> Result<Nearness, Refusal> {
        let number = number(sim, id);
        self.answer(sim, id, &number)
    }

    /// Types another number.
    pub(crate) fn mistype(&mut self, sim: &mut Sim, id: ApprovalId) -> Result<Nearness, Refusal> {
        let number = wrong(sim, id);
        self.answer(sim, id, &number)
    }

    pub(crate) fn deny(&self, sim: &mut Sim, id: ApprovalId) -> Result<Wanted, Refusal> {
        let (holder, source) = (self.holder(sim).unwrap(), self.source);
        sim.write(move |tx, cx| answer::deny(tx, cx, (&holder, id, source)))
    }
}

pub(super) fn send(sim: &mut Sim, signed: Answer) -> Result<Nearness, Refusal> {
    let mut cx = sim.cx();
    let prepared = answer::prepare(&sim.store, &party(), &mut cx, signed).unwrap()?;
    sim.write(move |tx, cx| answer::commit(tx, cx, &prepared))
}

pub(super) fn number(sim: &Sim, id: ApprovalId) -> String {
    let found = sim.store.read(|reader| store::approvals::find(reader, id)).unwrap().unwrap();
    model::approval::number(sim.store.keys(), found.drawn).expose().clone()
}

pub(super) fn wrong(sim: &Sim, id: ApprovalId) -> String {
    let right: u32 = number(sim, id).parse().unwrap();
    format!("{:06}", (right + 1) % 1_000_000)
}

/// Somebody who asks, in one browser.
pub(crate) struct Asking {
    pub(super) by: By,
    pub(super) half: u64,
    pub(super) source: Source,
}

pub(super) enum By {
    Address(String),
    Password(String),
    Session(Box<Visitor>, Option<String>),
}

impl Asking {
    pub(crate) fn at_home(address: &str, half: u64) -> Self {
        Self { by: By::Address(address.to_owned()), half, source: home() }
    }

    pub(crate) fn after_password(sim: &mut Sim, halfway: &Halfway, half: u64) -> Self {
        Self { by: By::Password(sealed(sim, halfway)), half, source: elsewhere() }
    }

    pub(crate) fn within(sim: &mut Sim, by: &Visitor, halfway: Option<&Halfway>) -> Self {
        let halfway = halfway.map(|halfway| sealed(sim, halfway));
        Self { by: By::Session(Box::new(by.clone()), halfway), half: 1, source: home() }
    }
}

pub(super) fn sealed(sim: &mut Sim, halfway: &Halfway) -> String {
    let mut cx = sim.cx();
    halfway.seal(sim.store.keys(), &mut cx).unwrap()
}

pub(crate) fn ask(sim: &mut Sim, asking: &Asking) -> Option<ApprovalId> {
    let door = match &asking.by {
        By::Address(address) => Door::SignIn(sim.address(address)),
        By::Password(held) => Door::SecondStep(held.clone()),
        By::Session(visitor, held) => Door::StepUp(visitor.clone(), held.clone()),
    };
    let asked = Ask { door, client: None, browser_half: half(asking.half), source: asking.source };
    let mut cx = sim.cx();
    let prepared = ask::prepare(&sim.store, &mut cx, asked).unwrap().ok()?;
    sim.write(move |tx, cx| ask::commit(tx, cx, &prepared)).ok()
}

pub(crate) fn take(sim: &mut Sim, asking: &Asking, id: ApprovalId) -> Result<Started, Refusal> {
    let (halfway, current) = match &asking.by {
        By::Address(_) => (None, None),
        By::Password(held) => (Some(held.clone()), None),
        By::Session(visitor, halfway) => (halfway.clone(), Some(Visitor::clone(visitor))),
    };
    let (browser_half, source) = (half(asking.half), asking.source);
    let cx = sim.cx();
    let prepared = take::prepare(&sim.store, &cx, Taking { id, halfway, browser_half, current, source });
    sim.write(move |tx, cx| take::commit(tx, cx, &prepared))
}

/// Types the password within a session, where an approval is to follow.
pub(crate) fn password_within(sim: &mut Sim, by: &Visitor, password: &str) -> Result<Halfway, Refusal> {
    let whom = Whom::Visitor(Box::new(by.clone()));
    let prepared = passwords::prepare(sim, whom, password, (1, Some(by)));
    let (turn, compared) = passwords::compared(sim, &prepared);
    sim.write(move |tx, cx| confirm::halfway(tx, cx, &prepared, (&turn, &compared)))
}

pub(super) fn is_waiting(sim: &mut Sim, asking: &Asking, id: ApprovalId) -> bool {
    let seen = take::look(&sim.store, sim.now, (id, &half(asking.half))).unwrap();
    matches!(seen, Some((Standing::Waiting { .. }, _)))
}

/// Somebody with an account, a browser that is known for days, and a phone that approves.
pub(super) fn settled(sim: &mut Sim) -> (Visitor, Phone) {
    let alice = passwords::at_home(sim, ALICE, 1);
    let phone = Phone::enrolled(sim, &alice);
    (alice, phone)
}

pub(crate) fn with_password(sim: &mut Sim) -> (Visitor, Phone) {
    let (alice, phone) = settled(sim);
    passwords::imported(sim, alice.account.id, GOOD);
    (alice, phone)
}

/// Somebody who knows the password, in a browser and a place that nobody knows.
pub(crate) fn stranger(sim: &mut Sim, browser: u64) -> Asking {
    let halfway = passwords::halfway(passwords::sign_in(sim, ALICE, GOOD, browser));
    Asking::after_password(sim, &halfway, browser)
}

pub(super) fn not_shown(sim: &Sim) -> Vec<Option<NotShown>> {
    let asked = sim.events().into_iter().filter_map(|event| match event.kind {
        EventKind::ApprovalAsked { not_shown, .. } => Some(not_shown),
        _ => None,
    });
    asked.collect()
}

pub(super) fn refused(sim: &Sim) -> Vec<NotApproved> {
    let because = sim.events().into_iter().filter_map(|event| match event.kind {
        EventKind::ApprovalRefused { because, .. } => Some(because),
        _ => None,
    });
    because.collect()
}

pub(crate) fn count(sim: &Sim, name: &str) -> usize {
    sim.kinds().into_iter().filter(|kind| *kind == name).count()
}
