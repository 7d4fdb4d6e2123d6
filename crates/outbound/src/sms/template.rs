//! What a request to the gateway says: the operator's own text with blanks in it.
//!
//! A blank is a word in braces. Braces around anything else are part of the text, as in JSON.

use wire::form;
use wire::phone::Phone;

/// The blanks, for messages to operators.
pub(super) const BLANKS: &str = "{to}, {digits}, {text}, {id} and {secret}";

/// How the values in a template are escaped, and what the template is called in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// RFC 8259.
    Json,
    /// WHATWG URL §5.
    Form,
    /// As it is.
    Text,
}

/// What stands in a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// The number with `+`.
    To,
    /// The number without.
    Digits,
    /// What the message says.
    Text,
    /// What is the same for every copy of the message.
    Id,
    /// What the operator keeps apart from the rest.
    Secret,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Words(String),
    Blank(Blank),
}

/// What the blanks of one message are filled with.
pub(super) struct Filling<'a> {
    pub(super) to: &'a Phone,
    pub(super) text: &'a str,
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

/// A text with blanks, fit for its content type.
#[derive(Clone, Debug)]
pub struct Template {
    content_type: ContentType,
    pieces: Vec<Piece>,
}

/// A template or a header field cannot be used. Says what to do, and nothing of what was set but the name of a blank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(pub(super) String);

impl ContentType {
    /// As the Content-Type field has it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    fn escape(self, value: &str) -> String {
        match self {
            Self::Json => escape_json(value),
            Self::Form => form::encode_value(value),
            Self::Text => value.to_owned(),
        }
    }
}

impl Filling<'_> {
    pub(super) fn value(&self, blank: Blank) -> &str {
        match blank {
            Blank::To => self.to.as_str(),
            Blank::Digits => self.to.digits(),
            Blank::Text => self.text,
            Blank::Id => self.id,
            Blank::Secret => self.secret,
        }
    }
}

impl Template {
    /// Reads `text`, which must have a blank for the message's text, and stay well-formed whatever that says.
    ///
    /// # Errors
    /// [`Unfit`] with what to do.
    pub fn new(text: &str, content_type: ContentType) -> Result<Self, Unfit> {
        let template = Self { content_type, pieces: pieces(text)? };
        if !template.has(Blank::Text) {
            return Err(Unfit("Write {text} where the gateway expects the text of the message.".to_owned()));
        }
        match content_type {
            ContentType::Json => template.check_json()?,
            ContentType::Form => {
                let url = |words: &str| words.bytes().all(|byte| byte.is_ascii_graphic());
                if !template
                    .pieces
                    .iter()
                    .all(|piece| matches!(piece, Piece::Blank(_)) || words(piece).is_some_and(url))
                {
                    return Err(Unfit(
                        "Write what is no blank as a form has it: + for a space, other characters percent-encoded."
                            .to_owned(),
                    ));
                }
            }
            ContentType::Text => {}
        }
        Ok(template)
    }

    /// How it is escaped.
    #[must_use]
    pub const fn content_type(&self) -> ContentType {
        self.content_type
    }

    /// Whether it says whom the message is for.
    #[must_use]
    pub fn has_number(&self) -> bool {
        self.has(Blank::To) || self.has(Blank::Digits)
    }

    /// Whether it has a blank for the secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.has(Blank::Secret)
    }

    pub(super) fn fill(&self, filling: &Filling<'_>) -> String {
        let written = self.pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Blank(blank) => self.content_type.escape(filling.value(*blank)),
        });
        written.collect()
    }

    fn has(&self, wanted: Blank) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Blank(blank) if *blank == wanted))
    }

    /// Whether it is JSON when it is filled in: with every character that could end a string in the text.
    fn check_json(&self) -> Result<(), Unfit> {
        let Ok(to) = Phone::parse("+4915123456789") else { return Ok(()) };
        let filling = Filling { to: &to, text: "\"}\\\n@a #B", id: "0190-a", secret: "\"}\\" };
        #[expect(clippy::disallowed_methods, reason = "the operator's own text, filled in by us")]
        let read = serde_json::from_str::<serde_json::Value>(&self.fill(&filling));
        read.map(|_| ()).map_err(|_| {
            Unfit("Write JSON, with blanks between quotation marks, as in {\"to\": \"{to}\", \"text\": \"{text}\"}.".to_owned())
        })
    }
}

fn words(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Words(words) => Some(words),
        Piece::Blank(_) => None,
    }
}

/// Takes `text` apart at its blanks.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, Unfit> {
    let mut pieces = Vec::new();
    let (mut words, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        words.push_str(before);
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            words.push('{');
            rest = after;
            continue;
        };
        let blank = match name {
            "to" => Blank::To,
            "digits" => Blank::Digits,
            "text" => Blank::Text,
            "id" => Blank::Id,
            "secret" => Blank::Secret,
            _ => return Err(Unfit(format!("There is no {{{name}}}: the blanks are {BLANKS}."))),
        };
        pieces.push(Piece::Words(std::mem::take(&mut words)));
        pieces.push(Piece::Blank(blank));
        rest = after.get(name.len().saturating_add(1)..).unwrap_or_default();
    }
    words.push_str(rest);
    pieces.push(Piece::Words(words));
    Ok(pieces)
}

