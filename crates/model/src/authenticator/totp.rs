//! Time-based codes of an authenticator app: the secret, the code of a moment, and whether what was typed is one.
//!
//! Implements: RFC 6238 (TOTP) and RFC 4226 §5.3 (HOTP), NIST SP 800-63B-4 §3.1.4 (a code changes within two minutes and
//! is accepted once), OWASP ASVS 5.0 6.5.1 (accepted once), 6.5.3 (seeds of an approved generator), 6.5.5 (shown for
//! 30 s).
//!
//! HMAC comes from AWS-LC, which is here already. A TOTP library would bring a second HMAC, SHA-1 and SHA-2, and would
//! not remember which step was accepted last, which is the part that matters.

use aws_lc_rs::hmac;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use wire::{Malformed, digits, otpauth};

use crate::entropy::{Entropy, NoEntropy};
use crate::secret::Secret;
use crate::time::{SECOND, Time};

/// How long a code is shown, in seconds (RFC 6238 §4.1: "X represents the time step in seconds (default value 30)").
pub const PERIOD: u64 = 30;
/// How many bytes a secret that is drawn has: 160 bits (RFC 4226 §4 R6 recommends them).
pub const DRAWN: usize = 20;
/// How many bytes a secret has at least (RFC 4226 §4 R6: "at least 128 bits") and at most.
const SIZE: std::ops::RangeInclusive<usize> = 16..=64;

/// The hash function below the HMAC. Apps know the first; some ignore what a QR code says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA-1, whose use here no weakness of SHA-1 touches (RFC 6238 §1.2).
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// As stored, and as apps write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }
}

/// How many digits a code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// Six, as every app shows them.
    Six,
    /// Eight.
    Eight,
}

