//! Approvals rained on somebody (rows 15 to 18).

use std::time::Duration;

use super::super::Attack;
use super::super::browser::{Browser, Page};
use super::super::key::Key;
use super::super::told::{Got, Played, Saw, Where};
use super::super::world::{AWAY, HOME, OWNER, SECOND as MAILBOX, World};
use super::codes::{everything, nothing_set, summed_up};
use super::devices::ready;
use crate::Failed;

const APPROVERS: &str = "/account/authenticators/approvers";
const PASSWORD: &str = "wander quietly beneath seventeen lanterns";
const SECOND: Duration = Duration::from_secs(1);
/// How often the stranger asks.
const TIMES: usize = 40;

/// How many of those an owner is shown in a day.
const ASKED: usize = 10;

/// The owner's telephone.
struct Phone {
    browser: Browser,
    key: Key,
}

impl Phone {
    /// One that reads the code from the owner's screen, at home.
    fn enrolled(world: &World, owner: &mut Browser) -> Result<Self, Failed> {
        owner.open(world, APPROVERS)?;
        owner.post(world, APPROVERS, &[])?.leads_to()?;
        let shown = owner.open(world, APPROVERS)?;
        let href = shown.element("class=\"net\"", "<").unwrap_or_default();
        let path = href.replace(world.url(), "");
        let mut phone = Self { browser: world.browser(HOME), key: Key::new(world.url())? };
        let page = phone.browser.open(world, &path)?;
        let made = phone.key.make(&options(&page)?)?;
        let challenge = page.field("challenge").unwrap_or_default();
        let fields = [("challenge", challenge.as_str()), ("credential", &made), ("name", "Ada's phone")];
        phone.browser.post(world, &path, &fields)?.leads_to()?;
        Ok(phone)
    }

    /// The questions that its page shows, by where they are answered.
    fn questions(&mut self, world: &World) -> Result<Vec<String>, Failed> {
        let page = self.browser.open(world, "/approve")?;
        let all = page.content().split("action=\"/approve/").skip(1);
        let all = all.filter_map(|rest| rest.split_once("/deny\"").map(|(id, _)| id.to_owned()));
        Ok(all.filter(|id| id.len() == 36).collect())
    }

    /// Types a number, and confirms it.
    fn answers(&mut self, world: &World, (id, number): (&str, &str)) -> Result<String, Failed> {
        self.browser.post(world, &format!("/approve/{id}/open"), &[])?.leads_to()?;
        self.browser.open(world, &format!("/approve/{id}"))?;
        let page = self.browser.post(world, &format!("/approve/{id}/number"), &[("number", number)])?;
        let signed = self.key.sign(&options(&page)?)?;
        let challenge = page.field("challenge").unwrap_or_default();
        let fields = [("challenge", challenge.as_str()), ("credential", &signed), ("number", number)];
        self.browser.post(world, &format!("/approve/{id}/answer"), &fields)?.leads_to()
    }
}

fn options(page: &Page) -> Result<String, Failed> {
    page.attribute("data-options").ok_or_else(|| Failed(format!("no form for a key: {}", page.text())))
}

/// The stranger types the password; where the page with the number is.
fn ask(world: &World, browser: &mut Browser) -> Result<String, Failed> {
    browser.open(world, "/sign-in/password")?;
    let fields = [("address", OWNER), ("password", PASSWORD)];
    browser.post(world, "/sign-in/password", &fields)?.leads_to()
}

/// The owner at home, with a password and a telephone that approves.
fn with_phone(world: &mut World) -> Result<(Browser, Phone), Failed> {
    let mut owner = ready(world)?;
    owner.open(world, "/account/authenticators/password")?;
    owner.post(world, "/account/authenticators/password", &[("new", PASSWORD)])?.leads_to()?;
    let phone = Phone::enrolled(world, &mut owner)?;
    Ok((owner, phone))
}

fn take(world: &World, browser: &mut Browser, page: &str) -> Result<bool, Failed> {
    browser.open(world, page)?;
    let led = browser.post(world, &format!("{page}/take"), &[])?.leads_to()?;
    Ok(led.starts_with("/account"))
}

