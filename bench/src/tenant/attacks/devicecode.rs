//! A code that somebody else asked for, typed by the victim at the real page.

use model::time::{HOUR, MINUTE, SECOND};

use super::{Attack, desk};
use crate::tenant::draft::{Detail, Draft, Protocol};
use crate::tenant::people::Person;
use crate::tenant::world::{Agent, App, Net, Resource, place};

pub(super) fn carry_out(attack: &mut Attack<'_>) {
    let server = match attack.incident.variant {
        "residential" => attack.house(None),
        "samenetwork" => near(attack),
        _ => attack.rented(),
    };
    let users = attack.incident.users.clone();
    let mut at = attack.incident.at;
    for user in users {
        let person = attack.people.get(user);
        // Whoever works for a network of lures has several machines in it.
        let net = Net { ip: server.ip & 0xffff_ff00 | attack.chance.below(254).wrapping_add(1), ..server };
        lured(attack, (user, person), at, net);
        at += attack.chance.between(5 * MINUTE, 3 * HOUR);
    }
}

/// A proxy in a house of the victim's own network.
fn near(attack: &mut Attack<'_>) -> Net {
    let (_, person) = attack.victim();
    let asn =
        if person.home.asn == 0 { attack.chance.pick(place(person.place).houses) } else { person.home.asn };
    Net::drawn(&mut attack.chance, asn, person.place)
}

fn lured(attack: &mut Attack<'_>, (user, person): (u32, Person), at: i64, server: Net) {
    let variant = attack.incident.variant;
    let app = match variant {
        "mab" => App::Broker,
        "devbaseline" => App::AzureCli,
        _ => attack.chance.pick(&[App::Office, App::Office, App::Broker, App::Teams, App::AzureCli]),
    };
    let session = attack.chance.next() | 1;
    let correlation = attack.chance.next();
    let page = Draft {
        at,
        user,
        interactive: true,
        protocol: Protocol::DeviceCode,
        device_flow: true,
        app,
        resource: Resource::Graph,
        // The log has one address for both halves in some tenants.
        net: if variant == "sameip" { server } else { desk(&person) },
        agent: person.agent,
        device: 0,
        session,
        correlation,
        ..Draft::default()
    };
    match variant {
        "no50199" => {}
        "consent" => attack.sign_in(Draft { code: 65001, ..page }),
        _ => attack.sign_in(Draft { code: 50199, ..page }),
    }
    let quick = variant == "fast";
    let typed = at
        + if quick {
            attack.chance.between(5 * SECOND, 15 * SECOND)
        } else {
            attack.chance.between(30 * SECOND, 90 * SECOND)
        };
    attack.sign_in(Draft { at: typed, detail: Detail::MfaCompleted, ..page });
    let tool = match variant {
        "forgedbrowser" => Agent::Chrome,
        _ => attack.tool(),
    };
    let got = Draft {
        at: typed + if quick { 2 * SECOND } else { attack.chance.between(4 * SECOND, 60 * SECOND) },
        interactive: false,
        protocol: Protocol::None,
        detail: Detail::MfaByClaim,
        net: server,
        agent: tool,
        ..page
    };
    attack.sign_in(got);
    let many = 4 + attack.chance.below(8);
    attack.uses(Draft { protocol: Protocol::None, ..got }, many);
}
