//! The part of an e-mail address before the `@`: what may stand there, and when two are one person.
//!
//! Implements: RFC 5321 §4.1.2 (Dot-string) and §4.5.3.1.1 (64 octets), RFC 6531 §3.3 (letters outside
//! ASCII), RFC 6532 §3.1 (normalisation form C when comparing). Quoted local parts are not taken.

use std::borrow::Cow;

use idna::{
    AsciiDenyList,
    uts46::{Hyphens, Uts46},
};

/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
const LONGEST: usize = 64;

/// Checks a local part; an error is the byte where it goes wrong and what was expected there.
pub(crate) fn check(local: &str) -> Result<(), (usize, &'static str)> {
    if local.is_empty() {
        return Err((0, "a name before the '@'"));
    }
    let mut after_dot = true;
    for (at, c) in local.char_indices() {
        if at.saturating_add(c.len_utf8()) > LONGEST {
            return Err((at, "at most 64 bytes before the '@'"));
        }
        match c {
            '.' if after_dot => return Err((at, "a letter or digit, not a dot first or two in a row")),
            '.' => after_dot = true,
            _ if is_atext(c) || letter(c).is_some() || (!after_dot && is_mark(c)) => after_dot = false,
            _ if c.is_alphanumeric() => return Err((at, "a letter in its plain form")),
            _ => return Err((at, "a letter, a digit, '.' or one of !#$%&'*+-/=?^_`{|}~")),
        }
    }
    if after_dot { Err((local.len(), "a letter or digit after the last dot")) } else { Ok(()) }
}

/// The form in which two local parts are compared: lower case, and composed (NFC) as far as that
/// changes no letter into another one. The input has passed [`check`].
pub(crate) fn identity(local: &str) -> String {
    let mut labels = local.split('.').map(|label| {
        let lower: String = label.chars().flat_map(char::to_lowercase).collect();
        let stable = lower.chars().all(|c| c.is_ascii() || is_mark(c) || letter(c) == Some(true));
        if label.is_ascii() || !stable {
            return lower;
        }
        mapped(&lower).map_or_else(|| lower.clone(), Cow::into_owned)
    });
    let first = labels.next().unwrap_or_default();
    labels.fold(first, |whole, label| whole + "." + &label)
}

/// RFC 5321 §4.1.2 and RFC 5322 §3.2.3: atext, of ASCII.
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// Whether `c` is a letter or digit outside ASCII that may stand in a local part, and if so whether
/// UTS 46 leaves its lower case alone. What it would turn into ASCII (full-width letters, ligatures, the
/// Kelvin sign) may not: it is a second spelling of somebody else's address.
fn letter(c: char) -> Option<bool> {
    if c.is_ascii() || !c.is_alphanumeric() {
        return None;
    }
    let lower: String = c.to_lowercase().collect();
    // Digits and some vowel signs are valid only after a letter, and of one direction.
    let form = ["", LEFT_TO_RIGHT, RIGHT_TO_LEFT].into_iter().find_map(|before| {
        let whole = mapped(&format!("{before}{lower}"))?.into_owned();
        whole.strip_prefix(before).map(str::to_owned)
    })?;
    let shown_as_ascii = lower.is_ascii() || (form != lower && form.contains(|c: char| c.is_ascii()));
    (!shown_as_ascii).then_some(form == lower)
}

/// Whether `c` is a combining mark: UTS 46 refuses it first in a label and keeps it after a letter.
fn is_mark(c: char) -> bool {
    let after_letter = format!("{LEFT_TO_RIGHT}{c}");
    !c.is_ascii()
        && mapped(c.encode_utf8(&mut [0; 4])).is_none()
        && mapped(&after_letter).is_some_and(|form| form == after_letter)
}

/// A letter that no mark is ever composed with.
const LEFT_TO_RIGHT: &str = "\u{4E00}";
const RIGHT_TO_LEFT: &str = "\u{5D0}";

/// UTS 46 §4 steps 1 to 4 (map, normalise, validate) on one label; `None` when it is not valid.
fn mapped(label: &str) -> Option<Cow<'_, str>> {
    let (form, valid) = Uts46::new().to_unicode(label.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    valid.ok().map(|()| form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_local_parts_are_taken() {
        for local in [
            "a",
            "first.last",
            "a+tag",
            "!#$%&'*+-/=?^_`{|}~",
            "1",
            "--",
            "xn--a",
            "jos\u{e9}",
            "jose\u{301}",
            "\u{440}\u{443}",
            "\u{540d}\u{524d}",
            "\u{633}\u{644}\u{627}\u{645}",
            "\u{928}\u{92E}\u{938}\u{94D}\u{924}\u{947}",
            "\u{e01}\u{e33}",
            "stra\u{df}e",
            "\u{3c3}\u{3b1}\u{3c2}",
            "\u{9df}",
            "\u{660}",
            "\u{130}z",
            "1\u{5d0}",
            "\u{212b}",
        ] {
            assert_eq!(check(local), Ok(()), "{local}");
        }
    }

    #[test]
    fn other_local_parts_are_refused_at_their_place() {
        for (local, at) in [
            ("", 0),
            (".a", 0),
            ("a.", 2),
            ("a..b", 2),
            ("a b", 1),
            ("\"a\"", 0),
            ("a,b", 1),
            ("a@b", 1),
            ("a(b)", 1),
            ("a\\b", 1),
            ("\u{301}a", 0),
            ("a.\u{301}", 2),
            ("a\u{1F642}", 1),
            ("a\u{2019}", 1),
            ("\u{ff41}", 0),
            ("\u{fb01}", 0),
            ("\u{212a}", 0),
            ("\u{17f}", 0),
            ("\u{aa}", 0),
            ("\u{3002}", 0),
            ("a\u{e000}", 1),
            ("\u{2460}", 0),
        ] {
            assert_eq!(check(local).map_err(|(at, _)| at), Err(at), "{local}");
        }
    }

    #[test]
    fn sixty_four_bytes_are_taken_and_sixty_five_refused() {
        assert!(check(&"a".repeat(64)).is_ok());
        assert_eq!(check(&"a".repeat(65)).unwrap_err().0, 64);
        assert!(check(&"\u{e9}".repeat(32)).is_ok());
        assert_eq!(check(&"\u{e9}".repeat(33)).unwrap_err().0, 64);
    }

    #[test]
    fn case_and_composition_do_not_make_another_person() {
        for (one, other) in [
            ("First.Last", "first.last"),
            ("JOS\u{c9}", "jos\u{e9}"),
            ("jose\u{301}", "jos\u{e9}"),
            ("\u{420}\u{423}", "\u{440}\u{443}"),
            ("\u{212b}sa", "\u{e5}sa"),
            ("A.JOSE\u{301}", "a.jos\u{e9}"),
            ("\u{1E9E}", "\u{df}"),
        ] {
            assert_eq!(identity(one), identity(other), "{one}");
        }
        assert_eq!(identity("A+B.c"), "a+b.c");
    }

    #[test]
    fn look_alikes_and_neighbours_stay_different_people() {
        for (one, other) in [
            ("a", "\u{430}"),
            ("jose", "jos\u{e9}"),
            ("i", "\u{131}"),
            ("i", "\u{130}"),
            ("ss", "\u{df}"),
            ("a.b", "ab"),
            ("a+b", "a"),
            ("\u{ff76}", "\u{30ab}"),
            ("\u{3c3}", "\u{3c2}"),
            ("xn--bcher-kva", "b\u{fc}cher"),
        ] {
            assert_ne!(identity(one), identity(other), "{one} {other}");
        }
    }
}
