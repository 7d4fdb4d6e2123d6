//! Every page through the router, in process: what a browser sees, and what nobody can make a browser do.

#[cfg(test)]
#[path = "http/addresses.rs"]
mod addresses;
#[cfg(test)]
#[path = "http/alike.rs"]
mod alike;
#[cfg(test)]
#[path = "http/answer.rs"]
mod answer;
#[cfg(test)]
#[path = "http/approvals.rs"]
mod approvals;
#[cfg(test)]
#[path = "http/browser.rs"]
mod browser;
#[cfg(test)]
#[path = "http/calling.rs"]
mod calling;
#[cfg(test)]
#[path = "http/codes.rs"]
mod codes;
#[cfg(test)]
#[path = "http/consenting.rs"]
mod consenting;
#[cfg(test)]
#[path = "http/cross_site.rs"]
mod cross_site;
#[cfg(test)]
#[path = "http/devices.rs"]
mod devices;
#[cfg(test)]
#[path = "http/doorbells.rs"]
mod doorbells;
#[cfg(test)]
#[path = "http/doubted.rs"]
mod doubted;
#[cfg(test)]
#[path = "http/elsewhere.rs"]
mod elsewhere;
#[cfg(test)]
#[path = "http/explaining.rs"]
mod explaining;
#[cfg(test)]
#[path = "http/faults.rs"]
mod faults;
#[cfg(test)]
#[path = "http/gates.rs"]
mod gates;
#[cfg(test)]
#[path = "http/holdings.rs"]
mod holdings;
#[cfg(test)]
#[path = "http/inbox.rs"]
mod inbox;
#[cfg(test)]
#[path = "http/latency.rs"]
mod latency;
#[cfg(test)]
#[path = "http/logout.rs"]
mod logout;
#[cfg(test)]
#[path = "http/looking.rs"]
mod looking;
#[cfg(test)]
#[path = "http/operating.rs"]
mod operating;
#[cfg(test)]
#[path = "http/operator.rs"]
mod operator;
#[cfg(test)]
#[path = "http/own.rs"]
mod own;
#[cfg(test)]
#[path = "http/passkeys.rs"]
mod passkeys;
#[cfg(test)]
#[path = "http/passwords.rs"]
mod passwords;
#[cfg(test)]
#[path = "http/policy.rs"]
mod policy;
#[cfg(test)]
#[path = "http/protocol.rs"]
mod protocol;
#[cfg(test)]
#[path = "http/providing.rs"]
mod providing;
#[cfg(test)]
#[path = "http/published.rs"]
mod published;
#[cfg(test)]
#[path = "http/recovery.rs"]
mod recovery;
#[cfg(test)]
#[path = "http/registration.rs"]
mod registration;
#[cfg(test)]
#[path = "http/sealed_record.rs"]
mod sealed_record;
#[cfg(test)]
#[path = "http/secrets.rs"]
mod secrets;
#[cfg(test)]
#[path = "http/sessions.rs"]
mod sessions;
#[cfg(test)]
#[path = "http/shown.rs"]
mod shown;
#[cfg(test)]
#[path = "http/site.rs"]
mod site;
#[cfg(test)]
#[path = "http/source.rs"]
mod source;
#[cfg(test)]
#[path = "http/story.rs"]
mod story;
#[cfg(test)]
#[path = "http/undo.rs"]
mod undo;
#[cfg(test)]
#[path = "http/watching.rs"]
mod watching;
