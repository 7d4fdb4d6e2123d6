//! Pages and mails as tools: framed, filled with somebody else's words, kept alive (rows 38, 48 and 51).

use super::super::Attack;
use super::super::browser::Browser;
use super::super::told::{Got, Played};
use super::super::world::{AWAY, OWNER, SECOND, World};
use super::codes::{MINUTE, ask, everything, nothing_set, summed_up};
use super::devices::ready;
use super::outcome;
use crate::Failed;

/// What would be worth a frame around it, and what everybody can open.
const FRAMED: [&str; 12] = [
    "/sign-in",
    "/recover",
    "/explain",
    "/about-this-address",
    "/device",
    "/approve",
    "/account",
    "/account/devices/pair",
    "/account/sessions",
    "/account/authenticators",
    "/account/undo?span=hour",
    "/nothing-here",
];

pub(super) const IN_A_FRAME: Attack = Attack {
    id: "in-a-frame",
    rows: &[48],
    title: "a page of another site lays ours under its own, so that a click meant for it says yes to something",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut stranger = world.browser(AWAY);
        let mut broken = Vec::new();
        for browser in [&mut owner, &mut stranger] {
            for path in FRAMED {
                let answer = browser.open(world, path)?;
                if !answer.header("content-security-policy").contains("frame-ancestors 'none'") {
                    broken.push(format!("{path} can be framed"));
                }
            }
        }
        let why = format!("{} answers, and no browser shows any of them in a frame", FRAMED.len() * 2);
        Ok(Played { got: Got::Nothing(why), saw: outcome::saw(world, &mut owner)?, broken })
    },
};

/// What the stranger would like the owner to read in a mail of ours.
const LURE: &str = "Call +1 555 0100 or open https://prize.example now";

pub(super) const WORDS: Attack = Attack {
    id: "strangers-words",
    rows: &[38],
    title: "a stranger writes a lure into everything that they can name: the browser, the profile, the address, headers",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut broken = Vec::new();
        let mut asking = Browser::calling_itself(LURE, AWAY);
        ask(world, &mut asking, OWNER)?;
        for typed in
            [format!("{LURE} <{OWNER}>"), format!("{OWNER}, {LURE}"), format!("{OWNER}\r\nSubject: {LURE}")]
        {
            asking.open(world, "/sign-in")?;
            asking.post(world, "/sign-in", &[("address", &typed)])?;
        }
        let mut mallory = world.join("mallory@example.com", AWAY)?;
        mallory.open(world, "/account/profile")?;
        mallory.post(world, "/account/profile", &[("name", LURE)])?;
        for address in [OWNER, SECOND] {
            mallory.open(world, "/account/addresses")?;
            mallory.post(world, "/account/addresses", &[("address", address), ("role", "recovery")])?;
        }
        world.pass(MINUTE * 61)?;
        let mut mails = 0;
        for mail in world
            .mails()
            .iter()
            .filter(|mail| mail.at >= world.began && [OWNER, SECOND].contains(&mail.to.as_str()))
        {
            mails += 1;
            if ["prize.example", "555 0100"]
                .iter()
                .any(|word| mail.text.contains(word) || mail.subject.contains(word))
            {
                broken.push(format!("`{}` says what the stranger wrote", mail.subject));
            }
        }
        if mails == 0 {
            broken.push("no mail left at all: the drill tried nothing".to_owned());
        }
        let saw = summed_up(everything(world, &mut owner)?);
        if saw.iter().any(|saw| saw.what.contains("prize.example")) {
            broken.push("the owner's activity says what the stranger wrote".to_owned());
        }
        let why =
            "no mail says anything that is not ours: a browser is named by a word of our own, or not at all"
                .to_owned();
        Ok(Played { got: Got::Nothing(why), saw, broken })
    },
};

/// Presses "send it again".
fn again(world: &mut World, browser: &mut Browser, path: &str) -> Result<(), Failed> {
    browser.open(world, path)?;
    browser.post(world, &format!("{path}/again"), &[])?;
    world.post()
}

pub(super) const KEPT_ALIVE: Attack = Attack {
    id: "kept-alive",
    rows: &[51],
    title: "a code is sent again every two minutes, so that it lives on until somebody has read it off a screen",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut thief = world.browser(AWAY);
        let (path, _) = ask(world, &mut thief, OWNER)?;
        let mut sent = vec![world.code_for(OWNER)?];
        for _ in 0..5 {
            world.pass(MINUTE * 2)?;
            again(world, &mut thief, &path)?;
            let newest = world.code_for(OWNER)?;
            if !sent.contains(&newest) {
                sent.push(newest);
            }
        }
        world.pass(MINUTE)?;
        let mut broken = Vec::new();
        thief.open(world, &path)?;
        for code in &sent {
            if thief
                .post(world, &path, &[("code", code)])?
                .leads_to()
                .is_ok_and(|leads| leads.starts_with("/account"))
            {
                broken.push("eleven minutes after it was asked for a code let somebody in".to_owned());
            }
        }
        let why =
            "to send a code again prolongs nothing: ten minutes after it was asked for it is dead".to_owned();
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};