impl Digits {
    /// The number.
    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
        }
    }

    /// Reads [`Self::count`].
    #[must_use]
    pub const fn from_count(count: u8) -> Option<Self> {
        match count {
            6 => Some(Self::Six),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    /// Ten to that power.
    const fn codes(self) -> u32 {
        match self {
            Self::Six => 1_000_000,
            Self::Eight => 100_000_000,
        }
    }
}

/// A moment as codes see it: the number of 30 seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(u64);

impl Step {
    /// The step of a time.
    #[must_use]
    pub fn of(time: Time) -> Self {
        Self(u64::try_from(time.micros() / SECOND).unwrap_or(0) / PERIOD)
    }

    /// The number, as stored.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Reads [`Self::number`].
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// A code as somebody typed it: so many ASCII digits.
pub struct TypedCode(Secret<String>);

/// The secret that an app and the server share for one account, and how codes are made of it.
pub struct Totp {
    secret: Secret<Vec<u8>>,
    algorithm: Algorithm,
    digits: Digits,
}

impl Totp {
    /// A fresh secret of 160 bits for SHA-1 and six digits, the one shape that every app has.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn draw(entropy: &mut Entropy) -> Result<Self, NoEntropy> {
        let secret = Secret::new(entropy.bytes::<DRAWN>()?.to_vec());
        Ok(Self { secret, algorithm: Algorithm::Sha1, digits: Digits::Six })
    }

    /// A secret that was unsealed or brought from elsewhere; none when it has fewer than 16 bytes or more than 64.
    #[must_use]
    pub fn from_parts(secret: Secret<Vec<u8>>, algorithm: Algorithm, digits: Digits) -> Option<Self> {
        SIZE.contains(&secret.expose().len()).then_some(Self { secret, algorithm, digits })
    }

    /// The secret, for sealing.
    #[must_use]
    pub const fn secret(&self) -> &Secret<Vec<u8>> {
        &self.secret
    }

    /// Its hash function.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits its codes have.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// What an app reads from a QR code. Whoever has it can make every code.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Secret<String> {
        let (algorithm, digits) = (self.algorithm.code(), u32::from(self.digits.count()));
        let secret = self.secret.expose();
        Secret::new(otpauth::Totp { issuer, account, secret, algorithm, digits, period: PERIOD }.uri())
    }

    /// The secret for those who type it: base 32 in groups of four.
    #[must_use]
    pub fn key(&self) -> Secret<String> {
        let letters = Secret::new(otpauth::base32(self.secret.expose()));
        let mut shown = String::with_capacity(letters.expose().len().saturating_mul(2));
        for (count, letter) in letters.expose().chars().enumerate() {
            if count > 0 && count % 4 == 0 {
                shown.push(' ');
            }
            shown.push(letter);
        }
        Secret::new(shown)
    }

    /// Reads what somebody typed as a code of this secret.
    ///
    /// # Errors
    /// [`Malformed`] for anything but so many digits: a slip, and no guess.
    pub fn read(&self, typed: &str) -> Result<TypedCode, Malformed> {
        digits::parse(typed, usize::from(self.digits.count())).map(|text| TypedCode(Secret::new(text)))
    }

    /// Whether `typed` is the code of now, of the step before or of the one after, and of a step after `last`, the
    /// one that was accepted last. The answer is the step to remember in its place.
    ///
    /// RFC 6238 §5.2: "The verifier MUST NOT accept the second attempt of the OTP after the successful validation has
    /// been issued for the first OTP". A code of an earlier step than that is not accepted either: it has been shown,
    /// and somebody may have read it. Takes the same time whatever is typed.
    #[must_use]
    pub fn accept(&self, typed: &TypedCode, now: Time, last: Option<Step>) -> Option<Step> {
        let now = Step::of(now).0;
        let (mut found, mut step) = (Choice::from(0), 0_u64);
        // The latest of the three wins, so that no code can be used a second time should two steps have the same.
        for candidate in [now.saturating_sub(1), now, now.saturating_add(1)] {
            let code = self.code(Step(candidate));
            let fresh = last.is_none_or(|last| candidate > last.0);
            let matches =
                code.expose().as_bytes().ct_eq(typed.0.expose().as_bytes()) & Choice::from(u8::from(fresh));
            step = u64::conditional_select(&step, &candidate, matches);
            found |= matches;
        }
        bool::from(found).then_some(Step(step))
    }

    /// The code of a step (RFC 4226 §5.3).
    #[must_use]
    pub fn code(&self, step: Step) -> Secret<String> {
        let algorithm = match self.algorithm {
            Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => hmac::HMAC_SHA256,
            Algorithm::Sha512 => hmac::HMAC_SHA512,
        };
        let tag = hmac::sign(&hmac::Key::new(algorithm, self.secret.expose()), &step.0.to_be_bytes());
        let tag = tag.as_ref();
        // Step 2: the last four bits say where the four bytes begin, whose first bit is left out.
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0F);
        let bytes = tag.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        let number = u32::from_be_bytes(bytes) & 0x7FFF_FFFF;
        // Step 3: so many decimal digits of it.
        let width = usize::from(self.digits.count());
        Secret::new(format!("{:0width$}", number % self.digits.codes()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6238 appendix B: time in seconds, and the codes with SHA-1, SHA-256 and SHA-512.
    const VECTORS: [(i64, [&str; 3]); 6] = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * SECOND)
    }

    fn totp(algorithm: Algorithm, digits: Digits) -> Totp {
        let size = match algorithm {
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        };
        let secret = b"1234567890".iter().copied().cycle().take(size).collect();
        Totp::from_parts(Secret::new(secret), algorithm, digits).unwrap()
    }

    fn usual() -> Totp {
        totp(Algorithm::Sha1, Digits::Six)
    }

    fn code(totp: &Totp, seconds: i64) -> TypedCode {
        totp.read(totp.code(Step::of(at(seconds))).expose()).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        for (seconds, codes) in VECTORS {
            for (algorithm, expected) in Algorithm::ALL.into_iter().zip(codes) {
                let totp = totp(algorithm, Digits::Eight);
                assert_eq!(totp.code(Step::of(at(seconds))).expose(), expected, "{seconds} {algorithm:?}");
                let typed = totp.read(expected).unwrap();
                assert_eq!(totp.accept(&typed, at(seconds), None), Some(Step::of(at(seconds))));
            }
            let six = totp(Algorithm::Sha1, Digits::Six).code(Step::of(at(seconds)));
            assert_eq!(Some(six.expose().as_str()), codes[0].get(2..));
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_and_one_step_late_and_no_further() {
        let totp = usual();
        let typed = code(&totp, 60);
        for (seconds, accepted) in
            [(0, false), (29, false), (30, true), (60, true), (89, true), (119, true), (120, false)]
        {
            let found = totp.accept(&typed, at(seconds), None);
            assert_eq!(found, accepted.then_some(Step(2)), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_never_accepted_twice_nor_after_a_later_one() {
        let totp = usual();
        let last = totp.accept(&code(&totp, 60), at(60), None);
        assert_eq!(last, Some(Step(2)));
        assert_eq!(totp.accept(&code(&totp, 60), at(60), last), None);
        assert_eq!(totp.accept(&code(&totp, 30), at(60), last), None);
        assert_eq!(totp.accept(&code(&totp, 90), at(60), last), Some(Step(3)));
        // One accepted ahead of its time leaves nothing of the steps before it.
        assert_eq!(totp.accept(&code(&totp, 60), at(60), Some(Step(3))), None);
    }

    #[test]
    fn what_is_no_code_of_so_many_digits_is_a_slip_and_a_wrong_one_is_refused() {
        let totp = usual();
        for typed in ["", "12345", "1234567", "12345x"] {
            assert!(totp.read(typed).is_err(), "{typed}");
        }
        let right = code(&totp, 60).0.expose().clone();
        let (head, tail) = right.split_at(3);
        let spaced = totp.read(&format!(" {head} {tail}")).unwrap();
        assert_eq!(totp.accept(&spaced, at(60), None), Some(Step(2)));
        let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
        assert_eq!(totp.accept(&totp.read(&wrong).unwrap(), at(60), None), None);
    }

    #[test]
    fn a_drawn_secret_has_160_bits_and_stands_in_uri_and_key() {
        let totp = Totp::draw(&mut Entropy::seeded(1)).unwrap();
        assert_eq!(
            (totp.secret().expose().len(), totp.algorithm(), totp.digits()),
            (20, Algorithm::Sha1, Digits::Six)
        );
        let key = totp.key();
        let letters: String = key.expose().split(' ').collect();
        assert_eq!((letters.len(), key.expose().split(' ').count()), (32, 8));
        let uri = totp.uri("Linden Library", "anna@linden.example");
        assert_eq!(
            uri.expose(),
            &format!(
                "otpauth://totp/Linden%20Library:anna%40linden.example?secret={letters}\
                 &issuer=Linden%20Library&algorithm=SHA1&digits=6&period=30"
            )
        );
        assert_ne!(Totp::draw(&mut Entropy::seeded(2)).unwrap().key().expose(), key.expose());
    }

    #[test]
    fn a_secret_that_is_too_short_or_too_long_is_not_taken() {
        for (size, fits) in [(0, false), (15, false), (16, true), (64, true), (65, false)] {
            let made = Totp::from_parts(Secret::new(vec![1; size]), Algorithm::Sha1, Digits::Six);
            assert_eq!(made.is_some(), fits, "{size}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_code(algorithm.code()), Some(algorithm));
        }
        for digits in [Digits::Six, Digits::Eight] {
            assert_eq!(Digits::from_count(digits.count()), Some(digits));
        }
        assert_eq!((Digits::from_count(7), Algorithm::from_code("MD5")), (None, None));
        assert_eq!(Step::from_number(Step(7).number()), Step(7));
        assert_eq!(Step::of(at(-1)), Step(0));
    }

    proptest! {
        /// Whatever is typed whenever: the accepted steps only grow, and each code is accepted once.
        #[test]
        fn accepted_steps_only_grow(tries in proptest::collection::vec((0_i64..600, -3_i64..=3), 1..40)) {
            let totp = usual();
            let mut last: Option<Step> = None;
            for (seconds, ahead) in tries {
                let seconds = seconds + 90;
                let of = seconds + ahead * 30;
                if let Some(step) = totp.accept(&code(&totp, of), at(seconds), last) {
                    prop_assert!(last.is_none_or(|last| step > last));
                    prop_assert!(Step::of(at(seconds)).0.abs_diff(step.0) <= 1);
                    last = Some(step);
                    prop_assert_eq!(totp.accept(&code(&totp, of), at(seconds), last), None);
                }
            }
        }
    }
}
