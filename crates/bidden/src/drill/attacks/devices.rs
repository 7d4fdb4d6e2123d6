//! Devices in somebody else's hands: the variants of device-code phishing, against pairing and against RFC 8628 (rows 20 to 28
//! and 36).

use std::time::Duration;

use super::super::Attack;
use super::super::browser::{Browser, Page};
use super::super::kit::{DEVICE, Kit, Told};
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, World};
use super::outcome;
use crate::Failed;

const PAIR: &str = "/account/devices/pair";
const SECOND: Duration = Duration::from_secs(1);

fn client(id: &str, more: &str) -> String {
    format!(
        "[[clients]]\nid = \"{id}\"\nname = \"Harbour Radio\"\nauthentication = \"none\"\n\
         grant_types = [\"{DEVICE}\", \"refresh_token\"]\nscopes = [\"openid\", \"offline_access\", \"mail.read\"]\n\
         tokens = \"opaque\"\n{more}\n"
    )
}

/// As it is by default: devices are paired by their owner.
pub(super) fn pairing() -> String {
    client("terminal", "dpop_bound = true")
}

/// Where an operator has switched codes on that devices show.
fn codes() -> String {
    let own =
        client("tv", "dpop_bound = true\nuser_code_scopes = [\"openid\", \"offline_access\", \"mail.read\"]");
    format!("[provider]\ndevice_authorization = \"on\"\n\n{own}")
}

pub(super) const LURE_WHILE_OFF: Attack = Attack {
    id: "lure-by-default",
    rows: &[20],
    title: "a stranger starts a device sign-in, to send its code to many people",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let mut kit = Kit::new("terminal", AWAY)?;
        let told = kit.asks(world)?;
        let metadata = world.browser(AWAY).open(world, "/.well-known/oauth-authorization-server")?;
        let mut broken = Vec::new();
        if told.status != 404 {
            broken.push(format!("the stranger was answered {}", told.status));
        }
        if metadata.has("device_authorization_endpoint") {
            broken.push("the metadata speak of the endpoint".to_owned());
        }
        let got = Got::Nothing("there is no such endpoint, and so no code to send to anybody".to_owned());
        Ok(Played { got, saw: outcome::saw(world, &mut owner)?, broken })
    },
};

pub(super) const LURE: Attack = Attack {
    id: "lure-followed",
    rows: &[20, 25, 26, 27],
    title: "codes are switched on; the owner types a stranger's code, proves who they are, and says yes",
    settings: codes,
    play: |world| {
        let mut owner = ready(world)?;
        let mut kit = Kit::new("tv", AWAY)?;
        let begun = kit.asks(world)?;
        owner.open(world, "/device")?;
        let asked = owner.post(world, "/device", &[("user_code", begun.text("user_code"))])?.leads_to()?;
        world.pass(SECOND)?;
        prove(world, &mut owner, &asked)?;
        let question = owner.open(world, &asked)?;
        let page = seen(world, &question);
        owner.post(world, &asked, &[("answer", "allow")])?.leads_to()?;
        fell(world, (&mut kit, begun.text("device_code")), (&mut owner, page))
    },
};

pub(super) const MINTED: Attack = Attack {
    id: "minted-at-click",
    rows: &[21, 28],
    title: "a page mints a code the moment that somebody opens it; then codes are tried out",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let mut kit = Kit::new("terminal", AWAY)?;
        let mut broken = Vec::new();
        if kit.asks(world)?.status != 404 {
            broken.push("a code was minted".to_owned());
        }
        let (mut tried, mut held) = (0, false);
        while !held && tried < 100 {
            let code: String =
                (0..12).map(|letter| if (tried + letter) % 3 == 0 { 'B' } else { 'C' }).collect();
            let told = kit.brings(world, &code)?;
            tried += 1;
            held = told.error() == Some("slow_down");
            if told.status == 200 {
                broken.push(format!("{code} opened something"));
            }
        }
        if !held {
            broken.push("codes can be tried without end".to_owned());
        }
        let why =
            format!("no window is open, so no code exists; after {tried} tries the network is held back");
        Ok(Played { got: Got::Nothing(why), saw: outcome::saw(world, &mut owner)?, broken })
    },
};

pub(super) const HANDED_OVER: Attack = Attack {
    id: "handed-over",
    rows: &[22],
    title: "a stranger's browser types the code, and the page that asks is handed to the owner",
    settings: codes,
    play: |world| {
        let mut owner = ready(world)?;
        let mut mallory = world.join("mallory@example.com", AWAY)?;
        let mut kit = Kit::new("tv", AWAY)?;
        let begun = kit.asks(world)?;
        mallory.open(world, "/device")?;
        let asked = mallory.post(world, "/device", &[("user_code", begun.text("user_code"))])?.leads_to()?;
        let mut broken = Vec::new();
        let leads = owner.open(world, &asked)?.leads_to()?;
        if !leads.starts_with("/device?gone") {
            broken.push(format!("the page of another browser led to {leads}"));
        }
        owner.open(world, &leads)?;
        // The owner presses yes all the same, by hand.
        owner.post(world, &asked, &[("answer", "allow")])?.leads_to()?;
        let polled = poll(world, &mut kit, begun.text("device_code"))?;
        let got =
            nothing(&polled, "the page that asks belongs to the browser which typed the code", &mut broken);
        Ok(Played { got, saw: outcome::saw(world, &mut owner)?, broken })
    },
};

