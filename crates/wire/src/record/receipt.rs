//! Receipts: two lines in a mail that say who sent it, about which request, and how the record stood then.
//!
//! ```text
//! bidden-receipt-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
//! AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
//! ```
//!
//! The length is fixed, so that lines may be broken anywhere and quoted on the way.

use aws_lc_rs::digest::{Context, SHA256};

use super::note::{KeyId, VerifierKey, VerifierKeys};
use crate::mail::message::Message;
use crate::{Malformed, token};

const WHAT: &str = "receipt";
/// What a receipt begins with.
pub const MARK: &str = "bidden-receipt-1";
/// How many characters follow it.
const LENGTH: usize = 135;
/// How many of them stand in the first line.
const FIRST: usize = 59;
/// What is signed begins with this and the name of the key.
const BEGIN: &str = "bidden receipt 1\n";
/// What is hashed with the address of the recipient.
const RECIPIENT: &[u8] = b"bidden receipt recipient\n";
/// Most receipts that are looked for in one text.
const MOST: usize = 64;
/// "No reference", which no two words have.
const NONE: u16 = u16::MAX;

/// The receipt of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which key signs it. The name of that key is the name of whoever sent the mail.
    pub key: KeyId,
    /// What kind of mail it is, by number.
    pub kind: u8,
    /// When the mail was put on its way, in seconds since 1970-01-01T00:00:00Z; 40 bits.
    pub at: u64,
    /// The two words of the request, by number.
    pub reference: Option<u16>,
    /// What is hashed with the recipient's address, so that no list of hashes fits two receipts.
    pub salt: [u8; 4],
    /// The hash of the recipient's address; see [`recipient`].
    pub recipient: [u8; 8],
    /// How many entries the record's newest checkpoint had; 40 bits, 0 when there was none.
    pub size: u64,
    /// The first bytes of its root.
    pub root: [u8; 8],
}

/// A receipt with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub receipt: Receipt,
    /// The signature.
    pub signature: [u8; 64],
}

/// The first eight bytes of the SHA-256 of salt and address. Whoever knows an address can test it; nobody can read it.
#[must_use]
pub fn recipient(salt: [u8; 4], address: &str) -> [u8; 8] {
    let mut context = Context::new(&SHA256);
    context.update(RECIPIENT);
    context.update(&salt);
    context.update(address.trim().to_lowercase().as_bytes());
    let mut short = [0; 8];
    for (to, from) in short.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    short
}

/// `text` without its receipts: letters by chance are no words.
#[must_use]
pub fn without(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        left.push_str(before);
        let letters = after.char_indices().filter(|(_, c)| !is_quoting(*c)).take(LENGTH);
        let mut read = letters.take_while(|(_, c)| is_letter(*c)).map(|(at, _)| at.saturating_add(1));
        let end = read.nth(LENGTH.saturating_sub(1));
        rest = end.and_then(|end| after.get(end..)).unwrap_or(after);
    }
    left.push_str(rest);
    left
}

/// What lines are quoted and broken with on the way.
fn is_quoting(c: char) -> bool {
    c.is_whitespace() || matches!(c, '>' | '|' | '=' | '\u{200b}' | '\u{ad}')
}

const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

impl Receipt {
    fn bytes(&self) -> Vec<u8> {
        let forty = |number: u64| number.to_be_bytes().into_iter().skip(3);
        let mut bytes = self.key.to_vec();
        bytes.push(self.kind);
        bytes.extend(forty(self.at));
        bytes.extend(self.reference.unwrap_or(NONE).to_be_bytes());
        bytes.extend(self.salt);
        bytes.extend(self.recipient);
        bytes.extend(forty(self.size));
        bytes.extend(self.root);
        bytes
    }

    /// What is signed by a key of `name`.
    #[must_use]
    pub fn message(&self, name: &str) -> Vec<u8> {
        let mut message = format!("{BEGIN}{name}\n").into_bytes();
        message.extend(self.bytes());
        message
    }
}

impl Signed {
    /// The two lines, without an end after the second.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut bytes = self.receipt.bytes();
        bytes.extend(self.signature);
        let text = token::encode(&bytes);
        let (first, second) = text.split_at_checked(FIRST).unwrap_or((&text, ""));
        format!("{MARK} {first}\n{second}")
    }

    /// The first receipts that stand in `text`, whatever stands around them: marks of quotation and line ends
    /// within them are passed over.
    #[must_use]
    pub fn find_all(text: &str) -> Vec<Self> {
        let after = text.match_indices(MARK).filter_map(|(at, mark)| text.get(at.checked_add(mark.len())?..));
        after.filter_map(|rest| Self::parse(rest).ok()).take(MOST).collect()
    }

    /// [`Self::find_all`] in the parts of a mail and in the bytes as they came, each receipt once.
    #[must_use]
    pub fn find_in(bytes: &[u8]) -> Vec<Self> {
        let message = Message::parse(bytes);
        let text = if message.is_mail() { message.text() } else { String::new() };
        let mut once: Vec<Self> = Vec::new();
        for found in [Self::find_all(&String::from_utf8_lossy(bytes)), Self::find_all(&text)] {
            for signed in found {
                if !once.contains(&signed) {
                    once.push(signed);
                }
            }
        }
        once
    }

    /// Reads what follows the mark.
    ///
    /// # Errors
    /// [`Malformed`] for anything that is not as long, or not written in its alphabet.
    fn parse(rest: &str) -> Result<Self, Malformed> {
        let letters = rest.chars().filter(|c| !is_quoting(*c)).take(LENGTH);
        let bytes: [u8; 101] = token::decode(&letters.collect::<String>())?;
        read(&bytes).ok_or(Malformed { what: WHAT, at: 0, expected: "a receipt" })
    }

    /// The key of `keys` by which it is signed, if there is one.
    #[must_use]
    pub fn signer<'a>(&self, keys: &'a VerifierKeys) -> Option<&'a VerifierKey> {
        keys.named(self.receipt.key)
            .find(|key| key.verifies(&self.receipt.message(key.name()), &self.signature))
    }
}

