//! A session in somebody else's hands: its cookie was stolen, or a proxy stood between when it began.

use model::time::MINUTE;

use super::{Attack, desk};
use crate::tenant::draft::{Detail, Draft, Protocol, Token};
use crate::tenant::world::{App, Resource};

pub(super) fn carry_out(attack: &mut Attack<'_>) {
    let (user, person) = attack.victim();
    let variant = attack.incident.variant;
    let at = attack.incident.at;
    let net = if variant == "residential" { attack.house(Some(person.place)) } else { attack.rented() };
    let tool = attack.tool();
    let session = if person.session == 0 { attack.chance.next() | 1 } else { person.session };
    let stolen = Draft {
        at,
        user,
        net,
        app: App::Office,
        resource: Resource::Exchange,
        token: Token::Refresh,
        session,
        correlation: attack.chance.next(),
        agent: person.agent,
        ..Draft::default()
    };
    match variant {
        "cookie" => {
            let agent = if attack.chance.in_thousand(600) { tool } else { person.agent };
            attack.uses(Draft { agent, ..stolen }, 9);
        }
        "sameua" | "residential" => attack.uses(stolen, 9),
        _ => {
            // The victim types everything into the proxy, and never appears.
            let session = attack.chance.next() | 1;
            let own = variant == "relayed" || attack.chance.in_thousand(500);
            let agent = if own { person.agent } else { tool };
            let begun = Draft {
                session,
                agent,
                interactive: true,
                protocol: Protocol::OAuth2,
                token: Token::None,
                ..stolen
            };
            attack.sign_in(Draft { app: App::OfficeHome, detail: Detail::MfaCompleted, ..begun });
            if variant == "relayed" && attack.chance.in_thousand(500) {
                // The page sends the victim on to the real one.
                let correlation = attack.chance.next();
                let net = desk(&person);
                let again = Draft {
                    at: at + 20_000_000,
                    session: session ^ 0xff,
                    correlation,
                    net,
                    agent: person.agent,
                    ..begun
                };
                attack.sign_in(Draft {
                    device: person.device,
                    managed: person.managed,
                    detail: Detail::MfaCompleted,
                    ..again
                });
            }
            attack.uses(
                Draft { at: at + 2 * MINUTE, token: Token::Refresh, protocol: Protocol::None, ..begun },
                8,
            );
        }
    }
}
