//! A single-use sign-in code: how it is drawn, what it is bound to, how it may end.
//!
//! Implements: NIST SP 800-63B-4 §3.1.3.2 (approved generator, at most ten minutes, accepted once, a new
//! one does not reset the failure count), OWASP ASVS 5.0 6.6.2 (bound to the original request).

use serde::{Deserialize, Serialize};
use wire::base20;

use crate::digest::{Digest, Keys, Of};
use crate::entropy::{Entropy, NoEntropy};
use crate::id::{AccountId, RequestId};
use crate::secret::Secret;
use crate::time::Time;

/// What a code is for. A code for one purpose is nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in to an account that exists.
    SignIn,
    /// To confirm an address and open an account with it.
    OpenAccount,
    /// To prove once more, within a browser session, who is there.
    Confirm,
    /// To confirm, within a browser session, an address that the account is to be signed in to by.
    AddAddress,
    /// To confirm, within a browser session, an address for recovery and for nothing else.
    AddRecovery,
    /// To prove, without a session, that one reads an address of an account whose authenticators are lost
    /// (NIST SP 800-63B-4 §4.2.1.2).
    Recovery,
}

impl Purpose {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::OpenAccount => "open_account",
            Self::Confirm => "confirm",
            Self::AddAddress => "add_address",
            Self::AddRecovery => "add_recovery",
            Self::Recovery => "recovery",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::SignIn,
            Self::OpenAccount,
            Self::Confirm,
            Self::AddAddress,
            Self::AddRecovery,
            Self::Recovery,
        ];
        all.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// How a request for a code stands. All but `Live` are ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeState {
    /// It can still be redeemed (or, for a decoy, looks as if it could).
    Live,
    /// It was used.
    Redeemed,
    /// All guesses are spent.
    Refused,
    /// Its time passed.
    Expired,
    /// A person said "I did not ask for this".
    Denied,
}

impl CodeState {
    const ALL: [Self; 5] = [Self::Live, Self::Redeemed, Self::Refused, Self::Expired, Self::Denied];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Redeemed => "redeemed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Denied => "denied",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// The text of a code, upper case, without the dash.
#[derive(Clone)]
pub struct CodeText(Secret<String>);

impl CodeText {
    /// Draws `length` characters of base 20, each equally likely: bytes from 240 on are thrown away,
    /// because 256 is no multiple of 20.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn draw(entropy: &mut Entropy, length: u8) -> Result<Self, NoEntropy> {
        let mut text = String::with_capacity(usize::from(length));
        while text.len() < usize::from(length) {
            for byte in entropy.bytes::<16>()? {
                let letter = base20::ALPHABET.get(usize::from(byte % 20));
                if let (true, Some(letter)) = (byte < 240 && text.len() < usize::from(length), letter) {
                    text.push(*letter);
                }
            }
        }
        Ok(Self(Secret::new(text)))
    }

    /// Its first letters: as likely as any others, since each was drawn by itself.
    #[must_use]
    pub fn first(&self, letters: u8) -> Self {
        Self(Secret::new(self.0.expose().chars().take(usize::from(letters)).collect()))
    }

    /// Takes what a person typed, after `wire::base20::parse`, or what was unsealed.
    #[must_use]
    pub const fn from_text(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The text, for sealing and for the one mail that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// As people read it: `BCDF-GHJK`.
    #[must_use]
    pub fn grouped(&self) -> String {
        base20::group(self.0.expose())
    }
}

/// Everything a code is bound to. The digest covers all of it, so that a code presented anywhere else
/// than where it was asked for does not match, whatever else may be wrong (threats.md §5.2 row 9).
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The request it was made for (and with it address and account, which the request's row holds).
    pub request: RequestId,
    /// What it is for.
    pub purpose: Purpose,
    /// The tenant it belongs to.
    pub tenant: &'a str,
    /// The 128-bit half that only the asking browser holds.
    pub browser_half: &'a [u8; 16],
}

impl Binding<'_> {
    /// The keyed digest of `code` in this context.
    #[must_use]
    pub fn digest(&self, keys: &Keys, code: &CodeText) -> Digest {
        let parts: [&[u8]; 5] = [
            self.request.bytes(),
            self.purpose.code().as_bytes(),
            self.tenant.as_bytes(),
            self.browser_half,
            code.expose().as_bytes(),
        ];
        keys.digest(Of::SignInCode, &parts)
    }
}

