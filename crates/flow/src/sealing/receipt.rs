//! The receipt of a mail: made when the mail is written, from what is known of it and of the record when it was queued, so
//! that a second copy of the mail has the same.

use model::cx::Cx;
use model::fault::Fault;
use model::message::{Body, Message, MessageKind};
use model::reference;
use store::{Store, checkpoints, record_keys};
use wire::phone::Phone;
use wire::record::checkpoint::Checkpoint;
use wire::record::note::Note;
use wire::record::receipt::{Receipt, recipient};

use super::key::Held;

/// The lines of the receipt for `message`, by the key that `held` keeps; none for a telephone, where there is no room, and where nothing is sealed.
///
/// # Errors
/// A fault of the store, or of the key.
pub(crate) fn lines(store: &Store, cx: &Cx, held: &Held, message: &Message) -> Result<Option<String>, Fault> {
    if !cx.policy.sealed || Phone::parse(&message.to).is_ok() {
        return Ok(None);
    }
    let (kept, head) = store.read(|reader| {
        Ok((record_keys::active(reader)?, checkpoints::newest_by(reader, message.queued_at)?))
    })?;
    let Some(kept) = kept else { return Ok(None) };
    let key = held.of(store, &kept)?;
    let head = head.and_then(|kept| Checkpoint::parse(&Note::parse(&kept.note).ok()?.text).ok());
    let (kind, words) = match &message.body {
        Body::SignInCode { reference, .. } => (MessageKind::SignInCode, Some(reference.as_str())),
        Body::Digest { .. } => (MessageKind::Digest, None),
        Body::Notice { .. } => (MessageKind::Notice, None),
    };
    // Drawn once for this message: the second half of its identifier is chance.
    let mut salt = [0; 4];
    for (to, from) in salt.iter_mut().zip(message.id.bytes().iter().skip(12)) {
        *to = *from;
    }
    let root = head.as_ref().and_then(|head| head.root.first_chunk::<8>().copied());
    let receipt = Receipt {
        key: key.public().id(),
        kind: kind.number(),
        at: u64::try_from(message.queued_at.micros().div_euclid(1_000_000)).unwrap_or(0),
        reference: words.and_then(reference::number_of),
        salt,
        recipient: recipient(salt, &message.to),
        size: head.map_or(0, |head| head.size),
        root: root.unwrap_or_default(),
    };
    let signed = key.sign_receipt(receipt).map_err(|fault| Fault::new("signing a receipt", fault))?;
    Ok(Some(signed.lines()))
}