pub(super) const RELAYED_NUMBER: Attack = Attack {
    id: "number-relayed",
    rows: &[17],
    title: "a page that looks like ours asks for the password, shows the number of the stranger's screen, and the owner types it",
    settings: nothing_set,
    play: |world| {
        let (mut owner, mut phone) = with_phone(world)?;
        world.pass(SECOND * 60)?;
        world.tick();
        world.began = world.now();
        let mut stranger = world.browser(AWAY);
        let page = ask(world, &mut stranger)?;
        let number = stranger.open(world, &page)?.element("<bdi dir=\"ltr\"", "<").unwrap_or_default();
        let waiting = phone.questions(world)?;
        let id = waiting.first().ok_or_else(|| Failed("the telephone shows no question".to_owned()))?;
        let after = world.now().since(world.began);
        let what = phone.browser.open(world, "/approve")?.element("class=\"lead\"", "<").unwrap_or_default();
        let mut saw = vec![Saw { after, place: Where::Page, what }];
        let led = phone.answers(world, (id, &number))?;
        if !led.ends_with("notice=approved") || !take(world, &mut stranger, &page)? {
            return Err(Failed(format!("the relayed number led to {led}: the drill tried nothing")));
        }
        let mut broken = Vec::new();
        for (path, fields) in WANTED {
            stranger.open(world, "/account")?;
            let answer = stranger.post(world, path, fields)?;
            if !answer.leads_to().is_ok_and(|leads| leads.starts_with("/account/confirm?")) {
                broken.push(format!("{path} was answered {} by a relayed approval", answer.status()));
            }
        }
        world.pass(SECOND * 900)?;
        for mailbox in [OWNER, MAILBOX] {
            if !world.notices()?.iter().any(|mail| mail.to == mailbox) {
                broken.push(format!("nobody told {mailbox} of a sign-in in a new browser"));
            }
        }
        // The owner reads that, signs in anew in the browser that is known, and ends it.
        owner.open(world, "/account")?;
        owner.post(world, "/sign-out", &[])?;
        let page = ask(world, &mut owner)?;
        let number = owner.open(world, &page)?.element("<bdi dir=\"ltr\"", "<").unwrap_or_default();
        if let Some(id) = phone.questions(world)?.first() {
            phone.answers(world, (id, &number))?;
        }
        if !take(world, &mut owner, &page)? {
            broken.push("the owner does not get in by the telephone".to_owned());
        }
        owner.open(world, "/account/sessions")?;
        owner.post(world, "/account/sessions/end-others", &[])?.leads_to()?;
        if stranger.open(world, "/account")?.leads_to().is_err() {
            broken.push("the stranger is still signed in".to_owned());
        }
        let what = "a look at the pages of the account until the owner ended it: an approval that may have been relayed decides nothing";
        saw.extend(summed_up(everything(world, &mut owner)?));
        Ok(Played { got: Got::Little(what.to_owned()), saw, broken })
    },
};

/// What decides over an account.
const WANTED: [(&str, &[(&str, &str)]); 4] = [
    ("/account/authenticators/recovery-codes", &[]),
    ("/account/addresses", &[("address", "mallory@example.com"), ("role", "sign-in")]),
    ("/account/data", &[]),
    ("/account/sessions/end-others", &[]),
];

pub(super) const PROMPT_BOMBING: Attack = Attack {
    id: "prompt-bombing",
    rows: &[15, 16, 18],
    title: "a stranger who has the password asks for 40 approvals within the hour, until the owner says yes to be left in peace",
    settings: nothing_set,
    play: |world| {
        let (_, mut phone) = with_phone(world)?;
        world.pass(SECOND)?;
        world.began = world.now();
        let (mut broken, mut most, mut shown, mut saw) = (Vec::new(), 0, 0, Vec::new());
        let mut stranger = world.browser(AWAY);
        for time in 0..TIMES {
            let page = ask(world, &mut stranger)?;
            let waiting = phone.questions(world)?;
            most = most.max(waiting.len());
            shown += waiting.len();
            match (waiting.first(), time) {
                (Some(id), 0) => {
                    let after = world.now().since(world.began);
                    let what = phone.browser.open(world, "/approve")?.element("class=\"lead\"", "<");
                    saw.push(Saw { after, place: Where::Page, what: what.unwrap_or_default() });
                    phone.browser.post(world, &format!("/approve/{id}/deny"), &[])?;
                }
                // Worn down: a number, so that it ends.
                (Some(id), 4 | 7) => {
                    let led = phone.answers(world, (id, "000000"))?;
                    if !led.ends_with("notice=wrong") {
                        broken.push(format!("a number that nobody read led to {led}"));
                    }
                }
                _ => {}
            }
            if take(world, &mut stranger, &page)? {
                broken.push("the stranger is in".to_owned());
            }
            world.pass(SECOND * 85)?;
        }
        if most > 1 {
            broken.push(format!("{most} questions waited at once"));
        }
        if shown != ASKED {
            broken.push(format!(
                "the telephone showed {shown} questions of a stranger in an hour, and not {ASKED}"
            ));
        }
        let rung = world.events()?.iter().filter(|event| event.kind.name() == "doorbell_rung").count();
        if rung > 0 {
            broken.push(format!("the telephone rang {rung} times"));
        }
        // The owner asks in their own browser meanwhile: that one comes first.
        ask(world, &mut stranger)?;
        let mut owner = world.owner()?;
        owner.open(world, "/account")?;
        owner.post(world, "/sign-out", &[])?;
        let page = ask(world, &mut owner)?;
        let number = owner.open(world, &page)?.element("<bdi dir=\"ltr\"", "<").unwrap_or_default();
        let waiting = phone.questions(world)?;
        let led = match waiting.first() {
            Some(id) => phone.answers(world, (id, &number))?,
            None => String::new(),
        };
        if !led.ends_with("notice=approved") || !take(world, &mut owner, &page)? {
            broken.push("the owner does not get in by the telephone meanwhile".to_owned());
        }
        saw.extend(summed_up(everything(world, &mut owner)?));
        let why = format!(
            "{TIMES} times nothing rang; {ASKED} questions were shown, one at a time, and then no more that day; a number that was not read \
             from the stranger's screen opened nothing"
        );
        Ok(Played { got: Got::Nothing(why), saw, broken })
    },
};