/// A request for a code as the store holds it.
#[derive(Clone, Debug)]
pub struct SignInCode {
    /// The request.
    pub id: RequestId,
    /// Whose account it is for; none for an unknown address.
    pub account: Option<AccountId>,
    /// The mail destination.
    pub destination: Digest,
    /// What the code is for.
    pub purpose: Purpose,
    /// How the request stands.
    pub state: CodeState,
    /// Guesses left.
    pub guesses_left: u8,
    /// Guesses it started with.
    pub guesses: u8,
    /// Whether its budgets let a mail leave. If not, the code exists nowhere but here, and nothing matches.
    pub mailed: bool,
    /// Whether there is no account that it could sign in to. A decoy acts the same and never matches.
    pub decoy: bool,
    /// Whether the asking browser had signed in to this account before.
    pub known: bool,
    /// The digest of the browser half, to tell "another browser" from "wrong code".
    pub browser: Digest,
    /// When it was asked for.
    pub asked_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// When it was last handed to the outbox.
    pub mailed_at: Time,
    /// The two words shown on the page and in the mail.
    pub reference: String,
}

impl SignInCode {
    /// Whether a matching code may be accepted at all.
    #[must_use]
    pub const fn acceptable(&self) -> bool {
        self.mailed && !self.decoy
    }

    /// How the request stands at `now`: time ends a live code even before the sweep has seen it.
    #[must_use]
    pub fn state_at(&self, now: Time) -> CodeState {
        if self.state == CodeState::Live && now >= self.expires_at { CodeState::Expired } else { self.state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::Cx;

    /// threats.md §5.2 row 50: χ² over a million codes, for each position.
    #[test]
    fn row_50_every_letter_is_equally_likely_at_every_position() {
        let mut entropy = Entropy::seeded(50);
        let mut counts = [[0_u32; 20]; 8];
        const CODES: u32 = 1_000_000;
        for _ in 0..CODES {
            let code = CodeText::draw(&mut entropy, 8).unwrap();
            for (position, letter) in code.expose().bytes().enumerate() {
                counts[position]
                    [base20::ALPHABET.iter().position(|known| *known == char::from(letter)).unwrap()] += 1;
            }
        }
        let expected = f64::from(CODES) / 20.0;
        for position in counts {
            let chi2: f64 = position.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            // 19 degrees of freedom: 0.1 % above 43.8; eight positions and a fixed seed.
            assert!(chi2 < 43.8, "χ² = {chi2}");
        }
    }

    /// threats.md §5.2 row 9: only the code in its own context gives the digest.
    #[test]
    fn row_9_a_code_matches_only_in_its_own_context() {
        let keys = Keys::simulated().unwrap();
        let mut cx = Cx::simulated(Time::from_micros(0), 9);
        let (request, other) = (RequestId::new(&mut cx).unwrap(), RequestId::new(&mut cx).unwrap());
        let code = CodeText::draw(&mut cx.entropy, 8).unwrap();
        let own = Binding { request, purpose: Purpose::SignIn, tenant: "a", browser_half: &[1; 16] };
        let digest = own.digest(&keys, &code);
        for wrong in [
            Binding { request: other, ..own },
            Binding { purpose: Purpose::OpenAccount, ..own },
            Binding { tenant: "b", ..own },
            Binding { browser_half: &[2; 16], ..own },
        ] {
            assert!(!wrong.digest(&keys, &code).matches(&digest));
        }
        assert!(own.digest(&keys, &code).matches(&digest));
    }
}
