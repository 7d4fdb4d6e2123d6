//! Table: the two words that a waiting page and its mail share, so that two requests are not confused.
//!
//! They are a convenience and prove nothing: whoever relays a page sees them too (threats.md §6 idea 11).

use crate::entropy::{Entropy, NoEntropy};

const FIRST: [&str; 64] = [
    "amber", "apple", "aspen", "autumn", "basil", "birch", "blue", "brass", "bright", "calm", "candle",
    "cedar", "chalk", "cherry", "clear", "clover", "cobalt", "copper", "coral", "cotton", "crisp", "dawn",
    "early", "east", "ebony", "elm", "ember", "fern", "flint", "forest", "garden", "ginger", "golden",
    "granite", "green", "hazel", "indigo", "ivory", "jade", "lemon", "lilac", "linen", "maple", "marble",
    "mellow", "mint", "misty", "north", "olive", "opal", "orange", "pearl", "pine", "plum", "quiet", "rose",
    "silver", "slate", "snowy", "sunny", "teal", "velvet", "violet", "willow",
];
const SECOND: [&str; 64] = [
    "anchor",
    "arrow",
    "badger",
    "basket",
    "beacon",
    "bridge",
    "brook",
    "candle",
    "canoe",
    "castle",
    "comet",
    "compass",
    "crane",
    "cricket",
    "falcon",
    "feather",
    "ferry",
    "finch",
    "flute",
    "fountain",
    "fox",
    "gate",
    "harbour",
    "heron",
    "hill",
    "island",
    "kettle",
    "kite",
    "lantern",
    "lark",
    "lighthouse",
    "lynx",
    "magpie",
    "meadow",
    "mill",
    "mirror",
    "moon",
    "needle",
    "oar",
    "orchard",
    "otter",
    "owl",
    "paddle",
    "pebble",
    "pillow",
    "quill",
    "raven",
    "ribbon",
    "river",
    "robin",
    "saddle",
    "sail",
    "spoon",
    "squirrel",
    "star",
    "stone",
    "swan",
    "table",
    "thimble",
    "tower",
    "train",
    "valley",
    "wagon",
    "wren",
];

/// Draws a reference such as `amber-falcon`: one of 4,096.
///
/// # Errors
/// [`NoEntropy`] when the system gives no random bytes.
pub fn draw(entropy: &mut Entropy) -> Result<String, NoEntropy> {
    let [first, second] = entropy.bytes::<2>()?;
    let word = |words: &'static [&'static str; 64], byte: u8| {
        words.get(usize::from(byte % 64)).copied().unwrap_or("plain")
    };
    Ok(format!("{}-{}", word(&FIRST, first), word(&SECOND, second)))
}

/// The number of a reference, below 4,096; none for words that are none.
#[must_use]
pub fn number_of(reference: &str) -> Option<u16> {
    let (first, second) = reference.split_once('-')?;
    let place = |words: &[&str; 64], word: &str| words.iter().position(|known| *known == word);
    let (first, second) = (place(&FIRST, first)?, place(&SECOND, second)?);
    u16::try_from(first.checked_mul(64)?.checked_add(second)?).ok()
}

/// The reference with this number.
#[must_use]
pub fn of_number(number: u16) -> Option<String> {
    let (first, second) = (FIRST.get(usize::from(number / 64))?, SECOND.get(usize::from(number % 64))?);
    Some(format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_a_number_and_every_number_below_4096_a_reference() {
        for number in 0..4096 {
            assert_eq!(number_of(&of_number(number).unwrap()), Some(number));
        }
        assert_eq!(of_number(4096), None);
        for bad in ["", "amber", "falcon-amber", "amber-falcon-"] {
            assert_eq!(number_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reference_is_two_plain_words_and_no_word_occurs_twice() {
        let reference = draw(&mut Entropy::seeded(1)).unwrap();
        assert_eq!(reference.split('-').count(), 2);
        for mut words in [FIRST.to_vec(), SECOND.to_vec()] {
            assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), 64);
        }
    }
}
