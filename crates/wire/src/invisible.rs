//! Characters that nobody sees but that change how text is read: control, zero width, direction.
//!
//! Implements: the refusals that UTS 39 §3.1 recommends for identifiers (default ignorable code
//! points), and the bidirectional controls of UAX 9 §2.

/// Whether `c` takes no room on the screen or turns the reading direction: a control character, a
/// default ignorable code point or a bidirectional control. White space is not meant.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let ignorable = matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}');
    ignorable || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::is_invisible;

    #[test]
    fn zero_width_and_direction_characters_are_invisible() {
        for c in ['\0', '\n', '\u{7F}', '\u{85}', '\u{AD}', '\u{200B}', '\u{200D}', '\u{200F}', '\u{202E}'] {
            assert!(is_invisible(c), "{:?}", c.escape_unicode().to_string());
        }
        for c in ['\u{2066}', '\u{2069}', '\u{3164}', '\u{FEFF}', '\u{FE0F}', '\u{E0061}', '\u{E01EF}'] {
            assert!(is_invisible(c), "{:?}", c.escape_unicode().to_string());
        }
    }

    #[test]
    fn letters_marks_and_spaces_are_not_invisible() {
        for c in ['a', ' ', '\u{A0}', 'é', '\u{301}', 'ب', '名', '🙂'] {
            assert!(!is_invisible(c), "{c}");
        }
    }
}
