//! Recovery codes: ten that a person keeps on paper, each of which lets in once when nothing else does.
//!
//! Implements: NIST SP 800-63B-4 §4.2.1.1 (saved recovery codes: at least 64 bits of an approved generator, kept as a
//! hash, used once), §3.1.2 (look-up secrets), OWASP ASVS 5.0 6.5.1, 6.5.3, 6.5.4.
//!
//! One code is sixteen letters of twenty, 69 bits. §3.1.2 and ASVS 6.5.2 ask for a slow salted hash below 112 bits.
//! What is kept here is a keyed digest instead: whoever has the database and not the key file cannot test a guess at
//! all, and whoever has both is held back by 69 bits alone.

use wire::{Malformed, base20};

use crate::digest::{Digest, Keys, Of};
use crate::entropy::{Entropy, NoEntropy};
use crate::id::AccountId;
use crate::sign_in_code::CodeText;

/// How many codes a person gets at a time.
pub const COUNT: usize = 10;
/// How many letters a code has: 20¹⁶ is more than 2⁶⁹.
pub const LENGTH: u8 = 16;

/// One recovery code, as it is shown the once or as it was typed.
#[derive(Clone)]
pub struct RecoveryCode(CodeText);

impl RecoveryCode {
    /// Draws a set. It is shown once; only the digests are kept.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn draw_set(entropy: &mut Entropy) -> Result<Vec<Self>, NoEntropy> {
        (0..COUNT).map(|_| CodeText::draw(entropy, LENGTH).map(Self)).collect()
    }

    /// Reads what a person typed: in any case, with dashes and spaces anywhere.
    ///
    /// # Errors
    /// [`Malformed`] for another letter or another number of them: a slip, and no guess.
    pub fn parse(typed: &str) -> Result<Self, Malformed> {
        base20::parse(typed, usize::from(LENGTH)).map(|text| Self(CodeText::from_text(text)))
    }

    /// As people read it: `BCDF-GHJK-LMNP-QRST`.
    #[must_use]
    pub fn grouped(&self) -> String {
        self.0.grouped()
    }

    /// What the store keeps: a digest that is worth something for this account only.
    #[must_use]
    pub fn digest(&self, keys: &Keys, account: AccountId) -> Digest {
        keys.digest(Of::RecoveryCode, &[account.bytes(), self.0.expose().as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(seed: u64) -> Vec<RecoveryCode> {
        RecoveryCode::draw_set(&mut Entropy::seeded(seed)).unwrap()
    }

    #[test]
    fn a_set_has_ten_codes_of_at_least_64_bits_and_no_two_alike() {
        assert!(f64::from(LENGTH) * 20_f64.log2() >= 64.0);
        let mut shown: Vec<String> = set(1).iter().map(RecoveryCode::grouped).collect();
        shown.extend(set(2).iter().map(RecoveryCode::grouped));
        for code in &shown {
            assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4; 4], "{code}");
        }
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), 2 * COUNT);
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_has_the_digest_it_was_kept_by() {
        let (keys, account) = (Keys::simulated().unwrap(), AccountId::from_bytes([1; 16]));
        for code in set(3) {
            let kept = code.digest(&keys, account);
            for typed in [code.grouped(), code.grouped().to_lowercase(), code.grouped().replace('-', "  ")] {
                assert!(RecoveryCode::parse(&typed).unwrap().digest(&keys, account).matches(&kept));
            }
        }
        assert!(RecoveryCode::parse("BCDF-GHJK").is_err() && RecoveryCode::parse("").is_err());
    }

    #[test]
    fn a_code_is_nothing_for_another_account_another_purpose_or_another_installation() {
        let (keys, account) = (Keys::simulated().unwrap(), AccountId::from_bytes([1; 16]));
        let codes = set(4);
        let [code, other, ..] = codes.as_slice() else { panic!("a set of fewer than two") };
        let kept = code.digest(&keys, account);
        assert!(!other.digest(&keys, account).matches(&kept));
        assert!(!code.digest(&keys, AccountId::from_bytes([2; 16])).matches(&kept));
        let as_token = keys.digest(Of::Token, &[account.bytes(), code.0.expose().as_bytes()]);
        assert!(!as_token.matches(&kept));
        let elsewhere = Keys::derive(&crate::secret::Secret::new([8; 32])).unwrap();
        assert!(!code.digest(&elsewhere, account).matches(&kept));
    }
}
