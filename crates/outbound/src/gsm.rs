//! How long a text message is: what fits into one part, and how many parts a text needs.
//!
//! Implements: 3GPP TS 23.038 §6.2.1 (the GSM 7-bit default alphabet and its extension; UCS-2 for any other text),
//! TS 23.040 §9.2.3.24.1 (a part of several has six octets less).

/// Letters of one part, and of each of several.
const SEPTETS: (usize, usize) = (160, 153);
/// The same in UTF-16 units, when a character is not of the GSM alphabet.
const UNITS: (usize, usize) = (70, 67);

/// Beside ASCII letters and digits: what takes one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// What takes two.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How many parts `text` is sent in.
#[must_use]
pub fn parts(text: &str) -> u32 {
    let (length, (one, several)) = match septets(text) {
        Some(septets) => (septets, SEPTETS),
        None => (text.encode_utf16().count(), UNITS),
    };
    if length <= one { 1 } else { u32::try_from(length.div_ceil(several)).unwrap_or(u32::MAX) }
}

/// How many septets `text` has; `None` if it has a character that is not of the GSM alphabet.
fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || BASIC.contains(c) => Some(1),
            c if EXTENDED.contains(c) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_alphabet_has_127_characters_and_the_extension_ten() {
        // 128 positions, one of which is the escape to the extension.
        assert_eq!(BASIC.chars().count() + 62, 127);
        assert_eq!(EXTENDED.chars().count(), 10);
    }

    #[test]
    fn a_text_of_160_letters_is_one_part_and_more_are_153_each() {
        for (length, expected) in [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(parts(&"a".repeat(length)), expected, "{length}");
        }
        // Two septets each.
        assert_eq!((parts(&"€".repeat(80)), parts(&"€".repeat(81))), (1, 2));
        assert_eq!(parts("@id.example.org #BCDFGHJK\n{}"), 1);
    }

    #[test]
    fn one_other_character_makes_it_70_and_67() {
        for (length, expected) in [(70, 1), (71, 2), (134, 2), (135, 3)] {
            assert_eq!(parts(&"я".repeat(length)), expected, "{length}");
        }
        // A character beyond the basic plane has two units.
        assert_eq!((parts(&"🙂".repeat(35)), parts(&"🙂".repeat(36))), (1, 2));
        assert_eq!(parts(&format!("{}…", "a".repeat(70))), 2);
    }
}
