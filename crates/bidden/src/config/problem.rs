//! What is wrong with a configuration, said so that an operator can mend it: where, found, expected, next step.

use std::fmt;
use std::ops::Range;

/// Where a value came from. The order is the order in which problems are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The file as a whole, by name.
    Whole(String),
    /// A place in the file; line and column count from 1, the column in characters.
    File {
        /// The name of the file as it was given.
        name: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An environment variable, by name.
    Variable(String),
    /// Built in.
    Default,
}

impl Place {
    /// The place of the bytes `span` in `text`, the content of the file `name`.
    pub(super) fn of_span(name: &str, text: &str, span: Range<usize>) -> Self {
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start = start.saturating_sub(1);
        }
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.chars().rev().take_while(|c| *c != '\n').count().saturating_add(1);
        Self::File { name: name.to_owned(), line, column }
    }

    /// Later sources win over earlier ones: default, file, environment.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::Whole(_) | Self::File { .. } => 1,
            Self::Variable(_) => 2,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(name) => f.write_str(name),
            Self::File { name, line, column } => write!(f, "{name}:{line}:{column}"),
            Self::Variable(name) => f.write_str(name),
            Self::Default => f.write_str("built-in default"),
        }
    }
}

/// One thing that is wrong. It never holds the text of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Where.
    pub(super) place: Place,
    /// The setting it is about; empty when it is about none.
    pub(super) key: String,
    /// What stands there.
    pub(super) found: String,
    /// What could have stood there.
    pub(super) expected: String,
    /// What to do; empty when `expected` says it all.
    pub(super) next: String,
}

impl Problem {
    /// A problem without a next step of its own.
    pub(super) fn new(
        place: Place,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            place,
            key: key.to_owned(),
            found: found.into(),
            expected: expected.into(),
            next: String::new(),
        }
    }

    /// The same with the step that mends it.
    pub(super) fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, "\n  found     {}\n  expected  {}", self.found, self.expected)?;
        if !self.next.is_empty() {
            write!(f, "\n  next      {}", self.next)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a configuration, in the order of the file, then of the variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts what was found and drops what was found twice.
    pub(super) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The problems one by one.
    #[cfg(test)]
    pub(super) fn list(&self) -> &[Problem] {
        &self.0
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count() {
            1 => f.write_str("The configuration cannot be used, for one reason:")?,
            n => write!(f, "The configuration cannot be used, for {n} reasons:")?,
        }
        for problem in &self.0 {
            write!(f, "\n\n{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// `text` between quotation marks, escaped, and cut after 60 characters.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

/// `text` escaped and cut after 60 characters.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(|c| if c == '"' { vec![c] } else { c.escape_debug().collect() })
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, start: usize) -> String {
        Place::of_span("f", text, start..start).to_string()
    }

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        assert_eq!(at("", 0), "f:1:1");
        assert_eq!(at("ab\ncd", 4), "f:2:2");
        assert_eq!(at("é = ü", 5), "f:1:5");
        assert_eq!(at("a\n", 99), "f:2:1");
    }

    #[test]
    fn an_offset_inside_a_character_is_that_character() {
        assert_eq!(at("aé", 2), "f:1:2");
    }

    #[test]
    fn a_problem_says_where_what_was_found_what_was_expected_and_what_next() {
        let problem =
            Problem::new(Place::of_span("bidden.toml", "a = 1", 4..5), "a", "1", "2").with_next("Write 2.");
        assert_eq!(
            Problems::from(problem).to_string(),
            "The configuration cannot be used, for one reason:\n\n\
             bidden.toml:1:5: a\n  found     1\n  expected  2\n  next      Write 2."
        );
    }

    #[test]
    fn what_is_shown_of_a_long_or_strange_text_is_short_and_plain() {
        assert_eq!(quoted("a\n\u{202e}b"), "\"a\\n\\u{202e}b\"");
        assert_eq!(shortened(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
