//! Clients of the OpenID provider as the file declares them: `[[clients]]`, one table for each.
//!
//! `fields` is the table of what can be said; here a table of the file is read by it, field by field, and then as a whole.
//! `bidden client add` and `change` read what they are given in the same way.

mod draft;
pub(super) mod fields;
mod methods;
mod whole;

use std::ops::Range;

use model::client::Registered;
use model::time::Time;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wire::jose::jwk_set::JwkSet;

use super::files::Read;
use super::problem::{Place, Problem, Problems, quoted, shortened};
use super::secret::SecretText;
use super::spelling;

pub(crate) use super::kind::toml_string;
pub(super) use draft::Draft;
use fields::FIELDS;
pub(super) use whole::RULES;

/// The name of the list in the file.
pub(super) const NAME: &str = "clients";

/// The most clients that a file declares.
const MOST: usize = 1000;

/// A client that the file declares. Times and digests are given to it by whoever has a clock and keys.
pub(crate) struct Declared {
    /// What it is; without secrets.
    pub(crate) registered: Registered,
    /// Its secrets, the newest first.
    pub(crate) secrets: Vec<SecretText>,
}

/// A value with its place.
type Item<'v> = Spanned<DeValue<'v>>;

/// A value that a field does not take.
struct Wrong {
    /// Which part of it; all, when there is none.
    span: Option<Range<usize>>,
    /// What to do; empty if the expectation says it all.
    next: String,
}

impl From<&str> for Wrong {
    fn from(next: &str) -> Self {
        Self { span: None, next: next.to_owned() }
    }
}

impl From<String> for Wrong {
    fn from(next: String) -> Self {
        Self { span: None, next }
    }
}

/// The text that a table comes from, for the places in messages.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// What it is called.
    pub(super) name: &'a str,
    /// All of it.
    pub(super) text: &'a str,
    /// Keys that a client has already, whatever is said.
    pub(super) keys: Option<&'a JwkSet>,
}

impl Source<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::of_span(self.name, self.text, span)
    }
}

/// Reads the list; what cannot be used is added to `problems`.
pub(super) fn read(source: Source<'_>, list: &Item<'_>, problems: &mut Vec<Problem>) -> Vec<Draft> {
    let DeValue::Array(items) = list.get_ref() else {
        let problem = Problem::new(source.place(list.span()), NAME, "a single value", "a list of clients");
        problems
            .push(problem.with_next("Write [[clients]] on a line of its own and what is to be said below."));
        return Vec::new();
    };
    if items.len() > MOST {
        let found = format!("{} clients", items.len());
        problems.push(Problem::new(source.place(list.span()), NAME, found, format!("at most {MOST}")));
        return Vec::new();
    }
    let mut drafts: Vec<Draft> = Vec::new();
    for item in items.iter() {
        let DeValue::Table(table) = item.get_ref() else {
            let problem = Problem::new(source.place(item.span()), NAME, "a single value", "a client");
            problems.push(
                problem.with_next("Write [[clients]] on a line of its own and what is to be said below."),
            );
            continue;
        };
        let draft = one(source, item.span(), table, problems);
        let id = &draft.registered.client.id;
        if !id.is_empty() && drafts.iter().any(|other| other.registered.client.id == *id) {
            let place = source.place(draft.span_of("id"));
            problems.push(Problem::new(place, "clients.id", quoted(id), "a name that no other client has"));
        }
        drafts.push(draft);
    }
    drafts
}

/// Reads one table.
fn one(source: Source<'_>, span: Range<usize>, table: &DeTable<'_>, problems: &mut Vec<Problem>) -> Draft {
    let mut draft = Draft::new(span);
    draft.registered.keys = source.keys.cloned();
    let before = problems.len();
    for (key, value) in table {
        let name: &str = key.get_ref();
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
            problems.push(unknown(source, name, key.span()));
            continue;
        };
        draft.said(field.name, value.span());
        if let Err(wrong) = (field.read)(&mut draft, value) {
            let span = wrong.span.unwrap_or_else(|| value.span());
            let found = if field.is_secret() {
                "a secret, which is not shown".to_owned()
            } else {
                source.text.get(span.clone()).map_or_else(String::new, shortened)
            };
            let key = format!("{NAME}.{}", field.name);
            problems.push(Problem::new(source.place(span), &key, found, field.takes).with_next(wrong.next));
        }
    }
    // What must go together is looked at once each part is sound.
    if problems.len() == before {
        problems.extend(whole::RULES.iter().filter_map(|rule| {
            let broken = (rule.check)(&draft)?;
            let place = source.place(draft.span_of(broken.field));
            let key = format!("{NAME}.{}", broken.field);
            Some(Problem::new(place, &key, broken.found, broken.expected))
        }));
    }
    draft
}

fn unknown(source: Source<'_>, name: &str, span: Range<usize>) -> Problem {
    let next = spelling::nearest(name, FIELDS.iter().map(|field| field.name)).map_or_else(
        || "`bidden config reference` lists all that can be said of a client.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    );
    let found = format!("the unknown {}", quoted(name));
    Problem::new(source.place(span), NAME, found, "something that can be said of a client").with_next(next)
}

/// Reads the files that drafts name, and makes clients of them.
pub(super) fn load(
    source: Source<'_>,
    drafts: Vec<Draft>,
    read: Read<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Declared> {
    let mut declared = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        for (field, why) in draft.read_files(read) {
            let place = source.place(draft.span_of(field));
            let takes = FIELDS.iter().find(|one| one.name == field).map_or("", |one| one.takes);
            problems.push(Problem::new(place, &format!("{NAME}.{field}"), why, takes));
        }
        declared.push(draft.declared());
    }
    declared
}

/// Reads one client from lines of TOML, without `[[clients]]` above them: what a command was given.
///
/// # Errors
/// [`Problems`] with everything that is wrong.
pub(super) fn from_lines(
    (name, lines): (&str, &str),
    keys: Option<&JwkSet>,
    read: Read<'_>,
) -> Result<Declared, Problems> {
    let text = format!("[[{NAME}]]\n{lines}");
    let source = Source { name, text: &text, keys };
    let mut problems = Vec::new();
    let (document, errors) = DeTable::parse_recoverable(&text);
    for error in &errors {
        let place = source.place(error.span().unwrap_or_default());
        problems.push(Problem::new(
            place,
            "",
            format!("TOML that cannot be read: {}", error.message()),
            "name = value",
        ));
    }
    let drafts = match document.get_ref().iter().find(|(key, _)| key.get_ref() == NAME) {
        Some((_, list)) if errors.is_empty() => self::read(source, list, &mut problems),
        _ => Vec::new(),
    };
    let declared = load(source, drafts, read, &mut problems).into_iter().next();
    match declared {
        Some(declared) if problems.is_empty() => Ok(declared),
        _ => Err(Problems::new(problems)),
    }
}

/// [`from_lines`], with files from the disk.
///
/// # Errors
/// [`Problems`] with everything that is wrong.
pub(crate) fn from_command(lines: &str, keys: Option<&JwkSet>) -> Result<Declared, Problems> {
    from_lines(("client", lines), keys, &super::files::read_from_disk)
}

/// A client as it would be declared: lines of TOML, without what is secret.
pub(crate) fn lines(registered: &Registered) -> String {
    let said = FIELDS.iter().filter_map(|field| Some((field.name, (field.write)(registered)?)));
    said.map(|(name, value)| format!("{name} = {value}\n")).collect()
}

/// The names of all fields.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// When nothing has been kept yet.
const NEVER: Time = Time::from_micros(0);
