//! Usual days, and what is unusual about them without being an attack: the hard negatives of detection.md.
//!
//! Offices behind few addresses, the Monday after passwords expired, telephones between house, mast and office, rooms that are
//! signed in from a desk, developers in clouds, mail programs with an old password, prompts that do not arrive, journeys, the
//! organisation's tunnel and private ones, new computers, new colleagues, programs with a password of their own.

use super::chance::Chance;
use super::draft::{Change, Deed, Detail, Draft, Line, Protocol, Token};
use super::people::{People, Person, Role};
use super::world::{Agent, App, DAILY_APPS, DAILY_RESOURCES, Net, Resource, TUNNELS, place};
use model::time::{DAY, HOUR, MINUTE, SECOND};

/// What somebody does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A day begins.
    Day,
    /// At the desk.
    Work,
    /// The telephone, in a pocket.
    Phone,
    /// A mail program with an old password.
    Stale,
    /// A developer in a cloud, with a device code.
    Cloud,
}

/// Somebody's next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) at: i64,
    pub(crate) user: u32,
    pub(crate) step: Step,
}

/// Where a step puts what it does, and what comes after it.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) lines: Vec<Line>,
    pub(crate) turns: Vec<Turn>,
}

impl Out {
    fn sign_in(&mut self, draft: Draft) {
        self.lines.push(Line::SignIn(draft));
    }

    fn next(&mut self, at: i64, user: u32, step: Step) {
        self.turns.push(Turn { at, user, step });
    }
}

/// The first steps of everybody, from a midnight on.
pub(crate) fn beginnings(people: &People, from: i64, out: &mut Out) {
    let mut chance = Chance::new(people.seed, 2);
    for user in 0..people.many() {
        let person = people.get(user);
        let zone = place(person.place).ahead * HOUR;
        out.next(from - zone + person.begins * MINUTE, user, Step::Day);
        if !matches!(person.role, Role::Room | Role::Script) {
            out.next(from + chance.between(0, 4 * HOUR), user, Step::Phone);
        }
        if person.role == Role::Developer && person.coded {
            out.next(from + chance.between(8 * HOUR, 10 * DAY), user, Step::Cloud);
        }
    }
}

/// Takes somebody's step.
pub(crate) fn step(people: &mut People, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let mut person = people.get(turn.user);
    match turn.step {
        Step::Day => day(people, &mut person, turn, chance, out),
        Step::Work => work(people, &mut person, turn, chance, out),
        Step::Phone => phone(people, &mut person, turn, chance, out),
        Step::Stale => stale(&mut person, turn, chance, out),
        Step::Cloud => cloud(&mut person, turn, chance, out),
    }
    people.put(turn.user, person);
}

/// Which day of the week it is where somebody lives, 0 being Monday.
fn weekday(at: i64, person: &Person) -> i64 {
    let local = at + place(person.place).ahead * HOUR;
    // The epoch was a Thursday.
    (local.div_euclid(DAY) + 3).rem_euclid(7)
}

fn day(people: &People, person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let (user, at) = (turn.user, turn.at);
    let today = weekday(at, person);
    out.next(at + DAY + chance.between(-20 * MINUTE, 20 * MINUTE), user, Step::Day);
    match person.role {
        Role::Room => return room(people, person, turn, chance, out),
        Role::Script => return script(person, turn, chance, out),
        Role::Office | Role::Remote | Role::Developer => {}
    }
    if today >= 5 && !chance.in_thousand(120) || chance.in_thousand(40) {
        return;
    }
    whereabouts(people, person, at, chance);
    person.until = at + chance.between(7 * HOUR, 10 * HOUR);
    if person.session_until < at || chance.in_thousand(350) {
        person.session = chance.next() | 1;
        person.session_until = at + chance.between(DAY, 5 * DAY);
        by_hand(person, (user, at), today == 0, chance, out);
    }
    out.next(at + chance.between(5 * MINUTE, 60 * MINUTE), user, Step::Work);
    if chance.in_thousand(6) && !person.phone.is_phone() || chance.in_thousand(4) {
        person.repeats = u8::try_from(chance.below(60)).unwrap_or(0).saturating_add(6);
        out.next(at + chance.between(HOUR, 6 * HOUR), user, Step::Stale);
    }
    if chance.in_thousand(2) {
        new_computer(person, (user, at + 2 * HOUR), chance, out);
    }
    if chance.in_thousand(3) {
        let consent = correlated(person, user, at + 3 * HOUR, chance);
        out.sign_in(Draft {
            code: 65001,
            interactive: true,
            app: App::Supplier,
            resource: Resource::Graph,
            ..consent
        });
        out.lines.push(Line::Change(change(
            person,
            user,
            at + 3 * HOUR + 9 * SECOND,
            Deed::ConsentGiven,
            chance,
        )));
        out.sign_in(Draft {
            at: at + 3 * HOUR + 12 * SECOND,
            interactive: true,
            app: App::Supplier,
            resource: Resource::Graph,
            ..consent
        });
    }
    // A developer who has never needed one before.
    if person.role == Role::Developer && !person.coded && chance.in_thousand(60) {
        person.coded = true;
        out.next(at + chance.between(HOUR, 6 * HOUR), user, Step::Cloud);
    }
}

