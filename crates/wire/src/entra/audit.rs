//! Audits of the directory: what was done to users, devices, applications and rules.

use crate::Malformed;
use crate::foreign::record::Draft;
use crate::foreign::row::{What, address};
use crate::foreign::{Act, DateOrder, Format, Row, System};

use super::operation;

/// Most changed properties that are kept.
pub(super) const MOST_MODIFIED: usize = 16;

/// The audit. Who did it is its user; where a service did it, whom it was done to.
pub(super) fn row<'a>(draft: &Draft<'a>, order: DateOrder) -> Result<Row<'a>, Malformed> {
    let moment = draft.moment(order)?;
    let name = draft.activity.or(draft.operation_name).unwrap_or_default();
    let user = draft.initiator.login.filter(|_| !draft.initiator.app);
    let failed = [draft.result, draft.result_type]
        .iter()
        .flatten()
        .any(|word| word.eq_ignore_ascii_case("failure") || word.eq_ignore_ascii_case("failed"));
    let format = if draft.enveloped {
        Format::AzureMonitor
    } else if draft.cells || draft.times.get(3).is_some_and(Option::is_some) {
        Format::LogAnalytics
    } else {
        Format::Graph
    };
    let (app, app_name) = draft.targets.app.unwrap_or_default();
    let agent = draft.agent.or_else(|| draft.additional.get("User-Agent"));
    Ok(Row {
        system: System::Microsoft,
        format,
        at: moment.micros,
        ambiguous: moment.ambiguous,
        id: draft.id,
        user: user.or(draft.targets.user),
        user_id: user.and(draft.initiator.id),
        session: None,
        correlation: draft.correlation,
        token: None,
        app,
        app_name,
        resource: None,
        resource_name: None,
        agent,
        address: draft.initiator.address.or(draft.caller).and_then(address),
        asn: None,
        hosting: None,
        country: None,
        city: None,
        coordinates: None,
        device: None,
        what: What::Act(Act {
            operation: operation::of(name),
            name,
            done: !failed,
            target: draft.targets.thing,
            target_user: draft.targets.user.filter(|target| Some(*target) != user),
            modified: draft.targets.modified.iter().copied().take(MOST_MODIFIED).map(unquoted).collect(),
        }),
    })
}

/// Values stand in quotes and brackets of their own: `["10.0.19041.928"]`.
fn unquoted<'a>((name, value): (&'a str, &'a str)) -> (&'a str, &'a str) {
    let bare = value.strip_prefix("[\"").and_then(|value| value.strip_suffix("\"]"));
    let bare = bare.or_else(|| value.strip_prefix('"').and_then(|value| value.strip_suffix('"')));
    (name, bare.unwrap_or(value))
}
