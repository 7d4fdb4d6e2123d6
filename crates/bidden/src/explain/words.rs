//! Texts made ready for comparing: what only looks different becomes the same.
//!
//! Whoever wants to get past filters writes letters that look like others, or letters that nobody sees. Implements: UAX 15
//! (NFKC), and of UTS 39 §4 the letters that occur between Latin ones.

use unicode_normalization::UnicodeNormalization;
use wire::invisible::is_invisible;

/// How much of a text is compared, in bytes; what is longer has its middle left out.
pub(crate) const MOST: usize = 256 * 1024;

/// A text in two forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// As it reads: nothing invisible, one space between words, lines kept.
    pub(crate) shown: String,
    /// For comparing: in small letters, on one line, quotes and dashes plain.
    pub(crate) flat: String,
}

impl Words {
    /// Makes a text ready.
    pub(crate) fn new(text: &str) -> Self {
        let text = bounded(text);
        let mut shown = String::with_capacity(text.len());
        for line in text
            .nfkc()
            .filter(|c| *c == '\n' || !is_invisible(*c) || c.is_whitespace())
            .collect::<String>()
            .lines()
        {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            if line.is_empty() && shown.ends_with("\n\n") {
                continue;
            }
            shown.push_str(&line);
            shown.push('\n');
        }
        let shown = shown.trim().to_owned();
        let flat = flat(&shown);
        Self { shown, flat }
    }

    /// Whether any of these phrases occurs.
    pub(crate) fn any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.flat.contains(phrase))
    }
}

/// The beginning and the end of a text that is too long.
fn bounded(text: &str) -> String {
    if text.len() <= MOST {
        return text.to_owned();
    }
    let mut head = MOST * 3 / 4;
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = text.len() - MOST / 4;
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}\n{}", text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default())
}

/// A text for comparing.
pub(crate) fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(|c| latin(c).is_some());
        for c in word.chars() {
            let c = if mixed { latin(c).unwrap_or(c) } else { c };
            match c {
                '’' | '‘' | '`' | '´' | 'ʼ' => out.push('\''),
                '“' | '”' | '„' | '«' | '»' => out.push('"'),
                '‐' | '‑' | '‒' | '–' | '—' | '−' => out.push('-'),
                _ => out.extend(c.to_lowercase()),
            }
        }
    }
    out
}

/// The Latin letter that a Cyrillic or Greek one looks like.
const fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'с' | 'ϲ' => 'c',
        'С' => 'C',
        'ԁ' => 'd',
        'е' | 'ё' => 'e',
        'Е' | 'Ε' => 'E',
        'ɡ' => 'g',
        'һ' => 'h',
        'Н' | 'Η' => 'H',
        'і' | 'ι' => 'i',
        'І' | 'Ι' => 'I',
        'ј' => 'j',
        'К' | 'Κ' => 'K',
        'ӏ' => 'l',
        'М' | 'Μ' => 'M',
        'о' | 'ο' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' | 'γ' => 'y',
        'У' | 'Υ' => 'Y',
        _ => return None,
    })
}

/// The same for what is no text, and has no code in it: the number from which a text message came.
pub(crate) fn number(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | ' ' | '.' | '&');
    text.chars().filter(|c| plain(*c) && !is_invisible(*c)).take(30).collect::<String>().trim().to_owned()
}

/// A piece of a message as it may be repeated: one line, nothing invisible, at most so many letters, nothing that a program
/// would make a link of, and every run of digits that could be a code masked.
pub(crate) fn quoted(text: &str, most: usize) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    let line = plain.split(' ').filter(|word| !word.is_empty()).map(one_word).collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(most).collect();
    if short.len() < line.len() { format!("{}…", short.trim_end()) } else { short }
}

fn one_word(word: &str) -> String {
    let dead = word.replace("://", ":").replace("www.", "www[.]");
    if dead.contains('@') { dead } else { super::code::masked(&dead) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_different_is_the_same() {
        let words = Words::new("Your\u{200b} sin\u{ad}gle\u{2011}use  CODE\r\n\n\n\nfrom Micrоsоft");
        assert_eq!(words.flat, "your single-use code from microsoft");
        assert_eq!(words.shown, "Your sin\u{ad}gle‐use CODE\n\nfrom Micrоsоft".replace('\u{ad}', ""));
        assert_eq!(flat("ＣＯＤＥ"), "ｃｏｄｅ");
        assert_eq!(Words::new("ＣＯＤＥ").flat, "code");
        assert_eq!(flat("код безопасности"), "код безопасности");
        assert_eq!(flat("don’t “share” — it"), "don't \"share\" - it");
    }

    #[test]
    fn a_long_text_keeps_its_two_ends() {
        let words = Words::new(&format!("first {} last", "é ".repeat(MOST)));
        assert!(words.flat.starts_with("first") && words.flat.ends_with("last"));
    }

    #[test]
    fn what_is_repeated_can_do_no_harm() {
        assert_eq!(
            quoted("a\u{1b}[31m\u{202e}b\r\nc https://x.example 123456", 100),
            "a[31mb c https:x.example ••••••"
        );
        assert_eq!(quoted(&"ab ".repeat(100), 10), "ab ab ab a…");
        assert_eq!(
            quoted("123456 is your code for a1234@b.example", 100),
            "•••••• is your code for a1234@b.example"
        );
    }
}
