//! Who wrote a mail: from what can be proved, never from what it says.
//!
//! In this order: a signature that we verified ourselves; a chain of servers that holds, sealed by one that is known; what the
//! recipient's border says, where it may be believed. A mail that proves to be by whom it says can still have been sent on to
//! somebody else: code mails do not sign to whom they go.

use wire::mail::arc::Chain;
use wire::mail::authentication_results::{Finding, Results};
use wire::mail::dkim::{self, Checked, Outcome};
use wire::mail::dmarc::{Policy, aligned, organisation};
use wire::mail::domain::Domain;

use super::border::{Place, house};
use super::brand::{self, Brand};
use super::evidence::{Evidence, Form};
use super::verdict::Sender;

/// What was concluded about the sender, and from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Concluded {
    /// Who wrote it.
    pub(crate) sender: Sender,
    /// What it rests on, most weighty first.
    pub(crate) reasons: Vec<Reason>,
}

/// One thing that speaks for or against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A signature of this domain was verified here.
    Signed { domain: String, selector: String, weak: bool },
    /// A signature of this domain does not hold: what it covers was changed, or it is forged.
    Broken { domain: String, body: bool },
    /// There is a signature whose key is not known here.
    NotVerified { domain: String },
    /// The domain says that it has no such key.
    NoSuchKey { domain: String },
    /// There is none.
    NotSigned,
    /// The border says that this passed.
    Border { server: String, method: String, domain: String },
    /// The border says that this did not.
    BorderFailed { server: String, method: String, result: String },
    /// A chain of servers holds, and the newest of them says that it passed.
    Chain { sealer: String, domain: String },
    /// Results stand where the sender can write.
    Injected { server: String },
    /// There is more than one sender.
    SeveralFrom { fields: usize, addresses: usize },
    /// The domain asks that mails that cannot be verified be refused.
    Policy { domain: String },
    /// It is from this domain, which is none of those from which mail of this brand comes.
    NotOf { domain: String, brand: &'static str },
    /// It is from a domain of the same house, from which no mail about accounts comes.
    SameHouse { domain: String, brand: &'static str },
    /// Its letters look like those of the brand.
    LooksLike { domain: String, brand: &'static str },
    /// The name beside the address is one of another domain.
    NameIsAddress { name: String },
    /// The field `Sender` names the brand, the field `From` does not.
    SenderField { domain: String },
    /// Part of it stands after what was signed.
    UnsignedTail,
    /// It came from a server that is not one of the brand's.
    OtherWay { server: String },
    /// It was sent on from the mailbox to which it went first.
    SentOn { by: String },
    /// It went to this address first, which is not the recipient's.
    AddressedTo { address: String },
    /// It is older than its way explains, in days.
    Old { days: i64 },
    /// The header is gone.
    NoHeader,
    /// It stands as a whole in another mail.
    Attached,
    /// Text messages prove no sender.
    Short { from: String },
    /// It is too large to be verified.
    TooLarge,
}

/// Concludes who wrote a mail that speaks for `claimed`.
pub(crate) fn of(evidence: &Evidence, claimed: Option<&'static Brand>) -> Concluded {
    let mut reasons = Vec::new();
    match evidence.form {
        Form::Short => {
            let from = evidence.from.name.clone();
            return Concluded { sender: Sender::Unverifiable, reasons: vec![Reason::Short { from }] };
        }
        Form::Inline => return Concluded { sender: Sender::Unverifiable, reasons: vec![Reason::NoHeader] },
        Form::Whole | Form::Attached => {}
    }
    let (fields, addresses) = evidence.from_count;
    if fields > 1 || addresses > 1 {
        reasons.push(Reason::SeveralFrom { fields, addresses });
        return Concluded { sender: Sender::Forged, reasons };
    }
    let proof = proof(evidence, &mut reasons);
    let own = claimed.or_else(|| brand::of_domain(&evidence.from.domain));
    let mut sender = match proof {
        Proof::Of { signed } => of_proved(evidence, own, signed, &mut reasons),
        Proof::Against => Sender::Forged,
        Proof::Nothing => Sender::Unverifiable,
    };
    if let Some(brand) = claimed.filter(|brand| !brand.sends_from(&evidence.from.domain)) {
        disguises(evidence, brand, &mut reasons);
    }
    if evidence.form == Form::Attached {
        reasons.push(Reason::Attached);
        if matches!(sender, Sender::Genuine | Sender::GenuineForwarded) {
            sender = Sender::GenuineInnerUnverified;
        }
    }
    Concluded { sender, reasons }
}

/// What is proved about the domain in `From`.
enum Proof {
    /// The mail is of that domain; by a signature that holds, or as the border says.
    Of { signed: bool },
    /// It is not.
    Against,
    /// Neither.
    Nothing,
}

fn proof(evidence: &Evidence, reasons: &mut Vec<Reason>) -> Proof {
    let from = &evidence.from.domain;
    signatures(&evidence.dkim, reasons);
    if evidence.dkim.is_empty() && !evidence.cut {
        reasons.push(Reason::NotSigned);
    }
    if evidence.cut {
        reasons.push(Reason::TooLarge);
    }
    let signed = dkim::passed(&evidence.dkim).find(|one| aligned(from, &one.domain));
    if let Some(signed) = signed {
        if !signed.unsigned_tail {
            return Proof::Of { signed: true };
        }
        reasons.push(Reason::UnsignedTail);
    }
    if let Some((sealer, domain)) = chained(evidence).or_else(|| chained_by_border(evidence)) {
        reasons.push(Reason::Chain { sealer, domain });
        return Proof::Of { signed: true };
    }
    for doubted in evidence.path.doubted.iter().filter(|doubted| !doubted.above) {
        if speaks_for(&doubted.results, from).is_some() {
            reasons.push(Reason::Injected { server: doubted.server.clone() });
        }
    }
    let Some(believed) = &evidence.path.believed else { return Proof::Nothing };
    let server = believed.server.clone();
    if let Some((method, domain)) = speaks_for(&believed.results, from) {
        // Right below the border a sender could have written too: the way has to fit what is said.
        let fits = believed.place != Place::Below
            || brand::of_domain(from).is_none_or(|brand| came_from(evidence, brand));
        if fits {
            reasons.push(Reason::Border { server, method, domain });
            return Proof::Of { signed: false };
        }
        reasons.push(Reason::Injected { server });
        return Proof::Nothing;
    }
    // A border that writes domains in letters, and not as the DNS has them, is taken at the envelope that it noted.
    let lettered = believed
        .results
        .of("spf")
        .any(|spf| spf.passed() && spf.property("smtp.mailfrom").is_some_and(|domain| !domain.is_ascii()));
    if let Some(envelope) = evidence
        .envelope
        .as_ref()
        .filter(|envelope| lettered && aligned(from, &envelope.domain) && brand::of_domain(from).is_none())
    {
        reasons.push(Reason::Border { server, method: "spf".to_owned(), domain: envelope.domain.clone() });
        return Proof::Of { signed: false };
    }
    against(evidence, &believed.results, server, reasons)
}

/// What the border says against it.
fn against(evidence: &Evidence, results: &Results, server: String, reasons: &mut Vec<Reason>) -> Proof {
    let failed = |method: &str, finding: &Finding| Reason::BorderFailed {
        server: server.clone(),
        method: method.to_owned(),
        result: finding.result.clone(),
    };
    let mut worst = Proof::Nothing;
    // The fields are as they were signed: changed on its way, or given another body. Nobody can tell which.
    let changed = evidence
        .dkim
        .iter()
        .any(|one| one.outcome == Outcome::BodyChanged && aligned(&evidence.from.domain, &one.domain));
    let refuses = evidence.policy.as_ref().is_some_and(|policy| policy.policy != Policy::None)
        || brand::of_domain(&evidence.from.domain).is_some();
    if let Some(finding) =
        results.of("dmarc").find(|finding| matches!(finding.result.as_str(), "fail" | "permerror"))
    {
        reasons.push(failed("dmarc", finding));
        let asked = finding
            .property("action")
            .is_some_and(|action| action.contains("reject") || action.contains("quarantine"));
        if (refuses || asked) && !changed {
            worst = Proof::Against;
        }
    } else {
        let of = |method| results.of(method).next();
        for method in ["dkim", "spf"] {
            if let Some(finding) = of(method).filter(|finding| !finding.passed()) {
                reasons.push(failed(method, finding));
            }
        }
        let unsigned = of("dkim").is_some_and(|finding| finding.result == "none");
        let not_permitted = of("spf").is_some_and(|finding| {
            matches!(finding.result.as_str(), "fail" | "softfail" | "none" | "neutral")
        });
        if unsigned && not_permitted && refuses {
            worst = Proof::Against;
        }
    }
    if let (Proof::Against, Some(policy)) = (&worst, &evidence.policy) {
        reasons.push(Reason::Policy { domain: policy.domain.clone() });
    }
    worst
}

fn signatures(dkim: &[Checked], reasons: &mut Vec<Reason>) {
    for one in dkim {
        let domain = one.domain.clone();
        reasons.push(match one.outcome {
            Outcome::Pass => Reason::Signed { domain, selector: one.selector.clone(), weak: one.weak },
            Outcome::BodyChanged => Reason::Broken { domain, body: true },
            Outcome::Wrong => Reason::Broken { domain, body: false },
            Outcome::NoKey => Reason::NotVerified { domain },
            Outcome::Revoked => Reason::NoSuchKey { domain },
            Outcome::Unusable => continue,
        });
    }
}

/// Who seals chains and is known not to lie.
const SEALERS: &[&str] = &[
    "google.com",
    "microsoft.com",
    "outlook.com",
    "fastmail.com",
    "messagingengine.com",
    "icloud.com",
    "yahoo.com",
    "proton.me",
    "protonmail.ch",
    "zohomail.com",
];

fn is_known_sealer(sealer: &str) -> bool {
    SEALERS.iter().any(|known| dkim::is_within(sealer, known))
}

/// The sealer of a chain that holds and says that the domain passed, when it is one that is known not to lie.
fn chained(evidence: &Evidence) -> Option<(String, String)> {
    if evidence.arc.chain != Chain::Holds {
        return None;
    }
    // Each of them wrote what the next one took for granted.
    if !evidence.arc.sealers.iter().all(|sealer| is_known_sealer(sealer)) {
        return None;
    }
    let (_, domain) = speaks_for(&evidence.arc.newest, &evidence.from.domain)?;
    evidence.arc.sealers.last().map(|sealer| (sealer.clone(), domain))
}

/// The same where the border says that the chain held: then what the last one before it says it found is what it said.
fn chained_by_border(evidence: &Evidence) -> Option<(String, String)> {
    let believed = evidence.path.believed.as_ref()?;
    if !believed.results.of("arc").any(Finding::passed) {
        return None;
    }
    let own = house(&believed.server);
    let before = evidence
        .arc
        .claimed
        .iter()
        .rev()
        .find(|(sealer, results)| house(sealer) != own || house(&results.server) != own);
    // Within one house the border's own results are the newest, and those of the forwarder come before them.
    let (sealer, results) = before.or_else(|| evidence.arc.claimed.iter().rev().nth(1))?;
    let (_, domain) = speaks_for(results, &evidence.from.domain)?;
    is_known_sealer(sealer).then(|| (sealer.clone(), domain))
}

/// By which method results say that a mail is of this domain, and for which domain it passed.
fn speaks_for(results: &Results, from: &str) -> Option<(String, String)> {
    let ascii = |text: &str| {
        Domain::parse(text).map_or_else(|_| text.to_owned(), |domain| domain.as_str().to_owned())
    };
    let passed = |finding: &&Finding| finding.passed() || finding.result == "bestguesspass";
    if results.of("dmarc").any(|finding| matches!(finding.result.as_str(), "fail" | "permerror")) {
        return None;
    }
    if let Some(finding) = results.of("dmarc").find(|finding| finding.passed()) {
        let domain = ascii(finding.property("header.from").unwrap_or_default());
        return (domain == from).then(|| ("dmarc".to_owned(), domain));
    }
    let signed = results
        .of("dkim")
        .filter(passed)
        .filter_map(Finding::signer)
        .map(ascii)
        .find(|domain| aligned(from, domain));
    if let Some(domain) = signed {
        return Some(("dkim".to_owned(), domain));
    }
    let envelope = results.of("spf").filter(passed).filter_map(|finding| finding.property("smtp.mailfrom"));
    let domain = envelope
        .map(|address| ascii(address.rsplit_once('@').map_or(address, |(_, domain)| domain)))
        .find(|domain| aligned(from, domain))?;
    Some(("spf".to_owned(), domain))
}

/// Whether the border took it from a server of this brand, as far as the hop tells.
fn came_from(evidence: &Evidence, brand: &Brand) -> bool {
    let Some(border) = &evidence.path.border else { return false };
    let known = if border.from_known.is_empty() { &border.from } else { &border.from_known };
    brand.leaves_from(known)
}

/// A mail whose domain is proved: is that the domain of whom it speaks for, and was it meant for this recipient?
fn of_proved(
    evidence: &Evidence,
    own: Option<&'static Brand>,
    signed: bool,
    reasons: &mut Vec<Reason>,
) -> Sender {
    let Some(brand) = own.filter(|brand| brand.sends_from(&evidence.from.domain)) else {
        return Sender::AuthenticatedOtherDomain;
    };
    if straight(evidence, brand, signed) {
        return Sender::Genuine;
    }
    if let Some(border) = &evidence.path.border {
        reasons.push(Reason::OtherWay { server: border.from.clone() });
    }
    if let Some(days) = age(evidence).filter(|days| *days >= 2) {
        reasons.push(Reason::Old { days });
        return Sender::Replayed;
    }
    sent_on(evidence, reasons)
}

/// Whether it came from the brand's own servers.
fn straight(evidence: &Evidence, brand: &'static Brand, signed: bool) -> bool {
    if evidence.path.border.is_none() {
        // Nothing tells that it came another way.
        return true;
    }
    let to_recipient = evidence
        .recipient
        .as_deref()
        .is_some_and(|recipient| evidence.to.iter().any(|party| party.is(recipient)));
    let failed = evidence.path.believed.as_ref().is_some_and(|believed| {
        believed.results.of("spf").any(|spf| matches!(spf.result.as_str(), "fail" | "softfail"))
    });
    if brand != brand::MICROSOFT && to_recipient && !failed {
        // Others send by whichever service they rent; only of Microsoft it is known by which they do not.
        return true;
    }
    let spf = evidence.path.believed.as_ref().and_then(|believed| believed.results.of("spf").next());
    match spf {
        Some(spf) => {
            let envelope = spf.property("smtp.mailfrom").unwrap_or_default();
            let domain = envelope.rsplit_once('@').map_or(envelope, |(_, domain)| domain);
            // A signature was lost only where the border itself says so; without one the way must fit.
            (spf.passed() && brand.leaves_from(domain))
                || (!signed
                    && came_from(evidence, brand)
                    && !matches!(spf.result.as_str(), "fail" | "softfail"))
        }
        None => came_from(evidence, brand),
    }
}

/// A mail that came another way: sent on from a mailbox to which it went, or to somebody for whom it never was.
fn sent_on(evidence: &Evidence, reasons: &mut Vec<Reason>) -> Sender {
    let recipient = evidence.recipient.as_deref().unwrap_or_default();
    let first_to = evidence.to.first();
    let named = evidence.named.first();
    let about_recipient = named.is_some_and(|named| super::account::is_same(named, recipient));
    let covers_to = dkim::passed(&evidence.dkim).any(|one| one.covers.iter().any(|name| name == "to"));
    let to_recipient = evidence.to.iter().any(|party| party.is(recipient));
    if about_recipient || (covers_to && to_recipient) {
        reasons.push(Reason::SentOn { by: border_name(evidence) });
        return Sender::GenuineForwarded;
    }
    if let Some(party) = first_to.filter(|party| went_through(evidence, &party.domain)) {
        // What it is about must be what it was addressed to, or the sender of now wrote the address himself.
        if named.is_none_or(|named| super::account::is_same(named, &party.address())) {
            reasons.push(Reason::SentOn { by: party.address() });
            return Sender::GenuineForwarded;
        }
    }
    if evidence.arc.chain == Chain::Holds && first_to.is_some() && named.is_none() {
        reasons.push(Reason::SentOn { by: evidence.arc.sealers.last().cloned().unwrap_or_default() });
        return Sender::GenuineForwarded;
    }
    let other = named
        .cloned()
        .or_else(|| first_to.map(|party| party.address()).filter(|address| address != recipient));
    if let Some(address) = other {
        reasons.push(Reason::AddressedTo { address });
    }
    Sender::Replayed
}

fn border_name(evidence: &Evidence) -> String {
    evidence.path.border.as_ref().map(|hop| hop.from.clone()).unwrap_or_default()
}

/// Whether the mail was at a server of this domain before it came here, or was sent on in its name.
fn went_through(evidence: &Evidence, domain: &str) -> bool {
    let same = |host: &str| {
        !host.is_empty() && (organisation(host) == organisation(domain) || house(host) == house(domain))
    };
    let below = evidence.path.hops.iter().skip(evidence.path.inside).any(|hop| same(&hop.by));
    let border = evidence
        .path
        .border
        .as_ref()
        .is_some_and(|hop| same(&hop.from_known) || (hop.from_known.is_empty() && same(&hop.from)));
    let spf = evidence
        .path
        .believed
        .as_ref()
        .and_then(|believed| believed.results.of("spf").find(|spf| spf.passed()));
    let named = spf
        .and_then(|spf| spf.property("smtp.mailfrom"))
        .map(|address| address.rsplit_once('@').map_or(address, |(_, domain)| domain));
    let envelope = named.is_some_and(same)
        || (spf.is_some() && evidence.envelope.as_ref().is_some_and(|party| same(&party.domain)));
    (below && border) || envelope || (border && evidence.path.hops.len() > evidence.path.inside)
}

/// How many days lie between its writing and its arrival.
fn age(evidence: &Evidence) -> Option<i64> {
    let arrived = evidence.path.border.as_ref().and_then(|hop| hop.at)?;
    Some(arrived.saturating_sub(evidence.date?) / 86_400)
}

/// By what a mail that is not from a brand tries to look as if it were.
fn disguises(evidence: &Evidence, brand: &'static Brand, reasons: &mut Vec<Reason>) {
    let domain = evidence.from.domain.clone();
    if domain.is_empty() {
        return;
    }
    if looks_like(&evidence.from.domain_shown(), brand) {
        reasons.push(Reason::LooksLike { domain: domain.clone(), brand: brand.name });
    }
    if evidence.from.name.contains('@') {
        reasons.push(Reason::NameIsAddress { name: evidence.from.name.clone() });
    }
    if let Some(sender) = evidence.sender.as_ref().filter(|sender| brand.sends_from(&sender.domain)) {
        reasons.push(Reason::SenderField { domain: sender.domain.clone() });
    }
    if brand.owns(&domain) {
        reasons.push(Reason::SameHouse { domain, brand: brand.name });
    } else {
        reasons.push(Reason::NotOf { domain, brand: brand.name });
    }
}

/// Whether a domain has the brand's name in it, or letters that look like it.
fn looks_like(shown: &str, brand: &Brand) -> bool {
    let skeleton: String = unicode_security::confusable_detection::skeleton(shown).collect();
    let plain: String = super::words::flat(&skeleton)
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '|' => 'l',
            other => other,
        })
        .collect();
    let bare: String =
        unicode_normalization::UnicodeNormalization::nfd(plain.as_str()).filter(char::is_ascii).collect();
    let squeezed = bare.replace("rn", "m").replace(['-', '.'], "");
    brand.words.iter().filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric())).any(|word| {
        // The skeleton of a name changes letters of its own (m, i, l); the word is changed in the same way.
        let same = |text: &str| {
            let text: String = unicode_security::confusable_detection::skeleton(text).collect();
            let text: String = text
                .chars()
                .map(|c| {
                    if c == '1' || c == '|' {
                        'l'
                    } else if c == '0' {
                        'o'
                    } else {
                        c
                    }
                })
                .collect();
            text.replace("rn", "m")
        };
        squeezed.contains(&same(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_that_look_like_a_brand_are_seen() {
        for domain in [
            "accountprotection-microsoft.example",
            "mícrosoft.example",
            "rnicrosoft.example",
            "micr0soft.example",
            "micrоsoft.example",
            "microsoft.com.evil.example",
        ] {
            assert!(looks_like(domain, brand::MICROSOFT), "{domain}");
        }
        assert!(!looks_like("campus.example.edu", brand::MICROSOFT));
    }
}