pub(super) const ONE_CLICK: Attack = Attack {
    id: "one-click",
    rows: &[23, 24],
    title: "the owner is signed in, opens the complete address three times, and presses the button",
    settings: codes,
    play: |world| {
        let mut owner = ready(world)?;
        let mut kit = Kit::new("tv", AWAY)?;
        let begun = kit.asks(world)?;
        let complete = begun.text("verification_uri_complete").replace(world.url(), "");
        let mut broken = Vec::new();
        for _ in 0..3 {
            owner.open(world, &complete)?;
        }
        if kit.polls(world, begun.text("device_code"))?.has_tokens() {
            broken.push("opening the address let the device in".to_owned());
        }
        let asked = owner.post(world, "/device", &[("user_code", begun.text("user_code"))])?.leads_to()?;
        let question = owner.open(world, &asked)?;
        let saw_page = seen(world, &question);
        // There is no yes to press before a fresh proof; one is sent by hand.
        let leads = owner.post(world, &asked, &[("answer", "allow")])?.leads_to()?;
        if !leads.starts_with("/account/confirm") {
            broken.push(format!("a yes without a proof led to {leads}"));
        }
        let polled = poll(world, &mut kit, begun.text("device_code"))?;
        let got = nothing(&polled, "there is no yes without a fresh proof of who is there", &mut broken);
        let mut saw = vec![saw_page];
        saw.extend(outcome::saw(world, &mut owner)?);
        Ok(Played { got, saw, broken })
    },
};

pub(super) const SAME_CITY: Attack = Attack {
    id: "same-city-proxy",
    rows: &[25, 26, 27],
    title: "the owner is talked into a window, its code, and the digits; the device sits behind a proxy in the same city",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let (mut kit, code) = (Kit::new("terminal", AWAY)?, window(world, &mut owner)?);
        let begun = kit.brings(world, &code)?;
        let page = seen(world, &owner.open(world, PAIR)?);
        confirm(world, &mut owner, begun.text("confirmation"))?;
        let mut played = fell(world, (&mut kit, begun.text("device_code")), (&mut owner, page))?;
        if !played.saw.iter().any(|saw| saw.place == Where::Page && saw.what.contains("In another network")) {
            played.broken.push("the page took a proxy in the same city for a device nearby".to_owned());
        }
        Ok(played)
    },
};

pub(super) const READ_OUT: Attack = Attack {
    id: "code-read-out",
    rows: &[36],
    title: "the owner reads a pairing code out on the telephone, and is told digits that were guessed",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        let (mut kit, code) = (Kit::new("terminal", AWAY)?, window(world, &mut owner)?);
        let begun = kit.brings(world, &code)?;
        let page = seen(world, &owner.open(world, PAIR)?);
        let right = begun.text("confirmation").to_owned();
        for guess in ["0000", "1234", "1111", "2580"].iter().filter(|guess| **guess != right).take(3) {
            confirm(world, &mut owner, guess)?;
        }
        let polled = poll(world, &mut kit, begun.text("device_code"))?;
        let mut broken = Vec::new();
        if polled.error() != Some("access_denied") {
            broken.push(format!("after three wrong digits the device was told {:?}", polled.error()));
        }
        let got = nothing(
            &polled,
            "three wrong digits end it; a guess is right once in 3,333 windows",
            &mut broken,
        );
        let mut saw = vec![page];
        saw.extend(outcome::saw(world, &mut owner)?);
        Ok(Played { got, saw, broken })
    },
};

pub(super) const RELAYED: Attack = Attack {
    id: "digits-relayed",
    rows: &[36, 26, 27],
    title: "a page of the stranger's asks for the code in the owner's own browser, and relays the digits live",
    settings: pairing,
    play: |world| {
        let mut owner = ready(world)?;
        // The page runs where the owner is; what it got is then used from elsewhere.
        let (mut lure, code) =
            (Kit::new("terminal", HOME)?.on_a_page("https://tv-setup.example"), window(world, &mut owner)?);
        let begun = lure.brings(world, &code)?;
        let page = seen(world, &owner.open(world, PAIR)?);
        confirm(world, &mut owner, begun.text("confirmation"))?;
        let mut kit = lure.moved_to(AWAY);
        fell(world, (&mut kit, begun.text("device_code")), (&mut owner, page))
    },
};

/// The owner at home, a moment after signing in: whatever follows is the attack.
pub(super) fn ready(world: &mut World) -> Result<Browser, Failed> {
    let owner = world.owner()?;
    world.pass(SECOND * 5)?;
    world.tick();
    world.began = world.now();
    Ok(owner)
}

