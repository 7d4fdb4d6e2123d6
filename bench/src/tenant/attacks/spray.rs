//! One password, many accounts.

use model::time::{HOUR, MINUTE, SECOND};

use super::Attack;
use crate::tenant::draft::{Detail, Draft, Protocol};
use crate::tenant::world::{Agent, App, Resource};

pub(super) fn carry_out(attack: &mut Attack<'_>) {
    let variant = attack.incident.variant;
    let users = attack.incident.users.clone();
    let mut net = attack.rented();
    let mut at = attack.incident.at;
    let lucky = attack.chance.below(u32::try_from(users.len()).unwrap_or(1));
    let hit = variant != "lowslow" && attack.chance.in_thousand(300);
    for (number, user) in (0..).zip(users) {
        if variant == "distributed" {
            net = if number % 3 == 0 { attack.house(None) } else { attack.rented() };
        }
        let one = Draft {
            user,
            net,
            interactive: true,
            protocol: if variant == "single" { Protocol::Ropc } else { Protocol::OAuth2 },
            app: App::Office,
            resource: Resource::Exchange,
            agent: if variant == "distributed" { Agent::Firefox } else { Agent::Chrome },
            ..Draft::default()
        };
        let tries = if variant == "single" { 1 + attack.chance.below(2) } else { 1 };
        for _ in 0..tries {
            let code = if attack.chance.in_thousand(60) { 50053 } else { 50126 };
            let correlation = attack.chance.next();
            attack.sign_in(Draft { at, code, correlation, ..one });
            at += attack.chance.between(SECOND, 4 * SECOND);
        }
        if hit && number == lucky {
            // The password is right, and a second factor is asked for.
            let correlation = attack.chance.next();
            attack.sign_in(Draft { at, code: 50076, detail: Detail::MfaRequired, correlation, ..one });
        }
        at += match variant {
            "single" => attack.chance.between(SECOND, 12 * SECOND),
            "onetwo" => attack.chance.between(20 * SECOND, 60 * SECOND),
            "lowslow" => attack.chance.between(40 * MINUTE, 2 * HOUR),
            _ => attack.chance.between(5 * SECOND, 70 * SECOND),
        };
    }
}
