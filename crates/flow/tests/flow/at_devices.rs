//! Devices in a [`Sim`](crate::sim::Sim): a television and a terminal with keys, people who answer for them, and places.

use flow::device::{self, Before, Entered, Held};
use flow::oauth::device::{self as begin, Came};
use flow::pairing;
use flow::session::Visitor;
use model::assurance::Assurance;
use model::client::Registered;
use model::event::EventKind;
use model::id::PairingId;
use model::method::{Method, MethodSet};
use model::nearness::Nearness;
use model::refusal::Refusal;
use model::source::{Source, browser_from_code};
use proving::client_key::ClientKey;
use wire::oauth::device::{PairingRequest, Wish};
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::providing::{Got, Op, json, parameters, public, text};

pub(crate) const PAGE: &str = "https://id.example.org/device";

/// Somewhere on the network.
pub(crate) fn at(address: &str) -> Source {
    Source { address: Some(address.parse().unwrap()), browser: browser_from_code("firefox/linux") }
}

/// Where the person lives, and the television.
pub(crate) fn home() -> Source {
    at("93.184.216.34")
}

/// In the same city, at the same provider, with another address: where a proxy was rented for the purpose.
pub(crate) fn proxy() -> Source {
    at("93.184.216.35")
}

/// A public client on a device, with the scopes that it may ask for by a user code.
pub(crate) fn on_a_device(id: &str, user_code_scopes: &str) -> Registered {
    let mut registered = public(id);
    registered.client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
    registered.client.redirect_uris = Vec::new();
    registered.client.user_code_scopes = Scopes::stored(user_code_scopes).unwrap();
    registered
}

/// A provider with a television that may show codes, and a terminal that may only be given them.
pub(crate) fn op() -> (Op, ClientKey) {
    let mut op = Op::new();
    op.register(on_a_device("tv", "openid read offline_access"));
    op.register(on_a_device("terminal", ""));
    (op, ClientKey::new().unwrap())
}

/// The same person after one more proof of who is there.
pub(crate) fn proved(op: &Op, visitor: &Visitor) -> Visitor {
    let mut visitor = visitor.clone();
    visitor.session.assurance = Assurance::of(MethodSet::of(&[Method::MailCode]), op.sim.now);
    visitor
}

pub(crate) fn code_of(got: &Got) -> Option<ErrorCode> {
    got.as_ref().err().map(|error| error.code)
}

impl Op {
    fn begins(
        &mut self,
        endpoint: &str,
        (client, more): (&str, &str),
        (key, from): (Option<&mut ClientKey>, Source),
    ) -> Got {
        let proof = key.map(|key| self.dpop(key, endpoint, None));
        let body = parameters(&format!("{}&{more}", self.proof_of(client)));
        let pairing = endpoint == "/oauth/pairing";
        let url = if pairing { self.provider.pairing() } else { self.provider.device() }.clone();
        let asker = self.asker_at(&url, &body, proof.as_deref(), from)?;
        let mut cx = self.sim.cx();
        let beginning = if pairing {
            let asks = PairingRequest::read(&body)?;
            begin::prepare_pairing(&self.sim.store, &mut cx, Came { asker, asks, by_page: false }).unwrap()?
        } else {
            let asks = Wish::read(&body)?;
            begin::prepare_ask(&self.sim.store, &mut cx, Came { asker, asks, by_page: false }).unwrap()?
        };
        let begun: Result<begin::Begun, OauthError> =
            self.sim.write(move |tx, cx| begin::commit(tx, cx, &beginning));
        Ok(json(&begun?.json(PAGE)))
    }

    /// A device asks, and shows a code.
    pub(crate) fn device_asks(
        &mut self,
        client: (&str, &str),
        key: Option<&mut ClientKey>,
        from: Source,
    ) -> Got {
        self.begins("/oauth/device_authorization", client, (key, from))
    }

