//! Codes that nobody asked for, guessed, flooded and stolen; and what a copied token or cookie is worth (rows 1 to 12, 30, 37
//! and 39).

use std::time::Duration;

use model::event::{Event, EventKind, WrongBecause};

use super::super::Attack;
use super::super::browser::{Browser, Page};
use super::super::kit::Kit;
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, OWNER, World};
use super::devices::{paired, pairing, ready};
use super::outcome;
use crate::Failed;

pub(super) const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn nothing_set() -> String {
    String::new()
}

/// Somewhere on the network; another place for each number.
pub(super) fn network(number: u32) -> String {
    let [_, _, a, b] = number.to_be_bytes();
    format!("81.2.{a}.{b}")
}

/// The number-th guess.
pub(super) fn guess(number: u32) -> String {
    let mut rest = usize::try_from(number).unwrap_or(0);
    let letter = |_| {
        let letters = wire::base20::ALPHABET;
        let letter = letters.get(rest % letters.len()).copied().unwrap_or('B');
        rest /= letters.len();
        letter
    };
    (0..8).map(letter).collect()
}

/// Opens the sign-in page and asks for a code, which is mailed at once; the page where it is typed.
pub(super) fn ask(world: &mut World, browser: &mut Browser, address: &str) -> Result<(String, Page), Failed> {
    ask_with(world, browser, &[("address", address)])
}

/// The same with everything that is typed on that page.
pub(super) fn ask_with(
    world: &mut World,
    browser: &mut Browser,
    typed: &[(&str, &str)],
) -> Result<(String, Page), Failed> {
    browser.open(world, "/sign-in")?;
    let path = browser.post(world, "/sign-in", typed)?.leads_to()?;
    world.post()?;
    let page = browser.open(world, &path)?;
    Ok((path, page))
}

/// One request each for 40 addresses, from 40 networks; `owner` says which of them is for the one that has an account. What of it
/// is broken: answers that are not the same for everybody.
pub(super) fn spray(world: &mut World, owner: impl Fn(u32) -> bool) -> Result<Vec<String>, Failed> {
    let mut answers = Vec::new();
    for number in 0..40 {
        let address = if owner(number) { OWNER.to_owned() } else { format!("ada{number}@example.org") };
        let mut browser = world.browser(&network(number));
        let (_, page) = ask(world, &mut browser, &address)?;
        let reference = page.element("class=\"reference\"", "<").unwrap_or_default();
        answers.push(page.text().replace(&address, "…").replace(&reference, "…"));
    }
    let other = answers.iter().find(|answer| Some(*answer) != answers.first());
    Ok(other.map(|other| format!("one answer is another: {other}")).into_iter().collect())
}

/// How many guesses were compared with a code that somebody was mailed. Where none was mailed there is none to be guessed.
pub(super) fn compared(world: &mut World) -> Result<usize, Failed> {
    world.post()?;
    let is_guess = |event: &Event| {
        matches!(event.kind, EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, .. })
            && world.mails().iter().any(|mail| mail.request.is_some() && mail.request == event.request)
    };
    Ok(world.events()?.iter().filter(|event| is_guess(event)).count())
}

/// What the owner saw, code mails included.
pub(super) fn everything(world: &mut World, owner: &mut Browser) -> Result<Vec<Saw>, Failed> {
    let mut saw = outcome::codes(world)?;
    saw.extend(outcome::saw(world, owner)?);
    saw.sort_by_key(|saw| saw.after);
    Ok(saw)
}

/// The same, but for lines that come again: the first of each, and how many there are.
pub(super) fn summed_up(all: Vec<Saw>) -> Vec<Saw> {
    let mut kept: Vec<(Saw, u32)> = Vec::new();
    for saw in all {
        match kept.iter_mut().find(|(one, _)| one.place == saw.place && one.what == saw.what) {
            Some((_, count)) => *count += 1,
            None => kept.push((saw, 1)),
        }
    }
    let told = |(saw, count): (Saw, u32)| match count {
        1 => saw,
        _ => Saw { what: format!("{} ({count} times)", saw.what), ..saw },
    };
    kept.into_iter().map(told).collect()
}

pub(super) const ENUMERATION: Attack = Attack {
    id: "enumeration",
    rows: &[1, 12],
    title: "one request each for 40 addresses, one of which has an account, from 40 networks",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut broken = spray(world, |number| number == 17)?;
        world.post()?;
        let strangers =
            world.mails().iter().filter(|mail| mail.to != OWNER && mail.at >= world.began).count();
        if strangers > 0 {
            broken.push(format!("{strangers} mails went to addresses without an account"));
        }
        let why = "all 40 answers are the same, and addresses without an account get no mail".to_owned();
        Ok(Played { got: Got::Nothing(why), saw: everything(world, &mut owner)?, broken })
    },
};

