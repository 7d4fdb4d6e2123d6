//! What must be readable again is kept sealed: AES-256-GCM under a key that is not in the database (law 9).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::secret::Secret;

const BROKEN: &str = "a sealed value";

/// Seals `plain`, bound to `place`: opened anywhere else it does not open. Output: nonce, then ciphertext.
///
/// # Errors
/// A fault when there is no chance to be had or the key does not fit.
pub fn seal(keys: &Keys, entropy: &mut Entropy, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let nonce: [u8; NONCE_LEN] = entropy.bytes()?;
    let mut body = plain.to_vec();
    key(keys)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
        .map_err(|error| Fault::new(BROKEN, error))?;
    let mut out = nonce.to_vec();
    out.append(&mut body);
    Ok(out)
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// A fault when the value was altered, moved, or sealed under another key.
pub fn open(keys: &Keys, place: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, Fault> {
    let (nonce, body) =
        sealed.split_first_chunk::<NONCE_LEN>().ok_or(Fault::plain("a sealed value is cut short"))?;
    let mut body = body.to_vec();
    let plain = key(keys)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut body)
        .map_err(|error| Fault::new(BROKEN, error))?
        .len();
    body.truncate(plain);
    Ok(Secret::new(body))
}

fn key(keys: &Keys) -> Result<LessSafeKey, Fault> {
    UnboundKey::new(&AES_256_GCM, keys.seal().expose())
        .map(LessSafeKey::new)
        .map_err(|error| Fault::new(BROKEN, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_unaltered() {
        let keys = Keys::simulated().unwrap();
        let sealed = seal(&keys, &mut Entropy::seeded(1), b"here", b"BCDFGHJK").unwrap();
        assert_eq!(open(&keys, b"here", &sealed).unwrap().expose(), b"BCDFGHJK");
        assert!(open(&keys, b"there", &sealed).is_err());
        for n in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[n] ^= 1;
            assert!(open(&keys, b"here", &altered).is_err());
            assert!(open(&keys, b"here", &sealed[..n]).is_err());
        }
    }
}