/// Where somebody works today.
fn whereabouts(people: &People, person: &mut Person, at: i64, chance: &mut Chance) {
    if person.away_until < at && chance.in_thousand(9) {
        let town = u8::try_from(chance.below(12)).unwrap_or(0);
        let inn = chance.pick(place(town).houses);
        person.away = Net::drawn(chance, inn, town);
        person.away_until = at + chance.between(DAY, 4 * DAY);
    }
    if person.tunnel_until < at && chance.in_thousand(7) {
        let tunnel = chance.pick(&TUNNELS);
        // Most take the exit that is nearest.
        person.tunnel = if chance.in_thousand(800) {
            Net::drawn(chance, tunnel, person.place)
        } else {
            Net::rented(chance, tunnel)
        };
        person.tunnel_until = at + chance.between(HOUR, 12 * HOUR);
    }
    person.desk = if person.away_until > at {
        person.away
    } else if person.role == Role::Remote || chance.in_thousand(350) {
        person.home
    } else {
        people.office(person.place, chance)
    };
}

/// Somebody signs in at the desk in the morning, with what goes wrong at times.
fn by_hand(person: &Person, (user, at): (u32, i64), monday: bool, chance: &mut Chance, out: &mut Out) {
    let mut at = at;
    let mut one = correlated(person, user, at, chance);
    one.interactive = true;
    one.protocol = Protocol::OAuth2;
    one.app = chance.pick(&DAILY_APPS);
    let expired = monday && chance.in_thousand(50);
    let wrong = if expired { 2 } else { u32::from(chance.in_thousand(60)) * (1 + chance.below(3)) };
    for _ in 0..wrong {
        out.sign_in(Draft {
            at,
            code: if expired { 50055 } else { 50126 },
            detail: Detail::None,
            session: 0,
            ..one
        });
        at += chance.between(6 * SECOND, 40 * SECOND);
        one.correlation = chance.next();
    }
    if chance.in_thousand(180) {
        out.sign_in(Draft {
            at,
            code: if chance.in_thousand(500) { 50074 } else { 50076 },
            detail: Detail::MfaRequired,
            ..one
        });
        at += chance.between(8 * SECOND, 25 * SECOND);
    }
    let silent = if chance.in_thousand(14) { 1 + chance.below(5) } else { 0 };
    for _ in 0..silent {
        // Prompts that do not arrive, or are put off.
        let detail = if chance.in_thousand(150) { Detail::Declined } else { Detail::NoResponse };
        out.sign_in(Draft { at, code: 500_121, detail, ..one });
        at += chance.between(45 * SECOND, 100 * SECOND);
        one.correlation = chance.next();
    }
    if chance.in_thousand(5) {
        for _ in 0..=chance.below(3) {
            out.sign_in(Draft { at, code: 500_121, detail: Detail::WrongCode, ..one });
            at += chance.between(15 * SECOND, 40 * SECOND);
        }
    }
    if chance.in_thousand(80) {
        out.sign_in(Draft { at, code: 50140, ..one });
        at += chance.between(3 * SECOND, 9 * SECOND);
    }
    out.sign_in(Draft { at, detail: Detail::MfaCompleted, ..one });
}

/// A draft at the desk, in the session of the day, under a correlation of its own.
fn correlated(person: &Person, user: u32, at: i64, chance: &mut Chance) -> Draft {
    let net = if person.tunnel_until > at { person.tunnel } else { person.desk };
    Draft {
        at,
        user,
        net,
        agent: person.agent,
        device: person.device,
        managed: person.managed,
        session: person.session,
        correlation: chance.next(),
        resource: chance.pick(&DAILY_RESOURCES),
        app: chance.pick(&DAILY_APPS),
        ..Draft::default()
    }
}

