//! Many passwords or codes, one account.

use model::time::{MINUTE, SECOND};

use super::Attack;
use crate::tenant::draft::{Detail, Draft, Protocol};
use crate::tenant::world::{Agent, App, Resource};

pub(super) fn carry_out(attack: &mut Attack<'_>) {
    let (user, _) = attack.victim();
    let variant = attack.incident.variant;
    let (many, pause) = match variant {
        "burst" => (50 + attack.chance.below(30), 5 * SECOND),
        "totp" => (50 + attack.chance.below(40), 3 * SECOND),
        _ => (36 + attack.chance.below(20), 24 * MINUTE),
    };
    let mut net = attack.rented();
    let mut at = attack.incident.at;
    for _ in 0..many {
        if variant == "distributed" {
            net = if attack.chance.in_thousand(500) { attack.house(None) } else { attack.rented() };
        }
        let correlation = attack.chance.next();
        let guess = Draft {
            at,
            user,
            net,
            interactive: true,
            protocol: Protocol::OAuth2,
            app: App::Office,
            resource: Resource::Exchange,
            agent: if variant == "burst" { Agent::Python } else { Agent::Chrome },
            correlation,
            ..Draft::default()
        };
        let guess = if variant == "totp" {
            let session = attack.chance.next() | 1;
            Draft { code: 500_121, detail: Detail::WrongCode, app: App::OfficeHome, session, ..guess }
        } else {
            Draft { code: 50126, ..guess }
        };
        attack.sign_in(guess);
        at += attack.chance.between(pause / 3, pause * 5 / 3);
    }
}
