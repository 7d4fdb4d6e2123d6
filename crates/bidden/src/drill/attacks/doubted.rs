//! The cookies of a browser are used in another one, and the session becomes provisional (rows 27, 33 and 37).

use std::time::Duration;

use model::event::EventKind;
use model::id::SessionId;
use model::response::Act;

use super::super::Attack;
use super::super::browser::Browser;
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, OWNER, SECOND, World};
use super::apps::{allow, kit, reader, redeem, works};
use super::codes::{ask, everything, summed_up};
use super::devices::{prove, ready};
use crate::Failed;

const MOMENT: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn doubting() -> String {
    format!("[responses]\ndoubt_session = \"act\"\n\n{}", reader())
}

/// Everything that somebody would want who has a session that is not theirs: to stay, to hide, to carry away, to speak for the owner.
const WANTED: [(&str, &[(&str, &str)]); 19] = [
    ("/account/authenticators/passkeys", &[("challenge", "x"), ("credential", "{}"), ("name", "Mallory")]),
    ("/account/authenticators/password", &[("new", "wander quietly beneath seventeen lanterns")]),
    ("/account/authenticators/app", &[("secret", "x"), ("code", "000000")]),
    ("/account/authenticators/recovery-codes", &[]),
    ("/account/authenticators/approvers", &[]),
    ("/account/addresses", &[("address", "mallory@example.com"), ("role", "sign-in")]),
    ("/account/addresses", &[("address", "mallory@example.com"), ("role", "recovery")]),
    ("/account/addresses/name", &[("draw", "1")]),
    ("/account/gate", &[("gate", "open")]),
    ("/account/gate/word", &[("draw", "1")]),
    ("/account/gate/announce", &[]),
    ("/account/profile", &[("name", "Mallory")]),
    ("/account/devices/pair", &[]),
    ("/account/data", &[]),
    ("/account/data/proofs", &[]),
    ("/account/sessions/end-others", &[]),
    ("/account/undo", &[("span", "month"), ("plan", "x")]),
    ("/account/close", &[]),
    ("/account/confirm/code", &[("to", "/account")]),
];

/// Tries all of it; what came of it that should not have.
fn wants(
    world: &mut World,
    thief: &mut Browser,
    (own, owners): (SessionId, SessionId),
) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    let of_sessions = [format!("/account/sessions/{own}/confirm"), format!("/account/sessions/{owners}/end")];
    let wanted = WANTED.iter().map(|(path, fields)| ((*path).to_owned(), *fields));
    for (path, fields) in wanted.chain(of_sessions.into_iter().map(|path| (path, &[][..]))) {
        thief.open(world, "/account")?;
        let answer = thief.post(world, &path, fields)?;
        let leads = answer.leads_to().unwrap_or_default();
        let refused =
            leads.starts_with("/account/confirm?") || leads == "/account/sessions" || answer.status() >= 400;
        if !refused {
            broken.push(format!("{path} was answered {} {leads}", answer.status()));
        }
    }
    for path in ["/operator", "/operator/accounts", "/operator/settings"] {
        if !thief.open(world, path)?.leads_to().is_ok_and(|leads| leads.starts_with("/account/confirm?")) {
            broken.push(format!("{path} is open"));
        }
    }
    Ok(broken)
}

pub(super) const DOUBTED: Attack = Attack {
    id: "doubted-session",
    rows: &[27, 33, 34, 37],
    title: "the cookies of a browser in which the owner has just signed in are copied and used elsewhere, at first to let an app in",
    settings: doubting,
    play: |world| {
        // The owner's second browser, which has been known for two days.
        let mut laptop = world.browser(HOME);
        let (path, _) = ask(world, &mut laptop, OWNER)?;
        let code = world.code_for(OWNER)?;
        laptop.post(world, &path, &[("code", &code)])?.leads_to()?;
        world.pass(DAY * 2)?;
        let mut thief = ready(world)?.stolen_to(AWAY);
        let (own, owners) = (thief.session()?, laptop.session()?);
        let mut app = kit(AWAY)?;
        let code = allow(world, &mut thief)?.0;
        let code = code.ok_or_else(|| Failed("the app got no code: the drill tried nothing".to_owned()))?;
        let tokens = redeem(world, &mut app, &code)?;
        if !tokens.has_tokens() {
            return Err(Failed(format!("the app was told {:?}: the drill tried nothing", tokens.error())));
        }
        // The detectors look once a second.
        world.pass(MOMENT)?;
        let is_doubt = |kind: &EventKind| {
            matches!(kind, EventKind::ResponseBegan { act: Act::DoubtSession, simulated: false, .. })
        };
        if !world.events()?.iter().any(|event| is_doubt(&event.kind)) {
            return Err(Failed("nobody doubts the session: the drill tried nothing".to_owned()));
        }
        world.tick();
        let (since, mails) = (world.now(), world.mails().len());
        let mut broken = wants(world, &mut thief, (own, owners))?;
        if works(world, &mut app, &tokens)? {
            broken.push("the app that was let in gets something by its tokens".to_owned());
        }
        if allow(world, &mut thief)?.0.is_some() {
            broken.push("another app was let in".to_owned());
        }
        for event in world.events()?.iter().filter(|event| event.at >= since) {
            if event.kind.name() != "tokens_refused" {
                broken.push(format!("{} came of it", event.kind.name()));
            }
        }
        world.post()?;
        if world.mails().len() != mails {
            broken.push("it made mails leave".to_owned());
        }
        // A quarter of an hour later the owner reads of it, and looks in the other browser.
        world.pass(MOMENT * 900)?;
        for mailbox in [OWNER, SECOND] {
            if !world.notices()?.iter().any(|mail| mail.to == mailbox && mail.subject.contains("provisional"))
            {
                broken.push(format!("nobody told {mailbox} that a session is provisional"));
            }
        }
        let waits = laptop.open(world, "/account")?.element("class=\"waiting\"", "</ul>").unwrap_or_default();
        let page = Saw { after: world.now().since(world.began), place: Where::Page, what: waits };
        let question = format!("/account/sessions/{own}/confirm");
        prove(world, &mut laptop, &question)?;
        if !laptop.open(world, &question)?.has(&format!("action=\"/account/sessions/{own}/end\"")) {
            broken.push("the owner is not asked whose the session is".to_owned());
        }
        laptop.post(world, &format!("/account/sessions/{own}/end"), &[])?.leads_to()?;
        if !thief.open(world, "/account")?.leads_to().is_ok_and(|leads| leads.starts_with("/sign-in")) {
            broken.push("the thief is still signed in".to_owned());
        }
        if works(world, &mut app, &tokens)? {
            broken.push("the app is still in".to_owned());
        }
        if laptop.open(world, "/account")?.leads_to().is_ok() {
            broken.push("the owner's other browser was signed out".to_owned());
        }
        let why = "from the first second on the session changes nothing and lets nothing in, and what it had let in before is worth \
                   nothing; the owner ended it from another browser";
        let mut saw = summed_up(everything(world, &mut laptop)?);
        saw.push(page);
        saw.sort_by_key(|saw| saw.after);
        Ok(Played { got: Got::Nothing(why.to_owned()), saw, broken })
    },
};
