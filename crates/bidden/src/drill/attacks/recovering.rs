//! Mailboxes beside the first one: one that is read by somebody else, one that has another owner by now, one that belongs to a stranger;
//! and the first one where there is a passkey (rows 13, 14, 19 and 42).

use std::time::Duration;

use super::super::Attack;
use super::super::browser::{Browser, Page};
use super::super::key::Key;
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, OWNER, SECOND, World};
use super::codes::{MINUTE, ask, everything, nothing_set, summed_up};
use super::devices::ready;
use crate::Failed;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const CARL: &str = "carl@example.com";

/// The codes that went to a mailbox since the attack began.
fn codes_to(world: &mut World, mailbox: &str) -> Result<usize, Failed> {
    world.post()?;
    let began = world.began;
    Ok(world
        .mails()
        .iter()
        .filter(|mail| mail.at >= began && mail.code.is_some() && mail.to == mailbox)
        .count())
}

/// Asks for a recovery of the owner's account by a code to a mailbox; where it would be typed.
fn recover(world: &mut World, browser: &mut Browser, mailbox: &str) -> Result<String, Failed> {
    browser.open(world, "/recover")?;
    let page = browser.post(world, "/recover", &[("account", OWNER), ("address", mailbox)])?.leads_to()?;
    browser.open(world, &page)?;
    Ok(page)
}

/// The link of a notice to `mailbox` by which its reader stops something, pressed.
fn stops(world: &mut World, mailbox: &str, link: &str) -> Result<bool, Failed> {
    let found = world.notices()?.iter().filter(|mail| mail.to == mailbox).find_map(|mail| mail.link(link));
    let Some(found) = found else { return Ok(false) };
    let mut reader = world.browser(HOME);
    reader.open(world, &found)?;
    Ok(reader.post(world, &found, &[])?.status() == 200)
}

/// Whether somebody is let in by what waited in this browser.
fn enters(world: &World, browser: &mut Browser) -> Result<bool, Failed> {
    let page = browser.open(world, "/entry")?;
    let waits = page.content().split_once("action=\"/entry/").and_then(|(_, rest)| rest.split_once('"'));
    if let Some((id, _)) = waits {
        browser.post(world, &format!("/entry/{id}"), &[])?;
    }
    Ok(browser.open(world, "/account")?.leads_to().is_err())
}

pub(super) const SECOND_MAILBOX: Attack = Attack {
    id: "second-mailbox",
    rows: &[13],
    title: "somebody reads the owner's second mailbox: asks there for a code to sign in, and then for a recovery",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut broken = Vec::new();
        let mut thief = world.browser(AWAY);
        let (_, page) = ask(world, &mut thief, SECOND)?;
        let mut other = world.browser(AWAY);
        let (_, stranger) = ask(world, &mut other, "nobody@example.com")?;
        let bare = |page: &Page, address: &str| {
            let reference = page.element("class=\"reference\"", "<").unwrap_or_default();
            page.text().replace(address, "…").replace(&reference, "…")
        };
        if bare(&page, SECOND) != bare(&stranger, "nobody@example.com") {
            broken.push("the page tells a recovery address from no address".to_owned());
        }
        if codes_to(world, SECOND)? > 0 {
            broken.push("a code to sign in went to the recovery address".to_owned());
        }
        world.pass(MINUTE)?;
        let path = recover(world, &mut thief, SECOND)?;
        let code = world.code_for(SECOND)?;
        thief.post(world, &path, &[("code", &code)])?.leads_to()?;
        if enters(world, &mut thief)? {
            broken.push("the code recovered the account at once".to_owned());
        }
        if !stops(world, OWNER, "/entry/cancel/")? {
            broken.push("no mail to the first mailbox has a link that stops it".to_owned());
        }
        world.pass(DAY * 4)?;
        if enters(world, &mut thief)? {
            broken.push("what was stopped let somebody in after three days".to_owned());
        }
        let why = "no code to sign in goes to a recovery address, and a recovery by it waits for three days, of which every mailbox is \
                   told: the owner stopped it";
        Ok(Played {
            got: Got::Nothing(why.to_owned()),
            saw: summed_up(everything(world, &mut owner)?),
            broken,
        })
    },
};

pub(super) const RECYCLED: Attack = Attack {
    id: "recycled-mailbox",
    rows: &[42],
    title: "half a year later the owner's second mailbox belongs to somebody else, who asks for a recovery",
    settings: nothing_set,
    play: |world| {
        world.pass(DAY * 181)?;
        let mut owner = ready(world)?;
        let mut heir = world.browser(AWAY);
        let path = recover(world, &mut heir, SECOND)?;
        let mut broken = Vec::new();
        if codes_to(world, SECOND)? > 0 {
            broken.push(
                "a code that recovers went to a mailbox that nobody has confirmed for half a year".to_owned(),
            );
        }
        heir.post(world, &path, &[("code", "BCDFGHJK")])?;
        world.pass(DAY * 4)?;
        if enters(world, &mut heir)? {
            broken.push("the account was recovered".to_owned());
        }
        let waits = owner.open(world, "/account")?.element("class=\"waiting\"", "</ul>").unwrap_or_default();
        let mut saw = summed_up(everything(world, &mut owner)?);
        saw.push(Saw { after: world.now().since(world.began), place: Where::Page, what: waits });
        let why =
            "a recovery address counts for 180 days after its owner confirmed it; then no code goes there";
        Ok(Played { got: Got::Nothing(why.to_owned()), saw, broken })
    },
};

