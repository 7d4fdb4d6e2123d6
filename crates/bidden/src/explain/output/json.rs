//! Answers as JSON, documented in docs/explain.md. A field may be added under the same version; none is removed.

use serde_json::{Value, json};

use crate::explain::answer::Answer;

/// The version of the document.
pub(crate) const VERSION: u8 = 1;

/// What stands before the first message.
pub(crate) fn begin() -> String {
    format!("{{\"version\":{VERSION},\"messages\":[")
}

/// One message.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn message(source: &str, answer: &Answer) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(answer)?;
    if let Value::Object(members) = &mut value {
        members.insert("source".to_owned(), json!(source));
    }
    Ok(escaped(&value))
}

/// One that could not be read.
pub(crate) fn unread(source: &str, why: &str) -> String {
    escaped(&json!({"source": source, "error": why}))
}

/// What stands after the last one.
pub(crate) fn end(unread: &[String]) -> String {
    format!("],\"unread\":[{}]}}\n", unread.join(","))
}

/// JSON in which nothing is left that could steer a terminal or a page: JSON has escapes for all of it.
fn escaped(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if wire::invisible::is_invisible(c) || matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
            let mut units = [0_u16; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}