    /// A device brings the code that somebody typed into it.
    pub(crate) fn device_brings(&mut self, code: &str, key: Option<&mut ClientKey>, from: Source) -> Got {
        let more = format!("pairing_code={code}&device_kind=command_line");
        self.begins("/oauth/pairing", ("terminal", &more), (key, from))
    }

    pub(crate) fn polls(
        &mut self,
        client: &str,
        code: &str,
        (key, from): (Option<&mut ClientKey>, Source),
    ) -> Got {
        let proof = key.map(|key| self.dpop(key, "/oauth/token", None));
        let kind = wire::form::encode([("grant_type", GrantType::DeviceCode.name()), ("device_code", code)]);
        self.token_from(client, &kind, proof.as_deref(), from)
    }

    /// Somebody types the code that a device shows.
    pub(crate) fn types(&mut self, by: &Visitor, typed: &str, from: Source) -> Result<Entered, Refusal> {
        let mut cx = self.sim.cx();
        let entering = device::prepare_entry(&self.sim.store, &mut cx, (by.clone(), from, typed)).unwrap()?;
        self.sim.write(move |tx, cx| device::enter(tx, cx, &entering))
    }

    pub(crate) fn held(&self, by: &Visitor, entered: &Entered) -> Held {
        device::before(&self.sim.store, by, entered).unwrap()
    }

    pub(crate) fn before(&self, by: &Visitor, entered: &Entered) -> Before {
        match self.held(by, entered) {
            Held::Device(before) => *before,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn allows(
        &mut self,
        by: &Visitor,
        before: &Before,
        from: Source,
    ) -> Result<Nearness, Refusal> {
        let (by, before) = (by.clone(), before.clone());
        self.sim.write(move |tx, cx| device::allow(tx, cx, (&by, from, &before)))
    }

    pub(crate) fn denies(&mut self, by: &Visitor, before: &Before, from: Source) -> Result<(), Refusal> {
        let (by, device) = (by.clone(), before.device.id);
        self.sim.write(move |tx, cx| device::deny(tx, cx, (&by, from, device)))
    }

    /// Somebody opens a window for a device.
    pub(crate) fn opens(&mut self, by: &Visitor, from: Source) -> Result<(PairingId, String), Refusal> {
        let mut cx = self.sim.cx();
        let opening = pairing::prepare(&self.sim.store, &mut cx, (by.clone(), from)).unwrap();
        let opened = self.sim.write(move |tx, cx| pairing::open(tx, cx, &opening))?;
        Ok((opened.pairing, opened.text.expose().to_owned()))
    }

    /// Somebody types digits where a window was opened.
    pub(crate) fn confirms(
        &mut self,
        by: &Visitor,
        (window, digits): (PairingId, &str),
        from: Source,
    ) -> Result<Nearness, Refusal> {
        let typed = (window, digits);
        let confirming = pairing::prepare_confirm(&self.sim.store, (by.clone(), from), typed).unwrap()?;
        self.sim.write(move |tx, cx| pairing::confirm(tx, cx, &confirming))
    }

    /// A device that was let in by its user code, and fetched its tokens.
    pub(crate) fn let_in(
        &mut self,
        by: &Visitor,
        key: &mut ClientKey,
        (person, device): (Source, Source),
    ) -> Got {
        let begun = self.device_asks(("tv", ""), Some(key), device).unwrap();
        let entered = self.types(by, text(&begun, "user_code"), person).unwrap();
        self.sim.advance(crate::sim::SECOND);
        let by = proved(self, by);
        let before = self.before(&by, &entered);
        self.allows(&by, &before, person).unwrap();
        self.polls("tv", text(&begun, "device_code"), (Some(key), device))
    }

    pub(crate) fn kinds_since(&self, before: usize) -> Vec<&'static str> {
        self.sim.kinds().split_off(before)
    }

    pub(crate) fn count(&self, wanted: impl Fn(&EventKind) -> bool) -> usize {
        self.sim.events().iter().filter(|event| wanted(&event.kind)).count()
    }
}
