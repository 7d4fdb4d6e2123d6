//! Apps on a person's own machine, in somebody else's hands: a code that was pasted into the wrong page, tokens that nobody takes back
//! or that are never let go (rows 31, 32 and 35).

use std::time::Duration;

use model::event::EventKind;

use super::super::Attack;
use super::super::browser::Browser;
use super::super::kit::{Kit, Told};
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, OWNER, World};
use super::codes::{MINUTE, summed_up};
use super::devices::{has, paired, pairing, ready};
use super::outcome;
use crate::Failed;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The app, and where its answers go: to a port of the machine on which its person sits.
const READER: &str = "reader";
const BACK: &str = "http://127.0.0.1:5173/cb";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An app that runs on the machine of whoever uses it.
pub(super) fn reader() -> String {
    format!(
        "[[clients]]\nid = \"{READER}\"\nname = \"Tide Tables\"\nauthentication = \"none\"\n\
         grant_types = [\"authorization_code\", \"refresh_token\"]\nredirect_uris = [\"http://127.0.0.1/cb\"]\n\
         scopes = [\"openid\", \"offline_access\", \"mail.read\"]\ntokens = \"opaque\"\n"
    )
}

/// The app, running somewhere.
pub(super) fn kit(from: &'static str) -> Result<Kit, Failed> {
    Kit::new(READER, from)
}

/// Where the app sends a person.
fn request() -> String {
    let query = [
        ("response_type", "code"),
        ("client_id", READER),
        ("redirect_uri", BACK),
        ("scope", "openid offline_access mail.read"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth/authorize?{}", wire::form::encode(query))
}

/// Whoever has this browser allows the app everything that it asks for: the code, if there is one, and what the page asked.
pub(super) fn allow(world: &World, browser: &mut Browser) -> Result<(Option<String>, Saw), Failed> {
    let page = browser.open(world, &request())?.leads_to()?;
    let question = browser.open(world, &page)?;
    let after = world.now().since(world.began);
    let what = question.element("<h1", "</h1>").unwrap_or_else(|| question.text());
    let answer = browser.post(world, &page, &[("answer", "allow")])?;
    let back = answer.leads_to().unwrap_or_default();
    let code = back
        .strip_prefix(BACK)
        .and_then(|back| back.split(['?', '&']).find_map(|one| one.strip_prefix("code=")));
    Ok((code.map(str::to_owned), Saw { after, place: Where::Page, what }))
}

/// The app brings the code.
pub(super) fn redeem(world: &World, kit: &mut Kit, code: &str) -> Result<Told, Failed> {
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    kit.post(world, "/oauth/token", &grant)
}

/// Whether the tokens of an app are worth anything right now: the one that it uses, and the one that gets others.
pub(super) fn works(world: &World, kit: &mut Kit, tokens: &Told) -> Result<bool, Failed> {
    let asked = kit.with_token(world, "/oauth/userinfo", tokens.text("access_token"))?;
    Ok(asked.status == 200 || kit.refreshes(world, tokens.text("refresh_token"))?.has_tokens())
}

pub(super) const PASTED: Attack = Attack {
    id: "address-pasted",
    rows: &[35],
    title: "the owner allows an app that does not run, and pastes the address at which the browser ends into a stranger's page",
    settings: reader,
    play: |world| {
        let mut owner = ready(world)?;
        let (code, page) = allow(world, &mut owner)?;
        let code = code.ok_or_else(|| Failed("the owner allowed it, and no code came of it".to_owned()))?;
        let mut stranger = kit(AWAY)?;
        let tokens = redeem(world, &mut stranger, &code)?;
        has(world, (&mut stranger, &tokens), (&mut owner, page))
    },
};

pub(super) const LEFT_BEHIND: Attack = Attack {
    id: "app-left-behind",
    rows: &[32, 33],
    title: "an app was allowed from the owner's browser while somebody else sat there; a day later the owner changes the password",
    settings: reader,
    play: |world| {
        // Somebody sits at the owner's first browser, and leaves an app that reads on from elsewhere.
        let mut theirs = world.owner()?;
        let mut app = kit(HOME)?;
        let code = allow(world, &mut theirs)?.0;
        let code = code.ok_or_else(|| Failed("the app got no code: the drill tried nothing".to_owned()))?;
        let tokens = redeem(world, &mut app, &code)?;
        if !tokens.has_tokens() {
            return Err(Failed(format!("the app was told {:?}: the drill tried nothing", tokens.error())));
        }
        world.pass(DAY)?;
        let tokens = app.refreshes(world, tokens.text("refresh_token"))?;
        let mut owner = ready(world)?;
        let mut broken = Vec::new();
        let set = |world: &World, owner: &mut Browser, new: &str, old: &str| {
            owner.open(world, "/account/authenticators/password")?;
            let fields = [("new", new), ("password", old)];
            owner.post(world, "/account/authenticators/password", &fields)?.leads_to()
        };
        set(world, &mut owner, "wander quietly beneath seventeen lanterns", "")?;
        world.pass(MINUTE)?;
        set(
            world,
            &mut owner,
            "eleven patient herons cross the harbour",
            "wander quietly beneath seventeen lanterns",
        )?;
        if works(world, &mut app, &tokens)? {
            broken.push("after the change of a password the app is still in".to_owned());
        }
        if !world.events()?.iter().any(|event| matches!(event.kind, EventKind::GrantEnded { .. })) {
            broken.push("no end of the app is on the record".to_owned());
        }
        let what = "a day of access, until the owner changed a password: the next question was refused";
        let saw = summed_up(outcome::saw(world, &mut owner)?);
        Ok(Played { got: Got::Little(what.to_owned()), saw, broken })
    },
};

/// So long a device that nobody doubts is let in at most.
const ABSOLUTE: u32 = 30;

pub(super) const ETERNAL: Attack = Attack {
    id: "eternal-refresh",
    rows: &[31],
    title: "whoever has a device of the owner's refreshes its tokens every day, and never lets go",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let (mut device, mut tokens) = paired(world, &mut owner)?;
        let (mut days, mut broken) = (0, Vec::new());
        while days <= ABSOLUTE + 5 {
            world.pass(DAY)?;
            let next = device.refreshes(world, tokens.text("refresh_token"))?;
            if !next.has_tokens() {
                break;
            }
            (tokens, days) = (next, days + 1);
        }
        if days > ABSOLUTE {
            broken.push(format!("after {days} days it is still in"));
        }
        if days == 0 {
            broken.push("it could not refresh once: the drill tried nothing".to_owned());
        }
        let ended =
            world.events()?.into_iter().any(|event| matches!(event.kind, EventKind::GrantEnded { .. }));
        if !ended {
            broken.push("no end is on the record".to_owned());
        }
        let what = format!(
            "access for {days} days more: refreshing prolongs nothing, and then a person has to let it in again"
        );
        let mut owner = world.owner()?;
        let saw = summed_up(outcome::saw(world, &mut owner)?);
        if !world.mails().iter().any(|mail| mail.to == OWNER && mail.at >= world.began) {
            broken.push("nobody told the owner that a device was let in".to_owned());
        }
        Ok(Played { got: Got::Little(what), saw, broken })
    },
};