pub(super) const FLOOD: Attack = Attack {
    id: "mailbox-flood",
    rows: &[2],
    title: "240 requests for one address within a day, each from another network",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        flood(world, 240, MINUTE * 6)?;
        let codes = outcome::codes(world)?.len();
        let mut broken = Vec::new();
        if codes > 3 {
            broken.push(format!("{codes} codes were mailed in a day"));
        }
        let saw = summed_up(everything(world, &mut owner)?);
        if !saw.iter().any(|saw| saw.place == Where::Mail && !saw.what.contains("code")) && codes == 0 {
            broken.push("the owner was told nothing".to_owned());
        }
        Ok(Played {
            got: Got::Nothing(format!("{codes} mails of 240 left, and no more until the next day")),
            saw,
            broken,
        })
    },
};

fn flood(world: &mut World, requests: u32, each: Duration) -> Result<(), Failed> {
    for number in 0..requests {
        let mut browser = world.browser(&network(number));
        ask(world, &mut browser, OWNER)?;
        world.pass(each)?;
    }
    Ok(())
}

pub(super) const LOCKOUT: Attack = Attack {
    id: "flood-as-lockout",
    rows: &[3],
    title: "the address is flooded, so that its owner gets no code when she needs one",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        flood(world, 60, MINUTE)?;
        let before = outcome::codes(world)?.len();
        let mut known = owner.clone();
        known.post(world, "/sign-out", &[])?;
        let (path, _) = ask(world, &mut known, OWNER)?;
        let code = world.code_for(OWNER)?;
        let after = outcome::codes(world)?.len();
        let leads = known.post(world, &path, &[("code", &code)])?.leads_to().unwrap_or_default();
        let mut broken = Vec::new();
        if after != before + 1 || !leads.starts_with("/account") {
            broken.push("the owner got no code in a browser that is known".to_owned());
        }
        let why =
            "codes for browsers that are known have slots of their own: she signed in at once".to_owned();
        owner = known;
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const ASKING_AGAIN: Attack = Attack {
    id: "asking-again",
    rows: &[5, 6],
    title: "three wrong guesses, a new request, three more, 120 times over a day, from 120 networks",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut number = 0;
        for round in 0..120 {
            let mut browser = world.browser(&network(round));
            let (path, _) = ask(world, &mut browser, OWNER)?;
            for _ in 0..3 {
                browser.post(world, &path, &[("code", &guess(number))])?;
                number += 1;
            }
            world.pass(MINUTE * 12)?;
        }
        let compared = compared(world)?;
        let mut broken = Vec::new();
        if compared == 0 {
            broken.push("no guess met a code: the drill tried nothing".to_owned());
        }
        if compared > 9 {
            broken.push(format!("{compared} guesses were compared in a day: three codes allow nine"));
        }
        let chance = f64::from(u32::try_from(compared).unwrap_or(u32::MAX)) / 20_f64.powi(8);
        let why = format!("of 360 guesses {compared} were compared with a code: a chance of {chance:.1e}");
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const RACE: Attack = Attack {
    id: "thousand-at-once",
    rows: &[7],
    title: "a thousand guesses at one code, sent at the same moment",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut browser = world.browser(AWAY);
        let (path, _) = ask(world, &mut browser, OWNER)?;
        let guesses: Vec<String> = (0..1000).map(guess).collect();
        let answered = browser.post_all(world, &path, &guesses)?;
        let compared = compared(world)?;
        let mut broken = Vec::new();
        if compared == 0 {
            broken.push("no guess met a code: the drill tried nothing".to_owned());
        }
        if compared > 3 {
            broken.push(format!("{compared} guesses were compared"));
        }
        let why = format!(
            "{compared} of {answered} guesses were compared with the code: the others found it spent"
        );
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const WITHHELD: Attack = Attack {
    id: "withheld-code",
    rows: &[11],
    title: "a code is asked for and never used, so that no log shows an attempt",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut browser = world.browser(AWAY);
        ask(world, &mut browser, OWNER)?;
        world.pass(MINUTE * 11)?;
        let saw = everything(world, &mut owner)?;
        let mut broken = Vec::new();
        if !saw
            .iter()
            .any(|saw| saw.place == Where::Activity && saw.what.to_lowercase().contains("never used"))
        {
            broken.push("the request left no entry that says it was not used".to_owned());
        }
        let why = "the request stands on the owner's page, with where it came from, used or not".to_owned();
        Ok(Played { got: Got::Nothing(why), saw, broken })
    },
};

pub(super) const FOREIGN_BROWSER: Attack = Attack {
    id: "foreign-browser",
    rows: &[9, 10],
    title: "the owner asks for a code, reads it out to somebody, who types it in a browser of their own",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut asking = world.browser(HOME);
        let (own, _) = ask(world, &mut asking, OWNER)?;
        let code = world.code_for(OWNER)?;
        let mut thief = world.browser(AWAY);
        let (theirs, _) = ask(world, &mut thief, OWNER)?;
        let mut broken = Vec::new();
        for path in [&theirs, &own] {
            thief.open(world, path)?;
            let answer = thief.post(world, path, &[("code", &code)])?;
            if answer.leads_to().is_ok_and(|leads| leads.starts_with("/account")) {
                broken.push("the code let another browser in".to_owned());
            }
        }
        let why = "a code is half of a secret; the other half is in the browser that asked".to_owned();
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const SCANNER: Attack = Attack {
    id: "link-scanner",
    rows: &[39],
    title: "something opens every link of every mail twice before anybody reads it",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        let mut asking = world.browser(HOME);
        let (path, _) = ask(world, &mut asking, OWNER)?;
        let code = world.code_for(OWNER)?;
        let before = world.events()?.len();
        let mut scanner = world.browser(AWAY);
        let mut opened = 0;
        for mail in world.mails().to_vec() {
            for link in mail.links(world.url()) {
                scanner.open(world, &link)?;
                scanner.open(world, &link)?;
                opened += 2;
            }
        }
        let mut broken = Vec::new();
        if opened == 0 || world.events()?.len() != before {
            broken.push(format!("{opened} links opened changed something"));
        }
        if !asking
            .post(world, &path, &[("code", &code)])?
            .leads_to()
            .is_ok_and(|leads| leads.starts_with("/account"))
        {
            broken.push("the code does not work any more".to_owned());
        }
        let why = format!("{opened} links were opened; nothing changed, and the code still works");
        Ok(Played { got: Got::Nothing(why), saw: summed_up(everything(world, &mut owner)?), broken })
    },
};

pub(super) const TOKEN_THEFT: Attack = Attack {
    id: "token-theft",
    rows: &[29, 30],
    title: "the refresh token of a device is sold: once without its key, once with the whole file",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let (mut device, tokens) = paired(world, &mut owner)?;
        let (refresh, access) =
            (tokens.text("refresh_token").to_owned(), tokens.text("access_token").to_owned());
        let mut broken = Vec::new();
        let mut buyer = Kit::new("terminal", AWAY)?;
        if buyer.refreshes(world, &refresh)?.has_tokens()
            || buyer.with_token(world, "/oauth/userinfo", &access)?.status == 200
        {
            broken.push("tokens are worth something without the key".to_owned());
        }
        // Whoever has the whole file is a device like the other, until both have used the same token.
        let mut thief = device.copied_to(AWAY);
        let stolen = thief.refreshes(world, &refresh)?;
        world.pass(MINUTE)?;
        let next = thief.refreshes(world, stolen.text("refresh_token"))?;
        world.pass(MINUTE)?;
        device.refreshes(world, &refresh)?;
        world.pass(MINUTE)?;
        if thief.refreshes(world, next.text("refresh_token"))?.has_tokens() {
            broken.push("the copy lives on after the device has used its own".to_owned());
        }
        if !world.notices()?.iter().any(|mail| mail.to == OWNER) {
            broken.push("nobody told the owner".to_owned());
        }
        let what = "without the key nothing; with the whole file access until the device refreshed the next time, which ended both";
        Ok(Played {
            got: Got::Little(what.to_owned()),
            saw: summed_up(outcome::saw(world, &mut owner)?),
            broken,
        })
    },
};

pub(super) const COOKIE_THEFT: Attack = Attack {
    id: "cookie-theft",
    rows: &[27, 37],
    title: "the cookies of the owner's browser are copied, and used from elsewhere an hour later",
    settings: nothing_set,
    play: |world| {
        let mut owner = ready(world)?;
        world.pass(MINUTE * 60)?;
        let mut thief = owner.copied_to(AWAY);
        thief.open(world, "/account")?;
        let mut broken = Vec::new();
        for (path, fields) in [
            ("/account/addresses", &[("address", "mallory@example.com"), ("role", "sign-in")][..]),
            ("/account/authenticators/recovery-codes", &[][..]),
            ("/account/devices/pair", &[][..]),
        ] {
            let answer = thief.post(world, path, fields)?;
            if !answer.leads_to().is_ok_and(|leads| leads.starts_with("/account/confirm")) {
                broken.push(format!("{path} asked for no fresh proof"));
            }
        }
        let what = "a look at the pages of the account until the session ends; nothing that lasts without a fresh proof";
        Ok(Played { got: Got::Little(what.to_owned()), saw: outcome::saw(world, &mut owner)?, broken })
    },
};
