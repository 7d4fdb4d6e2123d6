//! Azure Monitor's diagnostic logs: one JSON object a line, sign-ins and audits in one stream.

use super::audits::audit;
use super::guid::{Clock, address, guid, number};
use super::sign_in::{Version, properties, put, user};
use crate::tenant::draft::{Draft, Line};
use crate::tenant::names::Names;
use crate::tenant::world::place;
use model::time::MINUTE;

/// Writes lines.
#[derive(Debug)]
pub(crate) struct Azure {
    names: Names,
    clock: Clock,
}

const TENANT: &str = "11111111-2222-4333-8444-555555555555";

impl Azure {
    /// For the tenant with these names.
    pub(crate) fn new(names: Names) -> Self {
        Self { names, clock: Clock::default() }
    }

    /// One line.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>, number: u64, line: &Line) {
        match line {
            Line::SignIn(draft) => self.sign_in(out, number, draft),
            Line::Change(change) => {
                self.begin(out, change.at, "AuditLogs", "Audit activity");
                put!(out, "\"properties\":");
                audit(out, (self.names, &mut self.clock), number, change);
                put!(out, "}\n");
            }
        }
    }

    /// It arrives four minutes after it happened.
    fn begin(&mut self, out: &mut Vec<u8>, at: i64, category: &str, operation: &str) {
        put!(out, "{\"time\":\"");
        self.clock.write(out, at + 4 * MINUTE);
        put!(
            out,
            "Z\",\"resourceId\":\"/tenants/",
            TENANT,
            "/providers/Microsoft.aadiam\",\"operationName\":\"",
            operation
        );
        put!(
            out,
            "\",\"operationVersion\":\"1.0\",\"category\":\"",
            category,
            "\",\"tenantId\":\"",
            TENANT,
            "\","
        );
    }

    fn sign_in(&mut self, out: &mut Vec<u8>, record: u64, draft: &Draft) {
        let category = if draft.interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
        self.begin(out, draft.at, category, "Sign-in activity");
        put!(out, "\"resultType\":\"");
        number(out, u64::from(draft.code));
        put!(out, "\",\"resultSignature\":\"", if draft.code == 0 { "SUCCESS" } else { "FAILURE" });
        put!(out, "\",\"resultDescription\":\"\",\"durationMs\":0,\"callerIpAddress\":\"");
        address(out, draft.net.ip);
        put!(out, "\",\"correlationId\":\"");
        guid(out, self.names.correlation(draft.correlation));
        put!(out, "\",\"identity\":\"");
        user(out, draft.user);
        put!(out, "\",\"Level\":4,\"location\":\"", place(draft.net.place).country, "\",\"properties\":");
        properties(out, (self.names, &mut self.clock), record, draft, Version::Beta);
        put!(out, "}\n");
    }
}
