//! Prompts until the answer is yes.

use model::time::{MINUTE, SECOND};

use super::Attack;
use crate::tenant::draft::{Detail, Draft, Protocol};
use crate::tenant::world::{Agent, App, Resource};

pub(super) fn carry_out(attack: &mut Attack<'_>) {
    let (user, _) = attack.victim();
    let variant = attack.incident.variant;
    let (many, pause) = match variant {
        "fast" => (12 + attack.chance.below(8), 20 * SECOND),
        "short" => (4 + attack.chance.below(3), 60 * SECOND),
        "slow" => (9 + attack.chance.below(4), 19 * MINUTE),
        "rotating" => (6 + attack.chance.below(5), 70 * SECOND),
        "number" => (5 + attack.chance.below(4), 80 * SECOND),
        _ => (2, 50 * SECOND),
    };
    let mut net = attack.rented();
    let mut at = attack.incident.at;
    let prompt = Draft {
        user,
        code: 500_121,
        interactive: true,
        protocol: Protocol::OAuth2,
        app: App::OfficeHome,
        resource: Resource::Exchange,
        agent: Agent::Chrome,
        ..Draft::default()
    };
    for number in 0..many {
        if variant == "rotating" {
            net = if number % 2 == 0 { attack.rented() } else { attack.house(None) };
        }
        let detail = match variant {
            "number" => attack.chance.pick(&[Detail::WrongNumber, Detail::WrongNumber, Detail::Declined]),
            "two" => Detail::Declined,
            _ => attack.chance.pick(&[Detail::Declined, Detail::NoResponse, Detail::NoResponse]),
        };
        let (session, correlation) = (attack.chance.next() | 1, attack.chance.next());
        attack.sign_in(Draft { at, net, detail, session, correlation, ..prompt });
        at += pause / 2 + attack.chance.between(0, pause);
    }
    if variant == "two" || attack.chance.in_thousand(450) {
        let (session, correlation) = (attack.chance.next() | 1, attack.chance.next());
        let approved =
            Draft { at, code: 0, net, detail: Detail::MfaApproved, session, correlation, ..prompt };
        attack.sign_in(approved);
        attack.uses(approved, 3);
    }
}