fn work(people: &People, person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let (user, at) = (turn.user, turn.at);
    let mut one = correlated(person, user, at, chance);
    one.token = if one.device != 0 { Token::Primary } else { Token::Refresh };
    match chance.below(1000) {
        // The organisation's tunnel, for what is behind it.
        0..=69 => one.net = people.gateway(chance),
        // The telephone lends its mast to the computer.
        70..=79 => one.net = roaming(person.mast, chance),
        // Another browser on the same computer, in a session of its own.
        80..=86 => (one.agent, one.session) = (other_browser(person.agent), person.session ^ 0xb0),
        // The browser was updated.
        87..=89 => person.agent = later(person.agent),
        _ => {}
    }
    if chance.in_thousand(4) {
        (one.code, one.detail) = (70043, Detail::None);
    }
    out.sign_in(one);
    if person.role == Role::Developer && chance.in_thousand(60) {
        let portal = Draft {
            interactive: true,
            protocol: Protocol::OAuth2,
            app: App::AzurePortal,
            resource: Resource::Management,
            ..one
        };
        out.sign_in(Draft {
            at: at + 20 * SECOND,
            correlation: chance.next(),
            token: Token::None,
            code: 0,
            ..portal
        });
    }
    let again = at + chance.between(25 * MINUTE, 110 * MINUTE);
    if again < person.until {
        out.next(again, user, Step::Work);
    }
}

/// The same carrier gives another address each time.
fn roaming(mast: Net, chance: &mut Chance) -> Net {
    Net { ip: mast.ip & 0xffff_0000 | (256 + chance.below(65_000)), ..mast }
}

const fn later(agent: Agent) -> Agent {
    match agent {
        Agent::Chrome => Agent::ChromeLater,
        other => other,
    }
}

const fn other_browser(agent: Agent) -> Agent {
    match agent {
        Agent::Edge => Agent::Chrome,
        Agent::SafariMac => Agent::ChromeMac,
        Agent::ChromeMac => Agent::SafariMac,
        _ => Agent::Edge,
    }
}

fn phone(people: &People, person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let (user, at) = (turn.user, turn.at);
    let local = (at + place(person.place).ahead * HOUR).rem_euclid(DAY);
    let awake = (7 * HOUR..23 * HOUR).contains(&local);
    if awake || chance.in_thousand(250) {
        if person.phone_session == 0 || chance.in_thousand(8) {
            person.phone_session = chance.next() | 1;
        }
        let at_work = person.role == Role::Office && (9 * HOUR..17 * HOUR).contains(&local);
        let net = match chance.below(10) {
            _ if person.away_until > at => {
                if chance.in_thousand(500) {
                    person.away
                } else {
                    roaming(Net { place: person.away.place, ..person.mast }, chance)
                }
            }
            0..=3 => roaming(person.mast, chance),
            4..=6 if at_work => people.office(person.place, chance),
            _ => person.home,
        };
        out.sign_in(Draft {
            at,
            user,
            net,
            agent: person.phone,
            app: if chance.in_thousand(800) { App::OutlookMobile } else { App::Teams },
            token: Token::Refresh,
            session: person.phone_session,
            correlation: chance.next(),
            ..Draft::default()
        });
    }
    out.next(at + chance.between(2 * HOUR, 6 * HOUR), user, Step::Phone);
}

/// A mail program that has the password from before the last change: every quarter of an hour, all day.
fn stale(person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let net = if chance.in_thousand(700) { person.home } else { roaming(person.mast, chance) };
    out.sign_in(Draft {
        at: turn.at,
        user: turn.user,
        code: 50126,
        detail: Detail::WrongPassword,
        interactive: true,
        app: App::OutlookMobile,
        agent: Agent::MailClient,
        net,
        correlation: chance.next(),
        ..Draft::default()
    });
    person.repeats = person.repeats.saturating_sub(1);
    if person.repeats > 0 {
        out.next(turn.at + 15 * MINUTE, turn.user, Step::Stale);
    }
}

