//! Ways around what bounds codes, and ways to stay once somebody is in (rows 1, 4, 8, 27, 34, 36, 40 and 47).

use std::time::Duration;

use super::super::Attack;
use super::super::told::{Got, Played, Where};
use super::super::world::{AWAY, HOME, OWNER, SECOND};
use super::codes::{
    MINUTE, ask, ask_with, compared, everything, guess, network, nothing_set, spray, summed_up,
};
use super::devices::{prove, ready};
use super::outcome;
use crate::Failed;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many days of guessing are played.
const DAYS: u32 = 14;

pub(super) const SPELLINGS: Attack = Attack {
    id: "other-spellings",
    rows: &[4],
    title: "the same mailbox is asked for in 48 spellings, which would each have a budget of its own",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut number = 0;
        let mut tried = 0;
        for name in ["ada", "Ada", "ADA", "aDa", "adA", "AdA", "aDA", "ADa"] {
            for domain in
                ["example.org", "EXAMPLE.ORG", "Example.Org", "example.ORG", "eXample.org", "EXAMPLE.org"]
            {
                let mut browser = world.browser(&network(number));
                ask(world, &mut browser, &format!("{name}@{domain}"))?;
                number += 1;
                tried += 1;
                world.pass(MINUTE)?;
            }
        }
        let began = world.began;
        let codes = world
            .mails()
            .iter()
            .filter(|mail| mail.at >= began && mail.code.is_some() && mail.to.eq_ignore_ascii_case(OWNER))
            .count();
        let mut broken = Vec::new();
        if codes > 3 {
            broken.push(format!("{codes} codes were mailed to one mailbox within an hour"));
        }
        let why = format!("{codes} mails of {tried} left: every spelling is one mailbox, with one budget");
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

fn announced() -> String {
    "[gate]\nbefore_mail = \"solicited_only\"\n".to_owned()
}

pub(super) const GATED: Attack = Attack {
    id: "spray-at-a-gate",
    rows: &[1, 12],
    title: "one request each for 40 addresses from 40 networks, where codes for new browsers have to be announced",
    settings: announced,
    play: |world| {
        let mut owner = ready(world)?;
        let mut broken = spray(world, |number| number % 4 == 1)?;
        world.pass(MINUTE)?;
        let codes = outcome::codes(world)?.len();
        if codes > 0 {
            broken.push(format!("{codes} codes were mailed that nobody had announced"));
        }
        // Meanwhile the owner announces a new browser, and signs in with it.
        owner.open(world, "/account/gate")?;
        let announced = owner.post(world, "/account/gate/announce", &[])?;
        let words = announced.element("class=\"reference\"", "<").unwrap_or_default();
        // Somebody asks at the same moment, and does not have the words.
        let before = outcome::codes(world)?.len();
        let mut stranger = world.browser(&network(99));
        ask(world, &mut stranger, OWNER)?;
        if outcome::codes(world)?.len() > before {
            broken.push("an announced window let somebody else through".to_owned());
        }
        let mut new = world.browser(HOME);
        let (path, _) = ask_with(world, &mut new, &[("address", OWNER), ("word", &words)])?;
        let code = world.code_for(OWNER)?;
        if !new
            .post(world, &path, &[("code", &code)])?
            .leads_to()
            .is_ok_and(|leads| leads.starts_with("/account"))
        {
            broken.push("the owner's own new browser is not let in".to_owned());
        }
        let saw = summed_up(everything(world, &mut owner)?);
        if !saw.iter().any(|saw| saw.place == Where::Activity) {
            broken.push("nothing of it is on the owner's record".to_owned());
        }
        let why = "no mail at all, and 40 answers that are the same; the owner's own new browser, announced, got its code";
        Ok(Played { got: Got::Nothing(why.to_owned()), saw, broken })
    },
};

pub(super) const OWNERS_SUCCESS: Attack = Attack {
    id: "owners-success",
    rows: &[5, 8],
    title: "two weeks of guessing from new networks, while the owner signs in every morning",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let (mut number, mut mornings) = (0, 0);
        for _ in 0..DAYS {
            for _ in 0..6 {
                let mut browser = world.browser(&network(number));
                let (path, _) = ask(world, &mut browser, OWNER)?;
                for of_request in 0..3 {
                    browser.post(world, &path, &[("code", &guess(number * 3 + of_request))])?;
                }
                number += 1;
                world.pass(MINUTE * 15)?;
            }
            owner.post(world, "/sign-out", &[])?;
            let (path, _) = ask(world, &mut owner, OWNER)?;
            let code = world.code_for(OWNER)?;
            let leads = owner.post(world, &path, &[("code", &code)])?.leads_to().unwrap_or_default();
            mornings += u32::from(leads.starts_with("/account"));
            world.pass(DAY - MINUTE * 90)?;
        }
        let compared = compared(world)?;
        let mut broken = Vec::new();
        if mornings != DAYS {
            broken.push(format!("the owner was let in on {mornings} of {DAYS} mornings"));
        }
        // Six requests of strangers in seven days, three guesses each; two weeks touch three such windows at the most.
        if compared > 3 * 6 * 3 {
            broken.push(format!("{compared} guesses were compared in {DAYS} days"));
        }
        if compared == 0 {
            broken.push("no guess met a code: the drill tried nothing".to_owned());
        }
        let chance = f64::from(u32::try_from(compared).unwrap_or(u32::MAX)) / 20_f64.powi(8);
        let why = format!(
            "of {} guesses {compared} were compared with a code, a chance of {chance:.1e}; the owner's own success refills nothing, and was never in the way",
            number * 3
        );
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const RELAYED_CODE: Attack = Attack {
    id: "code-relayed",
    rows: &[27, 34, 36],
    title: "a page that looks like ours asks the owner for address and code, relays both, and makes itself at home",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        world.pass(MINUTE * 30)?;
        // What the owner types into the page is typed by the stranger's browser a moment later.
        let mut thief = world.browser(AWAY);
        let (path, _) = ask(world, &mut thief, OWNER)?;
        let code = world.code_for(OWNER)?;
        let relayed = thief.post(world, &path, &[("code", &code)])?.leads_to()?;
        let mut broken = Vec::new();
        if !relayed.starts_with("/account") {
            return Err(Failed(format!("the relayed code led to {relayed}: the drill tried nothing")));
        }
        thief.open(world, "/account/authenticators/recovery-codes")?;
        thief.post(world, "/account/authenticators/recovery-codes", &[])?;
        world.pass(MINUTE * 15)?;
        let told = world.notices()?;
        for mailbox in [OWNER, SECOND] {
            if !told.iter().any(|mail| mail.to == mailbox) {
                broken.push(format!(
                    "nobody told {mailbox} of a sign-in from a new browser or of what it left"
                ));
            }
        }
        // The owner reads that, and takes back the last hour.
        prove(world, &mut owner, "/account/undo?span=hour")?;
        let page = owner.open(world, "/account/undo?span=hour")?;
        let (since, plan) = (page.field("since").unwrap_or_default(), page.field("plan").unwrap_or_default());
        let done = owner.post(world, "/account/undo", &[("since", &since), ("plan", &plan)])?;
        if !done.leads_to().is_ok_and(|leads| leads.starts_with("/account/undo?done=")) {
            broken.push(format!("undoing the last hour was answered: {}", done.text()));
        }
        if thief.open(world, "/account")?.leads_to().is_err() {
            broken.push("the stranger is still signed in".to_owned());
        }
        let ways = owner.open(world, "/account/authenticators")?.text();
        if !ways.contains("No recovery codes") && ways.contains("10 are left") {
            broken.push("the stranger's recovery codes still work".to_owned());
        }
        let what = "a session for a quarter of an hour, and nothing that outlives it: a code can be relayed, which is why a \
                    passkey is asked for first where there is one";
        Ok(Played {
            got: Got::Little(what.to_owned()),
            saw: summed_up(everything(world, &mut owner)?),
            broken,
        })
    },
};

pub(super) const OTHER_SITE: Attack = Attack {
    id: "other-site",
    rows: &[47],
    title: "a page of another site sends our forms from the owner's own browser",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let before = world.events()?.len();
        let mut broken = Vec::new();
        for (path, fields) in [
            ("/sign-in", &[("address", "mallory@example.com")][..]),
            ("/sign-out", &[][..]),
            ("/account/addresses", &[("address", "mallory@example.com"), ("role", "sign-in")][..]),
            ("/account/authenticators/recovery-codes", &[][..]),
            ("/account/undo", &[("span", "month"), ("plan", "x")][..]),
        ] {
            let answer = owner.post_from(world, "https://prize.example", path, fields)?;
            if answer.leads_to().is_ok_and(|leads| !leads.starts_with("/account/confirm")) {
                broken.push(format!("{path} did what another site wanted"));
            }
        }
        if world.events()?.len() != before {
            broken.push("something came of it".to_owned());
        }
        if owner.open(world, "/account")?.leads_to().is_ok() {
            broken.push("the owner was signed out".to_owned());
        }
        let why = "a form of another site is refused, whatever the browser sends with it".to_owned();
        Ok(Played { got: Got::Nothing(why), saw: outcome::saw(world, &mut owner)?, broken })
    },
};