fn read(bytes: &[u8]) -> Option<Signed> {
    let forty = |bytes: &[u8; 5]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (key, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first()?;
    let (at, rest) = rest.split_first_chunk::<5>()?;
    let (reference, rest) = rest.split_first_chunk::<2>()?;
    let (salt, rest) = rest.split_first_chunk::<4>()?;
    let (recipient, rest) = rest.split_first_chunk::<8>()?;
    let (size, rest) = rest.split_first_chunk::<5>()?;
    let (root, rest) = rest.split_first_chunk::<8>()?;
    let reference = u16::from_be_bytes(*reference);
    Some(Signed {
        receipt: Receipt {
            key: *key,
            kind: *kind,
            at: forty(at),
            reference: (reference != NONE).then_some(reference),
            salt: *salt,
            recipient: *recipient,
            size: forty(size),
            root: *root,
        },
        signature: rest.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    fn signed() -> (Signed, VerifierKeys) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref()).unwrap();
        let key = VerifierKey::new("id.example.org/record", public).unwrap();
        let receipt = Receipt {
            key: key.id(),
            kind: 1,
            at: 1_795_297_599,
            reference: Some(4095),
            salt: [1, 2, 3, 4],
            recipient: recipient([1, 2, 3, 4], "alice@example.com"),
            size: 0xff_ffff_ffff,
            root: [5; 8],
        };
        let signature = pair.sign(&receipt.message(key.name()));
        let signature = <[u8; 64]>::try_from(signature.as_ref()).unwrap();
        (Signed { receipt, signature }, VerifierKeys::of(vec![key]))
    }

    #[test]
    fn a_receipt_has_two_lines_of_76_columns_at_most() {
        let (signed, keys) = signed();
        let lines = signed.lines();
        assert_eq!(lines.lines().map(str::len).collect::<Vec<_>>(), [76, 76]);
        assert_eq!(Signed::find_all(&lines), std::slice::from_ref(&signed));
        assert_eq!(signed.signer(&keys).unwrap().name(), "id.example.org/record");
    }

    #[test]
    fn a_receipt_survives_quoting_and_other_line_breaks() {
        let (signed, _) = signed();
        let lines = signed.lines();
        let quoted = format!("> > text\n> > {}\n> > more", lines.replace('\n', "\n> > "));
        let one = lines.replace('\n', "");
        let mut narrow = String::from("before ");
        for (n, c) in one.chars().enumerate() {
            narrow.push(c);
            if n > 20 && n % 40 == 0 {
                narrow.push_str("=\r\n");
            }
        }
        for text in [quoted, format!("{one} and more"), narrow, lines.replace('\n', " \r\n| ")] {
            assert_eq!(Signed::find_all(&text), std::slice::from_ref(&signed), "{text}");
            let left = without(&text);
            assert!(!left.contains(MARK) && left.len() + 140 < text.len(), "{left}");
        }
    }

    #[test]
    fn a_receipt_with_any_bit_changed_is_not_signed() {
        let (signed, keys) = signed();
        let mut bytes = signed.receipt.bytes();
        bytes.extend(signed.signature);
        assert_eq!(read(&bytes), Some(signed));
        for n in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[n / 8] ^= 1 << (n % 8);
            assert_eq!(read(&altered).unwrap().signer(&keys), None, "bit {n}");
        }
    }

    #[test]
    fn the_address_counts_and_its_letter_case_does_not() {
        let salt = [1, 2, 3, 4];
        assert_eq!(recipient(salt, "Alice@Example.COM "), recipient(salt, "alice@example.com"));
        assert_ne!(recipient(salt, "bob@example.com"), recipient(salt, "alice@example.com"));
        assert_ne!(recipient([0; 4], "alice@example.com"), recipient(salt, "alice@example.com"));
    }

    #[test]
    fn what_is_no_receipt_is_passed_over() {
        for bad in ["", MARK, "bidden-receipt-1 abc", &format!("{MARK} {}", "!".repeat(135))] {
            assert_eq!(Signed::find_all(bad), []);
            assert_eq!(without(bad), bad.replace(MARK, ""));
        }
    }
}
