//! Signed notes: a text with signatures below it, and the keys that verify them.
//!
//! Implements: C2SP signed-note (v1.0.0), with Ed25519 signatures (type 0x01).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::Malformed;

const KEY: &str = "verifier key";
const NOTE: &str = "signed note";
/// The type of an Ed25519 key.
const ED25519_TYPE: u8 = 1;
/// Longest name of a key.
const LONGEST_NAME: usize = 300;
/// Longest note.
const LONGEST: usize = 8192;
/// Most signatures of one note.
const MOST_SIGNATURES: usize = 16;
/// Most bytes of a file of keys.
const LONGEST_FILE: usize = 64 << 10;
/// What a line with a signature begins with.
const DASH: &str = "\u{2014} ";

const fn refuse<T>(what: &'static str, at: usize, expected: &'static str) -> Result<T, Malformed> {
    Err(Malformed { what, at, expected })
}

/// The four bytes by which a signature names its key.
pub type KeyId = [u8; 4];

/// A public key with the name of whoever signs with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key of `name`.
    ///
    /// # Errors
    /// [`Malformed`] for a name that is empty, too long, or has a space, a control character or a plus in it.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, Malformed> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(odd) {
            return refuse(KEY, 0, "a name without spaces and plus signs");
        }
        Ok(Self { name: name.to_owned(), public })
    }

    /// Reads `name+id+key`, as [`fmt::Display`] writes it.
    ///
    /// # Errors
    /// [`Malformed`] for anything else, and for an identifier that is not this key's.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let expected = "name+id+key";
        let Some((name, rest)) = text.split_once('+') else { return refuse(KEY, 0, expected) };
        let Some((id, key)) = rest.split_once('+') else { return refuse(KEY, name.len(), expected) };
        let at = text.len().saturating_sub(key.len());
        let Ok(bytes) = STANDARD.decode(key) else { return refuse(KEY, at, "base64") };
        let public = match bytes.split_first() {
            Some((&ED25519_TYPE, public)) => <[u8; 32]>::try_from(public).ok(),
            _ => None,
        };
        let Some(public) = public else { return refuse(KEY, at, "an Ed25519 key") };
        let key = Self::new(name, public)?;
        if crate::token::hex(&key.id()) != id {
            return refuse(KEY, name.len(), "the identifier of this key");
        }
        Ok(key)
    }

    /// Who signs with it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// How signatures name it.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut text = self.name.as_bytes().to_vec();
        text.extend([b'\n', ED25519_TYPE]);
        text.extend(self.public);
        let mut id = KeyId::default();
        for (to, from) in id.iter_mut().zip(digest(&SHA256, &text).as_ref()) {
            *to = *from;
        }
        id
    }

    /// Whether `signature` is by this key over `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519_TYPE];
        key.extend(self.public);
        write!(f, "{}+{}+{}", self.name, crate::token::hex(&self.id()), STANDARD.encode(key))
    }
}

/// The keys of a file: one a line; empty lines and those that begin with `#` say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifierKeys(Vec<VerifierKey>);

impl VerifierKeys {
    /// Reads a file of keys.
    ///
    /// # Errors
    /// [`Malformed`] for a line that is no key, and for a file that is too long or has none.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST_FILE {
            return refuse(KEY, LONGEST_FILE, "fewer keys");
        }
        let mut keys = Vec::new();
        let mut at = 0_usize;
        for line in text.split('\n') {
            let said = line.trim();
            if !said.is_empty() && !said.starts_with('#') {
                let key = VerifierKey::parse(said);
                keys.push(key.map_err(|error| Malformed { at: at.saturating_add(error.at), ..error })?);
            }
            at = at.saturating_add(line.len()).saturating_add(1);
        }
        if keys.is_empty() { refuse(KEY, text.len(), "a key") } else { Ok(Self(keys)) }
    }

    /// These keys.
    #[must_use]
    pub const fn of(keys: Vec<VerifierKey>) -> Self {
        Self(keys)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[VerifierKey] {
        &self.0
    }

    /// Those that a signature may mean by `id`.
    pub fn named(&self, id: KeyId) -> impl Iterator<Item = &VerifierKey> {
        self.0.iter().filter(move |key| key.id() == id)
    }
}

/// A signature below a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// Which of its keys.
    pub id: KeyId,
    /// The signature, an Ed25519 one if the key is.
    pub bytes: Vec<u8>,
}

