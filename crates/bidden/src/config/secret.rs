//! A text that must not be printed.

/// A password or the like. It has neither `Debug` nor `Display`, so that no log line and no message
/// can hold it by accident (law 9).
pub(crate) struct SecretText(String);

impl SecretText {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that sends it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}
