//! Settings from `bidden.toml`: every key with its line and column.
//!
//! Implements: TOML 1.0 through the `toml` crate, whose spans the messages are made from.

use std::ops::Range;

use model::method::{MethodSet, Use};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::clients::{self, Draft, Source};
use super::kind::{self, Kind, Unfit};
use super::problem::{Place, Problem, quoted, shortened};
use super::spelling;
use super::table::{self, Row, SECTIONS, TABLE};
use super::value::Value;
use super::values::Given;

/// Reads the text of the file `name`: settings and clients. What cannot be used is added to `problems`.
pub(super) fn read(name: &str, text: &str, problems: &mut Vec<Problem>) -> (Vec<Given>, Vec<Draft>) {
    let mut reading = Reading { name, text, given: Vec::new(), clients: Vec::new(), problems };
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        reading.table("", document.get_ref());
    } else {
        reading.syntax(&errors);
    }
    (reading.given, reading.clients)
}

struct Reading<'a> {
    name: &'a str,
    text: &'a str,
    given: Vec<Given>,
    clients: Vec<Draft>,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::of_span(self.name, self.text, span)
    }

    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = match section {
                "" => key.get_ref().to_string(),
                section => format!("{section}.{}", key.get_ref()),
            };
            // A dot inside a key is part of the key only when the key is quoted, and no name has one.
            let row = if key.get_ref().contains('.') { None } else { table::row(&path) };
            match (row, value.get_ref()) {
                (Some(row), _) => self.setting(row, value),
                (None, DeValue::Table(inner)) if table::is_section(&path) => self.table(&path, inner),
                (None, _) if table::is_section(&path) => self.not_a_section(&path, value),
                (None, _) if path == clients::NAME => {
                    let source = Source { name: self.name, text: self.text, keys: None };
                    self.clients = clients::read(source, value, self.problems);
                }
                (None, inner) => {
                    self.unknown(&path, key.span(), matches!(inner, DeValue::Table(_) | DeValue::Array(_)));
                }
            }
        }
    }

    fn setting(&mut self, row: &'static Row, value: &Spanned<DeValue<'_>>) {
        let (result, span) = match (&row.kind, value.get_ref()) {
            (Kind::Networks, DeValue::Array(items)) => self.networks(items.iter()),
            (kind @ (Kind::Countries | Kind::Prices { .. }), DeValue::Array(items)) => {
                self.list(kind, ", ", items.iter())
            }
            (kind @ Kind::Headers { .. }, DeValue::Array(items)) => self.list(kind, "\n", items.iter()),
            (Kind::Methods(use_), DeValue::Array(items)) => methods(*use_, items.iter()),
            (
                Kind::Networks | Kind::Methods(_) | Kind::Countries | Kind::Prices { .. },
                DeValue::String(_),
            ) => (Err("Write the list between brackets.".into()), None),
            (kind @ Kind::Number { .. }, DeValue::Integer(number)) => {
                let number = u64::from_str_radix(number.as_str(), number.radix());
                (number.map_err(|_| Unfit::default()).and_then(|number| kind.number(number)), None)
            }
            (kind @ (Kind::Probability { .. } | Kind::Cents { .. }), DeValue::Float(number)) => {
                (kind.parse(number.as_str()), None)
            }
            (kind @ (Kind::Probability { .. } | Kind::Cents { .. }), DeValue::Integer(number)) => {
                (kind.parse(number.as_str()), None)
            }
            (kind @ Kind::Duration { .. }, DeValue::Integer(_)) => (kind.parse(""), None),
            (Kind::Number { .. }, DeValue::String(_)) => (Err("Leave out the quotation marks.".into()), None),
            (kind, DeValue::String(text)) => (kind.parse(text), None),
            (
                Kind::Number { .. }
                | Kind::Networks
                | Kind::Methods(_)
                | Kind::Countries
                | Kind::Prices { .. }
                | Kind::Cents { .. },
                _,
            ) => (Err(Unfit::default()), None),
            (_, _) => (Err("Write a text between quotation marks.".into()), None),
        };
        let place = self.place(value.span());
        match result {
            Ok(value) => self.given.push(Given { row, place, value: Some(value) }),
            Err(unfit) => {
                let span = span.unwrap_or_else(|| value.span());
                let found = row.kind.shown(self.source(span.clone(), value.get_ref()));
                let problem = Problem::new(self.place(span), row.key, found, row.kind.expected());
                self.problems.push(problem.with_next(unfit.next));
                self.given.push(Given { row, place, value: None });
            }
        }
    }

    /// Reads a list of networks; an error comes with the place of the item that caused it.
    fn networks<'v>(
        &self,
        items: impl Iterator<Item = &'v Spanned<DeValue<'v>>>,
    ) -> (Result<Value, Unfit>, Option<Range<usize>>) {
        let mut networks = Vec::new();
        for item in items {
            let network = match item.get_ref() {
                DeValue::String(text) => kind::network(text),
                _ => Err("Write each network between quotation marks.".into()),
            };
            match network {
                Ok(network) => networks.push(network),
                Err(unfit) => return (Err(unfit), Some(item.span())),
            }
        }
        (Ok(Value::Networks(networks)), None)
    }

    /// Reads a list whose items an environment variable has with `between` between them; an error comes with the place
    /// of the item that caused it.
    fn list<'v>(
        &self,
        kind: &Kind,
        between: &str,
        items: impl Iterator<Item = &'v Spanned<DeValue<'v>>>,
    ) -> (Result<Value, Unfit>, Option<Range<usize>>) {
        let mut texts = Vec::new();
        for item in items {
            let text = match item.get_ref() {
                DeValue::String(text) if text.trim().is_empty() => Err(Unfit::default()),
                DeValue::String(text) => kind.parse(text).map(|_| text.as_ref()),
                _ => Err("Write each item between quotation marks.".into()),
            };
            match text {
                Ok(text) => texts.push(text),
                Err(unfit) => return (Err(unfit), Some(item.span())),
            }
        }
        (kind.parse(&texts.join(between)), None)
    }

    /// What stands at `span`, as it was written.
    fn source(&self, span: Range<usize>, value: &DeValue<'_>) -> String {
        match value {
            DeValue::Table(_) => "a section".to_owned(),
            _ => self.text.get(span).map_or_else(|| "something unreadable".to_owned(), shortened),
        }
    }

    fn not_a_section(&mut self, path: &str, value: &Spanned<DeValue<'_>>) {
        // Not shown: it may be the password of somebody who wrote `smtp = "…"`.
        self.problems.push(
            Problem::new(self.place(value.span()), path, "a single value", format!("the section [{path}]"))
                .with_next(format!("Write [{path}] on a line of its own and its settings below.")),
        );
    }

    fn unknown(&mut self, path: &str, span: Range<usize>, is_section: bool) {
        let near_section = spelling::nearest(path, SECTIONS.iter().map(|section| section.name));
        let near_key = spelling::nearest(path, TABLE.iter().map(|row| row.key));
        let near = if is_section { near_section.or(near_key) } else { near_key.or(near_section) };
        let (what, expected) =
            if is_section { ("section", "section or setting") } else { ("setting", "setting") };
        let next = near.filter(|near| *near != path).map_or_else(
            || "See `bidden config example` for all settings.".to_owned(),
            |near| format!("Did you mean `{near}`?"),
        );
        let found = format!("the unknown {what} {}", quoted(path));
        self.problems.push(
            Problem::new(self.place(span), "", found, format!("the name of a {expected}")).with_next(next),
        );
    }

    /// Says what is wrong with the syntax, at most once a line: the rest usually follows from the first.
    fn syntax(&mut self, errors: &[toml::de::Error]) {
        let mut last_line = None;
        for error in errors {
            let place = self.place(error.span().unwrap_or_default());
            let line = match place {
                Place::File { line, .. } => Some(line),
                _ => None,
            };
            if line.is_some() && line == last_line {
                continue;
            }
            last_line = line;
            let (found, expected) = match error.message().split_once(", expected ") {
                Some((found, "nothing")) => (found, "the end of the line"),
                Some((found, expected)) => (found, expected),
                None => (error.message(), "a line such as listen = \"127.0.0.1:8000\", or a [section]"),
            };
            let next = if error.message().contains("string") || expected.contains('"') {
                "Put texts between quotation marks, and close them on the same line."
            } else {
                "See `bidden config example` for how a file is written."
            };
            let found = format!("TOML that cannot be read: {found}");
            self.problems.push(Problem::new(place, "", found, expected).with_next(next));
        }
    }
}

/// Reads a list of methods; an error comes with the place of the item that caused it.
fn methods<'v>(
    use_: Use,
    items: impl Iterator<Item = &'v Spanned<DeValue<'v>>>,
) -> (Result<Value, Unfit>, Option<Range<usize>>) {
    let mut methods = MethodSet::NONE;
    for item in items {
        let method = match item.get_ref() {
            DeValue::String(text) => kind::method(text, use_),
            _ => Err("Write each method between quotation marks.".into()),
        };
        match method {
            Ok(method) => methods = methods.with(method),
            Err(unfit) => return (Err(unfit), Some(item.span())),
        }
    }
    (Ok(Value::Methods(methods)), None)
}
