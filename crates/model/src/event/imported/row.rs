//! From an event back to the row that it could have been read from: [`Words::event`](super::Words::event) makes the same event
//! of it.

use wire::foreign::{self, Arena, Format, Row, What};

use super::{Act, Device, Did, Handle, SignIn};
use crate::event::{Event, Subject};

/// The row of a record of another system; `None` for an event of ours.
#[must_use]
pub fn row<'a>(event: &'a Event, format: Format, arena: &'a Arena) -> Option<Row<'a>> {
    let record = event.record()?;
    let Subject::Foreign { system, user } = &event.subject else { return None };
    let handle = |handle: &'a Option<Handle>| handle.as_ref().map(|handle| text(handle, arena));
    let place = record.place.as_ref();
    Some(Row {
        system: *system,
        format,
        at: event.at.micros(),
        ambiguous: false,
        id: Some(text(&record.record, arena)),
        user: Some(user.as_str()),
        user_id: handle(&record.user_id),
        session: handle(&record.session),
        correlation: handle(&record.correlation),
        token: handle(&record.token),
        app: handle(&record.app),
        app_name: record.app_name.as_deref(),
        resource: handle(&record.resource),
        resource_name: record.resource_name.as_deref(),
        address: event.address(),
        agent: record.agent.as_deref(),
        asn: record.asn,
        hosting: record.hosting,
        country: place.and_then(|place| place.country.as_deref()),
        city: place.and_then(|place| place.city.as_deref()),
        coordinates: place.and_then(|place| place.at),
        device: record.device.as_ref().map(|known| device(known, arena)),
        what: match &record.what {
            Did::SignIn(known) => What::SignIn(sign_in(known)),
            Did::Act(known) => What::Act(act(known)),
        },
    })
}

fn text<'a>(handle: &'a Handle, arena: &'a Arena) -> &'a str {
    match handle {
        Handle::Guid(_) => arena.keep(handle.to_string()),
        Handle::Text(word) => word,
    }
}

fn device<'a>(device: &'a Device, arena: &'a Arena) -> foreign::Device<'a> {
    foreign::Device {
        id: device.id.as_ref().map(|id| text(id, arena)),
        name: device.name.as_deref(),
        system: device.system.as_deref(),
        browser: device.browser.as_deref(),
        managed: device.managed,
        compliant: device.compliant,
        trust: device.trust.as_deref(),
    }
}

fn sign_in(sign_in: &SignIn) -> foreign::SignIn<'_> {
    foreign::SignIn {
        outcome: sign_in.outcome,
        code: sign_in.code,
        detail: sign_in.detail.as_deref(),
        interactive: sign_in.interactive,
        protocol: sign_in.protocol,
        transfer: sign_in.transfer,
        presented: sign_in.presented,
        password: sign_in.password,
        factor: sign_in.factor.as_deref(),
        access: sign_in.access,
        risk: sign_in.risk,
        times: sign_in.times,
    }
}

fn act(act: &Act) -> foreign::Act<'_> {
    foreign::Act {
        operation: act.operation,
        name: &act.name,
        done: act.done,
        target: act.target.as_deref(),
        target_user: act.target_user.as_deref(),
        modified: act.modified.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use wire::foreign::{Read, read};

    use super::super::Words;
    use super::*;

    #[test]
    fn an_event_is_the_same_after_it_was_a_row_again() {
        let texts: [&[u8]; 2] = [
            br#"{"id":"9C10CBC2-5649-4A4E-828B-ACFAC231CC17","createdDateTime":"2026-09-01T00:03:52.880Z",
            "userPrincipalName":"User00043@Contoso.example","userId":"5b507fdc-0d53-45d2-9c72-f57f3422dc67",
            "appDisplayName":"Outlook","ipAddress":"95.126.124.146","userAgent":"curl/8","sessionId":"mob2c",
            "deviceDetail":{"deviceId":"","operatingSystem":"Windows10"},"autonomousSystemNumber":7922,
            "status":{"errorCode":50126},"location":{"countryOrRegion":"US","geoCoordinates":{"latitude":30.3,
            "longitude":-97.7}},"isInteractive":true,"authenticationProtocol":"none"}"#,
            br#"{"createdDateTime":"2026-09-01T00:03:52Z","userPrincipalName":"a@b.example","status":{"errorCode":0}}"#,
        ];
        for bytes in texts {
            let arena = Arena::default();
            let Read::Row(first) = read(bytes, &arena).unwrap() else { panic!("no row") };
            let event = Words::default().event(&first);
            let again = row(&event, first.format, &arena).unwrap();
            assert_eq!(Words::default().event(&again), event);
        }
    }
}