fn is_name(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// RFC 8259 §7: what stands between the quotation marks of a string.
fn escape_json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(text: &str, content_type: ContentType) -> Template {
        Template::new(text, content_type).unwrap()
    }

    fn fill(template: &Template, text: &str) -> String {
        let to = Phone::parse("+4915123456789").unwrap();
        template.fill(&Filling { to: &to, text, id: "0190-a", secret: "hunter 2" })
    }

    #[test]
    fn blanks_are_filled_in_and_escaped_for_the_content_type() {
        for (content_type, text, expected) in [
            (
                ContentType::Json,
                r#"{"to": "{to}", "m": {"n": {digits}, "t": "Hi: {text}"}, "id": "{id}"}"#,
                r#"{"to": "+4915123456789", "m": {"n": 4915123456789, "t": "Hi: a \"b\" \\ c\n@d #E €"}, "id": "0190-a"}"#,
            ),
            (
                ContentType::Form,
                "to={to}&text={text}&ref={id}&from=My+Site&key={secret}",
                "to=%2B4915123456789&text=a+%22b%22+%5C+c%0A%40d+%23E+%E2%82%AC&ref=0190-a&from=My+Site&key=hunter+2",
            ),
            (ContentType::Text, "{text}", "a \"b\" \\ c\n@d #E €"),
        ] {
            assert_eq!(fill(&template(text, content_type), "a \"b\" \\ c\n@d #E €"), expected);
        }
    }

    #[test]
    fn what_a_value_says_is_never_a_blank() {
        assert_eq!(fill(&template("{text} {id}", ContentType::Text), "{to}{id}"), "{to}{id} 0190-a");
    }

    #[test]
    fn braces_around_anything_else_are_braces() {
        for text in
            ["{text}{}", "{text}{ to }", "{text}{\"a\": 1}", "{text}{{", "{text}}", "{text}{to", "{text}{1}"]
        {
            assert_eq!(fill(&template(text, ContentType::Text), "x"), text.replacen("{text}", "x", 1));
        }
        assert_eq!(fill(&template("{{text}}", ContentType::Text), "x"), "{x}");
    }

    #[test]
    fn a_template_that_cannot_be_used_says_what_to_do() {
        for (content_type, text, next) in [
            (ContentType::Text, "{to}", "Write {text}"),
            (ContentType::Json, r#"{"to": "{to}"}"#, "Write {text}"),
            (
                ContentType::Text,
                "{text} {name}",
                "There is no {name}: the blanks are {to}, {digits}, {text}, {id} and {secret}.",
            ),
            (ContentType::Text, "{text} {To}", "There is no {To}"),
            (ContentType::Json, r#"{"to": {to}, "text": "{text}"}"#, "between quotation marks"),
            (ContentType::Json, r#"{"text": {text}}"#, "between quotation marks"),
            (ContentType::Json, r#"{"text": "{text}""#, "Write JSON"),
            (ContentType::Json, "to={to}&text={text}", "Write JSON"),
            (ContentType::Json, "{text}", "Write JSON"),
            (ContentType::Form, "to={to}&text={text}&from=My Site", "+ for a space"),
            (ContentType::Form, "text={text}&from=é", "percent-encoded"),
        ] {
            let unfit = Template::new(text, content_type).unwrap_err();
            assert!(unfit.to_string().contains(next), "{text}: {unfit}");
        }
    }

    #[test]
    fn a_template_says_whether_it_wants_the_secret() {
        assert!(template("{text}{secret}", ContentType::Text).has_secret());
        assert!(!template("{text}{id}", ContentType::Text).has_secret());
    }

    #[test]
    fn a_template_may_leave_the_number_to_a_header_field() {
        assert!(template("{to}{text}", ContentType::Text).has_number());
        assert!(template("{digits}{text}", ContentType::Text).has_number());
        assert!(!template("{text}", ContentType::Text).has_number());
    }

    proptest! {
        #[test]
        fn nothing_that_a_message_says_changes_what_is_around_it(text in any::<String>()) {
            let json = fill(&template(r#"{"to": "{to}", "text": "{text}", "more": [1]}"#, ContentType::Json), &text);
            let read: serde_json::Value = json.parse().unwrap();
            prop_assert_eq!(&read, &serde_json::json!({"to": "+4915123456789", "text": &text, "more": [1]}));
            if text.len() < 1000 {
                let sent = fill(&template("to={to}&text={text}&more=1", ContentType::Form), &text);
                let read = form::Form::parse(sent.as_bytes()).unwrap();
                prop_assert_eq!(read.get("text"), Some(text.as_str()));
                prop_assert_eq!((read.get("to"), read.get("more")), (Some("+4915123456789"), Some("1")));
            }
        }

        #[test]
        fn any_template_is_answered(text in "([{}\"a-z :,\\[\\]\u{e9}]|to|text|id|digits){0,40}") {
            for content_type in [ContentType::Json, ContentType::Form, ContentType::Text] {
                let _ = Template::new(&text, content_type);
            }
        }
    }
}
