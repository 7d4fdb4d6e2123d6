//! What the receipts in a mail prove, where the keys for them are known.

use model::reference;
use wire::record::receipt::{Receipt, recipient};

use super::{Case, Line};
use crate::explain::words::quoted;

/// Most receipts that are told of.
const MOST: usize = 3;

/// A line for each receipt; nothing where no key is known.
pub(super) fn lines(case: &Case<'_>) -> Vec<Line> {
    let keys = &case.rules.receipts;
    if keys.all().is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for signed in case.evidence.receipts.iter().take(MOST) {
        match signed.signer(keys) {
            Some(signer) => lines.push(right(case, &signed.receipt, signer.name())),
            None => lines.push(case.line("explain-receipt-wrong", &[])),
        }
    }
    lines
}

fn right(case: &Case<'_>, receipt: &Receipt, who: &str) -> Line {
    let seconds = i64::try_from(receipt.at).unwrap_or(i64::MAX);
    let at = wire::rfc3339::write(seconds.saturating_mul(1_000_000));
    let mut line = case.line("explain-receipt-right", &[("who", &quoted(who, 120)), ("at", &at)]);
    if let Some(words) = receipt.reference.and_then(reference::of_number) {
        line.because.push(case.say("explain-receipt-request", &[("reference", &words)]));
    }
    if let Some(to) = &case.evidence.recipient {
        let fits = recipient(receipt.salt, to) == receipt.recipient;
        let id = if fits { "explain-receipt-for" } else { "explain-receipt-not-for" };
        line.because.push(case.say(id, &[("recipient", &quoted(to, 120))]));
    }
    line
}