/// Opens a window; its code.
pub(super) fn window(world: &World, owner: &mut Browser) -> Result<String, Failed> {
    owner.open(world, PAIR)?;
    owner.post(world, PAIR, &[])?.leads_to()?;
    let page = owner.open(world, PAIR)?;
    page.element("class=\"pairing-code\"", "</p>")
        .ok_or_else(|| Failed(format!("no window opened: {}", page.text())))
}

/// Says yes on the page of the window, with these digits.
pub(super) fn confirm(world: &World, owner: &mut Browser, digits: &str) -> Result<Page, Failed> {
    owner.post(world, &format!("{PAIR}/answer"), &[("answer", "confirm"), ("digits", digits)])
}

/// A device that the owner has let in at home, and its first tokens.
pub(super) fn paired(world: &mut World, owner: &mut Browser) -> Result<(Kit, Told), Failed> {
    let (mut device, code) = (Kit::new("terminal", HOME)?, window(world, owner)?);
    let begun = device.brings(world, &code)?;
    confirm(world, owner, begun.text("confirmation"))?;
    let tokens = poll(world, &mut device, begun.text("device_code"))?;
    if !tokens.has_tokens() {
        return Err(Failed(format!("the device was told {:?}: the drill tried nothing", tokens.error())));
    }
    Ok((device, tokens))
}

/// Proves once more who is there, by a code that is mailed.
pub(super) fn prove(world: &mut World, owner: &mut Browser, back: &str) -> Result<(), Failed> {
    owner.open(world, &format!("/account/confirm?{}", wire::form::encode([("to", back)])))?;
    let page = owner.post(world, "/account/confirm/code", &[("to", back)])?.leads_to()?;
    let code = world.code_for(super::super::world::OWNER)?;
    let to = owner.open(world, &page)?.field("to").unwrap_or_default();
    owner.post(world, &page, &[("code", &code), ("to", &to)])?.leads_to().map(|_| ())
}

/// What the page says from where the device asks.
fn seen(world: &World, page: &Page) -> Saw {
    let after = world.now().since(world.began);
    let near = page.element("class=\"note between", "</p>").unwrap_or_else(|| page.text());
    Saw { after, place: Where::Page, what: near }
}

fn poll(world: &mut World, kit: &mut Kit, code: &str) -> Result<Told, Failed> {
    world.pass(SECOND * 6)?;
    kit.polls(world, code)
}

/// Nothing, unless there are tokens all the same.
fn nothing(polled: &Told, why: &str, broken: &mut Vec<String>) -> Got {
    if polled.has_tokens() {
        broken.push("the device got tokens".to_owned());
        return Got::Everything(format!("tokens with `{}`", polled.text("scope")));
    }
    Got::Nothing(why.to_owned())
}

/// The owner fell for it. What the device has by that, what it cannot do, and that one click in a mail ends it.
fn fell(
    world: &mut World,
    (kit, code): (&mut Kit, &str),
    seen: (&mut Browser, Saw),
) -> Result<Played, Failed> {
    let tokens = poll(world, kit, code)?;
    has(world, (kit, &tokens), seen)
}

/// What somebody has by tokens that the owner was talked into giving.
pub(super) fn has(
    world: &mut World,
    (kit, tokens): (&mut Kit, &Told),
    (owner, page): (&mut Browser, Saw),
) -> Result<Played, Failed> {
    let scope = tokens.text("scope").to_owned();
    let mut broken = Vec::new();
    if !tokens.has_tokens() {
        return Err(Failed(format!("the owner said yes, and the client was told {:?}", tokens.error())));
    }
    if scope.contains("mail.read") {
        broken.push("it may read mail before anybody confirmed it".to_owned());
    }
    broken.extend(outcome::worth(world, kit, tokens)?);
    // The quiet period begins when the mails have left.
    let notices = world.notices()?;
    let until = outcome::quiet_until(world)?;
    for mailbox in [super::super::world::OWNER, super::super::world::SECOND] {
        if !notices.iter().any(|mail| mail.to == mailbox) {
            broken.push(format!("nobody told {mailbox}"));
        }
    }
    // The owner reads the mail a quarter of an hour later, and presses the button behind its link.
    world.pass(SECOND * 900)?;
    let link = notices.iter().find_map(|mail| mail.link("/app/"));
    let mut reader = world.browser(HOME);
    match &link {
        None => broken.push("no mail has a link by which it ends".to_owned()),
        Some(link) => {
            reader.open(world, link)?;
            reader.post(world, link, &[])?;
        }
    }
    let refreshed = kit.refreshes(world, tokens.text("refresh_token"))?;
    let asked = kit.with_token(world, "/oauth/userinfo", tokens.text("access_token"))?;
    if refreshed.has_tokens() || asked.status == 200 {
        broken.push("after the click it is still in".to_owned());
    }
    let got = Got::Provisional {
        scope,
        until,
        after: "One click in a mail, a quarter of an hour later, ended it.".to_owned(),
    };
    let mut saw = vec![page];
    saw.extend(outcome::saw(world, owner)?);
    Ok(Played { got, saw, broken })
}
