//! Records of Microsoft Entra ID and Microsoft 365: sign-ins, directory audits, the unified audit log.

mod audit;
mod code;
mod operation;
mod sign_in;
mod unified;

use crate::Malformed;
use crate::foreign::record::Draft;
use crate::foreign::{DateOrder, Row};

/// The record, if it is one of a person.
pub(crate) fn row<'a>(draft: &Draft<'a>, order: DateOrder) -> Result<Option<Row<'a>>, Malformed> {
    if draft.operation.is_some() && draft.workload.is_some() {
        return unified::row(draft, order);
    }
    if draft.activity.is_some() || draft.category == Some("AuditLogs") {
        return audit::row(draft, order).map(Some);
    }
    sign_in::row(draft, order)
}