/// A developer types the code of a machine in a cloud into the browser at the desk.
fn cloud(person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let (user, at) = (turn.user, turn.at);
    let session = chance.next() | 1;
    let app = if chance.in_thousand(800) { App::AzureCli } else { App::AzurePowerShell };
    let tool = if app == App::AzureCli { Agent::AzureCli } else { Agent::PowerShell };
    let desk = if person.desk.asn == 0 { person.home } else { person.desk };
    let page = Draft { net: desk, ..correlated(person, user, at, chance) };
    let page = Draft {
        interactive: true,
        protocol: Protocol::DeviceCode,
        device_flow: true,
        app,
        resource: Resource::Management,
        session,
        ..page
    };
    if chance.in_thousand(850) {
        out.sign_in(Draft { code: 50199, ..page });
    }
    let typed = at + chance.between(15 * SECOND, 70 * SECOND);
    out.sign_in(Draft { at: typed, detail: Detail::MfaCompleted, ..page });
    // Some use the command line on their own computer, most in the cloud.
    let net = if chance.in_thousand(450) { desk } else { person.cloud };
    let got = Draft {
        at: typed + chance.between(2 * SECOND, 12 * SECOND),
        interactive: false,
        protocol: Protocol::None,
        detail: Detail::MfaByClaim,
        net,
        agent: tool,
        device: 0,
        managed: false,
        ..page
    };
    out.sign_in(got);
    for number in 1..=i64::from(chance.below(4)) {
        out.sign_in(Draft {
            at: got.at + number * chance.between(20 * MINUTE, 70 * MINUTE),
            token: Token::Refresh,
            detail: Detail::None,
            correlation: chance.next(),
            ..got
        });
    }
    out.next(at + chance.between(DAY, 9 * DAY), user, Step::Cloud);
}

/// A meeting room: somebody at a desk types its code every few weeks, otherwise it renews its token.
fn room(people: &People, person: &mut Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    let (user, at) = (turn.user, turn.at);
    let office = people.office(person.place, chance);
    let mut one = Draft {
        at,
        user,
        net: office,
        agent: Agent::TeamsRoom,
        app: App::Teams,
        session: person.session,
        correlation: chance.next(),
        token: Token::Refresh,
        device_flow: person.session != 0,
        ..Draft::default()
    };
    if person.session == 0 || chance.in_thousand(45) {
        person.session = chance.next() | 1;
        // Most who do it sit in the office, some at home.
        let admin = people.get(chance.below(people.many()));
        let desk = if chance.in_thousand(750) { office } else { admin.home };
        one = Draft { token: Token::None, device_flow: true, session: person.session, ..one };
        let page =
            Draft { interactive: true, protocol: Protocol::DeviceCode, net: desk, agent: Agent::Edge, ..one };
        out.sign_in(Draft { code: 50199, ..page });
        let typed = at + chance.between(10 * SECOND, 50 * SECOND);
        out.sign_in(Draft { at: typed, detail: Detail::MfaCompleted, ..page });
        one.at = typed + chance.between(2 * SECOND, 10 * SECOND);
        out.sign_in(one);
    }
    for number in 1..=4 {
        out.sign_in(Draft {
            at: at + number * 2 * HOUR + chance.between(0, HOUR),
            token: Token::Refresh,
            correlation: chance.next(),
            ..one
        });
    }
}

/// A program with a password of its own, in its cloud, every few hours.
fn script(person: &Person, turn: Turn, chance: &mut Chance, out: &mut Out) {
    for number in 0..6 {
        out.sign_in(Draft {
            at: turn.at + number * 4 * HOUR,
            user: turn.user,
            interactive: true,
            protocol: Protocol::Ropc,
            app: App::Office,
            resource: Resource::Graph,
            net: person.cloud,
            agent: Agent::Python,
            correlation: chance.next(),
            ..Draft::default()
        });
    }
}

/// A new computer is set up, at home or in the office: registered by its own name and a build of this year.
fn new_computer(person: &mut Person, (user, at): (u32, i64), chance: &mut Chance, out: &mut Out) {
    person.device = u32::try_from(chance.next() >> 33).unwrap_or(1) | 1 << 30;
    person.managed = true;
    let one = correlated(person, user, at, chance);
    let setting_up = Draft {
        agent: Agent::Provider,
        app: App::Broker,
        resource: Resource::Registration,
        interactive: true,
        device: 0,
        ..one
    };
    out.sign_in(Draft {
        protocol: Protocol::OAuth2,
        detail: Detail::MfaCompleted,
        session: chance.next() | 1,
        ..setting_up
    });
    out.lines.push(Line::Change(change(
        person,
        user,
        at + 20 * SECOND,
        Deed::DeviceRegistered { by_tool: false },
        chance,
    )));
    if chance.in_thousand(300) {
        out.lines.push(Line::Change(change(person, user, at + 2 * MINUTE, Deed::MethodRegistered, chance)));
    }
    out.sign_in(Draft { at: at + 5 * MINUTE, token: Token::Primary, correlation: chance.next(), ..one });
}

fn change(person: &Person, user: u32, at: i64, deed: Deed, chance: &mut Chance) -> Change {
    let net = if person.tunnel_until > at { person.tunnel } else { person.desk };
    Change { at, user, deed, net, chance: chance.next(), incident: 0 }
}
