//! A text message as somebody saved it: who it says it is from, what it says, and the last line that binds its code to a site.
//!
//! Implements: WICG "Origin-bound one-time codes" (message format).

use crate::mail::mailbox::to_ascii;

/// Longest text, in bytes, that is taken for a text message.
pub const LONGEST: usize = 16 * 1024;

/// A text message that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShortMessage {
    /// Who it says it is from: a number or a word, which the network does not prove.
    pub from: String,
    /// What it says.
    pub text: String,
    /// The site to which its code is bound: A-labels in lower case.
    pub bound_to: Option<String>,
    /// The code that is bound.
    pub bound_code: Option<String>,
}

impl ShortMessage {
    /// Reads a text. Lines such as `From: 69525` before an empty line are its header; any text is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut end = LONGEST.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default().trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (from, body) = header(&text);
        let bound = body.trim_end().lines().next_back().and_then(bound);
        let (bound_to, bound_code) = bound.unzip();
        Self { from, text: body.trim().to_owned(), bound_to, bound_code }
    }
}

/// The lines that a program wrote above the text when it saved it.
fn header(text: &str) -> (String, &str) {
    let mut from = String::new();
    let mut rest = text;
    let mut any = false;
    while let Some((line, after)) = rest.split_once('\n') {
        if any && line.trim().is_empty() {
            return (from, after);
        }
        let Some((name, value)) = line.split_once(':') else { break };
        match name.trim().to_ascii_lowercase().as_str() {
            "from" | "sender" => value.trim().clone_into(&mut from),
            "to" | "date" | "received" | "sent" | "time" => {}
            _ => break,
        }
        any = true;
        rest = after;
    }
    // No empty line after it: a single line with a sender still is one when more follows.
    if any && !from.is_empty() && !rest.trim().is_empty() { (from, rest) } else { (String::new(), text) }
}

/// `@host #code`, with an embedding site after it at most.
fn bound(line: &str) -> Option<(String, String)> {
    let mut words = line.split(' ');
    let host = words.next()?.strip_prefix('@')?;
    let code = words.next()?.strip_prefix('#')?;
    let rest = words.next();
    let fits = rest.is_none_or(|word| word.starts_with('@')) && !code.is_empty();
    fits.then(|| to_ascii(host).ok().map(|host| (host, code.to_owned()))).flatten()
}

#[cfg(test)]
mod tests {
    use super::ShortMessage;

    #[test]
    fn a_text_message_is_read() {
        let read = ShortMessage::parse("From: 69525\r\n\r\nUse 3420 as code.\r\n");
        assert_eq!(
            (read.from.as_str(), read.text.as_str(), read.bound_to),
            ("69525", "Use 3420 as code.", None)
        );
        let read = ShortMessage::parse("491877 is your sign-in code.\n\n@login.example.org #491877\n");
        assert_eq!(
            (read.bound_to.as_deref(), read.bound_code.as_deref()),
            (Some("login.example.org"), Some("491877"))
        );
        assert!(read.text.starts_with("491877 is") && read.from.is_empty());
        let read = ShortMessage::parse("1 is it\n@a.example #1 @b.example");
        assert_eq!(read.bound_to.as_deref(), Some("a.example"));
    }

    #[test]
    fn any_text_is_one() {
        for text in ["", "\n", "From:", "Note: hi", "@ #", "@a.example #", "@a.example 1", "@a.example #1 x"]
        {
            let read = ShortMessage::parse(text);
            assert!(read.bound_to.is_none() && read.from.is_empty(), "{text}");
        }
        assert_eq!(ShortMessage::parse("Microsoft: code 1\nmore").text, "Microsoft: code 1\nmore");
        assert!(ShortMessage::parse(&"é".repeat(20_000)).text.len() <= super::LONGEST);
    }
}
