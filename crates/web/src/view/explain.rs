//! What a message with a code means: the form for it, and the answer.

use askama::Template;

use crate::view::frame::Frame;

/// GET and POST `/explain`.
#[derive(Debug, Template)]
#[template(path = "explain.html", whitespace = "minimize")]
pub struct ExplainPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whose mailbox it came to, as it was typed.
    pub address: &'a str,
    /// What is wrong with what was posted.
    pub problem: Option<Problem>,
    /// The answer, if a message was posted.
    pub explained: Option<&'a Explained>,
}

impl ExplainPage<'_> {
    /// Whether a field is what is wrong.
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.is_some_and(|problem| problem.field() == field)
    }
}

/// What is wrong with what was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing.
    Empty,
    /// It is no message.
    NoMessage,
    /// The address is none.
    Address,
}

impl Problem {
    /// The text that says so.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Empty => "explain-empty",
            Self::NoMessage => "explain-no-message",
            Self::Address => "explain-wrong-address",
        }
    }

    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Empty | Self::NoMessage => "message",
            Self::Address => "for",
        }
    }
}

/// What a message means, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The answer in a line.
    pub headline: String,
    /// How much there is to do.
    pub urgency: Urgency,
    /// The same in words.
    pub urgency_text: String,
    /// What identifies the message: names and values.
    pub facts: Vec<(String, String)>,
    /// The word that stands before what a line rests on.
    pub because: String,
    /// The answer in full.
    pub sections: Vec<Section>,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Nothing.
    Calm,
    /// Something, or to be careful.
    Care,
    /// Not to do what it says.
    Danger,
}

impl Urgency {
    /// The class of the note that says so.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Calm => "note good",
            Self::Care => "note",
            Self::Danger => "note bad",
        }
    }
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which question, as part of an identifier.
    pub id: &'static str,
    /// The question.
    pub title: String,
    /// Whether the order of the lines counts.
    pub ordered: bool,
    /// The answer, each line with what it rests on.
    pub lines: Vec<(String, Vec<String>)>,
}