/// A text with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text that is signed; ends with a line end.
    pub text: String,
    /// The signatures.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Reads a note. Signatures by keys of other kinds are kept unread.
    ///
    /// # Errors
    /// [`Malformed`] for a text without an empty line and a signature below it, and for one that is too long.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST {
            return refuse(NOTE, LONGEST, "a shorter note");
        }
        let Some(cut) = text.rfind("\n\n") else { return refuse(NOTE, text.len(), "an empty line") };
        let (said, below) = text.split_at(cut.saturating_add(1));
        let below = below.get(1..).unwrap_or_default();
        if !below.ends_with('\n') {
            return refuse(NOTE, text.len(), "a line end");
        }
        if said.chars().any(|c| c.is_control() && c != '\n') {
            return refuse(NOTE, 0, "no control characters");
        }
        let mut signatures = Vec::new();
        for line in below.lines() {
            let Some(signature) = read_signature(line) else {
                return refuse(NOTE, cut.saturating_add(2), "signatures");
            };
            signatures.push(signature);
        }
        if signatures.is_empty() || signatures.len() > MOST_SIGNATURES {
            return refuse(NOTE, cut.saturating_add(2), "one signature to sixteen");
        }
        Ok(Self { text: said.to_owned(), signatures })
    }

    /// The note with one signature.
    #[must_use]
    pub fn signed(text: &str, key: &VerifierKey, signature: &[u8; 64]) -> String {
        let mut bytes = key.id().to_vec();
        bytes.extend(signature);
        format!("{text}\n{DASH}{} {}\n", key.name(), STANDARD.encode(bytes))
    }

    /// The key of `keys` by which the text is signed, if there is one.
    #[must_use]
    pub fn signer<'a>(&self, keys: &'a VerifierKeys) -> Option<&'a VerifierKey> {
        self.signatures.iter().find_map(|signature| {
            let bytes = <[u8; 64]>::try_from(signature.bytes.as_slice()).ok()?;
            keys.named(signature.id)
                .find(|key| key.name() == signature.name && key.verifies(self.text.as_bytes(), &bytes))
        })
    }
}

fn read_signature(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    let named = !name.is_empty() && !name.contains('+');
    named.then(|| Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    fn pair() -> (Ed25519KeyPair, VerifierKey) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref()).unwrap();
        (pair, VerifierKey::new("id.example.org/record", public).unwrap())
    }

    fn note(text: &str) -> String {
        let (pair, key) = pair();
        let signature = <[u8; 64]>::try_from(pair.sign(text.as_bytes()).as_ref()).unwrap();
        Note::signed(text, &key, &signature)
    }

    #[test]
    fn the_example_of_the_specification_is_read_and_verified() {
        // C2SP signed-note, "Example": its verifier key and note.
        let key =
            VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let signed = format!(
            "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        let note = Note::parse(&signed).unwrap();
        assert_eq!(note.text, text);
        assert_eq!(note.signer(&VerifierKeys::of(vec![key.clone()])), Some(&key));
    }

    #[test]
    fn a_key_comes_back_as_it_was_written() {
        let (_, key) = pair();
        assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key.clone()));
        let file = format!("# the key of a test\n\n{key}\n");
        assert_eq!(VerifierKeys::parse(&file).unwrap().all(), [key]);
    }

    #[test]
    fn a_key_under_another_name_is_refused() {
        let text = pair().1.to_string();
        assert!(VerifierKey::parse(&text.replace("id.", "ip.")).is_err());
        for bad in ["", "a", "a+b", "a+b+c", "a b+00000000+AQ==", &text[1..]] {
            assert!(VerifierKey::parse(bad).is_err(), "{bad}");
        }
        assert!(VerifierKeys::parse("# nothing\n").is_err());
    }

    #[test]
    fn a_note_with_any_byte_changed_is_not_signed() {
        let (_, key) = pair();
        let keys = VerifierKeys::of(vec![key]);
        let good = note("first line\nsecond line\n");
        assert!(Note::parse(&good).unwrap().signer(&keys).is_some());
        for n in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.as_bytes().to_vec();
                bytes[n] ^= 1 << bit;
                let Ok(text) = String::from_utf8(bytes) else { continue };
                let signer = Note::parse(&text).ok().and_then(|note| note.signer(&keys).cloned());
                assert_eq!(signer, None, "byte {n}, bit {bit}: {text}");
            }
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        for bad in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\u{2014} a b",
            "text\n\nnothing\n",
            "a\rb\n\n\u{2014} a AAAAAAA=\n",
        ] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
    }
}