pub(super) const STRANGERS: Attack = Attack {
    id: "strangers-mailbox",
    rows: &[14],
    title: "somebody puts a stranger's mailbox into an account of their own, and talks its reader into the code",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut mallory = world.join("mallory@example.com", AWAY)?;
        mallory.open(world, "/account/addresses")?;
        let fields = [("address", CARL), ("role", "recovery")];
        let page = mallory.post(world, "/account/addresses", &fields)?.leads_to()?;
        world.post()?;
        let mut broken = Vec::new();
        if mallory.open(world, "/account/addresses")?.has(CARL) {
            broken.push("an address that nobody confirmed stands in the account".to_owned());
        }
        // Carl is told that it is a formality.
        let code = world.code_for(CARL)?;
        mallory.open(world, &page)?;
        mallory.post(world, &page, &[("code", &code)])?.leads_to()?;
        if !mallory.open(world, "/account/addresses")?.has(CARL) {
            return Err(Failed("the address was not added: the drill tried nothing".to_owned()));
        }
        world.pass(MINUTE * 30)?;
        // Carl asks what is held about his address, and takes it away.
        let mut carl = world.browser(HOME);
        carl.open(world, "/about-this-address")?;
        carl.post(world, "/about-this-address", &[("address", CARL)])?.leads_to()?;
        world.pass(MINUTE)?;
        let link = world
            .notices()?
            .iter()
            .filter(|mail| mail.to == CARL)
            .find_map(|mail| mail.link("/about-this-address/"));
        let link = link.ok_or_else(|| Failed("no mail says what is held about the address".to_owned()))?;
        let held = carl.open(world, &link)?;
        let detach = held.content().split_once("/detach/").and_then(|(_, rest)| rest.split_once('"'));
        let detach = detach.map(|(account, _)| format!("{link}/detach/{account}"));
        let detach = detach.ok_or_else(|| Failed(format!("nothing to take away: {}", held.text())))?;
        carl.post(world, &detach, &[])?.leads_to()?;
        world.pass(DAY * 3 + MINUTE)?;
        if mallory.open(world, "/account/addresses")?.has(CARL) {
            broken.push("the address still stands in the account".to_owned());
        }
        let why = "an address is somebody's only by a code that went there, and whoever reads its mail takes it away: three days \
                   later it is gone, whatever the account says";
        let mails = world.mails().iter().filter(|mail| mail.to == CARL);
        let began = world.began;
        let mut saw: Vec<Saw> = mails
            .map(|mail| Saw {
                after: mail.at.since(began),
                place: Where::Mail,
                what: format!("to {CARL}: {}", mail.subject),
            })
            .collect();
        saw.extend(super::outcome::saw(world, &mut owner)?);
        Ok(Played { got: Got::Nothing(why.to_owned()), saw: summed_up(saw), broken })
    },
};

pub(super) const DOWNGRADE: Attack = Attack {
    id: "around-the-passkey",
    rows: &[19],
    title: "the account has a passkey; somebody who reads the owner's mail asks for a code instead",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let key = Key::new(world.url())?;
        let page = owner.open(world, "/account/authenticators/passkeys/new")?;
        let options =
            page.attribute("data-options").ok_or_else(|| Failed("no form for a passkey".to_owned()))?;
        let (made, challenge) = (key.make(&options)?, page.field("challenge").unwrap_or_default());
        let fields = [("challenge", challenge.as_str()), ("credential", &made), ("name", "Ada's phone")];
        owner.post(world, "/account/authenticators/passkeys", &fields)?.leads_to()?;
        world.pass(DAY)?;
        world.tick();
        world.began = world.now();
        let mut thief = world.browser(AWAY);
        let (path, _) = ask(world, &mut thief, OWNER)?;
        let code = world.code_for(OWNER)?;
        let leads = thief.post(world, &path, &[("code", &code)])?.leads_to()?;
        let mut broken = Vec::new();
        if enters(world, &mut thief)? {
            broken.push(format!("a code by mail let somebody in beside the passkey ({leads})"));
        }
        if !stops(world, SECOND, "/entry/cancel/")? {
            broken.push("no mail to the second mailbox has a link that stops it".to_owned());
        }
        world.pass(DAY * 2)?;
        if enters(world, &mut thief)? {
            broken.push("what was stopped let somebody in a day later".to_owned());
        }
        let why = "where there is a passkey less than that waits a day in a new browser, of which every mailbox is told: the owner stopped it";
        Ok(Played {
            got: Got::Nothing(why.to_owned()),
            saw: summed_up(everything(world, &mut owner)?),
            broken,
        })
    },
};