pub(super) const NOT_ME_ABUSED: Attack = Attack {
    id: "not-me-abused",
    rows: &[40],
    title: "somebody presses \"I did not ask for this\" in a mail that was forwarded, to shut the owner out",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut asking = world.browser(AWAY);
        ask(world, &mut asking, OWNER)?;
        let link = world.mails().iter().rev().find_map(|mail| mail.link("/not-me/"));
        let link = link.ok_or_else(|| Failed("no mail has a link against it".to_owned()))?;
        let mut reader = world.browser(AWAY);
        for _ in 0..3 {
            reader.open(world, &link)?;
            reader.post(world, &link, &[])?;
        }
        world.pass(MINUTE)?;
        let mut broken = Vec::new();
        if owner.open(world, "/account")?.leads_to().is_ok() {
            broken.push("the owner was signed out by it".to_owned());
        }
        owner.post(world, "/sign-out", &[])?;
        let mut known = owner.clone();
        let (path, _) = ask(world, &mut known, OWNER)?;
        let code = world.code_for(OWNER)?;
        if !known
            .post(world, &path, &[("code", &code)])?
            .leads_to()
            .is_ok_and(|leads| leads.starts_with("/account"))
        {
            broken.push("the owner is not let in from the browser that is known".to_owned());
        }
        let mut stranger = world.browser(HOME);
        let before = outcome::codes(world)?.len();
        ask(world, &mut stranger, OWNER)?;
        if outcome::codes(world)?.len() != before {
            broken.push("strangers still make codes leave".to_owned());
        }
        let why = "it ends that one request and keeps strangers from causing mails for a while; the browser that is known \
                   signs in as ever";
        let saw = summed_up(everything(world, &mut known)?);
        if !saw.iter().any(|saw| saw.place == Where::Activity) {
            broken.push("nothing of it is on the record".to_owned());
        }
        Ok(Played { got: Got::Nothing(why.to_owned()), saw, broken })
    },
};
