//! `bidden receipt check`: whether a mail is ours, and about which request. Needs no server and no network.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use model::message::MessageKind;
use model::time::Time;
use serde_json::{Value, json};
use wire::record::note::VerifierKey;
use wire::record::receipt::{Receipt, Signed, recipient};

use crate::Failed;
use crate::commands::log::{keys_of, read};
use crate::commands::{print, visible};

/// One is not right, or there is none.
const UNFIT: u8 = 3;
/// Longest mail that is looked at.
const LONGEST: u64 = 32 << 20;

pub(crate) fn check(
    file: Option<&Path>,
    key: &Path,
    (to, as_json): (Option<&str>, bool),
) -> Result<ExitCode, Failed> {
    let keys = keys_of(key)?;
    let text = read(file.unwrap_or(Path::new("-")), LONGEST)?;
    let found = Signed::find_in(text.as_bytes());
    let (mut out, mut right) = (String::new(), !found.is_empty());
    if found.is_empty() && !as_json {
        out.push_str(
            "There is no receipt in it. That proves nothing: mails without one are easy to write.\n",
        );
    }
    for signed in &found {
        let signer = signed.signer(&keys);
        let fits = to.map(|to| recipient(signed.receipt.salt, to) == signed.receipt.recipient);
        right &= signer.is_some() && fits != Some(false);
        if as_json {
            writeln!(out, "{}", in_json(signed, signer, fits))?;
        } else {
            out.push_str(&visible(&in_words(signed, signer, fits)));
        }
    }
    print(&out)?;
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::from(UNFIT) })
}

fn in_words(signed: &Signed, signer: Option<&VerifierKey>, fits: Option<bool>) -> String {
    let Some(signer) = signer else {
        return "WRONG   A receipt is not signed by a key that was given: it was altered, or is somebody else's.\n".to_owned();
    };
    let said = &signed.receipt;
    let mut out = format!(
        "right   {} sent this: {}, put on its way at {}",
        signer.name(),
        kind_in_words(said.kind),
        at(said)
    );
    if let Some(words) = said.reference.and_then(model::reference::of_number) {
        let _ = write!(out, ", request {words}");
    }
    out.push_str(".\n");
    out.push_str(match fits {
        Some(true) => "        It was written for that address.\n",
        Some(false) => "WRONG   It was written for another address.\n",
        None => "        Whom it was written for can be tested with --to.\n",
    });
    out.push_str(&match said.size {
        0 => "        The record had no checkpoint then.\n".to_owned(),
        size => {
            format!("        The record had {size} entries then, root {}….\n", wire::token::hex(&said.root))
        }
    });
    out
}

fn in_json(signed: &Signed, signer: Option<&VerifierKey>, fits: Option<bool>) -> Value {
    let said = &signed.receipt;
    json!({
        "signed": signer.is_some(),
        "by": signer.map(VerifierKey::name),
        "kind": kind_in_words(said.kind),
        "at": at(said).to_string(),
        "reference": said.reference.and_then(model::reference::of_number),
        "recipient_fits": fits,
        "record": {"size": said.size, "root": wire::token::hex(&said.root)},
    })
}

fn kind_in_words(kind: u8) -> &'static str {
    match MessageKind::from_number(kind) {
        Some(MessageKind::SignInCode) => "a sign-in code",
        Some(MessageKind::Digest) => "a digest of requests that were held back",
        Some(MessageKind::Notice) => "a notice of something that happened to an account",
        None => "a mail of a kind that this version does not know",
    }
}

fn at(receipt: &Receipt) -> Time {
    Time::from_micros(i64::try_from(receipt.at.saturating_mul(1_000_000)).unwrap_or(i64::MAX))
}
